"""The brick of both X-ray networks."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["ResNetBlock"]


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
        x = x.contiguous()  # torch 2.15 crashes in the backward pass of a channels_last 1x1 convolution with stride 2
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))
