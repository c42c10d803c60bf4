"""What the errors of an answer to exercise 09.2 mean."""

from __future__ import annotations

import re
from collections.abc import Callable

from torch import nn

from course_utils.exercises.diagnosis.learners_code import code_before_return, returns_in_loop
from course_utils.exercises.guard import names_used
from course_utils.exercises.lesson_09.nth_networks import all_answers

__all__ = ["EMPTY_LIST", "LAYER_ERRORS", "list_errors"]

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


def list_errors(
    nth_convolution: Callable[[nn.Module, int], str], network: nn.Module, count: int
) -> tuple[tuple[str, str, str], ...]:
    """Return what an `IndexError` means: no number finds anything, or the last one runs out of the list."""
    answers = all_answers(nth_convolution, network, count)
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
