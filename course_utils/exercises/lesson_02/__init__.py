"""Exercises of lesson 02: decorators."""

from course_utils.exercises.lesson_02 import clamped, counted, doubled, remembered

__all__ = ["EXERCISES"]

EXERCISES = (
    doubled.EXERCISE,
    counted.EXERCISE,
    clamped.EXERCISE,
    remembered.EXERCISE,
)
