"""Exercise 01.1: why a callback heard other numbers, or something else came out than its list of results."""

from __future__ import annotations

from course_utils.exercises.diagnosis.named_errors import Causes, Reason

__all__ = ["CALLS", "RESULTS", "TOO_FAR"]


TOO_FAR: Reason = (
    IndexError,
    "",
    "your loop leaves the list: its places run from 0 to len(numbers) - 1",
    "walk along the numbers themselves: for number in numbers",
)


CALLS: Causes = (
    (
        lambda got, heard: any(isinstance(one, list | tuple) and 3 in one and -1 in one for one in heard),
        "you passed the whole list to the callback: a for loop passes one number at a time",
    ),
    (
        lambda got, heard: any(isinstance(one, list) for one in heard),
        "you passed a list to the callback, such as the list of the results; it wants one number",
    ),
    (
        lambda got, heard: hasattr(got, "__next__"),
        "map() and (... for ...) only promise the work; nothing runs yet",
    ),
    (
        lambda got, heard: not heard and isinstance(got, list) and any(callable(one) for one in got),
        "the callback was never called: parentheses make it run",
    ),
    (
        lambda got, heard: not heard,
        "the callback was never called: your function works without it",
    ),
    (
        lambda got, heard: heard == [3],
        "your function ends in the first turn of the loop: the return stands inside it; move it to the left, under the "
        "for",
    ),
    (lambda got, heard: heard == [0, 1, 2], "you passed the places 0, 1, 2, not the numbers: for number in numbers"),
    (
        lambda got, heard: all(isinstance(one, str) for one in heard),
        "you passed texts, not the numbers: no str(...) and no quotes are needed",
    ),
    (
        lambda got, heard: any(isinstance(one, tuple) for one in heard),
        "you passed pairs, as enumerate or zip make them, not the numbers",
    ),
    (
        lambda got, heard: heard == [4, -1, 3],
        "the numbers came from behind (reversed, [::-1] or pop()): keep the order of the list",
    ),
    (lambda got, heard: heard == [-1, 3, 4], "the numbers were sorted first: keep the order of the list"),
    (
        lambda got, heard: heard in ([3, 3, -1, -1, 4, 4], [3, -1, 4] * 2),
        "the callback is called twice for each number: keep what the first call returned in a name, and append that",
    ),
    (lambda got, heard: heard == [3, -1], "the last number is missing: the loop ends one too early"),
    (lambda got, heard: heard == [-1, 4], "the first number is missing: the loop begins one too late, at place 1"),
    (lambda got, heard: heard == [3, 4], "a number is skipped: those below 0, or the list shrinks while it is walked"),
    (lambda got, heard: heard == [4], "only the last number is passed: the call stands under the loop, not inside it"),
    (lambda got, heard: sorted(heard) == [-1, 3, 4], "the order is lost: a set forgets it"),
    (lambda got, heard: len(set(heard)) == 1, "one and the same value is passed in every turn, not the turn's number"),
    (lambda got, heard: len(heard) == 3, "you changed the numbers before you passed them"),
)


RESULTS: Causes = (
    (lambda got, texts: got is None, "your function returns None: the return is missing (print only shows)"),
    (
        lambda got, texts: got == [3, -1, 4],
        "the list holds the numbers themselves: what the callback returned was thrown away",
    ),
    (
        lambda got, texts: got == [None] * 3,
        "the list holds None: that is what append and print return; the callback returned numbers",
    ),
    (lambda got, texts: got == [40], "only the last result is left: the list is made anew inside the loop"),
    (lambda got, texts: got == [30], "only the first result came: the return stands inside the loop"),
    (lambda got, texts: got == [], "the list stayed empty: nothing is appended to it"),
    (
        lambda got, texts: got == [40, -10, 30],
        "the results are backwards: append puts behind, insert(0, ...) in front",
    ),
    (lambda got, texts: any(isinstance(one, str) for one in got), "the results were turned into texts on the way"),
    (
        lambda got, texts: any(isinstance(one, list | tuple) for one in got),
        "there are lists or pairs in the list: each place should hold one result and nothing else",
    ),
    (lambda got, texts: sorted(texts) == ["-10", "30", "40"], "the results are in another order than the numbers"),
    (lambda got, texts: set(got) == {30, -10, 40, 3, -1, 4}, "the numbers and the results are mixed in one list"),
    (
        lambda got, texts: len(texts) > 3,
        "the list has more places than there are numbers: something besides the results was put into it",
    ),
    (lambda got, texts: 0 < len(texts) < 3, "some results were left out of the list"),
    (
        lambda got, texts: len(texts) == 3,
        "the list holds other numbers than the callback returned: you changed the results afterwards",
    ),
    (lambda got, texts: isinstance(got, bool), "True or False came out: a comparison was returned, not the results"),
    (lambda got, texts: got == 60, "the results were added up: each should have a place of its own in a list"),
    (
        lambda got, texts: got == 40,
        "only the last result is returned: each turn writes over the one before; collect them in a list",
    ),
    (lambda got, texts: got == 30, "only the first result is returned: collect all of them in a list"),
    (lambda got, texts: got == 3, "you returned how many there are, not the results"),
    (
        lambda got, texts: isinstance(got, int),
        "one number came out; one result for each number was asked for, in a list",
    ),
    (lambda got, texts: isinstance(got, tuple), "round brackets make a tuple; a list is written with square ones"),
    (
        lambda got, texts: isinstance(got, dict),
        "a dictionary came out, with a key for each number; only the results were asked for, in a list",
    ),
    (lambda got, texts: isinstance(got, set), "a set came out: it has no order and keeps equal results only once"),
    (lambda got, texts: isinstance(got, str), "a text came out: the list itself was asked for, not a text about it"),
)
