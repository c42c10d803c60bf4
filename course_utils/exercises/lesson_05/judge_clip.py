"""What exercise 05.2 demands: a hook that keeps each number of a gradient between -limit and limit."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.diagnosis.functions import demand_parameters
from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Wrong

__all__ = ["judge_clip"]


def judge_clip(clip: Callable[[float], Callable[[Tensor], Tensor]]) -> None:
    """Try several limits and gradients, two hooks side by side, then a real backward walk."""
    if callable(clip):
        demand_parameters(clip, "(limit)", "clip(limit); the gradient comes later, to the hook that clip returns")
    for limit, numbers in ((2.0, [-5.0, 0.5, 3.0, -1.0]), (0.1, [[0.2, -0.05], [-0.3, 0.1]]), (1.0, [0.0])):
        gradient = torch.tensor(numbers)
        hook = hook_of(clip, limit)
        got, wanted = hook(gradient), torch.tensor(numbers).clamp(-limit, limit)
        if not torch.equal(gradient, torch.tensor(numbers)):
            raise Wrong(
                got=f"the gradient that came in was changed to {gradient.tolist()}",
                wanted=f"{numbers}, as it came; and a new tensor with {wanted.tolist()}",
                cause="the hook edits the gradient in place, and another branch may be reading it",
                next_step="use clamp without the underscore, and return what it gives",
            )
        demand_clipped(got, wanted, limit, numbers, hook_of(clip, 3 * limit))
    demand_own_limits(clip)
    demand_real_walk(clip)


def demand_real_walk(clip: Callable[[float], Callable[[Tensor], Tensor]]) -> None:
    """Raise Wrong unless the hook works in the lesson's graph."""
    x = torch.tensor(2.0, requires_grad=True)
    y = x**2
    y.register_hook(clip(10.0))
    (y**3).backward()
    if x.grad.item() != 40:
        raise Wrong(
            got=f"x.grad = {x.grad.item():g} in the lesson's graph with clip(10.0)",
            wanted="40",
            cause="the hook works by itself, but not on a tensor",
            next_step="check that clip makes a new hook each time, with its own limit",
        )


def hook_of(clip: Callable[[float], object], limit: float) -> Callable[[Tensor], Tensor]:
    """Return the learner's hook, or raise Wrong if the factory gave no function of one gradient."""
    try:
        hook = clip(limit)
    except AttributeError as error:
        if not isinstance(error.obj, float):
            raise
        raise Wrong(
            got=f"`.{error.name}` was asked of the limit, which is a plain number",
            wanted=f"a hook from clip({limit})",
            cause="clip itself works on what it is given as if that were the gradient; but clip gets the limit, and "
            "only the hook that it returns gets the gradient",
            next_step="define a function of gradient inside clip, and return that function without calling it",
        ) from None
    demand_hook(hook, limit)
    demand_parameters(hook, "(gradient)", "a tensor hook, which PyTorch calls with the gradient alone")
    return hook


def demand_own_limits(clip: Callable[[float], Callable[[Tensor], Tensor]]) -> None:
    """Raise Wrong if a second hook changes the limit of the first."""
    first, _second = clip(1.0), clip(3.0)
    got = first(torch.tensor([5.0])).item()
    if got != 1:
        raise Wrong(
            got=f"{got:g} from the hook of clip(1.0), after clip(3.0) was called",
            wanted="1",
            cause="all hooks share one limit, the last one",
            next_step="let the inner function use the parameter `limit` itself, nothing global",
        )


def demand_hook(hook: object, limit: float) -> None:
    """Raise Wrong unless the learner's factory gave a function."""
    if callable(hook):
        return
    cause = "None: clip does not return the inner function" if hook is None else "no function, so it cannot be a hook"
    raise Wrong(
        got=hook,
        wanted=f"a hook from clip({limit})",
        cause=f"it is {cause}",
        next_step="define a function of gradient inside clip, and return that function without calling it",
    )


def demand_clipped(
    got: object, wanted: Tensor, limit: float, numbers: list[float], wider: Callable[..., object]
) -> None:
    """Raise Wrong unless ``got`` is the clipped gradient; ``wider`` is the hook for a limit three times as large."""
    same_kind = isinstance(got, Tensor) and got.shape == wanted.shape and got.dtype == wanted.dtype
    if same_kind and torch.allclose(got, wanted):
        return
    if got is None:
        cause, next_step = "it is None, so PyTorch keeps the old gradient", "return the clipped tensor"
        if torch.equal(wanted, torch.tensor(numbers)):
            cause = "it is None where nothing had to be clipped; the task wants the gradient back all the same"
    elif not isinstance(got, Tensor):
        tuples = "; tuples are for the hooks of layers" if isinstance(got, tuple) else ""
        cause = f"it is of type {type(got).__name__}; a hook returns a tensor or None{tuples}"
        next_step = "clamp the whole tensor, and return it as it is"
    elif got.shape != wanted.shape:
        one = ", and one number came (a norm, a mean?)" if got.numel() == 1 else ""
        cause, next_step = f"the shape has changed{one}; PyTorch refuses that", "clip each number, and keep the shape"
    elif got.dtype != wanted.dtype:
        cause = f"the kind of number has changed, from float32 to {str(got.dtype).removeprefix('torch.')}"
        next_step = "clamp the gradient itself, which keeps its dtype"
    else:
        cause, next_step = why_not_clipped(got, torch.tensor(numbers), limit, wider)
    raise Wrong(
        got=got.tolist() if isinstance(got, Tensor) else got,
        wanted=f"{wanted.tolist()} from clip({limit}) for {numbers}",
        cause=cause,
        next_step=next_step,
    )


