"""Exercise 03.5: a counter in a closure."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_03.judge_make_counter import judge_make_counter

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="03.5",
    title="A counter in a closure",
    difficulty="hard",
    minutes=6,
    task="Hand in make_counter(): it returns a function without arguments that returns 1, then 2, then 3; two "
    "counters do not know of each other.",
    hints=(
        "The count lives in make_counter, outside the inner function.",
        "nonlocal lets the inner function change it.",
        "count = 0; def counter(): nonlocal count, then add one and return it; return counter.",
    ),
    starter="def make_counter():\n    ...  # your code here",
    solution="""
def make_counter():
    count = 0

    def counter():
        nonlocal count
        count += 1
        return count

    return counter
""",
    alternative="""
import itertools


def make_counter():
    numbers = itertools.count(1)
    return lambda: next(numbers)
""",
    name="make_counter",
    judge=judge_make_counter,
    praise="Right: each call of make_counter makes a new cell; look into make_counter().__closure__.",
    mistakes=(
        Mistake(
            "nonlocal forgotten",
            """
def make_counter():
    count = 0

    def counter():
        count += 1
        return count

    return counter
""",
            "UnboundLocalError",
        ),
        Mistake(
            "one global count",
            """
count = 0


def make_counter():
    def counter():
        global count
        count += 1
        return count

    return counter
""",
            "share one count",
        ),
        Mistake(
            "a default value that is shared",
            """
def make_counter(count=[0]):
    def counter():
        count[0] += 1
        return count[0]

    return counter
""",
            "share one count",
        ),
        Mistake(
            "begins anew in each call",
            """
def make_counter():
    def counter():
        count = 0
        count += 1
        return count

    return counter
""",
            "anew in each call",
        ),
        Mistake(
            "counts from 0",
            """
def make_counter():
    count = -1

    def counter():
        nonlocal count
        count += 1
        return count

    return counter
""",
            "from 0",
        ),
        Mistake(
            "called when returned",
            """
def make_counter():
    count = 0

    def counter():
        nonlocal count
        count += 1
        return count

    return counter()
""",
            "called already",
        ),
        Mistake(
            "=+ for +=",
            """
def make_counter():
    count = 0

    def counter():
        nonlocal count
        count =+ 1
        return count

    return counter
""",
            "=+ 1 sets",
        ),
        Mistake(
            "a default value of the inner function",
            """
def make_counter():
    def counter(count=0):
        count += 1
        return count

    return counter
""",
            "default value of the inner function",
        ),
        Mistake(
            "numbers that stand ready",
            "def make_counter():\n    numbers = [1, 2, 3]\n    return lambda: numbers.pop(0)",
            "has come to its end",
        ),
        Mistake(
            "set back by the next one",
            """
count = 0


def make_counter():
    global count
    count = 0

    def counter():
        global count
        count += 1
        return count

    return counter
""",
            "sets it back",
        ),
    ),
)
