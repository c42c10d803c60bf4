"""Exercises of lesson 05: tensor hooks."""

from __future__ import annotations

import gc
import inspect
import math
import re
import weakref
from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor, nn

from course_utils.exercises import explain, findings, guard
from course_utils.exercises.diagnosis.functions import demand_parameters
from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.panels.gradient_knob import AMOUNTS, SCALE, State, walk_back

Log = list[tuple[tuple[int, ...], float]]


def demand_number(answer: object) -> float:
    """Return the answer as a float, or raise Wrong if it is no number."""
    answer = answer.item() if isinstance(answer, Tensor) and answer.numel() == 1 else answer
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise Wrong(
            got=answer,
            wanted="x.grad as a number",
            cause=f"the answer is of type {type(answer).__name__}, not a number",
            next_step="hand in one number, without quotes or brackets",
        )
    return float(answer)


HALVED = {
    1458.0: ("the hook was forgotten: this is x.grad without it", "halve the gradient on its way through y"),
    364.5: ("halved twice", "only the hook on y halves; the step from y to x multiplies by 2 * x"),
    243.0: ("this is the gradient that arrives at y, not the one at x", "halve it, then multiply by 2 * x"),
    121.5: ("this is the gradient that leaves y, not the one at x", "multiply it by 2 * x for the step from y to x"),
    96.0: ("this is the lesson's answer, for x = 2", "put x = 3: y is 9"),
    192.0: ("this is the lesson's answer for x = 2, and without the hook", "put x = 3, and halve at y"),
    2916.0: ("doubled at y where it should be halved", "243 arrives at y; the hook makes 121.5 of it"),
    0.0: ("0 means that nothing passes the hook; halving lets one half through", "243 / 2 goes on from y"),
    6.0: ("this is the step from y to x alone, 2 * x", "multiply it by what leaves y: half of 3 * y**2"),
    3.0: ("this is x itself, or half of the step 2 * x: what comes from z is missing", "begin at z: 3 * y**2 at y = 9"),
    9.0: ("this is y itself, not a gradient", "the slope of y**3 at y = 9 is 3 * y**2"),
    1.0: ("this is the gradient at z, where the walk begins", "go on to y, times 3 * y**2, and to x, times 2 * x"),
    4374.0: ("the slope of x**6 is 6 * x**5, with one x less than here", "go step by step: 3 * y**2, halved, 2 * x"),
    2187.0: ("one factor 3 too much: y**3 is itself 729, its slope is 3 * y**2 = 243", "243, halved, times 6"),
    12.0: ("this belongs to x = 1 or 2 with another power", "y = 9: 3 * y**2 arrives there"),
}
HALVED |= dict.fromkeys(
    (81.0, 40.5, 27.0, 13.5, 162.0, 486.0),
    ("the slope of y**3 at y = 9 is 3 * 9**2 = 243; here the 3 or the square is missing", "3 * 81, halved, times 6"),
)


def judge_halving(answer: object) -> None:
    """Wanted: 3 y^2 = 243 at y = 9, halved 121.5, times 2 x = 6: 729."""
    got = demand_number(answer)
    if math.isclose(got, 729, rel_tol=1e-4):
        return
    step = "write down: at y 3 * y**2, halved, then times 2 * x"
    known = HALVED.get(round(got, 1)) if math.isfinite(got) and math.isclose(got, round(got, 1)) else None
    cause, next_step = known or (f"the number fits no step of the way back; {off_by(got, 729.0)}", step)
    raise Wrong(got=f"{got:g}", wanted="x.grad for x = 3, with the hook on y", cause=cause, next_step=next_step)


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


def watched(watch: Callable[[Tensor, Log], object], shape: tuple[int, ...]) -> tuple[Log, weakref.ref[Tensor]]:
    """Return the learner's log after two walks backward, and a window on the watched tensor, which is dropped here."""
    log: Log = []
    x = torch.ones(shape, requires_grad=True)
    y = x * 2
    watch(y, log)
    demand_quiet(log)
    hooks = len(y._backward_hooks or ())
    z = (y * slopes(shape)).sum()
    walk(partial(z.backward, retain_graph=True), "gradient")
    demand_entry(log, shape, hooks, guard.names_used(watch))
    demand_same_gradient(x.grad, 2 * slopes(shape))
    z.backward()
    if len(log) != 2:
        raise Wrong(
            got=f"{len(log)} entries after two walks backward",
            wanted="2: one for each walk, as before",
            cause="the hook takes itself off (or goes silent) after its first call",
            next_step="leave the hook on; it is enough that it does not use the tensor",
        )
    return log, weakref.ref(y)


