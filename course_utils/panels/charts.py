"""What several panels draw on their sheets: curves with axes, bars, heat with its scale, mosaics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from course_utils.panels.colours import BLUE, FAINT, INK, LINE, QUIET, paint, tint
from course_utils.panels.sheet import BOLD, PLAIN, Sheet, enlarged
from course_utils.plotting.style import COLOR_MAP

__all__ = ["Chart", "bars", "color_bar", "heat", "mosaic", "rgb", "tile_frame"]

SMALL = 11.0


@dataclass(frozen=True)
class Chart:
    """A frame with axes: maps numbers to places on the sheet. ``logarithmic`` means the y axis.

    Attributes:
        place: (x, y, width, height) of the frame.
        x, y: the lowest and highest number of each axis.
    """

    sheet: Sheet
    place: tuple[float, float, float, float]
    x: tuple[float, float]
    y: tuple[float, float]
    logarithmic: bool = False

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies on the sheet; what lies outside of the frame is put at its border."""
        left, top, width, height = self.place
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1)
        low, high, value = (self._bent(number) for number in (*self.y, y))
        up = (value - low) / ((high - low) or 1)
        return left + width * min(max(across, 0), 1), top + height * (1 - min(max(up, 0), 1))

    def frame(self, title: str, x_label: str, y_ticks: Mapping[str, float], x_ticks: Mapping[str, float]) -> None:
        """Draw grid, ticks and labels."""
        left, top, width, height = self.place
        self.sheet.box(left, top, (width, height), fill=FAINT)
        for text, number in y_ticks.items():
            at = self.at(self.x[0], number)[1]
            self.sheet.line([(left, at), (left + width, at)], LINE, 0.5)
            self.sheet.text(left - 6, at, text, size=SMALL, color=QUIET, at="r")
        for text, number in x_ticks.items():
            at = self.at(number, self.y[0])[0]
            self.sheet.text(at, top + height + 11, text, size=SMALL, color=QUIET, at="m")
        self.sheet.text(left, top - 14, title, face=BOLD)
        self.sheet.text(left + width / 2, top + height + 27, x_label, size=SMALL, color=QUIET, at="m")

    def curve(self, xs: Sequence[float], ys: Sequence[float], color: str = BLUE, thick: float = 2.0) -> None:
        """Draw a curve; a number that is not finite ends it."""
        points = [self.at(x, y) for x, y in zip(xs, ys, strict=True) if math.isfinite(y)]
        if len(points) > 1:
            self.sheet.line(points, color, thick)

    def _bent(self, number: float) -> float:
        return math.log10(max(number, 1e-300)) if self.logarithmic else number


def bars(
    sheet: Sheet,
    place: tuple[float, float, float],
    shares: Mapping[str, float],
    marked: Mapping[str, str] | None = None,
    ghosts: Mapping[str, float] | None = None,
) -> None:
    """Draw one bar for each name, with its share (0 to 1) in per cent; ``place`` is (x, y, width).

    Args:
        marked: names to emphasise, with their colour.
        ghosts: earlier shares, drawn as a thin line behind the bars.
    """
    x, y, width = place
    room, step = width - 126, 21.0
    for row, (name, share) in enumerate(shares.items()):
        top, color = y + row * step, (marked or {}).get(name, BLUE)
        face = BOLD if name in (marked or {}) else PLAIN
        sheet.text(x + 74, top + 8, name, size=12, at="r", face=face)
        sheet.box(x + 80, top, (room, 16), fill=FAINT)
        sheet.box(
            x + 80, top, (max(room * share, 1), 16), fill=color if face == BOLD or not marked else tint(color, 0.55)
        )
        if ghosts:
            at = x + 80 + room * ghosts[name]
            sheet.line([(at, top - 2), (at, top + 17)], INK, 2)
        sheet.text(x + width, top + 8, f"{share:.0%}", size=12, at="r", face=face)


def rgb(image: np.ndarray) -> np.ndarray:
    """Return a picture (3, H, W) of floats in [0, 1] as (H, W, 3) uint8."""
    return np.round(np.moveaxis(image, 0, -1) * 255).astype(np.uint8)


def heat(
    sheet: Sheet,
    place: tuple[float, float, float],
    values: np.ndarray,
    limits: tuple[float, float],
    color_map: str = COLOR_MAP,
) -> None:
    """Draw a map (h, w) as a square with the colours of ``limits``; ``place`` is (x, y, side)."""
    x, y, side = place
    sheet.picture(x, y, paint(values, *limits, color_map), (side, side))


def color_bar(
    sheet: Sheet,
    place: tuple[float, float, float],
    limits: tuple[float, float],
    unit: str,
    color_map: str = COLOR_MAP,
) -> None:
    """Draw a scale under a map, with its ends and its unit; ``place`` is (x, y, width)."""
    x, y, width = place
    sheet.paste(x, y, _scale(width, color_map))
    sheet.text(x, y + 18, f"{limits[0]:.3g}", size=SMALL, color=QUIET)
    sheet.text(x + width, y + 18, f"{limits[1]:.3g}", size=SMALL, color=QUIET, at="r")
    sheet.text(x + width / 2, y + 18, unit, size=SMALL, color=QUIET, at="m")


@lru_cache
def _scale(width: float, color_map: str) -> Image.Image:
    return enlarged(paint(np.linspace(0, 1, 128)[None], 0, 1, color_map), (width, 8))


def mosaic(maps: np.ndarray, columns: int, limits: tuple[float, float], color_map: str = COLOR_MAP) -> np.ndarray:
    """Return maps (K, h, w) side by side as one picture, with a line of white between them; (H, W, 3) uint8."""
    count, height, width = maps.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (height + 1), columns * (width + 1), 3), 255, np.uint8)
    painted = paint(maps, *limits, color_map)
    for number, tile in enumerate(painted):
        top, left = number // columns * (height + 1), number % columns * (width + 1)
        sheet[top : top + height, left : left + width] = tile
    return sheet


def tile_frame(
    place: tuple[float, float, float], number: int, columns: int, tile: int
) -> tuple[float, float, tuple[float, float]]:
    """Return x, y and size of one tile of a `mosaic` that is drawn ``width`` wide at ``place`` = (x, y, width)."""
    x, y, width = place
    scale = width / (columns * (tile + 1))
    step = (tile + 1) * scale
    return x + number % columns * step, y + number // columns * step, (tile * scale, tile * scale)
