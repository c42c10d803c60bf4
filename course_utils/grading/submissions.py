"""Find the submitted notebooks in a folder, whichever way it is laid out. Nothing of them is read here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Submission", "find_submissions"]

SKIPPED = (".ipynb_checkpoints", "__pycache__")


@dataclass(frozen=True)
class Submission:
    """One notebook that was handed in.

    Args:
        student: who handed it in: the name of the folder, or of the file in a flat layout.
        assignment: the name of its set, or "" where the path does not tell it.
        path: the notebook.
        folder: what is copied with it (pictures, data), or None in a flat layout, where it is alone.
    """

    student: str
    assignment: str
    path: Path
    folder: Path | None


def find_submissions(folder: Path, names: Iterable[str]) -> list[Submission]:
    """Return the submissions in ``folder``, by student and name.

    Three layouts are understood, also mixed: nbgrader's ``STUDENT/SET/SET.ipynb``, a folder each,
    ``STUDENT/SET.ipynb`` (any file name will do), and flat, ``STUDENT.ipynb``.

    Args:
        folder: where the submissions are.
        names: the names of the assignments.

    Raises:
        FileNotFoundError: there is no such folder, or no notebook in it.
        NotADirectoryError: it is a file.
    """
    if folder.is_file():
        raise NotADirectoryError(f"{folder} is a file; give the folder that holds the submissions")
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}; give the folder that holds the submissions")
    known = set(names)
    found = [_submission(folder, path, known) for path in _notebooks(folder)]
    if not found:
        raise FileNotFoundError(f"{folder} holds no notebook; wanted STUDENT/SET/SET.ipynb or STUDENT.ipynb in it")
    return sorted(found, key=lambda one: (one.student, one.assignment, str(one.path)))


def _notebooks(folder: Path) -> Iterator[Path]:
    for place, inside, files in os.walk(folder):
        inside[:] = sorted(name for name in inside if name not in SKIPPED and not name.startswith("."))
        for name in sorted(files):
            if name.endswith(".ipynb") and not name.startswith("."):
                yield Path(place) / name


def _submission(folder: Path, path: Path, known: set[str]) -> Submission:
    parts = path.relative_to(folder).parts
    if len(parts) == 1:
        return Submission(path.stem, "", path, None)
    told = [name for name in (path.stem, *reversed(parts[1:-1])) if name in known]
    return Submission(parts[0], told[0] if told else "", path, path.parent)
