"""The judge of exercise 06.4: what it accepts, and why another answer is wrong."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.diagnosis.hooks_left import demand_no_hooks
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_06.networks import seeded
from course_utils.hooks import mask_channels, record_outputs

__all__ = ["judge_needed"]


def needs_one_channel() -> tuple[nn.Module, Tensor]:
    """Return a network with weights set by hand: class 0 lives on channel 2, class 1 on channel 0 and against 1.

    Channel 3 has a bias of its own: with its weights at 0 it is not silent.
    """
    model = nn.Sequential(nn.Conv2d(1, 4, 1), nn.Flatten(), nn.Linear(4, 2, bias=False))
    with torch.no_grad():
        model[0].weight.copy_(torch.ones(4, 1, 1, 1))
        model[0].bias.copy_(torch.tensor([0.0, 0.0, 0.0, 2.0]))
        model[2].weight.copy_(torch.tensor([[1.0, -2.0, 5.0, 0.5], [3.0, -9.0, 1.0, 1.5]]))
    return model, torch.ones(6, 1, 1, 1)


def needed_cases() -> list[tuple[nn.Module, str, Tensor, int]]:
    """Return (model, layer, images, class): by hand first, then small random networks."""
    by_hand, ones = needs_one_channel()
    cases = [(by_hand, "0", ones, 0), (by_hand, "0", ones, 1)]
    for seed, count, layer, class_index in SEEDS:
        model = seeded(
            lambda: nn.Sequential(
                nn.Conv2d(1, 6, 2), nn.ReLU(), nn.Conv2d(6, 5, 1), nn.ReLU(), nn.Flatten(), nn.Linear(45, 3)
            ),
            seed,
        )
        images = torch.randn((count, 1, 4, 4), generator=torch.Generator().manual_seed(seed)) * 2
        cases.append((model.train(seed != 3), layer, images, class_index))
    return cases


# (seed, images, layer, class): in these networks each slip of `slips_of` gives other channels than all the others
SEEDS = ((19, 4, "2", 2), (3, 3, "0", 0), (6, 3, "0", 0), (3, 4, "2", 1), (19, 3, "0", 1), (20, 4, "2", 0))


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


@torch.no_grad()
def masked_logits(model: nn.Module, layer: str, images: Tensor, groups: list[list[int]]) -> Tensor:
    """Return the logits (G, N, C) with each group of channels masked."""
    rows = []
    for group in groups:
        with mask_channels(model, layer, group):
            rows.append(model(images))
    return torch.stack(rows)


def drops_of(model: nn.Module, layer: str, images: Tensor, class_index: int) -> Tensor:
    """Return by how much the class's mean logit falls when each channel is masked, (K,)."""
    channels = model.get_submodule(layer).out_channels
    masked = masked_logits(model, layer, images, [[channel] for channel in range(channels)])
    with torch.no_grad():
        return model(images)[:, class_index].mean() - masked[:, :, class_index].mean(1)


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
