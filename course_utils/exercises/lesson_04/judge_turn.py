"""Judge 04.5: the two neighbouring positions of the panel's slider between which the loop begins to explode."""

from __future__ import annotations

import math
from collections.abc import Sequence

from course_utils.exercises import findings
from course_utils.exercises.diagnosis.named_errors import Causes, first_cause
from course_utils.exercises.exercise import Wrong
from course_utils.panels.learning_rate import RATES, factors

__all__ = ["judge_turn"]


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
