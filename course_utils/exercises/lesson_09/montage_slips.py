"""Why a sheet of exercise 09.3 has another shape, or other numbers, than the one asked for."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.lesson_09.montage_layouts import other_sheets, sheet_of

__all__ = ["why_not_the_montage"]


def why_not_the_montage(got: object, wanted: Tensor, maps: Tensor, columns: int) -> str:
    """Return what came in place of the sheet ``wanted``: another thing, shape, layout or values."""
    if not isinstance(got, Tensor):
        return f"it is of type {type(got).__name__}, not a tensor" + (": is there a return?" if got is None else "")
    if got.shape != wanted.shape:
        return _why_not_the_shape(tuple(got.shape), wanted, maps, columns)
    if not got.is_floating_point():
        return f"the values were cut to whole numbers ({got.dtype}): the sheet must be of the same type as the maps"
    layouts = other_sheets(maps, wanted, columns)
    for cause, sheet in layouts.items():
        if torch.allclose(got.float(), sheet, atol=1e-5):
            return cause
    tiles = sheet_of(torch.ones_like(maps), columns).bool()
    if torch.allclose(got.float()[tiles], wanted[tiles], atol=1e-5):
        return (
            f"the tiles are right; the empty places of the last row must be zero{_filling(got[~tiles], wanted[tiles])}"
        )
    if len(maps) % columns and torch.allclose(got[: maps.shape[1]].float(), wanted[: maps.shape[1]], atol=1e-5):
        return "the first row is right, the last one is not: it must end with zeros where there is no tile"
    told = "tiles or numbers are not where they belong"
    places = _wrong_tiles(got, maps, columns)
    return f"{told}: {places}" if places else why_other_values(got, wanted, layouts, {}, told)


def _filling(empty: Tensor, tiles: Tensor) -> str:
    if empty.isnan().all():
        return ", and they are NaN"
    if (empty == empty[0]).all():
        same_as = ", the mean of the others" if abs(float(empty[0] - tiles.mean())) < 1e-4 else ""
        return f", and they are {float(empty[0]):.4g} everywhere{same_as}"
    return ", and a tile was repeated there, or they hold whatever was in the memory (torch.empty)"


def _wrong_tiles(got: Tensor, maps: Tensor, columns: int) -> str:
    """Return which maps stand in which places, if each place holds one of the maps, or nothing; else ""."""
    count, height, width = maps.shape
    found = []
    for place in range(count):
        top, left = place // columns * height, place % columns * width
        tile = got[top : top + height, left : left + width].float()
        number = next((k for k, one in enumerate(maps) if torch.allclose(tile, one, atol=1e-5)), None)
        found.append(number if number is not None or tile.any() else -1)
    if None in found:
        return ""
    named = ", ".join("nothing" if k < 0 else f"map {k}" for k in found)
    missing = [f"map {k} is missing" for k in range(count) if k not in found]
    return f"the places hold {named}, in this order{'; ' if missing else ''}{', '.join(missing)}"


def _why_not_the_shape(got: tuple[int, ...], wanted: Tensor, maps: Tensor, columns: int) -> str:
    count, height, width = maps.shape
    rows = -(-count // columns)
    if len(got) != 2:
        return _why_not_two_axes(got, tuple(wanted.shape))
    if count < columns and got[1] < wanted.shape[1]:
        return f"the row was cut behind the last tile: {count} maps, {columns} in a row, so zeros fill the rest of it"
    if got in ((height, count * width), (count * height, width)):
        line = "row" if got[0] == height else "column"
        return f"all tiles stand in one line, one {line}; the task asks for {columns} in a row"
    if got == (columns * height, rows * width) and rows != columns:
        return "columns was taken as the number of rows of tiles: rows and columns of the sheet were exchanged"
    if got == (wanted.shape[1], wanted.shape[0]):
        return "rows and columns of the sheet were exchanged"
    for gap in range(1, 5):
        if got in (
            (rows * (height + gap), columns * (width + gap)),
            (rows * (height + gap) + gap, columns * (width + gap) + gap),
            (wanted.shape[0] + (rows - 1) * gap, wanted.shape[1] + (columns - 1) * gap),
        ):
            return f"there are lines between the tiles, {gap} wide (padding?); here they touch each other"
    return _why_another_size(got, wanted, maps, columns)


def _why_not_two_axes(got: tuple[int, ...], shape: tuple[int, ...]) -> str:
    if got == (1, *shape):
        return "the sheet has an axis of length 1 too many: it was not taken out with [0]"
    if got == (3, *shape):
        return "the sheet came in three colours (make_grid repeats it); take one of them, [0]"
    if len(got) > 2:
        return "the tiles are still on axes of their own; one sheet has two axes"
    return "the numbers stand in one line; one sheet has two axes"


def _why_another_size(got: tuple[int, ...], wanted: Tensor, maps: Tensor, columns: int) -> str:
    count, height, width = maps.shape
    if got[1] == wanted.shape[1] or got[0] != wanted.shape[0]:
        if count % columns and got[0] < wanted.shape[0]:
            return "the last row, which is not full, was cut off: count // columns rounds down"
        if not count % columns and got == (wanted.shape[0] + height, wanted.shape[1]):
            return "there is an empty row too many: count // columns + 1 is right only if the last row is not full"
    if got[0] % height == 0 and got[1] % width == 0:
        rows = -(-count // columns)
        came = f"{got[0] // height} rows of {got[1] // width} tiles"
        return f"the sheet has {came}, and {rows} of {columns} were asked for: is `columns` used, or a fixed number?"
    return f"the sheet is no whole number of tiles of {height}x{width}: the two were exchanged, or lines were added"
