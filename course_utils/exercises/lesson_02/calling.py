"""What calling a decorated function shows: which arguments it takes, which errors it raises, what it returns."""

from __future__ import annotations

import inspect

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, first_cause
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_02.originals import Function, Original

__all__ = ["CALLING_ERRORS", "check_arguments", "check_result"]


CALLING_ERRORS: tuple[Reason, ...] = (
    (
        RecursionError,
        "",
        "the wrapper calls itself instead of the original, again and again",
        "call function in the wrapper",
    ),
    (
        TypeError,
        "and 'tuple'",
        "the arguments are handed on as one tuple: the stars are missing in the call",
        "write function(*args, **kwargs), with both stars",
    ),
    (
        TypeError,
        "and 'dict'",
        "the arguments are handed on as one dictionary: the stars are missing in the call",
        "write function(*args, **kwargs), with both stars",
    ),
    (
        TypeError,
        "after * must be an iterable",
        "the star stands before something that is no list of arguments",
        "write function(*args, **kwargs)",
    ),
    (
        TypeError,
        "and 'function'",
        "you calculate with the function itself: the parentheses behind it are missing",
        "write function(*args, **kwargs)",
    ),
    (
        TypeError,
        "object is not callable",
        "what is called is not the original: a parameter of the wrapper has the same name, or a result is called again",
        "call function, the argument of the decorator, and name no parameter of the wrapper so",
    ),
    (
        TypeError,
        "object is not iterable",
        "the result of the original is taken for a list and walked along; it is one value",
        "use the result as it is",
    ),
    (
        NameError,
        "'functools'",
        "functools is not imported",
        "write import functools above the decorator",
    ),
)


def check_arguments(answer: Function, wrapper: Function, *args: object, **kwargs: object) -> None:
    """Raise Wrong if the wrapper does not take these arguments."""
    if not (inspect.isfunction(wrapper) or hasattr(type(wrapper).__call__, "__code__")):
        return  # not written in Python, such as functools.cache: Python cannot tell what it takes
    signature = inspect.signature(wrapper, follow_wrapped=False)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        words = [repr(value) for value in args] + [f"{name}={value!r}" for name, value in kwargs.items()]
        why = first_cause(ARGUMENTS, answer, wrapper, signature, kwargs) or str(error)
        raise Wrong(
            got=f"a wrapper that takes {signature}",
            wanted=f"a wrapper that can be called with ({', '.join(words)})",
            cause=f"the wrapper does not take all arguments: {why}",
            next_step="write def wrapper(*args, **kwargs) and hand both on: function(*args, **kwargs)",
        ) from None


ARGUMENTS: Causes = (
    (
        lambda answer, wrapper, signature, kwargs: callable(wrapper(Original().function())),
        "there is one storey too many, and what came out is a decorator once more",
    ),
    (
        lambda answer, wrapper, signature, kwargs: not signature.parameters,
        "it takes none at all",
    ),
    (
        lambda answer, wrapper, signature, kwargs: (
            kwargs and any(one.kind is one.VAR_POSITIONAL for one in signature.parameters.values())
        ),
        "*args takes those by position, but arguments that are passed by name need **kwargs",
    ),
    (
        lambda answer, wrapper, signature, kwargs: all(one.kind < 2 for one in signature.parameters.values()),
        "it takes a fixed number of them, with names of its own, and the original may have any",
    ),
)


def check_result(got: object, wanted: object, cause: str, causes: Causes = ()) -> None:
    """Raise Wrong if a call of the decorated function returned something else."""
    if type(got) is type(wanted) and got == wanted:
        return
    if got is None and wanted is not None:
        cause = "the wrapper returns None: it drops the result, its return is missing (print only shows)"
    elif callable(got):
        cause = "a function came out of the call: one storey too many, or a return without a call"
    else:
        cause = first_cause(causes, got) or cause
    came = f"the text {got!r}" if isinstance(got, str) else got
    raise Wrong(got=came, wanted=wanted, cause=cause, next_step="look at the line with return inside the wrapper")
