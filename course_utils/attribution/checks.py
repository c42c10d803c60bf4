"""Refuse a model, pictures or logits that no method can explain, before anything is run or changed."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from course_utils.hooks.finding import checked_model
from course_utils.plain_numbers import is_whole

__all__ = ["all_finite", "check_images", "check_logits", "check_seed"]


def check_seed(seed: int) -> None:
    """Refuse a seed that is not an integer of 64 bits.

    Raises:
        TypeError: not an integer.
        ValueError: out of range.
    """
    if not is_whole(seed):
        raise TypeError(f"need seed as a whole number, got {seed!r}; try seed=0")
    if not -(2**63) <= seed < 2**63:
        raise ValueError(f"need a seed of at most 64 bits, got {seed}; try seed=0")


def check_images(model: nn.Module, images: Tensor) -> None:
    """Refuse what is not a batch of float pictures on the model's device.

    Raises:
        TypeError: the model is no network; images are no tensor, sparse, or integers.
        ValueError: not (N, C, H, W), empty, NaN or infinite, or on another device than the model.
    """
    checked_model(model)
    if not isinstance(images, Tensor):
        raise TypeError(f"need images as a tensor (N, C, H, W), got {type(images).__name__}; try torch.as_tensor")
    if images.layout is not torch.strided:
        raise TypeError(f"need ordinary images, got a tensor of layout {images.layout}; use images.to_dense()")
    if not images.is_floating_point():
        raise TypeError(
            f"need float images, got {images.dtype}; pictures in 0..255 become floats by images.float() / 255"
        )
    if images.ndim != 4:
        hint = "; add the batch dimension with images.unsqueeze(0)" if images.ndim == 3 else ""
        raise ValueError(f"need images of shape (N, C, H, W), got {tuple(images.shape)}{hint}")
    if images.numel() == 0:
        raise ValueError(f"need at least one image, got an empty batch of shape {tuple(images.shape)}")
    home = next(model.parameters(), images).device
    if images.device != home:
        raise ValueError(f"the images are on {images.device}, the model on {home}; use images.to({str(home)!r})")
    if not all_finite(images):
        raise ValueError("the images hold NaN or infinity; look for a division by zero where they were prepared")


def all_finite(values: Tensor) -> bool:
    """Tell whether no number is NaN or infinite. The sum is quick, and finite nearly always; if not, look closely."""
    return math.isfinite(values.sum().item()) or bool(values.isfinite().all())


def check_logits(model: nn.Module, logits: Tensor, images: Tensor) -> None:
    """Refuse an output that is not a tensor of finite numbers with one row per image.

    Raises:
        ValueError: not a tensor, another number of rows than images, or NaN.
    """
    if not isinstance(logits, Tensor) or logits.ndim == 0:
        came = "a single number" if isinstance(logits, Tensor) else type(logits).__name__
        raise ValueError(
            f"need a model that returns logits of shape (N, C), {type(model).__name__} returned {came}; "
            "wrap it in a module whose forward returns just the logits"
        )
    if len(logits) != len(images):
        raise ValueError(
            f"{type(model).__name__} made {len(logits)} rows of logits from {len(images)} images; "
            "does it reshape with view(-1, ...)? flatten(1) keeps one row per image"
        )
    if not all_finite(logits):
        raise ValueError("the logits hold NaN or infinity, so no map means anything; check the model's weights")
