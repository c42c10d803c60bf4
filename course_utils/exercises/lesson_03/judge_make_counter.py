"""The judge of exercise 03.5: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import ast
import inspect

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_03.callables import Function, check_callable

__all__ = ["judge_make_counter"]


def judge_make_counter(answer: Function) -> None:
    """Counts 1, 2, 3; every counter on its own."""
    if inspect.isgeneratorfunction(answer):
        raise _no_counter("a generator")
    demand_function_of(answer, "make_counter()")
    with errors_named("a function that counts 1, 2, 3", *COUNTER_ERRORS):
        first = answer()
        if hasattr(first, "__next__"):
            raise _no_counter(first)
        check_callable(first, "a function without arguments", 0)
        got = [first(), first(), first()]
        if got != [1, 2, 3] or any(type(number) is not int for number in got):
            cause = (
                first_cause(COUNTED, got) or first_cause(CONSTANT, got, answer) or "each call should return one more"
            )
            raise Wrong(got=got, wanted=[1, 2, 3], cause=cause, next_step="count += 1, then return count")
        _check_counts_on(answer)
    second = answer()
    got = [second(), first(), second()]
    if got != [1, 4, 2]:
        raise Wrong(
            got=f"{got} from a second, the first and the second counter",
            wanted=[1, 4, 2],
            cause=first_cause(TWO_COUNTERS, got, answer),
            next_step="set count = 0 inside make_counter, above the inner function",
        )


def _no_counter(got: object) -> Wrong:
    """Return what to raise if an iterator came out."""
    return Wrong(
        got=got,
        wanted="a function without arguments",
        cause="yield makes a generator, which is asked with next(), not called"
        if isinstance(got, str) or inspect.isgenerator(got)
        else "this is an iterator: it is asked with next(), not called",
        next_step="use an inner function, and return it",
    )


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


def _check_counts_on(answer: Function) -> None:
    counter = answer()
    got = [counter() for _ in range(12)]
    if got[0] == 1 and got != list(range(1, 13)):
        raise Wrong(
            got=got,
            wanted="1 to 12",
            cause="it does not count on: after a few numbers it begins again or stops",
            next_step="count += 1, then return count, without any end",
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
