"""The whole circle of a graded class with nbgrader: generate, release, submit, collect, autograde, feedback, CSV.

    python .ci/homework.py           a sample class hands in the four sets; `grade` must give the same points
    python .ci/homework.py release   write notebooks/homework/release/ from notebooks/homework/source/

Everything but ``release`` happens in .homework/, which git ignores.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbgrader.apps import NbGraderAPI
from nbgrader.exchange.default import ExchangeSubmit
from nbgrader.plugins.export import CsvExportPlugin
from sample_class import hand_in, submissions
from traitlets.config import Config, PyFileConfigLoader

ROOT = Path(__file__).resolve().parent.parent
HOMEWORK = ROOT / "notebooks" / "homework"
PLACE = ROOT / ".homework"


class Course:
    """A course folder with nbgrader's settings, its exchange and its gradebook beside it."""

    def __init__(self, place: Path, source: Path, cell_seconds: int = 30) -> None:
        self.place = place.resolve()
        for name in ("exchange", "desks", "jupyter"):
            (self.place / name).mkdir(parents=True)
        os.chmod(self.place / "exchange", 0o777)  # nbgrader wants it so: every student writes there
        shutil.copytree(source, self.place / "source")
        shutil.copyfile(HOMEWORK / "nbgrader_config.py", self.place / "nbgrader_config.py")
        scripts = str(Path(sys.executable).parent)  # nbgrader calls `alembic` by its name
        os.environ["PATH"] = scripts + os.pathsep + os.environ["PATH"]
        settings = PyFileConfigLoader("nbgrader_config.py", path=str(self.place)).load_config()
        settings.Execute.timeout = cell_seconds
        settings.Exchange.root = str(self.place / "exchange")
        settings.Exchange.cache = str(self.place / "jupyter")
        settings.ExchangeCollect.check_owner = False  # here one computer user plays all students
        self.settings: Config = settings
        self.api = NbGraderAPI(config=settings)

    def done(self, what: str, result: dict) -> bool:
        """Return whether a step of nbgrader succeeded; keep its log."""
        with (self.place / "nbgrader.log").open("a") as log:
            log.write(f"== {what}\n{result.get('log', '')}\n{result.get('error', '')}\n")
        return result["success"]

    def generate(self, name: str) -> nbformat.NotebookNode:
        """Generate and release a set; return the notebook that students get."""
        if not self.done(f"generate {name}", self.api.generate_assignment(name)):
            raise RuntimeError(f"nbgrader could not generate {name}; see {self.place / 'nbgrader.log'}")
        if not self.done(f"release {name}", self.api.release_assignment(name)):
            raise RuntimeError(f"nbgrader could not release {name}; see {self.place / 'nbgrader.log'}")
        return nbformat.read(self.place / "release" / name / f"{name}.ipynb", as_version=4)

    def submit_and_collect(self, name: str, texts: dict[str, str]) -> None:
        """Let each student submit a notebook, then collect them all."""
        hand_in(self.place / "desks", name, texts)
        for student in texts:
            self.api.coursedir.student_id, self.api.coursedir.assignment_id = student, name
            step = ExchangeSubmit(
                coursedir=self.api.coursedir, authenticator=self.api.authenticator, config=self.settings
            )
            step.assignment_dir = str(self.place / "desks" / student)
            step.start()
        self.api.coursedir.student_id, self.api.coursedir.assignment_id = "*", ""
        self.done(f"collect {name}", self.api.collect(name))

    def grade(self, name: str, students: list[str]) -> None:
        """Autograde and write the feedback; a submission that cannot be graded has no feedback."""
        for student in students:
            if self.done(f"autograde {name} {student}", self.api.autograde(name, student)):
                self.done(f"feedback {name} {student}", self.api.generate_feedback(name, student))

    def export(self) -> dict[tuple[str, str], float]:
        """Write grades_nbgrader.csv; return the points by student and set."""
        plugin = CsvExportPlugin(config=self.settings)
        plugin.to = str(self.place / "grades_nbgrader.csv")
        with self.api.gradebook as gradebook:
            plugin.export(gradebook)
        return points_in(Path(plugin.to), "student_id", "raw_score")


def points_in(path: Path, student: str, points: str) -> dict[tuple[str, str], float]:
    """Return the points by student and set from a CSV with these columns."""
    with path.open(newline="") as file:
        return {(line[student], line["assignment"]): float(line[points]) for line in csv.DictReader(file)}


def graded_without_nbgrader(course: Course, *options: str) -> dict[tuple[str, str], float]:
    """Run ``python -m course_utils grade`` on what was submitted; return the points by student and set."""
    output = course.place / "grades.csv"
    folders = [str(course.place / "submitted"), "--source", str(course.place / "source"), "-o", str(output)]
    subprocess.run([sys.executable, "-m", "course_utils", "grade", *folders, *options], check=True)
    return points_in(output, "student", "points")


def sample_class(course: Course, victim: Path) -> None:
    """Let ten students hand in the first set, and three the others; grade all of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for number, path in enumerate(sorted((course.place / "source").iterdir())):
            name, released = path.name, course.generate(path.name)
            source = nbformat.read(path / f"{name}.ipynb", as_version=4)
            texts = submissions(released, source, listener.getsockname()[1], victim)
            if number:
                texts = {student: texts[student] for student in ("perfect", "half", "empty")}
            print(f"{name}: {len(texts)} submissions", flush=True)
            course.submit_and_collect(name, texts)
            course.grade(name, list(texts))


def run_circle() -> int:
    """Play the circle in .homework/; return 1 if nbgrader and ``grade`` differ anywhere."""
    shutil.rmtree(PLACE, ignore_errors=True)
    course = Course(PLACE, HOMEWORK / "source")
    victim = PLACE / "victim"
    victim.mkdir()
    (victim / "file.txt").write_text("one of the sample submissions tries to delete this")
    sample_class(course, victim)
    if not (victim / "file.txt").exists():
        sys.exit("a submission has deleted a file outside of its own folder")
    theirs, ours = course.export(), graded_without_nbgrader(course)
    differing = {key: (theirs[key], ours.get(key)) for key in theirs if theirs[key] != ours.get(key)}
    missing = {key for key in differing if differing[key] == (0.0, None)}  # nothing was handed in
    for (student, name), points in sorted(ours.items(), key=lambda item: item[0][::-1]):
        print(f"{name:28} {student:12} nbgrader {theirs[student, name]:5g}   grade {points:5g}")
    wrong = differing.keys() - missing
    told = f"they differ: {sorted(wrong)}" if wrong else "nbgrader and grade agree on every submission"
    print(f"{told}. Feedback, gradebook and both CSV files are in {PLACE.name}/")
    return bool(wrong)


def write_release() -> int:
    """Write notebooks/homework/release/: what learners get."""
    with tempfile.TemporaryDirectory() as name:
        course = Course(Path(name) / "course", HOMEWORK / "source")
        return _write_release(course)


def _write_release(course: Course) -> int:
    for path in sorted((HOMEWORK / "source").iterdir()):
        target = HOMEWORK / "release" / path.name
        target.mkdir(parents=True, exist_ok=True)
        nbformat.write(course.generate(path.name), target / f"{path.name}.ipynb")
    return 0


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", nargs="?", default="circle", choices=["circle", "release"])
    return {"circle": run_circle, "release": write_release}[parser.parse_args().action]()


if __name__ == "__main__":
    sys.exit(main())
