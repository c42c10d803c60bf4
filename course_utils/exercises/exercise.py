"""What an exercise is made of: an `Exercise`, its named `Mistake`s, and `Wrong`, which a judge raises.

Each lesson keeps its exercises in ``course_utils/exercises/lesson_NN/``: a module an exercise, and one its judge.
The tuple ``EXERCISES`` puts them in order.

The source texts (``starter``, ``solution``, ``alternative``, and each mistake's ``source``) are what a learner may
have in the cell, without the call of ``check``. Each must define ``name``. Tests run them in a fresh namespace, after
``setup``: the imports and variables that the learner has from earlier cells. ``setup`` is short and quick.

A judge is a function that takes the answer. It returns None if the answer is right, and raises `Wrong` if it is not.
It tries several inputs, types and edge cases, names the likely cause of the mistakes that people make, and ends with a
`Wrong` for all the others. If the learner's own function raises, the judge lets it pass: the engine reports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from course_utils.exercises.shown import shown

__all__ = ["Exercise", "Mistake", "Wrong"]

DIFFICULTIES = ("easy", "medium", "hard")


class Wrong(Exception):  # noqa: N818 - a judge reads "raise Wrong(...)"; the answer is wrong, not the program
    """The answer is not right: what came, what was wanted, the likely cause, and one next step.

    Args:
        got: what came. A text is shown as it is; anything else is shown in short form.
        wanted: what was wanted, in the same way.
        cause: the likely reason, in plain words. If the answer is None, and the judge knows how people arrive at
            None, it says so here with the word "None"; else an answer of None counts as not attempted.
        next_step: one thing to try, as an order: "return grad / 2 from the hook".
    """

    def __init__(self, *, got: object, wanted: object, cause: str, next_step: str) -> None:
        self.got = got if isinstance(got, str) else shown(got)
        self.wanted = wanted if isinstance(wanted, str) else shown(wanted)
        self.cause = cause
        self.next_step = next_step
        super().__init__(f"got {self.got}; wanted {self.wanted}; {cause}; {next_step}")


@dataclass(frozen=True)
class Mistake:
    """A mistake that people make, and a fragment of the message that it must get.

    Args:
        name: what went wrong, in a few words.
        source: a learner's cell with this mistake; it runs without an error and defines the exercise's ``name``.
        says: what the message must contain, in any case.
    """

    name: str
    source: str
    says: str


@dataclass(frozen=True)
class Exercise:
    """One exercise, with all that is needed to show it, judge it and test it.

    Args:
        id: lesson and number, "05.2".
        title: a few words.
        difficulty: "easy", "medium" or "hard".
        minutes: about how long it takes.
        task: what to hand in, in one or two sentences.
        hints: at least three: the idea, the tool, almost the line. The first two hold no line of the solution.
        starter: the learner's cell before any work.
        solution: the reference solution.
        alternative: a second correct solution in another style.
        name: the variable, function or class that is handed to ``check``.
        judge: returns None if the answer is right, raises `Wrong` if not.
        praise: one sentence on why it is right, and what to try next.
        mistakes: at least three.
        setup: the learner's earlier cells, as far as the sources need them ("import torch").
        why: why the reference solution works, for ``solution("05.2")``; without it, the praise is shown there.
        seconds: after so many seconds of judging, the answer is stopped.

    Raises:
        ValueError: the id, the difficulty, the minutes or the seconds make no sense.
    """

    id: str
    title: str
    difficulty: str
    minutes: float
    task: str
    hints: tuple[str, ...]
    starter: str
    solution: str
    alternative: str
    name: str
    judge: Callable[..., None]
    praise: str
    mistakes: tuple[Mistake, ...]
    setup: str = ""
    why: str = ""
    seconds: float = 10.0

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d\d\.\d+", self.id):
            raise ValueError(f"an exercise's id is lesson and number, like '05.2', got {self.id!r}")
        if self.difficulty not in DIFFICULTIES:
            raise ValueError(f"exercise {self.id}: difficulty is one of {DIFFICULTIES}, got {self.difficulty!r}")
        if self.minutes <= 0 or self.seconds <= 0:
            raise ValueError(
                f"exercise {self.id}: minutes and seconds are positive, got {self.minutes} and {self.seconds}"
            )

    @property
    def lesson(self) -> str:
        """Number of the lesson as it is written in file names: "05"."""
        return self.id.split(".")[0]
