"""Exercise 15.5: where float64 gives up."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_15.judge_saturation import judge_saturation

__all__ = ["EXERCISE"]


_SLOPES = """logits = torch.arange(1.0, 100.0, dtype=torch.{kind}, requires_grad=True)
(slopes,) = torch.autograd.grad(logits.sigmoid().sum(), logits)
found_logit = {pick}"""


EXERCISE = Exercise(
    id="15.5",
    title="Where float64 gives up",
    difficulty="medium",
    minutes=6,
    task="found_logit: the smallest whole logit at which the sigmoid's gradient in float64 is exactly zero.",
    hints=(
        "Do not compute, experiment: many logits at once, one backward pass, and look at the slopes.",
        "torch.arange takes a dtype; torch.autograd.grad of a sum gives every logit its own slope.",
        "int(logits[slopes == 0].min())",
    ),
    starter="found_logit = ...",
    solution=_SLOPES.format(kind="float64", pick="int(logits[slopes == 0].min())"),
    alternative="""found_logit = 1
while float(torch.tensor(float(found_logit), dtype=torch.float64).sigmoid()) < 1.0:
    found_logit += 1""",
    name="found_logit",
    judge=judge_saturation,
    praise="Right: 37. More bits only move the cliff; the logit has none.",
    mistakes=(
        Mistake("not whole", "found_logit = 36.74", "no whole number"),
        Mistake("where e to the z overflows", "found_logit = 710", "overflows in float64"),
        Mistake("the bits", "found_logit = 64", "number of bits"),
        Mistake("float32", _SLOPES.format(kind="float32", pick="int(logits[slopes == 0].min())"), "float32's answer"),
        Mistake("a guess", "found_logit = 34", "not twice the logit"),
        Mistake("the last slope", _SLOPES.format(kind="float64", pick="int(logits[slopes > 0].max())"), "not zero"),
        Mistake("too large", "found_logit = 90", "a smaller logit"),
        Mistake("a text", "found_logit = 'thirty-seven'", "not a number"),
    ),
    setup="import torch",
)
