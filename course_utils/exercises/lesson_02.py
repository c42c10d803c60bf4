"""Exercises of lesson 02: decorators."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import (
    Causes,
    Reason,
    check_passes_errors,
    errors_named,
    first_cause,
)
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.shown import safely, shown

__all__ = ["EXERCISES"]

Function = Callable[..., object]


class Original:
    """A function to be decorated, which notes its calls; the same under any name."""

    def __init__(self, results: list[object] | None = None) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.results = results

    def function(self, name: str = "original") -> Function:
        """Return a function that gives back the next result, or the sum of its arguments."""

        def original(*args, **kwargs):
            """Return the next result, or the sum of the arguments."""
            self.calls.append((*args, *kwargs.values()))
            if self.results is None:
                return sum((*args, *kwargs.values()))
            place = len(self.calls) - 1
            return self.results[place] if place < len(self.results) else 1000 + place  # called too often

        original.__name__ = name
        return original


def decorated(answer: Function, function: Function, calls: list[tuple[object, ...]]) -> Function:
    """Put the learner's decorator on ``function`` and check that a function comes out that nobody has called yet."""
    with errors_named("a new function, and no call yet", *DECORATING_ERRORS):
        wrapper = answer(function)
    cause = first_cause(NO_COAT, wrapper, function, calls, answer)
    if cause:
        step = (
            "define a wrapper that calls the function, and end the decorator with return wrapper, without parentheses"
        )
        raise Wrong(got=wrapper, wanted="a new function, and no call yet", cause=cause, next_step=step)
    return wrapper


def _is_nameless_wraps(wrapper: object) -> bool:
    """Return whether ``functools.wraps`` stood above the wrapper without its parentheses."""
    return isinstance(wrapper, functools.partial) and wrapper.func is functools.update_wrapper


NO_COAT: Causes = (
    (
        lambda wrapper, function, calls, answer: (
            calls and any(one.kind is one.VAR_POSITIONAL for one in inspect.signature(answer).parameters.values())
        ),
        "one storey is missing: the original is called at the decoration, because the decorator itself takes the "
        "arguments of the call; they belong to a wrapper inside it",
    ),
    (
        lambda wrapper, function, calls, answer: calls and callable(wrapper),
        "the original is called at the decoration already, outside of the wrapper: its result is worked out once "
        "for all",
    ),
    (
        lambda wrapper, function, calls, answer: calls,
        "the original is called at the decoration already: the parentheses behind what is returned run it, and only "
        "its result comes out",
    ),
    (
        lambda wrapper, function, calls, answer: wrapper is None,
        "the decorator returns None: it defines a wrapper and forgets to return it",
    ),
    (
        lambda wrapper, function, calls, answer: wrapper is function,
        "the original came back without any coat",
    ),
    (
        lambda wrapper, function, calls, answer: _is_nameless_wraps(wrapper),
        "functools.wraps stands above the wrapper without (function), so it takes the wrapper for the original",
    ),
    (
        lambda wrapper, function, calls, answer: not callable(wrapper),
        "what came out cannot be called: the decorator must return a function",
    ),
)
DECORATING_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "and 'function'",
        "you calculate with the function itself: no wrapper calls it yet",
        "define a wrapper inside that calls function, and return the wrapper",
    ),
    (
        TypeError,
        "'function' and",
        "you calculate with the function itself: no wrapper calls it yet",
        "define a wrapper inside that calls function, and return the wrapper",
    ),
    (
        TypeError,
        "required positional argument",
        "an inner function is called while decorating: parentheses stand behind it in the return",
        "return the inner function itself, without parentheses",
    ),
    (
        AttributeError,
        "'NoneType' object has no attribute",
        "None stands where a function is needed: an inner function forgets its return",
        "let each storey return the one inside it",
    ),
    (
        UnboundLocalError,
        "",
        "the inner function is used above the line that defines it",
        "first def wrapper, below it what is done with wrapper",
    ),
)
CALLING_ERRORS: tuple[Reason, ...] = (
    (
        RecursionError,
        "",
        "the wrapper calls itself instead of the original, again and again",
        "call function in the wrapper",
    ),
    (
        TypeError,
        "and 'tuple'",
        "the arguments are handed on as one tuple: the stars are missing in the call",
        "write function(*args, **kwargs), with both stars",
    ),
    (
        TypeError,
        "and 'dict'",
        "the arguments are handed on as one dictionary: the stars are missing in the call",
        "write function(*args, **kwargs), with both stars",
    ),
    (
        TypeError,
        "after * must be an iterable",
        "the star stands before something that is no list of arguments",
        "write function(*args, **kwargs)",
    ),
    (
        TypeError,
        "and 'function'",
        "you calculate with the function itself: the parentheses behind it are missing",
        "write function(*args, **kwargs)",
    ),
    (
        TypeError,
        "object is not callable",
        "what is called is not the original: a parameter of the wrapper has the same name, or a result is called again",
        "call function, the argument of the decorator, and name no parameter of the wrapper so",
    ),
    (
        TypeError,
        "object is not iterable",
        "the result of the original is taken for a list and walked along; it is one value",
        "use the result as it is",
    ),
    (
        NameError,
        "'functools'",
        "functools is not imported",
        "write import functools above the decorator",
    ),
)


