"""Grade submissions: a process, a copy in a temporary folder, and a time limit for each. None stops the rest."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from course_utils.grading.assignment import Assignment
from course_utils.grading.limits import Limits
from course_utils.grading.scoring import Score
from course_utils.grading.submissions import Submission

__all__ = ["Grade", "grade_all", "grade_one"]

MARGIN = 60  # seconds for starting and ending, on top of the notebook's own
COPIED = 200_000_000  # bytes of pictures and data that are copied with a notebook


@dataclass(frozen=True)
class Grade:
    """What came of one submission.

    Args:
        submission: the notebook.
        assignment: the name of its set, or "" where nothing tells it.
        status: "graded", "not finished", "unreadable" or "stopped".
        scores: of each cell with points; empty if it was not graded.
        max_points: what a perfect submission gets.
        notes: what the teacher should know.
    """

    submission: Submission
    assignment: str
    status: str
    scores: tuple[Score, ...]
    max_points: float
    notes: tuple[str, ...]

    @property
    def points(self) -> float:
        """The points earned so far: those of answers marked by hand are not in it."""
        return sum(score.points or 0.0 for score in self.scores)

    @property
    def to_mark(self) -> float:
        """Points that a person must still give."""
        return sum(score.max_points for score in self.scores if score.points is None)


def grade_all(
    submissions: list[Submission], assignments: dict[str, Assignment], limits: Limits, jobs: int
) -> Iterator[Grade]:
    """Yield the grade of each submission in order, ``jobs`` at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda one: grade_one(one, assignments, limits), submissions)


def grade_one(submission: Submission, assignments: dict[str, Assignment], limits: Limits) -> Grade:
    """Return the grade of one submission, whatever it does."""
    chosen = {submission.assignment: assignments[submission.assignment]} if submission.assignment else assignments
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as name:
        place = Path(name).resolve()
        try:
            _prepare(submission, chosen, place)
            report = _examined(place, chosen, limits)
        except OSError as error:
            report = {"status": "unreadable", "notes": [f"it cannot be copied: {error.strerror or error}"]}
    return _grade(submission, chosen, report)


def _prepare(submission: Submission, assignments: dict[str, Assignment], place: Path) -> None:
    """Copy the notebook, and into its working folder what came with it and what the teacher gives with the set."""
    work = place / "work"
    work.mkdir()
    if submission.folder:
        _copy_files(submission.folder, work)
    for assignment in assignments.values():
        if assignment.path.parent.name == assignment.name:
            _copy_files(assignment.path.parent, work)
    shutil.copyfile(submission.path, place / "submitted.ipynb", follow_symlinks=False)


def _copy_files(source: Path, target: Path) -> None:
    """Copy ordinary files that are no notebooks; links are left out, for they may lead anywhere."""
    left = COPIED
    for place, inside, names in os.walk(source):
        inside[:] = [name for name in inside if not name.startswith(".")]
        for path in (Path(place) / name for name in names if not name.endswith(".ipynb")):
            if path.is_symlink() or not path.is_file():
                continue
            left -= path.stat().st_size
            if left < 0:
                raise OSError(f"more than {COPIED // 1_000_000} MB of files")
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def _examined(place: Path, assignments: dict[str, Assignment], limits: Limits) -> dict[str, object]:
    order, report = place / "order.json", place / "report.json"
    sources = [str(assignment.path.resolve()) for assignment in assignments.values()]
    told = {"notebook": str(place / "submitted.ipynb"), "folder": str(place / "work"), "sources": sources}
    order.write_text(json.dumps(told | {"limits": asdict(limits)}))
    command = [sys.executable, "-P", "-m", "course_utils.grading.examiner", str(order), str(report)]
    package = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(path for path in (package, os.environ.get("PYTHONPATH", "")) if path)
    with subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": paths, "TMPDIR": str(place)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as examiner:
        try:
            complaint = examiner.communicate(timeout=limits.notebook_seconds + limits.cell_seconds + MARGIN)[1]
        except subprocess.TimeoutExpired:
            return {"status": "stopped", "notes": ["the notebook went on after its time was over"]}
        finally:
            _end(examiner)
    if not report.exists():
        last = complaint.decode(errors="replace").strip().splitlines()[-1:]
        return {"status": "stopped", "notes": ["the grading process ended early: " + " ".join(last)[:200]]}
    return json.loads(report.read_text())


def _end(examiner: subprocess.Popen[bytes]) -> None:
    if examiner.poll() is None:
        os.killpg(examiner.pid, signal.SIGKILL)


def _grade(submission: Submission, assignments: dict[str, Assignment], report: dict[str, object]) -> Grade:
    name = report.get("assignment") or (next(iter(assignments)) if len(assignments) == 1 else "")
    scores = tuple(Score(**score) for score in report.get("scores", []))
    max_points = assignments[name].max_points if name else 0.0
    return Grade(submission, name, report["status"], scores, max_points, tuple(report["notes"]))
