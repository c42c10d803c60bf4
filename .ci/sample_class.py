"""Ten students hand in a graded set: what a class hands in, and what nobody should."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

LOOP = "while True:\n    pass"
TOO_MUCH = "room = bytearray(2**50)\n"
MANUAL = "An answer of my own."


def marks(cell: NotebookNode) -> dict:
    """Return nbgrader's marks of a cell."""
    return cell.metadata.get("nbgrader", {})


def without_markers(source: str) -> str:
    """Return a teacher's cell as a learner would have written it."""
    return re.sub(r"[^\S\n]*### (BEGIN|END) SOLUTION[^\n]*\n?", "", source)


def solved(released: NotebookNode, source: NotebookNode, share: float = 1.0) -> NotebookNode:
    """Return the released notebook with the first ``share`` of its code cells solved, and all texts answered."""
    notebook = deepcopy(released)
    wanted = {marks(cell)["grade_id"]: cell.source for cell in source.cells if marks(cell).get("solution")}
    empty = [cell for cell in notebook.cells if marks(cell).get("grade_id") in wanted]
    code = [cell for cell in empty if cell.cell_type == "code"]
    for cell in code[: round(share * len(code))]:
        cell.source = without_markers(wanted[marks(cell)["grade_id"]])
    if share == 1:
        for cell in empty:
            cell.source = MANUAL if cell.cell_type == "markdown" else cell.source
    return notebook


def beginning_with(notebook: NotebookNode, code: str) -> NotebookNode:
    """Return the notebook with one more cell in front."""
    changed = deepcopy(notebook)
    changed.cells.insert(0, new_code_cell(code, id="extra"))
    return changed


def last_solution(notebook: NotebookNode) -> NotebookNode:
    """Return the last cell that holds a solution."""
    return [cell for cell in notebook.cells if marks(cell).get("solution") and cell.cell_type == "code"][-1]


def cheating(released: NotebookNode) -> NotebookNode:
    """Return a notebook whose tests pass whatever comes, and are worth a hundred points each."""
    notebook = deepcopy(released)
    for cell in notebook.cells:
        if marks(cell).get("grade") and cell.cell_type == "code":
            cell.source, cell.metadata.nbgrader.points = "pass", 100
    return notebook


def submissions(released: NotebookNode, source: NotebookNode, port: int, victim: Path) -> dict[str, str]:
    """Return ten submissions, student: text of the notebook.

    Args:
        released: the notebook that the learners got.
        source: the teacher's, with its solutions.
        port: of a listener on this computer, which no notebook may reach.
        victim: a folder that no notebook may empty.
    """
    perfect = solved(released, source)
    looping, hungry = deepcopy(perfect), deepcopy(perfect)
    last_solution(looping).source = LOOP
    last_solution(hungry).source = TOO_MUCH + last_solution(hungry).source
    connecting = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)"
    deleting = f"import shutil\nshutil.rmtree({str(victim)!r})"
    made = {
        "perfect": perfect,
        "empty": deepcopy(released),
        "half": solved(released, source, 0.5),
        "loop": looping,
        "exit": beginning_with(perfect, "import time\nexit()\ntime.sleep(1)"),
        "memory": hungry,
        "connection": beginning_with(perfect, connecting),
        "deletion": beginning_with(perfect, deleting),
        "edited": cheating(released),
    }
    texts = {student: nbformat.writes(notebook) for student, notebook in made.items()}
    return texts | {"json": texts["perfect"][:-200]}


def hand_in(folder: Path, name: str, texts: dict[str, str]) -> None:
    """Write the submissions in nbgrader's layout: STUDENT/SET/SET.ipynb."""
    for student, text in texts.items():
        (folder / student / name).mkdir(parents=True)
        (folder / student / name / f"{name}.ipynb").write_text(text)
