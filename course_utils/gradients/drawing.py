"""Draw the graph behind a tensor: values forward (left to right), gradients backward."""

from __future__ import annotations

import math
from itertools import pairwise

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from course_utils.gradients.graph import Edge, Graph, Node, describe, describe_shape
from course_utils.gradients.layout import Layout, Point, arrange

__all__ = ["draw_graph"]

FORWARD, BACKWARD, CONSTANT = "#0072B2", "#B84A00", "#555555"  # blue and a dark vermilion: apart for all eyes
SYMBOLS = {"Add": "+", "Mul": "×", "Sub": "−", "Rsub": "−", "Div": "÷", "Neg": "−", "Pow": "power"}
COLUMN, ROW, WIDTH, HEIGHT, MARGIN = 2.2, 1.2, 1.45, 0.85, 0.15  # inches
ASIDE = 0.36  # inches from the middle, where an arrow of a constant ends: the labels of the others stay free
WIDEST = 20  # letters that a box holds
MOST_NODES = 60


def draw_graph(graph: Graph, title: str = "") -> tuple[Figure, str]:
    """Draw a graph as boxes in layers and return (figure, caption).

    Leaves and constants stand left of what uses them, the result on the right. Blue is the forward pass: values
    and arrows. Orange is the backward pass: the gradient in a box, and "← 2" on an arrow if the graph comes from
    `follow_gradients`. Leaves have a thick border, constants a dashed one. "48 → 24" with the tag "hook" means
    that a tensor hook changed the gradient on its way.

    Args:
        graph: from `read_graph` or `follow_gradients`.
        title: above the picture.

    Raises:
        TypeError: ``graph`` is not a graph, but a tensor, for example.
        ValueError: the graph has more than 60 nodes.
    """
    if not isinstance(graph, Graph):
        raise TypeError(f"draw_graph draws a graph, got {type(graph).__name__}; write draw_graph(read_graph(result))")
    if len(graph.nodes) > MOST_NODES:
        raise ValueError(
            f"a picture of {len(graph.nodes)} nodes cannot be read (at most {MOST_NODES}); "
            "print(graph) lists them, or draw the graph of a tensor nearer to the inputs"
        )
    with matplotlib.style.context("default"):
        return _draw(graph, arrange(graph), title), caption_of(graph)


def _draw(graph: Graph, layout: Layout, title: str) -> Figure:
    width, height = COLUMN * (layout.columns - 1) + WIDTH + 2 * MARGIN, ROW * (layout.rows - 1) + HEIGHT + 2 * MARGIN
    head = 0.4 if title else 0.0
    figure = Figure(figsize=(width, height + head))
    axes = figure.add_axes((0, 0, 1, height / (height + head)))
    axes.set(xlim=(-WIDTH / 2 - MARGIN, width - WIDTH / 2 - MARGIN), ylim=(-height / 2, height / 2))
    axes.axis("off")
    figure.text(0.5, 1 - 0.22 / (height + head), title, size=11, ha="center", va="center")
    for edge in graph.edges:
        _draw_arrow(axes, layout, edge, graph.nodes[edge.source].wants_gradient)
    for node in graph.nodes:
        _draw_box(axes, layout.places[node.number], node, graph)
    return figure


def caption_of(graph: Graph) -> str:
    """Return what the picture says, in words and numbers."""
    leaves = sorted((node for node in graph.nodes if node.leaf and node.wants_gradient), key=lambda node: node.name)
    steps = [node for node in graph.nodes if not node.leaf]
    constants = [node for node in graph.nodes if not node.wants_gradient]
    groups = (("leaves", leaves), ("constants", constants), ("operations", steps[::-1]))
    return "; ".join(f"{word}: {', '.join(_phrase(n, graph) for n in nodes)}" for word, nodes in groups if nodes) + "."


