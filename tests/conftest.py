"""Small real things that many tests share."""

from __future__ import annotations

import os
import threading

import matplotlib as mpl
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

mpl.use("Agg")
os.environ.setdefault("COURSE_PROGRESS", "")


@pytest.fixture(autouse=True)
def _lock_of_progress_bars():
    """Tests press Ctrl-C at any moment; inside tqdm that can leave its lock taken, and a later thread would wait."""
    tqdm.set_lock(threading.RLock())


class TinyCNN(nn.Module):
    """conv1 → relu → conv2 → mean → fc; what each test of hooks and maps runs in a millisecond."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(4, 6, 3, padding=1, stride=2)
        self.fc = nn.Linear(6 * 4 * 4, 5)

    def forward(self, images):
        x = self.relu(self.conv1(images))
        return self.fc(F.relu(self.conv2(x)).flatten(1))


@pytest.fixture
def tiny_cnn():
    """Weights from a fixed seed; 8x8 pictures in, five logits out."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return TinyCNN()


@pytest.fixture
def tiny_images():
    """Four seeded pictures, (4, 3, 8, 8) in [0, 1]."""
    return torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(1))
