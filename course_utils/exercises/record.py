"""Remember which exercises were answered rightly, in a file that belongs to the learner. Nothing is sent anywhere.

The file is ``.course-progress.json`` in the folder of the notebook, or what the environment variable
``COURSE_PROGRESS`` names; an empty COURSE_PROGRESS keeps no file. It may be read, changed and deleted at any time.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

__all__ = ["exercises_done", "record_file", "remember"]

ABOUT = (
    "Exercises of the course that were answered rightly. Yours alone: nothing is sent anywhere; delete it as you like."
)
LARGEST = 1_000_000  # bytes; anything larger is not ours

_told: set[str] = set()  # what has been said once is not said under every answer


def record_file() -> Path | None:
    """Return where the progress is kept, or None if none is kept."""
    place = os.environ.get("COURSE_PROGRESS", ".course-progress.json")
    return Path(place).expanduser() if place else None


def exercises_done() -> tuple[set[str], str]:
    """Return the ids of the exercises answered rightly, and what is the matter with the file, if anything."""
    path = record_file()
    if path is None:
        return set(), "no progress is kept, because COURSE_PROGRESS is empty"
    try:
        return _read(path), ""
    except (OSError, ValueError, RecursionError) as error:
        return set(), f"`{path}` cannot be used ({_reason(error)})"


def remember(exercise_id: str) -> str:
    """Write down that this exercise was answered rightly.

    Returns:
        What went wrong, the first time that it goes wrong; else "".
    """
    path = record_file()
    if path is None:
        return ""
    try:
        trouble = _add(path, exercise_id)
    except OSError as error:
        trouble = f"your progress could not be written to `{path}` ({_reason(error)}); your answer counts all the same"
    if trouble in _told:
        return ""
    _told.add(trouble)
    return trouble


def _add(path: Path, exercise_id: str) -> str:
    trouble = ""
    try:
        done = _read(path)
    except (ValueError, RecursionError) as error:
        aside = _put_aside(path)
        done = set()
        trouble = f"`{path.name}` was damaged ({_reason(error)}): it is kept as `{aside.name}`, and a new one was begun"
    if exercise_id not in done:
        _write(path, done | {exercise_id})
    return trouble


def _read(path: Path) -> set[str]:
    """Return the ids in the file; a missing or empty file holds none.

    Raises:
        OSError: the file cannot be read, or is no ordinary file.
        ValueError: it does not hold what `_write` writes.
    """
    if not path.exists():
        return set()
    if not path.is_file():
        raise OSError(0, "it is not a file")
    if path.stat().st_size > LARGEST:
        raise ValueError("it is far too large")
    text = path.read_text(encoding="utf-8")
    content = json.loads(text) if text.strip() else {"right": []}
    right = content.get("right") if isinstance(content, dict) else None
    if not isinstance(right, list) or not all(isinstance(one, str) for one in right):
        raise ValueError('it has no list "right" of exercise ids')
    return set(right)


def _write(path: Path, done: set[str]) -> None:
    """Replace the file in one step, so that it is never half written.

    Raises:
        OSError: it cannot be written, or was made read-only.
    """
    path = path.resolve()
    if path.exists() and not path.stat().st_mode & stat.S_IWUSR:
        raise OSError(0, "it is read-only")
    new = path.with_name(path.name + ".new")
    try:
        new.write_text(json.dumps({"about": ABOUT, "right": sorted(done)}, indent=1) + "\n", encoding="utf-8")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def _put_aside(path: Path) -> Path:
    """Rename a damaged file to the first free name; return the new path."""
    names = (path.with_name(f"{path.name}.damaged{number or ''}") for number in range(1000))
    aside = next(name for name in names if not name.exists())
    path.rename(aside)
    return aside


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or "it cannot be reached"
    return "it is not JSON" if isinstance(error, json.JSONDecodeError | UnicodeDecodeError) else str(error)
