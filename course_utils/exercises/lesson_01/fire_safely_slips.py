"""Exercise 01.3: why a walk along the listeners skips, repeats or reorders them, or changes their list."""

from __future__ import annotations

import ast

from course_utils.exercises.diagnosis.named_errors import Causes, Reason
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in

__all__ = ["ORDERS", "SHORTER", "WALKS", "WALK_ERRORS"]


WALK_ERRORS: tuple[Reason, ...] = (
    (
        IndexError,
        "",
        "places are counted, and the list got shorter: one listener took itself off, so the last place is gone",
        "walk along a copy: for listener in list(listeners)",
    ),
    (
        ValueError,
        "remove(x)",
        "your function takes listeners off the list itself: the one that wants to go is gone already",
        "walk along a copy and leave the list alone",
    ),
)


WALKS: Causes = (
    (
        lambda order, values, answer: (
            not order and (nodes_in(answer, ast.GeneratorExp) or names_in(answer) & {"map", "filter"})
        ),
        "nobody was called: map() and (... for ...) only promise the work; nothing runs yet",
    ),
    (
        lambda order, values, answer: not order and nodes_in(answer, ast.Lambda),
        "nobody was called: the calls stand in lambdas, and nobody calls those",
    ),
    (lambda order, values, answer: not order, "nobody was called: the parentheses behind the listener are missing"),
    (
        lambda order, values, answer: order == "c",
        "your function ends after the first listener: a return stands inside the loop",
    ),
    (
        lambda order, values, answer: "set" in names_in(answer),
        "a set keeps no order, and holds a listener that is on the list twice only once",
    ),
    (lambda order, values, answer: order == "bac", "walking backwards skips nobody, but it calls in the wrong order"),
    (lambda order, values, answer: order == "ab", "the first listener is left out: the walk begins at place 1"),
    (lambda order, values, answer: order == "ca", "the last listener is left out: the walk ends one too early"),
    (
        lambda order, values, answer: order == "cb",
        "a listener is skipped: the list gets shorter while you walk along it",
    ),
    (
        lambda order, values, answer: order == "b",
        "only the last listener is called: the call stands under the loop, not inside it",
    ),
    (
        lambda order, values, answer: order in ("ccaabb", "cabcab"),
        "every listener is called twice: once is enough, along the copy",
    ),
    (
        lambda order, values, answer: order != "cab" and sorted(order) == ["a", "b", "c"],
        "the order is lost: by sorting, or by a set, which also keeps equal listeners only once",
    ),
    (
        lambda order, values, answer: any(callable(one) for one in values),
        "the listener was passed to itself: hand on the value",
    ),
    (
        lambda order, values, answer: any(isinstance(one, list) for one in values),
        "a list was passed on instead of the value",
    ),
    (
        lambda order, values, answer: order == "cab",
        "what was passed on is not the value that your function was given",
    ),
)


SHORTER: Causes = (
    (lambda sizes, left: left == 3, "it turns or sorts it; make a new one instead"),
    (lambda sizes, left: sizes == [0, 0, 0], "it clears it before the first call"),
    (lambda sizes, left: sizes == [3, 3, 3], "it clears it when all are called, and next time nobody hears anything"),
    (
        lambda sizes, left: True,
        "it takes each listener off as it goes, and at the next event the list is empty already",
    ),
)


ORDERS: Causes = (
    (
        lambda order, late: late and "inviter" in order,
        "a listener that was added meanwhile was called already: your loop looks at the list itself while it goes on",
    ),
    (
        lambda order, late: order == ["leaver"],
        "your loop ends as soon as one has left: a break or return waits for that",
    ),
    (
        lambda order, late: "inviter" not in order,
        "one left, the next moved up into its place, and the loop went on behind it: it was skipped",
    ),
    (lambda order, late: len(set(order)) < len(order), "somebody was called twice when the list changed"),
    (lambda order, late: "last" not in order, "the last one was not called any more after another one had left"),
    (lambda order, late: order != ["leaver", "inviter", "last"], "the order changed when a listener left"),
)
