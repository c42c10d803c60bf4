"""Exercise 03.3: what errors mean while the callbacks are made, and when they are called."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Reason

__all__ = ["MAKING_ERRORS", "RECORDING_ERRORS"]


MAKING_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "the first argument must be callable",
        "record is called at once, by the parentheses behind it, and partial gets the None that it returned",
        "write partial(record, name): the function and its argument, with a comma between them",
    ),
    (
        TypeError,
        "missing 1 required positional argument",
        "a function is called while the list is made: parentheses stand behind it",
        "put the function itself into the list",
    ),
    (
        TypeError,
        "list indices must be integers",
        "a name is used as a place: for name in names gives the names themselves",
        "write name in place of names[name]",
    ),
    (
        AttributeError,
        "'NoneType' object has no attribute 'append'",
        "append returns None, and this None was put in place of the list",
        "write callbacks.append(...) alone on its line",
    ),
)


RECORDING_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "unexpected keyword argument",
        "record is called with its argument by name (name=name), and nobody knows what record calls it",
        "write partial(record, name), by position",
    ),
    (
        StopIteration,
        "",
        "the callbacks share one iterator, and it has come to its end",
        "give each callback a name of its own when it is made",
    ),
    (
        NameError,
        "",
        "the callback looks for a name that is not there when it is called",
        "take the value when the callback is made: lambda name=name: ...",
    ),
)
