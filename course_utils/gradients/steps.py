"""Autograd's steps: from a tensor to the steps behind it, and what each step made and keeps."""

from __future__ import annotations

from torch import Tensor
from torch.autograd.graph import Node as Step
from torch.autograd.graph import get_gradient_edge

from course_utils.autograd_modes import graphs_recorded

__all__ = ["Step", "is_leaf", "last_step", "saved_by", "shape_made_by", "walk"]


def walk(result: Tensor) -> list[Step]:
    """Return all steps behind ``result``, each before its inputs."""
    if not isinstance(result, Tensor):
        raise TypeError(f"a graph hangs on a tensor, got {type(result).__name__}; hand over the tensor before .item()")
    if not result.requires_grad:
        raise ValueError(
            "this tensor has no graph: nothing it was made from requires a gradient; "
            "create an input with requires_grad=True, and do not compute under torch.no_grad()"
        )
    finished: list[Step] = []
    entered: set[Step] = set()
    stack = [(last_step(result), False)]
    while stack:
        step, inputs_done = stack.pop()
        if inputs_done:
            finished.append(step)
        elif step not in entered:
            entered.add(step)
            stack.append((step, True))
            stack.extend((source, False) for source, _ in step.next_functions if source is not None)
    return finished[::-1]


def last_step(tensor: Tensor) -> Step:
    """Return the step that made ``tensor``, or that collects the gradient of a leaf; also in inference mode."""
    if tensor.is_inference():
        raise ValueError(
            "got a tensor from torch.inference_mode(), which keeps no graph; make it outside of that block"
        )
    with graphs_recorded():  # inside, torch finds no step for a leaf
        return get_gradient_edge(tensor).node


def is_leaf(step: Step) -> bool:
    """Tell whether a step stands for a tensor that no recorded operation made."""
    return type(step).__name__ == "AccumulateGrad"


def shape_made_by(step: Step) -> tuple[int, ...] | None:
    """Return the shape of what a step made in the forward pass; None if autograd does not tell."""
    made = getattr(step, "_input_metadata", ())  # "input" of the backward step = output of the forward step
    return tuple(made[0].shape) if len(made) == 1 else None


def saved_by(step: Step) -> list[tuple[str, Tensor | None, tuple[int, ...] | None]]:
    """Return (name, tensor, shape) of what a step keeps; None, None for what was freed or overwritten."""
    names = [name.removeprefix("_raw_saved_") for name in dir(step) if name.startswith("_raw_saved_")]
    kept = []
    for name in names:
        try:
            tensors = step.saved_tensors if name == "tensors" else getattr(step, f"_saved_{name}")
        except RuntimeError:  # the only way in which autograd says that it is gone
            kept.append((name, None, None))
            continue
        tensors = tensors if isinstance(tensors, tuple | list) else (tensors,)
        kept += [(name, tensor, tuple(tensor.shape)) for tensor in tensors if tensor is not None]
    return kept
