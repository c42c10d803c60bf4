"""Exercise 07.3: a clip to order."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_07.judge_clip_to import judge_clip_to
from course_utils.exercises.lesson_07.setup import SETUP

__all__ = ["EXERCISE"]


CLIP_TO = """def clip_to(limit):
    return lambda layer, grad_output: tuple(
        g if g is None or g.norm() <= limit else ... for g in grad_output
    )"""


EXERCISE = Exercise(
    id="07.3",
    title="A clip to order",
    difficulty="medium",
    minutes=8,
    task="Write clip_to(limit): it returns a full backward pre-hook that shortens gradients longer than limit.",
    hints=(
        "Two functions: the outer one knows the limit, the inner one is the hook.",
        "gradient.norm() is the length; a gradient times (limit / length) has length limit. Build a tuple.",
        "return tuple(g if g is None or g.norm() <= limit else ... for g in grad_output)",
    ),
    starter="def clip_to(limit): ...",
    solution="""def clip_to(limit):
    def clip(layer, grad_output):
        return tuple(
            gradient if gradient is None or gradient.norm() <= limit else gradient * (limit / gradient.norm())
            for gradient in grad_output
        )

    return clip""",
    alternative="""def clip_to(limit):
    def shorter(gradient):
        if gradient is None:
            return None
        return gradient / (gradient.norm() / limit).clamp(min=1)

    return lambda layer, grad_output: tuple(map(shorter, grad_output))""",
    name="clip_to",
    setup=SETUP,
    judge=judge_clip_to,
    praise="Right: long gradients get the limit's length and keep their direction. Try it in the 16-bit network.",
    mistakes=(
        Mistake(
            "length 1",
            CLIP_TO.replace("...", "g / g.norm()"),
            "length is 1",
        ),
        Mistake(
            "largest number",
            CLIP_TO.replace("...", "g * limit / g.abs().max()"),
            "largest number was taken",
        ),
        Mistake(
            "set to 0",
            CLIP_TO.replace("...", "g * 0"),
            "set to 0",
        ),
        Mistake(
            "subtracts",
            CLIP_TO.replace("...", "g - limit"),
            "shortened by multiplying",
        ),
        Mistake(
            "turned round",
            CLIP_TO.replace("...", "-g * limit / g.norm()"),
            "turned round",
        ),
        Mistake(
            "rows",
            CLIP_TO.replace("...", "g * (limit / g.norm(dim=-1, keepdim=True)).clamp(max=1)"),
            "each row by itself",
        ),
        Mistake(
            "a hook of three",
            "def clip_to(limit):\n    return lambda layer, into, out: out",
            "it is called with (layer, grad_output)",
        ),
        Mistake(
            "no tuple",
            "def clip_to(limit):\n"
            "    return lambda layer, grad_output: grad_output[0] * (limit / grad_output[0].norm())",
            "a tuple of 1",
        ),
        Mistake(
            "clamps each number",
            "def clip_to(limit):\n"
            "    return lambda layer, grad_output: tuple(g.clamp(-limit, limit) for g in grad_output)",
            "direction",
        ),
        Mistake(
            "scales short ones too",
            "def clip_to(limit):\n"
            "    return lambda layer, grad_output: tuple(g * (limit / g.norm()) for g in grad_output)",
            "short enough",
        ),
        Mistake(
            "edits in place",
            "def clip_to(limit):\n    def clip(layer, grad_output):\n        for g in grad_output:\n"
            "            if g is not None and g.norm() > limit:\n                g *= limit / g.norm()\n"
            "        return grad_output\n    return clip",
            "in place",
        ),
        Mistake(
            "forgets None",
            "def clip_to(limit):\n    return lambda layer, grad_output: tuple(\n"
            "        g if g.norm() <= limit else g * (limit / g.norm()) for g in grad_output)",
            "NoneType",
        ),
        Mistake(
            "inner function not returned",
            "def clip_to(limit):\n    def clip(layer, grad_output):\n        return grad_output\n",
            "does not return the inner function",
        ),
    ),
)