def check_arguments(answer: Function, wrapper: Function, *args: object, **kwargs: object) -> None:
    """Raise Wrong if the wrapper does not take these arguments."""
    if not (inspect.isfunction(wrapper) or hasattr(type(wrapper).__call__, "__code__")):
        return  # not written in Python, such as functools.cache: Python cannot tell what it takes
    signature = inspect.signature(wrapper, follow_wrapped=False)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        words = [repr(value) for value in args] + [f"{name}={value!r}" for name, value in kwargs.items()]
        why = first_cause(ARGUMENTS, answer, wrapper, signature, kwargs) or str(error)
        raise Wrong(
            got=f"a wrapper that takes {signature}",
            wanted=f"a wrapper that can be called with ({', '.join(words)})",
            cause=f"the wrapper does not take all arguments: {why}",
            next_step="write def wrapper(*args, **kwargs) and hand both on: function(*args, **kwargs)",
        ) from None


ARGUMENTS: Causes = (
    (
        lambda answer, wrapper, signature, kwargs: callable(wrapper(Original().function())),
        "there is one storey too many, and what came out is a decorator once more",
    ),
    (
        lambda answer, wrapper, signature, kwargs: not signature.parameters,
        "it takes none at all",
    ),
    (
        lambda answer, wrapper, signature, kwargs: (
            kwargs and any(one.kind is one.VAR_POSITIONAL for one in signature.parameters.values())
        ),
        "*args takes those by position, but arguments that are passed by name need **kwargs",
    ),
    (
        lambda answer, wrapper, signature, kwargs: all(one.kind < 2 for one in signature.parameters.values()),
        "it takes a fixed number of them, with names of its own, and the original may have any",
    ),
)


def check_name(wrapper: Function, *, description: bool = True) -> None:
    """Raise Wrong if the name "measure" is lost, or the description where that counts too."""
    got = getattr(wrapper, "__name__", None), getattr(wrapper, "__doc__", None)
    wanted = "measure", Original().function().__doc__
    if got[0] == wanted[0] and (got[1] == wanted[1] or not description):
        return
    cause = f"name and description of the original are lost: the decorated function calls itself {got[0]!r}"
    if got[0] == wanted[0]:
        cause = "the name is kept, but the description (__doc__) of the original is lost"
    elif got[1] == wanted[1]:
        cause = "the description is kept, but the name of the original is lost"
    raise Wrong(
        got=f"name {got[0]!r}, description {got[1]!r}",
        wanted=f"name {wanted[0]!r}, description {wanted[1]!r}",
        cause=cause,
        next_step="write @functools.wraps(function) above the wrapper",
    )


def check_result(got: object, wanted: object, cause: str, causes: Causes = ()) -> None:
    """Raise Wrong if a call of the decorated function returned something else."""
    if type(got) is type(wanted) and got == wanted:
        return
    if got is None and wanted is not None:
        cause = "the wrapper returns None: it drops the result, its return is missing (print only shows)"
    elif callable(got):
        cause = "a function came out of the call: one storey too many, or a return without a call"
    else:
        cause = first_cause(causes, got) or cause
    came = f"the text {got!r}" if isinstance(got, str) else got
    raise Wrong(got=came, wanted=wanted, cause=cause, next_step="look at the line with return inside the wrapper")


# 02.1


def judge_doubled(answer: Function) -> None:
    """The result is doubled, the arguments arrive as they are, and the original runs once for each call."""
    demand_function_of(answer, "doubled(function)")
    original = Original()
    wrapper = decorated(answer, original.function(), original.calls)
    check_arguments(answer, wrapper, 3, 5)
    with errors_named("16, twice what the original returns", *CALLING_ERRORS):
        got = wrapper(3, 5)
    if original.calls == [(6, 10)]:
        raise Wrong(
            got="the original was called with 6 and 10",
            wanted="the original called with 3 and 5",
            cause="you doubled the arguments, not the result (for a sum nobody notices, for a product everybody)",
            next_step="write 2 * in front of the call",
        )
    check_calls(original, [(3, 5)])
    check_result(got, 16, "the original returned 8, and twice that was asked for", DOUBLED)
    check_arguments(answer, wrapper, 3, b=5)
    by_name = "arguments that are passed by name get lost: **kwargs is taken and not handed on"
    check_result(wrapper(3, b=5), 16, by_name, FIRST_KEPT)
    check_arguments(answer, wrapper)
    check_result(wrapper(), 0, "without arguments the sum is 0, and twice 0 is 0", FIRST_KEPT)
    with errors_named("'abab', twice the text 'ab'", *CALLING_ERRORS, *NOT_A_NUMBER):
        check_result(answer(Original(["ab"]).function())(1), "abab", "the result may be a text: 2 * 'ab' is 'abab'")
        check_result(answer(Original([1.5]).function())(1), 3.0, "the result may have a fraction: 2 * 1.5 is 3.0")
    check_fresh(answer)
    check_passes_errors(lambda fail: answer(fail)(1), "the original")


