"""Fit one weight by hand-worked slopes: as it was asked for, and along other ways down."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.exercises.lesson_04.samples import Samples

__all__ = [
    "MistakenFit",
    "descended",
    "fitted",
    "fitted_one_at_a_time",
    "fitted_without_clearing",
    "mean",
    "mean_error",
    "mean_slope",
    "right_fit",
]


MistakenFit = tuple[Callable[[Samples, float, int], float], str, str]  # what it gives from the same arguments, and why


def fitted(
    samples: Samples, learning_rate: float, epochs: int, *, weigh: Callable[[list[float]], float], start: float = 1.0
) -> float:
    """Return the weight after ``epochs`` updates; ``weigh`` makes one slope from those of the samples."""
    weight = start
    for _ in range(epochs):
        weight -= learning_rate * weigh([2 * x * (x * weight - y) for x, y in samples])
    return weight


def mean(slopes: list[float]) -> float:
    """Return the mean slope."""
    return sum(slopes) / len(slopes)


def descended(slope_at: Callable[[float, Samples], float], start: float = 1.0) -> Callable[..., float]:
    """Return a fit that walks down another slope than it should."""

    def fit(samples: Samples, learning_rate: float, epochs: int) -> float:
        weight = start
        for _ in range(epochs):
            weight -= learning_rate * slope_at(weight, samples)
        return weight

    return fit


def mean_slope(weight: float, samples: Samples) -> float:
    """Return the slope of the mean squared error."""
    return mean([2 * x * (x * weight - y) for x, y in samples])


def mean_error(weight: float, samples: Samples) -> float:
    """Return the mean squared error."""
    return mean([(x * weight - y) ** 2 for x, y in samples])


def fitted_one_at_a_time(samples: Samples, learning_rate: float, epochs: int) -> float:
    """Return what the lesson's loop gives: one update for each sample."""
    weight = 1.0
    for x, y in samples * epochs:
        weight -= learning_rate * 2 * x * (x * weight - y)
    return weight


def fitted_without_clearing(samples: Samples, learning_rate: float, epochs: int) -> float:
    """Return the weight if all slopes of the past stay in the sum."""
    weight = 1.0
    total = 0.0
    for _ in range(epochs):
        total += mean([2 * x * (x * weight - y) for x, y in samples])
        weight -= learning_rate * total
    return weight


def right_fit(samples: Samples, learning_rate: float, epochs: int) -> float:
    """Return what was asked for."""
    return fitted(samples, learning_rate, epochs, weigh=mean)
