"""Exercises of lesson 07: backward hooks, and the atlas."""

from __future__ import annotations

import difflib
import math
import warnings
from collections import OrderedDict
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn

from course_utils.exercises import findings, guard
from course_utils.exercises.diagnosis.functions import demand_called, demand_parameters
from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.firing_order import KINDS
from course_utils.hook_atlas import ATLAS
from course_utils.hooks import Event, count_hooks, record_gradients, trace_hooks

Hook = Callable[[nn.Module, tuple[Tensor | None, ...]], object]
SETUP = "from contextlib import ExitStack\nfrom functools import partial\n\nimport torch\nfrom torch import nn"


# 07.1

BOTH_WAYS = {"grad_output": 14.0, "grad_input": 42.0, "weight_grad": 28.0, "bias_grad": 14.0}
STEPS = {
    "grad_output": "the slope of y² at y = 7",
    "grad_input": "grad_output times what x is multiplied by",
    "weight_grad": "grad_output times what the weight is multiplied by",
    "bias_grad": "grad_output times 1: the bias is added as it is",
}


def judge_both_ways(answer: object) -> None:
    """y = 7, so 2y = 14 arrives; times 3 leaves; times x = 2 stays with the weight, times 1 with the bias."""
    if not isinstance(answer, dict) or set(answer) != set(BOTH_WAYS):
        raise Wrong(
            got=answer,
            wanted=f"a dict with the keys {list(BOTH_WAYS)}",
            cause=f"the names of the four numbers must stay as they are: {why_other_keys(answer, BOTH_WAYS)}",
            next_step="replace only the dots in the starter",
        )
    for name, wanted in BOTH_WAYS.items():
        got = as_number(answer[name])
        if got is None or not math.isclose(got, wanted, rel_tol=1e-4):
            cause, step = why_not(name, got, answer)
            raise Wrong(got=f"{name} = {answer[name]}", wanted=STEPS[name], cause=cause, next_step=step)


def why_other_keys(answer: object, wanted: dict[str, object]) -> str:
    """Return what is wrong with the keys of an answer that should be a dict."""
    if not isinstance(answer, dict):
        return f"this is a {type(answer).__name__}, which has no names"
    missing, more = [key for key in wanted if key not in answer], [key for key in answer if key not in wanted]
    return f"{missing} missing" + (f", {more} unknown" if more else "") if missing else f"{more} unknown"


def as_number(value: object) -> float | None:
    """Return a number or a tensor of one number as a float, None for anything else."""
    if isinstance(value, Tensor) and value.numel() == 1:
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


# what the usual slips give for each of the four
SLIPS = {
    "grad_output": {
        7.0: "this is y itself; the slope of y² is 2 · y",
        49.0: "this is the loss y², not its slope",
        1.0: "this is where a walk from y itself would begin; here the loss is y²",
        3.0: "this is the weight, the slope of y along x",
        2.0: "this is x, or the 2 of the slope 2 · y alone",
        6.0: "this is 3 · 2, the y without its bias, and not yet a slope",
        10.0: "this belongs to y = 5: the weight and x are multiplied, not added",
        21.0: "3 · 7: the weight was multiplied in; that comes after, on the way to x",
        28.0: "the slope of y² is 2 · y, and this is twice that",
        98.0: "2 · 49: the slope of y² is 2 · y, not 2 · y²",
    },
    "grad_input": {
        14.0: "this is what arrives; it was not multiplied by the weight 3",
        3.0: "this is the weight alone; it is multiplied by what arrives",
        21.0: "7 · 3: y was multiplied by the weight, not the slope 2 · y",
        126.0: "the weight 3 was multiplied in twice",
        84.0: "multiplied by both 3 and 2; on to x goes only the weight's 3",
        43.0: "the bias 1 was added to a gradient; a term that is added has no part in it",
        45.0: "3 · (14 + 1): the bias 1 has no part in a gradient",
        56.0: "multiplied by 4, and the weight is 3 (3 + 1 is not the slope: the bias is added, not multiplied)",
        17.0: "14 + 3: the weight was added; it is multiplied",
        4.67: "divided by the weight; it is multiplied",
        6.0: "3 · 2: what arrives is missing, and x has no part here",
        98.0: "7 · 14: multiplied by y; on the way to x it is multiplied by the weight 3",
    },
    "weight_grad": {
        14.0: "this is what arrives; it was not multiplied by x = 2",
        2.0: "this is x alone; it is multiplied by what arrives",
        84.0: "multiplied by both 2 and 3; the weight is multiplied by x = 2 only",
        56.0: "x was multiplied in twice",
        29.0: "the bias 1 was added to a gradient; a term that is added has no part in it",
        16.0: "14 + 2: x was added; it is multiplied",
        7.0: "this is y, or 14 divided by x; the gradient that arrives is multiplied by x",
        196.0: "14 · 14: what arrives was multiplied by itself; the weight is multiplied by x = 2",
        0.0: "0 would mean that the weight has no influence on y",
        98.0: "7 · 14: multiplied by y; the weight is multiplied by x = 2",
        6.0: "3 · 2: what arrives is missing, and the weight itself has no part here",
        12.0: "6 · 2: what arrives is 2 · y = 14",
    },
    "bias_grad": {
        1.0: "this is the slope of y along the bias alone; it is multiplied by what arrives",
        0.0: "a bias is no constant: y grows with it one to one",
        7.0: "this is y, or half of what arrives",
        28.0: "this is the weight's gradient: the bias is not multiplied by x",
        42.0: "this is what goes on to x: the bias is not multiplied by 3",
        15.0: "the bias 1 was added to what arrives; a term that is added has no part in a gradient",
        3.0: "this is the weight; the bias is not multiplied by it",
        2.0: "2 · 1: the slope of b²? it is y that is squared, and 2 · y arrives",
    },
}


def why_not(name: str, got: float | None, answer: dict[str, object]) -> tuple[str, str]:
    """Return (likely cause, next step) for a wrong number."""
    step = f"write it down: it is {STEPS[name]}"
    if got is None:
        kinds = {
            str: "a text",
            tuple: "a tuple, with the number inside",
            type(None): "None; each of the four has a gradient",
        }
        kind = kinds.get(type(answer[name]), f"of type {type(answer[name]).__name__}")
        return f"that is no number: it is {kind}", "hand in numbers, without quotes or brackets"
    if [as_number(answer[key]) for key in ("grad_output", "grad_input")] == [42.0, 14.0]:
        return "the two are swapped: the names are seen from the forward side", "input means x, output means y"
    if got == {"grad_output": 12.0, "grad_input": 36.0, "weight_grad": 24.0, "bias_grad": 12.0}[name]:
        return "this belongs to y = 6: the bias was forgotten", "work out y first: 3 · 2 + 1"
    other = {"grad_input": "weight_grad", "weight_grad": "grad_input"}.get(name)
    if other and got == BOTH_WAYS[other]:
        return (
            "the gradient of the input and that of the weight are swapped",
            "each is multiplied by the *other* factor",
        )
    return SLIPS[name].get(
        round(got, 2)
    ) or f"the number fits no step of the way back; {off_by(got, BOTH_WAYS[name])}", step


