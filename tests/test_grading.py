"""Grading: ten submissions get nbgrader's points, none stops the rest, and nothing outside their folder changes."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from homework import Course
from nbgrader.preprocessors import ClearSolutions
from sample_class import beginning_with, hand_in, solved, submissions
from tiny_set import NAME, source_notebook, write_source

from course_utils.__main__ import main
from course_utils.grading.assignment import read_assignments, released
from course_utils.grading.cage import check_cage
from course_utils.grading.submissions import find_submissions

SECONDS = 4
POINTS = {
    "perfect": 5,
    "empty": 0,
    "half": 2,
    "loop": 2,
    "exit": 0,
    "memory": 2,
    "connection": 5,
    "deletion": 5,
    "edited": 0,
    "json": 0,
}


def table(text):
    """The CSV's lines by student."""
    return {line["student"]: line for line in csv.DictReader(io.StringIO(text))}


def learners_notebook():
    """What a learner gets: no solution, no hidden test."""
    notebook = source_notebook()
    for cell in notebook.cells:
        kind = cell.metadata.get("nbgrader", {})
        cell.source = released(cell.source.split("### BEGIN HIDDEN")[0], cell.cell_type, kind.get("solution", False))
    return notebook


def listing(folder):
    """Every file below a folder, with its text and time."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def grade(folder, *options):
    """Run the command; return its exit code and the CSV by student."""
    code = main(["grade", str(folder), "-o", str(folder.parent / "out.csv"), "--cell-seconds", str(SECONDS), *options])
    return code, table((folder.parent / "out.csv").read_text())


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """Ten submissions, graded by nbgrader and by ``grade``; and what was seen besides."""
    place = tmp_path_factory.mktemp("class")
    write_source(place / "source")
    victim = place / "victim"
    victim.mkdir()
    (victim / "diary.txt").write_text("dear diary")
    course = Course(place / "course", place / "source", SECONDS)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        texts = submissions(course.generate(NAME), source_notebook(), listener.getsockname()[1], victim)
        course.submit_and_collect(NAME, texts)
        course.grade(NAME, list(texts))
        before = listing(place)
        cells = place / "cells.csv"
        options = ["--source", str(course.place / "source"), "--cells", str(cells), "--jobs", "2"]
        code, lines = grade(course.place / "submitted", *options)
        listener.setblocking(False)
        called = True
        try:
            listener.accept()
        except BlockingIOError:
            called = False
    made = {cells, course.place / "out.csv"}
    after = {path: what for path, what in listing(place).items() if path not in made}
    return {"nbgrader": course.export(), "code": code, "lines": lines, "cells": cells, "called": called} | {
        "unchanged": before == after,
        "victim": (victim / "diary.txt").exists(),
        "feedback": sorted(path.parent.parent.name for path in course.place.glob("feedback/*/*/*.html")),
    }


@pytest.mark.parametrize("student", POINTS)
def test_points_are_nbgraders(classroom, student):
    assert float(classroom["lines"][student]["points"]) == POINTS[student] == classroom["nbgrader"][student, NAME]


def test_every_submission_has_its_line_and_the_command_succeeds(classroom):
    assert classroom["code"] == 0
    assert classroom["lines"].keys() == POINTS.keys()


def test_nothing_outside_the_notebooks_own_copy_changes(classroom):
    assert classroom["unchanged"]
    assert classroom["victim"]


def test_no_notebook_reaches_the_network_under_grade_or_nbgrader(classroom):
    assert not classroom["called"]


@pytest.mark.parametrize(
    ("student", "words"),
    {
        "empty": "NotImplementedError",
        "loop": "ran for too long",
        "exit": "the kernel ended",
        "memory": "MemoryError",
        "connection": "",
        "edited": "test-double was edited by the learner",
        "json": "broken JSON",
    }.items(),
)
def test_reasons_name_the_cause(classroom, student, words):
    assert words in classroom["lines"][student]["reasons"]


def test_an_answer_marked_by_hand_is_counted_apart(classroom):
    assert classroom["lines"]["perfect"]["to_mark"] == "2"
    assert classroom["lines"]["empty"]["to_mark"] == "0"
    assert "why (0 of 2): no answer" in classroom["lines"]["empty"]["reasons"]


def test_nbgrader_writes_feedback_for_whoever_could_be_graded(classroom):
    assert set(classroom["feedback"]) == POINTS.keys() - {"exit", "json"}


def test_cells_have_their_own_table(classroom):
    with classroom["cells"].open(newline="") as file:
        cells = {(line["student"], line["cell"]): line for line in csv.DictReader(file)}
    assert cells["half", "test-double"]["points"] == "2"
    assert cells["half", "test-largest"]["points"] == "0"
    assert cells["perfect", "why"]["points"] == ""


def test_a_flat_folder_and_another_cage_give_the_same(tmp_path):
    """The guard stops a connection, a deletion and another program; each in its own cell, so nothing else is lost."""
    write_source(tmp_path / "source")
    victim = tmp_path / "victim.txt"
    victim.write_text("here")
    attack = "import os, socket, subprocess\n{}\nraise SystemError('it worked')"
    deeds = {
        "remove": f"os.remove({str(victim)!r})",
        "program": "subprocess.run(['true'])",
        "connect": "socket.create_connection(('127.0.0.1', 9), 1)",
    }
    notebook = solved(learners_notebook(), source_notebook())
    for number, deed in enumerate(deeds.values()):
        notebook = beginning_with(notebook, attack.format(deed))
        notebook.cells[0].id = f"attack-{number}"
    (tmp_path / "in").mkdir()
    nbformat.write(notebook, tmp_path / "in" / "kim.ipynb")
    source = tmp_path / "source" / NAME / f"{NAME}.ipynb"
    code, lines = grade(tmp_path / "in", "--source", str(source), "--cage", "guard")
    assert (code, lines["kim"]["points"], lines["kim"]["status"]) == (0, "5", "graded")
    assert victim.exists()
    assert "PermissionError" not in lines["kim"]["reasons"]


def test_a_notebook_is_stopped_when_its_time_is_over(tmp_path):
    write_source(tmp_path / "source")
    slow = beginning_with(solved(learners_notebook(), source_notebook()), "import time\ntime.sleep(2.5)")
    hand_in(tmp_path / "in", NAME, {"lee": nbformat.writes(slow)})
    _, lines = grade(tmp_path / "in", "--source", str(tmp_path / "source"), "--seconds", "2")
    assert lines["lee"]["points"] == "0"
    assert "not run: the notebook's time was over" in lines["lee"]["reasons"]


def test_memory_is_measured_against_the_limit_set(tmp_path):
    """0.7 GB fit into 4 GB, and not into 0.6 GB."""
    write_source(tmp_path / "source")
    notebook = solved(learners_notebook(), source_notebook())
    notebook.cells[1].source = "room = bytearray(7 * 10**8)\n" + notebook.cells[1].source
    hand_in(tmp_path / "in", NAME, {"max": nbformat.writes(notebook)})
    options = ["--source", str(tmp_path / "source")]
    assert grade(tmp_path / "in", *options)[1]["max"]["points"] == "5"
    tight = grade(tmp_path / "in", *options, "--memory", "0.6")[1]["max"]
    assert tight["points"] == "3"
    assert "MemoryError" in tight["reasons"]


def test_files_that_are_no_notebooks_are_told_and_do_not_stop_the_rest(tmp_path):
    write_source(tmp_path / "source")
    texts = {"a": "", "b": "[1, 2]", "c": '{"cells": 5, "nbformat": 4}', "d": "\0" * 100, "e": "[" * 100_000}
    hand_in(tmp_path / "in", NAME, texts)
    link = tmp_path / "in" / "f" / NAME
    link.mkdir(parents=True)
    (link / f"{NAME}.ipynb").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "in" / "g.ipynb")
    code, lines = grade(tmp_path / "in", "--source", str(tmp_path / "source"))
    assert code == 0
    assert {line["status"] for line in lines.values()} == {"unreadable"}
    assert sorted(lines) == list("abcdefg")


def test_a_name_that_a_spreadsheet_would_calculate_is_quoted(tmp_path):
    write_source(tmp_path / "source")
    hand_in(tmp_path / "in", NAME, {"=1+1": "{"})
    assert list(grade(tmp_path / "in", "--source", str(tmp_path / "source"))[1]) == ["'=1+1"]


@pytest.mark.parametrize(
    ("source", "cell_type", "whole"),
    [
        ("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\nf()", "code", True),
        ("x = 5", "code", True),
        ("An answer.", "markdown", True),
        ("before\n### BEGIN SOLUTION\nsecret\n### END SOLUTION\nafter", "markdown", True),
        ("x = 5", "code", False),
    ],
)
def test_released_text_is_nbgraders(source, cell_type, whole):
    marks = {"grade_id": "a", "solution": whole, "grade": False, "locked": False, "schema_version": 3, "task": False}
    make = nbformat.v4.new_code_cell if cell_type == "code" else nbformat.v4.new_markdown_cell
    notebook = nbformat.v4.new_notebook(cells=[make(source, metadata={"nbgrader": marks})])
    cleared, _ = ClearSolutions().preprocess(notebook, {})
    assert released(source, cell_type, whole) == cleared.cells[0].source


def test_a_set_is_found_by_its_name_in_the_path_and_else_by_its_cells(tmp_path):
    for path in ("ann/tiny/tiny.ipynb", "bob/my answers.ipynb", "cyd.ipynb", "dee/.ipynb_checkpoints/tiny.ipynb"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}")
    found = [(one.student, one.assignment) for one in find_submissions(tmp_path, ["tiny"])]
    assert found == [("ann", "tiny"), ("bob", ""), ("cyd", "")]


def test_the_cage_is_the_strongest_of_the_system():
    assert check_cage("auto") in ("namespaces", "guard")
    assert check_cage("guard") == "guard"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "there is no folder nowhere"),
        (["{file}"], "is a file; give the folder"),
        (["{empty}"], "holds no notebook; wanted STUDENT/SET/SET.ipynb"),
        (["{empty}", "--source", "{file}"], "is no notebook"),
        (["{empty}", "--source", "nothing"], "there is no nothing; name the teacher's notebook"),
    ],
)
def test_a_wrong_call_is_explained(tmp_path, capsys, arguments, words):
    write_source(tmp_path / "source")
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    places = {"file": tmp_path / "file", "empty": tmp_path / "empty"}
    given = [argument.format(**places) for argument in arguments]
    given += [] if "--source" in given else ["--source", str(tmp_path / "source")]
    assert main(["grade", *given]) == 1
    assert words in capsys.readouterr().err


def test_a_source_without_points_is_refused(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(cells=[]), tmp_path / "none.ipynb")
    with pytest.raises(ValueError, match="has no cell with points"):
        read_assignments(tmp_path)


def test_importing_the_command_imports_nothing_heavy():
    code = (
        "import sys, course_utils.grade_command; print([m for m in ('torch', 'nbformat', 'zmq') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == []


def test_every_column_is_explained_in_the_help(capsys):
    with pytest.raises(SystemExit):
        main(["grade", "--help"])
    said = capsys.readouterr().out
    for name in ("student", "points", "max_points", "to_mark", "status", "reasons"):
        assert f"\n  {name} " in said


def test_the_files_of_the_cage_stand_alone():
    """They run with ``python -I``, before anything else of the course can be imported."""
    for name in ("cage", "namespaces", "guard"):
        source = (Path(__file__).parent.parent / "course_utils" / "grading" / f"{name}.py").read_text()
        assert "course_utils" not in source
