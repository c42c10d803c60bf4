"""Panel of lesson 09: one channel of one layer: its kernel, its map, and the place that excites it most."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from torch import nn

from course_utils.datasets import LabeledImages
from course_utils.hooks import find_layer, record_outputs
from course_utils.panels.album import Album, bind_album, logits_of, picture_slider
from course_utils.panels.charts import color_bar, heat, mosaic, rgb, tile_frame
from course_utils.panels.colours import ORANGE, QUIET, paint
from course_utils.panels.controls import buttons, slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet

__all__ = ["LAYERS", "Scene", "State", "panel", "prepared", "render", "seen_square"]

LAYERS = {"conv1": 32, "conv2": 64, "conv3": 128}  # name → channels
SEES = {"conv1": (3, 1), "conv2": (8, 2), "conv3": (18, 4)}  # side of what one number sees, and its step, in pixels
SHOWN = 9  # of a later layer's kernel slices
WIDTH, HEIGHT, SIDE = 760, 452, 168.0


@dataclass(frozen=True)
class State:
    """Picture, layer, channel."""

    picture: int = 0
    layer: str = "conv1"
    channel: int = 0


@dataclass(frozen=True)
class Scene:
    """The pictures, each layer's weights (K, inputs, 3, 3) and what it returned (N, K, h, w)."""

    album: Album
    weights: dict[str, np.ndarray]
    maps: dict[str, np.ndarray]


def prepared(model: nn.Module, data: LabeledImages) -> Scene:
    """Run the network once for all pictures and keep weights and maps."""
    album = bind_album(data)
    with record_outputs(model, *LAYERS) as outputs:
        logits_of(model, album)
    weights = {name: find_layer(model, name).weight.detach().numpy().copy() for name in LAYERS}
    return Scene(album, weights, {name: outputs[name].numpy().copy() for name in LAYERS})


def seen_square(layer: str, row: int, column: int) -> tuple[int, int, int]:
    """Return top, left and side, in pixels, of what the number at (row, column) of a layer's map can see."""
    side, step = SEES[layer]
    first = (step - side) // 2 if step > 1 else -(side // 2)
    return row * step + first, column * step + first, side


def render(scene: Scene, state: State) -> Drawing:
    """Draw picture, kernel and map of one channel, and all channels of its layer below."""
    sheet = Sheet(WIDTH, HEIGHT)
    one = scene.maps[state.layer][state.picture, state.channel]
    row, column = (int(place) for place in np.unravel_index(one.argmax(), one.shape))
    _draw_picture(sheet, scene, state, row, column)
    _draw_kernel(sheet, scene, state)
    _draw_map(sheet, scene, state, one)
    _draw_all(sheet, scene, state)
    scene.album.draw_film(sheet, state.picture, HEIGHT - 48)
    return Drawing(sheet.array(), _caption(scene, state, one, row, column))


def _draw_picture(sheet: Sheet, scene: Scene, state: State, row: int, column: int) -> None:
    image = scene.album.images[state.picture]
    sheet.text(16, 22, f"picture: {scene.album.truth(state.picture)}", face=BOLD)
    sheet.picture(16, 40, rgb(image), (SIDE, SIDE))
    top, left, side = seen_square(state.layer, row, column)
    size = image.shape[1]
    edges = [min(max(edge, 0), size) * SIDE / size for edge in (left, top, left + side, top + side)]
    corner = (16 + edges[0], 40 + edges[1])
    for thick, color in ((4, "#ffffff"), (2, ORANGE)):
        sheet.box(*corner, (edges[2] - edges[0], edges[3] - edges[1]), edge=color, thick=thick)
    sheet.text(16, 226, f"frame: the {side}×{side} pixels that", size=11, color=QUIET)
    sheet.text(16, 242, "the highest value of the map sees", size=11, color=QUIET)


