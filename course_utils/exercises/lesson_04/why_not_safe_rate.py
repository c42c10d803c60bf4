"""Why a learning rate is not the last safe one: another formula, another number, or so many times too large."""

from __future__ import annotations

import math

from course_utils.exercises.diagnosis.named_errors import Causes, first_cause
from course_utils.exercises.lesson_04.safe_rate_formulas import RATE_CASES, SAFE_RATES, safe_rate
from course_utils.exercises.shown import safely

__all__ = ["why_the_rate_is_off"]


def the_turn_of(xs: list[float]) -> float:
    """Return the rate from which on the product of all factors grows beyond 1 in size, to three digits."""
    rate = safe_rate(xs) / 1000
    while abs(math.prod(1 - 2 * rate * x * x for x in xs)) < 1:
        rate *= 1.0005
    return rate


def why_the_rate_is_off(got: float, xs: list[float]) -> tuple[str, str]:
    """Return (cause, next step) by comparing with what the usual mistakes give."""
    for mistaken, cause, step in SAFE_RATES:
        if math.isclose(got, safely(lambda m=mistaken: m(xs), math.nan), rel_tol=1e-4):
            return cause, step
    cause = first_cause(OTHER_RATES, got, xs, max(x * x for x in xs))
    return cause or _how_far_off(got, xs), "solve 1 - 2 * learning_rate * x**2 = -1 for the largest square"


def _how_far_off(got: float, xs: list[float]) -> str:
    largest = max(x * x for x in xs)
    times = got * largest
    size = f"{1 / times:.4g} times too small" if times < 1 else f"{times:.4g} times too large"
    near = math.isclose(times, 1, rel_tol=0.1)
    why = ": it was rounded, searched for in steps that are too large, or a margin was left" if near else ""
    return f"it is {size}, and the worst factor is {1 - 2 * times:.4g} there, not -1{why}"


OTHER_RATES: Causes = (
    (lambda got, xs, largest: not math.isfinite(got), "it is no finite number: something was divided by 0"),
    (
        lambda got, xs, largest: xs != list(RATE_CASES[0]) and math.isclose(got, 33.0**-2, rel_tol=1e-3),
        "the number for 11, 22, 33 stands in your code: it is not worked out from xs",
    ),
    (
        lambda got, xs, largest: math.isclose(got, the_turn_of(xs), rel_tol=0.02),
        "here the whole epoch turns, the product of all factors; the worst factor alone was asked for",
    ),
    (
        lambda got, xs, largest: math.isclose(got, 1 - 2 * 9.18e-4 * largest, rel_tol=1e-3),
        "this is the factor; the learning rate was asked for",
    ),
    (lambda got, xs, largest: got <= 0, "a learning rate is above 0"),
)
