"""Panel of lesson 05: a knob on one tensor's gradient, and every number further back moves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from course_utils.panels.colours import BACKWARD, FORWARD, GREEN, INK, LINE, PAPER, QUIET, tint
from course_utils.panels.controls import buttons, slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Point, Sheet, text_width

__all__ = ["State", "Walk", "panel", "render", "walk_back"]

SCALE, CLIP = "multiply by", "clip to ±"
AMOUNTS = {SCALE: tuple(i / 4 for i in range(-8, 13)), CLIP: tuple(float(i) for i in range(0, 61, 3))}
WORKED = {"w": "", "x": "", "a": "w + x", "b": "w + 1", "y": "a · b", "z": "y²"}
PLACES: dict[str, Point] = {
    "w": (86, 82),
    "x": (86, 236),
    "a": (286, 200),
    "b": (286, 82),
    "y": (486, 141),
    "z": (676, 141),
}
ARROWS = (("w", "a"), ("w", "b"), ("x", "a"), ("a", "y"), ("b", "y"), ("y", "z"))
KNOB = "#00664a"  # a green on which white text has contrast 7:1
WIDTH, HEIGHT, BOX = 760, 300, (128.0, 66.0)


@dataclass(frozen=True)
class State:
    """On which tensor the knob sits, what it does, how strongly, and the value of x."""

    node: str = "y"
    knob: str = SCALE
    amount: float = 0.5
    x: float = 2.0


@dataclass(frozen=True)
class Walk:
    """One walk forward and back: each tensor's value, the gradient that arrived there, and the one that went on."""

    values: dict[str, float]
    arrived: dict[str, float]
    left: dict[str, float]


def turn(knob: str, amount: float, gradient: Tensor) -> Tensor:
    """Return the gradient that the hook sends on."""
    return gradient * amount if knob == SCALE else gradient.clamp(-amount, amount)


def walk_back(state: State) -> Walk:
    """Compute z = ((w + x)(w + 1))² at w = 1 with PyTorch, hang the knob on a tensor, and walk back."""
    w, x = torch.tensor(1.0, requires_grad=True), torch.tensor(state.x, requires_grad=True)
    a, b = w + x, w + 1
    y = a * b
    tensors = {"w": w, "x": x, "a": a, "b": b, "y": y, "z": y**2}
    arrived: dict[str, float] = {}
    left: dict[str, float] = {}
    for name, tensor in tensors.items():
        tensor.register_hook(partial(_note, arrived, name))
        if name == state.node:
            tensor.register_hook(partial(turn, state.knob, state.amount))
        tensor.register_hook(partial(_note, left, name))
    tensors["z"].backward()
    return Walk({name: float(tensor.detach()) for name, tensor in tensors.items()}, arrived, left)


def _note(notes: dict[str, float], name: str, gradient: Tensor) -> None:
    notes[name] = float(gradient)


def render(state: State) -> Drawing:
    """Draw the graph: values in blue, gradients in orange, the knob in green; what it changed is set in bold."""
    walk, untouched = walk_back(state), walk_back(State(state.node, SCALE, 1.0, state.x))
    sheet = Sheet(WIDTH, HEIGHT)
    for source, target in ARROWS:
        _draw_arrow(sheet, source, target)
    for name in WORKED:
        _draw_node(sheet, state, name, walk, untouched)
    sheet.text(16, 20, "values go forward →", size=12, color=FORWARD)
    sheet.text(744, 20, "← gradients come back", size=12, color=BACKWARD, at="r")
    return Drawing(sheet.array(), _caption(state, walk, untouched))


def _draw_arrow(sheet: Sheet, source: str, target: str) -> None:
    (x, y), (to_x, to_y) = PLACES[source], PLACES[target]
    sheet.arrow((x + BOX[0] / 2, y), (to_x - BOX[0] / 2 - 2, to_y), LINE)


def _draw_node(sheet: Sheet, state: State, name: str, walk: Walk, untouched: Walk) -> None:
    (x, y), here = PLACES[name], name == state.node
    left, top = x - BOX[0] / 2, y - BOX[1] / 2
    sheet.box(
        left,
        top,
        BOX,
        fill=tint(GREEN, 0.2) if here else PAPER,
        edge=GREEN if here else INK,
        thick=2.5 if here else 1.2,
    )
    sheet.text(x, top + 16, f"{name} = {WORKED[name]}" if WORKED[name] else name, size=12, color=QUIET, at="m")
    sheet.text(x, top + 33, f"{walk.values[name]:.4g}", color=FORWARD, face=BOLD, at="m")
    moved = walk.left[name] != untouched.left[name]
    words = f"{walk.arrived[name]:.4g} → {walk.left[name]:.4g}" if here else f"{walk.left[name]:.4g}"
    sheet.text(x, top + 52, words, color=BACKWARD, face=BOLD, at="m")
    if moved and not here:
        width = text_width(words, face=BOLD)
        sheet.text(x, top + 77, f"was {untouched.left[name]:.4g}", size=11, color=QUIET, at="m")
        sheet.line([(x - width / 2, top + 61), (x + width / 2, top + 61)], BACKWARD, 1.5)
    if here:
        sheet.box(left + BOX[0] - 40, top - 14, (58, 24), fill=KNOB)
        sign = "×" if state.knob == SCALE else "±"
        sheet.text(left + BOX[0] - 11, top - 2, f"{sign} {state.amount:g}", size=12, color=PAPER, face=BOLD, at="m")


def _caption(state: State, walk: Walk, untouched: Walk) -> str:
    moved = [name for name in WORKED if name != state.node and walk.left[name] != untouched.left[name]]
    changes = ", ".join(f"{name} {untouched.left[name]:.4g} → {walk.left[name]:.4g}" for name in moved)
    return (
        f"At {state.node}, {walk.arrived[state.node]:.4g} arrives and {walk.left[state.node]:.4g} goes on "
        f"({state.knob} {state.amount:g}). "
        + (f"Further back: {changes}." if moved else "Nothing further back changes.")
        + f" w.grad {walk.left['w']:.4g}, x.grad {walk.left['x']:.4g}."
    )


def panel() -> Panel[State]:
    """Return the panel."""
    return Panel(
        name="gradient_knob",
        title="A knob on a gradient",
        task="z = ((w + x)(w + 1))². Hang the hook on another tensor, turn it, and see which gradients follow.",
        start=State(),
        controls=(
            buttons("node", "The hook sits on", ("z", "y", "a", "b", "w", "x")),
            buttons("knob", "What it does", (SCALE, CLIP)),
            slider("amount", "How much", lambda state: AMOUNTS[state.knob], lambda amount: f"{amount:g}"),
            slider("x", "Value of x", tuple(i / 2 for i in range(-6, 11)), lambda value: f"{value:g}"),
        ),
        render=render,
    )
