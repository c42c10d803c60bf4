"""No hook outlives its block, wherever and whenever it is interrupted."""

from __future__ import annotations

import gc
import multiprocessing
import random
import signal
import sys
import time
from contextlib import suppress
from functools import partial

import pytest
import torch
from torch import nn

from course_utils import hooks
from course_utils.hooks import count_hooks, hooked, record_gradients, record_outputs, trace_everything, trace_hooks
from course_utils.hooks.lifetime import attached


class Small(nn.Module):
    """Two layers, one of which can be told to fail."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 3)
        self.error = None

    def forward(self, x):
        x = self.first(x)
        if self.error:
            raise self.error
        return self.second(x)


DOORS = {
    "hooked": lambda model: hooked(model.first, lambda *_: None),
    "record_outputs": lambda model: record_outputs(model, "first", "second"),
    "record_gradients": lambda model: record_gradients(model, "first", "second"),
    "mask_channels": lambda model: hooks.mask_channels(model, "first", 0),
    "trace_hooks": lambda model: trace_hooks(model),
    "trace_everything": lambda model: trace_everything(model),
}
X = torch.ones(2, 3, requires_grad=True)


def use(door, model):
    with DOORS[door](model):
        model(X).sum().backward()


def seconds(door, model):
    started = time.perf_counter()
    use(door, model)
    return time.perf_counter() - started


def assert_nothing_left(model):
    assert count_hooks(model) == 0
    assert model._is_full_backward_hook is None
    with pytest.raises(RuntimeError):  # the stack of saved-tensor hooks is as empty as before
        torch._C._autograd._pop_saved_tensors_default_hooks()
    with pytest.raises(RuntimeError):
        torch._C._autograd._pop_node_creation_hook()


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_left_after_a_thousand_random_failures(door):
    """Failures in the forward pass, in a hook, in the backward pass and in the block, one after the other."""
    model, order = Small(), random.Random(0)

    def fail(*args):
        raise order.choice([ValueError, KeyboardInterrupt, MemoryError])("boom")

    for _ in range(1000):
        place = order.choice(["forward", "hook", "backward", "block"])
        model.error = ValueError("boom") if place == "forward" else None
        own = hooked(model.second, fail if place == "hook" else (lambda *_: None))
        with suppress(ValueError, KeyboardInterrupt, MemoryError), own, DOORS[door](model):
            output = model(X)
            if place == "backward":
                output.register_hook(fail)
            output.sum().backward()
            fail()
        assert count_hooks(model) == 0
    assert_nothing_left(model)


class Interrupter:
    """Raises KeyboardInterrupt at the n-th instruction that Python runs inside the hooks room."""

    def __init__(self, n):
        self.left = n

    def __call__(self, frame, event, arg):
        if "course_utils/hooks" not in frame.f_code.co_filename.replace("\\", "/"):
            return None
        frame.f_trace_opcodes = True
        if event != "return":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def interrupt_every_instruction(door):
    """Every single instruction once: this ends when the whole block ran without meeting the n-th."""
    n = 0
    while True:
        n += 1
        model, interrupter = Small(), Interrupter(n)
        with suppress(KeyboardInterrupt):
            try:
                sys.settrace(interrupter)
                with DOORS[door](model):
                    pass
            finally:
                sys.settrace(None)
        assert_nothing_left(model)
        if interrupter.left > 0:
            break
    assert n > 100


@pytest.mark.parametrize("door", ["hooked", "record_outputs"])
def test_nothing_is_left_wherever_an_instruction_of_ours_is_interrupted(door):
    """In a process of its own: after another test has sent an exception to a thread, tracing hangs in Python 3.11."""
    child = multiprocessing.get_context("spawn").Process(target=interrupt_every_instruction, args=(door,))
    child.start()
    child.join()
    assert child.exitcode == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it may ring in a destructor
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a POSIX timer")
@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_left_when_ctrl_c_comes_at_a_random_microsecond(door):
    """A real signal, 2,000 times. The error is held while we look: nothing may wait for the garbage collector."""
    model, order, interrupted = Small(), random.Random(0), 0
    duration = min(seconds(door, model) for _ in range(20))
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for _ in range(2000):
            held = None
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-6 + order.random() * duration * 1.5)
                use(door, model)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt as error:
                held = error
            signal.setitimer(signal.ITIMER_REAL, 0)
            interrupted += held is not None
            assert count_hooks(model) == 0
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert_nothing_left(model)
    assert interrupted > 100, "the timer hardly ever rang inside the block"


def test_a_block_that_is_never_entered_undoes_nothing():
    """Ctrl-C may come between making the block and entering it; its destructor must not run the undo then."""
    undone = []
    block = attached([], None, undo=[partial(undone.append, "undone")])
    del block
    gc.collect()
    assert undone == []
