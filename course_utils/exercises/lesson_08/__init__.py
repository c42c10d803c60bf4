"""Exercises of lesson 08: the loss of guessing, a callback with patience, a training step with three mistakes."""

from course_utils.exercises.lesson_08 import guessing, passed, patience, train_step

__all__ = ["EXERCISES"]

EXERCISES = (
    guessing.EXERCISE,
    patience.EXERCISE,
    train_step.EXERCISE,
    passed.EXERCISE,
)
