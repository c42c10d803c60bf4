"""Exercise 14.2: insert the hottest pixels."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_14.judge_insert import judge_insert

__all__ = ["EXERCISE"]


_INSERT = """def insert_hottest(image, heat, canvas, count):
    hottest = {order}[:count]
    pixels = {pixels}
    pixels[:, hottest] = {source}.flatten(1)[:, hottest]
    return pixels.view_as(image)"""


_BY_HEAT = "heat.flatten().argsort(descending=True, stable=True)"


EXERCISE = Exercise(
    id="14.2",
    title="Insert the hottest pixels",
    difficulty="medium",
    minutes=8,
    task="insert_hottest(image, heat, canvas, count): the canvas with the count hottest pixels of image on it.",
    hints=(
        "A flat list of pixels is easier to sort than rows and columns: flatten, choose, write, and shape it back.",
        "heat.flatten() has H*W numbers; image.flatten(1) is (3, H*W), so the same places serve all channels.",
        "pixels = canvas.flatten(1).clone(), then write the chosen columns of image.flatten(1) into it",
    ),
    starter="def insert_hottest(image, heat, canvas, count):\n    ...",
    solution=_INSERT.format(order=_BY_HEAT, pixels="canvas.flatten(1).clone()", source="image"),
    alternative=(
        "def insert_hottest(image, heat, canvas, count):\n"
        "    chosen = torch.zeros(heat.numel(), dtype=torch.bool)\n"
        "    chosen[heat.flatten().topk(count).indices] = True\n"
        "    return torch.where(chosen.view_as(heat), image, canvas)"
    ),
    name="insert_hottest",
    judge=judge_insert,
    praise="Right: count from 0 to all pixels, and you have the whole insertion film.",
    mistakes=(
        Mistake(
            "within each row",
            "def insert_hottest(image, heat, canvas, count):\n"
            "    hottest = heat.argsort(descending=True)[:count]\n"
            "    pixels = canvas.flatten(1).clone()\n"
            "    pixels[:, hottest.flatten()] = image.flatten(1)[:, hottest.flatten()]\n"
            "    return pixels.view_as(image)",
            "sorts within each row",
        ),
        Mistake(
            "equal heat",
            "def insert_hottest(image, heat, canvas, count):\n"
            "    if count == 0:\n"
            "        return canvas.clone()\n"
            "    return torch.where(heat >= heat.flatten().topk(count).values[-1], image, canvas)",
            "equally hot",
        ),
        Mistake(
            "the last ones of nothing",
            _INSERT.format(
                order="heat.flatten().argsort()", pixels="canvas.flatten(1).clone()", source="image"
            ).replace("[:count]", "[-count:]"),
            "takes everything",
        ),
        Mistake(
            "the height for the width",
            "def insert_hottest(image, heat, canvas, count):\n"
            "    pixels = canvas.clone()\n"
            "    for place in heat.flatten().topk(count).indices:\n"
            "        row, column = place // len(heat), place % len(heat)\n"
            "        pixels[:, row, column] = image[:, row, column]\n"
            "    return pixels",
            "square pictures only",
        ),
        Mistake(
            "coldest first",
            _INSERT.format(order="heat.flatten().argsort()", pixels="canvas.flatten(1).clone()", source="image"),
            "coldest pixels",
        ),
        Mistake(
            "deletes",
            _INSERT.format(order=_BY_HEAT, pixels="image.flatten(1).clone()", source="canvas"),
            "this is deletion",
        ),
        Mistake(
            "writes into the canvas",
            _INSERT.format(order=_BY_HEAT, pixels="canvas.flatten(1)", source="image"),
            "in-place",
        ),
        Mistake(
            "stays flat",
            _INSERT.format(order=_BY_HEAT, pixels="canvas.flatten(1).clone()", source="image").replace(
                ".view_as(image)", ""
            ),
            "still flat",
        ),
        Mistake(
            "one too many",
            "def insert_hottest(image, heat, canvas, count):\n"
            "    limit = heat.flatten().sort(descending=True).values[min(count, heat.numel() - 1)]\n"
            "    return torch.where(heat >= limit, image, canvas)",
            "one pixel too many",
        ),
    ),
    setup="import torch",
)
