"""Samples (x, y) that the judges hand to a learner's function, and the check that they come back untouched."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown

__all__ = ["FIRST", "SECOND", "Samples", "check_untouched"]


Samples = list[tuple[float, float]]


FIRST: Samples = [(11.0, 21.0), (22.0, 14.0), (33.0, 64.0)]


SECOND: Samples = [(1.0, 3.0), (2.0, -1.0)]


def check_untouched(given: list[object], before: Sequence[object]) -> None:
    """Raise Wrong if the list that was handed in is not as it was."""
    if given != list(before):
        raise Wrong(
            got=f"the list that was handed in is {shown(given)} afterwards",
            wanted=f"{before}, as it was",
            cause="your function changes the list that it was given (sort, pop, append), and the caller still needs it",
            next_step="work with a list of your own: sorted(...), or list(...)",
        )
