"""What exercise 06.4 demands: the number of the channel that a class needs most, and a model that stays as it was."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.hooks_left import demand_no_hooks
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_06.needed_channels import drops_of, needed_cases
from course_utils.exercises.lesson_06.needed_slips import why_another_channel

__all__ = ["judge_needed"]


def judge_needed(most_needed: Callable[[nn.Module, str, Tensor, int], int]) -> None:
    """Ask for the channel in several networks, and compare with what the usual slips would give in all of them."""
    cases, answers = needed_cases(), []
    for model, layer, images, class_index in cases:
        before, modes = state_of(model), [module.training for module in model.modules()]
        got = most_needed(model, layer, images.clone(), class_index)
        demand_no_hooks(model, "after the call")
        demand_as_it_was(model, before, modes)
        answers.append(demand_channel_number(got, drops_of(model, layer, images, class_index)))
    wanted = [int(drops_of(*case).argmax()) for case in cases]
    if answers == wanted:
        return
    first = next(number for number, (a, b) in enumerate(zip(answers, wanted, strict=True)) if a != b)
    _, layer, images, class_index = cases[first]
    drops = [round(drop, 3) for drop in drops_of(*cases[first]).tolist()]
    cause, next_step = why_another_channel(answers, cases) or (
        f"right in {sum(map(int.__eq__, answers, wanted))} of {len(cases)} cases; these are not the drops of one "
        f"channel at a time, of this class, over all images: {told_drop(answers[first], drops)}",
        "open the mask inside the loop, so that it ends before the next begins; average over the images",
    )
    raise Wrong(
        got=f"{answers[first]} (layer {layer!r}, {len(images)} images, class {class_index})",
        wanted=f"{wanted[first]}; the drops are {drops}",
        cause=cause,
        next_step=next_step,
    )


def told_drop(channel: int, drops: list[float]) -> str:
    """Return what happens without this channel, in words."""
    if channel not in range(len(drops)):
        return f"the layer has no channel {channel}, only 0 to {len(drops) - 1}"
    return f"without channel {channel} the mean logit falls by {drops[channel]:g} only"


def state_of(model: nn.Module) -> list[Tensor]:
    """Return a copy of all weights."""
    return [parameter.detach().clone() for parameter in model.parameters()]


def demand_as_it_was(model: nn.Module, weights: list[Tensor], modes: list[bool]) -> None:
    """Raise Wrong if the model's weights or its mode have changed."""
    same = all(torch.equal(a, b) for a, b in zip(weights, model.parameters(), strict=True))
    if same and modes == [module.training for module in model.modules()]:
        return
    raise Wrong(
        got="a model in another mode than before" if same else "a model with other weights",
        wanted="the model as it was",
        cause="`model.eval()` or `model.train()` stays after the call"
        if same
        else "the channel was cut out of the weights, and they are still gone",
        next_step="leave the mode to the caller"
        if same
        else "mask the layer's output instead: the mask goes with its block",
    )


def demand_channel_number(got: object, drops: Tensor) -> int:
    """Return the answer as an int, or raise Wrong if it is no number of a channel."""
    got = got.item() if isinstance(got, Tensor) and got.numel() == 1 else got
    got = got.item() if hasattr(got, "item") and not isinstance(got, Tensor) else got
    if isinstance(got, int) and not isinstance(got, bool):
        return got
    cause, next_step = f"it is of type {type(got).__name__}, not a channel number", "return the index, an int"
    if got is None:
        cause, next_step = "it is None: is there a return?", "return the number of the channel"
    elif isinstance(got, float):
        cause += ": this is how large the drop or the logit is, not where it is"
    elif isinstance(got, list | tuple | Tensor) and len(got) == len(drops):
        cause += ": all channels came; hand in the one that is needed most"
    elif isinstance(got, list | tuple):
        cause += ": more than the number came; hand in the number alone"
    elif isinstance(got, str):
        cause += ": a number in a text"
    raise Wrong(got=got, wanted=f"{int(drops.argmax())}, the number of a channel", cause=cause, next_step=next_step)
