"""Where the boxes of a graph go: columns by depth, rows so that few arrows cross."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean

from course_utils.gradients.graph import Edge, Graph

__all__ = ["Layout", "Point", "arrange"]

Point = tuple[float, float]
Slot = Hashable  # a node's number, or (edge, column) where an arrow passes through a column
SWEEPS = 12


@dataclass(frozen=True)
class Layout:
    """Places in units of columns (from 0) and rows (0 is the middle, up is positive)."""

    places: dict[int, Point]
    routes: dict[Edge, list[Point]]
    columns: int
    rows: int


def arrange(graph: Graph) -> Layout:
    """Lay the graph out in layers, as in Sugiyama et al. (1981): depth, pass-through slots, barycentre ordering."""
    column = _columns(graph)
    paths = {edge: _path(edge, column) for edge in graph.edges}
    layers: list[list[Slot]] = [[] for _ in range(max(column.values()) + 1)]
    for node in graph.nodes:
        layers[column[node.number]].append(node.number)
    for path in paths.values():
        for slot in path[1:-1]:
            layers[slot[1]].append(slot)
    place = _rows(layers, paths)
    routes = {edge: _route(edge, path, place, graph) for edge, path in paths.items()}
    places = {node.number: place[node.number] for node in graph.nodes}
    return Layout(places, routes, len(layers), max(map(len, layers)))


def _columns(graph: Graph) -> dict[int, int]:
    """Operations stand one column right of their last input, leaves one column left of their first user."""
    users: dict[int, list[int]] = {node.number: [] for node in graph.nodes}
    inputs: dict[int, list[int]] = {node.number: [] for node in graph.nodes}
    for edge in graph.edges:
        users[edge.source].append(edge.target)
        inputs[edge.target].append(edge.source)
    column: dict[int, int] = {}
    for node in sorted(graph.nodes, key=lambda node: (not node.leaf, -node.number)):
        column[node.number] = 1 + max((column[source] for source in inputs[node.number]), default=-1)
    for node in graph.nodes:
        if node.leaf and users[node.number]:
            column[node.number] = min(column[user] for user in users[node.number]) - 1
    return column


def _path(edge: Edge, column: dict[int, int]) -> list[Slot]:
    between = range(column[edge.source] + 1, column[edge.target])
    return [edge.source, *((edge, passed) for passed in between), edge.target]


def _rows(layers: list[list[Slot]], paths: dict[Edge, list[Slot]]) -> dict[Slot, Point]:
    """Order each layer by the mean row of its neighbours, sweeping left and right until it settles."""
    left: dict[Slot, list[Slot]] = {slot: [] for layer in layers for slot in layer}
    right: dict[Slot, list[Slot]] = {slot: [] for layer in layers for slot in layer}
    for path in paths.values():
        for a, b in pairwise(path):
            right[a].append(b)
            left[b].append(a)
    place = {slot: point for x, layer in enumerate(layers) for slot, point in _column_of(layer, x)}
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for x, layer in enumerate(layers) if forward else reversed(list(enumerate(layers))):
            near = left if forward else right
            height = {slot: mean([place[n][1] for n in near[slot]] or [place[slot][1]]) for slot in layer}
            layer.sort(key=lambda slot: -height[slot])
            place.update(_column_of(layer, x))
    return place


def _column_of(layer: list[Slot], x: int) -> list[tuple[Slot, Point]]:
    return [(slot, (float(x), (len(layer) - 1) / 2 - i)) for i, slot in enumerate(layer)]


def _route(edge: Edge, path: list[Slot], place: dict[Slot, Point], graph: Graph) -> list[Point]:
    """Return the points an arrow passes; arrows between the same two boxes are kept apart."""
    twins = [other for other in graph.edges if (other.source, other.target) == (edge.source, edge.target)]
    shift = 0.22 * ((len(twins) - 1) / 2 - twins.index(edge))
    return [(place[slot][0], place[slot][1] + shift) for slot in path]
