"""Panel of lesson 13: the family side by side, one picture, one layer, five methods."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from torch import nn

from course_utils import attribution
from course_utils.datasets import LabeledImages
from course_utils.panels.album import Album, bind_album, picture_slider
from course_utils.panels.charts import bars, color_bar, heat
from course_utils.panels.colours import BLUE, LINE, QUIET
from course_utils.panels.controls import slider
from course_utils.panels.grad_cam_explorer import outline, overlaid
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet
from course_utils.plotting.blending import enlarge
from course_utils.plotting.captions import peak, share_inside

__all__ = ["METHODS", "Scene", "State", "panel", "prepared", "render"]

METHODS = {
    "Grad-CAM": attribution.grad_cam,
    "Grad-CAM++": attribution.grad_cam_plus_plus,
    "HiResCAM": attribution.hires_cam,
    "LayerCAM": attribution.layer_cam,
    "Score-CAM": attribution.score_cam,
}
WIDTH, HEIGHT, SIDE = 760, 486, 132.0


@dataclass(frozen=True)
class State:
    """Picture, place of the layer in the list, and opacity of the heat."""

    picture: int = 0
    layer: int = 0
    opacity: float = 0.65


@dataclass(frozen=True)
class Scene:
    """Pictures, layers, the explained classes (N,), and (layer, method) → raw maps (N, h, w)."""

    album: Album
    layers: tuple[str, ...]
    classes: np.ndarray
    maps: dict[tuple[str, str], np.ndarray]

    @cached_property
    def shares(self) -> dict[str, dict[str, np.ndarray]]:
        """Layer → method → the share of each picture's heat on the object, (N,); an empty map counts as 0."""
        return {layer: {name: self._shares(self.maps[layer, name]) for name in METHODS} for layer in self.layers}

    def _shares(self, maps: np.ndarray) -> np.ndarray:
        masks = self.album.masks if self.album.masks is not None else np.ones(self.album.images[:, 0].shape, bool)
        return np.array([_share(one, mask) for one, mask in zip(maps, masks, strict=True)])


def prepared(model: nn.Module, data: LabeledImages, layers: Sequence[str]) -> Scene:
    """Explain each picture's true class with every method at every layer, once."""
    maps = {}
    with warnings.catch_warnings():  # an empty map is drawn and named as such
        warnings.simplefilter("ignore", UserWarning)
        for layer in layers:
            for name, method in METHODS.items():
                maps[layer, name] = method(model, data.images, layer, data.labels).maps.numpy()
    return Scene(bind_album(data), tuple(layers), data.labels.numpy(), maps)


def render(scene: Scene, state: State) -> Drawing:
    """Draw one column a method: overlay above, raw map below; then how much of each one's heat meets the object."""
    sheet, layer = Sheet(WIDTH, HEIGHT), scene.layers[state.layer]
    name = scene.album.names[int(scene.classes[state.picture])]
    sheet.text(16, 18, f"heat for {name} at {layer}, drawn with {state.opacity:.0%}", size=12, color=QUIET)
    for column, method in enumerate(METHODS):
        one = scene.maps[layer, method][state.picture]
        _draw_method(sheet, scene, state, method, one, 16 + column * (SIDE + 17))
    _draw_table(sheet, scene, state, layer)
    scene.album.draw_film(sheet, state.picture, HEIGHT - 44)
    return Drawing(sheet.array(), _caption(scene, state, layer, name))


def _draw_method(sheet: Sheet, scene: Scene, state: State, method: str, one: np.ndarray, x: float) -> None:
    top = float(one.max())
    shares = one / (top or 1.0)
    sheet.text(x, 40, method, face=BOLD)
    sheet.picture(x, 54, overlaid(scene.album.images[state.picture], shares, state.opacity, "viridis"), (SIDE, SIDE))
    if scene.album.masks is not None:
        outline(sheet, scene.album.masks[state.picture], (x, 54, SIDE))
    heat(sheet, (x, 194, SIDE * 0.55), shares, (0, 1))
    color_bar(sheet, (x, 272, SIDE), (0, top), "raw")
    row, column = peak(one)
    where = ("peak at", f"row {row}", f"column {column}", f"of {one.shape[0]}×{one.shape[1]}") if top else ("no heat",)
    for line, words in enumerate(where):
        sheet.text(x + SIDE * 0.55 + 8, 204 + 17 * line, words, size=11, color=QUIET)


def _share(one: np.ndarray, mask: np.ndarray) -> float:
    return share_inside(enlarge(one, mask.shape), mask) if one.any() else 0.0


def _draw_table(sheet: Sheet, scene: Scene, state: State, layer: str) -> None:
    shares = scene.shares[layer]
    sheet.line([(16, 304), (WIDTH - 16, 304)], LINE, 1)
    for x, title, numbers in (
        (16.0, "heat on the object, this picture", {n: float(s[state.picture]) for n, s in shares.items()}),
        (396.0, f"mean of all {len(scene.album)} pictures", {n: float(s.mean()) for n, s in shares.items()}),
    ):
        sheet.text(x, 318, title, size=12, face=BOLD)
        best = max(numbers, key=numbers.__getitem__)
        bars(sheet, (x + 8, 330, 340), numbers, {best: BLUE})


def _caption(scene: Scene, state: State, layer: str, name: str) -> str:
    shares = scene.shares[layer]
    told = ", ".join(f"{method} {share[state.picture]:.0%} ({share.mean():.0%})" for method, share in shares.items())
    place = f"layer {state.layer + 1} of {len(scene.layers)}"
    return (
        f"Picture {state.picture}, heat for {name} at {layer} ({place}), opacity {state.opacity:.2f}. "
        f"Share of the heat on the object, and in brackets the mean of all pictures: {told}."
    )


def panel(model: nn.Module, data: LabeledImages, layers: Sequence[str]) -> Panel[State]:
    """Return the panel; Score-CAM makes it take some seconds to prepare.

    Args:
        model: maps pictures to logits.
        data: up to 16 pictures; each picture's true class is explained.
        layers: names of layers, early ones first.

    Raises:
        ValueError: no picture, or too many; no layer.
        LookupError: the model has no such layer.
    """
    if not layers:
        raise ValueError("need the names of the layers to compare, got none; for example ['conv1', 'conv2', 'conv3']")
    scene = prepared(model, data, layers)
    return Panel(
        name="cam_family",
        title="The CAM family, side by side",
        task="Walk from the first layer to the last. Which method fits the object, and where do they part?",
        start=State(layer=len(layers) // 2),
        controls=(
            slider("layer", "Layer", range(len(layers)), lambda place: layers[place]),
            picture_slider(scene.album),
            slider("opacity", "Opacity", tuple(i / 20 for i in range(21)), lambda share: f"{share:.0%}"),
        ),
        render=partial(render, scene),
    )
