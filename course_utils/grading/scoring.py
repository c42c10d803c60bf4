"""Points from the outputs of the test cells, by nbgrader's rules, each lost point with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from course_utils.grading.assignment import Assignment, GradedCell, marks

__all__ = ["Score", "first_error", "score_cells"]

LONGEST = 200  # characters of a reason
TIME_IS_OVER = "CellTimeoutError"


@dataclass(frozen=True)
class Score:
    """What one graded cell earned.

    Args:
        cell: its name.
        points: earned; None if a person must give them.
        max_points: what it is worth.
        reason: why points are missing, or "".
    """

    cell: str
    points: float | None
    max_points: float
    reason: str = ""


def score_cells(notebook: NotebookNode, assignment: Assignment) -> list[Score]:
    """Return the score of each cell with points, in the assignment's order."""
    found = {str(marks(cell).get("grade_id")): cell for cell in notebook.cells}
    graded = [cell for cell in assignment.cells.values() if cell.points]
    return [_score(cell, found.get(cell.name)) for cell in graded]


def first_error(notebook: NotebookNode) -> str:
    """Return what the first failing cell of the learner's own says, or ""."""
    for number, cell in enumerate((one for one in notebook.cells if one.cell_type == "code"), start=1):
        is_test = marks(cell).get("grade") and not marks(cell).get("solution")
        error = _error_of(cell)
        if error and not is_test and error.ename != "NotImplementedError":
            return f"code cell {number}: {_told(error)}"
    return ""


def _score(wanted: GradedCell, cell: NotebookNode | None) -> Score:
    if cell is None:
        return Score(wanted.name, 0.0, wanted.points, "the cell is missing")
    if wanted.by_hand:
        same = cell.source == wanted.unanswered
        return Score(wanted.name, 0.0 if same else None, wanted.points, "no answer" if same else "")
    if cell.execution_count is None and not cell.outputs:
        return Score(wanted.name, 0.0, wanted.points, "not run: the notebook's time was over")
    return _score_of_test(wanted, cell)


def _score_of_test(wanted: GradedCell, cell: NotebookNode) -> Score:
    """Return no points for an error or a word on stderr, the number that the cell shows, or else all."""
    for output in cell.outputs:
        if output.output_type == "error":
            return Score(wanted.name, 0.0, wanted.points, _told(_error_of(cell) or output))
        if output.output_type == "stream" and output.name == "stderr":
            return Score(wanted.name, 0.0, wanted.points, "a warning or error output: " + _tidy(output.text))
        if output.output_type == "execute_result":
            points = _partial(output, wanted.points)
            return Score(wanted.name, points, wanted.points, "" if points == wanted.points else "partly right")
    return Score(wanted.name, wanted.points, wanted.points)


def _error_of(cell: NotebookNode) -> NotebookNode | None:
    """Return the cell's error: that its time was over rather than the interrupt which that caused."""
    errors = [one for one in cell.outputs if one.output_type == "error"]
    return next((one for one in errors if one.ename == TIME_IS_OVER), errors[0] if errors else None)


def _partial(output: NotebookNode, max_points: float) -> float:
    try:
        shown = float(output["data"]["text/plain"])
    except (KeyError, ValueError):
        return max_points
    return shown if 0 <= shown <= max_points else max_points


def _told(error: NotebookNode) -> str:
    """Return "AssertionError: the doubled list", or the failing line where the error says nothing."""
    if error.ename == TIME_IS_OVER:
        return "it ran for too long, and was stopped"
    if error.evalue:
        return _tidy(f"{error.ename}: {error.evalue}")
    lines = [_plain(line) for block in error.traceback for line in str(block).splitlines()]
    pointed = [line.split(maxsplit=2)[2:] for line in lines if line.startswith("-") and "> " in line]
    return _tidy(": ".join([error.ename, *(pointed[-1] if pointed else [])]))


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _tidy(text: str) -> str:
    """Return one short line without control characters."""
    line = " ".join(_plain(str(text)).split())
    line = "".join(letter for letter in line if letter.isprintable())
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."
