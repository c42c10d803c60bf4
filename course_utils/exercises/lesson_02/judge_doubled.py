"""Judge 02.1: twice the result, whatever it is, with all arguments handed on and one call for each call."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Causes, Reason, check_passes_errors, errors_named
from course_utils.exercises.diagnosis.parameters import demand_function_of
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_02.calling import CALLING_ERRORS, check_arguments, check_result
from course_utils.exercises.lesson_02.decorating import decorated
from course_utils.exercises.lesson_02.originals import Function, Original, check_calls

__all__ = ["judge_doubled"]


def judge_doubled(answer: Function) -> None:
    """The result is doubled, the arguments arrive as they are, and the original runs once for each call."""
    demand_function_of(answer, "doubled(function)")
    original = Original()
    wrapper = decorated(answer, original.function(), original.calls)
    check_arguments(answer, wrapper, 3, 5)
    with errors_named("16, twice what the original returns", *CALLING_ERRORS):
        got = wrapper(3, 5)
    if original.calls == [(6, 10)]:
        raise Wrong(
            got="the original was called with 6 and 10",
            wanted="the original called with 3 and 5",
            cause="you doubled the arguments, not the result (for a sum nobody notices, for a product everybody)",
            next_step="write 2 * in front of the call",
        )
    check_calls(original, [(3, 5)])
    check_result(got, 16, "the original returned 8, and twice that was asked for", DOUBLED)
    check_arguments(answer, wrapper, 3, b=5)
    by_name = "arguments that are passed by name get lost: **kwargs is taken and not handed on"
    check_result(wrapper(3, b=5), 16, by_name, FIRST_KEPT)
    check_arguments(answer, wrapper)
    check_result(wrapper(), 0, "without arguments the sum is 0, and twice 0 is 0", FIRST_KEPT)
    with errors_named("'abab', twice the text 'ab'", *CALLING_ERRORS, *NOT_A_NUMBER):
        check_result(answer(Original(["ab"]).function())(1), "abab", "the result may be a text: 2 * 'ab' is 'abab'")
        check_result(answer(Original([1.5]).function())(1), 3.0, "the result may have a fraction: 2 * 1.5 is 3.0")
    check_fresh(answer)
    check_passes_errors(lambda fail: answer(fail)(1), "the original")


FIRST_KEPT: Causes = (
    (lambda got: got == 16, "the first result comes back whatever the arguments are: it was kept in a memory"),
)


DOUBLED: Causes = (
    (lambda got: isinstance(got, tuple | list), "two things came out together, not one that is twice as large"),
    (lambda got: isinstance(got, str), "the result was turned into a text"),
    (
        lambda got: got == 8,
        "the original's result comes out unchanged: the 2 * is missing, or its result is thrown away",
    ),
    (lambda got: got == 64, "the result is squared (** 2), not doubled (2 *)"),
    (lambda got: got == 10, "2 is added to the result; twice is 2 *"),
    (lambda got: got == 4, "the result is halved, not doubled"),
    (lambda got: got == 32, "the result is doubled twice"),
    (lambda got: got == 24, "the result is taken three times"),
    (lambda got: got == 16 and isinstance(got, float), "a number with a fraction came out: the factor is 2, not 2.0"),
    (lambda got: got == 2, "2 came out: the original's result does not enter"),
    (lambda got: got == -16, "the sign is turned round"),
)


NOT_A_NUMBER: tuple[Reason, ...] = (
    (
        Exception,
        "",
        "your wrapper works for whole numbers only, and the original here returns a text (or 1.5)",
        "write 2 * in front of the call, without int(...), float(...) or sum(...)",
    ),
)


def check_fresh(answer: Function) -> None:
    """Two decorated functions are independent, and each call computes anew."""
    first, second = answer(Original([1, 2]).function()), answer(Original([10, 20]).function())
    got = [first(), second(), first(), second()]
    check_result(got, [2, 20, 4, 40], "each call of each decorated function must run its own original", NOT_FRESH)


NOT_FRESH: Causes = (
    (lambda got: got == [2, 20, 2, 20], "the first result is kept: equal calls do not run the original again"),
    (lambda got: got[0] == got[1], "the decorated functions share one memory"),
)
