"""What exercise 11.5 demands: which of the panel's pictures has the least heat on its object, and how much."""

from __future__ import annotations

from functools import cache

from course_utils.datasets import shapes10
from course_utils.exercises import findings
from course_utils.exercises.exercise import Wrong
from course_utils.panels.grad_cam_explorer import Scene, State, asked, prepared
from course_utils.plotting.blending import enlarge
from course_utils.plotting.captions import share_inside
from course_utils.shipped import load_shipped

__all__ = ["judge_least"]


LEAST = "the number of the picture with the least heat on its object (conv2, the network's answer), and that percentage"


SLACK = 0.6  # percent: the caption rounds, and the last digits differ between processors


@cache
def _scene() -> Scene:
    """Return what the lesson's panel shows."""
    data = shapes10(count=200, seed=42)
    return prepared(load_shipped("simplecnn_shapes10").model, data[[*range(11), 53]])


@cache
def _percent(picture: int, layer: str = "conv2", rank: int = 0) -> float:
    """Return how many percent of the heat of the answer (rank 0) or second choice (1) lie on the object."""
    scene = _scene()
    classes = asked(scene, State(picture, layer))
    mask = scene.album.masks[picture]
    return 100 * share_inside(enlarge(scene.maps[layer][picture, classes[rank]], mask.shape), mask)


def judge_least(answer: object) -> None:
    """Measure all twelve pictures as the panel does."""
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        share = "percentage" if abs(answer - _percent(11)) <= SLACK else "number of a picture, or only a percentage"
        cause, step = f"one number came, only the {share}; two were asked for", "write (picture, percent)"
        raise Wrong(got=answer, wanted=LEAST, cause=cause, next_step=step)
    picture, percent = (findings.demand_number(one, LEAST) for one in findings.demand_pair(answer, LEAST))
    wanted = min(range(len(_scene().album)), key=_percent)
    if picture != wanted or abs(percent - _percent(wanted)) > SLACK:
        cause, next_step = _why_not_least(picture, percent, wanted)
        raise Wrong(got=f"picture {picture:g}, {percent:g} percent", wanted=LEAST, cause=cause, next_step=next_step)


def _why_not_least(picture: float, percent: float, wanted: int) -> tuple[str, str]:
    right = _percent(wanted)
    if percent == wanted and abs(picture - right) <= SLACK:
        return "the two are the wrong way round", "write the picture first, then the percentage"
    if picture == wanted:
        return _why_another_percentage(percent, wanted)
    if picture == 53:
        return "53 is its number in data; the slider numbers its own twelve pictures", "read the slider Picture"
    if picture == wanted + 1:
        return "the slider counts its pictures from 0, so this is one too many", "read the slider Picture"
    if picture == wanted - len(_scene().album):
        return f"{picture:g} counts from the end; the slider counts from 0 on", "read the slider Picture"
    if picture not in range(len(_scene().album)):
        return f"there is no picture {picture:g}: the slider runs from 0 to 11", "read the slider Picture"
    return _why_another_picture(int(picture), wanted) or _why_another_row(int(picture), percent)


def _why_another_percentage(percent: float, picture: int) -> tuple[str, str]:
    if abs(100 * percent - _percent(picture)) <= SLACK:
        return "this is a share between 0 and 1; percent were asked for", "multiply it by 100"
    other = {
        "this is the second choice's heat, the orange row": _percent(picture, "conv2", 1),
        "this was measured at conv3, not at conv2": _percent(picture, "conv3"),
        "this was measured at conv1, not at conv2": _percent(picture, "conv1"),
        "this is the heat that lies beside the object": 100 - _percent(picture),
        "this is the share of the heat beside the object, and percent on it were asked for": 1
        - _percent(picture) / 100,
    }
    for cause, value in other.items():
        if abs(percent - value) <= (SLACK if value > 1 else 0.01):
            return cause, "set conv2, and read the first percentage of the heat in the caption"
    return _why_no_such_percentage(percent, picture)


def _why_no_such_percentage(percent: float, picture: int) -> tuple[str, str]:
    step = "read the caption: so many % of the heat on the object"
    right = "the picture is right, its percentage is not"
    if not 0 <= percent <= 100:
        return (
            f"{right}: a percentage lies between 0 and 100, and this was multiplied by 100 twice, or a sign got in",
            step,
        )
    if abs(percent - _percent(picture)) <= 5:
        return f"{right}: it is near, so it was rounded too coarsely, or read from the picture by eye", step
    other = [one for one in range(len(_scene().album)) if one != picture and abs(_percent(one) - percent) <= SLACK]
    if other:
        return f"{right}: {percent:g} % belongs to picture {other[0]}", step
    few = "too low" if percent < _percent(picture) else "too high"
    return (
        f"{right}: {few}; it is at conv2, for the network's answer, neither another layer nor the second choice",
        step,
    )


def _why_another_picture(picture: int, wanted: int) -> tuple[str, str] | None:
    scene = _scene()
    everyone = range(len(scene.album))
    if picture == max(everyone, key=_percent):
        return "this picture has the most heat on its object; the least was asked for", "look for the lowest percentage"
    for layer in ("conv3", "conv1"):
        filled = [one for one in everyone if scene.maps[layer][one, asked(scene, State(one, layer))[0]].any()]
        if picture == min(filled, key=lambda one: _percent(one, layer)) and picture != wanted:
            return f"this picture has the least at {layer}, not at conv2", "set the target layer to conv2"
    return None


def _why_another_row(picture: int, percent: float) -> tuple[str, str]:
    told = f"at conv2, {_percent(picture):.0f} % of this picture's heat lie on its object; another picture has less"
    for layer in ("conv1", "conv2", "conv3"):
        for rank, whose in enumerate(("the network's answer", "the second choice")):
            if (layer, rank) != ("conv2", 0) and abs(_percent(picture, layer, rank) - percent) <= SLACK:
                return f"{percent:g} % was read at {layer}, for {whose}; {told}", "set conv2 and the network's answer"
    if abs(percent - _percent(11)) <= SLACK:
        return f"the percentage is right, the number of the picture is not: {told}", "read the slider Picture, from 0"
    return told, "walk through all twelve pictures, and write the percentages down"
