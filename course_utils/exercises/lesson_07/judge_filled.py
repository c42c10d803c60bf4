"""What exercise 07.6 demands: the events of the panel's step at which the first and the last .grad are filled."""

from __future__ import annotations

from collections import OrderedDict
from functools import cache

import torch
from torch import nn

from course_utils.exercises import findings
from course_utils.exercises.exercise import Wrong
from course_utils.firing_order import KINDS
from course_utils.hooks import Event, trace_hooks

__all__ = ["judge_filled"]


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
