"""Maps of many pictures: one sheet, one scale, one colour bar."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.plotting.blending import blend, enlarge
from course_utils.plotting.captions import describe_heat
from course_utils.plotting.checks import as_array, check_heat, check_images, check_names
from course_utils.plotting.fonts import readable
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import COLOR_MAP, shared_scale
from course_utils.plotting.tiles import SCALE, columns_for, open_sheet, tile_around, tile_side

__all__ = ["gallery", "overlay_grid"]


def gallery(
    images: Tensor | ArrayLike,
    maps: Mapping[str, Tensor | ArrayLike],
    *,
    titles: Sequence[str] | None = None,
    title: str = "Maps on one scale",
    unit: str = "logits",
) -> Picture:
    """Draw a row for each picture: the picture, then one raw map per column, all maps on ONE scale.

    Args:
        images: (N, 3, H, W) in [0, 1].
        maps: column name → maps (N, h, w) >= 0; sizes may differ from column to column.
        titles: one name per row.
        title: above all.
        unit: what the maps' numbers are, the same for all of them.

    Returns:
        Figure and caption: each column's highest value, and how many maps are zero everywhere.

    Raises:
        ValueError: not pictures in [0, 1], not maps of heat, or other numbers of them.
    """
    pictures = check_images(images)
    if not maps:
        raise ValueError("need at least one column of maps, got an empty mapping; for pictures alone use image_grid")
    columns = {name: _check_heats(values, len(pictures)) for name, values in maps.items()}
    names = check_names(titles, len(pictures), "title") if titles is not None else []
    limits = shared_scale(np.concatenate([heat.ravel() for heats in columns.values() for heat in heats]))
    heads, rows = readable(["picture", *columns]), readable(names)
    tile = tile_around(pictures, tile_side(len(heads), largest=1.3, reserved=SCALE + 1.5))
    with open_sheet(
        len(pictures), len(heads), tile=tile, title=title, column_names=heads, row_names=rows, scale=SCALE
    ) as sheet:
        for column, head in enumerate(heads):
            sheet.name_column(column, head)
        for row, name in enumerate(rows):
            sheet.name_row(row, name)
        for row, picture in enumerate(pictures):
            sheet.place(picture, row, 0)
            for column, heats in enumerate(columns.values(), start=1):
                sheet.place(heats[row], row, column).set_norm(limits)
        sheet.add_scale(ScalarMappable(limits, COLOR_MAP), unit)
    told = "; ".join(f"{name} up to {max(heat.max() for heat in heats):.3g}" for name, heats in columns.items())
    return Picture(sheet.figure, f"{title} ({unit}), {len(pictures)} pictures: {told}.{_count_empty(columns)}")


def overlay_grid(
    images: Tensor | ArrayLike,
    heats: Tensor | ArrayLike,
    titles: Sequence[str] | None = None,
    *,
    title: str = "Pictures, and where the heat lies",
    unit: str = "heat",
    columns: int = 8,
) -> Picture:
    """Draw each picture above itself with its heat over it, all heat on ONE scale.

    Args:
        images: (N, 3, H, W) in [0, 1].
        heats: (N, h, w), 0 or more.
        titles: one text per picture.
        title: above all.
        unit: what the maps' numbers are, written at the colour bar.
        columns: how many pictures in a row at most.

    Returns:
        Figure and caption: one line for each picture, on where its heat lies.

    Raises:
        ValueError: not pictures in [0, 1], not maps of heat, or other numbers of them.
    """
    pictures = check_images(images)
    maps = _check_heats(heats, len(pictures))
    names = check_names(titles, len(pictures), "title") if titles is not None else [""] * len(pictures)
    limits = shared_scale(np.concatenate([heat.ravel() for heat in maps]))
    columns = columns_for(len(pictures), columns)
    wide, high = tile_around(pictures, tile_side(columns, largest=1.6, reserved=SCALE))
    texts = readable(names)
    with open_sheet(
        math.ceil(len(pictures) / columns),
        columns,
        tile=(wide, 2.05 * high),
        title=title,
        tile_titles=texts,
        scale=SCALE,
    ) as sheet:
        for index, (picture, heat) in enumerate(zip(pictures, maps, strict=True)):
            mixed = blend(picture.transpose(2, 0, 1), heat, highest=limits.vmax)
            sheet.place(_stack(picture, mixed), index // columns, index % columns, texts[index])
        sheet.add_scale(ScalarMappable(limits, COLOR_MAP), unit)
    told = (_tell(*row) for row in zip(range(len(names)), names, maps, pictures, strict=True))
    return Picture(sheet.figure, "\n".join([f"{title}:", *told]))


def _tell(index: int, name: str, heat: np.ndarray, picture: np.ndarray) -> str:
    return f"{index} {' '.join(name.split())}: {describe_heat(enlarge(heat, picture.shape[:2]))}"


def _check_heats(maps: Tensor | ArrayLike, count: int) -> list[np.ndarray]:
    array = as_array(maps)
    if array.ndim != 3 or len(array) != count:
        raise ValueError(f"need one map for each of the {count} pictures, shape ({count}, h, w), got {array.shape}")
    return [check_heat(heat) for heat in array]


def _stack(picture: np.ndarray, mixed: np.ndarray) -> np.ndarray:
    """Return two pictures above each other with a white strip of a twentieth between them."""
    strip = np.ones((max(round(len(picture) / 20), 1), *picture.shape[1:]), picture.dtype)
    return np.concatenate([picture, strip, mixed])


def _count_empty(columns: Mapping[str, Sequence[np.ndarray]]) -> str:
    empty = {name: sum(not heat.any() for heat in heats) for name, heats in columns.items()}
    told = ", ".join(f"{number} of {name}" for name, number in empty.items() if number)
    return f" Zero everywhere: {told}." if told else ""
