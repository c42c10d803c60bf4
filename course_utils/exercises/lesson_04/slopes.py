"""Exercise 04.3: the list that repeats itself."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_04.judge_slopes import judge_slopes

__all__ = ["EXERCISE"]


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


EXERCISE = Exercise(
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
    praise=(
        "Right: -220, 352, -2046. A kept tensor is a window, not a photograph: see lesson 06. (w.grad = None mends "
        "both by itself: the next backward makes a new tensor. w.grad.zero_() would give -2046 three times.)"
    ),
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
)
