"""Find the learner's own line in an error, and show the error in short."""

from __future__ import annotations

import inspect
import linecache
import os
import sysconfig
import traceback
from collections.abc import Callable
from types import FrameType

from course_utils.exercises.shown import quiet, safely

__all__ = ["call_failed", "is_learners", "learners_place", "short_error"]

LIBRARIES = {sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
LIBRARIES.add(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def is_learners(filename: str) -> bool:
    """Return whether this file holds a learner's code: a cell, or a file of their own."""
    within = (filename.startswith(folder + os.sep) for folder in LIBRARIES)
    return not any(within) and bool(linecache.getlines(filename))


def learners_place(error: BaseException, judge: Callable[..., None]) -> str:
    """Return the last line of the learner's own code that the error went through: "line 3: `return 1 / 0`".

    Returns:
        "" if the error never was in the learner's code.
    """
    code = getattr(judge, "__code__", None)
    judges_file = code.co_filename if code else ""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        filename = frame.f_code.co_filename
        if filename != judges_file and is_learners(filename):
            return _place(frame, line)
    return ""


def short_error(error: BaseException) -> str:
    """Return the error's type and message as Python prints them, without addresses."""
    text = safely(lambda: "".join(traceback.format_exception_only(error)), type(error).__name__)
    return quiet(text.strip().removeprefix("__main__."))


def call_failed(answer: object, error: BaseException) -> str:
    """Return how the answer is to be called, if the error says that it was called otherwise; else ""."""
    if not (callable(answer) and isinstance(error, TypeError) and "argument" in str(error)):
        return ""
    return safely(lambda: f"{getattr(answer, '__name__', 'answer')}{quiet(str(inspect.signature(answer)))}", "")


def _place(frame: FrameType, line: int) -> str:
    code = linecache.getline(frame.f_code.co_filename, line).strip()
    return f"line {line}: `{code}`"
