"""Panel of lesson 04: one learning rate, and the hand-written loop settles or explodes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from course_utils.panels.charts import Chart
from course_utils.panels.colours import BLUE, FAINT, GREEN, INK, LINE, ORANGE, QUIET, SKY, mix
from course_utils.panels.controls import slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.sheet import BOLD, Sheet

__all__ = ["SAMPLES", "State", "panel", "render", "train"]

SAMPLES = ((11.0, 21.0), (22.0, 14.0), (33.0, 64.0))  # (x, wanted y), as in the lesson
RATES = tuple(float(f"{rate:.2g}") for rate in np.logspace(-5, -2, 61))
WEIGHTS, LOSSES = (-2.0, 6.0), (1.0, 1e12)  # what the two frames show
BEST = sum(x * y for x, y in SAMPLES) / sum(x * x for x, _ in SAMPLES)
SHADES, LOWEST = (SKY, GREEN, ORANGE), -3.1  # a colour for each sample; where the line of factors ends
WIDTH, HEIGHT = 760, 352


@dataclass(frozen=True)
class State:
    """Learning rate, number of epochs, and the weight at the beginning."""

    rate: float = 1e-4
    epochs: int = 10
    start: float = 1.0


def train(state: State) -> tuple[list[float], list[float]]:
    """Run the loop of lesson 04 in float32; return weight and last sample's loss, one for each epoch.

    Returns:
        weights: epochs + 1 numbers, the start included.
        losses: epochs numbers. Both may be infinite or NaN.
    """
    weight, rate, two = np.float32(state.start), np.float32(state.rate), np.float32(2)
    weights, losses = [float(weight)], []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(state.epochs):
            for x, y in np.float32(SAMPLES):
                error = x * weight - y
                weight = weight - rate * (two * x * error)
            weights.append(float(weight))
            losses.append(float(error * error))
    return weights, losses


def factors(rate: float) -> list[float]:
    """Return by what one step multiplies the distance to each sample's own best weight."""
    return [1 - 2 * rate * x**2 for x, _ in SAMPLES]


def mean_loss(weight: float) -> float:
    """Return the mean squared error of all samples."""
    return sum((x * weight - y) ** 2 for x, y in SAMPLES) / len(SAMPLES)


def render(state: State) -> Drawing:
    """Draw the ball on the loss of all samples, the loss over the epochs, and the factor of each step."""
    weights, losses = train(state)
    settles = abs(math.prod(factors(state.rate))) < 1
    color = BLUE if settles else ORANGE
    sheet = Sheet(WIDTH, HEIGHT)
    _draw_valley(sheet, weights, color)
    _draw_losses(sheet, losses, color)
    _draw_factors(sheet, state.rate)
    return Drawing(sheet.array(), _caption(state, weights, losses, settles))


def _draw_valley(sheet: Sheet, weights: list[float], color: str) -> None:
    top = mean_loss(WEIGHTS[1])
    chart = Chart(sheet, (40, 36, 300, 196), WEIGHTS, (0, top))
    chart.frame("The ball on the mean loss of all three", "weight", {"0": 0}, {str(w): w for w in range(-2, 7, 2)})
    xs = np.linspace(*WEIGHTS, 81)
    chart.curve(list(xs), [mean_loss(x) for x in xs], mix(INK, "#ffffff", 0.5), 1.5)
    inside = [w for w in weights if math.isfinite(w) and WEIGHTS[0] <= w <= WEIGHTS[1]]
    path = [chart.at(w, mean_loss(w)) for w in weights if math.isfinite(w)]
    if len(path) > 1:
        sheet.line(path, mix(color, "#ffffff", 0.55), 1.2)
    for weight in inside:
        sheet.dot(*chart.at(weight, mean_loss(weight)), 3.5, mix(color, "#ffffff", 0.25))
    goal = chart.at(BEST, mean_loss(BEST))
    sheet.text(goal[0], goal[1] - 22, f"best {BEST:.3f}", size=11, color=QUIET, at="m")
    sheet.dot(*chart.at(weights[0], mean_loss(weights[0])), 7, None, INK)
    last = weights[-1]
    if math.isfinite(last) and WEIGHTS[0] <= last <= WEIGHTS[1]:
        sheet.dot(*chart.at(last, mean_loss(last)), 8, color, INK)
    else:
        sheet.text(190, 60, f"the ball is gone: weight {last:.3g}", color=mix(ORANGE, INK, 0.3), face=BOLD, at="m")