# 07.2

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


# 07.3

CLIPS = (  # limit, gradients that arrive, gradients that must go on
    (2.5, ([3.0, 4.0],), ([1.5, 2.0],)),
    (10.0, ([3.0, 4.0],), ([3.0, 4.0],)),
    (1.0, ([[0.0, 0.0]],), ([[0.0, 0.0]],)),
    (2.5, ([-1.5, -1.5, -1.5, -1.5],), ([-1.25, -1.25, -1.25, -1.25],)),
    (1.0, ([[1.0, 2.0], [2.0, 4.0]], None, [0.3, 0.4]), ([[0.2, 0.4], [0.4, 0.8]], None, [0.3, 0.4])),
)


def judge_clip_to(clip_to: Callable[[float], Hook]) -> None:
    """Long, short, zero and missing gradients; nothing edited; and a real way back."""
    if callable(clip_to):
        demand_parameters(clip_to, "(limit)", "clip_to(limit); layer and grad_output come later, to the hook")
    for limit, arriving, wanted in CLIPS:
        hook = clip_to(limit)
        if not callable(hook):
            raise Wrong(
                got=hook,
                wanted=f"a hook from clip_to({limit})",
                cause="clip_to does not return the inner function"
                + (": it returns None" if hook is None else ", it returns something that cannot be called"),
                next_step="define a function of (layer, grad_output) inside clip_to and return it",
            )
        demand_parameters(hook, "(layer, grad_output)", "a full backward pre-hook")
        gradients = tuple(None if numbers is None else torch.tensor(numbers) for numbers in arriving)
        got = hook(nn.Identity(), gradients)
        demand_untouched(gradients, arriving)
        demand_shortened(got, gradients, wanted, limit, hook)
    demand_own_limit(clip_to)


def demand_own_limit(clip_to: Callable[[float], Hook]) -> None:
    """Raise Wrong unless the hook works in a real layer, with the limit it was made for."""
    layer = nn.Linear(2, 1)
    layer.register_full_backward_pre_hook(clip_to(0.5))
    layer(torch.ones(1, 2)).sum().backward()
    if layer.bias.grad.item() != 0.5:
        raise Wrong(
            got=f"a gradient of length {layer.bias.grad.item():g} in a real layer with clip_to(0.5)",
            wanted="0.5",
            cause="two hooks from clip_to share one limit",
            next_step="let the inner function use the limit that clip_to was called with",
        )


def demand_untouched(gradients: tuple[Tensor | None, ...], numbers: tuple[list[float] | None, ...]) -> None:
    """Raise Wrong if a gradient that arrived was edited."""
    for gradient, before in zip(gradients, numbers, strict=True):
        if not same(gradient, before):
            raise Wrong(
                got=f"the gradient that arrived was changed from {before} to {gradient.tolist()}",
                wanted="the gradient as it came, and a new tensor beside it",
                cause="the hook edits in place (an underscore at the end of a method, or *=, does that)",
                next_step="write gradient * factor, which makes a new tensor",
            )


def demand_shortened(
    got: object, gradients: tuple[Tensor | None, ...], wanted: tuple, limit: float, hook: Hook
) -> None:
    """Raise Wrong unless ``got`` is the tuple that must go on; None will do if nothing had to change."""
    if got is None and all(map(same, gradients, wanted)):
        return
    if not isinstance(got, tuple) or len(got) != len(wanted):
        raise Wrong(
            got=f"a {type(got).__name__} of {len(got)}" if isinstance(got, tuple | list) else type(got).__name__,
            wanted=f"a tuple of {len(wanted)}, as grad_output is",
            cause=why_no_tuple(got),
            next_step="return a tuple with one entry for each entry of grad_output; (gradient,) is a tuple of one",
        )
    for arrived, new, right in zip(gradients, got, wanted, strict=True):
        if not same(new, right):
            others = [gradient for gradient in gradients if gradient is not None]
            raise Wrong(
                got=f"{new.tolist() if isinstance(new, Tensor) else new} from clip_to({limit})",
                wanted=f"{right} for {None if arrived is None else arrived.tolist()}",
                cause=why_not_shortened(arrived, new, limit, others, hook),
                next_step="multiply by limit / length, and only where the length is above the limit",
            )


def why_no_tuple(got: object) -> str:
    """Return what came in place of the tuple."""
    if got is None:
        return "the hook returns None, so the long gradient goes on"
    if isinstance(got, Tensor):
        return "the tuple is missing: the tensor alone came"
    if isinstance(got, list):
        return "a list came: the tuple is missing, and PyTorch wants one"
    if isinstance(got, tuple):
        return "the tuple is short or long: entries that are None keep their place, and each entry is handled"
    return f"the tuple is missing: this is of type {type(got).__name__}"


def same(new: object, right: list[float] | None) -> bool:
    """Return whether an entry is None or a tensor as wanted."""
    if right is None or not isinstance(new, Tensor):
        return new is None and right is None
    wanted = torch.tensor(right)
    return new.shape == wanted.shape and new.dtype == wanted.dtype and torch.allclose(new, wanted)


def why_not_shortened(arrived: Tensor | None, new: object, limit: float, others: list[Tensor], hook: Hook) -> str:
    """Return the likely cause of a wrong entry."""
    if arrived is None:
        return "where there was no gradient (None), there must be none afterwards"
    if not isinstance(new, Tensor):
        return f"an entry is of type {type(new).__name__}, not a tensor" + (
            "; None stops nothing" if new is None else ""
        )
    if new.shape != arrived.shape or new.dtype != arrived.dtype:
        one = ": one number came (a norm?), not the gradient" if new.numel() == 1 else ""
        return f"shape or dtype has changed, from {told(arrived)} to {told(new)}{one}"
    if bool(new.isnan().any()):
        return "0 divided by 0 is NaN: a gradient of length 0 must pass as it is"
    if torch.equal(new, arrived):
        why = "this gradient is longer than the limit and was not shortened"
        return why + why_untouched(hook, limit, arrived.abs().max() <= limit)
    if torch.equal(new, arrived.clamp(-limit, limit)):
        return "each number was clamped by itself: that changes the direction"
    if arrived.norm() <= limit:
        return "a gradient that was short enough was changed (made longer, perhaps); it must pass as it is"
    return why_another_length(arrived, new, limit, torch.cat([one.flatten() for one in others]).norm())


def told(tensor: Tensor) -> str:
    """Return a tensor's shape and kind of numbers."""
    return f"{tuple(tensor.shape)} {str(tensor.dtype).removeprefix('torch.')}"


