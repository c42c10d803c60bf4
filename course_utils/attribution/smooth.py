"""SmoothGrad: the mean of the saliency of many noisy copies of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from course_utils.attribution.checks import check_seed
from course_utils.attribution.forward import pictures_at_once, run_without_graph
from course_utils.attribution.progress import progress_bar
from course_utils.attribution.questions import Classes, Question, Score, question
from course_utils.attribution.result import attribution
from course_utils.attribution.saliency import PixelAttribution, slopes, strongest_channel, with_gradients
from course_utils.attribution.tail import run_from_images
from course_utils.plain_numbers import is_number, is_whole

__all__ = ["Noise", "smooth_grad"]


@dataclass(frozen=True)
class Noise:
    """Normal noise that anybody can draw again.

    Attributes:
        samples: how many pictures of noise.
        deviation: their standard deviation, in units of pixel.
        seed: of a generator of our own; nobody else's random numbers are touched.
    """

    samples: int
    deviation: float
    seed: int

    def draw(self, picture: Tensor, together: int) -> Iterator[Tensor]:
        """Draw noise of the picture's shape in pieces (S, C, H, W) of this many samples; the same on every device."""
        generator = torch.Generator("cpu").manual_seed(self.seed)
        for start in range(0, self.samples, together):
            piece = torch.empty(min(together, self.samples - start), *picture.shape, device="cpu")
            for sample in piece:  # one by one, so that the numbers do not depend on the size of the pieces
                torch.randn(picture.shape, generator=generator, out=sample, device="cpu")
            yield piece.mul_(self.deviation).to(picture)


def smooth_grad(
    model: nn.Module,
    images: Tensor,
    classes: Classes = None,
    *,
    score: Score | None = None,
    samples: int = 25,
    noise: float = 0.15,
    seed: int = 0,
) -> PixelAttribution:
    """Show a calmer saliency map: the mean of the gradients of many noisy copies of each picture.

    SmoothGrad, Smilkov et al. (2017), arXiv:1706.03825, section 3. We average the signed gradients and then join the
    channels by the maximum of their absolute values. (Captum's ``NoiseTunnel(Saliency(model))`` averages absolute
    values, unless it is told ``abs=False``; of `SimpleCNN`, one picture in twenty or thirty differs from its result by
    some percent of the largest value, for the reason told at `grad_cam`.) Memory does not grow with ``samples``; a
    progress bar appears where the work takes longer than ten seconds.

    Args:
        model, images, classes, score: as for `saliency`. The predicted class is that of the picture without noise.
        samples: noisy copies of each picture.
        noise: their standard deviation, in units of pixel (the paper gives it as a share of the picture's range, 10
            to 20 %: the same thing for pictures in [0, 1]). Noisy pixels may leave [0, 1], as in the paper.
        seed: sample s is the s-th ``noise * torch.randn(C, H, W)`` from a CPU generator with this seed. Each picture
            gets the same noise, so a batch gives what its single images give.

    Returns:
        maps (N, H, W) >= 0 and mean gradients (N, C, H, W), both in logits per unit of pixel.

    Raises:
        TypeError, ValueError: as for `saliency`; samples below 1, or noise that is not a number >= 0.

    Warns:
        UserWarning: a map is zero everywhere.
    """
    check_seed(seed)
    wanted = Noise(_checked_samples(samples), _checked_noise(noise), int(seed))
    logits = run_without_graph(model, images)
    asked = question(logits, classes, score)
    with progress_bar("smooth_grad", samples * len(images), " images") as bar:
        parts = [_mean_gradients(model, piece, part, wanted, bar) for piece, part in _pieces(images, logits, asked)]
    gradients = torch.cat(parts)
    answer = attribution(strongest_channel(gradients), asked.classes, logits, tuple(images.shape[-2:]))
    return with_gradients(answer, gradients)


def _pieces(images: Tensor, logits: Tensor, asked: Question) -> list[tuple[Tensor, Question]]:
    """Cut a large batch; but a caller's score may look at the whole batch, which then stays together."""
    if asked.classes is None:
        return [(images, asked)]
    together = pictures_at_once(images)
    parts = zip(images.split(together), logits.split(together), asked.classes.split(together), strict=True)
    return [(piece, question(part, chosen)) for piece, part, chosen in parts]


def _mean_gradients(model: nn.Module, images: Tensor, asked: Question, noise: Noise, bar: tqdm) -> Tensor:
    """Return the mean over the samples of d score / d pixel, (N, C, H, W)."""
    total = torch.zeros_like(images, dtype=torch.promote_types(images.dtype, torch.float32))
    together = max(1, pictures_at_once(images) // len(images))
    for noises in noise.draw(images[0], together):
        noisy = (images.detach() + noises[:, None]).flatten(0, 1)  # (S N, C, H, W)
        run = run_from_images(model, noisy)
        gradients = slopes(run, _scores_by_sample(asked, len(images)).scores(run.logits))
        total += gradients.unflatten(0, (-1, len(images))).sum(dim=0)
        bar.update(len(noisy))
    return total / noise.samples


def _scores_by_sample(asked: Question, count: int) -> Question:
    """Ask the same of each sample in turn, so that a score always sees all N images in their order."""
    return Question(None, lambda logits: torch.cat([asked.scores(part) for part in logits.split(count)]))


def _checked_samples(samples: int) -> int:
    if not is_whole(samples) or samples < 1:
        raise ValueError(f"need samples as a whole number of at least 1, got {samples!r}")
    return int(samples)


def _checked_noise(noise: float) -> float:
    if not is_number(noise) or not 0 <= float(noise) < float("inf"):
        raise ValueError(f"need noise as a standard deviation >= 0, in units of pixel, got {noise!r}; try 0.15")
    return float(noise)
