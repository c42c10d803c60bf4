"""Exercise 04.5: explore: where the loop stops settling."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_04.judge_turn import judge_turn

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="04.5",
    title="Explore: where the loop stops settling",
    difficulty="easy",
    minutes=4,
    task=(
        "Come from the left: move the panel's learning rate until the caption turns from 'settles' to 'explodes'. "
        "Hand in the two neighbouring positions: (last that settles, first that explodes)."
    ),
    hints=(
        "Epochs and start weight do not matter; the caption says which of the two it is.",
        "Start at 0.001 and press the right arrow: one position at a time, reading the caption.",
        "One epoch multiplies the distance by 0.836 at the first of the two, and by 1.22 at the second.",
    ),
    starter="turn = (..., ...)",
    solution="turn = (0.0016, 0.0018)",
    alternative="""
from course_utils.panels.learning_rate import RATES, factors
wild = [abs(math.prod(factors(rate))) > 1 for rate in RATES].index(True)
turn = list(RATES[wild - 1 : wild + 1])
""",
    name="turn",
    judge=judge_turn,
    praise=(
        "Right: one epoch multiplies the distance by 0.836 at 0.0016, and by 1.22 at 0.0018. Now go on to 0.004: "
        "why does the loop settle there once more? (The product is 0.709: the first factor is nearly 0.)"
    ),
    mistakes=(
        Mistake("swapped", "turn = (0.0018, 0.0016)", "wrong way round"),
        Mistake("the dot leaves the band", "turn = (0.00089, 0.001)", "leaves the green band"),
        Mistake("from the lesson's table", "turn = (0.0016, 0.0017)", "no such position"),
        Mistake("one position too early", "turn = (0.0014, 0.0016)", "at both the caption says: settles"),
        Mistake("one position too late", "turn = (0.0018, 0.002)", "too far to the right"),
        Mistake("the power of ten is lost", "turn = (1.6, 1.8)", "power of ten"),
        Mistake("a position between was skipped", "turn = (0.0014, 0.0018)", "1 more of the slider's"),
        Mistake("the island further right", "turn = (0.0035, 0.004)", "island"),
        Mistake("one number only", "turn = 0.0016", "two things were asked for"),
        Mistake("not rounded", "turn = (0.001585, 0.001778)", "more digits"),
        Mistake("the factors", "turn = (0.836, 1.22)", "factors of one epoch"),
        Mistake("texts", "turn = ('0.0016', '0.0018')", "in quotes"),
        Mistake("commas for points", "turn = (0,16, 0,18)", "with a point"),
    ),
    setup="import math",
)
