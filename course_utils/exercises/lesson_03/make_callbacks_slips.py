"""Exercise 03.3: why something else than a list of callbacks was made, and why they record other names."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Causes
from course_utils.exercises.lesson_03.callables import Function

__all__ = ["MADE", "RECORDED"]


MADE: Causes = (
    (
        lambda got, heard: heard and isinstance(got, list) and any(callable(one) for one in got),
        "record was called at once, while the callbacks are made: nothing should be recorded before they are called",
    ),
    (lambda got, heard: heard, "record was called at once: parentheses behind it run it now"),
    (lambda got, heard: got is None, "make_callbacks returns None: its return is missing"),
    (
        lambda got, heard: hasattr(got, "__next__"),
        "a generator or map makes its callbacks only when it is asked, and only once: use square brackets",
    ),
    (
        lambda got, heard: callable(got) and _records_all(got, heard),
        "one callback for all names came out; a list with one for each name was asked for",
    ),
    (lambda got, heard: callable(got), "one function came out; a list with one callback for each name was asked for"),
    (
        lambda got, heard: isinstance(got, dict),
        "a dictionary came out; a list with one callback for each name was asked for",
    ),
    (lambda got, heard: isinstance(got, tuple), "round brackets make a tuple; a list, with square ones, was asked for"),
    (lambda got, heard: not isinstance(got, list), "a list with one callback for each name was asked for"),
    (
        lambda got, heard: any(isinstance(one, list | tuple) for one in got),
        "each callback stands in a list or tuple of its own: take these brackets away",
    ),
    (lambda got, heard: got == [], "the list stayed empty: nothing is appended to it"),
    (
        lambda got, heard: len(got) == 1 and _records_all(got[0], heard),
        "one callback for all names is in the list; each name should have one of its own",
    ),
    (
        lambda got, heard: len(got) == 1 and heard == ["conv1"],
        "only the callback of the last name is in the list: it is made anew, or append stands under the loop",
    ),
    (
        lambda got, heard: len(got) == 1,
        "only the first name has a callback: the return stands inside the loop",
    ),
    (lambda got, heard: len(got) == 2, "one name has no callback: the loop begins too late or ends too early"),
    (lambda got, heard: len(got) > 3, "there are more callbacks than names"),
    (
        lambda got, heard: all(isinstance(one, str) for one in got),
        "the list holds texts, not functions that can be called",
    ),
    (lambda got, heard: got == [None] * 3, "the list holds None, where functions should be: a factory without return"),
)


def _records_all(callback: Function, heard: list[object]) -> bool:
    """Return whether one call records more than one name."""
    callback()
    return len(heard) > 1


RECORDED: Causes = (
    (
        lambda heard, returned: heard == ["conv1"] * 3,
        "late binding: all three look into one cell, and it holds the last name",
    ),
    (lambda heard, returned: heard == ["conv2"] * 3, "all three record the first name: each should have its own"),
    (
        lambda heard, returned: not heard and any(callable(one) for one in returned),
        "the callbacks never call record: they return a function; the parentheses are missing, or are one too few",
    ),
    (
        lambda heard, returned: not heard and any(one is not None for one in returned),
        "the callbacks never call record: they return something instead",
    ),
    (
        lambda heard, returned: not heard,
        "the callbacks never call record: they do something else (print, or a list of your own)",
    ),
    (
        lambda heard, returned: heard == ["conv2", "fc", "conv1"],
        "the callbacks have no names of their own: they hand out the names in the order in which they are called "
        "(pop or next)",
    ),
    (
        lambda heard, returned: heard == ["conv2", "conv1", "fc"],
        "the list of callbacks is the wrong way round: the first one should record the first name",
    ),
    (
        lambda heard, returned: sorted(map(str, heard)) == ["conv1", "conv2", "fc"],
        "the callbacks stand in another order than the names: sorted, or put through a set",
    ),
    (
        lambda heard, returned: all(isinstance(one, list) for one in heard),
        "the whole list of names is recorded, not one name",
    ),
    (
        lambda heard, returned: () in heard,
        "record is called with nothing: the list holds record itself, without a name",
    ),
    (
        lambda heard, returned: any(isinstance(one, tuple) for one in heard),
        "record is called with several values: it wants one name",
    ),
    (
        lambda heard, returned: all(isinstance(one, int) for one in heard),
        "the places 0, 1, 2 are recorded, not the names",
    ),
    (
        lambda heard, returned: heard == ["conv1", "conv1", "conv2", "conv2", "fc", "fc"],
        "each callback calls record twice",
    ),
    (lambda heard, returned: len(heard) == 9, "each callback records all three names: a loop stands inside it"),
    (
        lambda heard, returned: all("conv1" in str(one) and "conv2" in str(one) for one in heard),
        "all names are recorded together, joined into one text, not one name",
    ),
    (
        lambda heard, returned: [str(one)[:1] for one in heard] == ["c", "c", "f"],
        "the name is changed on the way: record should get it as it is",
    ),
    (lambda heard, returned: any(callable(one) for one in heard), "a function is recorded in place of the name"),
    (lambda heard, returned: None in heard, "None is recorded in place of the name"),
)