def _draw_kernel(sheet: Sheet, scene: Scene, state: State) -> None:
    kernel = scene.weights[state.layer][state.channel]  # (inputs, 3, 3)
    reach = float(np.abs(scene.weights[state.layer]).max())  # one scale for all kernels of a layer
    sheet.text(204, 22, f"kernel {state.channel}", face=BOLD)
    if state.layer == "conv1":
        pixels = np.round((np.moveaxis(kernel, 0, -1) / reach * 0.5 + 0.5) * 255).astype(np.uint8)
        sheet.picture(204, 40, pixels, (SIDE, SIDE))
        sheet.text(204, 226, "3×3 in colour; grey is zero", size=11, color=QUIET)
        return
    strongest = np.argsort(-np.abs(kernel).max(axis=(1, 2)))[:SHOWN]
    for place, index in enumerate(strongest):
        x, y = 204 + place % 3 * 57, 40 + place // 3 * 57
        sheet.picture(x, y, paint(kernel[index], -reach, reach, "cividis"), (40, 40))
        sheet.text(x + 20, y + 47, f"of {index}", size=10, color=QUIET, at="m")
    sheet.text(204, 226, f"its {SHOWN} strongest of {len(kernel)} inputs", size=11, color=QUIET)


def _draw_map(sheet: Sheet, scene: Scene, state: State, one: np.ndarray) -> None:
    limits = _limits(scene, state)
    sheet.text(392, 22, f"its map: {one.shape[0]}×{one.shape[1]}", face=BOLD)
    heat(sheet, (392, 40, SIDE), one, limits)
    color_bar(sheet, (392, 216, SIDE), limits, "activation")
    answers = np.maximum(scene.maps[state.layer][:, state.channel], 0).max(axis=(1, 2))
    best = int(answers.argmax())
    sheet.text(584, 22, "its favourite picture", face=BOLD)
    sheet.picture(584, 40, rgb(scene.album.images[best]), (SIDE - 12, SIDE - 12))
    sheet.text(584, 212, f"{best}: {scene.album.truth(best)}, up to {answers[best]:.2f}", size=11, color=QUIET)


def _draw_all(sheet: Sheet, scene: Scene, state: State) -> None:
    """Draw all channels of the layer in a few rows, with a frame around the chosen one."""
    maps = scene.maps[state.layer][state.picture]
    columns, width = {32: (16, 728.0), 64: (22, 728.0), 128: (32, 728.0)}[len(maps)]
    drawn = mosaic(maps, columns, _limits(scene, state))
    top = 278.0
    sheet.text(16, top - 12, f"all {len(maps)} channels of {state.layer}, on one scale", face=BOLD)
    sheet.picture(16, top, drawn, (width, width * drawn.shape[0] / drawn.shape[1]))
    x, y, size = tile_frame((16, top, width), state.channel, columns, maps.shape[1])
    sheet.box(x - 2, y - 2, (size[0] + 4, size[1] + 4), edge=ORANGE, thick=2.5)


def _limits(scene: Scene, state: State) -> tuple[float, float]:
    maps = scene.maps[state.layer][state.picture]
    return float(maps.min()), float(maps.max())


def _caption(scene: Scene, state: State, one: np.ndarray, row: int, column: int) -> str:
    rank = int((scene.maps[state.layer][state.picture].max(axis=(1, 2)) > one.max()).sum()) + 1
    return (
        f"{state.layer}, channel {state.channel} of {LAYERS[state.layer]}, picture {state.picture} "
        f"({scene.album.truth(state.picture)}): {one.min():.2f} to {one.max():.2f}, {(one > 0).mean():.0%} of it above "
        f"zero; highest at row {row}, column {column} of {one.shape[0]}×{one.shape[1]}; that peak is number {rank} of "
        f"{LAYERS[state.layer]}."
    )


def panel(model: nn.Module, data: LabeledImages) -> Panel[State]:
    """Return the panel for a `SimpleCNN` and up to 16 pictures.

    Raises:
        ValueError: no picture, or too many.
        LookupError: the network has no layers conv1, conv2, conv3.
    """
    scene = prepared(model, data)
    return Panel(
        name="kernels_and_maps",
        title="What does this channel look for?",
        task="Walk through the channels. Find one that likes edges of one direction, and one that likes bright areas.",
        start=State(),
        controls=(
            buttons("layer", "Layer", tuple(LAYERS)),
            slider("channel", "Channel", lambda state: range(LAYERS[state.layer])),
            picture_slider(scene.album),
        ),
        render=partial(render, scene),
    )
