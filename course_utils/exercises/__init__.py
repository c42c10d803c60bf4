"""Exercises that answer back: `check` an answer, ask for a `hint` or the `solution`, see your `progress`.

Importing this room imports neither torch nor the lessons: each lesson's exercises are loaded when asked for.
"""

from course_utils.exercises.engine import check, hint, progress, solution

__all__ = ["check", "hint", "progress", "solution"]