def clip_slips(gradient: Tensor, limit: float) -> tuple[tuple[Tensor, str, str], ...]:
    """Return (what a usual slip gives, cause, next step) for each of them."""
    outside = gradient.abs() > limit
    return (
        (gradient.clamp(max=limit), "only the upper side is clipped", "clip below too: at -limit"),
        (gradient.clamp(min=-limit), "only the lower side is clipped", "clip above too: at limit"),
        (gradient.clamp(0, limit), "the lower bound is 0: negative numbers were lost", "the lower bound is -limit"),
        (gradient.clamp(-limit, 0), "the upper bound is 0: positive numbers were lost", "the upper bound is limit"),
        (gradient.clamp(limit, -limit), "the two bounds are swapped", "clamp wants the lowest first: -limit, limit"),
        (gradient.clamp(limit), "limit was taken for the lower bound", "clamp wants both bounds: -limit, limit"),
        (gradient * 0, "everything was set to 0", "a number beyond the limit becomes the limit; the others stay"),
        (gradient * ~outside, "numbers beyond the limit were set to 0", "they become -limit or limit"),
        (gradient * outside, "numbers inside the limits were set to 0", "they stay as they are"),
        (gradient.where(~outside, torch.tensor(limit)), "numbers below -limit became +limit", "keep their sign"),
        (gradient.where(~outside, torch.tensor(-limit)), "numbers above limit became -limit", "keep their sign"),
        (gradient.abs().clamp(max=limit), "the sign is lost: negative numbers became positive", "leave out abs()"),
        (-gradient.clamp(-limit, limit), "the sign is turned", "leave out the minus in front of the gradient"),
        (gradient.sign() * limit, "every number became -limit or limit", "numbers in between stay as they are"),
        (gradient * limit, "all numbers were multiplied by the limit", "clip each number at -limit and limit"),
        (gradient / limit, "all numbers were divided by the limit", "clip each number at -limit and limit"),
        (gradient.clamp(-limit, limit) / limit, "the clipped numbers were divided by the limit", "leave that out"),
    )


def why_not_clipped(got: Tensor, gradient: Tensor, limit: float, wider: Callable[..., object]) -> tuple[str, str]:
    """Return (cause, next step) for numbers that are not the clipped ones."""
    most = gradient.abs().max().item()
    for numbers, cause, next_step in clip_slips(gradient, limit):
        if torch.allclose(got, numbers):
            return cause, next_step
    again = wider(gradient * 1000)
    bound = again.abs().max().item() if isinstance(again, Tensor) else math.inf
    fixed = bound < most * 1000 and math.isclose(bound, got.abs().max().item(), rel_tol=1e-4)
    if fixed or (torch.equal(got, gradient) and bound < most * 1000 and not math.isclose(bound, 3 * limit)):
        return f"clipped at {bound:g} for another limit, too: the limit that came in is not used", "use `limit`"
    if torch.equal(got, gradient):
        return "nothing was clipped", "return gradient.clamp(-limit, limit)"
    bound = got.abs().max().item()
    if torch.allclose(got, gradient.clamp(-bound, bound)):
        return f"clipped at {bound:.4g}, and the limit is {limit:g}: {off_by(bound, limit)}", "use `limit` as it is"
    if torch.allclose(got, gradient * (got.flatten()[-1] / gradient.flatten()[-1])):
        return "all numbers were scaled together", "clip each number by itself, between -limit and limit"
    return which_number(got, gradient, limit)


def which_number(got: Tensor, gradient: Tensor, limit: float) -> tuple[str, str]:
    """Return (cause, next step) that points at one number."""
    numbers = zip(gradient.flatten().tolist(), got.flatten().tolist(), strict=True)
    before, after = next((a, b) for a, b in numbers if not math.isclose(min(max(a, -limit), limit), b, rel_tol=1e-4))
    if abs(before) <= limit:
        return (
            f"{before:.4g} lies between -limit and limit and was changed all the same, to {after:.4g}",
            "change only the numbers beyond the limit: gradient.clamp(-limit, limit)",
        )
    return (
        f"{before:.4g} lies beyond the limit {limit:g} and became {after:.4g}: not the nearest number that is allowed",
        "try gradient.clamp(-limit, limit)",
    )
