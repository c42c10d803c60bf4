"""Exercise 14.4: how generous may the pointing game be?."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_14.judge_tolerance import judge_tolerance

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="14.4",
    title="How generous may the pointing game be?",
    difficulty="medium",
    minutes=8,
    task="tolerance: the smallest whole number of pixels at which the lesson's dice hit at least 9 of 10 pictures.",
    hints=(
        "More tolerance, more hits: somewhere between 0 and 15 pixels the share passes 90 %.",
        "Put the lesson's line with trust.pointing_game into a loop over whole numbers, and print both.",
        "for pixels in range(16): print(pixels, share of hits); the first one with 0.9 or more",
    ),
    starter="tolerance = ...",
    solution=(
        "tolerance = next(p for p in range(32) if trust.pointing_game(dice, data.masks, p).float().mean() >= 0.9)"
    ),
    alternative="tolerance = 13",
    name="tolerance",
    judge=judge_tolerance,
    praise="Right: from there on nearly any map wins. In a photograph of 500 pixels the same tolerance is strict.",
    mistakes=(
        Mistake("hits, not pixels", "tolerance = 181", "number of hits"),
        Mistake("per cent", "tolerance = 90", "share itself"),
        Mistake("several", "tolerance = [13, 14, 15]", "a list came"),
        Mistake("the largest", "tolerance = 15", "smaller tolerance"),
        Mistake("half of the pictures", "tolerance = 6", "half of the pictures"),
        Mistake("the share", "tolerance = 0.9", "not the share of hits"),
        Mistake("too small", "tolerance = 8", "fewer than 9 of 10"),
        Mistake("out of the picture", "tolerance = 100", "between 0 and the picture's 32"),
    ),
    setup=(
        "import torch\n\nfrom course_utils import trust\nfrom course_utils.datasets import shapes10\n\n"
        "data = shapes10(count=200, seed=42)\n"
        "dice = torch.rand(200, 32, 32, generator=torch.Generator().manual_seed(0))"
    ),
)
