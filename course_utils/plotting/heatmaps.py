"""A map of heat: alone, over its picture, and both beside the original."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.plotting.blending import blend, enlarge
from course_utils.plotting.captions import describe_heat, describe_range
from course_utils.plotting.checks import check_heat, check_image, check_map, check_mask
from course_utils.plotting.fonts import readable
from course_utils.plotting.marks import mark_half, mark_level, mark_peak, outline
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import add_color_bar, drawing, label_pixels

__all__ = ["heatmap", "overlay", "three_panel"]

HEAT = "heat (1 = maximum)"


def heatmap(values: Tensor | ArrayLike, *, title: str = "Map", unit: str = "value") -> Picture:
    """Draw one raw map, every value a square of its own, with a colour bar; in a signed map a line runs at zero.

    Args:
        values: (h, w), signed values too.
        title: above the map.
        unit: what the numbers are, written at the colour bar, for example "logits".

    Returns:
        Figure and caption: size, range, and for values >= 0 where the heat lies.

    Raises:
        ValueError: not one finite map.
    """
    array = check_map(values)
    with drawing(5.0, 3.9) as figure:
        axes = figure.subplots()
        drawn = _draw_map(axes, array, readable([title])[0])
        add_color_bar(drawn, unit)
        if array.min() < 0 < array.max():
            mark_level(axes, array, 0.0)
            axes.set_xlabel("column (line: zero)")
    height, width = array.shape
    told = f" {describe_heat(array)}" if array.min() >= 0 else ""
    return Picture(figure, f"{title}: {height}x{width} values, {describe_range(array)} ({unit}).{told}")


def overlay(
    image: Tensor | ArrayLike,
    heat: Tensor | ArrayLike,
    *,
    mask: Tensor | ArrayLike | None = None,
    title: str = "Heat over the picture",
) -> Picture:
    """Draw a picture with its heat over it, as `blend` mixes them; the line runs at half of the maximum.

    Args:
        image: (3, H, W) in [0, 1].
        heat: (h, w), 0 or more; enlarged to the picture's size.
        mask: (H, W), True on the object; the caption then says how much heat lies on it.
        title: above the picture.

    Returns:
        Figure and caption: where the heat lies.

    Raises:
        ValueError: not a picture in [0, 1], or not a map of heat.
    """
    array = check_heat(heat)
    full = enlarge(array, check_image(image).shape[:2])
    inside = None if mask is None else check_mask(mask, full.shape)
    with drawing(4.0, 4.0) as figure:
        axes = figure.subplots()
        _draw_overlay(axes, blend(image, array), full, readable([title])[0])
    return Picture(figure, f"{title}. {describe_heat(full, inside)}")


def three_panel(
    image: Tensor | ArrayLike,
    heat: Tensor | ArrayLike,
    *,
    class_name: str,
    probability: float | None = None,
    true_name: str | None = None,
    layer: str | None = None,
    mask: Tensor | ArrayLike | None = None,
    unit: str | None = None,
    photo: Tensor | ArrayLike | None = None,
) -> Picture:
    """Draw the picture, its heatmap, and the heat over the picture, side by side.

    Args:
        image: (3, H, W) in [0, 1], what the network saw.
        heat: (h, w), 0 or more: a heatmap of the picture's size or a layer's raw map.
        class_name: the class that the map explains, usually the predicted one.
        probability: the network's probability of that class, 0 to 1.
        true_name: the true class, where it is known.
        layer: the layer's name, for the heatmap's title.
        mask: (H, W), True on the object: it gets an outline, and the caption says how much heat lies on it.
        unit: what the map's numbers are, written at the colour bar.
        photo: (3, H', W') in [0, 1], the same view with more pixels, to lay the heat over instead of ``image``.

    Returns:
        Figure and caption: class, probability, peak, share of the heat in the peak's quarter or on the object; or
        that the map is zero everywhere.

    Raises:
        ValueError: not a picture in [0, 1], not a map of heat, or a probability outside [0, 1].
    """
    picture, array = check_image(image), check_heat(heat)
    full = enlarge(array, picture.shape[:2])
    inside = None if mask is None else check_mask(mask, full.shape)
    answer = _answer(class_name, probability)
    original = "Original" if photo is None else "What the network sees"
    original += f" (true: {true_name})" if true_name else ""
    titles = readable([original, _map_title(layer, array.shape, full.shape), f"Heat for {answer}"])
    with drawing(9.6, 3.1) as figure:
        left, middle, right = figure.subplots(1, 3)
        _draw_picture(left, picture, titles[0], inside)
        add_color_bar(_draw_map(middle, array, titles[1]), unit or _unit_of(array))
        _draw_overlay(right, blend(image if photo is None else photo, array), full, titles[2])
    told = f"Heat for {answer}" + (f"; true class: {true_name}" if true_name else "")
    return Picture(figure, f"{told}{f'; layer {layer}' if layer else ''}. {describe_heat(full, inside)}")


def _map_title(layer: str | None, small: tuple[int, ...], full: tuple[int, ...]) -> str:
    """Return "Heatmap of conv3", or "Map of conv3, 8x8" where the map has not been enlarged."""
    of = f" of {layer}" if layer else ""
    return f"Heatmap{of}" if small == full else f"Map{of}, {small[0]}x{small[1]}"


def _unit_of(heat: np.ndarray) -> str:
    return HEAT if np.isclose(heat.max(), 1) else "heat"


def _answer(class_name: str, probability: float | None) -> str:
    if probability is None:
        return class_name
    if not 0 <= float(probability) <= 1 + 1e-6:
        raise ValueError(f"a probability lies between 0 and 1, got {float(probability):.3g}; softmax the logits first")
    return f"{class_name} ({float(probability):.0%})"


def _draw_picture(axes: Axes, picture: np.ndarray, title: str, inside: np.ndarray | None) -> None:
    drawn = axes.imshow(picture)
    if inside is not None:
        outline(axes, inside, drawn.get_extent())
    axes.set_title(title)
    label_pixels(axes, *picture.shape[:2])


def _draw_map(axes: Axes, array: np.ndarray, title: str) -> AxesImage:
    """Draw a map on a scale from 0 where nothing is negative, so that an all-zero map is the colour of 0."""
    low, high = min(float(array.min()), 0.0), float(array.max())
    drawn = axes.imshow(array, vmin=low, vmax=high if high > low else low + 1)
    if not array.any():
        axes.text(0.5, 0.5, "zero everywhere", color="white", ha="center", va="center", transform=axes.transAxes)
    elif low == 0:
        mark_peak(axes, array)
    axes.set_title(title)
    label_pixels(axes, *array.shape)
    return drawn


def _draw_overlay(axes: Axes, mixed: np.ndarray, full: np.ndarray, title: str) -> None:
    """Draw blended colours, with the line at half of the heat; rows and columns are those of the map ``full``."""
    height, width = full.shape
    axes.imshow(mixed, extent=(-0.5, width - 0.5, height - 0.5, -0.5))
    mark_half(axes, full)
    axes.set_title(title)
    label_pixels(axes, height, width)
    axes.set_xlabel("line: half of the maximum" if full.any() else "no heat")
