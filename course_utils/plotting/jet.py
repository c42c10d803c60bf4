"""Why this course never draws a map in jet, in one figure."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.plotting.checks import check_map
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import COLORS, drawing, label_pixels

__all__ = ["jet_against_viridis", "lightness"]

NAMES = ("jet", "viridis")


def jet_against_viridis(values: Tensor | ArrayLike) -> Picture:
    """Draw one map in jet and in viridis, both again as a black-and-white print, and the lightness of both scales.

    A reader takes lighter for more. Jet is lightest in its middle and darkens towards both ends, so it draws rings
    where the values have none, and its maximum looks like its minimum in print. Viridis only gets lighter.

    Args:
        values: (h, w), a map.

    Returns:
        Figure and caption: the lightness of both scales at their start, their lightest place and their end.

    Raises:
        ValueError: not one finite map.
    """
    array = check_map(values)
    with drawing(9.2, 4.6) as figure:
        places = figure.subplot_mosaic([["jet", "viridis", "lines"], ["jet grey", "viridis grey", "lines"]])
        for name in NAMES:
            _draw_both(places[name], places[f"{name} grey"], array, name)
        _draw_lightness(places["lines"])
    jet, viridis = (lightness(name) for name in NAMES)
    top = int(jet.argmax())
    return Picture(
        figure,
        f"Lightness, 0 black to 100 white: jet starts at {jet[0]:.0f}, is lightest ({jet[top]:.0f}) at "
        f"{top / 255:.0%} of its scale and ends at {jet[-1]:.0f}, so its top looks like its bottom in print; "
        f"viridis rises all the way, from {viridis[0]:.0f} to {viridis[-1]:.0f}.",
    )


def lightness(color_map: str) -> np.ndarray:
    """Return the lightness L* (CIE 1976, 0 to 100) of a colour map's 256 steps."""
    return _lightness_of(matplotlib.colormaps[color_map](np.arange(256))[:, :3])


def _lightness_of(colors: np.ndarray) -> np.ndarray:
    """Return L* of sRGB colours (..., 3) in [0, 1], by IEC 61966-2-1 and CIE 15."""
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(luminance > 216 / 24389, 116 * np.cbrt(luminance) - 16, luminance * 24389 / 27)


def _draw_both(above: Axes, below: Axes, array: np.ndarray, name: str) -> None:
    drawn = above.imshow(array, cmap=name)
    below.imshow(_lightness_of(drawn.to_rgba(array)[..., :3]), cmap="gray", vmin=0, vmax=100)
    above.set_title(name)
    below.set_title(f"{name}, printed in grey")
    for axes in (above, below):
        label_pixels(axes, *array.shape)
        axes.set(xticks=[], yticks=[], xlabel="", ylabel="")


def _draw_lightness(axes: Axes) -> None:
    for name, color, line in zip(NAMES, (COLORS[1], COLORS[0]), ("--", "-"), strict=True):
        axes.plot(np.arange(256) / 255, lightness(name), line, color=color, label=name)
    axes.set(xlabel="place on the colour scale", ylabel="lightness L* (0 black, 100 white)", ylim=(0, 100))
    axes.set_title("Lightness of each scale")
    axes.grid(axis="y")
    axes.legend(loc="lower right")
