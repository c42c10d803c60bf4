"""The CSV: one line for each submission, or one for each cell of each submission."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from course_utils.grading.columns import CELL_COLUMNS, COLUMNS
from course_utils.grading.grader import Grade

__all__ = ["reasons", "write_cells", "write_grades"]

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would calculate what begins like this


def write_grades(grades: Iterable[Grade], file: TextIO) -> Iterator[Grade]:
    """Write a line for each grade as it comes, and pass the grade on."""
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(COLUMNS)
    for grade in grades:
        numbers = (_number(value) for value in (grade.points, grade.max_points, grade.to_mark))
        texts = (grade.submission.student, grade.assignment)
        lines.writerow([*map(_safe, texts), *numbers, grade.status, _safe(" | ".join(reasons(grade)))])
        file.flush()
        yield grade


def write_cells(grades: Iterable[Grade], file: TextIO) -> None:
    """Write a line for each cell of each grade."""
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(CELL_COLUMNS)
    for grade in grades:
        for score in grade.scores:
            points = "" if score.points is None else _number(score.points)
            told = (grade.submission.student, grade.assignment, score.cell)
            lines.writerow([*map(_safe, told), points, _number(score.max_points), _safe(score.reason)])


def reasons(grade: Grade) -> list[str]:
    """Return why points are missing, one sentence each."""
    lost = [
        f"{score.cell} ({_number(score.points)} of {_number(score.max_points)}): {score.reason}"
        for score in grade.scores
        if score.reason and score.points is not None
    ]
    return [*grade.notes, *lost]


def _number(value: float) -> str:
    return f"{value:g}"


def _safe(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula."""
    line = " ".join(text.split())
    return "'" + line if line.startswith(FORMULA) else line
