"""Check what a caller asks before anything is run or changed."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

__all__ = ["check_images", "check_logits", "chosen_classes"]


def check_images(model: nn.Module, images: Tensor) -> None:
    """Refuse what is not a batch of float pictures on the model's device.

    Raises:
        TypeError: not a tensor, or integers.
        ValueError: not (N, C, H, W), empty, NaN or infinite, or on another device than the model.
    """
    if not isinstance(images, Tensor):
        raise TypeError(f"need images as a tensor (N, C, H, W), got {type(images).__name__}; try torch.as_tensor")
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
    if not images.sum().isfinite() and not images.isfinite().all():  # the sum is quick, and finite nearly always
        raise ValueError("the images hold NaN or infinity; look for a division by zero where they were prepared")


def check_logits(model: nn.Module, logits: Tensor, images: Tensor) -> None:
    """Refuse an output that is not one finite row of logits per image.

    Raises:
        ValueError: not a tensor (N, C), another number of rows than images, or NaN.
    """
    if not isinstance(logits, Tensor) or logits.ndim != 2:
        came = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ValueError(f"need a model that returns logits of shape (N, C), {type(model).__name__} returned {came}")
    if len(logits) != len(images):
        raise ValueError(
            f"{type(model).__name__} made {len(logits)} rows of logits from {len(images)} images; "
            "does it reshape with view(-1, ...)? flatten(1) keeps one row per image"
        )
    if not logits.isfinite().all():
        raise ValueError("the logits hold NaN or infinity, so no map means anything; check the model's weights")


def chosen_classes(logits: Tensor, classes: int | Sequence[int] | Tensor | None) -> Tensor:
    """Return one class index per image, (N,) int64: the predicted one, the same for all, or those given.

    Raises:
        TypeError: classes are not integers.
        ValueError: another number of classes than images, or an index without a logit.
    """
    count, known = logits.shape
    if classes is None:
        return logits.argmax(dim=1)
    if isinstance(classes, str):
        raise TypeError(
            f"need a class index, got the name {classes!r}; a class name's index is its place in class_names"
        )
    asked = torch.as_tensor(classes)
    if asked.dtype == torch.bool or asked.is_floating_point() or asked.is_complex():
        raise TypeError(f"need class indices as integers, got {asked.dtype}")
    if asked.ndim == 0:
        asked = asked.expand(count)
    if asked.shape != (count,):
        raise ValueError(f"need one class per image: {count} images, classes of shape {tuple(asked.shape)}")
    wrong = asked[(asked < 0) | (asked >= known)]
    if len(wrong):
        raise ValueError(f"class {int(wrong[0])} does not exist: this model has classes 0 to {known - 1}")
    return asked.to(logits.device, torch.int64)
