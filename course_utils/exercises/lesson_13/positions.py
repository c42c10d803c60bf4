"""Exercise 13.1: position by position."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_13.judge_positions import judge_positions

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="13.1",
    title="Position by position",
    difficulty="easy",
    minutes=4,
    task="HiResCAM from activations and gradients, both (N, K, h, w): maps (N, h, w), 0 or more; inputs unchanged.",
    hints=(
        "each position of each channel is multiplied by its own gradient; nothing is averaged",
        "the channels are axis 1; ReLU comes last",
        "return (activations * gradients).sum(dim=...).relu()",
    ),
    starter="def position_map(activations, gradients):\n    ...",
    solution="def position_map(activations, gradients):\n    return (activations * gradients).sum(dim=1).relu()",
    alternative=(
        "def position_map(activations, gradients):\n"
        "    return torch.einsum('nkhw,nkhw->nhw', activations, gradients).clamp(min=0)"
    ),
    name="position_map",
    judge=judge_positions,
    setup="import torch",
    praise="no mean, so heat stays where the score reads. Try it on a layer before and after its ReLU",
    mistakes=(
        Mistake(
            "Grad-CAM again",
            "def position_map(activations, gradients):\n"
            "    return (gradients.mean(dim=(2, 3), keepdim=True) * activations).sum(dim=1).relu()",
            "that is Grad-CAM",
        ),
        Mistake(
            "only positive gradients",
            "def position_map(activations, gradients):\n    return (gradients.relu() * activations).sum(dim=1).relu()",
            "that is LayerCAM",
        ),
        Mistake(
            "ReLU before the sum",
            "def position_map(activations, gradients):\n    return (gradients * activations).relu().sum(dim=1)",
            "lost their vote",
        ),
        Mistake(
            "no ReLU",
            "def position_map(activations, gradients):\n    return (gradients * activations).sum(dim=1)",
            "ReLU is missing",
        ),
        Mistake(
            "in place",
            "def position_map(activations, gradients):\n    return activations.mul_(gradients).sum(dim=1).relu()",
            "in-place",
        ),
    ),
)
