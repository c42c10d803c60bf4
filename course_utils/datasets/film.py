"""From density to grey: exposure, the film's curve, grain and borders; and the soft steps that all drawing uses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

__all__ = ["CHANCES", "between", "clouds", "expose", "ramp"]

Array = np.ndarray
Chances = Mapping[str, Array]

GRID = 10  # random numbers per side of the cloudy texture
CHANCES = ("light", "contrast", "curve", "noise", "border", *(f"cloud {index}" for index in range(GRID * GRID)))


def expose(density: Array, chances: Chances, grain: Array) -> Array:
    """Turn density into grey values from 0 to 1: exposure, contrast, the film's curve, grain and a black border.

    Args:
        density: (N, H, W), from `chest`.
        grain: (N, H, W), random numbers from -1 to 1.
    """
    light = between(-0.07, 0.07, chances["light"]) + between(0.85, 1.15, chances["contrast"]) * density
    grey = np.clip(0.04 + light, 0, 1)
    bend = between(0.70, 1.40, chances["curve"])
    grey = grey / (grey + bend * (1 - grey))  # a film's curve: 1 is straight, above 1 darker
    grey = grey + between(0.015, 0.05, chances["noise"]) * grain
    return np.clip(grey, 0, 1) * _border(grey.shape[-1], chances)


def between(low: float, high: float, chance: Array) -> Array:
    """Return (N, 1, 1) numbers from ``low`` to ``high``."""
    return (np.float32(low) + np.float32(high - low) * chance)[:, None, None]


def ramp(distance: Array, width: float) -> Array:
    """Return 0 outside, 1 inside, and a smooth step of ``width`` around distance 0."""
    step = np.clip(distance / width + 0.5, 0, 1)
    return step * step * (3 - 2 * step)


def clouds(chances: Chances, size: int) -> Array:
    """Return a cloudy texture (N, size, size) from -1 to 1: a coarse grid of random numbers, joined smoothly."""
    grid = np.stack([chances[f"cloud {index}"] for index in range(GRID * GRID)], 1).reshape(-1, GRID, GRID) * 2 - 1
    place = (np.arange(size, dtype=np.float32) + 0.5) / size * (GRID - 1)
    low = np.minimum(place.astype(int), GRID - 2)
    part = place - low.astype(np.float32)
    part = part * part * (3 - 2 * part)
    rows = grid[:, low] * (1 - part[:, None]) + grid[:, low + 1] * part[:, None]
    return rows[:, :, low] * (1 - part) + rows[:, :, low + 1] * part


def _border(size: int, chances: Chances) -> Array:
    """Black where the lead plates kept the rays away; one film in three."""
    edge = (np.arange(size, dtype=np.float32) + 0.5) / size
    inside = np.minimum(edge, 1 - edge)
    width = np.maximum(between(-0.08, 0.04, chances["border"]), 0)
    return ramp(np.minimum(inside[None, None, :], inside[None, :, None]) - width + 0.01, 0.02)
