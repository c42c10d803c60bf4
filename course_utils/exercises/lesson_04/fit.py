"""Exercise 04.2: least squares by descent."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_04.judge_fit import judge_fit

__all__ = ["EXERCISE"]


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


EXERCISE = Exercise(
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
        Mistake("one update too many", FIT.replace("range(epochs)", "range(epochs + 1)"), "one update too many"),
        Mistake("starts at 0", FIT.replace("tensor(1.0", "tensor(0.0"), "starts at weight 0"),
        Mistake(
            "the weight made anew under no_grad",
            FIT.replace("w -= learning_rate", "w = w - learning_rate"),
            "asks for no gradient",
        ),
        Mistake(
            "cleared too early",
            FIT.replace("        w.grad = None\n", "").replace("backward()", "backward()\n        w.grad = None"),
            "cleared",
        ),
        Mistake("returns the loss", FIT.replace("w.item()", "loss.item()"), "the loss is returned"),
        Mistake("divided by 3", FIT.replace("len(samples)", "3"), "divided by 3"),
        Mistake(
            "ends as soon as the loss is small",
            FIT.replace(
                "        loss.backward()", "        if loss < 5.7:\n            break\n        loss.backward()"
            ),
            "a break ends the loop",
        ),
    ),
    setup="import torch",
)
