"""What a training shows to its callbacks, and how the callbacks are called."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import nn

from course_utils.callbacks import Events
from course_utils.plain_numbers import check_positive_integer, is_number, is_whole
from course_utils.training.evaluation import Evaluation
from course_utils.training.history import History

__all__ = ["Recipe", "TrainingState", "listen"]

EVENTS = ("fit_start", "batch_end", "epoch_end", "fit_end")


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training; `course_utils.training.fit` says what each of them means.

    Raises:
        TypeError, ValueError: a number is of the wrong kind, or out of range.
    """

    epochs: int
    batch_size: int
    lr: float
    weight_decay: float
    label_smoothing: float
    seed: int

    def __post_init__(self) -> None:
        check_positive_integer("epochs", self.epochs)
        check_positive_integer("batch_size", self.batch_size)
        if not is_whole(self.seed):
            raise TypeError(f"seed must be an integer, got {self.seed!r}")
        for name, limit in {"lr": math.inf, "weight_decay": math.inf, "label_smoothing": 1.0}.items():
            _check_share(name, getattr(self, name), limit)


@dataclass
class TrainingState:
    """What a callback gets to see. Read it; only `course_utils.training.fit` writes to it.

    Attributes:
        model: the network in training, on the training device.
        recipe: the numbers of this training.
        history: everything up to the last finished epoch.
        batches: how many batches an epoch has.
        epoch: the current epoch, from 1; 0 before the first.
        batch: the current batch of the epoch, from 1.
        images_seen: training pictures shown so far, all epochs together.
        loss, accuracy: means over this epoch's pictures so far (in nats; in [0, 1]). With torchrun they cover
            this process's share, until the epoch ends.
        learning_rate: of the latest step.
        validation: the latest evaluation of the validation pictures; None if there is none.
    """

    model: nn.Module
    recipe: Recipe
    history: History
    batches: int
    epoch: int = 0
    batch: int = 0
    images_seen: int = 0
    loss: float = math.nan
    accuracy: float = math.nan
    learning_rate: float = 0.0
    validation: Evaluation | None = None


def listen(callbacks: Sequence[object]) -> Events[TrainingState]:
    """Return the events of a training, with every callback registered for what it wants to hear.

    Raises:
        TypeError: a callback is neither a function nor an object with one of the four methods.
        LookupError: a method's name begins with ``on_`` but names no event, so nothing would ever call it.
    """
    if not isinstance(callbacks, Iterable):
        raise TypeError(f"callbacks must be a list, got {callbacks!r}; write callbacks=[{_name_of(callbacks)}]")
    events: Events[TrainingState] = Events(*EVENTS)
    for callback in callbacks:
        _register(events, callback)
    return events


def _register(events: Events[TrainingState], callback: object) -> None:
    if isinstance(callback, type):
        raise TypeError(f"callbacks wants objects, got the class {callback.__name__}; write {callback.__name__}()")
    methods = [name for name in dir(callback) if name.startswith("on_") and callable(getattr(callback, name))]
    for method in methods:
        _check_method(callback, method)
        events.on(method.removeprefix("on_"), getattr(callback, method))
    if not methods and not callable(callback):
        wanted = ", ".join(f"on_{name}" for name in EVENTS)
        raise TypeError(f"a callback is a function or an object with one of {wanted}; got {callback!r}")
    if not methods:
        events.on("epoch_end", callback)


def _check_method(callback: object, method: str) -> None:
    if method.removeprefix("on_") not in EVENTS:
        names = [f"on_{name}" for name in EVENTS]
        near = difflib.get_close_matches(method, names, n=2) or names
        raise LookupError(f"{type(callback).__name__}.{method} would never be called; did you mean one of {near}?")


def _name_of(callback: object) -> str:
    return getattr(callback, "__name__", None) or f"{type(callback).__name__}()"


def _check_share(name: str, value: object, limit: float) -> None:
    if not is_number(value):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not 0 <= value < limit:
        raise ValueError(f"{name} must be a number from 0 to below {limit}, got {value}")
