"""Exercises of lesson 04: gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from torch import Tensor

from course_utils.exercises import findings
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.panels.learning_rate import RATES, factors

Samples = list[tuple[float, float]]
FIRST: Samples = [(11.0, 21.0), (22.0, 14.0), (33.0, 64.0)]
SECOND: Samples = [(1.0, 3.0), (2.0, -1.0)]


def close(one: object, other: float) -> bool:
    """Return whether ``one`` is the number ``other``, up to float32 rounding."""
    return isinstance(one, int | float) and math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-6)


def plain(answer: object) -> object:
    """Return the number inside a tensor with one element; anything else as it is."""
    return answer.item() if isinstance(answer, Tensor) and answer.numel() == 1 else answer


def demand_number(answer: object, wanted: str) -> None:
    """Raise Wrong if the answer is no number."""
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise Wrong(
            got=answer,
            wanted=wanted,
            cause=f"the answer is of type {type(answer).__name__}, not a number",
            next_step="hand in one number, without quotes or brackets",
        )


ROADS = {
    4: ("only the road through a was counted: there y follows with b = 4", "add the road through b"),
    7: ("only the road through b was counted: there y follows with a = 7", "add the road through a"),
    28: ("the two roads were multiplied (or this is the value of y)", "multiply along one road, add the two roads"),
    5: ("this is the slope at w = 1 and x = 2, as in the lesson", "put w = 3 and x = 4 into a = w + x and b = w + 1"),
    -3: ("one road was taken away from the other", "the roads add up"),
    3: ("one road was taken away from the other", "the roads add up"),
}


def judge_two_roads(answer: object) -> None:
    """Wanted: a + b at w = 3, x = 4, so 7 + 4."""
    answer = plain(answer)
    demand_number(answer, "how fast y follows w, as a number")
    if close(answer, 11):
        return
    cause, next_step = ROADS.get(
        round(answer) if math.isfinite(answer) else 0,
        ("the number fits no road from w to y", "write down a, b, and what each does to y; then add the two roads"),
    )
    raise Wrong(got=answer, wanted="how fast y follows w when w = 3 and x = 4", cause=cause, next_step=next_step)


def fitted(samples: Samples, learning_rate: float, epochs: int, *, weigh: Callable[[list[float]], float]) -> float:
    """Return the weight after ``epochs`` updates; ``weigh`` makes one slope from those of the samples."""
    weight = 1.0
    for _ in range(epochs):
        weight -= learning_rate * weigh([2 * x * (x * weight - y) for x, y in samples])
    return weight


def mean(slopes: list[float]) -> float:
    """Return the mean slope."""
    return sum(slopes) / len(slopes)


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


def why_the_fit_is_off(got: float, samples: Samples, learning_rate: float, epochs: int) -> tuple[str, str]:
    """Return (cause, next step) by comparing with what the usual mistakes give."""
    usual = {
        fitted_without_clearing(samples, learning_rate, epochs): (
            "old gradients were not cleared, so every update repeats all earlier ones",
            "set w.grad = None before each backward()",
        ),
        fitted(samples, learning_rate, epochs, weigh=lambda slopes: -mean(slopes)): (
            "the weight walks up the slope instead of down",
            "subtract: w -= learning_rate * w.grad",
        ),
        fitted_one_at_a_time(samples, learning_rate, epochs): (
            "the weight was updated after every sample, not once per epoch",
            "build the mean of all losses first, then call backward() and update once",
        ),
        fitted(samples, learning_rate, epochs, weigh=sum): (
            "the losses were added, not averaged",
            "divide the sum of the losses by len(samples)",
        ),
        1.0: ("the weight is where it started: it was never updated", "change w itself, under torch.no_grad()"),
    }
    for value, reason in usual.items():
        if close(got, value):
            return reason
    return "the updates differ from the recipe in the task", "run one epoch with two samples by hand, and compare"


def judge_fit(fit: Callable[[Samples, float, int], float]) -> None:
    """Try several data sets, learning rates and numbers of epochs."""
    for samples, learning_rate, epochs in ((SECOND, 0.05, 3), (FIRST, 1e-4, 2), (FIRST, 1e-3, 60), (SECOND, 0.1, 0)):
        got = fit(list(samples), learning_rate, epochs)
        wanted = fitted(samples, learning_rate, epochs, weigh=mean)
        call = f"fit({samples}, {learning_rate}, {epochs})"
        if not isinstance(got, float):
            kind = "None: does fit end with return?" if got is None else f"of type {type(got).__name__}"
            raise Wrong(
                got=got, wanted=f"a float from {call}", cause=f"it is {kind}", next_step="end with: return w.item()"
            )
        if not close(got, wanted):
            cause, next_step = why_the_fit_is_off(got, samples, learning_rate, epochs)
            raise Wrong(got=f"{got:.6g}", wanted=f"{wanted:.6g} from {call}", cause=cause, next_step=next_step)


def why_slopes_are_off(got: list[object], wanted: list[float]) -> tuple[str, str]:
    """Return (cause, next step) for a list of wrong slopes."""
    sums = [sum(wanted[: i + 1]) for i in range(len(wanted))]
    if all(close(one, other) for one, other in zip(got, sums, strict=True)):
        return "the gradients add up: w.grad was not cleared between the samples", "set w.grad = None after each sample"
    if all(close(one, sums[-1]) for one in got):
        return (
            "the list holds the same tensor again and again, and in it the gradients add up",
            "append a number, w.grad.item(), and set w.grad = None after each sample",
        )
    if len({one for one in got if isinstance(one, float)}) == 1:
        return (
            "the list holds the same tensor again and again: zero_() writes into the tensors that are in the list",
            "append a number, w.grad.item(), or set w.grad = None instead of zero_()",
        )
    if all(close(one, -other) for one, other in zip(got, wanted, strict=True)):
        return "every sign is turned round", "the loss is (x * w - y) ** 2; hand over its gradient as it is"
    return "the numbers are not the gradients of (x * w - y) ** 2", "compare the first one: 2 * x * (x * w - y)"


def judge_slopes(slopes: Callable[[Samples, float], Sequence[float]]) -> None:
    """Try three samples, two samples and other weights."""
    for samples, weight in ((FIRST, 1.0), (SECOND, -2.0), (FIRST[:1], 0.5)):
        got = slopes(list(samples), weight)
        wanted = [2 * x * (x * weight - y) for x, y in samples]
        where = f"{wanted} from slopes({samples}, {weight})"
        if not isinstance(got, list | tuple) or len(got) != len(wanted):
            raise Wrong(
                got=got,
                wanted=where,
                cause="it is not a list with one gradient for each sample",
                next_step="append once for each sample, and return the list",
            )
        numbers = [plain(one) for one in got]
        if not all(close(one, other) for one, other in zip(numbers, wanted, strict=True)):
            cause, next_step = why_slopes_are_off(numbers, wanted)
            raise Wrong(got=numbers, wanted=where, cause=cause, next_step=next_step)


def why_the_rate_is_off(got: float, xs: list[float]) -> tuple[str, str]:
    """Return (cause, next step) by comparing with what the usual mistakes give."""
    squares = [x * x for x in xs]
    usual = {
        1 / min(squares): ("the smallest x decides here, but the largest one explodes first", "use the largest square"),
        1 / sum(squares): ("all squares were added; each sample takes its own step", "use the largest square alone"),
        len(xs) / sum(squares): (
            "this is 1 over the mean square; the largest x explodes first",
            "use the largest square",
        ),
        1 / max(abs(x) for x in xs): ("x is not squared", "the factor of a step is 1 - 2 * learning_rate * x**2"),
        1 / max(xs) ** 2: ("a negative x counts too: its square is large", "square first, then take the largest"),
        2 / max(squares): ("twice too large: there the factor is -3", "solve 1 - 2 * learning_rate * x**2 = -1"),
        0.5 / max(squares): (
            "this rate makes the factor 0, which is the fastest, not the last safe one",
            "solve 1 - 2 * learning_rate * x**2 = -1",
        ),
    }
    for value, reason in usual.items():
        if close(got, value):
            return reason
    return "no factor becomes -1 at this rate", "solve 1 - 2 * learning_rate * x**2 = -1 for the largest square"


def judge_safe_rate(safe_learning_rate: Callable[[list[float]], float]) -> None:
    """Wanted: 1 / max(x**2), also for negative x."""
    for xs in ([11.0, 22.0, 33.0], [0.5, 3.0], [-4.0, 1.0, 2.0], [5.0]):
        got = plain(safe_learning_rate(list(xs)))
        wanted = 1 / max(x * x for x in xs)
        demand_number(got, f"a number from safe_learning_rate({xs})")
        if not math.isclose(got, wanted, rel_tol=1e-3):
            cause, next_step = why_the_rate_is_off(got, xs)
            where = f"{wanted:.4g} from safe_learning_rate({xs})"
            raise Wrong(got=f"{got:.4g}", wanted=where, cause=cause, next_step=next_step)


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
    got = [findings.demand_number(one, TURN) for one in findings.demand_pair(answer, TURN)]
    wanted = the_turn()
    if any(position_of(one) != position_of(other) for one, other in zip(got, wanted, strict=True)):
        cause, next_step = why_no_turn(got, wanted)
        raise Wrong(got=f"{got[0]:.4g} and {got[1]:.4g}", wanted=TURN, cause=cause, next_step=next_step)


def why_no_turn(got: list[float], wanted: tuple[float, float]) -> tuple[str, str]:
    """Return (cause, next step) for two numbers that are not the turn."""
    low, high = (position_of(rate) for rate in got)
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


def why_not_on_the_slider(got: list[float], wanted: tuple[float, float]) -> tuple[str, str]:
    """Return (cause, next step) if a number is no position of the slider."""
    right = [position_of(rate) for rate in wanted]
    if any([position_of(one / 10.0**power) for one in got] == right for power in range(-6, 7)):
        return (
            "the digits are right, the decimal point is not: a power of ten is lost",
            "count the zeros in the caption",
        )
    if any(findings.is_near(one, 0.0017) for one in got):
        return (
            "0.0017 stands in the lesson's table; the slider has no such position",
            "read the two rates beside the slider",
        )
    strange = next(one for one in got if position_of(one) is None)
    return f"{strange:.4g} is no position of the slider", "copy the rates as the caption writes them"


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
        ),
        setup="import math",
    ),
)
