"""Guided backpropagation: on the way back, every ReLU lets only positive gradients through."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from course_utils.attribution.questions import Classes, Score
from course_utils.attribution.result import attribution
from course_utils.attribution.saliency import (
    PixelAttribution,
    pixel_gradients,
    strongest_channel,
    with_gradients,
)
from course_utils.hooks.finding import named_layers
from course_utils.hooks.lifetime import attached

__all__ = ["GuidedReLU", "guided_backprop", "guided_relus"]

IN_PLACE = frozenset({torch.relu_, Tensor.relu_})
RELUS = IN_PLACE | {F.relu, torch.relu, Tensor.relu}


class GuidedReLU(torch.autograd.Function):
    """A ReLU whose way back is guided: ``GuidedReLU.apply(x, inplace)``."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, inplace: bool) -> Tensor:
        """Return ``relu(x)``, and keep it for the way back."""
        output = x.relu_() if inplace else x.relu()
        if inplace:
            ctx.mark_dirty(x)
        ctx.save_for_backward(output)
        return output

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor, None]:
        """Let a gradient pass where the output is positive and the gradient is, too."""
        (output,) = ctx.saved_tensors
        return torch.ops.aten.threshold_backward(gradient, output, 0).clamp_(min=0), None


def guided_backprop(
    model: nn.Module, images: Tensor, classes: Classes = None, *, score: Score | None = None
) -> PixelAttribution:
    """Show a cleaner saliency map, in which each ReLU passed only positive gradients back.

    Springenberg et al. (2015), arXiv:1412.6806, section 3.4: where a ReLU's input was positive *and* the gradient
    that comes to it is positive, the gradient passes; elsewhere it becomes zero. The pictures look sharp, and depend
    little on the class and even on trained weights (lesson 14 measures it), so do not call them an explanation.

    Every ReLU of the forward pass counts, written as a layer (in-place or not, the same one used ten times) or as a
    function (``F.relu``, ``torch.relu``, ``x.relu()``, ``x.relu_()``). Captum and FlashTorch know layers only, and
    leave functions unguided without a word. A rectifier in disguise (``clamp``, ``ReLU6``, GELU) is an ordinary
    function to all three. On a network of layers the result is captum's, `SimpleCNN` apart, for the reason told at
    `grad_cam`. No hook is put on the model at all: for this one pass, PyTorch's calls of ReLU go to
    `GuidedReLU` instead.

    Args:
        model, images, classes, score: as for `saliency`. The class that is asked for is the class that is explained.

    Returns:
        maps (N, H, W) >= 0 (maximum of the absolute value over the channels) and the signed gradients (N, C, H, W),
        both in logits per unit of pixel; "guided", so no longer the slope of anything.

    Raises:
        TypeError, ValueError: as for `saliency`.
        RuntimeError: a part of the model is compiled or scripted: its ReLUs cannot be seen.

    Warns:
        UserWarning: the model used no ReLU, so this is plain saliency; or a map is zero everywhere.
    """
    named_layers(model, ())  # refuses compiled parts
    with guided_relus() as relus:
        gradients, chosen, logits = pixel_gradients(model, images, classes, score)
    if not relus.met:
        warnings.warn(f"{type(model).__name__} used no ReLU, so guided_backprop is plain saliency here", stacklevel=2)
    answer = attribution(strongest_channel(gradients), chosen, logits, tuple(images.shape[-2:]))
    return with_gradients(answer, gradients)


def guided_relus() -> AbstractContextManager[_GuidedReLUs]:
    """Make every ReLU that runs inside the ``with`` block a `GuidedReLU`; afterwards ReLUs are what they were.

    Yields:
        An object whose ``met`` counts the ReLUs.
    """
    mode = _GuidedReLUs()
    # PyTorch's own __enter__ and __exit__ do the same in Python, where Ctrl-C may come in between.
    push = partial(torch._C._push_on_torch_function_stack, mode)
    off = partial(setattr, mode, "on", False)
    _sweep()
    return attached([], mode, undo=[off], switches=[(push, _sweep)])


def _sweep() -> None:
    """Pop the modes on top of PyTorch's stack that are switched off.

    While PyTorch serves a call it pops our mode; Ctrl-C may come just then, and PyTorch puts the mode back later, when
    its block is gone. Switched off, it only passes calls on, until the next block sweeps it away.
    """
    while isinstance(top := _top(), _GuidedReLUs) and not top.on:
        torch._C._pop_torch_function_stack()


def _top() -> object:
    count = torch._C._len_torch_function_stack()
    return torch._C._get_function_stack_at(count - 1) if count else None


class _GuidedReLUs(TorchFunctionMode):
    """While it is on, PyTorch sends every call of its functions through here."""

    def __init__(self) -> None:
        super().__init__()
        self.met = 0
        self.on = True

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: tuple[type, ...],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        if not self.on or func not in RELUS:
            return func(*args, **(kwargs or {}))
        self.met += 1
        x, inplace = _input_of(*args, **(kwargs or {}))
        return GuidedReLU.apply(x, inplace or func in IN_PLACE)


def _input_of(input: Tensor, inplace: bool = False) -> tuple[Tensor, bool]:  # noqa: A002, named as in F.relu
    return input, inplace
