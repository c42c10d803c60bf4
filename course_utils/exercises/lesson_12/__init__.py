"""Exercises of lesson 12: what a map's value stands for, undoing a normalisation, loading without overwriting."""

from course_utils.exercises.lesson_12 import get_model, nothing, pixels, to_picture

__all__ = ["EXERCISES"]

EXERCISES = (
    pixels.EXERCISE,
    to_picture.EXERCISE,
    get_model.EXERCISE,
    nothing.EXERCISE,
)
