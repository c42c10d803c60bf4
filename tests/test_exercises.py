"""Every exercise of every lesson: the starter, both solutions and the named mistakes get the answer they must get.

One lesson: ``pytest tests/test_exercises.py -k 05.``.
"""

from __future__ import annotations

import ast
import inspect
import re
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

import course_utils.exercises as package
from course_utils.exercises.cards import Outcome
from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.settings import kept_random_numbers, kept_settings
from course_utils.exercises.shelf import exercises_of, lessons
from course_utils.exercises.sources import evaluate
from course_utils.exercises.verdict import judged

ROOM = Path(package.__file__).parent


def all_exercises() -> list[Exercise]:
    """Return the exercises of all lessons that can be imported; `test_lesson_can_be_imported` names the others."""
    found: list[Exercise] = []
    for lesson in lessons():
        with suppress(Exception):
            found += exercises_of(lesson)
    return found


every_exercise = pytest.mark.parametrize("exercise", all_exercises(), ids=lambda exercise: exercise.id)
every_mistake = pytest.mark.parametrize(
    ("exercise", "mistake"),
    [
        pytest.param(exercise, mistake, id=f"{exercise.id}, {mistake.name}")
        for exercise in all_exercises()
        for mistake in exercise.mistakes
    ],
)
every_lesson = pytest.mark.parametrize("lesson", lessons())


@pytest.fixture(autouse=True)
def usual_settings():
    """Each cell runs under torch's usual settings and from one seed, and changes nothing for the next test."""
    with kept_settings([]), kept_random_numbers([], set()):
        yield


@cache
def answer(exercise: Exercise, source: str) -> Outcome:
    """Judge what a learner's cell ``source`` hands to ``check``; several tests look at one outcome."""
    return judged(exercise, evaluate(exercise, source))


def lines_of(source: str) -> set[str]:
    """Return the lines of a source that do something, without spaces; ``finally:`` alone gives nothing away."""
    lines = {re.sub(r"\s", "", line) for line in source.splitlines()}
    return {line for line in lines if len(line) >= 8 and re.search(r"[=(.*/+-]", line)}


@every_exercise
def test_untouched_starter_is_not_attempted(exercise):
    assert answer(exercise, exercise.starter).kind == "not attempted"


@every_exercise
def test_reference_solution_is_right(exercise):
    outcome = answer(exercise, exercise.solution)
    assert outcome.kind == "right", outcome


@every_exercise
def test_alternative_solution_is_right(exercise):
    outcome = answer(exercise, exercise.alternative)
    assert outcome.kind == "right", outcome


@every_exercise
def test_reference_solution_leaves_nothing_behind(exercise):
    notes = answer(exercise, exercise.solution).notes
    assert not [note for note in notes if re.search("put back|removed", note)]


@every_mistake
def test_named_mistake_gets_its_message(exercise: Exercise, mistake: Mistake):
    outcome = answer(exercise, mistake.source)
    assert outcome.kind in ("wrong", "raised"), outcome
    message = re.sub(r"\s+", " ", repr(outcome))
    assert mistake.says.lower() in message.lower(), outcome


@every_mistake
def test_message_is_the_same_on_every_computer(exercise: Exercise, mistake: Mistake):
    """No memory address, no folder of this machine."""
    assert not re.search(r"0x[0-9a-f]{6}|/tmp/|site-packages", repr(answer(exercise, mistake.source)))


@every_mistake
def test_message_never_shows_the_code_of_the_judge(exercise: Exercise, mistake: Mistake):
    message = re.sub(r"\s", "", repr(answer(exercise, mistake.source)))
    secret = {
        line
        for line in lines_of(inspect.getsource(getattr(exercise.judge, "func", exercise.judge)))
        if re.match("if|raise|for|assert", line)
    }
    assert not [line for line in secret if line in message]


@every_exercise
def test_exercise_is_complete(exercise):
    texts = (exercise.title, exercise.task, exercise.praise, *exercise.hints, *(one.says for one in exercise.mistakes))
    assert all(text.strip() for text in texts)
    assert len(exercise.hints) >= 3
    assert len({one.name for one in exercise.mistakes}) == len(exercise.mistakes) >= 3
    assert exercise.alternative.strip() != exercise.solution.strip()


@every_exercise
def test_first_two_hints_hold_no_line_of_the_solution(exercise):
    hints = re.sub(r"\s", "", " ".join(exercise.hints[:2]))
    assert not [line for line in lines_of(exercise.solution) - lines_of(exercise.starter) if line in hints]


@every_lesson
def test_lesson_can_be_imported(lesson):
    assert exercises_of(lesson)


def lessons_imported_by(path: Path) -> list[str]:
    """Return the lines of a module that import a lesson's exercises."""
    imports = [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Import | ast.ImportFrom)]
    return [line for line in map(ast.unparse, imports) if re.search(r"\blesson_\d\d\b", line)]


@every_lesson
def test_lesson_takes_nothing_from_another_lesson(lesson):
    imported = [line for path in (ROOM / f"lesson_{lesson}").glob("*.py") for line in lessons_imported_by(path)]
    assert imported
    assert [line for line in imported if f"exercises.lesson_{lesson}" not in line] == []


@pytest.mark.parametrize("path", sorted((ROOM / "diagnosis").glob("*.py")), ids=lambda path: path.stem)
def test_what_lessons_share_knows_no_lesson(path):
    assert lessons_imported_by(path) == []


@every_lesson
def test_ids_are_unique_and_name_their_lesson(lesson):
    ids = [exercise.id for exercise in exercises_of(lesson)]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith(f"{lesson}.") for one in ids)


@every_lesson
def test_lesson_has_an_easy_exercise_and_two_more(lesson):
    found = exercises_of(lesson)
    assert len(found) >= 3
    assert any(exercise.difficulty == "easy" for exercise in found)
