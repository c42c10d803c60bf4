"""What exercise 07.1 demands: what arrives at a line, what leaves it, and what stays with weight and bias."""

from __future__ import annotations

import math

from torch import Tensor

from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_07.keys import why_other_keys

__all__ = ["BOTH_WAYS", "judge_both_ways"]


BOTH_WAYS = {"grad_output": 14.0, "grad_input": 42.0, "weight_grad": 28.0, "bias_grad": 14.0}


STEPS = {
    "grad_output": "the slope of y² at y = 7",
    "grad_input": "grad_output times what x is multiplied by",
    "weight_grad": "grad_output times what the weight is multiplied by",
    "bias_grad": "grad_output times 1: the bias is added as it is",
}


def judge_both_ways(answer: object) -> None:
    """y = 7, so 2y = 14 arrives; times 3 leaves; times x = 2 stays with the weight, times 1 with the bias."""
    if not isinstance(answer, dict) or set(answer) != set(BOTH_WAYS):
        raise Wrong(
            got=answer,
            wanted=f"a dict with the keys {list(BOTH_WAYS)}",
            cause=f"the names of the four numbers must stay as they are: {why_other_keys(answer, BOTH_WAYS)}",
            next_step="replace only the dots in the starter",
        )
    for name, wanted in BOTH_WAYS.items():
        got = as_number(answer[name])
        if got is None or not math.isclose(got, wanted, rel_tol=1e-4):
            cause, step = why_not(name, got, answer)
            raise Wrong(got=f"{name} = {answer[name]}", wanted=STEPS[name], cause=cause, next_step=step)


def as_number(value: object) -> float | None:
    """Return a number or a tensor of one number as a float, None for anything else."""
    if isinstance(value, Tensor) and value.numel() == 1:
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


# what the usual slips give for each of the four
SLIPS = {
    "grad_output": {
        7.0: "this is y itself; the slope of y² is 2 · y",
        49.0: "this is the loss y², not its slope",
        1.0: "this is where a walk from y itself would begin; here the loss is y²",
        3.0: "this is the weight, the slope of y along x",
        2.0: "this is x, or the 2 of the slope 2 · y alone",
        6.0: "this is 3 · 2, the y without its bias, and not yet a slope",
        10.0: "this belongs to y = 5: the weight and x are multiplied, not added",
        21.0: "3 · 7: the weight was multiplied in; that comes after, on the way to x",
        28.0: "the slope of y² is 2 · y, and this is twice that",
        98.0: "2 · 49: the slope of y² is 2 · y, not 2 · y²",
    },
    "grad_input": {
        14.0: "this is what arrives; it was not multiplied by the weight 3",
        3.0: "this is the weight alone; it is multiplied by what arrives",
        21.0: "7 · 3: y was multiplied by the weight, not the slope 2 · y",
        126.0: "the weight 3 was multiplied in twice",
        84.0: "multiplied by both 3 and 2; on to x goes only the weight's 3",
        43.0: "the bias 1 was added to a gradient; a term that is added has no part in it",
        45.0: "3 · (14 + 1): the bias 1 has no part in a gradient",
        56.0: "multiplied by 4, and the weight is 3 (3 + 1 is not the slope: the bias is added, not multiplied)",
        17.0: "14 + 3: the weight was added; it is multiplied",
        4.67: "divided by the weight; it is multiplied",
        6.0: "3 · 2: what arrives is missing, and x has no part here",
        98.0: "7 · 14: multiplied by y; on the way to x it is multiplied by the weight 3",
    },
    "weight_grad": {
        14.0: "this is what arrives; it was not multiplied by x = 2",
        2.0: "this is x alone; it is multiplied by what arrives",
        84.0: "multiplied by both 2 and 3; the weight is multiplied by x = 2 only",
        56.0: "x was multiplied in twice",
        29.0: "the bias 1 was added to a gradient; a term that is added has no part in it",
        16.0: "14 + 2: x was added; it is multiplied",
        7.0: "this is y, or 14 divided by x; the gradient that arrives is multiplied by x",
        196.0: "14 · 14: what arrives was multiplied by itself; the weight is multiplied by x = 2",
        0.0: "0 would mean that the weight has no influence on y",
        98.0: "7 · 14: multiplied by y; the weight is multiplied by x = 2",
        6.0: "3 · 2: what arrives is missing, and the weight itself has no part here",
        12.0: "6 · 2: what arrives is 2 · y = 14",
    },
    "bias_grad": {
        1.0: "this is the slope of y along the bias alone; it is multiplied by what arrives",
        0.0: "a bias is no constant: y grows with it one to one",
        7.0: "this is y, or half of what arrives",
        28.0: "this is the weight's gradient: the bias is not multiplied by x",
        42.0: "this is what goes on to x: the bias is not multiplied by 3",
        15.0: "the bias 1 was added to what arrives; a term that is added has no part in a gradient",
        3.0: "this is the weight; the bias is not multiplied by it",
        2.0: "2 · 1: the slope of b²? it is y that is squared, and 2 · y arrives",
    },
}


def why_not(name: str, got: float | None, answer: dict[str, object]) -> tuple[str, str]:
    """Return (likely cause, next step) for a wrong number."""
    step = f"write it down: it is {STEPS[name]}"
    if got is None:
        kinds = {
            str: "a text",
            tuple: "a tuple, with the number inside",
            type(None): "None; each of the four has a gradient",
        }
        kind = kinds.get(type(answer[name]), f"of type {type(answer[name]).__name__}")
        return f"that is no number: it is {kind}", "hand in numbers, without quotes or brackets"
    if [as_number(answer[key]) for key in ("grad_output", "grad_input")] == [42.0, 14.0]:
        return "the two are swapped: the names are seen from the forward side", "input means x, output means y"
    if got == {"grad_output": 12.0, "grad_input": 36.0, "weight_grad": 24.0, "bias_grad": 12.0}[name]:
        return "this belongs to y = 6: the bias was forgotten", "work out y first: 3 · 2 + 1"
    other = {"grad_input": "weight_grad", "weight_grad": "grad_input"}.get(name)
    if other and got == BOTH_WAYS[other]:
        return (
            "the gradient of the input and that of the weight are swapped",
            "each is multiplied by the *other* factor",
        )
    return SLIPS[name].get(
        round(got, 2)
    ) or f"the number fits no step of the way back; {off_by(got, BOTH_WAYS[name])}", step
