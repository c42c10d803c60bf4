"""Exercise 11.3: a heatmap of nothing."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_11.judge_heatmap import judge_heatmap

__all__ = ["EXERCISE"]


_HEAT = "def to_heatmap(cam):\n    {}"


EXERCISE = Exercise(
    id="11.3",
    title="A heatmap of nothing",
    difficulty="medium",
    minutes=8,
    task="to_heatmap(cam), repaired: the peak becomes 1, zero stays zero, an empty map stays empty, no NaN.",
    hints=(
        "Feed it torch.zeros(2, 2), then a map whose smallest value is above zero. What comes out?",
        "Do not subtract anything. And look at the peak before you divide by it.",
        "peak = cam.max(), then divide only if peak > 0",
    ),
    starter="def to_heatmap(cam):\n    cam -= cam.min()\n    return cam / cam.max()",
    solution="def to_heatmap(cam):\n    peak = cam.max()\n    return cam / peak if peak > 0 else torch.zeros_like(cam)",
    alternative="def to_heatmap(cam):\n    peak = cam.max()\n    return cam / torch.where(peak > 0, peak, 1.0)",
    name="to_heatmap",
    judge=judge_heatmap,
    praise="Right: now two pictures with no evidence look like no evidence.",
    mistakes=(
        Mistake("stretches", _HEAT.format("return (cam - cam.min()) / (cam.max() - cam.min() + 1e-8)"), "subtracted"),
        Mistake("0 / 0", _HEAT.format("return cam / cam.max()"), "0 / 0 is NaN"),
        Mistake("divides by the sum", _HEAT.format("return cam / cam.sum()"), "divides by the sum"),
        Mistake("in place", _HEAT.format("cam /= cam.max().clamp(min=1e-12)\n    return cam"), "in-place division"),
        Mistake("a floor", _HEAT.format("return cam / cam.max().clamp(min=0.1)"), "faint map"),
        Mistake(
            "nothing for nothing", _HEAT.format("return cam / cam.max() if cam.any() else None"), "for an empty map"
        ),
        Mistake("row by row", _HEAT.format("return cam / cam.amax(1, keepdim=True).clamp(min=1e-12)"), "its own row"),
        Mistake("invents heat", _HEAT.format("return (cam + 1e-3) / (cam.max() + 1e-3)"), "peak should become 1"),
    ),
    setup="import torch",
)
