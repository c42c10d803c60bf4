"""Exercise 10.1: join the colours."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_10.judge_join import judge_join

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="10.1",
    title="Join the colours",
    difficulty="easy",
    minutes=3,
    task="join_colours(gradients): from signed gradients (N, C, H, W) the saliency maps (N, H, W).",
    hints=(
        "A strong negative slope matters as much as a strong positive one.",
        "abs() first; amax takes the axis of the colours, which is 1.",
        "gradients.abs() and then .amax(dim=?)",
    ),
    starter="def join_colours(gradients):\n    ...",
    solution="def join_colours(gradients):\n    return gradients.abs().amax(dim=1)",
    alternative="def join_colours(gradients):\n    return torch.maximum(gradients.amax(1), -gradients.amin(1))",
    name="join_colours",
    judge=judge_join,
    praise="Right: one number a pixel, and the sign is gone for good. Say so under the picture.",
    mistakes=(
        Mistake(
            "no abs", "def join_colours(gradients):\n    return gradients.amax(dim=1)", "before the absolute value"
        ),
        Mistake("late abs", "def join_colours(gradients):\n    return gradients.amax(dim=1).abs()", "too late"),
        Mistake("mean", "def join_colours(gradients):\n    return gradients.abs().mean(dim=1)", "averaged"),
        Mistake("sum", "def join_colours(gradients):\n    return gradients.sum(dim=1).abs()", "cancel"),
        Mistake("relu", "def join_colours(gradients):\n    return gradients.relu().amax(dim=1)", "cut off"),
        Mistake("batch axis", "def join_colours(gradients):\n    return gradients.abs().amax(dim=0)", "axis 0"),
        Mistake("pair", "def join_colours(gradients):\n    return gradients.abs().max(dim=1)", "no tensor"),
        Mistake("in place", "def join_colours(gradients):\n    return gradients.abs_().amax(dim=1)", "in-place"),
        Mistake("indices", "def join_colours(gradients):\n    return gradients.abs().argmax(dim=1)", "positions"),
        Mistake(
            "stretched",
            "def join_colours(gradients):\n    maps = gradients.abs().amax(dim=1)\n    return maps / maps.max()",
            "divided by the largest",
        ),
        Mistake("rows", "def join_colours(gradients):\n    return gradients.abs().amax(dim=2)", "rows (axis 2)"),
    ),
    setup="import torch",
)
