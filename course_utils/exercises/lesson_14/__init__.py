"""Exercises of lesson 14: a share without NaN, insertion, a test that damages what it tests, and a found tolerance."""

from course_utils.exercises.lesson_14 import forget, insert, share, tolerance

__all__ = ["EXERCISES"]

EXERCISES = (
    share.EXERCISE,
    insert.EXERCISE,
    forget.EXERCISE,
    tolerance.EXERCISE,
)
