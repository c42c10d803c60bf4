"""Write down what autograd keeps for backward; what it computes, and what it refuses to compute, stays the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from course_utils.hooks.events import Trace, note_last
from course_utils.hooks.lifetime import Action

__all__ = ["saved_tensors_noted"]

Fetch = Callable[[], Tensor]
Pair = tuple[Callable[[Tensor], object], Callable[[object], Tensor]]  # pack and unpack


def saved_tensors_noted(trace: Trace) -> tuple[tuple[Action, Action], ...]:
    """Return switches that write down each tensor when autograd saves it, and again when backward fetches it.

    PyTorch calls the latest pair of saved-tensor hooks only; if the caller has a pair, ours calls it.
    """
    autograd = torch._C._autograd
    callers: list[Pair | None] = []  # one entry inside the block: the caller's pair, or None
    pack, unpack = partial(_save, trace, callers), partial(_use, trace)
    callers_found = map(autograd._top_saved_tensors_default_hooks, [False])  # looked for when the block begins
    return (
        (partial(callers.extend, callers_found), callers.clear),
        (partial(autograd._push_saved_tensors_default_hooks, pack, unpack), autograd._pop_saved_tensors_default_hooks),
    )


def _save(trace: Trace, callers: list[Pair | None], tensor: Tensor) -> Fetch:
    note_last(trace, "tensor_saved", "tensor", tensor)
    if callers[0] is None:
        # Without its graph: the tensor itself would keep its own node alive, in a circle.
        return partial(_unchanged, tensor.detach(), tensor._version)
    pack, unpack = callers[0]
    return partial(unpack, pack(tensor))


def _use(trace: Trace, fetch: Fetch) -> Tensor:
    tensor = fetch()
    note_last(trace, "tensor_used", "tensor", tensor)
    return tensor


def _unchanged(tensor: Tensor, version: int) -> Tensor:
    """Return the tensor, or raise as PyTorch does where no hooks are (with hooks it leaves the check to them)."""
    if tensor._version != version:
        raise RuntimeError(
            "one of the variables needed for gradient computation has been modified by an inplace operation: a tensor "
            f"of shape {tuple(tensor.shape)} was saved at version {version} and is now at version {tensor._version}; "
            "make a new tensor instead of changing this one: y = y * 5, not y.mul_(5)"
        )
    return tensor
