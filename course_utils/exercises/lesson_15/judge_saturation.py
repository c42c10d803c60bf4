"""What exercise 15.5 demands: the smallest whole logit at which the float64 sigmoid has no slope."""

from __future__ import annotations

import torch

from course_utils.exercises.diagnosis.numbers import demand_one_number
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_saturation"]


SLOPE = "the smallest whole logit with a slope of exactly 0.0"


def judge_saturation(answer: object) -> None:
    """The smallest whole logit whose float64 sigmoid has no slope."""
    number = demand_one_number(answer, "one whole number")
    if number != 37:
        raise Wrong(
            got=f"{number:g}",
            wanted=SLOPE,
            cause=_why_not_the_logit(number),
            next_step="torch.arange(1., 100., dtype=torch.float64), sigmoid, autograd.grad, then look for the first 0",
        )


def _slope(logit: float) -> float:
    z = torch.tensor(float(logit), dtype=torch.float64, requires_grad=True)
    return float(torch.autograd.grad(z.sigmoid(), z)[0])


OTHER_LOGITS = {
    16: "this is the last logit with a slope in float32; were the logits float64 before the sigmoid?",
    17: "this is float32's answer; were the logits float64 before the sigmoid?",
    34: "a guess: twice 17. Twice the bits is not twice the logit: try it",
    36: "at 36 the slope is tiny, but not zero: 2.2e-16; this is the last logit that has one",
    38: "already the logit before it has a slope of zero; an index counted from 1, or > for >=?",
    53: "53 is the number of float64's binary digits, not the logit",
    52: "52 is the number of binary digits that float64 stores, not the logit",
    64: "64 is the number of bits of float64, not the logit",
    32: "32 is the number of bits of float32, not the logit",
    24: "24 is the number of float32's binary digits, not the logit",
    88: "there e to the z overflows in float32; the slope is zero much earlier",
    89: "there e to the z overflows in float32; the slope is zero much earlier",
    104: "there e to the -z becomes 0 in float32; the slope is zero much earlier, where p rounds to 1",
    709: "there e to the z still fits into float64; the slope is zero much earlier, where p rounds to 1",
    710: "there e to the z overflows in float64; the slope is zero much earlier, where p rounds to 1",
    745: "there e to the -z is the last above 0; the slope is zero much earlier, where p rounds to 1",
    746: "there e to the -z becomes 0; the slope is zero much earlier, where p rounds to 1",
    289: "289 is 17 * 17: a guess; try it",
    0: "0 is the slope that is looked for (or the place in a list), not the logit; at logit 0 the slope is largest",
    1: "1 is what the probability rounds to, not the logit at which it does",
}


def _why_not_the_logit(number: float) -> str:
    if number in OTHER_LOGITS:
        return OTHER_LOGITS[number]
    if number != int(number):
        small = 0 < abs(number) < 1
        return f"no whole number: {number:g} is " + (
            "a slope or a probability, not the logit" if small else "between two; the first whole one is asked for"
        )
    slope = _slope(number)
    if number < 0:
        return f"the sign: on the negative side p goes towards 0, which float64 can resolve; slope there {slope:.2g}"
    if slope > 0:
        return f"too small: the slope is still above zero there, {slope:.2g} in float64"
    return f"a smaller logit does it, too: at {number - 1:g} the slope is zero as well"
