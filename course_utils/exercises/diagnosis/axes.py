"""Demand a tensor of one shape, whose axes have names; if its shape differs, say so by these names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from torch import Tensor

from course_utils.exercises.diagnosis.kinds import why_no_tensor
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.guard import names_used

__all__ = ["demand_tensor_of_shape"]


def demand_tensor_of_shape(
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
        cause, step = why_no_tensor(got, shape, names_used(function))
        raise Wrong(got=got, wanted=f"a tensor of shape {shape}", cause=cause, next_step=step)
    if tuple(got.shape) != shape:
        raise Wrong(
            got=f"shape {tuple(got.shape)}",
            wanted=f"shape {shape}: {', '.join(axes)}",
            cause=(likely or {}).get(tuple(got.shape)) or _why_this_shape(tuple(got.shape), shape, axes),
            next_step="write the shape behind each line as a comment",
        )
    return got


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
