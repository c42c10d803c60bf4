"""Whether a function, and one with the right parameters, was handed in."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import Causes, first_cause
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import safely

__all__ = ["demand_function_of"]

Function = Callable[..., object]


def demand_function_of(answer: object, wanted: str) -> None:
    """Raise Wrong unless ``answer`` is a function that is called as ``wanted`` says: "fit(samples, epochs)"."""
    name, _, names = wanted.rstrip(")").partition("(")
    cause = first_cause(NO_FUNCTION, answer)
    if cause:
        step = f"write def {wanted}, with return and without yield, and hand in {name} without parentheses"
        raise Wrong(got=answer, wanted=f"a function {wanted}", cause=cause, next_step=step)
    cause = safely(lambda: _why_not_these_parameters(answer, names.split(", ") if names else []), "")
    if cause:
        got = f"{name}{safely(lambda: inspect.signature(answer), '(...)')}"
        raise Wrong(got=got, wanted=wanted, cause=cause, next_step=f"write def {wanted}, as in the task")


NO_FUNCTION: Causes = (
    (lambda got: got is None, "it is None: the function was called, and None is what it gave back"),
    (lambda got: isinstance(got, str), "in quotes it is a text, not a function"),
    (lambda got: not callable(got), "that is a value, not a function: perhaps the function was called already"),
    (inspect.isgeneratorfunction, "yield makes a generator: nothing in it runs when it is called"),
)


def _why_not_these_parameters(answer: Function, wanted: list[str]) -> str:
    signature = inspect.signature(answer)
    own = list(signature.parameters)
    if own != wanted and sorted(own) == sorted(wanted):
        return "the parameters stand in another order than in the task, so each gets the other's value"
    starred = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    needed = [one for one in signature.parameters.values() if one.default is one.empty and one.kind not in starred]
    if len(needed) > len(wanted):
        return f"it asks for {len(needed)} values ({', '.join(own)}), but it is called with {len(wanted)}"
    try:
        signature.bind(*wanted)
    except TypeError:
        return f"it takes fewer values than it is called with: {len(wanted)}"
    return ""
