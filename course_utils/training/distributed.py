"""Several processes, one training: each takes its share of every batch, and the shares are added up again.

Started by ``torchrun --nproc-per-node 2 -m course_utils train``. Every function works without a process group
too, as if there were one process; so the training loop needs no second version.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

__all__ = [
    "in_any_process",
    "joined_rows",
    "process_group",
    "rank",
    "share_of",
    "summed",
    "with_shared_gradients",
    "world_size",
]


def _is_running() -> bool:
    return distributed.is_available() and distributed.is_initialized()


def rank() -> int:
    """Return this process's number, from 0; only process 0 talks and writes files."""
    return distributed.get_rank() if _is_running() else 0


def world_size() -> int:
    """Return how many processes train together; 1 without torchrun."""
    return distributed.get_world_size() if _is_running() else 1


@contextmanager
def process_group(device: torch.device) -> Iterator[torch.device]:
    """Join the processes that torchrun started, with nccl on CUDA and gloo elsewhere; leave after the block.

    Yields:
        The device of this process: ``device``, or on CUDA the GPU with torchrun's local number.
    """
    if "WORLD_SIZE" not in os.environ:  # set by torchrun; without it this is an ordinary, single process
        yield device
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield device
    finally:
        distributed.destroy_process_group()


def share_of(rows: Tensor) -> Tensor:
    """Return this process's part of ``rows``; parts differ by at most one row, and may be empty."""
    return rows.tensor_split(world_size())[rank()]


def summed(numbers: Tensor) -> Tensor:
    """Return the sum of ``numbers`` over all processes, on each of them."""
    if not _is_running():
        return numbers
    device = "cuda" if distributed.get_backend() == "nccl" else "cpu"  # where the backend can compute
    total = numbers.to(device, copy=True)
    distributed.all_reduce(total)
    return total.to(numbers.device)


def in_any_process(happened: bool) -> bool:
    """Tell every process whether something happened in any of them."""
    return summed(torch.tensor(float(happened))).item() > 0


def joined_rows(part: Tensor, count: int) -> Tensor:
    """Undo `share_of`: put the parts of all processes back together, ``count`` rows in all, on each of them."""
    rows = part.new_zeros(count, *part.shape[1:])
    share_of(rows).copy_(part)
    return summed(rows)


def with_shared_gradients(model: nn.Module) -> nn.Module:
    """Return the network to call in training: one whose gradients are averaged over all processes."""
    if not _is_running():
        return model
    return DistributedDataParallel(model)
