"""`fit` checks, prepares, and puts back; the loop itself is in `course_utils.training.loop`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import ExitStack

import numpy
import torch
from torch import nn

from course_utils.borrowing import choose_device, kept_flags, kept_gradients, moved_to, own_randomness
from course_utils.datasets.labeled import LabeledImages
from course_utils.plain_numbers import is_whole
from course_utils.training.augmentation import random_crop_and_flip
from course_utils.training.distributed import in_any_process, rank
from course_utils.training.evaluation import check_data, check_network
from course_utils.training.history import History
from course_utils.training.interrupts import held_interrupts
from course_utils.training.loop import Augment, Training
from course_utils.training.state import Recipe, listen

__all__ = ["fit", "seed_everything"]


def fit(
    model: nn.Module,
    data: LabeledImages,
    *,
    epochs: int = 5,
    batch_size: int = 128,
    lr: float = 2e-3,
    weight_decay: float = 0.05,
    label_smoothing: float = 0.0,
    validation: LabeledImages | None = None,
    augment: Augment | None = random_crop_and_flip,
    callbacks: Sequence[object] = (),
    device: str | torch.device | None = None,
    seed: int = 0,
) -> History:
    """Train ``model`` in place with AdamW and a one-cycle learning rate, and return what happened.

    Two runs with the same seed on a CPU give the same weights, bit for bit. Afterwards the network is back on its
    device with its training flags and its ``.grad`` as before (None, if nobody had set any), and the global random
    numbers are untouched. Ctrl-C ends the training cleanly: the network then holds the weights of the best epoch
    so far (highest validation accuracy, or else lowest loss; before the first epoch has ended, the current ones).

    Args:
        data: the training pictures.
        epochs: how often to show all pictures.
        batch_size: pictures per step; with torchrun, of all processes together.
        lr: the peak of the learning rate, see `one_cycle`.
        weight_decay: that of AdamW (Loshchilov and Hutter, 2019, arXiv:1711.05101).
        label_smoothing: share of the target that is spread evenly over all classes, in [0, 1).
        validation: pictures to evaluate on after each epoch.
        augment: changes a batch (N, C, H, W), given a random generator; None leaves the pictures as they are.
        callbacks: functions, called with a `TrainingState` after each epoch; or objects with any of the methods
            ``on_fit_start, on_batch_end, on_epoch_end, on_fit_end``. One that returns `callbacks.STOP` after a
            batch or an epoch ends the training there. An error in one propagates; the weights stay as they are.
        device: chosen automatically (CUDA, MPS, CPU) if left out; the bar and `History` say which it is.
        seed: decides the order of the pictures, the augmentation, and dropout.

    Raises:
        TypeError, ValueError, LookupError: an argument is of the wrong kind or size, or two do not fit together
            (the network is tried on one picture); nothing has been changed then.
        ValueError: the loss is no longer a number. The message says where, and what to try.
    """
    recipe, events = Recipe(epochs, batch_size, lr, weight_decay, label_smoothing, seed), listen(callbacks)
    chosen = choose_device(device)
    with held_interrupts(in_any_process) as stop_if_asked, ExitStack() as put_back:
        _check(model, data, validation)
        for moment in ("batch_end", "epoch_end", "fit_end"):
            events.on(moment, stop_if_asked)
        put_back.enter_context(kept_flags(model))
        put_back.enter_context(kept_gradients(model))
        put_back.enter_context(moved_to(model, chosen))
        put_back.enter_context(own_randomness(chosen, seed + rank()))
        return Training(model, data, validation, augment, recipe, chosen).run(events)


def seed_everything(seed: int) -> None:
    """Seed the global random numbers of Python, NumPy and PyTorch (CPU and GPUs) with one number.

    Raises:
        TypeError: the seed is not an integer.
        ValueError: it is not in 0 .. 2**32 - 1, the seeds that NumPy takes.
    """
    if not is_whole(seed):
        raise TypeError(f"seed must be an integer, got {seed!r}")
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed must lie in 0 .. {2**32 - 1}, got {seed}")
    whole = int(seed)
    random.seed(whole)
    numpy.random.seed(whole)
    torch.manual_seed(whole)


def _check(model: nn.Module, data: LabeledImages, validation: LabeledImages | None) -> None:
    """Raise TypeError or ValueError unless network, pictures and validation pictures fit together."""
    for pictures in (data, data if validation is None else validation):
        check_data(pictures)
        check_network(model, pictures)
    if validation is not None and tuple(validation.class_names) != tuple(data.class_names):
        raise ValueError(f"validation must have the classes of data, {data.class_names}, got {validation.class_names}")
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise ValueError(
            f"{type(model).__name__} has nothing to train: every parameter is frozen; "
            "set requires_grad_(True) on the layers that shall learn"
        )
