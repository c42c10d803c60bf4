"""Exercises of lesson 03: lambdas, closures, late binding."""

from course_utils.exercises.lesson_03 import factors, longest_first, make_callbacks, make_counter, make_watcher

__all__ = ["EXERCISES"]

EXERCISES = (
    longest_first.EXERCISE,
    factors.EXERCISE,
    make_callbacks.EXERCISE,
    make_watcher.EXERCISE,
    make_counter.EXERCISE,
)
