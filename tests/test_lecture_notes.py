"""The lecturer's notes stand on the notebooks as they are: every lesson, every heading, 90 minutes."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from course_utils.exercises.shelf import exercises_of

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
LESSONS = sorted(path.stem for path in (NOTEBOOKS / "solutions").glob("[0-9][0-9]_*.ipynb"))
NOTES = (NOTEBOOKS / "lecture-notes.md").read_text(encoding="utf-8")
PARTS = ["Minute plan", "Show", "Ask the room", "When time is short"]
FRAME = {
    *("What you will be able to do", "What you need first", "Minutes", "What we saw"),
    *("Exercises", "Quiz", "Where to go next"),
}
every_lesson = pytest.mark.parametrize("lesson", LESSONS)


def prose(lesson):
    """All markdown of a lesson's notebook."""
    notebook = nbformat.read(NOTEBOOKS / "solutions" / f"{lesson}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def headings(lesson, level="##+"):
    """The notebook's headings."""
    return re.findall(rf"^{level} (.+?)\s*$", prose(lesson), flags=re.M)


def section(lesson):
    """Title and text of the lesson's section."""
    found = re.search(rf"^## (Lesson {lesson[:2]} .+)\n([\s\S]*?)(?=^## |\Z)", NOTES, flags=re.M)
    assert found, f"lesson {lesson} has no section in lecture-notes.md"
    return found.groups()


def parts(lesson):
    """Heading → text of the parts of the lesson's section."""
    pieces = re.split(r"^### (.+)\n", section(lesson)[1], flags=re.M)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def rows(table):
    """The rows of a markdown table below its head, as lists of cells."""
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines]


def bold(text):
    return re.findall(r"\*\*(.+?)\*\*", text)


@every_lesson
def test_title_is_the_notebooks(lesson):
    assert section(lesson)[0] in re.findall(r"^# (.+?)\s*$", prose(lesson), flags=re.M)
    assert f"]({lesson}.ipynb)" in section(lesson)[1]


@every_lesson
def test_section_has_its_four_parts_in_order(lesson):
    assert list(parts(lesson)) == PARTS


@every_lesson
def test_named_sections_exist_in_the_notebook(lesson):
    known = headings(lesson)
    unknown = [name for part in PARTS if part != "Ask the room" for name in bold(parts(lesson)[part])]
    assert not [name for name in unknown if name not in known]


@every_lesson
def test_minute_plan_names_every_section_of_the_notebook(lesson):
    planned = bold(parts(lesson)["Minute plan"])
    assert not [name for name in headings(lesson, "##") if name not in FRAME and name not in planned]


@every_lesson
def test_minutes_add_up_to_90(lesson):
    plan = rows(parts(lesson)["Minute plan"])
    assert sum(int(minutes) for minutes, _, _ in plan) == 90
    assert any(what.startswith("Exercises") for _, what, _ in plan)
    assert plan[-1][1].startswith("Quiz")


@every_lesson
def test_named_exercises_exist(lesson):
    known = {exercise.id for exercise in exercises_of(lesson[:2])}
    named = set(re.findall(rf"\b{lesson[:2]}\.\d+", section(lesson)[1]))
    assert named
    assert named <= known


@every_lesson
def test_question_comes_with_wrong_answers_their_causes_and_what_to_do(lesson):
    asked = parts(lesson)["Ask the room"]
    assert re.search(r"^> .+\?", asked, flags=re.M)
    answers = rows(asked)
    assert len(answers) >= 2
    assert all(len(answer) == 3 and all(answer) for answer in answers)


@every_lesson
def test_what_to_skip_says_how_many_minutes_it_saves(lesson):
    items = [line for line in parts(lesson)["When time is short"].splitlines() if line.startswith("-")]
    assert items
    assert all(re.fullmatch(r"- \*\*.+?\*\* \(\d+ minutes?\): .+", item) for item in items)


@every_lesson
def test_without_exercises_and_what_can_be_skipped_50_to_70_minutes_remain(lesson):
    """The introduction promises it."""
    plan = rows(parts(lesson)["Minute plan"])
    exercises = sum(int(minutes) for minutes, what, _ in plan if what.startswith("Exercises"))
    skipped = sum(int(minutes) for minutes in re.findall(r"\((\d+) minutes?\): ", parts(lesson)["When time is short"]))
    assert 50 <= 90 - exercises - skipped <= 70


def test_notes_have_no_lesson_that_does_not_exist():
    told = re.findall(r"^## Lesson (\d\d) ", NOTES, flags=re.M)
    assert told == [lesson[:2] for lesson in LESSONS]
