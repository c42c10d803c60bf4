"""What exercise 09.3 demands: all maps on one sheet in reading order, zeros where the last row ends."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_09.montage_layouts import sheet_of
from course_utils.exercises.lesson_09.montage_slips import why_not_the_montage

__all__ = ["judge_montage"]


def judge_montage(montage: Callable[[Tensor, int], Tensor]) -> None:
    """Full and broken last rows, oblong tiles, one column, one tile, more columns than tiles, negative values."""
    for shape, columns in (
        ((6, 2, 3), 3),
        ((4, 3, 2), 2),
        ((5, 2, 3), 2),
        ((3, 2, 2), 1),
        ((1, 2, 3), 1),
        ((2, 2, 3), 4),
    ):
        maps = normal(*shape)
        kept = maps.clone()
        wanted = sheet_of(kept, columns)
        count, height, width = shape
        told = f"a sheet of shape {tuple(wanted.shape)} for {count} maps of {height}x{width}, {columns} in a row"
        got = tried(judge_montage, montage, (maps, columns), told, *_tile_errors(shape, columns))
        if not torch.equal(maps, kept):
            raise Wrong(
                got="the maps that were given are changed",
                wanted="a new tensor",
                cause="an in-place operation wrote into the maps",
                next_step="copy each tile into a sheet of its own: torch.zeros(rows * h, columns * w)",
            )
        if isinstance(got, Tensor) and got.shape == wanted.shape and torch.allclose(got.float(), wanted):
            continue
        raise Wrong(
            got=f"shape {tuple(got.shape)}" if isinstance(got, Tensor) and got.shape != wanted.shape else got,
            wanted=told,
            cause=why_not_the_montage(got, wanted, kept, columns),
            next_step="tile number i belongs into row i // columns and column i % columns",
        )


def _tile_errors(shape: tuple[int, ...], columns: int) -> tuple[tuple[str, str, str], ...]:
    """Return what an error of torch means for this many maps: the last row, or rows and columns exchanged."""
    count, height, width = shape
    fragments = (
        r"expanded size|must match|invalid for input|Sizes of tensors|out of range|out of bounds|unflatten|stack"
    )
    if count % columns:
        cause = (
            f"the last row is not full here ({count} maps, {columns} in a row): it needs a place of its own, so round "
            "up, and fill it with zeros"
        )
        return ((fragments, cause, "rows = -(-count // columns), and start from a sheet of zeros"),)
    cause = (
        f"a tile of {height}x{width} does not fit where it is put: height and width, or row and column (divmod gives "
        "row, then column), were exchanged, or a tile was transposed"
    )
    return ((fragments, cause, "the place is [row * h : (row + 1) * h, column * w : (column + 1) * w]"),)
