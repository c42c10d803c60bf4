"""Panel of lesson 06: take channels of a trained network away, or make them louder, and watch its answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.datasets import LabeledImages
from course_utils.hooks import record_outputs, replace_output
from course_utils.panels.album import Album, bind_album, logits_of, picture_slider, softmax
from course_utils.panels.charts import bars, color_bar, mosaic, rgb, tile_frame
from course_utils.panels.colours import BLUE, GREEN, INK, ORANGE, QUIET, mix
from course_utils.panels.controls import buttons, slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet

__all__ = ["LAYERS", "Scene", "State", "panel", "prepared", "render"]

LAYERS = {"conv1": 32, "conv2": 64, "conv3": 128}  # name → channels
COLUMNS = {"conv1": 7, "conv2": 9, "conv3": 12}
FACTORS = tuple(i / 4 for i in range(-8, 13))
WIDTH, HEIGHT, MAPS = 760, 400, (178.0, 46.0)


@dataclass(frozen=True)
class State:
    """Which channels of which layer are multiplied by what, and for which picture."""

    picture: int = 0
    layer: str = "conv1"
    channel: int = 12
    count: int = 1
    factor: float = 0.0


@dataclass(frozen=True)
class Scene:
    """What stays: network, pictures, each layer's maps (N, K, h, w), and the healthy logits (N, C)."""

    model: nn.Module
    album: Album
    maps: dict[str, np.ndarray]
    healthy: np.ndarray


def prepared(model: nn.Module, data: LabeledImages) -> Scene:
    """Run the network once for all pictures and keep what each convolution returned."""
    album = bind_album(data)
    with record_outputs(model, *LAYERS) as outputs:
        healthy = logits_of(model, album)
    return Scene(model, album, {name: outputs[name].numpy().copy() for name in LAYERS}, healthy)


def touched(state: State) -> list[int]:
    """Return the channels that are operated on; after the last channel comes channel 0 again."""
    return [(state.channel + i) % LAYERS[state.layer] for i in range(state.count)]


def operated(scene: Scene, state: State) -> np.ndarray:
    """Run the network with the hook in place; return its logits (C,)."""
    image = torch.from_numpy(scene.album.images[state.picture])[None]
    change = partial(_multiplied, touched(state), state.factor)
    with torch.no_grad(), replace_output(scene.model, state.layer, change):
        return scene.model(image)[0].numpy()


def _multiplied(channels: list[int], factor: float, output: Tensor) -> Tensor:
    factors = torch.ones(output.shape[1])
    factors[channels] = factor
    return output * factors[:, None, None]


def render(scene: Scene, state: State) -> Drawing:
    """Draw the picture, the layer's channels after the operation, and the answer beside the healthy one."""
    sheet, after = Sheet(WIDTH, HEIGHT), operated(scene, state)
    before = scene.healthy[state.picture]
    sheet.text(16, 24, scene.album.truth(state.picture), face=BOLD)
    sheet.picture(16, MAPS[1], rgb(scene.album.images[state.picture]), (144, 144))
    _draw_maps(sheet, scene, state)
    _draw_answer(sheet, scene.album.names, before, after)
    scene.album.draw_film(sheet, state.picture, HEIGHT - 50)
    return Drawing(sheet.array(), _caption(scene, state, before, after))


def _draw_maps(sheet: Sheet, scene: Scene, state: State) -> None:
    maps = scene.maps[state.layer][state.picture]
    limits = (float(maps.min()), float(maps.max()))
    changed, columns = maps.copy(), COLUMNS[state.layer]
    changed[touched(state)] *= state.factor
    drawn = mosaic(changed, columns, limits)
    width = min(300.0, 252 * drawn.shape[1] / drawn.shape[0])
    place = (*MAPS, width)
    title = f"{state.layer}, {state.count} of {len(maps)} from {state.channel}: × {state.factor:g}"
    sheet.text(MAPS[0], 24, title, face=BOLD)
    sheet.picture(*MAPS, drawn, (width, width * drawn.shape[0] / drawn.shape[1]))
    for number in touched(state):
        x, y, size = tile_frame(place, number, columns, maps.shape[1])
        sheet.box(x - 1, y - 1, (size[0] + 2, size[1] + 2), edge=ORANGE, thick=2)
    color_bar(sheet, (MAPS[0], 310, 250), limits, "activation")


def _draw_answer(sheet: Sheet, names: tuple[str, ...], before: np.ndarray, after: np.ndarray) -> None:
    best, healthy = int(after.argmax()), int(before.argmax())
    shares, ghosts = (dict(zip(names, softmax(logits).tolist(), strict=True)) for logits in (after, before))
    marked = {names[healthy]: BLUE} | ({names[best]: ORANGE} if best != healthy else {})
    sheet.text(500, 24, "What the network says", face=BOLD)
    bars(sheet, (494, MAPS[1], 254), shares, marked, ghosts)
    words, color = ("It still says", GREEN) if best == healthy else ("Now it says", ORANGE)
    sheet.text(500, 280, f"{words} {names[best]}", face=BOLD, color=mix(color, INK, 0.25))
    sheet.text(500, 302, f"{names[healthy]}'s logit: {before[healthy]:.1f} → {after[healthy]:.1f}", size=12)
    sheet.text(500, 322, "black line: before the operation", size=11, color=QUIET)


def _caption(scene: Scene, state: State, before: np.ndarray, after: np.ndarray) -> str:
    names, channels = scene.album.names, touched(state)
    healthy, best = int(before.argmax()), int(after.argmax())
    which = f"channel {channels[0]}"
    if len(channels) > 1:
        around = f"{LAYERS[state.layer] - 1} and 0 to " if channels[0] > channels[-1] else ""
        which = f"{len(channels)} channels, {channels[0]} to {around}{channels[-1]},"
    return (
        f"Picture {state.picture} ({scene.album.truth(state.picture)}), {state.layer}: {which} times {state.factor:g}. "
        f"{names[healthy]}: logit {before[healthy]:.2f} → {after[healthy]:.2f}; "
        f"the network says {names[best]} (probability {softmax(after)[best]:.1%})."
    )


def panel(model: nn.Module, data: LabeledImages) -> Panel[State]:
    """Return the panel for a `SimpleCNN` and up to 16 pictures.

    Raises:
        ValueError: no picture, or too many.
        LookupError: the network has no layers conv1, conv2, conv3.
    """
    scene = prepared(model, data)
    return Panel(
        name="activation_surgery",
        title="Activation surgery",
        task="A hook multiplies channels of one layer. How few must you silence until the network changes its mind?",
        start=State(),
        controls=(
            buttons("layer", "Layer", tuple(LAYERS)),
            slider("channel", "First channel", lambda state: range(LAYERS[state.layer])),
            slider("count", "How many", lambda state: range(1, LAYERS[state.layer] + 1)),
            slider("factor", "Multiply by", FACTORS, lambda factor: f"{factor:g}"),
            picture_slider(scene.album),
        ),
        render=partial(render, scene),
    )
