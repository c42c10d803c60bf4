"""A sheet of paper to draw on: boxes, lines, text and pictures, in pixels of the page.

Everything is stored denser than it is shown, so that lines are smooth and text can be read at 200 % zoom.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_utils.panels.colours import INK, PAPER

__all__ = ["BOLD", "DENSITY", "MONO", "PLAIN", "Point", "Sheet", "Stencil", "enlarged", "stencil", "text_width"]

DENSITY = 1.5  # stored pixels for each pixel of the page
TEXT = 13.0  # size of ordinary text, in pixels of the page: JupyterLab's own
PLAIN, BOLD, MONO = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"  # they come with matplotlib
Point = tuple[float, float]
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
SHARES = {"l": 0.0, "m": 0.5, "r": 1.0}


class Sheet:
    """A drawing of ``width`` x ``height`` pixels; x goes right and y down, from the upper left corner."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (_dense(width), _dense(height)), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def array(self) -> np.ndarray:
        """Return the picture, (DENSITY * height, DENSITY * width, 3) uint8."""
        return np.asarray(self._image)

    def box(
        self, x: float, y: float, size: Point, *, fill: str | None = None, edge: str | None = None, thick: float = 1
    ) -> None:
        """Draw a rectangle with slightly rounded corners; ``size`` is (width, height)."""
        corners = [_dense(x), _dense(y), _dense(x + size[0]) - 1, _dense(y + size[1]) - 1]
        if corners[2] < corners[0] or corners[3] < corners[1]:
            return
        radius = min(_dense(4), _dense(min(size) / 2))
        self._draw.rounded_rectangle(corners, radius, fill=fill, outline=edge, width=max(_dense(thick), 1))

    def line(self, points: Sequence[Point], color: str = INK, thick: float = 2.0) -> None:
        """Draw a line through two points or more."""
        dense = [(_dense(x), _dense(y)) for x, y in points]
        self._draw.line(dense, fill=color, width=max(_dense(thick), 1), joint="curve")

    def dashes(self, start: Point, end: Point, color: str = INK, thick: float = 1.0) -> None:
        """Draw a dashed straight line."""
        (x, y), length = start, float(np.hypot(end[0] - start[0], end[1] - start[1]))
        step = np.array([end[0] - x, end[1] - y]) / (length or 1.0)
        for at in np.arange(0, length, 8):
            a, b = np.array(start) + at * step, np.array(start) + min(at + 4, length) * step
            self.line([(float(a[0]), float(a[1])), (float(b[0]), float(b[1]))], color, thick)

    def arrow(self, start: Point, end: Point, color: str = INK, thick: float = 1.8) -> None:
        """Draw a straight arrow from ``start`` to ``end``."""
        direction = np.array([end[0] - start[0], end[1] - start[1]], dtype=float)
        direction /= np.hypot(*direction) or 1.0
        side, neck = np.array([-direction[1], direction[0]]), np.array(end) - 9 * direction
        head = [np.array(end), neck + 4.5 * side, neck - 4.5 * side]
        self.line([start, (float(neck[0]), float(neck[1]))], color, thick)
        self._draw.polygon([(_dense(float(x)), _dense(float(y))) for x, y in head], fill=color)

    def dot(self, x: float, y: float, radius: float, fill: str | None = INK, edge: str | None = None) -> None:
        """Draw a disc, or a ring if only ``edge`` is given."""
        corners = [_dense(x - radius), _dense(y - radius), _dense(x + radius), _dense(y + radius)]
        self._draw.ellipse(corners, fill=fill, outline=edge, width=_dense(2))

    def text(
        self, x: float, y: float, text: str, *, size: float = TEXT, color: str = INK, face: str = PLAIN, at: str = "l"
    ) -> None:
        """Write one line; ``y`` is the middle of its letters, and ``x`` its left, middle or right (at = l, m, r)."""
        if text:
            mask, ascent = _written(text, size, face)
            left = _dense(x) - round(SHARES[at] * mask.width)
            self._image.paste(color, (left, _dense(y) - ascent + _middle(size, face)), mask)

    def picture(self, x: float, y: float, pixels: np.ndarray, size: Point) -> None:
        """Place a small picture (h, w, 3) uint8 with sharp pixels, enlarged to ``size`` = (width, height)."""
        self.paste(x, y, enlarged(pixels, size))

    def paste(self, x: float, y: float, image: Image.Image) -> None:
        """Place a picture that was `enlarged` before."""
        self._image.paste(image, (_dense(x), _dense(y)))

    def trace(self, lines: Stencil, color: str) -> None:
        """Draw the lines of a stencil."""
        self._image.paste(color, lines.corner, lines.mask)


class Stencil(NamedTuple):
    """Lines that are drawn again and again: a mask, and its upper left corner, both in stored pixels."""

    mask: Image.Image
    corner: tuple[int, int]


def stencil(lines: Sequence[tuple[Point, Point]], thick: float = 1.0) -> Stencil:
    """Return straight lines, at least one, as a stencil; points are in pixels of the page, as for `Sheet.line`."""
    dense = [[(_dense(x), _dense(y)) for x, y in line] for line in lines]
    width, room = max(_dense(thick), 1), _dense(thick) + 2
    left, top = (min(point[axis] for line in dense for point in line) - room for axis in (0, 1))
    size = tuple(max(point[axis] for line in dense for point in line) + room for axis in (0, 1))
    mask = Image.new("L", (size[0] - left, size[1] - top))
    draw = ImageDraw.Draw(mask)
    for line in dense:
        draw.line([(x - left, y - top) for x, y in line], fill=255, width=width)
    return Stencil(mask, (left, top))


def enlarged(pixels: np.ndarray, size: Point) -> Image.Image:
    """Return a small picture (h, w, 3) uint8 with sharp pixels, as large as ``size`` = (width, height) on the page."""
    dense = (max(_dense(size[0]), 1), max(_dense(size[1]), 1))
    return Image.fromarray(np.ascontiguousarray(pixels)).resize(dense, Image.Resampling.NEAREST)


def text_width(text: str, size: float = TEXT, face: str = PLAIN) -> float:
    """Return how wide a line of text is, in pixels of the page."""
    return _font(size, face).getlength(text) / DENSITY


def _dense(value: float) -> int:
    return round(value * DENSITY)


@lru_cache
def _font(size: float, face: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / face, round(size * DENSITY))


@lru_cache
def _middle(size: float, face: str) -> int:
    """Return how far below the middle of its letters a line of this size stands."""
    return -round(_font(size, face).getbbox("x0", anchor="ls")[1] / 2)


@lru_cache(maxsize=1024)
def _written(text: str, size: float, face: str) -> tuple[Image.Image, int]:
    """Return a line of text as a mask, and where its base line runs; most texts of a panel come again and again."""
    font = _font(size, face)
    ascent, descent = font.getmetrics()
    mask = Image.new("L", (max(round(font.getlength(text)), 1) + 2, ascent + descent))
    ImageDraw.Draw(mask).text((0, ascent), text, fill=255, font=font, anchor="ls")
    return mask, ascent
