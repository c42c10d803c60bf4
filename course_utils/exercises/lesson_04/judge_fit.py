"""The judge of exercise 04.2: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from torch import Tensor

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_04.samples import (
    FIRST,
    SECOND,
    Samples,
    check_untouched,
    close,
    gradient_errors,
    is_number,
    plain,
    sign,
)
from course_utils.exercises.shown import safely

__all__ = ["judge_fit"]


THIRD: Samples = [(1.0, 3.0), (2.0, -1.0), (0.5, 2.5)]


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
        descended(lambda weight, samples: mean([x * sign(x * weight - y) for x, y in samples])),
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
        descended(lambda weight, samples: sign(mean_slope(weight, samples))),
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
