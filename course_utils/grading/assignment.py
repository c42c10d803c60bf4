"""An assignment as its teacher wrote it: a notebook with solutions and hidden tests, in nbgrader's format.

Source: nbgrader 0.9, metadata schema 3, https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

__all__ = ["Assignment", "GradedCell", "marks", "read_assignment", "read_assignments", "released"]

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"


@dataclass(frozen=True)
class GradedCell:
    """One cell that nbgrader knows.

    Args:
        name: its ``grade_id``.
        cell_type: "code" or "markdown".
        source: the teacher's text, with the solution and the hidden tests.
        points: what it is worth; 0 for a cell that is not graded.
        locked: the learner may not change it; if so, it is put back.
        by_hand: a person reads the answer and gives the points.
        unanswered: the text that a learner gets, where the answer belongs; "" for a task, which is answered anywhere.
    """

    name: str
    cell_type: str
    source: str
    points: float
    locked: bool
    by_hand: bool
    unanswered: str

    @property
    def is_test(self) -> bool:
        """Whether running it tells the points."""
        return self.points > 0 and not self.by_hand


@dataclass(frozen=True)
class Assignment:
    """A graded set: its name, its notebook's file, and its cells by name."""

    name: str
    path: Path
    kernelspec: dict[str, str]
    cells: dict[str, GradedCell]

    @property
    def max_points(self) -> float:
        """What a perfect submission gets, answers marked by hand included."""
        return sum(cell.points for cell in self.cells.values())


def read_assignments(source: Path) -> dict[str, Assignment]:
    """Return the assignments by name, from one notebook or from a folder with ``SET/SET.ipynb`` in it.

    Raises:
        FileNotFoundError: there is no such file, or no assignment in the folder.
        ValueError: a file is no nbgrader notebook.
    """
    if not source.exists():
        raise FileNotFoundError(
            f"there is no {source}; name the teacher's notebook, or the folder of all, with --source"
        )
    paths = [source] if source.is_file() else [*sorted(source.glob("*/*.ipynb")), *sorted(source.glob("*.ipynb"))]
    found = {path.stem: read_assignment(path) for path in paths if ".ipynb_checkpoints" not in path.parts}
    if not found:
        raise FileNotFoundError(f"{source} holds no assignment; wanted SET/SET.ipynb in it")
    return found


def read_assignment(path: Path) -> Assignment:
    """Return the assignment of one notebook; its name is the file's.

    Raises:
        ValueError: the file is no notebook, or has no graded cell.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise ValueError(f"{path} is no notebook: {error}") from error
    cells = [_graded_cell(cell) for cell in notebook.cells if marks(cell).get("grade_id")]
    if not any(cell.points for cell in cells):
        raise ValueError(f"{path} has no cell with points; is it nbgrader's source notebook?")
    kernelspec = dict(notebook.metadata.get("kernelspec", {"name": "python3"}))
    return Assignment(path.stem, path, kernelspec, {cell.name: cell for cell in cells})


def marks(cell: NotebookNode) -> dict[str, object]:
    """Return nbgrader's marks of a cell: grade, solution, locked, task, points, grade_id; empty for other cells."""
    found = cell.metadata.get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def released(source: str, cell_type: str, whole: bool) -> str:
    """Return a cell as learners get it: each solution replaced by a stub, as nbgrader's ClearSolutions does.

    Args:
        source: the teacher's cell.
        cell_type: "code" or "markdown".
        whole: the cell is an answer; without a marked solution in it, all of it is replaced.
    """
    stub = CODE_STUB if cell_type == "code" else TEXT_STUB
    region = re.compile(r"^([^\S\n]*)[^\n]*BEGIN SOLUTION[^\n]*\n.*?END SOLUTION[^\n]*$", re.S | re.M)
    if not region.search(source):
        return stub if whole else source
    return region.sub(lambda found: "\n".join(found[1] + line for line in stub.split("\n")), source)


def _graded_cell(cell: NotebookNode) -> GradedCell:
    said = marks(cell)
    solution, grade, task = (bool(said.get(name)) for name in ("solution", "grade", "task"))
    return GradedCell(
        name=str(said["grade_id"]),
        cell_type=cell.cell_type,
        source=cell.source,
        points=float(said.get("points", 0)) if grade or task else 0.0,
        locked=not solution and (grade or bool(said.get("locked"))),
        by_hand=task or (grade and (solution or cell.cell_type != "code")),
        unanswered="" if task else released(cell.source, cell.cell_type, whole=solution),
    )
