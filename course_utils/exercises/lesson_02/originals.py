"""Functions to decorate that note their calls, and whether they were called as they should be."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import Causes, first_cause
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown

__all__ = ["Function", "Original", "check_calls"]


Function = Callable[..., object]


class Original:
    """A function to be decorated, which notes its calls; the same under any name."""

    def __init__(self, results: list[object] | None = None) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.results = results

    def function(self, name: str = "original") -> Function:
        """Return a function that gives back the next result, or the sum of its arguments."""

        def original(*args, **kwargs):
            """Return the next result, or the sum of the arguments."""
            self.calls.append((*args, *kwargs.values()))
            if self.results is None:
                return sum((*args, *kwargs.values()))
            place = len(self.calls) - 1
            return self.results[place] if place < len(self.results) else 1000 + place  # called too often

        original.__name__ = name
        return original


def check_calls(original: Original, wanted: list[tuple[object, ...]]) -> None:
    """Raise Wrong if the original was not called exactly so."""
    if original.calls != wanted:
        raise Wrong(
            got=f"calls of the original with {shown(original.calls)}",
            wanted=f"calls with {wanted}",
            cause=first_cause(ORIGINALS_CALLS, original.calls, wanted),
            next_step="call function(*args, **kwargs) once and keep the result in a name",
        )


ORIGINALS_CALLS: Causes = (
    (lambda calls, wanted: not calls, "the original is never called"),
    (
        lambda calls, wanted: len(calls) < len(wanted),
        "the original does not run once for each call of the decorated function: an earlier result is used again",
    ),
    (
        lambda calls, wanted: len(calls) > len(wanted),
        "the original does not run once for each call of the decorated function, but more often: whatever it does "
        "happens again",
    ),
    (
        lambda calls, wanted: isinstance(calls[0][0], tuple | dict),
        "all arguments arrive as one tuple: the star is missing in function(*args)",
    ),
    (lambda calls, wanted: len(calls[0]) < len(wanted[0]), "some arguments get lost on the way to the original"),
    (
        lambda calls, wanted: set(calls[0]) == set(wanted[0]),
        "the arguments do not arrive as they were passed: their order changed",
    ),
    (
        lambda calls, wanted: set(calls[0]) <= {10, 30},
        "the arguments do not arrive as they were passed: they were clamped, and the result should be",
    ),
    (lambda calls, wanted: True, "the arguments do not arrive as they were passed: the wrapper changes them"),
)
