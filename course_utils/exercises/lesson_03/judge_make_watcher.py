"""The judge of exercise 03.4: a hook keeps the latest value, returns None, and writes into its own dictionary."""

from __future__ import annotations

import inspect

from course_utils.exercises.diagnosis.named_errors import errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_03.callables import Function, check_callable
from course_utils.exercises.lesson_03.make_watcher_errors import NO_NUMBER, WATCHER_ERRORS
from course_utils.exercises.lesson_03.make_watcher_slips import KEPT, LATEST, RETURNED, VALUES
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


def _check_kept(answer: Function, seen: dict[object, object]) -> None:
    if seen != {"value": 2.75}:
        raise Wrong(
            got=f"seen is {shown(seen)} after the value 2.75",
            wanted="seen is {'value': 2.75}",
            cause=first_cause(KEPT, seen, answer, seen.get("value"))
            or "the hook should put the value under the key 'value', and nothing else",
            next_step="write seen['value'] = value inside the hook",
        )


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
