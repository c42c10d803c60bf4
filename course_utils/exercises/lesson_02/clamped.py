"""Exercise 02.3: between two bounds."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise
from course_utils.exercises.lesson_02.clamped_mistakes import MISTAKES
from course_utils.exercises.lesson_02.judge_clamped import judge_clamped

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="02.3",
    title="Between two bounds",
    difficulty="medium",
    minutes=8,
    task="Hand in clamped(low, high), a decorator with arguments: the decorated function's result is never below "
    "low and never above high; the name is kept.",
    hints=(
        "Three storeys: bounds, function, arguments of a call.",
        "Each storey returns the one inside it; max and min keep a number between two others.",
        "The innermost line: return max(low, min(high, ...)) around the call of the function.",
    ),
    starter="def clamped(low, high):\n    ...  # your code here",
    solution="""
def clamped(low, high):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return max(low, min(high, function(*args, **kwargs)))

        return wrapper

    return decorate
""",
    alternative="""
class clamped:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = function(*args, **kwargs)
            if result < self.low:
                return self.low
            if result > self.high:
                return self.high
            return result

        return wrapper
""",
    name="clamped",
    judge=judge_clamped,
    praise="Right: three storeys, each with its own memory; in lesson 05 the same idea tames a gradient.",
    setup="import functools",
    mistakes=MISTAKES,
)