def _draw_losses(sheet: Sheet, losses: list[float], color: str) -> None:
    chart = Chart(sheet, (412, 36, 330, 196), (0, 29), LOSSES, logarithmic=True)
    ticks = {"1": 1.0, "10⁴": 1e4, "10⁸": 1e8, "10¹²": 1e12}
    chart.frame("Loss of the last sample", "epoch", ticks, {str(e): e for e in range(0, 30, 5)})
    chart.curve(range(len(losses)), losses, color, 2.5)
    now = chart.at(len(losses) - 1, LOSSES[0])[0]
    sheet.dashes((now, 36), (now, 232), QUIET)
    shown = [loss for loss in losses if math.isfinite(loss)]
    for epoch, loss in enumerate(shown):
        sheet.dot(*chart.at(epoch, loss), 3, color)
    lost = next((epoch for epoch, loss in enumerate(losses) if not math.isfinite(loss)), None)
    if lost is not None:
        sheet.text(724, 54, f"{losses[lost]} from epoch {lost}", color=mix(ORANGE, INK, 0.3), face=BOLD, at="r")


def _draw_factors(sheet: Sheet, rate: float) -> None:
    """Draw each step's factor on a line from -3 to 3; between -1 and 1 the step comes nearer."""
    sheet.text(12, 302, "One step multiplies the distance by", size=12)
    for place, ((x, _), shade) in enumerate(zip(SAMPLES, SHADES, strict=True)):
        sheet.dot(19 + 64 * place, 322, 6, shade, INK)
        sheet.text(30 + 64 * place, 322, f"x = {x:g}", size=11, color=QUIET)
    sheet.text(208, 322, "(inside the band: nearer)", size=11, color=QUIET)
    middle, unit = 560.0, 58.0
    sheet.box(middle - 3 * unit, 306, (6 * unit, 8), fill=FAINT)
    sheet.box(middle - unit, 300, (2 * unit, 20), fill=mix(GREEN, "#ffffff", 0.75))
    for number in range(-3, 4):
        sheet.line([(middle + number * unit, 304), (middle + number * unit, 316)], LINE, 1)
        sheet.text(middle + number * unit, 334, str(number), size=11, color=QUIET, at="m")
    for factor, shade in zip(factors(rate), SHADES, strict=True):
        sheet.dot(middle + unit * max(factor, LOWEST), 310, 7, shade, INK)
    beyond = ", ".join(f"{factor:.2f}" for factor in factors(rate) if factor < LOWEST)
    sheet.text(middle + unit * LOWEST - 8, 290, f"← {beyond}" if beyond else "", size=11, face=BOLD)


def _caption(state: State, weights: list[float], losses: list[float], settles: bool) -> str:
    words = ", ".join(f"{factor:.2f}" for factor in factors(state.rate))
    product = math.prod(factors(state.rate))
    return (
        f"Learning rate {state.rate:.2g}: one step multiplies the distance by {words}, one epoch by {product:.3g}, "
        f"so it {'settles' if settles else 'explodes'}. From weight {state.start:g}, after {state.epochs} epochs: "
        f"weight {weights[-1]:.4g}, last sample's loss {losses[-1]:.4g}. The best weight for all samples is {BEST:.3f}."
    )


def panel() -> Panel[State]:
    """Return the panel."""
    return Panel(
        name="learning_rate",
        title="How long may a step be?",
        task="Move the learning rate until the loop explodes. Where does it turn?",
        start=State(),
        controls=(
            slider("rate", "Learning rate", RATES, lambda rate: f"{rate:.2g}"),
            slider("epochs", "Epochs", range(1, 31)),
            slider("start", "Start weight", tuple(i / 2 for i in range(-4, 13)), lambda weight: f"{weight:.1f}"),
        ),
        render=render,
    )
