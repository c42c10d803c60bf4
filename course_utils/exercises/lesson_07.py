"""Exercises of lesson 07: backward hooks, and the atlas."""

from __future__ import annotations

import math
import warnings
from collections import OrderedDict
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn

from course_utils.exercises import findings
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.firing_order import KINDS
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
            cause="the names of the four numbers must stay as they are",
            next_step="replace only the dots in the starter",
        )
    for name, wanted in BOTH_WAYS.items():
        got = as_number(answer[name])
        if got is None or not math.isclose(got, wanted, rel_tol=1e-4):
            cause, step = why_not(name, got, answer)
            raise Wrong(got=f"{name} = {answer[name]}", wanted=STEPS[name], cause=cause, next_step=step)


def as_number(value: object) -> float | None:
    """Return a number or a tensor of one number as a float, None for anything else."""
    if isinstance(value, Tensor) and value.numel() == 1:
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def why_not(name: str, got: float | None, answer: dict[str, object]) -> tuple[str, str]:
    """Return (likely cause, next step) for a wrong number."""
    if got is None:
        return "that is no number", "hand in numbers, without quotes or brackets"
    if [as_number(answer[key]) for key in ("grad_output", "grad_input")] == [42.0, 14.0]:
        return "the two are swapped: the names are seen from the forward side", "input means x, output means y"
    if got == {"grad_output": 12.0, "grad_input": 36.0, "weight_grad": 24.0, "bias_grad": 12.0}[name]:
        return "this belongs to y = 6: the bias was forgotten", "work out y first: 3 · 2 + 1"
    if (
        name in ("grad_input", "weight_grad")
        and got == BOTH_WAYS["weight_grad" if name == "grad_input" else "grad_input"]
    ):
        return (
            "the gradient of the input and that of the weight are swapped",
            "each is multiplied by the *other* factor",
        )
    return "the number fits no step of the way back", f"write it down: it is {STEPS[name]}"


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
    ("d", "register_step_post_hook"): "after the step the weights have moved already",
    ("d", "register_full_backward_hook"): "it sees gradients of inputs and outputs, not those of the weights",
    ("e", "register_state_dict_pre_hook"): "that one is for saving; here a file is read",
    ("e", "register_load_state_dict_post_hook"): "after loading it is too late: the key was not found",
}


def judge_choice(answer: object) -> None:
    """One name for each wish; a longer dotted name with the right end counts as well."""
    if not isinstance(answer, dict) or set(answer) != set(CHOICES):
        raise Wrong(
            got=answer,
            wanted=f"a dict with the keys {list(CHOICES)}",
            cause="each wish has its letter",
            next_step="replace only the dots in the starter",
        )
    for letter, right in CHOICES.items():
        name = answer[letter].rpartition(".")[2].strip("() ") if isinstance(answer[letter], str) else ""
        if name not in right:
            raise Wrong(
                got=f"{letter}: {answer[letter]!r}",
                wanted=WISHES[letter],
                cause=MISCHOICES.get((letter, name), "this is not the hook for that wish"),
                next_step="ask the four questions: what do you hold, which way, watch or change, what is in the way?",
            )


# 07.3

CLIPS = (  # limit, gradients that arrive, gradients that must go on
    (2.5, ([3.0, 4.0],), ([1.5, 2.0],)),
    (10.0, ([3.0, 4.0],), ([3.0, 4.0],)),
    (1.0, ([[0.0, 0.0]],), ([[0.0, 0.0]],)),
    (1.0, ([[6.0], [8.0]], None, [0.3, 0.4]), ([[0.6], [0.8]], None, [0.3, 0.4])),
)


def judge_clip_to(clip_to: Callable[[float], Hook]) -> None:
    """Long, short, zero and missing gradients; nothing edited; and a real way back."""
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
        gradients = tuple(None if numbers is None else torch.tensor(numbers) for numbers in arriving)
        got = hook(nn.Identity(), gradients)
        demand_untouched(gradients, arriving)
        demand_shortened(got, gradients, wanted, limit)
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


def demand_shortened(got: object, gradients: tuple[Tensor | None, ...], wanted: tuple, limit: float) -> None:
    """Raise Wrong unless ``got`` is the tuple that must go on; None will do if nothing had to change."""
    if got is None and all(map(same, gradients, wanted)):
        return
    if not isinstance(got, tuple) or len(got) != len(wanted):
        raise Wrong(
            got=type(got).__name__ if not isinstance(got, tuple) else f"a tuple of {len(got)}",
            wanted=f"a tuple of {len(wanted)}, as grad_output is",
            cause="the hook returns None, so the long gradient goes on"
            if got is None
            else "the tuple is missing or short",
            next_step="return a tuple with one entry for each entry of grad_output; (gradient,) is a tuple of one",
        )
    for arrived, new, right in zip(gradients, got, wanted, strict=True):
        if not same(new, right):
            raise Wrong(
                got=f"{new.tolist() if isinstance(new, Tensor) else new} from clip_to({limit})",
                wanted=f"{right} for {None if arrived is None else arrived.tolist()}",
                cause=why_not_shortened(arrived, new, limit),
                next_step="multiply by limit / length, and only where the length is above the limit",
            )


