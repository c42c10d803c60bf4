"""`fit` beside the loop of the tutorials, and beside the bare arithmetic on tensors in memory."""

from __future__ import annotations

import torch
from PIL import Image
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from course_utils.datasets import LabeledImages, shapes10
from course_utils.models import SimpleCNN
from course_utils.training import fit
from tests.bench.stopwatch import medians, report

COUNT = 2560


class PicturesFromDisk(Dataset):
    """What a tutorial's data set does for each picture: PIL, crop, flip, to tensor, normalise."""

    def __init__(self, data: LabeledImages) -> None:
        self.pictures = [Image.fromarray(i) for i in (data.images * 255).byte().permute(0, 2, 3, 1).numpy()]
        self.labels = data.labels
        self.change = transforms.Compose(
            [
                transforms.RandomCrop(32, padding=4),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize((0.5,) * 3, (0.5,) * 3),
            ]
        )

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.change(self.pictures[index]), self.labels[index]


def tutorial_loop(data: PicturesFromDisk) -> None:
    """Batch 64, shuffled, two workers, Adam."""
    model = SimpleCNN()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for images, labels in DataLoader(data, batch_size=64, shuffle=True, num_workers=2):
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()


def bare_loop(data: LabeledImages) -> None:
    """Forward, backward, step on tensors in memory: what cannot be saved."""
    model = SimpleCNN()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, fused=True)
    images = data.images.contiguous(memory_format=torch.channels_last)
    for start in range(0, len(images), 128):
        optimizer.zero_grad()
        F.cross_entropy(model(images[start : start + 128]), data.labels[start : start + 128]).backward()
        optimizer.step()


def main() -> None:
    """Print one table: seconds for one epoch of the same pictures."""
    data = shapes10(COUNT)
    from_disk = PicturesFromDisk(data)
    routines = {
        "bare forward + backward + step": lambda: bare_loop(data),
        "fit, without augmentation": lambda: fit(SimpleCNN(), data, epochs=1, augment=None, device="cpu"),
        "fit": lambda: fit(SimpleCNN(), data, epochs=1, device="cpu"),
        "the tutorials' loop": lambda: tutorial_loop(from_disk),
    }
    report(f"one epoch of {COUNT} pictures, SimpleCNN", medians(routines, 7, warm_up=1), "s", 1.0)
