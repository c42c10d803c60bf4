"""Exercises that answer back: `check`, `hint`, `solution`, `progress`, and the `quiz` of a lesson.

Importing this room imports neither torch nor the lessons: each lesson's exercises are loaded when asked for.
"""

from course_utils.exercises.engine import check, hint, progress, solution
from course_utils.exercises.quiz import quiz

__all__ = ["check", "hint", "progress", "quiz", "solution"]