FIRST_KEPT: Causes = (
    (lambda got: got == 16, "the first result comes back whatever the arguments are: it was kept in a memory"),
)
DOUBLED: Causes = (
    (lambda got: isinstance(got, tuple | list), "two things came out together, not one that is twice as large"),
    (lambda got: isinstance(got, str), "the result was turned into a text"),
    (
        lambda got: got == 8,
        "the original's result comes out unchanged: the 2 * is missing, or its result is thrown away",
    ),
    (lambda got: got == 64, "the result is squared (** 2), not doubled (2 *)"),
    (lambda got: got == 10, "2 is added to the result; twice is 2 *"),
    (lambda got: got == 4, "the result is halved, not doubled"),
    (lambda got: got == 32, "the result is doubled twice"),
    (lambda got: got == 24, "the result is taken three times"),
    (lambda got: got == 16 and isinstance(got, float), "a number with a fraction came out: the factor is 2, not 2.0"),
    (lambda got: got == 2, "2 came out: the original's result does not enter"),
    (lambda got: got == -16, "the sign is turned round"),
)
NOT_A_NUMBER: tuple[Reason, ...] = (
    (
        Exception,
        "",
        "your wrapper works for whole numbers only, and the original here returns a text (or 1.5)",
        "write 2 * in front of the call, without int(...), float(...) or sum(...)",
    ),
)


def check_calls(original: Original, wanted: list[tuple[object, ...]]) -> None:
    """Raise Wrong if the original was not called exactly so."""
    if original.calls != wanted:
        raise Wrong(
            got=f"calls of the original with {shown(original.calls)}",
            wanted=f"calls with {wanted}",
            cause=first_cause(ORIGINALS_CALLS, original.calls, wanted),
            next_step="call function(*args, **kwargs) once and keep the result in a name",
        )


ORIGINALS_CALLS: Causes = (
    (lambda calls, wanted: not calls, "the original is never called"),
    (
        lambda calls, wanted: len(calls) < len(wanted),
        "the original does not run once for each call of the decorated function: an earlier result is used again",
    ),
    (
        lambda calls, wanted: len(calls) > len(wanted),
        "the original does not run once for each call of the decorated function, but more often: whatever it does "
        "happens again",
    ),
    (
        lambda calls, wanted: isinstance(calls[0][0], tuple | dict),
        "all arguments arrive as one tuple: the star is missing in function(*args)",
    ),
    (lambda calls, wanted: len(calls[0]) < len(wanted[0]), "some arguments get lost on the way to the original"),
    (
        lambda calls, wanted: set(calls[0]) == set(wanted[0]),
        "the arguments do not arrive as they were passed: their order changed",
    ),
    (
        lambda calls, wanted: set(calls[0]) <= {10, 30},
        "the arguments do not arrive as they were passed: they were clamped, and the result should be",
    ),
    (lambda calls, wanted: True, "the arguments do not arrive as they were passed: the wrapper changes them"),
)


def check_fresh(answer: Function) -> None:
    """Two decorated functions are independent, and each call computes anew."""
    first, second = answer(Original([1, 2]).function()), answer(Original([10, 20]).function())
    got = [first(), second(), first(), second()]
    check_result(got, [2, 20, 4, 40], "each call of each decorated function must run its own original", NOT_FRESH)


NOT_FRESH: Causes = (
    (lambda got: got == [2, 20, 2, 20], "the first result is kept: equal calls do not run the original again"),
    (lambda got: got[0] == got[1], "the decorated functions share one memory"),
)


# 02.2


def judge_counted(answer: Function) -> None:
    """Each decorated function counts its own calls in `calls`, also those that raise; it works like the original."""
    demand_function_of(answer, "counted(function)")
    original = Original()
    function = original.function("measure")
    wrapper = decorated(answer, function, original.calls)
    _check_count(answer, wrapper, function, 0, "after the decoration")
    check_arguments(answer, wrapper, 3, b=5)
    with errors_named("8, and calls = 1", *COUNTING_ERRORS, *CALLING_ERRORS):
        got = wrapper(3, b=5)
    check_result(got, 8, "the decorated function should return what the original returns", COUNTED_RESULT)
    check_calls(original, [(3, 5)])
    _check_count(answer, wrapper, function, 1, "after one call")
    wrapper(3, 5)
    check_calls(original, [(3, 5), (3, 5)])
    _check_count(answer, wrapper, function, 2, "after two calls")
    _check_own_count(answer, wrapper)
    check_name(wrapper)
    _check_raising(answer)


