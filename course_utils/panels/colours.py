"""The colours of the panels, and tables that turn numbers into colours."""

from __future__ import annotations

from functools import cache

import matplotlib
import numpy as np
from PIL import ImageColor

from course_utils.plotting.style import COLOR_MAP, COLORS, INK, QUIET

__all__ = [
    "BACKWARD",
    "BLUE",
    "FAINT",
    "FORWARD",
    "GREEN",
    "INK",
    "LINE",
    "ORANGE",
    "PAPER",
    "PURPLE",
    "QUIET",
    "SKY",
    "YELLOW",
    "mix",
    "paint",
    "tint",
]

PAPER = "#ffffff"  # opaque, so that a picture is readable in JupyterLab's dark theme too
LINE = "#d0d0d0"
FAINT = "#f3f4f6"
BLUE, ORANGE, GREEN, PURPLE, YELLOW, SKY = COLORS[:6]
FORWARD, BACKWARD = BLUE, "#B84A00"  # values go forward, gradients backward, as in the pictures of graphs


def mix(color: str, other: str, share: float) -> str:
    """Return the colour that lies ``share`` (0 to 1) of the way from ``color`` to ``other``."""
    pairs = zip(ImageColor.getrgb(color), ImageColor.getrgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def tint(color: str, strength: float = 0.15) -> str:
    """Return a pale version of a colour, for backgrounds."""
    return mix(PAPER, color, strength)


@cache
def table(name: str) -> np.ndarray:
    """Return a colour map as 256 colours, (256, 3) uint8."""
    return np.round(matplotlib.colormaps[name](np.arange(256))[:, :3] * 255).astype(np.uint8)


def paint(values: np.ndarray, low: float, high: float, name: str = COLOR_MAP) -> np.ndarray:
    """Return the colours of numbers, (..., 3) uint8; what lies outside ``low`` to ``high`` gets the end's colour."""
    share = (np.asarray(values, dtype=np.float32) - low) / ((high - low) or 1.0)
    return table(name)[np.clip(share * 255, 0, 255).round().astype(np.uint8)]
