"""What exercise 08.2 demands: a class whose objects ask fit to stop after so many epochs without a new best."""

from __future__ import annotations

import difflib
import inspect

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_08.patience_plays import PLAYS, epoch_of_stop, played
from course_utils.exercises.lesson_08.patience_slips import why_not_then

__all__ = ["judge_patience"]


def judge_patience(answer: type) -> None:
    """Play validation accuracies and compare in which epoch it first asks to stop."""
    _check_class(answer)
    _check_two_trainings(answer)
    told = [epoch_of_stop(answer(epochs), accuracies) for epochs, accuracies in PLAYS]
    wanted = [played(epochs, accuracies) for epochs, accuracies in PLAYS]
    if told == wanted:
        return
    wrong = next(number for number, pair in enumerate(zip(told, wanted, strict=True)) if pair[0] != pair[1])
    epochs, accuracies = PLAYS[wrong]
    raise Wrong(
        got=f"Patience({epochs}) on the accuracies {accuracies}: {_told(told[wrong])}",
        wanted=_told(wanted[wrong]),
        cause=why_not_then(answer, told, wanted),
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


def _check_two_trainings(answer: type) -> None:
    alone = epoch_of_stop(answer(1), [0.5, 0.6])
    epoch_of_stop(answer(1), [0.9, 0.1])
    if epoch_of_stop(answer(1), [0.5, 0.6]) != alone:
        raise Wrong(
            got="a second Patience stopped because of the first one's accuracies",
            wanted="each object counts for itself",
            cause="best and counter belong to the class (or are global), not to the object",
            next_step="set self.best and self.waited in __init__",
        )


def _told(epoch: int | None) -> str:
    return "never stopped" if epoch is None else f"stopped after epoch {epoch}"
