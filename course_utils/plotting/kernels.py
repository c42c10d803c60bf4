"""The kernels of a convolution: all of them in one figure, on one scale with zero in the middle."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.plotting.captions import describe_range
from course_utils.plotting.checks import as_array
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import add_color_bar, drawing
from course_utils.plotting.tiles import FULL_WIDTH, SCALE, columns_for, open_sheet, tile_side

__all__ = ["kernels"]

ZERO_IN_THE_MIDDLE = "RdBu_r"  # blue below 0, red above; safe for colour-blind readers (Brewer's list)
MOST = 256  # kernels or input channels in one figure: beyond, a weight is smaller than a pixel of the screen
WIDEST_WEIGHT = 0.12  # inches


def kernels(weight: Tensor | ArrayLike, *, title: str = "Kernels") -> Picture:
    """Draw every kernel of a convolution, on one scale whose middle is zero.

    A layer that reads colour pictures has kernels of three channels, and these are drawn in colour: grey is zero. A
    layer that reads one channel has one small map per kernel. The kernels of any other layer have one small map per
    input channel: a column for each kernel, a row for each input channel.

    Args:
        weight: (K, C, kh, kw), for example ``model.conv1.weight``.
        title: above all kernels, for example the layer's name.

    Returns:
        Figure and caption: shape, range, and which kernel has the largest and which the smallest weights, by the
        root of the sum of their squares.

    Raises:
        ValueError: not a convolution's weights, NaN or infinite ones, or more than 256 kernels or input channels.
    """
    weights = _check_weights(weight)
    count, channels, height, width = weights.shape
    full_title = f"{title}: {_many(count, 'kernel')} of {height}x{width}"
    limit = float(np.abs(weights).max()) or 1.0
    draw = _draw_tiles if channels in (1, 3) else _draw_montage
    picture = draw(weights, Normalize(-limit, limit), full_title)
    start = f"{full_title} over {_many(channels, 'input channel')}"
    return Picture(picture.figure, f"{start}. {picture.caption} {_describe(weights)}")


def _check_weights(weight: Tensor | ArrayLike) -> np.ndarray:
    array = as_array(weight)
    if array.ndim != 4 or array.size == 0:
        raise ValueError(
            f"need the weights of a convolution, shape (K, C, kh, kw), got {array.shape}; "
            "model.conv1.weight has them, a linear layer has no kernels; one kernel alone: weight[k][None]"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{(~np.isfinite(array)).sum()} of {array.size} weights are NaN or infinite")
    if max(array.shape[:2]) > MOST and array.shape[1] not in (1, 3):
        raise ValueError(
            f"need at most {MOST} kernels and {MOST} input channels, got {array.shape[0]} and {array.shape[1]}; "
            "a weight would be smaller than a pixel; choose some: weight[:64, :64]"
        )
    return array


def _draw_tiles(weights: np.ndarray, norm: Normalize, title: str) -> Picture:
    """One tile per kernel: in colour for three input channels, a signed map for one."""
    columns = columns_for(len(weights), 8 if len(weights) <= 64 else 16)
    in_colour = weights.shape[1] == 3
    scale = 0.0 if in_colour else SCALE
    side = tile_side(columns, largest=max(1.0, 2.4 / columns), reserved=scale)  # a single one leaves the title room
    names = [str(number) for number in range(len(weights))]
    rows = math.ceil(len(weights) / columns)
    with open_sheet(rows, columns, tile=(side, side), title=title, tile_titles=names, scale=scale) as sheet:
        for index, kernel in enumerate(weights):
            pixels = norm(kernel.transpose(1, 2, 0)) if in_colour else kernel[0]
            sheet.place(pixels, index // columns, index % columns, names[index]).set(norm=norm, cmap=ZERO_IN_THE_MIDDLE)
        if not in_colour:
            sheet.add_scale(ScalarMappable(norm, ZERO_IN_THE_MIDDLE), "weight")
    how = f"Middle grey is 0, full colour {norm.vmax:.3g}" if in_colour else "White is 0, blue below, red above"
    return Picture(sheet.figure, f"{how}.")


def _draw_montage(weights: np.ndarray, norm: Normalize, title: str) -> Picture:
    """All single maps in one array: a column for each kernel, a row for each input channel, thin lines between."""
    pixels = montage(weights)
    weight_side = min((FULL_WIDTH - 1.7) / pixels.shape[1], WIDEST_WEIGHT)
    high, wide = (length * weight_side for length in pixels.shape)
    with drawing(max(wide + 1.7, 5.0), high + 1.1) as figure:
        axes = figure.add_subplot()
        add_color_bar(axes.imshow(pixels, cmap=ZERO_IN_THE_MIDDLE, norm=norm), "weight")
        axes.set_title(title, loc="left")
        _number(axes, weights)
    return Picture(figure, "A column for each kernel, a row for each input channel; white is 0, blue below, red above.")


def montage(weights: np.ndarray) -> np.ndarray:
    """Return the kernels (K, C, kh, kw) as one array, C rows of K tiles; one NaN between two tiles."""
    tiles = np.pad(weights, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    count, channels, height, width = tiles.shape
    return tiles.transpose(1, 2, 0, 3).reshape(channels * height, count * width)[:-1, :-1]


def _number(axes: Axes, weights: np.ndarray) -> None:
    """Write the numbers of some kernels and input channels at the middle of their tiles."""
    count, channels, height, width = weights.shape
    columns, rows = range(0, count, max(count // 8, 1)), range(0, channels, max(channels // 4, 1))
    axes.set_xticks([column * (width + 1) + (width - 1) / 2 for column in columns], columns)
    axes.set_yticks([row * (height + 1) + (height - 1) / 2 for row in rows], rows)
    axes.set(xlabel="kernel", ylabel="input channel")
    axes.tick_params(length=2)
    axes.spines[:].set_visible(False)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _describe(weights: np.ndarray) -> str:
    sizes = np.sqrt((weights.astype(np.float64) ** 2).sum(axis=(1, 2, 3)))
    most, least = int(sizes.argmax()), int(sizes.argmin())
    return (
        f"Weights {describe_range(weights)}; kernel {most} has the largest ({sizes[most]:.3g} together), "
        f"kernel {least} the smallest ({sizes[least]:.3g})."
    )
