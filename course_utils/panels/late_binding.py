"""Panel of lesson 03: step through a loop that makes callbacks, and watch the boxes that they remember."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from course_utils.panels.colours import BLUE, FAINT, GREEN, INK, LINE, ORANGE, QUIET, mix, tint
from course_utils.panels.controls import buttons, slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, MONO, Point, Sheet

__all__ = ["State", "panel", "render"]

LAMBDA, DEFAULT, FACTORY = "lambda: step", "lambda step=step: step", "make_callback(step)"
WIDTH, HEIGHT = 760, 330


@dataclass(frozen=True)
class State:
    """How many turns the loop makes, which callback it makes in each, and how far we have watched."""

    made: str = LAMBDA
    turns: int = 3
    moment: int = 4


@dataclass(frozen=True)
class Snapshot:
    """What is there at one moment: line of code, the loop's step, the callbacks' answers, and who shares which box."""

    line: int
    step: int | None
    answers: tuple[int, ...]
    boxes: tuple[int, ...]


def watch(made: str, turns: int) -> list[Snapshot]:
    """Run the loop for real, and take a snapshot after each line that was run."""
    callbacks: list[Callable[[], int]] = []
    seen = [Snapshot(0, None, (), ())]

    def make_callback(step: int) -> Callable[[], int]:
        return lambda: step

    for step in range(turns):
        seen.append(_snapshot(1, step, callbacks))
        makers = {
            LAMBDA: lambda: lambda: step,  # noqa: B023 - late binding is what is shown
            DEFAULT: lambda: lambda step=step: step,  # noqa: B023 - bound while it is called, at once
            FACTORY: lambda: make_callback(step),  # noqa: B023 - called at once
        }
        callbacks.append(makers[made]())
        seen.append(_snapshot(2, step, callbacks))
    return [*seen, _snapshot(3, turns - 1, callbacks)]


def _snapshot(line: int, step: int | None, callbacks: list[Callable[[], int]]) -> Snapshot:
    """Look into the callbacks' own cells; a default value is a box of its own."""
    cells = [id(callback.__closure__[0]) if callback.__closure__ else -i for i, callback in enumerate(callbacks)]
    order = list(dict.fromkeys(cells))
    return Snapshot(line, step, tuple(callback() for callback in callbacks), tuple(order.index(c) for c in cells))


def render(state: State) -> Drawing:
    """Draw the code, the callbacks with the boxes they look into, and what they say at this moment."""
    now = watch(state.made, state.turns)[state.moment]
    sheet = Sheet(WIDTH, HEIGHT)
    _draw_code(sheet, state, now)
    _draw_loop_name(sheet, now)
    _draw_callbacks(sheet, state, now)
    return Drawing(sheet.array(), _caption(state, now))


def _draw_code(sheet: Sheet, state: State, now: Snapshot) -> None:
    lines = (
        "callbacks = []",
        f"for step in range({state.turns}):",
        f"    callbacks.append({state.made})",
        "[c() for c in callbacks]",
    )
    sheet.box(16, 14, (WIDTH - 32, 108), fill=FAINT)
    sheet.box(20, 19 + 25 * now.line, (WIDTH - 40, 24), fill=tint(ORANGE, 0.25))
    for row, line in enumerate(lines):
        indent = 30 + 8 * (len(line) - len(line.lstrip()))
        sheet.text(indent, 31 + 25 * row, line.strip(), size=14, face=MONO)


def _draw_loop_name(sheet: Sheet, now: Snapshot) -> None:
    sheet.text(92, 150, "the loop's name", size=12, color=QUIET, at="m")
    sheet.box(52, 166, (80, 52), fill=tint(BLUE), edge=BLUE, thick=2)
    sheet.text(92, 182, "step", size=12, at="m")
    sheet.text(92, 202, "-" if now.step is None else str(now.step), size=18, face=BOLD, at="m")


def _draw_callbacks(sheet: Sheet, state: State, now: Snapshot) -> None:
    gap = (WIDTH - 200) / max(state.turns, 3)
    for i in range(state.turns):
        x = 230 + gap * i
        there = i < len(now.answers)
        color = INK if there else LINE
        sheet.box(
            x - 44, 236, (88, 34), fill=tint(GREEN, 0.2) if there else None, edge=GREEN if there else LINE, thick=2
        )
        sheet.text(x, 253, f"callback {i}" if there else "not yet", size=12, color=color if there else QUIET, at="m")
        if there:
            _draw_link(sheet, state, now, i, x)
            right = now.answers[i] == i
            sheet.text(
                x,
                292,
                f"says {now.answers[i]}",
                size=15,
                face=BOLD,
                color=BLUE if right else mix(ORANGE, INK, 0.25),
                at="m",
            )
            sheet.text(x, 313, "as wanted" if right else f"wanted {i}", size=12, color=QUIET, at="m")


def _draw_link(sheet: Sheet, state: State, now: Snapshot, i: int, x: float) -> None:
    """Draw the arrow from a callback to the box that it looks into when it is called."""
    if state.made == LAMBDA:
        goal: Point = (134, 196)
        sheet.line([(x, 236), (x, 200 - 6 * i)], GREEN, 1.8)
        sheet.arrow((x, 200 - 6 * i), (goal[0], 200 - 6 * i), GREEN)
        return
    sheet.text(x, 150, "its own box", size=12, color=QUIET, at="m")
    sheet.box(x - 30, 166, (60, 40), fill=tint(GREEN), edge=GREEN, thick=2)
    sheet.text(x, 186, str(now.answers[i]), size=18, face=BOLD, at="m")
    sheet.arrow((x, 236), (x, 208), GREEN)


def _caption(state: State, now: Snapshot) -> str:
    count, boxes = len(now.answers), len(set(now.boxes))
    last = 2 * state.turns + 1
    where = ("before the loop", f"step becomes {now.step}", f"callback {count - 1} is made", "the loop is over")[
        now.line
    ]
    answers = f"they say {list(now.answers)}" if count != 1 else f"it says {now.answers[0]}"
    made = (
        f"{count} callback{'s' if count != 1 else ''}, {boxes} box{'es' if boxes != 1 else ''}: {answers}"
        if count
        else "no callback yet"
    )
    return f"Moment {state.moment} of {last}: {where}; {made}. Wanted in the end: {list(range(state.turns))}."


def panel() -> Panel[State]:
    """Return the panel."""
    return Panel(
        name="late_binding",
        title="What do the callbacks remember?",
        task="Step through the loop. Every callback is asked again at every moment. Then cure it.",
        start=State(),
        controls=(
            buttons("made", "Each turn makes", (LAMBDA, DEFAULT, FACTORY)),
            slider("moment", "Moment", lambda state: range(2 * state.turns + 2)),
            slider("turns", "Turns of the loop", range(1, 6)),
        ),
        render=render,
        plays="Moment",
    )
