"""The judge of exercise 03.4: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import ast
import inspect

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_03.callables import Function, check_callable
from course_utils.exercises.shown import safely, shown

__all__ = ["judge_make_watcher"]


def judge_make_watcher(answer: Function) -> None:
    """The hook keeps the latest value and returns None."""
    if len(safely(lambda: inspect.signature(answer).parameters, [])) == 2:
        raise Wrong(
            got=f"make_watcher{inspect.signature(answer)}",
            wanted="make_watcher(seen), which returns a hook",
            cause="make_watcher is the hook itself here: the value belongs to an inner function, which is returned",
            next_step="def make_watcher(seen): and in it def watch(value): ...; then return watch",
        )
    demand_function_of(answer, "make_watcher(seen)")
    seen: dict[str, object] = {}
    with errors_named("a hook: a function of one value", *WATCHER_ERRORS):
        hook = answer(seen)
        check_callable(hook, "a hook: a function of one value", 1)
        got = hook(2.75)
    _check_kept(answer, seen)
    if got is not None:
        raise Wrong(
            got=f"the hook returned {shown(got)} for 2.75",
            wanted="None: the hook only watches",
            cause=first_cause(RETURNED, got, answer),
            next_step="use def, store with seen['value'] = value, and write no return in the hook",
        )
    _check_latest(answer)
    _check_two_watchers(answer)


WATCHER_ERRORS: tuple[Reason, ...] = (
    (
        AttributeError,
        "'dict' object has no attribute 'append'",
        "append belongs to lists; seen is a dictionary",
        "write seen['value'] = value inside the hook",
    ),
    (
        AttributeError,
        "'dict' object has no attribute",
        "a dictionary is asked with square brackets, not with a dot",
        "write seen['value'] = value inside the hook",
    ),
    (
        TypeError,
        "missing 1 required positional argument",
        "the hook is called when it is returned: parentheses stand behind it",
        "return the hook itself, without parentheses",
    ),
    (
        TypeError,
        "'dict' object is not callable",
        "round brackets stand behind the dictionary",
        "write seen['value'] = value inside the hook",
    ),
    (
        TypeError,
        "object is not iterable",
        "update is called with the value alone; it wants to know the key, too",
        "write seen['value'] = value inside the hook, or seen.update(value=value)",
    ),
    (
        NameError,
        "'value'",
        "the value is used where it is not known: it is the argument of the hook",
        "define the hook with one argument, value, and store it inside",
    ),
    (
        UnboundLocalError,
        "",
        "a name is assigned inside the hook, so it is a new one there, and it has no value yet",
        "write into the dictionary with square brackets; assign to no name",
    ),
    (
        KeyError,
        "",
        "the hook reads a key that nobody has written yet (== only compares, = stores)",
        "write seen['value'] = value inside the hook",
    ),
)


RETURNED: Causes = (
    (
        lambda got, answer: "setdefault" in names_in(answer),
        "setdefault returns what it stored, and a lambda returns its expression: it replaces the value",
    ),
    (
        lambda got, answer: isinstance(got, tuple | list),
        "a lambda returns its expression, here several things in brackets: they replace the value in the machine",
    ),
    (
        lambda got, answer: isinstance(got, dict),
        "the hook returns the dictionary, and that replaces the value in the machine",
    ),
    (
        lambda got, answer: isinstance(got, bool),
        "the hook returns True or False, and that replaces the value in the machine",
    ),
    (lambda got, answer: callable(got), "the hook returns a function, and that replaces the value in the machine"),
    (
        lambda got, answer: got == 2.75,
        "the hook returns the value that it got: a hook that only watches leaves the return out",
    ),
    (
        lambda got, answer: got == 3,
        "the hook returns the rounded value, and that replaces the value in the machine",
    ),
    (
        lambda got, answer: True,
        "the hook returns another value, and whatever a hook returns replaces it in the machine",
    ),
)


def _check_kept(answer: Function, seen: dict[object, object]) -> None:
    if seen != {"value": 2.75}:
        raise Wrong(
            got=f"seen is {shown(seen)} after the value 2.75",
            wanted="seen is {'value': 2.75}",
            cause=first_cause(KEPT, seen, answer, seen.get("value"))
            or "the hook should put the value under the key 'value', and nothing else",
            next_step="write seen['value'] = value inside the hook",
        )


def _assigns_seen(answer: Function) -> bool:
    """Return whether the learner's code gives the name seen to something new."""
    names = [one for node in nodes_in(answer, ast.Assign) for one in node.targets if isinstance(one, ast.Name)]
    return "seen" in {one.id for one in names}