def why_untouched(hook: Hook, limit: float, small: bool) -> str:
    """Return ": " and what the hook does with a short gradient; ``small``: each number alone is below the limit."""
    if small:
        return ": is its length compared, norm(), or only its largest number, its mean or its sum?"
    short = torch.tensor([limit / 4, 0.0])
    got = hook(nn.Identity(), (short.clone(),))
    if isinstance(got, tuple) and isinstance(got[0], Tensor) and not torch.allclose(got[0], short):
        return ": the comparison is the wrong way round, and short ones are changed (min and max, < and >, the ratio?)"
    return ": is the new tensor put into the tuple? a new value for the loop's name changes nothing in grad_output"


def length_slips(arrived: Tensor, limit: float, together: Tensor) -> dict[str, Tensor]:
    """Return {cause: what the slip gives}."""
    length = arrived.norm()
    return {
        "its length is 1, whatever the limit": arrived / length,
        "the largest number was taken for the length": arrived * limit / arrived.abs().max(),
        "the sum of the numbers was taken for the length": arrived * limit / arrived.abs().sum(),
        "divided by the square of the length: the root is missing": arrived * limit / length**2,
        "divided by the root of the length": arrived * limit / length.sqrt(),
        "the ratio limit / length was squared": arrived * (limit / length) ** 2,
        "multiplied by the limit, not divided by the length": arrived * limit,
        "divided by the limit, not by the length": arrived / limit,
        "the ratio is upside down: it is limit / length": arrived * length / limit,
        "the length was taken of all gradients together, and each has its own": arrived * limit / together,
        "the length was taken of each row by itself, and not of the whole gradient": arrived
        * (limit / arrived.norm(dim=-1, keepdim=True)).clamp(max=1),
        "a gradient that is too long was set to 0": arrived * 0,
        "the direction is turned round: the minus is too much": -arrived * limit / length,
        "the limit was subtracted; a gradient is shortened by multiplying": arrived - limit,
        "what is too much was subtracted from each number; a gradient is shortened by multiplying": arrived
        - (length - limit),
        "halved, whatever the limit": arrived / 2,
    }


def why_another_length(arrived: Tensor, new: Tensor, limit: float, together: Tensor) -> str:
    """Return the slip that gives this new gradient, or how its length and direction differ."""
    for cause, value in length_slips(arrived, limit, together).items():
        if torch.allclose(new, value):
            return f"the new gradient does not have the length of the limit: {cause}"
    along = torch.cosine_similarity(new.flatten(), arrived.flatten(), dim=0).item()
    if along < 0.999:
        return "the direction has changed: every number must be multiplied by one and the same factor"
    return f"the new gradient does not have the length of the limit: {off_by(new.norm().item(), limit)}"


# 07.4


class Root(nn.Module):
    """Square root: at 0 its slope is infinite, and NaN comes back when the gradient is 0 there or goes on to a 0."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the root of the sum of squares of each row, as a column."""
        return (x**2).sum(dim=1, keepdim=True).sqrt()


def network(**layers: nn.Module) -> nn.Sequential:
    """Return the layers as a network; linear ones without bias."""
    torch.manual_seed(0)
    return nn.Sequential(OrderedDict(layers))


def line(inputs: int, outputs: int) -> nn.Linear:
    """Return a linear layer without bias: it turns 0 into 0."""
    return nn.Linear(inputs, outputs, bias=False)


class Fork(nn.Module):
    """Two roots side by side: at 0 both are guilty, and backward meets the right one first."""

    def __init__(self) -> None:
        super().__init__()
        self.start, self.left, self.right = line(3, 3), Root(), Root()

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of both."""
        start = self.start(x)
        return self.left(start) + self.right(start)


class PlainRoot(nn.Module):
    """Square root of each number: at 0 its slope is infinite, and no NaN comes of it."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the roots."""
        return x.sqrt()


Case = tuple[nn.Module, Tensor, Callable[[Tensor], Tensor], str, str]


def guilty_cases() -> list[Case]:
    """Return (model, inputs, loss_of, wanted, where)."""
    zeros, ones = torch.zeros(2, 3), torch.ones(2, 3)
    many = network(first=line(3, 3), squash=nn.Tanh(), length=Root(), last=line(1, 2))
    nested = network(head=network(a=line(3, 3), b=Root()), tail=line(1, 1))
    return [
        (many, zeros, Tensor.sum, "length", "in a network with a square root of 0"),
        (many, ones, Tensor.sum, "none", "in the same network, with inputs that do no harm"),
        (many, ones, lambda output: (0 * output).sqrt().sum() * 0, "none", "when the loss itself makes the NaN"),
        (nested, zeros.clone().requires_grad_(), Tensor.sum, "head", "when the culprit is inside the first child"),
        (many, torch.stack([zeros[0], ones[0]]), Tensor.sum, "length", "when one row of two is harmless"),
        (Fork(), zeros, Tensor.sum, "right", "when two are guilty, left and right, and backward meets right first"),
        (
            network(root=PlainRoot()),
            zeros.clone().requires_grad_(),
            Tensor.sum,
            "none",
            "when there is inf, and no NaN",
        ),
    ]


def judge_guilty(guilty_layer: Callable[[nn.Module, Tensor, Callable[[Tensor], Tensor]], object]) -> None:
    """Different culprits, none at all, a loss that is itself to blame, and nothing left behind."""
    if callable(guilty_layer):
        demand_parameters(guilty_layer, "(model, inputs, loss_of)", "all three, in this order")
    cases = guilty_cases()
    for model, inputs, loss_of, wanted, where in cases:
        walked: list[str] = []
        asked = inputs.requires_grad
        with warnings.catch_warnings():  # these inputs are plain on purpose: some grad_input is None
            warnings.filterwarnings("ignore", message="Full backward hook is firing")
            got = guilty_layer(model, inputs, listening(loss_of, model, walked))
        if not isinstance(got, str) or got != wanted:
            cause = why_no_walk(walked) or why_innocent(got, model, wanted, where)
            if got == "none" != wanted and "harmless" not in where and "walked" in walked:
                cause = why_nothing_found(walked, guard.names_used(guilty_layer))
            raise Wrong(got=got if got != "" else "''", wanted=f"{wanted!r} {where}", cause=cause, next_step=STEP)
        demand_no_hooks(model, "after a normal run")
        if inputs.requires_grad != asked:
            raise Wrong(
                got="inputs that record gradients now",
                wanted="the inputs as they were",
                cause="requires_grad_() was called on the caller's own inputs, and stays",
                next_step="ask for the gradient of a copy: inputs.clone().requires_grad_()",
            )
    demand_clean_failure(guilty_layer, cases[0][0])


STEP = "a layer is guilty if NO gradient in grad_output is NaN and SOME gradient in grad_input is"


def listening(loss_of: Callable[[Tensor], Tensor], model: nn.Module, walked: list[str]) -> Callable[[Tensor], Tensor]:
    """Return the same loss; it notes that it was called, that a walk backward began, and whether hooks were on."""

    def loss_that_listens(output: Tensor) -> Tensor:
        loss = loss_of(output)
        walked.append("called")
        if loss.requires_grad:
            loss.register_hook(lambda gradient: walked.extend(["walked", "hooks"][: 1 + bool(count_hooks(model))]))
        return loss

    return loss_that_listens


