"""The judge of exercise 02.4: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_02.originals import (
    CALLING_ERRORS,
    Function,
    Original,
    check_arguments,
    check_calls,
    check_name,
    decorated,
)
from course_utils.exercises.shown import safely, shown

__all__ = ["judge_remembered"]


def judge_remembered(answer: Function) -> None:
    """Own memory for each function; all positional arguments make the key; None and 0 are answers too."""
    demand_function_of(answer, "remembered(function)")
    original = Original(list(MEMORY_RESULTS))
    function = original.function("measure")
    wrapper = decorated(answer, function, original.calls)
    check_arguments(answer, wrapper, 1, 2)
    check_arguments(answer, wrapper)
    story = _story(answer)
    if story != RIGHT_STORY:
        raise _not_remembered(answer, story)
    wrapper(1, 2)
    check_calls(original, [(1, 2)])
    check_name(wrapper)
    check_passes_errors(lambda fail: answer(fail)(1), "the original")


MEMORY_RESULTS = (9, None, 0, 6, 50, 60, 70, 80, 90)


# which of two decorated functions is called, and with what; the second one is decorated when it is first called
SCRIPT: tuple[tuple[int, tuple[object, ...]], ...] = (
    (0, (1, 2)),
    (0, (1, 2)),
    (0, (1, 3)),
    (0, (1, 3)),
    (0, (3, 1)),
    (0, ()),
    (0, (3, 1)),
    (0, ()),
    (0, (2, 2)),
    (0, (-1,)),
    (0, (-2,)),
    (0, ("1", 2)),
    (1, (1, 2)),
    (1, (1, 2)),
    (0, (1, 2)),
    (0, (1, 3)),
)


Story = list[tuple[object, int]]


def _story(answer: Function) -> Story:
    """Return what each call of the script gives, and how often its original has run by then; an error ends it."""
    originals = Original(list(MEMORY_RESULTS)), Original([100, 200])
    wrappers: list[Function] = []
    story: Story = []
    for which, args in SCRIPT:
        if which == len(wrappers):
            wrappers.append(answer(originals[which].function("measure")))
        with errors_named("equal arguments are computed once", *CALLING_ERRORS, *MEMORY_ERRORS):
            story.append((wrappers[which](*args), len(originals[which].calls)))
    return story


MEMORY_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "unhashable type",
        "a list or dictionary cannot be a key of a dictionary; args is a tuple, and can",
        "use args itself as the key",
    ),
    (
        IndexError,
        "tuple index out of range",
        "the key is the first argument alone, and there may be none: the key must hold all arguments",
        "use args itself as the key",
    ),
    (
        TypeError,
        "unsupported operand type(s) for +: 'int' and 'str'",
        "the key is the sum of the arguments: 1, 3 and 2, 2 have the same one, and texts have none",
        "use args itself as the key: all arguments, in their order",
    ),
    (
        TypeError,
        "not supported between instances",
        "the key is made by sorting the arguments: their order counts, and not everything can be sorted",
        "use args itself as the key: all arguments, in their order",
    ),
    (
        KeyError,
        "",
        "an answer is looked up that was never stored under this key",
        "if args not in memory: store it under args; then return memory[args]",
    ),
    (
        UnboundLocalError,
        "",
        "a name that is assigned inside the wrapper is a new one there, and has no value yet",
        "use a dictionary above the wrapper and write into it: memory[args] = ...",
    ),
)


def _keyed(key: Callable[..., object]) -> Callable[[Function, dict[object, object]], Function]:
    """Return a decorator that remembers under another key than all arguments."""

    def decorate(function: Function, shared: dict[object, object]) -> Function:
        memory: dict[object, object] = {}

        def wrapper(*args: object) -> object:
            if key(args) not in memory:
                memory[key(args)] = function(*args)
            return memory[key(args)]

        return wrapper

    return decorate


def _sharing(key: Callable[..., object]) -> Callable[[Function, dict[object, object]], Function]:
    def decorate(function: Function, shared: dict[object, object]) -> Function:
        def wrapper(*args: object) -> object:
            if key(args) not in shared:
                shared[key(args)] = function(*args)
            return shared[key(args)]

        return wrapper

    return decorate


def _emptied(function: Function, shared: dict[object, object]) -> Function:
    shared.clear()
    return _sharing(lambda args: args)(function, shared)


def _asking(known: Callable[[dict[object, object], tuple[object, ...]], bool]) -> Callable[..., Function]:
    """Return a decorator that asks in another way whether an answer is known."""

    def decorate(function: Function, shared: dict[object, object]) -> Function:
        memory: dict[object, object] = {}

        def wrapper(*args: object) -> object:
            if not known(memory, args):
                memory[args] = function(*args)
            return memory[args]

        return wrapper

    return decorate


def _last_only(function: Function, shared: dict[object, object]) -> Function:
    return functools.lru_cache(maxsize=1)(function)


Simulated = tuple[Callable[[Function, dict[object, object]], Function], str]


NONE_COUNTS = "None is an answer too: ask whether args is in memory, not whether the answer is true or None"


SHARED = "the functions share one memory: it is made outside the decorator (a global name, or an attribute of a class)"


FORGETFUL: tuple[Simulated, ...] = (
    (_keyed(lambda args: args), ""),
    (_sharing(lambda args: args), SHARED),
    (_emptied, f"{SHARED}, and emptied whenever a function is decorated"),
    (_keyed(lambda args: None), "the first answer comes back for all arguments: the key must hold all arguments"),
    (_keyed(len), "the key is the number of arguments: the key must hold all arguments themselves"),
    (_keyed(lambda args: args[:1]), "only the first argument is in the key: the key must hold all arguments"),
    (_keyed(lambda args: args[-1:]), "only the last argument is in the key: the key must hold all arguments"),
    (_keyed(frozenset), "the key is a set: it forgets the order of the arguments, and equal ones count once"),
    (_keyed(lambda args: tuple(sorted(args, key=str))), "the key is sorted: the order of the arguments counts"),
    (_keyed(lambda args: tuple(map(str, args))), "the key is made of texts: the number 1 and the text '1' become one"),
    (
        _keyed(lambda args: ",".join(map(str, args))),
        "the key is made of texts: the number 1 and the text '1' become one",
    ),
    (
        _keyed(lambda args: "".join(map(str, args))),
        "the key is made of texts: the number 1 and the text '1' become one",
    ),
    (_keyed(hash), "the key is hash(args): different arguments can have the same one, like -1 and -2"),
    (_asking(lambda memory, args: memory.get(args) is not None), NONE_COUNTS),
    (_asking(lambda memory, args: bool(memory.get(args))), f"{NONE_COUNTS}; and so is 0"),
    (
        _last_only,
        "only the latest answer is remembered: as soon as other arguments come, the earlier ones are forgotten",
    ),
)


def _told(decorate: Callable[[Function, dict[object, object]], Function]) -> Story:
    shared: dict[object, object] = {}
    return _story(lambda function: decorate(function, shared))


RIGHT_STORY = _told(FORGETFUL[0][0])


def _not_remembered(answer: Function, story: Story) -> Wrong:
    """Compare the story with those of the usual mistakes; show the first call that is not as it should be."""
    place = next(place for place, one in enumerate(story) if one != RIGHT_STORY[place])
    which, args = SCRIPT[place]
    (got, calls), (wanted, wanted_calls) = story[place], RIGHT_STORY[place]
    cause = next((cause for decorate, cause in FORGETFUL if safely(lambda d=decorate: _told(d), None) == story), "")
    if cause.startswith(SHARED) and len(inspect.signature(answer).parameters) > 1:
        cause = "the functions share one memory: it is a default value in the def line, and that is made only once"
    cause = cause or first_cause(STORIES, story, answer)
    if not cause and got != wanted and calls < wanted_calls:
        cause = _taken_for(story, place)
    if not cause and calls > wanted_calls:
        cause = first_cause(EVERY_TIME, answer)
    if calls > wanted_calls:
        cause = f"the original was called {calls} times instead of {wanted_calls}; {cause}"
    again = " again" * (SCRIPT[place] in SCRIPT[:place])
    return Wrong(
        got=f"{shown(got)} for the arguments {args}{again}{' of a second function' * which}; {calls} calls so far",
        wanted=f"{wanted!r}, and {wanted_calls} calls of the original so far",
        cause=cause or "equal arguments should give the answer that was stored for them, and others a new one",
        next_step="memory = {} inside the decorator and above the wrapper; the key is args",
    )


def _remembers(answer: Function, *args: object) -> bool:
    """Return whether a second call with these arguments does not run the original."""
    original = Original([1, 2])
    wrapper = answer(original.function())
    wrapper(*args)
    wrapper(*args)
    return len(original.calls) == 1


def _taken_for(story: Story, place: int) -> str:
    """Name the earlier arguments whose answer came back for those of this call."""
    which, args = SCRIPT[place]
    for (earlier, others), (answer, _) in zip(SCRIPT[:place], story, strict=False):
        if earlier == which and others != args and type(answer) is type(story[place][0]) and answer == story[place][0]:
            return f"the arguments {args} got the answer of {others}: both have one key; it must hold all arguments"
    return ""


STORIES: Causes = (
    (
        lambda story, answer: story[0][1] == 2,
        "for new arguments the original is called twice: store its answer, and return what is stored",
    ),
    (
        lambda story, answer: story[0][0] is None and story[1][0] == 9,
        "the first answer is stored, but not returned: for new arguments the wrapper returns None",
    ),
    (
        lambda story, answer: story[0] == (9, 1) and story[1] == (None, 1),
        "the second answer is None: the return stands inside the if, so a remembered answer is not returned",
    ),
    (
        lambda story, answer: story[0][0] is None and story[1][0] is None,
        "the wrapper returns None: its return is missing",
    ),
    (lambda story, answer: isinstance(story[0][0], dict), "the whole memory comes out; one answer of it was asked for"),
    (lambda story, answer: story[0][0] == (1, 2), "the arguments come out: they were stored in place of the answer"),
    (
        lambda story, answer: callable(story[0][0]),
        "the function itself was stored: the parentheses of the call are missing",
    ),
    (
        lambda story, answer: isinstance(story[0][0], bool),
        "True or False comes out: the question whether args is in memory, not the answer that is there",
    ),
    (lambda story, answer: story[0][1] == 0, "the original is never called"),
    (
        lambda story, answer: isinstance(story[0][0], str),
        "the answer was turned into a text before it was stored or returned",
    ),
    (
        lambda story, answer: story[0] == (0, 1) and "index" in names_in(answer),
        "the place of the answer comes out, not the answer that stands there",
    ),
    (
        lambda story, answer: story[0] == (9, 1) and len(story[1:]) and story[1][1] == 1 and story[2][0] == 9,
        "other arguments get an old answer: the key must hold all arguments",
    ),
)


EVERY_TIME: Causes = (
    (
        lambda answer: (
            any(
                isinstance(node.value, ast.Name) and any(isinstance(target, ast.Subscript) for target in node.targets)
                for node in nodes_in(answer, ast.Assign)
            )
            and any(isinstance(node.func, ast.Subscript) for node in nodes_in(answer, ast.Call))
        ),
        "the function itself is stored, not its answer, and it is called again every time",
    ),
    (
        lambda answer: "values" in names_in(answer),
        "args is looked for among the answers (values()), not among the keys",
    ),
    (
        lambda answer: {"clear", "pop", "popitem"} & names_in(answer),
        "answers are thrown out of the memory again, while they are still needed",
    ),
    (
        lambda answer: _remembers(answer, 1) != _remembers(answer, 1, 2),
        "answers are remembered for some numbers of arguments only",
    ),
    (
        lambda answer: {"setdefault", "get"} & names_in(answer),
        "setdefault and get work out their second value in any case, before they look: the original runs every time",
    ),
    (
        lambda answer: (
            not any(isinstance(node.ctx, ast.Store) for node in nodes_in(answer, ast.Subscript))
            and not {"update", "append"} & names_in(answer)
        ),
        "nothing is ever stored: memory[args] = ... is missing",
    ),
    (
        lambda answer: (
            not any(
                isinstance(operator, ast.In | ast.NotIn)
                for node in nodes_in(answer, ast.Compare)
                for operator in node.ops
            )
            and not nodes_in(answer, ast.Try)
        ),
        "what is stored is never looked up before the original is called",
    ),
    (
        lambda answer: any(
            isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict | ast.Call)
            for inner in nodes_in(answer, ast.FunctionDef)[1:]
            for node in inner.body
        ),
        "the memory is made anew in each call: it stands inside the wrapper",
    ),
    (lambda answer: True, "an answer is not found again: the key is another one in each call, or it was forgotten"),
)
