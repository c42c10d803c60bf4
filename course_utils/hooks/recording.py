"""Record what layers return."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from torch import Tensor, nn

from course_utils.hooks.copying import Copies
from course_utils.hooks.finding import named_layers
from course_utils.hooks.lifetime import attached
from course_utils.hooks.nesting import map_nested

__all__ = ["Recorded", "record_outputs"]


class Recorded(dict[str, object]):
    """Dotted layer name -> what was recorded; a missing name is an error that says why it may be missing."""

    def __init__(self, layers: list[str], reason: Callable[[str], str]) -> None:
        """``reason`` says for one of the layers why nothing was recorded; it is asked when somebody misses it."""
        super().__init__()
        self.layers, self.reason = layers, reason

    def __missing__(self, name: object) -> object:
        if name in self.layers:
            raise LookupError(f"nothing was recorded for layer {name!r}: {self.reason(name)}")
        raise LookupError(f"{name!r} is not one of the layers recorded here: {self.layers[:12]}")


def record_outputs(model: nn.Module, *layers: str | nn.Module) -> AbstractContextManager[Recorded]:
    """Record what the layers return while the ``with`` block runs.

    Example:
        >>> with record_outputs(model, "conv1", "conv3") as outputs:
        ...     logits = model(images)
        >>> outputs["conv3"].shape  # (N, K, h, w)

    Args:
        model: any network, in any mode; it computes what it would compute without us.
        layers: dotted names or modules; none means every layer inside ``model``.

    Yields:
        Dotted name -> a copy of the layer's latest output. If the layer ran three times, you hold the third output;
        a layer with two names is recorded under each one that you asked for. Copies are detached: they hold no
        graph alive, and an in-place operation behind the layer cannot rewrite them. Layers that pass on the very same
        tensor share one copy. A tuple, list, dict or dataclass of tensors comes back as one; what is not a tensor in
        it is not copied. To keep the graph, use `hooked` and a hook of your own.

    Raises:
        LookupError, TypeError: a layer is not one of ``model``, or that is no model. No hook is left behind.
        RuntimeError: a layer is compiled; hooks that come after ``torch.compile`` would be ignored.
    """
    named = named_layers(model, layers)
    outputs = Recorded([name for name, _ in named], _why_no_output)
    copied = Copies().of
    return attached([(layer._forward_hooks, partial(_store, outputs, name, copied)) for name, layer in named], outputs)


def _why_no_output(name: str) -> str:
    return (
        "it did not run inside this block. Call the model inside the block (and not a torch.compile'd function: "
        "compiled code ignores hooks that come later)"
    )


def _store(
    outputs: Recorded, name: str, copied: Callable[[Tensor], Tensor], module: nn.Module, args: object, output: object
) -> None:
    outputs.pop(name, None)  # the copy of an earlier run makes room first: fresh memory costs more than copying
    outputs[name] = map_nested(copied, Tensor, output)
