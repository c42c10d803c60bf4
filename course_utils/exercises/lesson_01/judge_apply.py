"""The judge of exercise 01.1: each number reaches the callback once and in order; its results come back as a list."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Causes, check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_01.apply_slips import CALLS, RESULTS, TOO_FAR
from course_utils.exercises.lesson_01.listeners import CALL_ERRORS, Ear, Function
from course_utils.exercises.shown import shown

__all__ = ["judge_apply"]


def judge_apply(answer: Function) -> None:
    """Every number reaches the callback once and in order; the results come back as a list."""
    demand_function_of(answer, "apply_to_all(numbers, callback)")
    numbers, ear = [3, -1, 4], Ear({3: 30, -1: -10, 4: 40})
    with errors_named("the callback called with 3, with -1 and with 4", *CALL_ERRORS, TOO_FAR):
        got = answer(numbers, ear)
    _check_apply_calls(got, ear.heard)
    if not isinstance(got, list) or got != [30, -10, 40]:
        raise Wrong(
            got=got,
            wanted="[30, -10, 40], what the callback returned for 3, -1 and 4",
            cause=first_cause(RESULTS, got, [str(one) for one in got] if isinstance(got, list) else [])
            or f"a {type(got).__name__} is not a list of results",
            next_step="collect callback(number) for each number in a list, and return the list after the loop",
        )
    if numbers != [3, -1, 4]:
        raise Wrong(
            got=f"the list of numbers was changed to {numbers}",
            wanted="the caller's list as it was",
            cause="your function takes the numbers off the list that it was given (pop, remove or clear)"
            if len(numbers) < 3
            else "your function writes into the list that it was given",
            next_step="walk along numbers with for, and begin with a new empty list: results = []",
        )
    _check_apply_edges(answer)
    _check_equal_numbers(answer)
    check_passes_errors(lambda fail: answer([3], fail), "the callback")


def _check_apply_calls(got: object, heard: list[object]) -> None:
    lazy = hasattr(got, "__next__")
    if heard == [3, -1, 4] and not lazy:
        return
    wanted, step = "the callback called with 3, then with -1, then with 4", "write callback(number), once in each turn"
    if lazy:
        wanted, step = "a list", "put list(...) around it"
    raise Wrong(
        got=f"a {type(got).__name__}, not a list" if lazy else f"calls with {shown(heard)}",
        wanted=wanted,
        cause=first_cause(CALLS, got, heard)
        or f"the callback was called {len(heard)} times, and not with the numbers as they are",
        next_step=step,
    )


def _check_apply_edges(answer: Function) -> None:
    for numbers, answers, wanted, causes in APPLY_EDGES:
        nothing = "with an empty list your function fails: it takes a first or last number that is not there"
        errors = ((Exception, "", nothing, "walk along numbers with for"),) if not numbers else ()
        with errors_named(f"{wanted} for numbers {numbers}", *errors):
            got = answer(list(numbers), Ear(answers))
        if got != wanted:
            raise Wrong(
                got=f"{shown(got)} for numbers {numbers}",
                wanted=f"{wanted}, because the callback returned that",
                cause=first_cause(causes, got) or "what comes out is not what the callback returned for these numbers",
                next_step="begin with results = [] in the function, append every result, and return under the loop",
            )


def _check_equal_numbers(answer: Function) -> None:
    """A callback may answer differently each time, to the same number too."""
    heard: list[int] = []
    got = answer([7, 7, 7], lambda number: heard.append(number) or len(heard))
    if got != [1, 2, 3]:
        raise Wrong(
            got=f"{shown(got)} for numbers [7, 7, 7], and {len(heard)} calls",
            wanted="[1, 2, 3] from a callback that returns how often it was called",
            cause="equal numbers count each: a set, a dictionary or a test with `in` asks or keeps only one of them",
            next_step="call the callback once in each turn, and append what this call returned",
        )


APPLY_EDGES: tuple[tuple[list[int], dict[object, object], list[object], Causes], ...] = (
    (
        [],
        {},
        [],
        (
            (lambda got: got is None, "for an empty list None comes out: the return stands inside the loop or an if"),
            (
                lambda got: got,
                "results of an earlier call came back: the list is made outside the function, or as a default value, "
                "and lives on",
            ),
        ),
    ),
    (
        [1, 2],
        {1: 0},
        [0, None],
        (
            (lambda got: got == [], "a result of 0 or None is a result too: an if leaves both out"),
            (lambda got: got == [0], "a result of 0 or None is a result too: an if leaves the None out"),
            (lambda got: got == [None], "a result of 0 or None is a result too: an if leaves the 0 out"),
            (lambda got: True, "a result of 0 or None is a result too: something else was put in its place"),
        ),
    ),
    (
        [5, 6, 7, 8, 9],
        {5: 1, 6: 2, 7: 3, 8: 4, 9: 5},
        [1, 2, 3, 4, 5],
        ((lambda got: True, "your function is made for three numbers; a list may have any length"),),
    ),
)
