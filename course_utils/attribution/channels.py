"""The arithmetic that the CAM family shares: channels vote, and only what speaks for the class stays."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.attribution.untouched import full_precision

__all__ = ["at_least_float32", "check_pair", "vote"]


def vote(activations: Tensor, weights: Tensor) -> Tensor:
    """Add up the channels, each times its weight, and keep the positive part.

    The sum that all class activation maps have in common; they differ in where the weights come from.

    Args:
        activations: layer output A, (N, K, h, w).
        weights: one number per channel of each image, (N, K).

    Returns:
        Maps (N, h, w), >= 0; float32 at least.
    """
    with full_precision(activations.device):
        return torch.einsum("nk,nkhw->nhw", at_least_float32(weights), at_least_float32(activations)).relu()


def check_pair(activations: Tensor, gradients: Tensor) -> None:
    """Refuse activations and gradients that do not belong together.

    Raises:
        TypeError: one is no tensor.
        ValueError: the two shapes differ, or are not 4-D.
    """
    for name, values in {"activations": activations, "gradients": gradients}.items():
        if not isinstance(values, Tensor):
            raise TypeError(f"need {name} as a tensor (N, K, h, w), got {type(values).__name__}; try torch.as_tensor")
    if activations.ndim != 4 or activations.shape != gradients.shape:
        raise ValueError(
            "need activations and gradients of one shape (N, K, h, w), "
            f"got {tuple(activations.shape)} and {tuple(gradients.shape)}"
        )


def at_least_float32(values: Tensor) -> Tensor:
    """Return half precision as float32, and everything else as it is."""
    return values.to(torch.promote_types(values.dtype, torch.float32))
