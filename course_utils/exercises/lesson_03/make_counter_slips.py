"""Exercise 03.5: why a counter says other numbers, always the same one, or those of another counter."""

from __future__ import annotations

import ast
import inspect

from course_utils.exercises.diagnosis.named_errors import Causes
from course_utils.exercises.diagnosis.syntax import nodes_in
from course_utils.exercises.lesson_03.callables import Function

__all__ = ["CONSTANT", "COUNTED", "TWO_COUNTERS"]


COUNTED: Causes = (
    (lambda got: got == [0, 1, 2], "it counts from 0: add one before you return"),
    (lambda got: got == [2, 3, 4], "it begins at 2: start with count = 0"),
    (lambda got: got == [None] * 3, "the counter returns None: its return is missing (print only shows)"),
    (
        lambda got: all(inspect.isgenerator(one) for one in got),
        "each call returns a generator: the yield belongs to the inner function; use return",
    ),
    (lambda got: all(callable(one) for one in got), "each call returns a function: there is one storey too many"),
    (
        lambda got: all(isinstance(one, list) for one in got),
        "each call returns the whole list; one number of it was asked for",
    ),
    (
        lambda got: all(isinstance(one, dict) for one in got),
        "each call returns the dictionary; the number in it was asked for",
    ),
    (
        lambda got: all(isinstance(one, tuple) for one in got),
        "each call returns a tuple: a comma makes one; the number alone was asked for",
    ),
    (lambda got: all(isinstance(one, str) for one in got), "each call returns a text; a number was asked for"),
    (lambda got: all(isinstance(one, bool) for one in got), "each call returns True or False; a number was asked for"),
    (lambda got: got[0] is None, "the first call returns None: on one way through the function the return is missing"),
    (lambda got: None in got, "one of the calls returns None: on one way through the function the return is missing"),
    (lambda got: got == [1, 2, 4], "the number is doubled in each call; one should be added"),
    (lambda got: got == [1, 2, 3], "the numbers have a fraction (1.0): begin with the whole number 0"),
    (lambda got: got == [-1, -2, -3], "it counts down: += 1 was wanted"),
    (lambda got: got == [3, 2, 1], "it counts down, from 3"),
    (lambda got: got == [1, 3, 6], "the counts are added up; the count itself was asked for"),
    (lambda got: got == [1, 1, 2], "the sum of the two numbers before is returned; one more than before was asked for"),
    (
        lambda got: got[1] - got[0] == got[2] - got[1] not in (0, 1),
        "the steps have another size than 1: one call adds more than once, or the wrong number",
    ),
    (lambda got: got[1] - got[0] == got[2] - got[1] == 1, "the steps are right, but the first call should return 1"),
)


def _inner_functions(answer: Function) -> list[ast.FunctionDef]:
    return nodes_in(answer, ast.FunctionDef, ast.FunctionDef)


CONSTANT: Causes = (
    (lambda got, answer: len(set(got)) > 1, ""),
    (
        lambda got, answer: any(
            isinstance(node.value, ast.UnaryOp) and isinstance(node.value.op, ast.UAdd)
            for node in nodes_in(answer, ast.Assign)
        ),
        "=+ 1 sets the count to plus one in each call; += 1 adds",
    ),
    (
        lambda got, answer: any(inner.args.defaults for inner in _inner_functions(answer)),
        "the count begins anew in each call: a default value of the inner function is taken again every time",
    ),
    (
        lambda got, answer: any(
            isinstance(line, ast.Return) and inner.body[place + 1 :]
            for inner in _inner_functions(answer)
            for place, line in enumerate(inner.body)
        ),
        "the count does not grow: the line that adds one stands under the return, and is never reached",
    ),
    (
        lambda got, answer: any(
            isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
            for inner in _inner_functions(answer)
            for line in inner.body
        ),
        "the count begins anew in each call: it is set inside the inner function",
    ),
    (
        lambda got, answer: answer()() != got[0],
        "the count grows when a counter is made, not when it is called: it belongs to make_counter",
    ),
    (
        lambda got, answer: True,
        "the count does not grow: one more is returned, but the new count is not stored (count += 1 with nonlocal)",
    ),
)


TWO_COUNTERS: Causes = (
    (
        lambda got, answer: got[0] > 1 and inspect.signature(answer).parameters,
        "the counters share one count: it is a default value of make_counter, and that is made only once",
    ),
    (
        lambda got, answer: got[0] > 1,
        "the counters share one count: it is global, or hangs on a function or class",
    ),
    (
        lambda got, answer: got[0] == 1,
        "the counters share one count: it is global, and make_counter only sets it back, for all of them",
    ),
    (lambda got, answer: True, "the counters share one count"),
)
