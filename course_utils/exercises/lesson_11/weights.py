"""Exercise 11.1: the weights of the channels."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_11.judge_weights import judge_weights

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="11.1",
    title="The weights of the channels",
    difficulty="easy",
    minutes=4,
    task="channel_weights(gradients): from gradients (N, K, h, w) the Grad-CAM weights, shape (N, K).",
    hints=(
        "One number for each channel of each picture: how the logit reacts when the channel grows everywhere.",
        "Tensor.mean takes a tuple of axes; h and w are the last two.",
        "gradients.mean(dim=(?, ?)) with the axes of h and w",
    ),
    starter="def channel_weights(gradients):\n    ...",
    solution="def channel_weights(gradients):\n    return gradients.mean(dim=(2, 3))",
    alternative="def channel_weights(gradients):\n    return gradients.flatten(2).sum(-1) / gradients[0, 0].numel()",
    name="channel_weights",
    judge=judge_weights,
    praise="Right: each picture keeps its own weights; the mean makes them independent of the map's size.",
    mistakes=(
        Mistake("wrong axes", "def channel_weights(gradients):\n    return gradients.mean(dim=(1, 2))", "axes 1 and 2"),
        Mistake(
            "mixes the batch", "def channel_weights(gradients):\n    return gradients.mean(dim=(0, 2, 3))", "mixed"
        ),
        Mistake("sum", "def channel_weights(gradients):\n    return gradients.sum(dim=(2, 3))", "sum came"),
        Mistake("ReLU", "def channel_weights(gradients):\n    return gradients.relu().mean(dim=(2, 3))", "cut off"),
        Mistake(
            "squeezes",
            "def channel_weights(gradients):\n"
            "    return torch.nn.functional.adaptive_avg_pool2d(gradients, 1).squeeze()",
            "squeeze()",
        ),
        Mistake(
            "fixed size",
            "def channel_weights(gradients):\n    return gradients.sum(dim=(2, 3)) / 256",
            "a map of 16x16",
        ),
        Mistake(
            "keepdim", "def channel_weights(gradients):\n    return gradients.mean(dim=(2, 3), keepdim=True)", "keepdim"
        ),
    ),
    setup="import torch",
)
