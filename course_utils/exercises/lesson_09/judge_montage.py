"""The judge of exercise 09.3: what it accepts, and why another answer is wrong."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong

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
        wanted = _montage(kept, columns)
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
            cause=_why_not_the_montage(got, wanted, kept, columns),
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


def _montage(maps: Tensor, columns: int) -> Tensor:
    count, height, width = maps.shape
    rows = -(-count // columns)
    full = torch.cat([maps, maps.new_zeros(rows * columns - count, height, width)])
    return full.reshape(rows, columns, height, width).transpose(1, 2).reshape(rows * height, columns * width)


def _why_not_the_montage(got: object, wanted: Tensor, maps: Tensor, columns: int) -> str:
    if not isinstance(got, Tensor):
        return f"it is of type {type(got).__name__}, not a tensor" + (": is there a return?" if got is None else "")
    if got.shape != wanted.shape:
        return _why_not_the_shape(tuple(got.shape), wanted, maps, columns)
    if not got.is_floating_point():
        return f"the values were cut to whole numbers ({got.dtype}): the sheet must be of the same type as the maps"
    layouts = _layouts(maps, wanted, columns)
    for cause, sheet in layouts.items():
        if torch.allclose(got.float(), sheet, atol=1e-5):
            return cause
    tiles = _montage(torch.ones_like(maps), columns).bool()
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


def _layouts(maps: Tensor, wanted: Tensor, columns: int) -> dict[str, Tensor]:
    """Return other ways to lay the maps on a sheet of the right size, or to change their values."""
    size = maps.abs().amax(dim=(1, 2), keepdim=True)
    return {
        "the numbers were poured row by row over the whole sheet, and the tiles are torn apart: reshape alone "
        "does not know tiles, the axes must be moved first": _poured(maps, wanted),
        "the tiles run down the columns; in reading order they run along the rows": _down_the_columns(maps, columns),
        "every tile was stretched to its own maximum: a colour scale per tile; the values stay as they are": _montage(
            maps / size, columns
        ),
        "every tile was divided by its own largest value: a colour scale per tile; the values stay as they are": (
            _montage(maps / maps.amax(dim=(1, 2), keepdim=True), columns)
        ),
        "every tile was stretched to 0..1: a colour scale per tile; the values stay as they are": _montage(
            _stretched(maps), columns
        ),
        "the whole sheet was stretched; the values stay as they are": wanted / maps.max(),
        "the whole sheet was stretched to 0..1; the values stay as they are": (wanted - maps.min())
        / (maps.max() - maps.min()),
        "the smallest value was subtracted everywhere; the values stay as they are": wanted - maps.min(),
        "negative values were cut off": wanted.relu(),
        "the signs are gone; the values stay as they are": wanted.abs(),
        "every tile is turned upside down": _montage(maps.flip(1), columns),
        "the tiles lie over each other: a place begins at row * h and column * w, not at row and column": (
            _overlapping(maps, wanted, columns)
        ),
        "every tile is mirrored": _montage(maps.flip(2), columns),
        "every tile stands on its side: rows and columns within a tile were exchanged": _sideways(
            maps, wanted, columns
        ),
    } | _torn(maps, wanted, columns)


def _overlapping(maps: Tensor, wanted: Tensor, columns: int) -> Tensor:
    sheet = torch.zeros_like(wanted)
    for index, tile in enumerate(maps):
        top, left = divmod(index, columns)
        if sheet[top : top + tile.shape[0], left : left + tile.shape[1]].shape == tile.shape:
            sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return sheet


def _sideways(maps: Tensor, wanted: Tensor, columns: int) -> Tensor:
    turned = _montage(maps.transpose(1, 2), columns)
    return turned if turned.shape == wanted.shape else torch.full_like(wanted, torch.nan)


def _torn(maps: Tensor, wanted: Tensor, columns: int) -> dict[str, Tensor]:
    """Return the sheets of every wrong order of the four axes: row of tiles, tile of the row, row and column inside."""
    count, height, width = maps.shape
    rows = -(-count // columns)
    full = torch.cat([maps, maps.new_zeros(rows * columns - count, height, width)])
    tiles = full.reshape(rows, columns, height, width)
    return {
        f"the four axes were put into the order {order}; (0, 2, 1, 3) keeps the rows of a tile together": (
            tiles.permute(order).reshape(wanted.shape)
        )
        for order in permutations(range(4))
        if order not in ((0, 1, 2, 3), (0, 2, 1, 3))
    }


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


def _poured(maps: Tensor, wanted: Tensor) -> Tensor:
    poured = torch.zeros(wanted.numel())
    poured[: maps.numel()] = maps.flatten()
    return poured.reshape(wanted.shape)


def _down_the_columns(maps: Tensor, columns: int) -> Tensor:
    count, height, width = maps.shape
    rows = -(-count // columns)
    sheet = torch.zeros(rows * height, columns * width)
    for index, tile in enumerate(maps):
        top, left = index % rows * height, index // rows * width
        sheet[top : top + height, left : left + width] = tile
    return sheet


def _stretched(maps: Tensor) -> Tensor:
    low, high = maps.amin(dim=(1, 2), keepdim=True), maps.amax(dim=(1, 2), keepdim=True)
    return (maps - low) / (high - low)
