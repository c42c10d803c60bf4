"""Judge 04.3: one gradient for each sample, in their order, at the weight that is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor

from course_utils.exercises.diagnosis.named_errors import Causes, errors_named, first_cause
from course_utils.exercises.diagnosis.numbers import unpacked
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_04.gradient_errors import gradient_errors
from course_utils.exercises.lesson_04.plain_numbers import all_close, close
from course_utils.exercises.lesson_04.samples import FIRST, SECOND, Samples, check_untouched
from course_utils.exercises.lesson_04.why_not_slopes import why_slopes_are_off

__all__ = ["judge_slopes"]


def judge_slopes(slopes: Callable[[Samples, float], Sequence[float]]) -> None:
    """Try three samples, two samples, fractions and other weights."""
    demand_function_of(slopes, "slopes(samples, weight)")
    for samples, weight in SLOPE_CASES:
        given = list(samples)
        wanted = [2 * x * (x * weight - y) for x, y in samples]
        where = f"{[round(one, 4) for one in wanted]} from slopes({samples}, {weight})"
        with errors_named(where, *gradient_errors(slopes)):
            got = slopes(given, weight)
        if not isinstance(got, list | tuple) or len(got) != len(wanted):
            raise _no_slopes(got, wanted, where)
        numbers = [unpacked(one) for one in got]
        if not all_close(numbers, wanted):
            cause, next_step = why_slopes_are_off(numbers, samples, weight)
            raise Wrong(got=numbers, wanted=where, cause=cause, next_step=next_step)
        check_untouched(given, samples)


SLOPE_CASES = (
    (FIRST, 1.0),
    (SECOND, -2.0),
    (FIRST[:1], 0.5),
    ([(1.5, 2.0), (0.5, -1.25), (2.5, 0.75)], 0.3),
)


def _no_slopes(got: object, wanted: list[float], where: str) -> Wrong:
    """Return what to raise if it is no list, or one of another length."""
    return Wrong(
        got=got,
        wanted=where,
        cause="it is not a list with one gradient for each sample: "
        + (first_cause(OTHER_LENGTHS, unpacked(got), wanted) or f"it is of type {type(got).__name__}"),
        next_step="append once for each sample, and return the list under the loop",
    )


OTHER_LENGTHS: Causes = (
    (
        lambda got, wanted: got is None,
        "it is None; the return is missing, or w.grad was returned after it was cleared",
    ),
    (lambda got, wanted: isinstance(got, Tensor), "it is one tensor; a list of numbers was asked for"),
    (lambda got, wanted: isinstance(got, dict), "it is a dictionary; only the gradients were asked for, in a list"),
    (lambda got, wanted: isinstance(got, str), "it is a text about the list, in quotes"),
    (lambda got, wanted: hasattr(got, "__next__"), "it is a generator or map, which only promises the work"),
    (lambda got, wanted: close(got, sum(wanted)), "the gradients were added up to one number"),
    (lambda got, wanted: close(got, sum(wanted) / len(wanted)), "the mean of the gradients came out"),
    (lambda got, wanted: close(got, wanted[-1]), "only the last gradient came out"),
    (lambda got, wanted: close(got, wanted[0]), "only the first gradient came out"),
    (lambda got, wanted: isinstance(got, int | float), "one number came out"),
    (
        lambda got, wanted: all_close([unpacked(one) for one in got], [2 * x * (x - y) for x, y in FIRST]),
        "the three numbers of the lesson's samples stand in your code; the samples that were handed in do not enter",
    ),
    (lambda got, wanted: len(got) == 0, "nothing is appended to it"),
    (
        lambda got, wanted: len(got) == 1 and close(unpacked(got[0]), wanted[0]),
        "only the first sample came; the return stands inside the loop",
    ),
    (
        lambda got, wanted: len(got) == 1 and close(unpacked(got[0]), wanted[-1]),
        "only the last sample is left; the list is made anew inside the loop, or append stands under it",
    ),
    (
        lambda got, wanted: len(got) == 1 and close(unpacked(got[0]), sum(wanted)),
        "append stands under the loop, and w.grad is the sum by then",
    ),
    (lambda got, wanted: len(got) == len(wanted) + 1, "one place too many, at the beginning or at the end"),
    (lambda got, wanted: len(got) == len(wanted) - 1, "one sample is missing, at the beginning or at the end"),
    (lambda got, wanted: len(got) > len(wanted), "more than one thing is appended for each sample"),
    (lambda got, wanted: True, "some samples are missing"),
)
