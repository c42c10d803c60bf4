"""What exercise 05.4 demands: each parameter steps during backward, drops its gradient, and stops with its handle."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.functions import demand_parameters
from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_05.walks import walk

__all__ = ["judge_early"]


def small_net() -> nn.Sequential:
    """Return a network with weights set by hand, the same each time."""
    net = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
    with torch.no_grad():
        for i, parameter in enumerate(net.parameters()):
            parameter.copy_(torch.linspace(-1, 1, parameter.numel()).reshape(parameter.shape) + 0.1 * i)
    return net


def steps(net: nn.Sequential, how_many: int) -> None:
    """Walk backward through ``net`` so many times; whoever listens may update."""
    images = torch.linspace(-1, 1, 12).reshape(4, 3)
    for _ in range(how_many):
        net(images).square().mean().backward()


def stepped_by_hand(how_many: int, rate: float, clear: bool = True, use: Callable = lambda p: p.grad) -> list[Tensor]:
    """Return the weights after ordinary gradient descent; negative rates, no clearing, other ``use`` are mistakes."""
    net = small_net()
    for _ in range(how_many):
        steps(net, 1)
        for parameter in net.parameters():
            parameter.data.add_(use(parameter), alpha=-rate)
            parameter.grad = None if clear else parameter.grad
    return [parameter.detach() for parameter in net.parameters()]


def judge_early(optimizer_in_backward: Callable[[Iterable[nn.Parameter], float], list[object]]) -> None:
    """Three steps with two rates, then the handles are removed, and a fourth walk must change nothing."""
    if callable(optimizer_in_backward):
        demand_parameters(optimizer_in_backward, "(parameters, learning_rate)", "both, in this order")
    for rate in (0.3, 0.1):
        net = small_net()
        handles = optimizer_in_backward(net.parameters(), rate)
        demand_hooks(net, handles)
        walk(partial(steps, net, 3), "parameter")
        demand_weights(list(net.parameters()), rate)
        demand_dropped(net)
        demand_handles(handles)
        before = [parameter.detach().clone() for parameter in net.parameters()]
        for handle in handles:
            handle.remove()
        steps(net, 1)
        if not all(torch.equal(one, other) for one, other in zip(net.parameters(), before, strict=True)):
            raise Wrong(
                got="weights that change after all handles were removed",
                wanted="no update without hooks",
                cause="these are not the handles of the hooks, or there are more hooks than handles",
                next_step="register one hook for each parameter, and return its handle",
            )


def demand_hooks(net: nn.Sequential, handles: object) -> None:
    """Raise Wrong unless each parameter has its hook, and none has moved yet."""
    if inspect.isgenerator(handles):
        cause, step = "a generator registers nothing until somebody walks through it", "square brackets, for a list"
    elif not all(torch.equal(a, b) for a, b in zip(net.parameters(), small_net().parameters(), strict=True)):
        cause, step = "the weights moved at once, before any gradient was there", "step inside the hook only"
    elif any(parameter._post_accumulate_grad_hooks for parameter in net.parameters()) or early_hooks(net):
        return
    else:
        cause, step = why_no_hooks(handles)
    raise Wrong(
        got="no parameter has a hook when the function ends" if "at once" not in cause else "moved weights",
        wanted="a hook on each of the four parameters, waiting for its gradient",
        cause=f"no weight has changed: {cause}" if "at once" not in cause else cause,
        next_step=step,
    )


def why_no_hooks(handles: object) -> tuple[str, str]:
    """Return (cause, next step) for a function after which no parameter has a hook."""
    if isinstance(handles, list | tuple) and not handles:
        return (
            "no hook was registered: `parameters` may be a generator, which can be walked through only once, and an "
            "optimizer or a first loop has done so",
            "begin with parameters = list(parameters)",
        )
    if isinstance(handles, list | tuple) and callable(handles[0]):
        return "the registering methods were collected, not called", "call them, with your hook in round brackets"
    if isinstance(handles, list | tuple) and hasattr(handles[0], "remove"):
        return "no hook is left: each was taken off again before any gradient came", "leave that to the caller"
    return "no hook was registered", "call register_post_accumulate_grad_hook for each parameter"


def early_hooks(net: nn.Sequential) -> bool:
    """Return whether a parameter has a hook of the kind that is called before ``.grad`` is filled."""
    return any(parameter._backward_hooks for parameter in net.parameters())


def demand_dropped(net: nn.Sequential) -> None:
    """Raise Wrong if gradients are left."""
    left = [parameter.grad for parameter in net.parameters() if parameter.grad is not None]
    if not left:
        return
    cause = "the hook does not clear the gradient"
    if not any(gradient.any() for gradient in left):
        cause = "the hook does not clear the gradient: it is set to 0, and still takes its place in memory"
    if early_hooks(net):
        cause = "register_hook is called too early: PyTorch writes .grad after it, so it cannot be dropped there"
    raise Wrong(
        got=f"{len(left)} of 4 gradients are still there after backward()",
        wanted="none: each is dropped as soon as it has been used",
        cause=cause,
        next_step="in a post-accumulate hook, set parameter.grad = None at the end",
    )


def demand_handles(handles: object) -> None:
    """Raise Wrong unless these are four handles."""
    if isinstance(handles, list | tuple) and len(handles) == 4 and all(hasattr(one, "remove") for one in handles):
        return
    cause = f"it is of type {type(handles).__name__}"
    if handles is None:
        cause = "it is None: is there a return?"
    elif hasattr(handles, "remove") and not isinstance(handles, list):
        cause = "this is one handle, the last one; the others are lost"
    elif isinstance(handles, list | tuple):
        cause = f"it has {len(handles)} entries"
        if len(handles) == 4:
            cause += f", but they are no handles: {type(handles[0]).__name__}"
    raise Wrong(
        got=handles,
        wanted="a list with the four handles",
        cause=f"without them nobody can take the hooks off again ({cause})",
        next_step="collect what register_post_accumulate_grad_hook returns, and return the list",
    )


def step_slips(rate: float) -> dict[str, tuple]:
    """Return {cause: arguments of `stepped_by_hand`} for the usual slips."""
    return {
        "no weight has changed: the hook computes a new tensor, a copy, or changes the gradient": (0, rate),
        "the weights walk up the slope instead of down": (3, -rate),
        "old gradients add up: they are not cleared": (3, rate, False),
        "one step too few": (2, rate),
        "each step is made twice": (3, 2 * rate),
        "the learning rate is left out: the whole gradient is subtracted": (3, 1.0),
        "the learning rate is multiplied in twice": (3, rate**2),
        "the step is divided by the number of parameters": (3, rate / 4),
        "the gradient was squared": (3, rate, True, lambda p: p.grad**2),
        "the step was assigned to the weight, not subtracted from it": (3, rate, True, lambda p: p / rate - p.grad),
        "the learning rate is 0.1 here, whatever comes in": (3, 0.1),
        "the learning rate is 0.01 here, whatever comes in": (3, 0.01),
        "the gradient is divided by the learning rate": (3, 1 / rate),
        "only the sign of the gradient is used, not its size": (3, rate, True, lambda p: p.grad.sign()),
        "the weight is multiplied by the step instead of moved": (3, rate, True, lambda p: p * p.grad),
        "the mean of the gradient is used for all weights": (3, rate, True, lambda p: p.grad.mean().expand_as(p)),
        "the gradient was shortened to length 1": (3, rate, True, lambda p: p.grad / p.grad.norm()),
    }


def demand_weights(got: list[nn.Parameter], rate: float) -> None:
    """Raise Wrong unless the weights are those of three ordinary steps."""

    def same(wanted: list[Tensor]) -> list[bool]:
        return [torch.allclose(a, b, atol=1e-5) for a, b in zip(got, wanted, strict=True)]

    right = same(stepped_by_hand(3, rate))
    if all(right):
        return
    cause = next((cause for cause, how in step_slips(rate).items() if all(same(stepped_by_hand(*how)))), "")
    still = [name for name, stays in zip(NAMES, same(stepped_by_hand(0, rate)), strict=True) if stays]
    raise Wrong(
        got=f"other weights than after three ordinary steps with learning rate {rate}",
        wanted="parameter - learning_rate * gradient, for every parameter, in every backward walk",
        cause=cause or (f"these parameters did not move: {', '.join(still)}" if still else other_steps(got, rate)),
        next_step="in the hook: under no_grad, parameter -= learning_rate * parameter.grad, then parameter.grad = None",
    )


NAMES = ("0.weight", "0.bias", "2.weight", "2.bias")  # of the parameters of small_net


def other_steps(got: list[nn.Parameter], rate: float) -> str:
    """Return by how much the way that the last parameter went differs from the wanted one."""
    start = [parameter.detach() for parameter in small_net().parameters()]
    gone = (got[-1].detach() - start[-1]).sum().item()
    return "some weights took other steps: of the last bias, " + off_by(
        gone, (stepped_by_hand(3, rate)[-1] - start[-1]).sum().item()
    )
