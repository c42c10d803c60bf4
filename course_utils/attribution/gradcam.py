"""Grad-CAM: weigh each channel of a layer by how much it helps a class, and add the channels up."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attribution.questions import chosen_classes
from course_utils.attribution.result import Attribution, attribution
from course_utils.attribution.tail import LayerRun, run_from_layer

__all__ = ["grad_cam", "grad_cam_all_classes", "weigh_channels"]

CHUNK_NUMBERS = 32_000_000  # gradients held at once by grad_cam_all_classes: 128 MB in float32


def weigh_channels(activations: Tensor, gradients: Tensor) -> Tensor:
    """Weigh each channel by its mean gradient, add them up, keep the positive part.

    Grad-CAM, equations 1 and 2 of Selvaraju et al. (2017), arXiv:1610.02391.

    Args:
        activations: layer output A, (N, K, h, w).
        gradients: d score / d A, same shape; the score is a logit, before softmax.

    Returns:
        Maps (N, h, w), >= 0, in logits; float32 at least. Not normalised, so two maps compare.

    Raises:
        ValueError: the two shapes differ, or are not 4-D.
    """
    if activations.ndim != 4 or activations.shape != gradients.shape:
        raise ValueError(
            "need activations and gradients of one shape (N, K, h, w), "
            f"got {tuple(activations.shape)} and {tuple(gradients.shape)}"
        )
    weights = _at_least_float32(gradients).mean(dim=(2, 3))  # (N, K)
    return torch.einsum("nk,nkhw->nhw", weights, _at_least_float32(activations)).relu()


def grad_cam(
    model: nn.Module, images: Tensor, layer: str | nn.Module, classes: int | Sequence[int] | Tensor | None = None
) -> Attribution:
    """Show which parts of each image speak for a class, at one layer.

    Grad-CAM, Selvaraju et al. (2017), arXiv:1610.02391. The model runs once, in evaluation mode; only the part
    between the layer and the logits is differentiated. Nothing of the caller's is changed: no hook, training
    flag, ``.grad``, random state or grad mode.

    Args:
        model: maps images to logits (N, C); any training mode, frozen or not.
        images: (N, C, H, W), floating point, as the model wants them.
        layer: the target layer, a dotted name of ``model.named_modules()`` or the module itself; its output must
            be (N, K, h, w).
        classes: None explains each image's predicted class; an int, one class for all; or integers (N,).

    Returns:
        maps (N, h, w) >= 0 in logits, heatmaps (N, H, W) in [0, 1], classes (N,), logits (N, C).

    Raises:
        LookupError: the model has no such layer.
        TypeError: images are not a float tensor, or classes not integers.
        ValueError: wrong shapes, NaN, an empty batch, an unknown class; a layer that did not run, ran twice or
            does not lead to the logits.

    Warns:
        UserWarning: a map is zero everywhere (it stays zero, nothing is divided by zero).
    """
    run = run_from_layer(model, images, layer)
    chosen = chosen_classes(run.logits, classes)
    directions = F.one_hot(chosen, run.logits.shape[1]).to(run.logits.dtype)
    maps = weigh_channels(run.activations.detach(), run.pull_back(directions))
    return attribution(maps, chosen, run.logits, tuple(images.shape[-2:]))


def grad_cam_all_classes(model: nn.Module, images: Tensor, layer: str | nn.Module) -> Tensor:
    """Return the Grad-CAM map of every class: one forward pass, and one batched pull-back for all classes.

    Equal to ``grad_cam(model, images, layer, c).maps`` for each class c, stacked. A thousand classes are pulled
    back in chunks, so that memory stays bounded.

    Args:
        model, images, layer: as for `grad_cam`.

    Returns:
        (N, C, h, w), >= 0, in logits.

    Raises:
        As `grad_cam`.
    """
    run = run_from_layer(model, images, layer)
    weights = torch.cat([_class_weights(run, chunk) for chunk in _chunks(run)], dim=1)  # (N, C, K)
    return torch.einsum("nck,nkhw->nchw", weights, _at_least_float32(run.activations.detach())).relu()


def _class_weights(run: LayerRun, classes: Tensor) -> Tensor:
    """Return the mean gradient of each class's logit over each channel, (N, B, K) for B classes."""
    directions = F.one_hot(classes, run.logits.shape[1])[:, None].expand(-1, len(run.logits), -1)
    gradients = run.pull_back(directions.to(run.logits.dtype))  # (B, N, K, h, w)
    return _at_least_float32(gradients).mean(dim=(3, 4)).transpose(0, 1)


def _chunks(run: LayerRun) -> tuple[Tensor, ...]:
    """Cut the class indices into pieces whose gradients fit into memory together."""
    together = max(1, CHUNK_NUMBERS // run.activations.numel())
    return torch.arange(run.logits.shape[1], device=run.logits.device).split(together)


def _at_least_float32(values: Tensor) -> Tensor:
    return values.to(torch.promote_types(values.dtype, torch.float32))
