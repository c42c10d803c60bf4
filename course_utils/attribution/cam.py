"""CAM, the ancestor: for a network that ends in the mean over positions and one linear layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attribution.channels import at_least_float32, vote
from course_utils.attribution.questions import Classes, Question, Score, question
from course_utils.attribution.result import Attribution, attribution
from course_utils.attribution.tail import LayerRun, Reshape, run_from_layer
from course_utils.attribution.untouched import full_precision

__all__ = ["cam"]


def cam(
    model: nn.Module,
    images: Tensor,
    layer: str | nn.Module,
    classes: Classes = None,
    *,
    score: Score | None = None,
    reshape: Reshape | None = None,
) -> Attribution:
    """Weigh each channel by the last linear layer's own weight for the class; no gradient of the network is needed.

    CAM, equation 2 of Zhou et al. (2016), arXiv:1512.04150. Only for networks whose logits are ``linear(A.mean(over
    positions))`` of the layer's output A; this is tried, not believed. Then ``cam`` is h·w times ``grad_cam``, since
    the mean shares out each weight over h·w positions.

    We keep the positive part, as everywhere in the family; the paper and torch-cam's CAM keep the sign. The signed map
    has the logit, without its bias, as its mean. If a ReLU stands between the layer and the mean, choose
    the ReLU: before it the channels' negative values would vote, though the mean never sees them.

    Args, returns and warnings as for `grad_cam`. A score is taken at its slope with respect to the logits.

    Raises:
        ValueError: no linear layer turns the mean of this layer into the logits, or the score does not depend on
            them; and as `grad_cam`.
    """
    run = run_from_layer(model, images, layer, reshape)
    asked = question(run.logits, classes, score)
    with full_precision(images.device):
        weights = _slopes(asked, run.logits) @ at_least_float32(_head(model, run).weight.detach())  # (N, C) @ (C, K)
    return attribution(vote(run.activations, weights), asked.classes, run.logits, tuple(images.shape[-2:]))


def _slopes(asked: Question, logits: Tensor) -> Tensor:
    """Return d score / d logits, (N, C): for a class the one-hot row that picks its weights."""
    leaf = at_least_float32(logits.detach()).requires_grad_()
    scores = asked.scores(leaf)
    if not scores.requires_grad:
        raise ValueError("the score does not depend on the logits; is there a detach() or no_grad() in it?")
    return torch.autograd.grad(scores, leaf, torch.ones_like(scores))[0]


def _head(model: nn.Module, run: LayerRun) -> nn.Linear:
    """Return the linear layer that turns the mean of the activations into the logits."""
    linears = {name: module for name, module in model.named_modules() if isinstance(module, nn.Linear)}
    activations = at_least_float32(run.activations)
    for linear in linears.values():
        if _gives(linear, activations, run.logits):
            return linear
    behind_relu = any(_gives(linear, activations.relu(), run.logits) for linear in linears.values())
    raise ValueError(
        f"CAM needs logits that are a linear layer of the mean over the positions of {run.layer}; "
        f"none of the linear layers {list(linears)} gives these logits from that mean. {_advice(behind_relu)}"
    )


def _advice(behind_relu: bool) -> str:
    if behind_relu:
        return "The mean is taken behind a ReLU: choose the ReLU's layer, or grad_cam"
    return "Choose the layer right before the global average pool, or grad_cam, which needs no such end"


def _gives(linear: nn.Linear, activations: Tensor, logits: Tensor) -> bool:
    """Tell whether ``linear`` of the mean activations is ``logits``, to half the digits of the logits' dtype."""
    pooled, (inputs, outputs) = activations.mean(dim=(2, 3)), (linear.in_features, linear.out_features)
    if pooled.shape[1] != inputs or logits.shape[1:] != (outputs,):
        return False
    bias = None if linear.bias is None else at_least_float32(linear.bias.detach())
    difference = F.linear(pooled, at_least_float32(linear.weight.detach()), bias) - logits.detach()
    return bool(difference.abs().max() <= torch.finfo(logits.dtype).eps ** 0.5 * logits.detach().abs().max())
