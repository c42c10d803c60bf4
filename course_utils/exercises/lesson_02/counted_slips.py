"""Why a count of calls is not the one that was asked for: missing, on another thing, or another number."""

from __future__ import annotations

import ast

from course_utils.exercises.diagnosis.named_errors import Causes, Reason
from course_utils.exercises.diagnosis.syntax import nodes_in
from course_utils.exercises.lesson_02.originals import Function, Original

__all__ = ["COUNTED_RESULT", "COUNTING_ERRORS", "COUNTS", "NO_COUNT", "calls_after_an_error"]


COUNTING_ERRORS: tuple[Reason, ...] = (
    (
        UnboundLocalError,
        "",
        "calls is a plain variable of the decorator: += in the wrapper makes a new one there, and from outside nobody "
        "could see it",
        "count on the wrapper itself: wrapper.calls += 1, and wrapper.calls = 0 below its definition",
    ),
    (
        AttributeError,
        "no attribute 'calls'",
        "wrapper.calls grows before it was ever set: there is no 0 to begin with",
        "set wrapper.calls = 0 below the definition of the wrapper",
    ),
    (
        NameError,
        "'wrapper'",
        "the function that counts is not called wrapper in your code",
        "use the name that stands behind def",
    ),
)


COUNTED_RESULT: Causes = (
    (
        lambda got: isinstance(got, tuple | list),
        "the count comes out together with the result; it belongs into the attribute calls only",
    ),
    (lambda got: got == 1, "the count comes out instead of the result"),
    (lambda got: got == 3, "arguments that are passed by name get lost: **kwargs is taken and not handed on"),
)


def _numbers_on(thing: object) -> list[str]:
    """Return the names of the attributes of a function or object that are whole numbers."""
    return [name for name, value in vars(thing).items() if type(value) is int]


def calls_after_an_error(answer: Function) -> int:
    """Return what calls is after one call that raised."""

    def fail() -> None:
        raise ValueError

    wrapper = answer(fail)
    try:
        wrapper()
    except ValueError:
        return wrapper.calls
    return 0


def _stands_under_return(answer: object) -> bool:
    """Return whether some statement comes directly after a return in the same block, and so is never reached."""
    blocks = [node.body for node in nodes_in(answer, ast.FunctionDef)]
    return any(
        isinstance(line, ast.Return) and block[place + 1 :] for block in blocks for place, line in enumerate(block)
    )


NO_COUNT: Causes = (
    (
        lambda answer, wrapper, function: callable(wrapper(Original().function())),
        "there is one storey too many, and what came out is a decorator once more",
    ),
    (
        lambda answer, wrapper, function: hasattr(answer, "calls"),
        "it hangs on the decorator itself, one for all functions; the wrapper is what comes out",
    ),
    (
        lambda answer, wrapper, function: _stands_under_return(answer),
        "a line stands under a return, where it is never reached",
    ),
    (
        lambda answer, wrapper, function: _numbers_on(wrapper),
        "the count hangs there under another name; the task says calls",
    ),
    (
        lambda answer, wrapper, function: hasattr(function, "calls"),
        "it was set on the original (function.calls), and the wrapper is what comes out",
    ),
    (
        lambda answer, wrapper, function: (
            {node.target.attr for node in nodes_in(answer, ast.AugAssign) if isinstance(node.target, ast.Attribute)}
            >= {"calls"}
            != {
                one.attr
                for node in nodes_in(answer, ast.Assign)
                for one in node.targets
                if isinstance(one, ast.Attribute)
            }
        ),
        "it grows (+= 1), but it was never set to 0, so there is nothing to begin with",
    ),
    (
        lambda answer, wrapper, function: "calls" in {node.attr for node in nodes_in(answer, ast.Attribute)},
        "it is set only inside the wrapper, when that runs, so before the first call it is not there",
    ),
    (
        lambda answer, wrapper, function: True,
        "a plain variable cannot be seen from outside; it was never set on the wrapper",
    ),
)


COUNTS: Causes = (
    (
        lambda got, when, *more: isinstance(got, list | tuple | dict | set),
        "calls is a collection of the calls; their number was asked for",
    ),
    (lambda got, when, *more: got is None, "calls is None there, and not a number: the count begins at 0"),
    (lambda got, when, *more: callable(got), "calls is a function here; the number itself was asked for"),
    (lambda got, when, *more: isinstance(got, str | float | bool), "calls is no whole number"),
    (lambda got, when, *more: "decoration" in when, "the count begins at 0, and decorating is not a call"),
    (
        lambda got, when, answer, wrapper, function: got == 0 and getattr(function, "calls", 0) > 0,
        "the count on the wrapper stays 0: you count on the original: function.calls",
    ),
    (
        lambda got, when, answer, wrapper, function: got == 0 and nodes_in(answer, ast.Nonlocal),
        "the count on the wrapper stays 0: a plain variable grows, and wrapper.calls got a copy of it at the beginning",
    ),
    (
        lambda got, when, answer, wrapper, function: got == 0 and calls_after_an_error(answer) == 1,
        "only calls that raise are counted: += 1 stands in the except part",
    ),
    (
        lambda got, when, answer, *more: got == 0 and _stands_under_return(answer),
        "the count stays 0: the line that adds one stands under the return, and is never reached",
    ),
    (lambda got, when, *more: got == 0, "the count stays 0: += 1 is missing in the wrapper, or counts something else"),
    (
        lambda got, when, *more: got == 1 and when == "after two calls",
        "the count is set back in each call: = 0 stands inside the wrapper, or =+ 1 for += 1",
    ),
    (lambda got, when, *more: got == 2 and when == "after one call", "each call is counted twice"),
    (
        lambda got, when, *more: got > 1,
        "the count grows by more than one in a call: it counts something else, such as the arguments",
    ),
    (lambda got, when, *more: got < 0, "the count goes down: += 1 was wanted"),
)
