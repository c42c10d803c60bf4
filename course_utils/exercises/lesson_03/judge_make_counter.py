"""The judge of exercise 03.5: a counter says 1, 2, 3 and goes on without end, and a second one begins anew."""

from __future__ import annotations

import inspect

from course_utils.exercises.diagnosis.named_errors import errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_03.callables import Function, check_callable
from course_utils.exercises.lesson_03.make_counter_errors import COUNTER_ERRORS
from course_utils.exercises.lesson_03.make_counter_slips import CONSTANT, COUNTED, TWO_COUNTERS

__all__ = ["judge_make_counter"]


def judge_make_counter(answer: Function) -> None:
    """Counts 1, 2, 3; every counter on its own."""
    if inspect.isgeneratorfunction(answer):
        raise _no_counter("a generator")
    demand_function_of(answer, "make_counter()")
    with errors_named("a function that counts 1, 2, 3", *COUNTER_ERRORS):
        first = answer()
        if hasattr(first, "__next__"):
            raise _no_counter(first)
        check_callable(first, "a function without arguments", 0)
        got = [first(), first(), first()]
        if got != [1, 2, 3] or any(type(number) is not int for number in got):
            cause = (
                first_cause(COUNTED, got) or first_cause(CONSTANT, got, answer) or "each call should return one more"
            )
            raise Wrong(got=got, wanted=[1, 2, 3], cause=cause, next_step="count += 1, then return count")
        _check_counts_on(answer)
    second = answer()
    got = [second(), first(), second()]
    if got != [1, 4, 2]:
        raise Wrong(
            got=f"{got} from a second, the first and the second counter",
            wanted=[1, 4, 2],
            cause=first_cause(TWO_COUNTERS, got, answer),
            next_step="set count = 0 inside make_counter, above the inner function",
        )


def _no_counter(got: object) -> Wrong:
    """Return what to raise if an iterator came out."""
    return Wrong(
        got=got,
        wanted="a function without arguments",
        cause="yield makes a generator, which is asked with next(), not called"
        if isinstance(got, str) or inspect.isgenerator(got)
        else "this is an iterator: it is asked with next(), not called",
        next_step="use an inner function, and return it",
    )


def _check_counts_on(answer: Function) -> None:
    counter = answer()
    got = [counter() for _ in range(12)]
    if got[0] == 1 and got != list(range(1, 13)):
        raise Wrong(
            got=got,
            wanted="1 to 12",
            cause="it does not count on: after a few numbers it begins again or stops",
            next_step="count += 1, then return count, without any end",
        )
