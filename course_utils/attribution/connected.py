"""The steps behind a step of the graph, and a fully connected layer among them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.graph import Node

from course_utils.attribution.channels import at_least_float32

__all__ = ["FullyConnected", "Users", "fully_connected", "users_of_steps"]

Users = dict[Node, list[Node]]

# They only write (N, K, h, w) as (N, K * h * w): the order of the numbers stays.
FLATTENING = {"ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0", "CloneBackward0"}
READS = {"AddmmBackward0": 1, "MmBackward0": 0}  # with and without a bias: which of the inputs is multiplied


def users_of_steps(step: Node | None) -> Users:
    """Return, for every step that led to this one, the steps that used its result; twice where they used it twice."""
    users: Users = {}
    waiting, met = [step] if step else [], {step}
    while waiting:
        user = waiting.pop()
        for used in {used for used, _ in user.next_functions if used} - met:
            met.add(used)
            waiting.append(used)
        for used, _ in user.next_functions:
            users.setdefault(used, []).append(user)
    return users


@dataclass(frozen=True)
class FullyConnected:
    """A fully connected layer that reads all numbers of K channels.

    Attributes:
        step: the layer's step in the graph.
        weights: (K * h * w, J).
    """

    step: Node
    weights: Tensor

    def follow(self, slopes: Tensor) -> Tensor:
        """Return by how much each result rises, (N, K, J), where the numbers read rise by ``slopes`` (N, K, h, w)."""
        channels = at_least_float32(self.weights.detach()).unflatten(0, (slopes.shape[1], -1))
        return torch.einsum("nkp,kpj->nkj", slopes.flatten(2), channels)


def fully_connected(step: Node, users: Users) -> FullyConnected | None:
    """Find the fully connected layer that reads this step's result (N, K, h, w), flattened, and is alone to read it."""
    images, *numbers = step._input_metadata[0].shape
    reader = _only_user(step, users)
    while reader and reader.name() in FLATTENING:
        step, reader = reader, _only_user(reader, users)
    if reader is None or reader.name() not in READS or reader.next_functions[READS[reader.name()]] != (step, 0):
        return None
    flat = (images, torch.Size(numbers).numel())
    if tuple(step._input_metadata[0].shape) != flat or getattr(reader, "_saved_alpha", 1) != 1:
        return None
    return FullyConnected(reader, reader._saved_mat2)


def _only_user(step: Node, users: Users) -> Node | None:
    found = users.get(step, [])
    return found[0] if len(found) == 1 else None