def why_no_walk(walked: list[str]) -> str:
    """Return the cause if the loss was not asked for, or never walked back from; else ""."""
    if not walked:
        return "loss_of was never called: it makes the loss from the model's output"
    return "" if "walked" in walked else "backward() was never called on the loss, so no gradient came by"


def why_nothing_found(walked: list[str], names: set[str]) -> str:
    """Return why no layer was named, although the walk met a NaN."""
    if "register_full_backward_hook" not in names and "register_forward_hook" in names:
        return "nothing was found: forward hooks see finite values only, and the NaN is in grad_input"
    if "hooks" not in walked:
        return "nothing was found: no hook was on the layers while backward ran (the `with` block had ended?)"
    if "isinf" in names and "isnan" not in names:
        return "nothing was found: isinf() finds infinite numbers, and NaN is none; isnan() finds it"
    if not names & {"isnan", "isfinite", "nan_to_num", "isclose", "allclose"}:
        return "nothing was found: NaN is equal to nothing, not even to itself, so == never finds it: g.isnan()"
    if "print" in names and "append" not in names:
        return "nothing was found: the name was printed, and printing is not returning"
    return (
        "nothing was found, although hooks were on: guilty is NaN in grad_input and none in grad_output, not the "
        "reverse; only isnan() finds NaN, never == or `in`; and a name that the hook assigns is its own: append to a "
        "list"
    )


def why_innocent(got: object, model: nn.Module, wanted: str, where: str) -> str:
    """Return the likely cause of a wrong name."""
    if got is None:
        return 'it is None where the word "none" was wanted (or the return is missing)'
    if not isinstance(got, str):
        inside = "; hand in the first of them, as a text" if isinstance(got, list | tuple) else ", not its name, a text"
        inside = '; where nothing was found, the word "none" is wanted' if got in ([], ()) else inside
        return f"this is a {type(got).__name__}{inside}"
    if "loss itself" in where:
        return "you look at grad_input only: here the NaN was in grad_output before any layer had its turn"
    if "inf, and no NaN" in where:
        return "infinite is not NaN: isfinite() is False for both, isnan() for NaN alone"
    if got not in [*dict(model.named_children()), "none"]:
        return why_no_child(got, model)
    if got == "none":
        return "nothing was found: one NaN is enough, so any(), not all()"
    if where.startswith("when two"):
        return "take the first that backward meets, not the last: two are guilty here, and each is in the list"
    return why_this_child(got, wanted, model)


def why_no_child(got: str, model: nn.Module) -> str:
    """Return what a text is that is no name of a child."""
    if got.lower() in ("none", "", "nothing", "no"):
        return f'the word is "none", in small letters; here {got!r} came'
    if got in dict(model.named_modules()):
        return "this is a layer inside a child, or the whole model: named_modules goes inside, named_children does not"
    if got in dict(model.named_parameters()):
        return "this is the name of a weight, not of a layer"
    if got in {type(module).__name__ for module in model.modules()}:
        return "this is the kind of the layer, not the name that named_children gives"
    return "this model has no child of that name: it must come from named_children"


def why_this_child(got: str, wanted: str, model: nn.Module) -> str:
    """Return why another child came."""
    names = list(dict(model.named_children()))
    if wanted == "none":
        return "no gradient is NaN here, and a layer was named all the same: do all hooks share one name, the last?"
    if wanted not in names or names.index(got) < names.index(wanted):
        return "this layer only passed the NaN on: backward meets the culprit earlier, so take the first, not the last"
    return "no NaN has passed this layer yet: do all hooks share one name, the last of the loop (late binding)?"


def demand_no_hooks(model: nn.Module, when: str) -> None:
    """Raise Wrong if hooks are left on the model."""
    if count_hooks(model):
        raise Wrong(
            got=f"{count_hooks(model)} hooks left on the model {when}",
            wanted="none",
            cause="a hook that is not removed stays for ever",
            next_step="register inside a with block: ExitStack carries many, and it closes after errors too",
        )


def demand_clean_failure(guilty_layer: Callable[..., object], model: nn.Module) -> None:
    """A loss that fails: the error must pass, and the hooks must go."""

    called = []

    def failing(output: Tensor) -> Tensor:
        called.append(output)
        raise ZeroDivisionError("this loss always fails")

    try:
        guilty_layer(model, torch.ones(2, 3), failing)
    except ZeroDivisionError:
        demand_no_hooks(model, "after an error in loss_of")
        return
    raise Wrong(
        got="the error of loss_of was swallowed" if called else "loss_of was not used",
        wanted="the error, unchanged" if called else "the loss that loss_of makes from the model's output",
        cause="a try ... except hides what went wrong"
        if called
        else "another loss was taken: loss_of was never called",
        next_step="leave the except away; a with block cleans up by itself" if called else "loss_of(output).backward()",
    )


# 07.5


class Skip(nn.Module):
    """A block that adds its input to its output, in place, as resnet does."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Return inner(x) + x, after a step that is not linear."""
        out = self.inner(x)
        out += x
        return out.relu_()


