"""Run a model on pictures in the order in memory that its convolutions read fastest."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

__all__ = ["logits_of", "pays"]

PAYS = 30


def logits_of(model: nn.Module, images: Tensor, run: Callable[[Tensor], Tensor] | None = None) -> Tensor:
    """Return what the model makes of a copy of the images, so that in-place operations rewrite only that.

    On two cores, saliency took between 0.6 (GoogLeNet, 4 photographs) and 1.0 times as long with the channels of a
    pixel side by side (``torch.channels_last``). A model that cannot read that (``x.view(-1, 2048)``) gets the ordinary
    order.

    Args:
        run: called instead of the model, in each attempt.
    """
    run = run or model
    if pays(model, images):
        try:
            return _in_ordinary_order(run(images.clone(memory_format=torch.channels_last)))
        except RuntimeError:  # where the order was not the reason, the ordinary one says it again
            pass
    return run(images.clone(memory_format=torch.contiguous_format))


def _in_ordinary_order(output: Tensor) -> Tensor:
    return output.contiguous() if isinstance(output, Tensor) else output


def pays(model: nn.Module, images: Tensor) -> bool:
    """Tell whether the convolutions gain from ``torch.channels_last``.

    PyTorch's CPU kernels (float32) bring the weights into that order in every pass. One photograph is too little for
    the 11 million weights of resnet18; where there are at most 30 weights for each number of the pictures, it paid or
    cost nothing in the nine networks that we timed.
    """
    weights = sum(parameter.numel() for parameter in model.parameters() if parameter.ndim == 4)
    return images.device.type == "cpu" and images.dtype == torch.float32 and 0 < weights <= PAYS * images.numel()
