"""What a removed pixel becomes. There is no neutral colour, so the choice is stated, as a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

__all__ = ["Colour", "blurred", "check_colour", "mean_colour", "painted"]

Colour = float | Sequence[float] | Tensor | Callable[[Tensor], Tensor]


def mean_colour(images: Tensor) -> Tensor:
    """Return pictures (N, C, H, W) of one colour each: the mean of the picture's own pixels.

    Petsiuk et al. (2018) delete to zeros after normalising, which is the mean colour of ImageNet.

    Raises:
        TypeError: no float tensor (N, C, H, W).
    """
    return _pictures(images).mean(dim=(2, 3), keepdim=True).expand_as(images)


def blurred(images: Tensor) -> Tensor:
    """Return the pictures (N, C, H, W) without their detail: a Gaussian blur.

    Petsiuk et al. (2018), section 4.2, insert into a blurred picture, because a plain one has sharp edges around
    what is inserted. Their code blurs 224 pixels with a standard deviation of 5 and a kernel of 11. A shape that
    fills half of a small picture would survive that, so here the standard deviation is 1/8 of the shorter side.

    Raises:
        TypeError: no float tensor (N, C, H, W).
    """
    side = min(_pictures(images).shape[-2:])
    spread, reach = side / 8, min(max(1, side // 4), side - 1)
    return gaussian_blur(images, [2 * reach + 1, 2 * reach + 1], [spread, spread])


def check_colour(name: str, colour: Colour, images: Tensor) -> None:
    """Raise TypeError or ValueError unless ``colour`` paints one picture of ``images``."""
    if isinstance(colour, str):
        raise TypeError(f"{name} must be a number, one number per channel, or a function, got the text {colour!r}")
    try:
        painted(colour, images[:1])
    except (RuntimeError, ValueError, TypeError) as error:
        raise ValueError(
            f"{name} must be a number, {images.shape[1]} numbers (one per channel), or a function from pictures "
            f"to pictures of their shape, got {colour!r}: {error}"
        ) from error


def painted(colour: Colour, images: Tensor) -> Tensor:
    """Return pictures (N, C, H, W) that hold nothing but ``colour``.

    Raises:
        TypeError: the function returns no float tensor.
        ValueError: not one number per channel, not finite, or the function changes the shape.
    """
    if callable(colour):
        answer = colour(images.clone())  # which the function may rewrite
        if not isinstance(answer, Tensor) or not answer.is_floating_point():
            came = answer.dtype if isinstance(answer, Tensor) else type(answer).__name__
            raise TypeError(f"a colour's function returned {came} instead of pictures")
        answer = answer.to(images)
    else:
        answer = torch.as_tensor(colour, dtype=images.dtype, device=images.device)
        answer = (answer if answer.ndim == 0 else answer.view(1, images.shape[1], 1, 1)).expand_as(images)
    if answer.shape != images.shape:
        raise ValueError(f"a colour's function made {tuple(answer.shape)} of pictures of shape {tuple(images.shape)}")
    if not answer.isfinite().all():
        raise ValueError("the colour is NaN or infinite")
    return answer


def _pictures(images: Tensor) -> Tensor:
    if not isinstance(images, Tensor) or images.ndim != 4 or not images.is_floating_point():
        came = f"{images.dtype} {tuple(images.shape)}" if isinstance(images, Tensor) else type(images).__name__
        raise TypeError(f"need pictures as a float tensor (N, C, H, W), got {came}; one picture? image[None]")
    return images
