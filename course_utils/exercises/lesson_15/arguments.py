"""What the judges of lesson 15 share: what is given stays, and gradients must flow."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.exercises.exercise import Wrong

__all__ = ["LOGITS", "must_have_gradient", "must_stay"]


LOGITS = torch.tensor([[2.0], [-3.0], [0.5]])  # three films, one logit each


def must_stay(given: Tensor, kept: Tensor, name: str) -> None:
    """Raise Wrong unless what was given is still what the copy says."""
    if not torch.equal(given, kept):
        raise Wrong(
            got=f"{name} were changed",
            wanted=f"{name} as they were",
            cause="an in-place operation (mul_, neg_, +=, x[...] = ...) wrote into them; a second run does it twice",
            next_step="compute a new tensor: a * b, not a *= b",
        )


def must_have_gradient(score: Tensor) -> None:
    """Raise Wrong if the graph of a score was cut."""
    if not score.requires_grad:
        raise Wrong(
            got="numbers without a graph",
            wanted="a score that can be differentiated",
            cause="detach(), item(), no_grad() or a new tensor cut the graph",
            next_step="compute with the tensor that was given",
        )