COUNTING_ERRORS: tuple[Reason, ...] = (
    (
        UnboundLocalError,
        "",
        "calls is a plain variable of the decorator: += in the wrapper makes a new one there, and from outside nobody "
        "could see it",
        "count on the wrapper itself: wrapper.calls += 1, and wrapper.calls = 0 below its definition",
    ),
    (
        AttributeError,
        "no attribute 'calls'",
        "wrapper.calls grows before it was ever set: there is no 0 to begin with",
        "set wrapper.calls = 0 below the definition of the wrapper",
    ),
    (
        NameError,
        "'wrapper'",
        "the function that counts is not called wrapper in your code",
        "use the name that stands behind def",
    ),
)
COUNTED_RESULT: Causes = (
    (
        lambda got: isinstance(got, tuple | list),
        "the count comes out together with the result; it belongs into the attribute calls only",
    ),
    (lambda got: got == 1, "the count comes out instead of the result"),
    (lambda got: got == 3, "arguments that are passed by name get lost: **kwargs is taken and not handed on"),
)


def _check_count(answer: Function, wrapper: Function, function: Function, wanted: int, when: str) -> None:
    got = getattr(wrapper, "calls", "no attribute calls")
    if type(got) is int and got == wanted:
        return
    cause = first_cause(COUNTS, got, when, answer, wrapper, function)
    if isinstance(got, str):
        cause = f"the decorated function has no attribute calls: {first_cause(NO_COUNT, answer, wrapper, function)}"
    raise Wrong(
        got=f"calls = {shown(got)} {when}",
        wanted=f"{wanted} {when}",
        cause=cause or "each call adds one, once",
        next_step="count with wrapper.calls += 1 inside the wrapper, and set wrapper.calls = 0 below its definition",
    )


def _numbers_on(thing: object) -> list[str]:
    """Return the names of the attributes of a function or object that are whole numbers."""
    return [name for name, value in vars(thing).items() if type(value) is int]


def _calls_after_an_error(answer: Function) -> int:
    """Return what calls is after one call that raised."""

    def fail() -> None:
        raise ValueError

    wrapper = answer(fail)
    try:
        wrapper()
    except ValueError:
        return wrapper.calls
    return 0


def _stands_under_return(answer: object) -> bool:
    """Return whether some statement comes directly after a return in the same block, and so is never reached."""
    blocks = [node.body for node in nodes_in(answer, ast.FunctionDef)]
    return any(
        isinstance(line, ast.Return) and block[place + 1 :] for block in blocks for place, line in enumerate(block)
    )


NO_COUNT: Causes = (
    (
        lambda answer, wrapper, function: callable(wrapper(Original().function())),
        "there is one storey too many, and what came out is a decorator once more",
    ),
    (
        lambda answer, wrapper, function: hasattr(answer, "calls"),
        "it hangs on the decorator itself, one for all functions; the wrapper is what comes out",
    ),
    (
        lambda answer, wrapper, function: _stands_under_return(answer),
        "a line stands under a return, where it is never reached",
    ),
    (
        lambda answer, wrapper, function: _numbers_on(wrapper),
        "the count hangs there under another name; the task says calls",
    ),
    (
        lambda answer, wrapper, function: hasattr(function, "calls"),
        "it was set on the original (function.calls), and the wrapper is what comes out",
    ),
    (
        lambda answer, wrapper, function: (
            {node.target.attr for node in nodes_in(answer, ast.AugAssign) if isinstance(node.target, ast.Attribute)}
            >= {"calls"}
            != {
                one.attr
                for node in nodes_in(answer, ast.Assign)
                for one in node.targets
                if isinstance(one, ast.Attribute)
            }
        ),
        "it grows (+= 1), but it was never set to 0, so there is nothing to begin with",
    ),
    (
        lambda answer, wrapper, function: "calls" in {node.attr for node in nodes_in(answer, ast.Attribute)},
        "it is set only inside the wrapper, when that runs, so before the first call it is not there",
    ),
    (
        lambda answer, wrapper, function: True,
        "a plain variable cannot be seen from outside; it was never set on the wrapper",
    ),
)
COUNTS: Causes = (
    (
        lambda got, when, *more: isinstance(got, list | tuple | dict | set),
        "calls is a collection of the calls; their number was asked for",
    ),
    (lambda got, when, *more: got is None, "calls is None there, and not a number: the count begins at 0"),
    (lambda got, when, *more: callable(got), "calls is a function here; the number itself was asked for"),
    (lambda got, when, *more: isinstance(got, str | float | bool), "calls is no whole number"),
    (lambda got, when, *more: "decoration" in when, "the count begins at 0, and decorating is not a call"),
    (
        lambda got, when, answer, wrapper, function: got == 0 and getattr(function, "calls", 0) > 0,
        "the count on the wrapper stays 0: you count on the original: function.calls",
    ),
    (
        lambda got, when, answer, wrapper, function: got == 0 and nodes_in(answer, ast.Nonlocal),
        "the count on the wrapper stays 0: a plain variable grows, and wrapper.calls got a copy of it at the beginning",
    ),
    (
        lambda got, when, answer, wrapper, function: got == 0 and _calls_after_an_error(answer) == 1,
        "only calls that raise are counted: += 1 stands in the except part",
    ),
    (
        lambda got, when, answer, *more: got == 0 and _stands_under_return(answer),
        "the count stays 0: the line that adds one stands under the return, and is never reached",
    ),
    (lambda got, when, *more: got == 0, "the count stays 0: += 1 is missing in the wrapper, or counts something else"),
    (
        lambda got, when, *more: got == 1 and when == "after two calls",
        "the count is set back in each call: = 0 stands inside the wrapper, or =+ 1 for += 1",
    ),
    (lambda got, when, *more: got == 2 and when == "after one call", "each call is counted twice"),
    (
        lambda got, when, *more: got > 1,
        "the count grows by more than one in a call: it counts something else, such as the arguments",
    ),
    (lambda got, when, *more: got < 0, "the count goes down: += 1 was wanted"),
)


