"""Exercise 01.2: why the rounds go wrong while nobody says STOP."""

from __future__ import annotations

import ast
from contextlib import suppress

from course_utils.exercises.diagnosis.named_errors import Causes, Reason
from course_utils.exercises.diagnosis.syntax import nodes_in
from course_utils.exercises.lesson_01.listeners import Ear, Function

__all__ = ["ROUNDS", "ROUND_ERRORS"]


ROUND_ERRORS: tuple[Reason, ...] = (
    (
        UnboundLocalError,
        "'STOP'",
        "STOP is assigned inside your function, so there it is a new name without a value",
        "use the STOP of course_utils.callbacks, and assign nothing to it",
    ),
    (
        UnboundLocalError,
        "",
        "a name has no value yet when the loop has not run (steps = 0, or no listeners): it gets one only inside",
        "return steps after the loop, or give the name its value above the loop",
    ),
    (
        TypeError,
        "'_Answer' object is not callable",
        "STOP is a value, not a function: parentheses stand behind it",
        "write STOP without parentheses",
    ),
    (
        TypeError,
        "'builtin_function_or_method' object is not iterable",
        "range stands there without parentheses",
        "write range(steps)",
    ),
)


TWICE_ABAB = [f"{name}{step}" for step in range(3) for name in "abab"]


TWICE_AABB = [f"{name}{step}" for step in range(3) for name in "aabb"]


def _none_ends_it(answer: Function) -> bool:
    """Return whether the run goes on when all answers are 7: then None was taken for a STOP."""
    ear = Ear(dict.fromkeys(range(3), 7))
    with suppress(Exception):
        answer(3, [ear])
    return len(ear.heard) == 3


ROUNDS: Causes = (
    (
        lambda log, heard, answer: not log and nodes_in(answer, ast.GeneratorExp),
        "no listener was called: (... for ...) only promises the work, and nobody asks it to run",
    ),
    (lambda log, heard, answer: not log, "no listener was called: write listener(step)"),
    (
        lambda log, heard, answer: log[:3] == ["a0", "a1", "a2"],
        "the loops are the wrong way round: the rounds are the outer loop",
    ),
    (lambda log, heard, answer: log == ["a1", "b1", "a2", "b2", "a3", "b3"], "the first round is number 0, not 1"),
    (
        lambda log, heard, answer: log == ["a1", "b1", "a2", "b2"],
        "the first round is number 0, not 1: range(1, steps) leaves it out",
    ),
    (lambda log, heard, answer: log[6:] == ["a3", "b3"], "one round too many: the last one is number steps - 1"),
    (
        lambda log, heard, answer: log == ["a0", "b0", "a1", "b1"],
        "one round too few: range(steps) ends before steps by itself",
    ),
    (
        lambda log, heard, answer: (
            log == ["a0", "b0"]
            and any(isinstance(node.ops[0], ast.NotIn | ast.IsNot) for node in nodes_in(answer, ast.Compare))
        ),
        "the test is the wrong way round (not in, is not): it ends when nobody says STOP",
    ),
    (
        lambda log, heard, answer: log == ["a0", "b0"] and _none_ends_it(answer),
        "None counts as a STOP in your test: None means that a listener wants nothing",
    ),
    (
        lambda log, heard, answer: log == ["a0", "b0"],
        "your function ends in the first round, without any STOP: a return or break there does not wait for one",
    ),
    (
        lambda log, heard, answer: log == ["a0"],
        "your function ends after the first listener, without any STOP: a return stands inside the inner loop",
    ),
    (
        lambda log, heard, answer: log in (TWICE_ABAB, TWICE_AABB),
        "every listener is called twice in a round: keep the answer of the one call, and look at that",
    ),
    (lambda log, heard, answer: log[:2] == ["b0", "a0"], "the listeners are called from behind"),
    (lambda log, heard, answer: log[:2] == ["a2", "b2"], "the rounds count down, not up"),
    (lambda log, heard, answer: heard == {"3"}, "you passed steps, not the number of the round"),
    (lambda log, heard, answer: heard == {"0"}, "every round is number 0: the number of the round never grows"),
    (
        lambda log, heard, answer: heard == {""},
        "the listeners are called with nothing: they want the number of the round",
    ),
    (lambda log, heard, answer: "," in "".join(heard), "the listeners are called with several values: they want one"),
    (lambda log, heard, answer: all(call[0] == "a" for call in log), "only the first listener is called"),
    (
        lambda log, heard, answer: all(call[0] == "b" for call in log),
        "only the last listener is called: the call stands under the inner loop",
    ),
)
