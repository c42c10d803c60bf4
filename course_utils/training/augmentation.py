"""Show the network each picture a little differently every time: shifted by a few pixels, or in a mirror.

The work is done on the whole batch at once, by computing which pixel goes where and gathering them in one step.
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor

__all__ = ["random_crop_and_flip", "shift_and_flip"]


def random_crop_and_flip(images: Tensor, generator: Generator, *, pad: int = 4) -> Tensor:
    """Return the images, each shifted by up to ``pad`` pixels and, half of the time, mirrored left to right.

    This is the usual "pad by four, crop a random window, flip": He et al. (2016), arXiv:1512.03385, section 4.2.
    We depart from it in one thing: what comes in over the edge is the picture's own mirror image, not black.

    Args:
        images: shape (N, C, H, W), any range, any device.
        generator: a CPU generator; it alone decides what happens to which picture.
        pad: the largest shift, in pixels; smaller than H and W.

    Returns:
        New images of the same shape, in channels_last memory format. The input is left as it was.
    """
    count = len(images)
    down, right = torch.randint(-pad, pad + 1, (2, count), generator=generator)
    mirrored = torch.rand(count, generator=generator) < 0.5
    return shift_and_flip(images, down, right, mirrored)


def shift_and_flip(images: Tensor, down: Tensor, right: Tensor, mirrored: Tensor) -> Tensor:
    """Return each image moved by its own number of pixels, and mirrored where asked.

    Args:
        images: shape (N, C, H, W).
        down, right: int64, shape (N,): pixels by which the content moves; mirrored pixels fill the gap.
        mirrored: bool, shape (N,): swap left and right afterwards.

    Returns:
        New images (N, C, H, W) in channels_last memory format.
    """
    height, width = images.shape[2:]
    rows = _reflect(torch.arange(height) - down[:, None], height)  # (N, H): the source row of each row
    columns = _reflect(torch.arange(width) - right[:, None], width)  # (N, W)
    columns = torch.where(mirrored[:, None], columns.flip(1), columns)
    which, rows, columns = (
        index.to(images.device)
        for index in (torch.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None])
    )
    return images.permute(0, 2, 3, 1)[which, rows, columns].permute(0, 3, 1, 2)  # gathered as (N, H, W, C)


def _reflect(index: Tensor, size: int) -> Tensor:
    """Fold positions that left 0 .. size-1 back inside, as a mirror at the edge does: -1 → 1, size → size-2."""
    return (size - 1) - ((size - 1) - index.abs()).abs()
