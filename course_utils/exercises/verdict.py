"""Judge an answer under guard, and put what came of it into words: one of four outcomes, and never an exception."""

from __future__ import annotations

import re

from course_utils.exercises.attempts import holds_ellipsis, is_starter, is_stub, runs_code
from course_utils.exercises.cards import Kind, Outcome, Row
from course_utils.exercises.exercise import Exercise, Wrong
from course_utils.exercises.explain import call_failed, learners_place, likely_cause, short_error
from course_utils.exercises.guard import guarded
from course_utils.exercises.shown import safely, shown
from course_utils.exercises.time_limit import TimeIsUp, time_limit

__all__ = ["full_name", "judged", "without_right"]

SYMBOLS: dict[Kind, str] = {"not attempted": "○", "right": "✓", "wrong": "✗", "raised": "!"}


def judged(exercise: Exercise, answer: object) -> Outcome:
    """Return what comes of ``answer``; KeyboardInterrupt, the learner's own, is the only thing that passes through."""
    if holds_ellipsis(answer):
        return _not_attempted(exercise, answer)
    with guarded(answer) as notes:
        outcome = _outcome_of(exercise, answer)
    return outcome.with_notes(*notes)


def full_name(exercise: Exercise) -> str:
    """Return "Exercise 05.2: Halve a gradient (easy, about 3 min)"."""
    return f"Exercise {exercise.id}: {exercise.title} ({exercise.difficulty}, about {exercise.minutes:g} min)"


def without_right(praise: str) -> str:
    """Return the praise without a leading "Right: ", which the headline says already."""
    text = praise.removeprefix("Right: ").removeprefix("Right, ").strip()
    return text[:1].upper() + text[1:]


def _outcome_of(exercise: Exercise, answer: object) -> Outcome:
    if runs_code(answer) and is_starter(exercise, answer):  # found before it runs: a broken starter may loop for ever
        return _not_attempted(exercise, answer)
    outcome = _verdict(exercise, answer)
    if outcome.kind != "right" and _is_nothing_yet(exercise, answer, outcome):
        return _not_attempted(exercise, answer)
    return outcome


def _verdict(exercise: Exercise, answer: object) -> Outcome:
    try:
        with time_limit(exercise.seconds):
            exercise.judge(answer)
    except Wrong as wrong:
        return _wrong(exercise, wrong)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever an answer raises is told, SystemExit too
        return _broken(exercise, answer, error)
    return _outcome(exercise, "right", "Right", Row("Why", without_right(exercise.praise)))


def _is_nothing_yet(exercise: Exercise, answer: object, outcome: Outcome) -> bool:
    """Return whether an answer that is not right is no answer: None, a stub, or the starter's own value."""
    if answer is None:
        return not any(row.label == "Likely" and re.search(r"\bNone\b", row.text) for row in outcome.rows)
    return safely(lambda: is_stub(answer), False) or is_starter(exercise, answer)


def _not_attempted(exercise: Exercise, answer: object) -> Outcome:
    stub = "..." in exercise.starter
    todo = "put your own code in place of `...`" if stub else "the code is still as you found it: change it"
    if answer is None:
        todo = "the answer is None, which is what a call that gives nothing back leaves: " + todo
    elif answer is not ... and holds_ellipsis(answer):
        todo = "some parts are still `...`: put your own code there"
    row = Row("Next", f'{todo}, then run the cell again; `hint("{exercise.id}")` helps')
    return _outcome(exercise, "not attempted", "Not attempted yet", row)


def _wrong(exercise: Exercise, wrong: Wrong) -> Outcome:
    rows = Row("Got", wrong.got), Row("Wanted", wrong.wanted), Row("Likely", wrong.cause), Row("Next", wrong.next_step)
    return _outcome(exercise, "wrong", "Not right yet", *rows)


def _broken(exercise: Exercise, answer: object, error: BaseException) -> Outcome:
    """Explain an error: the learner's line, the error in short, what such an error mostly means."""
    place = learners_place(error, exercise.judge)
    if not (place or isinstance(error, TimeIsUp | SystemExit)):
        return _unusable(exercise, answer, error)
    headline = "Your code was stopped" if isinstance(error, TimeIsUp | SystemExit) else "Your code raised an error"
    rows = (
        Row("Where", place),
        Row("Error", _what_happened(exercise, error)),
        Row("Meaning", likely_cause(error)),
        Row("Next", f'mend that line and run the cell again; `hint("{exercise.id}")` helps'),
    )
    return _outcome(exercise, "raised", headline, *(row for row in rows if row.text))


def _what_happened(exercise: Exercise, error: BaseException) -> str:
    if isinstance(error, TimeIsUp):
        return f"it was still at work after {exercise.seconds:g} s"
    if isinstance(error, SystemExit):
        return "it tried to end the notebook, and was kept from it"
    return short_error(error)


def _unusable(exercise: Exercise, answer: object, error: BaseException) -> Outcome:
    """Explain an error that was not in the learner's code: the answer is not the kind of thing that was asked for."""
    if signature := call_failed(answer, error):
        got, cause, step = f"something that is called as `{signature}`", "it cannot be called", "compare its parameters"
    elif callable(answer):
        got, cause, step = (
            shown(answer),
            "what it gives back cannot be used",
            "call it yourself, and compare the result",
        )
    else:
        got, cause, step = f"{shown(answer)}, of type {type(answer).__name__}", "it cannot be used", "compare its type"
    cause = f"{cause} as the task says ({short_error(error)})"
    return _wrong(exercise, Wrong(got=got, wanted=exercise.task, cause=cause, next_step=f"{step} with the task"))


def _outcome(exercise: Exercise, kind: Kind, headline: str, *rows: Row) -> Outcome:
    title = f"{headline} · {full_name(exercise)}"
    return Outcome(title, rows, symbol=SYMBOLS[kind], kind=kind, exercise_id=exercise.id)
