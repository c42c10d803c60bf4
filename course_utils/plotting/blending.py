"""Lay heat over a picture: numbers in, numbers out; the drawing is elsewhere."""

from __future__ import annotations

import matplotlib
import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional as F

from course_utils.plotting.checks import check_heat, check_image
from course_utils.plotting.style import COLOR_MAP

__all__ = ["OPACITY", "blend", "enlarge"]

OPACITY = 0.65  # of the colour where the heat is 1; where it is 0 the picture is untouched


def blend(image: Tensor | ArrayLike, heatmap: Tensor | ArrayLike, highest: float | None = None) -> np.ndarray:
    """Return the picture with its heatmap over it, (H, W, 3) floats in [0, 1].

    Each pixel becomes ``(1 - a) * picture + a * viridis(heat)`` with ``a = 0.65 * heat``. So the picture keeps its
    own brightness where there is no heat, whereas one opacity for all pixels darkens what the network ignored.

    Args:
        image: (3, H, W) in [0, 1].
        heatmap: (h, w), 0 or more. A smaller map is enlarged to H x W (bilinear).
        highest: the value that counts as heat 1, for maps that are compared; by default the map's own maximum.

    Raises:
        ValueError: not a picture in [0, 1], or not a map of heat.
    """
    picture = check_image(image)
    heat = enlarge(check_heat(heatmap), picture.shape[:2])
    heat = np.clip(heat / (highest or heat.max() or 1.0), 0, 1)
    opacity = OPACITY * heat[..., None]
    return (1 - opacity) * picture + opacity * matplotlib.colormaps[COLOR_MAP](heat)[..., :3]


def enlarge(heat: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a map (h, w) at another size, bilinear (it never exceeds the map's own range, bicubic does)."""
    if heat.shape == size:
        return heat
    maps = torch.from_numpy(np.ascontiguousarray(heat))[None, None]
    return F.interpolate(maps, size=size, mode="bilinear", align_corners=False)[0, 0].numpy()
