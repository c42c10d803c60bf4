"""The graph behind a tensor, as plain data: frozen nodes and arrows that keep no tensor alive."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Edge", "Graph", "Node", "Numbers", "Saved", "describe"]

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Saved:
    """A tensor that an operation keeps for the backward pass; ``shape`` is None once it was freed or overwritten."""

    name: str
    shape: tuple[int, ...] | None


@dataclass(frozen=True)
class Node:
    """A leaf, a constant, or an operation together with the tensor that it made.

    Attributes:
        number: place in ``Graph.nodes``. 0 is the result; a step stands before the steps it was made from.
        name: what the caller called the tensor, or "".
        operation: autograd's word for the step ("Mul", "Add", ...); "" for leaves and constants.
        leaf: True if no recorded operation made the tensor.
        wants_gradient: False for constants, which no gradient ever reaches.
        shape: of the tensor; None if autograd does not tell.
        value, gradient: the tensor's numbers, flat, where they are known and at most four; else None.
        saved: what the operation keeps for the backward pass.
    """

    number: int
    name: str
    operation: str
    leaf: bool
    wants_gradient: bool
    shape: tuple[int, ...] | None
    value: Numbers | None = None
    gradient: Numbers | None = None
    saved: tuple[Saved, ...] = ()


@dataclass(frozen=True)
class Edge:
    """An arrow of the forward pass: node ``source`` is input number ``position`` of node ``target``.

    ``gradient`` is what ``target`` sends back along this arrow; None if it was not followed.
    """

    source: int
    target: int
    position: int
    gradient: Numbers | None = None


@dataclass(frozen=True)
class Graph:
    """Everything autograd remembers of how a tensor was made; ``graph["a"]`` is the node called a."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def __getitem__(self, name: str) -> Node:
        for node in self.nodes:
            if name and name in node.name.split(", "):
                return node
        raise LookupError(f"no node is called {name!r}; the names are {[n.name for n in self.nodes if n.name]}")

    def arriving(self, node: Node) -> Numbers | None:
        """Return the sum of what the arrows bring back to ``node``, before any hook; None where it is not known.

        Raises:
            TypeError: ``node`` is not a node, but its name, for example.
        """
        if not isinstance(node, Node):
            raise TypeError(f"need a node, as in graph.arriving(graph['w']); got {node!r}")
        parts = [edge.gradient for edge in self.edges if edge.source == node.number]
        if not parts or None in parts:
            return None
        return tuple(sum(numbers) for numbers in zip(*parts, strict=True))

    def __str__(self) -> str:
        return "\n".join(_sentence(node, self.edges) for node in self.nodes)


def _sentence(node: Node, edges: tuple[Edge, ...]) -> str:
    made_from = [str(edge.source) for edge in edges if edge.target == node.number]
    words = [
        f"{node.number}: {node.name or '(unnamed)'}",
        f"{node.operation} of {', '.join(made_from)}"
        if node.operation
        else ("leaf" if node.wants_gradient else "constant"),
        describe_shape(node),
    ]
    words += [f"value {describe(node.value)}"] if node.value else []
    words += [f"gradient {describe(node.gradient)}"] if node.gradient else []
    words += [f"keeps {saved.name} {'(freed)' if saved.shape is None else saved.shape}" for saved in node.saved]
    return " · ".join(words)


def describe(numbers: Numbers) -> str:
    """Return "6" for one number (six digits at most) and "[1, 2]" for several (three digits each)."""
    if len(numbers) == 1:
        return f"{numbers[0]:.6g}"
    return f"[{', '.join(f'{number:.3g}' for number in numbers)}]"


def describe_shape(node: Node) -> str:
    """Return "one number", or the shape in words."""
    return "one number" if node.shape == () else f"shape {node.shape}" if node.shape else "shape unknown"
