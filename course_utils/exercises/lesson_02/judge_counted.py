"""The judge of exercise 02.2: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import ast

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, check_passes_errors, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_02.originals import (
    CALLING_ERRORS,
    Function,
    Original,
    check_arguments,
    check_calls,
    check_name,
    check_result,
    decorated,
)
from course_utils.exercises.shown import shown

__all__ = ["judge_counted"]


def judge_counted(answer: Function) -> None:
    """Each decorated function counts its own calls in `calls`, also those that raise; it works like the original."""
    demand_function_of(answer, "counted(function)")
    original = Original()
    function = original.function("measure")
    wrapper = decorated(answer, function, original.calls)
    _check_count(answer, wrapper, function, 0, "after the decoration")
    check_arguments(answer, wrapper, 3, b=5)
    with errors_named("8, and calls = 1", *COUNTING_ERRORS, *CALLING_ERRORS):
        got = wrapper(3, b=5)
    check_result(got, 8, "the decorated function should return what the original returns", COUNTED_RESULT)
    check_calls(original, [(3, 5)])
    _check_count(answer, wrapper, function, 1, "after one call")
    wrapper(3, 5)
    check_calls(original, [(3, 5), (3, 5)])
    _check_count(answer, wrapper, function, 2, "after two calls")
    _check_own_count(answer, wrapper)
    check_name(wrapper)
    _check_raising(answer)


COUNTING_ERRORS: tuple[Reason, ...] = (
    (
        UnboundLocalError,
        "",
        "calls is a plain variable of the decorator: += in the wrapper makes a new one there, and from outside nobody "
        "could see it",
        "count on the wrapper itself: wrapper.calls += 1, and wrapper.calls = 0 below its definition",
    ),
    (
        AttributeError,
        "no attribute 'calls'",
        "wrapper.calls grows before it was ever set: there is no 0 to begin with",
        "set wrapper.calls = 0 below the definition of the wrapper",
    ),
    (
        NameError,
        "'wrapper'",
        "the function that counts is not called wrapper in your code",
        "use the name that stands behind def",
    ),
)


COUNTED_RESULT: Causes = (
    (
        lambda got: isinstance(got, tuple | list),
        "the count comes out together with the result; it belongs into the attribute calls only",
    ),
    (lambda got: got == 1, "the count comes out instead of the result"),
    (lambda got: got == 3, "arguments that are passed by name get lost: **kwargs is taken and not handed on"),
)


def _check_count(answer: Function, wrapper: Function, function: Function, wanted: int, when: str) -> None:
    got = getattr(wrapper, "calls", "no attribute calls")
    if type(got) is int and got == wanted:
        return
    cause = first_cause(COUNTS, got, when, answer, wrapper, function)
    if isinstance(got, str):
        cause = f"the decorated function has no attribute calls: {first_cause(NO_COUNT, answer, wrapper, function)}"
    raise Wrong(
        got=f"calls = {shown(got)} {when}",
        wanted=f"{wanted} {when}",
        cause=cause or "each call adds one, once",
        next_step="count with wrapper.calls += 1 inside the wrapper, and set wrapper.calls = 0 below its definition",
    )


def _numbers_on(thing: object) -> list[str]:
    """Return the names of the attributes of a function or object that are whole numbers."""
    return [name for name, value in vars(thing).items() if type(value) is int]


def _calls_after_an_error(answer: Function) -> int:
    """Return what calls is after one call that raised."""

    def fail() -> None:
        raise ValueError

    wrapper = answer(fail)
    try:
        wrapper()
    except ValueError:
        return wrapper.calls
    return 0


def _stands_under_return(answer: object) -> bool:
    """Return whether some statement comes directly after a return in the same block, and so is never reached."""
    blocks = [node.body for node in nodes_in(answer, ast.FunctionDef)]
    return any(
        isinstance(line, ast.Return) and block[place + 1 :] for block in blocks for place, line in enumerate(block)
    )


NO_COUNT: Causes = (
    (
        lambda answer, wrapper, function: callable(wrapper(Original().function())),
        "there is one storey too many, and what came out is a decorator once more",
    ),
    (
        lambda answer, wrapper, function: hasattr(answer, "calls"),
        "it hangs on the decorator itself, one for all functions; the wrapper is what comes out",
    ),
    (
        lambda answer, wrapper, function: _stands_under_return(answer),
        "a line stands under a return, where it is never reached",
    ),
    (
        lambda answer, wrapper, function: _numbers_on(wrapper),
        "the count hangs there under another name; the task says calls",
    ),
    (
        lambda answer, wrapper, function: hasattr(function, "calls"),
        "it was set on the original (function.calls), and the wrapper is what comes out",
    ),
    (
        lambda answer, wrapper, function: (
            {node.target.attr for node in nodes_in(answer, ast.AugAssign) if isinstance(node.target, ast.Attribute)}
            >= {"calls"}
            != {
                one.attr
                for node in nodes_in(answer, ast.Assign)
                for one in node.targets
                if isinstance(one, ast.Attribute)
            }
        ),
        "it grows (+= 1), but it was never set to 0, so there is nothing to begin with",
    ),
    (
        lambda answer, wrapper, function: "calls" in {node.attr for node in nodes_in(answer, ast.Attribute)},
        "it is set only inside the wrapper, when that runs, so before the first call it is not there",
    ),
    (
        lambda answer, wrapper, function: True,
        "a plain variable cannot be seen from outside; it was never set on the wrapper",
    ),
)


COUNTS: Causes = (
    (
        lambda got, when, *more: isinstance(got, list | tuple | dict | set),
        "calls is a collection of the calls; their number was asked for",
    ),
    (lambda got, when, *more: got is None, "calls is None there, and not a number: the count begins at 0"),
    (lambda got, when, *more: callable(got), "calls is a function here; the number itself was asked for"),
    (lambda got, when, *more: isinstance(got, str | float | bool), "calls is no whole number"),
    (lambda got, when, *more: "decoration" in when, "the count begins at 0, and decorating is not a call"),
    (
        lambda got, when, answer, wrapper, function: got == 0 and getattr(function, "calls", 0) > 0,
        "the count on the wrapper stays 0: you count on the original: function.calls",
    ),
    (
        lambda got, when, answer, wrapper, function: got == 0 and nodes_in(answer, ast.Nonlocal),
        "the count on the wrapper stays 0: a plain variable grows, and wrapper.calls got a copy of it at the beginning",
    ),
    (
        lambda got, when, answer, wrapper, function: got == 0 and _calls_after_an_error(answer) == 1,
        "only calls that raise are counted: += 1 stands in the except part",
    ),
    (
        lambda got, when, answer, *more: got == 0 and _stands_under_return(answer),
        "the count stays 0: the line that adds one stands under the return, and is never reached",
    ),
    (lambda got, when, *more: got == 0, "the count stays 0: += 1 is missing in the wrapper, or counts something else"),
    (
        lambda got, when, *more: got == 1 and when == "after two calls",
        "the count is set back in each call: = 0 stands inside the wrapper, or =+ 1 for += 1",
    ),
    (lambda got, when, *more: got == 2 and when == "after one call", "each call is counted twice"),
    (
        lambda got, when, *more: got > 1,
        "the count grows by more than one in a call: it counts something else, such as the arguments",
    ),
    (lambda got, when, *more: got < 0, "the count goes down: += 1 was wanted"),
)


def _check_own_count(answer: Function, wrapper: Function) -> None:
    """A second function has a count of its own."""
    other = answer(Original().function())
    counts = [other.calls]
    other()
    counts += [other.calls, wrapper.calls]
    if counts != [0, 1, 2]:
        raise Wrong(
            got=f"calls of a second function: {counts[0]}, after one call {counts[1]}; of the first one: {counts[2]}",
            wanted="0, after one call 1; of the first one still 2",
            cause="the functions share one count: it is global, or hangs on the class or the decorator",
            next_step="count with wrapper.calls += 1 inside the wrapper; set wrapper.calls = 0 below its definition",
        )


def _check_raising(answer: Function) -> None:
    check_passes_errors(lambda fail: answer(fail)(), "the original")
    if _calls_after_an_error(answer) != 1:
        raise Wrong(
            got=f"calls = {_calls_after_an_error(answer)} after a call that raised",
            wanted="1",
            cause="you count after the call, so a call that raises is forgotten"
            if _calls_after_an_error(answer) == 0
            else "a call that raises is counted more than once",
            next_step="count first, then call",
        )
