"""chest_xray_phantom: drawn chest X-rays, normal or with an opacity whose mask is known."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from numbers import Integral

import numpy as np
import torch
from torch import Tensor

from course_utils.datasets import film, opacity, thorax
from course_utils.datasets.labeled import LabeledImages

__all__ = ["XRAY_CLASSES", "chest_xray_phantom", "tag_area"]

XRAY_CLASSES = ("normal", "pneumonia")
_CHANCES = ("class", "tag", *film.CHANCES, *thorax.CHANCES, *opacity.CHANCES)
_CORNERS = {"top left": (0, 0), "top right": (0, 1), "bottom left": (1, 0), "bottom right": (1, 1)}
_TAG = np.array(
    [[1, 1, 1, 1, 1, 1, 1, 1]]
    + [[1, 1, 0, 0, 0, 0, 1, 1]]
    + [[1, 1, 0, 1, 1, 0, 1, 1]]
    + [[1, 1, 0, 0, 0, 0, 1, 1]]
    + [[1, 1, 0, 1, 1, 1, 1, 1]] * 3
    + [[1, 1, 1, 1, 1, 1, 1, 1]],
    np.uint8,
)  # a lead plate with the letter P, for "portable"
_BATCH = 16  # pictures drawn at once: their arrays fit into a processor's cache
_LEAST = 32  # pixels

Array = np.ndarray


def chest_xray_phantom(
    count: int = 2000,
    seed: int = 0,
    size: int = 64,
    tagged: Sequence[float] = (0.0, 0.0),
    tag_corner: str = "top left",
) -> LabeledImages:
    """Draw ``count`` frontal chest X-rays; half are normal, half show a soft opacity in one lung.

    Body, heart, ribs, diaphragm, exposure, grain and pose differ from picture to picture; breast shadows, stomach
    gas, a calcified dot, an ECG wire and black borders distract. Each pair of pictures holds both classes. One seed
    gives the same pictures on every machine, a larger count begins with the pictures of a smaller one, and another
    size shows the same chests (only the film's grain differs).

    These are drawings: whoever tells them apart has learned nothing about patients.

    Args:
        count: number of pictures, at least 1.
        seed: 0, 1, 2, ...; another seed, other chests.
        size: height and width in pixels, at least 32: 64 for the small network, 256 for the article's.
        tagged: the probability that a normal picture, and that a picture with pneumonia, carries a hospital's lead
            tag: a white plate with a P, an eighth of the picture high and wide. (0, 1) is a perfect shortcut.
        tag_corner: "top left", "top right", "bottom left" or "bottom right".

    Returns:
        Grey pictures (N, 3, size, size), their three channels equal, with values k / 255; labels 0 normal and
        1 pneumonia; masks that are True where the opacity has at least a quarter of its strength, False everywhere
        for normal pictures.

    Raises:
        ValueError: count, seed, size or tagged is out of range, or there is no such corner.
    """
    _check_range(count, seed, size, tagged)
    count, seed, size = int(count), int(seed), int(size)  # NumPy's small integers overflow
    corner = _tag_place(size, tag_corner)
    chances = _roll(count, seed)
    labels = (np.argsort(chances["class"].reshape(-1, 2), axis=1).reshape(-1))[:count]
    images, masks = _draw_in_batches(chances, labels, seed, size)
    _tag(images, masks, chances["tag"][:count] < np.array(tagged, np.float32)[labels], corner)
    pictures = torch.from_numpy(images).float().div_(255)[:, None].repeat(1, 3, 1, 1)
    return LabeledImages(pictures, torch.from_numpy(labels), torch.from_numpy(masks), XRAY_CLASSES)


def tag_area(size: int = 64, tag_corner: str = "top left", margin: int = 2) -> Tensor:
    """Return where the tag of ``chest_xray_phantom(tagged=...)`` lies, ``margin`` pixels around it included.

    Returns:
        bool (size, size); with 64 pixels and a margin of 2, 144 pixels are True, 3.5 % of the picture.

    Raises:
        ValueError: there is no such corner, the size is below 32, or the margin is negative.
    """
    if margin < 0:
        raise ValueError(f"need a margin of 0 pixels or more, got {margin}")
    if size < _LEAST:
        raise ValueError(f"need a whole number size >= {_LEAST}, got {size!r}")
    area = torch.zeros(size, size, dtype=torch.bool)
    rows, columns = _tag_place(size, tag_corner)
    area[max(rows.start - margin, 0) : rows.stop + margin, max(columns.start - margin, 0) : columns.stop + margin] = (
        True
    )
    return area


def _check_range(count: int, seed: int, size: int, tagged: Sequence[float]) -> None:
    for name, number, least in (("count", count, 1), ("seed", seed, 0), ("size", size, _LEAST)):
        if not isinstance(number, Integral) or number < least:
            raise ValueError(f"need a whole number {name} >= {least}, got {number!r}")
    if np.shape(tagged) != (2,) or not all(0 <= share <= 1 for share in tagged):
        raise ValueError(f"need tagged as two probabilities, for normal and for pneumonia, got {tagged!r}")


def _tag_place(size: int, corner: str) -> tuple[slice, slice]:
    if corner not in _CORNERS:
        raise ValueError(f"need tag_corner to be one of {list(_CORNERS)}, got {corner!r}")
    side, edge = size // 8, size // 32
    first = (edge, size - edge - side)
    row, column = (first[index] for index in _CORNERS[corner])
    return slice(row, row + side), slice(column, column + side)


def _roll(count: int, seed: int) -> dict[str, Array]:
    """Return uniform random numbers in [0, 1) by name; one row of the table is one picture."""
    pairs = -(-count // 2) * 2
    table = np.random.Generator(np.random.PCG64(seed)).random((pairs, len(_CHANCES)), dtype=np.float32)
    return dict(zip(_CHANCES, table.T, strict=True))


def _draw_in_batches(chances: dict[str, Array], labels: Array, seed: int, size: int) -> tuple[Array, Array]:
    images = np.empty((len(labels), size, size), np.uint8)
    masks = np.empty((len(labels), size, size), bool)

    def draw_batch(first: int) -> None:
        part = slice(first, min(first + _BATCH, len(labels)))
        chosen = {name: np.ascontiguousarray(values[part]) for name, values in chances.items()}
        images[part], masks[part] = _draw(chosen, labels[part], (seed, 1 + first), size)

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # NumPy works outside the interpreter lock
        list(pool.map(draw_batch, range(0, len(labels), _BATCH)))
    return images, masks


def _draw(chances: dict[str, Array], labels: Array, seeds: tuple[int, int], size: int) -> tuple[Array, Array]:
    body = thorax.chest(chances, size)
    added, masks = opacity.opacity(body, chances)
    ill = (labels == 1)[:, None, None]
    dice = np.random.Generator(np.random.PCG64(seeds)).random((len(labels), 2, size, size), dtype=np.float32)
    grey = film.expose(body.density + added * ill, chances, dice[:, 0] + dice[:, 1] - 1)
    return np.rint(grey * 255).astype(np.uint8), masks & ill


def _tag(images: Array, masks: Array, chosen: Array, corner: tuple[slice, slice]) -> None:
    rows, columns = corner
    side = rows.stop - rows.start
    cells = np.arange(side) * len(_TAG) // side
    images[chosen, rows, columns] = 40 + 210 * _TAG[cells][:, cells]
    masks[chosen, rows, columns] = False
