"""Exercise 07.1: read both ways."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_07.judge_both_ways import BOTH_WAYS, judge_both_ways

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="07.1",
    title="Read both ways",
    difficulty="easy",
    minutes=4,
    task="y = 3·x + 1 with x = 2, loss y²: hand in grad_output, grad_input and the gradients of weight and bias.",
    hints=(
        "Walk forward first: what is y? Then the slope of the loss at y is what arrives.",
        "Each factor's gradient is what arrives, times the other factor; a term's gradient is what arrives.",
        "y = 7. It arrives 2 · 7. On to x goes that times 3; the weight gets it times 2; the bias gets it times 1.",
    ),
    starter='answer = {"grad_output": ..., "grad_input": ..., "weight_grad": ..., "bias_grad": ...}',
    solution='answer = {"grad_output": 14.0, "grad_input": 42.0, "weight_grad": 28.0, "bias_grad": 14.0}',
    alternative="y = 3 * 2 + 1\narrives = 2 * y\n"
    "answer = dict(grad_output=arrives, grad_input=arrives * 3, weight_grad=arrives * 2, bias_grad=arrives)",
    name="answer",
    judge=judge_both_ways,
    praise="Right: 14 arrives, 42 goes on, and 28 and 14 stay with the layer. Check it with a hook on nn.Linear(1, 1).",
    mistakes=(
        Mistake("y for its slope", "answer = " + repr(BOTH_WAYS | {"grad_output": 7.0}), "this is y itself"),
        Mistake(
            "weight left out", "answer = " + repr(BOTH_WAYS | {"grad_input": 14.0}), "not multiplied by the weight"
        ),
        Mistake("x left out", "answer = " + repr(BOTH_WAYS | {"weight_grad": 14.0}), "not multiplied by x"),
        Mistake("no gradient for the bias", "answer = " + repr(BOTH_WAYS | {"bias_grad": 0.0}), "no constant"),
        Mistake(
            "input and output swapped",
            'answer = {"grad_output": 42.0, "grad_input": 14.0, "weight_grad": 28.0, "bias_grad": 14.0}',
            "seen from the forward side",
        ),
        Mistake(
            "bias forgotten",
            'answer = {"grad_output": 12.0, "grad_input": 36.0, "weight_grad": 24.0, "bias_grad": 12.0}',
            "y = 6",
        ),
        Mistake(
            "weight's gradient in grad_input",
            'answer = {"grad_output": 14.0, "grad_input": 28.0, "weight_grad": 42.0, "bias_grad": 14.0}',
            "other* factor",
        ),
        Mistake(
            "bias gradient 1",
            'answer = {"grad_output": 14.0, "grad_input": 42.0, "weight_grad": 28.0, "bias_grad": 1.0}',
            "times 1",
        ),
    ),
)
