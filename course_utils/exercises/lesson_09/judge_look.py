"""What exercise 09.4 demands: the maps of a layer as in eval mode, and the network as it was, after an error too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_09.look_network import maps_in_eval_mode, moody_network, training_flags
from course_utils.exercises.lesson_09.look_slips import LOOK_ERRORS, why_no_maps, why_other_maps
from course_utils.hooks import count_hooks

__all__ = ["judge_look"]


def judge_look(look: Callable[[nn.Module, str | nn.Module, Tensor], Tensor]) -> None:
    """The right maps, twice the same; flags, statistics, hooks, gradient switch as before, after an error too."""
    images = torch.rand(3, 2, 6, 6, generator=torch.Generator().manual_seed(9))
    cases = ("norm", True, False), ("conv", False, False), ("norm", False, False), ("conv", True, True)
    for name, training, dropping in cases:
        network = moody_network().train(training)
        network.drop.train(dropping)  # a network that is partly in training: each layer gets its own flag back
        network.relu.train()
        flags, state = training_flags(network), {key: value.clone() for key, value in network.state_dict().items()}
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


def _demand_maps(got: object, look: Callable[..., Tensor], name: str, images: Tensor) -> None:
    """Raise Wrong unless ``got`` is what the layer returns in eval mode, as a tensor without a graph."""
    wanted = maps_in_eval_mode(name, images)
    if not isinstance(got, Tensor):
        cause = "the function returns None: is there a return?" if got is None else why_no_maps(got)
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
    cause = why_other_maps(got, wanted, look, name, images)
    raise Wrong(got=got, wanted=wanted, cause=cause, next_step="eval(), then look, then copy")


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
    other = [name for name, training in training_flags(network).items() if training != flags[name]]
    if other:
        left_in = "train" if training_flags(network)[other[0]] else "eval"
        raise Wrong(
            got=f"{other[0] or 'the network'} is left in {left_in} mode",
            wanted="each layer in the mode it was in",
            cause="eval() was not undone"
            if left_in == "eval"
            else "network.train() switches *all* layers on, also those that were off before",
            next_step="note module.training for each of network.modules() first, and put each back in `finally`",
        )


def _judge_failure(look: Callable[..., Tensor], images: Tensor) -> None:
    network = moody_network().train()
    network.fails = True
    flags = training_flags(network)
    try:
        look(network, network.conv, images)
    except FloatingPointError:
        _demand_nothing_left(network, "after an error in the network")
        if training_flags(network) != flags:
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
