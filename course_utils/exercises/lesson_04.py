"""Exercises of lesson 04: gradients."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence

import numpy as np
from torch import Tensor

from course_utils.exercises import findings
from course_utils.exercises.diagnosis.named_errors import (
    Causes,
    Reason,
    errors_named,
    first_cause,
)
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.shown import safely, shown
from course_utils.panels.learning_rate import RATES, factors

Samples = list[tuple[float, float]]
FIRST: Samples = [(11.0, 21.0), (22.0, 14.0), (33.0, 64.0)]
SECOND: Samples = [(1.0, 3.0), (2.0, -1.0)]
THIRD: Samples = [(1.0, 3.0), (2.0, -1.0), (0.5, 2.5)]


def is_number(one: object) -> bool:
    """Return whether it is a plain number; True and False are none."""
    return isinstance(one, int | float) and not isinstance(one, bool)


def close(one: object, other: float) -> bool:
    """Return whether ``one`` is the number ``other``, up to float32 rounding."""
    return is_number(one) and math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-6)


def all_close(some: Sequence[object], others: Sequence[float]) -> bool:
    """Return whether two lists hold the same numbers, up to float32 rounding."""
    return len(some) == len(others) and all(close(one, other) for one, other in zip(some, others, strict=True))


def plain(answer: object) -> object:
    """Return the number inside a tensor or array with one element; anything else as it is."""
    one = isinstance(answer, Tensor | np.generic | np.ndarray) and math.prod(answer.shape) == 1
    return answer.item() if one else answer


def demand_number(answer: object, wanted: str) -> None:
    """Raise Wrong if the answer is no number."""
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise Wrong(
            got=f"the text {answer!r}" if isinstance(answer, str) else answer,
            wanted=wanted,
            cause=first_cause(NO_NUMBER, answer) or f"the answer is of type {type(answer).__name__}, not a number",
            next_step="hand in one number, without quotes or brackets",
        )


NO_NUMBER: Causes = (
    (lambda got: isinstance(got, str), "in quotes it is a text, not a number"),
    (lambda got: isinstance(got, bool), "True and False are answers to a question, not a number"),
    (lambda got: isinstance(got, Tensor), "this tensor holds several numbers, or none; one number was asked for"),
    (
        lambda got: isinstance(got, list | tuple) and len(got) == 1,
        "brackets stand around the number: it is a list, not a number",
    ),
    (lambda got: isinstance(got, list | tuple), "several numbers came in brackets; one number was asked for"),
    (lambda got: isinstance(got, dict | set), "braces make a collection, not a number"),
    (
        lambda got: callable(got),
        "this is a function, not a number: its parentheses are missing, or it gives a slope only when it is worked out",
    ),
)


# 04.1


ROADS: tuple[tuple[float, str, str], ...] = (
    (4, "only the road through a was counted: there y follows with b = 4", "add the road through b"),
    (7, "only the road through b was counted: there y follows with a = 7", "add the road through a"),
    (28, "the two roads were multiplied (or this is the value of y)", "multiply along one road, add the two roads"),
    (5, "this is the slope at w = 1 and x = 2, as in the lesson", "put w = 3 and x = 4 into a = w + x and b = w + 1"),
    (-3, "one road was taken away from the other", "the roads add up"),
    (3, "one road was taken away from the other", "the roads add up"),
    (-11, "the sign is turned round: y grows when w grows", "leave out the minus"),
    (22, "twice too large: backward walked twice, and .grad added up both (or a 2 came in)", "walk once"),
    (5.5, "half of it: this is the mean of the two roads", "the roads add up; nobody divides"),
    (12, "w and x changed places (w = 4, x = 3); or w was moved by a whole 1, which is too far", "put w = 3 and x = 4"),
    (10, "this is 2w + x: the 1 in b = w + 1 is forgotten, so b came out as 3", "b is 3 + 1"),
    (8, "this is w + x + 1: only one of the two roads has the right number on it", "one road brings a, the other b"),
    (6, "this is 2w, or the lesson's y; x and the 1 do not enter", "one road brings a = w + x, the other b = w + 1"),
    (15, "the slope of x was added: only the roads from w count", "leave out the road that begins at x"),
    (1, "along each road w moves a and b one to one; but y follows a with b, and b with a", "multiply by b, and by a"),
    (2, "the two roads were counted, but each without what y makes of it", "multiply the one by b, the other by a"),
    (0.0, "a slope of 0 would mean that y does not move when w moves", "move w to 3.001 and work out y"),
    (
        11.001,
        "almost: w was nudged to one side only, and y is curved there",
        "nudge up and down, or work it out on paper",
    ),
    (
        10.999,
        "almost: w was nudged to one side only, and y is curved there",
        "nudge up and down, or work it out on paper",
    ),
    (
        11.01,
        "almost: w was nudged to one side only, and y is curved there",
        "nudge up and down, or work it out on paper",
    ),
    (11.1, "w was nudged too far, and to one side only", "nudge up and down, or work it out on paper"),
    (10.9, "w was nudged too far, and to one side only", "nudge up and down, or work it out on paper"),
    (0.022, "the way of y was not divided by the way of w", "divide by 2 * nudge"),
    (0.011, "the way of y was not divided by the way of w", "divide by the nudge"),
    (11 / 28, "this is the slope divided by y: how fast y grows in relation to itself", "hand in the slope itself"),
    (28 / 3, "this is y divided by w; a slope asks how far y moves when w moves a little", "add the two roads"),
    (33, "the slope was multiplied by w itself", "hand in the slope: y's way for each unit of w"),
    (44, "the slope was multiplied by x", "hand in the slope: y's way for each unit of w"),
    (21, "this is a times w; y follows b with a alone", "add the two roads: what b counts, and what a counts"),
    (24, "this is a product; the two roads add up", "add what b counts, and what a counts"),
    (49, "the road through b was squared: a times a", "multiply along one road, add the two roads"),
    (16, "the road through a was squared: b times b", "multiply along one road, add the two roads"),
    (1100, "in percent? a slope is a plain number", "write it without percent"),
    (0.11, "in hundredths? a slope is a plain number", "write it as it is"),
    (14, "the road through b was counted twice, with a = 7; the one through a brings b = 4", "add a and b"),
    (18, "one road was counted twice: 7 + 7 + 4", "each road counts once"),
    (15, "one road was counted twice: 7 + 4 + 4", "each road counts once"),
    (13, "w**2 + x came out, or a road is off by 2; with a = w + x = 7 and b = w + 1 = 4 it cannot", "add a and b"),
    (35, "b is w + 1, not x + 1; and the two roads add up, they are not multiplied", "add a and b"),
    (20, "this is (w + 1)(x + 1); y has w + x in its first bracket", "work out a = w + x and b = w + 1"),
    (-4, "the sign of one road is turned round, and the other road is missing", "both roads count, with a plus"),
    (-7, "the sign of one road is turned round, and the other road is missing", "both roads count, with a plus"),
    (3.5, "half of one road; nobody divides", "the roads add up"),
    (9, "3 times 3, or one of a and b is wrong: a is 3 + 4, b is 3 + 1", "write down a and b first"),
)


def judge_two_roads(answer: object) -> None:
    """Wanted: a + b at w = 3, x = 4, so 7 + 4."""
    wanted = "how fast y follows w when w = 3 and x = 4"
    if answer is None:
        nothing = "it is None: backward() and print give None back; the slope stands in w.grad after backward()"
        raise Wrong(got=None, wanted=wanted, cause=nothing, next_step="hand in w.grad, or the number from your paper")
    answer = plain(answer)
    if isinstance(answer, list | tuple):
        _check_brackets(answer, wanted)
    demand_number(answer, "how fast y follows w, as a number")
    if math.isclose(answer, 11, rel_tol=1e-5):
        return
    if not math.isfinite(answer):
        endless = "it is no finite number: something was divided by 0, or 0 by 0"
        raise Wrong(got=answer, wanted=wanted, cause=endless, next_step="divide by the nudge, not by 0")
    cause, next_step = next(
        ((cause, step) for value, cause, step in ROADS if math.isclose(answer, value, rel_tol=0.01)),
        (
            f"the number fits no road from w to y, and is too {'large' if answer > 11 else 'small'} for both together; "
            "perhaps a or b is wrong: a = 3 + 4, b = 3 + 1",
            "write down a, b, and what each does to y; then add the two roads",
        ),
    )
    raise Wrong(got=answer, wanted=wanted, cause=cause, next_step=next_step)


def _check_brackets(answer: Sequence[object], wanted: str) -> None:
    numbers = [plain(one) for one in answer]
    if sorted(map(str, numbers)) == ["4", "7"]:
        raise Wrong(
            got=answer,
            wanted=wanted,
            cause="these are the two roads side by side, not a number: they add up",
            next_step="add the two",
        )
    if len(numbers) == 2 and numbers[0] == 11:
        raise Wrong(
            got=answer,
            wanted=wanted,
            cause="these are the slopes of w and of x, not a number: only that of w was asked for",
            next_step="hand in the first one",
        )


# 04.2


def fitted(
    samples: Samples, learning_rate: float, epochs: int, *, weigh: Callable[[list[float]], float], start: float = 1.0
) -> float:
    """Return the weight after ``epochs`` updates; ``weigh`` makes one slope from those of the samples."""
    weight = start
    for _ in range(epochs):
        weight -= learning_rate * weigh([2 * x * (x * weight - y) for x, y in samples])
    return weight


def mean(slopes: list[float]) -> float:
    """Return the mean slope."""
    return sum(slopes) / len(slopes)


def descended(slope_at: Callable[[float, Samples], float], start: float = 1.0) -> Callable[..., float]:
    """Return a fit that walks down another slope than it should."""

    def fit(samples: Samples, learning_rate: float, epochs: int) -> float:
        weight = start
        for _ in range(epochs):
            weight -= learning_rate * slope_at(weight, samples)
        return weight

    return fit


def mean_slope(weight: float, samples: Samples) -> float:
    """Return the slope of the mean squared error."""
    return mean([2 * x * (x * weight - y) for x, y in samples])


def mean_error(weight: float, samples: Samples) -> float:
    """Return the mean squared error."""
    return mean([(x * weight - y) ** 2 for x, y in samples])


def fitted_one_at_a_time(samples: Samples, learning_rate: float, epochs: int) -> float:
    """Return what the lesson's loop gives: one update for each sample."""
    weight = 1.0
    for x, y in samples * epochs:
        weight -= learning_rate * 2 * x * (x * weight - y)
    return weight


