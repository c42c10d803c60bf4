"""The judge of exercise 09.2: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import torch
from torch import nn

from course_utils.exercises.diagnosis.learners_code import code_before_return, returns_in_loop
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.guard import names_used

__all__ = ["judge_nth"]


class _Nested(nn.Module):
    """Convolutions at several depths, a transposed one, and one inside a list; none at the top."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.ReLU(), nn.Conv2d(3, 4, 3), nn.MaxPool2d(2))
        self.body = nn.ModuleList([nn.Sequential(nn.BatchNorm2d(4), nn.Conv2d(4, 4, 1)), nn.Conv2d(4, 8, 3)])
        self.grow = nn.ConvTranspose2d(8, 8, 2)
        self.head = nn.Linear(8, 2)
        self.last = nn.Conv2d(8, 2, 1)


def _networks() -> Iterator[tuple[str, nn.Module]]:
    with torch.random.fork_rng(devices=[]):
        yield (
            "a small VGG",
            nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 4, 3), nn.Conv2d(4, 2, 1)),
        )
        yield "a nested network", _Nested()


LAYER_ERRORS = (
    (
        r"has no attribute '(features|classifier|layer\d|conv\d*|blocks?|body|stem)'|object is not iterable"
        r"|is not subscriptable",
        "the code fits one kind of network only (a part called features, or a plain Sequential); the convolutions may "
        "lie anywhere in the network that is given",
        "walk through network.named_modules(), which looks inside all layers",
    ),
    (
        r"UnboundLocalError",
        "the number was never met, so nothing was found: the counter is raised at the wrong place (for every module, "
        "and not for every convolution), or begins wrongly",
        "raise the counter inside the `if`, before it is compared with number",
    ),
    (
        r"KeyError",
        "the keys of the dictionary are not 1, 2, 3, ...: they are places among *all* modules, or begin elsewhere",
        "count the convolutions alone",
    ),
    (
        r"has no attribute '(name|_name|get_name)'",
        "a layer does not know its own name; the name stands beside it in named_modules()",
        "for name, layer in network.named_modules(): ...",
    ),
)


EMPTY_LIST = (
    (
        r"list index out of range",
        "the list is too short: too few convolutions were found, because the test fits none or only some of them (a "
        "name need not hold 'conv'; `is nn.Conv2d` or a comparison with a text is never true for a layer; "
        "named_children() looks at the top only), or the counting begins at 0 and runs out at the end",
        "test isinstance(layer, nn.Conv2d) for every layer of network.named_modules(), and take [number - 1]",
    ),
)


def judge_nth(nth_convolution: Callable[[nn.Module, int], str]) -> None:
    """Every convolution of two networks, by its number."""
    for what, network in _networks():
        layers = dict(network.named_modules())
        convolutions = [name for name, layer in layers.items() if isinstance(layer, nn.Conv2d)]
        for number, wanted in enumerate(convolutions, start=1):
            told = f"{wanted!r} for convolution {number} of {what}"
            more = (*LAYER_ERRORS, *_list_errors(nth_convolution, network, len(convolutions)), *EMPTY_LIST)
            got = tried(judge_nth, nth_convolution, (network, number), told, *more)
            if isinstance(got, str) and got == wanted:
                continue
            raise Wrong(
                got=got if isinstance(got, str) else f"{type(got).__name__} {got!r}"[:60],
                wanted=told,
                cause=_why_not_the_nth(got, number, nth_convolution, network),
                next_step="collect the names of all nn.Conv2d of named_modules() in a list, and take one of it",
            )


def _all_answers(nth_convolution: Callable[[nn.Module, int], str], network: nn.Module, count: int) -> list[object]:
    """Return what comes for each number from 1 to ``count``; `IndexError` where the list is too short."""
    found: list[object] = []
    for number in range(1, count + 1):
        try:
            found.append(nth_convolution(network, number))
        except Exception as error:  # noqa: BLE001 - whatever the learner's code raises for another number
            found.append(type(error))
    return found


def _list_errors(
    nth_convolution: Callable[[nn.Module, int], str], network: nn.Module, count: int
) -> tuple[tuple[str, str, str], ...]:
    answers = _all_answers(nth_convolution, network, count)
    if answers.count(IndexError) == count:
        how = _why_none_found(nth_convolution)
        return ((r"list index out of range", f"no convolution was found: {how}", "use isinstance(layer, nn.Conv2d)"),)
    if IndexError in answers and answers.index(IndexError) == count - 1:
        cause = "the last number runs out of the list: you counted from 0, the task counts from 1"
        return ((r"list index out of range", cause, "take [number - 1]"),)
    return ()


def _why_none_found(nth_convolution: Callable[[nn.Module, int], str]) -> str:
    code = code_before_return(nth_convolution)
    if returns_in_loop(nth_convolution):
        return "a return stands inside the loop, so the loop ends after its first turn, with an empty list"
    if re.search(r"\bis\s+(torch\.)?nn\.", code):
        return "`is` compares the layer with the class nn.Conv2d itself, and no layer is that"
    if "==" in code:
        return "`==` compares a layer, or its type, with something that it never equals (a text, or the class itself)"
    if {"named_children", "children"} & names_used(nth_convolution):
        return "named_children() looks at the top only, and the convolutions lie deeper"
    return "the layers were searched by their names, and a name need not hold 'conv'; ask for the type"


def _why_not_the_nth(
    got: object, number: int, nth_convolution: Callable[[nn.Module, int], str], network: nn.Module
) -> str:
    layers = dict(network.named_modules())
    convolutions = [name for name, layer in layers.items() if isinstance(layer, nn.Conv2d)]
    answers = _all_answers(nth_convolution, network, len(convolutions))
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
