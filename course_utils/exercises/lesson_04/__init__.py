"""Exercises of lesson 04: gradients."""

from course_utils.exercises.lesson_04 import fit, safe_rate, slopes, turn, two_roads

__all__ = ["EXERCISES"]

EXERCISES = (
    two_roads.EXERCISE,
    fit.EXERCISE,
    slopes.EXERCISE,
    safe_rate.EXERCISE,
    turn.EXERCISE,
)
