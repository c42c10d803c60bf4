"""What happened in a training, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Epoch", "History"]


@dataclass(frozen=True)
class Epoch:
    """What one finished epoch measured; `History` explains each number."""

    loss: float
    accuracy: float
    learning_rate: float
    images_seen: int
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    seconds: float = field(default=0.0, compare=False, repr=False)

    @property
    def score(self) -> float:
        """What makes an epoch the best: validation accuracy, or else a low loss."""
        return -self.loss if self.validation_accuracy is None else self.validation_accuracy


@dataclass(repr=False)
class History:
    """What `course_utils.training.fit` measured, one number for each finished epoch.

    Attributes:
        device: where the network was trained: "cpu", "cuda", "mps".
        epochs: one `Epoch` for each; the lists below are read from it.
        interrupted: Ctrl-C ended the training; the network holds the weights of `best_epoch`.
        stopped_early: a callback ended the training with STOP; the network holds the last weights.
    """

    device: str = "cpu"
    epochs: list[Epoch] = field(default_factory=list)
    interrupted: bool = False
    stopped_early: bool = False

    def __repr__(self) -> str:
        words = [f"{len(self)} epochs"]
        if self.epochs:
            words += [f"loss {self.loss[-1]:.3f}", f"best epoch {self.best_epoch}: accuracy {self.best_accuracy:.1%}"]
        ends = {"interrupted": self.interrupted, "stopped early": self.stopped_early}
        return f"History({', '.join(words + [name for name, happened in ends.items() if happened])})"

    def __len__(self) -> int:
        """Return the number of finished epochs."""
        return len(self.epochs)

    @property
    def loss(self) -> list[float]:
        """Mean cross-entropy of the training pictures, in nats, measured while the weights were changing."""
        return [epoch.loss for epoch in self.epochs]

    @property
    def accuracy(self) -> list[float]:
        """Share of the training pictures that were right, in [0, 1], measured while the weights were changing."""
        return [epoch.accuracy for epoch in self.epochs]

    @property
    def validation_loss(self) -> list[float]:
        """Mean cross-entropy of the validation pictures after each epoch, in nats; empty without validation."""
        return [epoch.validation_loss for epoch in self.epochs if epoch.validation_loss is not None]

    @property
    def validation_accuracy(self) -> list[float]:
        """Share of the validation pictures that were right after each epoch; empty without validation."""
        return [epoch.validation_accuracy for epoch in self.epochs if epoch.validation_accuracy is not None]

    @property
    def learning_rate(self) -> list[float]:
        """Learning rate of each epoch's last step."""
        return [epoch.learning_rate for epoch in self.epochs]

    @property
    def images_seen(self) -> list[int]:
        """Training pictures shown so far, all epochs together."""
        return [epoch.images_seen for epoch in self.epochs]

    @property
    def best_epoch(self) -> int | None:
        """The first epoch, from 1, with the best validation accuracy, or without validation the lowest loss."""
        scores = [epoch.score for epoch in self.epochs]
        return scores.index(max(scores)) + 1 if scores else None

    @property
    def best_accuracy(self) -> float | None:
        """The accuracy of `best_epoch`, in [0, 1]: on the validation pictures if there are any."""
        measured = self.validation_accuracy or self.accuracy
        return measured[self.best_epoch - 1] if self.best_epoch else None

    def curves(self) -> dict[str, list[float]]:
        """Return curve name → one number per epoch, without the curves that were not measured."""
        names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def plot(self) -> tuple[Figure, str]:
        """Return the learning curves as ``(figure, caption)``; show them with `course_utils.plotting.show`.

        Raises:
            ValueError: no epoch has ended yet.
        """
        if not self.epochs:
            raise ValueError("there is nothing to plot, because no epoch has ended; train for at least one epoch")
        from course_utils.plotting import learning_curves  # matplotlib is slow to import, and few trainings plot

        return learning_curves(
            {name if "validation" in name else f"training_{name}": values for name, values in self.curves().items()}
        )
