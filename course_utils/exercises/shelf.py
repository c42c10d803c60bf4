"""Find an exercise by its id. A lesson's file is imported only when one of its exercises is asked for."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re

import course_utils.exercises as package
from course_utils.exercises.exercise import Exercise

__all__ = ["exercises_of", "find_exercise", "lessons"]


def lessons() -> tuple[str, ...]:
    """Return the numbers of the lessons that have exercises: ("01", "02", ...)."""
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name.removeprefix("lesson_") for name in names if re.fullmatch(r"lesson_\d\d", name)))


def exercises_of(lesson: str) -> tuple[Exercise, ...]:
    """Return the exercises of lesson "05", in order."""
    return tuple(importlib.import_module(f"{package.__name__}.lesson_{lesson}").EXERCISES)


def find_exercise(exercise_id: str) -> Exercise:
    """Return the exercise with this id, like "05.2".

    Raises:
        TypeError: the id is not a text.
        LookupError: there is no such exercise; the message offers near ids.
    """
    if not isinstance(exercise_id, str):
        raise TypeError(f'the id of an exercise is a text like "05.2", got {exercise_id!r}; put it in quotes')
    lesson, _, number = exercise_id.strip().partition(".")
    known = exercises_of(lesson.zfill(2)) if lesson.zfill(2) in lessons() else ()
    for exercise in known:
        if exercise.id == exercise_id:
            return exercise
    raise LookupError(_no_such(exercise_id, f"{lesson.zfill(2)}.{number}", [exercise.id for exercise in known]))


def _no_such(exercise_id: str, tidy: str, ids: list[str]) -> str:
    if not ids:
        return f"there is no exercise {exercise_id!r}; lessons with exercises: {', '.join(lessons()) or 'none'}"
    near = [tidy] if tidy in ids else difflib.get_close_matches(tidy, ids, n=3) or ids
    return f"there is no exercise {exercise_id!r}; did you mean one of {near}?"
