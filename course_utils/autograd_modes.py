"""Autograd's modes for the length of a block, such that Ctrl-C cannot leave them switched."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

__all__ = ["graphs_recorded"]


def graphs_recorded() -> AbstractContextManager[None]:
    """Record graphs inside a block, also for a caller under ``no_grad`` or ``inference_mode``.

    At the end the grad mode and the inference mode are what they were, whatever the block did to them.
    ``torch.inference_mode(False)`` does the same, but leaves by Python code: Ctrl-C that comes just then leaves the
    modes switched, and they jump back at some later time, when the interrupted frames are forgotten. This is its core.
    """
    return torch._C._InferenceMode(False)