def _check_own_count(answer: Function, wrapper: Function) -> None:
    """A second function has a count of its own."""
    other = answer(Original().function())
    counts = [other.calls]
    other()
    counts += [other.calls, wrapper.calls]
    if counts != [0, 1, 2]:
        raise Wrong(
            got=f"calls of a second function: {counts[0]}, after one call {counts[1]}; of the first one: {counts[2]}",
            wanted="0, after one call 1; of the first one still 2",
            cause="the functions share one count: it is global, or hangs on the class or the decorator",
            next_step="count with wrapper.calls += 1 inside the wrapper; set wrapper.calls = 0 below its definition",
        )


def _check_raising(answer: Function) -> None:
    check_passes_errors(lambda fail: answer(fail)(), "the original")
    if _calls_after_an_error(answer) != 1:
        raise Wrong(
            got=f"calls = {_calls_after_an_error(answer)} after a call that raised",
            wanted="1",
            cause="you count after the call, so a call that raises is forgotten"
            if _calls_after_an_error(answer) == 0
            else "a call that raises is counted more than once",
            next_step="count first, then call",
        )


# 02.3


def judge_clamped(answer: Function) -> None:
    """Three storeys; results stay between the bounds; name kept."""
    _check_storeys(answer)
    with errors_named("clamped(0, 10) returns a decorator", *CALLING_ERRORS[:1], *DECORATING_ERRORS):
        decorator = answer(0, 10)
    if decorator is None or not callable(decorator):
        raise Wrong(
            got=decorator,
            wanted="clamped(0, 10) returns a decorator",
            cause="the outermost storey returns None: its return is missing" if decorator is None else "no function",
            next_step="end with return decorate, without parentheses",
        )
    original = Original(list(CLAMP_RESULTS))
    function = original.function("measure")
    with errors_named("a decorator that takes one function", *STOREY_ERRORS):
        wrapper = decorated(decorator, function, original.calls)
    check_arguments(decorator, wrapper, 20, b=30)
    with errors_named("[10, 0, 7, 0, 10] from 12, -3, 7, 0 and 10", *CALLING_ERRORS, *_clamping_errors(answer)):
        got = [wrapper(20, b=30) for _ in CLAMP_RESULTS]
        check_calls(original, [(20, 30)] * len(CLAMP_RESULTS))
        cause = "each result below 0 should become 0, each above 10 should become 10, and the others stay"
        overwritten = lambda got: nodes_in(answer, ast.Nonlocal)  # noqa: E731
        check_result(got, [10, 0, 7, 0, 10], cause, ((overwritten, OVERWRITTEN), *CLAMPED))
        check_name(wrapper, description=False)
        _check_bounds(answer)
    check_passes_errors(lambda fail: answer(0, 10)(fail)(), "the original")


OVERWRITTEN = (
    "nonlocal lets the wrapper change the bounds: a result is written over low or high, and the next call sees it"
)
CLAMP_RESULTS = (12, -3, 7, 0, 10)
STOREY_ERRORS: tuple[Reason, ...] = (
    (
        RecursionError,
        "",
        "a storey is missing: nothing takes the function, so the wrapper calls itself",
        "def clamped(low, high): def decorate(function): def wrapper(*args, **kwargs): ...",
    ),
    (
        TypeError,
        "not supported between",
        "a storey is missing: the function itself is compared with the bounds",
        "def clamped(low, high): def decorate(function): def wrapper(*args, **kwargs): ...",
    ),
)


def _clamping_errors(answer: Function) -> tuple[Reason, ...]:
    step = "return max(low, min(high, ...)) around the call of the function"
    raises = "outside the bounds your wrapper raises an error; it should return the bound that was crossed"
    return (
        (
            TypeError,
            "cannot be interpreted as an integer",
            "range(...) knows only whole numbers; a result may be 0.25",
            step,
        ),
        (TypeError, "not supported between", "what is compared is not a number: a function, or None", step),
        *(((Exception, "", raises, step),) if nodes_in(answer, ast.Raise) else ()),
    )


def _check_storeys(answer: Function) -> None:
    if callable(answer) and len(safely(lambda: list(inspect.signature(answer).parameters), [1, 2])) in (1, 3):
        raise Wrong(
            got=f"clamped{safely(lambda: inspect.signature(answer), '(...)')}",
            wanted="clamped(low, high), which returns a decorator",
            cause="one storey is missing: the function must not be an argument of clamped itself",
            next_step="def clamped(low, high): def decorate(function): def wrapper(*args, **kwargs): ...",
        )
    demand_function_of(answer, "clamped(low, high)")


