"""Run a learner's function: put an error whose cause is known into words, and find out for which inputs it works."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from course_utils.exercises.diagnosis.error_meanings import ERRORS
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.explain import learners_place, short_error

__all__ = ["ran", "tried", "why_sizes", "works"]


T = TypeVar("T")


def tried(
    judge: Callable[..., None],
    answer: Callable[..., T],
    arguments: tuple[object, ...],
    wanted: str,
    *more: tuple[str, str, str],
) -> T:
    """Call the learner's function; put an error whose cause is known into words, ``more`` before `ERRORS`.

    Raises:
        Wrong: the error is one of the known ones; all others pass through.
    """
    try:
        return answer(*arguments)
    except Exception as error:
        text, place = short_error(error), learners_place(error, judge)
        for fragment, cause, step in (*more, *ERRORS) if place else ():
            if re.search(fragment, f"{text} in {place}", re.DOTALL):
                first = text.splitlines()[0][:160]
                got = f"an error in {place}: {first}"
                raise Wrong(got=got, wanted=wanted, cause=cause, next_step=step) from None
        raise


def ran(call: Callable[[], T], why: Callable[[Exception], str], wanted: str) -> T:
    """Return what ``call`` gives; an error of the learner's code whose cause ``why`` knows becomes `Wrong`."""
    try:
        return call()
    except Wrong:
        raise
    except Exception as error:
        place, cause = learners_place(error, ran), why(error)
        if not (place and cause):
            raise
        raise Wrong(
            got=f"{short_error(error)}; {place}", wanted=wanted, cause=cause, next_step="mend that line"
        ) from error


def works(call: Callable[[], object]) -> bool:
    """Return whether ``call`` raises nothing: so a judge finds out for which inputs a function does its work."""
    try:
        call()
    except Exception:  # noqa: BLE001 - a learner's function may raise anything
        return False
    return True


def why_sizes(error: Exception, axes: Mapping[int, str]) -> str:
    """Return which axes met, if torch complains about sizes that do not match; ``axes`` names them by their length."""
    sizes = re.search(r"tensor a \((\d+)\) must match the size of tensor b \((\d+)\)", str(error))
    if not sizes:
        return ""
    one, other = (f"{axes.get(int(size), 'an axis')} ({size})" for size in sizes.groups())
    return f"{one} meet {other}: shapes are lined up from the last axis on, and an axis of length 1 is missing"
