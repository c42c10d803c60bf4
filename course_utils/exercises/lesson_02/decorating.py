"""What decorating one function shows: a new function comes out, nothing is called yet, and the name stays."""

from __future__ import annotations

import functools
import inspect

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_02.originals import Function, Original

__all__ = ["DECORATING_ERRORS", "check_name", "decorated"]


def decorated(answer: Function, function: Function, calls: list[tuple[object, ...]]) -> Function:
    """Put the learner's decorator on ``function`` and check that a function comes out that nobody has called yet."""
    with errors_named("a new function, and no call yet", *DECORATING_ERRORS):
        wrapper = answer(function)
    cause = first_cause(NO_COAT, wrapper, function, calls, answer)
    if cause:
        step = (
            "define a wrapper that calls the function, and end the decorator with return wrapper, without parentheses"
        )
        raise Wrong(got=wrapper, wanted="a new function, and no call yet", cause=cause, next_step=step)
    return wrapper


def _is_nameless_wraps(wrapper: object) -> bool:
    """Return whether ``functools.wraps`` stood above the wrapper without its parentheses."""
    return isinstance(wrapper, functools.partial) and wrapper.func is functools.update_wrapper


NO_COAT: Causes = (
    (
        lambda wrapper, function, calls, answer: (
            calls and any(one.kind is one.VAR_POSITIONAL for one in inspect.signature(answer).parameters.values())
        ),
        "one storey is missing: the original is called at the decoration, because the decorator itself takes the "
        "arguments of the call; they belong to a wrapper inside it",
    ),
    (
        lambda wrapper, function, calls, answer: calls and callable(wrapper),
        "the original is called at the decoration already, outside of the wrapper: its result is worked out once "
        "for all",
    ),
    (
        lambda wrapper, function, calls, answer: calls,
        "the original is called at the decoration already: the parentheses behind what is returned run it, and only "
        "its result comes out",
    ),
    (
        lambda wrapper, function, calls, answer: wrapper is None,
        "the decorator returns None: it defines a wrapper and forgets to return it",
    ),
    (
        lambda wrapper, function, calls, answer: wrapper is function,
        "the original came back without any coat",
    ),
    (
        lambda wrapper, function, calls, answer: _is_nameless_wraps(wrapper),
        "functools.wraps stands above the wrapper without (function), so it takes the wrapper for the original",
    ),
    (
        lambda wrapper, function, calls, answer: not callable(wrapper),
        "what came out cannot be called: the decorator must return a function",
    ),
)


DECORATING_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "and 'function'",
        "you calculate with the function itself: no wrapper calls it yet",
        "define a wrapper inside that calls function, and return the wrapper",
    ),
    (
        TypeError,
        "'function' and",
        "you calculate with the function itself: no wrapper calls it yet",
        "define a wrapper inside that calls function, and return the wrapper",
    ),
    (
        TypeError,
        "required positional argument",
        "an inner function is called while decorating: parentheses stand behind it in the return",
        "return the inner function itself, without parentheses",
    ),
    (
        AttributeError,
        "'NoneType' object has no attribute",
        "None stands where a function is needed: an inner function forgets its return",
        "let each storey return the one inside it",
    ),
    (
        UnboundLocalError,
        "",
        "the inner function is used above the line that defines it",
        "first def wrapper, below it what is done with wrapper",
    ),
)


def check_name(wrapper: Function, *, description: bool = True) -> None:
    """Raise Wrong if the name "measure" is lost, or the description where that counts too."""
    got = getattr(wrapper, "__name__", None), getattr(wrapper, "__doc__", None)
    wanted = "measure", Original().function().__doc__
    if got[0] == wanted[0] and (got[1] == wanted[1] or not description):
        return
    cause = f"name and description of the original are lost: the decorated function calls itself {got[0]!r}"
    if got[0] == wanted[0]:
        cause = "the name is kept, but the description (__doc__) of the original is lost"
    elif got[1] == wanted[1]:
        cause = "the description is kept, but the name of the original is lost"
    raise Wrong(
        got=f"name {got[0]!r}, description {got[1]!r}",
        wanted=f"name {wanted[0]!r}, description {wanted[1]!r}",
        cause=cause,
        next_step="write @functools.wraps(function) above the wrapper",
    )
