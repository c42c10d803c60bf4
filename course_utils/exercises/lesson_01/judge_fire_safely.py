"""The judge of exercise 01.3: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import ast

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_01.listeners import CALL_ERRORS, Ear, Function
from course_utils.exercises.shown import shown

__all__ = ["judge_fire_safely"]


def judge_fire_safely(answer: Function) -> None:
    """The list may change while it is walked; everybody who was on it hears the value once."""
    demand_function_of(answer, "fire_safely(listeners, value)")
    with errors_named("every listener on the list called with the value", *CALL_ERRORS, *WALK_ERRORS):
        _check_plain_walk(answer)
        _check_equals(answer)
        _check_changing_list(answer)
        _check_taken_off_later(answer)
    check_passes_errors(lambda fail: answer([fail], 8), "a listener")


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


def _check_plain_walk(answer: Function) -> None:
    """Nobody changes the list: three listeners, each called once, in order, and the list stays as it is."""
    calls: list[tuple[str, object]] = []
    sizes: list[int] = []

    def ear(name: str) -> Function:
        def listen(value: object) -> None:
            calls.append((name, value))
            sizes.append(len(listeners))

        return listen

    listeners = [ear(name) for name in "cab"]
    before = list(listeners)
    answer(listeners, 8)
    order, values = "".join(name for name, _ in calls), [value for _, value in calls]
    if order != "cab" or any(value != 8 for value in values):
        raise Wrong(
            got=f"called: {', '.join(order) or 'nobody'}" + f"; they heard {shown(values)}" * (order == "cab"),
            wanted="the listeners c, a, b called in this order with the value 8",
            cause=first_cause(WALKS, order, values, answer) or "each of the three should be called exactly once",
            next_step="walk along a copy, and write listener(value) in the loop",
        )
    if listeners != before:
        raise _list_was_changed(sizes, len(listeners))


def _list_was_changed(sizes: list[int], left: int) -> Wrong:
    """Return what to raise if the function itself changed the list; ``sizes``: how long it was at each call."""
    return Wrong(
        got=f"{left} of 3 listeners left on the list" if left < 3 else "a list in another order",
        wanted="the list as it was: none of the three listeners changed it",
        cause=f"your function itself changes the list: {first_cause(SHORTER, sizes, left)}",
        next_step="walk along a copy and leave the list alone",
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


def _check_equals(answer: Function) -> None:
    twice = Ear()
    answer([twice, twice], 3)
    if len(twice.heard) != 2:
        raise Wrong(
            got=f"a listener that is on the list twice heard the value: {len(twice.heard)} of 2 times",
            wanted="2 calls",
            cause="equal things are kept only once: by a set, a dictionary, or a test with `in`"
            if len(twice.heard) == 1
            else "each place of the list should be called once",
            next_step="make the copy with list(listeners)",
        )


def _check_changing_list(answer: Function) -> None:
    """One listener leaves, one invites a late guest."""
    late, order = Ear(), []
    listeners: list[Function] = []

    def leaver(value: object) -> None:
        order.append("leaver")
        listeners.remove(leaver)

    def inviter(value: object) -> None:
        order.append("inviter")
        if len(listeners) < 6:
            listeners.append(late)

    def last(value: object) -> None:
        order.append("last")

    listeners += [leaver, inviter, last]
    answer(listeners, 8)
    _check_order(order, late)
    if listeners != [inviter, last, late]:
        raise Wrong(
            got=f"on the list afterwards: {', '.join(getattr(one, '__name__', 'late guest') for one in listeners)}",
            wanted="inviter, last, late guest: the list with the changes that the listeners made, and no others",
            cause="your function itself changes the list: what the listeners did to it is undone, or somebody is lost",
            next_step="walk along a copy, and write nothing back into the list",
        )


def _check_taken_off_later(answer: Function) -> None:
    """A listener that an earlier one takes off was on the list at the beginning, so it hears the value."""
    last = Ear()
    listeners: list[Function] = [lambda value: listeners.remove(last), last]
    answer(listeners, 8)
    if last.heard != [8]:
        raise Wrong(
            got="a listener that another one took off was not called any more",
            wanted="one last call: it was on the list at the beginning",
            cause="you look again whether a listener is still on the list",
            next_step="walk along the copy and call everybody on it",
        )


def _check_order(order: list[str], late: Ear) -> None:
    cause = first_cause(ORDERS, order, late.heard)
    if cause:
        came = ", ".join(order + ["late guest"] * len(late.heard))
        wanted = "leaver, inviter, last; the late guest waits for the next time"
        step = "walk along a copy: for listener in list(listeners)"
        raise Wrong(got=f"called: {came or 'nobody'}", wanted=wanted, cause=cause, next_step=step)


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
