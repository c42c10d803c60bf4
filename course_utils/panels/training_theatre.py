"""Panel of lesson 08: replay a training: curves, kernels, and what the network thought of each picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.datasets import LabeledImages
from course_utils.panels.album import Album, bind_album
from course_utils.panels.charts import Chart, bars, rgb
from course_utils.panels.colours import BLUE, INK, ORANGE, QUIET
from course_utils.panels.controls import slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet
from course_utils.training.state import TrainingState

__all__ = ["Frame", "Recorder", "State", "panel", "render"]

WIDTH, HEIGHT, SHOWN = 760, 434, 16


@dataclass(frozen=True)
class State:
    """Which moment of the training, and which of the watched pictures."""

    moment: int = 0
    picture: int = 0


@dataclass(frozen=True)
class Frame:
    """One moment of a training.

    Attributes:
        images_seen: training pictures shown so far.
        loss, accuracy: on the watched pictures, in nats and in [0, 1].
        probabilities: of the first 16 watched pictures, (n, C).
        kernels: conv1's weights, (K, 3, 3, 3).
    """

    images_seen: int
    loss: float
    accuracy: float
    probabilities: np.ndarray
    kernels: np.ndarray


class Recorder:
    """A callback for ``fit`` that films the training; hand it to ``callbacks=[...]``, then to `panel`.

    Args:
        watched: pictures that the network is asked about again and again; it never learns from them.
        every: how many batches lie between two moments.

    Attributes:
        frames: what it filmed, the untrained network first.
    """

    def __init__(self, watched: LabeledImages, every: int = 8) -> None:
        self.watched, self.every = watched, every
        self.frames: list[Frame] = []

    def on_fit_start(self, state: TrainingState) -> None:
        """Film the untrained network."""
        self.frames = [_film(state.model, self.watched, 0)]

    def on_batch_end(self, state: TrainingState) -> None:
        """Film every few batches, and at the end of each epoch."""
        if state.batch % self.every == 0 or state.batch == state.batches:
            self.frames.append(_film(state.model, self.watched, state.images_seen))


def _film(model: nn.Module, watched: LabeledImages, images_seen: int) -> Frame:
    """Ask the network about the watched pictures; its training mode stays as it is."""
    device = next(model.parameters()).device
    with torch.no_grad():
        logits = model(watched.images.to(device)).cpu()
    return Frame(
        images_seen,
        float(F.cross_entropy(logits, watched.labels)),
        float((logits.argmax(dim=1) == watched.labels).float().mean()),
        logits[:SHOWN].softmax(dim=1).numpy(),
        model.conv1.weight.detach().cpu().numpy().copy(),
    )


def render(frames: Sequence[Frame], album: Album, state: State) -> Drawing:
    """Draw the curves up to the moment, the kernels, one picture's probabilities, and all watched pictures."""
    sheet, now = Sheet(WIDTH, HEIGHT), frames[state.moment]
    _draw_curves(sheet, frames, state.moment)
    _draw_kernels(sheet, frames, now)
    _draw_picture(sheet, album, state.picture, now)
    _draw_watched(sheet, album, state.picture, now)
    return Drawing(sheet.array(), _caption(frames, album, state))