def _as_if(change: Callable[[float], object], results: tuple[float, ...] = CLAMP_RESULTS) -> Callable[..., bool]:
    """Return a test whether all results came out as ``change`` makes them."""
    return lambda got: got == [change(result) for result in results]


CLAMPED: Causes = (
    (_as_if(lambda result: result), "the original's results come out unchanged"),
    (_as_if(lambda result: None), "the wrapper returns None: its return is missing (print only shows)"),
    (
        _as_if(lambda result: min(0, max(10, result))),
        "min and max are swapped: min(high, ...) keeps a number below high",
    ),
    (
        _as_if(lambda result: max(10, min(0, result))),
        "min and max are swapped: min(high, ...) keeps a number below high",
    ),
    (_as_if(lambda result: min(10, result)), "only one of the two bounds is heeded, the upper one"),
    (_as_if(lambda result: max(0, result)), "only one of the two bounds is heeded, the lower one"),
    (_as_if(lambda result: min(0, result)), "min and max are swapped, and one bound is missing"),
    (_as_if(lambda result: max(10, result)), "min and max are swapped, and one bound is missing"),
    (_as_if(lambda result: min(10, abs(result))), "abs makes -3 a 3; below low it should become low, here 0"),
    (lambda got: got[:2] == [0, 10], "the wrong bound is returned: low above high, and high below low"),
    (lambda got: got[:2] == [None, None], "outside the bounds None comes out: there the return of a bound is missing"),
    (
        lambda got: got[:2] == [10, 0] and got[2] is None,
        "inside the bounds None comes out: there the return is missing",
    ),
    (lambda got: None in got, "one of the ways through your if has no return, so None comes out there"),
    (lambda got: all(isinstance(one, bool) for one in got), "a comparison comes out, True or False, not a number"),
    (lambda got: all(isinstance(one, str) for one in got), "texts come out, not numbers"),
    (lambda got: all(isinstance(one, tuple | list) for one in got), "several things come out together, not one number"),
    (lambda got: all(callable(one) for one in got), "functions come out: one storey too many, or a call is missing"),
    (lambda got: got[0] == 9, "the upper bound itself is allowed: 12 becomes 10, not 9"),
    (lambda got: got[1] == 1, "the lower bound itself is allowed: -3 becomes 0, not 1"),
    (lambda got: len(set(got)) == 1, "the same comes out of every call: what an earlier call did is remembered"),
    (
        lambda got: got[0] == got[1] not in (0, 10),
        "outside the bounds one and the same value comes out, and not the bound that was crossed",
    ),
    (lambda got: got[2] != 7, "7 lies between the bounds and should stay as it is"),
    (lambda got: got[0] == 2, "the result goes round in a circle (%): above high it should become high"),
    (lambda got: got[0] != 10 and got[1] == 0, "12 lies above high, and should become high itself: 10"),
    (lambda got: got[0] == 10 and got[1] != 0, "-3 lies below low, and should become low itself: 0"),
)


def _check_bounds(answer: Function) -> None:
    """Other bounds, and fractions."""
    low, high = answer(-1.0, 1.0)(Original([0.25, -7.5]).function()), answer(5, 6)(Original([0, 9]).function())
    got = [low(), low(), high(), high()]
    check_result(got, [0.25, -1.0, 5, 6], "each decorator has its own bounds, here -1.0, 1.0 and 5, 6", OWN_BOUNDS)
    zero = "a result of 0 is a result too, and lies between -5 and 5: `or` and a plain `if` take it for nothing"
    check_result(answer(-5, 5)(Original([0]).function())(), 0, zero)


OWN_BOUNDS: Causes = (
    (
        lambda got: got == [0.25, 0, 0, 9],
        "each decorator has its own bounds, but 0 and 10 stand in your code: right for clamped(0, 10) alone",
    ),
    (lambda got: got[1] == 0 or got[2] == 0, "each decorator has its own bounds, but a 0 stands in your code for low"),
    (lambda got: got[3] != 6, "each decorator has its own bounds, but your code does not take high from the outside"),
    (lambda got: got[0] in (0, 0.2, 0.3), "fractions get lost: int or round changes 0.25"),
)


# 02.4


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


