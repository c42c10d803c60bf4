"""Panel of lesson 10: what SmoothGrad does with noise and samples, and what occlusion does with its patch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.attribution import occlusion, saliency
from course_utils.attribution.saliency import strongest_channel
from course_utils.attribution.smooth import Noise
from course_utils.datasets import LabeledImages
from course_utils.panels.album import Album, bind_album, logits_of, picture_slider
from course_utils.panels.charts import color_bar, heat, rgb
from course_utils.panels.colours import ORANGE, QUIET
from course_utils.panels.controls import slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet
from course_utils.plotting.captions import share_inside

__all__ = ["NOISES", "PATCHES", "SAMPLES", "Scene", "State", "panel", "prepared", "render"]

NOISES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5)  # standard deviations, in units of pixel
SAMPLES = (1, 2, 4, 8, 16)
PATCHES = (4, 6, 8, 12, 16)
WIDTH, HEIGHT, SIDE = 760, 486, 168.0
COLUMNS = (16.0, 202.0, 388.0, 574.0)


@dataclass(frozen=True)
class State:
    """Picture, noise and number of samples of SmoothGrad, and side of occlusion's patch in pixels."""

    picture: int = 0
    noise: float = 0.15
    samples: int = 4
    patch: int = 8


@dataclass(frozen=True)
class Scene:
    """Everything that the sliders can ask for, computed once.

    Attributes:
        plain: saliency maps (N, H, W).
        smooth: (noise, samples) → SmoothGrad maps (N, H, W).
        covered: patch → what is lost where it is covered, (N, H, W), in logits.
        noisy: noise → the first noisy copy of each picture, clipped to what a screen can show.
        answers: the predicted classes, (N,).
    """

    album: Album
    plain: np.ndarray
    smooth: dict[tuple[float, int], np.ndarray]
    covered: dict[int, np.ndarray]
    noisy: dict[float, np.ndarray]
    answers: np.ndarray


