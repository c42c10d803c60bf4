"""What is drawn over a picture: the outline of an object, the edge of the hot area, the peak."""

from __future__ import annotations

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from course_utils.plotting.captions import peak

__all__ = ["mark_half", "mark_level", "mark_peak", "outline"]

# White with a dark rim: seen on any picture.
_RIM = [patheffects.withStroke(linewidth=2.6, foreground="#000000b0")]


def outline(axes: Axes, mask: np.ndarray, extent: tuple[float, float, float, float]) -> None:
    """Draw the border of a mask (H, W) along the edges of its pixels.

    Args:
        extent: left, right, bottom and top of the picture on ``axes``, as in ``imshow``.
    """
    left, right, bottom, top = extent
    high, wide = mask.shape
    lines = _edges(mask) * [(right - left) / wide, (bottom - top) / high] + [left, top]
    axes.add_collection(LineCollection(list(lines), colors="white", linewidths=1.2, path_effects=_RIM), autolim=False)


def mark_half(axes: Axes, heat: np.ndarray) -> None:
    """Draw the line at half of the map's maximum; a map without slope gets none."""
    if heat.max() > 0 and heat.min() < heat.max() / 2:
        mark_level(axes, heat, heat.max() / 2)


def mark_level(axes: Axes, values: np.ndarray, level: float) -> None:
    """Draw the line at one value that lies between a map's lowest and highest."""
    lines = axes.contour(values, levels=[level], colors="white", linewidths=1.2)
    lines.set_path_effects(_RIM)


def mark_peak(axes: Axes, heat: np.ndarray) -> None:
    """Put a small cross on the largest value; an all-zero map gets none."""
    if heat.any():
        row, column = peak(heat)
        axes.plot(column, row, "+", color="white", markersize=9, markeredgewidth=1.6, path_effects=_RIM)


def _edges(mask: np.ndarray) -> np.ndarray:
    """Return the border of a mask as line pieces (M, 2, 2): both ends as x, y in pixels from the upper left corner."""
    padded = np.pad(mask, 1)
    rows, columns = np.nonzero(padded[1:-1, 1:] != padded[1:-1, :-1])
    upright = np.stack([np.stack([columns, rows], -1), np.stack([columns, rows + 1], -1)], axis=1)
    rows, columns = np.nonzero(padded[1:, 1:-1] != padded[:-1, 1:-1])
    level = np.stack([np.stack([columns, rows], -1), np.stack([columns + 1, rows], -1)], axis=1)
    return np.concatenate([upright, level])
