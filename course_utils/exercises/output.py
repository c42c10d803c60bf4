"""Catch what an answer prints, displays, draws or warns about while it is checked, and say so in a note."""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from course_utils.exercises.shown import quiet

__all__ = ["caught_output", "counted", "swapped"]

KEPT = 2000  # characters of the printed text; an endless loop may print for seconds


class Tally(io.TextIOBase):
    """A text file that counts its lines and keeps only the beginning."""

    def __init__(self) -> None:
        self.beginning = ""
        self.lines = 0

    def write(self, text: str) -> int:
        """Take ``text``; return its length, as every file does."""
        self.beginning += text[: KEPT - len(self.beginning)]
        self.lines += text.count("\n")
        return len(text)

    @property
    def first_line(self) -> str:
        """The first line that is not empty."""
        return next((line.strip() for line in self.beginning.splitlines() if line.strip()), "")


@contextmanager
def swapped(owner: object, name: str, value: object) -> Iterator[None]:
    """Let ``owner.name`` be ``value`` inside the block, and afterwards what it was, or nothing if it was nothing."""
    had = name in vars(owner)
    before = getattr(owner, name, None)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if had:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


@contextmanager
def caught_output(notes: list[str], is_learners: Callable[[str], bool]) -> Iterator[None]:
    """Keep the block's output off the page; add a note on each kind of output to ``notes``."""
    printed = Tally()
    figures_before = _figures()
    with redirect_stdout(printed), redirect_stderr(printed), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("default")
        with _caught_displays() as displayed:
            yield
    drawn = _close_figures(figures_before)
    if printed.first_line:
        lines = counted(max(printed.lines, 1), "line")
        notes.append(f"your code printed {lines} while it was checked; the first: `{quiet(printed.first_line)}`")
    if displayed or drawn:
        notes.append("your code displayed something while it was checked; it was kept off the page")
    notes += sorted({_warning(one) for one in warned if is_learners(one.filename)})


def counted(number: int, noun: str) -> str:
    """Return "1 line", "2 lines"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _warning(warned: warnings.WarningMessage) -> str:
    first_sentence = str(warned.message).strip().split("\n")[0].split(". ")[0]
    return f"while it was checked, your code brought up a {warned.category.__name__}: {quiet(first_sentence)}"


@contextmanager
def _caught_displays() -> Iterator[list[object]]:
    """Catch what IPython's ``display`` shows; the list is filled at the end of the block."""
    displayed: list[object] = []
    if "IPython" not in sys.modules or sys.modules["IPython"].get_ipython() is None:
        yield displayed
        return
    from IPython.utils.capture import capture_output

    with capture_output(stdout=False, stderr=False, display=True) as caught:
        yield displayed
    displayed += caught.outputs


def _figures() -> set[int]:
    """Return the numbers of pyplot's open figures."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


def _close_figures(before: set[int]) -> int:
    """Close the figures that are new since ``before``; return how many."""
    new = _figures() - before
    for number in new:
        sys.modules["matplotlib.pyplot"].close(number)
    return len(new)
