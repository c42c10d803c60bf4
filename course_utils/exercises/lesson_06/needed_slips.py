"""The usual slips in exercise 06.4: which channel each of them gives, and what to do instead."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.exercises.lesson_06.needed_channels import masked_logits
from course_utils.hooks import record_outputs

__all__ = ["why_another_channel"]

Case = tuple[nn.Module, str, Tensor, int]


def why_another_channel(answers: list[int], cases: list[Case]) -> tuple[str, str] | None:
    """Return (cause, next step) of the slip that would give just these answers."""
    tried: dict[str, list[int]] = {}
    for case in cases:
        for cause, number in slips_of(*case).items():
            tried.setdefault(cause, []).append(number)
    for cause, numbers in tried.items():
        if numbers == answers:
            said, _, step = cause.partition(" -> ")
            return said, step
    if set(answers) == {0}:
        return (
            "the answer is 0 for every network: all drops are the same (the logits were taken outside the block of the "
            "mask, or the mask changes nothing), or the loop ends in its first round",
            "take the logits inside the block of the mask; a hook that masks must return the changed output",
        )
    if len(set(answers)) == 1:
        return f"the answer is {answers[0]} for every network: a fixed number", "work it out from what comes in"
    return None


BEST = "look for the channel without which the logit is lowest"

EVERY = "take logits[:, class_index] and the mean over all images"


@torch.no_grad()
def slips_of(model: nn.Module, layer: str, images: Tensor, class_index: int) -> dict[str, int]:
    """Return what the usual slips give: {cause -> next step: channel}."""
    channels = range(model.get_submodule(layer).out_channels)
    plain, one = model(images), masked_logits(model, layer, images, [[k] for k in channels])
    return (
        slips_of_order((plain - one)[:, :, class_index].mean(1), plain[:, class_index].mean())
        | slips_of_reading(plain, one, class_index)
        | slips_of_masking(model, layer, images, class_index)
        | {
            "the weights were set to 0 and the bias stayed: the channel is not silent -> mask the output": int(
                weights_only(model, layer, images)[:, :, class_index].mean(1).argmin()
            ),
            "images were masked, not channels: the channels are the second dimension -> output[:, channel]": int(
                pictures_masked(model, layer, images)[:, :, class_index].mean(1).argmin()
            ),
        }
    )


def slips_of_order(drop: Tensor, mean: Tensor) -> dict[str, int]:
    """Return the slips of those who have the right drops (K,), and take the wrong one."""
    return {
        "without this channel the logit stays highest, or even grows: it is needed least, or speaks against the class"
        " -> " + BEST: int(drop.argmin()),
        "the largest change, up or down, was taken: a drop has a sign, so abs() is wrong here -> " + BEST: int(
            drop.abs().argmax()
        ),
        "the channels are counted from 1 -> PyTorch counts from 0": int(drop.argmax()) + 1,
        "the last channel was never tried -> range(number of channels), without - 1": int(drop[:-1].argmax()),
        "channel 0 was never tried -> begin the range at 0": int(drop[1:].argmax()) + 1,
        "channel 0 was never tried, and the positions are shifted by one -> begin at 0": int(drop[1:].argmax()),
        "the drop was divided by the logit, which may be negative -> compare the drops themselves": int(
            (drop / mean).argmax()
        ),
    }


def slips_of_reading(plain: Tensor, one: Tensor, c: int) -> dict[str, int]:
    """Return the slips of those who mask rightly, and read other numbers than the class's mean logit."""
    falls = {
        "only the first image was looked at": (plain - one)[:, 0, c],
        "only the last image was looked at": (plain - one)[:, -1, c],
        "a row of the logits was taken, one image, where the column of the class was wanted": (plain - one)[
            :, c % plain.shape[0]
        ].mean(1),
        "the logits of all classes were averaged": (plain - one).mean((1, 2)),
        "the logit of class 0 was taken, whatever was asked": (plain - one)[:, :, 0].mean(1),
        "the logit of the next class was taken": (plain - one)[:, :, (c + 1) % plain.shape[1]].mean(1),
        "probabilities (softmax) were compared, not logits": (plain.softmax(1) - one.softmax(2))[:, :, c].mean(1),
        "log-probabilities were compared, not logits": (plain.log_softmax(1) - one.log_softmax(2))[:, :, c].mean(1),
        "the largest logit of each image was taken, whichever class it belongs to": plain.amax(1).mean()
        - one.amax(2).mean(1),
        "the largest logit over the images was taken, not their mean": -one[:, :, c].amax(1),
        "the smallest logit over the images was taken, not their mean": -one[:, :, c].amin(1),
        "the number of recognised images was compared, not the mean logit": -(one.argmax(2) == c).sum(1),
    }
    return {f"{cause} -> {EVERY}": int(fall.argmax()) for cause, fall in falls.items()}


def slips_of_masking(model: nn.Module, layer: str, images: Tensor, c: int) -> dict[str, int]:
    """Return the slips of those who mask something else than one channel."""
    with record_outputs(model, layer) as outputs:
        plain = model(images)
    seen, channels = outputs[layer], range(model.get_submodule(layer).out_channels)
    pile = masked_logits(model, layer, images, [list(range(k + 1)) for k in channels])
    alone = masked_logits(model, layer, images, [[j for j in channels if j != k] for k in channels])
    return {
        "the masks pile up: with each channel all those before it are silent, too -> one channel at a time: open the "
        "mask inside the loop": int(pile[:, :, c].mean(1).argmin()),
        "the masks pile up, and the steps between them were compared -> one channel at a time": int(
            torch.cat([plain[None], pile])[:, :, c].mean(1).diff().argmin()
        ),
        "all channels but this one were masked -> mask the one, keep the others": int(alone[:, :, c].mean(1).argmin()),
        "only this channel was kept, and the highest logit taken -> mask one at a time": int(
            alone[:, :, c].mean(1).argmax()
        ),
        "the strongest channel was taken: its activation says nothing about this class -> mask it, and look at the "
        "logit": int(seen.mean((0, 2, 3)).argmax()),
        "the channel of the largest values was taken -> mask it, and look at the logit": int(
            seen.abs().mean((0, 2, 3)).argmax()
        ),
    }


def weights_only(model: nn.Module, layer: str, images: Tensor) -> Tensor:
    """Return the logits (K, N, C) if each channel keeps its bias and loses its weights."""
    target, rows = model.get_submodule(layer), []
    for channel in range(target.out_channels):
        index = torch.tensor([channel])
        stay = target.bias[channel].item()
        mask = lambda module, args, output, index=index, stay=stay: output.index_fill(1, index, stay)  # noqa: E731
        with target.register_forward_hook(mask):
            rows.append(model(images))
    return torch.stack(rows)


def pictures_masked(model: nn.Module, layer: str, images: Tensor) -> Tensor:
    """Return the logits (K, N, C) if in place of channel k picture k is set to 0, where there is one."""
    target, rows = model.get_submodule(layer), []
    for channel in range(target.out_channels):
        kept = (torch.arange(len(images)) != channel).float().view(-1, 1, 1, 1)
        with target.register_forward_hook(lambda module, args, output, kept=kept: output * kept):
            rows.append(model(images))
    return torch.stack(rows)
