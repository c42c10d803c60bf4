"""Exercises of lesson 10: joining colours, gradients of pixels, guided ReLUs that leave nothing behind, and a count."""

from course_utils.exercises.lesson_10 import gradients, guided, join, passes

__all__ = ["EXERCISES"]

EXERCISES = (
    join.EXERCISE,
    gradients.EXERCISE,
    guided.EXERCISE,
    passes.EXERCISE,
)
