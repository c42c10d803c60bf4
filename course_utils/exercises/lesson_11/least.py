"""Exercise 11.5: explore: right, but looking elsewhere."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_11.judge_least import judge_least

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="11.5",
    title="Explore: right, but looking elsewhere",
    difficulty="easy",
    minutes=5,
    task=(
        "In the panel, at conv2, with the network's answer as class: walk through the twelve pictures. Which one has "
        "the least of its heat on the object, and how many percent? Hand in (picture, percent)."
    ),
    hints=(
        "Every caption ends its first half with the percentage; most are above 80.",
        "The slider Picture has numbers of its own, from 0. Walk to its very end.",
        "It is a ring, and the last picture of the twelve.",
    ),
    starter="found = (..., ...)",
    solution="found = (11, 28)",
    alternative="""
names, masks = ["conv2"], data.masks
maps = grad_cam(model, data.images[[53]], "conv2").heatmaps
found = [11, 100 * float((maps * masks[[53]]).sum() / maps.sum())]
""",
    name="found",
    judge=judge_least,
    seconds=30.0,
    praise=(
        "Right: 28 percent, and the network still says ring. A right answer does not prove a right reason; lesson 14 "
        "tests such doubts. Look at the overlay: where is the rest?"
    ),
    mistakes=(
        Mistake("the second choice", "found = (11, 26)", "orange row"),
        Mistake("another layer", "found = (11, 30)", "conv3"),
        Mistake("a share", "found = (11, 0.28)", "multiply it by 100"),
        Mistake("swapped", "found = (28, 11)", "wrong way round"),
        Mistake("number in data", "found = (53, 28)", "its number in data"),
        Mistake("counted from 1", "found = (12, 28)", "from 0"),
        Mistake("the most", "found = (6, 100)", "most heat"),
        Mistake("second lowest", "found = (1, 84)", "another picture has less"),
        Mistake("beside the object", "found = (11, 72)", "beside the object"),
        Mistake("the least at conv3", "found = (7, 7)", "least at conv3"),
        Mistake("percent sign", "found = (11, '28 %')", "a text stands"),
    ),
    setup=(
        "import torch\nfrom course_utils.attribution import grad_cam\nfrom course_utils.datasets import shapes10\n"
        "from course_utils.shipped import load_shipped\n"
        'model, data = load_shipped("simplecnn_shapes10").model, shapes10(count=200, seed=42)'
    ),
)
