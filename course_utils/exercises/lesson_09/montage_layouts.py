"""Ways to lay maps on one sheet: the one that exercise 09.3 asks for, and the usual others."""

from __future__ import annotations

from itertools import permutations

import torch
from torch import Tensor

__all__ = ["other_sheets", "sheet_of"]


def sheet_of(maps: Tensor, columns: int) -> Tensor:
    """Return the maps (N, h, w) on one sheet, row by row, with zeros after the last one."""
    count, height, width = maps.shape
    rows = -(-count // columns)
    full = torch.cat([maps, maps.new_zeros(rows * columns - count, height, width)])
    return full.reshape(rows, columns, height, width).transpose(1, 2).reshape(rows * height, columns * width)


def other_sheets(maps: Tensor, wanted: Tensor, columns: int) -> dict[str, Tensor]:
    """Return other ways to lay the maps on a sheet of the right size, or to change their values."""
    size = maps.abs().amax(dim=(1, 2), keepdim=True)
    return {
        "the numbers were poured row by row over the whole sheet, and the tiles are torn apart: reshape alone "
        "does not know tiles, the axes must be moved first": _poured(maps, wanted),
        "the tiles run down the columns; in reading order they run along the rows": _down_the_columns(maps, columns),
        "every tile was stretched to its own maximum: a colour scale per tile; the values stay as they are": sheet_of(
            maps / size, columns
        ),
        "every tile was divided by its own largest value: a colour scale per tile; the values stay as they are": (
            sheet_of(maps / maps.amax(dim=(1, 2), keepdim=True), columns)
        ),
        "every tile was stretched to 0..1: a colour scale per tile; the values stay as they are": sheet_of(
            _stretched(maps), columns
        ),
        "the whole sheet was stretched; the values stay as they are": wanted / maps.max(),
        "the whole sheet was stretched to 0..1; the values stay as they are": (wanted - maps.min())
        / (maps.max() - maps.min()),
        "the smallest value was subtracted everywhere; the values stay as they are": wanted - maps.min(),
        "negative values were cut off": wanted.relu(),
        "the signs are gone; the values stay as they are": wanted.abs(),
        "every tile is turned upside down": sheet_of(maps.flip(1), columns),
        "the tiles lie over each other: a place begins at row * h and column * w, not at row and column": (
            _overlapping(maps, wanted, columns)
        ),
        "every tile is mirrored": sheet_of(maps.flip(2), columns),
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
    turned = sheet_of(maps.transpose(1, 2), columns)
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
