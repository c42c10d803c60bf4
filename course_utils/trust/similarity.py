"""How alike two maps are, picture by picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from scipy.stats import spearmanr
from skimage.metrics import structural_similarity as similarity_of_arrays
from torch import Tensor

from course_utils.attribution import Attribution
from course_utils.trust.checks import as_maps

__all__ = ["rank_correlation", "structural_similarity"]

WINDOW = 7  # pixels; scikit-image's default


def rank_correlation(first: Attribution | Tensor, second: Attribution | Tensor) -> Tensor:
    """Return Spearman's correlation of each pair of maps: do they put the pixels in the same order?

    ``scipy.stats.spearmanr`` of the values as they are, signs included; for signed maps hand in ``maps.abs()`` too,
    as Adebayo et al. (2018) do, because a gradient that changes its sign everywhere still points at the same place.

    Args:
        first, second: (N, H, W) each.

    Returns:
        (N,) float64 in [-1, 1]. A flat map (one single value, such as a zero map) puts no pixel before another:
        0, or 1 if both are flat, because then nothing has changed.

    Raises:
        TypeError, ValueError: no maps, NaN, or two different shapes.
    """
    return _each(first, second, _spearman)


def structural_similarity(first: Attribution | Tensor, second: Attribution | Tensor) -> Tensor:
    """Return how alike each pair of maps looks: 1 for equal maps, about 0 for unrelated ones.

    Wang et al. (2004), SSIM, by ``skimage.metrics.structural_similarity`` with a window of 7 pixels (smaller maps:
    the largest odd size that fits). What is compared is the maps' absolute values, each map divided by its peak,
    as Adebayo et al. (2018) do; so the strength of a map, and its signs, do not count.

    Args:
        first, second: (N, H, W) each, at least 3x3.

    Returns:
        (N,) float64 in [-1, 1]. Two zero maps are equal, so 1.

    Raises:
        TypeError, ValueError: no maps, NaN, two different shapes, or smaller than 3x3.
    """
    return _each(first, second, _ssim)


def _each(
    first: Attribution | Tensor, second: Attribution | Tensor, compare: Callable[[np.ndarray, np.ndarray], float]
) -> Tensor:
    one, other = as_maps(first), as_maps(second)
    if one.shape != other.shape:
        raise ValueError(f"need two lots of maps of one shape, got {tuple(one.shape)} and {tuple(other.shape)}")
    pairs = zip(one.double().cpu().numpy(), other.double().cpu().numpy(), strict=True)
    return torch.tensor([compare(a, b) for a, b in pairs], dtype=torch.float64, device="cpu")


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    flat = [np.ptp(one) == 0, np.ptp(other) == 0]
    if any(flat):
        return float(all(flat))
    return float(spearmanr(one, other, axis=None).statistic)


def _ssim(one: np.ndarray, other: np.ndarray) -> float:
    side = min(one.shape)
    if side < 3:
        raise ValueError(f"need maps of at least 3x3 to compare their structure, got {one.shape}; enlarge them first")
    window = min(WINDOW, side - 1 + side % 2)
    return float(similarity_of_arrays(_to_peak(one), _to_peak(other), win_size=window, data_range=1.0))


def _to_peak(heat: np.ndarray) -> np.ndarray:
    heat = np.abs(heat)
    return heat / (heat.max() or 1.0)
