"""Exercise 03.5: what errors mean while a counter is made, and when it is called."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Reason

__all__ = ["COUNTER_ERRORS"]


COUNTER_ERRORS: tuple[Reason, ...] = (
    (
        UnboundLocalError,
        "",
        "nonlocal is missing: a name that is assigned in the inner function belongs to that function, and it has no "
        "value there yet",
        "write nonlocal count as the first line of the inner function",
    ),
    (
        IndexError,
        "",
        "the numbers stand ready in a list, and it has come to its end: a counter has none",
        "keep one number and add one to it in each call",
    ),
    (
        StopIteration,
        "",
        "the numbers stand ready in something that has come to its end: a counter has none",
        "keep one number and add one to it in each call",
    ),
    (
        TypeError,
        "missing 1 required positional argument",
        "the inner function is called when it is returned, or it wants an argument",
        "return counter itself, without parentheses; it takes no arguments",
    ),
    (
        NameError,
        "",
        "a name is used that exists nowhere: count = 0 belongs into make_counter, above the inner function",
        "set count = 0 in make_counter",
    ),
    (
        TypeError,
        "'int' object is not subscriptable",
        "the count is a number here, without places",
        "write nonlocal count and count += 1",
    ),
    (
        AttributeError,
        "has no attribute",
        "an attribute grows that was never set: there is no 0 to begin with",
        "set count = 0 in make_counter, and use nonlocal count",
    ),
)
