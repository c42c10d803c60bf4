"""Make a submitted notebook fit to be graded: the teacher's tests are put back, whatever the learner did to them.

It does what nbgrader's DeduplicateIds, OverwriteCells and OverwriteKernelspec do (nbgrader 0.9).
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.grading.assignment import Assignment, marks

__all__ = ["UnreadableError", "best_match", "read_submission", "restored"]

LARGEST = 50_000_000  # bytes; a notebook with many pictures has a tenth


class UnreadableError(ValueError):
    """A submission that is no notebook."""


def read_submission(path: Path) -> NotebookNode:
    """Return the notebook without its outputs.

    Raises:
        UnreadableError: it is no notebook, for one of the many reasons there are.
    """
    if path.is_symlink() or not path.is_file():
        raise UnreadableError("it is no ordinary file")
    if path.stat().st_size > LARGEST:
        raise UnreadableError(f"it is larger than {LARGEST // 1_000_000} MB")
    try:
        text = path.read_text(encoding="utf-8")
        json.loads(text)  # its message names the line
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook, relax_add_props=True)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"broken JSON: {error}") from error
    except Exception as error:
        raise UnreadableError(_first_line(error)) from error
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def best_match(notebook: NotebookNode, assignments: dict[str, Assignment]) -> Assignment:
    """Return the assignment that shares most cells with the notebook.

    Raises:
        UnreadableError: it shares no cell with any.
    """
    names = {marks(cell).get("grade_id") for cell in notebook.cells}
    best = max(assignments.values(), key=lambda one: len(names & one.cells.keys()))
    if not names & best.cells.keys():
        raise UnreadableError(f"none of its cells belongs to one of the sets {sorted(assignments)}")
    return best


def restored(notebook: NotebookNode, assignment: Assignment) -> tuple[NotebookNode, list[str]]:
    """Return the notebook with the teacher's locked cells, and one sentence for each thing that was mended.

    A cell that was deleted stays deleted, and earns nothing, as with nbgrader.
    """
    notes: list[str] = []
    notebook.metadata["kernelspec"] = dict(assignment.kernelspec)
    seen: set[str] = set()
    for cell in reversed(notebook.cells):
        name = marks(cell).get("grade_id")
        if name in seen or name not in assignment.cells:
            cell.metadata.pop("nbgrader", None)  # a copy of a cell, or a cell of another set
        else:
            seen.add(str(name))
            notes += _put_back(cell, assignment, str(name))
    return notebook, notes[::-1]


def _put_back(cell: NotebookNode, assignment: Assignment, name: str) -> list[str]:
    wanted = assignment.cells[name]
    if cell.cell_type != wanted.cell_type:
        cell.cell_type = wanted.cell_type
        if wanted.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    if not wanted.locked:
        return []
    told = cell.source.strip() not in (wanted.source.strip(), _without_hidden_tests(wanted.source).strip())
    cell.source = wanted.source
    return [f"{name} was edited by the learner; the original was used"] if told else []


def _without_hidden_tests(source: str) -> str:
    kept, hidden = [], False
    for line in source.split("\n"):
        if "BEGIN HIDDEN TESTS" in line:
            hidden = True
        elif "END HIDDEN TESTS" in line:
            hidden = False
        elif not hidden:
            kept.append(line)
    return "\n".join(kept)


def _first_line(error: Exception) -> str:
    line = (str(error).strip().splitlines() or [""])[0][:200]
    return f"{type(error).__name__}: {line}"
