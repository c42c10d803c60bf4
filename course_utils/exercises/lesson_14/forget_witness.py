"""The network of exercise 14.3, and the witness that explains it and remembers what it was asked."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from course_utils.exercises.exercise import Wrong

__all__ = ["Last", "Small", "Witness", "changed", "has_forgotten"]


class Last(nn.Linear):
    """A last layer that counts how often it, or a copy of it, is made to forget."""

    resets = 0

    def reset_parameters(self) -> None:
        type(self).resets += 1
        super().reset_parameters()


class Small(nn.Module):
    """A network with a last layer called fc2; knows nothing of the course."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3 * 16, 8), Last(8, 5)

    def forward(self, images: Tensor) -> Tensor:
        return self.fc2(self.fc1(images.flatten(1)).relu())


class Witness:
    """Explains by the gradient, and remembers which networks were asked about which classes."""

    def __init__(self) -> None:
        self.calls: list[tuple[nn.Module, Tensor]] = []  # the network as it was in this moment, and the classes

    def __call__(self, model: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
        classes = _demand_classes(classes, len(images))
        self.calls.append((copy.deepcopy(model), classes))
        pixels = images.detach().clone().requires_grad_()
        with torch.enable_grad():
            score = model(pixels).gather(1, classes[:, None]).sum()
        return torch.autograd.grad(score, pixels)[0].abs().amax(dim=1)


def _demand_classes(classes: object, count: int) -> Tensor:
    classes = torch.as_tensor(classes)
    if classes.ndim == 0 and not classes.is_floating_point():
        return classes.long().expand(count)
    if classes.is_floating_point() or classes.ndim != 1:
        raise Wrong(
            got=f"classes of shape {tuple(classes.shape)}, {str(classes.dtype).removeprefix('torch.')}",
            wanted=f"{count} class numbers, one for each picture",
            cause="the logits or probabilities went to explain; it wants the numbers of the classes",
            next_step="classes = model(images).argmax(dim=1)",
        )
    if len(classes) != count:
        raise Wrong(
            got=f"{len(classes)} classes for {count} pictures",
            wanted="one class for each picture",
            cause="argmax ran along another axis than that of the classes (dim=1)",
            next_step="classes = model(images).argmax(dim=1)",
        )
    return classes.long()


def has_forgotten(network: nn.Module, before: dict[str, Tensor]) -> bool:
    """Return whether the last layer has other weights than ``before``."""
    return not torch.equal(network.fc2.weight, before["fc2.weight"])


def changed(network: nn.Module, before: dict[str, Tensor]) -> list[str]:
    """Return the names of the weights that are not those of ``before``."""
    return [name for name, value in network.state_dict().items() if not torch.equal(value, before[name])]
