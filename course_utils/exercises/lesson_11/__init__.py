"""Exercises of lesson 11: weights, the map, a heatmap of nothing, and Grad-CAM for a batch that leaves no trace."""

from course_utils.exercises.lesson_11 import batch, heatmap, least, weighted_map, weights

__all__ = ["EXERCISES"]

EXERCISES = (
    weights.EXERCISE,
    weighted_map.EXERCISE,
    heatmap.EXERCISE,
    batch.EXERCISE,
    least.EXERCISE,
)
