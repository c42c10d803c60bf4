"""What exercise 06.3 demands: the result with its graph, the layer's own output without one, and no hook left."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.functions import demand_called
from course_utils.exercises.diagnosis.hooks_left import demand_no_hooks
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_06.networks import Stumbles, pictures, seeded
from course_utils.hooks import count_hooks, record_outputs

__all__ = ["judge_peek"]


def in_place_net() -> nn.Module:
    """Return a network whose layers are followed by in-place operations."""
    return nn.Sequential(nn.Conv2d(1, 3, 2), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(27, 2))


def judge_peek(peek: Callable[[nn.Module, nn.Module, Tensor], tuple[Tensor, Tensor]]) -> None:
    """The result with its graph, the layer's own output, nothing left: on three layers and after an error."""
    for number in (0, 3, 1):
        model, images = seeded(in_place_net), pictures(2, 1, 4, 4)
        with record_outputs(model, str(number)) as outputs:
            expected = model(images)
        answer = peek(model, model[number], images)
        demand_no_hooks(model, "after the call")
        demand_peek(answer, expected, outputs[str(number)], model, received(model, number, images))
    demand_good_manners(peek)
    demand_called(lambda model, images: peek(model, model[0], images), seeded(in_place_net), pictures(2, 1, 4, 4))
    model = seeded(Stumbles)
    try:
        peek(model, model.first, pictures(1, 3))
    except FloatingPointError:
        demand_no_hooks(model, "after an error in the model")
        return
    raise Wrong(
        got="no error, although the model raised one",
        wanted="the model's own error, passed on",
        cause="the error was caught and swallowed",
        next_step="leave out `except`; a `with` block is enough",
    )


def received(model: nn.Sequential, number: int, images: Tensor) -> Tensor:
    """Return what a layer receives."""
    return model[:number](images).detach()


def demand_good_manners(peek: Callable[..., object]) -> None:
    """Raise Wrong if somebody else's hook is gone, the model ran twice, or its mode has changed."""
    model, runs = seeded(in_place_net), []
    with model[0].register_forward_hook(lambda module, args, output: runs.append(1)):
        peek(model, model[0], pictures(2, 1, 4, 4))
        swept = not count_hooks(model)
    if swept:
        got, wanted = "a hook that somebody else had put on the layer is gone", "only your own hook removed"
        cause = "`_forward_hooks.clear()` sweeps out everybody's hooks"
        step = "keep the handle of your hook, and remove that one"
    elif len(runs) != 1:
        got, wanted = f"the layer ran {len(runs)} times", "one run of the model for both"
        cause = "the result and the record come from two runs; with dropout they would not belong together"
        step = "call the model once, inside the block, and keep its result"
    elif not all(module.training for module in model.modules()):
        got, wanted = "a model that is in evaluation mode now", "the model as it was"
        cause, step = "`model.eval()` stays after the call", "leave the mode to the caller"
    else:
        return
    raise Wrong(got=got, wanted=wanted, cause=cause, next_step=step)


def reaches_all(result: Tensor, model: nn.Module) -> bool:
    """Whether a walk backward from ``result`` reaches every parameter."""
    if not result.requires_grad:
        return False
    found = torch.autograd.grad(result.sum(), list(model.parameters()), retain_graph=True, allow_unused=True)
    return all(gradient is not None for gradient in found)


def demand_peek(answer: object, expected: Tensor, output: Tensor, model: nn.Module, given: Tensor) -> None:
    """Raise Wrong unless ``answer`` is the pair (what the model returns, what the layer returned)."""
    if not isinstance(answer, tuple) or len(answer) != 2 or not all(isinstance(one, Tensor) for one in answer):
        cause, next_step = why_no_peek(answer), "return the model's result and the stored output"
        raise Wrong(got=answer, wanted="(result, output)", cause=cause, next_step=next_step)
    result, seen = answer
    whole = reaches_all(result, model)
    if not whole or result.shape != expected.shape or not torch.equal(result, expected):
        raise Wrong(
            got="another result than the model's" if whole else "a result whose graph is cut",
            wanted="the model's own result, and a walk backward from it reaches every weight",
            cause=why_another_result(result, seen, expected),
            next_step="return what model(images) gave; write the hook as a `def` without a return",
        )
    if seen.shape != output.shape or seen.dtype != output.dtype or not torch.equal(seen, output):
        raise Wrong(
            got=f"a record of shape {tuple(seen.shape)}"
            + (f" whose smallest value is {float(seen.min()):.4f}" if seen.numel() else ""),
            wanted=f"what the layer returned, {tuple(output.shape)}; its smallest value is {float(output.min()):.4f}",
            cause=why_another_record(seen, output, expected, given),
            next_step="store a copy: output.detach().clone()",
        )
    demand_no_graph(seen)


