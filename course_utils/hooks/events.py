"""What a trace is made of: events, and the hooks that write them down."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_utils.hooks.nesting import map_nested

__all__ = ["Event", "Trace", "note", "note_first", "note_gradient", "note_last", "note_node"]

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Event:
    """One call of one hook.

    Attributes:
        kind: "forward_pre", "forward", "full_backward_pre", "full_backward", "parameter_gradient",
            "post_accumulate_gradient", "step_pre", "step_post"; from `trace_everything` also "node_created",
            "tensor_saved" and "tensor_used".
        name: dotted name of the layer ("" is the whole model) or of the parameter; class of the optimizer or node.
        shapes: of the tensors that the hook could replace: arguments, outputs, gradients of outputs, gradients of
            inputs (None: no gradient there), the parameter's gradient, the saved tensor.
    """

    kind: str
    name: str
    shapes: tuple[Shape | None, ...] = ()


class Trace(list[Event]):
    """The events of a step in the order in which they fired; printed, a table."""

    def __str__(self) -> str:
        rows = [("", "kind", "name", "shapes"), *((str(number), *_cells(event)) for number, event in enumerate(self))]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )


def _cells(event: Event) -> tuple[str, str, str]:
    shapes = ", ".join("none" if shape is None else "×".join(map(str, shape)) or "()" for shape in event.shapes)
    return event.kind, event.name or "(whole model)", shapes


def note(trace: Trace, kind: str, name: str, *received: object) -> None:
    """Write down that a hook fired."""
    trace.append(Event(kind, name))


def note_last(trace: Trace, kind: str, name: str, *received: object) -> None:
    """Write down that a hook fired, with the shapes of the last thing it received."""
    trace.append(Event(kind, name, _shapes(received[-1])))


def note_first(trace: Trace, kind: str, name: str, module: nn.Module, grad_input: object, grad_output: object) -> None:
    """Write down that a full backward hook fired, with the shapes of its grad_input."""
    trace.append(Event(kind, name, _shapes(grad_input)))


def note_gradient(trace: Trace, name: str, parameter: Tensor) -> None:
    """Write down that a parameter's gradient was accumulated, with its shape."""
    trace.append(Event("post_accumulate_gradient", name, _shapes(parameter.grad)))


def note_node(trace: Trace, node: torch.autograd.graph.Node) -> None:
    """Write down that a node of the graph was made."""
    trace.append(Event("node_created", node.name()))


def _shapes(value: object) -> tuple[Shape | None, ...]:
    """Return the shapes of the tensors in a value, None where a tuple has None instead of a tensor."""
    found: list[Shape | None] = []
    for item in value if isinstance(value, tuple) else (value,):
        if item is None:
            found.append(None)
        map_nested(lambda tensor: found.append(tuple(tensor.shape)), Tensor, item)
    return tuple(found)