def judge_gradient_of_output(gradient_of_output: Callable[[nn.Module, nn.Module, Tensor], object]) -> None:
    """In-place ReLU, in-place addition, and no in-place operation at all."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        relu = nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True), nn.Linear(4, 2))
        skip, plain = Skip(), nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        inputs = torch.randn(5, 3)
    cases = (
        (plain, plain[0], "0", "no in-place"),
        (relu, relu[0], "0", "an in-place ReLU"),
        (skip, skip.inner, "inner", "out += x"),
    )
    for model, layer, name, kind in cases:
        with record_gradients(model, name) as recorded:
            model(inputs).sum().backward()
        got = gradient_of_output(model, layer, inputs)
        if got is None:
            demand_some_gradient(kind, guard.names_used(gradient_of_output))
        demand_gradient(got, recorded[name], kind, (model, layer, inputs))
        demand_no_hooks(model, "afterwards")
        demand_no_poison(layer)
    demand_called(lambda model, inputs: gradient_of_output(model, model[0], inputs), plain, inputs)
    demand_still_in_place(relu[1])


def demand_still_in_place(relu: nn.ReLU) -> None:
    """Raise Wrong if the learner has changed the model."""
    if not relu.inplace:
        raise Wrong(
            got="the model was changed: its ReLU has inplace=False now",
            wanted="the model as it was",
            cause="you mended the patient's neighbour instead of the hook",
            next_step="leave the model alone; hang a tensor hook on the layer's output",
        )


def demand_no_poison(layer: nn.Module) -> None:
    """Raise Wrong if the layer refuses full hooks from now on."""
    try:
        layer.register_full_backward_hook(print).remove()
    except RuntimeError:
        raise Wrong(
            got="a layer that refuses full backward hooks from now on",
            wanted="the layer as it was",
            cause="the old register_backward_hook was used: it is retired, and it poisons the layer for good",
            next_step="hang a tensor hook on the layer's output, in a forward hook",
        ) from None


Place = tuple[nn.Module, nn.Module, Tensor]


def demand_gradient(got: object, wanted: Tensor, kind: str, place: Place) -> None:
    """Raise Wrong unless this is the gradient with respect to what the layer returned."""
    if isinstance(got, Tensor) and got.shape == wanted.shape and torch.allclose(got, wanted):
        return
    if not isinstance(got, Tensor):
        cause, step = why_no_gradient(got), "return the gradient itself"
    elif got.shape != wanted.shape:
        cause = f"this is not the gradient of the layer's output: its shape differs{whose_shape(got, place)}"
        step = "hook the output"
    else:
        cause = why_another_gradient(got, wanted, place)
        step = "use output.register_hook in a forward hook: it stays with the value that the layer returned"
    raise Wrong(
        got=tuple(got.shape) if isinstance(got, Tensor) else got,
        wanted=f"the gradient of the layer's output, shape {tuple(wanted.shape)}, with {kind}",
        cause=cause,
        next_step=step,
    )


def demand_some_gradient(kind: str, names: set[str]) -> None:
    """Raise Wrong, with the likely cause of None."""
    cause = "the result is None: is there a return?"
    if names & {"register_full_backward_hook", "register_full_backward_pre_hook"}:
        cause = (
            "the result is None: this was grad_input, and nobody asked for the gradient of plain inputs (failure 2); "
            "the gradient of the output is grad_output"
            if kind == "no in-place"
            else "the result is None: the error of the full backward hook was caught and hidden, and nothing was mended"
        )
    elif "grad" in names:
        cause = (
            "the result is None: the .grad of a tensor that is no leaf stays None, unless somebody asks for it before"
        )
    raise Wrong(
        got="None",
        wanted=f"the gradient of the layer's output, with {kind}",
        cause=cause,
        next_step="in a forward hook, hang output.register_hook on the output, and return what it gets",
    )


def why_no_gradient(got: object) -> str:
    """Return what came in place of a tensor."""
    kind = f"it is of type {type(got).__name__}, not a tensor"
    if isinstance(got, list | tuple | dict):
        return f"{kind}: " + ("the gradient is inside" if len(got) == 1 else "these are not its numbers in a tensor")
    return kind


def whose_shape(got: Tensor, place: Place) -> str:
    """Return ": " and whose shape a gradient has, if that is known."""
    model, layer, inputs = place
    if got.numel() == 1:
        return ": it is one number"
    if got.shape == layer(inputs)[0].shape:
        return ": it is one row; a batch was taken apart (extend, or an index too many)"
    if got.shape == layer.weight.shape:
        return ": it has the shape of the layer's weight"
    if got.shape == inputs.shape:
        return ": it has the shape of the model's inputs (grad_input, or the inputs' own .grad)"
    return ": it has the shape of the model's output" if got.shape == model(inputs).shape else ""


def why_another_gradient(got: Tensor, wanted: Tensor, place: Place) -> str:
    """Return the likely cause of other numbers in the right shape."""
    model, layer, inputs = place
    kept: list[Tensor] = []
    with layer.register_forward_hook(lambda layer, args, output: kept.append(output)):
        result = model(inputs)
    usual = {
        "this is the gradient after the in-place operation: retain_grad (and autograd.grad) follow the tensor to its "
        "new value": result.sum(),
        "mean() was called on the model's output, and the task wants sum()": result.mean(),
        "max() was called on the model's output, and the task wants sum()": result.max(),
        "only the first picture, or the first entry, went into the loss": result[0].sum(),
        "only the first output of each row went into the loss": result[:, 0].sum(),
        "the square of the output went into the loss, and the task wants sum()": result.square().sum(),
    }
    for cause, loss in usual.items():
        then = torch.autograd.grad(loss, kept[0], retain_graph=True)[0]
        if torch.allclose(got, then):
            return cause
    return how_it_differs(got, wanted, result.numel())


def how_it_differs(got: Tensor, wanted: Tensor, count: int) -> str:
    """Return how a gradient differs from the wanted one, in size or in direction."""
    share = wanted.abs().max() / got.abs().max() if got.any() else torch.tensor(0.0)
    if torch.allclose(got * share, wanted, rtol=1e-3):
        if math.isclose(1 / share, 1 / count, rel_tol=1e-3):
            return "mean() was called on the model's output, and the task wants sum()"
        return f"the direction is right, and the size is not: {off_by(1 / share.item(), 1.0)}"
    if torch.allclose(got, wanted.abs()):
        return "the signs are lost (abs)"
    if torch.equal(got, torch.ones_like(got)):
        return "all numbers are 1: the layer's own output was the loss, and the rest of the model had no part"
    if not got.any():
        return "all numbers are 0: no gradient came through"
    return "these are other numbers than the gradient of the layer's output: of another loss, layer or moment"


FIND = """def guilty_layer(model, inputs, loss_of):
    guilty = []

    def note(name, layer, grad_input, grad_output):
        {dirty}
        if {test}:
            guilty.append(name)

    with ExitStack() as hooks:
        for name, layer in model.named_children():
            hooks.enter_context(layer.register_full_backward_hook(partial(note, name)))
        loss_of(model(inputs)).backward()
    return {answer}"""
BOTH = "dirty = [any(g is not None and g.isnan().any() for g in some) for some in (grad_output, grad_input)]"
FIRST = 'guilty[0] if guilty else "none"'


CLIP_TO = """def clip_to(limit):
    return lambda layer, grad_output: tuple(
        g if g is None or g.norm() <= limit else ... for g in grad_output
    )"""
OLD_HOOK = """def gradient_of_output(model, layer, inputs):
    seen = []
    with layer.register_backward_hook(lambda layer, into, out: seen.append(out[0])):
        model(inputs).sum().backward()
    return seen[0]"""
FOLLOWS = """def gradient_of_output(model, layer, inputs):
    seen = []
    with layer.register_forward_hook(lambda layer, args, output: output.register_hook(seen.append) and None):
        model(inputs).sum().backward()
    return seen[0]"""


# 07.6: the panel of the training step

FILLED = "the panel's numbers of two events: the first parameter's .grad is filled, and the last one's"


@cache
def steps() -> tuple[Event, ...]:
    """Return the events of the lesson's training step."""
    net = nn.Sequential(OrderedDict(l1=nn.Linear(3, 4), tanh=nn.Tanh(), l2=nn.Linear(4, 1)))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with trace_hooks(net, optimizer=optimizer) as trace:
        net(torch.rand(2, 3, requires_grad=True)).sum().backward()
        optimizer.step()
    return tuple(trace)


def numbers_of(kind: str, name: str = "") -> list[int]:
    """Return the panel's numbers (from 1) of the events of one kind, of names that end in ``name``."""
    return [number for number, event in enumerate(steps(), 1) if event.kind == kind and event.name.endswith(name)]


