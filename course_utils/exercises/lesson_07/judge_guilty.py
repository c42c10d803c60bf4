"""What exercise 07.4 demands: the layer that makes the NaN, or none; and no hook left, not even after an error."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises import guard
from course_utils.exercises.diagnosis.functions import demand_parameters
from course_utils.exercises.diagnosis.hooks_left import demand_no_hooks
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_07.guilty_networks import guilty_cases
from course_utils.exercises.lesson_07.guilty_slips import why_innocent, why_no_walk, why_nothing_found
from course_utils.hooks import count_hooks

__all__ = ["judge_guilty"]


def judge_guilty(guilty_layer: Callable[[nn.Module, Tensor, Callable[[Tensor], Tensor]], object]) -> None:
    """Different culprits, none at all, a loss that is itself to blame, and nothing left behind."""
    if callable(guilty_layer):
        demand_parameters(guilty_layer, "(model, inputs, loss_of)", "all three, in this order")
    cases = guilty_cases()
    for model, inputs, loss_of, wanted, where in cases:
        walked: list[str] = []
        asked = inputs.requires_grad
        with warnings.catch_warnings():  # these inputs are plain on purpose: some grad_input is None
            warnings.filterwarnings("ignore", message="Full backward hook is firing")
            got = guilty_layer(model, inputs, listening(loss_of, model, walked))
        if not isinstance(got, str) or got != wanted:
            cause = why_no_walk(walked) or why_innocent(got, model, wanted, where)
            if got == "none" != wanted and "harmless" not in where and "walked" in walked:
                cause = why_nothing_found(walked, guard.names_used(guilty_layer))
            raise Wrong(got=got if got != "" else "''", wanted=f"{wanted!r} {where}", cause=cause, next_step=STEP)
        demand_no_hooks(model, "after a normal run")
        if inputs.requires_grad != asked:
            raise Wrong(
                got="inputs that record gradients now",
                wanted="the inputs as they were",
                cause="requires_grad_() was called on the caller's own inputs, and stays",
                next_step="ask for the gradient of a copy: inputs.clone().requires_grad_()",
            )
    demand_clean_failure(guilty_layer, cases[0][0])


STEP = "a layer is guilty if NO gradient in grad_output is NaN and SOME gradient in grad_input is"


def listening(loss_of: Callable[[Tensor], Tensor], model: nn.Module, walked: list[str]) -> Callable[[Tensor], Tensor]:
    """Return the same loss; it notes that it was called, that a walk backward began, and whether hooks were on."""

    def loss_that_listens(output: Tensor) -> Tensor:
        loss = loss_of(output)
        walked.append("called")
        if loss.requires_grad:
            loss.register_hook(lambda gradient: walked.extend(["walked", "hooks"][: 1 + bool(count_hooks(model))]))
        return loss

    return loss_that_listens


def demand_clean_failure(guilty_layer: Callable[..., object], model: nn.Module) -> None:
    """A loss that fails: the error must pass, and the hooks must go."""

    called = []

    def failing(output: Tensor) -> Tensor:
        called.append(output)
        raise ZeroDivisionError("this loss always fails")

    try:
        guilty_layer(model, torch.ones(2, 3), failing)
    except ZeroDivisionError:
        demand_no_hooks(model, "after an error in loss_of")
        return
    raise Wrong(
        got="the error of loss_of was swallowed" if called else "loss_of was not used",
        wanted="the error, unchanged" if called else "the loss that loss_of makes from the model's output",
        cause="a try ... except hides what went wrong"
        if called
        else "another loss was taken: loss_of was never called",
        next_step="leave the except away; a with block cleans up by itself" if called else "loss_of(output).backward()",
    )
