"""Exercise 03.2: three factors."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_03.judge_factors import judge_factors

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="03.2",
    title="Three factors",
    difficulty="easy",
    minutes=2,
    task="Hand in the list of the three numbers that the callbacks return for 3.",
    hints=(
        "When is n looked up: when the lambda is made, or when it is called?",
        "After the loop there is one cell; what is in it?",
        "Each number is 3 times the last n.",
    ),
    starter="prediction = ...",
    solution="prediction = [300, 300, 300]",
    alternative="prediction = 3 * [3 * 100]",
    name="prediction",
    judge=judge_factors,
    praise="Right: one cell, and 100 in it; now write n=n into the lambda and run it.",
    mistakes=(
        Mistake("early binding hoped for", "prediction = [3, 30, 300]", "late binding"),
        Mistake("one number", "prediction = [300]", "three answers"),
        Mistake("forgot to multiply", "prediction = [100, 100, 100]", "multiply"),
        Mistake("the first n", "prediction = [3, 3, 3]", "not the first"),
        Mistake("the callbacks", "prediction = [lambda x: x * n for n in (1, 10, 100)]", "callbacks themselves"),
        Mistake("a number, no list", "prediction = 300", "a list of three numbers"),
        Mistake("plus for times", "prediction = [103, 103, 103]", "x + n"),
        Mistake("the lesson's callbacks", "prediction = [2, 2, 2]", "range(3)"),
        Mistake("factors added up", "prediction = [3, 33, 333]", "do not add up"),
        Mistake("a tuple", "prediction = (300, 300, 300)", "round brackets"),
    ),
)
