"""Where a learner's code cut the graph between the score and what is to be differentiated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from course_utils.exercises.diagnosis.learners_code import code_before_return
from course_utils.exercises.guard import names_used

__all__ = ["graph_errors"]


def graph_errors(answer: object, pixels: bool = False) -> tuple[tuple[str, str, str], ...]:
    """Return entries for `tried` that say where the graph was cut, by the names that the learner's code uses.

    Args:
        answer: the learner's function.
        pixels: the gradient is asked for pictures, not for what a layer gave.
    """
    names, code = names_used(answer), code_before_return(answer)
    step = "detach only what you return, and differentiate before"
    no_score, no_tensor = r"does not require grad and does not have", r"differentiated Tensors does not require grad"
    found = []
    for name in (one for one in ("no_grad", "inference_mode", "set_grad_enabled") if one in names):
        cause = f"{name} was in force while the network ran, so nothing records a graph"
        found.append((no_score, cause, f"run the network outside of {name}"))
    if re.search(r"requires_grad(_\(False\)|\s*=\s*False)", code):
        found.append((no_score, "the parameters were frozen (requires_grad False), so nothing records a graph", step))
    for name in (one for one in ("item", "tolist", "numpy", "tensor", "argmax", "detach") if f"{one}(" in code):
        found.append((no_score, f"{name} cut the score from the network: it is a plain number, without a graph", step))
    if "record_outputs" in names:
        found.append((no_tensor, "record_outputs gives copies without a graph", "keep the output with your own hook"))
    if pixels:
        cause = (
            "the pictures that record gradients are not those that went through the network: requires_grad_() came "
            "after the forward pass, or the original pictures went in and not the copy"
        )
        found.append((r"not have been used in the graph", cause, "run the network on the copy, after requires_grad_()"))
    if pixels and not {"requires_grad", "requires_grad_"} & names:
        cause = "requires_grad is missing: we differentiate by the picture, so the picture must record gradients"
        found.append((no_tensor, cause, "start from images.clone().requires_grad_()"))
    return (*found, *_tensor_errors(no_tensor, code, pixels))


def _tensor_errors(fragment: str, code: str, pixels: bool) -> Iterator[tuple[str, str, str]]:
    if not pixels:
        cause = "the gradient is asked for the pictures; Grad-CAM differentiates by what the layer gave"
        yield rf"{fragment}.*grad\(.*,\s*(images?|pixels|x)\b", cause, "ask for the tensor that the hook kept"
    if "detach" in code:
        yield fragment, "the tensor was detached, and a detached copy has no gradient", "keep the tensor itself"
    if re.search(r"args\[0\]|inp\w*\[0\]|pre_hook", code):
        cause = "what went *into* the layer was kept, and not what came out; here it is the picture, without a graph"
        yield fragment, cause, "keep output, the third parameter of the forward hook"
