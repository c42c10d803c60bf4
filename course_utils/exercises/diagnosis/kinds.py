"""What came in place of a tensor, or of numbers with a fraction."""

from __future__ import annotations

import math
from collections.abc import Set

import numpy as np
import torch
from torch import Tensor

__all__ = ["why_no_tensor", "why_whole_numbers"]


def why_no_tensor(got: object, shape: tuple[int, ...], names: Set[str] = frozenset()) -> tuple[str, str]:
    """Return how something that is no tensor came about, and what to do.

    Args:
        got: what came.
        shape: the shape of the tensor that was asked for.
        names: what the learner's code uses, as `names_used` gives it, if that is known.
    """
    if got is None and "print" in names:
        return "None came: print(...) shows the result and hands nothing back; is there a return?", "return the tensor"
    if got is None:
        return "the function gives None or no tensor: is there a return, in every branch?", "return the tensor"
    if isinstance(got, list | tuple):
        return _why_several(got)
    return _why_one(got, shape)


def _why_several(got: list[object] | tuple[object, ...]) -> tuple[str, str]:
    if isinstance(got, list):
        numbers = "a list of tensors" if _holds_tensors(got) else "a list of plain numbers (tolist()?)"
        return f"{numbers} came, no tensor", "torch.stack or torch.cat makes one tensor of a list; leave tolist() away"
    if type(got).__module__ == "torch.return_types":
        return (
            "this is no tensor: max(dim=...), min and topk give the pair of values and indices",
            "take .values, or use amax",
        )
    if len(got) == 1:
        return (
            "this is a tuple with one element, no tensor: torch.autograd.grad gives a tuple, and so does a comma "
            "at the end of the line",
            "take the first element: [0]",
        )
    return f"{len(got)} things came, in a tuple: one tensor was asked for", "return only the tensor"


def _why_one(got: object, shape: tuple[int, ...]) -> tuple[str, str]:
    if isinstance(got, np.ndarray | np.generic):
        return "a NumPy array came, no tensor", "leave .numpy() away"
    if isinstance(got, bool | int | float):
        kind = "one plain number came, no tensor"
        why = " (float(...), .item(), sum(...), len(...)?)" if math.prod(shape) > 1 else ""
        return kind + why, f"return a tensor of shape {shape}"
    if isinstance(got, str):
        return "a text came, no tensor", "return the numbers, without quotes and without str()"
    if isinstance(got, bytes | bytearray):
        return "Python's bytes came, no tensor", "return a tensor; the dtype torch.uint8 is meant"
    if isinstance(got, dict):
        return "a dictionary came, no tensor", "return the tensor that stands in it"
    if hasattr(got, "maps"):
        return (
            "the whole answer of the package came, no tensor: its maps and gradients are parts of it",
            "take the part that the task asks for, such as .maps",
        )
    if callable(got):
        return "a function or layer came, not what it gives", "call it with (...), and return the result"
    return f"this is of type {type(got).__name__}, no tensor", "return the tensor itself"


def _holds_tensors(got: list[object]) -> bool:
    return any(isinstance(one, Tensor) for one in got)


def why_whole_numbers(got: Tensor) -> str:
    """Return of which kind numbers without a fraction are, and how they came about."""
    kinds = {torch.bool: "yes or no (a comparison)", torch.uint8: "bytes, whole numbers from 0 to 255"}
    kind = kinds.get(got.dtype, "whole numbers: positions (argmax, .indices), or values that were cut off")
    return f"the numbers are of type {got.dtype}: {kind}"
