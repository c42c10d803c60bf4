"""The usual slips in exercise 08.2: when each of them would stop."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.exercises import guard
from course_utils.exercises.lesson_08.patience_plays import PLAYS, epoch_of_stop, played

__all__ = ["why_not_then"]


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
    "the bad epochs must come in a row: a new best sets the counter back to 0": lambda e, a: played(e, a, reset=False),
    "one epoch too late: compare with >=, not >": lambda e, a: played(e, a, late=1),
    "one epoch too early: after a new best the counter begins at 1, or it is compared with epochs - 1": lambda e, a: (
        played(e, a, late=-1)
    ),
    "a small gain is not counted as a new best; any gain is one": lambda e, a: played(
        e, a, better=lambda new, best: new > best + 0.005
    ),
    "an epoch that only equals the best is not counted; it is none with a new best, so it counts": lambda e, a: played(
        e, a, even=0
    ),
    "a new best takes only one from the counter; it sets it back to 0": lambda e, a: played(e, a, reset=False, good=-1),
    "an epoch that only equals the best counts as a new best; better means >": lambda e, a: played(
        e, a, better=lambda new, best: new >= best
    ),
    "an epoch is compared with the one before it; compare it with the best so far": lambda e, a: played(
        e, a, keep=lambda best, new: new
    ),
    "the comparison is the wrong way round: a lower accuracy counts as better": lambda e, a: played(
        e, a, better=lambda new, best: new < best
    ),
    "the comparison is the wrong way round: a lower accuracy counts as better, as for a loss": lambda e, a: played(
        e, a, better=lambda new, best: new < best, keep=min, start=2.0
    ),
    "an epoch is compared with the last one, and a lower accuracy counts as better": lambda e, a: played(
        e, a, better=lambda new, best: new < best, keep=lambda best, new: new
    ),
    "the best accuracy begins at 0, so a first epoch with 0.0 is no new best": lambda e, a: played(e, a, start=0.0),
    "the counter counts all epochs, good ones as well": lambda e, a: played(e, a, good=1, reset=False),
    "patience is ignored: it stops at the first epoch that is no new best": lambda e, a: played(1, a),
    "it stops at once, after the first epoch": lambda e, a: 1,
    "the accuracy is compared with that of `epochs` epochs ago, not with the best so far": _ago,
    "an epoch that equals the best ends the waiting; only a new best does": _window,
    "the best of the last epochs is compared with itself as well: it always stops": lambda e, a: _window(e, a, True),
} | {
    f"the patience is {fixed} here, whatever Patience was made with": lambda e, a, fixed=fixed: played(fixed, a)
    for fixed in (2, 3, 4, 5, 10)
}


def _why_never(answer: type) -> str:
    names = guard.names_used(answer)
    if "STOP" not in names:
        return "STOP never came: the name STOP does not stand in the class at all"
    if "print" in names:
        return "STOP never came: it was printed, and printing is not returning"
    if epoch_of_stop(answer(1), [0.5, -7.0]) == 2:
        return "STOP never came: the best accuracy is never written down, so every epoch is better than the beginning"
    return "STOP never came: is it returned, under a condition that can come true, and is the counter counted up?"


def _why_after_so_many(answer: type) -> str:
    """Return why it stops after ``epochs`` epochs, whatever the accuracies are."""
    always = "it stops after `epochs` epochs, whatever the accuracies: none of them counts as a new best"
    if "accuracy" not in guard.names_used(answer):
        return "the accuracy is never looked at: the epochs of the training are counted, good ones as well"
    if epoch_of_stop(answer(1), [-7.0]) is None:
        return f"{always}: the comparison is the wrong way round, a lower accuracy counts as better"
    if epoch_of_stop(answer(1), [7.0]) is None:
        return f"{always}: the best accuracy begins too high, at 1 perhaps, which nothing exceeds"
    return f"{always}: good epochs are counted like bad ones (is the best raised before it is compared?)"


def why_not_then(answer: type, told: list[int | None], wanted: list[int | None]) -> str:
    """Return which slip stops in just the epochs of ``told``, or what is wrong with the first wrong one."""
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
