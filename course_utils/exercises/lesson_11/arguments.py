"""What the judges of lesson 11 share: what was given must stay as it was."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.exercises.exercise import Wrong

__all__ = ["must_be_unchanged"]


def must_be_unchanged(kind: str, *pairs: tuple[Tensor, Tensor]) -> None:
    """Raise `Wrong` unless each first tensor is still what the second, a copy, says."""
    if not all(torch.equal(now, before) for now, before in pairs):
        raise Wrong(
            got="the activations or gradients that came in were changed",
            wanted=f"what came in as it was, and new {kind}",
            cause="an in-place operation wrote into them; run the cell twice and it multiplies twice",
            next_step="compute a new tensor: weights * activations",
        )