def prepared(model: nn.Module, data: LabeledImages) -> Scene:
    """Explain each picture's predicted class at every setting of the sliders."""
    album = bind_album(data)
    classes = torch.from_numpy(logits_of(model, album).argmax(axis=1))
    smooth: dict[tuple[float, int], np.ndarray] = {}
    noisy = {}
    for level in NOISES:
        (noises,) = Noise(max(SAMPLES), level, seed=0).draw(data.images[0], together=max(SAMPLES))
        means = _running_means(model, data.images, classes, noises)
        smooth |= {(level, samples): strongest_channel(means[samples]).numpy() for samples in SAMPLES}
        noisy[level] = (data.images + noises[0]).clamp(0, 1).numpy()
    covered = {p: occlusion(model, data.images, classes, patch=p, stride=p // 2).maps.numpy() for p in PATCHES}
    plain = saliency(model, data.images, classes).maps.numpy()
    return Scene(album, plain, smooth, covered, noisy, classes.numpy())


def _running_means(model: nn.Module, images: Tensor, classes: Tensor, noises: Tensor) -> dict[int, Tensor]:
    """Return the mean gradient over the first 1, 2, 4 ... noisy copies of each picture; one run serves all."""
    noisy = (images + noises[:, None]).flatten(0, 1)  # (S N, C, H, W)
    gradients = saliency(model, noisy, classes.repeat(len(noises))).gradients.unflatten(0, (len(noises), -1))
    return {samples: gradients[:samples].mean(dim=0) for samples in SAMPLES}


def render(scene: Scene, state: State) -> Drawing:
    """Draw the picture, its saliency, its SmoothGrad and its occlusion; below each, what the network was shown."""
    sheet, image = Sheet(WIDTH, HEIGHT), scene.album.images[state.picture]
    plain = scene.plain[state.picture]
    smooth = scene.smooth[state.noise, state.samples][state.picture]
    covered = scene.covered[state.patch][state.picture]
    name = scene.album.names[int(scene.answers[state.picture])]
    _draw_question(sheet, scene, state, name)
    passes = (-(-(image.shape[1] - state.patch) // (state.patch // 2)) + 1) ** 2
    noisy, slope = scene.noisy[state.noise][state.picture], "logits per pixel unit"
    for x, explained, shown in (
        (COLUMNS[1], ("saliency", plain, slope), (image, "shown once")),
        (
            COLUMNS[2],
            (f"SmoothGrad: {state.samples}", smooth, slope),
            (noisy, f"{state.samples} × noise {state.noise:g}"),
        ),
        (
            COLUMNS[3],
            (f"occlusion {state.patch}×{state.patch}", covered, "logits lost"),
            (_patched(image, covered, state.patch), f"covered {passes} times"),
        ),
    ):
        _draw_column(sheet, scene, state, x, explained, shown)
    scene.album.draw_film(sheet, state.picture, HEIGHT - 46)
    return Drawing(sheet.array(), _caption(scene, state, name, (plain, smooth, covered), passes))


def _patched(image: np.ndarray, losses: np.ndarray, patch: int) -> np.ndarray:
    """Return the picture with the patch around the place that costs most."""
    row, column = np.unravel_index(int(losses.argmax()), losses.shape)
    size = image.shape[1]
    top, left = (min(max(int(place) - patch // 2, 0), size - patch) for place in (row, column))
    covered = image.copy()
    covered[:, top : top + patch, left : left + patch] = image.mean(axis=(1, 2), keepdims=True)
    return covered


def _draw_question(sheet: Sheet, scene: Scene, state: State, name: str) -> None:
    x = COLUMNS[0]
    sheet.text(x, 20, "the picture", face=BOLD)
    sheet.picture(x, 34, rgb(scene.album.images[state.picture]), (SIDE, SIDE))
    for line, words in enumerate(
        (f"true: {scene.album.truth(state.picture)}", f"explained: {name}", "", "below: what the", "network was shown")
    ):
        sheet.text(x, 218 + 19 * line, words, size=12, color=QUIET if line else ORANGE)


def _draw_column(
    sheet: Sheet,
    scene: Scene,
    state: State,
    x: float,
    explained: tuple[str, np.ndarray, str],
    shown: tuple[np.ndarray, str],
) -> None:
    title, one, unit = explained
    limits = (0.0, float(one.max()))
    sheet.text(x, 20, title, face=BOLD)
    heat(sheet, (x, 34, SIDE), one, limits)
    color_bar(sheet, (x, 208, SIDE), limits, unit)
    sheet.text(x, 244, _on_object(scene, state, one), size=12)
    sheet.picture(x, 260, rgb(shown[0]), (SIDE - 20, SIDE - 20))
    sheet.text(x, 420, shown[1], size=12, color=QUIET)


def _on_object(scene: Scene, state: State, one: np.ndarray) -> str:
    if scene.album.masks is None or not one.any():
        return f"peak {one.max():.3g}"
    return f"{share_inside(one, scene.album.masks[state.picture]):.0%} lies on the object"


def _caption(scene: Scene, state: State, name: str, maps: tuple[np.ndarray, ...], passes: int) -> str:
    plain, smooth, covered = (_on_object(scene, state, one) for one in maps)
    return (
        f"Picture {state.picture} ({scene.album.truth(state.picture)}), explained class {name}. "
        f"Saliency, one gradient: {plain}. SmoothGrad, {state.samples} gradients at noise {state.noise:g}: {smooth}. "
        f"Occlusion, {passes} forward passes with a patch of {state.patch}×{state.patch}: {covered}, "
        f"at most {maps[2].max():.2f} logits are lost."
    )


def panel(model: nn.Module, data: LabeledImages) -> Panel[State]:
    """Return the panel for a network and a few pictures; it takes a few seconds to prepare.

    Raises:
        ValueError: no picture, or more than 16.
    """
    scene = prepared(model, data)
    return Panel(
        name="pixel_maps",
        title="SmoothGrad and occlusion",
        task="How much dust do more samples take away? How large may the patch be until occlusion loses the place?",
        start=State(),
        controls=(
            picture_slider(scene.album),
            slider("noise", "Noise", NOISES, lambda noise: f"{noise:g}"),
            slider("samples", "Samples", SAMPLES),
            slider("patch", "Patch", PATCHES, lambda patch: f"{patch}×{patch} pixels"),
        ),
        render=partial(render, scene),
    )
