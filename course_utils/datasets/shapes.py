"""shapes10: ten kinds of drawn shapes on patterned grounds, with the exact mask of each."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from numbers import Integral

import numpy as np
import torch
from torch import Tensor

from course_utils.datasets.labeled import LabeledImages
from course_utils.datasets.outlines import OUTLINES
from course_utils.datasets.painting import CHANCES, SIDE, colours, paint

__all__ = ["SHAPE_NAMES", "mark_area", "shapes10"]

SHAPE_NAMES = tuple(OUTLINES)
_CLASSES = len(SHAPE_NAMES)
_MARK = 5  # pixels, high and wide
_CORNERS = {"top left": (1, 1), "top right": (1, 26), "bottom left": (26, 1), "bottom right": (26, 26)}
_BATCH = 160  # pictures painted at once: their arrays fit into a processor's cache

Array = np.ndarray


def shapes10(
    count: int = 8000, seed: int = 0, shortcut: float = 0.0, shortcut_corner: str = "top left"
) -> LabeledImages:
    """Draw ``count`` pictures: one bright shape on a darker pattern, and three small blobs to distract.

    The shape has any colour, a radius of 7 to 9.5 pixels and a tilt of up to 23 degrees, and lies anywhere in
    the picture, but whole. Classes are balanced: each run of ten pictures holds every class once. One seed
    gives the same pictures on every machine, and a larger count begins with the pictures of a smaller one.

    Args:
        count: number of pictures, at least 1.
        seed: 0, 1, 2, ...; another seed, other pictures.
        shortcut: probability that a picture carries the mark of its class: a square of 5x5 pixels, one pixel
            away from two edges, of one pure colour whose hue is label / 10 (class 0 red, class 5 cyan). The
            other pictures carry no mark; no picture carries a wrong one.
        shortcut_corner: "top left", "top right", "bottom left" or "bottom right". A network that learned the
            mark in one corner can be tested with the mark in another.

    Returns:
        Pictures of 32x32 pixels whose values are k / 255; masks that are True where a pixel's centre lies on
        the shape and no mark covers it. Blobs and marks are not part of the mask.

    Raises:
        ValueError: count, seed or shortcut is out of range, or there is no such corner.
    """
    _check_range(count, seed, shortcut)
    count, seed = int(count), int(seed)  # NumPy's small integers overflow
    chances = _roll(count, seed)
    labels = np.argsort(chances["class"].reshape(-1, _CLASSES), axis=1).reshape(-1)[:count]
    images, masks = _paint_in_batches(chances, labels)
    _mark(images, masks, np.where(chances["mark"][:count] < shortcut, labels, -1), _corner(shortcut_corner))
    pictures = torch.from_numpy(images).float().div_(255)
    return LabeledImages(pictures, torch.from_numpy(labels), torch.from_numpy(masks), SHAPE_NAMES)


def mark_area(shortcut_corner: str = "top left", margin: int = 2) -> Tensor:
    """Return where the mark of ``shapes10(shortcut=...)`` lies, ``margin`` pixels around it included.

    Returns:
        bool (32, 32); with two pixels of margin 64 pixels are True, 6.25 % of the picture.

    Raises:
        ValueError: there is no such corner, or the margin is negative.
    """
    if margin < 0:
        raise ValueError(f"need a margin of 0 pixels or more, got {margin}")
    top, left = _corner(shortcut_corner)
    rows, columns = (slice(max(0, first - margin), first + _MARK + margin) for first in (top, left))
    area = torch.zeros(SIDE, SIDE, dtype=torch.bool)
    area[rows, columns] = True
    return area


def _check_range(count: int, seed: int, shortcut: float) -> None:
    for name, number, least in (("count", count, 1), ("seed", seed, 0)):
        if not isinstance(number, Integral) or number < least:
            raise ValueError(f"need a whole number {name} >= {least}, got {number!r}")
    if not 0 <= shortcut <= 1:
        raise ValueError(f"need a probability 0 <= shortcut <= 1, got {shortcut!r}")


def _corner(name: str) -> tuple[int, int]:
    if name not in _CORNERS:
        raise ValueError(f"need shortcut_corner to be one of {list(_CORNERS)}, got {name!r}")
    return _CORNERS[name]


def _roll(count: int, seed: int) -> dict[str, Array]:
    """Return uniform random numbers in [0, 1) by name; one row of the table is one picture."""
    names = ("class", "mark", *CHANCES)
    full_runs = -(-count // _CLASSES) * _CLASSES
    table = np.random.Generator(np.random.PCG64(seed)).random((full_runs, len(names)))
    return dict(zip(names, table.T, strict=True))


def _paint_in_batches(chances: dict[str, Array], labels: Array) -> tuple[Array, Array]:
    images = np.empty((len(labels), 3, SIDE, SIDE), np.uint8)
    masks = np.empty((len(labels), SIDE, SIDE), bool)

    def paint_batch(first: int) -> None:
        part = slice(first, min(first + _BATCH, len(labels)))
        images[part], masks[part] = paint({name: values[part] for name, values in chances.items()}, labels[part])

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # NumPy works outside the interpreter lock
        list(pool.map(paint_batch, range(0, len(labels), _BATCH)))
    return images, masks


def _mark(images: Array, masks: Array, marks: Array, corner: tuple[int, int]) -> None:
    """Paint the mark of class ``marks[i]`` on picture i; -1 means none."""
    marked = np.flatnonzero(marks >= 0)
    full = np.ones(len(marked))
    paint_of_class = np.rint(colours(marks[marked] / _CLASSES, full, full) * 255).astype(np.uint8)
    top, left = corner
    images[marked, :, top : top + _MARK, left : left + _MARK] = paint_of_class[:, :, None, None]
    masks[marked, top : top + _MARK, left : left + _MARK] = False
