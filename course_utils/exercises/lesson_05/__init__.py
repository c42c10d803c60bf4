"""Exercises of lesson 05: tensor hooks."""

from course_utils.exercises.lesson_05 import clip, early, halving, silent_w, watch

__all__ = ["EXERCISES"]

EXERCISES = (
    halving.EXERCISE,
    clip.EXERCISE,
    watch.EXERCISE,
    early.EXERCISE,
    silent_w.EXERCISE,
)
