"""Tell plain numbers from tensors, texts and lists, and compare them up to float32 rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from course_utils.exercises.diagnosis.named_errors import Causes, first_cause
from course_utils.exercises.exercise import Wrong

__all__ = ["all_close", "close", "demand_number", "is_number", "sign"]


def is_number(one: object) -> bool:
    """Return whether it is a plain number; True and False are none."""
    return isinstance(one, int | float) and not isinstance(one, bool)


def close(one: object, other: float) -> bool:
    """Return whether ``one`` is the number ``other``, up to float32 rounding."""
    return is_number(one) and math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-6)


def all_close(some: Sequence[object], others: Sequence[float]) -> bool:
    """Return whether two lists hold the same numbers, up to float32 rounding."""
    return len(some) == len(others) and all(close(one, other) for one, other in zip(some, others, strict=True))


def demand_number(answer: object, wanted: str) -> None:
    """Raise Wrong if the answer is no number."""
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise Wrong(
            got=f"the text {answer!r}" if isinstance(answer, str) else answer,
            wanted=wanted,
            cause=first_cause(NO_NUMBER, answer) or f"the answer is of type {type(answer).__name__}, not a number",
            next_step="hand in one number, without quotes or brackets",
        )


NO_NUMBER: Causes = (
    (lambda got: isinstance(got, str), "in quotes it is a text, not a number"),
    (lambda got: isinstance(got, bool), "True and False are answers to a question, not a number"),
    (lambda got: isinstance(got, Tensor), "this tensor holds several numbers, or none; one number was asked for"),
    (
        lambda got: isinstance(got, list | tuple) and len(got) == 1,
        "brackets stand around the number: it is a list, not a number",
    ),
    (lambda got: isinstance(got, list | tuple), "several numbers came in brackets; one number was asked for"),
    (lambda got: isinstance(got, dict | set), "braces make a collection, not a number"),
    (
        lambda got: callable(got),
        "this is a function, not a number: its parentheses are missing, or it gives a slope only when it is worked out",
    ),
)


def sign(number: float) -> float:
    """Return 1.0 or -1.0, the sign of a number, and 0.0 for 0: the slope of its absolute value."""
    return math.copysign(1, number) if number else 0.0
