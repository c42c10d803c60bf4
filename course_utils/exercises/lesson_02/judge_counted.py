"""Judge 02.2: each decorated function counts its own calls on itself, also those that raise."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_02.calling import CALLING_ERRORS, check_arguments, check_result
from course_utils.exercises.lesson_02.counted_slips import (
    COUNTED_RESULT,
    COUNTING_ERRORS,
    COUNTS,
    NO_COUNT,
    calls_after_an_error,
)
from course_utils.exercises.lesson_02.decorating import check_name, decorated
from course_utils.exercises.lesson_02.originals import Function, Original, check_calls
from course_utils.exercises.shown import shown

__all__ = ["judge_counted"]


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
    if calls_after_an_error(answer) != 1:
        raise Wrong(
            got=f"calls = {calls_after_an_error(answer)} after a call that raised",
            wanted="1",
            cause="you count after the call, so a call that raises is forgotten"
            if calls_after_an_error(answer) == 0
            else "a call that raises is counted more than once",
            next_step="count first, then call",
        )
