"""Judge 04.4: the last learning rate at which no sample's factor goes below -1, also for negative x."""

from __future__ import annotations

import math
from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.diagnosis.numbers import unpacked
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_04.plain_numbers import all_close, demand_number
from course_utils.exercises.lesson_04.safe_rate_formulas import RATE_CASES, safe_rate
from course_utils.exercises.lesson_04.samples import check_untouched
from course_utils.exercises.lesson_04.why_not_safe_rate import why_the_rate_is_off

__all__ = ["judge_safe_rate"]


def judge_safe_rate(safe_learning_rate: Callable[[list[float]], float]) -> None:
    """Wanted: 1 / max(x**2), also for negative x."""
    demand_function_of(safe_learning_rate, "safe_learning_rate(xs)")
    for xs in RATE_CASES:
        given, wanted = list(xs), safe_rate(list(xs))
        where = f"{wanted:.4g} from safe_learning_rate({list(xs)})"
        with errors_named(where, *RATE_ERRORS):
            got = unpacked(safe_learning_rate(given))
        if isinstance(got, list | tuple | type(None)):
            cause = first_cause(NO_RATE, got, [1 / x**2 for x in xs])
            raise Wrong(got=got, wanted=where, cause=cause, next_step="return 1 / ... with the largest square")
        demand_number(got, f"a number from safe_learning_rate({list(xs)})")
        if not math.isclose(got, wanted, rel_tol=1e-3):
            cause, next_step = why_the_rate_is_off(got, list(xs))
            raise Wrong(got=f"{got:.4g}", wanted=where, cause=cause, next_step=next_step)
        check_untouched(given, xs)


NO_RATE: Causes = (
    (lambda got, own: got is None, "it is None: the return is missing (print only shows)"),
    (
        lambda got, own: all_close(got, own),
        "a rate for each x came out, not a number: the smallest of them, that of the largest x, was asked for",
    ),
    (lambda got, own: len(got) == len(own), "a list with something for each x came out, not a number"),
    (lambda got, own: True, "several things came out together, not a number: only the learning rate was asked for"),
)


RATE_ERRORS: tuple[Reason, ...] = (
    (
        TypeError,
        "'list' and 'int'",
        "the whole list is squared, and only numbers can be",
        "square each x: x**2 for x in xs",
    ),
    (
        TypeError,
        "for ^",
        "^ is another operation in Python; a power is written with two stars",
        "write x**2",
    ),
    (
        TypeError,
        "cannot unpack",
        "xs holds plain numbers, not pairs",
        "write for x in xs",
    ),
    (
        TypeError,
        "and 'list'",
        "you calculate with the whole list, and only its numbers can be used so",
        "take each x out of it: for x in xs",
    ),
    (
        TypeError,
        "bad operand type for abs",
        "abs wants one number and got the list",
        "square each x: x**2 for x in xs",
    ),
    (
        IndexError,
        "",
        "xs[2] asks for a third number, but a list may have any length: the place of the largest is not fixed",
        "use max over all xs",
    ),
    (
        ZeroDivisionError,
        "",
        "the largest x so far starts at 0, and a negative x never gets above that",
        "square first, then take the largest",
    ),
    (
        UnboundLocalError,
        "",
        "a name gets its value only inside an if or loop that does not always run",
        "give it a value above, or use max",
    ),
    (
        NameError,
        "",
        "a name is used that the function does not know: it is given xs, and nothing else",
        "use xs, and for x in xs",
    ),
)
