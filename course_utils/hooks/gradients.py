"""Record the gradients that come back to what layers returned."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import attrgetter

import torch
from torch import Tensor, nn

from course_utils.hooks.finding import named_layers
from course_utils.hooks.lifetime import Action, Hook, attached, prepared
from course_utils.hooks.nesting import map_nested
from course_utils.hooks.recording import Recorded
from course_utils.hooks.views import SeenView, is_plain_view

__all__ = ["gradient_hooks", "record_gradients"]


def record_gradients(model: nn.Module, *layers: str | nn.Module) -> AbstractContextManager[Recorded]:
    """Record, for each layer, the gradient of whatever you backpropagate with respect to the layer's output.

    Example:
        >>> with record_gradients(model, "conv3") as gradients:
        ...     model(images)[:, 3].sum().backward()
        >>> gradients["conv3"].shape  # (N, K, h, w)

    A tensor hook, set on the output by a forward hook, sees it. Not a full backward hook: that one refuses a layer
    whose output is changed in place later (``ReLU(inplace=True)``, resnet's ``out += identity``). The gradient is
    the one of the output as the layer returned it, before such a change.

    One kind of layer is out of reach: if its output is a view (Flatten, Unflatten, MaxPool1d, a transpose) and is then
    changed in place, autograd forgets the view, and no gradient comes back to it; record a layer before it.
    A layer that hands on its very input (Identity, Dropout in evaluation mode) shares that tensor, so its gradient is
    the shared tensor's, with all its uses (with frozen weights: only with what goes through the layer).

    Args:
        model: any network; if its weights are frozen, the layer's output starts a graph of its own.
        layers: dotted names or modules; none means every layer inside ``model``.

    Yields:
        Dotted name -> a detached copy of the gradient, in the shape of the output. If the layer ran several times,
        it belongs to the last run; if you go backward several times, to the last time. With checkpointing it is the
        same gradient. Of a tuple, list, dict or dataclass each tensor has its gradient, or None if none came.
        Under ``no_grad`` and ``inference_mode`` there is nothing to record.

    Raises:
        LookupError, TypeError: a layer is not one of ``model``, or that is no model. No hook is left behind.
        RuntimeError: a layer is compiled; hooks that come after ``torch.compile`` would be ignored.
        When you ask for a gradient that never came:
        LookupError: the message says why; also for a view that was changed in place.
    """
    named = named_layers(model, layers)
    views: dict[str, list[SeenView]] = {name: [] for name, _ in named}
    gradients = Recorded(list(views), partial(_why_no_gradient, views))
    watches = [_Watch(name, gradients, views[name]) for name, _ in named]
    registrations = [(layer._forward_hooks, watch) for watch, (_, layer) in zip(watches, named, strict=True)]
    return attached(registrations, gradients, chain.from_iterable([watch.removals for watch in watches]))


def _why_no_gradient(views: dict[str, list[SeenView]], name: str) -> str:
    if any(view.was_changed() for view in views[name]):
        return (
            "it returned a view of another tensor, which was then changed in place (by ReLU(inplace=True), say), and "
            "autograd forgets such a view; record a layer before it, or let the one behind it make a new tensor"
        )
    return (
        "no gradient has come back to it. Inside the block, call the model with gradients on, then backward() from "
        "something that depends on this layer"
    )


@dataclass
class _Slot:
    """The place of one tensor of an output, and the gradient that came back to it."""

    gradient: Tensor | None = None


@dataclass
class _Run:
    """One run of a layer: its output, with a slot in place of each tensor."""

    slots: object = None


class _Watch:
    """A forward hook that follows one layer: its latest run, and the gradient that comes back to it."""

    def __init__(self, name: str, gradients: Recorded, views: list[SeenView]) -> None:
        self.name, self.gradients, self.views = name, gradients, views  # views among the latest run's outputs
        self.shown = _Run()  # whose gradient `gradients` shows
        self.settled = False  # has it come?
        self.removals: list[Action] = []

    def __call__(self, module: nn.Module, args: object, output: object) -> object:
        if not torch.is_grad_enabled():
            self.settled = False  # perhaps the first half of a checkpoint: its gradient comes with the second
            return None
        run = _Run()
        if torch._C._current_graph_task_id() == -1:  # otherwise a checkpoint repeats the layer inside backward()
            self._forget_earlier_runs()
            self.shown, self.settled = run, False
        self.views.clear()
        output = map_nested(_with_graph, Tensor, output)
        run.slots = map_nested(partial(self._follow, run), Tensor, output)
        return output

    def _forget_earlier_runs(self) -> None:
        for remove in self.removals:
            remove()
        self.removals.clear()

    def _follow(self, run: _Run, tensor: Tensor) -> _Slot:
        slot = _Slot()
        if tensor.requires_grad:
            put, take = prepared(gradient_hooks(tensor), partial(self._store, run, slot))
            self.removals.append(take)
            put()
            self.views.extend(map(SeenView, filter(is_plain_view, [tensor])))
        return slot

    def _store(self, run: _Run, slot: _Slot, gradient: Tensor) -> None:
        if run is not self.shown and self.settled:
            return  # an earlier run of the layer, repeated by a checkpoint: the latest has its gradient already
        self.shown, self.settled = run, True
        slot.gradient = gradient.detach().clone()
        self.gradients[self.name] = map_nested(attrgetter("gradient"), _Slot, run.slots)


def gradient_hooks(tensor: Tensor) -> MutableMapping[int, Hook]:
    """Return the dict in which PyTorch looks for hooks on this tensor, made as ``Tensor.register_hook`` makes it."""
    node = tensor.grad_fn
    if tensor._backward_hooks is None:
        tensor._backward_hooks = OrderedDict()
        if node is not None:
            node._register_hook_dict(tensor)
    return tensor._backward_hooks


def _with_graph(tensor: Tensor) -> Tensor:
    """Return the tensor; if nothing before it wants a gradient, a copy from which a graph starts."""
    if tensor.requires_grad or not (tensor.is_floating_point() or tensor.is_complex()):
        return tensor
    start = tensor.clone() if tensor.is_inference() else tensor.detach()
    return start.requires_grad_().clone()  # not a leaf: an in-place ReLU may follow