def fitted_without_clearing(samples: Samples, learning_rate: float, epochs: int) -> float:
    """Return the weight if all slopes of the past stay in the sum."""
    weight = 1.0
    total = 0.0
    for _ in range(epochs):
        total += mean([2 * x * (x * weight - y) for x, y in samples])
        weight -= learning_rate * total
    return weight


def right_fit(samples: Samples, learning_rate: float, epochs: int) -> float:
    """Return what was asked for."""
    return fitted(samples, learning_rate, epochs, weigh=mean)


def _sign(number: float) -> float:
    return math.copysign(1, number) if number else 0.0


NO_GRAD_STEP = "change w itself, under torch.no_grad()"
ANY_LENGTH = "divide by len(samples), whatever it is"
# what a mistaken fit gives, from the same arguments, and why
FITS: tuple[tuple[Callable[[Samples, float, int], float], str, str], ...] = (
    (
        fitted_without_clearing,
        "old gradients were not cleared, so every update repeats all earlier ones",
        "set w.grad = None before each backward()",
    ),
    (
        descended(lambda weight, samples: -mean_slope(weight, samples)),
        "the weight walks up the slope instead of down",
        "subtract: w -= learning_rate * w.grad, and the error is x * w - y",
    ),
    (
        fitted_one_at_a_time,
        "the weight was updated after every sample, not once per epoch",
        "build the mean of all losses first, then call backward() and update once",
    ),
    (
        lambda samples, rate, epochs: fitted(samples, rate, epochs, weigh=sum),
        "the losses were added, not averaged",
        "divide the sum of the losses by len(samples)",
    ),
    (lambda *_: 1.0, "the weight is where it started: it was never updated", NO_GRAD_STEP),
    (
        lambda samples, rate, epochs: right_fit(samples, rate, epochs + 1),
        "one update too many: this is the weight after epochs + 1",
        "write for _ in range(epochs)",
    ),
    (
        lambda samples, rate, epochs: right_fit(samples, rate, max(epochs - 1, 0)),
        "one update too few: this is the weight after epochs - 1",
        "write for _ in range(epochs), and return the weight after the last update",
    ),
    (
        lambda samples, rate, epochs: right_fit(samples, rate, 1),
        "only one update counts: the return stands inside the loop, or the weight is made anew in each epoch",
        "make the weight above the loop, and return under it",
    ),
    (
        descended(mean_slope, start=0.0),
        "it starts at weight 0, not at 1.0",
        "begin with torch.tensor(1.0, requires_grad=True)",
    ),
    (
        lambda samples, rate, epochs: mean_error(right_fit(samples, rate, max(epochs - 1, 0)), samples),
        "the loss is returned; the weight was asked for",
        "return w.item()",
    ),
    (
        lambda samples, rate, epochs: mean_error(right_fit(samples, rate, epochs), samples),
        "the loss is returned; the weight was asked for",
        "return w.item()",
    ),
    (
        lambda samples, rate, epochs: mean_slope(right_fit(samples, rate, max(epochs - 1, 0)), samples),
        "the gradient is returned; the weight was asked for",
        "return w.item()",
    ),
    (
        lambda samples, rate, epochs: 4 * right_fit(samples, rate, epochs),
        "this is the guess for x = 4; the weight itself was asked for",
        "return w.item()",
    ),
    (
        lambda samples, *_: sum(x * y for x, y in samples) / sum(x * x for x, _ in samples),
        "this is where the weight settles in the end: epochs and learning rate do not enter (a formula, or far more "
        "epochs than were asked for)",
        "make as many updates as epochs says, with the learning rate that is given",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples) / 2),
        "the 2 is missing in the gradient of a square: every update goes half as far as it should",
        "the gradient of (x * w - y) ** 2 is 2 * x * (x * w - y)",
    ),
    (
        descended(lambda weight, samples: 2 * mean_slope(weight, samples)),
        "every update goes twice as far as it should: a 2 came in twice, or backward() runs twice",
        "take the gradient as backward() leaves it in w.grad",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples) / len(samples)),
        "the mean is taken twice: the gradient of the mean is divided by len(samples) once more",
        "divide once, in the loss",
    ),
    (
        descended(lambda weight, samples: mean([2 * (x * weight - y) for x, y in samples])),
        "the x is missing in the gradient: the inner slope of x * w is x",
        "the gradient of (x * w - y) ** 2 is 2 * x * (x * w - y)",
    ),
    (
        descended(lambda weight, samples: mean([x for x, _ in samples])),
        "the errors are not squared, so the slope is the same everywhere",
        "square each error: (x * w - y) ** 2",
    ),
    (
        descended(lambda weight, samples: mean([x * _sign(x * weight - y) for x, y in samples])),
        "the absolute error was taken, abs(...), not the squared one",
        "square each error: (x * w - y) ** 2",
    ),
    (
        descended(
            lambda weight, samples: 2 * mean([x * weight - y for x, y in samples]) * mean([x for x, _ in samples])
        ),
        "the square of the mean was taken; the mean of the squares was asked for",
        "square each error first, then take the mean",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples) / (2 * math.sqrt(mean_error(weight, samples)))),
        "the root of the mean was taken: it has another slope",
        "leave the root out: the loss is the mean of the squares",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples[-1:])),
        "only the last sample counts: the loss is written over in the loop",
        "add up the losses of all samples, then divide by len(samples)",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples[:1])),
        "only the first sample counts",
        "add up the losses of all samples, then divide by len(samples)",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples[-1:]) / len(samples)),
        "only the last sample counts: the loss is written over in the loop",
        "add up the losses of all samples, then divide by len(samples)",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, [(y, x) for x, y in samples])),
        "x and y changed places",
        "write for x, y in samples",
    ),
    (
        lambda samples, rate, epochs: right_fit(samples, 1.0, epochs),
        "the learning rate does not enter: every update takes the whole gradient",
        "subtract learning_rate * w.grad",
    ),
    (
        lambda samples, rate, epochs: fitted(samples, 1.0, epochs, weigh=sum),
        "the learning rate does not enter, and the losses were added, not averaged",
        "subtract learning_rate * w.grad, and divide the loss by len(samples)",
    ),
    *(
        (
            lambda samples, rate, epochs, own=own: right_fit(samples, own, epochs),
            f"the learning rate {own:g} stands in your code: the one that was handed in does not enter",
            "use the parameter learning_rate, and write over it nowhere",
        )
        for own in (0.1, 0.01, 0.001, 0.0001, 0.00001)
    ),
    *(
        (
            lambda samples, rate, epochs, own=own: right_fit(samples, rate, own),
            f"{own} epochs stand in your code: the number that was handed in does not enter",
            "write for _ in range(epochs)",
        )
        for own in (10, 100, 1000)
    ),
    (
        lambda samples, rate, epochs: right_fit(samples, rate / max(epochs, 1), epochs),
        "the learning rate is divided by the number of epochs",
        "subtract learning_rate * w.grad",
    ),
    (
        lambda samples, rate, epochs: fitted_one_at_a_time(samples, rate / len(samples), epochs),
        "the weight was updated after every sample, each time with a share of the mean, not once per epoch",
        "build the mean of all losses first, then call backward() and update once",
    ),
    (
        descended(lambda weight, samples: _sign(mean_slope(weight, samples))),
        "only the sign of the gradient enters: every step has the same length",
        "subtract learning_rate * w.grad",
    ),
    (
        descended(lambda weight, samples: mean([3 * x * (x * weight - y) ** 2 for x, y in samples])),
        "the errors are cubed (** 3), not squared",
        "square each error: (x * w - y) ** 2",
    ),
    (
        descended(lambda weight, samples: mean([4 * x * (x * weight - y) ** 3 for x, y in samples])),
        "the errors are taken to the fourth power, not squared",
        "square each error: (x * w - y) ** 2",
    ),
    (
        descended(
            lambda weight, samples: 2 * sum([x * weight - y for x, y in samples]) * mean([x for x, _ in samples])
        ),
        "the errors were added before they were squared; the mean of the squares was asked for",
        "square each error first, then take the mean",
    ),
    (
        descended(lambda weight, samples: max((2 * x * (x * weight - y) for x, y in samples), key=abs)),
        "only the sample with the largest slope counts",
        "take the mean of all squared errors",
    ),
    (
        descended(lambda weight, samples: max((abs(x * weight - y), 2 * x * (x * weight - y)) for x, y in samples)[1]),
        "only the largest error counts (max); the mean of all was asked for",
        "take the mean of all squared errors",
    ),
    (
        descended(lambda weight, samples: mean_slope(weight, samples) * len(samples) / (len(samples) - 1)),
        "the sum is divided by len(samples) - 1",
        "divide by len(samples)",
    ),
    (
        descended(lambda weight, samples: mean([2 * (weight - y) for x, y in samples])),
        "the x does not enter: the guess is x * w, not w",
        "the error of a sample is x * w - y",
    ),
    (
        descended(lambda weight, samples: mean([2 * (x + weight - y) for x, y in samples])),
        "the guess is x * w, not x + w",
        "the error of a sample is x * w - y",
    ),
    (
        descended(mean_error),
        "the loss itself was subtracted; the update goes along its gradient",
        "subtract learning_rate * w.grad",
    ),
    (
        lambda samples, rate, epochs: 1 - rate * epochs * mean_slope(1.0, samples),
        "all gradients are taken at the starting weight: the update comes only after the loop, or the loss is not "
        "worked out anew",
        "work out loss and gradient in each epoch, and update in each epoch",
    ),
    (
        descended(lambda weight, samples: sum(2 * x * (x * weight - y) for x, y in samples) / 3),
        "the sum is divided by 3, but here are fewer or more samples",
        ANY_LENGTH,
    ),
    (
        lambda samples, rate, epochs: round(right_fit(samples, rate, epochs), 2),
        "the weight was rounded",
        "return it as it is",
    ),
    (
        lambda samples, rate, epochs: round(right_fit(samples, rate, epochs), 3),
        "the weight was rounded",
        "return it as it is",
    ),
    (
        lambda samples, rate, epochs: round(right_fit(samples, rate, epochs), 1),
        "the weight was rounded",
        "return it as it is",
    ),
    (
        lambda samples, rate, epochs: int(right_fit(samples, rate, epochs)),
        "int(...) cut off the fraction",
        "return float(w) or w.item()",
    ),
    (
        lambda *_: 1.565,
        "1.565 stands in your code: that is the answer for the lesson's samples only",
        "make the updates",
    ),
    (lambda *_: 1.62, "1.62 stands in your code: that is the lesson's loop, and its samples only", "make the updates"),
)


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
    start, first = plain(fit(list(samples), learning_rate, 0)), plain(fit(list(samples), learning_rate, 1))
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


