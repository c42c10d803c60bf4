"""Panel of lesson 14: three tests of a heatmap: a threshold against the truth, a network that forgets, a moved mark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import nn

from course_utils.datasets import LabeledImages
from course_utils.panels.album import picture_slider
from course_utils.panels.charts import Chart, bars, heat, rgb
from course_utils.panels.colours import BLUE, GREEN, INK, LINE, ORANGE
from course_utils.panels.controls import buttons, slider
from course_utils.panels.grad_cam_explorer import outline, overlaid
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet
from course_utils.panels.trust_scene import (
    METHODS,
    OTHER,
    PLACES,
    TRUE,
    Scene,
    intersection_over_union,
    prepared,
    with_mark,
)

__all__ = ["State", "panel", "render"]

WIDTH, HEIGHT, SIDE = 760, 486, 116.0


@dataclass(frozen=True)
class State:
    """Picture, threshold on the heat, how many layers forgot, where the mark is, and whose mark it is."""

    picture: int = 0
    threshold: float = 0.3
    forgotten: int = 0
    place: int = 1
    whose: str = TRUE


def render(scene: Scene, state: State) -> Drawing:
    """Draw the three tests side by side."""
    sheet = Sheet(WIDTH, HEIGHT)
    for x in (253, 513):
        sheet.line([(x, 14), (x, HEIGHT - 60)], LINE, 1)
    _draw_threshold(sheet, scene, state)
    _draw_forgetting(sheet, scene, state)
    _draw_mark(sheet, scene, state)
    scene.album.draw_film(sheet, state.picture, HEIGHT - 44)
    return Drawing(sheet.array(), _caption(scene, state))


def _agreements(scene: Scene, state: State) -> list[float]:
    """Return the agreement with the true mask at every threshold 0, 0.05, ... 1."""
    one, mask = scene.heats[METHODS[0]][0, state.picture], scene.album.masks[state.picture]
    return [intersection_over_union(one >= max(step / 20, 1e-6), mask) for step in range(21)]


def _draw_threshold(sheet: Sheet, scene: Scene, state: State) -> None:
    image, mask = scene.album.images[state.picture], scene.album.masks[state.picture]
    one = scene.heats[METHODS[0]][0, state.picture]
    hot = one >= max(state.threshold, 1e-6)
    sheet.text(14, 20, "1  Threshold against truth", face=BOLD)
    sheet.picture(14, 36, overlaid(image, one, 0.65, "viridis"), (SIDE - 4, SIDE - 4))
    parts = np.full((*mask.shape, 3), 255, np.uint8)
    for where, color in ((hot & mask, (0, 114, 178)), (hot & ~mask, (213, 94, 0)), (mask & ~hot, (190, 190, 190))):
        parts[where] = color
    sheet.picture(130, 36, parts, (SIDE - 4, SIDE - 4))
    sheet.box(130, 36, (SIDE - 4, SIDE - 4), edge=LINE)
    outline(sheet, mask, (14, 36, SIDE - 4))
    for line, (words, color) in enumerate((("both", BLUE), ("only hot", ORANGE), ("only object", "#bebebe"))):
        sheet.box(14 + 76 * line, 160, (10, 10), fill=color)
        sheet.text(28 + 76 * line, 165, words, size=11)
    agreements = _agreements(scene, state)
    chart = Chart(sheet, (48, 214, 190, 120), (0, 1), (0, 1))
    at = agreements[round(state.threshold * 20)]
    chart.frame(f"agreement (IoU): {at:.2f}", "heat above", {"0": 0, "0.5": 0.5, "1": 1}, {"0": 0, "0.5": 0.5, "1": 1})
    chart.curve([step / 20 for step in range(21)], agreements)
    sheet.dot(*chart.at(state.threshold, at), 6, BLUE, INK)


def _draw_forgetting(sheet: Sheet, scene: Scene, state: State) -> None:
    sheet.text(266, 20, "2  The network forgets", face=BOLD)
    for column, (method, color) in enumerate(zip(METHODS, (BLUE, ORANGE), strict=True)):
        x = 266 + 122 * column
        heat(sheet, (x, 36, SIDE - 4), scene.heats[method][state.forgotten, state.picture], (0, 1))
        sheet.text(x, 165, method, size=11, color=color, face=BOLD)
    gone = scene.stages[state.forgotten]
    stages = range(len(scene.stages))
    chart = Chart(sheet, (302, 214, 196, 120), (0, len(scene.stages) - 1), (-0.5, 1))
    ticks = {"-0.5": -0.5, "0": 0, "1": 1}
    chart.frame("still like the trained map", "layers forgotten", ticks, {str(s): s for s in stages})
    for method, color in zip(METHODS, (BLUE, ORANGE), strict=True):
        values = scene.ranks[method][:, state.picture]
        chart.curve(list(stages), values.tolist(), color)
        sheet.dot(*chart.at(state.forgotten, float(values[state.forgotten])), 6, color, INK)
    sheet.text(266, 386, f"forgot: {', '.join(gone)}" if gone else "nothing forgotten yet", size=12)


def _draw_mark(sheet: Sheet, scene: Scene, state: State) -> None:
    picture, place = state.picture, PLACES[state.place]
    owner = _owner(scene, state)
    images, labels = torch.from_numpy(scene.album.images[picture][None]), torch.tensor([owner])
    marked = with_mark(images, labels, place)[0].numpy()
    sheet.text(526, 20, "3  The cheat and its mark", face=BOLD)
    sheet.picture(526, 36, rgb(marked), (SIDE - 10, SIDE - 10))
    sheet.picture(
        640,
        36,
        overlaid(marked, scene.looks[state.whose][state.place, picture], 0.75, "viridis"),
        (SIDE - 10, SIDE - 10),
    )
    sheet.text(526, 158, f"mark of {scene.album.names[owner]}" if place else "no mark", size=11)
    sheet.text(640, 158, "its heat", size=11)
    chances = dict(zip(scene.album.names, scene.cheats[state.whose][state.place, picture].tolist(), strict=True))
    truth = scene.album.truth(picture)
    best = max(chances, key=chances.__getitem__)
    bars(sheet, (506, 176, 248), chances, {best: ORANGE if best != truth else GREEN})
    sheet.text(526, 400, f"the cheat says {best}: {'right' if best == truth else 'wrong'}", size=12, face=BOLD)


def _owner(scene: Scene, state: State) -> int:
    truth = int(scene.album.labels[state.picture])
    return truth if state.whose == TRUE else (truth + 3) % len(scene.album.names)


def _caption(scene: Scene, state: State) -> str:
    picture, place = state.picture, PLACES[state.place]
    ranks = ", ".join(f"{method} {scene.ranks[method][state.forgotten, picture]:.2f}" for method in METHODS)
    chances = scene.cheats[state.whose][state.place, picture]
    best = int(chances.argmax())
    mark = f"the mark of {scene.album.names[_owner(scene, state)]}"
    where = f"with {mark} at row {place[0]}, column {place[1]}" if place else f"without {mark}"
    agreement = _agreements(scene, state)[round(state.threshold * 20)]
    return (
        f"Picture {picture} ({scene.album.truth(picture)}). Heat above {state.threshold:.2f} agrees with the true mask "
        f"with IoU {agreement:.2f}. {state.forgotten} layers forgotten: rank correlation with the trained map {ranks}. "
        f"The cheat, {where}: {scene.album.names[best]} ({chances[best]:.0%})."
    )


def panel(model: nn.Module, cheat: nn.Module, data: LabeledImages) -> Panel[State]:
    """Return the panel.

    Args:
        model: an honest `SimpleCNN`.
        cheat: one that was trained on ``shapes10(shortcut=1.0)``.
        data: up to 16 pictures of shapes10 without marks, with their masks.

    Raises:
        ValueError: no picture, too many, or no masks.
    """
    if data.masks is None:
        raise ValueError("need pictures with masks, to compare the heat with the truth; shapes10 has them")
    scene = prepared(model, cheat, data)
    return Panel(
        name="trust_tests",
        title="Three tests of a heatmap",
        task="Find the best threshold; let the network forget; then push the cheat's mark around the picture.",
        start=State(),
        controls=(
            picture_slider(scene.album),
            slider("threshold", "1 Threshold", tuple(step / 20 for step in range(21)), lambda t: f"{t:.2f}"),
            slider("forgotten", "2 Forgotten", range(len(scene.stages)), lambda count: f"{count} layers"),
            slider("place", "3 Mark's place", range(len(PLACES)), _place_name),
            buttons("whose", "3 Mark of", (TRUE, OTHER)),
        ),
        render=partial(render, scene),
    )


def _place_name(number: int) -> str:
    place = PLACES[number]
    return f"{place[0]}, {place[1]}" if place else "no mark"
