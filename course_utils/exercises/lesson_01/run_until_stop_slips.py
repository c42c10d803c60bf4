"""Exercise 01.2: why a STOP ends a run too early, too late or not at all, and what else was taken for one."""

from __future__ import annotations

import ast
from contextlib import suppress

from course_utils.callbacks import STOP
from course_utils.exercises.diagnosis.named_errors import Causes, first_cause
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.lesson_01.listeners import Ear, Function

__all__ = ["FOUR", "OTHER_STOPS", "why_not_stopped"]


def why_not_stopped(answer: Function, heard: list[object], last: list[object]) -> str:
    """Return why the listener that says STOP at 3, and the one after it, heard too little or too much."""
    if len(last) > len(heard):
        return "the listener that said STOP is left out, and for the others the rounds go on: it should end for all"
    if heard != last and len(heard) > 4:
        return "the break leaves only the inner loop: those after it miss round 3, and then the rounds go on"
    if heard != last:
        return (
            "you stop as soon as the answer comes, so that the listeners after it miss the round (any(...) with a "
            "generator does this too)"
        )
    if len(heard) < 4:
        return "the run ended before anybody had answered STOP"
    why = first_cause(NOT_HEEDED, answer, heard)
    return f"the STOP was not heeded: {why or 'the break leaves only the inner loop, or nothing ends the outer one'}"


def _ends(answer: Function, *ears: Ear) -> bool:
    """Return whether a run of four rounds ends earlier with these listeners."""
    with suppress(Exception):
        answer(4, list(ears))
    return 0 < len(ears[0].heard) < 4


def _compares_whole_list(answer: Function) -> bool:
    """Return whether STOP is compared, with == or is, with a list or with a name for one."""
    lists = ast.List | ast.ListComp
    names = {
        target.id
        for node in nodes_in(answer, ast.Assign)
        if isinstance(node.value, lists)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return any(
        isinstance(side, lists) or (isinstance(side, ast.Name) and side.id in names)
        for node in nodes_in(answer, ast.Compare)
        if isinstance(node.ops[0], ast.Eq | ast.Is)
        for side in (node.left, *node.comparators)
    )


NOT_HEEDED: Causes = (
    (lambda answer, heard: len(heard) == 5, "it is noticed one round too late; ask in the round in which it comes"),
    (
        lambda answer, heard: "STOP" in answer.__code__.co_varnames or answer.__globals__.get("STOP", STOP) is not STOP,
        "you made a STOP of your own, and nobody answers with that one",
    ),
    (lambda answer, heard: _ends(answer, Ear(), Ear({1: STOP})), "only the last listener's answer is looked at"),
    (lambda answer, heard: _ends(answer, Ear({1: STOP}), Ear()), "only the first listener's answer is looked at"),
    (
        lambda answer, heard: _ends(answer, Ear({1: STOP}), Ear({1: STOP})),
        "your test waits for a STOP from all of them, and one is enough",
    ),
    (
        lambda answer, heard: _ends(answer, Ear({1: "STOP"})),
        "your test compares with the text 'STOP', in quotes; STOP is a name, without quotes",
    ),
    (lambda answer, heard: _ends(answer, Ear({1: True})), "your test compares with True; STOP is a value of its own"),
    (
        lambda answer, heard: nodes_in(answer, ast.AST) and "STOP" not in names_in(answer),
        "the answers of the listeners are thrown away or compared with something else: your code never says STOP",
    ),
    (
        lambda answer, heard: _compares_whole_list(answer),
        "the whole list of answers is compared with STOP, and a list is no STOP; ask whether STOP is in it",
    ),
    (
        lambda answer, heard: nodes_in(answer, ast.Break),
        "the break leaves only the inner loop, and the rounds go on",
    ),
    (
        lambda answer, heard: nodes_in(answer, ast.Continue),
        "continue goes on with the next turn; break or return ends",
    ),
)


FOUR: Causes = (
    (lambda got: got is None, "when somebody says STOP, your function returns None: that return is missing"),
    (lambda got: got is STOP, "you returned the STOP itself; the number of rounds was asked for"),
    (
        lambda got: isinstance(got, list | tuple | dict),
        "you returned what was collected, not how many rounds there were: the number of rounds was asked for",
    ),
    (lambda got: isinstance(got, str), "it is a text; the number of rounds was asked for, as a number"),
    (lambda got: isinstance(got, bool), "True and False do not count: the number of rounds was asked for"),
    (lambda got: isinstance(got, float), "it is a number with a fraction; rounds are whole"),
    (
        lambda got: got == 3,
        "you returned the number of the last round, which is one too few (or did not count the round with the STOP)",
    ),
    (lambda got: got == 5, "one too many: the round with the STOP was counted twice"),
    (lambda got: got == 6, "you returned steps, but the run ended earlier"),
    (lambda got: got == 2, "you returned how many rounds were left over, not how many were run"),
    (lambda got: got == 12, "you counted the calls of the three listeners, not the rounds"),
    (lambda got: got == 0, "the count never grows: rounds = rounds + 1 is missing in the loop"),
    (lambda got: got == 1, "the count begins anew in each round: its start stands inside the loop"),
)


OTHER_STOPS: Causes = (
    (lambda ended: len(ended) == 6, "your test takes every answer but None for a STOP"),
    (lambda ended: ended == ["'STOP'"], "your test compares texts, so the text 'STOP' stops it too"),
    (lambda ended: {"True", "'STOP'", "0.5"} <= set(ended), "your test takes every true value for a STOP"),
    (lambda ended: set(ended) <= {"True", "1"}, "your test takes True for a STOP"),
)
