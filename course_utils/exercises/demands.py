"""What a judge asks for before it compares numbers: kind and shape; and why another kind or shape mostly comes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.shown import shown

__all__ = ["demand_function", "demand_one_number", "demand_tensor"]


def demand_one_number(answer: object, wanted: str) -> float:
    """Return the finite number that was handed in; a tensor or array with one element counts as its number.

    Raises:
        Wrong: it is none; the cause says what it is instead.
    """
    if isinstance(answer, np.generic | np.ndarray | Tensor) and math.prod(answer.shape) == 1:
        answer = answer.item()
    if isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer):
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


def demand_function(answer: object, wanted: str) -> None:
    """Raise `Wrong` unless the answer can be called; ``wanted`` is its name with the parameters."""
    if callable(answer) and not isinstance(answer, Tensor):
        return
    raise Wrong(
        got=f"{shown(answer)}, of type {type(answer).__name__}",
        wanted=f"the function {wanted}",
        cause="a value came, no function: it was called (or its name was given to a value) before check saw it",
        next_step="define the function and hand in its name, without brackets and values behind it",
    )


def demand_tensor(
    function: object,
    got: object,
    shape: tuple[int, ...],
    axes: Sequence[str],
    likely: Mapping[tuple[int, ...], str] | None = None,
) -> Tensor:
    """Return ``got`` if it is a tensor of this shape; ``axes`` names what is counted along each axis.

    ``likely`` holds causes of other shapes that are known here; the others are compared axis by axis.

    Raises:
        Wrong: it is something else, or has another shape.
    """
    if not isinstance(got, Tensor):
        raise Wrong(
            got=got,
            wanted=f"a tensor of shape {shape}",
            cause=_why_no_tensor(function, got),
            next_step="return the tensor",
        )
    if tuple(got.shape) != shape:
        raise Wrong(
            got=f"shape {tuple(got.shape)}",
            wanted=f"shape {shape}: {', '.join(axes)}",
            cause=(likely or {}).get(tuple(got.shape)) or _why_this_shape(tuple(got.shape), shape, axes),
            next_step="write the shape behind each line as a comment",
        )
    return got


def _why_no_tensor(function: object, got: object) -> str:
    if got is None and "print" in names_used(function):
        return "None came: print(...) shows the result and hands nothing back; is there a return?"
    if got is None:
        return "None came: the result is computed and not handed back; is there a return?"
    if isinstance(got, bool | int | float):
        return "one plain number came, not a tensor: float(...), .item() or sum(...) made it one for all"
    if isinstance(got, list | tuple):
        return f"a {type(got).__name__} of {len(got)} came, not one tensor: stack or join what is in it"
    if isinstance(got, np.ndarray):
        return "a numpy array came, not a tensor: .numpy(), or a function of numpy, made it one"
    if callable(got):
        return "a function came, not what it gives: it was handed over and not called"
    if isinstance(got, bytes | bytearray):
        return "Python's bytes came, not a tensor; the dtype torch.uint8 is meant"
    return f"a result of type {type(got).__name__} came, not a tensor"


def _why_this_shape(got: tuple[int, ...], wanted: tuple[int, ...], axes: Sequence[str]) -> str:
    if not got:
        return f"one number came for all {axes[0]}: the batch axis was added up, averaged or indexed away as well"
    if [size for size in got if size != 1] == [size for size in wanted if size != 1]:
        if len(got) > len(wanted):
            return "an axis of length 1 is left over: keepdim=True, unsqueeze, [None] or stack made or kept it"
        return "an axis of length 1 was lost: squeeze(), or an index, took it away"
    if len(got) == len(wanted) and sorted(got) == sorted(wanted):
        return "the axes stand in another order: permute, .T or a stack along another axis changed it"
    if math.prod(got) == math.prod(wanted):
        return "the numbers are all there, in another shape: they are still flat, or view, reshape or cat changed it"
    if len(got) != len(wanted):
        return _why_so_many_axes(got, wanted, axes)
    different = [f"{axes[i]}: {n} instead of {wanted[i]}" for i, n in enumerate(got) if n != wanted[i]]
    return f"an axis has another length, so some are left out or too many ({', '.join(different)})"


def _why_so_many_axes(got: tuple[int, ...], wanted: tuple[int, ...], axes: Sequence[str]) -> str:
    if len(got) > len(wanted):
        return f"{len(got)} axes are left, not {len(wanted)}: over one of them nothing was added up"
    gone = [axes[index] for index in _gone(got, wanted)]
    if not gone:
        return f"{len(got)} axes are left, not {len(wanted)}: only a part of the numbers came, or they were flattened"
    lost = " and the ".join(gone)
    return f"other axes were added up, or indexed away, than the task says: the {lost} are gone (a return in a loop?)"


def _gone(got: tuple[int, ...], wanted: tuple[int, ...]) -> list[int]:
    """Return the axes that were taken out of ``wanted`` so that ``got`` is left; none if it is no part of it."""
    gone, rest = [], list(got)
    for index, size in enumerate(wanted):
        if rest and rest[0] == size:
            rest.pop(0)
        else:
            gone.append(index)
    return [] if rest else gone
