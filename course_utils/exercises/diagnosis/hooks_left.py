"""A network must come back without hooks."""

from __future__ import annotations

from torch import nn

from course_utils.exercises.exercise import Wrong
from course_utils.hooks import count_hooks

__all__ = ["demand_no_hooks"]


def demand_no_hooks(model: nn.Module, when: str) -> None:
    """Raise Wrong if anything still hangs on the model."""
    left = count_hooks(model)
    if not left:
        return
    raise Wrong(
        got=f"{left} hooks left on the model {when}",
        wanted="none",
        cause="a hook lives on the layer until somebody removes it"
        + (", and a line after the error is never reached" if "error" in when else ""),
        next_step="open the hooks in a `with` block, or remove them in `finally`",
    )