def slopes(shape: tuple[int, ...]) -> Tensor:
    """Return the gradient that arrives at the watched tensor: no two of its usual summaries are the same number."""
    return (torch.arange(1.0, math.prod(shape) + 1).sqrt() * -1 + 1.2).reshape(shape)


def demand_quiet(log: Log) -> None:
    """Raise Wrong if something was logged before any walk backward."""
    if log:
        raise Wrong(
            got=f"{len(log)} entries before any walk backward",
            wanted="none: the gradient is not known yet",
            cause="watch itself writes into the log, at once; only the hook may, when the gradient comes",
            next_step="append to the log inside the hook, and nowhere else",
        )


def demand_same_gradient(got: Tensor, wanted: Tensor) -> None:
    """Raise Wrong if the hook has changed what goes on."""
    if got is None or not torch.allclose(got, wanted):
        raise Wrong(
            got="another gradient behind the watched tensor than without the hook",
            wanted="a hook that only looks",
            cause="the hook returns something, and what a hook returns replaces the gradient",
            next_step="return nothing; append gives None, which is fine",
        )


def judge_watch(watch: Callable[[Tensor, Log], object]) -> None:
    """The log must be right, and the watched tensor must be gone afterwards."""
    for shape in ((4,), (2, 2), (3, 1, 3)):
        _log, window = watched(watch, shape)
        _log.clear()
        gc.collect()
        if window() is not None:
            raise Wrong(
                got="the right log, but the tensor is still alive after everybody has let go of it",
                wanted="no watched tensor survives",
                cause=why_alive(window),
                next_step="use nothing but the gradient inside the hook: gradient.shape is the same shape",
            )


def why_alive(window: weakref.ref[Tensor]) -> str:
    """Return what holds a tensor: its own hooks, or something else."""
    window()._backward_hooks.clear()
    gc.collect()
    if window() is None:
        return "the hook holds its own tensor (a closure, a default argument or a partial that names it)"
    return "something besides the hook holds the tensor: a list, a dict or a name outside of watch"


def demand_entry(log: Log, shape: tuple[int, ...], hooks: int, names: set[str]) -> None:
    """Raise Wrong unless the log holds just this shape and the norm of its slopes."""
    norm = slopes(shape).norm().item()
    shown = f"[({shape}, {norm:.4g})]"
    if len(log) != 1:
        apart = ": shape and norm came one by one, not as a pair" if len(log) == 2 and log[0] == shape else ""
        cause = why_nothing(hooks, names) if not log else f"there are {len(log)} entries after one walk, not one{apart}"
        raise Wrong(got=log, wanted=shown, cause=cause, next_step="register one hook on the tensor, and leave it there")
    entry = log[0]
    if not isinstance(entry, tuple) or len(entry) != 2 or isinstance(entry, torch.Size):
        raise Wrong(
            got=log,
            wanted=shown,
            cause=f"the entry is not a pair: {why_no_pair(entry, shape)}",
            next_step="append one tuple, with the shape and the norm in it",
        )
    if not isinstance(entry[0], tuple) or tuple(entry[0]) != shape:
        cause = "the shape is not the tensor's: " + why_no_shape(entry, shape)
        raise Wrong(got=log, wanted=shown, cause=cause, next_step="log tuple(gradient.shape)")
    if not isinstance(entry[1], float) or not math.isclose(entry[1], norm, rel_tol=1e-4):
        cause = why_no_norm(entry[1], slopes(shape))
        raise Wrong(got=log, wanted=shown, cause=cause, next_step="log gradient.norm().item()")


def why_nothing(hooks: int, names: set[str]) -> str:
    """Return why the log is empty after a walk backward."""
    if hooks:
        return "nothing was logged: the hook hangs on the tensor, but it does not append to `log` (does it only print?)"
    if "register_hook" not in names:
        return "nothing was logged: watch registers no hook"
    if "remove" in names:
        return "nothing was logged: the hook was taken off before any gradient came"
    if names & {"clone", "detach", "view", "reshape", "contiguous"}:
        return "nothing was logged: the hook hangs on a copy, and the walk backward does not pass there"
    return "nothing was logged: the hook was gone at the end of watch (a `with` block takes it off at its end)"


def why_no_pair(entry: object, shape: tuple[int, ...]) -> str:
    """Return what was logged in place of (shape, norm)."""
    if isinstance(entry, list):
        return "it is a list, and the log must hold a tuple, as before"
    if isinstance(entry, float | Tensor):
        return "only the norm is there; the shape is missing"
    if entry == shape:
        return "only the shape is there; the norm is missing"
    return f"it is of type {type(entry).__name__}" + (f" with {len(entry)} parts" if isinstance(entry, tuple) else "")