def judge_fit(fit: Callable[[Samples, float, int], float]) -> None:
    """Try several data sets, learning rates and numbers of epochs."""
    demand_function_of(fit, "fit(samples, learning_rate, epochs)")
    for samples, learning_rate, epochs in FIT_CASES:
        call, given = f"fit({samples}, {learning_rate}, {epochs})", list(samples)
        with errors_named(f"a float from {call}", *gradient_errors(fit), *FIT_ERRORS):
            got = fit(given, learning_rate, epochs)
        if not is_number(got):
            raise Wrong(
                got=f"the text {got!r}" if isinstance(got, str) else got,
                wanted=f"a float from {call}",
                cause=f"it is {first_cause(NO_WEIGHT, got) or f'of type {type(got).__name__}, not a plain number'}",
                next_step="end with: return w.item()",
            )
        wanted = right_fit(samples, learning_rate, epochs)
        if not close(got, wanted):
            cause, next_step = why_the_fit_is_off(fit, got, samples, learning_rate, epochs)
            raise Wrong(got=f"{got:.6g}", wanted=f"{wanted:.6g} from {call}", cause=cause, next_step=next_step)
        check_untouched(given, samples)


FIT_CASES = (
    (THIRD, 0.05, 4),
    (SECOND, 0.05, 3),
    (FIRST, 1e-4, 2),
    (FIRST, 1e-3, 60),
    (FIRST, 1e-5, 130),
    (SECOND, 0.1, 0),
)
NO_WEIGHT: Causes = (
    (lambda got: got is None, "None: does fit end with return? (print only shows)"),
    (lambda got: isinstance(got, Tensor), "of type Tensor: the box, not the plain number in it"),
    (lambda got: isinstance(got, list), "of type list: all weights or losses; only the last weight was asked for"),
    (lambda got: isinstance(got, tuple), "of type tuple: several things came back; only the last weight was asked for"),
    (lambda got: isinstance(got, str), "of type str: a text, not a number"),
)


def check_untouched(given: list[object], before: Sequence[object]) -> None:
    """Raise Wrong if the list that was handed in is not as it was."""
    if given != list(before):
        raise Wrong(
            got=f"the list that was handed in is {shown(given)} afterwards",
            wanted=f"{before}, as it was",
            cause="your function changes the list that it was given (sort, pop, append), and the caller still needs it",
            next_step="work with a list of your own: sorted(...), or list(...)",
        )


def gradient_errors(answer: object) -> tuple[Reason, ...]:
    """Return what torch's and Python's errors mean in a function that walks backward."""

    def no_gradient() -> str:
        return first_cause(NO_GRADIENT, answer) or "w.grad is None here: it was cleared before it was used"

    def cut() -> str:
        return first_cause(CUT, answer) or "the loss does not depend on a tensor with requires_grad=True"

    return (
        (TypeError, "'NoneType'", no_gradient, "clear, then loss.backward(), then use w.grad, in this order"),
        (RuntimeError, "does not require grad", cut, "keep one w with requires_grad=True, and no .item() in the loss"),
        *GRADIENT_ERRORS,
    )


def rebinds(answer: object) -> bool:
    """Return whether a name gets a new value that is worked out from itself: w = w - ..."""
    return any(
        isinstance(target, ast.Name) and target.id in names_in(node.value)
        for node in nodes_in(answer, ast.Assign)
        for target in node.targets
    )


