"""Run a model on pictures in the order in memory that its convolutions read fastest."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["answer_of", "logits_of", "pays"]

PAYS = 30


def logits_of(model: nn.Module, images: Tensor) -> Tensor:
    """Return what the model makes of a copy of the images, so that in-place operations rewrite only that.

    The copy is in ``torch.channels_last`` (the channels of a pixel side by side) where the model says that it reads
    this fastest and it pays, otherwise in the order of the images.

    Raises:
        TypeError: as `answer_of`.
    """
    order = torch.channels_last if pays(model, images) else torch.preserve_format
    output = answer_of(model, images, order)
    return output.contiguous() if isinstance(output, Tensor) else output


def answer_of(model: nn.Module, images: Tensor, order: torch.memory_format = torch.contiguous_format) -> Tensor:
    """Return what the model makes of a copy of the images in this order, by default the usual one.

    Raises:
        TypeError: the model failed with a RuntimeError, and its weights have another dtype than the images.
    """
    try:
        return model(images.clone(memory_format=order))
    except RuntimeError:
        _check_dtype(model, images)
        raise


def _check_dtype(model: nn.Module, images: Tensor) -> None:
    """Say why a model may have failed. Not asked before: some bring their pictures into their own dtype."""
    home = next(model.parameters(), images).dtype
    if images.dtype != home:
        raise TypeError(f"the model failed on images of {images.dtype}, its weights are {home}; use images.to({home})")


def pays(model: nn.Module, images: Tensor) -> bool:
    """Tell whether to use ``torch.channels_last``: the model's class says so (``memory_format``), and it pays.

    `SimpleCNN` says so; others, subclasses too, are not asked to read an order that they were not written for. Sums in
    another order round differently, and in deep networks a ReLU or a maximum then decides otherwise now and then: for
    resnet18, slopes of single pixels would differ by some percent of the largest from those of other libraries.

    PyTorch's CPU kernels (float32) bring the weights into that order in every pass. That paid where there are at most
    30 weights for each number of the pictures.
    """
    if vars(type(model)).get("memory_format") is not torch.channels_last:
        return False
    weights = sum(parameter.numel() for parameter in model.parameters() if parameter.ndim == 4)
    return images.device.type == "cpu" and images.dtype == torch.float32 and weights <= PAYS * images.numel()
