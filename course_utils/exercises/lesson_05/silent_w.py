"""Exercise 05.5: explore: silence w, and let x speak."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_05.judge_silent_w import judge_silent_w

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="05.5",
    title="Explore: silence w, and let x speak",
    difficulty="easy",
    minutes=5,
    task=(
        "In the panel, set x to 3, let the hook sit on b, and let it multiply. At which position of 'How much' is "
        "w.grad 0, while x.grad stays 32?"
    ),
    hints=(
        "Two roads lead back to w. If they cancel, w hears nothing.",
        "The road through a brings 32. What arrives at b is 64, and goes on to w as it leaves.",
        "64 times the factor must be -32.",
    ),
    starter="factor = ...",
    solution="factor = -0.5",
    alternative="factor = -32 / 64  # what comes through a, over what arrives at b",
    name="factor",
    judge=judge_silent_w,
    praise=(
        "Right: 32 through a, and 64 times -0.5 through b, add up to 0. Now let the hook sit on a: which factor "
        "silences w there, and what does it do to x?"
    ),
    mistakes=(
        Mistake("the sign is lost", "factor = 0.5", "sign is lost"),
        Mistake("closes one road", "factor = 0", "road through a still brings 32"),
        Mistake("the hook sits on a", "factor = -2.0", "with the hook on a"),
        Mistake("another x", "factor = -1", "factor for x = 1"),
        Mistake("x was left at 2", "factor = -0.667", "factor for x = 2"),
        Mistake("one position too far", "factor = -0.75", "one position beside it"),
        Mistake("one position too early", "factor = -0.25", "caption says w.grad 16"),
        Mistake("a gradient", "factor = -32", "not the factor of the knob"),
        Mistake("in quotes", "factor = '-0.5'", "a text stands"),
    ),
    seconds=5.0,
)