def why_no_shape(entry: tuple[object, object], shape: tuple[int, ...]) -> str:
    """Return what stands in place of the shape."""
    first, second = entry
    if second == shape or isinstance(first, float):
        return "the two are swapped, the shape comes first"
    if first == len(shape):
        return "this is how many dimensions there are"
    if isinstance(first, int):
        return "this counts entries (len or numel); a shape is a tuple"
    return f"it is of type {type(first).__name__}" if not isinstance(first, tuple) else f"it is {tuple(first)}"


def why_no_norm(got: object, gradient: Tensor) -> str:
    """Return what stands in place of the norm."""
    if not isinstance(got, float):
        what = "a tensor was logged" if isinstance(got, Tensor) else f"a {type(got).__name__} was logged"
        return f"the norm is not right: {what}, not a plain number (float)"
    norm, own = gradient.norm().item(), math.sqrt(4 * gradient.numel())
    usual = {
        "this is the sum of the gradient": gradient.sum().item(),
        "this is the sum of the absolute values": gradient.abs().sum().item(),
        "this is the mean of the gradient": gradient.mean().item(),
        "this is the mean of the absolute values": gradient.abs().mean().item(),
        "this is the largest number of the gradient": gradient.max().item(),
        "this is the largest absolute value": gradient.abs().max().item(),
        "this is the square of the norm: the root is missing": norm**2,
        "this is the root of the mean of squares": norm / math.sqrt(gradient.numel()),
        "this is the norm of the tensor itself, not of its gradient": own,
        "this is the spread (std) of the gradient": gradient.std().item(),
        "it was rounded": next((round(norm, n) for n in range(4) if round(norm, n) == got), math.nan),
    }
    near = (cause for cause, value in usual.items() if math.isclose(got, value, rel_tol=1e-4, abs_tol=1e-6))
    return "the norm is not right: " + next(near, off_by(got, norm))


def small_net() -> nn.Sequential:
    """Return a network with weights set by hand, the same each time."""
    net = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
    with torch.no_grad():
        for i, parameter in enumerate(net.parameters()):
            parameter.copy_(torch.linspace(-1, 1, parameter.numel()).reshape(parameter.shape) + 0.1 * i)
    return net


def steps(net: nn.Sequential, how_many: int) -> None:
    """Walk backward through ``net`` so many times; whoever listens may update."""
    images = torch.linspace(-1, 1, 12).reshape(4, 3)
    for _ in range(how_many):
        net(images).square().mean().backward()


def stepped_by_hand(how_many: int, rate: float, clear: bool = True, use: Callable = lambda p: p.grad) -> list[Tensor]:
    """Return the weights after ordinary gradient descent; negative rates, no clearing, other ``use`` are mistakes."""
    net = small_net()
    for _ in range(how_many):
        steps(net, 1)
        for parameter in net.parameters():
            parameter.data.add_(use(parameter), alpha=-rate)
            parameter.grad = None if clear else parameter.grad
    return [parameter.detach() for parameter in net.parameters()]


def judge_early(optimizer_in_backward: Callable[[Iterable[nn.Parameter], float], list[object]]) -> None:
    """Three steps with two rates, then the handles are removed, and a fourth walk must change nothing."""
    if callable(optimizer_in_backward):
        demand_parameters(optimizer_in_backward, "(parameters, learning_rate)", "both, in this order")
    for rate in (0.3, 0.1):
        net = small_net()
        handles = optimizer_in_backward(net.parameters(), rate)
        demand_hooks(net, handles)
        walk(partial(steps, net, 3), "parameter")
        demand_weights(list(net.parameters()), rate)
        demand_dropped(net)
        demand_handles(handles)
        before = [parameter.detach().clone() for parameter in net.parameters()]
        for handle in handles:
            handle.remove()
        steps(net, 1)
        if not all(torch.equal(one, other) for one, other in zip(net.parameters(), before, strict=True)):
            raise Wrong(
                got="weights that change after all handles were removed",
                wanted="no update without hooks",
                cause="these are not the handles of the hooks, or there are more hooks than handles",
                next_step="register one hook for each parameter, and return its handle",
            )


def walk(backward: Callable[[], object], thing: str) -> None:
    """Walk backward; a hook with the wrong number of parameters is named, other errors pass."""
    try:
        backward()
    except TypeError as error:
        if explain.learners_place(error, walk) or not re.search(r"\(\) (missing|takes)", str(error)):
            raise
        raise Wrong(
            got=explain.short_error(error),
            wanted="a hook of one parameter",
            cause=f"PyTorch calls this hook with one thing, the {thing} itself; your function takes another number",
            next_step=f"let the hook take the {thing} alone",
        ) from None


