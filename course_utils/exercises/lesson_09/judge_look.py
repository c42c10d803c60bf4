"""The judge of exercise 09.4: what it accepts, and why another answer is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.shown import safely
from course_utils.hooks import count_hooks, record_outputs

__all__ = ["judge_look"]


class _Moody(nn.Module):
    """Dropout, batch normalisation and an in-place ReLU behind the layer: each punishes one way to look."""

    def __init__(self) -> None:
        super().__init__()
        self.drop, self.conv = nn.Dropout(0.5), nn.Conv2d(2, 4, 3)
        self.norm, self.relu = nn.BatchNorm2d(4), nn.ReLU(inplace=True)
        self.fails = False

    def forward(self, images: Tensor) -> Tensor:
        """Return (N, 4, h, w)."""
        found = self.relu(self.norm(self.conv(self.drop(images))))
        if self.fails:
            raise FloatingPointError("this network always fails")
        return found


def _moody() -> _Moody:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(9)
        return _Moody()


LOOK_ERRORS = (
    (
        r"list index out of range|object has no attribute 'relu'|KeyError|StopIteration",
        "nothing was recorded: the hook sits on another network than the one that ran (a copy?), is no forward hook, "
        "or does not append the output",
        "register a forward hook on `layer`, append in it, and run `network` itself",
    ),
    (
        r"running_mean should contain|expected input.*channels|shapes cannot be multiplied",
        "the pictures went into the layer directly; in the network other layers stand before it",
        "run the whole network, and listen at the layer with a forward hook",
    ),
    (
        r"<lambda>\(\) takes|missing \d+ required positional",
        "the hook has another number of parameters: a forward hook gets (module, args, output)",
        "write lambda module, args, output: ...",
    ),
    (
        r"name '(model|data|picture|shipped|features)' is not defined",
        "a variable of the notebook is used; the function knows the network as `network`, and the pictures as `images`",
        "use the three parameters",
    ),
    (
        r"Can't call numpy",
        "the record hangs on a graph, and numpy() does not take it; a tensor is asked for",
        "store output.detach().clone()",
    ),
)


def judge_look(look: Callable[[nn.Module, str | nn.Module, Tensor], Tensor]) -> None:
    """The right maps, twice the same; flags, statistics, hooks, gradient switch as before, after an error too."""
    images = torch.rand(3, 2, 6, 6, generator=torch.Generator().manual_seed(9))
    cases = ("norm", True, False), ("conv", False, False), ("norm", False, False), ("conv", True, True)
    for name, training, dropping in cases:
        network = _moody().train(training)
        network.drop.train(dropping)  # a network that is partly in training: each layer gets its own flag back
        network.relu.train()
        flags, state = _flags(network), {key: value.clone() for key, value in network.state_dict().items()}
        layer = network.get_submodule(name)  # a module, as the starter takes it
        with _foreign_hook(layer) as still_there:
            got = tried(judge_look, look, (network, layer, images), "the maps of the layer, a tensor", *LOOK_ERRORS)
            _demand_nothing_left(network, "after the call", still_there())
            _demand_state(network, state, flags)
            _demand_switch()
            _demand_maps(got, look, name, images)
            again = look(network, layer, images)
        if not isinstance(again, Tensor) or not torch.equal(got, again):
            raise Wrong(
                got="other maps at the second look",
                wanted="the same maps, for the same pictures",
                cause="dropout or batch normalisation is still in train mode",
                next_step="call network.eval() before the pictures go in",
            )
    _judge_failure(look, images)


@contextmanager
def _foreign_hook(layer: nn.Module) -> Iterator[Callable[[], bool]]:
    """Put somebody else's hook on the layer; yield a function that says whether it is still there."""
    with layer.register_forward_hook(lambda module, args, output: None) as handle:
        yield lambda: handle.id in layer._forward_hooks


