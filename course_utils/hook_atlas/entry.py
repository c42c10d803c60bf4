"""What the atlas writes down about one hook."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

__all__ = ["Hook"]

HANDLE = "handle.remove(); the handle is also a context manager"
LEAVE_BLOCK = "leave the with block"
NO_REMOVAL = "cannot be taken back"


@dataclass(frozen=True)
class Hook:
    """One hook of torch, as a page of the atlas.

    Args:
        name: dotted path, as a reader would write it: ``torch.Tensor.register_hook``.
        family: what it hangs on; one of ``FAMILIES``.
        fires: when torch calls the hook function.
        receives: the arguments of the hook function.
        may_change: what a returned value (or an edit) does.
        removal: how it is taken away again.
        notes: the trap, or what it is good for.
        example: at most ten lines that need nothing but torch, run on a CPU and set ``result``; "" if there is none.
        expected: what ``result`` must be.
        no_example: why there is no example; "" if there is one.
    """

    name: str
    family: str
    fires: str
    receives: str
    may_change: str
    removal: str = HANDLE
    notes: str = ""
    example: str = ""
    expected: object = None
    no_example: str = ""

    def __post_init__(self) -> None:
        """Let examples be written indented, as the code around them."""
        object.__setattr__(self, "example", inspect.cleandoc(self.example))

    def __contains__(self, text: str) -> bool:
        """Return whether any of the words of this page hold ``text``, in capitals or not."""
        page = (self.name, self.family, self.fires, self.receives, self.may_change, self.removal, self.notes)
        return text.lower() in " ".join(page).lower()
