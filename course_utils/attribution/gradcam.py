"""Grad-CAM: weigh each channel of a layer by how much it helps a class, and add the channels up."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.attribution.channels import at_least_float32, check_pair, vote
from course_utils.attribution.channelwise import shortest_way
from course_utils.attribution.questions import Classes, Score, question
from course_utils.attribution.result import Attribution, attribution
from course_utils.attribution.tail import Reshape, run_from_layer
from course_utils.attribution.untouched import full_precision

__all__ = ["grad_cam", "grad_cam_all_classes", "weigh_channels"]

# Gradients held at once by grad_cam_all_classes: 3 MB, so that memory serves again instead of being asked for.
CHUNK_NUMBERS = 800_000


def weigh_channels(activations: Tensor, gradients: Tensor) -> Tensor:
    """Weigh each channel by its mean gradient, add them up, keep the positive part.

    Grad-CAM, equations 1 and 2 of Selvaraju et al. (2017), arXiv:1610.02391.

    Args:
        activations: layer output A, (N, K, h, w).
        gradients: d score / d A, same shape; the score is a logit, before softmax.

    Returns:
        Maps (N, h, w), >= 0, in logits; float32 at least. Not normalised, so two maps compare.

    Raises:
        TypeError: one is no tensor.
        ValueError: the two shapes differ, or are not 4-D.
    """
    check_pair(activations, gradients)
    return vote(activations, at_least_float32(gradients).mean(dim=(2, 3)))


def grad_cam(
    model: nn.Module,
    images: Tensor,
    layer: str | nn.Module,
    classes: Classes = None,
    *,
    score: Score | None = None,
    reshape: Reshape | None = None,
) -> Attribution:
    """Show which parts of each image speak for a class, at one layer.

    Grad-CAM, Selvaraju et al. (2017), arXiv:1610.02391. The model runs once, in evaluation mode; only the part
    between the layer and the logits is differentiated. Nothing of the caller's is changed: no hook, training
    flag, ``.grad``, random state or grad mode.

    Other libraries give the same map to about 1e-6 of its peak, with two exceptions. Where an in-place operation
    follows the layer (``layer4.1.bn2`` of resnet18), torch-cam and pytorch-grad-cam keep a tensor that is rewritten
    behind their back; captum and we do not. And `SimpleCNN` is read in ``torch.channels_last`` (see
    `course_utils.attribution.layout`): where a ReLU or a maximum is nearly undecided, rounding then decides otherwise,
    and the map of a rare picture (one in a hundred or so) differs, mostly by less than a percent of its peak, seldom
    by up to a tenth.

    Args:
        model: maps images to logits (N, C); any training mode, frozen or not.
        images: (N, C, H, W), floating point, as the model wants them.
        layer: the target layer, a dotted name of ``model.named_modules()`` or the module itself; its output must
            be (N, K, h, w).
        classes: None explains each image's predicted class; an int, one class for all; or integers (N,).
        score: instead of classes, any number per image: a function from the model's output to (N,), for example
            ``lambda logits: logits[:, 3] - logits[:, 5]``.
        reshape: for layers with another layout, see `run_from_layer`.

    Returns:
        maps (N, h, w) >= 0 in logits, heatmaps (N, H, W) in [0, 1], classes (N,) or None, logits (N, C).

    Raises:
        LookupError: the model has no such layer.
        TypeError: the model is no ``nn.Module``, images are not a float tensor of its dtype, classes not integers, or
            a score not a function to float numbers.
        ValueError: wrong shapes, NaN, an empty batch, an unknown class, classes and a score; a layer that did not
            run, ran twice or does not lead to the logits.

    Warns:
        UserWarning: a map is zero everywhere (it stays zero, nothing is divided by zero).
    """
    run = run_from_layer(model, images, layer, reshape)
    asked = question(run.logits, classes, score)
    maps = weigh_channels(run.activations, run.pull_back(asked.scores(run.logits)))
    return attribution(maps, asked.classes, run.logits, tuple(images.shape[-2:]))


def grad_cam_all_classes(
    model: nn.Module, images: Tensor, layer: str | nn.Module, *, reshape: Reshape | None = None
) -> Tensor:
    """Return the Grad-CAM map of every class: one forward pass, and one batched pull-back for all classes.

    Equal to ``grad_cam(model, images, layer, c).maps`` for each class c, stacked. A thousand classes are pulled
    back in chunks, so that memory stays bounded. Not for a model whose ``forward`` puts hooks on tensors behind the
    layer that change gradients: they cannot be seen from outside, and would act on all classes at once, some of them
    twice. Call `grad_cam` class by class there. (Hooks on modules are seen.)

    Args:
        model, images, layer, reshape: as for `grad_cam`; the model returns logits (N, C).

    Returns:
        (N, C, h, w), >= 0, in logits.

    Raises:
        As `grad_cam`.
    """
    run = run_from_layer(model, images, layer, reshape)
    question(run.logits)  # refuses an output without classes
    with full_precision(images.device):
        way = shortest_way(run)
        weights = torch.cat([way.mean_gradients(directions) for directions in _chunks(run.logits, way.numbers)])
        return torch.einsum("cnk,nkhw->nchw", weights, at_least_float32(run.activations)).relu()


def _chunks(logits: Tensor, numbers: int) -> tuple[Tensor, ...]:
    """Return the directions of all classes, (C, N, C), in pieces whose gradients fit into memory together."""
    together = max(1, CHUNK_NUMBERS // numbers)
    classes = torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)
    return classes[:, None].expand(-1, len(logits), -1).split(together)
