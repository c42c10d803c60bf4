"""Exercise 10.4: what occlusion costs."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_10.judge_passes import judge_passes

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="10.4",
    title="What occlusion costs",
    difficulty="medium",
    minutes=8,
    task="forward_passes: how many pictures go through the network for one 32x32 picture, patch 4, stride 2.",
    hints=(
        "Let the network count for you: a forward pre-hook sees what comes in.",
        "model.register_forward_pre_hook(lambda module, args: seen.append(len(args[0]))) in a with block.",
        "the sum of seen after occlusion(model, image, predicted, patch=4, stride=2)",
    ),
    starter="forward_passes = ...",
    solution="""seen = []
with model.register_forward_pre_hook(lambda module, args: seen.append(len(args[0]))):
    occlusion(model, image, 0, patch=4, stride=2)
forward_passes = sum(seen)""",
    alternative="positions = len(range(0, 32 - 4 + 1, 2))\nforward_passes = positions**2 + 1",
    name="forward_passes",
    judge=judge_passes,
    praise="Right: saliency asks once, occlusion 226 times. A slope is cheap; an experiment is not.",
    mistakes=(
        Mistake("without the first", "forward_passes = 15 * 15", "first pass"),
        Mistake("one row", "forward_passes = 15", "down as well"),
        Mistake("one too many", "forward_passes = 16 * 16 + 1", "does not fit"),
        Mistake("no overlap", "forward_passes = 8 * 8 + 1", "do not overlap"),
        Mistake("calls", "forward_passes = 3", "many pictures"),
        Mistake("text", "forward_passes = 'many'", "number of pictures"),
        Mistake("the lesson's patch of 8", "forward_passes = 50", "patches of 8 at steps of 4"),
        Mistake("counted twice", "forward_passes = 452", "counted 2 times"),
        Mistake("one batch only", "forward_passes = 128", "one batch only"),
    ),
    setup="""import torch
from torch import nn
from course_utils.attribution import occlusion
torch.manual_seed(0)
model, image = nn.Sequential(nn.Conv2d(3, 2, 5, stride=4), nn.Flatten(), nn.Linear(98, 3)), torch.rand(1, 3, 32, 32)""",
)
