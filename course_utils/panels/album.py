"""A few pictures to choose from, as arrays, with a film strip that shows which one is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from PIL import Image
from torch import nn

from course_utils.datasets import LabeledImages
from course_utils.panels.charts import rgb
from course_utils.panels.colours import ORANGE
from course_utils.panels.controls import Control, slider
from course_utils.panels.sheet import Sheet, enlarged

__all__ = ["Album", "bind_album", "logits_of", "picture_slider", "softmax"]

MOST = 16  # pictures that a film strip has room for
SIDE = 41.5  # of each, in pixels of the page


@dataclass(frozen=True)
class Album:
    """Pictures (N, 3, H, W) float32 in [0, 1], labels (N,), masks (N, H, W) bool or None, and class names."""

    images: np.ndarray
    labels: np.ndarray
    masks: np.ndarray | None
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)

    def truth(self, picture: int) -> str:
        """Return the name of a picture's true class."""
        return self.names[int(self.labels[picture])]

    @cached_property
    def film(self) -> list[Image.Image]:
        """The pictures as the film strip shows them."""
        return [enlarged(rgb(image), (SIDE, SIDE)) for image in self.images]

    def draw_film(self, sheet: Sheet, chosen: int, y: float) -> None:
        """Draw all pictures in a row, with a frame around the chosen one."""
        for number, image in enumerate(self.film):
            x = 16 + number * (SIDE + 4)
            if number == chosen:
                sheet.box(x - 3, y - 3, (SIDE + 6, SIDE + 6), fill=ORANGE)
            sheet.paste(x, y, image)


def bind_album(data: LabeledImages) -> Album:
    """Return a data set's pictures as arrays.

    Raises:
        ValueError: no picture, or more than a film strip has room for.
    """
    if not 1 <= len(data) <= MOST:
        raise ValueError(f"a panel shows 1 to {MOST} pictures, got {len(data)}; choose some: data[:12]")
    masks = None if data.masks is None else data.masks.numpy()
    return Album(data.images.numpy(), data.labels.numpy(), masks, data.class_names)


def picture_slider(album: Album) -> Control:
    """Return the slider that walks through an album; the state's field is called ``picture``."""
    return slider("picture", "Picture", range(len(album)), lambda number: f"{number} ({album.truth(number)})")


def logits_of(model: nn.Module, album: Album) -> np.ndarray:
    """Return what the network says of each picture, (N, C) logits."""
    with torch.no_grad():
        return model(torch.from_numpy(album.images)).numpy()


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities of logits (..., C)."""
    grown = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)
