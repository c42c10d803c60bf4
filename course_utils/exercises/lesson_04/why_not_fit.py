"""Why a fitted weight is off: by what stands in the code, by what usual mistakes give, else by the first update."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import Causes, first_cause
from course_utils.exercises.diagnosis.numbers import unpacked
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.lesson_04.descents import MistakenFit, mean_slope, right_fit
from course_utils.exercises.lesson_04.fit_gradients import OTHER_GRADIENTS, RARER_GRADIENTS
from course_utils.exercises.lesson_04.fit_loops import OTHER_LOOPS
from course_utils.exercises.lesson_04.fit_numbers import OWN_NUMBERS, ROUNDED
from course_utils.exercises.lesson_04.plain_numbers import close, is_number
from course_utils.exercises.lesson_04.samples import Samples
from course_utils.exercises.shown import safely

__all__ = ["why_the_fit_is_off"]


# what a mistaken fit gives, from the same arguments, and why; the first that fits is named
FITS: tuple[MistakenFit, ...] = (*OTHER_LOOPS, *OTHER_GRADIENTS, *OWN_NUMBERS, *RARER_GRADIENTS, *ROUNDED)


def _first_line(tree: object, name: str) -> int:
    """Return the line of the first attribute of that name, or 0."""
    return min((node.lineno for node in nodes_in(tree, ast.Attribute) if node.attr == name), default=0)


def _assigned(tree: object) -> set[str]:
    """Return the names that get a value somewhere in a learner's code."""
    names = [node for node in nodes_in(tree, ast.Name) if isinstance(node.ctx, ast.Store)]
    return {node.id for node in names}


SEEN_IN_FIT: Causes = (  # ``early``: the weights after 0, 1, 2 ... epochs, the last one left out
    (
        lambda fit, got, early: {"Adam", "AdamW", "RMSprop", "Adagrad", "LBFGS", "Rprop"} & names_in(fit),
        "this optimizer takes steps of other lengths; plain descent was asked for, learning rate times gradient",
    ),
    (
        lambda fit, got, early: "retain_graph" in {node.arg for node in nodes_in(fit, ast.keyword)},
        "the loss is never set back, so those of earlier epochs are still in it (retain_graph=True lets that pass)",
    ),
    (
        lambda fit, got, early: {"momentum", "weight_decay"} & {node.arg for node in nodes_in(fit, ast.keyword)},
        "momentum or weight decay changes the steps; plain descent was asked for, learning rate times gradient",
    ),
    (
        lambda fit, got, early: "learning_rate" in _assigned(fit),
        "your code changes learning_rate; each update should use the one that was handed in",
    ),
    (
        lambda fit, got, early: sum(node.arg == "requires_grad" for node in nodes_in(fit, ast.keyword)) > 1,
        "a second number learns along with the weight, such as a bias; the guess is x * w alone",
    ),
    (
        lambda fit, got, early: 0 < _first_line(fit, "step") < _first_line(fit, "backward"),
        "step() comes before backward(): there is no gradient yet, or that of the epoch before",
    ),
    (
        lambda fit, got, early: close(got, 1.0) and {"zero_", "zero_grad"} & names_in(fit),
        "the weight is where it started: the gradient is set to 0 between backward() and the update",
    ),
    (
        lambda fit, got, early: any(close(got, one) for one in early) and nodes_in(fit, ast.Break),
        "a break ends the loop before all epochs are over",
    ),
    (
        lambda fit, got, early: close(got, early[1]) and nodes_in(fit, ast.Return, ast.For | ast.While),
        "only one update counts: the return stands inside the loop",
    ),
    (
        lambda fit, got, early: close(got, early[1]) and len(early) > 2,
        "only one update counts: the weight is made anew in each epoch, or nothing repeats the update",
    ),
)


def why_the_fit_is_off(
    fit: Callable[..., object], got: float, samples: Samples, learning_rate: float, epochs: int
) -> tuple[str, str]:
    """Return (cause, next step) by comparing with what the usual mistakes give, else by the first update."""
    seen = first_cause(SEEN_IN_FIT, fit, got, [right_fit(samples, learning_rate, count) for count in range(epochs)])
    if seen:
        return seen, "one epoch: clear, loss, backward(), update; all of them in the loop, and nothing that ends it"
    for mistaken, cause, step in FITS:
        if close(got, safely(lambda m=mistaken: m(samples, learning_rate, epochs), math.nan)):  # it may overflow
            return cause, step
    step = "run one epoch with two samples by hand, and compare"
    if not math.isfinite(got):
        return "the weight is no finite number any more: the updates explode", step
    for count in range(epochs):
        if close(got, right_fit(samples, learning_rate, count)):
            return f"this is the weight after {count} epochs, not {epochs}: the loop ends too early", step
    return why_the_update_is_off(fit, samples, learning_rate)


def why_the_update_is_off(fit: Callable[..., object], samples: Samples, learning_rate: float) -> tuple[str, str]:
    """Return (cause, next step) by looking at the weight after no and after one update."""
    step = "run one epoch with two samples by hand, and compare"
    start, first = unpacked(fit(list(samples), learning_rate, 0)), unpacked(fit(list(samples), learning_rate, 1))
    if not (is_number(start) and is_number(first)):
        return "the updates differ from the recipe in the task", step
    if not close(start, 1.0):
        return f"with 0 epochs your fit gives {start:g}: it does not start at 1.0", "begin with weight 1.0"
    ratio = (1 - first) / (learning_rate * mean_slope(1.0, samples))
    if math.isclose(ratio, 1, rel_tol=1e-3):
        return (
            "the first update is right and the later ones are not: something of one epoch stays for the next (a "
            "gradient that is not cleared), or the loop ends too early",
            "set w.grad = None before each backward(), and let nothing end the loop",
        )
    return f"already the first update differs from the recipe in the task: it goes {ratio:.3g} times as far", step
