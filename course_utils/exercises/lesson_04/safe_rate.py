"""Exercise 04.4: the last safe learning rate."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_04.judge_safe_rate import judge_safe_rate

__all__ = ["EXERCISE"]


SORTED_IN_PLACE = """
def safe_learning_rate(xs):
    xs.sort(key=abs)
    return 1 / xs[-1] ** 2
"""


EXERCISE = Exercise(
    id="04.4",
    title="The last safe learning rate",
    difficulty="medium",
    minutes=6,
    task=(
        "Write safe_learning_rate(xs): the learning rate at which the largest factor of one step, "
        "1 - 2 * learning_rate * x**2, just reaches -1. Below it, no step overshoots further than it started."
    ),
    hints=(
        "Which sample has the most violent factor? That one decides.",
        "Write 1 - 2 * learning_rate * x**2 = -1 and solve it for the learning rate.",
        "The answer is 1 over the largest square.",
    ),
    starter="def safe_learning_rate(xs):\n    ...",
    solution="def safe_learning_rate(xs):\n    return 1 / max(x**2 for x in xs)",
    alternative="safe_learning_rate = lambda xs: min(x**-2.0 for x in xs)",
    name="safe_learning_rate",
    judge=judge_safe_rate,
    praise="Right: 9.18e-4 for 11, 22, 33. Scale every x by a tenth and the safe rate grows a hundredfold: try it.",
    mistakes=(
        Mistake("smallest x", "def safe_learning_rate(xs):\n    return 1 / min(xs) ** 2", "largest one explodes"),
        Mistake("sum", "def safe_learning_rate(xs):\n    return 1 / sum(x * x for x in xs)", "were added"),
        Mistake("not squared", "def safe_learning_rate(xs):\n    return 1 / max(xs)", "not squared"),
        Mistake("largest, then squared", "def safe_learning_rate(xs):\n    return 1 / max(xs) ** 2", "negative x"),
        Mistake("fastest rate", "def safe_learning_rate(xs):\n    return 0.5 / max(x * x for x in xs)", "fastest"),
        Mistake("the example's number", "def safe_learning_rate(xs):\n    return 33**-2.0", "stands in your code"),
        Mistake("one for each", "def safe_learning_rate(xs):\n    return [1 / x**2 for x in xs]", "rate for each x"),
        Mistake("wrong power sign", "def safe_learning_rate(xs):\n    return 1 / max(xs) ^ 2", "two stars"),
        Mistake("the list sorted in place", SORTED_IN_PLACE, "changes the list"),
    ),
)
