"""Exercises of lesson 05: tensor hooks."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from course_utils.exercises import findings
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.panels.gradient_knob import AMOUNTS, SCALE, State, walk_back

Log = list[tuple[tuple[int, ...], float]]
LEARNING_RATE = 0.1


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
}


def judge_halving(answer: object) -> None:
    """Wanted: 3 y^2 = 243 at y = 9, halved 121.5, times 2 x = 6: 729."""
    got = demand_number(answer)
    if math.isclose(got, 729, rel_tol=1e-4):
        return
    cause, next_step = HALVED.get(
        round(got, 1),
        ("the number fits no step of the way back", "write down: at y 3 * y**2, halved, then times 2 * x"),
    )
    raise Wrong(got=f"{got:g}", wanted="x.grad for x = 3, with the hook on y", cause=cause, next_step=next_step)


def judge_clip(clip: Callable[[float], Callable[[Tensor], Tensor]]) -> None:
    """Try several limits and gradients, then a real backward walk."""
    for limit, numbers in ((2.0, [-5.0, 0.5, 3.0]), (0.1, [[0.2, -0.05], [-0.3, 0.1]]), (1.0, [0.0])):
        gradient = torch.tensor(numbers)
        hook = clip(limit)
        demand_hook(hook, limit)
        got, wanted = hook(gradient), torch.tensor(numbers).clamp(-limit, limit)
        if not torch.equal(gradient, torch.tensor(numbers)):
            raise Wrong(
                got=f"the gradient that came in was changed to {gradient.tolist()}",
                wanted=f"{numbers}, as it came; and a new tensor with {wanted.tolist()}",
                cause="the hook edits the gradient in place, and another branch may be reading it",
                next_step="use clamp without the underscore, and return what it gives",
            )
        demand_clipped(got, wanted, limit, numbers)
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


def demand_clipped(got: object, wanted: Tensor, limit: float, numbers: list[float]) -> None:
    """Raise Wrong unless ``got`` is the clipped gradient."""
    if isinstance(got, Tensor) and got.shape == wanted.shape and torch.allclose(got, wanted):
        return
    if got is None:
        cause, next_step = "it is None, so PyTorch keeps the old gradient", "return the clipped tensor"
    elif not isinstance(got, Tensor):
        cause, next_step = f"it is of type {type(got).__name__}; a hook returns a tensor or None", "clamp the tensor"
    elif got.shape != wanted.shape:
        cause, next_step = "the shape has changed; PyTorch refuses that", "clip each number, and keep the shape"
    else:
        cause, next_step = why_not_clipped(got, torch.tensor(numbers), limit)
    raise Wrong(
        got=got.tolist() if isinstance(got, Tensor) else got,
        wanted=f"{wanted.tolist()} from clip({limit}) for {numbers}",
        cause=cause,
        next_step=next_step,
    )


def why_not_clipped(got: Tensor, gradient: Tensor, limit: float) -> tuple[str, str]:
    """Return (cause, next step) for numbers that are not the clipped ones."""
    if torch.equal(got, gradient.clamp(max=limit)):
        return "only the upper side is clipped", "clip below too: at -limit"
    if torch.equal(got, gradient.clamp(min=-limit)):
        return "only the lower side is clipped", "clip above too: at limit"
    if torch.equal(got, gradient):
        return "nothing was clipped", "return gradient.clamp(-limit, limit)"
    if torch.allclose(got, gradient * (got.flatten()[-1] / gradient.flatten()[-1])):
        return "all numbers were scaled together", "clip each number by itself, between -limit and limit"
    return "the numbers are not the gradient between -limit and limit", "try gradient.clamp(-limit, limit)"


def watched(watch: Callable[[Tensor, Log], object], shape: tuple[int, ...]) -> tuple[Log, weakref.ref[Tensor]]:
    """Return the learner's log after one backward walk, and a window on the watched tensor, which is dropped here."""
    log: Log = []
    x = torch.ones(shape, requires_grad=True)
    y = x * 2
    watch(y, log)
    (y * 3).sum().backward()
    return log, weakref.ref(y)


def judge_watch(watch: Callable[[Tensor, Log], object]) -> None:
    """The log must be right, and the watched tensor must be gone afterwards."""
    for shape in ((4,), (2, 2), (3, 1, 3)):
        log, window = watched(watch, shape)
        wanted = (shape, 3.0 * math.sqrt(math.prod(shape)))
        demand_entry(log, wanted)
        log.clear()
        gc.collect()
        if window() is not None:
            raise Wrong(
                got="the right log, but the tensor is still alive after everybody has let go of it",
                wanted="no watched tensor survives",
                cause="the hook holds its own tensor (a closure, a default argument or a partial that names it)",
                next_step="use nothing but the gradient inside the hook: gradient.shape is the same shape",
            )