KEPT: Causes = (
    (
        lambda seen, answer, kept: not seen and nodes_in(answer, ast.Yield),
        "the dictionary stayed empty: yield makes the hook a generator, and nothing in it runs when it is called",
    ),
    (
        lambda seen, answer, kept: not seen and {"copy", "deepcopy", "dict"} & names_in(answer),
        "the dictionary that was handed in stayed empty: the hook writes into a copy of it",
    ),
    (
        lambda seen, answer, kept: not seen and _assigns_seen(answer),
        "the dictionary that was handed in stayed empty: you made a new one (seen = {...})",
    ),
    (
        lambda seen, answer, kept: not seen and {"print"} & names_in(answer),
        "the dictionary that was handed in stayed empty: print only shows the value",
    ),
    (
        lambda seen, answer, kept: not seen and {"get"} & names_in(answer),
        "the dictionary that was handed in stayed empty: get only reads",
    ),
    (
        lambda seen, answer, kept: not seen and not {"seen"} & names_in(answer),
        "the dictionary that was handed in stayed empty: the hook does not use seen at all",
    ),
    (lambda seen, answer, kept: not seen, "the dictionary that was handed in stayed empty: nothing is written into it"),
    (lambda seen, answer, kept: 2.75 in seen, "the value became the key; the key is the text 'value', in quotes"),
    (
        lambda seen, answer, kept: "value" not in seen and len(seen) == 1,
        "the value stands under another key; the task says seen['value']",
    ),
    (lambda seen, answer, kept: len(seen) > 1, "more is stored than the value: only the key 'value' was asked for"),
    (lambda seen, answer, kept: kept is None, "the hook stores None, not the value: or it was stored before any call"),
    (
        lambda seen, answer, kept: isinstance(kept, list | tuple),
        "a list of values is kept; only the latest value itself was asked for",
    ),
    (lambda seen, answer, kept: isinstance(kept, str), "the value was turned into a text: keep it as it is"),
    (lambda seen, answer, kept: kept in (2, 3), "the value was rounded: keep it as it is"),
    (lambda seen, answer, kept: callable(kept), "a function is kept, not the value"),
    (lambda seen, answer, kept: kept == 0, "what is kept was stored before the call: the hook itself stores nothing"),
    (lambda seen, answer, kept: True, "the value is changed before it is kept: keep it as it is"),
)


VALUES = (2.75, 1, 5, 0, 1.5)


def _check_latest(answer: Function) -> None:
    """Many values in turn: each is kept, and each time the hook returns None; a value of None is kept, too."""
    seen: dict[str, object] = {}
    hook = answer(seen)
    returned, kept = [], []
    for value in VALUES:
        returned.append(hook(value))
        kept.append(seen.get("value"))
    with errors_named("None is kept as it is", *WATCHER_ERRORS, NO_NUMBER):
        returned.append(hook(None) if kept == list(VALUES) else None)
    if kept != list(VALUES) or seen.get("value") is not None:
        raise Wrong(
            got=f"seen['value'] was {kept} after each of the values {list(VALUES)}, and {seen.get('value')} after None",
            wanted="each time the latest value",
            cause=first_cause(LATEST, kept) or "another value is kept than the latest",
            next_step="write seen['value'] = value inside the hook, in any case",
        )
    if returned != [None] * len(returned):
        raise Wrong(
            got=f"the hook returned {returned} for the values {[*VALUES, None]}",
            wanted="None: the hook only watches",
            cause="from the second call on the hook returns something, such as the value of the call before, and that "
            "replaces the value in the machine",
            next_step="write no return in the hook",
        )


NO_NUMBER: Reason = (
    TypeError,
    "",
    "the hook calculates with the value or compares it; any value may go through, also None",
    "store it as it is: seen['value'] = value",
)


LATEST: Causes = (
    (
        lambda kept: kept == [2.75] * len(VALUES),
        "the first value stays for ever: setdefault stores only the first one (or an if lets only the first through)",
    ),
    (lambda kept: kept == [2.75, 2.75, 5, 5, 5], "the largest value is kept, not the latest"),
    (lambda kept: kept == [2.75, 1, 1, 0, 0], "the smallest value is kept, not the latest"),
    (lambda kept: kept[1:] == [2.75, 1, 5, 0], "the value before the latest is kept"),
    (lambda kept: kept[:2] == [2.75, 3.75], "the values are added up"),
    (lambda kept: kept == [2.75, 1, 5, 5, 1.5], "an if leaves out values that count as false, like 0 and None"),
    (lambda kept: kept == list(VALUES), "an if leaves out None; it is a value too"),
    (lambda kept: kept[0] == 2.75 and kept[1] == kept[2] == kept[3], "from the second call on nothing new is stored"),
)


def _check_two_watchers(answer: Function) -> None:
    """Two hooks with a dictionary each, and what stood in the dictionaries before."""
    one: dict[str, object] = {"other": "stays"}
    two: dict[str, object] = {}
    first, second = answer(one), answer(two)
    first(1.5)
    second(7)
    cause = ""
    if one.get("value") != 1.5 or two.get("value") != 7:
        cause = "two hooks share a dictionary: a global name or a default value holds the one that was handed in last"
    elif one.get("other") != "stays" or len(two) != 1:
        cause = "what else was in the dictionary is lost: the hook empties it"
    if cause:
        raise Wrong(
            got=f"two dictionaries after 1.5 and 7: {one} and {two}",
            wanted="{'other': 'stays', 'value': 1.5} and {'value': 7}",
            cause=cause,
            next_step="write seen['value'] = value, with the seen that make_watcher was given",
        )
