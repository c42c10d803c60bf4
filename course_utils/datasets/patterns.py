"""Five soft patterns for the grounds of `shapes10`.

Every function takes coordinates ``x`` and ``y`` in units of the pattern's period and returns numbers from 0 to 1.
They are built on a folded line smoothed by a polynomial, which looks like a sine and, unlike it, has the same
last bit on every machine.
"""

from __future__ import annotations

import numpy as np

__all__ = ["PATTERNS"]

Array = np.ndarray


def stripes(x: Array, y: Array) -> Array:
    """Parallel bands."""
    return _wave(x)


def checks(x: Array, y: Array) -> Array:
    """A soft chessboard."""
    across, down = _wave(x), _wave(y)
    return across + down - 2 * across * down


def dots(x: Array, y: Array) -> Array:
    """Round spots in rows."""
    return _wave(x) * _wave(y)


def ripples(x: Array, y: Array) -> Array:
    """Rings around a point, as on water."""
    return _wave(np.sqrt(x * x + y * y))


def zigzag(x: Array, y: Array) -> Array:
    """Bands that turn left and right."""
    return _wave(x + np.abs(y / 2 - np.rint(y / 2)))


PATTERNS = (stripes, checks, dots, ripples, zigzag)


def _wave(phase: Array) -> Array:
    """Return a wave from 0 to 1 and back, once per unit of ``phase``."""
    fold = np.abs(phase - np.rint(phase)) * 2
    return fold * fold * (3 - 2 * fold)
