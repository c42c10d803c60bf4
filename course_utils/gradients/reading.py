"""Read the graph behind a tensor, and follow the gradients through it.

`read_graph` only looks. `follow_gradients` also runs a backward pass of its own and writes down what flows
along every arrow; it leaves every ``.grad`` as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from course_utils.gradients.graph import Edge, Graph, Node, Numbers, Saved
from course_utils.gradients.steps import Step, is_leaf, last_step, saved_by, shape_made_by, walk

__all__ = ["follow_gradients", "read_graph"]

SHOWN = 4  # a tensor with more numbers than this is described by its shape alone


def read_graph(result: Tensor, /, **tensors: Tensor) -> Graph:
    """List the operations and leaves that ``result`` was computed from. Nothing is computed, nothing changes.

    Args:
        result: any tensor with ``requires_grad``.
        tensors: names for tensors of the graph. Values of intermediate tensors are known only if you name them:
            autograd does not keep them. A constant (no ``requires_grad``) can be named if an operation saved it.

    Raises:
        TypeError: one of them is not a tensor.
        ValueError: ``result`` does not require a gradient, or a named tensor is not in its graph; a tensor with
            ``requires_grad`` was made in inference mode. (Graphs made outside can be read in it.)
    """
    steps = walk(result)
    number = {step: i for i, step in enumerate(steps)}
    labels: dict[Step, list[tuple[str, Tensor]]] = {steps[0]: [("", result)]}
    for name, tensor in _with_gradient(tensors).items():
        labels.setdefault(_step_of(tensor, name, number), []).append((name, tensor))
    nodes = [_node(i, step, labels.get(step, [])) for i, step in enumerate(steps)]
    edges = [Edge(number[s], number[t], p) for t in steps for p, (s, _) in enumerate(t.next_functions) if s is not None]
    for name, tensor in tensors.items():
        if not tensor.requires_grad:
            edges += _constant_edges(name, tensor, steps, len(nodes))
            nodes.append(Node(len(nodes), name, "", True, False, tuple(tensor.shape), _numbers(tensor)))
    return Graph(tuple(nodes), tuple(edges))


def follow_gradients(result: Tensor, /, **tensors: Tensor) -> Graph:
    """Return `read_graph` with the gradient at every node and along every arrow, from a backward pass of its own.

    No ``.grad`` is touched (but torch fills the one of an unnamed tensor with ``retain_grad()``), and the graph can
    be used again. Tensor hooks of the graph run, as in any backward pass: an arrow carries the gradient before the
    hook, the node shows it after the hook.

    Raises:
        TypeError, ValueError: as `read_graph`; or ``result`` is not a single real number.
        RuntimeError: the graph was already used up by ``backward()``.
    """
    graph = read_graph(result, **tensors)
    if result.numel() != 1:
        raise ValueError(f"need a result with one number, got shape {tuple(result.shape)}; take .sum() or one element")
    if result.is_complex():
        raise ValueError(f"need a real number to follow, got {result.dtype}; take .abs(), .real or .imag")
    if any(saved.shape is None for node in graph.nodes for saved in node.saved):
        raise RuntimeError(
            "this graph was already used up by backward(), or a tensor that it needs was overwritten; "
            "compute the result again, or call backward(retain_graph=True) next time"
        )
    with _restored_grads([result, *tensors.values()]):
        at_node, along_edge = _observe_backward(result, walk(result))
    nodes = tuple(replace(node, gradient=at_node.get(node.number)) for node in graph.nodes)
    edges = tuple(replace(edge, gradient=along_edge.get((edge.target, edge.position))) for edge in graph.edges)
    return Graph(nodes, edges)


def _with_gradient(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(f"{name!r} is not a tensor but {type(tensor).__name__}; name tensors of the graph only")
    return {name: tensor for name, tensor in tensors.items() if tensor.requires_grad}


def _step_of(tensor: Tensor, name: str, number: dict[Step, int]) -> Step:
    step = last_step(tensor)
    if step not in number:
        raise ValueError(f"the tensor called {name!r} is not in this graph: the result was not computed from it")
    return step


def _node(number: int, step: Step, labels: list[tuple[str, Tensor]]) -> Node:
    leaf = is_leaf(step)
    tensors = [step.variable] if leaf else list({id(tensor): tensor for _, tensor in labels}.values())
    tensor = tensors[0] if len(tensors) == 1 else None  # unbind and split make several tensors in one step
    return Node(
        number=number,
        name=", ".join(name for name, _ in labels if name),
        operation="" if leaf else re.sub(r"Backward\d*$", "", step.name().removeprefix("torch::autograd::")),
        leaf=leaf,
        wants_gradient=True,
        shape=shape_made_by(step) if tensor is None else tuple(tensor.shape),
        value=_numbers(tensor),
        gradient=_numbers(tensor.grad) if tensor is not None and (leaf or tensor.retains_grad) else None,
        saved=tuple(Saved(name, shape) for name, _, shape in saved_by(step)),
    )


def _constant_edges(name: str, constant: Tensor, steps: list[Step], number: int) -> list[Edge]:
    users = [i for i, step in enumerate(steps) if any(tensor is constant for _, tensor, _ in saved_by(step))]
    if not users:
        raise ValueError(
            f"the tensor called {name!r} is not in this graph: it does not require a gradient, "
            "and no operation keeps it for the backward pass"
        )
    return [Edge(number, user, len(steps[user].next_functions)) for user in users]


def _numbers(tensor: Tensor | None) -> Numbers | None:
    if tensor is None or tensor.numel() > SHOWN or tensor.is_complex() or tensor.layout is not torch.strided:
        return None
    if tensor.is_meta:
        return None
    return tuple(float(number) for number in tensor.detach().flatten())


@contextmanager
def _restored_grads(tensors: list[Tensor]) -> Iterator[None]:
    """Put back the ``.grad`` of tensors with ``retain_grad()``: torch fills them in every backward pass."""
    before = [(tensor, tensor.grad) for tensor in tensors if tensor.retains_grad]
    try:
        yield
    finally:
        for tensor, gradient in before:
            tensor.grad = gradient


def _observe_backward(
    result: Tensor, steps: list[Step]
) -> tuple[dict[int, Numbers | None], dict[tuple[int, int], Numbers | None]]:
    """Return the gradient at each node, and along each (target, position) arrow, without touching any ``.grad``."""
    at_node: dict[int, Numbers | None] = {}
    along_edge: dict[tuple[int, int], Numbers | None] = {}

    def store_arrival(i: int, gradients: tuple[Tensor | None, ...]) -> None:
        at_node[i] = _numbers(gradients[0]) if len(gradients) == 1 else None

    def store_departure(i: int, sent: tuple[Tensor | None, ...], _: object) -> None:
        along_edge.update({(i, position): _numbers(gradient) for position, gradient in enumerate(sent)})

    leaves = {i: step.variable for i, step in enumerate(steps) if is_leaf(step)}
    with ExitStack() as hooks:
        for i, step in enumerate(steps):
            if i not in leaves:
                hooks.enter_context(step.register_prehook(partial(store_arrival, i)))
                hooks.enter_context(step.register_hook(partial(store_departure, i)))
        found = torch.autograd.grad(result, list(leaves.values()), retain_graph=True, allow_unused=True)
    return at_node | {i: _numbers(gradient) for i, gradient in zip(leaves, found, strict=True)}, along_edge