def judge_filled(answer: object) -> None:
    """Trace the same step, and look for the first and the last ``.grad``."""
    got = [findings.demand_number(one, FILLED) for one in findings.demand_pair(answer, FILLED)]
    filled = numbers_of("post_accumulate_gradient")
    wanted = [filled[0], filled[-1]]
    if got != wanted:
        cause, next_step = why_not_filled(got, wanted)
        raise Wrong(got=f"events {got[0]:g} and {got[1]:g}", wanted=FILLED, cause=cause, next_step=next_step)


def why_not_filled(got: list[float], wanted: list[int]) -> tuple[str, str]:
    """Return (cause, next step) by comparing with what the usual slips give."""
    forward = sum(event.kind in ("forward_pre", "forward") for event in steps())
    own = [*numbers_of("full_backward", "l2"), *numbers_of("full_backward", "l1")]
    weights = numbers_of("post_accumulate_gradient", "weight")
    biases = numbers_of("post_accumulate_gradient", "bias")
    usual = [
        (wanted[::-1], "the two are the wrong way round", "write the earlier event first"),
        (
            [number - 1 for number in wanted],
            "one event too early: the gradient has arrived, .grad is not yet filled (counting from 0 gives these, too)",
            "read the sentence in the panel, and take one more step; its first event is number 1",
        ),
        (
            [number - forward for number in wanted],
            "these count within the backward part only",
            "read the first number of the caption: Event ... of 26",
        ),
        (own, "these are the layers' own hooks, which come after their parameters", "look for 'has its .grad filled'"),
        (weights, "only the weights were looked at; a bias has a .grad, too", "look for the first bias"),
        (biases, "only the biases were looked at; a weight has a .grad, too", "look for the last weight"),
    ]
    return next(((cause, step) for pair, cause, step in usual if got == pair), None) or name_the_event(got, wanted)


def name_the_event(got: list[float], wanted: list[int]) -> tuple[str, str]:
    """Return (cause, next step) that says what the first wrong number stands for."""
    number, place = next(
        (one, place) for one, other, place in zip(got, wanted, ("first", "second"), strict=True) if one != other
    )
    if number not in range(1, len(steps()) + 1):
        return f"there is no event {number:g}: they run from 1 to {len(steps())}", "read the number beside the slider"
    event = steps()[int(number) - 1]
    what = f"event {number:g} is another one: {event.name or 'the whole model'} {KINDS[event.kind][3]}"
    return f"the {place} number: {what}", "stop at parameters only, and read each sentence to its end"