def demand_entry(log: Log, wanted: tuple[tuple[int, ...], float]) -> None:
    """Raise Wrong unless the log holds just this shape and this norm."""
    shown = f"[({wanted[0]}, {wanted[1]:.4g})]"
    if len(log) != 1:
        cause = "nothing was logged: no hook was called" if not log else f"there are {len(log)} entries, not one"
        raise Wrong(got=log, wanted=shown, cause=cause, next_step="register one hook on the tensor, and leave it there")
    entry = log[0]
    if not isinstance(entry, tuple) or len(entry) != 2:
        raise Wrong(
            got=log,
            wanted=shown,
            cause="the entry is not a pair",
            next_step="append one tuple, with the shape and the norm in it",
        )
    shape, norm = entry
    if not isinstance(shape, tuple) or tuple(shape) != wanted[0]:
        raise Wrong(got=log, wanted=shown, cause="the shape is not the tensor's", next_step="log tuple(gradient.shape)")
    if not isinstance(norm, float) or not math.isclose(norm, wanted[1], rel_tol=1e-4):
        cause = "a tensor was logged, not a plain number" if isinstance(norm, Tensor) else "the norm is not right"
        raise Wrong(got=log, wanted=shown, cause=cause, next_step="log gradient.norm().item()")


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


def stepped_by_hand(how_many: int, sign: float = -1.0, clear: bool = True) -> list[Tensor]:
    """Return the weights after ordinary gradient descent; other signs and no clearing are the usual mistakes."""
    net = small_net()
    for _ in range(how_many):
        steps(net, 1)
        for parameter in net.parameters():
            parameter.data.add_(parameter.grad, alpha=sign * LEARNING_RATE)
            parameter.grad = None if clear else parameter.grad
    return [parameter.detach() for parameter in net.parameters()]


def judge_early(optimizer_in_backward: Callable[[Iterable[nn.Parameter], float], list[object]]) -> None:
    """Three steps, then the handles are removed, and a fourth walk must change nothing."""
    net = small_net()
    handles = optimizer_in_backward(net.parameters(), LEARNING_RATE)
    steps(net, 3)
    demand_weights(list(net.parameters()))
    if left := sum(parameter.grad is not None for parameter in net.parameters()):
        raise Wrong(
            got=f"{left} of 4 gradients are still there after backward()",
            wanted="none: each is dropped as soon as it has been used",
            cause="the hook does not clear the gradient",
            next_step="set parameter.grad = None at the end of the hook",
        )
    if not isinstance(handles, list | tuple) or len(handles) != 4 or not all(hasattr(h, "remove") for h in handles):
        raise Wrong(
            got=handles,
            wanted="a list with the four handles",
            cause="without them nobody can take the hooks off again"
            + (" (it is None: is there a return?)" if handles is None else ""),
            next_step="collect what register_post_accumulate_grad_hook returns, and return the list",
        )
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


def demand_weights(got: list[nn.Parameter]) -> None:
    """Raise Wrong unless the weights are those of three ordinary steps."""

    def same(wanted: list[Tensor]) -> bool:
        return all(torch.allclose(a, b, atol=1e-5) for a, b in zip(got, wanted, strict=True))

    if same(stepped_by_hand(3)):
        return
    usual = {
        "no weight has changed: no hook was called, or it changed a copy": stepped_by_hand(0),
        "the weights walk up the slope instead of down": stepped_by_hand(3, sign=1.0),
        "old gradients add up: they are not cleared": stepped_by_hand(3, clear=False),
        "one step too few": stepped_by_hand(2),
    }
    cause = next((cause for cause, weights in usual.items() if same(weights)), "some weights took other steps")
    raise Wrong(
        got="other weights than after three ordinary steps",
        wanted="parameter - learning_rate * gradient, for every parameter, in every backward walk",
        cause=cause,
        next_step="in the hook: under no_grad, parameter -= learning_rate * parameter.grad, then parameter.grad = None",
    )


WATCH = """
def watch(tensor, log):
    tensor.register_hook(lambda gradient: log.append((tuple(tensor.shape), gradient.norm().item())))
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
    if abs(got) > max(AMOUNTS[SCALE]):
        return "this is a gradient from the picture, not the factor of the knob", "read the number beside How much"
    return "the slider has no such position: its steps are quarters", "read the number beside How much"


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
