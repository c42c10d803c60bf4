"""Pictures as they are: a sheet of them, and a network's confident mistakes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.plotting.captions import describe_range
from course_utils.plotting.checks import as_array, check_images, check_mask, check_names
from course_utils.plotting.fonts import readable
from course_utils.plotting.picture import Picture
from course_utils.plotting.tiles import columns_for, open_sheet, tile_around, tile_side

__all__ = ["image_grid", "mistakes"]


def image_grid(
    images: Tensor | ArrayLike,
    titles: Sequence[str] | None = None,
    *,
    masks: Tensor | ArrayLike | None = None,
    title: str = "Pictures",
    columns: int = 8,
) -> Picture:
    """Draw pictures side by side, each under its title.

    Args:
        images: (N, 3, H, W) in [0, 1]; (N, 1, H, W) are shown grey.
        titles: one text per picture, for example its class name.
        masks: (N, H, W), True on the object, which gets an outline.
        title: above all pictures.
        columns: how many pictures in a row at most.

    Returns:
        Figure and caption: how many pictures, their size and brightness, and their titles.

    Raises:
        ValueError: not pictures in [0, 1], or another number of titles or masks than pictures.
    """
    pictures = check_images(images)
    names = check_names(titles, len(pictures), "title") if titles is not None else [""] * len(pictures)
    outlines = _check_masks(masks, pictures)
    columns = columns_for(len(pictures), columns)
    rows = -(-len(pictures) // columns)
    drawn_names = readable(names)
    tile = tile_around(pictures, tile_side(columns))
    with open_sheet(rows, columns, tile=tile, title=title, tile_titles=drawn_names) as sheet:
        for index, (picture, name) in enumerate(zip(pictures, drawn_names, strict=True)):
            drawn = sheet.place(picture, index // columns, index % columns, name)
            if outlines:
                sheet.outline(outlines[index], drawn)
    return Picture(sheet.figure, _describe(pictures, names, title) + _describe_masks(outlines))


def mistakes(
    images: Tensor | ArrayLike,
    labels: Tensor | ArrayLike,
    predictions: Tensor | ArrayLike,
    probabilities: Tensor | ArrayLike,
    class_names: Sequence[str],
    *,
    count: int = 8,
) -> Picture:
    """Draw the pictures that the network got wrong with the greatest confidence.

    Args:
        images: (N, 3, H, W) in [0, 1].
        labels, predictions: (N,) integers, the true and the predicted class.
        probabilities: (N, C), or (N,) for those of the predicted classes.
        class_names: C names.
        count: how many mistakes to show at most.

    Returns:
        Figure and caption: how many are wrong, and which picture was taken for what with which probability. Without
        a mistake the figure shows the right answers that are least certain, and the caption says so.

    Raises:
        ValueError: not pictures in [0, 1], or lengths that differ.
    """
    truth, guess = as_array(labels).astype(int), as_array(predictions).astype(int)
    sure = as_array(probabilities)
    _check_lengths(len(as_array(images)), truth, guess, sure)
    sure = sure[np.arange(len(guess)), guess] if sure.ndim == 2 else sure
    wrong = np.flatnonzero(truth != guess)
    shown = wrong[np.argsort(-sure[wrong], kind="stable")] if len(wrong) else np.argsort(sure, kind="stable")
    shown = shown[:count]
    names = [class_names[index] for index in range(len(class_names))]
    titles = [f"{names[guess[i]]} {sure[i]:.0%}\ntrue: {names[truth[i]]}" for i in shown]
    title = "Most confident mistakes" if len(wrong) else "No mistake; these were least certain"
    picture = image_grid(as_array(images)[shown], titles, title=title)
    told = "; ".join(f"picture {i}: {names[truth[i]]} taken for {names[guess[i]]} ({sure[i]:.0%})" for i in shown)
    start = f"{len(wrong)} of {len(guess)} pictures are wrong ({len(wrong) / len(guess):.1%})."
    return Picture(picture.figure, f"{start} {title}: {told}." if len(wrong) else f"{start} {title}.")


def _check_masks(masks: Tensor | ArrayLike | None, pictures: list[np.ndarray]) -> list[np.ndarray]:
    if masks is None:
        return []
    array = as_array(masks)
    if len(array) != len(pictures):
        raise ValueError(f"need one mask for each of the {len(pictures)} pictures, got {len(array)}")
    return [check_mask(mask, picture.shape[:2]) for mask, picture in zip(array, pictures, strict=True)]


def _check_lengths(count: int, truth: np.ndarray, guess: np.ndarray, sure: np.ndarray) -> None:
    if not count == len(truth) == len(guess) == len(sure):
        raise ValueError(
            f"need one label, prediction and probability for each of the {count} pictures, "
            f"got {len(truth)}, {len(guess)} and {len(sure)}"
        )


def _describe(pictures: list[np.ndarray], names: list[str], title: str) -> str:
    height, width = pictures[0].shape[:2]
    many = "1 picture" if len(pictures) == 1 else f"{len(pictures)} pictures"
    start = f"{title}: {many} of {height}x{width} pixels, values {describe_range(np.stack(pictures))}"
    told = [" ".join(name.split()) for name in names if name]
    return f"{start}: {', '.join(told)}." if told else f"{start}."


def _describe_masks(masks: list[np.ndarray]) -> str:
    if not masks:
        return ""
    shares = [mask.mean() for mask in masks]
    least, most = f"{min(shares):.0%}", f"{max(shares):.0%}"
    return f" The outlines enclose {least if least == most else f'{least} to {most}'} of each picture."
