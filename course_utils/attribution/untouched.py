"""Borrow a model for a block, in evaluation mode or as it is, and give it back; or switch autocast off for one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial

import torch
from torch import nn

from course_utils.borrowing import flags_back, randomness_back
from course_utils.hooks.lifetime import Action, attached, switched_on

__all__ = ["evaluating", "full_precision", "untouched"]


def untouched(model: nn.Module, device: torch.device) -> AbstractContextManager[None]:
    """Give back, at the end of a block, the training flag of every layer, the grad mode and the random state.

    All of it is C code, so Ctrl-C cannot come in the middle; see `course_utils.hooks.lifetime`.
    """
    return attached([], None, _restoring(model, device))


def evaluating(model: nn.Module, device: torch.device) -> AbstractContextManager[None]:
    """Put the model into evaluation mode for a block, and give everything back as `untouched` does.

    Whatever else a model's own ``eval()`` does (some merge weights) is not taken back: call it yourself before.
    """
    trains = any(layer.training for layer in model.modules())
    to_evaluation = [switched_on(model.eval)] if trains else []  # it takes 0.2 ms for the 68 layers of resnet18
    return attached([], None, _restoring(model, device), to_evaluation)


def full_precision(device: torch.device) -> AbstractContextManager[None]:
    """Multiply in the dtype of the numbers for a block, also inside a caller's ``torch.autocast``.

    Autocast is for networks. Their activations and gradients may be bfloat16; what we make of them is float32.
    """
    switch = partial(torch.set_autocast_enabled, device.type)
    back = partial(switch, torch.is_autocast_enabled(device.type))
    return attached([], None, [back], [switched_on(partial(switch, False))])


def _restoring(model: nn.Module, device: torch.device) -> list[Action]:
    grad_mode_back = partial(torch._C._set_grad_enabled, torch.is_grad_enabled())
    return [flags_back(model), grad_mode_back, *randomness_back(device)]