EXERCISES = (
    Exercise(
        id="07.1",
        title="Read both ways",
        difficulty="easy",
        minutes=4,
        task="y = 3·x + 1 with x = 2, loss y²: hand in grad_output, grad_input and the gradients of weight and bias.",
        hints=(
            "Walk forward first: what is y? Then the slope of the loss at y is what arrives.",
            "Each factor's gradient is what arrives, times the other factor; a term's gradient is what arrives.",
            "y = 7. It arrives 2 · 7. On to x goes that times 3; the weight gets it times 2; the bias gets it times 1.",
        ),
        starter='answer = {"grad_output": ..., "grad_input": ..., "weight_grad": ..., "bias_grad": ...}',
        solution='answer = {"grad_output": 14.0, "grad_input": 42.0, "weight_grad": 28.0, "bias_grad": 14.0}',
        alternative="y = 3 * 2 + 1\narrives = 2 * y\n"
        "answer = dict(grad_output=arrives, grad_input=arrives * 3, weight_grad=arrives * 2, bias_grad=arrives)",
        name="answer",
        judge=judge_both_ways,
        praise="Right: 14 arrives, 42 goes on, and 28 and 14 stay with the layer. "
        "Check it with a hook on nn.Linear(1, 1).",
        mistakes=(
            Mistake("y for its slope", "answer = " + repr(BOTH_WAYS | {"grad_output": 7.0}), "this is y itself"),
            Mistake(
                "weight left out", "answer = " + repr(BOTH_WAYS | {"grad_input": 14.0}), "not multiplied by the weight"
            ),
            Mistake("x left out", "answer = " + repr(BOTH_WAYS | {"weight_grad": 14.0}), "not multiplied by x"),
            Mistake("no gradient for the bias", "answer = " + repr(BOTH_WAYS | {"bias_grad": 0.0}), "no constant"),
            Mistake(
                "input and output swapped",
                'answer = {"grad_output": 42.0, "grad_input": 14.0, "weight_grad": 28.0, "bias_grad": 14.0}',
                "seen from the forward side",
            ),
            Mistake(
                "bias forgotten",
                'answer = {"grad_output": 12.0, "grad_input": 36.0, "weight_grad": 24.0, "bias_grad": 12.0}',
                "y = 6",
            ),
            Mistake(
                "weight's gradient in grad_input",
                'answer = {"grad_output": 14.0, "grad_input": 28.0, "weight_grad": 42.0, "bias_grad": 14.0}',
                "other* factor",
            ),
            Mistake(
                "bias gradient 1",
                'answer = {"grad_output": 14.0, "grad_input": 42.0, "weight_grad": 28.0, "bias_grad": 1.0}',
                "times 1",
            ),
        ),
    ),
    Exercise(
        id="07.2",
        title="Choose the hook",
        difficulty="easy",
        minutes=6,
        task="Name the hook for each of five wishes, by the last part of its name.",
        hints=(
            "Ask what you hold: a layer, a weight, an optimizer, a file.",
            "The table of four questions and the atlas: try the words 'accumulated', 'step', 'load'.",
            "a: forward, after the layer. b: backward, before it. c: on the weight. d: before the step. e: on loading.",
        ),
        starter='choice = {"a": ..., "b": ..., "c": ..., "d": ..., "e": ...}',
        solution='choice = {\n    "a": "register_forward_hook",\n    "b": "register_full_backward_pre_hook",\n'
        '    "c": "register_post_accumulate_grad_hook",\n    "d": "register_step_pre_hook",\n'
        '    "e": "register_load_state_dict_pre_hook",\n}',
        alternative='choice = dict(\n    a="torch.nn.Module.register_forward_hook",\n'
        '    b="torch.nn.Module.register_full_backward_pre_hook",\n'
        '    c="torch.Tensor.register_post_accumulate_grad_hook",\n'
        '    d="torch.optim.Optimizer.register_step_pre_hook",\n'
        '    e="torch.nn.Module.register_load_state_dict_pre_hook",\n)',
        name="choice",
        judge=judge_choice,
        praise="Right: five wishes, five hooks. Open one of their pages in the atlas and run its example.",
        mistakes=tuple(
            Mistake(
                f"{letter}: {wrong}",
                "choice = " + repr({key: (wrong if key == letter else right[0]) for key, right in CHOICES.items()}),
                says,
            )
            for letter, wrong, says in (
                ("d", "register_hook", "leaves backward half-way"),
                ("a", "register_full_backward_hook", "when gradients leave a layer"),
                ("b", "register_backward_hook", "is retired"),
                ("c", "register_tensor_hook", "PyTorch has no hook of the name"),
                ("e", "register_load_state_dict_hook", "is register_load_state_dict_pre_hook meant"),
                ("a", "register_forward_pre_hook", "goes into the layer"),
                ("b", "register_full_backward_hook", "only what flows on"),
                ("c", "register_hook", "before .grad is filled"),
                ("d", "register_step_post_hook", "have moved already"),
                ("e", "register_state_dict_pre_hook", "for saving"),
            )
        ),
    ),
    Exercise(
        id="07.3",
        title="A clip to order",
        difficulty="medium",
        minutes=8,
        task="Write clip_to(limit): it returns a full backward pre-hook that shortens gradients longer than limit.",
        hints=(
            "Two functions: the outer one knows the limit, the inner one is the hook.",
            "gradient.norm() is the length; a gradient times (limit / length) has length limit. Build a tuple.",
            "return tuple(g if g is None or g.norm() <= limit else ... for g in grad_output)",
        ),
        starter="def clip_to(limit): ...",
        solution="""def clip_to(limit):
    def clip(layer, grad_output):
        return tuple(
            gradient if gradient is None or gradient.norm() <= limit else gradient * (limit / gradient.norm())
            for gradient in grad_output
        )

    return clip""",
        alternative="""def clip_to(limit):
    def shorter(gradient):
        if gradient is None:
            return None
        return gradient / (gradient.norm() / limit).clamp(min=1)

    return lambda layer, grad_output: tuple(map(shorter, grad_output))""",
        name="clip_to",
        setup=SETUP,
        judge=judge_clip_to,
        praise="Right: long gradients get the limit's length and keep their direction. Try it in the 16-bit network.",
        mistakes=(
            Mistake(
                "length 1",
                CLIP_TO.replace("...", "g / g.norm()"),
                "length is 1",
            ),
            Mistake(
                "largest number",
                CLIP_TO.replace("...", "g * limit / g.abs().max()"),
                "largest number was taken",
            ),
            Mistake(
                "set to 0",
                CLIP_TO.replace("...", "g * 0"),
                "set to 0",
            ),
            Mistake(
                "subtracts",
                CLIP_TO.replace("...", "g - limit"),
                "shortened by multiplying",
            ),
            Mistake(
                "turned round",
                CLIP_TO.replace("...", "-g * limit / g.norm()"),
                "turned round",
            ),
            Mistake(
                "rows",
                CLIP_TO.replace("...", "g * (limit / g.norm(dim=-1, keepdim=True)).clamp(max=1)"),
                "each row by itself",
            ),
            Mistake(
                "a hook of three",
                "def clip_to(limit):\n    return lambda layer, into, out: out",
                "it is called with (layer, grad_output)",
            ),
            Mistake(
                "no tuple",
                "def clip_to(limit):\n"
                "    return lambda layer, grad_output: grad_output[0] * (limit / grad_output[0].norm())",
                "a tuple of 1",
            ),
            Mistake(
                "clamps each number",
                "def clip_to(limit):\n"
                "    return lambda layer, grad_output: tuple(g.clamp(-limit, limit) for g in grad_output)",
                "direction",
            ),
            Mistake(
                "scales short ones too",
                "def clip_to(limit):\n"
                "    return lambda layer, grad_output: tuple(g * (limit / g.norm()) for g in grad_output)",
                "short enough",
            ),
            Mistake(
                "edits in place",
                "def clip_to(limit):\n    def clip(layer, grad_output):\n        for g in grad_output:\n"
                "            if g is not None and g.norm() > limit:\n                g *= limit / g.norm()\n"
                "        return grad_output\n    return clip",
                "in place",
            ),
            Mistake(
                "forgets None",
                "def clip_to(limit):\n    return lambda layer, grad_output: tuple(\n"
                "        g if g.norm() <= limit else g * (limit / g.norm()) for g in grad_output)",
                "NoneType",
            ),
            Mistake(
                "inner function not returned",
                "def clip_to(limit):\n    def clip(layer, grad_output):\n        return grad_output\n",
                "does not return the inner function",
            ),
        ),
    ),
    Exercise(
        id="07.4",
        title="The guilty layer",
        difficulty="hard",
        minutes=12,
        task='Write guilty_layer(model, inputs, loss_of): the child that turns clean gradients into NaN, or "none".',
        hints=(
            "One full backward hook on each child, and each must know its layer's name.",
            "partial(note, name) tells the hook its name; ExitStack removes many hooks, also after an error.",
            "guilty if not any NaN in grad_output and any NaN in grad_input; entries may be None; return guilty[0].",
        ),
        starter="def guilty_layer(model, inputs, loss_of): ...",
        solution=FIND.format(dirty=BOTH, test="dirty == [False, True]", answer=FIRST),
        alternative="""def has_nan(gradients):
    return any(bool(g.isnan().any()) for g in gradients if g is not None)


def guilty_layer(model, inputs, loss_of):
    found, handles = ["none"], []
    try:
        for name, layer in model.named_children():
            def note(layer, into, out, name=name):
                if found == ["none"] and has_nan(into) and not has_nan(out):
                    found[0] = name
            handles.append(layer.register_full_backward_hook(note))
        loss_of(model(inputs)).backward()
    finally:
        for handle in handles:
            handle.remove()
    return found[0]""",
        name="guilty_layer",
        setup=SETUP,
        judge=judge_guilty,
        praise="Right: clean gradients in, NaN out. Try it on a network of your own with a logarithm of 0 in it.",
        mistakes=(
            Mistake(
                "infinite is not NaN",
                FIND.format(
                    dirty=BOTH.replace("g.isnan().any()", "not g.isfinite().all()"),
                    test="dirty == [False, True]",
                    answer=FIRST,
                ),
                "infinite is not NaN",
            ),
            Mistake(
                "all of them",
                FIND.format(
                    dirty=BOTH.replace("isnan().any()", "isnan().all()"), test="dirty == [False, True]", answer=FIRST
                ),
                "one NaN is enough",
            ),
            Mistake(
                "the last of two",
                FIND.format(dirty=BOTH, test="dirty == [False, True]", answer='guilty[-1] if guilty else "none"'),
                "two are guilty",
            ),
            Mistake(
                "compares with NaN",
                FIND.format(
                    dirty=BOTH.replace("g.isnan()", "(g == float('nan'))"), test="dirty == [False, True]", answer=FIRST
                ),
                "equal to nothing",
            ),
            Mistake(
                "too late",
                FIND.format(dirty=BOTH, test="dirty == [False, True]", answer=FIRST).replace(
                    "        loss_of(", "    loss_of("
                ),
                "no hook was on the layers",
            ),
            Mistake(
                "another loss",
                FIND.format(dirty=BOTH, test="dirty == [False, True]", answer=FIRST).replace(
                    "loss_of(model(inputs))", "model(inputs).sum()"
                ),
                "loss_of was never called",
            ),
            Mistake(
                "looks at grad_input only",
                FIND.format(dirty=BOTH, test="dirty[1]", answer=FIRST),
                "grad_input only",
            ),
            Mistake(
                "takes the last",
                FIND.format(dirty=BOTH, test="dirty[1]", answer='guilty[-1] if guilty else "none"'),
                "passed the NaN on",
            ),
            Mistake(
                "forgets None",
                FIND.format(
                    dirty="dirty = [any(g.isnan().any() for g in some) for some in (grad_output, grad_input)]",
                    test="dirty == [False, True]",
                    answer=FIRST,
                ),
                "NoneType",
            ),
            Mistake(
                "None instead of the word",
                FIND.format(dirty=BOTH, test="dirty == [False, True]", answer="guilty[0] if guilty else None"),
                'the word "none"',
            ),
            Mistake(
                "leaves its hooks",
                FIND.format(dirty=BOTH, test="dirty == [False, True]", answer=FIRST)
                .replace("    with ExitStack() as hooks:", "    if True:")
                .replace(
                    "hooks.enter_context(layer.register_full_backward_hook(partial(note, name)))",
                    "layer.register_full_backward_hook(partial(note, name))",
                ),
                "hooks left on the model",
            ),
            Mistake(
                "forward hooks",
                FIND.format(dirty="dirty = grad_output.isnan().any()", test="dirty", answer=FIRST).replace(
                    "register_full_backward_hook", "register_forward_hook"
                ),
                "forward hooks see finite values",
            ),
        ),
    ),
    Exercise(
        id="07.5",
        title="Break it, then fix it: the in-place neighbour",
        difficulty="medium",
        minutes=10,
        task="Mend gradient_of_output(model, layer, inputs) so that it works when an in-place operation follows layer.",
        hints=(
            "A full backward hook sets up gates, and nobody may write into what a gate passes on. Do without gates.",
            "A forward hook gets the output in its hands. A tensor has a hook of its own.",
            "def follow(layer, args, output): output.register_hook(lambda gradient: seen.append(gradient.clone()))",
        ),
        starter="""def gradient_of_output(model, layer, inputs):
    seen = []
    with layer.register_full_backward_hook(lambda layer, grad_input, grad_output: seen.append(grad_output[0])):
        model(inputs).sum().backward()
    return seen[0]""",
        solution="""def gradient_of_output(model, layer, inputs):
    seen = []

    def follow(layer, args, output):
        output.register_hook(lambda gradient: seen.append(gradient.clone()))

    with layer.register_forward_hook(follow):
        model(inputs).sum().backward()
    return seen[0]""",
        alternative="""def gradient_of_output(model, layer, inputs):
    kept = []

    def keep_and_hand_on_a_copy(layer, args, output):
        kept.append(output)
        return output.clone()

    with layer.register_forward_hook(keep_and_hand_on_a_copy):
        total = model(inputs).sum()
    return torch.autograd.grad(total, kept[0])[0]""",
        name="gradient_of_output",
        setup=SETUP,
        judge=judge_gradient_of_output,
        praise="Right: no gates, no quarrel with the in-place neighbour. Lesson 11 hooks its target layer this way.",
        mistakes=(
            Mistake("mean for sum", FOLLOWS.replace(".sum()", ".mean()"), "the task wants sum()"),
            Mistake("the old hook", OLD_HOOK, "poisons the layer"),
            Mistake(
                "grad_input",
                OLD_HOOK.replace("backward_hook", "full_backward_hook").replace("out[0]", "into[0]"),
                "this was grad_input",
            ),
            Mistake(
                "still a full backward hook",
                """def gradient_of_output(model, layer, inputs):
    seen = []
    handle = layer.register_full_backward_hook(lambda layer, into, out: seen.append(out[0].clone()))
    try:
        model(inputs).sum().backward()
    finally:
        handle.remove()
    return seen[0]""",
                "modified inplace",
            ),
            Mistake(
                "retain_grad",
                """def gradient_of_output(model, layer, inputs):
    kept = []

    def keep(layer, args, output):
        output.retain_grad()
        kept.append(output)

    with layer.register_forward_hook(keep):
        model(inputs).sum().backward()
    return kept[0].grad""",
                "after the in-place operation",
            ),
            Mistake(
                "gradient of the input",
                """def gradient_of_output(model, layer, inputs):
    inputs = inputs.clone().requires_grad_()
    model(inputs).sum().backward()
    return inputs.grad""",
                "shape differs",
            ),
            Mistake(
                "switches inplace off",
                """def gradient_of_output(model, layer, inputs):
    seen = []
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    def follow(layer, args, output):
        output.register_hook(lambda gradient: seen.append(gradient.clone()))
    with layer.register_forward_hook(follow):
        model(inputs).sum().backward()
    return seen[0]""",
                "neighbour instead of the hook",
            ),
            Mistake(
                "hook left on the layer",
                """def gradient_of_output(model, layer, inputs):
    seen = []
    layer.register_forward_hook(lambda layer, args, output: output.register_hook(seen.append) and None)
    model(inputs).sum().backward()
    return seen[0]""",
                "hooks left on the model",
            ),
        ),
    ),
    Exercise(
        id="07.6",
        title="Explore: the first and the last .grad",
        difficulty="easy",
        minutes=4,
        task=(
            "Walk through the panel's step. At which event is the first parameter's .grad filled, and at which the "
            "last one's? Hand in the panel's two numbers: (first, last)."
        ),
        hints=(
            "Going back, the layers come in reverse; and in each layer, who comes first?",
            "Choose Stop at: parameters, and read each sentence to its end: two of them sound alike.",
            "The first is l2.bias, the last l1.weight; both sentences end in 'has its .grad filled'.",
        ),
        starter="events = (..., ...)",
        solution="events = (12, 22)",
        alternative="""
filled = [number for number, event in enumerate(trace, 1) if event.kind == "post_accumulate_gradient"]
events = [min(filled), max(filled)]
""",
        name="events",
        judge=judge_filled,
        praise=(
            "Right: from l2.bias at 12 to l1.weight at 22, and at 25 the optimizer begins. Between 12 and 22 only some "
            "parameters have their .grad: what would an error in a hook leave behind there?"
        ),
        mistakes=(
            Mistake("not yet filled", "events = (11, 21)", "not yet filled"),
            Mistake("within the backward part", "events = (4, 14)", "within the backward part"),
            Mistake("the layers' own hooks", "events = (15, 23)", "the layers' own hooks"),
            Mistake("weights only", "events = (14, 22)", "a bias has a .grad"),
            Mistake("biases only", "events = (12, 20)", "a weight has a .grad"),
            Mistake("swapped", "events = (22, 12)", "wrong way round"),
            Mistake("the whole model", "events = (12, 24)", "the whole model has been passed backward"),
            Mistake("one number", "events = 12", "two things were asked for"),
        ),
        setup=SETUP
        + """
from collections import OrderedDict
from course_utils.hooks import trace_hooks
net = nn.Sequential(OrderedDict(l1=nn.Linear(3, 4), tanh=nn.Tanh(), l2=nn.Linear(4, 1)))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
with trace_hooks(net, optimizer=optimizer) as trace:
    net(torch.rand(2, 3, requires_grad=True)).sum().backward()
    optimizer.step()
""",
    ),
)

__all__ = ["EXERCISES"]
