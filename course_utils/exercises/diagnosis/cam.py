"""What a layer gave and the gradient there, and what people compute from the two in place of Grad-CAM's maps."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

__all__ = ["LAYER", "cam_mistakes", "map_shapes", "recorded_at", "recorded_before"]


LAYER = ("pictures", "channels", "rows", "columns")  # the axes of what a layer gives, (N, K, h, w)


def recorded_at(
    model: nn.Module, images: Tensor, layer: str, score: Callable[[Tensor], Tensor]
) -> tuple[Tensor, Tensor]:
    """Return a layer's activations and the gradient of the sum of a score with respect to them."""
    kept: list[Tensor] = []
    with model.get_submodule(layer).register_forward_hook(lambda module, args, output: kept.append(output)):
        logits = model(images)
    return kept[0].detach(), torch.autograd.grad(score(logits).sum(), kept[0])[0]


def recorded_before(
    model: nn.Module, images: Tensor, layer: str, score: Callable[[Tensor], Tensor]
) -> tuple[Tensor, Tensor]:
    """Return what goes into a layer, and the gradient of the sum of a score with respect to it."""
    kept: list[Tensor] = []
    images = images.clone().requires_grad_()
    with model.get_submodule(layer).register_forward_pre_hook(lambda module, args: kept.append(args[0])):
        logits = model(images)
    return kept[0].detach(), torch.autograd.grad(score(logits).sum(), kept[0])[0]


def map_shapes(shape: tuple[int, ...]) -> dict[tuple[int, ...], str]:
    """Return what other shapes than (N, h, w) mean for a map that is made from (N, K, h, w)."""
    count, channels, height, width = shape
    known = {
        shape: "the channels were not added up",
        (count, 1, height, width): "the axis of the channels was kept: leave keepdim away in the sum",
        (count, channels): "the positions were added up too: one number for each channel came, and no map",
        (channels, height, width): "the pictures were added up; the channels are axis 1",
        (): "everything was added up: one number came, and no map",
    }
    return {} if count == 1 or channels == 1 else known


def cam_mistakes(activations: Tensor, gradients: Tensor) -> dict[str, Tensor]:
    """Return what people compute in place of Grad-CAM's maps, from what was recorded at a layer."""
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    signed = (weights * activations).sum(dim=1)
    return {
        "ReLU is missing: evidence against the class is still in the map": signed,
        "ReLU came before the sum: channels that speak against the class lost their vote": (weights * activations)
        .relu()
        .sum(dim=1),
        "the absolute value makes evidence against the class look like evidence for it": signed.abs(),
        "the mean over the channels came, not the sum": signed.relu() / activations.shape[1],
        "gradients were multiplied position by position; Grad-CAM averages them first": (gradients * activations)
        .sum(dim=1)
        .relu(),
        "gradients were multiplied position by position, and only positive ones: LayerCAM": (
            (gradients.relu() * activations).sum(dim=1).relu()
        ),
        "the map was stretched; raw maps stay in logits": signed.relu() / signed.relu().amax(dim=(1, 2), keepdim=True),
        "the activations were averaged and the gradients added up: the two are the wrong way round": (
            (activations.mean(dim=(2, 3), keepdim=True) * gradients).sum(dim=1).relu()
        ),
        "weights and activations were added, not multiplied": (weights + activations).sum(dim=1).relu(),
        "only the activations were added up: the weights are not used": activations.sum(dim=1).relu(),
        "only the gradients were added up: the activations are not used": gradients.sum(dim=1).relu(),
        "sigmoid was applied to the activations before they voted": (weights * activations.sigmoid()).sum(dim=1).relu(),
        "only the channel with the largest weight was shown, without its weight": _strongest(activations, weights),
        "the largest vote was taken, not the sum of all": (weights * activations).amax(dim=1).relu(),
        "the activations were cut off before they voted; ReLU comes last": (weights * activations.relu())
        .sum(dim=1)
        .relu(),
    } | {cause: (w * activations).sum(dim=1).relu() for cause, w in _other_weights(gradients).items()}


def _strongest(activations: Tensor, weights: Tensor) -> Tensor:
    index = weights.argmax(dim=1).flatten()
    return activations[torch.arange(len(index)), index].relu()


def _other_weights(gradients: Tensor) -> dict[str, Tensor]:
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    return _some_channels(weights) | {
        "negative weights were cut off": weights.relu(),
        "negative gradients were cut off before the mean; ReLU comes last": gradients.relu().mean((2, 3), keepdim=True),
        "the signs of the gradients are gone: absolute values were averaged": gradients.abs().mean(
            (2, 3), keepdim=True
        ),
        "the signs of the weights are gone": weights.abs(),
        "the signs of the weights are turned": -weights,
        "the largest gradient is the weight, not the mean": gradients.amax(dim=(2, 3), keepdim=True),
        "the weights were averaged over the batch: all pictures share them": weights.mean(dim=0, keepdim=True),
        "all pictures got the weights of the first picture": weights[:1],
        "the mean ran over the channels, not over the positions": gradients.mean(dim=1, keepdim=True),
        "only the rows were averaged": gradients.mean(dim=2, keepdim=True),
        "only the columns were averaged": gradients.mean(dim=3, keepdim=True),
        "the mean ran over the axes 1 and 2; h and w are the axes 2 and 3": gradients.mean((1, 2), keepdim=True),
        "the mean ran over the axes 1 and 3; h and w are the axes 2 and 3": gradients.mean((1, 3), keepdim=True),
        "one mean over channels and positions is the weight of all channels": gradients.mean((1, 2, 3), keepdim=True),
        "softmax was applied to the weights": weights.softmax(dim=1),
        "the weights were divided by their sum": weights / weights.sum(dim=1, keepdim=True),
        "the weights were divided by the largest of their picture": weights / weights.amax(dim=1, keepdim=True),
        "the weights were divided by the largest size of their picture": weights / weights.abs().amax(1, keepdim=True),
        "the weights were divided by their length (norm)": weights / (weights**2).sum(dim=1, keepdim=True).sqrt(),
        "the weights are squared": weights**2,
        "the order of the channels' weights is turned round": weights.flip(1),
    }


def _some_channels(weights: Tensor) -> dict[str, Tensor]:
    """Return weights with one channel left out, or only one left: loops that end too early, or overwrite."""
    found, last = {}, weights.shape[1] - 1
    for k in range(last + 1 if last else 0):
        only = (torch.arange(last + 1) == k)[None, :, None, None]
        why = " (= in place of +=, so the loop overwrites)" if k == last else ""
        found[f"only channel {k} was used{why}"] = weights * only
        found[f"channel {k} was left out: the loop begins or ends at the wrong place"] = weights * ~only
    return found
