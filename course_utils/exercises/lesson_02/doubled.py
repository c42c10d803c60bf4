"""Exercise 02.1: twice as much."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_02.judge_doubled import judge_doubled

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="02.1",
    title="Twice as much",
    difficulty="easy",
    minutes=5,
    task="Hand in a decorator doubled(function): the decorated function takes the same arguments and returns twice "
    "what the original returns.",
    hints=(
        "Inside doubled, define a new function that calls the old one; return the new one.",
        "def wrapper(*args, **kwargs), then a call with the same stars, and two returns: one in each function.",
        "The wrapper's only line is return 2 * and then the call of function with both stars.",
    ),
    starter="def doubled(function):\n    ...  # your code here",
    solution="""
def doubled(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)

    return wrapper
""",
    alternative="""
class doubled:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **kwargs):
        result = self.function(*args, **kwargs)
        return result * 2
""",
    name="doubled",
    judge=judge_doubled,
    praise="Right: a coat that changes the result; decorate print with it and explain the error that comes.",
    setup="import functools",
    mistakes=(
        Mistake(
            "wrapper not returned",
            """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)
""",
            "forgets to return it",
        ),
        Mistake(
            "called at the decoration",
            "def doubled(function):\n    return 2 * function()",
            "at the decoration",
        ),
        Mistake(
            "wrapper called when returned",
            """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(*args, **kwargs)

    return wrapper()
""",
            "at the decoration",
        ),
        Mistake(
            "result dropped",
            """
def doubled(function):
    def wrapper(*args, **kwargs):
        2 * function(*args, **kwargs)

    return wrapper
""",
            "its return is missing",
        ),
        Mistake(
            "one argument only",
            """
def doubled(function):
    def wrapper(x):
        return 2 * function(x)

    return wrapper
""",
            "does not take all arguments",
        ),
        Mistake(
            "no arguments by name",
            """
def doubled(function):
    def wrapper(*args):
        return 2 * function(*args)

    return wrapper
""",
            "*args, **kwargs",
        ),
        Mistake(
            "arguments doubled",
            """
def doubled(function):
    def wrapper(*args, **kwargs):
        return function(*[2 * value for value in args], **kwargs)

    return wrapper
""",
            "doubled the arguments",
        ),
        Mistake(
            "called twice",
            """
def doubled(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) + function(*args, **kwargs)

    return wrapper
""",
            "does not run once",
        ),
        Mistake("no coat", "def doubled(function):\n    return function", "without any coat"),
        Mistake(
            "stars forgotten in the call",
            """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * function(args, kwargs)

    return wrapper
""",
            "stars are missing",
        ),
        Mistake(
            "the wrapper calls itself",
            """
def doubled(function):
    def wrapper(*args, **kwargs):
        return 2 * wrapper(*args, **kwargs)

    return wrapper
""",
            "calls itself",
        ),
        Mistake(
            "squared",
            """
def doubled(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs) ** 2

    return wrapper
""",
            "squared",
        ),
        Mistake(
            "one storey too many",
            """
def doubled(function):
    def decorate(inner):
        def wrapper(*args, **kwargs):
            return 2 * inner(*args, **kwargs)

        return wrapper

    return decorate
""",
            "one storey too many",
        ),
    ),
)
