"""Exercises of lesson 15: the score of "normal", two classes of one logit, an article mended, bytes, and a report."""

from course_utils.exercises.lesson_15 import as_bytes, heatmaps, normal, pair, report, saturation

__all__ = ["EXERCISES"]

EXERCISES = (
    normal.EXERCISE,
    pair.EXERCISE,
    heatmaps.EXERCISE,
    as_bytes.EXERCISE,
    saturation.EXERCISE,
    report.EXERCISE,
)
