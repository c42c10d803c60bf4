"""Change what a layer returns, for as long as a block lasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial

import torch
from torch import Tensor, nn

from course_utils.hooks.finding import named_layers
from course_utils.hooks.lifetime import attached

__all__ = ["mask_channels", "replace_output"]


def replace_output(
    model: nn.Module, layer: str | nn.Module, replacement: Tensor | Callable[[Tensor], Tensor]
) -> AbstractContextManager[None]:
    """Let ``layer`` return something else inside the ``with`` block.

    Example:
        >>> with replace_output(model, "conv1", lambda output: output * 10):
        ...     logits = model(images)

    Args:
        layer: a dotted name or a module; if it runs several times, each output is replaced.
        replacement: a function from the layer's output to the new one, or the new output itself: a tensor that
            broadcasts to the output's shape. Gradients flow through the function as through any code.

    Raises:
        LookupError, TypeError: the layer is not one of ``model``, the replacement neither tensor nor function.
        RuntimeError: the layer is compiled.
        While the model runs:
        TypeError: the function returned None (a hook that returns None would change nothing), or a tensor was to
            replace an output that is not one.
        ValueError: the tensor does not broadcast to the output.
    """
    ((name, target),) = named_layers(model, (layer,))
    if isinstance(replacement, Tensor):
        replacement = partial(_instead, name, replacement)
    if not callable(replacement):
        raise TypeError(f"a replacement is a tensor or a function of the output, got {type(replacement).__name__}")
    return attached([(target._forward_hooks, partial(_replace, name, replacement))], None)


def mask_channels(
    model: nn.Module, layer: str | nn.Module, channels: int | Sequence[int]
) -> AbstractContextManager[None]:
    """Set channels of a layer's output to zero inside the ``with`` block, as if the network had lost them.

    Args:
        layer: a dotted name or a module that returns (N, K, ...).
        channels: indices in 0..K-1, one or several.

    Raises:
        LookupError, TypeError: the layer is not one of ``model``; a channel is not an integer.
        RuntimeError: the layer is compiled.
        ValueError: (while the model runs) the output has no channel axis, or not so many channels.
    """
    ((name, target),) = named_layers(model, (layer,))
    return replace_output(model, target, partial(_without, name, _indices(channels)))


def _indices(channels: int | Sequence[int]) -> Tensor:
    try:
        indices = torch.as_tensor(channels).flatten()
        integers = not len(indices) or (indices.dtype != torch.bool and torch.can_cast(indices.dtype, torch.long))
    except (TypeError, ValueError, RuntimeError):  # a set, a slice, None, lists of unequal length
        integers = False
    if not integers:
        raise TypeError(
            f"channels are integers, got {channels!r}; give one or a list of them, such as [0, 2] "
            "(mask.nonzero() turns a mask into indices)"
        )
    return indices.long()


def _replace(name: str, change: Callable[[Tensor], Tensor], module: nn.Module, args: object, output: Tensor) -> Tensor:
    changed = change(output)
    if changed is None:
        raise TypeError(f"the function for layer {name!r} returned None; return the new output")
    return changed


def _instead(name: str, replacement: Tensor, output: Tensor) -> Tensor:
    if not isinstance(output, Tensor):
        raise TypeError(f"layer {name!r} returns {type(output).__name__}, not a tensor; replace it with a function")
    try:
        # A copy: an in-place operation may follow, and must not write into the caller's tensor.
        return replacement.to(output).expand_as(output).clone()
    except RuntimeError:
        raise ValueError(
            f"layer {name!r} returns {tuple(output.shape)}, the replacement is {tuple(replacement.shape)}; "
            "give a tensor that broadcasts to it"
        ) from None


def _without(name: str, channels: Tensor, output: Tensor) -> Tensor:
    if not isinstance(output, Tensor) or output.ndim < 2:
        came = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
        raise ValueError(f"masking needs a layer that returns (N, K, ...), {name!r} returned {came}")
    if len(channels) and not 0 <= int(channels.min()) <= int(channels.max()) < output.shape[1]:
        raise ValueError(f"layer {name!r} has channels 0..{output.shape[1] - 1}, got {channels.tolist()}")
    return output.index_fill(1, channels.to(output.device), 0)  # not a product with zero: NaN * 0 is NaN
