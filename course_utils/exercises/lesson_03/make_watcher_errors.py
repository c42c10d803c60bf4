"""Exercise 03.4: what errors mean while the hook is made, and when it is called."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Reason

__all__ = ["NO_NUMBER", "WATCHER_ERRORS"]


WATCHER_ERRORS: tuple[Reason, ...] = (
    (
        AttributeError,
        "'dict' object has no attribute 'append'",
        "append belongs to lists; seen is a dictionary",
        "write seen['value'] = value inside the hook",
    ),
    (
        AttributeError,
        "'dict' object has no attribute",
        "a dictionary is asked with square brackets, not with a dot",
        "write seen['value'] = value inside the hook",
    ),
    (
        TypeError,
        "missing 1 required positional argument",
        "the hook is called when it is returned: parentheses stand behind it",
        "return the hook itself, without parentheses",
    ),
    (
        TypeError,
        "'dict' object is not callable",
        "round brackets stand behind the dictionary",
        "write seen['value'] = value inside the hook",
    ),
    (
        TypeError,
        "object is not iterable",
        "update is called with the value alone; it wants to know the key, too",
        "write seen['value'] = value inside the hook, or seen.update(value=value)",
    ),
    (
        NameError,
        "'value'",
        "the value is used where it is not known: it is the argument of the hook",
        "define the hook with one argument, value, and store it inside",
    ),
    (
        UnboundLocalError,
        "",
        "a name is assigned inside the hook, so it is a new one there, and it has no value yet",
        "write into the dictionary with square brackets; assign to no name",
    ),
    (
        KeyError,
        "",
        "the hook reads a key that nobody has written yet (== only compares, = stores)",
        "write seen['value'] = value inside the hook",
    ),
)


NO_NUMBER: Reason = (
    TypeError,
    "",
    "the hook calculates with the value or compares it; any value may go through, also None",
    "store it as it is: seen['value'] = value",
)
