"""What exercise 07.5 demands: the gradient of a layer's output, whatever writes over that output afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises import guard
from course_utils.exercises.diagnosis.functions import demand_called
from course_utils.exercises.diagnosis.hooks_left import demand_no_hooks
from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Wrong
from course_utils.hooks import record_gradients

__all__ = ["judge_gradient_of_output"]


class Skip(nn.Module):
    """A block that adds its input to its output, in place, as resnet does."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Return inner(x) + x, after a step that is not linear."""
        out = self.inner(x)
        out += x
        return out.relu_()


def judge_gradient_of_output(gradient_of_output: Callable[[nn.Module, nn.Module, Tensor], object]) -> None:
    """In-place ReLU, in-place addition, and no in-place operation at all."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        relu = nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True), nn.Linear(4, 2))
        skip, plain = Skip(), nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        inputs = torch.randn(5, 3)
    cases = (
        (plain, plain[0], "0", "no in-place"),
        (relu, relu[0], "0", "an in-place ReLU"),
        (skip, skip.inner, "inner", "out += x"),
    )
    for model, layer, name, kind in cases:
        with record_gradients(model, name) as recorded:
            model(inputs).sum().backward()
        got = gradient_of_output(model, layer, inputs)
        if got is None:
            demand_some_gradient(kind, guard.names_used(gradient_of_output))
        demand_gradient(got, recorded[name], kind, (model, layer, inputs))
        demand_no_hooks(model, "afterwards")
        demand_no_poison(layer)
    demand_called(lambda model, inputs: gradient_of_output(model, model[0], inputs), plain, inputs)
    demand_still_in_place(relu[1])


def demand_still_in_place(relu: nn.ReLU) -> None:
    """Raise Wrong if the learner has changed the model."""
    if not relu.inplace:
        raise Wrong(
            got="the model was changed: its ReLU has inplace=False now",
            wanted="the model as it was",
            cause="you mended the patient's neighbour instead of the hook",
            next_step="leave the model alone; hang a tensor hook on the layer's output",
        )


def demand_no_poison(layer: nn.Module) -> None:
    """Raise Wrong if the layer refuses full hooks from now on."""
    try:
        layer.register_full_backward_hook(print).remove()
    except RuntimeError:
        raise Wrong(
            got="a layer that refuses full backward hooks from now on",
            wanted="the layer as it was",
            cause="the old register_backward_hook was used: it is retired, and it poisons the layer for good",
            next_step="hang a tensor hook on the layer's output, in a forward hook",
        ) from None


Place = tuple[nn.Module, nn.Module, Tensor]


def demand_gradient(got: object, wanted: Tensor, kind: str, place: Place) -> None:
    """Raise Wrong unless this is the gradient with respect to what the layer returned."""
    if isinstance(got, Tensor) and got.shape == wanted.shape and torch.allclose(got, wanted):
        return
    if not isinstance(got, Tensor):
        cause, step = why_no_gradient(got), "return the gradient itself"
    elif got.shape != wanted.shape:
        cause = f"this is not the gradient of the layer's output: its shape differs{whose_shape(got, place)}"
        step = "hook the output"
    else:
        cause = why_another_gradient(got, wanted, place)
        step = "use output.register_hook in a forward hook: it stays with the value that the layer returned"
    raise Wrong(
        got=tuple(got.shape) if isinstance(got, Tensor) else got,
        wanted=f"the gradient of the layer's output, shape {tuple(wanted.shape)}, with {kind}",
        cause=cause,
        next_step=step,
    )


def demand_some_gradient(kind: str, names: set[str]) -> None:
    """Raise Wrong, with the likely cause of None."""
    cause = "the result is None: is there a return?"
    if names & {"register_full_backward_hook", "register_full_backward_pre_hook"}:
        cause = (
            "the result is None: this was grad_input, and nobody asked for the gradient of plain inputs (failure 2); "
            "the gradient of the output is grad_output"
            if kind == "no in-place"
            else "the result is None: the error of the full backward hook was caught and hidden, and nothing was mended"
        )
    elif "grad" in names:
        cause = (
            "the result is None: the .grad of a tensor that is no leaf stays None, unless somebody asks for it before"
        )
    raise Wrong(
        got="None",
        wanted=f"the gradient of the layer's output, with {kind}",
        cause=cause,
        next_step="in a forward hook, hang output.register_hook on the output, and return what it gets",
    )


def why_no_gradient(got: object) -> str:
    """Return what came in place of a tensor."""
    kind = f"it is of type {type(got).__name__}, not a tensor"
    if isinstance(got, list | tuple | dict):
        return f"{kind}: " + ("the gradient is inside" if len(got) == 1 else "these are not its numbers in a tensor")
    return kind


def whose_shape(got: Tensor, place: Place) -> str:
    """Return ": " and whose shape a gradient has, if that is known."""
    model, layer, inputs = place
    if got.numel() == 1:
        return ": it is one number"
    if got.shape == layer(inputs)[0].shape:
        return ": it is one row; a batch was taken apart (extend, or an index too many)"
    if got.shape == layer.weight.shape:
        return ": it has the shape of the layer's weight"
    if got.shape == inputs.shape:
        return ": it has the shape of the model's inputs (grad_input, or the inputs' own .grad)"
    return ": it has the shape of the model's output" if got.shape == model(inputs).shape else ""


def why_another_gradient(got: Tensor, wanted: Tensor, place: Place) -> str:
    """Return the likely cause of other numbers in the right shape."""
    model, layer, inputs = place
    kept: list[Tensor] = []
    with layer.register_forward_hook(lambda layer, args, output: kept.append(output)):
        result = model(inputs)
    usual = {
        "this is the gradient after the in-place operation: retain_grad (and autograd.grad) follow the tensor to its "
        "new value": result.sum(),
        "mean() was called on the model's output, and the task wants sum()": result.mean(),
        "max() was called on the model's output, and the task wants sum()": result.max(),
        "only the first picture, or the first entry, went into the loss": result[0].sum(),
        "only the first output of each row went into the loss": result[:, 0].sum(),
        "the square of the output went into the loss, and the task wants sum()": result.square().sum(),
    }
    for cause, loss in usual.items():
        then = torch.autograd.grad(loss, kept[0], retain_graph=True)[0]
        if torch.allclose(got, then):
            return cause
    return how_it_differs(got, wanted, result.numel())


def how_it_differs(got: Tensor, wanted: Tensor, count: int) -> str:
    """Return how a gradient differs from the wanted one, in size or in direction."""
    share = wanted.abs().max() / got.abs().max() if got.any() else torch.tensor(0.0)
    if torch.allclose(got * share, wanted, rtol=1e-3):
        if math.isclose(1 / share, 1 / count, rel_tol=1e-3):
            return "mean() was called on the model's output, and the task wants sum()"
        return f"the direction is right, and the size is not: {off_by(1 / share.item(), 1.0)}"
    if torch.allclose(got, wanted.abs()):
        return "the signs are lost (abs)"
    if torch.equal(got, torch.ones_like(got)):
        return "all numbers are 1: the layer's own output was the loss, and the rest of the model had no part"
    if not got.any():
        return "all numbers are 0: no gradient came through"
    return "these are other numbers than the gradient of the layer's output: of another loss, layer or moment"
