"""The trainings that a Patience of exercise 08.2 is played, and the epoch in which it asks to stop."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from course_utils.callbacks import STOP
from course_utils.exercises.exercise import Wrong

__all__ = ["PLAYS", "epoch_of_stop", "played"]

PLAYS = (  # epochs of patience, validation accuracies
    (2, [0.5, 0.4, 0.4, 0.4, 0.4]),
    (3, [0.3, 0.2, 0.4, 0.3, 0.35, 0.5, 0.4, 0.4, 0.4]),
    (2, [0.5, 0.4, 0.45, 0.44, 0.43, 0.42]),
    (3, [0.1, 0.2, 0.3, 0.4, 0.5]),
    (1, [0.0, 0.1, 0.1, 0.2]),
    (4, [0.6, 0.5, 0.7, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
    (2, [0.9, 0.8, 0.85, 0.95, 0.9]),
    (2, [0.0, 0.1, 0.2, 0.1, 0.1, 0.1]),
    (2, [0.4, 0.4, 0.4, 0.4]),
    (3, [0.2, 0.1, 0.15, 0.12, 0.3, 0.4]),
    (2, [0.5, 0.501, 0.502, 0.5021, 0.5022]),
    (2, [0.5, 0.4, 0.5, 0.4, 0.5]),
)


def epoch_of_stop(callback: object, accuracies: list[float]) -> int | None:
    """Return the epoch after which the callback says STOP, None if never; raise Wrong if it says something else."""
    for epoch, accuracy in enumerate(accuracies, start=1):
        state = SimpleNamespace(epoch=epoch, validation=SimpleNamespace(accuracy=accuracy))
        said = callback.on_epoch_end(state)
        if said is STOP:
            return epoch
        if said is not None:
            text = "; STOP is a name, not a text: no quotes" if isinstance(said, str) else ""
            text = "; yes and no are not what it asks: STOP, or nothing" if isinstance(said, bool) else text
            raise Wrong(
                got=f"on_epoch_end returned {said!r}",
                wanted="STOP or None",
                cause=f"fit stops only for STOP itself; another value is not heard{text}",
                next_step="return STOP, imported from course_utils.callbacks",
            )
    return None


def played(
    epochs: int,
    accuracies: list[float],
    better: Callable[[float, float], bool] = lambda new, best: new > best,
    keep: Callable[[float, float], float] = max,
    start: float = -1.0,
    reset: bool = True,
    late: int = 0,
    good: int = 0,
    even: int = 1,
    always: bool = True,
) -> int | None:
    """Return the epoch of the stop; other arguments are the usual slips."""
    best, waited = start, 0
    for epoch, accuracy in enumerate(accuracies, start=1):
        new = better(accuracy, best)
        step = even if accuracy == best else 1
        waited = (good if reset else waited + good) if new else waited + step
        best = keep(best, accuracy) if new or always else best
        if waited >= epochs + late:
            return epoch
    return None
