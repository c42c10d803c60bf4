"""What exercise 07.3 demands: a pre-hook that shortens long gradients as a whole, and lets the others pass."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.functions import demand_parameters
from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_clip_to"]


Hook = Callable[[nn.Module, tuple[Tensor | None, ...]], object]


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
