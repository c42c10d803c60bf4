"""Fits that walk along the gradient of another loss, or a wrong gradient: the weight each of them gives, and why."""

from __future__ import annotations

import math

from course_utils.exercises.lesson_04.descents import MistakenFit, descended, fitted, mean, mean_error, mean_slope
from course_utils.exercises.lesson_04.plain_numbers import sign

__all__ = ["OTHER_GRADIENTS", "RARER_GRADIENTS"]


ANY_LENGTH = "divide by len(samples), whatever it is"


OTHER_GRADIENTS: tuple[MistakenFit, ...] = (
    (
        descended(lambda weight, samples: -mean_slope(weight, samples)),
        "the weight walks up the slope instead of down",
        "subtract: w -= learning_rate * w.grad, and the error is x * w - y",
    ),
    (
        lambda samples, rate, epochs: fitted(samples, rate, epochs, weigh=sum),
        "the losses were added, not averaged",
        "divide the sum of the losses by len(samples)",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples) / 2),
        "the 2 is missing in the gradient of a square: every update goes half as far as it should",
        "the gradient of (x * w - y) ** 2 is 2 * x * (x * w - y)",
    ),
    (
        descended(lambda weight, samples: 2 * mean_slope(weight, samples)),
        "every update goes twice as far as it should: a 2 came in twice, or backward() runs twice",
        "take the gradient as backward() leaves it in w.grad",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples) / len(samples)),
        "the mean is taken twice: the gradient of the mean is divided by len(samples) once more",
        "divide once, in the loss",
    ),
    (
        descended(lambda weight, samples: mean([2 * (x * weight - y) for x, y in samples])),
        "the x is missing in the gradient: the inner slope of x * w is x",
        "the gradient of (x * w - y) ** 2 is 2 * x * (x * w - y)",
    ),
    (
        descended(lambda weight, samples: mean([x for x, _ in samples])),
        "the errors are not squared, so the slope is the same everywhere",
        "square each error: (x * w - y) ** 2",
    ),
    (
        descended(lambda weight, samples: mean([x * sign(x * weight - y) for x, y in samples])),
        "the absolute error was taken, abs(...), not the squared one",
        "square each error: (x * w - y) ** 2",
    ),
    (
        descended(
            lambda weight, samples: 2 * mean([x * weight - y for x, y in samples]) * mean([x for x, _ in samples])
        ),
        "the square of the mean was taken; the mean of the squares was asked for",
        "square each error first, then take the mean",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples) / (2 * math.sqrt(mean_error(weight, samples)))),
        "the root of the mean was taken: it has another slope",
        "leave the root out: the loss is the mean of the squares",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples[-1:])),
        "only the last sample counts: the loss is written over in the loop",
        "add up the losses of all samples, then divide by len(samples)",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples[:1])),
        "only the first sample counts",
        "add up the losses of all samples, then divide by len(samples)",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples[-1:]) / len(samples)),
        "only the last sample counts: the loss is written over in the loop",
        "add up the losses of all samples, then divide by len(samples)",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, [(y, x) for x, y in samples])),
        "x and y changed places",
        "write for x, y in samples",
    ),
)


RARER_GRADIENTS: tuple[MistakenFit, ...] = (
    (
        descended(lambda weight, samples: sign(mean_slope(weight, samples))),
        "only the sign of the gradient enters: every step has the same length",
        "subtract learning_rate * w.grad",
    ),
    (
        descended(lambda weight, samples: mean([3 * x * (x * weight - y) ** 2 for x, y in samples])),
        "the errors are cubed (** 3), not squared",
        "square each error: (x * w - y) ** 2",
    ),
    (
        descended(lambda weight, samples: mean([4 * x * (x * weight - y) ** 3 for x, y in samples])),
        "the errors are taken to the fourth power, not squared",
        "square each error: (x * w - y) ** 2",
    ),
    (
        descended(
            lambda weight, samples: 2 * sum([x * weight - y for x, y in samples]) * mean([x for x, _ in samples])
        ),
        "the errors were added before they were squared; the mean of the squares was asked for",
        "square each error first, then take the mean",
    ),
    (
        descended(lambda weight, samples: max((2 * x * (x * weight - y) for x, y in samples), key=abs)),
        "only the sample with the largest slope counts",
        "take the mean of all squared errors",
    ),
    (
        descended(lambda weight, samples: max((abs(x * weight - y), 2 * x * (x * weight - y)) for x, y in samples)[1]),
        "only the largest error counts (max); the mean of all was asked for",
        "take the mean of all squared errors",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples) * len(samples) / (len(samples) - 1)),
        "the sum is divided by len(samples) - 1",
        "divide by len(samples)",
    ),
    (
        descended(lambda weight, samples: mean([2 * (weight - y) for x, y in samples])),
        "the x does not enter: the guess is x * w, not w",
        "the error of a sample is x * w - y",
    ),
    (
        descended(lambda weight, samples: mean([2 * (x + weight - y) for x, y in samples])),
        "the guess is x * w, not x + w",
        "the error of a sample is x * w - y",
    ),
    (
        descended(mean_error),
        "the loss itself was subtracted; the update goes along its gradient",
        "subtract learning_rate * w.grad",
    ),
    (
        descended(lambda weight, samples: sum(2 * x * (x * weight - y) for x, y in samples) / 3),
        "the sum is divided by 3, but here are fewer or more samples",
        ANY_LENGTH,
    ),
)
