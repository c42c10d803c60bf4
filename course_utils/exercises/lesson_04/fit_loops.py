"""Fits that clear, update, start, stop or return in another way: the weight each of them gives, and why."""

from __future__ import annotations

from course_utils.exercises.lesson_04.descents import (
    MistakenFit,
    descended,
    fitted_one_at_a_time,
    fitted_without_clearing,
    mean_error,
    mean_slope,
    right_fit,
)

__all__ = ["OTHER_LOOPS"]


NO_GRAD_STEP = "change w itself, under torch.no_grad()"


OTHER_LOOPS: tuple[MistakenFit, ...] = (
    (
        fitted_without_clearing,
        "old gradients were not cleared, so every update repeats all earlier ones",
        "set w.grad = None before each backward()",
    ),
    (
        fitted_one_at_a_time,
        "the weight was updated after every sample, not once per epoch",
        "build the mean of all losses first, then call backward() and update once",
    ),
    (lambda *_: 1.0, "the weight is where it started: it was never updated", NO_GRAD_STEP),
    (
        lambda samples, rate, epochs: right_fit(samples, rate, epochs + 1),
        "one update too many: this is the weight after epochs + 1",
        "write for _ in range(epochs)",
    ),
    (
        lambda samples, rate, epochs: right_fit(samples, rate, max(epochs - 1, 0)),
        "one update too few: this is the weight after epochs - 1",
        "write for _ in range(epochs), and return the weight after the last update",
    ),
    (
        lambda samples, rate, epochs: right_fit(samples, rate, 1),
        "only one update counts: the return stands inside the loop, or the weight is made anew in each epoch",
        "make the weight above the loop, and return under it",
    ),
    (
        descended(mean_slope, start=0.0),
        "it starts at weight 0, not at 1.0",
        "begin with torch.tensor(1.0, requires_grad=True)",
    ),
    (
        lambda samples, rate, epochs: mean_error(right_fit(samples, rate, max(epochs - 1, 0)), samples),
        "the loss is returned; the weight was asked for",
        "return w.item()",
    ),
    (
        lambda samples, rate, epochs: mean_error(right_fit(samples, rate, epochs), samples),
        "the loss is returned; the weight was asked for",
        "return w.item()",
    ),
    (
        lambda samples, rate, epochs: mean_slope(right_fit(samples, rate, max(epochs - 1, 0)), samples),
        "the gradient is returned; the weight was asked for",
        "return w.item()",
    ),
    (
        lambda samples, rate, epochs: 4 * right_fit(samples, rate, epochs),
        "this is the guess for x = 4; the weight itself was asked for",
        "return w.item()",
    ),
    (
        lambda samples, *_: sum(x * y for x, y in samples) / sum(x * x for x, _ in samples),
        "this is where the weight settles in the end: epochs and learning rate do not enter (a formula, or far more "
        "epochs than were asked for)",
        "make as many updates as epochs says, with the learning rate that is given",
    ),
    (
        lambda samples, rate, epochs: 1 - rate * epochs * mean_slope(1.0, samples),
        "all gradients are taken at the starting weight: the update comes only after the loop, or the loss is not "
        "worked out anew",
        "work out loss and gradient in each epoch, and update in each epoch",
    ),
)
