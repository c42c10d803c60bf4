"""What exercise 13.5 demands: the layer's output, the logits and the gradient, and nothing left on the network."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.graph_errors import graph_errors
from course_utils.exercises.diagnosis.seeded import normal
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.traces import Traces, demand_same_pictures
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_13.extract_slips import BY_NAME, STALE, extracted, likely_parts, why_not_three
from course_utils.exercises.lesson_13.networks import BESIDE, PICTURE, Residual, must_fail_with, network

__all__ = ["judge_extract"]

PARTS = ("the layer's output", "the logits", "the gradient")

THREE = "three tensors: what the layer gave, the logits, the gradient"


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
        wanted = extracted(model, kept, target)
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
            cause=why_not_three(got),
            next_step="return kept, logits, gradient",
        )
    _must_be_in_order(got, wanted, where)
    for name, mine, its in zip(PARTS, got, wanted, strict=True):
        _must_equal(name, mine, its, where, likely_parts(name, model, images, target))


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