def demand_hooks(net: nn.Sequential, handles: object) -> None:
    """Raise Wrong unless each parameter has its hook, and none has moved yet."""
    if inspect.isgenerator(handles):
        cause, step = "a generator registers nothing until somebody walks through it", "square brackets, for a list"
    elif not all(torch.equal(a, b) for a, b in zip(net.parameters(), small_net().parameters(), strict=True)):
        cause, step = "the weights moved at once, before any gradient was there", "step inside the hook only"
    elif any(parameter._post_accumulate_grad_hooks for parameter in net.parameters()) or early_hooks(net):
        return
    else:
        cause, step = why_no_hooks(handles)
    raise Wrong(
        got="no parameter has a hook when the function ends" if "at once" not in cause else "moved weights",
        wanted="a hook on each of the four parameters, waiting for its gradient",
        cause=f"no weight has changed: {cause}" if "at once" not in cause else cause,
        next_step=step,
    )


def why_no_hooks(handles: object) -> tuple[str, str]:
    """Return (cause, next step) for a function after which no parameter has a hook."""
    if isinstance(handles, list | tuple) and not handles:
        return (
            "no hook was registered: `parameters` may be a generator, which can be walked through only once, and an "
            "optimizer or a first loop has done so",
            "begin with parameters = list(parameters)",
        )
    if isinstance(handles, list | tuple) and callable(handles[0]):
        return "the registering methods were collected, not called", "call them, with your hook in round brackets"
    if isinstance(handles, list | tuple) and hasattr(handles[0], "remove"):
        return "no hook is left: each was taken off again before any gradient came", "leave that to the caller"
    return "no hook was registered", "call register_post_accumulate_grad_hook for each parameter"


def early_hooks(net: nn.Sequential) -> bool:
    """Return whether a parameter has a hook of the kind that is called before ``.grad`` is filled."""
    return any(parameter._backward_hooks for parameter in net.parameters())


def demand_dropped(net: nn.Sequential) -> None:
    """Raise Wrong if gradients are left."""
    left = [parameter.grad for parameter in net.parameters() if parameter.grad is not None]
    if not left:
        return
    cause = "the hook does not clear the gradient"
    if not any(gradient.any() for gradient in left):
        cause = "the hook does not clear the gradient: it is set to 0, and still takes its place in memory"
    if early_hooks(net):
        cause = "register_hook is called too early: PyTorch writes .grad after it, so it cannot be dropped there"
    raise Wrong(
        got=f"{len(left)} of 4 gradients are still there after backward()",
        wanted="none: each is dropped as soon as it has been used",
        cause=cause,
        next_step="in a post-accumulate hook, set parameter.grad = None at the end",
    )


def demand_handles(handles: object) -> None:
    """Raise Wrong unless these are four handles."""
    if isinstance(handles, list | tuple) and len(handles) == 4 and all(hasattr(one, "remove") for one in handles):
        return
    cause = f"it is of type {type(handles).__name__}"
    if handles is None:
        cause = "it is None: is there a return?"
    elif hasattr(handles, "remove") and not isinstance(handles, list):
        cause = "this is one handle, the last one; the others are lost"
    elif isinstance(handles, list | tuple):
        cause = f"it has {len(handles)} entries"
        if len(handles) == 4:
            cause += f", but they are no handles: {type(handles[0]).__name__}"
    raise Wrong(
        got=handles,
        wanted="a list with the four handles",
        cause=f"without them nobody can take the hooks off again ({cause})",
        next_step="collect what register_post_accumulate_grad_hook returns, and return the list",
    )


def step_slips(rate: float) -> dict[str, tuple]:
    """Return {cause: arguments of `stepped_by_hand`} for the usual slips."""
    return {
        "no weight has changed: the hook computes a new tensor, a copy, or changes the gradient": (0, rate),
        "the weights walk up the slope instead of down": (3, -rate),
        "old gradients add up: they are not cleared": (3, rate, False),
        "one step too few": (2, rate),
        "each step is made twice": (3, 2 * rate),
        "the learning rate is left out: the whole gradient is subtracted": (3, 1.0),
        "the learning rate is multiplied in twice": (3, rate**2),
        "the step is divided by the number of parameters": (3, rate / 4),
        "the gradient was squared": (3, rate, True, lambda p: p.grad**2),
        "the step was assigned to the weight, not subtracted from it": (3, rate, True, lambda p: p / rate - p.grad),
        "the learning rate is 0.1 here, whatever comes in": (3, 0.1),
        "the learning rate is 0.01 here, whatever comes in": (3, 0.01),
        "the gradient is divided by the learning rate": (3, 1 / rate),
        "only the sign of the gradient is used, not its size": (3, rate, True, lambda p: p.grad.sign()),
        "the weight is multiplied by the step instead of moved": (3, rate, True, lambda p: p * p.grad),
        "the mean of the gradient is used for all weights": (3, rate, True, lambda p: p.grad.mean().expand_as(p)),
        "the gradient was shortened to length 1": (3, rate, True, lambda p: p.grad / p.grad.norm()),
    }