NO_GRADIENT: Causes = (
    (
        lambda answer: not {"backward", "grad_fn"} & names_in(answer),
        "w.grad is None, since nobody walks backward: backward() is missing",
    ),
    (
        lambda answer: rebinds(answer),
        "w.grad is None: w = w - ... makes a new w, a result and no leaf, and only leaves keep a gradient",
    ),
    (
        lambda answer: any(
            isinstance(node.value, ast.Constant)
            and node.value.value is None
            and any(isinstance(target, ast.Name) for target in node.targets)
            for node in nodes_in(answer, ast.Assign)
        ),
        "w itself was set to None, not w.grad",
    ),
    (
        lambda answer: True,
        "w.grad is None here: it was cleared (w.grad = None) between backward() and its use, or before any backward()",
    ),
)
CUT: Causes = (
    (
        lambda answer: (
            not any(node.arg == "requires_grad" for node in nodes_in(answer, ast.keyword))
            and not {"requires_grad_", "requires_grad"} & names_in(answer)
        ),
        "requires_grad=True is missing, so nothing is written down",
    ),
    (
        lambda answer: (
            nodes_in(answer, ast.With)
            and "backward" in {name for node in nodes_in(answer, ast.With) for name in names_in(node)}
        ),
        "the loss or backward() stands under torch.no_grad(), so nothing is written down; only the update belongs in",
    ),
    (
        lambda answer: not rebinds(answer) and nodes_in(answer, ast.Assign, ast.With),
        "the loss is worked out under torch.no_grad(), so nothing is written down; only the update belongs in",
    ),
    (
        lambda answer: rebinds(answer),
        "w = w - ..., under no_grad or detached, makes a new w that asks for no gradient: change w in place, w -= ...",
    ),
    (
        lambda answer: {"item", "detach", "data", "float"} & names_in(answer),
        "the graph is cut on the way to the loss, by .item(), .detach(), .data or float(...)",
    ),
)
GRADIENT_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "assigned grad expected",
        "w.grad was set to a plain number; it can only be a tensor or None",
        "write w.grad = None",
    ),
    (
        RuntimeError,
        "in-place operation",
        "w is changed in place outside of torch.no_grad(), and w is a leaf whose gradient is asked for",
        "put the update under with torch.no_grad():",
    ),
    (
        AttributeError,
        "'NoneType' object has no attribute",
        "w.grad is still None before the first backward(), so there is nothing to clear yet",
        "write w.grad = None, which always works",
    ),
    (
        AttributeError,
        "'float' object has no attribute",
        "a plain number has neither grad nor backward(): .item() or float(...) came too early, or w is no tensor",
        "keep tensors until backward() is over; take the plain number at the end",
    ),
    (
        AttributeError,
        "object has no attribute 'zero_grad'",
        "zero_grad() belongs to optimizers and networks; a tensor is cleared by w.grad = None",
        "write w.grad = None",
    ),
    (
        RuntimeError,
        "floating point",
        "torch.tensor(1) or an int is a whole number, and only numbers with a fraction have gradients",
        "write torch.tensor(1.0, requires_grad=True)",
    ),
    (
        RuntimeError,
        "second time",
        "backward() walks through a used-up graph: the loss is worked out only once, outside of the loop",
        "work out the loss anew before each backward()",
    ),
    (
        RuntimeError,
        "only for scalar",
        "backward() starts from one number, and this loss holds several",
        "take the mean of the squares first",
    ),
    (
        NameError,
        "'torch'",
        "torch is not imported",
        "write import torch above",
    ),
    (
        ValueError,
        "to unpack",
        "a sample is a pair (x, y), and here something else was taken apart",
        "write for x, y in samples",
    ),
    (
        TypeError,
        "cannot unpack",
        "a sample is a pair (x, y), and here something else was taken apart",
        "write for x, y in samples",
    ),
)
FIT_ERRORS: tuple[Reason, ...] = (
    (
        UnboundLocalError,
        "",
        "with epochs = 0 the loop never runs, and a name that gets its value only inside it has none",
        "return the weight, which is made above the loop",
    ),
    (
        TypeError,
        "'int' object is not iterable",
        "for cannot walk along a number",
        "write for _ in range(epochs)",
    ),
    (
        TypeError,
        "",
        "numbers, lists and tensors are mixed up in this line",
        "take x and y out of each sample first: for x, y in samples",
    ),
)


# 04.3


def why_slopes_are_off(got: list[object], samples: Samples, weight: float) -> tuple[str, str]:
    """Return (cause, next step) for a list of wrong slopes."""
    wanted = [2 * x * (x * weight - y) for x, y in samples]
    for mistaken, cause, step in SLOPE_LISTS:
        if all_close(got, mistaken(samples, weight)):
            return cause, step
    sums = [sum(wanted[: i + 1]) for i in range(len(wanted))]
    if all_close(got, sums):
        return "the gradients add up: w.grad was not cleared between the samples", "set w.grad = None after each sample"
    if all_close(got, [sums[-1]] * len(got)):
        return (
            "the list holds the same tensor again and again, and in it the gradients add up",
            "append a number, w.grad.item(), and set w.grad = None after each sample",
        )
    kind = first_cause(STRANGE_SLOPES, got)
    if kind:
        return kind, "append w.grad.item() after backward(), and set w.grad = None only then"
    if all_close(got, [wanted[-1]] * len(got)):
        return (
            "the list holds the same tensor again and again: zero_() writes into the tensors that are in the list",
            "append a number, w.grad.item(), or set w.grad = None instead of zero_()",
        )
    return _first_wrong_slope(got, samples, weight)


def _first_wrong_slope(got: list[object], samples: Samples, weight: float) -> tuple[str, str]:
    """Name the first sample whose slope is off, and by what."""
    slopes = [2 * x * (x * weight - y) for x, y in samples]
    for place, (one, (x, y), slope) in enumerate(zip(got, samples, slopes, strict=True)):
        if any(close(one, sum(slopes[start : place + 1])) for start in range(place)):
            cause = (
                f"at the sample ({x:g}, {y:g}) the gradients of earlier samples are still in w.grad: not cleared there"
            )
            return cause, "set w.grad = None after each sample, not only once"
        if not close(one, slope):
            ratio = f", {one / slope:.3g} times as much" if is_number(one) and slope else ""
            cause = f"for the sample ({x:g}, {y:g}) your list says {shown(one)}, and the gradient is {slope:g}{ratio}: "
            cause += "the numbers are not the gradients of (x * w - y) ** 2"
            return cause, "compare the first one: 2 * x * (x * w - y)"
    return "the numbers are not the gradients of (x * w - y) ** 2", "compare the first one: 2 * x * (x * w - y)"


STRANGE_SLOPES: Causes = (
    (
        lambda got: got and all(one is None for one in got),
        "None was appended: w.grad is empty before backward() and after "
        "w.grad = None, and a result such as loss has no .grad",
    ),
    (lambda got: None in got, "None was appended for some samples: there w.grad was empty, cleared too early"),
    (lambda got: all(isinstance(one, str) for one in got), "the list holds texts, not numbers"),
    (
        lambda got: any(isinstance(one, tuple | list) for one in got),
        "each gradient stands in a tuple or list of its own "
        "(autograd.grad gives back a tuple): take the number out of it",
    ),
    (
        lambda got: any(callable(one) for one in got),
        "functions were appended: the parentheses behind .item are missing",
    ),
)


def _moving(samples: Samples, weight: float, rate: float) -> list[float]:
    """Return the slopes if the weight is updated after each sample."""
    slopes = []
    for x, y in samples:
        slopes.append(2 * x * (x * weight - y))
        weight -= rate * slopes[-1]
    return slopes


SLOPE_LISTS: tuple[tuple[Callable[[Samples, float], list[float]], str, str], ...] = (
    (
        lambda samples, weight: [-2 * x * (x * weight - y) for x, y in samples],
        "every sign is turned round",
        "the loss is (x * w - y) ** 2; hand over its gradient as it is",
    ),
    (
        lambda samples, weight: [0.0 for _ in samples],
        "the list holds zeros: the gradient is cleared, or not there yet, when it is taken out; or zero_() clears the "
        "very tensor that is in the list",
        "append w.grad.item() first, then set w.grad = None",
    ),
    (
        lambda samples, weight: [x * (x * weight - y) for x, y in samples],
        "the 2 is missing: the slope of a square is twice what stands in it",
        "2 * x * (x * w - y), or let backward() work it out",
    ),
    (
        lambda samples, weight: [4 * x * (x * weight - y) for x, y in samples],
        "every slope is twice too large: backward() runs twice for each sample",
        "call backward() once for each sample",
    ),
    (
        lambda samples, weight: [2 * (x * weight - y) for x, y in samples],
        "the x is missing: the inner slope of x * w is x",
        "2 * x * (x * w - y), or let backward() work it out",
    ),
    (
        lambda samples, weight: [x * weight - y for x, y in samples],
        "these are the errors x * w - y, not the gradients of their squares",
        "append w.grad.item() after backward()",
    ),
    (
        lambda samples, weight: [(x * weight - y) ** 2 for x, y in samples],
        "these are the losses, not their gradients",
        "append w.grad.item(), not loss.item()",
    ),
    (
        lambda samples, weight: [2 * x * (x - y) for x, y in samples],
        "the weight that was handed in does not enter: 1 stands in your code in its place",
        "make w from the parameter: torch.tensor(weight, requires_grad=True)",
    ),
    (
        lambda samples, weight: [2 * x * (x * weight - y) / len(samples) for x, y in samples],
        "each loss is divided by the number of samples; one gradient for each sample was asked for, no mean",
        "leave len(samples) out",
    ),
    (
        lambda samples, weight: [abs(2 * x * (x * weight - y)) for x, y in samples],
        "the signs are lost: abs(...) makes every slope positive",
        "leave abs(...) out",
    ),
    (
        lambda samples, weight: [2 * x * (x * weight - y) for x, y in reversed(samples)],
        "the slopes are backwards: the last sample's comes first",
        "append puts behind; insert(0, ...) puts in front",
    ),
    (
        lambda samples, weight: sorted(2 * x * (x * weight - y) for x, y in samples),
        "the slopes are sorted: they should stand in the order of the samples",
        "leave sorted(...) out",
    ),
    (
        lambda samples, weight: [2 * y * (y * weight - x) for x, y in samples],
        "x and y changed places",
        "write for x, y in samples",
    ),
    (
        lambda samples, weight: [x for x, _ in samples],
        "the loss is not squared: the slope of x * w - y is x",
        "the loss is (x * w - y) ** 2",
    ),
    (
        lambda samples, weight: [x * _sign(x * weight - y) for x, y in samples],
        "the loss is abs(...) here, not the square",
        "the loss is (x * w - y) ** 2",
    ),
    (
        lambda samples, weight: [2 * x * (weight - y) for x, y in samples],
        "the guess is x * w, not w",
        "the loss is (x * w - y) ** 2",
    ),
    (
        lambda samples, weight: [weight for _ in samples],
        "the weight itself was appended, not its gradient",
        "append w.grad.item()",
    ),
    *(
        (
            lambda samples, weight, rate=rate: _moving(samples, weight, rate),
            "w is updated after each sample, so the later slopes are those at another weight",
            "leave the update out: only the slopes were asked for",
        )
        for rate in (1.0, 0.1, 0.01, 0.001, 0.0001)
    ),
    (
        lambda samples, weight: [int(2 * x * (x * weight - y)) for x, y in samples],
        "int(...) cut off the fraction",
        "append w.grad.item() as it is",
    ),
    (
        lambda samples, weight: [round(2 * x * (x * weight - y)) for x, y in samples],
        "the slopes were rounded to whole numbers",
        "append w.grad.item() as it is",
    ),
)


