"""Lists of slopes as usual mistakes give them, and why: a sign, a factor, another loss, a moving weight."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.exercises.lesson_04.plain_numbers import sign
from course_utils.exercises.lesson_04.samples import Samples

__all__ = ["SLOPE_LISTS"]


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
