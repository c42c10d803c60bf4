"""Exercise 08.2: patience."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_08.judge_patience import judge_patience

__all__ = ["EXERCISE"]


_PATIENCE = """class Patience:
    def __init__(self, epochs):
        self.epochs, self.best, self.waited = epochs, -1.0, 0

    def on_epoch_end(self, state):
        {body}
"""


_BETTER = "better = state.validation.accuracy > self.best"


_WAITING = """
        self.waited = 0 if better else self.waited + 1
        self.best = max(self.best, state.validation.accuracy)
        return STOP if self.waited >= self.epochs else None"""


EXERCISE = Exercise(
    id="08.2",
    title="Patience",
    difficulty="medium",
    minutes=10,
    task="A class Patience(epochs) whose on_epoch_end(state) returns STOP after so many epochs without a new best.",
    hints=(
        "Remember two things between the epochs: the best accuracy so far, and how many epochs have passed since.",
        "State lives on self. A new best sets the counter back to zero; anything else counts one up.",
        "Return STOP if self.waited >= self.epochs, after the counter has been brought up to date.",
    ),
    starter="""class Patience:
    def __init__(self, epochs):
        ...

    def on_epoch_end(self, state):
        ...""",
    solution=_PATIENCE.format(
        body="""better = state.validation.accuracy > self.best
        self.waited = 0 if better else self.waited + 1
        self.best = max(self.best, state.validation.accuracy)
        return STOP if self.waited >= self.epochs else None"""
    ),
    alternative="""class Patience:
    def __init__(self, epochs):
        self.epochs = epochs
        self.seen = []

    def on_epoch_end(self, state):
        self.seen.append(state.validation.accuracy)
        since_best = len(self.seen) - 1 - self.seen.index(max(self.seen))
        if since_best >= self.epochs:
            return STOP""",
    name="Patience",
    judge=judge_patience,
    praise="Right: the counter only goes back at a new best; hand Patience(3) to fit and see where it stops.",
    mistakes=(
        Mistake(
            "an equal is no new best",
            _PATIENCE.format(body=_BETTER.replace(">", ">=") + _WAITING),
            "only equals the best",
        ),
        Mistake(
            "the wrong way round",
            _PATIENCE.format(body=_BETTER.replace(">", "<") + _WAITING),
            "a lower accuracy counts as better",
        ),
        Mistake(
            "never written down",
            _PATIENCE.format(body=_BETTER + _WAITING.replace("max(self.best, state.validation.accuracy)", "-1.0")),
            "never written down",
        ),
        Mistake(
            "epochs of the training",
            _PATIENCE.format(body="return STOP if state.epoch >= self.epochs else None"),
            "accuracy is never looked at",
        ),
        Mistake(
            "a patience of its own",
            _PATIENCE.format(body=_BETTER + _WAITING.replace("self.epochs", "3")),
            "the patience is 3 here",
        ),
        Mistake(
            "a text",
            _PATIENCE.format(body=_BETTER + _WAITING.replace("STOP", "'STOP'")),
            "a name, not a text",
        ),
        Mistake(
            "a plain name",
            _PATIENCE.format(body=_BETTER.replace("self.", "") + _WAITING),
            "NameError",
        ),
        Mistake(
            "never resets",
            _PATIENCE.format(
                body="""if state.validation.accuracy > self.best:
            self.best = state.validation.accuracy
        else:
            self.waited += 1
        return STOP if self.waited >= self.epochs else None"""
            ),
            "in a row",
        ),
        Mistake(
            "one too late",
            _PATIENCE.format(
                body="""better = state.validation.accuracy > self.best
        self.waited = 0 if better else self.waited + 1
        self.best = max(self.best, state.validation.accuracy)
        return STOP if self.waited > self.epochs else None"""
            ),
            "one epoch too late",
        ),
        Mistake(
            "compares with the epoch before",
            _PATIENCE.format(
                body="""better = state.validation.accuracy > self.best
        self.waited = 0 if better else self.waited + 1
        self.best = state.validation.accuracy
        return STOP if self.waited >= self.epochs else None"""
            ),
            "best so far",
        ),
        Mistake(
            "returns True",
            _PATIENCE.format(
                body="""better = state.validation.accuracy > self.best
        self.waited = 0 if better else self.waited + 1
        self.best = max(self.best, state.validation.accuracy)
        return self.waited >= self.epochs"""
            ),
            "STOP or None",
        ),
    ),
    setup="from course_utils.callbacks import STOP",
)
