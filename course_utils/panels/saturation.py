"""Panel of lesson 15: the logit grows, the probability saturates, and its heatmap dies."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial

import numpy as np
from torch import nn

from course_utils.attribution import grad_cam
from course_utils.datasets import LabeledImages
from course_utils.panels.album import Album, bind_album, picture_slider
from course_utils.panels.charts import Chart, color_bar, heat, rgb
from course_utils.panels.colours import BLUE, FAINT, GREEN, INK, LINE, ORANGE, PURPLE, QUIET
from course_utils.panels.controls import buttons, slider
from course_utils.panels.grad_cam_explorer import outline, overlaid
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet
from course_utils.plotting.blending import enlarge
from course_utils.plotting.captions import share_inside

__all__ = ["PNEUMONIA", "Scene", "State", "panel", "prepared", "render", "sigmoid_slope"]

PNEUMONIA, NORMAL = "pneumonia", "normal"
PEAK, RAW = "share of its own peak", "raw, on the logit's scale"
SHIFTS = tuple(range(-25, 26))
WIDTH, HEIGHT, SIDE = 760, 430, 186.0


@dataclass(frozen=True)
class State:
    """Film, what is added to its logit, which answer is explained, and how the maps are drawn."""

    picture: int = 0
    shift: int = 0
    answer: str = PNEUMONIA
    scale: str = PEAK


@dataclass(frozen=True)
class Scene:
    """The films, their logits z (N,), and the map of z and of -z at the layer, (N, h, w), in logits."""

    album: Album
    logits: np.ndarray
    maps: dict[str, np.ndarray]


def prepared(model: nn.Module, data: LabeledImages, layer: str) -> Scene:
    """Explain both answers of every film once; a shift of the logit changes no gradient of the logit."""
    scores = {PNEUMONIA: lambda z: z[:, 1] - z[:, 0], NORMAL: lambda z: z[:, 0] - z[:, 1]}
    with warnings.catch_warnings():  # an empty map is drawn and named as such
        warnings.simplefilter("ignore", UserWarning)
        answers = {name: grad_cam(model, data.images, layer, score=score) for name, score in scores.items()}
    logits = answers[PNEUMONIA].logits
    return Scene(
        bind_album(data),
        (logits[:, 1] - logits[:, 0]).detach().numpy().astype(np.float32),
        {name: answer.maps.numpy() for name, answer in answers.items()},
    )


def sigmoid_slope(z: float) -> tuple[np.float32, np.float32]:
    """Return the probability p of a logit, and the slope p (1 - p), both in float32 as a network computes them."""
    one = np.float32(1)
    with np.errstate(over="ignore"):
        p = one / (one + np.exp(np.float32(-z)))
    return p, p * (one - p)


def render(scene: Scene, state: State) -> Drawing:
    """Draw the film, where it is on the sigmoid, and the heat that starts from the logit and from the probability."""
    sheet = Sheet(WIDTH, HEIGHT)
    z = float(scene.logits[state.picture]) + state.shift
    p, slope = sigmoid_slope(z)
    one = scene.maps[state.answer][state.picture]
    _draw_film_and_curve(sheet, scene, state, z, float(p))
    _draw_map(sheet, scene, state, (one, np.float32(1)), ("from the logit", GREEN), 214)
    _draw_map(sheet, scene, state, (one, slope), ("from the probability", PURPLE), 214 + 274)
    scene.album.draw_film(sheet, state.picture, HEIGHT - 46)
    return Drawing(sheet.array(), _caption(scene, state, z, p, slope))


def _draw_film_and_curve(sheet: Sheet, scene: Scene, state: State, z: float, p: float) -> None:
    sheet.text(14, 20, f"film {state.picture}: {scene.album.truth(state.picture)}", face=BOLD)
    sheet.picture(14, 36, rgb(scene.album.images[state.picture]), (176, 176))
    chart = Chart(sheet, (46, 252, 144, 86), (-30, 30), (0, 1))
    chart.frame(f"p = {p:.8g}", "logit", {"0": 0, "1": 1}, {"-30": -30, "0": 0, "30": 30})
    xs = np.linspace(-30, 30, 61)
    chart.curve(xs.tolist(), [float(sigmoid_slope(x)[0]) for x in xs])
    sheet.dot(*chart.at(z, p), 6, BLUE if p == 0.5 or 0 < p < 1 else ORANGE, INK)


def _draw_map(
    sheet: Sheet, scene: Scene, state: State, heated: tuple[np.ndarray, np.float32], title: tuple[str, str], x: float
) -> None:
    logit_map, factor = heated
    one = logit_map * factor
    sheet.line([(x - 12, 14), (x - 12, 370)], LINE, 1)
    sheet.text(x, 20, title[0], face=BOLD, color=title[1])
    if state.scale == RAW:
        _draw_heat(sheet, scene, state, one, (float(logit_map.max()), "raw"), x)
    elif one.any():
        _draw_heat(sheet, scene, state, one, (float(one.max()), "its own scale"), x)
    else:
        _draw_nothing(sheet, x)
    facts = (f"largest value {float(one.max()):.3g}", f"slope of the start {float(factor):.3g}")
    for line, words in enumerate((f"explains: {state.answer}", *facts, _on_opacity(scene, state, one))):
        sheet.text(x, 280 + 20 * line, words, size=12, color=QUIET if line in (0, 3) else INK)


def _draw_heat(sheet: Sheet, scene: Scene, state: State, one: np.ndarray, scale: tuple[float, str], x: float) -> None:
    shares = one / (scale[0] or 1.0)
    sheet.picture(x, 36, overlaid(scene.album.images[state.picture], shares, 0.7, "viridis"), (SIDE, SIDE))
    if scene.album.masks is not None and scene.album.masks[state.picture].any():
        outline(sheet, scene.album.masks[state.picture], (x, 36, SIDE))
    heat(sheet, (x + SIDE + 8, 36, 60), shares, (0, 1))
    color_bar(sheet, (x, 236, SIDE), (0, scale[0]), scale[1])


def _draw_nothing(sheet: Sheet, x: float) -> None:
    """Draw what a zero map becomes when it is divided by its peak."""
    sheet.box(x, 36, (SIDE, SIDE), fill=FAINT, edge=ORANGE, thick=2)
    sheet.text(x + SIDE / 2, 36 + SIDE / 2 - 10, "0 / 0", size=22, face=BOLD, color=ORANGE, at="m")
    sheet.text(x + SIDE / 2, 36 + SIDE / 2 + 18, "NaN everywhere", color=QUIET, at="m")


def _on_opacity(scene: Scene, state: State, one: np.ndarray) -> str:
    mask = None if scene.album.masks is None else scene.album.masks[state.picture]
    if mask is None or not mask.any():
        return "no opacity in this film"
    return (
        f"{share_inside(enlarge(one, mask.shape), mask):.0%} of the heat on the opacity"
        if one.any()
        else "no heat at all"
    )


def _caption(scene: Scene, state: State, z: float, p: np.float32, slope: np.float32) -> str:
    one = scene.maps[state.answer][state.picture]
    lost = "its map is zero, and divided by its peak NaN" if not (one * slope).any() else "its map has the same shape"
    return (
        f"Film {state.picture} ({scene.album.truth(state.picture)}): logit {scene.logits[state.picture]:.2f} "
        f"{state.shift:+d} = {z:.2f}, probability {float(p):.8g}, slope p(1 - p) = {float(slope):.3g}. Explaining "
        f"{state.answer} from the logit: peak {float(one.max()):.3g}, {_on_opacity(scene, state, one)}; from the "
        f"probability: {lost}."
    )


def panel(model: nn.Module, data: LabeledImages, layer: str) -> Panel[State]:
    """Return the panel.

    Args:
        model: maps films to two logits, of normal and of pneumonia (`TwoClasses`).
        data: up to 16 films, with masks where they are known.
        layer: the target layer of Grad-CAM.

    Raises:
        ValueError: no film, or too many.
        LookupError: the model has no such layer.
    """
    scene = prepared(model, data, layer)
    return Panel(
        name="saturation",
        title="How sure is too sure?",
        task="Push the logit up, as a larger bias would. The evidence stays the same. What becomes of the maps?",
        start=State(),
        controls=(
            slider("shift", "Added to logit", SHIFTS, lambda shift: f"{shift:+d}"),
            picture_slider(scene.album),
            buttons("answer", "Explain", (PNEUMONIA, NORMAL)),
            buttons("scale", "Draw", (PEAK, RAW)),
        ),
        render=partial(render, scene),
    )
