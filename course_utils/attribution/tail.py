"""Run a model once, with a graph only behind one layer, and leave no trace in it.

The layer's output is the only thing that is ever differentiated: before the layer no graph is recorded, and no
parameter's gradient is computed. So this works under ``no_grad``, with frozen weights and between
``backward()`` and ``step()``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.autograd.graph import GradientEdge

from course_utils.attribution.checks import check_images, check_logits
from course_utils.attribution.layout import logits_of
from course_utils.attribution.untouched import evaluating
from course_utils.autograd_modes import graphs_recorded
from course_utils.hooks import find_layer, hooked

__all__ = ["LayerRun", "Reshape", "run_from_images", "run_from_layer"]


Reshape = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class LayerRun:
    """One forward pass, cut open at a layer.

    Attributes:
        layer: the layer's name, for messages.
        leaf: what the layer returned; a leaf of the graph.
        logits: (N, C), or whatever tensor the model returns.
        reshape: puts the layer's output, and gradients of its shape, into the form (N, K, h, w).
    """

    layer: str
    leaf: Tensor
    logits: Tensor
    reshape: Reshape

    @property
    def activations(self) -> Tensor:
        """(N, K, h, w), without a graph."""
        return self.reshape(self.leaf.detach())

    @property
    def reshaped(self) -> bool:
        """Whether the activations are laid out in another way than the layer's output."""
        return self.reshape is not _as_it_is

    def pull_back(self, values: Tensor, directions: Tensor | None = None, until: GradientEdge | None = None) -> Tensor:
        """Return the gradients of ``(values * directions).sum()`` w.r.t. the activations.

        Args:
            values: made from the logits, any shape.
            directions: the same shape; None means ones. Or (B, ...) for B pull-backs in one batched pass.
            until: a step of the graph, (N, K, h', w'), at which to stop; None goes back to the layer's output.

        Returns:
            (N, K, h, w) or (B, N, K, h, w), unit of the values per unit of activation.

        Raises:
            ValueError: the values do not depend on the layer.
        """
        directions = torch.ones_like(values) if directions is None else directions
        many = directions.ndim > values.ndim
        if values.requires_grad:
            gradients = (_gradients_of_many if many else _gradients)(values, until or self.leaf, directions)
            if gradients is not None:
                return self._reshaped(gradients) if many else self.reshape(gradients)
        raise ValueError(
            f"the logits do not depend on {self.layer}, or the score not on the logits; "
            "is there a detach() or no_grad() on the way?"
        )

    def _reshaped(self, gradients: Tensor) -> Tensor:
        return self.reshape(gradients.flatten(0, 1)).unflatten(0, gradients.shape[:2])


_pulled_back = partial(torch.autograd.grad, retain_graph=True, allow_unused=True)


def _gradients(values: Tensor, start: Tensor | GradientEdge, directions: Tensor) -> Tensor | None:
    return _pulled_back(values, start, directions)[0]


def _gradients_of_many(values: Tensor, start: Tensor | GradientEdge, directions: Tensor) -> Tensor | None:
    """Go back for all directions at once; where a hook or a step cannot do that (it reads numbers), one by one."""
    if not torch.is_anomaly_enabled():  # which reads numbers in every step
        with suppress(RuntimeError):  # of which the way one by one knows nothing, or says it again
            return _pulled_back(values, start, directions, is_grads_batched=True)[0]
    one_by_one = [_gradients(values, start, direction) for direction in directions]
    return None if one_by_one[0] is None else torch.stack(one_by_one)