def demand_no_graph(seen: Tensor) -> None:
    """Raise Wrong if the record still hangs in a graph."""
    if seen.requires_grad:
        raise Wrong(
            got="a record that is still part of the graph",
            wanted="a record without a graph: requires_grad is False",
            cause="clone() copies the values, and stays in the graph, which the record then keeps alive",
            next_step="detach() first, then clone()",
        )


def why_no_peek(answer: object) -> str:
    """Return what came instead of a pair of tensors."""
    if answer is None:
        return "the answer is not a pair of tensors: it is None, is there a return?"
    if isinstance(answer, Tensor | dict):
        return f"the answer is not a pair of tensors: it is one {type(answer).__name__}; the other half is not returned"
    if not isinstance(answer, tuple) or len(answer) != 2:
        count = f" with {len(answer)} parts" if isinstance(answer, tuple | list) else ""
        return f"the answer is not a pair of tensors: it is a {type(answer).__name__}{count}"
    place, odd = next((place, one) for place, one in enumerate(answer) if not isinstance(one, Tensor))
    kind = type(odd).__name__
    why = f"the {'second' if place else 'first'} part is a {kind}"
    if isinstance(odd, dict | list | tuple):
        why += ": the container itself, and the tensor is inside" if len(odd) == 1 else ": its numbers, and no tensor"
    return f"the answer is not a pair of tensors: {why}"


def why_another_result(result: Tensor, seen: Tensor, expected: Tensor) -> str:
    """Return the likely cause of a result that is not the model's."""
    if seen.shape == expected.shape and torch.equal(seen, expected):
        return "the two are swapped: the model's result comes first, the layer's output second"
    if result.shape != expected.shape:
        return f"the first of the two has shape {tuple(result.shape)}; the model returns {tuple(expected.shape)}"
    changed = {"softmax": expected.softmax(-1), "log_softmax": expected.log_softmax(-1), "relu": expected.relu()}
    for name, value in changed.items():
        if torch.allclose(result, value):
            return f"{name} was applied to the result; the task wants what the model returns"
    if not torch.equal(result, expected) and result.requires_grad:
        return "the hook returned something, and that went on in place of the layer's output: the numbers have changed"
    if not result.requires_grad:
        return "nothing in the result has a graph any more: the model ran under no_grad, or the result was detached"
    return (
        "the hook returned something (a lambda returns what its expression gives: setdefault gives the value back), "
        "and that went on in place of the layer's output, without its graph"
    )


def why_another_record(seen: Tensor, output: Tensor, expected: Tensor, given: Tensor) -> str:
    """Return the likely cause of a record that is not the layer's output."""
    if seen.shape == given.shape and torch.equal(seen, given):
        return "the record is what the layer received (args[0]), not what it returned"
    if seen.shape == expected.shape and torch.equal(seen, expected):
        return "the record is the result of the whole model, not the output of that layer"
    if seen.shape == output.shape and torch.equal(seen, output.relu()):
        return "the in-place ReLU behind the layer rewrote the record: detach() shares the memory"
    if seen.dtype != output.dtype:
        return f"the record has another kind of numbers, {seen.dtype}, than the output of that layer, {output.dtype}"
    if seen.numel() == 1:
        return "the record is one number (a mean, a sum?), not the whole output of that layer"
    if seen.shape in (output[0].shape, output[:1].shape):
        return "the record is the output for one picture, not for all of them"
    if seen.shape != output.shape:
        return f"the record is not the output of that layer: its shape is {tuple(seen.shape)}"
    near = torch.allclose(seen, output, atol=1e-2)
    return "the record is not the output of that layer: " + ("it was rounded" if near else "it was changed on the way")
