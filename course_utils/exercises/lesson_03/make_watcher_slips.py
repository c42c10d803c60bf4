"""Exercise 03.4: why a hook returns something, keeps something else than the value, or an older one."""

from __future__ import annotations

import ast

from course_utils.exercises.diagnosis.named_errors import Causes
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.lesson_03.callables import Function

__all__ = ["KEPT", "LATEST", "RETURNED", "VALUES"]


RETURNED: Causes = (
    (
        lambda got, answer: "setdefault" in names_in(answer),
        "setdefault returns what it stored, and a lambda returns its expression: it replaces the value",
    ),
    (
        lambda got, answer: isinstance(got, tuple | list),
        "a lambda returns its expression, here several things in brackets: they replace the value in the machine",
    ),
    (
        lambda got, answer: isinstance(got, dict),
        "the hook returns the dictionary, and that replaces the value in the machine",
    ),
    (
        lambda got, answer: isinstance(got, bool),
        "the hook returns True or False, and that replaces the value in the machine",
    ),
    (lambda got, answer: callable(got), "the hook returns a function, and that replaces the value in the machine"),
    (
        lambda got, answer: got == 2.75,
        "the hook returns the value that it got: a hook that only watches leaves the return out",
    ),
    (
        lambda got, answer: got == 3,
        "the hook returns the rounded value, and that replaces the value in the machine",
    ),
    (
        lambda got, answer: True,
        "the hook returns another value, and whatever a hook returns replaces it in the machine",
    ),
)


def _assigns_seen(answer: Function) -> bool:
    """Return whether the learner's code gives the name seen to something new."""
    names = [one for node in nodes_in(answer, ast.Assign) for one in node.targets if isinstance(one, ast.Name)]
    return "seen" in {one.id for one in names}


KEPT: Causes = (
    (
        lambda seen, answer, kept: not seen and nodes_in(answer, ast.Yield),
        "the dictionary stayed empty: yield makes the hook a generator, and nothing in it runs when it is called",
    ),
    (
        lambda seen, answer, kept: not seen and {"copy", "deepcopy", "dict"} & names_in(answer),
        "the dictionary that was handed in stayed empty: the hook writes into a copy of it",
    ),
    (
        lambda seen, answer, kept: not seen and _assigns_seen(answer),
        "the dictionary that was handed in stayed empty: you made a new one (seen = {...})",
    ),
    (
        lambda seen, answer, kept: not seen and {"print"} & names_in(answer),
        "the dictionary that was handed in stayed empty: print only shows the value",
    ),
    (
        lambda seen, answer, kept: not seen and {"get"} & names_in(answer),
        "the dictionary that was handed in stayed empty: get only reads",
    ),
    (
        lambda seen, answer, kept: not seen and not {"seen"} & names_in(answer),
        "the dictionary that was handed in stayed empty: the hook does not use seen at all",
    ),
    (lambda seen, answer, kept: not seen, "the dictionary that was handed in stayed empty: nothing is written into it"),
    (lambda seen, answer, kept: 2.75 in seen, "the value became the key; the key is the text 'value', in quotes"),
    (
        lambda seen, answer, kept: "value" not in seen and len(seen) == 1,
        "the value stands under another key; the task says seen['value']",
    ),
    (lambda seen, answer, kept: len(seen) > 1, "more is stored than the value: only the key 'value' was asked for"),
    (lambda seen, answer, kept: kept is None, "the hook stores None, not the value: or it was stored before any call"),
    (
        lambda seen, answer, kept: isinstance(kept, list | tuple),
        "a list of values is kept; only the latest value itself was asked for",
    ),
    (lambda seen, answer, kept: isinstance(kept, str), "the value was turned into a text: keep it as it is"),
    (lambda seen, answer, kept: kept in (2, 3), "the value was rounded: keep it as it is"),
    (lambda seen, answer, kept: callable(kept), "a function is kept, not the value"),
    (lambda seen, answer, kept: kept == 0, "what is kept was stored before the call: the hook itself stores nothing"),
    (lambda seen, answer, kept: True, "the value is changed before it is kept: keep it as it is"),
)


VALUES = (2.75, 1, 5, 0, 1.5)


LATEST: Causes = (
    (
        lambda kept: kept == [2.75] * len(VALUES),
        "the first value stays for ever: setdefault stores only the first one (or an if lets only the first through)",
    ),
    (lambda kept: kept == [2.75, 2.75, 5, 5, 5], "the largest value is kept, not the latest"),
    (lambda kept: kept == [2.75, 1, 1, 0, 0], "the smallest value is kept, not the latest"),
    (lambda kept: kept[1:] == [2.75, 1, 5, 0], "the value before the latest is kept"),
    (lambda kept: kept[:2] == [2.75, 3.75], "the values are added up"),
    (lambda kept: kept == [2.75, 1, 5, 5, 1.5], "an if leaves out values that count as false, like 0 and None"),
    (lambda kept: kept == list(VALUES), "an if leaves out None; it is a value too"),
    (lambda kept: kept[0] == 2.75 and kept[1] == kept[2] == kept[3], "from the second call on nothing new is stored"),
)
