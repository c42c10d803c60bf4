"""Notice that a view was changed in place after a layer returned it: autograd then forgets the view, and its hooks."""

from __future__ import annotations

from torch import Tensor
from torch._C._functorch import is_functorch_wrapped_tensor

__all__ = ["SeenView", "is_plain_view"]


def is_plain_view(tensor: Tensor) -> bool:
    """Tell whether a tensor is a view that a `SeenView` can follow: not of a subclass, not inside ``torch.func``."""
    return type(tensor) is Tensor and tensor._is_view() and not is_functorch_wrapped_tensor(tensor)


class SeenView:
    """Remembers at which version a view was seen; keeps neither the tensor nor its memory alive."""

    def __init__(self, tensor: Tensor) -> None:
        self.counter, self.version = tensor.detach(), tensor._version
        self.counter.data = self.counter.new_empty(0)  # the numbers go; the version stays the one of view and base

    def was_changed(self) -> bool:
        """Tell whether the view, or what it is a view of, has been changed in place since."""
        return self.counter._version != self.version
