"""The networks of the course, from eleven lines to a residual classifier.

Every network takes pictures in [0, 1]. `SimpleCNN` normalises them itself, so that no caller can forget
it or do it twice. Nothing in this room knows how a network is trained or explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["ResNetBlock", "SimpleCNN", "SimpleModel", "XRayClassifier"]


class SimpleModel(nn.Module):
    """The smallest network worth opening: conv(1→2, 3x3) → ReLU → fc(32→10), 350 parameters.

    Maps images of shape (N, 1, 4, 4) to logits of shape (N, 10).
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, kernel_size=3, padding=1)
        self.relu = nn.ReLU()
        self.fc = nn.Linear(2 * 4 * 4, 10)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (N, 10) for images (N, 1, 4, 4).

        Raises:
            ValueError: the images are not 4x4. (The popular ``view(-1, 32)`` would silently cut a larger
                picture into several rows of logits.)
        """
        if images.shape[-2:] != (4, 4):
            raise ValueError(f"SimpleModel needs images of shape (N, 1, 4, 4), got {tuple(images.shape)}")
        return self.fc(self.relu(self.conv(images)).flatten(1))


class SimpleCNN(nn.Module):
    """Three convolutions and two linear layers for 32x32 colour pictures; 1,147,466 parameters.

    The sizes of a picture on its way: 32 → 16 → 8 → 4 pixels, 3 → 32 → 64 → 128 channels, then
    2048 → 512 → ``num_classes``. ReLU is not in-place, so a recorded output stays what it was.

    Args:
        num_classes: how many logits come out.
        mean, std: one number per colour channel; pictures become ``(image - mean) / std`` before conv1. The
            default maps [0, 1] to [-1, 1]. Both are buffers: they are saved with the weights.
    """

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


class ResNetBlock(nn.Module):
    """Two 3x3 convolutions with batch normalisation, and a 1x1 shortcut around them; ends in ReLU.

    He et al. (2016), arXiv:1512.03385, figure 2, with the projection shortcut in every block.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 2) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False), nn.BatchNorm2d(out_channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out_channels, ceil(h/stride), ceil(w/stride)) for an input (N, in_channels, h, w)."""
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class XRayClassifier(nn.Module):
    """Pneumonia or not: five residual blocks, then one number per picture; 19,613,184 parameters.

    256 → 128 → 64 → 32 → 16 → 8 pixels, then a convolution over all 8x8 positions. Only pictures of 255 or
    256 pixels leave one number per picture.

    Args:
        in_channels: colour channels of a picture.
        features: channels of the first block; each block doubles them.
        dropout: share of final logits that training drops (as in the article; it does nothing in eval mode).
    """

    def __init__(self, in_channels: int = 3, features: int = 64, dropout: float = 0.2) -> None:
        super().__init__()
        sizes = [in_channels, *(features * 2**i for i in range(5))]
        self.resnet_blocks = nn.Sequential(*(ResNetBlock(a, b) for a, b in pairwise(sizes)))
        self.classifier = nn.Sequential(nn.Conv2d(sizes[-1], 1, 8, bias=False), nn.Dropout(dropout), nn.Sigmoid())

    def logits(self, images: Tensor) -> Tensor:
        """Return logits (N, 1), before the sigmoid; explain these, they do not saturate.

        Raises:
            ValueError: the images are not 255 or 256 pixels high and wide.
        """
        if any(side not in (255, 256) for side in images.shape[-2:]):
            raise ValueError(f"XRayClassifier needs images of 255 or 256 pixels, got {tuple(images.shape)}")
        return self.classifier[:2](self.resnet_blocks(images)).flatten(1)

    def forward(self, images: Tensor) -> Tensor:
        """Return probabilities of "pneumonia", shape (N, 1, 1, 1)."""
        return self.classifier[2](self.logits(images))[:, :, None, None]
