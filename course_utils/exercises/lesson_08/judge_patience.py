"""The judge of exercise 08.2: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable
from types import SimpleNamespace

from course_utils.callbacks import STOP
from course_utils.exercises import guard
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_patience"]


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


def judge_patience(answer: type) -> None:
    """Play validation accuracies and compare in which epoch it first asks to stop."""
    _check_class(answer)
    _check_two_trainings(answer)
    told = [_epoch_of_stop(answer(epochs), accuracies) for epochs, accuracies in PLAYS]
    wanted = [_played(epochs, accuracies) for epochs, accuracies in PLAYS]
    if told == wanted:
        return
    wrong = next(number for number, pair in enumerate(zip(told, wanted, strict=True)) if pair[0] != pair[1])
    epochs, accuracies = PLAYS[wrong]
    raise Wrong(
        got=f"Patience({epochs}) on the accuracies {accuracies}: {_told(told[wrong])}",
        wanted=_told(wanted[wrong]),
        cause=_why_not_then(answer, told, wanted),
        next_step="keep the best accuracy and a counter; reset the counter only at a new best",
    )


def _check_class(answer: object) -> None:
    if not isinstance(answer, type):
        what = "a function" if inspect.isfunction(answer) else f"an object of type {type(answer).__name__}"
        raise Wrong(
            got=answer,
            wanted="the class Patience",
            cause=f"{what} came: "
            + (
                "a class with a method is wanted"
                if what == "a function"
                else "an object came where its class is wanted"
            ),
            next_step="hand in the class itself: class Patience, and no round brackets behind the name",
        )
    methods = [name for name, member in vars(answer).items() if callable(member)]
    if cause := _what_it_lacks(answer, methods):
        raise Wrong(
            got=answer,
            wanted="a class with __init__(self, epochs) and on_epoch_end(self, state)",
            cause=cause,
            next_step="compare the names with the starter, letter by letter, two underscores on each side of init",
        )


def _what_it_lacks(answer: type, methods: list[str]) -> str:
    if answer.__init__ is object.__init__:
        return f"it has no `__init__(self, epochs)`, but {', '.join(methods) or 'no method at all'}"
    if not hasattr(answer, "on_epoch_end"):
        near = difflib.get_close_matches("on_epoch_end", methods, 1, 0.4)
        return "it has no method `on_epoch_end`" + (f", but `{near[0]}`" if near else "")
    if len(inspect.signature(answer.on_epoch_end).parameters) == 1:
        return "its method `on_epoch_end` takes one thing: the object itself comes first, then the state"
    return ""


def _epoch_of_stop(callback: object, accuracies: list[float]) -> int | None:
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


def _check_two_trainings(answer: type) -> None:
    alone = _epoch_of_stop(answer(1), [0.5, 0.6])
    _epoch_of_stop(answer(1), [0.9, 0.1])
    if _epoch_of_stop(answer(1), [0.5, 0.6]) != alone:
        raise Wrong(
            got="a second Patience stopped because of the first one's accuracies",
            wanted="each object counts for itself",
            cause="best and counter belong to the class (or are global), not to the object",
            next_step="set self.best and self.waited in __init__",
        )


def _told(epoch: int | None) -> str:
    return "never stopped" if epoch is None else f"stopped after epoch {epoch}"


def _played(
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


def _ago(epochs: int, accuracies: list[float]) -> int | None:
    pairs = enumerate(zip(accuracies, accuracies[epochs:], strict=False), start=epochs + 1)
    return next((epoch for epoch, (before, now) in pairs if now <= before), None)


def _window(epochs: int, accuracies: list[float], ties: bool = False) -> int | None:
    for epoch in range(1, len(accuracies) + 1):
        recent, best = max(accuracies[max(0, epoch - epochs) : epoch]), max(accuracies[:epoch])
        if recent < best or (ties and recent == best):
            return epoch
    return None


SLIPS: dict[str, Callable[[int, list[float]], int | None]] = {
    "the bad epochs must come in a row: a new best sets the counter back to 0": lambda e, a: _played(e, a, reset=False),
    "one epoch too late: compare with >=, not >": lambda e, a: _played(e, a, late=1),
    "one epoch too early: after a new best the counter begins at 1, or it is compared with epochs - 1": lambda e, a: (
        _played(e, a, late=-1)
    ),
    "a small gain is not counted as a new best; any gain is one": lambda e, a: _played(
        e, a, better=lambda new, best: new > best + 0.005
    ),
    "an epoch that only equals the best is not counted; it is none with a new best, so it counts": lambda e, a: _played(
        e, a, even=0
    ),
    "a new best takes only one from the counter; it sets it back to 0": lambda e, a: _played(
        e, a, reset=False, good=-1
    ),
    "an epoch that only equals the best counts as a new best; better means >": lambda e, a: _played(
        e, a, better=lambda new, best: new >= best
    ),
    "an epoch is compared with the one before it; compare it with the best so far": lambda e, a: _played(
        e, a, keep=lambda best, new: new
    ),
    "the comparison is the wrong way round: a lower accuracy counts as better": lambda e, a: _played(
        e, a, better=lambda new, best: new < best
    ),
    "the comparison is the wrong way round: a lower accuracy counts as better, as for a loss": lambda e, a: _played(
        e, a, better=lambda new, best: new < best, keep=min, start=2.0
    ),
    "an epoch is compared with the last one, and a lower accuracy counts as better": lambda e, a: _played(
        e, a, better=lambda new, best: new < best, keep=lambda best, new: new
    ),
    "the best accuracy begins at 0, so a first epoch with 0.0 is no new best": lambda e, a: _played(e, a, start=0.0),
    "the counter counts all epochs, good ones as well": lambda e, a: _played(e, a, good=1, reset=False),
    "patience is ignored: it stops at the first epoch that is no new best": lambda e, a: _played(1, a),
    "it stops at once, after the first epoch": lambda e, a: 1,
    "the accuracy is compared with that of `epochs` epochs ago, not with the best so far": _ago,
    "an epoch that equals the best ends the waiting; only a new best does": _window,
    "the best of the last epochs is compared with itself as well: it always stops": lambda e, a: _window(e, a, True),
} | {
    f"the patience is {fixed} here, whatever Patience was made with": lambda e, a, fixed=fixed: _played(fixed, a)
    for fixed in (2, 3, 4, 5, 10)
}


def _why_never(answer: type) -> str:
    names = guard.names_used(answer)
    if "STOP" not in names:
        return "STOP never came: the name STOP does not stand in the class at all"
    if "print" in names:
        return "STOP never came: it was printed, and printing is not returning"
    if _epoch_of_stop(answer(1), [0.5, -7.0]) == 2:
        return "STOP never came: the best accuracy is never written down, so every epoch is better than the beginning"
    return "STOP never came: is it returned, under a condition that can come true, and is the counter counted up?"


def _why_after_so_many(answer: type) -> str:
    """Return why it stops after ``epochs`` epochs, whatever the accuracies are."""
    always = "it stops after `epochs` epochs, whatever the accuracies: none of them counts as a new best"
    if "accuracy" not in guard.names_used(answer):
        return "the accuracy is never looked at: the epochs of the training are counted, good ones as well"
    if _epoch_of_stop(answer(1), [-7.0]) is None:
        return f"{always}: the comparison is the wrong way round, a lower accuracy counts as better"
    if _epoch_of_stop(answer(1), [7.0]) is None:
        return f"{always}: the best accuracy begins too high, at 1 perhaps, which nothing exceeds"
    return f"{always}: good epochs are counted like bad ones (is the best raised before it is compared?)"


def _why_not_then(answer: type, told: list[int | None], wanted: list[int | None]) -> str:
    if not any(told):
        return _why_never(answer)
    if told == [epochs if epochs <= len(accuracies) else None for epochs, accuracies in PLAYS]:
        return _why_after_so_many(answer)
    return next(
        (slip for slip, play in SLIPS.items() if told == [play(*one) for one in PLAYS]), _why_here(told, wanted)
    )


def _why_here(told: list[int | None], wanted: list[int | None]) -> str:
    """Return what is wrong with the first wrong stop."""
    stopped, right = next(pair for pair in zip(told, wanted, strict=True) if pair[0] != pair[1])
    share = f"right in {sum(a == b for a, b in zip(told, wanted, strict=True))} of {len(PLAYS)} trainings"
    if right is None:
        return (
            f"it stopped although no {PLAYS[told.index(stopped)][0]} epochs in a row were without a new best ({share})"
        )
    if stopped is None:
        return f"STOP never came here: is the counter counted up in every epoch without a new best? ({share})"
    if stopped < right:
        return f"too early: an epoch without a new best was counted that is none, or a new best did not reset ({share})"
    return f"too late: an epoch without a new best was not counted, or the counter was reset without one ({share})"
