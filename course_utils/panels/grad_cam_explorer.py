"""Panel of lesson 11: the Grad-CAM explorer. Two classes side by side, at any layer, on any scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from torch import from_numpy, nn

from course_utils.attribution import grad_cam_all_classes
from course_utils.datasets import LabeledImages
from course_utils.panels.album import Album, bind_album, logits_of, picture_slider, softmax
from course_utils.panels.charts import bars, color_bar, heat, rgb
from course_utils.panels.colours import BLUE, LINE, ORANGE, QUIET, paint
from course_utils.panels.controls import Control, buttons, menu, slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet, Stencil, stencil
from course_utils.plotting.blending import enlarge
from course_utils.plotting.captions import peak, share_inside

__all__ = ["Scene", "State", "outline", "overlaid", "panel", "prepared", "render"]

LAYERS = ("conv1", "conv2", "conv3")
LOGITS, PEAK = "logits, one scale", "share of its own peak"
BEST, SECOND = -1, -2
COLOR_MAPS = ("viridis", "cividis", "magma", "gray")
WIDTH, HEIGHT, SIDE = 760, 474, 160.0


@dataclass(frozen=True)
class State:
    """Picture, target layer, the two classes (BEST and SECOND follow the network's answer), and how heat is drawn."""

    picture: int = 0
    layer: str = "conv2"
    first: int = BEST
    second: int = SECOND
    opacity: float = 0.65
    scale: str = LOGITS
    colors: str = "viridis"


@dataclass(frozen=True)
class Scene:
    """The pictures, what the network says (N, C), and the maps of every class at every layer, (N, C, h, w), logits."""

    album: Album
    probabilities: np.ndarray
    maps: dict[str, np.ndarray]


def prepared(model: nn.Module, data: LabeledImages) -> Scene:
    """Explain every class of every picture at every layer, once; a move of a slider only draws."""
    album = bind_album(data)
    images = from_numpy(album.images)
    maps = {layer: grad_cam_all_classes(model, images, layer).numpy() for layer in LAYERS}
    return Scene(album, softmax(logits_of(model, album)), maps)


def asked(scene: Scene, state: State) -> tuple[int, int]:
    """Return the two classes that are explained."""
    order = np.argsort(-scene.probabilities[state.picture])
    return tuple(int(order[-1 - c]) if c < 0 else c for c in (state.first, state.second))


def overlaid(image: np.ndarray, shares: np.ndarray, opacity: float, color_map: str) -> np.ndarray:
    """Return a picture (3, H, W) with heat (h, w) in [0, 1] over it: the more heat, the less of the picture."""
    large = enlarge(shares, image.shape[1:])
    weight = (opacity * large)[..., None]
    colors = paint(large, 0, 1, color_map)
    return np.round((1 - weight) * rgb(image) + weight * colors).astype(np.uint8)


def outline(sheet: Sheet, mask: np.ndarray, place: tuple[float, float, float]) -> None:
    """Draw the border of a mask (H, W) over a picture at ``place`` = (x, y, side)."""
    if mask.any():
        sheet.trace(_border(mask.tobytes(), mask.shape, place), "#ffffff")


@lru_cache(maxsize=32)
def _border(cells: bytes, shape: tuple[int, int], place: tuple[float, float, float]) -> Stencil:
    x, y, side = place
    unit, padded = side / shape[0], np.pad(np.frombuffer(cells, bool).reshape(shape), 1)
    across = [(x + (column - 1) * unit, y + row * unit) for row, column in np.argwhere(padded[1:] != padded[:-1])]
    down = [(x + column * unit, y + (row - 1) * unit) for row, column in np.argwhere(padded[:, 1:] != padded[:, :-1])]
    lines = [((left, top), (left + unit, top)) for left, top in across]
    return stencil([*lines, *(((left, top), (left, top + unit)) for left, top in down)])


def render(scene: Scene, state: State) -> Drawing:
    """Draw the picture and the answer on the left, and a row of raw map and overlay for each of the two classes."""
    sheet, classes = Sheet(WIDTH, HEIGHT), asked(scene, state)
    maps = [scene.maps[state.layer][state.picture, c] for c in classes]
    highest = max(float(m.max()) for m in maps)
    _draw_question(sheet, scene, state, classes)
    for row, (c, one, color) in enumerate(zip(classes, maps, (BLUE, ORANGE), strict=True)):
        top = highest if state.scale == LOGITS else float(one.max())
        _draw_answer(sheet, scene, state, (c, one, top), color, 34 + 204 * row)
    scene.album.draw_film(sheet, state.picture, HEIGHT - 46)
    return Drawing(sheet.array(), _caption(scene, state, classes, maps))


def _draw_question(sheet: Sheet, scene: Scene, state: State, classes: tuple[int, int]) -> None:
    names = scene.album.names
    sheet.text(16, 20, f"true class: {scene.album.truth(state.picture)}", face=BOLD)
    sheet.picture(16, 34, rgb(scene.album.images[state.picture]), (SIDE, SIDE))
    shares = dict(zip(names, scene.probabilities[state.picture].tolist(), strict=True))
    bars(sheet, (4, 206, 250), shares, {names[classes[1]]: ORANGE} | {names[classes[0]]: BLUE})


def _draw_answer(
    sheet: Sheet, scene: Scene, state: State, explained: tuple[int, np.ndarray, float], color: str, y: float
) -> None:
    c, one, top = explained
    unit, limit = ("logits", top) if state.scale == LOGITS else ("share of its peak", 1.0 if top else 0.0)
    shares = one / (top or 1.0)
    sheet.text(290, y - 14, f"{scene.album.names[c]}: raw map", face=BOLD, color=color)
    heat(sheet, (290, y, SIDE - 14), shares, (0, 1), state.colors)
    color_bar(sheet, (290, y + SIDE - 8, SIDE - 14), (0, limit), unit, state.colors)
    sheet.text(470, y - 14, f"over the picture, {state.opacity:.0%}", face=BOLD)
    pixels = overlaid(scene.album.images[state.picture], shares, state.opacity, state.colors)
    sheet.picture(470, y, pixels, (SIDE - 14, SIDE - 14))
    if scene.album.masks is not None:
        outline(sheet, scene.album.masks[state.picture], (470, y, SIDE - 14))
    sheet.line([(280, y - 20), (280, y + SIDE + 14)], LINE, 1)
    for line, words in enumerate(_words(scene, state, one)):
        sheet.text(630, y + 12 + 19 * line, words, size=12, color=QUIET if line else color)


def _words(scene: Scene, state: State, one: np.ndarray) -> tuple[str, ...]:
    if not one.any():
        return ("nothing here", "speaks for it")
    row, column = peak(one)
    words = (f"peak {one.max():.3g} logits", f"row {row}, column {column}")
    return (
        words
        if scene.album.masks is None
        else (*words, f"{_inside(scene, state, one):.0%} of the heat", "on the object")
    )


def _inside(scene: Scene, state: State, one: np.ndarray) -> float:
    mask = scene.album.masks[state.picture]
    return share_inside(enlarge(one, mask.shape), mask)


def _caption(scene: Scene, state: State, classes: tuple[int, int], maps: list[np.ndarray]) -> str:
    chances = scene.probabilities[state.picture]
    parts = []
    for c, one in zip(classes, maps, strict=True):
        words = (
            ", ".join(_words(scene, state, one)).replace("heat, on", "heat on").replace("here, speaks", "here speaks")
        )
        parts.append(f"{scene.album.names[c]} (probability {chances[c]:.1%}): {words}")
    drawn = f"drawn with opacity {state.opacity:.2f} in {state.colors}, {state.scale}"
    return (
        f"Picture {state.picture} ({scene.album.truth(state.picture)}) at {state.layer}. {'; '.join(parts)}; {drawn}."
    )


def panel(model: nn.Module, data: LabeledImages) -> Panel[State]:
    """Return the panel for a `SimpleCNN` and up to 16 pictures.

    Raises:
        ValueError: no picture, or too many.
        LookupError: the network has no layers conv1, conv2, conv3.
    """
    scene = prepared(model, data)
    return Panel(
        name="grad_cam_explorer",
        title="Grad-CAM explorer",
        task="Where does the network look for this class, and where for another one? Compare them in logits first.",
        start=State(),
        controls=(
            picture_slider(scene.album),
            slider("opacity", "Opacity", tuple(i / 20 for i in range(21)), lambda share: f"{share:.0%}"),
            _class_menu("first", "Class", BEST, scene.album.names),
            _class_menu("second", "compared with", SECOND, scene.album.names),
            buttons("layer", "Target layer", LAYERS),
            buttons("scale", "Scale", (LOGITS, PEAK)),
            buttons("colors", "Colours", COLOR_MAPS),
        ),
        render=partial(render, scene),
    )


def _class_menu(field: str, label: str, usual: int, names: tuple[str, ...]) -> Control[State]:
    words = {BEST: "the network's answer", SECOND: "its second choice"} | dict(enumerate(names))
    return menu(field, label, (usual, *range(len(names))), words.__getitem__)