def _demand_switch() -> None:
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)
        raise Wrong(
            got="gradients are switched off for the whole notebook after the call",
            wanted="the switch as it was",
            cause="torch.set_grad_enabled(False), called as a function, lasts: every later backward() would fail",
            next_step="use `with torch.no_grad():`, which ends with its block",
        )


def _flags(network: nn.Module) -> dict[str, bool]:
    return {name: module.training for name, module in network.named_modules()}


def _demand_maps(got: object, look: Callable[..., Tensor], name: str, images: Tensor) -> None:
    """Raise Wrong unless ``got`` is what the layer returns in eval mode, as a tensor without a graph."""
    wanted = _recorded(name, images)
    if not isinstance(got, Tensor):
        cause = "the function returns None: is there a return?" if got is None else _why_no_maps(got)
        raise Wrong(got=got, wanted="the maps, a tensor", cause=cause, next_step="return what the layer returned")
    if got.requires_grad:
        raise Wrong(
            got=f"maps that hang on a graph ({got.grad_fn.name() if got.grad_fn else 'they require a gradient'})",
            wanted="maps without a graph",
            cause="the network ran with gradients, and the record was not detached: every record keeps its graph",
            next_step="run under torch.no_grad(), or store output.detach().clone()",
        )
    if got.shape == wanted.shape and torch.allclose(got, wanted, atol=1e-5):
        return
    cause = _why_other_maps(got, wanted, look, name, images)
    raise Wrong(got=got, wanted=wanted, cause=cause, next_step="eval(), then look, then copy")


def _recorded(name: str, images: Tensor) -> Tensor:
    fresh = _moody().eval()
    with torch.no_grad(), record_outputs(fresh, name) as outputs:
        fresh(images)
    return outputs[name]


def _why_no_maps(got: object) -> str:
    if isinstance(got, list | tuple):
        if not got:
            return "an empty list came: nothing was recorded, because the hook returns its copy and appends nothing"
        return f"the {type(got).__name__} of all records came; the maps of one layer are a tensor, its first element"
    if isinstance(got, dict):
        return "the dictionary of records came; the maps of one layer are a tensor, its value"
    if isinstance(got, np.ndarray):
        return "a NumPy array came; the maps of one layer are a tensor"
    return f"something of type {type(got).__name__} came; the maps of one layer are a tensor"


def _why_other_maps(got: Tensor, wanted: Tensor, look: Callable[..., Tensor], name: str, images: Tensor) -> str:
    for cause, value in _other_maps(name, images, wanted).items():
        if same_relative(got, value):
            return cause
    if got.shape == wanted[:1].shape and same_relative(got, wanted[:1]):
        return "only the first picture's maps came, (1, K, h, w): the pictures went in one by one, or only one went in"
    if got.shape != wanted.shape:
        return f"this is not the whole output of the layer for the batch: {tuple(got.shape)}, not {tuple(wanted.shape)}"
    if same_relative(got, wanted.relu()):
        return _why_no_negative(look, images)
    for how, other in {"divided by 255": images / 255, "normalised": (images - 0.5) / 0.5}.items():
        if same_relative(got, _recorded(name, other)):
            return f"the pictures were {how} before they went in; the network takes them as they come"
    told = "these maps depend on dropout or on the batch: the network looked in train mode, without eval()"
    found = why_other_values(got, wanted, {}, {}, told)
    return told if told in found else found


def _why_no_negative(look: Callable[..., Tensor], images: Tensor) -> str:
    """Tell a ReLU of the learner's own from one that has overwritten the record: only the first cuts at conv."""
    network = _moody().eval()
    at_conv = safely(lambda: look(network, network.conv, images), None)
    with torch.no_grad():
        result = _moody().eval()(images)
    if isinstance(at_conv, Tensor) and same_relative(at_conv, result):
        return "the output of the whole network came, not that of the layer"
    if isinstance(at_conv, Tensor) and float(at_conv.min()) >= 0:
        return "the negative numbers are gone: ReLU was applied to the record; the layer's own output is asked for"
    return (
        "the negative numbers are gone: an in-place ReLU behind the layer has overwritten the record, "
        "because detach() shares memory; store detach().clone()"
    )