def judge_slopes(slopes: Callable[[Samples, float], Sequence[float]]) -> None:
    """Try three samples, two samples, fractions and other weights."""
    demand_function_of(slopes, "slopes(samples, weight)")
    for samples, weight in SLOPE_CASES:
        given = list(samples)
        wanted = [2 * x * (x * weight - y) for x, y in samples]
        where = f"{[round(one, 4) for one in wanted]} from slopes({samples}, {weight})"
        with errors_named(where, *gradient_errors(slopes)):
            got = slopes(given, weight)
        if not isinstance(got, list | tuple) or len(got) != len(wanted):
            raise _no_slopes(got, wanted, where)
        numbers = [plain(one) for one in got]
        if not all_close(numbers, wanted):
            cause, next_step = why_slopes_are_off(numbers, samples, weight)
            raise Wrong(got=numbers, wanted=where, cause=cause, next_step=next_step)
        check_untouched(given, samples)


SLOPE_CASES = (
    (FIRST, 1.0),
    (SECOND, -2.0),
    (FIRST[:1], 0.5),
    ([(1.5, 2.0), (0.5, -1.25), (2.5, 0.75)], 0.3),
)


def _no_slopes(got: object, wanted: list[float], where: str) -> Wrong:
    """Return what to raise if it is no list, or one of another length."""
    return Wrong(
        got=got,
        wanted=where,
        cause="it is not a list with one gradient for each sample: "
        + (first_cause(OTHER_LENGTHS, plain(got), wanted) or f"it is of type {type(got).__name__}"),
        next_step="append once for each sample, and return the list under the loop",
    )


OTHER_LENGTHS: Causes = (
    (
        lambda got, wanted: got is None,
        "it is None; the return is missing, or w.grad was returned after it was cleared",
    ),
    (lambda got, wanted: isinstance(got, Tensor), "it is one tensor; a list of numbers was asked for"),
    (lambda got, wanted: isinstance(got, dict), "it is a dictionary; only the gradients were asked for, in a list"),
    (lambda got, wanted: isinstance(got, str), "it is a text about the list, in quotes"),
    (lambda got, wanted: hasattr(got, "__next__"), "it is a generator or map, which only promises the work"),
    (lambda got, wanted: close(got, sum(wanted)), "the gradients were added up to one number"),
    (lambda got, wanted: close(got, sum(wanted) / len(wanted)), "the mean of the gradients came out"),
    (lambda got, wanted: close(got, wanted[-1]), "only the last gradient came out"),
    (lambda got, wanted: close(got, wanted[0]), "only the first gradient came out"),
    (lambda got, wanted: isinstance(got, int | float), "one number came out"),
    (
        lambda got, wanted: all_close([plain(one) for one in got], [2 * x * (x - y) for x, y in FIRST]),
        "the three numbers of the lesson's samples stand in your code; the samples that were handed in do not enter",
    ),
    (lambda got, wanted: len(got) == 0, "nothing is appended to it"),
    (
        lambda got, wanted: len(got) == 1 and close(plain(got[0]), wanted[0]),
        "only the first sample came; the return stands inside the loop",
    ),
    (
        lambda got, wanted: len(got) == 1 and close(plain(got[0]), wanted[-1]),
        "only the last sample is left; the list is made anew inside the loop, or append stands under it",
    ),
    (
        lambda got, wanted: len(got) == 1 and close(plain(got[0]), sum(wanted)),
        "append stands under the loop, and w.grad is the sum by then",
    ),
    (lambda got, wanted: len(got) == len(wanted) + 1, "one place too many, at the beginning or at the end"),
    (lambda got, wanted: len(got) == len(wanted) - 1, "one sample is missing, at the beginning or at the end"),
    (lambda got, wanted: len(got) > len(wanted), "more than one thing is appended for each sample"),
    (lambda got, wanted: True, "some samples are missing"),
)


# 04.4


def safe_rate(xs: list[float]) -> float:
    """Return the rate at which the worst factor is -1."""
    return 1 / max(x * x for x in xs)


def the_turn_of(xs: list[float]) -> float:
    """Return the rate from which on the product of all factors grows beyond 1 in size, to three digits."""
    rate = safe_rate(xs) / 1000
    while abs(math.prod(1 - 2 * rate * x * x for x in xs)) < 1:
        rate *= 1.0005
    return rate


