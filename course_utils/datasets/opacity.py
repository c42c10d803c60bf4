"""Pneumonia as a drawn X-ray shows it: air spaces filled with fluid, a soft white patch inside one lung."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_utils.datasets.film import between, ramp
from course_utils.datasets.thorax import Chest

__all__ = ["CHANCES", "opacity"]

Array = np.ndarray
Chances = Mapping[str, Array]

PATCHES = 4
_PLACE = ("opacity side", "opacity height", "opacity depth", "opacity kind", "opacity light", "opacity size", "fissure")
_PATCH = ("across", "down", "radius")
CHANCES = (*_PLACE, *(f"patch {index} {name}" for index in range(PATCHES) for name in _PATCH))


def opacity(body: Chest, chances: Chances) -> tuple[Array, Array]:
    """Draw one opacity per chest: half of them lobar (large, with one straight edge), half patchy.

    Returns:
        The density that it adds, float32 (N, H, W), and its mask, bool (N, H, W): True where the patch has at least
        a quarter of its strength. Both are nothing outside the lungs.
    """
    side = np.where(chances["opacity side"] < 0.5, np.float32(-1), np.float32(1))[:, None, None]
    x, y = _centred(body, side, chances)
    lobar = (chances["opacity kind"] < 0.5)[:, None, None]
    field = np.where(lobar, _lobe(x, y, chances), _patches(x, y, chances)) + 0.10 * body.cloud
    strength = ramp(field - 0.5, 0.5) * body.lung * (body.across * side > 0)
    texture = 1 + 0.35 * body.cloud[:, ::-1]  # air that is left in the patch
    return between(0.18, 0.32, chances["opacity light"]) * strength * texture, strength >= 0.25


def _centred(body: Chest, side: Array, chances: Chances) -> tuple[Array, Array]:
    """Return each pixel's place beside the opacity's centre, which lies in the open part of one lung."""
    height = between(-0.42, 0.20, chances["opacity height"])
    above = (height - 0.35) / 1.16
    wall = 0.78 * np.sqrt(1 - above * above) - 0.18
    heart = 0.27 + 0.17 * ramp(side, 0.1) * ramp(height + 0.05, 0.3)  # the heart covers the left lung's middle
    centre = heart + (wall - heart) * chances["opacity depth"][:, None, None]
    return body.across - side * centre, body.down - height


def _lobe(x: Array, y: Array, chances: Chances) -> Array:
    """One large patch, cut off along the straight border between two lobes."""
    wide = between(0.31, 0.44, chances["opacity size"])
    far = x * x / (wide * wide) + y * y / (0.6 * wide * wide)
    slope = between(-0.5, 0.5, chances["fissure"])
    return 1 / (1 + far * far) * ramp(y - slope * x + 0.12, 0.06)


def _patches(x: Array, y: Array, chances: Chances) -> Array:
    field = np.zeros_like(x)
    for index in range(PATCHES):
        away = min(index, 1)  # the first patch lies at the centre
        dx = x - away * between(-0.17, 0.17, chances[f"patch {index} across"])
        dy = y - away * between(-0.20, 0.20, chances[f"patch {index} down"])
        radius = between(0.14, 0.21, chances[f"patch {index} radius"])
        far = (dx * dx + dy * dy) / (radius * radius)
        field += 1 / (1 + far * far)
    return np.minimum(field, 1)
