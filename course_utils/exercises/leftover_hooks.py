"""Find the hooks that an answer leaves behind, on modules, tensors, optimizers or on everything, and remove them."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from course_utils.exercises.output import counted, swapped

if TYPE_CHECKING:  # this room is light: torch is imported only by those who use it already
    from torch.utils.hooks import RemovableHandle

__all__ = ["no_hooks_left"]


@contextmanager
def no_hooks_left(notes: list[str]) -> Iterator[None]:
    """Remove the hooks that are registered in the block and still hang on something alive after it, with a note.

    Hooks on all modules at once are removed even if they are older than the block. Every ``register_..._hook`` of
    torch makes a `RemovableHandle`, so those that are made are written down. A handle holds its hook weakly: hooks
    on networks that are gone with the check are gone too, and are nobody's concern.
    """
    if "torch" not in sys.modules:
        yield
        return
    from torch.utils.hooks import RemovableHandle

    handles: list[RemovableHandle] = []
    make = RemovableHandle.__init__

    def make_and_write_down(handle: RemovableHandle, *args: object, **kwargs: object) -> None:
        make(handle, *args, **kwargs)
        handles.append(handle)

    _clear_global_hooks(notes)
    try:
        with swapped(RemovableHandle, "__init__", make_and_write_down):
            yield
    finally:
        left = _remove([handle for handle in handles if _hangs(handle)])
        if left:
            them = "it has" if left == 1 else "they have"
            notes.append(
                f"your code left {counted(left, 'hook')} behind; {them} been removed. "
                "A hook in a `with` block goes by itself, also after an error"
            )


def _clear_global_hooks(notes: list[str]) -> None:
    """Remove the hooks on all modules that earlier cells left: they would run inside the check, and for ever after."""
    from torch.nn.modules import module

    registries = [registry for name, registry in vars(module).items() if re.fullmatch("_global_.*_hooks", name)]
    number = sum(len(registry) for registry in registries)
    for registry in registries:
        registry.clear()
    if number:
        left = counted(number, "hook")
        notes.append(f"an earlier cell left {left} on all modules (`register_module_..._hook`); removed")


def _hangs(handle: RemovableHandle) -> bool:
    hooks = handle.hooks_dict_ref()
    return hooks is not None and handle.id in hooks


def _remove(handles: list[RemovableHandle]) -> int:
    """Remove the hooks of these handles; return how many of them were on something that is in use."""
    for generation in (1, 2):  # a network whose hook refers to it lives on until it is collected; young ones are cheap
        if handles:
            gc.collect(generation)
            handles = [handle for handle in handles if _hangs(handle)]
    for handle in handles:
        handle.remove()
    return len(handles)
