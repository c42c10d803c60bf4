"""The process that grades one notebook: ``python -m course_utils.grading.examiner ORDER REPORT``, both JSON files.

It is ended from outside if it takes too long, and it may take no more memory than its order says.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from course_utils.grading.assignment import read_assignment
from course_utils.grading.cage import GIGABYTE
from course_utils.grading.limits import Limits
from course_utils.grading.restoring import UnreadableError, best_match, read_submission, restored
from course_utils.grading.scoring import first_error, score_cells

MEMORY = 2 * GIGABYTE

__all__ = ["examine"]


def examine(notebook_path: Path, sources: list[Path], folder: Path, limits: Limits) -> dict[str, object]:
    """Grade one notebook in ``folder``; return its assignment, status, scores and notes, for JSON."""
    assignments = {path.stem: read_assignment(path) for path in sources}
    try:
        submitted = read_submission(notebook_path)
        assignment = best_match(submitted, assignments)
    except UnreadableError as error:
        name = next(iter(assignments)) if len(assignments) == 1 else ""
        return {"assignment": name, "status": "unreadable", "scores": [], "notes": [str(error)]}
    from course_utils.grading.running import NotFinishedError, run_cells  # Jupyter's machinery, a second to import

    notebook, notes = restored(submitted, assignment)
    report = {"assignment": assignment.name, "status": "graded", "scores": [], "notes": notes}
    try:
        run_cells(notebook, folder, limits)
    except NotFinishedError as error:
        return report | {"status": "not finished", "notes": [*notes, str(error)]}
    scores = score_cells(notebook, assignment)
    if any(score.reason for score in scores) and (error := first_error(notebook)):
        report["notes"] = [*notes, error]
    return report | {"scores": [asdict(score) for score in scores]}


def main(order_path: str, report_path: str) -> None:
    """Read the order, grade, and write the report in one go."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]  # stays, for the kernel has a limit of its own
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY if hard < 0 else min(MEMORY, hard), hard))
    order = json.loads(Path(order_path).read_text())
    limits = Limits(**order["limits"] | {"hidden": tuple(order["limits"]["hidden"])})
    sources = [Path(path) for path in order["sources"]]
    report = examine(Path(order["notebook"]), sources, Path(order["folder"]), limits)
    draft = Path(report_path + ".draft")
    draft.write_text(json.dumps(report))
    draft.replace(report_path)


if __name__ == "__main__":
    main(*sys.argv[1:])
