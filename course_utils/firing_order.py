"""Pictures for lesson 07: a training step as a musical score, and one layer with its two directions.

`score` draws what `course_utils.hooks.trace_hooks` wrote down; nothing here runs a network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from course_utils.hooks import Event
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import INK, QUIET, drawing

__all__ = ["score", "two_ways"]

BLUE, ORANGE = "#0072B2", "#B84A00"  # forward and backward, as in the pictures of graphs
# kind of event: mark, colour, part of the step, what is said about it. Hollow marks: before; filled: after.
KINDS = {
    "forward_pre": (">", BLUE, "forward", "is about to run; its hook receives the arguments"),
    "forward": (">", BLUE, "forward", "has run; its hook receives the output"),
    "full_backward_pre": ("<", ORANGE, "backward", "is about to be passed backward; its hook receives grad_output"),
    "full_backward": ("<", ORANGE, "backward", "has been passed backward; its hook receives grad_input"),
    "parameter_gradient": ("o", ORANGE, "backward", "has its gradient; .grad is not yet filled"),
    "post_accumulate_gradient": ("o", ORANGE, "backward", "has its .grad filled"),
    "step_pre": ("D", QUIET, "step", "is about to move the weights"),
    "step_post": ("D", QUIET, "step", "has moved the weights"),
}
HOLLOW = {"forward_pre", "full_backward_pre", "parameter_gradient", "step_pre"}
SHADES = {"forward": "#e8f1f8", "backward": "#fbeee6", "step": "#eeeeee"}
OPENS = {"forward": "forward_pre", "full_backward": "full_backward_pre"}
WHOLE = "whole model"


def score(events: Sequence[Event], until: int | None = None) -> Picture:
    """Draw a training step as a score: time goes right, one line for each module, one mark for each hook that fired.

    Args:
        events: from ``trace_hooks``.
        until: the number of one event; what comes after it is drawn pale, and the caption is about this event.

    Raises:
        ValueError: there are no events, or events of a kind that has no line (those of ``trace_everything``).
        IndexError: there is no event with the number ``until``.
    """
    lines = _lines(events)
    if until is not None and not 0 <= until < len(events):
        raise IndexError(f"there are events 0 to {len(events) - 1}, got {until}")
    now = len(events) - 1 if until is None else until
    with drawing(max(6.0, 1.6 + 0.27 * len(events)), 1.6 + 0.42 * len(lines)) as figure:
        axes = figure.subplots()
        _shade_parts(axes, events)
        _draw_spans(axes, events, lines, now)
        _draw_marks(axes, events, lines, now)
        if until is not None:
            axes.axvline(until, color=INK, linewidth=1)
        _label(axes, events, lines)
    return Picture(figure, _caption(events) if until is None else _sentence(events, until))


def line_of(event: Event) -> str:
    """Return the line on which an event is written: its module, or its optimizer."""
    name = event.name.rpartition(".")[0] if "gradient" in event.kind else event.name
    return name or WHOLE


def _lines(events: Sequence[Event]) -> list[str]:
    unknown = sorted({event.kind for event in events} - set(KINDS))
    if unknown or not events:
        raise ValueError(f"a score needs the events of trace_hooks, got {unknown or 'none'}; was a step run inside it?")
    return list(dict.fromkeys(line_of(event) for event in events))


def _shade_parts(axes: Axes, events: Sequence[Event]) -> None:
    parts = [KINDS[event.kind][2] for event in events]
    for number, part in enumerate(parts):
        axes.axvspan(number - 0.5, number + 0.5, color=SHADES[part], linewidth=0)
    for part in dict.fromkeys(parts):
        axes.text(parts.index(part) - 0.3, -0.5, part, fontsize=9, color=QUIET)


def _spans(events: Sequence[Event]) -> Iterator[tuple[int, int, Event]]:
    """Yield (start, end, last event) of each time that a module was busy."""
    for end, event in enumerate(events):
        opening = [i for i in range(end) if (events[i].kind, events[i].name) == (OPENS.get(event.kind), event.name)]
        if opening:
            yield opening[-1], end, event


def _draw_spans(axes: Axes, events: Sequence[Event], lines: list[str], now: int) -> None:
    for start, end, event in _spans(events):
        row, color = lines.index(line_of(event)), KINDS[event.kind][1]
        axes.plot([start, end], [row, row], color=color, linewidth=7, alpha=0.25 if start <= now else 0.06)


def _draw_marks(axes: Axes, events: Sequence[Event], lines: list[str], now: int) -> None:
    for number, event in enumerate(events):
        marker, color = KINDS[event.kind][:2]
        row, strength = lines.index(line_of(event)), 1.0 if number <= now else 0.2
        fill = "white" if event.kind in HOLLOW else color
        axes.plot(number, row, marker, color=color, markerfacecolor=fill, markersize=8, alpha=strength)
        if event.kind == "parameter_gradient":
            name = event.name.rpartition(".")[2]
            axes.text(number + 0.5, row - 0.32, name, ha="center", fontsize=7.5, color=color, alpha=strength)


def _label(axes: Axes, events: Sequence[Event], lines: list[str]) -> None:
    axes.set_yticks(range(len(lines)), lines)
    axes.set(xlim=(-0.7, len(events) - 0.3), ylim=(len(lines) - 0.5, -0.9))
    axes.set(title="One training step, hook by hook", xlabel="event")
    axes.set_xticks(range(0, len(events), 1 + len(events) // 40))
    kinds = [kind for kind in KINDS if any(event.kind == kind for event in events)]
    marks = [
        Line2D([], [], linestyle="", marker=KINDS[k][0], color=KINDS[k][1], markersize=7, label=k.replace("_", " "),
               markerfacecolor="white" if k in HOLLOW else KINDS[k][1])
        for k in kinds
    ]  # fmt: skip
    axes.figure.legend(handles=marks, loc="outside lower center", ncols=4)


def _caption(events: Sequence[Event]) -> str:
    parts = [KINDS[event.kind][2] for event in events]
    counts = ", ".join(f"{parts.count(part)} {part}" for part in SHADES if part in parts)
    sentences = [f"{len(events)} events: {counts}."]
    for kind, words in (("forward", "Forward hooks"), ("full_backward", "Full backward hooks")):
        order = [line_of(event) for event in events if event.kind == kind]
        sentences += [f"{words} fire in the order {' → '.join(order)}."] if order else []
    return "\n".join(sentences)


def _sentence(events: Sequence[Event], number: int) -> str:
    event = events[number]
    shapes = ", ".join("none" if s is None else "×".join(map(str, s)) or "one number" for s in event.shapes)
    return f"Event {number}: {event.name or WHOLE} {KINDS[event.kind][3]}{f' ({shapes})' if shapes else ''}."


def two_ways(layer: str, forward: tuple[float, float], backward: tuple[float, float], kept: float) -> Picture:
    """Draw one layer as a box: what flows through it forward, what comes back, and what stays with its weight.

    Args:
        layer: what is written on the box.
        forward: x, which goes in on the left, and y, which comes out on the right.
        backward: grad_input, which leaves on the left, and grad_output, which arrives on the right.
        kept: the gradient of the layer's own weight.
    """
    x, y, into, out = f"x = {forward[0]:g}", f"y = {forward[1]:g}", *_gradients(backward)
    stays = f"weight.grad = {kept:g}"
    with drawing(7.5, 2.7) as figure:
        axes = figure.subplots()
        axes.add_patch(FancyBboxPatch((4, 1), 2, 2, boxstyle="round,pad=0.1", facecolor="white", edgecolor=INK))
        axes.text(5, 2, layer, ha="center", va="center", weight="bold")
        for (left, right), height, color, style in (((x, y), 2.7, BLUE, "->"), ((into, out), 1.3, ORANGE, "<-")):
            for start, end, at, words in ((1.2, 3.8, 2.5, left), (6.2, 8.8, 7.5, right)):
                _arrow(axes, (start, height), (end, height), color, style)
                axes.text(at, height + 0.15, words, ha="center", color=color)
        _arrow(axes, (5, 0.85), (5, 0.25), ORANGE, "->")
        axes.text(5, -0.15, stays, ha="center", color=ORANGE)
        axes.set(xlim=(0.5, 9.5), ylim=(-0.3, 3.4))
        axes.axis("off")
    return Picture(
        figure,
        f"Forward, {x} goes in and {y} comes out. Backward, {out} arrives and {into} goes on; "
        f"{stays} stays with the layer: it is in neither of them.",
    )


def _gradients(backward: tuple[float, float]) -> tuple[str, str]:
    return f"grad_input = {backward[0]:g}", f"grad_output = {backward[1]:g}"


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], color: str, style: str) -> None:
    axes.annotate("", xy=end, xytext=start, arrowprops={"arrowstyle": style, "color": color, "linewidth": 1.8})
