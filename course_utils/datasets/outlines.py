"""Ten outlines as signed distances: negative inside, positive outside, zero on the edge.

Every function takes coordinates ``x`` (to the right) and ``y`` (down) of one shape, in units of its radius, and
returns how far each point is from the edge in the same unit: exactly, or nearly so close to the edge, which is
what a smooth edge needs. All outlines are symmetric left to right (the moon comes in both kinds), so a mirrored
picture keeps its class; all have nearly the same area (1.9 to 2.1), so area does not give the class away; and all
stay within 1.2 of the middle to the left, to the right, above and below when tilted by up to 23 degrees.

Source: Inigo Quilez, "2D distance functions" (iquilezles.org/articles/distfunctions2d), for star and heart.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["OUTLINES"]

Array = np.ndarray


def circle(x: Array, y: Array) -> Array:
    """A full disc."""
    return np.sqrt(x * x + y * y) - 0.80


def ring(x: Array, y: Array) -> Array:
    """A disc with a hole of half its width."""
    return np.abs(np.sqrt(x * x + y * y) - 0.71) - 0.23


def square(x: Array, y: Array) -> Array:
    """Four equal sides."""
    return np.maximum(np.abs(x), np.abs(y)) - 0.72


def triangle(x: Array, y: Array) -> Array:
    """Three equal sides, one corner on top."""
    return np.maximum(y, np.abs(x) * math.sqrt(3) / 2 - y * 0.5) - 0.60


def cross(x: Array, y: Array) -> Array:
    """A plus sign."""
    x, y = np.abs(x), np.abs(y)
    return np.maximum(np.maximum(x, y) - 0.95, np.minimum(x, y) - 0.33)


def star(x: Array, y: Array) -> Array:
    """Five points, one of them on top: the plane is folded along two mirrors until one edge is left."""
    fold_x, fold_y = (1 + math.sqrt(5)) / 4, math.sqrt(10 - 2 * math.sqrt(5)) / 4  # cosine and sine of 36 degrees
    x, y = np.abs(x), -y
    for side in (fold_x, -fold_x):
        beyond = 2 * np.maximum(side * x - fold_y * y, 0)
        x, y = x - beyond * side, y + beyond * fold_y
    x, y = np.abs(x), y - 1.15
    edge_x, edge_y = 0.5 * fold_y, 0.5 * fold_x - 1
    along = np.clip((x * edge_x + y * edge_y) / (edge_x**2 + edge_y**2), 0, 1.15)
    away = np.sqrt((x - edge_x * along) ** 2 + (y - edge_y * along) ** 2)
    return away * np.sign(y * edge_x - x * edge_y)


def heart(x: Array, y: Array) -> Array:
    """Two round lobes on top of one corner."""
    scale = 1.50
    x, y = np.abs(x) / scale, 0.57 - y / scale
    lobe = np.sqrt((x - 0.25) ** 2 + (y - 0.75) ** 2) - math.sqrt(2) / 4
    diagonal = 0.5 * np.maximum(x + y, 0)
    tip = np.sqrt(np.minimum(x * x + (y - 1) ** 2, (x - diagonal) ** 2 + (y - diagonal) ** 2)) * np.sign(x - y)
    return np.where(x + y > 1, lobe, tip) * scale


def moon(x: Array, y: Array) -> Array:
    """A disc out of which a second disc is cut on the right."""
    return np.maximum(np.sqrt(x * x + y * y) - 1.0, 0.68 - np.sqrt((x - 0.56) ** 2 + y * y))


def arrow(x: Array, y: Array) -> Array:
    """A broad head that points up, on a stem."""
    x = np.abs(x)
    head = np.maximum((x - y - 1.08) * math.sqrt(0.5), y)
    stem = np.maximum(x - 0.38, np.abs(y - 0.45) - 0.52)
    return np.minimum(head, stem)


def hourglass(x: Array, y: Array) -> Array:
    """Two triangles that meet at a narrow waist."""
    x, y = np.abs(x), np.abs(y)
    return np.maximum(y - 0.92, (x - 0.80 * y - 0.18) / math.sqrt(1 + 0.80**2))


OUTLINES = {
    outline.__name__: outline
    for outline in (circle, ring, square, triangle, cross, star, heart, moon, arrow, hourglass)
}
