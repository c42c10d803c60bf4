"""Gradients you can look at: the graph behind a tensor as data and as a picture, and a check by nudging.

graph     nodes, arrows: plain data
reading   read_graph (only looks) and follow_gradients (what flows back along every arrow)
drawing   draw_graph: values forward, gradients backward
descent   draw_losses, draw_balls: gradient descent that settles, or explodes
check     check_gradient: autograd against finite differences
"""

from course_utils.gradients.check import GradientCheck, check_gradient
from course_utils.gradients.descent import draw_balls, draw_losses
from course_utils.gradients.drawing import draw_graph
from course_utils.gradients.graph import Edge, Graph, Node, Saved
from course_utils.gradients.reading import follow_gradients, read_graph

__all__ = [
    "Edge",
    "GradientCheck",
    "Graph",
    "Node",
    "Saved",
    "check_gradient",
    "draw_balls",
    "draw_graph",
    "draw_losses",
    "follow_gradients",
    "read_graph",
]
