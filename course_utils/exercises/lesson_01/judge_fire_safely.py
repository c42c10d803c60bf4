"""The judge of exercise 01.3: lists that nobody changes, and lists whose listeners leave or invite others."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_01.fire_safely_slips import ORDERS, SHORTER, WALK_ERRORS, WALKS
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
