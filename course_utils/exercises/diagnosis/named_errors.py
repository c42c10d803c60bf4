"""Tables of causes: what came and what it means, which error means what, and errors that must come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.explain import learners_place, short_error
from course_utils.exercises.shown import safely, shown

__all__ = ["Causes", "Reason", "check_passes_errors", "errors_named", "first_cause", "where_it_failed"]

Function = Callable[..., object]
Causes = tuple[tuple[Callable[..., object], str], ...]  # a test of what came, and what it means if it holds
Reason = tuple[type[BaseException], str, str | Callable[[], str], str]  # error, part of its message, cause, next step


def first_cause(causes: Causes, *came: object) -> str:
    """Return the first cause whose test holds for what came, or ""."""
    return next((cause for holds, cause in causes if safely(lambda holds=holds: bool(holds(*came)), False)), "")


@contextmanager
def errors_named(wanted: str, *reasons: Reason) -> Iterator[None]:
    """Turn an error of the learner's code into Wrong if its cause is known; let any other pass."""
    try:
        yield
    except Wrong:
        raise
    except Exception as error:
        for kind, fragment, cause, step in reasons:
            if isinstance(error, kind) and fragment in str(error):
                cause = cause if isinstance(cause, str) else cause()
                raise Wrong(got=where_it_failed(error), wanted=wanted, cause=cause, next_step=step) from None
        raise


def where_it_failed(error: BaseException) -> str:
    """Return the error and the learner's line: "KeyError: 'a' in line 3: `memory[key]`"."""
    place = learners_place(error, where_it_failed)
    return f"{short_error(error)}, in {place}" if place else short_error(error)


def check_passes_errors(call: Callable[[Function], object], who: str) -> None:
    """Raise Wrong if an error of the function that ``call`` hands to the learner's code does not come out of it."""
    error = ZeroDivisionError("a bug")

    def fail(*args: object, **kwargs: object) -> None:
        raise error

    try:
        got = f"{shown(call(fail))} and no error"
    except Exception as caught:  # noqa: BLE001 - a learner's except may raise anything in its place
        if caught is error:
            return
        got = where_it_failed(caught)
    raise Wrong(
        got=f"{got}, when {who} raised ZeroDivisionError",
        wanted="the ZeroDivisionError itself",
        cause=f"an except hides or replaces the error of {who}: a bug in it would never be seen",
        next_step="leave try and except out",
    )
