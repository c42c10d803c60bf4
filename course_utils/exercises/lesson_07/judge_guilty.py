"""The judge of exercise 07.4: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises import guard
from course_utils.exercises.diagnosis.functions import demand_parameters
from course_utils.exercises.diagnosis.hooks_left import demand_no_hooks
from course_utils.exercises.exercise import Wrong
from course_utils.hooks import count_hooks

__all__ = ["judge_guilty"]


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
