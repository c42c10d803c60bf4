"""Exercise 14.1: a share without NaN."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_14.judge_share import judge_share

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="14.1",
    title="A share without NaN",
    difficulty="easy",
    minutes=5,
    task="safe_share(heat, masks): both (N, H, W); the share of heat inside for each picture, 0 where there is none.",
    hints=(
        "Only one thing is missing in the lesson's share_inside: what to divide by when the total is 0.",
        "torch.where, or a tensor's .where(condition, other), puts another number where the condition is False.",
        "total.where(total > 0, 1) divides an empty map by 1: 0 / 1 = 0",
    ),
    starter="def safe_share(heat, masks):\n    ...",
    solution=(
        "def safe_share(heat, masks):\n"
        "    total = heat.sum(dim=(1, 2))\n"
        "    return (heat * masks).sum(dim=(1, 2)) / total.where(total > 0, 1)"
    ),
    alternative=(
        "def safe_share(heat, masks):\n"
        "    share = (heat * masks).flatten(1).sum(1) / heat.flatten(1).sum(1)\n"
        "    return torch.nan_to_num(share, nan=0.0)"
    ),
    name="safe_share",
    judge=judge_share,
    praise="Right: no heat at all is no heat on the object, and every picture keeps its place in the mean.",
    mistakes=(
        Mistake(
            "== nan",
            "def safe_share(heat, masks):\n"
            "    share = (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))\n"
            "    share[share == float('nan')] = 0\n"
            "    return share",
            "NaN equals nothing",
        ),
        Mistake(
            "one question for all pictures",
            "def safe_share(heat, masks):\n"
            "    if heat.sum() == 0:\n"
            "        return torch.zeros(len(heat))\n"
            "    return (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))",
            "only a batch in which *all*",
        ),
        Mistake(
            "per cent",
            "def safe_share(heat, masks):\n"
            "    return (100 * (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))).nan_to_num()",
            "percentage",
        ),
        Mistake(
            "the peak for the sum",
            "def safe_share(heat, masks):\n"
            "    return ((heat * masks).sum(dim=(1, 2)) / heat.amax(dim=(1, 2))).nan_to_num()",
            "divides by the map's peak",
        ),
        Mistake(
            "NaN",
            "def safe_share(heat, masks):\n    return (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))",
            "still gives 0 / 0",
        ),
        Mistake(
            "a small number that is not small",
            "def safe_share(heat, masks):\n    return (heat * masks).sum(dim=(1, 2)) / (heat.sum(dim=(1, 2)) + 1e-5)",
            "weak map came out wrong",
        ),
        Mistake(
            "mixes the batch",
            "def safe_share(heat, masks):\n    return (heat * masks).sum() / heat.sum()",
            "batch axis was added up",
        ),
        Mistake(
            "leaves the empty map out",
            "def safe_share(heat, masks):\n"
            "    total = heat.sum(dim=(1, 2))\n"
            "    return ((heat * masks).sum(dim=(1, 2)) / total)[total > 0]",
            "left out",
        ),
        Mistake(
            "a mean, not a share",
            "def safe_share(heat, masks):\n    return (heat * masks).mean(dim=(1, 2))",
            "divides by all pixels",
        ),
        Mistake(
            "in place",
            "def safe_share(heat, masks):\n"
            "    total = heat.sum(dim=(1, 2))\n"
            "    return heat.mul_(masks).sum(dim=(1, 2)) / total.clamp(min=1e-30)",
            "in-place",
        ),
    ),
    setup="import torch",
)
