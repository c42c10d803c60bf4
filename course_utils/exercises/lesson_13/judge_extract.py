"""The judge of exercise 13.5: what it accepts, and why another answer is wrong."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.cam import recorded_at, recorded_before
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.graph_errors import graph_errors
from course_utils.exercises.diagnosis.scores import scores_of
from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.traces import Traces, demand_same_pictures
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_13.networks import (
    BESIDE,
    PICTURE,
    WENT_IN,
    Residual,
    must_fail_with,
    network,
)

__all__ = ["judge_extract"]


PARTS = ("the layer's output", "the logits", "the gradient")


THREE = "three tensors: what the layer gave, the logits, the gradient"


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


def _undecided_network(images: Tensor) -> Residual:
    """Return a network that answers with another class for each of these pictures, most surely for a later one."""
    model = network()
    with torch.no_grad():
        model.fc.bias -= model(images).mean(dim=0)
        model.fc.weight *= 8
        model.fc.bias *= 8
    return model


def judge_extract(answer: Callable[[nn.Module, Tensor, str], tuple[Tensor, Tensor, Tensor]]) -> None:
    """The layer's output, the logits and the gradient, from a real forward pass, twice the same, without a hook."""
    kept, more = normal(3, *PICTURE[1:], seed=20), (*BY_NAME, BESIDE, *graph_errors(answer))
    model = _undecided_network(kept)
    for target in ("block", "stem", "block.0"):
        wanted = _extracted(model, kept, target)
        for turn in ("", ", called again"):
            images, traces = kept.clone(), Traces(model)
            stale = (STALE,) if turn else ()
            got = tried(judge_extract, answer, (model, images, target), THREE, *stale, *more)
            _must_be_three(got, wanted, f"at {target!r}{turn}", model, kept, target)
            traces.demand_none(gradients=False)
            traces.end()
            demand_same_pictures(images, kept)
    must_fail_with(lambda model: answer(model, kept.clone(), "stem"))


def _must_be_three(
    got: object, wanted: tuple[Tensor, ...], where: str, model: nn.Module, images: Tensor, target: str
) -> None:
    if not isinstance(got, tuple | list) or len(got) != 3:
        raise Wrong(
            got=got,
            wanted=THREE,
            cause=_why_not_three(got),
            next_step="return kept, logits, gradient",
        )
    _must_be_in_order(got, wanted, where)
    for name, mine, its in zip(PARTS, got, wanted, strict=True):
        _must_equal(name, mine, its, where, _likely_parts(name, model, images, target))


def _why_not_three(got: object) -> str:
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


def _must_be_in_order(got: tuple[object, ...] | list[object], wanted: tuple[Tensor, ...], where: str) -> None:
    places = [
        next(
            (
                name
                for name, its in zip(PARTS, wanted, strict=True)
                if isinstance(one, Tensor) and same_relative(one.detach(), its)
            ),
            "",
        )
        for one in got
    ]
    if set(places) == set(PARTS) and tuple(places) != PARTS:
        raise Wrong(
            got=f"{', '.join(places)} {where}",
            wanted=", ".join(PARTS),
            cause="the three are right, and stand in another order than the task says",
            next_step="return kept, logits, gradient",
        )


def _likely_parts(name: str, model: nn.Module, images: Tensor, target: str) -> dict[str, Tensor]:
    """Return what people hand in for one of the three parts."""
    output, logits, gradient = _extracted(model, images, target)
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


def _extracted(model: nn.Module, images: Tensor, target: str) -> tuple[Tensor, Tensor, Tensor]:
    output, gradient = recorded_at(model, images, target, lambda z: z.amax(dim=1))
    return output, model(images).detach(), gradient


def _must_equal(name: str, got: object, wanted: Tensor, where: str, likely: dict[str, Tensor]) -> None:
    shapes = {
        (
            len(wanted),
        ): f"one number for each picture came as {name}: class numbers (argmax), or only the largest logit",
        (3, 4): f"one number for each channel came as {name}: positions were averaged; the task asks for all of them",
        (3, 3, 12, 14): f"something of the pictures' own size came as {name}: the pictures, or their gradient",
        (3, 5): f"something of the logits' size came as {name}",
    }
    if got is None:
        raise Wrong(
            got=None,
            wanted=f"{name} {where}: a tensor of shape {tuple(wanted.shape)}",
            cause=f"{name} is None: only leaf tensors keep a .grad, and grad_input is None if pictures record none",
            next_step="ask torch.autograd.grad(score, kept[0])[0]",
        )
    value = demand_tensor_like(
        got, wanted, wanted, ("pictures", "channels", "rows", "columns"), f"{name} {where}", shapes
    )
    if not same_relative(value.detach(), wanted):
        otherwise = f"{name} is not that of the network's own forward pass, or an older one came"
        units = {"the number of pictures": float(len(wanted))}
        raise Wrong(
            got=f"{name} {where}: values from {value.min():.3f} to {value.max():.3f}",
            wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}",
            cause=why_other_values(value, wanted, likely, units, otherwise),
            next_step="call model(images) itself, with a forward hook on the layer, and take the gradient afterwards",
        )
