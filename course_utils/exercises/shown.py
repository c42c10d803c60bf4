"""Show any value in a short, quiet form: the same on every run, with no memory addresses."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable
from typing import Protocol, SupportsFloat, TypeVar

__all__ = ["quiet", "safely", "shown"]

LONGEST = 300  # characters
FEW = 16  # numbers of a tensor that are still shown one by one
ADDRESS = re.compile(r"( object)? at 0x[0-9a-fA-F]+")

T = TypeVar("T")


class Array(Protocol):
    """What numpy's arrays and torch's tensors have in common."""

    shape: tuple[int, ...]
    dtype: object

    def min(self) -> SupportsFloat:
        """Return the smallest number."""

    def max(self) -> SupportsFloat:
        """Return the largest number."""


short_form = reprlib.Repr()
short_form.maxstring = short_form.maxother = LONGEST
short_form.maxlist = short_form.maxtuple = short_form.maxset = short_form.maxdict = 12
short_form.maxlevel = 4


def shown(value: object) -> str:
    """Return a short text for ``value``; a value whose own ``repr`` fails is shown by its type."""
    return quiet(safely(lambda: _described(value), f"a {type(value).__name__}"))


def safely(compute: Callable[[], T], otherwise: T) -> T:
    """Return what ``compute`` returns, or ``otherwise`` if a learner's own method in it raises an error."""
    try:
        return compute()
    except Exception:  # noqa: BLE001 - a learner's __repr__, __eq__ or __str__ may raise anything
        return otherwise


def quiet(text: str) -> str:
    """Return ``text`` without memory addresses, and cut after a few lines."""
    text = ADDRESS.sub("", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _described(value: object) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if hasattr(value, "__code__"):
        return f"the function {value.__name__}"
    if hasattr(value, "dtype") and hasattr(value, "shape") and hasattr(value, "min"):
        return _array(value)
    return short_form.repr(value)


def _array(array: Array) -> str:
    """Return all numbers of a small array or tensor, or shape, dtype and range of a large one."""
    count = 1
    for size in array.shape:
        count *= size
    if count <= FEW:
        return repr(array)
    kind = str(array.dtype).removeprefix("torch.")
    what = f"a {type(array).__name__} of shape {tuple(array.shape)}, {kind}"
    return f"{what}, from {float(array.min()):.4g} to {float(array.max()):.4g}"
