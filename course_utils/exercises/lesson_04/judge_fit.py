"""Judge 04.2: the weight after some epochs of plain descent, for other samples, rates and numbers of epochs."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_04.descents import right_fit
from course_utils.exercises.lesson_04.gradient_errors import gradient_errors
from course_utils.exercises.lesson_04.plain_numbers import close, is_number
from course_utils.exercises.lesson_04.samples import FIRST, SECOND, Samples, check_untouched
from course_utils.exercises.lesson_04.why_not_fit import why_the_fit_is_off

__all__ = ["judge_fit"]


THIRD: Samples = [(1.0, 3.0), (2.0, -1.0), (0.5, 2.5)]


def judge_fit(fit: Callable[[Samples, float, int], float]) -> None:
    """Try several data sets, learning rates and numbers of epochs."""
    demand_function_of(fit, "fit(samples, learning_rate, epochs)")
    for samples, learning_rate, epochs in FIT_CASES:
        call, given = f"fit({samples}, {learning_rate}, {epochs})", list(samples)
        with errors_named(f"a float from {call}", *gradient_errors(fit), *FIT_ERRORS):
            got = fit(given, learning_rate, epochs)
        if not is_number(got):
            raise Wrong(
                got=f"the text {got!r}" if isinstance(got, str) else got,
                wanted=f"a float from {call}",
                cause=f"it is {first_cause(NO_WEIGHT, got) or f'of type {type(got).__name__}, not a plain number'}",
                next_step="end with: return w.item()",
            )
        wanted = right_fit(samples, learning_rate, epochs)
        if not close(got, wanted):
            cause, next_step = why_the_fit_is_off(fit, got, samples, learning_rate, epochs)
            raise Wrong(got=f"{got:.6g}", wanted=f"{wanted:.6g} from {call}", cause=cause, next_step=next_step)
        check_untouched(given, samples)


FIT_CASES = (
    (THIRD, 0.05, 4),
    (SECOND, 0.05, 3),
    (FIRST, 1e-4, 2),
    (FIRST, 1e-3, 60),
    (FIRST, 1e-5, 130),
    (SECOND, 0.1, 0),
)


NO_WEIGHT: Causes = (
    (lambda got: got is None, "None: does fit end with return? (print only shows)"),
    (lambda got: isinstance(got, Tensor), "of type Tensor: the box, not the plain number in it"),
    (lambda got: isinstance(got, list), "of type list: all weights or losses; only the last weight was asked for"),
    (lambda got: isinstance(got, tuple), "of type tuple: several things came back; only the last weight was asked for"),
    (lambda got: isinstance(got, str), "of type str: a text, not a number"),
)


FIT_ERRORS: tuple[Reason, ...] = (
    (
        UnboundLocalError,
        "",
        "with epochs = 0 the loop never runs, and a name that gets its value only inside it has none",
        "return the weight, which is made above the loop",
    ),
    (
        TypeError,
        "'int' object is not iterable",
        "for cannot walk along a number",
        "write for _ in range(epochs)",
    ),
    (
        TypeError,
        "",
        "numbers, lists and tensors are mixed up in this line",
        "take x and y out of each sample first: for x, y in samples",
    ),
)
