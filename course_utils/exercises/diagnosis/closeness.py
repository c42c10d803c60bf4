"""When two tensors count as the same: up to a share of the largest value, or up to a fixed slack."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["same_absolute", "same_relative"]


def same_relative(got: Tensor, value: Tensor, slack: float = 1e-4) -> bool:
    """Return whether two tensors are equal up to ``slack`` of the largest value; NaN equals nothing."""
    if got.shape != value.shape or value.isnan().any():
        return False
    value = value.to(got.dtype) if got.is_floating_point() else value
    most = float(value.abs().max()) if value.numel() else 0.0
    return bool(torch.allclose(got, value, rtol=1e-4, atol=max(slack * most, 1e-12) if most < float("inf") else 0.0))


def same_absolute(got: Tensor, value: Tensor, slack: float = 1e-5) -> bool:
    """Return whether two tensors have one shape and the same numbers, up to ``slack``; NaN equals NaN."""
    if got.shape != value.shape:
        return False
    return torch.allclose(got.double(), value.double(), rtol=1e-5, atol=slack, equal_nan=True)
