"""What exercise 08.3 demands: one step with new gradients only, and the loss from before it, as a float."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.functions import demand_parameters
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_08.reference_step import reference_step, step_parts
from course_utils.exercises.lesson_08.train_step_slips import why_another_step, why_by_events, why_not_this_loss

__all__ = ["judge_train_step"]


class Listening(torch.optim.SGD):
    """Plain gradient descent that writes down what it was asked for."""

    def __init__(self, model: nn.Module, lr: float) -> None:
        self.events: list[str] = []
        super().__init__(model.parameters(), lr=lr)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients."""
        self.events.append("zero_grad")
        super().zero_grad(set_to_none)

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Update the weights."""
        self.events.append("step")
        return super().step(closure)


def judge_train_step(answer: Callable[..., float]) -> None:
    """One step from old gradients must equal the reference, and its loss must be the loss before the step."""
    if callable(answer):
        demand_parameters(answer, "(model, optimizer, images, labels)", "all four, in this order")
    model, images, labels = step_parts()
    wanted_model, wanted_loss = reference_step()
    optimizer = Listening(model, lr=0.5)
    with model.weight.register_post_accumulate_grad_hook(lambda weight: optimizer.events.append("backward")):
        got = answer(model, optimizer, images, labels)
    _check_kind(got)
    if max(map(optimizer.events.count, ("backward", "step"))) > 1:
        _check_weights(model, wanted_model, optimizer.events)
    if not math.isclose(got, wanted_loss, rel_tol=1e-4):
        raise Wrong(
            got=f"a loss of {got:.4f}",
            wanted=f"{wanted_loss:.4f}",
            cause=why_not_this_loss(got),
            next_step="F.cross_entropy(model(images), labels), measured before the update",
        )
    _check_weights(model, wanted_model, optimizer.events)
    if not model.training:
        raise Wrong(
            got="a model in evaluation mode",
            wanted="a model that is still in training mode",
            cause="model.eval() is for testing; in a training step it switches dropout off, and stays",
            next_step="leave model.eval() out",
        )


def _check_kind(got: object) -> None:
    if got is None:
        raise Wrong(
            got="None",
            wanted="the loss",
            cause="the result is None: the return is missing",
            next_step="return loss.item()",
        )
    if not isinstance(got, float):
        kinds = {type(got): "a method was not called: the round brackets are missing"} if callable(got) else {}
        kinds |= {int: "it was rounded to a whole number", str: "it is a text", tuple: "more than the loss came"}
        cause = (
            "the loss is still a tensor and keeps the graph alive"
            if isinstance(got, Tensor)
            else f"this is no float: {kinds.get(type(got), f'it is of type {type(got).__name__}')}"
        )
        raise Wrong(got=got, wanted="a float", cause=cause, next_step="return loss.item()")


def _check_weights(model: nn.Module, wanted: nn.Module, events: list[str]) -> None:
    if torch.allclose(model.weight, wanted.weight, atol=1e-5) and torch.allclose(model.bias, wanted.bias, atol=1e-5):
        return
    before, _, _ = step_parts()
    moved = not torch.equal(model.weight, before.weight)
    thrown = "" if moved else "the gradients were thrown away between backward() and step()"
    cause = why_by_events(events, moved) or thrown or why_another_step(model, wanted, before)
    raise Wrong(
        got="other weights after the step"
        + (f"; this happened: {', '.join(events)}" if events else "; neither backward nor the optimizer was called"),
        wanted="the weights after one step with the new gradients only",
        cause=cause if moved else f"the weights did not move: {cause}",
        next_step="the order is zero_grad, loss, backward, step",
    )
