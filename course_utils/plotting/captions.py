"""What a caption says about a map: where it peaks, how much of it lies where. Arithmetic only."""

from __future__ import annotations

import numpy as np

__all__ = ["describe_heat", "describe_range", "peak", "share_in_peak_quarter", "share_inside"]

TIE = 1e-5  # of the largest value


def peak(heat: np.ndarray) -> tuple[int, int]:
    """Return row and column of the largest value, counted from 0; the first in reading order where several tie.

    Values that differ in the sixth digit tie: an enlarged map is level along the edge of the picture, up to rounding.
    """
    largest = float(heat.max())
    row, column = np.unravel_index(int((heat >= largest - TIE * abs(largest)).argmax()), heat.shape)
    return int(row), int(column)


def share_inside(heat: np.ndarray, mask: np.ndarray) -> float:
    """Return the share of the heat on the mask, 0 to 1; ``heat`` must not be zero everywhere."""
    return float(heat[mask].sum() / heat.sum())


def share_in_peak_quarter(heat: np.ndarray) -> tuple[float, str]:
    """Return the share of the heat in the quarter of the picture that holds the peak, and that quarter's name."""
    row, column = peak(heat)
    height, width = heat.shape
    upper, left = 2 * row < height, 2 * column < width
    rows = 2 * np.arange(height) < height
    columns = 2 * np.arange(width) < width
    quarter = (rows == upper)[:, None] & (columns == left)[None, :]
    return share_inside(heat, quarter), f"{'upper' if upper else 'lower'} {'left' if left else 'right'}"


def describe_heat(heat: np.ndarray, mask: np.ndarray | None = None) -> str:
    """Return the sentence on a map of heat (h, w) that every caption uses."""
    if not heat.any():
        return "The map is zero everywhere: nothing in this layer speaks for this class."
    row, column = peak(heat)
    return f"Peak at row {row}, column {column} of {heat.shape[0]}x{heat.shape[1]}; {_describe_place(heat, mask)}."


def _describe_place(heat: np.ndarray, mask: np.ndarray | None) -> str:
    if mask is None:
        share, quarter = share_in_peak_quarter(heat)
        return f"{share:.0%} of the heat lies in the {quarter} quarter"
    return (
        f"{share_inside(heat, mask):.0%} of the heat lies on the object, which covers {mask.mean():.0%} of the picture"
    )


def describe_range(values: np.ndarray) -> str:
    """Return "0.12 to 0.98"."""
    return f"{_round(float(values.min()))} to {_round(float(values.max()))}"


def _round(value: float) -> str:
    return f"{value:.3g}"
