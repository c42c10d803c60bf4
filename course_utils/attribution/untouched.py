"""Borrow a model for a block: in evaluation mode or as it is, and given back as it was."""

from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager
from functools import partial
from itertools import repeat
from operator import setitem

import torch
from torch import nn

from course_utils.hooks.lifetime import Action, attached

__all__ = ["evaluating", "untouched"]


def untouched(model: nn.Module, device: torch.device) -> AbstractContextManager[None]:
    """Give back, at the end of a block, the training flag of every layer, the grad mode and the random state.

    The flags are put back into the layers' dicts, not by ``train()``: a model may have its own idea of ``train()``.
    All of it is C code, so Ctrl-C cannot come in the middle; see `course_utils.hooks.lifetime`.
    """
    layers = list(model.modules())
    return attached([], None, _restoring(layers, [layer.training for layer in layers], device))


def evaluating(model: nn.Module, device: torch.device) -> AbstractContextManager[None]:
    """Put the model into evaluation mode for a block, and give everything back as `untouched` does.

    Whatever else a model's own ``eval()`` does (some merge weights) is not taken back: call it yourself before.
    """
    layers = list(model.modules())
    flags = [layer.training for layer in layers]
    to_evaluation = [(model.eval, _nothing)] if any(flags) else []  # it takes 0.2 ms for the 68 layers of resnet18
    return attached([], None, _restoring(layers, flags, device), to_evaluation)


def _restoring(layers: list[nn.Module], flags: list[bool], device: torch.device) -> list[Action]:
    generator = _generator(device)
    return [
        partial(deque(maxlen=0).extend, map(setitem, map(vars, layers), repeat("training"), flags)),
        partial(torch._C._set_grad_enabled, torch.is_grad_enabled()),
        partial(generator.set_state, generator.get_state()),
    ]


def _nothing() -> None:
    return None


def _generator(device: torch.device) -> torch.Generator:
    if device.type == "cuda":
        return torch.cuda.default_generators[device.index or 0]
    return torch.default_generator
