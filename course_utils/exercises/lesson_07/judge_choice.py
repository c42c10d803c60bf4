"""What exercise 07.2 demands: one hook for each wish, by its name."""

from __future__ import annotations

import difflib

from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_07.keys import why_other_keys
from course_utils.hook_atlas import ATLAS

__all__ = ["CHOICES", "judge_choice"]


CHOICES = {
    "a": ("register_forward_hook",),
    "b": ("register_full_backward_pre_hook",),
    "c": ("register_post_accumulate_grad_hook",),
    "d": ("register_step_pre_hook", "register_optimizer_step_pre_hook"),
    "e": ("register_load_state_dict_pre_hook",),
}


WISHES = {
    "a": "a hook that may replace what a layer returns",
    "b": "a hook that changes what arrives, so that weights and input both feel it",
    "c": "a hook on the weight that fires when .grad is filled",
    "d": "a hook that fires before the optimizer moves anything",
    "e": "a hook that may rename keys before the weights are copied",
}


MISCHOICES = {
    ("a", "register_forward_pre_hook"): "a pre-hook changes what goes into the layer, not what it returns",
    (
        "b",
        "register_full_backward_hook",
    ): "this one changes only what flows on; the weights have their gradients by then",
    (
        "b",
        "register_hook",
    ): "on each weight it does not reach the input; on the output it works, but the wish is about a layer",
    ("c", "register_hook"): "a tensor hook fires before .grad is filled, so there is nothing to free yet",
    ("c", "register_step_post_hook"): "it comes after the step, when all .grad have stood in memory together",
    ("c", "register_multi_grad_hook"): "it waits until all gradients are there; the wish is each one, as soon as it is",
    ("d", "register_step_post_hook"): "after the step the weights have moved already",
    ("d", "register_full_backward_hook"): "it sees gradients of inputs and outputs, not those of the weights",
    (
        "d",
        "register_hook",
    ): "it sees the gradient of one tensor, and its error leaves backward half-way; the optimizer has its own hook",
    (
        "d",
        "register_post_accumulate_grad_hook",
    ): "it sees one weight, and its error leaves backward half-way; before the step, all gradients are there",
    (
        "d",
        "register_multi_grad_hook",
    ): "it is about a list of tensors in one walk backward, not about the optimizer, which is what moves the weights",
    ("e", "register_state_dict_pre_hook"): "that one is for saving; here a file is read",
    ("e", "register_state_dict_hook"): "that one is for saving (it is called after state_dict()); here a file is read",
    ("e", "register_load_state_dict_post_hook"): "after loading it is too late: the key was not found",
}


DOES = {  # what the hooks are for that stand in the lesson's table
    "register_forward_hook": "is called after a layer has run, with its output; no gradient is there yet",
    "register_forward_pre_hook": "is called before a layer runs, with its arguments",
    "register_full_backward_hook": "is called when gradients leave a layer; it changes what flows on",
    "register_full_backward_pre_hook": "is called when gradients arrive at a layer, and changes them there",
    "register_backward_hook": "is the old backward hook, which mixes up what it receives and is retired",
    "register_hook": "sits on one tensor, and is called with its gradient",
    "register_post_accumulate_grad_hook": "sits on one weight, and is called when its .grad is filled",
    "register_multi_grad_hook": "waits for the gradients of several tensors",
    "register_step_pre_hook": "is called before the optimizer's step",
    "register_step_post_hook": "is called after the optimizer's step, when the weights have moved",
    "register_load_state_dict_pre_hook": "is called before weights are loaded from a file",
    "register_load_state_dict_post_hook": "is called after weights were loaded from a file",
    "register_state_dict_hook": "is called when a model's weights are collected for saving",
    "register_state_dict_pre_hook": "is called before a model's weights are collected for saving",
    "register_module_forward_hook": "is called for every layer of every model in the process",
    "saved_tensors_hooks": "packs what backward needs, to save memory",
}


def judge_choice(answer: object) -> None:
    """One name for each wish; a longer dotted name with the right end counts as well."""
    if not isinstance(answer, dict) or set(answer) != set(CHOICES):
        raise Wrong(
            got=answer,
            wanted=f"a dict with the keys {list(CHOICES)}",
            cause=f"each wish has its letter: {why_other_keys(answer, CHOICES)}",
            next_step="replace only the dots in the starter",
        )
    for letter, right in CHOICES.items():
        name = answer[letter].rpartition(".")[2].strip("() ") if isinstance(answer[letter], str) else ""
        if name not in right:
            raise Wrong(
                got=f"{letter}: {answer[letter]!r}" if isinstance(answer[letter], str) else answer[letter],
                wanted=f"{letter}: {WISHES[letter]}",
                cause=why_this_choice(letter, name, answer[letter]),
                next_step="ask the four questions: what do you hold, which way, watch or change, what is in the way?",
            )


def why_this_choice(letter: str, name: str, given: object) -> str:
    """Return why a name does not serve a wish: of another use, or no name at all."""
    if not isinstance(given, str):
        return f"under {letter} stands no text, but something of type {type(given).__name__}: write the name in quotes"
    known = {hook.name.rpartition(".")[2] for hook in ATLAS} | set(DOES)
    if (letter, name) in MISCHOICES:
        return MISCHOICES[letter, name]
    if name in DOES:
        return f"this one {DOES[name]}; wish {letter} wants {WISHES[letter]}"
    if name in known:
        return f"there is a hook of this name, for another purpose; wish {letter} wants {WISHES[letter]}"
    whole = name.lower() if name.lower().startswith("register_") else f"register_{name.lower()}"
    near = difflib.get_close_matches(whole, sorted(DOES), 1)
    spelling = f"; is {near[0]} meant? the name must be exact, small letters, with register_ in front" if near else ""
    return f"PyTorch has no hook of the name {name!r}{spelling}"
