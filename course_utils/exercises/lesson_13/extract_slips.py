"""The three tensors of exercise 13.5, what people hand in for them, and what torch's errors mean there."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.cam import recorded_at, recorded_before
from course_utils.exercises.diagnosis.scores import scores_of
from course_utils.exercises.lesson_13.networks import WENT_IN

__all__ = ["BY_NAME", "STALE", "extracted", "likely_parts", "why_not_three"]

BY_NAME = (
    (
        r"'str' object has no attribute",
        "target is the *name* of a layer, a text, and was used as if it were the layer",
        "find the layer first: model.get_submodule(target)",
    ),
    (
        r"object is not subscriptable",
        "the network was indexed with a name; only a Sequential can be indexed, and only with numbers",
        "find the layer with model.get_submodule(target)",
    ),
    (
        r"has no attribute '(features|classifier|layer\d|conv\d|body)'",
        "a layer of another network is written into the function: it must take the one called target",
        "find the layer with model.get_submodule(target)",
    ),
    (
        r"shapes cannot be multiplied|Expected 3D .* or 4D",
        "the layers are still called one by one: the shortcut, the mean and the flatten of forward are missing "
        "(and named_modules() begins with '', the whole network)",
        "call model(images) as a whole, and listen with a forward hook",
    ),
)

STALE = (
    r"not have been used in the graph|second time",
    "the second call uses what the first one kept: a list or dictionary outside of the function is never emptied",
    "make the list inside of the function, anew for each call",
)


def why_not_three(got: object) -> str:
    """Return what came in place of three values."""
    if got is None:
        return "something else than three values came, None: is there a return?"
    if isinstance(got, dict):
        return "something else than three values came: a dictionary; the task wants the three one after the other"
    if isinstance(got, tuple | list):
        count = len(got)
        return f"something else than three values came: {count}; " + (
            "one of layer output, logits and gradient is missing" if count < 3 else "return only the three"
        )
    kind = "one tensor" if isinstance(got, Tensor) else f"something of type {type(got).__name__}"
    return f"something else than three values came: {kind}"


def likely_parts(name: str, model: nn.Module, images: Tensor, target: str) -> dict[str, Tensor]:
    """Return what people hand in for one of the three parts."""
    output, logits, gradient = extracted(model, images, target)
    if name == "the logits":
        return {
            "probabilities came (softmax), and not the logits": logits.softmax(dim=1),
            "log probabilities came, and not the logits": logits.log_softmax(dim=1),
        }
    if name == "the layer's output":
        found = {"only the positive part of the output came: ReLU was applied": output.relu()}
        went_in = recorded_before(model, images, target, lambda z: z.amax(dim=1))[0]
        return found | {"the gradient came in place of the output": gradient, WENT_IN: went_in}
    top = logits.argmax(dim=1)
    scores = _scores_of_largest(top) | scores_of(top)
    found = {cause: recorded_at(model, images, target, score)[1] for cause, score in scores.items()}
    del found["only picture 0 was asked about; the others have slopes of zero"]
    half = "the mean over the pictures was differentiated, not the sum: each gradient is too small by their number"
    found[WENT_IN] = before = recorded_before(model, images, target, lambda z: z.amax(dim=1))[1]
    if before.shape == gradient.shape:
        found["grad_input came, the gradient of what went *into* the layer: grad_output is the other"] = (
            before - gradient
        )
    return found | {half: gradient / len(images), "the layer's output came in place of its gradient": output}


def _scores_of_largest(top: Tensor) -> dict[str, Callable[[Tensor], Tensor]]:
    """Return the scores that people differentiate in place of each picture's largest logit."""
    return {
        "only the first picture was asked: the others have a gradient of zero": lambda z: (
            z.amax(dim=1) * (torch.arange(len(z)) == 0)
        ),
        "one logit, the largest of the whole batch, was asked: each picture has its own": lambda z: (
            (z == z.max()) * z
        ).sum(dim=1),
        "the largest was taken along the pictures (axis 0), not along the classes": lambda z: (
            (z == z.amax(dim=0)) * z
        ).sum(dim=1),
        "the smallest logit was asked, not the largest": lambda z: z.amin(dim=1),
        "class 0 was asked, not the largest logit": lambda z: z[:, 0],
        "the loss of the predicted class was differentiated": lambda z: nn.functional.cross_entropy(
            z, top, reduction="none"
        ),
    }


def extracted(model: nn.Module, images: Tensor, target: str) -> tuple[Tensor, Tensor, Tensor]:
    """Return the layer's output, the logits and the gradient of each picture's largest logit."""
    output, gradient = recorded_at(model, images, target, lambda z: z.amax(dim=1))
    return output, model(images).detach(), gradient
