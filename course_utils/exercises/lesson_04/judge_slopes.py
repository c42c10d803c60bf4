"""The judge of exercise 04.3: what it accepts, and why another answer is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor

from course_utils.exercises.diagnosis.named_errors import Causes, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_04.samples import (
    FIRST,
    SECOND,
    Samples,
    all_close,
    check_untouched,
    close,
    gradient_errors,
    is_number,
    plain,
    sign,
)
from course_utils.exercises.shown import shown

__all__ = ["judge_slopes"]


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


def _moving(samples: Samples, weight: float, rate: float) -> list[float]:
    """Return the slopes if the weight is updated after each sample."""
    slopes = []
    for x, y in samples:
        slopes.append(2 * x * (x * weight - y))
        weight -= rate * slopes[-1]
    return slopes


SLOPE_LISTS: tuple[tuple[Callable[[Samples, float], list[float]], str, str], ...] = (
    (
        lambda samples, weight: [-2 * x * (x * weight - y) for x, y in samples],
        "every sign is turned round",
        "the loss is (x * w - y) ** 2; hand over its gradient as it is",
    ),
    (
        lambda samples, weight: [0.0 for _ in samples],
        "the list holds zeros: the gradient is cleared, or not there yet, when it is taken out; or zero_() clears the "
        "very tensor that is in the list",
        "append w.grad.item() first, then set w.grad = None",
    ),
    (
        lambda samples, weight: [x * (x * weight - y) for x, y in samples],
        "the 2 is missing: the slope of a square is twice what stands in it",
        "2 * x * (x * w - y), or let backward() work it out",
    ),
    (
        lambda samples, weight: [4 * x * (x * weight - y) for x, y in samples],
        "every slope is twice too large: backward() runs twice for each sample",
        "call backward() once for each sample",
    ),
    (
        lambda samples, weight: [2 * (x * weight - y) for x, y in samples],
        "the x is missing: the inner slope of x * w is x",
        "2 * x * (x * w - y), or let backward() work it out",
    ),
    (
        lambda samples, weight: [x * weight - y for x, y in samples],
        "these are the errors x * w - y, not the gradients of their squares",
        "append w.grad.item() after backward()",
    ),
    (
        lambda samples, weight: [(x * weight - y) ** 2 for x, y in samples],
        "these are the losses, not their gradients",
        "append w.grad.item(), not loss.item()",
    ),
    (
        lambda samples, weight: [2 * x * (x - y) for x, y in samples],
        "the weight that was handed in does not enter: 1 stands in your code in its place",
        "make w from the parameter: torch.tensor(weight, requires_grad=True)",
    ),
    (
        lambda samples, weight: [2 * x * (x * weight - y) / len(samples) for x, y in samples],
        "each loss is divided by the number of samples; one gradient for each sample was asked for, no mean",
        "leave len(samples) out",
    ),
    (
        lambda samples, weight: [abs(2 * x * (x * weight - y)) for x, y in samples],
        "the signs are lost: abs(...) makes every slope positive",
        "leave abs(...) out",
    ),
    (
        lambda samples, weight: [2 * x * (x * weight - y) for x, y in reversed(samples)],
        "the slopes are backwards: the last sample's comes first",
        "append puts behind; insert(0, ...) puts in front",
    ),
    (
        lambda samples, weight: sorted(2 * x * (x * weight - y) for x, y in samples),
        "the slopes are sorted: they should stand in the order of the samples",
        "leave sorted(...) out",
    ),
    (
        lambda samples, weight: [2 * y * (y * weight - x) for x, y in samples],
        "x and y changed places",
        "write for x, y in samples",
    ),
    (
        lambda samples, weight: [x for x, _ in samples],
        "the loss is not squared: the slope of x * w - y is x",
        "the loss is (x * w - y) ** 2",
    ),
    (
        lambda samples, weight: [x * sign(x * weight - y) for x, y in samples],
        "the loss is abs(...) here, not the square",
        "the loss is (x * w - y) ** 2",
    ),
    (
        lambda samples, weight: [2 * x * (weight - y) for x, y in samples],
        "the guess is x * w, not w",
        "the loss is (x * w - y) ** 2",
    ),
    (
        lambda samples, weight: [weight for _ in samples],
        "the weight itself was appended, not its gradient",
        "append w.grad.item()",
    ),
    *(
        (
            lambda samples, weight, rate=rate: _moving(samples, weight, rate),
            "w is updated after each sample, so the later slopes are those at another weight",
            "leave the update out: only the slopes were asked for",
        )
        for rate in (1.0, 0.1, 0.01, 0.001, 0.0001)
    ),
    (
        lambda samples, weight: [int(2 * x * (x * weight - y)) for x, y in samples],
        "int(...) cut off the fraction",
        "append w.grad.item() as it is",
    ),
    (
        lambda samples, weight: [round(2 * x * (x * weight - y)) for x, y in samples],
        "the slopes were rounded to whole numbers",
        "append w.grad.item() as it is",
    ),
)


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
        numbers = [plain(one) for one in got]
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
        + (first_cause(OTHER_LENGTHS, plain(got), wanted) or f"it is of type {type(got).__name__}"),
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
        lambda got, wanted: all_close([plain(one) for one in got], [2 * x * (x - y) for x, y in FIRST]),
        "the three numbers of the lesson's samples stand in your code; the samples that were handed in do not enter",
    ),
    (lambda got, wanted: len(got) == 0, "nothing is appended to it"),
    (
        lambda got, wanted: len(got) == 1 and close(plain(got[0]), wanted[0]),
        "only the first sample came; the return stands inside the loop",
    ),
    (
        lambda got, wanted: len(got) == 1 and close(plain(got[0]), wanted[-1]),
        "only the last sample is left; the list is made anew inside the loop, or append stands under it",
    ),
    (
        lambda got, wanted: len(got) == 1 and close(plain(got[0]), sum(wanted)),
        "append stands under the loop, and w.grad is the sum by then",
    ),
    (lambda got, wanted: len(got) == len(wanted) + 1, "one place too many, at the beginning or at the end"),
    (lambda got, wanted: len(got) == len(wanted) - 1, "one sample is missing, at the beginning or at the end"),
    (lambda got, wanted: len(got) > len(wanted), "more than one thing is appended for each sample"),
    (lambda got, wanted: True, "some samples are missing"),
)
