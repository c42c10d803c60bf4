"""One look for every figure of the course, decided here and nowhere else.

Figures are made without pyplot, inside matplotlib's own style context. So nothing global changes, whatever
style the reader has set does not leak in, and no figure stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from course_utils.plotting.fonts import families

__all__ = ["COLORS", "COLOR_MAP", "INK", "QUIET", "add_color_bar", "drawing", "label_pixels", "look", "shared_scale"]

INK = "#1f1f1f"
QUIET = "#595959"  # contrast 7:1 on white
COLOR_MAP = "viridis"

# Okabe and Ito (2008), Color Universal Design; the yellow is left out, a line of it is hard to see on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

STYLE: dict[str, object] = {
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "axes.titlepad": 7.0,
    "axes.labelsize": 10.0,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "grid.color": "#e3e3e3",
    "figure.titlesize": 12.0,
    "text.color": INK,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "legend.fontsize": 9.0,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "lines.markersize": 4.0,
    "image.cmap": COLOR_MAP,
    "image.interpolation": "nearest",
    "figure.facecolor": "white",  # opaque: readable in JupyterLab's dark theme too
    "savefig.facecolor": "white",
    "figure.constrained_layout.w_pad": 0.06,
    "figure.constrained_layout.h_pad": 0.06,
}


@contextmanager
def look() -> Iterator[None]:
    """Use the course's look while the block runs; the reader's settings are back afterwards."""
    with matplotlib.style.context(["default", STYLE, {"font.family": families()}]):
        yield


@contextmanager
def drawing(width: float, height: float) -> Iterator[Figure]:
    """Yield an empty figure of this size in inches, to be drawn on inside the block, in the course's look."""
    with look():
        yield Figure(figsize=(width, height), layout="constrained")


def add_color_bar(drawn: AxesImage, unit: str) -> None:
    """Put the scale of a drawn map right beside it, as high as the map, with its unit."""
    axes = drawn.axes
    bar = axes.figure.colorbar(drawn, cax=axes.inset_axes((1.04, 0.0, 0.055, 1.0)))
    bar.set_label(unit)
    bar.outline.set_visible(False)


def label_pixels(axes: Axes, height: int, width: int) -> None:
    """Number a few rows and columns, so that "row 12, column 20" can be found in the picture."""
    axes.set_xticks(range(0, width, max(width // 4, 1)))
    axes.set_yticks(range(0, height, max(height // 4, 1)))
    axes.set_xlabel("column", color=QUIET, size=9)
    axes.set_ylabel("row", color=QUIET, size=9)
    axes.tick_params(length=2)
    axes.spines[:].set_visible(False)


def shared_scale(values: np.ndarray) -> Normalize:
    """Return the scale that all maps share: from 0, or from the lowest value where some are negative."""
    low, high = min(float(values.min()), 0.0), float(values.max())
    return Normalize(low, high if high > low else low + 1)
