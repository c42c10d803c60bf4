"""The anatomy of `chest_xray_phantom`: a chest as an X-ray film shows it, bone white and air black.

A place on the film is ``(across, down)``: 0, 0 is the middle, 1 is half a picture. ``across`` grows towards the
viewer's right, which is the patient's left: there the heart's tip lies. Only additions, products, divisions, square
roots and roundings are used, so that every machine draws the same picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from course_utils.datasets.film import between, clouds, ramp

__all__ = ["CHANCES", "Chest", "chest"]

Array = np.ndarray
Chances = Mapping[str, Array]

_POSE = ("turn", "zoom", "stretch", "shift across", "shift down")
_BODY = ("cage", "breath", "heart size", "heart place", "rib start", "rib step", "rib light", "clavicle", "hila", "fat")
_EXTRAS = ("breast", "breast place", "gas", "dot across", "dot down", "dot", "wire", "wire place", "wire bend")
CHANCES = (*_POSE, *_BODY, *_EXTRAS)


@dataclass(frozen=True)
class Chest:
    """A chest without illness, each field (N, H, W) float32.

    Attributes:
        density: how much of the rays the body holds back, from 0 (air) to about 1 (bone).
        lung: how much of a place is lung that no heart covers, from 0 to 1.
        across, down: the place in the body that each pixel shows.
        cloud: a soft texture from -1 to 1.
    """

    density: Array
    lung: Array
    across: Array
    down: Array
    cloud: Array


def chest(chances: Chances, size: int) -> Chest:
    """Draw one chest per row of ``chances``, on films of size x size pixels."""
    across, down = _place(chances, size)
    side, cloud = np.abs(across), clouds(chances, size)
    cage = _cage(side, down, chances)
    heart = _heart(across, down, chances)
    lung = ramp(cage - 0.05, 0.06) * ramp(side - _middle(down), 0.07) * ramp(_dome(across, chances) - down, 0.05)
    air = lung * (1 - heart)
    density = 0.60 * _body(side, down) * (1 + 0.10 * cloud) - 0.40 * air + 0.07 * heart * ramp(0.62 - down, 0.3)
    density += _spine(across, down) + _bones(side, down, cage, chances)
    density += _hila(side, down, chances) * (1 + 0.6 * cloud) + air * 0.05 * cloud * (1 + ramp(0.5 - side, 0.4))
    density += _extras(across, down, air, chances)
    return Chest(density, air, across, down, cloud)


def _place(chances: Chances, size: int) -> tuple[Array, Array]:
    """Return where in the body each pixel lies: the patient stands a little turned, shifted, nearer or farther."""
    centres = ((np.arange(size) + 0.5) / size * 2 - 1).astype(np.float32)
    x = centres[None, None, :] - between(-0.07, 0.07, chances["shift across"])
    y = centres[None, :, None] - between(-0.06, 0.06, chances["shift down"])
    tangent = between(-0.05, 0.05, chances["turn"])  # of half the angle: up to 5.7 degrees
    length = 1 + tangent * tangent
    cosine, sine = (1 - tangent * tangent) / length, 2 * tangent / length
    zoom = between(0.84, 1.0, chances["zoom"])
    across = (cosine * x + sine * y) * zoom * between(0.94, 1.08, chances["stretch"])
    return across, (cosine * y - sine * x) * zoom


def _body(side: Array, down: Array) -> Array:
    """Neck, shoulders and trunk."""
    half = 0.20 + 0.78 * ramp(down + 0.83, 0.42) - 0.06 * ramp(down + 0.1, 0.6)
    return ramp(half - side, 0.10)


def _cage(side: Array, down: Array, chances: Chances) -> Array:
    """Distance inside the rib cage, an egg."""
    wide = between(0.78, 0.86, chances["cage"])
    above = (down - 0.35) / 1.16
    return (1 - np.sqrt((side / wide) * (side / wide) + above * above)) * wide


def _middle(down: Array) -> Array:
    """Where the lung begins beside the mediastinum: wider at the heart."""
    return 0.13 + 0.05 * ramp(down + 0.1, 0.6)


def _dome(across: Array, chances: Chances) -> Array:
    """The diaphragm: a dome on each side, the patient's right one (viewer's left) higher because of the liver."""
    high = between(0.34, 0.50, chances["breath"]) + 0.06 * ramp(across, 0.2)
    bow = (np.abs(across) - 0.38) / 0.42
    return high + 0.26 * bow * bow


def _heart(across: Array, down: Array, chances: Chances) -> Array:
    size = between(0.85, 1.15, chances["heart size"])
    x, y = across - between(0.08, 0.16, chances["heart place"]), down - 0.24
    long, short = (0.87 * x + 0.5 * y) / (0.40 * size), (0.87 * y - 0.5 * x) / (0.27 * size)
    heart = ramp((1 - np.sqrt(long * long + short * short)) * 0.3, 0.05)
    knob_x, knob_y = across - 0.13, down + 0.30  # the arch of the aorta
    knob = ramp(0.10 - np.sqrt(knob_x * knob_x + knob_y * knob_y), 0.05)
    return np.maximum(heart, 0.7 * knob)


def _spine(across: Array, down: Array) -> Array:
    """Vertebrae in a row, and the windpipe as a dark stripe before them."""
    wave = _wave(down * 6.5)
    bone = ramp(0.11 - np.abs(across), 0.06) * (0.11 + 0.06 * wave) * ramp(0.9 - down, 0.4)
    return bone - 0.13 * ramp(0.045 - np.abs(across), 0.03) * ramp(-0.28 - down, 0.1)


def _bones(side: Array, down: Array, cage: Array, chances: Chances) -> Array:
    light = between(0.09, 0.17, chances["rib light"])
    start, step = between(0, 1, chances["rib start"]), between(0.17, 0.20, chances["rib step"])
    behind = (down - 0.40 * side * side + 0.16 * side) / step + start
    front = (down + 0.62 * side - 0.10 * side * side) / (1.12 * step) + 1.7 * start
    inside = ramp(cage + 0.02, 0.05) * ramp(0.72 - down, 0.2)
    ribs = _band(behind, 0.23) * ramp(side - 0.09, 0.05) + 0.55 * _band(front, 0.24) * ramp(side - 0.34, 0.12)
    wall = 0.35 * ramp(0.04 - np.abs(cage), 0.08) * ramp(0.5 - down, 0.3)
    return light * inside * (ribs + wall) + 0.20 * _clavicle(side, down, chances)


def _clavicle(side: Array, down: Array, chances: Chances) -> Array:
    line = -0.58 - between(0.20, 0.42, chances["clavicle"]) * side + 0.12 * (side - 0.3) * (side - 0.3)
    return ramp(0.035 - np.abs(down - line), 0.03) * ramp(side - 0.08, 0.04) * ramp(0.72 - side, 0.1)


def _hila(side: Array, down: Array, chances: Chances) -> Array:
    """The roots of the lungs: vessels, brightest beside the heart's upper edge."""
    x, y = (side - 0.22) / 0.16, (down - 0.02) / 0.24
    return between(0.05, 0.14, chances["hila"]) / (1 + (x * x + y * y) * (x * x + y * y))