# what a mistaken formula gives for the same xs, and why
SAFE_RATES: tuple[tuple[Callable[[list[float]], float], str, str], ...] = (
    (
        lambda xs: 1 / min(x * x for x in xs),
        "the smallest x decides here, but the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: 1 / sum(x * x for x in xs),
        "all squares were added; each sample takes its own step",
        "use the largest square alone",
    ),
    (
        lambda xs: len(xs) / sum(x * x for x in xs),
        "this is 1 over the mean square; the largest x explodes first",
        "use the largest square",
    ),
    (lambda xs: 1 / max(abs(x) for x in xs), "x is not squared", "the factor is 1 - 2 * learning_rate * x**2"),
    (lambda xs: 1 / max(xs), "x is not squared", "the factor is 1 - 2 * learning_rate * x**2"),
    (
        lambda xs: 1 / max(xs) ** 2,
        "a negative x counts too: its square is large",
        "square first, then take the largest",
    ),
    (
        lambda xs: 2 / max(x * x for x in xs),
        "twice too large: there the factor is -3",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (
        lambda xs: 0.5 / max(x * x for x in xs),
        "this rate makes the factor 0, which is the fastest, not the last safe one",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (lambda xs: 4 / max(x * x for x in xs), "four times too large: the 2 belongs below, and 1 + 1 = 2", "solve for -1"),
    (lambda xs: -safe_rate(xs), "the sign is wrong: 1 - 2 * r * x**2 = -1 gives r = +1 / x**2", "leave out the minus"),
    (
        lambda xs: max(x * x for x in xs),
        "this is the largest square; the rate is 1 over it",
        "divide 1 by it",
    ),
    (
        lambda xs: max(x * x for x in xs) / 2,
        "1 / 2 * x**2 divides by 2 and then multiplies: brackets are missing, and the 2 goes away anyway",
        "write 1 / (...), with the largest square in the brackets",
    ),
    (
        lambda xs: 2 * max(x * x for x in xs),
        "this is twice the largest square; the rate is 1 over a square",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (lambda xs: 1 / max(abs(x) for x in xs) ** 3, "x is cubed, not squared", "square it: x**2"),
    (lambda xs: 1 / max(abs(x) for x in xs) ** 0.5, "the root of x was taken, not the square", "square it: x**2"),
    (lambda xs: 1 / math.sqrt(max(x * x for x in xs)), "the root takes the square away again", "leave the root out"),
    (lambda xs: 1 / sum(xs) ** 2, "all x were added before they were squared", "use the largest square alone"),
    (lambda xs: (len(xs) / sum(xs)) ** 2, "the mean of the xs decides here; the largest one explodes first", "use max"),
    (lambda xs: 1 / xs[0] ** 2, "the first x decides here; the largest one explodes first", "use the largest square"),
    (lambda xs: 1 / xs[-1] ** 2, "the last x decides here; the largest one explodes first", "use the largest square"),
    (
        lambda xs: 1 / sorted(xs)[len(xs) // 2] ** 2,
        "a middle x decides here; the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: 1 / sorted(xs)[(len(xs) - 1) // 2] ** 2,
        "a middle x decides here; the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: sum(1 / x**2 for x in xs) / len(xs),
        "this is the mean of the samples' own rates; the smallest of them decides",
        "use the largest square alone",
    ),
    (
        lambda xs: sum(1 / x**2 for x in xs),
        "this is the sum of the samples' own rates; the smallest of them decides",
        "use the largest square alone",
    ),
    (lambda xs: 1 / len(xs), "this is 1 over the number of samples; the xs themselves do not enter", "use max"),
    (lambda xs: max(xs), "this is the largest x; the rate is 1 over its square", "divide 1 by the largest square"),
    (
        lambda xs: 1 / (1 + max(x * x for x in xs)),
        "a 1 was added to the largest square, below the line",
        "leave it out",
    ),
    (
        lambda xs: len(xs) / max(x * x for x in xs),
        "the number of samples came in; each sample takes its own step",
        "use 1 over the largest square",
    ),
    (
        lambda xs: 1 / sorted(x * x for x in xs)[-2],
        "the second largest x decides here; the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: 1 / math.prod(x * x for x in xs),
        "all squares were multiplied; each sample takes its own step",
        "use the largest square alone",
    ),
    (
        lambda xs: (1 - max(x * x for x in xs)) / 2,
        "the equation was not solved for the rate: the square stands in a factor with it, so it is divided by",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (
        lambda xs: 1 / (max(xs) - min(xs)) ** 2,
        "the distance from the smallest to the largest x was squared",
        "use the largest square",
    ),
    (lambda xs: 1 / sum(abs(x) for x in xs), "x is not squared, and all of them were added", "use the largest square"),
    (lambda xs: 1 / sum(xs), "x is not squared, and all of them were added", "use the largest square"),
    (lambda xs: 1 / int(max(abs(x) for x in xs)) ** 2, "int(...) cut off the fraction of x", "use x as it is"),
    (lambda xs: 0.0, "0 came out: // drops the fraction, or it was rounded away", "divide with one /"),
    (lambda xs: 33.0**-2, "the 33 of the example stands in your code", "use the xs that are handed in"),
    (lambda xs: -1.0, "this is the factor; the learning rate was asked for", "solve for the learning rate"),
    (lambda xs: -3.0, "this is a factor; the learning rate was asked for", "solve for the learning rate"),
    (lambda xs: 1e3 * safe_rate(xs), "in thousandths: the rate itself was asked for", "leave the 1000 out"),
    (lambda xs: 100 * safe_rate(xs), "in percent: the rate itself was asked for", "leave the 100 out"),
)


def why_the_rate_is_off(got: float, xs: list[float]) -> tuple[str, str]:
    """Return (cause, next step) by comparing with what the usual mistakes give."""
    for mistaken, cause, step in SAFE_RATES:
        if math.isclose(got, safely(lambda m=mistaken: m(xs), math.nan), rel_tol=1e-4):
            return cause, step
    cause = first_cause(OTHER_RATES, got, xs, max(x * x for x in xs))
    return cause or _how_far_off(got, xs), "solve 1 - 2 * learning_rate * x**2 = -1 for the largest square"


def _how_far_off(got: float, xs: list[float]) -> str:
    largest = max(x * x for x in xs)
    times = got * largest
    size = f"{1 / times:.4g} times too small" if times < 1 else f"{times:.4g} times too large"
    near = math.isclose(times, 1, rel_tol=0.1)
    why = ": it was rounded, searched for in steps that are too large, or a margin was left" if near else ""
    return f"it is {size}, and the worst factor is {1 - 2 * times:.4g} there, not -1{why}"


OTHER_RATES: Causes = (
    (lambda got, xs, largest: not math.isfinite(got), "it is no finite number: something was divided by 0"),
    (
        lambda got, xs, largest: xs != list(RATE_CASES[0]) and math.isclose(got, 33.0**-2, rel_tol=1e-3),
        "the number for 11, 22, 33 stands in your code: it is not worked out from xs",
    ),
    (
        lambda got, xs, largest: math.isclose(got, the_turn_of(xs), rel_tol=0.02),
        "here the whole epoch turns, the product of all factors; the worst factor alone was asked for",
    ),
    (
        lambda got, xs, largest: math.isclose(got, 1 - 2 * 9.18e-4 * largest, rel_tol=1e-3),
        "this is the factor; the learning rate was asked for",
    ),
    (lambda got, xs, largest: got <= 0, "a learning rate is above 0"),
)


def judge_safe_rate(safe_learning_rate: Callable[[list[float]], float]) -> None:
    """Wanted: 1 / max(x**2), also for negative x."""
    demand_function_of(safe_learning_rate, "safe_learning_rate(xs)")
    for xs in RATE_CASES:
        given, wanted = list(xs), safe_rate(list(xs))
        where = f"{wanted:.4g} from safe_learning_rate({list(xs)})"
        with errors_named(where, *RATE_ERRORS):
            got = plain(safe_learning_rate(given))
        if isinstance(got, list | tuple | type(None)):
            cause = first_cause(NO_RATE, got, [1 / x**2 for x in xs])
            raise Wrong(got=got, wanted=where, cause=cause, next_step="return 1 / ... with the largest square")
        demand_number(got, f"a number from safe_learning_rate({list(xs)})")
        if not math.isclose(got, wanted, rel_tol=1e-3):
            cause, next_step = why_the_rate_is_off(got, list(xs))
            raise Wrong(got=f"{got:.4g}", wanted=where, cause=cause, next_step=next_step)
        check_untouched(given, xs)


RATE_CASES = (
    (18.0, 5.0, 33.0, 22.0, 16.0, 14.0, 11.0),
    (11.0, 22.0, 33.0),
    (0.5, 3.0),
    (-5.0, 1.0, 3.0),
    (5.0,),
    (-2.0, -1.0),
    (0.25, 1.5),
)
NO_RATE: Causes = (
    (lambda got, own: got is None, "it is None: the return is missing (print only shows)"),
    (
        lambda got, own: all_close(got, own),
        "a rate for each x came out, not a number: the smallest of them, that of the largest x, was asked for",
    ),
    (lambda got, own: len(got) == len(own), "a list with something for each x came out, not a number"),
    (lambda got, own: True, "several things came out together, not a number: only the learning rate was asked for"),
)
RATE_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "'list' and 'int'",
        "the whole list is squared, and only numbers can be",
        "square each x: x**2 for x in xs",
    ),
    (
        TypeError,
        "for ^",
        "^ is another operation in Python; a power is written with two stars",
        "write x**2",
    ),
    (
        TypeError,
        "cannot unpack",
        "xs holds plain numbers, not pairs",
        "write for x in xs",
    ),
    (
        TypeError,
        "and 'list'",
        "you calculate with the whole list, and only its numbers can be used so",
        "take each x out of it: for x in xs",
    ),
    (
        TypeError,
        "bad operand type for abs",
        "abs wants one number and got the list",
        "square each x: x**2 for x in xs",
    ),
    (
        IndexError,
        "",
        "xs[2] asks for a third number, but a list may have any length: the place of the largest is not fixed",
        "use max over all xs",
    ),
    (
        ZeroDivisionError,
        "",
        "the largest x so far starts at 0, and a negative x never gets above that",
        "square first, then take the largest",
    ),
    (
        UnboundLocalError,
        "",
        "a name gets its value only inside an if or loop that does not always run",
        "give it a value above, or use max",
    ),
    (
        NameError,
        "",
        "a name is used that the function does not know: it is given xs, and nothing else",
        "use xs, and for x in xs",
    ),
)


FIT = """
def fit(samples, learning_rate, epochs):
    w = torch.tensor(1.0, requires_grad=True)
    for _ in range(epochs):
        w.grad = None
        loss = sum((x * w - y) ** 2 for x, y in samples) / len(samples)
        loss.backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
    return w.item()
"""

SLOPES = """
def slopes(samples, weight):
    w = torch.tensor(weight, requires_grad=True)
    gradients = []
    for x, y in samples:
        loss = (x * w - y) ** 2
        loss.backward()
        gradients.append(w.grad)
    return gradients
"""


SORTED_IN_PLACE = """
def safe_learning_rate(xs):
    xs.sort(key=abs)
    return 1 / xs[-1] ** 2
"""


# 04.5: the panel of the learning rate

TURN = "two neighbouring positions, from the left: the last rate that settles, the first that explodes"


def settles(rate: float) -> bool:
    """Return what the panel's caption says of a learning rate."""
    return abs(math.prod(factors(rate))) < 1


def the_turn() -> tuple[float, float]:
    """Return the first learning rate of the panel's slider, from the left, that explodes, and the one before it."""
    first = min(position for position, rate in enumerate(RATES) if not settles(rate))
    return RATES[first - 1], RATES[first]


def position_of(rate: float) -> int | None:
    """Return which position of the slider shows this learning rate; None, if none does."""
    return next((position for position, one in enumerate(RATES) if findings.is_near(rate, one, 1e-7)), None)


def judge_turn(answer: object) -> None:
    """Find the turn on the panel's own slider, with the panel's own factors."""
    cause = first_cause(NO_TURN, answer)
    if cause:
        step = "write both rates in round brackets, with points in the numbers and one comma between them"
        raise Wrong(got=answer, wanted=TURN, cause=cause, next_step=step)
    got = [findings.demand_number(one, TURN) for one in findings.demand_pair(answer, TURN)]
    wanted = the_turn()
    if any(position_of(one) != position_of(other) for one, other in zip(got, wanted, strict=True)):
        cause, next_step = why_no_turn(got, wanted)
        raise Wrong(got=f"{got[0]:.4g} and {got[1]:.4g}", wanted=TURN, cause=cause, next_step=next_step)


NO_TURN: Causes = (
    (lambda got: isinstance(got, dict), "braces make a dictionary; the two rates alone were asked for, as a pair"),
    (lambda got: isinstance(got, str), "in quotes it is a text, not two numbers"),
    (
        lambda got: isinstance(got, int | float) and any(findings.is_near(got, one) for one in the_turn()),
        "one of the two is there; two things were asked for, the last that settles and the first that explodes",
    ),
    (
        lambda got: isinstance(got, int | float),
        "one number came; two things were asked for, the two positions on both sides of the turn",
    ),
    (
        lambda got: len(got) == 4 and all(isinstance(one, int) for one in got),
        "a comma stands in the numbers: Python writes 0.0016 with a point, and with commas four numbers came",
    ),
    (
        lambda got: len(got) == 1 and len(got[0]) == 2,
        "brackets stand around the pair twice: one pair of them is enough",
    ),
    (lambda got: len(got) == 3, "three numbers came; two were asked for, the positions on both sides of the turn"),
    (
        lambda got: any(isinstance(one, str) and one.strip().isalpha() for one in got),
        "the words of the caption came; the learning rates were asked for, as numbers",
    ),
    (lambda got: any(isinstance(one, str) for one in got), "in quotes they are texts where numbers were wanted"),
)


def why_no_turn(got: list[float], wanted: tuple[float, float]) -> tuple[str, str]:
    """Return (cause, next step) for two numbers that are not the turn."""
    low, high = (position_of(rate) for rate in got)
    if any(_positions(got, 10.0**-power) == _positions(wanted) for power in range(-6, 7)):
        return (
            "the digits are right, the decimal point is not: a power of ten is lost",
            "count the zeros in the caption",
        )
    if low is None or high is None:
        return why_not_on_the_slider(got, wanted)
    if low > high:
        return "the two are the wrong way round", "write the smaller learning rate first"
    if low == high:
        return "both numbers are the same position", "hand in two positions, one arrow key apart"
    if RATES[low] > wanted[0] and (settles(RATES[low]) or settles(RATES[high])):
        return (
            "0.004 is an island: one factor is nearly 0 there, so the loop settles once more. The first turn is lower",
            "come from the left, and stop at the first position that explodes",
        )
    if RATES[low] <= wanted[0] < RATES[high]:
        return (
            f"the turn lies between them, and {high - low - 1} more of the slider's positions do",
            "go on with the arrow keys, one position at a time",
        )
    return why_on_one_side(low, high)


def _positions(rates: Sequence[float], scale: float = 1.0) -> list[int | None]:
    return [position_of(rate * scale) for rate in rates]


def why_not_on_the_slider(got: list[float], wanted: tuple[float, float]) -> tuple[str, str]:
    """Return (cause, next step) if a number is no position of the slider."""
    if any(findings.is_near(one, 0.0017) for one in got):
        return (
            "0.0017 stands in the lesson's table; the slider has no such position",
            "read the two rates beside the slider",
        )
    strange = next(one for one in got if position_of(one) is None)
    cause = first_cause(STRANGE_RATES, got, wanted, strange)
    return f"{cause or f'{strange:.4g} is no position of the slider'}", "copy the rates as the caption writes them"


STRANGE_RATES: Causes = (
    (
        lambda got, wanted, strange: _positions([-one for one in got]) == _positions(wanted),
        "a minus stands before them: a learning rate is positive",
    ),
    (
        lambda got, wanted, strange: strange < 0,
        f"a learning rate is positive: the slider goes from {RATES[0]:g} to {RATES[-1]:g}",
    ),
    (
        lambda got, wanted, strange: _positions([float(f"{one:.2g}") for one in got]) == _positions(wanted),
        "this is the right place, but with more digits than the slider has: the caption shows two",
    ),
    (
        lambda got, wanted, strange: all(abs(one - 0.00091) < 3e-5 for one in got) or abs(strange - 0.00092) < 3e-6,
        "here the third sample's factor reaches -1 (the safe rate of the lesson); the whole loop settles far beyond, "
        "and the slider has no such position",
    ),
    (
        lambda got, wanted, strange: all(
            findings.is_near(one, abs(math.prod(factors(other))), 0.01) for one, other in zip(got, wanted, strict=True)
        ),
        "these are the factors of one epoch at the turn; the learning rates were asked for",
    ),
    (
        lambda got, wanted, strange: all(one == int(one) and one >= 1 for one in got),
        "these are whole numbers, such as epochs or the count of positions; the learning rates were asked for",
    ),
    (
        lambda got, wanted, strange: strange > RATES[-1],
        "beyond the end of the slider, 0.01: this is another number of the caption (a weight, a factor, a loss)",
    ),
    (
        lambda got, wanted, strange: all(wanted[0] <= one <= wanted[1] for one in got),
        "these lie between the two positions at the turn: worked out, and not read from the slider",
    ),
)


def why_on_one_side(low: int, high: int) -> tuple[str, str]:
    """Return (cause, next step) for two positions that both settle, or both explode."""
    if not settles(RATES[low]):
        return "at both the caption says: explodes. This is too far to the right", "go back until it says: settles"
    worst_low, worst_high = (min(factors(RATES[one])) for one in (low, high))
    if worst_low > -1 > worst_high:
        return (
            "here the third sample's dot leaves the green band, and yet the loop settles: the other two bring it back",
            "go on to the right until the caption says: explodes",
        )
    return (
        "at both the caption says: settles. A wild curve, or a far-off weight after few epochs, is no explosion yet",
        "go on to the right until that word changes",
    )


EXERCISES = (
    Exercise(
        id="04.1",
        title="Two roads to w",
        difficulty="easy",
        minutes=4,
        task="y = (w + x)(w + 1) at w = 3 and x = 4: on paper, how fast does y follow w? Hand in the number.",
        hints=(
            "w reaches y on two roads, through a = w + x and through b = w + 1; the roads add up.",
            "y = a * b: y follows a with b, and y follows b with a. Work out a and b first.",
            "a is 3 + 4 and b is 3 + 1; add the two.",
        ),
        starter="answer = ...",
        solution="answer = 11",
        alternative="""
w = torch.tensor(3.0, requires_grad=True)
((w + 4) * (w + 1)).backward()
answer = w.grad.item()
""",
        name="answer",
        judge=judge_two_roads,
        praise="Right: 4 through a and 7 through b. Try it with x: there is only one road, so 4.",
        mistakes=(
            Mistake("only through a", "answer = 4", "only the road through a"),
            Mistake("only through b", "answer = 7", "only the road through b"),
            Mistake("roads multiplied", "answer = 28", "multiplied"),
            Mistake("the lesson's numbers", "answer = 5", "as in the lesson"),
            Mistake("a text", "answer = '11'", "not a number"),
            Mistake("walked twice", "answer = 22", "added up both"),
            Mistake("nudged to one side", "answer = ((3.001 + 4) * (3.001 + 1) - 28) / 0.001", "one side only"),
            Mistake("both roads side by side", "answer = [4, 7]", "side by side"),
            Mistake("the 1 forgotten", "answer = 2 * 3 + 4", "is forgotten"),
        ),
        setup="import torch",
    ),
    Exercise(
        id="04.2",
        title="Least squares by descent",
        difficulty="medium",
        minutes=10,
        task=(
            "Write fit(samples, learning_rate, epochs): start at weight 1.0, make ONE update per epoch with the "
            "gradient of the MEAN of all squared errors, and return the last weight as a float."
        ),
        hints=(
            "One epoch: clear the gradient, one loss for all samples, backward, one update.",
            "The mean loss is a sum over the samples divided by len(samples). Only the update stands under no_grad.",
            "loss = sum((x * w - y) ** 2 for x, y in samples) / len(samples), then backward, then w -= ...",
        ),
        starter="def fit(samples, learning_rate, epochs):\n    ...",
        solution=FIT,
        alternative="""
def fit(samples, learning_rate, epochs):
    xs, ys = torch.tensor(samples).T
    w = torch.tensor(1.0, requires_grad=True)
    for _ in range(epochs):
        (slope,) = torch.autograd.grad(((xs * w - ys) ** 2).mean(), w)
        w = (w - learning_rate * slope).detach().requires_grad_()
    return float(w)
""",
        name="fit",
        judge=judge_fit,
        praise="Right: all samples at once settle at 1.565, as least squares says. Try learning rate 0.0018.",
        mistakes=(
            Mistake("forgot to clear", FIT.replace("        w.grad = None\n", ""), "not cleared"),
            Mistake("walks uphill", FIT.replace("w -= ", "w += "), "up the slope"),
            Mistake("sum instead of mean", FIT.replace(" / len(samples)", ""), "not averaged"),
            Mistake("returns the tensor", FIT.replace("w.item()", "w"), "of type Tensor"),
            Mistake("forgot to return", FIT.replace("    return w.item()\n", ""), "None"),
            Mistake(
                "updates a copy",
                FIT.replace("w -= learning_rate * w.grad", "new_w = w - learning_rate * w.grad"),
                "never updated",
            ),
            Mistake(
                "one update for each sample",
                """
def fit(samples, learning_rate, epochs):
    w = torch.tensor(1.0, requires_grad=True)
    for x, y in samples * epochs:
        w.grad = None
        ((x * w - y) ** 2).backward()
        with torch.no_grad():
            w -= learning_rate * w.grad
    return w.item()
""",
                "after every sample",
            ),
            Mistake(
                "update without no_grad",
                FIT.replace("        with torch.no_grad():\n            w -=", "        w -="),
                "in-place",
            ),
            Mistake("one update too many", FIT.replace("range(epochs)", "range(epochs + 1)"), "one update too many"),
            Mistake("starts at 0", FIT.replace("tensor(1.0", "tensor(0.0"), "starts at weight 0"),
            Mistake(
                "the weight made anew under no_grad",
                FIT.replace("w -= learning_rate", "w = w - learning_rate"),
                "asks for no gradient",
            ),
            Mistake(
                "cleared too early",
                FIT.replace("        w.grad = None\n", "").replace("backward()", "backward()\n        w.grad = None"),
                "cleared",
            ),
            Mistake("returns the loss", FIT.replace("w.item()", "loss.item()"), "the loss is returned"),
            Mistake("divided by 3", FIT.replace("len(samples)", "3"), "divided by 3"),
            Mistake(
                "ends as soon as the loss is small",
                FIT.replace(
                    "        loss.backward()", "        if loss < 5.7:\n            break\n        loss.backward()"
                ),
                "a break ends the loop",
            ),
        ),
        setup="import torch",
    ),
    Exercise(
        id="04.3",
        title="The list that repeats itself",
        difficulty="medium",
        minutes=6,
        task="slopes should return one gradient for each sample, but all three come out as -1914. Mend it.",
        hints=(
            "Two things go wrong: the gradients add up, and the list holds one and the same tensor three times.",
            "Take a plain number out of the gradient before you keep it, and clear the gradient for the next sample.",
            "gradients.append(w.grad.item()), and then w.grad = None",
        ),
        starter=SLOPES,
        solution=SLOPES.replace("append(w.grad)", "append(w.grad.item())\n        w.grad = None"),
        alternative="""
def slopes(samples, weight):
    w = torch.tensor(weight, requires_grad=True)
    return [torch.autograd.grad((x * w - y) ** 2, w)[0] for x, y in samples]
""",
        name="slopes",
        judge=judge_slopes,
        praise="Right: -220, 352, -2046. Keeping a tensor keeps a window, not a photograph: see lesson 06.",
        mistakes=(
            Mistake("numbers, but not cleared", SLOPES.replace("(w.grad)", "(w.grad.item())"), "add up"),
            Mistake(
                "zero_ writes into the list", SLOPES.replace("(w.grad)", "(w.grad)\n        w.grad.zero_()"), "zero_()"
            ),
            Mistake(
                "a zero at the start of the list",
                SLOPES.replace("gradients = []", "gradients = [0.0]"),
                "not a list with one",
            ),
            Mistake("a copy, but not cleared", SLOPES.replace("(w.grad)", "(w.grad.clone())"), "not cleared"),
            Mistake(
                "the wrong way round",
                SLOPES.replace("(w.grad)", "(-w.grad.item())\n        w.grad = None"),
                "every sign",
            ),
            Mistake(
                "whole numbers",
                SLOPES.replace("(w.grad)", "(int(w.grad))\n        w.grad = None"),
                "cut off the fraction",
            ),
            Mistake("no gradient yet", SLOPES.replace("(w.grad)", "(loss.grad)"), "None was appended"),
            Mistake(
                "zero_ before there is anything",
                SLOPES.replace("        loss.backward", "        w.grad.zero_()\n        loss.backward"),
                "nothing to clear yet",
            ),
            Mistake(
                "return inside the loop",
                SLOPES.replace("(w.grad)", "(w.grad.item())\n        w.grad = None\n        return gradients"),
                "inside the loop",
            ),
            Mistake(
                "the lesson's numbers",
                "def slopes(samples, weight):\n    return [-220.0, 352.0, -2046.0]",
                "stand in your code",
            ),
        ),
        setup="import torch",
    ),
    Exercise(
        id="04.4",
        title="The last safe learning rate",
        difficulty="medium",
        minutes=6,
        task=(
            "Write safe_learning_rate(xs): the learning rate at which the largest factor of one step, "
            "1 - 2 * learning_rate * x**2, just reaches -1. Below it, no step overshoots further than it started."
        ),
        hints=(
            "Which sample has the most violent factor? That one decides.",
            "Write 1 - 2 * learning_rate * x**2 = -1 and solve it for the learning rate.",
            "The answer is 1 over the largest square.",
        ),
        starter="def safe_learning_rate(xs):\n    ...",
        solution="def safe_learning_rate(xs):\n    return 1 / max(x**2 for x in xs)",
        alternative="safe_learning_rate = lambda xs: min(x**-2.0 for x in xs)",
        name="safe_learning_rate",
        judge=judge_safe_rate,
        praise="Right: 9.18e-4 for 11, 22, 33. Scale every x by a tenth and the safe rate grows a hundredfold: try it.",
        mistakes=(
            Mistake("smallest x", "def safe_learning_rate(xs):\n    return 1 / min(xs) ** 2", "largest one explodes"),
            Mistake("sum", "def safe_learning_rate(xs):\n    return 1 / sum(x * x for x in xs)", "were added"),
            Mistake("not squared", "def safe_learning_rate(xs):\n    return 1 / max(xs)", "not squared"),
            Mistake("largest, then squared", "def safe_learning_rate(xs):\n    return 1 / max(xs) ** 2", "negative x"),
            Mistake("fastest rate", "def safe_learning_rate(xs):\n    return 0.5 / max(x * x for x in xs)", "fastest"),
            Mistake("the example's number", "def safe_learning_rate(xs):\n    return 33**-2.0", "stands in your code"),
            Mistake(
                "one for each", "def safe_learning_rate(xs):\n    return [1 / x**2 for x in xs]", "rate for each x"
            ),
            Mistake("wrong power sign", "def safe_learning_rate(xs):\n    return 1 / max(xs) ^ 2", "two stars"),
            Mistake("the list sorted in place", SORTED_IN_PLACE, "changes the list"),
        ),
    ),
    Exercise(
        id="04.5",
        title="Explore: where the loop stops settling",
        difficulty="easy",
        minutes=4,
        task=(
            "Come from the left: move the panel's learning rate until the caption turns from 'settles' to 'explodes'. "
            "Hand in the two neighbouring positions: (last that settles, first that explodes)."
        ),
        hints=(
            "Epochs and start weight do not matter; the caption says which of the two it is.",
            "Start at 0.001 and press the right arrow: one position at a time, reading the caption.",
            "One epoch multiplies the distance by 0.836 at the first of the two, and by 1.22 at the second.",
        ),
        starter="turn = (..., ...)",
        solution="turn = (0.0016, 0.0018)",
        alternative="""
from course_utils.panels.learning_rate import RATES, factors
wild = [abs(math.prod(factors(rate))) > 1 for rate in RATES].index(True)
turn = list(RATES[wild - 1 : wild + 1])
""",
        name="turn",
        judge=judge_turn,
        praise=(
            "Right: one epoch multiplies the distance by 0.836 at 0.0016, and by 1.22 at 0.0018. Now go on to 0.004: "
            "why does the loop settle there once more?"
        ),
        mistakes=(
            Mistake("swapped", "turn = (0.0018, 0.0016)", "wrong way round"),
            Mistake("the dot leaves the band", "turn = (0.00089, 0.001)", "leaves the green band"),
            Mistake("from the lesson's table", "turn = (0.0016, 0.0017)", "no such position"),
            Mistake("one position too early", "turn = (0.0014, 0.0016)", "at both the caption says: settles"),
            Mistake("one position too late", "turn = (0.0018, 0.002)", "too far to the right"),
            Mistake("the power of ten is lost", "turn = (1.6, 1.8)", "power of ten"),
            Mistake("a position between was skipped", "turn = (0.0014, 0.0018)", "1 more of the slider's"),
            Mistake("the island further right", "turn = (0.0035, 0.004)", "island"),
            Mistake("one number only", "turn = 0.0016", "two things were asked for"),
            Mistake("not rounded", "turn = (0.001585, 0.001778)", "more digits"),
            Mistake("the factors", "turn = (0.836, 1.22)", "factors of one epoch"),
            Mistake("texts", "turn = ('0.0016', '0.0018')", "in quotes"),
            Mistake("commas for points", "turn = (0,16, 0,18)", "with a point"),
        ),
        setup="import math",
    ),
)
