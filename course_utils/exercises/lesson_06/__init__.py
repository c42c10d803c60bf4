"""Exercises of lesson 06: forward hooks."""

from course_utils.exercises.lesson_06 import count, needed, peek, shapes, surgery

__all__ = ["EXERCISES"]

EXERCISES = (
    count.EXERCISE,
    shapes.EXERCISE,
    peek.EXERCISE,
    needed.EXERCISE,
    surgery.EXERCISE,
)
