"""Panel of lesson 07: walk through one training step, hook by hook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from course_utils.firing_order import HOLLOW, KINDS, OPENS, SHADES, line_of
from course_utils.hooks.events import Event
from course_utils.panels.colours import INK, LINE, PAPER, QUIET, mix
from course_utils.panels.controls import buttons, slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet

__all__ = ["State", "panel", "render"]

EVERYTHING, LAYERS, PARAMETERS = "everything", "layers", "parameters"
WIDTH, LEFT, TOP, LANE = 760, 118, 44, 40


@dataclass(frozen=True)
class State:
    """Which event we look at, and which kinds the slider stops at."""

    event: int = 0
    shown: str = EVERYTHING


def chosen(events: Sequence[Event], shown: str) -> list[int]:
    """Return the numbers of the events that the slider stops at; all, if there is none of the kind."""
    about_parameters = ["gradient" in event.kind for event in events]
    wanted = {EVERYTHING: (True, False), LAYERS: (False,), PARAMETERS: (True,)}[shown]
    return [number for number, about in enumerate(about_parameters) if about in wanted] or list(range(len(events)))


def render(events: Sequence[Event], state: State) -> Drawing:
    """Draw the step as a score: time goes right, one line for each module, what is still to come in pale."""
    lines = list(dict.fromkeys(line_of(event) for event in events))
    sheet = Sheet(WIDTH, TOP + LANE * len(lines) + 96)
    step = (WIDTH - LEFT - 12) / len(events)
    _draw_parts(sheet, events, step, len(lines))
    for row, line in enumerate(lines):
        sheet.text(LEFT - 12, TOP + LANE * (row + 0.5), line, at="r")
        sheet.line([(LEFT, TOP + LANE * (row + 0.5)), (WIDTH - 12, TOP + LANE * (row + 0.5))], LINE, 0.5)
    _draw_spans(sheet, events, lines, state.event, step)
    x = LEFT + step * (state.event + 0.5)
    sheet.line([(x, TOP - 8), (x, TOP + LANE * len(lines) + 12)], INK, 2)
    listed = set(chosen(events, state.shown))
    for number, event in enumerate(events):
        strength = 0.25 if number not in listed else 1.0 if number <= state.event else 0.6
        at, y = LEFT + step * (number + 0.5), TOP + LANE * (lines.index(line_of(event)) + 0.5)
        _draw_mark(sheet, event, at, y, strength)
    _draw_now(sheet, events[state.event], LEFT + step * (state.event + 0.5), TOP + LANE * len(lines))
    return Drawing(sheet.array(), _caption(events, state.event))


def _draw_parts(sheet: Sheet, events: Sequence[Event], step: float, rows: int) -> None:
    parts = [KINDS[event.kind][2] for event in events]
    for part in dict.fromkeys(parts):
        first, count = parts.index(part), parts.count(part)
        sheet.box(LEFT + step * first, TOP - 4, (step * count, LANE * rows + 8), fill=SHADES[part])
        sheet.text(LEFT + step * first + 4, TOP - 18, part, size=12, color=QUIET)


def _draw_spans(sheet: Sheet, events: Sequence[Event], lines: list[str], now: int, step: float) -> None:
    """Draw for how long each module is busy: from its first hook to its last."""
    for end, event in enumerate(events):
        opening = [i for i in range(end) if (events[i].kind, events[i].name) == (OPENS.get(event.kind), event.name)]
        if opening and opening[-1] <= now:
            y = TOP + LANE * (lines.index(line_of(event)) + 0.5)
            color = mix(PAPER, KINDS[event.kind][1], 0.35)
            sheet.line([(LEFT + step * (opening[-1] + 0.5), y), (LEFT + step * (min(end, now) + 0.5), y)], color, 9)


def _draw_mark(sheet: Sheet, event: Event, x: float, y: float, strength: float) -> None:
    color = mix(PAPER, KINDS[event.kind][1], strength)
    sheet.dot(x, y, 8.5, PAPER if event.kind in HOLLOW else color, color)
    letter = {"forward": "→", "backward": "←", "step": "↓"}[KINDS[event.kind][2]]
    word = event.name.rpartition(".")[2][:1] if "gradient" in event.kind else letter
    ink = color if event.kind in HOLLOW else PAPER
    sheet.text(x + 0.7, y, word, size=9, color=ink, face=BOLD, at="m")  # a letter's mask ends in empty pixels


def _draw_now(sheet: Sheet, event: Event, x: float, bottom: float) -> None:
    color = KINDS[event.kind][1]
    left = min(max(x - 150, 12), WIDTH - 12 - 480)
    sheet.box(left, bottom + 12, (480, 48), fill=SHADES[KINDS[event.kind][2]], edge=color)
    sheet.text(left + 12, bottom + 27, f"{event.kind.replace('_', ' ')} · {event.name or 'whole model'}", face=BOLD)
    sheet.text(left + 12, bottom + 46, KINDS[event.kind][3], size=12)
    sheet.text(12, bottom + 80, "hollow: before · filled: after · w, b: weight, bias", size=11, color=QUIET)


def _caption(events: Sequence[Event], number: int) -> str:
    event = events[number]
    shapes = ", ".join("none" if s is None else "×".join(map(str, s)) or "one number" for s in event.shapes)
    part = KINDS[event.kind][2]
    same = [i for i, other in enumerate(events) if KINDS[other.kind][2] == part]
    about = f" It is handed {shapes}." if shapes else ""
    return (
        f"Event {number + 1} of {len(events)} ({part}, {same.index(number) + 1} of {len(same)}): "
        f"{event.name or 'the whole model'} {KINDS[event.kind][3]}.{about}"
    )


def panel(events: Sequence[Event]) -> Panel[State]:
    """Return the panel for the events of ``course_utils.hooks.trace_hooks``.

    Raises:
        ValueError: there are no events, or some of another kind.
    """
    unknown = sorted({event.kind for event in events} - set(KINDS))
    if unknown or not events:
        raise ValueError(f"need the events of trace_hooks, got {unknown or 'none'}; was a step run inside it?")
    kept = tuple(events)
    return Panel(
        name="training_step",
        title="One training step, hook by hook",
        task="Walk through the step. When is a layer done, and when is the whole model done?",
        start=State(),
        controls=(
            slider("event", "Event", lambda state: chosen(kept, state.shown), lambda number: f"{number + 1}"),
            buttons("shown", "Stop at", (EVERYTHING, LAYERS, PARAMETERS)),
        ),
        render=partial(render, kept),
        plays="Event",
    )
