"""Exercise 01.1: one callback, many numbers."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_01.judge_apply import judge_apply

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="01.1",
    title="One callback, many numbers",
    difficulty="easy",
    minutes=3,
    task="Hand in a function apply_to_all(numbers, callback) that calls the callback once for each number, "
    "in order, and returns the list of what it returned.",
    hints=(
        "You call the callback, once in each turn of a loop, and keep its answers.",
        "A list that starts empty, and append; or a list comprehension.",
        "In the loop: results.append(...) with the callback called on the number. After the loop: return results.",
    ),
    starter="def apply_to_all(numbers, callback):\n    ...  # your code here",
    solution="def apply_to_all(numbers, callback):\n    return [callback(number) for number in numbers]",
    alternative="""
def apply_to_all(numbers, callback):
    results = []
    for number in numbers:
        results.append(callback(number))
    return results
""",
    name="apply_to_all",
    judge=judge_apply,
    praise="Right: you called a function that you have never seen; try it with print and look at what is returned.",
    mistakes=(
        Mistake(
            "return forgotten",
            "def apply_to_all(numbers, callback):\n    for number in numbers:\n        callback(number)",
            "the return is missing",
        ),
        Mistake(
            "return inside the loop",
            "def apply_to_all(numbers, callback):\n    for number in numbers:\n        return [callback(number)]",
            "inside",
        ),
        Mistake(
            "callback not called",
            "def apply_to_all(numbers, callback):\n    return [callback for number in numbers]",
            "never called",
        ),
        Mistake(
            "the whole list passed",
            "def apply_to_all(numbers, callback):\n    return callback(numbers)",
            "whole list",
        ),
        Mistake(
            "map without list",
            "def apply_to_all(numbers, callback):\n    return map(callback, numbers)",
            "list(...)",
        ),
        Mistake(
            "the numbers themselves collected",
            """
def apply_to_all(numbers, callback):
    results = []
    for number in numbers:
        callback(number)
        results.append(number)
    return results
""",
            "thrown away",
        ),
        Mistake(
            "the caller's list overwritten",
            """
def apply_to_all(numbers, callback):
    for place in range(len(numbers)):
        numbers[place] = callback(numbers[place])
    return numbers
""",
            "the list that it was given",
        ),
        Mistake(
            "only true results kept",
            "def apply_to_all(numbers, callback):\n"
            "    answers = [callback(number) for number in numbers]\n"
            "    return [answer for answer in answers if answer]",
            "0 or None is a result too",
        ),
        Mistake(
            "the result of append kept",
            """
def apply_to_all(numbers, callback):
    results = []
    for number in numbers:
        results = results.append(callback(number))
    return results
""",
            "append returns None",
        ),
        Mistake(
            "called twice for each number",
            """
def apply_to_all(numbers, callback):
    results = []
    for number in numbers:
        callback(number)
        results.append(callback(number))
    return results
""",
            "called twice",
        ),
        Mistake(
            "a list that lives on",
            """
def apply_to_all(numbers, callback, results=[]):
    for number in numbers:
        results.append(callback(number))
    return results
""",
            "earlier call",
        ),
        Mistake(
            "parameters in another order",
            "def apply_to_all(callback, numbers):\n    return [callback(number) for number in numbers]",
            "another order",
        ),
        Mistake(
            "the last one left out",
            "def apply_to_all(numbers, callback):\n"
            "    return [callback(numbers[place]) for place in range(len(numbers) - 1)]",
            "one too early",
        ),
        Mistake(
            "equal numbers asked once",
            """
def apply_to_all(numbers, callback):
    known = {number: callback(number) for number in numbers}
    return [known[number] for number in numbers]
""",
            "equal numbers count each",
        ),
    ),
)
