"""What a learner has found with a panel: numbers and pairs, tested for their kind before a judge compares them."""

from __future__ import annotations

import math

import numpy as np
from torch import Tensor

from course_utils.exercises.diagnosis.numbers import is_finite_number, unpacked
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown

__all__ = ["demand_number", "demand_pair", "demand_word", "is_near"]


def demand_pair(answer: object, wanted: str) -> tuple[object, object]:
    """Return the two parts of a tuple or list.

    Raises:
        Wrong: the answer is no pair, or has no order.
    """
    answer = answer.tolist() if isinstance(answer, Tensor | np.ndarray) else answer
    if isinstance(answer, tuple | list) and len(answer) == 2:
        return answer[0], answer[1]
    count = f" with {len(answer)} in it" if isinstance(answer, tuple | list) else ""
    cause = (
        "a set and a dict do not keep the two in your order"
        if isinstance(answer, set | dict)
        else f"two things were asked for; this is of type {type(answer).__name__}{count}"
    )
    raise Wrong(
        got=shown(answer), wanted=wanted, cause=cause, next_step="write both in round brackets, a comma between them"
    )


def demand_number(value: object, wanted: str) -> float:
    """Return a finite number as a float; a tensor or array with one element counts as its number.

    Raises:
        Wrong: it is none.
    """
    value = unpacked(value)
    if is_finite_number(value):
        return float(value)
    cause = (
        "a text stands where a number was wanted"
        if isinstance(value, str)
        else f"this is of type {type(value).__name__} where a finite number was wanted"
    )
    raise Wrong(
        got=shown(value), wanted=wanted, cause=cause, next_step="write the plain number: no quotes, no unit, no sign %"
    )


def demand_word(value: object, known: tuple[str, ...], wanted: str) -> str:
    """Return a class name in the spelling of the network.

    Raises:
        Wrong: it is no text, or no name that the network knows.
    """
    word = value.strip().lower() if isinstance(value, str) else value
    if word in known:
        return word
    cause = (
        f"the network knows no {value!r}, only {', '.join(known)}"
        if isinstance(value, str)
        else f"this is of type {type(value).__name__} where the name of a class was wanted"
    )
    raise Wrong(got=shown(value), wanted=wanted, cause=cause, next_step="copy the name from the caption, in quotes")


def is_near(one: float, other: float, slack: float = 1e-6) -> bool:
    """Return whether two numbers are the same up to ``slack``, relative or absolute."""
    return math.isclose(one, other, rel_tol=slack, abs_tol=slack)
