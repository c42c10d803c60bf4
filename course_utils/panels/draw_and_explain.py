"""Panel for lectures and play: draw something, and see what the network makes of it, and where it looks."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.attribution import Attribution, grad_cam
from course_utils.panels.album import softmax
from course_utils.panels.charts import bars, color_bar
from course_utils.panels.colours import BLUE, FAINT, INK, ORANGE, QUIET
from course_utils.panels.controls import buttons, slider
from course_utils.panels.grad_cam_explorer import overlaid
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet
from course_utils.plotting.captions import peak

__all__ = ["Scene", "State", "panel", "render", "to_bytes", "to_image"]

SIDE = 32
WIDTH, HEIGHT, SHOWN = 440, 330, 196.0


@dataclass(frozen=True)
class State:
    """The drawing, 32 * 32 * 3 bytes; the target layer; and how opaque the heat is."""

    pixels: bytes = field(default=bytes(SIDE * SIDE * 3), repr=False)
    layer: str = "conv2"
    opacity: float = 0.65


@dataclass(frozen=True)
class Scene:
    """A network for 32x32 pictures, and the names of its classes."""

    model: nn.Module
    names: tuple[str, ...]


def to_image(pixels: bytes) -> Tensor:
    """Return the drawing as the network wants it, (1, 3, 32, 32) float32 in [0, 1]."""
    values = np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE, 3)
    return torch.from_numpy(values.astype(np.float32) / 255).permute(2, 0, 1)[None].contiguous()


def to_bytes(image: Tensor) -> bytes:
    """Return a picture (3, 32, 32) in [0, 1] as the bytes of a drawing."""
    return (image.permute(1, 2, 0) * 255).round().to(torch.uint8).numpy().tobytes()


def explained(scene: Scene, state: State) -> Attribution:
    """Ask the network about the drawing, and where it looks."""
    with warnings.catch_warnings():  # an empty map is drawn and named as such
        warnings.simplefilter("ignore", UserWarning)
        return grad_cam(scene.model, to_image(state.pixels), state.layer)


def render(scene: Scene, state: State) -> Drawing:
    """Draw the heat over the drawing, and the probabilities of all classes."""
    sheet, answer = Sheet(WIDTH, HEIGHT), explained(scene, state)
    one, chances = answer.maps[0].numpy(), softmax(answer.logits.numpy())[0]
    best = int(chances.argmax())
    top = float(one.max())
    sheet.text(4, 16, f"Where it looks for {scene.names[best]}", face=BOLD)
    image = to_image(state.pixels)[0].numpy()
    sheet.box(0, 30, (SHOWN + 4, SHOWN + 4), fill=FAINT)
    sheet.picture(2, 32, overlaid(image, one / (top or 1.0), state.opacity, "viridis"), (SHOWN, SHOWN))
    color_bar(sheet, (2, 242, SHOWN), (0, top), "logits")
    sheet.text(
        4,
        282,
        f"{scene.names[best]}?  {chances[best]:.0%}",
        size=20,
        face=BOLD,
        color=BLUE if chances[best] > 0.5 else ORANGE,
    )
    sheet.text(4, 310, f"opacity {state.opacity:.0%}, layer {state.layer}", size=11, color=QUIET)
    bars(sheet, (204, 40, 232), dict(zip(scene.names, chances.tolist(), strict=True)), {scene.names[best]: BLUE})
    second = int(chances.argsort()[-2])
    sheet.text(222, 282, f"second: {scene.names[second]} {chances[second]:.1%}", size=12, color=INK)
    return Drawing(sheet.array(), _caption(scene, state, one, chances))


def _caption(scene: Scene, state: State, one: np.ndarray, chances: np.ndarray) -> str:
    best, second = (int(c) for c in chances.argsort()[::-1][:2])
    row, column = peak(one)
    where = f"peak {one.max():.3g} logits at row {row}, column {column}" if one.any() else "no heat at all"
    return (
        f"The network says {scene.names[best]} ({chances[best]:.1%}), then {scene.names[second]} "
        f"({chances[second]:.1%}). Heat at {state.layer}: {where} of {one.shape[0]}×{one.shape[1]}; "
        f"drawn with opacity {state.opacity:.2f}."
    )


def panel(model: nn.Module, names: Sequence[str], start: Tensor) -> Panel[State]:
    """Return the panel.

    Args:
        model: a `SimpleCNN`.
        names: of its classes.
        start: the picture that is on the canvas at the beginning, (3, 32, 32) in [0, 1].

    Raises:
        ValueError: the picture has another shape.
    """
    if tuple(start.shape) != (3, SIDE, SIDE):
        raise ValueError(f"need a picture of shape (3, {SIDE}, {SIDE}) to begin with, got {tuple(start.shape)}")
    return Panel(
        name="draw_and_explain",
        title="Draw, and let the network explain",
        task="Draw over the picture, or clear it and begin anew. How few strokes change the network's mind?",
        start=State(to_bytes(start)),
        controls=(
            slider("opacity", "Opacity", tuple(i / 20 for i in range(21)), lambda share: f"{share:.0%}"),
            buttons("layer", "Target layer", ("conv1", "conv2", "conv3")),
        ),
        render=partial(render, Scene(model, tuple(names))),
        canvas="pixels",
    )
