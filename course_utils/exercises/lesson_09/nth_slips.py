"""Why an answer to exercise 09.2 is another name, or no name."""

from __future__ import annotations

import re
from collections.abc import Callable

from torch import nn

from course_utils.exercises.lesson_09.nth_networks import all_answers

__all__ = ["why_not_the_nth"]


def why_not_the_nth(
    got: object, number: int, nth_convolution: Callable[[nn.Module, int], str], network: nn.Module
) -> str:
    """Return which wrong list or counting gives ``got``, or what it is in place of a name."""
    layers = dict(network.named_modules())
    convolutions = [name for name, layer in layers.items() if isinstance(layer, nn.Conv2d)]
    answers = all_answers(nth_convolution, network, len(convolutions))
    for cause, names in _other_lists(network).items():
        if answers == (names + [IndexError] * len(answers))[: len(answers)]:
            return cause
    if not isinstance(got, str):
        return _why_not_a_name(got, answers, number)
    if got in convolutions:
        return _why_another_convolution(got, number, answers, convolutions)
    if got in layers and not isinstance(layers[got], nn.Conv2d):
        at = " (all modules were counted, not only convolutions)" if number in _places(list(layers), got) else ""
        return f"{got!r} is a {type(layers[got]).__name__}, not a Conv2d{at}"
    return _why_no_such_name(got, convolutions)


def _other_lists(network: nn.Module) -> dict[str, list[object]]:
    """Return the lists of names that people collect in place of all convolutions in order."""
    modules = list(network.named_modules())
    names = [name for name, layer in modules if isinstance(layer, nn.Conv2d)]
    top = [name for name, layer in network.named_children() if isinstance(layer, nn.Conv2d)]
    second = [
        f"{first}.{name}"
        for first, child in network.named_children()
        for name, layer in child.named_children()
        if isinstance(layer, nn.Conv2d)
    ]
    where = [name if isinstance(layer, nn.Conv2d) else None for name, layer in modules]
    counted = "all modules were counted, not only convolutions, so the number mostly falls on another layer"
    return {
        "only the top was searched: named_children() does not look inside other layers": top,
        "the counter begins at 1 and is raised before it is compared, so number 1 is never met": [None, *names],
        f"{counted}, and nothing is returned": where,
        f"{counted} (from 0 on), and nothing is returned": where[1:],
        "only two levels were searched, the top and one below; convolutions may lie deeper": top + second,
        "only two levels were searched; the convolutions may lie deeper": second + top,
        "the names were sorted by the alphabet; the task takes the order of named_modules()": sorted(names),
        "counted from the end: the last convolution came first (a minus too much, or reversed)": names[::-1],
        "every second convolution came: the counter is raised twice": names[1::2],
        "it is one convolution too early: number - 2": [names[-1], *names],
        "it is one convolution too late: you counted from 0, the task counts from 1": [*names[1:], names[0]],
    }


def _why_not_a_name(got: object, answers: list[object], number: int) -> str:
    if isinstance(got, nn.Module):
        return "the layer itself came; the task asks for its name"
    if got is None:
        if any(isinstance(one, str) for one in answers):
            return (
                f"the function returns None for number {number}, and a name for another one: the counter begins "
                "wrongly, or is compared or raised at the wrong place"
            )
        return (
            "the function returns None, for every number: is there a return, and is it reached? (print() returns "
            "nothing; a counter that counts all modules never meets a convolution at its number)"
        )
    if isinstance(got, list):
        whole = "the whole list came" if len(got) != number else f"a list with {len(got)} came: [:number] cuts a list"
        return f"{whole}; the task asks for one of its names"
    likely = {
        int: "a number came; the task asks for the dotted name, a text",
        tuple: "the pair of name and layer came; the task asks for the name alone",
    }
    return likely.get(type(got), f"the name is a text, and this is of type {type(got).__name__}")


def _why_another_convolution(got: str, number: int, answers: list[object], convolutions: list[str]) -> str:
    came = convolutions.index(got) + 1
    if len(set(map(str, answers))) == 1:
        which = "first" if came == 1 else "last" if came == len(convolutions) else "same"
        top = ", or only the top was searched (named_children())" if which == "last" else ""
        return f"it is another convolution, always the {which}: the search ends at once, or number is not used{top}"
    if came == number + 1:
        return "it is one convolution too late: you counted from 0, the task counts from 1"
    if came == number - 1:
        return "it is one convolution too early: the counting begins too late"
    if came == len(convolutions) and number == 1:
        return (
            "it is another convolution, the last: a position below 0 counts from the end, or only the top was searched "
            "(named_children() does not look inside other layers)"
        )
    return "it is another convolution of the network: were some left out, or put in another order?"


def _why_no_such_name(got: str, convolutions: list[str]) -> str:
    nowhere = f"this network has no layer of the name {got!r}"
    if any(name.endswith("." + got) for name in convolutions):
        return "only the last part of the name came; a dotted name tells the way from the top"
    if got.removesuffix(".weight").removesuffix(".bias") in convolutions:
        return f"{got!r} is the name of a parameter; the layer's name ends before .weight"
    if got.rpartition(".")[2] in convolutions or got.partition(".")[2] in convolutions:
        return f"{nowhere}: a part too many stands in front; names begin below the network itself"
    if got in ("Conv2d", "Module") or got.startswith("<class"):
        return f"{got!r} is the name of the layer's class, which all convolutions share; the layer's own name was asked"
    if "(" in got:
        return "the layer itself was turned into a text (str(layer)); the task asks for its name"
    if got.replace("_", ".") in convolutions or got.replace("/", ".") in convolutions:
        return f"{nowhere}: the parts of a name are joined by dots"
    if re.search(r"\d", got):
        return f"{nowhere}: it was put together from a word and a number, which fits one network only"
    return f"{nowhere}; search in the network that is given"


def _places(names: list[str], name: str) -> set[int]:
    """Return the numbers under which a counting of all modules would find ``name``: with the network itself or not."""
    return {names.index(name), names.index(name) + 1}