def _draw_curves(sheet: Sheet, frames: Sequence[Frame], moment: int) -> None:
    seen = [frame.images_seen for frame in frames]
    last = seen[-1] or 1
    accuracies, losses = [frame.accuracy for frame in frames], [frame.loss for frame in frames]
    titles = (f"accuracy: {100 * accuracies[moment]:.1f} %", f"loss: {losses[moment]:.3g}")
    ticks = {f"{number:,}": number for number in (0, last // 2, last)}
    charts = (
        (accuracies, (0.0, 1.0), {"0 %": 0, "50 %": 0.5, "100 %": 1.0}, BLUE),
        (losses, (0.0, max(losses)), {"0": 0, "2.3": 2.3}, ORANGE),
    )
    for row, (values, limits, y_ticks, color) in enumerate(charts):
        chart = Chart(sheet, (58, 34 + 150 * row, 206, 90), (0, last), limits)
        shown = {text: value for text, value in y_ticks.items() if value <= limits[1]}
        chart.frame(titles[row], "", shown, ticks)
        chart.curve(seen, values, "#c9c9c9", 1.5)
        chart.curve(seen[: moment + 1], values[: moment + 1], color, 2.5)
        sheet.dot(*chart.at(seen[moment], values[moment]), 5, color, INK)
    sheet.text(161, 302, "training pictures shown so far", size=11, color=QUIET, at="m")


def _draw_kernels(sheet: Sheet, frames: Sequence[Frame], now: Frame) -> None:
    """Draw conv1's kernels in colour, on one scale for the whole training; grey is zero."""
    reach = max(float(np.abs(frame.kernels).max()) for frame in (frames[0], frames[-1]))
    shares = np.clip(np.moveaxis(now.kernels, 1, -1) / reach * 0.5 + 0.5, 0, 1)  # (K, 3, 3, 3), colour last
    sheet.text(292, 20, f"the {len(shares)} kernels of conv1", face=BOLD)
    wall = np.full((-(-len(shares) // 6) * 4, 24, 3), 255, np.uint8)
    for number, kernel in enumerate(shares):
        top, left = number // 6 * 4, number % 6 * 4
        wall[top : top + 3, left : left + 3] = np.round(kernel * 255)
    sheet.picture(292, 34, wall, (216, 216 * wall.shape[0] / wall.shape[1]))
    change = float(np.abs(now.kernels - frames[0].kernels).mean())
    sheet.text(292, 302, f"moved by {change:.3f} on average", size=11, color=QUIET)


def _draw_picture(sheet: Sheet, album: Album, picture: int, now: Frame) -> None:
    chances = now.probabilities[picture]
    best, truth = int(chances.argmax()), album.truth(picture)
    sheet.text(524, 20, f"picture {picture}: {truth}", face=BOLD)
    sheet.picture(524, 34, rgb(album.images[picture]), (60, 60))
    sheet.text(596, 56, f"says {album.names[best]}", color=BLUE if album.names[best] == truth else ORANGE, face=BOLD)
    marked = {truth: BLUE} | ({album.names[best]: ORANGE} if album.names[best] != truth else {})
    bars(sheet, (512, 104, 238), dict(zip(album.names, chances.tolist(), strict=True)), marked)


def _draw_watched(sheet: Sheet, album: Album, picture: int, now: Frame) -> None:
    """Draw the watched pictures; a frame says right (blue) or wrong (orange), the word what the network said."""
    sheet.text(16, 334, "watched pictures, and what the network says: blue is right, orange is wrong", face=BOLD)
    for number, image in enumerate(album.images):
        x, best = 16 + number * 46.0, int(now.probabilities[number].argmax())
        right = best == int(album.labels[number])
        if number == picture:
            sheet.box(x - 5, 346, (48, 82), fill="#dddddd")
        sheet.box(x - 3, 350, (44, 44), fill=BLUE if right else ORANGE)
        sheet.picture(x, 353, rgb(image), (38, 38))
        sheet.text(x + 19, 410, album.names[best][:7], size=9.5, color=INK, at="m")


def _caption(frames: Sequence[Frame], album: Album, state: State) -> str:
    now = frames[state.moment]
    best = now.probabilities.argmax(axis=1)
    right = int((best == album.labels).sum())
    picture = state.picture
    chance = now.probabilities[picture, int(album.labels[picture])]
    says = album.names[int(best[picture])]
    return (
        f"Moment {state.moment + 1} of {len(frames)}, after {now.images_seen:,} training pictures: "
        f"accuracy {now.accuracy:.1%}, loss {now.loss:.3f} on pictures it never learns from; "
        f"{right} of {len(album)} shown are right. Picture {picture} ({album.truth(picture)}): it says {says}, "
        f"and gives the truth {chance:.1%}."
    )


def panel(recorder: Recorder) -> Panel[State]:
    """Return the panel for what a recorder filmed.

    Raises:
        ValueError: nothing was filmed yet.
    """
    if not recorder.frames:
        raise ValueError("the recorder has filmed nothing; hand it to a training first: fit(..., callbacks=[recorder])")
    frames, album = tuple(recorder.frames), bind_album(recorder.watched[:SHOWN])
    return Panel(
        name="training_theatre",
        title="Training theatre",
        task="Play the training again. When does the network get each shape, and which kernels change most?",
        start=State(),
        controls=(
            slider("moment", "Moment", range(len(frames)), lambda moment: f"{frames[moment].images_seen:,} pictures"),
            slider("picture", "Picture", range(len(album)), lambda number: f"{number} ({album.truth(number)})"),
        ),
        render=partial(render, frames, album),
        plays="Moment",
    )
