"""Exercises of lesson 09: kernels and feature maps."""

from course_utils.exercises.lesson_09 import arrows, look, montage, nth, window

__all__ = ["EXERCISES"]

EXERCISES = (
    window.EXERCISE,
    nth.EXERCISE,
    montage.EXERCISE,
    look.EXERCISE,
    arrows.EXERCISE,
)
