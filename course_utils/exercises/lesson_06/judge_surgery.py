"""What exercise 06.5 demands: how many silent channels change the network's mind, and what it says then."""

from __future__ import annotations

from functools import cache

from course_utils.datasets import shapes10
from course_utils.exercises import findings
from course_utils.exercises.exercise import Wrong
from course_utils.panels.activation_surgery import LAYERS, Scene, State, operated, prepared
from course_utils.shipped import load_shipped

__all__ = ["judge_surgery"]


PANEL = 11  # the picture that the exercise asks about


CHANGED = "how many silent channels of conv1, from channel 12 upwards, change the answer to picture 11, and to what"


@cache
def surgery() -> Scene:
    """Return what the lesson's panel shows: the shipped network, and its first twelve pictures."""
    return prepared(load_shipped("simplecnn_shapes10").model, shapes10(400, seed=600)[:12])


@cache
def word_after(count: int, layer: str = "conv1", channel: int = 12, picture: int = PANEL) -> str:
    """Return what the panel's network says with so many silent channels."""
    logits = operated(surgery(), State(picture, layer, channel, count, 0.0))
    return surgery().album.names[int(logits.argmax())]


@cache
def first_change() -> int:
    """Return how many silent channels change the answer for the first time."""
    return next(count for count in range(1, LAYERS["conv1"] + 1) if turns_at(count, "conv1", 12, PANEL))


def turns_at(count: float, layer: str, channel: int, picture: int) -> bool:
    """Return whether so many silent channels change the answer, and one less do not."""
    if count not in range(1, LAYERS[layer] + 1):
        return False
    healthy = surgery().album.names[int(surgery().healthy[picture].argmax())]
    before, after = (word_after(int(count) - less, layer, channel, picture) for less in (1, 0))
    return before == healthy != after


def judge_surgery(answer: object) -> None:
    """Operate on the picture as the panel does, one channel more at a time."""
    first, second = findings.demand_pair(answer, CHANGED)
    if isinstance(first, str) and not isinstance(second, str):
        raise Wrong(
            got=answer,
            wanted=CHANGED,
            cause="the two are the wrong way round",
            next_step="write the number first, then the name",
        )
    count = findings.demand_number(first, CHANGED)
    word = findings.demand_word(second, surgery().album.names, CHANGED)
    if (count, word) != (first_change(), word_after(first_change())):
        cause, next_step = why_another_change(count, word)
        raise Wrong(got=f"{count:g} channels, then {word}", wanted=CHANGED, cause=cause, next_step=next_step)


def why_another_change(count: float, word: str) -> tuple[str, str]:
    """Return (cause, next step) for a wrong number, or the right one with a wrong name."""
    wanted = first_change()
    if count == wanted:
        return why_another_word(word)
    if count == wanted - 1:
        return "this is the last number at which it still says heart: one too few", "silence one more, and read again"
    if count == 12 + wanted - 1:
        return "this is the number of a channel; the question is how many are silent", "read the slider How many"
    usual = {
        "the first channel was 0, not 12": ("conv1", 0, PANEL),
        "the layer was conv2, not conv1": ("conv2", 12, PANEL),
        "the layer was conv2, and the first channel 0": ("conv2", 0, PANEL),
        "the layer was conv3, not conv1": ("conv3", 12, PANEL),
        "the layer was conv3, and the first channel 0": ("conv3", 0, PANEL),
        "this is the star, picture 3, which the lesson asks about": ("conv1", 12, 3),
        "this is the square, picture 9, which the lesson asks about": ("conv1", 12, 9),
    }
    for cause, (layer, channel, picture) in usual.items():
        if turns_at(count, layer, channel, picture) and word == word_after(int(count), layer, channel, picture):
            return cause, "set picture 11, layer conv1, first channel 12, multiply by 0"
    return why_far_off(count, wanted)


def why_another_word(word: str) -> tuple[str, str]:
    """Return (cause, next step) if the number is right, and the name is not."""
    if word == surgery().album.truth(PANEL):
        return "heart is what it said before the operation", "read what it says now: after 'the network says'"
    return "the number is right; this is not what the network says then", "read the name after 'the network says'"


def why_far_off(count: float, wanted: int) -> tuple[str, str]:
    """Return (cause, next step) for any other number."""
    if count != count // 1:
        return f"{count:g} is no whole number, and channels are counted", "read the slider How many"
    if count > wanted and count <= LAYERS["conv1"]:
        return (
            "it has changed its mind before: with fewer silent channels it says something else already",
            "come from 1, one channel at a time, and stop at the first change",
        )
    if 1 <= count < wanted:
        return "with so few silent channels it still says heart; is the factor 0?", "set Multiply by to 0, and go on"
    return f"{count:g} is no number of channels that conv1 has", "read the slider How many"