def _extras(across: Array, down: Array, air: Array, chances: Chances) -> Array:
    """What confuses a reader: breast shadows, stomach gas, a calcified dot, the wire of an ECG."""
    side = np.abs(across)
    x, y = (side - 0.45) / 0.34, (down - between(0.25, 0.55, chances["breast place"])) / 0.26
    breast = ramp(1 - np.sqrt(x * x + y * y), 0.5) * np.maximum(between(-0.10, 0.11, chances["breast"]), 0)
    x, y = (across - 0.42) / 0.16, (down - 0.72) / 0.09
    gas = -0.22 * ramp(1 - np.sqrt(x * x + y * y), 0.5) * np.maximum(between(-1, 1, chances["gas"]), 0)
    x, y = across - between(-0.7, 0.7, chances["dot across"]), down - between(-0.5, 0.3, chances["dot down"])
    dot = _shown(chances["dot"] < 0.5) * 0.22 * ramp(0.035 - np.sqrt(x * x + y * y), 0.03) * air
    bend = between(-0.6, 0.6, chances["wire bend"]) * down
    line = across - between(-0.8, 0.8, chances["wire place"]) - bend * (1 - down)
    wire = _shown(chances["wire"] < 0.3) * 0.30 * ramp(0.014 - np.abs(line), 0.02)
    return breast + gas + dot + wire


def _shown(chosen: Array) -> Array:
    return chosen.astype(np.float32)[:, None, None]


def _band(phase: Array, half: float) -> Array:
    """One rib per unit of phase, with brighter rims."""
    distance = np.abs(phase - np.rint(phase))
    rim = distance / half
    return ramp(half - distance, 0.10) * (0.65 + 0.35 * rim * rim)


def _wave(phase: Array) -> Array:
    fold = np.abs(phase - np.rint(phase)) * 2
    return fold * fold * (3 - 2 * fold)
