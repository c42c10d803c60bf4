"""Exercises of lesson 01: callbacks, events, listeners that fail."""

from course_utils.exercises.lesson_01 import apply, complaints, fire_safely, listen_during, run_until

__all__ = ["EXERCISES"]

EXERCISES = (
    apply.EXERCISE,
    run_until.EXERCISE,
    fire_safely.EXERCISE,
    complaints.EXERCISE,
    listen_during.EXERCISE,
)
