"""The training loop. Begin with `Training.run` (the epochs), then ``_one_epoch``, then ``_one_step``."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from course_utils.callbacks import Events
from course_utils.datasets.labeled import LabeledImages
from course_utils.training.distributed import rank, share_of, summed, with_shared_gradients, world_size
from course_utils.training.evaluation import evaluate_together
from course_utils.training.history import Epoch, History
from course_utils.training.layouts import quickest_layout
from course_utils.training.state import Recipe, TrainingState

__all__ = ["Augment", "Training", "one_cycle"]

Augment = Callable[[Tensor, Generator], Tensor]

_log = logging.getLogger(__name__)


def one_cycle(progress: float) -> float:
    """Return the learning rate as a share of its peak: up a line for 30 % of the training, then down a cosine.

    After Smith and Topin (2018), arXiv:1708.07120. It starts at 4 % of the peak and ends at zero.

    Args:
        progress: the share of the training that is done, in [0, 1].
    """
    if progress < 0.3:
        return 0.04 + 0.96 * progress / 0.3
    return (1 + math.cos(math.pi * (progress - 0.3) / 0.7)) / 2


class Training:
    """One training: what its steps share, and the steps.

    Args:
        model: the network to train, already on ``device``.
        data, validation: pictures to learn from, and pictures to evaluate on after each epoch, or None.
        augment: changes a batch, or None.
        recipe: the numbers.
        device: where to compute. All pictures to learn from are kept there.
    """

    def __init__(
        self,
        model: nn.Module,
        data: LabeledImages,
        validation: LabeledImages | None,
        augment: Augment | None,
        recipe: Recipe,
        device: torch.device,
    ) -> None:
        self.images, self.labels = data.images.to(device), data.labels.to(device)
        self.validation, self.augment, self.recipe, self.device = validation, augment, recipe, device
        self.layout = quickest_layout(model, self.images)
        self.network = with_shared_gradients(model)
        weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(weights, weight_decay=recipe.weight_decay, fused=True)
        self.generator = Generator().manual_seed(int(recipe.seed))  # the same numbers in every process, on every device
        batches = math.ceil(len(data) / recipe.batch_size)
        self.state = TrainingState(model, recipe, History(device.type), batches)
        self.best_weights: dict[str, Tensor] = {}

    def run(self, events: Events[TrainingState]) -> History:
        """Train until all epochs are done, a callback asks to stop, or somebody presses Ctrl-C."""
        state, history = self.state, self.state.history
        with self._progress_bar() as bar:
            events.on("batch_end", partial(_show, bar))
            try:
                events.fire("fit_start", state)
                while state.epoch < self.recipe.epochs and not history.stopped_early:
                    state.epoch += 1
                    cut_short = self._one_epoch(events)
                    history.stopped_early = events.fire("epoch_end", state) or cut_short
                events.fire("fit_end", state)
            except KeyboardInterrupt:
                history.interrupted = True
                self._return_to_best_weights()
        return history

    def _one_epoch(self, events: Events[TrainingState]) -> bool:
        """Show every picture once, in random order, and write down how it went. Tell whether a callback said STOP."""
        state, start, stop = self.state, time.perf_counter(), False
        sums = torch.zeros(3, dtype=torch.float64)  # loss, right answers, pictures
        order = torch.randperm(len(self.images), generator=self.generator)
        self.network.train()
        for state.batch, chosen in enumerate(order.split(int(self.recipe.batch_size)), start=1):
            sums += self._one_step(chosen)
            state.images_seen += len(chosen)
            state.loss, state.accuracy = (sums[:2] / sums[2].clamp(min=1)).tolist()
            if stop := events.fire("batch_end", state):
                break
        self._write_down(summed(sums), time.perf_counter() - start)
        return stop

    def _one_step(self, chosen: Tensor) -> Tensor:
        """Learn from one batch: logits, loss, gradients, update. Return its sums of loss, right answers, pictures."""
        images, labels = self._batch(chosen)
        logits = self.network(images)
        loss = F.cross_entropy(logits, labels, label_smoothing=self.recipe.label_smoothing, reduction="sum")
        loss_sum = self._checked(loss.item())
        self._set_learning_rate()
        self.optimizer.zero_grad()
        (loss * world_size() / len(chosen)).backward()  # processes average their gradients, so each counts its share
        self.optimizer.step()
        right = (logits.argmax(1) == labels).sum().item()
        return torch.tensor([loss_sum, right, len(labels)], dtype=torch.float64)

    def _batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the chosen pictures, augmented, and their labels; of these, the share of this process."""
        chosen = chosen.to(self.device)
        images = self.images[chosen]
        if self.augment is not None:
            images = self.augment(images, self.generator)
        return share_of(images).contiguous(memory_format=self.layout), self.labels[share_of(chosen)]

    def _checked(self, loss_sum: float) -> float:
        if math.isfinite(loss_sum):
            return loss_sum
        state = self.state
        raise ValueError(
            f"the loss became {loss_sum} in epoch {state.epoch}, batch {state.batch} of {state.batches}; "
            f"train again with a lower lr (it is {self.recipe.lr}), and look for NaN in the pictures"
        )

    def _set_learning_rate(self) -> None:
        state = self.state
        steps_done = (state.epoch - 1) * state.batches + state.batch - 1
        state.learning_rate = self.recipe.lr * one_cycle(steps_done / (self.recipe.epochs * state.batches))
        for group in self.optimizer.param_groups:
            group["lr"] = state.learning_rate

    def _write_down(self, sums: Tensor, seconds: float) -> None:
        """Evaluate, add the epoch to the history, and keep a copy of its weights if it is the best so far."""
        state, history = self.state, self.state.history
        state.loss, state.accuracy = (sums[:2] / sums[2]).tolist()
        if self.validation is not None:
            state.validation = evaluate_together(state.model, self.validation, device=self.device)
        epoch = Epoch(
            loss=state.loss,
            accuracy=state.accuracy,
            learning_rate=state.learning_rate,
            images_seen=state.images_seen,
            validation_loss=state.validation.loss if state.validation else None,
            validation_accuracy=state.validation.accuracy if state.validation else None,
            seconds=seconds,
        )
        if all(epoch.score > earlier.score for earlier in history.epochs):
            self.best_weights = {name: value.clone() for name, value in state.model.state_dict().items()}
        history.epochs.append(epoch)

    def _return_to_best_weights(self) -> None:
        history = self.state.history
        if self.best_weights:
            self.state.model.load_state_dict(self.best_weights)
        kept = f"epoch {history.best_epoch}, the best so far" if history else "this moment"
        if rank() == 0:
            _log.warning("Ctrl-C: stopped in epoch %d; the network holds the weights of %s", self.state.epoch, kept)

    def _progress_bar(self) -> tqdm:
        """Return a bar with the time left. It stays away where nobody watches: in log files, and in other processes."""
        total = self.recipe.epochs * len(self.images)
        return tqdm(total=total, desc="training", unit=" images", disable=None if rank() == 0 else True)


def _show(bar: tqdm, state: TrainingState) -> None:
    device = state.history.device  # said after the bar is drawn: a stored notebook shows the same first line everywhere
    bar.set_description(f"epoch {state.epoch}/{state.recipe.epochs} on {device}", refresh=False)
    bar.set_postfix_str(f"loss {state.loss:.3f}, accuracy {state.accuracy:.1%}", refresh=False)
    bar.update(state.images_seen - bar.n)
