"""Fits with numbers of their own: another rate or number of epochs, a rounded weight, an answer in the code."""

from __future__ import annotations

from course_utils.exercises.lesson_04.descents import MistakenFit, fitted, fitted_one_at_a_time, right_fit

__all__ = ["OWN_NUMBERS", "ROUNDED"]


OWN_NUMBERS: tuple[MistakenFit, ...] = (
    (
        lambda samples, rate, epochs: right_fit(samples, 1.0, epochs),
        "the learning rate does not enter: every update takes the whole gradient",
        "subtract learning_rate * w.grad",
    ),
    (
        lambda samples, rate, epochs: fitted(samples, 1.0, epochs, weigh=sum),
        "the learning rate does not enter, and the losses were added, not averaged",
        "subtract learning_rate * w.grad, and divide the loss by len(samples)",
    ),
    *(
        (
            lambda samples, rate, epochs, own=own: right_fit(samples, own, epochs),
            f"the learning rate {own:g} stands in your code: the one that was handed in does not enter",
            "use the parameter learning_rate, and write over it nowhere",
        )
        for own in (0.1, 0.01, 0.001, 0.0001, 0.00001)
    ),
    *(
        (
            lambda samples, rate, epochs, own=own: right_fit(samples, rate, own),
            f"{own} epochs stand in your code: the number that was handed in does not enter",
            "write for _ in range(epochs)",
        )
        for own in (10, 100, 1000)
    ),
    (
        lambda samples, rate, epochs: right_fit(samples, rate / max(epochs, 1), epochs),
        "the learning rate is divided by the number of epochs",
        "subtract learning_rate * w.grad",
    ),
    (
        lambda samples, rate, epochs: fitted_one_at_a_time(samples, rate / len(samples), epochs),
        "the weight was updated after every sample, each time with a share of the mean, not once per epoch",
        "build the mean of all losses first, then call backward() and update once",
    ),
)


ROUNDED: tuple[MistakenFit, ...] = (
    (
        lambda samples, rate, epochs: round(right_fit(samples, rate, epochs), 2),
        "the weight was rounded",
        "return it as it is",
    ),
    (
        lambda samples, rate, epochs: round(right_fit(samples, rate, epochs), 3),
        "the weight was rounded",
        "return it as it is",
    ),
    (
        lambda samples, rate, epochs: round(right_fit(samples, rate, epochs), 1),
        "the weight was rounded",
        "return it as it is",
    ),
    (
        lambda samples, rate, epochs: int(right_fit(samples, rate, epochs)),
        "int(...) cut off the fraction",
        "return float(w) or w.item()",
    ),
    (
        lambda *_: 1.565,
        "1.565 stands in your code: that is the answer for the lesson's samples only",
        "make the updates",
    ),
    (lambda *_: 1.62, "1.62 stands in your code: that is the lesson's loop, and its samples only", "make the updates"),
)
