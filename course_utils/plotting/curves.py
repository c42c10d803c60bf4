"""Numbers as lines: what training recorded, and any curves that share their axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from course_utils.plotting.checks import as_array
from course_utils.plotting.fonts import readable
from course_utils.plotting.picture import Picture
from course_utils.plotting.style import COLORS, drawing

__all__ = ["curves", "learning_curves"]

MARKERS = "osD^vP*"  # so that nobody needs the colours to tell two lines apart


def learning_curves(history: Mapping[str, Sequence[float]]) -> Picture:
    """Draw what training recorded, epoch by epoch: losses on the left, accuracies on the right.

    Args:
        history: name → one value per epoch. Names with "accuracy" in them hold shares, 0 to 1. Lists may differ in
            length; values that are not finite leave a gap.
            Positive values that differ by a factor of more than 10,000 get a logarithmic axis.

    Returns:
        Figure and caption: each curve's first, best and last value.

    Raises:
        ValueError: nothing was recorded.
    """
    recorded = {name: _check_values(name, values) for name, values in history.items()}
    shares = {name: values for name, values in recorded.items() if "accuracy" in name}
    losses = {name: values for name, values in recorded.items() if name not in shares}
    groups = [group for group in (losses, shares) if group]
    if not groups:
        raise ValueError("need at least one list of values to draw, got an empty history; train for an epoch first")
    with drawing(4.5 * len(groups), 3.2) as figure:
        for axes, group in zip(figure.subplots(1, len(groups), squeeze=False)[0], groups, strict=True):
            _draw_lines(axes, {name: (np.arange(1, len(y) + 1), y) for name, y in group.items()})
            axes.set(xlabel="epoch", title="Accuracy" if group is shares else "Loss")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            if group is shares:
                axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    told = [_describe_loss(name, values) for name, values in losses.items()]
    told += [_describe_share(name, values) for name, values in shares.items()]
    return Picture(figure, f"Learning curves: {'; '.join(told)}.")


def curves(
    lines: Mapping[str, Sequence[float]],
    *,
    x: Sequence[float] | None = None,
    title: str,
    x_label: str,
    y_label: str,
    lowest: float | None = None,
) -> Picture:
    """Draw lines that share their axes.

    Args:
        lines: name → values; values that are not finite leave a gap.
        x: where the values belong; by default 0, 1, 2, ...
        title, x_label, y_label: words for the figure; labels end in their unit.
        lowest: where the y axis begins; by default just below the lowest value, which makes a fall look deeper.

    Returns:
        Figure and caption: each line's first, lowest, highest and last value.

    Raises:
        ValueError: no line, or one whose length differs from that of ``x``.
    """
    if not lines:
        raise ValueError("need at least one line to draw, got an empty mapping")
    values = {name: _check_values(name, line) for name, line in lines.items()}
    places = {name: np.arange(len(y)) if x is None else as_array(x) for name, y in values.items()}
    for name, y in values.items():
        if len(places[name]) != len(y):
            raise ValueError(f"line {name!r} has {len(y)} values for {len(places[name])} places on the x axis")
    with drawing(6.4, 3.4) as figure:
        axes = figure.subplots()
        _draw_lines(axes, {name: (places[name], y) for name, y in values.items()})
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
        axes.set_ylim(bottom=lowest)
    told = "; ".join(_describe_line(name, y) for name, y in values.items())
    return Picture(figure, f"{title} ({y_label} over {x_label}): {told}.")


def _draw_lines(axes: Axes, lines: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
    names = readable([name.replace("_", " ") for name in lines])
    for index, (name, (x, y)) in enumerate(zip(names, lines.values(), strict=True)):
        style = {"color": COLORS[index % len(COLORS)], "label": name}
        axes.plot(x, np.where(np.isfinite(y), y, np.nan), marker=MARKERS[index % 7] if len(y) <= 40 else "", **style)
    axes.grid(axis="y")
    if _spans_decades([y for _, y in lines.values()]):
        axes.set_yscale("log")
    if len(lines) > 1:
        axes.legend()


def _spans_decades(lines: Sequence[np.ndarray]) -> bool:
    """Return whether the values are positive and so different that only a logarithmic axis shows them all."""
    values = np.concatenate(lines)
    values = values[np.isfinite(values)]
    return bool(len(values) and values.min() > 0 and values.max() / values.min() > 10_000)


def _check_values(name: str, values: Sequence[float]) -> np.ndarray:
    array = as_array(values).astype(np.float64)
    if array.ndim != 1 or not len(array):
        raise ValueError(f"{name!r} needs a list of at least one value, got shape {array.shape}")
    return array


def _describe_loss(name: str, values: np.ndarray) -> str:
    return _describe_run(name, values, np.nanargmin, "lowest", "{:.3g}".format)


def _describe_share(name: str, values: np.ndarray) -> str:
    return _describe_run(name, values, np.nanargmax, "best", "{:.1%}".format)


def _describe_run(
    name: str,
    values: np.ndarray,
    choose: Callable[[np.ndarray], np.intp],
    word: str,
    write: Callable[[float], str],
) -> str:
    finite = np.isfinite(values)
    name = name.replace("_", " ")
    if not finite.any():
        return f"{name} is never finite"
    best = int(choose(np.where(finite, values, np.nan)))
    told = f"{name} {write(values[0])} to {write(values[-1])} in {len(values)} epochs, {word} {write(values[best])} "
    lost = "" if finite.all() else f", not finite from epoch {int(np.argmin(finite)) + 1} on"
    return f"{told}in epoch {best + 1}{lost}"


def _describe_line(name: str, values: np.ndarray) -> str:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return f"{name} is never finite"
    lowest, highest = finite.min(), finite.max()
    return f"{name} {values[0]:.3g} to {values[-1]:.3g}, between {lowest:.3g} and {highest:.3g}"
