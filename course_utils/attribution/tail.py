"""Run a model once, with a graph only behind one layer, and leave no trace in it.

The layer's output is the only thing that is ever differentiated: before the layer no graph is recorded, and no
parameter's gradient is computed. So this works under ``no_grad``, with frozen weights and between
``backward()`` and ``step()``.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from course_utils.attribution.questions import check_images, check_logits
from course_utils.hooks import find_layer, hooked
from course_utils.hooks.lifetime import attached

__all__ = ["LayerRun", "run_from_layer", "untouched"]


@dataclass(frozen=True)
class LayerRun:
    """One forward pass, cut open at a layer.

    Attributes:
        layer: the layer's name, for messages.
        activations: what the layer returned, (N, K, h, w); a leaf of the graph.
        logits: (N, C).
    """

    layer: str
    activations: Tensor
    logits: Tensor

    def pull_back(self, directions: Tensor) -> Tensor:
        """Return the gradients of ``(logits * directions).sum()`` w.r.t. the activations.

        Args:
            directions: (N, C), or (B, N, C) for B pull-backs in one batched pass.

        Returns:
            (N, K, h, w) or (B, N, K, h, w), logits per unit of activation.

        Raises:
            ValueError: the logits do not depend on the layer.
        """
        if self.logits.requires_grad:
            (gradients,) = torch.autograd.grad(
                self.logits,
                self.activations,
                directions,
                retain_graph=True,
                is_grads_batched=directions.ndim == 3,
                allow_unused=True,
            )
            if gradients is not None:
                return gradients
        raise ValueError(
            f"the logits do not depend on layer {self.layer!r}; is there a detach() or no_grad() behind it?"
        )


def run_from_layer(model: nn.Module, images: Tensor, layer: str | nn.Module) -> LayerRun:
    """Run ``model`` in evaluation mode, recording a graph only from ``layer``'s output to the logits.

    Args:
        model: maps images to logits (N, C). Used as it is; nothing of it is changed when the call returns.
        images: (N, C, H, W), floating point.
        layer: a dotted name of ``model.named_modules()``, or the module itself.

    Raises:
        LookupError: the model has no such layer.
        TypeError: images are not a float tensor.
        ValueError: bad images or logits; the layer did not run, ran twice, returned something else than
            (N, K, h, w), or the logits do not depend on it.
    """
    check_images(model, images)
    target, cut = find_layer(model, layer), _Cut(layer if isinstance(layer, str) else type(layer).__name__)
    with untouched(model, images.device), hooked(target, cut), torch.inference_mode(False), torch.no_grad():
        model.eval()
        logits = model(images)
    check_logits(model, logits, images)
    if cut.leaf is None:
        raise ValueError(
            f"layer {cut.name!r} did not run in this forward pass; "
            "choose one that does (a compiled model ignores late hooks: explain the model it was made from)"
        )
    return LayerRun(cut.name, cut.leaf, logits)


class _Cut:
    """A forward hook that makes the layer's output the leaf from which everything after it grows."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.leaf: Tensor | None = None

    def __call__(self, module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor:
        if self.leaf is not None:
            raise ValueError(
                f"layer {self.name!r} runs more than once in a forward pass, so its map is not defined; "
                "choose a layer that runs once"
            )
        if not isinstance(output, Tensor) or output.ndim != 4:
            came = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
            raise ValueError(
                f"need a layer that returns (N, K, h, w), {self.name!r} returned {came}; try a convolution"
            )
        self.leaf = (output.clone() if output.is_inference() else output.detach()).requires_grad_()
        torch.set_grad_enabled(True)
        return self.leaf.clone()  # a copy goes on, so that a later in-place ReLU cannot rewrite the leaf


def untouched(model: nn.Module, device: torch.device) -> AbstractContextManager[None]:
    """Give back, at the end of a block, the training flag of every layer, the grad mode and the random state.

    The flags are put back into the layers' dicts, not by ``train()``: a model may have its own idea of ``train()``.
    All of it is C code, so Ctrl-C cannot come in the middle; see `course_utils.hooks.lifetime`.
    """
    generator = _generator(device)
    undo = [
        *(partial(vars(module).__setitem__, "training", module.training) for module in model.modules()),
        partial(torch._C._set_grad_enabled, torch.is_grad_enabled()),
        partial(generator.set_state, generator.get_state()),
    ]
    return attached([], None, undo)


def _generator(device: torch.device) -> torch.Generator:
    if device.type == "cuda":
        return torch.cuda.default_generators[device.index or 0]
    return torch.default_generator
