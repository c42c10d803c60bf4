"""What exercise 05.1 demands: 729, and how one comes to other numbers."""

from __future__ import annotations

import math

from torch import Tensor

from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_halving"]


def demand_number(answer: object) -> float:
    """Return the answer as a float, or raise Wrong if it is no number."""
    answer = answer.item() if isinstance(answer, Tensor) and answer.numel() == 1 else answer
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise Wrong(
            got=answer,
            wanted="x.grad as a number",
            cause=f"the answer is of type {type(answer).__name__}, not a number",
            next_step="hand in one number, without quotes or brackets",
        )
    return float(answer)


HALVED = {
    1458.0: ("the hook was forgotten: this is x.grad without it", "halve the gradient on its way through y"),
    364.5: ("halved twice", "only the hook on y halves; the step from y to x multiplies by 2 * x"),
    243.0: ("this is the gradient that arrives at y, not the one at x", "halve it, then multiply by 2 * x"),
    121.5: ("this is the gradient that leaves y, not the one at x", "multiply it by 2 * x for the step from y to x"),
    96.0: ("this is the lesson's answer, for x = 2", "put x = 3: y is 9"),
    192.0: ("this is the lesson's answer for x = 2, and without the hook", "put x = 3, and halve at y"),
    2916.0: ("doubled at y where it should be halved", "243 arrives at y; the hook makes 121.5 of it"),
    0.0: ("0 means that nothing passes the hook; halving lets one half through", "243 / 2 goes on from y"),
    6.0: ("this is the step from y to x alone, 2 * x", "multiply it by what leaves y: half of 3 * y**2"),
    3.0: ("this is x itself, or half of the step 2 * x: what comes from z is missing", "begin at z: 3 * y**2 at y = 9"),
    9.0: ("this is y itself, not a gradient", "the slope of y**3 at y = 9 is 3 * y**2"),
    1.0: ("this is the gradient at z, where the walk begins", "go on to y, times 3 * y**2, and to x, times 2 * x"),
    4374.0: ("the slope of x**6 is 6 * x**5, with one x less than here", "go step by step: 3 * y**2, halved, 2 * x"),
    2187.0: ("one factor 3 too much: y**3 is itself 729, its slope is 3 * y**2 = 243", "243, halved, times 6"),
    12.0: ("this belongs to x = 1 or 2 with another power", "y = 9: 3 * y**2 arrives there"),
    **dict.fromkeys(
        (81.0, 40.5, 27.0, 13.5, 162.0, 486.0),
        (
            "the slope of y**3 at y = 9 is 3 * 9**2 = 243; here the 3 or the square is missing",
            "3 * 81, halved, times 6",
        ),
    ),
}


def judge_halving(answer: object) -> None:
    """Wanted: 3 y^2 = 243 at y = 9, halved 121.5, times 2 x = 6: 729."""
    got = demand_number(answer)
    if math.isclose(got, 729, rel_tol=1e-4):
        return
    step = "write down: at y 3 * y**2, halved, then times 2 * x"
    known = HALVED.get(round(got, 1)) if math.isfinite(got) and math.isclose(got, round(got, 1)) else None
    cause, next_step = known or (f"the number fits no step of the way back; {off_by(got, 729.0)}", step)
    raise Wrong(got=f"{got:g}", wanted="x.grad for x = 3, with the hook on y", cause=cause, next_step=next_step)
