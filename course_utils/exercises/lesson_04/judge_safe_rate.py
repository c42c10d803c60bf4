"""The judge of exercise 04.4: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, errors_named, first_cause
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_04.samples import all_close, check_untouched, demand_number, plain
from course_utils.exercises.shown import safely

__all__ = ["judge_safe_rate"]


def safe_rate(xs: list[float]) -> float:
    """Return the rate at which the worst factor is -1."""
    return 1 / max(x * x for x in xs)


def the_turn_of(xs: list[float]) -> float:
    """Return the rate from which on the product of all factors grows beyond 1 in size, to three digits."""
    rate = safe_rate(xs) / 1000
    while abs(math.prod(1 - 2 * rate * x * x for x in xs)) < 1:
        rate *= 1.0005
    return rate


# what a mistaken formula gives for the same xs, and why
SAFE_RATES: tuple[tuple[Callable[[list[float]], float], str, str], ...] = (
    (
        lambda xs: 1 / min(x * x for x in xs),
        "the smallest x decides here, but the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: 1 / sum(x * x for x in xs),
        "all squares were added; each sample takes its own step",
        "use the largest square alone",
    ),
    (
        lambda xs: len(xs) / sum(x * x for x in xs),
        "this is 1 over the mean square; the largest x explodes first",
        "use the largest square",
    ),
    (lambda xs: 1 / max(abs(x) for x in xs), "x is not squared", "the factor is 1 - 2 * learning_rate * x**2"),
    (lambda xs: 1 / max(xs), "x is not squared", "the factor is 1 - 2 * learning_rate * x**2"),
    (
        lambda xs: 1 / max(xs) ** 2,
        "a negative x counts too: its square is large",
        "square first, then take the largest",
    ),
    (
        lambda xs: 2 / max(x * x for x in xs),
        "twice too large: there the factor is -3",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (
        lambda xs: 0.5 / max(x * x for x in xs),
        "this rate makes the factor 0, which is the fastest, not the last safe one",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (lambda xs: 4 / max(x * x for x in xs), "four times too large: the 2 belongs below, and 1 + 1 = 2", "solve for -1"),
    (lambda xs: -safe_rate(xs), "the sign is wrong: 1 - 2 * r * x**2 = -1 gives r = +1 / x**2", "leave out the minus"),
    (
        lambda xs: max(x * x for x in xs),
        "this is the largest square; the rate is 1 over it",
        "divide 1 by it",
    ),
    (
        lambda xs: max(x * x for x in xs) / 2,
        "1 / 2 * x**2 divides by 2 and then multiplies: brackets are missing, and the 2 goes away anyway",
        "write 1 / (...), with the largest square in the brackets",
    ),
    (
        lambda xs: 2 * max(x * x for x in xs),
        "this is twice the largest square; the rate is 1 over a square",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (lambda xs: 1 / max(abs(x) for x in xs) ** 3, "x is cubed, not squared", "square it: x**2"),
    (lambda xs: 1 / max(abs(x) for x in xs) ** 0.5, "the root of x was taken, not the square", "square it: x**2"),
    (lambda xs: 1 / math.sqrt(max(x * x for x in xs)), "the root takes the square away again", "leave the root out"),
    (lambda xs: 1 / sum(xs) ** 2, "all x were added before they were squared", "use the largest square alone"),
    (lambda xs: (len(xs) / sum(xs)) ** 2, "the mean of the xs decides here; the largest one explodes first", "use max"),
    (lambda xs: 1 / xs[0] ** 2, "the first x decides here; the largest one explodes first", "use the largest square"),
    (lambda xs: 1 / xs[-1] ** 2, "the last x decides here; the largest one explodes first", "use the largest square"),
    (
        lambda xs: 1 / sorted(xs)[len(xs) // 2] ** 2,
        "a middle x decides here; the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: 1 / sorted(xs)[(len(xs) - 1) // 2] ** 2,
        "a middle x decides here; the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: sum(1 / x**2 for x in xs) / len(xs),
        "this is the mean of the samples' own rates; the smallest of them decides",
        "use the largest square alone",
    ),
    (
        lambda xs: sum(1 / x**2 for x in xs),
        "this is the sum of the samples' own rates; the smallest of them decides",
        "use the largest square alone",
    ),
    (lambda xs: 1 / len(xs), "this is 1 over the number of samples; the xs themselves do not enter", "use max"),
    (lambda xs: max(xs), "this is the largest x; the rate is 1 over its square", "divide 1 by the largest square"),
    (
        lambda xs: 1 / (1 + max(x * x for x in xs)),
        "a 1 was added to the largest square, below the line",
        "leave it out",
    ),
    (
        lambda xs: len(xs) / max(x * x for x in xs),
        "the number of samples came in; each sample takes its own step",
        "use 1 over the largest square",
    ),
    (
        lambda xs: 1 / sorted(x * x for x in xs)[-2],
        "the second largest x decides here; the largest one explodes first",
        "use the largest square",
    ),
    (
        lambda xs: 1 / math.prod(x * x for x in xs),
        "all squares were multiplied; each sample takes its own step",
        "use the largest square alone",
    ),
    (
        lambda xs: (1 - max(x * x for x in xs)) / 2,
        "the equation was not solved for the rate: the square stands in a factor with it, so it is divided by",
        "solve 1 - 2 * learning_rate * x**2 = -1",
    ),
    (
        lambda xs: 1 / (max(xs) - min(xs)) ** 2,
        "the distance from the smallest to the largest x was squared",
        "use the largest square",
    ),
    (lambda xs: 1 / sum(abs(x) for x in xs), "x is not squared, and all of them were added", "use the largest square"),
    (lambda xs: 1 / sum(xs), "x is not squared, and all of them were added", "use the largest square"),
    (lambda xs: 1 / int(max(abs(x) for x in xs)) ** 2, "int(...) cut off the fraction of x", "use x as it is"),
    (lambda xs: 0.0, "0 came out: // drops the fraction, or it was rounded away", "divide with one /"),
    (lambda xs: 33.0**-2, "the 33 of the example stands in your code", "use the xs that are handed in"),
    (lambda xs: -1.0, "this is the factor; the learning rate was asked for", "solve for the learning rate"),
    (lambda xs: -3.0, "this is a factor; the learning rate was asked for", "solve for the learning rate"),
    (lambda xs: 1e3 * safe_rate(xs), "in thousandths: the rate itself was asked for", "leave the 1000 out"),
    (lambda xs: 100 * safe_rate(xs), "in percent: the rate itself was asked for", "leave the 100 out"),
)


def why_the_rate_is_off(got: float, xs: list[float]) -> tuple[str, str]:
    """Return (cause, next step) by comparing with what the usual mistakes give."""
    for mistaken, cause, step in SAFE_RATES:
        if math.isclose(got, safely(lambda m=mistaken: m(xs), math.nan), rel_tol=1e-4):
            return cause, step
    cause = first_cause(OTHER_RATES, got, xs, max(x * x for x in xs))
    return cause or _how_far_off(got, xs), "solve 1 - 2 * learning_rate * x**2 = -1 for the largest square"


def _how_far_off(got: float, xs: list[float]) -> str:
    largest = max(x * x for x in xs)
    times = got * largest
    size = f"{1 / times:.4g} times too small" if times < 1 else f"{times:.4g} times too large"
    near = math.isclose(times, 1, rel_tol=0.1)
    why = ": it was rounded, searched for in steps that are too large, or a margin was left" if near else ""
    return f"it is {size}, and the worst factor is {1 - 2 * times:.4g} there, not -1{why}"


OTHER_RATES: Causes = (
    (lambda got, xs, largest: not math.isfinite(got), "it is no finite number: something was divided by 0"),
    (
        lambda got, xs, largest: xs != list(RATE_CASES[0]) and math.isclose(got, 33.0**-2, rel_tol=1e-3),
        "the number for 11, 22, 33 stands in your code: it is not worked out from xs",
    ),
    (
        lambda got, xs, largest: math.isclose(got, the_turn_of(xs), rel_tol=0.02),
        "here the whole epoch turns, the product of all factors; the worst factor alone was asked for",
    ),
    (
        lambda got, xs, largest: math.isclose(got, 1 - 2 * 9.18e-4 * largest, rel_tol=1e-3),
        "this is the factor; the learning rate was asked for",
    ),
    (lambda got, xs, largest: got <= 0, "a learning rate is above 0"),
)


def judge_safe_rate(safe_learning_rate: Callable[[list[float]], float]) -> None:
    """Wanted: 1 / max(x**2), also for negative x."""
    demand_function_of(safe_learning_rate, "safe_learning_rate(xs)")
    for xs in RATE_CASES:
        given, wanted = list(xs), safe_rate(list(xs))
        where = f"{wanted:.4g} from safe_learning_rate({list(xs)})"
        with errors_named(where, *RATE_ERRORS):
            got = plain(safe_learning_rate(given))
        if isinstance(got, list | tuple | type(None)):
            cause = first_cause(NO_RATE, got, [1 / x**2 for x in xs])
            raise Wrong(got=got, wanted=where, cause=cause, next_step="return 1 / ... with the largest square")
        demand_number(got, f"a number from safe_learning_rate({list(xs)})")
        if not math.isclose(got, wanted, rel_tol=1e-3):
            cause, next_step = why_the_rate_is_off(got, list(xs))
            raise Wrong(got=f"{got:.4g}", wanted=where, cause=cause, next_step=next_step)
        check_untouched(given, xs)


RATE_CASES = (
    (18.0, 5.0, 33.0, 22.0, 16.0, 14.0, 11.0),
    (11.0, 22.0, 33.0),
    (0.5, 3.0),
    (-5.0, 1.0, 3.0),
    (5.0,),
    (-2.0, -1.0),
    (0.25, 1.5),
)


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
