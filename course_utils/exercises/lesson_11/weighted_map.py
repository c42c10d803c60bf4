"""Exercise 11.2: from weights to a map."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_11.judge_weighted_map import judge_map

__all__ = ["EXERCISE"]


_MAP = "def cam_map(activations, gradients):\n    weights = gradients.mean(dim=(2, 3), keepdim=True)\n    return {}"


EXERCISE = Exercise(
    id="11.2",
    title="From weights to a map",
    difficulty="medium",
    minutes=8,
    task="cam_map(activations, gradients): both (N, K, h, w); the Grad-CAM maps, shape (N, h, w), not normalised.",
    hints=(
        "Three steps: a weight for each channel, a weighted vote, and only what speaks for the class.",
        "keepdim=True leaves the weights at (N, K, 1, 1), which multiplies (N, K, h, w); then sum over axis 1.",
        "(weights * activations).sum(dim=1), and then the positive part",
    ),
    starter="def cam_map(activations, gradients):\n    ...",
    solution=_MAP.format("(weights * activations).sum(dim=1).relu()"),
    alternative=(
        "def cam_map(activations, gradients):\n"
        "    weights = gradients.mean(dim=(2, 3))\n"
        "    return torch.einsum('nk,nkhw->nhw', weights, activations).clamp(min=0)"
    ),
    name="cam_map",
    judge=judge_map,
    praise="Right: that is the whole of Grad-CAM, equations 1 and 2 of the paper.",
    mistakes=(
        Mistake("ReLU before the sum", _MAP.format("(weights * activations).relu().sum(dim=1)"), "before the sum"),
        Mistake("no ReLU", _MAP.format("(weights * activations).sum(dim=1)"), "ReLU is missing"),
        Mistake(
            "mean instead of sum", _MAP.format("(weights * activations).mean(dim=1).relu()"), "mean over the channels"
        ),
        Mistake("sums the pictures", _MAP.format("(weights * activations).sum(dim=0).relu()"), "channels are axis 1"),
        Mistake(
            "position by position", _MAP.format("(gradients * activations).sum(dim=1).relu()"), "averages them first"
        ),
        Mistake("clamps at 1", _MAP.format("(weights * activations).sum(dim=1).clamp(0, 1)"), "above 1 were cut off"),
        Mistake("without weights", _MAP.format("activations.sum(dim=1).relu()"), "weights are not used"),
        Mistake(
            "one set of weights",
            _MAP.format("(weights.mean(0) * activations).sum(dim=1).relu()"),
            "averaged over the batch",
        ),
        Mistake(
            "in place", _MAP.format("activations.mul_(weights).sum(dim=1).relu()"), "in-place operation wrote into them"
        ),
    ),
    setup="import torch",
)
