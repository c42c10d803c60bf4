"""The networks whose convolutions exercise 09.2 counts, and what an answer gives for each number."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn

__all__ = ["all_answers", "networks"]


class _Nested(nn.Module):
    """Convolutions at several depths, a transposed one, and one inside a list; none at the top."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.ReLU(), nn.Conv2d(3, 4, 3), nn.MaxPool2d(2))
        self.body = nn.ModuleList([nn.Sequential(nn.BatchNorm2d(4), nn.Conv2d(4, 4, 1)), nn.Conv2d(4, 8, 3)])
        self.grow = nn.ConvTranspose2d(8, 8, 2)
        self.head = nn.Linear(8, 2)
        self.last = nn.Conv2d(8, 2, 1)


def networks() -> Iterator[tuple[str, nn.Module]]:
    """Yield two networks, and what each is called in a message."""
    with torch.random.fork_rng(devices=[]):
        yield (
            "a small VGG",
            nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 4, 3), nn.Conv2d(4, 2, 1)),
        )
        yield "a nested network", _Nested()


def all_answers(nth_convolution: Callable[[nn.Module, int], str], network: nn.Module, count: int) -> list[object]:
    """Return what comes for each number from 1 to ``count``; `IndexError` where the list is too short."""
    found: list[object] = []
    for number in range(1, count + 1):
        try:
            found.append(nth_convolution(network, number))
        except Exception as error:  # noqa: BLE001 - whatever the learner's code raises for another number
            found.append(type(error))
    return found
