"""The channels of one layer, side by side: one sheet, one scale, one colour bar."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.plotting.captions import describe_range
from course_utils.plotting.checks import as_array, check_map, check_names
from course_utils.plotting.fonts import readable
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import COLOR_MAP, shared_scale
from course_utils.plotting.tiles import SCALE, columns_for, open_sheet, tile_around, tile_side

__all__ = ["feature_maps"]


def feature_maps(
    maps: Tensor | ArrayLike,
    *,
    title: str = "Feature maps",
    unit: str = "activation",
    names: Sequence[str] | None = None,
) -> Picture:
    """Draw the channels of a layer side by side on one scale; the title says their number and size.

    Args:
        maps: (K, h, w), what a layer returns for one picture; signed values too.
        title: above all maps, for example the layer's name.
        unit: what the numbers are, written at the colour bar.
        names: one text per channel, by default its number.

    Returns:
        Figure and caption: shape, range, the strongest channel, and how many channels are zero everywhere.

    Raises:
        ValueError: not finite maps (K, h, w), or another number of names.
    """
    channels = _check_channels(maps)
    texts = check_names(names or [str(i) for i in range(len(channels))], len(channels), "name")
    columns = columns_for(len(channels), 16 if len(channels) > 40 else 8)
    full_title = f"{title}: {len(channels)} maps of {channels.shape[1]}x{channels.shape[2]}"
    limits = shared_scale(channels)
    tile = tile_around(channels, tile_side(columns, largest=1.6, reserved=SCALE))
    drawn_texts = readable(texts)
    with open_sheet(
        math.ceil(len(channels) / columns),
        columns,
        tile=tile,
        title=full_title,
        tile_titles=drawn_texts,
        scale=SCALE,
    ) as sheet:
        for index, (channel, text) in enumerate(zip(channels, drawn_texts, strict=True)):
            sheet.place(channel, index // columns, index % columns, text).set_norm(limits)
        sheet.add_scale(ScalarMappable(limits, COLOR_MAP), unit)
    return Picture(sheet.figure, f"{full_title}, {describe_range(channels)} ({unit}). {_describe(channels, texts)}")


def _check_channels(maps: Tensor | ArrayLike) -> np.ndarray:
    array = as_array(maps)
    if array.ndim != 3 or len(array) == 0:
        advice = "; choose one picture of the batch: outputs[0]" if array.ndim == 4 else ""
        raise ValueError(f"need the maps of one picture, shape (K, h, w), got {array.shape}{advice}")
    return np.stack([check_map(channel) for channel in array])


def _describe(channels: np.ndarray, names: Sequence[str]) -> str:
    empty = int((np.abs(channels).max(axis=(1, 2)) == 0).sum())
    strongest = int(channels.max(axis=(1, 2)).argmax())
    return f"The highest value is in map {names[strongest]}; {empty} of {len(channels)} are zero everywhere."
