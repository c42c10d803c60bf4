"""Many small pictures on one sheet: one set of axes, each picture in its own place."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from course_utils.plotting.marks import outline
from course_utils.plotting.style import INK, drawing

__all__ = ["SCALE", "Sheet", "columns_for", "open_sheet", "tile_around", "tile_side"]

FULL_WIDTH = 9.0  # inches: a notebook's column on a laptop
GAP = 0.10  # inches between two tiles
PAD = 0.12  # inches around the sheet
LINE = 0.165  # inches for a line of 9 pt text
LETTER = 0.07  # inches for a letter of it, about
LABEL_SIZE = 9.0  # points
TITLE = 0.3  # inches for the title
SCALE = 0.95  # inches for the colour bar with its unit


@dataclass(frozen=True)
class Sheet:
    """Places for tiles; its axes count in inches from the upper left corner.

    Attributes:
        figure: the figure that the sheet is on.
        axes: where the tiles are drawn.
        tile: width and height of a tile in inches.
        header: inches above each tile, for its title.
        corner: inches left of the first column and above the first row, for their names.
    """

    figure: Figure
    axes: Axes
    tile: tuple[float, float]
    header: float
    corner: tuple[float, float]

    def place(self, pixels: np.ndarray, row: int, column: int, title: str = "") -> AxesImage:
        """Draw (H, W, 3) colours or an (h, w) map into a tile, with its title above."""
        left, top = self._corner_of(row, column)
        pixel = min(self.tile[0] / pixels.shape[1], self.tile[1] / pixels.shape[0])
        high, wide = pixels.shape[0] * pixel, pixels.shape[1] * pixel
        x, y = left + (self.tile[0] - wide) / 2, top + (self.tile[1] - high) / 2
        self._write_above(left + self.tile[0] / 2, top, title)
        return self.axes.imshow(pixels, extent=(x, x + wide, y + high, y))

    def outline(self, mask: np.ndarray, drawn: AxesImage) -> None:
        """Draw the border of a mask over a picture that has been placed."""
        outline(self.axes, mask, drawn.get_extent())

    def name_column(self, column: int, name: str) -> None:
        """Write a column's name above its first tile."""
        left, top = self._corner_of(0, column)
        self._write_above(left + self.tile[0] / 2, top - self.header, name)

    def name_row(self, row: int, name: str) -> None:
        """Write a row's name into the margin."""
        top = self._corner_of(row, 0)[1]
        self._write(self.corner[0] - 0.1, top + self.tile[1] / 2, name, "right", "center")

    def add_scale(self, drawn: ScalarMappable, unit: str) -> None:
        """Draw the colour bar of all maps of this sheet into the space kept for it at the right."""
        width, height = self.figure.get_size_inches()
        long = min(height - TITLE - self.header - self.corner[1] - 2 * PAD, 3.0)
        top = TITLE + self.header + self.corner[1] + PAD
        box = (1 - (SCALE - 0.05) / width, 1 - (top + long) / height, 0.13 / width, long / height)
        bar = self.figure.colorbar(drawn, cax=self.figure.add_axes(box))
        bar.set_label(unit)
        bar.outline.set_visible(False)

    def _corner_of(self, row: int, column: int) -> tuple[float, float]:
        left = self.corner[0] + column * (self.tile[0] + GAP)
        return left, self.corner[1] + row * (self.tile[1] + self.header + GAP) + self.header

    def _write_above(self, x: float, y: float, text: str) -> None:
        for number, line in enumerate(reversed(_wrap(text, self.tile[0]))):
            self._write(x, y - 0.05 - number * LINE, line, "center", "baseline")

    def _write(self, x: float, y: float, text: str, across: str, upright: str) -> None:
        self.axes.text(x, y, text, size=LABEL_SIZE, color=INK, ha=across, va=upright)


@contextmanager
def open_sheet(
    rows: int,
    columns: int,
    *,
    tile: tuple[float, float],
    title: str,
    tile_titles: Sequence[str] = (),
    column_names: Sequence[str] = (),
    row_names: Sequence[str] = (),
    scale: float = 0.0,
) -> Iterator[Sheet]:
    """Yield an empty sheet of rows x columns tiles whose size fits its texts.

    Args:
        rows, columns: how many tiles.
        tile: width and height of a tile in inches.
        title: one line above all.
        tile_titles, column_names, row_names: the texts that will stand above each tile, above the first row and
            left of the first column; they decide how much space is kept.
        scale: inches kept at the right for a colour bar: `SCALE`, or 0 for none.
    """
    header = _height_of(tile_titles, tile[0])
    margin = max((LETTER * len(name) + 0.15 for name in row_names), default=0.0)
    corner = (margin, _height_of(column_names, tile[0]))
    width = margin + columns * (tile[0] + GAP) - GAP
    height = corner[1] + rows * (tile[1] + header + GAP) - GAP
    full_width, full_height = width + 2 * PAD + scale, height + 2 * PAD + TITLE
    with drawing(full_width, full_height) as figure:
        figure.set_layout_engine("none")  # every place is computed here
        axes = figure.add_axes((PAD / full_width, PAD / full_height, width / full_width, height / full_height))
        axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
        axes.set_axis_off()
        figure.text(PAD / full_width, 1 - 0.08 / full_height, title, size=11, va="top", ha="left")
        yield Sheet(figure, axes, tile, header, corner)


def columns_for(count: int, widest: int) -> int:
    """Return how many columns show ``count`` tiles in even rows of ``widest`` at most."""
    return math.ceil(count / math.ceil(count / widest))


def tile_side(columns: int, *, largest: float = 2.0, reserved: float = 0.0) -> float:
    """Return the side in inches of tiles that fill a notebook's width, though never larger than ``largest``.

    Args:
        columns: how many tiles share the width.
        reserved: inches of the width that are not for tiles, such as `SCALE`.
    """
    return min((FULL_WIDTH - reserved + GAP) / columns - GAP, largest)


def tile_around(pictures: Iterable[np.ndarray], side: float) -> tuple[float, float]:
    """Return width and height in inches of a tile, ``side`` wide: square, or flatter where all pictures (H, W) are."""
    return side, side * min(1.0, max(picture.shape[0] / picture.shape[1] for picture in pictures))


def _height_of(texts: Sequence[str], width: float) -> float:
    return LINE * max((len(_wrap(text, width)) for text in texts), default=0)


def _wrap(text: str, width: float) -> list[str]:
    letters = max(int((width + GAP) / LETTER), 4)
    return [line for part in text.splitlines() for line in textwrap.wrap(part, letters, break_long_words=False)]
