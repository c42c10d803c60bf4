"""Judge 02.3: three storeys, bounds of one's own for each decorator, and a result that stays between them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, check_passes_errors, errors_named
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.diagnosis.syntax import nodes_in
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_02.calling import CALLING_ERRORS, check_arguments, check_result
from course_utils.exercises.lesson_02.decorating import DECORATING_ERRORS, check_name, decorated
from course_utils.exercises.lesson_02.originals import Function, Original, check_calls
from course_utils.exercises.shown import safely

__all__ = ["judge_clamped"]


def judge_clamped(answer: Function) -> None:
    """Three storeys; results stay between the bounds; name kept."""
    _check_storeys(answer)
    with errors_named("clamped(0, 10) returns a decorator", *CALLING_ERRORS[:1], *DECORATING_ERRORS):
        decorator = answer(0, 10)
    if decorator is None or not callable(decorator):
        raise Wrong(
            got=decorator,
            wanted="clamped(0, 10) returns a decorator",
            cause="the outermost storey returns None: its return is missing" if decorator is None else "no function",
            next_step="end with return decorate, without parentheses",
        )
    original = Original(list(CLAMP_RESULTS))
    function = original.function("measure")
    with errors_named("a decorator that takes one function", *STOREY_ERRORS):
        wrapper = decorated(decorator, function, original.calls)
    check_arguments(decorator, wrapper, 20, b=30)
    with errors_named("[10, 0, 7, 0, 10] from 12, -3, 7, 0 and 10", *CALLING_ERRORS, *_clamping_errors(answer)):
        got = [wrapper(20, b=30) for _ in CLAMP_RESULTS]
        check_calls(original, [(20, 30)] * len(CLAMP_RESULTS))
        cause = "each result below 0 should become 0, each above 10 should become 10, and the others stay"
        overwritten = lambda got: nodes_in(answer, ast.Nonlocal)  # noqa: E731
        check_result(got, [10, 0, 7, 0, 10], cause, ((overwritten, OVERWRITTEN), *CLAMPED))
        check_name(wrapper, description=False)
        _check_bounds(answer)
    check_passes_errors(lambda fail: answer(0, 10)(fail)(), "the original")


OVERWRITTEN = (
    "nonlocal lets the wrapper change the bounds: a result is written over low or high, and the next call sees it"
)


CLAMP_RESULTS = (12, -3, 7, 0, 10)


STOREY_ERRORS: tuple[Reason, ...] = (
    (
        RecursionError,
        "",
        "a storey is missing: nothing takes the function, so the wrapper calls itself",
        "def clamped(low, high): def decorate(function): def wrapper(*args, **kwargs): ...",
    ),
    (
        TypeError,
        "not supported between",
        "a storey is missing: the function itself is compared with the bounds",
        "def clamped(low, high): def decorate(function): def wrapper(*args, **kwargs): ...",
    ),
)


def _clamping_errors(answer: Function) -> tuple[Reason, ...]:
    step = "return max(low, min(high, ...)) around the call of the function"
    raises = "outside the bounds your wrapper raises an error; it should return the bound that was crossed"
    return (
        (
            TypeError,
            "cannot be interpreted as an integer",
            "range(...) knows only whole numbers; a result may be 0.25",
            step,
        ),
        (TypeError, "not supported between", "what is compared is not a number: a function, or None", step),
        *(((Exception, "", raises, step),) if nodes_in(answer, ast.Raise) else ()),
    )


def _check_storeys(answer: Function) -> None:
    if callable(answer) and len(safely(lambda: list(inspect.signature(answer).parameters), [1, 2])) in (1, 3):
        raise Wrong(
            got=f"clamped{safely(lambda: inspect.signature(answer), '(...)')}",
            wanted="clamped(low, high), which returns a decorator",
            cause="one storey is missing: the function must not be an argument of clamped itself",
            next_step="def clamped(low, high): def decorate(function): def wrapper(*args, **kwargs): ...",
        )
    demand_function_of(answer, "clamped(low, high)")


def _as_if(change: Callable[[float], object], results: tuple[float, ...] = CLAMP_RESULTS) -> Callable[..., bool]:
    """Return a test whether all results came out as ``change`` makes them."""
    return lambda got: got == [change(result) for result in results]


CLAMPED: Causes = (
    (_as_if(lambda result: result), "the original's results come out unchanged"),
    (_as_if(lambda result: None), "the wrapper returns None: its return is missing (print only shows)"),
    (
        _as_if(lambda result: min(0, max(10, result))),
        "min and max are swapped: min(high, ...) keeps a number below high",
    ),
    (
        _as_if(lambda result: max(10, min(0, result))),
        "min and max are swapped: min(high, ...) keeps a number below high",
    ),
    (_as_if(lambda result: min(10, result)), "only one of the two bounds is heeded, the upper one"),
    (_as_if(lambda result: max(0, result)), "only one of the two bounds is heeded, the lower one"),
    (_as_if(lambda result: min(0, result)), "min and max are swapped, and one bound is missing"),
    (_as_if(lambda result: max(10, result)), "min and max are swapped, and one bound is missing"),
    (_as_if(lambda result: min(10, abs(result))), "abs makes -3 a 3; below low it should become low, here 0"),
    (lambda got: got[:2] == [0, 10], "the wrong bound is returned: low above high, and high below low"),
    (lambda got: got[:2] == [None, None], "outside the bounds None comes out: there the return of a bound is missing"),
    (
        lambda got: got[:2] == [10, 0] and got[2] is None,
        "inside the bounds None comes out: there the return is missing",
    ),
    (lambda got: None in got, "one of the ways through your if has no return, so None comes out there"),
    (lambda got: all(isinstance(one, bool) for one in got), "a comparison comes out, True or False, not a number"),
    (lambda got: all(isinstance(one, str) for one in got), "texts come out, not numbers"),
    (lambda got: all(isinstance(one, tuple | list) for one in got), "several things come out together, not one number"),
    (lambda got: all(callable(one) for one in got), "functions come out: one storey too many, or a call is missing"),
    (lambda got: got[0] == 9, "the upper bound itself is allowed: 12 becomes 10, not 9"),
    (lambda got: got[1] == 1, "the lower bound itself is allowed: -3 becomes 0, not 1"),
    (lambda got: len(set(got)) == 1, "the same comes out of every call: what an earlier call did is remembered"),
    (
        lambda got: got[0] == got[1] not in (0, 10),
        "outside the bounds one and the same value comes out, and not the bound that was crossed",
    ),
    (lambda got: got[2] != 7, "7 lies between the bounds and should stay as it is"),
    (lambda got: got[0] == 2, "the result goes round in a circle (%): above high it should become high"),
    (lambda got: got[0] != 10 and got[1] == 0, "12 lies above high, and should become high itself: 10"),
    (lambda got: got[0] == 10 and got[1] != 0, "-3 lies below low, and should become low itself: 0"),
)


def _check_bounds(answer: Function) -> None:
    """Other bounds, and fractions."""
    low, high = answer(-1.0, 1.0)(Original([0.25, -7.5]).function()), answer(5, 6)(Original([0, 9]).function())
    got = [low(), low(), high(), high()]
    check_result(got, [0.25, -1.0, 5, 6], "each decorator has its own bounds, here -1.0, 1.0 and 5, 6", OWN_BOUNDS)
    zero = "a result of 0 is a result too, and lies between -5 and 5: `or` and a plain `if` take it for nothing"
    check_result(answer(-5, 5)(Original([0]).function())(), 0, zero)


OWN_BOUNDS: Causes = (
    (
        lambda got: got == [0.25, 0, 0, 9],
        "each decorator has its own bounds, but 0 and 10 stand in your code: right for clamped(0, 10) alone",
    ),
    (lambda got: got[1] == 0 or got[2] == 0, "each decorator has its own bounds, but a 0 stands in your code for low"),
    (lambda got: got[3] != 6, "each decorator has its own bounds, but your code does not take high from the outside"),
    (lambda got: got[0] in (0, 0.2, 0.3), "fractions get lost: int or round changes 0.25"),
)
