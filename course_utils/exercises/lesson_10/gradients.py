"""Exercise 10.2: the slopes of a batch."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_10.judge_gradients import judge_gradients

__all__ = ["EXERCISE"]


_PIXELS = """def pixel_gradients(model, images, classes):
    pixels = images.clone().requires_grad_()
    logits = model(pixels)
    score = {score}
    return torch.autograd.grad(score, pixels)[0]"""


_BACKWARD = """def pixel_gradients(model, images, classes):
    pixels = images.clone().requires_grad_()
    model(pixels)[torch.arange(len(images)), classes].sum().backward()
    return pixels.grad"""


_ON_THE_SPOT = """def pixel_gradients(model, images, classes):
    images.requires_grad_()
    score = model(images)[torch.arange(len(images)), classes].sum()
    return torch.autograd.grad(score, images)[0]"""


_NO_GRAD = """def pixel_gradients(model, images, classes):
    score = model(images)[torch.arange(len(images)), classes].sum()
    return torch.autograd.grad(score, images)[0]"""


EXERCISE = Exercise(
    id="10.2",
    title="The slopes of a batch",
    difficulty="medium",
    minutes=10,
    task="pixel_gradients(model, images, classes): d logit / d pixel, (N, C, H, W); each picture with its own class.",
    hints=(
        "In evaluation mode pictures do not touch each other, so one sum of logits serves all of them.",
        "A copy of the pictures with requires_grad; logits[torch.arange(N), classes]; torch.autograd.grad.",
        "score = the sum of the chosen logits; return torch.autograd.grad(score, ?)[0]",
    ),
    starter="def pixel_gradients(model, images, classes):\n    ...",
    solution=_PIXELS.format(score="logits[torch.arange(len(images)), classes].sum()"),
    alternative="""def pixel_gradients(model, images, classes):
    slopes = []
    for picture, index in zip(images, classes):
        pixels = picture[None].detach().clone().requires_grad_()
        slopes.append(torch.autograd.grad(model(pixels)[0, index], pixels)[0])
    return torch.cat(slopes)""",
    name="pixel_gradients",
    judge=judge_gradients,
    praise="Right: a logit, one pass for all pictures, and nobody can tell that you were there.",
    mistakes=(
        Mistake(
            "the loss",
            _PIXELS.format(score="torch.nn.functional.cross_entropy(logits, classes, reduction='sum')"),
            "loss was differentiated",
        ),
        Mistake(
            "the mean loss",
            _PIXELS.format(score="torch.nn.functional.cross_entropy(logits, classes)"),
            "loss was differentiated",
        ),
        Mistake(
            "softmax", _PIXELS.format(score="logits.softmax(1)[torch.arange(len(images)), classes].sum()"), "softmax"
        ),
        Mistake("no requires_grad", _NO_GRAD, "does not require grad"),
        Mistake("first picture only", _PIXELS.format(score="logits[0, classes[0]]"), "only picture 0"),
        Mistake("one class for all", _PIXELS.format(score="logits[:, classes[0]].sum()"), "first class"),
        Mistake("predicted classes", _PIXELS.format(score="logits.amax(dim=1).sum()"), "predicted classes"),
        Mistake("all classes", _PIXELS.format(score="logits[:, classes].sum() * 0 + logits.sum()"), "all classes"),
        Mistake("fills .grad", _BACKWARD, "writes into every .grad"),
        Mistake(
            "wipes waiting gradients", _BACKWARD.replace("    return", "    model.zero_grad()\n    return"), "wiped"
        ),
        Mistake(
            "train mode", _BACKWARD.replace("    pixels", "    model.train()\n    pixels", 1), "train() was called"
        ),
        Mistake(
            "freezes the network",
            "def pixel_gradients(model, images, classes):\n    model.requires_grad_(False)\n"
            + _PIXELS.format(score="logits[torch.arange(len(images)), classes].sum()").split("\n", 1)[1],
            "froze the parameters",
        ),
        Mistake("every pair", _PIXELS.format(score="logits[:, classes].sum()"), "every class for every picture"),
        Mistake(
            "without the axis of the batch",
            "def pixel_gradients(model, images, classes):\n"
            "    pixels = images[0].clone().requires_grad_()\n"
            "    return torch.autograd.grad(model(pixels)[classes[0]], pixels)[0]",
            "without the axis of the batch",
        ),
        Mistake("changes the pictures", _ON_THE_SPOT, "in place"),
        Mistake(
            "absolute",
            _PIXELS.format(score="logits[torch.arange(len(images)), classes].sum()") + ".abs()",
            "signs are gone",
        ),
    ),
    setup="import torch",
)
