"""Why a list of slopes is off: a mistake in each of them, gradients that add up, or one tensor again and again."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Causes, first_cause
from course_utils.exercises.lesson_04.plain_numbers import all_close, close, is_number
from course_utils.exercises.lesson_04.samples import Samples
from course_utils.exercises.lesson_04.slope_lists import SLOPE_LISTS
from course_utils.exercises.shown import shown

__all__ = ["why_slopes_are_off"]


def why_slopes_are_off(got: list[object], samples: Samples, weight: float) -> tuple[str, str]:
    """Return (cause, next step) for a list of wrong slopes."""
    wanted = [2 * x * (x * weight - y) for x, y in samples]
    for mistaken, cause, step in SLOPE_LISTS:
        if all_close(got, mistaken(samples, weight)):
            return cause, step
    sums = [sum(wanted[: i + 1]) for i in range(len(wanted))]
    if all_close(got, sums):
        return "the gradients add up: w.grad was not cleared between the samples", "set w.grad = None after each sample"
    if all_close(got, [sums[-1]] * len(got)):
        return (
            "the list holds the same tensor again and again, and in it the gradients add up",
            "append a number, w.grad.item(), and set w.grad = None after each sample",
        )
    kind = first_cause(STRANGE_SLOPES, got)
    if kind:
        return kind, "append w.grad.item() after backward(), and set w.grad = None only then"
    if all_close(got, [wanted[-1]] * len(got)):
        return (
            "the list holds the same tensor again and again: zero_() writes into the tensors that are in the list",
            "append a number, w.grad.item(), or set w.grad = None instead of zero_()",
        )
    return _first_wrong_slope(got, samples, weight)


def _first_wrong_slope(got: list[object], samples: Samples, weight: float) -> tuple[str, str]:
    """Name the first sample whose slope is off, and by what."""
    slopes = [2 * x * (x * weight - y) for x, y in samples]
    for place, (one, (x, y), slope) in enumerate(zip(got, samples, slopes, strict=True)):
        if any(close(one, sum(slopes[start : place + 1])) for start in range(place)):
            cause = (
                f"at the sample ({x:g}, {y:g}) the gradients of earlier samples are still in w.grad: not cleared there"
            )
            return cause, "set w.grad = None after each sample, not only once"
        if not close(one, slope):
            ratio = f", {one / slope:.3g} times as much" if is_number(one) and slope else ""
            cause = f"for the sample ({x:g}, {y:g}) your list says {shown(one)}, and the gradient is {slope:g}{ratio}: "
            cause += "the numbers are not the gradients of (x * w - y) ** 2"
            return cause, "compare the first one: 2 * x * (x * w - y)"
    return "the numbers are not the gradients of (x * w - y) ** 2", "compare the first one: 2 * x * (x * w - y)"


STRANGE_SLOPES: Causes = (
    (
        lambda got: got and all(one is None for one in got),
        "None was appended: w.grad is empty before backward() and after "
        "w.grad = None, and a result such as loss has no .grad",
    ),
    (lambda got: None in got, "None was appended for some samples: there w.grad was empty, cleared too early"),
    (lambda got: all(isinstance(one, str) for one in got), "the list holds texts, not numbers"),
    (
        lambda got: any(isinstance(one, tuple | list) for one in got),
        "each gradient stands in a tuple or list of its own "
        "(autograd.grad gives back a tuple): take the number out of it",
    ),
    (
        lambda got: any(callable(one) for one in got),
        "functions were appended: the parentheses behind .item are missing",
    ),
)