def demand_weights(got: list[nn.Parameter], rate: float) -> None:
    """Raise Wrong unless the weights are those of three ordinary steps."""

    def same(wanted: list[Tensor]) -> list[bool]:
        return [torch.allclose(a, b, atol=1e-5) for a, b in zip(got, wanted, strict=True)]

    right = same(stepped_by_hand(3, rate))
    if all(right):
        return
    cause = next((cause for cause, how in step_slips(rate).items() if all(same(stepped_by_hand(*how)))), "")
    still = [name for name, stays in zip(NAMES, same(stepped_by_hand(0, rate)), strict=True) if stays]
    raise Wrong(
        got=f"other weights than after three ordinary steps with learning rate {rate}",
        wanted="parameter - learning_rate * gradient, for every parameter, in every backward walk",
        cause=cause or (f"these parameters did not move: {', '.join(still)}" if still else other_steps(got, rate)),
        next_step="in the hook: under no_grad, parameter -= learning_rate * parameter.grad, then parameter.grad = None",
    )


NAMES = ("0.weight", "0.bias", "2.weight", "2.bias")  # of the parameters of small_net


def other_steps(got: list[nn.Parameter], rate: float) -> str:
    """Return by how much the way that the last parameter went differs from the wanted one."""
    start = [parameter.detach() for parameter in small_net().parameters()]
    gone = (got[-1].detach() - start[-1]).sum().item()
    return "some weights took other steps: of the last bias, " + off_by(
        gone, (stepped_by_hand(3, rate)[-1] - start[-1]).sum().item()
    )


WATCH = """
def watch(tensor, log):
    tensor.register_hook(lambda gradient: log.append((tuple(tensor.shape), gradient.norm().item())))
"""

WATCH_BY_DEF = """
def watch(tensor, log):
    def hook(gradient):
        log.append((tuple(gradient.shape), gradient.norm().item()))
        {more}

    handle = tensor.register_hook(hook)
"""

CLIP = """
def clip(limit):
    def hook(gradient):
        return gradient.clamp(-limit, limit)

    return hook
"""

EARLY = """
def optimizer_in_backward(parameters, learning_rate):
    def update(parameter):
        with torch.no_grad():
            parameter -= learning_rate * parameter.grad
        parameter.grad = None

    return [parameter.register_post_accumulate_grad_hook(update) for parameter in parameters]
"""


# 05.5: the panel with the knob

SILENT = "the slider's factor at which w.grad is 0, with the hook on b and x = 3"


def w_grad_at(node: str, factor: float, x: float = 3.0) -> float:
    """Return w.grad as the panel shows it, with the knob on ``node`` multiplying by ``factor``."""
    return walk_back(State(node, SCALE, factor, x)).left["w"]


def judge_silent_w(answer: object) -> None:
    """Turn the panel's own knob to every position; exactly one gives w.grad = 0."""
    got = findings.demand_number(answer, SILENT)
    (wanted,) = (factor for factor in AMOUNTS[SCALE] if w_grad_at("b", factor) == 0)
    if not findings.is_near(got, wanted):
        cause, next_step = why_w_is_not_silent(got, wanted)
        raise Wrong(got=f"{got:.4g}", wanted=SILENT, cause=cause, next_step=next_step)


def why_w_is_not_silent(got: float, wanted: float) -> tuple[str, str]:
    """Return (cause, next step) for a factor, or a gradient taken for one."""
    if findings.is_near(got, -wanted):
        return "the sign is lost: the road through b must take away what the road through a brings", "turn below 0"
    if got == 0:
        return (
            f"0 closes the road through b only; the road through a still brings {w_grad_at('b', 0):.4g}",
            "go on below 0, until the caption says w.grad 0",
        )
    if findings.is_near(got, 100 * wanted):
        return "this is the factor in percent", "write it as the slider does, with a decimal point"
    if findings.is_near(w_grad_at("a", got), 0):
        return "this factor silences w with the hook on a, and x.grad changes too", "let the hook sit on b"
    if (x := next((x for x in (2.0, 1.0, 0.0, 4.0, 5.0) if abs(w_grad_at("b", got, x)) < 0.1), None)) is not None:
        return f"this is the factor for x = {x:g}, not for x = 3", "set the slider of x to 3"
    if got not in AMOUNTS[SCALE]:
        return why_no_factor(got)
    off = w_grad_at("b", got)
    side = "one position beside it" if findings.is_near(abs(got - wanted), 0.25) else "not there yet"
    return f"{side}: at {got:g} the caption says w.grad {off:.4g}", f"turn {'down' if off > 0 else 'up'}"


