"""Draw where functions keep what they remember."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import CellType

from matplotlib.axes import Axes
from matplotlib.text import Text

from course_utils.diagrams.words import MONO, spell
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import COLORS, QUIET, drawing

__all__ = ["closures"]


def closures(groups: Mapping[str, Sequence[Callable[..., object]]]) -> Picture:
    """Draw where functions keep what they remember: an arrow from each function to its cell or its own value.

    Cells (``__closure__``), default values, the arguments of a ``functools.partial`` and the attributes of a
    callable object are shown. Functions that look at the same cell point at the same box.

    Args:
        groups: title → functions, side by side.

    Raises:
        ValueError: there is no group, or one of them is empty.
    """
    if not groups or not all(groups.values()):
        raise ValueError("closures needs at least one group, and each group at least one function")
    tallest = max(map(len, groups.values()))
    with drawing(0.6 + 2.35 * max(len(groups), 1.3), 0.6 + 0.75 * tallest) as figure:
        panels = figure.subplots(1, len(groups), squeeze=False)[0]
        for axes, (title, functions) in zip(panels, groups.items(), strict=True):
            _draw_memory(axes, functions)
            axes.set(title=title, xlim=(0, 1), ylim=(tallest - 0.5, -0.5), xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    return Picture(figure, "\n".join(f"{title}: {_memory_caption(group)}" for title, group in groups.items()))


@functools.singledispatch
def _memory(function: object) -> dict[tuple[int, str], str]:
    """Return place → text for each value that a callable remembers; a shared cell is the same place."""
    if not inspect.isfunction(function):
        return {(id(function), name): f"attribute {name} = {spell(value)}" for name, value in vars(function).items()}
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    memory = {(id(cell), name): f"cell {name} = {_content(cell)}" for name, cell in cells}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.default is not parameter.empty:
            memory[id(function), name] = f"default {name} = {spell(parameter.default)}"
    return memory


@_memory.register
def _(function: functools.partial) -> dict[tuple[int, str], str]:
    words = [spell(value) for value in function.args]
    words += [f"{name}={spell(value)}" for name, value in function.keywords.items()]
    return {(id(function), "arguments"): f"argument {', '.join(words)}"}


def _content(cell: CellType) -> str:
    try:
        return spell(cell.cell_contents)
    except ValueError:  # Python's word for a cell whose name has no value yet
        return "(nothing yet)"


def _draw_memory(axes: Axes, functions: Sequence[Callable[..., object]]) -> None:
    rows_of: dict[tuple[int, str], tuple[int, ...]] = {}
    texts: dict[tuple[int, str], str] = {}
    for row, function in enumerate(functions):
        for place, text in _memory(function).items():
            rows_of[place] = (*rows_of.get(place, ()), row)
            texts[place] = text
    labels = [_label(axes, 0.24, row, f"callback {row}", COLORS[0]) for row in range(len(functions))]
    for label in labels:
        label.set_horizontalalignment("center")
    for rows in dict.fromkeys(rows_of.values()):  # what the same functions share stands in one box
        text = "\n".join(texts[place].replace(" ", "\n", 1) for place in texts if rows_of[place] == rows)
        box = _label(axes, 0.58, sum(rows) / len(rows), text, COLORS[1])
        for row in rows:
            _arrow(axes, labels[row], box)


def _label(axes: Axes, x: float, y: float, text: str, color: str) -> Text:
    box = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": color, "linewidth": 1.5}
    return axes.text(x, y, text, va="center", fontsize=9, fontfamily=MONO, bbox=box)


def _arrow(axes: Axes, start: Text, end: Text) -> None:
    """Draw an arrow that begins at the edge of one box and ends at the left edge of another."""
    edge = {"patchA": start.get_bbox_patch(), "shrinkA": 1, "shrinkB": 7}
    arrow = {"arrowstyle": "->", "color": QUIET, **edge}
    axes.annotate("", xy=end.get_position(), xytext=start.get_position(), arrowprops=arrow)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _memory_caption(functions: Sequence[Callable[..., object]]) -> str:
    places = {place: text for function in functions for place, text in _memory(function).items()}
    count = f"{_counted(len(functions), 'function')}, {_counted(len(places), 'remembered value')}"
    return f"{count} ({'; '.join(places.values()) or 'nothing'})."
