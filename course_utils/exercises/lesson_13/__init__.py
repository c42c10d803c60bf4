"""Exercises of lesson 13: HiResCAM, a score of one's own, an exploration, and two listings to repair."""

from course_utils.exercises.lesson_13 import extract, positions, repaired, rival, scale

__all__ = ["EXERCISES"]

EXERCISES = (
    positions.EXERCISE,
    rival.EXERCISE,
    scale.EXERCISE,
    repaired.EXERCISE,
    extract.EXERCISE,
)
