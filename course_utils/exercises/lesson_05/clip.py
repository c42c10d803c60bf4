"""Exercise 05.2: a hook that clips."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_05.judge_clip import judge_clip

__all__ = ["EXERCISE"]


CLIP = """
def clip(limit):
    def hook(gradient):
        return gradient.clamp(-limit, limit)

    return hook
"""


EXERCISE = Exercise(
    id="05.2",
    title="A hook that clips",
    difficulty="medium",
    minutes=6,
    task="Write clip(limit): it returns a hook that forces each number of a gradient between -limit and limit.",
    hints=(
        "clip is a factory, as in lesson 03: a function that returns a function.",
        "The inner function takes the gradient and returns a new tensor; it must not edit the old one.",
        "gradient.clamp(-limit, limit), without an underscore at the end of clamp",
    ),
    starter="def clip(limit):\n    ...",
    solution=CLIP,
    alternative="clip = lambda limit: lambda g: torch.where(g.abs() > limit, limit * g.sign(), g)",
    name="clip",
    judge=judge_clip,
    praise="Right: both sides, and a new tensor. Register two hooks with different limits: which one wins?",
    mistakes=(
        Mistake(
            "a limit of its own",
            "def clip(limit):\n    return lambda gradient: gradient.clamp(-10, 10)",
            "limit that came in is not used",
        ),
        Mistake(
            "lower bound 0",
            "def clip(limit):\n    return lambda gradient: gradient.clamp(0, limit)",
            "lower bound is 0",
        ),
        Mistake(
            "bounds swapped",
            "def clip(limit):\n    return lambda gradient: gradient.clamp(limit, -limit)",
            "bounds are swapped",
        ),
        Mistake(
            "sign lost",
            "def clip(limit):\n    return lambda gradient: gradient.abs().clamp(max=limit)",
            "sign is lost",
        ),
        Mistake(
            "0 beyond the limit",
            "def clip(limit):\n    return lambda gradient: gradient * (gradient.abs() <= limit)",
            "were set to 0",
        ),
        Mistake(
            "a tuple",
            "def clip(limit):\n    return lambda gradient: (gradient.clamp(-limit, limit),)",
            "tuples are for the hooks of layers",
        ),
        Mistake(
            "squashes",
            "def clip(limit):\n    return lambda gradient: limit * (gradient / limit).tanh()",
            "not the nearest number",
        ),
        Mistake(
            "a hook of a layer",
            "def clip(limit):\n    return lambda layer, into, out: out[0].clamp(-limit, limit)",
            "it is called with (gradient)",
        ),
        Mistake(
            "one limit for all",
            "def clip(limit):\n    clip.x = limit\n    return lambda gradient: gradient.clamp(-clip.x, clip.x)",
            "share one limit",
        ),
        Mistake("in place", CLIP.replace("clamp(", "clamp_("), "in place"),
        Mistake("forgot to return the clipped one", CLIP.replace("return gradient", "gradient"), "None"),
        Mistake("forgot to return the hook", CLIP.replace("    return hook", "    hook"), "None"),
        Mistake("one side only", CLIP.replace("-limit, limit", "max=limit"), "upper side"),
        Mistake(
            "scales all",
            CLIP.replace("gradient.clamp(-limit, limit)", "gradient / gradient.abs().max() * limit"),
            "scaled",
        ),
        Mistake("returns a number", CLIP.replace("gradient.clamp(-limit, limit)", "limit"), "of type float"),
    ),
    setup="import torch",
)