def _other_maps(name: str, images: Tensor, wanted: Tensor) -> dict[str, Tensor]:
    """Return what else people hand in: an input, another layer, the network's output, a part, a mean."""
    fresh = _moody().eval()
    with torch.no_grad(), record_outputs(fresh, "conv") as outputs:
        result = fresh(images)
    before = images if name == "conv" else outputs["conv"]
    return {
        "what went *into* the layer came, not what came out: args[0] or a pre-hook in place of output": before,
        "only the first picture came: one [0] too many": wanted[0],
        "only the last picture came": wanted[-1],
        "only the first channel came": wanted[:, 0],
        "only the first picture came, and its first channel": wanted[0, 0],
        "the pictures were averaged": wanted.mean(dim=0),
        "one number for each channel came (the mean); the whole maps were asked for": wanted.mean(dim=(2, 3)),
        "one number for each channel came (the peak); the whole maps were asked for": wanted.amax(dim=(2, 3)),
        "the output of the whole network came, not that of the layer": result if name == "conv" else result + torch.nan,
    }


def _demand_nothing_left(network: nn.Module, when: str, foreign: bool | None = None) -> None:
    if foreign is False:
        raise Wrong(
            got=f"a hook that somebody else had put on is gone {when}",
            wanted="the network as it was",
            cause="all hooks of the layer were cleared, not only your own",
            next_step="remove only your own handle: handle.remove()",
        )
    left = count_hooks(network) - bool(foreign)
    if left:
        raise Wrong(
            got=f"{left} hook{'s' * (left > 1)} on the network {when}",
            wanted="none",
            cause="register_forward_hook without remove(): the hook stays, and each call adds one (`handle.remove` "
            "without brackets removes nothing)"
            + ("; after an error the line with remove() is never reached" if "error" in when else ""),
            next_step="use `with layer.register_forward_hook(...):`, or record_outputs",
        )


def _demand_state(network: nn.Module, state: dict[str, Tensor], flags: dict[str, bool]) -> None:
    changed = [key for key, value in network.state_dict().items() if not torch.equal(value, state[key])]
    if changed:
        raise Wrong(
            got=f"{changed[0]} of the network has changed",
            wanted="the network as it was",
            cause="in train mode batch normalisation remembers every picture it sees, also under no_grad: "
            "looking without eval() changes the network",
            next_step="call network.eval() before the pictures go in",
        )
    other = [name for name, training in _flags(network).items() if training != flags[name]]
    if other:
        left_in = "train" if _flags(network)[other[0]] else "eval"
        raise Wrong(
            got=f"{other[0] or 'the network'} is left in {left_in} mode",
            wanted="each layer in the mode it was in",
            cause="eval() was not undone"
            if left_in == "eval"
            else "network.train() switches *all* layers on, also those that were off before",
            next_step="note module.training for each of network.modules() first, and put each back in `finally`",
        )


def _judge_failure(look: Callable[..., Tensor], images: Tensor) -> None:
    network = _moody().train()
    network.fails = True
    flags = _flags(network)
    try:
        look(network, network.conv, images)
    except FloatingPointError:
        _demand_nothing_left(network, "after an error in the network")
        if _flags(network) != flags:
            raise Wrong(
                got="after an error, the network stays in eval mode",
                wanted="each layer in the mode it was in, after an error too",
                cause="the lines that put the modes back were never reached",
                next_step="put them into `finally:`",
            ) from None
        return
    raise Wrong(
        got="no error, although the network raised one",
        wanted="the network's own error, passed on",
        cause="the error was caught and swallowed, so nobody learns that the network failed",
        next_step="leave out `except`; `finally` puts things back and lets the error go on",
    )
