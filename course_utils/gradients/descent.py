"""Two pictures of gradient descent: loss curves, and a ball that hops on a parabola."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Sized
from typing import SupportsFloat

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["draw_balls", "draw_losses"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000")  # Okabe and Ito (2008), apart for all eyes
MARKERS = ("o", "s", "^", "D", "v")
MOST_CURVES = len(COLOURS)
POINTS = 201  # of a drawn parabola


def draw_losses(losses: Mapping[str, Sequence[float]], title: str = "") -> tuple[Figure, str]:
    """Draw loss curves on a logarithmic scale; return (figure, caption).

    Args:
        losses: name of the curve -> loss after each epoch, at least one. inf and nan end a curve and are named.
        title: above the picture.

    Raises:
        TypeError: curves without names, or one that is not a list of numbers; a loss that still has its graph.
        ValueError: no curve, more than five, or one without numbers.
    """
    _check(losses)
    with matplotlib.style.context("default"):
        figure = Figure(figsize=(7.0, 3.6), layout="constrained")
        axes = figure.add_subplot(title=title, xlabel="epoch", ylabel="loss (logarithmic)", yscale="log")
        for (name, values), colour, marker in zip(losses.items(), COLOURS, MARKERS, strict=False):
            drawn = [value if math.isfinite(value) else math.nan for value in values]
            axes.plot(drawn, color=colour, marker=marker, ms=4, lw=1.6, label=name)
            _name_the_end(axes, values, colour)
        axes.grid(alpha=0.3)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure, "; ".join(f"{name}: {_story(values)}" for name, values in losses.items()) + "."


def draw_balls(
    loss_of: Callable[[float], float], paths: Mapping[str, Sequence[float]], title: str = ""
) -> tuple[Figure, str]:
    """Draw one loss parabola for each path, with a ball at every weight of the path; return (figure, caption).

    Args:
        loss_of: weight -> loss.
        paths: name -> the weights that the steps went through, start included.
        title: above the picture.

    Raises:
        TypeError: ``loss_of`` is not a function; paths without names, or one that is not a list of numbers.
        ValueError: no path, more than five, or one without numbers; not one weight that is finite.
    """
    if not callable(loss_of):
        raise TypeError(f"loss_of is a function from weight to loss, got {loss_of!r}; write lambda weight: ...")
    _check(paths)
    reach = [weight for path in paths.values() for weight in path if math.isfinite(weight)]
    if not reach:
        raise ValueError("the paths have no finite weight, only inf and nan; hand over the start of a path as well")
    low, high = min(reach), max(reach)
    margin = 0.08 * ((high - low) or 1.0)
    weights = [low - margin + (high - low + 2 * margin) * i / (POINTS - 1) for i in range(POINTS)]
    with matplotlib.style.context("default"):
        figure = Figure(figsize=(2.55 * len(paths), 3.0), layout="constrained")
        figure.suptitle(title, size=11)
        for axes, name in zip(figure.subplots(1, len(paths), sharey=True, squeeze=False)[0], paths, strict=True):
            axes.plot(weights, [loss_of(weight) for weight in weights], color="#999999", lw=1.2)
            _draw_path(axes, loss_of, paths[name])
            axes.set_title(name, size=10)
            axes.set_xlabel("weight")
        figure.axes[0].set_ylabel("loss")
    return figure, "; ".join(f"{name}: {_hops(loss_of, path)}" for name, path in paths.items()) + "."


def _check(series: Mapping[str, Sequence[float]]) -> None:
    if not isinstance(series, Mapping):
        raise TypeError(f"curves come with their names, as in {{'slow': [4.0, 2.0]}}; got {type(series).__name__}")
    if not 1 <= len(series) <= MOST_CURVES:
        raise ValueError(f"can tell 1 to {MOST_CURVES} curves apart in one picture, got {len(series)}")
    for name, values in series.items():
        if not isinstance(values, Sized):
            raise TypeError(f"the curve {name!r} must be a list of numbers, got {type(values).__name__}; write [...]")
        if len(values) == 0:
            raise ValueError(f"the curve {name!r} has no numbers; hand over one for each epoch")
        _check_numbers(name, values)


def _check_numbers(name: str, values: Sequence[float]) -> None:
    for value in values:
        if not isinstance(value, SupportsFloat):
            raise TypeError(f"the curve {name!r} must hold numbers, got {value!r}; hand over floats")
        if getattr(value, "requires_grad", False):
            raise TypeError(f"the curve {name!r} must hold plain numbers, got a tensor with a graph; keep loss.item()")


def _name_the_end(axes: Axes, values: Sequence[float], colour: str) -> None:
    """Write inf or nan behind the last point before it."""
    lost = _first_lost(values)
    if lost:
        last = (lost - 1, values[lost - 1])
        axes.annotate(
            f"{values[lost]}", last, xytext=(6, 0), textcoords="offset points", color=colour, size=9, va="center"
        )


def _first_lost(values: Sequence[float]) -> int | None:
    return next((epoch for epoch, value in enumerate(values) if not math.isfinite(value)), None)


def _draw_path(axes: Axes, loss_of: Callable[[float], float], path: Sequence[float]) -> None:
    heights = [loss_of(weight) for weight in path]
    axes.plot(path, heights, color=COLOURS[1], lw=1.0, marker="o", ms=5)
    axes.plot(path[0], heights[0], color=COLOURS[0], marker="o", ms=8)
    axes.annotate("start", (path[0], heights[0]), xytext=(-8, -9), textcoords="offset points", size=8, ha="right")
    axes.locator_params(nbins=4)
    axes.spines[["top", "right"]].set_visible(False)


def _story(values: Sequence[float]) -> str:
    lost = _first_lost(values)
    if lost == 0:
        return f"{values[0]:.4g} from epoch 0"
    end = f"{values[-1]:.4g} at epoch {len(values) - 1}" if lost is None else f"{values[lost]} from epoch {lost}"
    return f"loss {values[0]:.4g} at epoch 0, {end}"


def _hops(loss_of: Callable[[float], float], path: Sequence[float]) -> str:
    return f"weight {path[0]:.4g} → {path[-1]:.4g}, loss {loss_of(path[0]):.4g} → {loss_of(path[-1]):.4g}"