def _phrase(node: Node, graph: Graph) -> str:
    what = " ".join(word for word in (node.name, f"({node.operation})" if node.operation else "") if word) or "unnamed"
    value = f" = {describe(node.value)}" if node.value else f" [{describe_shape(node)}]"
    parts = [describe(edge.gradient) for edge in graph.edges if edge.source == node.number and edge.gradient]
    sources = f" (from {' and '.join(parts)})" if len(parts) > 1 else ""
    return what + value + (f" with {_gradient_words(node, graph)}{sources}" if node.gradient else "")


def _gradient_words(node: Node, graph: Graph) -> str:
    if _changed_by_hook(node, graph):
        return f"gradient {describe(graph.arriving(node))} → {describe(node.gradient)}"
    return f"gradient {describe(node.gradient)}"


def _changed_by_hook(node: Node, graph: Graph) -> bool:
    arriving = graph.arriving(node)
    if not arriving or not node.gradient:
        return False
    return not all(math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-6) for a, b in zip(arriving, node.gradient, strict=True))


def _draw_box(axes: Axes, centre: Point, node: Node, graph: Graph) -> None:
    x, y = centre[0] * COLUMN, centre[1] * ROW
    colour = FORWARD if node.wants_gradient else CONSTANT
    axes.add_patch(
        FancyBboxPatch(
            (x - WIDTH / 2, y - HEIGHT / 2),
            WIDTH,
            HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor="#E8F2F9" if node.leaf and node.wants_gradient else "white",
            edgecolor=colour,
            linewidth=2.4 if node.leaf and node.wants_gradient else 1.2,
            linestyle="-" if node.wants_gradient else "--",
        )
    )
    if _changed_by_hook(node, graph):
        tag = {"facecolor": BACKWARD, "edgecolor": "none", "boxstyle": "round,pad=0.25"}
        axes.text(x + WIDTH / 2, y - HEIGHT / 2, "hook", color="white", fontsize=8, ha="center", va="center", bbox=tag)
    lines = _lines(node, graph)
    for i, (words, colour, weight) in enumerate(lines):
        height = y + 0.25 * ((len(lines) - 1) / 2 - i)
        size = min(9.5, 9.5 * WIDEST / len(words))
        axes.text(x, height, words, ha="center", va="center", fontsize=size, color=colour, weight=weight)


def _lines(node: Node, graph: Graph) -> list[tuple[str, str, str]]:
    """Return the lines of a box as (words, colour, weight)."""
    kind = SYMBOLS.get(node.operation, node.operation) or ("leaf" if node.wants_gradient else "constant")
    lines = [(f"{node.name}   {kind}" if node.name else kind, "black", "bold")]
    value = f"value {describe(node.value)}" if node.value else ""
    lines.append((value if value and len(value) <= WIDEST else describe_shape(node), FORWARD, "normal"))
    if node.gradient:
        lines.append((_gradient_words(node, graph), BACKWARD, "normal"))
    return lines


def _draw_arrow(axes: Axes, layout: Layout, edge: Edge, wants_gradient: bool) -> None:
    points = [(x * COLUMN, y * ROW) for x, y in layout.routes[edge]]
    points[0] = (points[0][0] + WIDTH / 2, points[0][1])
    (_, before), (x, y) = points[-2:]
    aside = 0 if wants_gradient else ASIDE * ((before > y) - (before < y))
    points[-1] = (x - WIDTH / 2, y + aside)
    style = {"color": FORWARD, "lw": 1.2} if wants_gradient else {"color": CONSTANT, "lw": 1.2, "linestyle": "--"}
    axes.add_patch(FancyArrowPatch(path=_smooth(points), arrowstyle="-|>", mutation_scale=12, **style))
    if edge.gradient:
        x, y = ((a + b) / 2 for a, b in zip(points[-2], points[-1], strict=True))
        axes.text(
            x, y, f"← {describe(edge.gradient)}", color=BACKWARD, fontsize=9.5, ha="center", va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip


def _smooth(points: list[Point]) -> Path:
    """Join the points by curves that leave and arrive level."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        vertices += [(middle, y0), (middle, y1), (x1, y1)]
        codes += [Path.CURVE4] * 3
    return Path(vertices, codes)
