"""The last safe learning rate, the xs it is tried with, and formulas that people take for it."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["RATE_CASES", "SAFE_RATES", "safe_rate"]


RATE_CASES = (
    (18.0, 5.0, 33.0, 22.0, 16.0, 14.0, 11.0),
    (11.0, 22.0, 33.0),
    (0.5, 3.0),
    (-5.0, 1.0, 3.0),
    (5.0,),
    (-2.0, -1.0),
    (0.25, 1.5),
)


def safe_rate(xs: list[float]) -> float:
    """Return the rate at which the worst factor is -1."""
    return 1 / max(x * x for x in xs)


# what a mistaken formula gives for the same xs, and why
SAFE_RATES: tuple[tuple[Callable[[list[float]], float], str, str], ...] = (
    (
        lambda xs: 1 / min(x * x for x in xs),
        "the smallest x decides here, but the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: 1 / sum(x * x for x in xs),
        "all squares were added; each sample takes its own step",
        "use the largest square alone",
    ),
    (
        lambda xs: len(xs) / sum(x * x for x in xs),
        "this is 1 over the mean square; the largest x explodes first",
        "use the largest square",
    ),
    (lambda xs: 1 / max(abs(x) for x in xs), "x is not squared", "the factor is 1 - 2 * learning_rate * x**2"),
    (lambda xs: 1 / max(xs), "x is not squared", "the factor is 1 - 2 * learning_rate * x**2"),
    (
        lambda xs: 1 / max(xs) ** 2,
        "a negative x counts too: its square is large",
        "square first, then take the largest",
    ),
    (
        lambda xs: 2 / max(x * x for x in xs),
        "twice too large: there the factor is -3",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (
        lambda xs: 0.5 / max(x * x for x in xs),
        "this rate makes the factor 0, which is the fastest, not the last safe one",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (lambda xs: 4 / max(x * x for x in xs), "four times too large: the 2 belongs below, and 1 + 1 = 2", "solve for -1"),
    (lambda xs: -safe_rate(xs), "the sign is wrong: 1 - 2 * r * x**2 = -1 gives r = +1 / x**2", "leave out the minus"),
    (
        lambda xs: max(x * x for x in xs),
        "this is the largest square; the rate is 1 over it",
        "divide 1 by it",
    ),
    (
        lambda xs: max(x * x for x in xs) / 2,
        "1 / 2 * x**2 divides by 2 and then multiplies: brackets are missing, and the 2 goes away anyway",
        "write 1 / (...), with the largest square in the brackets",
    ),
    (
        lambda xs: 2 * max(x * x for x in xs),
        "this is twice the largest square; the rate is 1 over a square",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (lambda xs: 1 / max(abs(x) for x in xs) ** 3, "x is cubed, not squared", "square it: x**2"),
    (lambda xs: 1 / max(abs(x) for x in xs) ** 0.5, "the root of x was taken, not the square", "square it: x**2"),
    (lambda xs: 1 / sum(xs) ** 2, "all x were added before they were squared", "use the largest square alone"),
    (lambda xs: (len(xs) / sum(xs)) ** 2, "the mean of the xs decides here; the largest one explodes first", "use max"),
    (lambda xs: 1 / xs[0] ** 2, "the first x decides here; the largest one explodes first", "use the largest square"),
    (lambda xs: 1 / xs[-1] ** 2, "the last x decides here; the largest one explodes first", "use the largest square"),
    (
        lambda xs: 1 / sorted(xs)[len(xs) // 2] ** 2,
        "a middle x decides here; the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: 1 / sorted(xs)[(len(xs) - 1) // 2] ** 2,
        "a middle x decides here; the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: sum(1 / x**2 for x in xs) / len(xs),
        "this is the mean of the samples' own rates; the smallest of them decides",
        "use the largest square alone",
    ),
    (
        lambda xs: sum(1 / x**2 for x in xs),
        "this is the sum of the samples' own rates; the smallest of them decides",
        "use the largest square alone",
    ),
    (lambda xs: 1 / len(xs), "this is 1 over the number of samples; the xs themselves do not enter", "use max"),
    (lambda xs: max(xs), "this is the largest x; the rate is 1 over its square", "divide 1 by the largest square"),
    (
        lambda xs: 1 / (1 + max(x * x for x in xs)),
        "a 1 was added to the largest square, below the line",
        "leave it out",
    ),
    (
        lambda xs: len(xs) / max(x * x for x in xs),
        "the number of samples came in; each sample takes its own step",
        "use 1 over the largest square",
    ),
    (
        lambda xs: 1 / sorted(x * x for x in xs)[-2],
        "the second largest x decides here; the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: 1 / math.prod(x * x for x in xs),
        "all squares were multiplied; each sample takes its own step",
        "use the largest square alone",
    ),
    (
        lambda xs: (1 - max(x * x for x in xs)) / 2,
        "the equation was not solved for the rate: the square stands in a factor with it, so it is divided by",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (
        lambda xs: 1 / (max(xs) - min(xs)) ** 2,
        "the distance from the smallest to the largest x was squared",
        "use the largest square",
    ),
    (lambda xs: 1 / sum(abs(x) for x in xs), "x is not squared, and all of them were added", "use the largest square"),
    (lambda xs: 1 / sum(xs), "x is not squared, and all of them were added", "use the largest square"),
    (lambda xs: 1 / int(max(abs(x) for x in xs)) ** 2, "int(...) cut off the fraction of x", "use x as it is"),
    (lambda xs: 0.0, "0 came out: // drops the fraction, or it was rounded away", "divide with one /"),
    (lambda xs: 33.0**-2, "the 33 of the example stands in your code", "use the xs that are handed in"),
    (lambda xs: -1.0, "this is the factor; the learning rate was asked for", "solve for the learning rate"),
    (lambda xs: -3.0, "this is a factor; the learning rate was asked for", "solve for the learning rate"),
    (lambda xs: 1e3 * safe_rate(xs), "in thousandths: the rate itself was asked for", "leave the 1000 out"),
    (lambda xs: 100 * safe_rate(xs), "in percent: the rate itself was asked for", "leave the 100 out"),
)
