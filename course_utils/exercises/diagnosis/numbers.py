"""Demand one number, and say in plain words how far off it is."""

from __future__ import annotations

import math

import numpy as np
from torch import Tensor

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown

__all__ = ["demand_one_number", "is_finite_number", "off_by", "unpacked"]


def unpacked(value: object) -> object:
    """Return the number of a tensor or array with one element, and anything else as it is."""
    single = isinstance(value, np.generic | np.ndarray | Tensor) and math.prod(value.shape) == 1
    return value.item() if single else value


def is_finite_number(value: object) -> bool:
    """Return whether this is a plain number: neither yes or no, nor NaN, nor infinite."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def demand_one_number(answer: object, wanted: str) -> float:
    """Return the finite number that was handed in; a tensor or array with one element counts as its number.

    Raises:
        Wrong: it is none; the cause says what it is instead.
    """
    answer = unpacked(answer)
    if is_finite_number(answer):
        return answer
    raise Wrong(
        got=shown(answer),
        wanted=wanted,
        cause=_why_no_number(answer),
        next_step="hand in the plain number: no quotes, no brackets, no unit",
    )


def _why_no_number(answer: object) -> str:
    if answer is None:
        return "None came: print(...), and a function without `return`, hand nothing back"
    if isinstance(answer, bool):
        return f"{answer} is the answer to a yes-or-no question, such as a comparison; a number was asked for"
    if isinstance(answer, str | bytes):
        return "the quotes make it a text, not a number"
    if isinstance(answer, float):
        return f"{answer} is no number to count with: something was divided by 0, or overflowed"
    if isinstance(answer, Tensor | np.ndarray):
        return f"{math.prod(answer.shape)} numbers came, in a {type(answer).__name__}; one was asked for"
    if isinstance(answer, list | tuple | set | dict):
        return f"a {type(answer).__name__} came ({len(answer)} inside); one number, without brackets, was asked for"
    if callable(answer):
        return "a function came, not what it gives: it was not called"
    return f"a result of type {type(answer).__name__} came; a number was asked for"


def off_by(got: float, wanted: float) -> str:
    """Return in plain words how a number differs from the wanted one, which is not 0."""
    if not math.isfinite(got):
        return "it is NaN or infinite: somewhere 0 was divided by 0, or a number grew without end"
    ratio = got / wanted
    if abs(ratio - 1) < 0.02:
        return "very near, and still another number: rounded on the way, or a small slip"
    if got == 0 or math.isclose(ratio, -1, rel_tol=1e-3):
        return "it is 0, as if nothing came through" if got == 0 else "the sign is turned"
    factor, turned = max(abs(ratio), 1 / abs(ratio)), ", and the sign is turned" if ratio < 0 else ""
    about = f"{factor:.0f}" if math.isclose(factor, round(factor), rel_tol=1e-3) else f"about {factor:.3g}"
    return f"it is {about} times too {'large' if abs(ratio) > 1 else 'small'}{turned}"
