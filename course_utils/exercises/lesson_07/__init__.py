"""Exercises of lesson 07: backward hooks, and the atlas."""

from course_utils.exercises.lesson_07 import both_ways, choice, clip_to, filled, gradient_of_output, guilty

__all__ = ["EXERCISES"]

EXERCISES = (
    both_ways.EXERCISE,
    choice.EXERCISE,
    clip_to.EXERCISE,
    guilty.EXERCISE,
    gradient_of_output.EXERCISE,
    filled.EXERCISE,
)
