"""What the judges of lesson 03 share: an answer must be something to call."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from course_utils.exercises.exercise import Wrong

__all__ = ["Function", "check_callable"]


Function = Callable[..., object]


def check_callable(answer: object, wanted: str, arguments: int) -> None:
    """Raise Wrong unless ``answer`` can be called with this number of arguments."""
    if not callable(answer):
        cause = "that is a value, not a function: perhaps the function was called already"
        if answer is None:
            cause = "None came out: a return is missing"
        raise Wrong(got=answer, wanted=wanted, cause=cause, next_step="hand over the function itself")
    try:
        signature = inspect.signature(answer)
    except ValueError:
        return  # not written in Python, and it does not tell
    try:
        signature.bind(*range(arguments))
    except TypeError:
        own = ", ".join(signature.parameters)
        asks = f"it asks for {len(signature.parameters)} ({own})" if own else "it asks for none"
        raise Wrong(
            got=f"a function that takes {signature}",
            wanted=wanted,
            cause=f"it does not take {arguments} argument{'s' * (arguments != 1)}: {asks}",
            next_step="the arguments stand between lambda and the colon, or in the parentheses of def",
        ) from None
