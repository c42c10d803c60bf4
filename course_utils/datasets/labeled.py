"""What every data set of the course is: pictures, labels, masks where they are known, and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["LabeledImages"]


@dataclass(frozen=True)
class LabeledImages:
    """Pictures with their labels, in memory.

    Attributes:
        images: (N, 3, H, W) float32 in [0, 1].
        labels: (N,) int64, an index into ``class_names``.
        masks: (N, H, W) bool, True on the object, or None where nobody knows.
        class_names: one name per class.

    Raises:
        ValueError: shapes or lengths disagree, or a label has no name.
        TypeError: images are not float32 or labels not int64.
    """

    images: Tensor
    labels: Tensor
    masks: Tensor | None
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_shapes(self)
        if self.images.dtype != torch.float32 or self.labels.dtype != torch.int64:
            raise TypeError(
                f"need float32 images and int64 labels, got {self.images.dtype} and {self.labels.dtype}; "
                "convert with images.float() / 255 and labels.long()"
            )
        if len(self) and not 0 <= int(self.labels.min()) <= int(self.labels.max()) < len(self.class_names):
            raise ValueError(
                f"labels must lie in 0..{len(self.class_names) - 1} (one name per class), "
                f"got {int(self.labels.min())}..{int(self.labels.max())}"
            )

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int | slice | Sequence[int] | Tensor) -> LabeledImages:
        """Return the chosen pictures as a data set of their own: ``data[:100]``, ``data[[3, 5]]``, ``data[mask]``.

        A single number gives a data set of one picture.

        Raises:
            IndexError: the number is not in -N..N-1. (Python's ``for`` needs this to find the end.)
        """
        if isinstance(index, int):
            if not -len(self) <= index < len(self):
                raise IndexError(f"need an index from {-len(self)} to {len(self) - 1}, got {index}")
            index = slice(index, index + 1 or None)
        masks = None if self.masks is None else self.masks[index]
        return LabeledImages(self.images[index], self.labels[index], masks, self.class_names)

    def counts(self) -> dict[str, int]:
        """Return class name → number of pictures."""
        numbers = torch.bincount(self.labels, minlength=len(self.class_names)).tolist()
        return dict(zip(self.class_names, numbers, strict=True))


def _check_shapes(data: LabeledImages) -> None:
    if data.images.ndim != 4 or data.images.shape[1] != 3:
        raise ValueError(f"need images of shape (N, 3, H, W), got {tuple(data.images.shape)}")
    if data.labels.shape != data.images.shape[:1]:
        raise ValueError(f"need one label per image: {len(data.images)} images, labels {tuple(data.labels.shape)}")
    wanted = (len(data.images), *data.images.shape[2:])
    if data.masks is not None and tuple(data.masks.shape) != wanted:
        raise ValueError(f"need masks of shape {wanted}, got {tuple(data.masks.shape)}")