def same(new: object, right: list[float] | None) -> bool:
    """Return whether an entry is None or a tensor as wanted."""
    if right is None or not isinstance(new, Tensor):
        return new is None and right is None
    return new.shape == torch.tensor(right).shape and torch.allclose(new, torch.tensor(right))


def why_not_shortened(arrived: Tensor | None, new: object, limit: float) -> str:
    """Return the likely cause of a wrong entry."""
    if arrived is None:
        return "where there was no gradient (None), there must be none afterwards"
    if not isinstance(new, Tensor):
        return f"an entry is of type {type(new).__name__}, not a tensor"
    if bool(new.isnan().any()):
        return "0 divided by 0 is NaN: a gradient of length 0 must pass as it is"
    if torch.equal(new, arrived):
        return "this gradient is longer than the limit and was not shortened"
    if torch.equal(new, arrived.clamp(-limit, limit)):
        return "each number was clamped by itself: that changes the direction"
    if new.norm() > arrived.norm() or arrived.norm() <= limit:
        return "a gradient that was short enough was changed (made longer, perhaps); it must pass as it is"
    return "the new gradient does not have the length of the limit"


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


def judge_guilty(guilty_layer: Callable[[nn.Module, Tensor, Callable[[Tensor], Tensor]], object]) -> None:
    """Different culprits, none at all, a loss that is itself to blame, and nothing left behind."""
    zeros, ones = torch.zeros(2, 3), torch.ones(2, 3)
    many = network(first=line(3, 3), squash=nn.Tanh(), length=Root(), last=line(1, 2))
    nested = network(head=network(a=line(3, 3), b=Root()), tail=line(1, 1))
    cases = (
        (many, zeros, Tensor.sum, "length", "in a network with a square root of 0"),
        (many, ones, Tensor.sum, "none", "in the same network, with inputs that do no harm"),
        (many, ones, lambda output: (0 * output).sqrt().sum() * 0, "none", "when the loss itself makes the NaN"),
        (nested, zeros.clone().requires_grad_(), Tensor.sum, "head", "when the culprit is inside the first child"),
    )
    for model, inputs, loss_of, wanted, where in cases:
        with warnings.catch_warnings():  # these inputs are plain on purpose: some grad_input is None
            warnings.filterwarnings("ignore", message="Full backward hook is firing")
            got = guilty_layer(model, inputs, loss_of)
        if got != wanted:
            raise Wrong(got=got, wanted=f"{wanted!r} {where}", cause=why_innocent(got, wanted, where), next_step=STEP)
        demand_no_hooks(model, "after a normal run")
    demand_clean_failure(guilty_layer, many)


STEP = "a layer is guilty if NO gradient in grad_output is NaN and SOME gradient in grad_input is"


def why_innocent(got: object, wanted: str, where: str) -> str:
    """Return the likely cause of a wrong name."""
    if got is None:
        return 'it is None where the word "none" was wanted (or the return is missing)'
    if "loss itself" in where:
        return "you look at grad_input only: here the NaN was in grad_output before any layer had its turn"
    if got == "none":
        return "nothing was found: forward hooks see finite values only, and the NaN is in grad_input"
    if got in ("first", "squash"):
        return "this layer only passed the NaN on: backward meets the culprit earlier, so take the first, not the last"
    return "this is not the layer that turns clean gradients into NaN"


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

    def failing(output: Tensor) -> Tensor:
        raise ZeroDivisionError("this loss always fails")

    try:
        guilty_layer(model, torch.ones(2, 3), failing)
    except ZeroDivisionError:
        demand_no_hooks(model, "after an error in loss_of")
        return
    raise Wrong(
        got="the error of loss_of was swallowed",
        wanted="the error, unchanged",
        cause="a try ... except hides what went wrong",
        next_step="leave the except away; a with block cleans up by itself",
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
        demand_gradient(got, recorded[name], kind)
        demand_no_hooks(model, "afterwards")
    if not relu[1].inplace:
        raise Wrong(
            got="the model was changed: its ReLU has inplace=False now",
            wanted="the model as it was",
            cause="you mended the patient's neighbour instead of the hook",
            next_step="leave the model alone; hang a tensor hook on the layer's output",
        )


def demand_gradient(got: object, wanted: Tensor, kind: str) -> None:
    """Raise Wrong unless this is the gradient with respect to what the layer returned."""
    if isinstance(got, Tensor) and got.shape == wanted.shape and torch.allclose(got, wanted):
        return
    if not isinstance(got, Tensor):
        cause, step = f"it is of type {type(got).__name__}, not a tensor", "return the gradient itself"
    elif got.shape != wanted.shape:
        cause, step = "this is not the gradient of the layer's output: its shape differs", "hook the output"
    else:
        cause = "this is the gradient after the in-place operation: retain_grad follows the tensor to its new value"
        step = "use output.register_hook in a forward hook: it stays with the value that the layer returned"
    raise Wrong(
        got=tuple(got.shape) if isinstance(got, Tensor) else got,
        wanted=f"the gradient of the layer's output, shape {tuple(wanted.shape)}, with {kind}",
        cause=cause,
        next_step=step,
    )


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
