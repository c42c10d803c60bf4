"""``python -m course_utils grade FOLDER``: a folder of submitted notebooks to CSV, with points and reasons."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

__all__ = ["add_arguments", "run"]

HOMEWORK = Path(__file__).resolve().parent.parent / "notebooks" / "homework" / "source"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``grade`` understands to a parser."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = (
        "Grade a folder of submitted notebooks. Layouts: STUDENT/SET/SET.ipynb (nbgrader's), STUDENT/SET.ipynb,\n"
        "or STUDENT.ipynb. Each notebook runs on a copy, in a process of its own, with limited time and memory and\n"
        "without a network; the teacher's tests are put back first. A broken or hostile one never stops the rest."
    )
    parser.epilog = _columns()
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="the submissions")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="the CSV; default: printed")
    parser.add_argument("--cells", metavar="FILE", type=Path, help="a second CSV with a line for each cell")
    parser.add_argument(
        "--source",
        metavar="PATH",
        type=Path,
        default=HOMEWORK,
        help="the teacher's notebook with solutions and hidden tests, or the folder of all; "
        "default: notebooks/homework/source",
    )
    parser.add_argument("--cell-seconds", type=positive, default=30, metavar="S", help="time for one cell (30)")
    parser.add_argument("--seconds", type=positive, default=300, metavar="S", help="time for one notebook (300)")
    parser.add_argument("--memory", type=gigabytes, default=4.0, metavar="GB", help="memory of one process (4)")
    parser.add_argument("--jobs", type=positive, default=_jobs(), metavar="N", help="notebooks at a time (%(default)s)")
    parser.add_argument(
        "--cage",
        choices=["auto", "namespaces", "guard"],
        default="auto",
        help="namespaces: Linux keeps the notebook in; guard: Python does, which stops no determined attacker; "
        "auto: the stronger one that works here",
    )


def run(arguments: argparse.Namespace) -> int:
    """Grade the folder; return 0, however bad the submissions are.

    Raises:
        FileNotFoundError, NotADirectoryError: there are no submissions, or no assignments.
        ValueError: the teacher's notebook is none.
        OSError: the CSV cannot be written, or the cage cannot be built on this system.
    """
    from course_utils.grading.assignment import read_assignments
    from course_utils.grading.cage import check_cage
    from course_utils.grading.grader import grade_all
    from course_utils.grading.limits import Limits
    from course_utils.grading.submissions import find_submissions
    from course_utils.grading.table import write_cells, write_grades

    assignments = read_assignments(arguments.source)
    submissions = find_submissions(arguments.folder, assignments)
    cage = check_cage(arguments.cage)
    hidden = tuple(str(path.resolve()) for path in (arguments.folder, _folder(arguments.source)))
    limits = Limits(arguments.cell_seconds, arguments.seconds, arguments.memory, cage, hidden)
    tell(f"{len(submissions)} notebooks, {arguments.jobs} at a time, in a cage of the kind '{cage}'")
    with opened(arguments.output) as file:
        grades = []
        for grade in write_grades(grade_all(submissions, assignments, limits, arguments.jobs), file):
            tell(f"{grade.submission.student}: {grade.points:g} of {grade.max_points:g} points, {grade.status}")
            grades.append(grade)
    if arguments.cells:
        with opened(arguments.cells) as file:
            write_cells(grades, file)
    return 0


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"wanted a whole number from 1 on, got {text!r}")
    return int(text)


def gigabytes(text: str) -> float:
    """Read a number of gigabytes; a kernel with PyTorch needs one."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.5 <= number < 4096:
        raise argparse.ArgumentTypeError(f"wanted gigabytes from 0.5 on (PyTorch alone needs 1), got {text!r}")
    return number


@contextmanager
def opened(path: Path | None) -> Iterator[TextIO]:
    """Open a file for the CSV, or give standard output for None."""
    if path is None:
        yield sys.stdout
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file


def tell(text: str) -> None:
    """Say how it goes, beside the CSV."""
    print(text, file=sys.stderr, flush=True)


def _jobs() -> int:
    return max(1, (os.cpu_count() or 2) // 2)


def _folder(source: Path) -> Path:
    return source.parent if source.is_file() else source


def _columns() -> str:
    from course_utils.grading.columns import CELL_COLUMNS, COLUMNS

    told = [f"  {name:11} {what}" for name, what in COLUMNS.items()]
    cells = [f"  {name:11} {what}" for name, what in CELL_COLUMNS.items() if what != "as above"]
    return "\n".join(["columns of the CSV:", *told, "", "columns of --cells:", *cells])
