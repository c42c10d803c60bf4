"""The networks that exercise 06.4 asks about, and how far a logit falls without each of their channels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.exercises.lesson_06.networks import seeded
from course_utils.hooks import mask_channels

__all__ = ["drops_of", "masked_logits", "needed_cases"]


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


# (seed, images, layer, class): in these networks each slip of `needed_slips` gives other channels than all the others
SEEDS = ((19, 4, "2", 2), (3, 3, "0", 0), (6, 3, "0", 0), (3, 4, "2", 1), (19, 3, "0", 1), (20, 4, "2", 0))


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
