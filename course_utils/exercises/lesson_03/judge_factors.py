"""The judge of exercise 03.2: what three callbacks return after the loop, and what other numbers were thought of."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Causes, first_cause
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_factors"]


def judge_factors(answer: object) -> None:
    """All three callbacks multiply by the last n."""
    numbers = isinstance(answer, list) and all(type(number) in (int, float) for number in answer)
    if numbers and answer == [300, 300, 300]:
        return
    raise Wrong(
        got=f"the text {answer!r}" if isinstance(answer, str) else answer,
        wanted="a list: what the three callbacks return for 3, after the loop",
        cause=first_cause(FACTORS, answer)
        or first_cause(THREE_NUMBERS, answer)
        or "a list of three numbers was asked for",
        next_step="ask: which n is in the cell when the callbacks are called?",
    )


FACTORS: Causes = (
    (lambda got: got is None, "it is None: perhaps what print returns"),
    (lambda got: got == 300, "each of the three returns this, but a list of three numbers was asked for"),
    (lambda got: got in (900, 330, 333), "the answers were added up; a list of three numbers was asked for"),
    (lambda got: isinstance(got, int | float), "one number came; a list of three numbers was asked for"),
    (
        lambda got: isinstance(got, str) and "Error" in got,
        "no error comes: n lives on in the cell after the loop, and a list of three numbers comes out",
    ),
    (lambda got: isinstance(got, str), "in quotes it is a text; a list of three numbers was asked for"),
    (
        lambda got: isinstance(got, tuple) and list(got) == [300] * 3,
        "the numbers are right, but round brackets make a tuple; a list of three numbers was asked for",
    ),
    (
        lambda got: isinstance(got, set | dict),
        "a set or dictionary keeps equal numbers only once; a list of three numbers was asked for",
    ),
    (
        lambda got: hasattr(got, "__next__"),
        "this is a generator, which only promises the numbers; a list of three numbers was asked for",
    ),
    (
        lambda got: not isinstance(got, list | tuple),
        "this is another kind of collection; a list of three numbers, in square brackets, was asked for",
    ),
    (lambda got: any(callable(one) for one in got), "these are the callbacks themselves: call each of them with 3"),
    (
        lambda got: any(isinstance(one, list | tuple) for one in got),
        "there is a list inside the list: one pair of square brackets is enough",
    ),
    (lambda got: all(isinstance(one, str) for one in got), "in quotes they are texts, not numbers"),
    (
        lambda got: None in got,
        "a lambda returns the value of its expression, also without a return: so no None comes out",
    ),
)


THREE_NUMBERS: Causes = (
    (
        lambda got: list(got) == [300] * len(got),
        "there are three callbacks, so three answers, even if they are equal",
    ),
    (
        lambda got: len(got) != 3,
        "there are three callbacks, one for each factor, so three answers",
    ),
    (
        lambda got: list(got) == [3, 30, 300],
        "late binding: no lambda copies n; all look into one cell when they are called",
    ),
    (
        lambda got: list(got) == [1, 10, 100],
        "these are the factors; x is 3, so multiply. And late binding: no lambda has an n of its own",
    ),
    (lambda got: list(got) == [100] * 3, "n is 100 for all of them, and x is 3: multiply"),
    (lambda got: list(got) == [3] * 3, "the cell holds the last n of the loop, not the first: 3 times 1 is not it"),
    (lambda got: list(got) == [30] * 3, "the cell holds the last n of the loop, not the middle one"),
    (lambda got: list(got) == [0] * 3, "the loop does not leave n at 0"),
    (lambda got: list(got) == [9] * 3, "this is 3 times 3, but only x is 3; n is what the loop left behind"),
    (lambda got: list(got) == [2] * 3, "that was the lesson's range(3); here n runs through 1, 10, 100"),
    (
        lambda got: list(got) in ([6] * 3, [0, 3, 6], [0, 1, 2]),
        "n is no place 0, 1, 2 in the tuple: it runs through the values 1, 10, 100",
    ),
    (lambda got: list(got) == [103] * 3, "that is x + n; the lambda multiplies: x * n"),
    (
        lambda got: list(got) == [4, 13, 103],
        "that is x + n, and each with its own n; the lambda multiplies, and there is only one n",
    ),
    (
        lambda got: list(got) in ([333] * 3, [3, 33, 333]),
        "the factors do not add up: after the loop n is the last, 100",
    ),
    (
        lambda got: list(got) in ([3000] * 3, [3, 30, 3000]),
        "the factors do not multiply each other (1 * 10 * 100): after the loop n is the last, 100",
    ),
    (
        lambda got: len(set(got)) == 1,
        "three equal numbers are right, since all look into one cell; but in it is 100, and x is 3",
    ),
    (
        lambda got: sorted(got) == [3, 30, 300],
        "late binding: no lambda has a factor of its own, in whatever order; all look into one cell",
    ),
    (
        lambda got: True,
        "late binding: the numbers cannot differ, since all three look into one cell when they are called",
    ),
)
