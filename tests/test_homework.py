"""The four graded sets: nbgrader's format, nothing given away, solvable, and as long and as heavy as they say."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import nbformat
import pytest
from homework import HOMEWORK, Course
from nbgrader.nbgraderformat import MetadataValidator
from sample_class import hand_in, marks, solved

from course_utils.__main__ import main

SETS = sorted(path.name for path in (HOMEWORK / "source").iterdir())
MARKERS = r"(### (BEGIN|END) (SOLUTION|HIDDEN TESTS)|=== (BEGIN|END) MARK SCHEME ===)"


def read(kind, name):
    return nbformat.read(HOMEWORK / kind / name / f"{name}.ipynb", as_version=4)


REGION = r"[^\n]*BEGIN (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)[^\n]*\n(.*?)[^\n]*END (?:SOLUTION|HIDDEN|MARK)[^\n]*"


def secrets(source):
    """The parts of a teacher's cell that learners must not see."""
    return "\n".join(re.findall(REGION, source, flags=re.S))


def in_the_open(cells):
    """What the teacher's cells say besides: a solution may have a line in common with it."""
    return [re.sub(REGION, "pass", cell.source, flags=re.S) for cell in cells if not marks(cell).get("task")]


def statements(source):
    """Every statement of a piece of code, as its tree; nothing for what is no code of its own."""
    lines = source.splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    try:
        tree = ast.parse("\n".join(line[margin:] for line in lines))
    except SyntaxError:
        return set()
    return {ast.dump(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)}


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """What nbgrader makes of the sources, set by set."""
    course = Course(tmp_path_factory.mktemp("course") / "here", HOMEWORK / "source")
    return {name: course.generate(name) for name in SETS}


def test_there_are_four_sets():
    assert [name.split("_")[0] for name in SETS] == ["set1", "set2", "set3", "set4"]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("kind", ["source", "release"])
def test_metadata_is_nbgraders(kind, name):
    notebook = read(kind, name)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    names = [marks(cell)["grade_id"] for cell in notebook.cells if marks(cell)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", SETS)
def test_the_stored_release_is_what_nbgrader_generates(generated, name):
    def content(notebook):
        return [(cell.cell_type, cell.source, marks(cell)) for cell in notebook.cells]

    assert content(read("release", name)) == content(generated[name]), "run `.ci/homework.py release`"


@pytest.mark.parametrize("name", SETS)
def test_a_release_gives_no_solution_hidden_test_or_marking_scheme_away(name):
    """By text, line for line, and by the syntax tree, where code was only written differently."""
    source, release = read("source", name), read("release", name)
    shown, open_text = "\n".join(cell.source for cell in release.cells), "\n".join(in_the_open(source.cells))
    seen = set().union(*(statements(cell.source) for cell in release.cells if cell.cell_type == "code"))
    open_code = set().union(*map(statements, in_the_open(source.cells)))
    assert not re.search(MARKERS, shown)
    for cell in source.cells:
        hidden = secrets(cell.source)
        lines = {line.strip() for line in hidden.splitlines() if len(line.strip()) > 14}
        assert not {line for line in lines if line in shown and line not in open_text}
        if cell.cell_type == "code":
            assert not {one for one in (statements(hidden) & seen) - open_code if len(one) > 60}


@pytest.mark.parametrize("name", SETS)
def test_every_set_has_tests_hidden_cases_and_answers_with_a_marking_scheme(name):
    cells = read("source", name).cells
    tests = [cell for cell in cells if marks(cell).get("grade") and not marks(cell).get("solution")]
    by_hand = [cell for cell in cells if marks(cell).get("task") or (marks(cell).get("points") and cell not in tests)]
    assert len(tests) >= 6
    assert all("### BEGIN HIDDEN TESTS" in cell.source for cell in tests)
    assert len(by_hand) >= 2
    assert all(re.search("mark(ing)? scheme", cell.source, flags=re.I) for cell in by_hand)
    assert any(".panel(" in cell.source for cell in cells), "no slider"


@pytest.mark.parametrize("name", SETS)
def test_the_first_cell_tells_the_truth_about_minutes_and_points(name):
    cells = read("source", name).cells
    told = re.search(r"About (\d+) minutes, (\d+) points: (\d+) by tests, (\d+) by reading", cells[0].source)
    points = {marks(cell)["grade_id"]: marks(cell)["points"] for cell in cells if marks(cell).get("points")}
    by_hand = [
        cell for cell in cells if marks(cell).get("task") or (marks(cell).get("grade") and cell.cell_type != "code")
    ]
    read_by_person = sum(marks(cell)["points"] for cell in by_hand)
    assert 45 <= int(told[1]) <= 90
    assert [int(number) for number in told.groups()[1:]] == [
        sum(points.values()),
        sum(points.values()) - read_by_person,
        read_by_person,
    ]


def test_solved_sets_earn_every_point_of_the_tests_and_empty_ones_none(tmp_path):
    for name in SETS:
        release, source = read("release", name), read("source", name)
        texts = {"solved": nbformat.writes(solved(release, source)), "empty": nbformat.writes(release)}
        hand_in(tmp_path / "in", name, texts)
    assert main(["grade", str(tmp_path / "in"), "-o", str(tmp_path / "out.csv"), "--jobs", "2"]) == 0
    with Path(tmp_path / "out.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 2 * len(SETS)
    for line in lines:
        all_of_it = float(line["max_points"]) - float(line["to_mark"])
        assert float(line["points"]) == (all_of_it if line["student"] == "solved" else 0), line
