"""Is the heat where the object is? Measured against masks that are known."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.attribution import Attribution
from course_utils.plain_numbers import is_number
from course_utils.trust.checks import as_heat, as_maps, as_masks

__all__ = ["heat_inside", "pointing_game"]


def heat_inside(heatmaps: Attribution | Tensor, masks: Tensor) -> Tensor:
    """Return which share of each map's heat lies on the object.

    The share is worth as much as its distance from chance: an even map has the object's share of the area.

    Args:
        heatmaps: (N, H, W), >= 0, of any unit (the share does not depend on it); or an `Attribution`, whose
            heatmaps are taken.
        masks: (N, H, W) bool, True on the object; or one (H, W) for all, such as ``mark_area()``.

    Returns:
        (N,) in [0, 1]. A map that is zero everywhere has no heat on the object: 0, never NaN, so that it pulls
        a mean down instead of falling out of it. (`Attribution.is_zero` counts such maps.) So has a mask
        without a pixel.

    Raises:
        TypeError: maps or masks are no tensors, or masks not bool.
        ValueError: shapes do not fit, or a map holds NaN, infinity or negative values.
    """
    heat = as_heat(heatmaps)
    masks = as_masks(masks, heat)
    peaks = heat.amax(dim=(1, 2), keepdim=True)
    heat = heat / peaks.where(peaks > 0, 1)  # sums of very large or very small values stay finite
    inside, total = (part.sum(dim=(1, 2), dtype=torch.float64) for part in (heat * masks, heat))
    return (inside / total.where(total > 0, 1)).clamp(max=1).to(heat.dtype)


def pointing_game(heatmaps: Attribution | Tensor, masks: Tensor, tolerance: float = 0) -> Tensor:
    """Return whether each map's peak hits the object.

    Zhang et al. (2016), arXiv:1608.00507, section 4.1: a hit if the peak lies on the object or at most
    ``tolerance`` pixels away, as the crow flies. They allow 15 pixels, in photographs of some hundred pixels; the
    default here is 0, because 15 pixels are half of a 32-pixel picture.

    Args:
        heatmaps: (N, H, W), any sign; or an `Attribution`, whose heatmaps are taken. Of several equal peaks
            the first in reading order counts.
        masks: (N, H, W) bool, or one (H, W) for all.
        tolerance: pixels, >= 0.

    Returns:
        (N,) bool. A map of one single value, such as a zero map, has no peak: a miss. So is every peak where
        the mask has no pixel. The paper's score is the share of hits of each class, averaged over classes.

    Raises:
        TypeError: maps or masks are no tensors, or masks not bool; tolerance is no number.
        ValueError: shapes do not fit, a map holds NaN, or tolerance is negative or not finite.
    """
    maps = as_maps(heatmaps)
    masks = as_masks(masks, maps)
    _check_tolerance(tolerance)
    height, width = maps.shape[1:]
    peaks = maps.flatten(1).argmax(dim=1)
    down = torch.arange(height, device=maps.device) - (peaks // width)[:, None]  # (N, H)
    right = torch.arange(width, device=maps.device) - (peaks % width)[:, None]  # (N, W)
    near = (down[:, :, None] ** 2 + right[:, None, :] ** 2).sqrt() <= float(tolerance)
    has_peak = maps.amax(dim=(1, 2)) > maps.amin(dim=(1, 2))
    return (near & masks).flatten(1).any(dim=1) & has_peak


def _check_tolerance(tolerance: float) -> None:
    if not is_number(tolerance):
        raise TypeError(f"tolerance must be a number of pixels, got {tolerance!r}")
    if not 0 <= tolerance < math.inf:
        raise ValueError(f"tolerance must be 0 pixels or more, got {tolerance}; Zhang et al. took 15")
