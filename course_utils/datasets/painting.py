"""How `shapes10` puts a picture together: a patterned ground, three small blobs, one shape on top.

Only additions, products, divisions, square roots and roundings are used: IEEE arithmetic gives their last bit
on every machine, which it does not for a sine. So a turn by an angle is written with t = tan(angle / 2):
cos = (1 - t²) / (1 + t²) and sin = 2t / (1 + t²).

Arrays of pictures have the shape (N, 3, 32, 32), arrays of one number per picture (N,). ``chances`` are
uniform random numbers in [0, 1), one array (N,) per name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from course_utils.datasets.outlines import OUTLINES
from course_utils.datasets.patterns import PATTERNS

__all__ = ["BLOBS", "CHANCES", "SIDE", "colours", "paint"]

Array = np.ndarray

SIDE = 32  # pixels
BLOBS = 3
_WINDOW = 8  # pixels; holds a whole blob
_CENTRES = np.arange(SIDE) + 0.5  # of the pixels, from the top left corner of the picture
_LUMINANCE = np.array([0.299, 0.587, 0.114])  # of red, green and blue, as in ITU-R BT.601

_GROUND = ("pattern", "period", "turn", "middle x", "middle y", "ground hue", "ground light", "contrast", "hue step")
_SHAPE = ("x", "y", "radius", "tilt", "mirror", "hue", "saturation")
_BLOB = ("x", "y", "radius", "hue", "light")
CHANCES = (*_GROUND, *_SHAPE, *(f"blob {index} {name}" for index in range(BLOBS) for name in _BLOB))


def paint(chances: Mapping[str, Array], labels: Array) -> tuple[Array, Array]:
    """Paint one picture per label.

    Returns:
        Pictures, uint8 (N, 3, 32, 32), and masks, bool (N, 32, 32): the pixels whose centre lies on the shape.
    """
    pictures = _ground(chances)
    for index in range(BLOBS):
        _add_blob(pictures, {name: chances[f"blob {index} {name}"] for name in _BLOB})
    distances = _add_shape(pictures, chances, labels)
    return np.rint(pictures * 255).astype(np.uint8), distances <= 0


def colours(hue: Array, saturation: Array, value: Array) -> Array:
    """Turn hue, saturation and value in [0, 1], each (N,), into red, green and blue (N, 3)."""
    steps = (np.array([5.0, 3.0, 1.0]) + 6 * hue[:, None]) % 6
    return value[:, None] * (1 - saturation[:, None] * np.clip(np.minimum(steps, 4 - steps), 0, 1))


def _ground(chances: Mapping[str, Array]) -> Array:
    tangent = _between(-1, 1, chances["turn"])  # -90 to 90 degrees
    middle_x, middle_y = _between(8, 24, chances["middle x"]), _between(8, 24, chances["middle y"])
    x, y = _turned(middle_x, middle_y, tangent)
    period = _per_picture(_between(5, 10, chances["period"]))
    kind = (chances["pattern"] * len(PATTERNS)).astype(int)
    amount = _by_kind(kind, PATTERNS, x / period, y / period)[:, None]
    light = _between(0.10, 0.30, chances["ground light"])
    hue, brighter = chances["ground hue"], light + _between(0.06, 0.16, chances["contrast"])
    first = colours(hue, np.full_like(hue, 0.75), light)[:, :, None, None]
    second = colours(hue + _between(-0.12, 0.12, chances["hue step"]), np.full_like(hue, 0.65), brighter)
    return first + (second[:, :, None, None] - first) * amount


def _add_blob(pictures: Array, chances: Mapping[str, Array]) -> None:
    x, y = SIDE * chances["x"], SIDE * chances["y"]
    radius = _per_picture(_between(1.2, 2.4, chances["radius"]))
    columns, rows = _window(x), _window(y)  # (N, 8): only these pixels can be touched
    across = _CENTRES[columns][:, None, :] - _per_picture(x)
    down = _CENTRES[rows][:, :, None] - _per_picture(y)
    cover = np.clip(0.5 + radius - np.sqrt(across * across + down * down), 0, 1)[:, None]
    colour = colours(chances["hue"], np.full_like(x, 0.6), _between(0.55, 0.95, chances["light"]))
    picture, channel = np.arange(len(x))[:, None, None, None], np.arange(3)[:, None, None]
    place = picture, channel, rows[:, None, :, None], columns[:, None, None, :]
    pictures[place] += (colour[:, :, None, None] - pictures[place]) * cover


def _add_shape(pictures: Array, chances: Mapping[str, Array], labels: Array) -> Array:
    """Draw the shapes and return each pixel's distance from the edge in pixels, (N, 32, 32)."""
    radius = _between(7, 9.5, chances["radius"])
    room = SIDE / 2 - 1.2 * radius  # so that the shape lies in the picture, whole
    x, y = (SIDE / 2 + room * _between(-1, 1, chances[name]) for name in ("x", "y"))
    x, y = _turned(x, y, _between(-0.2, 0.2, chances["tilt"])) / radius[:, None, None]  # up to 23 degrees
    x *= _per_picture(np.where(chances["mirror"] < 0.5, -1, 1))
    distances = _by_kind(labels, tuple(OUTLINES.values()), x, y) * radius[:, None, None]
    cover = np.clip(0.5 - distances, 0, 1)[:, None]
    light = (0.9 - 0.1 * np.clip(y, -1, 1)) * (1 - 0.25 * np.clip(1 + distances / 1.8, 0, 1))  # from above; dark rim
    full = _bright_colours(chances)[:, :, None, None] * light[:, None]
    pictures += (full - pictures) * cover
    return distances


def _bright_colours(chances: Mapping[str, Array]) -> Array:
    """Return (N, 3): any hue, with white mixed in until the luminance reaches 0.6."""
    colour = colours(chances["hue"], _between(0.4, 0.8, chances["saturation"]), np.ones_like(chances["hue"]))
    luminance = (colour * _LUMINANCE).sum(1, keepdims=True)
    white = np.clip((0.6 - luminance) / (1 - luminance), 0, 1)
    return colour + (1 - colour) * white


def _turned(x: Array, y: Array, tangent: Array) -> Array:
    """Return (2, N, 32, 32): each pixel's place to the right of and below (x, y), turned, in pixels."""
    tangent = _per_picture(tangent)
    length = 1 + tangent * tangent
    cosine, sine = (1 - tangent * tangent) / length, 2 * tangent / length
    across, down = _CENTRES[None, None, :] - _per_picture(x), _CENTRES[None, :, None] - _per_picture(y)
    return np.stack([cosine * across + sine * down, cosine * down - sine * across])


def _by_kind(kinds: Array, functions: Sequence[Callable[[Array, Array], Array]], x: Array, y: Array) -> Array:
    result = np.empty_like(x)
    for kind in np.unique(kinds):
        chosen = kinds == kind
        result[chosen] = functions[kind](x[chosen], y[chosen])
    return result


def _between(low: float, high: float, chance: Array) -> Array:
    return low + (high - low) * chance


def _per_picture(numbers: Array) -> Array:
    return numbers[:, None, None]


def _window(middle: Array) -> Array:
    first = np.clip(np.rint(middle).astype(int) - _WINDOW // 2, 0, SIDE - _WINDOW)
    return first[:, None] + np.arange(_WINDOW)
