"""Every lesson keeps the frame, and every learner's copy is what its solution gives. (nbval compares the outputs.)"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output
from notebook_rules import broken_rules

from notebooks import differences, learners_copy, with_texts_joined

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IDS = {"ids": lambda path: path.stem}


def code_cells(path):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def test_there_is_a_solution_for_every_lesson_and_a_lesson_for_every_solution():
    assert [p.name for p in LESSONS] == [p.name for p in SOLUTIONS]
    assert LESSONS


@pytest.mark.parametrize("path", SOLUTIONS, **IDS)
def test_lesson_keeps_the_rules_of_the_page(path):
    assert broken_rules(path.stem, nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("path", SOLUTIONS, **IDS)
def test_learners_copy_is_generated_and_unsolved(path):
    assert differences(path) == []


@pytest.mark.parametrize("path", SOLUTIONS, **IDS)
def test_each_exercise_really_loses_its_solution(path):
    solution = nbformat.read(path, as_version=4)
    for before, after in zip(solution.cells, learners_copy(solution).cells, strict=True):
        inside = "".join(re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", before.source, flags=re.S))
        outside = re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", "", before.source, flags=re.S)
        secret = {line.strip() for line in inside.splitlines()} - {line.strip() for line in outside.splitlines()}
        assert not [line for line in secret if len(line) > 12 and line in after.source]


@pytest.mark.parametrize("path", [*SOLUTIONS, *LESSONS], ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_code_cell_has_been_run_in_order_without_error(path):
    cells = code_cells(path)
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    assert not [o for c in cells for o in c.outputs if o.output_type == "error"]
    assert not [o for c in cells for o in c.outputs if o.output_type == "stream" and o.name == "stderr"]


@pytest.mark.parametrize("path", [*SOLUTIONS, *LESSONS], ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_stored_outputs_hold_no_version_path_or_time(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            assert not re.search(r"0x[0-9a-f]{8}|/tmp/|site-packages|it/s\]? *$|\d+ms\b", text), cell.source


@pytest.mark.parametrize("path", [*SOLUTIONS, *LESSONS], ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_each_picture_stands_beside_its_caption(path):
    """Below it, with the words of the picture's description; matplotlib's own pictures have none, and text above."""
    for cell in code_cells(path):
        texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.outputs]
        for at, output in enumerate(cell.outputs):
            if "image/png" in output.get("data", {}):
                description = output.metadata.get("image/png", {}).get("alt", "")
                assert any(t and t.startswith(description) for t in [*texts[at + 1 : at + 2], *texts[:at][-1:]]), (
                    cell.source
                )


def test_texts_are_joined_between_pictures_only():
    """The pieces come in any order; stdout goes first, so that a second run stores the same."""
    text, picture = partial(new_output, "stream"), new_output("display_data", {"image/png": "..."})
    pieces = [text(name="stderr", text="w"), text(text="a"), text(text="b"), picture, text(text="c")]
    joined = with_texts_joined(pieces)
    assert [(o.get("name"), o.get("text")) for o in joined] == [
        ("stdout", "ab"), ("stderr", "w"), (None, None), ("stdout", "c")
    ]  # fmt: skip


def test_a_copy_that_was_edited_by_hand_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr("notebooks.LESSONS", tmp_path)
    assert "no learner's copy" in differences(SOLUTIONS[0])[0]
    copy = nbformat.read(LESSONS[0], as_version=4)
    copy.cells[0].source += " edited"
    nbformat.write(copy, tmp_path / SOLUTIONS[0].name)
    assert "differs from its solution" in differences(SOLUTIONS[0])[0]


def test_links_between_lessons_lead_somewhere():
    for path in LESSONS:
        prose = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")
        linked = set(re.findall(r"\]\(([\w./]+\.ipynb)\)", prose))
        assert not [name for name in linked if not (path.parent / name).exists()], path.name


@pytest.mark.parametrize("path", SOLUTIONS, **IDS)
def test_an_output_that_is_not_compared_has_its_reason_beside_it(path):
    for cell in code_cells(path):
        if set(cell.metadata.get("tags", [])) & {"nbval-ignore-output", "nbval-skip", "raises-exception"}:
            assert cell.metadata.tags == ["nbval-ignore-output"]
            assert len(cell.metadata.get("reason", "").split()) >= 5, cell.source
