"""Draw who calls whom: as a timeline, or as boxes around boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course_utils.diagrams.recording import Call
from course_utils.diagrams.words import MONO
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import INK, QUIET, drawing

__all__ = ["call_boxes", "timeline"]


def timeline(calls: Sequence[Call]) -> Picture:
    """Draw a run as a timeline: one row for each function, one bar for each call, an arrow from caller to called.

    Raises:
        ValueError: there are no calls.
    """
    names, last = _names(calls), max((call.end for call in calls), default=0)
    colors = dict(zip(names, _shades(len(names)), strict=True))
    with drawing(9.0, 1.2 + 0.5 * len(names)) as figure:
        axes = figure.subplots()
        for call in calls:
            row = names.index(call.name)
            axes.barh(row, call.end - call.start, left=call.start, height=0.6, color=colors[call.name])
            _arrow_from_caller(axes, call, calls, names)
            axes.text(call.start + 0.12, row, call.inputs, va="center", fontsize=8, color=_ink_on(colors[call.name]))
            answer = "" if call.result == "None" else f"→ {call.result}"
            axes.text(call.end + 0.08, row, answer, va="center", fontsize=8)
        axes.set_yticks(range(len(names)), names, fontfamily=MONO)
        axes.invert_yaxis()
        axes.set(xlabel="step (each call and each return is one step)", title="Who runs when", xlim=(0, last + 1))
        axes.set_xticks(range(0, last + 1, 1 + last // 24))
    return Picture(figure, _timeline_caption(calls, names))


def call_boxes(runs: Mapping[str, Sequence[Call]]) -> Picture:
    """Draw runs side by side, each call as a box around the calls that it made; time goes down.

    Args:
        runs: title → calls, as `record_calls` returns them.

    Raises:
        ValueError: there is no run, or one of them is empty.
    """
    if not runs or not all(runs.values()):
        raise ValueError("call_boxes needs at least one run, and each run at least one call")
    last = max(call.end for calls in runs.values() for call in calls)
    with drawing(9.0, 1.0 + 0.42 * (last + 1)) as figure:
        panels = figure.subplots(1, len(runs), squeeze=False)[0]
        for axes, (title, calls) in zip(panels, runs.items(), strict=True):
            _draw_boxes(axes, calls, font_size=9 if len(runs) == 1 else 8)
            axes.set(title=title, xlim=(0, 1), ylim=(last + 0.6, -0.6), xticks=[], yticks=range(last + 1))
            axes.spines[:].set_visible(False)
        panels[0].set_ylabel("step (time goes down)")
    return Picture(figure, "\n".join(f"{title}: {_boxes_caption(calls)}" for title, calls in runs.items()))


def _names(calls: Sequence[Call]) -> list[str]:
    """Return the functions' names in the order of their first call."""
    if not calls:
        raise ValueError("there are no calls to draw: was the function watched, and did it run?")
    return list(dict.fromkeys(call.name for call in calls))


def _shades(count: int) -> list[tuple[float, float, float, float]]:
    """Return so many colours that differ in lightness too, for colour-blind readers and grey prints."""
    return [colormaps["cividis"](0.1 + 0.8 * place / max(count - 1, 1)) for place in range(count)]


def _ink_on(color: tuple[float, float, float, float]) -> str:
    red, green, blue, _ = color
    return INK if 0.3 * red + 0.59 * green + 0.11 * blue > 0.5 else "white"


def _arrow_from_caller(axes: Axes, call: Call, calls: Sequence[Call], names: Sequence[str]) -> None:
    callers = [c for c in calls if c.depth == call.depth - 1 and c.start < call.start <= call.end < c.end]
    if callers:
        rows = names.index(callers[0].name) + 0.3, names.index(call.name) - 0.3
        arrow = {"arrowstyle": "->", "color": QUIET, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", xy=(call.start, rows[1]), xytext=(call.start, rows[0]), arrowprops=arrow)


def _timeline_caption(calls: Sequence[Call], names: Sequence[str]) -> str:
    starts = {name: [str(call.start) for call in calls if call.name == name] for name in names}
    parts = [f"{name} {len(steps)} (at step {', '.join(steps)})" for name, steps in starts.items()]
    answers = [f"{call.name} {call.result} at step {call.end}" for call in calls if call.result != "None"]
    return f"Calls: {'; '.join(parts)}. Answers other than None: {'; '.join(answers) or 'no'}."


def _draw_boxes(axes: Axes, calls: Sequence[Call], font_size: float) -> None:
    shades = _shades(1 + max(call.depth for call in calls))
    for call in calls:
        inset, pale = 0.05 * call.depth, tuple(0.25 * channel + 0.75 for channel in shades[call.depth][:3])
        corner, size = (inset + 0.01, call.start - 0.4), (0.98 - 2 * inset, call.end - call.start + 0.8)
        box = FancyBboxPatch(corner, *size, boxstyle="round,pad=0,rounding_size=0.02", mutation_aspect=8)
        box.set(facecolor=pale, edgecolor=shades[call.depth], linewidth=1.5)
        axes.add_patch(box)
        text = {"va": "center", "fontsize": font_size, "fontfamily": MONO}
        axes.text(inset + 0.03, call.start, f"{call.name}({call.inputs})", weight="bold", **text)
        axes.text(inset + 0.03, call.end, f"returns {call.result}", **text)


def _boxes_caption(calls: Sequence[Call]) -> str:
    parts = [
        f"{call.name}({call.inputs}) opens at step {call.start} and returns {call.result} at step {call.end}"
        for call in calls
    ]
    return "; ".join(parts) + "."
