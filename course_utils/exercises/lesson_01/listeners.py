"""What the judges of lesson 01 share: ears that note what they hear, and the errors of calling them."""

from __future__ import annotations

import ast
from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import Reason
from course_utils.exercises.diagnosis.syntax import nodes_in
from course_utils.exercises.exercise import Wrong

__all__ = ["CALL_ERRORS", "ENOUGH_CALLS", "Ear", "Function", "returns_in_finally"]


Function = Callable[..., object]


ENOUGH_CALLS = 50  # a loop that calls a listener of a judge more often never ends


class Ear:
    """A listener that keeps what it hears and answers from a table."""

    def __init__(self, answers: dict[object, object] | None = None) -> None:
        self.heard: list[object] = []
        self.answers = answers or {}

    def __call__(self, value: object) -> object:
        self.heard.append(value)
        if len(self.heard) > ENOUGH_CALLS:
            raise Wrong(
                got=f"one listener was called more than {ENOUGH_CALLS} times",
                wanted="a loop that ends",
                cause="your loop never ends: nothing in it makes its condition false, or the list grows as fast as it "
                "is walked",
                next_step="use for, which ends by itself, along a copy or along range(...)",
            )
        return self.answers.get(value) if isinstance(value, int) else None


CALL_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "missing 1 required positional argument: 'value'",
        "the function that was handed in is called with nothing between its parentheses",
        "hand the value on: put it between the parentheses of the call",
    ),
    (
        TypeError,
        "Ear.__call__() takes 2",
        "the function that was handed in is called with more than one value",
        "hand on the one value that the task names, and nothing else",
    ),
    (
        TypeError,
        "takes 1 positional argument but",
        "the function that was handed in is called with more than one value",
        "hand on the one value that the task names, and nothing else",
    ),
    (
        AttributeError,
        "'function' object has no attribute",
        "a function is asked for something that it does not have; it is called with parentheses, and that is all",
        "write listener(value)",
    ),
    (
        AttributeError,
        "'Ear' object has no attribute",
        "a function is asked for something that it does not have; it is called with parentheses, and that is all",
        "write its name, and the value between parentheses",
    ),
    (
        TypeError,
        "'Ear' object is not iterable",
        "your loop walks along a function instead of a list: two names are mixed up",
        "look which parameter holds the list",
    ),
    (
        TypeError,
        "'Ear' object is not subscriptable",
        "square brackets stand behind a function: it is called with round ones",
        "write the value between round brackets",
    ),
    (
        AttributeError,
        "'NoneType' object has no attribute 'append'",
        "append returns None, and this None was put in place of the list (results = results.append(...))",
        "write results.append(...) alone on its line",
    ),
    (
        TypeError,
        "'int' object is not iterable",
        "a number stands where a list is needed: for cannot walk along it, and nothing can be taken out of it",
        "walk along the list itself, or along range(...)",
    ),
    (
        TypeError,
        "'list' object is not callable",
        "the list itself is called like a function",
        "put the parentheses behind one function of the list, or behind the callback",
    ),
    (
        TypeError,
        "'list' object cannot be interpreted as an integer",
        "range(...) wants a number and got a list",
        "walk along the list itself",
    ),
)


def returns_in_finally(answer: object) -> bool:
    """Return whether a return stands in a finally part of a learner's code: it swallows the error on its way out."""
    parts = [part for node in nodes_in(answer, ast.Try) for part in node.finalbody]
    return any(nodes_in(part, ast.Return) or isinstance(part, ast.Return) for part in parts)
