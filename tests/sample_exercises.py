"""Two small exercises, and a shelf that holds them: what the tests of the exercises' engine work with."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import course_utils.exercises as room
from course_utils.exercises import record
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.sources import evaluate
from course_utils.exercises.verdict import judged


def judge_double(double):
    for number in (3, -1.5):
        got = double(number)
        if got is None:
            raise Wrong(got="nothing", wanted=2 * number, cause="there is no return", next_step="return the product")
        if got != 2 * number:
            raise Wrong(got=got, wanted=2 * number, cause="not twice as much", next_step="multiply by 2")


def judge_gradient(answer):
    if answer != 96:
        cause = "this is the whole gradient" if answer == 192 else "some other number"
        raise Wrong(got=answer, wanted="96", cause=cause, next_step="halve it in the hook")


DOUBLE = Exercise(
    id="99.1",
    title="Twice as much",
    difficulty="easy",
    minutes=2,
    task="Hand in double(number), which returns twice the number.",
    hints=("twice is two times", "the star multiplies", "two times the number"),
    starter="def double(number):\n    ...  # your code here",
    solution="def double(number):\n    return 2 * number",
    alternative="double = lambda number: number + number",
    name="double",
    judge=judge_double,
    praise="Right: each call gives twice its number. Try it with a text.",
    mistakes=(Mistake("no return", "def double(number):\n    2 * number", says="no return"),),
    setup="import os, sys, warnings\nimport torch",
    seconds=0.3,
)
GRADIENT = Exercise(
    id="99.2",
    title="Half a gradient",
    difficulty="medium",
    minutes=2.5,
    task="Hand in the halved gradient.",
    hints=("think", "use a hook", "divide by two"),
    starter="answer = 1.5",
    solution="answer = 96.0",
    alternative="answer = 2 * 48",
    name="answer",
    judge=judge_gradient,
    praise="Half of 192.",
    mistakes=(),
    why="A hook that returns a tensor replaces the gradient.",
)


def of_double(body: str):
    """Return the outcome of ``def double(number):`` with this body."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return judged(DOUBLE, evaluate(DOUBLE, f"def double(number):\n{lines}"))


def put_on_shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let there be a lesson 99 with both exercises, and no other; return an empty folder, which we are in then."""
    (tmp_path / "lesson_99.py").write_text("")
    monkeypatch.setattr(room, "__path__", [str(tmp_path)])
    monkeypatch.setitem(sys.modules, "course_utils.exercises.lesson_99", SimpleNamespace(EXERCISES=(DOUBLE, GRADIENT)))
    folder = tmp_path / "notebook"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(record, "_told", set())
    return folder
