"""The pneumonia classifier of a popular article: one number for a whole X-ray."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from course_utils.models.resnet_block import ResNetBlock
from course_utils.plain_numbers import is_whole

__all__ = ["XRayClassifier"]

HEAD = 8  # places per side of the last map


class XRayClassifier(nn.Module):
    """Pneumonia or not: residual blocks, then one number per picture; 19,613,184 parameters as in the article.

    Each block halves the picture and doubles the channels; the last map has 8x8 places, and one convolution over all
    of them gives one number. Five blocks read 256 pixels: 256 → 128 → 64 → 32 → 16 → 8. Three read 64.

    Args:
        in_channels: colour channels of a picture.
        features: channels of the first block.
        dropout: share of final logits that training drops (as in the article; it does nothing in eval mode).
        blocks: how many, 1 to 8; a picture has 8 * 2**blocks pixels on a side, or one less.

    Raises:
        ValueError: another number of blocks.
    """

    def __init__(self, in_channels: int = 3, features: int = 64, dropout: float = 0.2, blocks: int = 5) -> None:
        super().__init__()
        if not is_whole(blocks) or not 1 <= blocks <= 8:
            raise ValueError(f"need 1 to 8 blocks, got {blocks!r}; five read 256 pixels")
        sizes = [in_channels, *(features * 2**i for i in range(blocks))]
        self.side = HEAD * 2 ** int(blocks)
        self.resnet_blocks = nn.Sequential(*(ResNetBlock(a, b) for a, b in pairwise(sizes)))
        self.classifier = nn.Sequential(nn.Conv2d(sizes[-1], 1, HEAD, bias=False), nn.Dropout(dropout), nn.Sigmoid())

    def logits(self, images: Tensor) -> Tensor:
        """Return logits (N, 1), before the sigmoid; explain these, they do not saturate.

        Raises:
            ValueError: the images are not ``side`` pixels high and wide, or one less.
        """
        if any(side not in (self.side - 1, self.side) for side in images.shape[-2:]):
            raise ValueError(
                f"this XRayClassifier needs images of {self.side - 1} or {self.side} pixels, got "
                f"{tuple(images.shape)}; resize them, or choose the number of blocks for them: 8 * 2**blocks pixels"
            )
        return self.classifier[:2](self.resnet_blocks(images)).flatten(1)

    def forward(self, images: Tensor) -> Tensor:
        """Return probabilities of "pneumonia", shape (N, 1, 1, 1)."""
        return self.classifier[2](self.logits(images))[:, :, None, None]
