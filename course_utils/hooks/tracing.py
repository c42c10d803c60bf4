"""Write down everything that fires in a training step, in order."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager
from functools import partial
from itertools import compress
from operator import not_

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from course_utils.hooks.events import Trace, note, note_first, note_gradient, note_last, note_node
from course_utils.hooks.finding import checked_model, named_layers
from course_utils.hooks.gradients import gradient_hooks
from course_utils.hooks.lifetime import Action, Hook, Registration, attached
from course_utils.hooks.saving import saved_tensors_noted

__all__ = ["trace_everything", "trace_hooks"]


def trace_hooks(
    model: nn.Module, *layers: str | nn.Module, optimizer: Optimizer | None = None
) -> AbstractContextManager[Trace]:
    """Write down every hook that fires while the ``with`` block runs: forward, backward and the optimizer's step.

    Example:
        >>> with trace_hooks(model, optimizer=optimizer) as trace:
        ...     model(images).sum().backward()
        ...     optimizer.step()
        >>> print(trace)

    Observes and changes nothing; but full backward hooks, ours too, add two nodes per layer to the graph.

    Args:
        layers: whose events and whose own parameters' events; none means the model and every layer in it.
        optimizer: whose step to watch, if any.

    Yields:
        A list of `Event` that grows as they happen.

    Raises:
        LookupError, TypeError: a layer is not one of ``model``, or that is no model; the optimizer is not one of
            PyTorch's. No hook is left behind.
        RuntimeError: a layer is compiled, or carries a hook of the legacy ``register_backward_hook``.
        ValueError: a layer works in place (``ReLU(inplace=True)``), which full backward hooks forbid. An in-place
            operation that is no layer (resnet's ``out += identity``) is found out by PyTorch, in the forward pass:
            "... is a view and is being modified inplace".

    Warns:
        UserWarning: (from PyTorch) the inputs of a layer need no gradient, so its "full_backward" has none.
    """
    return _trace(Trace(), model, layers, optimizer)


def trace_everything(
    model: nn.Module, *layers: str | nn.Module, optimizer: Optimizer | None = None
) -> AbstractContextManager[Trace]:
    """Write down what `trace_hooks` does, and each node of the graph and each tensor that is kept for backward.

    As `trace_hooks`, plus the events "node_created", "tensor_saved" (for backward) and "tensor_used" (by backward)
    of everything that this thread computes in the block, inside the model or outside of it.
    ``torch.autograd.graph.saved_tensors_hooks`` around the block go on working in it: ours call them.

    Raises:
        LookupError, TypeError, RuntimeError, ValueError: as `trace_hooks`.
        In backward:
        RuntimeError: a tensor was changed in place after it was saved, as PyTorch itself raises.
    """
    trace, autograd = Trace(), torch._C._autograd
    return _trace(
        trace,
        model,
        layers,
        optimizer,
        *saved_tensors_noted(trace),
        (partial(autograd._push_node_creation_hook, partial(note_node, trace)), autograd._pop_node_creation_hook),
    )


def _trace(
    trace: Trace,
    model: nn.Module,
    layers: tuple[str | nn.Module, ...],
    optimizer: Optimizer | None,
    *switches: tuple[Action, Action],
) -> AbstractContextManager[Trace]:
    modules = _traced_modules(checked_model(model), layers)
    registrations = [pair for name, module in modules for pair in _on_module(trace, name, module)]
    registrations += _on_parameters(trace, modules)
    registrations += [] if optimizer is None else _on_optimizer(trace, optimizer)
    return attached(registrations, trace, switches=(*map(_marked_full, (module for _, module in modules)), *switches))


def _traced_modules(model: nn.Module, layers: tuple[str | nn.Module, ...]) -> list[tuple[str, nn.Module]]:
    """Return the layers to trace, each once, after making sure that full backward hooks can live on them."""
    named = named_layers(model, layers or tuple(name for name, _ in model.named_modules()))
    modules = list({id(module): (name, module) for name, module in reversed(named)}.values())[::-1]
    in_place = [name for name, module in modules if getattr(module, "inplace", False)]
    if in_place and torch.is_grad_enabled():
        raise ValueError(
            f"layers {in_place[:12]} work in place, which full backward hooks forbid; build them with inplace=False, "
            "trace only layers whose output nobody rewrites, or trace under torch.no_grad()"
        )
    legacy = [name for name, module in modules if module._is_full_backward_hook is False]
    if legacy:
        raise RuntimeError(
            f"layers {legacy[:12]} carry a legacy register_backward_hook; make the model anew without it"
        )
    return modules


def _on_module(trace: Trace, name: str, module: nn.Module) -> Iterator[Registration]:
    # The last tensor argument of each kind of hook is the one that it could replace.
    for kind, registry in (
        ("forward_pre", module._forward_pre_hooks),
        ("forward", module._forward_hooks),
        ("full_backward_pre", module._backward_pre_hooks),
    ):
        yield registry, partial(note_last, trace, kind, name)
    yield module._backward_hooks, partial(note_first, trace, "full_backward", name)


def _on_parameters(trace: Trace, modules: list[tuple[str, nn.Module]]) -> list[Registration]:
    """Two hooks for each parameter that learns; a parameter that two layers share is watched once."""
    named = {
        parameter: f"{layer}.{name}".lstrip(".")
        for layer, module in reversed(modules)
        for name, parameter in module.named_parameters(recurse=False)
        if parameter.requires_grad
    }
    before = [
        (gradient_hooks(parameter), partial(note_last, trace, "parameter_gradient", name))
        for parameter, name in named.items()
    ]
    after = [(_accumulation_hooks(parameter), partial(note_gradient, trace, name)) for parameter, name in named.items()]
    return before + after


def _on_optimizer(trace: Trace, optimizer: Optimizer) -> list[Registration]:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"an optimizer is a torch.optim.Optimizer, got {type(optimizer).__name__}; "
            "make one, such as SGD(model.parameters(), lr=0.1)"
        )
    name = type(optimizer).__name__
    return [
        (optimizer._optimizer_step_pre_hooks, partial(note, trace, "step_pre", name)),
        (optimizer._optimizer_step_post_hooks, partial(note, trace, "step_post", name)),
    ]


def _accumulation_hooks(parameter: Tensor) -> MutableMapping[int, Hook]:
    """Return the dict that ``Tensor.register_post_accumulate_grad_hook`` would write into."""
    if parameter._post_accumulate_grad_hooks is None:
        parameter._post_accumulate_grad_hooks = OrderedDict()
    return parameter._post_accumulate_grad_hooks


def _marked_full(module: nn.Module) -> tuple[Action, Action]:
    """Return two actions in C: tell PyTorch that the module's backward hooks are full ones; take it back.

    It is taken back only if no hook is left then and it was not so before.
    """
    flag, state = "_is_full_backward_hook", vars(module)
    none_left = map(not_, [module._backward_hooks])  # looked at when it is needed, not now
    return partial(state.__setitem__, flag, True), partial(state.update, compress([(flag, state[flag])], none_left))
