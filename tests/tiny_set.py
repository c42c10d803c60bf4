"""A tiny graded set for the tests of grading: two functions and one question."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NAME = "tiny"


def marked(name, *, grade=False, solution=False, points=None):
    """nbgrader's metadata of one cell."""
    said = {"grade": grade, "solution": solution, "locked": grade and not solution, "grade_id": name}
    said |= {"schema_version": 3, "task": False} | ({} if points is None else {"points": points})
    return {"nbgrader": said}


def to_solve(name, head, body):
    """A cell with a solution: the function's first line stays, its body is the answer."""
    source = f"{head}\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"
    return new_code_cell(source, id=name, metadata=marked(name, solution=True))


def tested(name, seen, hidden, points):
    """A test cell: one assertion that the learner sees, one that is hidden."""
    source = f"assert {seen}\n### BEGIN HIDDEN TESTS\nassert {hidden}, 'another number'\n### END HIDDEN TESTS"
    return new_code_cell(source, id=name, metadata=marked(name, grade=True, points=points))


def source_notebook():
    """The teacher's notebook: 2 + 3 points by tests, 2 by hand."""
    by_hand = marked("why", grade=True, solution=True, points=2)
    cells = [
        new_markdown_cell("# Two functions", id="title"),
        to_solve("double", "def double(number):", "return 2 * number"),
        tested("test-double", "double(2) == 4", "double(-3) == -6", 2),
        to_solve("largest", "def largest(numbers):", "return max(numbers)"),
        tested("test-largest", "largest([1, 5]) == 5", "largest([-2, -7]) == -2", 3),
        new_markdown_cell("Zero is its own double.", id="why", metadata=by_hand),
    ]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": spec})


def write_source(folder: Path) -> None:
    """Write the teacher's notebook as ``tiny/tiny.ipynb``."""
    (folder / NAME).mkdir(parents=True)
    nbformat.write(source_notebook(), folder / NAME / f"{NAME}.ipynb")
