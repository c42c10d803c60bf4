"""The smallest network of the course."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["SimpleModel"]


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
