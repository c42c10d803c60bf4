"""Judge 04.1: the slope of y along both roads from w, and what the numbers of single roads mean."""

from __future__ import annotations

import math
from collections.abc import Sequence

from course_utils.exercises.diagnosis.numbers import unpacked
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_04.plain_numbers import demand_number

__all__ = ["judge_two_roads"]


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
    (15, "4 too much: the slope of x was added, or one road was counted twice", "only the two roads from w, each once"),
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
    answer = unpacked(answer)
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
    numbers = [unpacked(one) for one in answer]
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
