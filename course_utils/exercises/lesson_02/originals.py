"""What the judges of lesson 02 share: functions to decorate, and what decorating and calling them shows."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown

__all__ = [
    "CALLING_ERRORS",
    "DECORATING_ERRORS",
    "Function",
    "Original",
    "check_arguments",
    "check_calls",
    "check_name",
    "check_result",
    "decorated",
]


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
