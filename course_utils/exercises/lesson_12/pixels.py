"""Exercise 12.1: what one value stands for."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_12.judge_pixels import judge_pixels

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="12.1",
    title="What one value stands for",
    difficulty="easy",
    minutes=2,
    task="pixels_per_value: how many pixels of a 32x32 picture one value of an 8x8 map stands for.",
    hints=(
        "Cut the picture into as many equal blocks as the map has values.",
        "A block is 32 / 8 pixels high.",
        "It is as wide as it is high: multiply.",
    ),
    starter="pixels_per_value = ...",
    solution="pixels_per_value = (32 // 8) ** 2",
    alternative="pixels_per_value = 32 * 32 / (8 * 8)",
    name="pixels_per_value",
    judge=judge_pixels,
    praise="Right: 4x4 pixels share one value; keep that in mind when an overlay looks sharp.",
    mistakes=(
        Mistake("one side of the map", "pixels_per_value = 32 * 32 / 8", "one side of the map"),
        Mistake("subtracted", "pixels_per_value = 32 - 8", "subtracted"),
        Mistake("colours counted", "pixels_per_value = 4 * 4 * 3", "red, green and blue"),
        Mistake("upside down", "pixels_per_value = 8 * 8 / (32 * 32)", "upside down"),
        Mistake("one too few", "pixels_per_value = 15", "960 pixels"),
        Mistake("the sides", "pixels_per_value = (4, 4)", "two sides of a block"),
        Mistake("a text", "pixels_per_value = '16'", "quotes make it a text"),
        Mistake("only the side", "pixels_per_value = 32 // 8", "height and width"),
        Mistake("values of the map", "pixels_per_value = 8 * 8", "number of values"),
        Mistake("believes the overlay", "pixels_per_value = 1", "enlarged"),
    ),
)
