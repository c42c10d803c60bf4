"""What every method of the family returns: raw maps, and heatmaps the size of the pictures."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor
from torch.nn import functional as F

__all__ = ["Attribution", "attribution"]


@dataclass(frozen=True)
class Attribution:
    """The answer for N images.

    Attributes:
        maps: (N, h, w) float, >= 0, in logits; not normalised, so two maps can be compared.
        classes: (N,) int64, the class that each map explains; None where a score of the caller's was explained.
        logits: (N, C), what the model said.
        image_size: (H, W) of the pictures.
    """

    maps: Tensor
    classes: Tensor | None
    logits: Tensor
    image_size: tuple[int, int]

    @cached_property
    def heatmaps(self) -> Tensor:
        """(N, H, W) in [0, 1]: each map bilinearly enlarged and divided by its own largest value.

        A map that is zero everywhere stays zero. Many libraries stretch from the smallest value instead, which
        turns "a little everywhere" into "nothing there"; dividing keeps zero meaning zero.
        """
        enlarged = F.interpolate(self.maps[:, None], self.image_size, mode="bilinear", align_corners=False)[:, 0]
        peaks = enlarged.amax(dim=(1, 2), keepdim=True)
        return enlarged / peaks.where(peaks > 0, 1.0)

    @cached_property
    def peaks(self) -> Tensor:
        """(N,) the largest value of each map, in logits; NaN where the map holds one."""
        return self.maps.amax(dim=(1, 2))

    @cached_property
    def is_zero(self) -> Tensor:
        """(N,) bool: True where a map is zero everywhere, so that nothing at this layer speaks for the class."""
        return self.peaks == 0

    @property
    def probabilities(self) -> Tensor:
        """(N,) softmax probability of each explained class.

        Raises:
            ValueError: a score was explained, which has no probability.
        """
        if self.classes is None:
            raise ValueError("this map explains a score, not a class, so it has no probability; see .logits")
        return self.logits.softmax(dim=1).gather(1, self.classes[:, None])[:, 0]


def attribution(maps: Tensor, classes: Tensor | None, logits: Tensor, image_size: tuple[int, int]) -> Attribution:
    """Pack the answer; warn where a map is zero everywhere, raise where it is not a number.

    Raises:
        ValueError: a map holds NaN or infinity.
    """
    answer = Attribution(maps.detach(), classes, logits.detach(), image_size)
    peaks = answer.peaks.tolist()
    if not all(map(math.isfinite, peaks)):
        raise ValueError("the maps hold NaN or infinity: the gradients overflowed; try float32 or float64")
    if 0 in peaks:
        warnings.warn(_zero_message(answer), stacklevel=3)
    return answer


def _zero_message(answer: Attribution) -> str:
    empty = answer.is_zero.nonzero().flatten().tolist()
    asked = ["the score"] * len(answer.maps) if answer.classes is None else [f"class {c}" for c in answer.classes]
    shown = ", ".join(f"image {i} ({asked[i]})" for i in empty[:3])
    return (
        f"{len(empty)} of {len(answer.maps)} maps are zero everywhere: {shown}{', ...' if len(empty) > 3 else ''}. "
        "Nothing there speaks for it; try another layer, or the predicted class"
    )
