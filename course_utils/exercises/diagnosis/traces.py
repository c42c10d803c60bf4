"""Demand that a call leaves nothing behind: on the network, in the pictures, and no error swallowed."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.exercise import Wrong
from course_utils.hooks import count_hooks

__all__ = ["Traces", "demand_error_passed_on", "demand_same_pictures"]


class Traces:
    """What a network was like before a call, and what a call has changed; other people's hooks included."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network
        self.handle = next(network.children()).register_forward_hook(lambda module, args, output: None)
        self.modes = {name: module.training for name, module in network.named_modules()}
        self.values = {name: value.detach().clone() for name, value in network.state_dict().items()}
        self.flags = {name: p.requires_grad for name, p in network.named_parameters()}
        self.grads = {name: None if p.grad is None else p.grad.clone() for name, p in network.named_parameters()}

    def demand_none(self, gradients: bool = True) -> None:
        """Raise `Wrong` if there is a trace; ``gradients`` says whether a filled `.grad` counts."""
        self._demand_hooks()
        self._demand_modes()
        if gradients:
            self._demand_gradients()
        changed = [
            name for name, value in self.network.state_dict().items() if not torch.equal(value, self.values[name])
        ]
        if changed:
            _left(
                f"{changed[0]} of the network has other numbers now",
                "the network's own numbers were changed: by training, or by batch normalisation in train mode",
                "leave the parameters alone, and call no train()",
            )
        frozen = [name for name, p in self.network.named_parameters() if p.requires_grad != self.flags[name]]
        if frozen:
            _left(
                f"{frozen[0]} records {'gradients' if not self.flags[frozen[0]] else 'no gradients any more'}",
                "requires_grad_(False) froze the parameters for good: the next training step would learn nothing",
                "leave the parameters' requires_grad alone; torch.autograd.grad asks only for what you name",
            )

    def end(self) -> None:
        """Take the foreign hook off again."""
        self.handle.remove()

    def _demand_hooks(self) -> None:
        left = count_hooks(self.network)
        if left > 1:
            _left(
                f"{left - 1} hooks are left on the network" if left > 2 else "1 hook is left on the network",
                "a handle was never removed, so the hook stays and each call adds another one (`handle.remove` "
                "without brackets removes nothing)",
                "open the hook in a with block: with layer.register_forward_hook(...): ...",
            )
        if left < 1:
            _left(
                "a hook that was there before is gone",
                "all hooks were cleared, also those that somebody else had put on",
                "remove only your own handle",
            )

    def _demand_modes(self) -> None:
        other = [name for name, module in self.network.named_modules() if module.training != self.modes[name]]
        if other:
            mode = "eval" if self.modes[other[0]] else "train"
            _left(
                f"{other[0] or 'the network'} is in {mode} mode now",
                f"{mode}() was called and not undone: dropout and batch normalisation now work otherwise",
                "leave the mode as it is",
            )

    def _demand_gradients(self) -> None:
        for name, p in self.network.named_parameters():
            before = self.grads[name]
            if before is None and p.grad is not None:
                _left(
                    "the parameters' .grad were filled",
                    "backward() writes into .grad, and it writes into every .grad: that would spoil a training step",
                    "ask torch.autograd.grad(score, tensor)[0] instead",
                    wanted="the parameters' .grad as before",
                )
            if before is not None and (p.grad is None or not p.grad.any()):
                _left(
                    "gradients that waited in .grad are gone",
                    "zero_grad() wiped gradients that waited for their optimizer's step",
                    "leave backward() and zero_grad() away: torch.autograd.grad writes into no .grad",
                    wanted="every .grad as it was",
                )
            if before is not None and not torch.equal(p.grad, before):
                _left(
                    "gradients that waited in .grad have changed",
                    "backward() added to gradients that waited for their optimizer's step",
                    "ask torch.autograd.grad(score, tensor)[0] instead",
                    wanted="every .grad as it was",
                )


def _left(got: str, cause: str, step: str, wanted: str = "the network as it was") -> None:
    raise Wrong(got=got, wanted=wanted, cause=cause, next_step=step)


def demand_same_pictures(images: Tensor, kept: Tensor) -> None:
    """Raise `Wrong` if the caller's pictures were marked or overwritten."""
    if images.requires_grad or not torch.equal(images, kept):
        raise Wrong(
            got="the caller's pictures were changed (requires_grad, or their numbers)",
            wanted="the pictures as they were",
            cause="requires_grad_() and other names that end in an underscore work in place",
            next_step="start from images.clone().requires_grad_()",
        )


def demand_error_passed_on(call: Callable[[], object], error: type[Exception]) -> None:
    """Raise `Wrong` if a call that must fail, because the network does, returns as if nothing had happened."""
    try:
        call()
    except error:
        return
    except Exception:  # noqa: BLE001 - another error tells as much: the failure is not hidden
        return
    raise Wrong(
        got="an answer, although the network itself raised an error",
        wanted="the network's own error, passed on",
        cause="the error was caught and swallowed (try/except), so nobody learns that the network failed",
        next_step="leave the except away; `finally:` tidies up and lets the error pass",
    )
