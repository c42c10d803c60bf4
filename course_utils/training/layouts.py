"""In which order a batch's numbers lie in memory: convolutions are faster where a pixel's channels lie together."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.borrowing import kept_flags

__all__ = ["quickest_layout"]


def quickest_layout(model: nn.Module, images: Tensor) -> torch.memory_format:
    """Return ``torch.channels_last``, or the ordinary format for a network that cannot read that.

    Many a network from a tutorial has an ``x.view(-1, 2048)`` behind its convolutions, which needs the ordinary one.
    The network tries one picture, in evaluation mode and without gradients; its flags are put back.

    Args:
        images: (N, C, H, W), on the network's device.
    """
    if any(_crashes(layer) for layer in model.modules()):
        return torch.contiguous_format
    with kept_flags(model), torch.no_grad():
        model.eval()
        try:
            model(images[:1].clone(memory_format=torch.channels_last))
        except (RuntimeError, ValueError, AssertionError):  # a picture that it cannot read at all fails again later
            return torch.contiguous_format
    return torch.channels_last


def _crashes(layer: nn.Module) -> bool:
    """Tell whether torch 2.15 may crash Python where it computes this layer's weight gradient in channels_last.

    Seen with 1x1 convolutions that jump over positions and read 2 to 15 channels, on a CPU.
    """
    if not isinstance(layer, nn.Conv2d):
        return False
    return set(layer.kernel_size) == {1} and max(layer.stride) > 1 and 1 < layer.in_channels < 16
