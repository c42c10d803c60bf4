"""The network of lessons 08 to 14, for colour pictures of 32x32 pixels."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["SimpleCNN"]


class SimpleCNN(nn.Module):
    """Three convolutions and two linear layers for 32x32 colour pictures; 1,147,466 parameters.

    The sizes of a picture on its way: 32 → 16 → 8 → 4 pixels, 3 → 32 → 64 → 128 channels, then
    2048 → 512 → ``num_classes``. ReLU is not in-place, so a recorded output stays what it was.

    Args:
        num_classes: how many logits come out.
        mean, std: one number per colour channel; pictures become ``(image - mean) / std`` before conv1. The
            default maps [0, 1] to [-1, 1]. Both are buffers: they are saved with the weights.

    Attributes:
        memory_format: the order in memory in which a CPU reads pictures fastest for these convolutions; `forward`
            takes any order. `course_utils.attribution` asks for it.
    """

    memory_format = torch.channels_last

    def __init__(
        self,
        num_classes: int = 10,
        mean: Sequence[float] = (0.5, 0.5, 0.5),
        std: Sequence[float] = (0.5, 0.5, 0.5),
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(3, 1, 1))
        self.conv1 = nn.Conv2d(3, 32, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(64, 128, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(128 * 4 * 4, 512)
        self.fc2 = nn.Linear(512, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, num_classes) for images (N, 3, 32, 32) in [0, 1].

        Raises:
            ValueError: the images do not have this shape.
        """
        if images.shape[-3:] != (3, 32, 32):
            raise ValueError(
                f"SimpleCNN needs images of shape (N, 3, 32, 32), got {tuple(images.shape)}; "
                "resize them, for example with torchvision.transforms.functional.resize"
            )
        x = (images - self.mean) / self.std
        x = self.pool(F.relu(self.conv1(x)))  # (N, 32, 16, 16)
        x = self.pool(F.relu(self.conv2(x)))  # (N, 64, 8, 8)
        x = self.pool(F.relu(self.conv3(x)))  # (N, 128, 4, 4)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))