EXERCISES = (
    Exercise(
        id="02.1",
        title="Twice as much",
        difficulty="easy",
        minutes=5,
        task="Hand in a decorator doubled(function): the decorated function takes the same arguments and returns twice "
        "what the original returns.",
        hints=(
            "Inside doubled, define a new function that calls the old one; return the new one.",
            "def wrapper(*args, **kwargs), then a call with the same stars, and two returns: one in each function.",
            "The wrapper's only line is return 2 * and then the call of function with both stars.",
        ),
        starter="def doubled(function):\n    ...  # your code here",
        solution="""
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)

    return wrapper
""",
        alternative="""
class doubled:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **kwargs):
        result = self.function(*args, **kwargs)
        return result * 2
""",
        name="doubled",
        judge=judge_doubled,
        praise="Right: a coat that changes the result; decorate print with it and explain the error that comes.",
        mistakes=(
            Mistake(
                "wrapper not returned",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)
""",
                "forgets to return it",
            ),
            Mistake(
                "called at the decoration",
                "def doubled(function):\n    return 2 * function()",
                "at the decoration",
            ),
            Mistake(
                "wrapper called when returned",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)

    return wrapper()
""",
                "at the decoration",
            ),
            Mistake(
                "result dropped",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        2 * function(*args, **kwargs)

    return wrapper
""",
                "its return is missing",
            ),
            Mistake(
                "one argument only",
                """
def doubled(function):
    def wrapper(x):
        return 2 * function(x)

    return wrapper
""",
                "does not take all arguments",
            ),
            Mistake(
                "no arguments by name",
                """
def doubled(function):
    def wrapper(*args):
        return 2 * function(*args)

    return wrapper
""",
                "*args, **kwargs",
            ),
            Mistake(
                "arguments doubled",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return function(*[2 * value for value in args], **kwargs)

    return wrapper
""",
                "doubled the arguments",
            ),
            Mistake(
                "called twice",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) + function(*args, **kwargs)

    return wrapper
""",
                "does not run once",
            ),
            Mistake("no coat", "def doubled(function):\n    return function", "without any coat"),
            Mistake(
                "stars forgotten in the call",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(args, kwargs)

    return wrapper
""",
                "stars are missing",
            ),
            Mistake(
                "the wrapper calls itself",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * wrapper(*args, **kwargs)

    return wrapper
""",
                "calls itself",
            ),
            Mistake(
                "squared",
                """
def doubled(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) ** 2

    return wrapper
""",
                "squared",
            ),
            Mistake(
                "one storey too many",
                """
def doubled(function):
    def decorate(inner):
        def wrapper(*args, **kwargs):
            return 2 * inner(*args, **kwargs)

        return wrapper

    return decorate
""",
                "one storey too many",
            ),
        ),
    ),
    Exercise(
        id="02.2",
        title="Count the calls",
        difficulty="medium",
        minutes=8,
        task="Hand in a decorator counted(function): the decorated function has an attribute calls, 0 at first, that "
        "grows by one with each call, also with one that raises; name and description are kept.",
        hints=(
            "The number must be seen from outside: it hangs on the wrapper itself.",
            "wrapper.calls is set once, below the inner def; functools.wraps keeps the name.",
            "Inside the wrapper, first wrapper.calls += 1, then return the call. Below it, wrapper.calls = 0.",
        ),
        starter="def counted(function):\n    ...  # your code here",
        solution="""
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
        alternative="""
class counted:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.__wrapped__(*args, **kwargs)
""",
        name="counted",
        judge=judge_counted,
        praise="Right: the state hangs on the wrapper, one for each function; the lesson's class Counted does so too.",
        setup="import functools",
        mistakes=(
            Mistake(
                "name lost",
                """
def counted(function):
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
                "functools.wraps",
            ),
            Mistake(
                "counted on the original",
                """
def counted(function):
    function.calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        function.calls += 1
        return function(*args, **kwargs)

    return wrapper
""",
                "on the original",
            ),
            Mistake(
                "a variable that nobody sees",
                """
def counted(function):
    calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        nonlocal calls
        calls += 1
        return function(*args, **kwargs)

    return wrapper
""",
                "no attribute calls",
            ),
            Mistake(
                "one count for all",
                """
class Count:
    calls = 0


class counted:
    def __init__(self, function):
        functools.update_wrapper(self, function)

    @property
    def calls(self):
        return Count.calls

    def __call__(self, *args, **kwargs):
        Count.calls += 1
        return self.__wrapped__(*args, **kwargs)
""",
                "share one count",
            ),
            Mistake(
                "counted after the call",
                """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        wrapper.calls += 1
        return result

    wrapper.calls = 0
    return wrapper
""",
                "count after the call",
            ),
            Mistake(
                "result dropped",
                """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
                "its return is missing",
            ),
            Mistake(
                "begins at 1",
                """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 1
    return wrapper
""",
                "begins at 0",
            ),
            Mistake(
                "a copy of a variable",
                """
def counted(function):
    calls = 0

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        nonlocal calls
        calls += 1
        return function(*args, **kwargs)

    wrapper.calls = calls
    return wrapper
""",
                "got a copy of it",
            ),
            Mistake(
                "another name for the count",
                """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.count += 1
        return function(*args, **kwargs)

    wrapper.count = 0
    return wrapper
""",
                "under another name",
            ),
            Mistake(
                "wraps without the function",
                """
def counted(function):
    @functools.wraps
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper
""",
                "without (function)",
            ),
            Mistake(
                "the error swallowed",
                """
def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        try:
            return function(*args, **kwargs)
        except Exception as error:
            print(error)

    wrapper.calls = 0
    return wrapper
""",
                "hides",
            ),
        ),
    ),
    Exercise(
        id="02.3",
        title="Between two bounds",
        difficulty="medium",
        minutes=8,
        task="Hand in clamped(low, high), a decorator with arguments: the decorated function's result is never below "
        "low and never above high; the name is kept.",
        hints=(
            "Three storeys: bounds, function, arguments of a call.",
            "Each storey returns the one inside it; max and min keep a number between two others.",
            "The innermost line: return max(low, min(high, ...)) around the call of the function.",
        ),
        starter="def clamped(low, high):\n    ...  # your code here",
        solution="""
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
        alternative="""
class clamped:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = function(*args, **kwargs)
            if result < self.low:
                return self.low
            if result > self.high:
                return self.high
            return result

        return wrapper
""",
        name="clamped",
        judge=judge_clamped,
        praise="Right: three storeys, each with its own memory; in lesson 05 the same idea tames a gradient.",
        setup="import functools",
        mistakes=(
            Mistake(
                "two storeys",
                """
def clamped(function, low, high):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return max(low, min(high, function(*args, **kwargs)))

    return wrapper
""",
                "one storey is missing",
            ),
            Mistake(
                "min and max swapped",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return min(low, max(high, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
                "swapped",
            ),
            Mistake(
                "decorator not returned",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper
""",
                "outermost storey returns None",
            ),
            Mistake(
                "wrapper not returned",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

    return decorate
""",
                "forgets to return it",
            ),
            Mistake(
                "arguments clamped instead of the result",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            args = [max(low, min(high, value)) for value in args]
            return function(*args, **kwargs)

        return wrapper

    return decorate
""",
                "do not arrive",
            ),
            Mistake(
                "upper bound only",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return min(high, function(*args, **kwargs))

        return wrapper

    return decorate
""",
                "only one of the two bounds",
            ),
            Mistake(
                "name lost",
                """
def clamped(low, high):
    def decorate(function):
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
                "are lost",
            ),
            Mistake(
                "None between the bounds",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = function(*args, **kwargs)
            if result < low:
                return low
            if result > high:
                return high

        return wrapper

    return decorate
""",
                "inside the bounds None",
            ),
            Mistake(
                "0 and 10 in the code",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(0, min(10, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
                "right for clamped(0, 10) alone",
            ),
            Mistake(
                "an error in place of the bound",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = function(*args, **kwargs)
            if not low <= result <= high:
                raise ValueError("out of bounds")
            return result

        return wrapper

    return decorate
""",
                "should return the bound",
            ),
            Mistake(
                "decorate called when returned",
                """
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper

    return decorate()
""",
                "without parentheses",
            ),
        ),
    ),
    Exercise(
        id="02.4",
        title="Break it, then fix it: a memory of one's own",
        difficulty="hard",
        minutes=8,
        task="Hand in a decorator remembered(function) with a memory for each decorated function: equal positional "
        "arguments are computed only once, even if the answer is None or 0; the name is kept.",
        hints=(
            "The memory must be born when a function is decorated, not before and not at each call.",
            "A dictionary above the wrapper, inside the decorator; args is a tuple and can be its key.",
            "if args not in memory: compute and store it under args. Then return memory[args].",
        ),
        starter="def remembered(function):\n    ...  # your code here",
        solution="""
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
        alternative="""
def remembered(function):
    return functools.lru_cache(maxsize=None)(function)
""",
        name="remembered",
        judge=judge_remembered,
        praise="Right: you built functools.cache; compare your wrapper with it, and ask it for cache_info().",
        setup="import functools",
        mistakes=(
            Mistake(
                "one memory for all",
                """
memory = {}


def remembered(function):
    @functools.wraps(function)
    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "share one memory",
            ),
            Mistake(
                "memory as a default value",
                """
def remembered(function, memory={}):
    @functools.wraps(function)
    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "default value",
            ),
            Mistake(
                "only the first argument as key",
                """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args[0] not in memory:
            memory[args[0]] = function(*args)
        return memory[args[0]]

    return wrapper
""",
                "all arguments",
            ),
            Mistake(
                "None counts as not known",
                """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if memory.get(args) is None:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "None is an answer too",
            ),
            Mistake(
                "memory made in each call",
                """
def remembered(function):
    @functools.wraps(function)
    def wrapper(*args):
        memory = {}
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "2 times instead of 1",
            ),
            Mistake(
                "name lost",
                """
def remembered(function):
    memory = {}

    def wrapper(*args):
        if args not in memory:
            memory[args] = function(*args)
        return memory[args]

    return wrapper
""",
                "are lost",
            ),
            Mistake(
                "setdefault computes first",
                """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        return memory.setdefault(args, function(*args))

    return wrapper
""",
                "in any case",
            ),
            Mistake(
                "nothing stored",
                """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        if args in memory:
            return memory[args]
        return function(*args)

    return wrapper
""",
                "nothing is ever stored",
            ),
            Mistake(
                "the key is a text",
                """
def remembered(function):
    memory = {}

    @functools.wraps(function)
    def wrapper(*args):
        key = ", ".join(str(value) for value in args)
        if key not in memory:
            memory[key] = function(*args)
        return memory[key]

    return wrapper
""",
                "the text '1'",
            ),
            Mistake(
                "only the latest answer",
                "def remembered(function):\n    return functools.lru_cache(maxsize=1)(function)",
                "only the latest",
            ),
        ),
    ),
)