def why_no_factor(got: float) -> tuple[str, str]:
    """Return (cause, next step) for a number that is no position of the slider."""
    lowest, highest = min(AMOUNTS[SCALE]), max(AMOUNTS[SCALE])
    if lowest <= got <= highest:
        return "the slider has no such position: its steps are quarters", "read the number beside How much"
    if abs(got) in (*walk_back(State("b", SCALE, 1.0, 3.0)).left.values(), 16, 32, 48, 64, 96):
        return "this is a gradient from the picture, not the factor of the knob", "read the number beside How much"
    return f"the slider goes from {lowest:g} to {highest:g} only", "read the number beside How much"


EXERCISES = (
    Exercise(
        id="05.1",
        title="Halve it on the way",
        difficulty="easy",
        minutes=4,
        task="y = x**2 and z = y**3 at x = 3, and a hook on y that halves. What is x.grad? Hand in the number.",
        hints=(
            "Walk back from z: first to y, then through the hook, then to x.",
            "z follows y with 3 * y**2, and y follows x with 2 * x. The hook stands between the two.",
            "At y = 9 there arrive 243; take half of it, and multiply by 2 * 3.",
        ),
        starter="answer = ...",
        solution="answer = 3 * 9**2 / 2 * (2 * 3)",
        alternative="""
x = torch.tensor(3.0, requires_grad=True)
y = x**2
y.register_hook(lambda gradient: gradient / 2)
(y**3).backward()
answer = x.grad.item()
""",
        name="answer",
        judge=judge_halving,
        praise="Right: 243 arrives, 121.5 leaves, times 6 is 729. Now move the hook to x.",
        mistakes=(
            Mistake("the square is missing", "answer = 81", "square is missing"),
            Mistake("sign", "answer = -729", "sign is turned"),
            Mistake("doubled", "answer = 2916", "doubled"),
            Mistake("nothing passes", "answer = 0", "nothing passes"),
            Mistake("forgot the hook", "answer = 1458", "hook was forgotten"),
            Mistake("halved twice", "answer = 364.5", "halved twice"),
            Mistake("stopped at y", "answer = 121.5", "leaves y"),
            Mistake("before the hook", "answer = 243", "arrives at y"),
            Mistake("the lesson's number", "answer = 96", "for x = 2"),
            Mistake("a list", "answer = [729]", "not a number"),
        ),
        setup="import torch",
    ),
    Exercise(
        id="05.2",
        title="A hook that clips",
        difficulty="medium",
        minutes=6,
        task="Write clip(limit): it returns a hook that forces each number of a gradient between -limit and limit.",
        hints=(
            "clip is a factory, as in lesson 03: a function that returns a function.",
            "The inner function takes the gradient and returns a new tensor; it must not edit the old one.",
            "gradient.clamp(-limit, limit), without an underscore at the end of clamp",
        ),
        starter="def clip(limit):\n    ...",
        solution=CLIP,
        alternative="clip = lambda limit: lambda g: torch.where(g.abs() > limit, limit * g.sign(), g)",
        name="clip",
        judge=judge_clip,
        praise="Right: both sides, and a new tensor. Register two hooks with different limits: which one wins?",
        mistakes=(
            Mistake(
                "a limit of its own",
                "def clip(limit):\n    return lambda gradient: gradient.clamp(-10, 10)",
                "limit that came in is not used",
            ),
            Mistake(
                "lower bound 0",
                "def clip(limit):\n    return lambda gradient: gradient.clamp(0, limit)",
                "lower bound is 0",
            ),
            Mistake(
                "bounds swapped",
                "def clip(limit):\n    return lambda gradient: gradient.clamp(limit, -limit)",
                "bounds are swapped",
            ),
            Mistake(
                "sign lost",
                "def clip(limit):\n    return lambda gradient: gradient.abs().clamp(max=limit)",
                "sign is lost",
            ),
            Mistake(
                "0 beyond the limit",
                "def clip(limit):\n    return lambda gradient: gradient * (gradient.abs() <= limit)",
                "were set to 0",
            ),
            Mistake(
                "a tuple",
                "def clip(limit):\n    return lambda gradient: (gradient.clamp(-limit, limit),)",
                "tuples are for the hooks of layers",
            ),
            Mistake(
                "squashes",
                "def clip(limit):\n    return lambda gradient: limit * (gradient / limit).tanh()",
                "not the nearest number",
            ),
            Mistake(
                "a hook of a layer",
                "def clip(limit):\n    return lambda layer, into, out: out[0].clamp(-limit, limit)",
                "it is called with (gradient)",
            ),
            Mistake(
                "one limit for all",
                "def clip(limit):\n    clip.x = limit\n    return lambda gradient: gradient.clamp(-clip.x, clip.x)",
                "share one limit",
            ),
            Mistake("in place", CLIP.replace("clamp(", "clamp_("), "in place"),
            Mistake("forgot to return the clipped one", CLIP.replace("return gradient", "gradient"), "None"),
            Mistake("forgot to return the hook", CLIP.replace("    return hook", "    hook"), "None"),
            Mistake("one side only", CLIP.replace("-limit, limit", "max=limit"), "upper side"),
            Mistake(
                "scales all",
                CLIP.replace("gradient.clamp(-limit, limit)", "gradient / gradient.abs().max() * limit"),
                "scaled",
            ),
            Mistake("returns a number", CLIP.replace("gradient.clamp(-limit, limit)", "limit"), "of type float"),
        ),
        setup="import torch",
    ),
    Exercise(
        id="05.3",
        title="The hook that holds its own tensor",
        difficulty="medium",
        minutes=6,
        task="watch logs (shape, norm of the gradient), but the watched tensor never dies. Mend it, with the same log.",
        hints=(
            "Tensor, graph, hook, closure, and back to the tensor: a ring. Which link can you do without?",
            "The hook is handed the gradient, and the gradient has the same shape as the tensor.",
            "log.append((tuple(gradient.shape), gradient.norm().item()))",
        ),
        starter=WATCH,
        solution=WATCH.replace("tensor.shape", "gradient.shape"),
        alternative="""
def watch(tensor, log):
    shape = tuple(tensor.shape)

    def store(gradient):
        log.append((shape, float(gradient.norm())))

    tensor.register_hook(store)
""",
        name="watch",
        judge=judge_watch,
        praise="Right: the hook knows only what it is handed. Lesson 06 does the same with the layers of a network.",
        mistakes=(
            Mistake(
                "changes the gradient",
                WATCH_BY_DEF.format(more="return gradient * 2"),
                "replaces the gradient",
            ),
            Mistake(
                "goes silent",
                WATCH_BY_DEF.format(more="handle.remove()"),
                "after its first call",
            ),
            Mistake(
                "sum for norm",
                WATCH.replace("tensor.shape", "gradient.shape").replace("norm()", "sum()"),
                "sum of the gradient",
            ),
            Mistake(
                "a list outside",
                "kept = []\n" + WATCH.replace("tensor.shape", "gradient.shape") + "    kept.append(tensor)\n",
                "something besides the hook",
            ),
            Mistake(
                "a copy",
                WATCH.replace("tensor.shape", "gradient.shape").replace("tensor.register", "tensor.clone().register"),
                "hangs on a copy",
            ),
            Mistake(
                "rounded",
                WATCH.replace("tensor.shape", "gradient.shape").replace(
                    "gradient.norm().item()", "round(gradient.norm().item(), 1)"
                ),
                "it was rounded",
            ),
            Mistake(
                "a default argument holds it too",
                WATCH.replace("lambda gradient:", "lambda gradient, tensor=tensor:"),
                "still alive",
            ),
            Mistake(
                "collects the garbage, in vain",
                "import gc\n" + WATCH + "    gc.collect()\n",
                "still alive",
            ),
            Mistake(
                "takes the hook off at once",
                WATCH.rstrip() + ".remove()\n",
                "nothing was logged",
            ),
            Mistake(
                "logs a tensor",
                WATCH.replace("tensor.shape", "gradient.shape").replace(".item()", ""),
                "not a plain number",
            ),
            Mistake(
                "logs the shape alone",
                WATCH.replace("(tuple(tensor.shape), gradient.norm().item())", "tuple(gradient.shape)"),
                "not a pair",
            ),
        ),
        setup="import torch",
    ),
    Exercise(
        id="05.4",
        title="Update during the walk",
        difficulty="hard",
        minutes=10,
        task=(
            "Write optimizer_in_backward(parameters, learning_rate): while backward() runs, each parameter steps "
            "against its gradient as soon as that is complete, and drops it. Return the list of handles."
        ),
        hints=(
            "One hook for each parameter; it must run when .grad has been written.",
            "register_post_accumulate_grad_hook hands the parameter itself to your function.",
            "Under no_grad: parameter -= learning_rate * parameter.grad; then parameter.grad = None.",
        ),
        starter="def optimizer_in_backward(parameters, learning_rate):\n    ...",
        solution=EARLY,
        alternative="""
def optimizer_in_backward(parameters, learning_rate):
    handles = []
    for parameter in parameters:

        def update(owner):
            owner.data.add_(owner.grad, alpha=-learning_rate)
            owner.grad = None

        handles.append(parameter.register_post_accumulate_grad_hook(update))
    return handles
""",
        name="optimizer_in_backward",
        judge=judge_early,
        praise="Right: no gradient waits for the others. All gradients together weigh as much as all weights.",
        mistakes=(
            Mistake("a rate of its own", EARLY.replace("learning_rate * ", "0.1 * "), "learning rate is 0.1 here"),
            Mistake(
                "only the weights",
                EARLY.replace("in parameters]", "in parameters if parameter.dim() > 1]"),
                "did not move: 0.bias, 2.bias",
            ),
            Mistake(
                "a generator",
                EARLY.replace("return [", "return (").replace("parameters]", "parameters)"),
                "generator registers nothing",
            ),
            Mistake("set to 0", EARLY.replace("parameter.grad = None", "parameter.grad.zero_()"), "set to 0"),
            Mistake(
                "used up",
                EARLY.replace("    return", "    torch.optim.SGD(parameters, learning_rate)\n    return"),
                "walked through only once",
            ),
            Mistake("no rate", EARLY.replace("learning_rate * ", ""), "learning rate is left out"),
            Mistake("keeps the gradient", EARLY.replace("        parameter.grad = None\n", ""), "add up"),
            Mistake("walks uphill", EARLY.replace("parameter -=", "parameter +="), "up the slope"),
            Mistake("no handles", EARLY.replace("return [", "_ = ["), "None"),
            Mistake(
                "late binding: all hooks see the last parameter",
                """
def optimizer_in_backward(parameters, learning_rate):
    handles = []
    for parameter in parameters:

        def update(_):
            with torch.no_grad():
                parameter.sub_(learning_rate * parameter.grad)
            parameter.grad = None

        handles.append(parameter.register_post_accumulate_grad_hook(update))
    return handles
""",
                "NoneType",
            ),
            Mistake(
                "the hook that fires too early",
                EARLY.replace("register_post_accumulate_grad_hook", "register_hook"),
                "NoneType",
            ),
            Mistake(
                "changes a copy",
                EARLY.replace(
                    "parameter -= learning_rate * parameter.grad", "new = parameter - learning_rate * parameter.grad"
                ),
                "no weight has changed",
            ),
        ),
        setup="import torch",
    ),
    Exercise(
        id="05.5",
        title="Explore: silence w, and let x speak",
        difficulty="easy",
        minutes=5,
        task=(
            "In the panel, set x to 3, let the hook sit on b, and let it multiply. At which position of 'How much' is "
            "w.grad 0, while x.grad stays 32?"
        ),
        hints=(
            "Two roads lead back to w. If they cancel, w hears nothing.",
            "The road through a brings 32. What arrives at b is 64, and goes on to w as it leaves.",
            "64 times the factor must be -32.",
        ),
        starter="factor = ...",
        solution="factor = -0.5",
        alternative="factor = -32 / 64  # what comes through a, over what arrives at b",
        name="factor",
        judge=judge_silent_w,
        praise=(
            "Right: 32 through a, and 64 times -0.5 through b, add up to 0. Now let the hook sit on a: which factor "
            "silences w there, and what does it do to x?"
        ),
        mistakes=(
            Mistake("the sign is lost", "factor = 0.5", "sign is lost"),
            Mistake("closes one road", "factor = 0", "road through a still brings 32"),
            Mistake("the hook sits on a", "factor = -2.0", "with the hook on a"),
            Mistake("another x", "factor = -1", "factor for x = 1"),
            Mistake("x was left at 2", "factor = -0.667", "factor for x = 2"),
            Mistake("one position too far", "factor = -0.75", "one position beside it"),
            Mistake("one position too early", "factor = -0.25", "caption says w.grad 16"),
            Mistake("a gradient", "factor = -32", "not the factor of the knob"),
            Mistake("in quotes", "factor = '-0.5'", "a text stands"),
        ),
        seconds=5.0,
    ),
)
