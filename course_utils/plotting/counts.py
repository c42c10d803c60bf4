"""Numbers as bars and as a table of counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from course_utils.plotting.checks import as_array, check_names
from course_utils.plotting.fonts import readable
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import COLORS, INK, add_color_bar, drawing

__all__ = ["bars", "confusion_matrix"]


def bars(heights: Mapping[str, float], *, title: str, unit: str) -> Picture:
    """Draw one lying bar per name, with its number at its end.

    Args:
        heights: name → value, drawn in this order from the top; negative values point left.
        title: above the bars.
        unit: what the numbers are, written below.

    Returns:
        Figure and caption: all numbers.

    Raises:
        ValueError: no bar, or a value that is not finite.
    """
    values = as_array(list(heights.values())).astype(np.float64)
    if not len(values) or not np.isfinite(values).all():
        raise ValueError(f"need at least one bar and finite values, got {dict(heights)}")
    names = readable(list(heights))
    with drawing(5.6, 0.9 + 0.27 * len(values)) as figure:
        axes = figure.subplots()
        drawn = axes.barh(names, values, color=COLORS[0], height=0.72)
        axes.bar_label(drawn, [f"{value:.3g}" for value in values], padding=3, size=9)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.spines.left.set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.set(xlabel=unit, title=title)
    told = ", ".join(f"{name} {value:.3g}" for name, value in zip(heights, values, strict=True))
    return Picture(figure, f"{title} ({unit}): {told}.")


def confusion_matrix(matrix: Tensor | ArrayLike, class_names: Sequence[str]) -> Picture:
    """Draw how often each true class (row) was taken for each class (column).

    The colour is the share of the row, so that rare classes can be read as well; the numbers are pictures.

    Args:
        matrix: (C, C) counts; row = true class, column = predicted class.
        class_names: C names.

    Returns:
        Figure and caption: accuracy and the most frequent confusion.

    Raises:
        ValueError: not a square table of counts with one name per class.
    """
    counts = _check_counts(matrix)
    texts = check_names(class_names, len(counts), "class name")
    names = readable(texts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.2 + 0.42 * len(counts)
    with drawing(side + 1.4, side) as figure:
        axes = figure.subplots()
        drawn = axes.imshow(shares, vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(counts):
            ink = "black" if shares[row, column] > 0.5 else "white"
            axes.text(column, row, f"{count}", ha="center", va="center", size=9, color=ink)
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(names)), names)
        axes.set(xlabel="predicted class", ylabel="true class", title="Who is taken for whom (pictures)")
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        add_color_bar(drawn, "share of the true class")
    return Picture(figure, f"Confusion matrix: {_describe_counts(counts, texts)}")


def _check_counts(matrix: Tensor | ArrayLike) -> np.ndarray:
    array = as_array(matrix)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not array.size:
        raise ValueError(f"need a table (C, C), row = true class, column = predicted class, got {array.shape}")
    if not np.isfinite(array).all() or (array < 0).any() or (array != np.round(array)).any() or not array.any():
        raise ValueError("need counts: whole numbers from 0 on, at least one above 0; got shares or nothing counted")
    return array.astype(np.int64)


def _describe_counts(counts: np.ndarray, names: Sequence[str]) -> str:
    total, right = int(counts.sum()), int(np.trace(counts))
    told = f"{right} of {total} pictures are right ({right / total:.1%})"
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return f"{told}; no class is taken for another."
    row, column = (int(place) for place in np.unravel_index(wrong.argmax(), wrong.shape))
    share = wrong[row, column] / counts[row].sum()
    confused = f"{names[row]} taken for {names[column]}, {wrong[row, column]} times ({share:.0%} of this class)"
    return f"{told}; most frequent confusion: {confused}."
