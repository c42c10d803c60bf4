"""What the judges of lesson 10 share: a small network, and what the axes are called."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["PIXELS", "Small"]


PIXELS = ("pictures", "colours", "rows", "columns")


class Small(nn.Module):
    """A convolution, ReLU as a layer, and a linear layer; knows nothing of the course, and notes its ReLUs' hooks."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1), nn.ReLU()
        )
        self.fc = nn.Linear(6 * 16, 5)
        self.hooks_seen = 0

    def forward(self, images: Tensor) -> Tensor:
        self.hooks_seen = len(self.features[1]._backward_hooks)
        return self.fc(F.adaptive_avg_pool2d(self.features(images), 4).flatten(1))