def run_from_layer(
    model: nn.Module, images: Tensor, layer: str | nn.Module, reshape: Reshape | None = None
) -> LayerRun:
    """Run ``model`` in evaluation mode, recording a graph only from ``layer``'s output to the logits.

    One thread at a time: hooks and training flags are the model's, so another thread needs a copy of it.

    Args:
        model: maps images to logits (N, C). Used as it is; nothing of it is changed when the call returns.
        images: (N, C, H, W), floating point.
        layer: a dotted name of ``model.named_modules()``, or the module itself.
        reshape: for layers that return something else than (N, K, h, w): maps the layer's output to this form by
            moving numbers only (gradients go through it as well). For the tokens of a vision transformer, class
            token first: ``lambda tokens: tokens[:, 1:].unflatten(1, (14, 14)).movedim(-1, 1)``.

    Raises:
        LookupError: the model has no such layer.
        TypeError: images are not a float tensor; reshape is not a function.
        ValueError: bad images or logits; the layer did not run, ran twice, or returned (after ``reshape``) something
            else than (N, K, h, w).
    """
    check_images(model, images)
    name = layer if isinstance(layer, str) else type(layer).__name__
    target, cut = find_layer(model, layer), _Cut(name, _checked_reshape(reshape), len(images))
    with evaluating(model, images.device), hooked(target, cut), graphs_recorded(), torch.no_grad():
        logits = logits_of(model, images)
    check_logits(model, logits, images)
    if cut.leaf is None:
        raise ValueError(
            f"layer {cut.name!r} did not run in this forward pass; "
            "choose one that does (a compiled model ignores late hooks: explain the model it was made from)"
        )
    return LayerRun(f"layer {cut.name!r}", cut.leaf, logits, cut.reshape)


def run_from_images(model: nn.Module, images: Tensor) -> LayerRun:
    """Run ``model`` in evaluation mode, with a graph from the pictures to the logits; the pictures are the leaf.

    Args and errors as for `run_from_layer`, but `check_images` is left to the caller, who may run many pieces of what
    was checked once. The activations are the pictures, (N, C, H, W).
    """
    with evaluating(model, images.device), graphs_recorded():
        leaf = _leaf(images)
        logits = logits_of(model, leaf)
    check_logits(model, logits, images)
    return LayerRun("the images", leaf, logits, _as_it_is)


def _leaf(values: Tensor) -> Tensor:
    """Return the same numbers as the start of a graph; whoever goes on from here takes a copy."""
    return (values.clone() if values.is_inference() else values.detach()).requires_grad_()


def _checked_reshape(reshape: Reshape | None) -> Reshape:
    if reshape is not None and not callable(reshape):
        raise TypeError(f"need reshape as a function from the layer's output to (N, K, h, w), got {reshape!r:.60}")
    return reshape or _as_it_is


def _as_it_is(output: Tensor) -> Tensor:
    return output


class _Cut:
    """A forward hook that makes the layer's output the leaf from which everything after it grows."""

    def __init__(self, name: str, reshape: Reshape, count: int) -> None:
        self.name, self.reshape, self.count = name, reshape, count
        self.leaf: Tensor | None = None

    def __call__(self, module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
        if self.leaf is not None:
            raise ValueError(
                f"layer {self.name!r} runs more than once in a forward pass, so its map is not defined; "
                "choose a layer that runs once"
            )
        self._check(output)
        self.leaf = _leaf(output)
        torch.set_grad_enabled(True)
        return self.leaf.clone()  # a copy goes on, so that a later in-place ReLU cannot rewrite the leaf

    def _check(self, output: object) -> None:
        maps = self.reshape(output) if isinstance(output, Tensor) else output
        if not isinstance(maps, Tensor) or maps.ndim != 4:
            came = tuple(maps.shape) if isinstance(maps, Tensor) else type(maps).__name__
            raise ValueError(
                f"need a layer that returns (N, K, h, w), {self.name!r} returned {came}; "
                "try a convolution, or give reshape= to bring its output into this form"
            )
        if len(maps) != self.count:
            raise ValueError(
                f"need a layer that returns (N, K, h, w) with N = {self.count}, as many as there are images; "
                f"{self.name!r} returned {tuple(maps.shape)}; give a reshape= that keeps one row per image"
            )
