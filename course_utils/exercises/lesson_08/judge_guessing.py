"""What exercise 08.1 demands: ln(classes), for any number of classes."""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import Tensor

from course_utils.exercises.diagnosis.functions import demand_parameters
from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import safely

__all__ = ["judge_guessing"]


def judge_guessing(answer: Callable[[int], float]) -> None:
    """The loss is ln(classes), for several numbers of classes."""
    if not callable(answer):
        raise Wrong(
            got=answer,
            wanted="the function guessing_loss itself",
            cause=f"this is of type {type(answer).__name__}, the result of a call perhaps, and not the function",
            next_step="hand in guessing_loss, without round brackets",
        )
    demand_parameters(answer, "(classes)", "guessing_loss(classes)")
    for classes in (10, 2, 1000, 1):
        got, wanted = answer(classes), math.log(classes)
        if not isinstance(got, int | float | Tensor) or (isinstance(got, Tensor) and got.numel() != 1):
            raise Wrong(
                got=got,
                wanted=f"a number, {wanted:.4f} for {classes} classes",
                cause="the function gives None or no number: " + _what_came(got),
                next_step="return the logarithm",
            )
        if not math.isclose(float(got), wanted, rel_tol=1e-4, abs_tol=1e-6):
            raise Wrong(
                got=f"{float(got):.4f} for {classes} classes",
                wanted=f"{wanted:.4f}",
                cause=_why_not_ln(float(got), classes, answer),
                next_step="the loss is -ln p, with p = 1 / classes",
            )


def _what_came(got: object) -> str:
    if got is None:
        return "is there a return? (print shows a number, and returns None)"
    if isinstance(got, str):
        return "this is a text; a number has no quotes and no format"
    if callable(got):
        return "this is a function that was not called"
    return f"this is of type {type(got).__name__}: one number is wanted"


GUESSES: dict[str, Callable[[int], float]] = {
    "this is the probability itself, not the surprise at it": lambda n: 1 / n,
    "the sign is turned: ln p is negative, the loss is -ln p": lambda n: -math.log(n),
    "this is the logarithm to base 10; cross-entropy is in nats, base e": math.log10,
    "this is the logarithm to base 2 (bits); cross-entropy is in nats, base e": math.log2,
    "this is the number for ten classes, whatever was asked": lambda n: 2.303,
    "the exponential was taken, which undoes a logarithm": lambda n: min(math.exp(min(n, 700)), 1e300),
    "summed over the classes; cross-entropy looks at the true class alone": lambda n: n * math.log(n),
    "divided by the number of classes; cross-entropy looks at the true class alone": lambda n: math.log(n) / n,
    "this is how often guessing is wrong, 1 - 1 / classes, not a surprise": lambda n: 1 - 1 / n,
    "this is the surprise at a probability of 1 - 1 / classes: that of missing the class": lambda n: (
        -math.log(1 - 1 / n) if n > 1 else math.inf
    ),
    "one class too many: ln(classes + 1)": lambda n: math.log(n + 1),
    "one class too few: ln(classes - 1)": lambda n: math.log(n - 1) if n > 1 else -math.inf,
    "this is the root, not the logarithm": math.sqrt,
    "this is the number of classes itself": float,
    "the logarithm was squared": lambda n: math.log(n) ** 2,
    "this is half of it": lambda n: math.log(n) / 2,
    "the logarithm was multiplied by 100, as for percent": lambda n: 100 * math.log(n),
    "the logarithm was cut to a whole number": lambda n: int(math.log(n)),
    "this is the probability in percent, not the surprise at it": lambda n: 100 / n,
    "one is too much: 1 was added to the logarithm": lambda n: math.log(n) + 1,
    "this is the squared error of guessing, not the surprise": lambda n: (1 - 1 / n) ** 2,
    "ln p of a probability in percent, 100 / classes": lambda n: -math.log(100 / n),
    "one term of the sum, -p ln p, was left with its sign turned": lambda n: -math.log(n) / n,
}


def _why_not_ln(got: float, classes: int, answer: Callable[[int], float]) -> str:
    asked = (classes, 2 if classes != 2 else 10)
    again = [safely(lambda n=n: float(answer(n)), math.nan) for n in asked]
    if not math.isclose(again[0], got, rel_tol=1e-6):
        return "it gives another number each time: random logits are no equal probabilities; take zeros"
    if math.isclose(again[0], again[1], rel_tol=1e-6) and abs(got - math.log(10)) < 0.01:
        return "this is the number for ten classes, whatever was asked"
    if math.isclose(again[0], again[1], rel_tol=1e-6):
        return "the same number comes for every number of classes: `classes` is not used"
    for cause, guess in GUESSES.items():
        if all(math.isclose(one, guess(n), rel_tol=1e-4, abs_tol=1e-9) for one, n in zip(again, asked, strict=True)):
            return cause
    rounded = [all(one == round(math.log(n), k) for one, n in zip(again, asked, strict=True)) for k in range(4)]
    factors = [one / math.log(n) for one, n in zip(again, asked, strict=True)] if classes > 1 else [0, 1]
    if any(rounded):
        return f"it was rounded: ln {classes} is {math.log(classes):.4f}"
    if math.isclose(*factors, rel_tol=1e-4):
        how = off_by(got, math.log(classes))
        return f"it is ln(classes) times {factors[0]:.3g} each time: a wrong base, or a factor too much; {how}"
    how = off_by(got, math.log(classes)) if classes > 1 else "for one class it is 0: nothing is to be guessed"
    only = "right for 10 classes, and not for others: " if classes != 10 else ""
    return f"{only}this is not the surprise at a probability of 1 / classes: {how}"
