"""What exercise 12.4 demands: what the network says of an empty canvas, and how surely."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import torch

from course_utils.datasets import photos
from course_utils.exercises import findings
from course_utils.exercises.diagnosis.numbers import demand_one_number
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import shown
from course_utils.panels.draw_and_explain import Scene, State, explained
from course_utils.shipped import load_shipped

__all__ = ["judge_nothing"]


NOTHING = "what the network says of the empty canvas, and with how many percent"


SLACK = 0.6  # percent: one may round, and the last digits differ between processors


@cache
def _chances(colour: str) -> dict[str, float]:
    """Return what the panel says of a canvas in one colour of its pens: class → percent, the likeliest first."""
    script = (files("course_utils.panels") / "canvas.js").read_text(encoding="utf-8")
    colour = dict(re.findall(r'(\w+): "#([0-9a-f]{6})"', script)).get(colour, colour)
    return _asked(State(bytes.fromhex(colour) * 32 * 32))


def _asked(state: State) -> dict[str, float]:
    checkpoint = load_shipped("simplecnn_cifar10")
    scene = Scene(checkpoint.model, checkpoint.class_names)
    (chances,) = explained(scene, state).logits.softmax(dim=1).tolist()
    ranked = sorted(zip(chances, scene.names, strict=True), reverse=True)
    return {name: 100 * chance for chance, name in ranked}


def judge_nothing(answer: object) -> None:
    """Clear the canvas as the button does, and ask the network that the panel asks."""
    first, second = findings.demand_pair(answer, NOTHING)
    if isinstance(second, str) and not isinstance(first, str):
        raise Wrong(
            got=shown(answer),
            wanted=NOTHING,
            cause="the two are the wrong way round",
            next_step="write the name first, then the percentage",
        )
    chances = _chances("night")
    word, percent = findings.demand_word(first, tuple(chances), NOTHING), demand_one_number(second, NOTHING)
    wanted = next(iter(chances))
    if word != wanted or abs(percent - chances[wanted]) > SLACK:
        cause, next_step = _why_not_nothing(word, percent, chances)
        raise Wrong(got=f"{word}, {percent:g} percent", wanted=NOTHING, cause=cause, next_step=next_step)


def _why_not_nothing(word: str, percent: float, chances: dict[str, float]) -> tuple[str, str]:
    wanted, second = list(chances)[:2]
    if word == wanted and abs(100 * percent - chances[wanted]) <= SLACK:
        return "this is a share between 0 and 1; percent were asked for", "multiply it by 100"
    if word == second:
        return "this is the second name of the caption", "read the first one: the network says ..."
    if word == wanted and abs(percent - chances[second]) <= SLACK:
        return "the name is right, the percentage is that of the second name", "read the bracket behind the first name"
    if word == "cat":
        return "this is the cat: the canvas was not cleared", "press Clear, and read the caption again"
    return _why_another_canvas(word, percent, wanted)


def _why_another_canvas(word: str, percent: float, wanted: str) -> tuple[str, str]:
    others = {"black": "000000", "pure white": "ffffff", "grey": "808080"} | {
        pen: pen for pen in ("white", "yellow", "orange", "red", "pink", "blue", "green")
    }
    for name, colour in others.items():
        best, chance = next(iter(_chances(colour).items()))
        if word == best and abs(percent - chance) <= SLACK:
            return (
                f"this is what it says of a canvas that is {name} all over; Clear leaves a dark blue one",
                "press Clear, draw nothing, and read the caption",
            )
    for photo, (best, chance) in _said_of_photos().items():
        if word == best and abs(percent - chance) <= SLACK:
            return f"this is what it says of the photograph {photo!r}, not of the canvas", "press Clear in the panel"
    draw_nothing = "read the bracket behind the name; draw nothing after Clear"
    chances = _chances("night")
    if word == wanted:
        return f"the name is right, the percentage is not: {_why_this_percentage(percent, chances)}", draw_nothing
    return _why_this_name(word, percent, chances), "press Clear, and draw nothing"


@cache
def _said_of_photos() -> dict[str, tuple[str, float]]:
    """Return what the network says of the lesson's photographs, and with how many percent."""
    pictures, checkpoint = photos(size=32), load_shipped("simplecnn_cifar10")
    with torch.no_grad():
        best = checkpoint.model(pictures.images).softmax(dim=1).max(dim=1)
    said = zip(pictures.class_names, best.indices.tolist(), best.values.tolist(), strict=True)
    return {photo: (checkpoint.class_names[index], 100 * chance) for photo, index, chance in said}


def _why_this_name(word: str, percent: float, chances: dict[str, float]) -> str:
    place, best = list(chances).index(word) + 1, next(iter(chances.values()))
    if abs(percent - best) <= SLACK:
        return f"the percentage is that of the empty canvas, but the network says something else there than {word}"
    if abs(percent - chances[word]) <= SLACK:
        return f"{word} is number {place} in the panel's list, not the first; the likeliest name was asked for"
    return (
        f"the network says {word} of something else than an empty canvas: there {word} is number {place} of 10, "
        f"with {chances[word]:.1f} percent"
    )


def _why_this_percentage(percent: float, chances: dict[str, float]) -> str:
    best, other, *_ = chances.values()
    ways = {
        "this is what is left for the other nine names": 100 - best,
        "the two largest were added": best + other,
        "the second was subtracted from the first": best - other,
        "65 % is the slider's opacity": 65.0,
    } | {f"it is that of {name}": chance for name, chance in list(chances.items())[1:]}
    if any(abs(percent * factor - best) <= 0.1 * SLACK for factor in (10, 0.1, 0.01)):
        return "the decimal point is in the wrong place"
    for way, value in ways.items():
        if abs(percent - value) <= SLACK and value > 2:
            return way
    if abs(percent - best) <= 5:
        return f"{percent:g} is near, but rounded too coarsely, or misread; whole percent are fine"
    if not 0 <= percent <= 100:
        return f"{percent:g} lies outside 0 to 100, so it is no percentage"
    if percent < 2:
        return "so small a number is a logit, or the heat's peak; the percentage stands in brackets behind the name"
    return f"{percent:g} belongs to a canvas on which something was drawn or left over, or it was guessed"
