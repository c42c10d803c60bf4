"""Do the hot pixels carry the answer? Take them away, or bring them in, and watch the probability.

Begin with `deletion_insertion`; the heart is `_curve`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from course_utils.attribution import Attribution
from course_utils.attribution.checks import check_images, check_logits
from course_utils.attribution.layout import answer_of
from course_utils.attribution.progress import progress_bar
from course_utils.attribution.questions import Classes, Question, Score, question
from course_utils.attribution.untouched import evaluating
from course_utils.training.layouts import quickest_layout
from course_utils.trust.checks import Explain, as_maps, positive
from course_utils.trust.colours import Colour, blurred, check_colour, mean_colour, painted
from course_utils.trust.probabilities import asked_classes, probabilities

__all__ = ["DeletionInsertion", "deletion_insertion"]

Run = Callable[[Tensor], Tensor]  # images → what the model returns
MapsOf = Callable[[slice], tuple[Tensor, Tensor | None]]  # which images → their maps, and the classes these explain


@dataclass(frozen=True, eq=False)
class DeletionInsertion:
    """What happened to N pictures in S steps.

    Attributes:
        shares: (S + 1,) share of the pixels that are deleted, or inserted, in [0, 1].
        deletion: (N, S + 1) probability of the class while the hottest pixels go first; begins with the picture.
        insertion: (N, S + 1) the same while they come first; ends with the picture.
        classes: (N,) int64, the class that was followed; None if a score of your own was.
    """

    shares: Tensor
    deletion: Tensor
    insertion: Tensor
    classes: Tensor | None

    @property
    def deletion_area(self) -> Tensor:
        """(N,) area under each deletion curve, by trapezoids; a probability in [0, 1], lower is better."""
        return torch.trapezoid(self.deletion, self.shares)

    @property
    def insertion_area(self) -> Tensor:
        """(N,) area under each insertion curve, by trapezoids; a probability in [0, 1], higher is better."""
        return torch.trapezoid(self.insertion, self.shares)


def deletion_insertion(
    model: nn.Module,
    images: Tensor,
    heatmaps: Attribution | Tensor | Explain,
    classes: Classes = None,
    *,
    score: Score | None = None,
    delete_to: Colour = mean_colour,
    insert_into: Colour = blurred,
    steps: int = 16,
    batch_size: int = 64,
) -> DeletionInsertion:
    """Delete each picture's pixels from hot to cold, and insert them in that order, and follow the probability.

    Petsiuk et al. (2018), RISE, arXiv:1806.07421, section 4.2 and algorithm 1. A map that names the pixels that
    matter falls early in the one and rises early in the other. Compare it with a map of random numbers, and do
    it with more than one colour: a picture with holes is no picture that the network ever saw.

    Only a batch and the curves are in memory. The network runs in evaluation mode; its training flags, the grad
    mode and the random state are put back, also after Ctrl-C.

    Args:
        model: maps images to logits (N, C).
        images: (N, C, H, W), floating point, as the model wants them.
        heatmaps: (N, H, W), of which only the order counts; an `Attribution`; or a function ``(model, images)``
            that returns one of these, called batch by batch. Equal values go in reading order, so a zero map is
            deleted row by row.
        classes: the class to follow: an int, or integers (N,). None: the classes that an `Attribution` explains,
            or else each picture's predicted class.
        score: a function from the model's output to one number per image (N,), followed instead of a probability.
        delete_to: what a deleted pixel becomes: a number, one number per channel, or a function from pictures to
            pictures, such as `mean_colour` (default) or `blurred`.
        insert_into: what the pixels are inserted into, likewise. Petsiuk et al. blur.
        steps: equal portions of pixels. Petsiuk et al. take 224 of 224x224 pixels a step, so 224 steps.
            Small pictures take at most one step per pixel.
        batch_size: pictures at a time; only speed and memory depend on it. On a CPU small batches are faster, because
            they fit into its cache; a GPU likes larger ones.

    Raises:
        TypeError: images or maps are no float tensors, classes no integers, steps no integer.
        ValueError: shapes do not fit, NaN, an unknown class, classes and score together, one single logit without
            a score (its softmax is always 1), or a colour that paints no picture.
    """
    check_images(model, images)
    batch_size, steps = positive(batch_size=batch_size, steps=steps)
    check_colour("delete_to", delete_to, images)
    check_colour("insert_into", insert_into, images)
    counts = _counts(images, steps)
    maps_of = _source(heatmaps, model, images, score)
    answer = _unfilled(images, counts, has_classes=score is None)
    with evaluating(model, images.device), progress_bar("deletion, insertion", len(images), " images") as bar:
        wanted = asked_classes(model, images, heatmaps, classes, score)
        run = _quickest(model, images)
        for first in range(0, len(images), batch_size):
            part = slice(first, first + batch_size)
            batch, (maps, explained) = images[part].detach(), maps_of(part)
            asked = question(run(batch), wanted[part] if wanted is not None else explained, score)
            curve = partial(_curve, run, asked, _hotness(maps), counts)
            down, up = curve(painted(delete_to, batch), batch), curve(batch, painted(insert_into, batch))
            _fill(answer, part, down, up, asked.classes)
            bar.update(len(batch))
    return answer


def _unfilled(images: Tensor, counts: list[int], has_classes: bool) -> DeletionInsertion:
    """Return an answer to fill in. Small answers that pile up between large batches would hold the batches' memory."""
    shares = torch.tensor(counts, device=images.device) / counts[-1]
    deletion, insertion = (torch.empty(len(images), len(counts), device=images.device) for _ in range(2))
    classes = torch.empty(len(images), dtype=torch.int64, device=images.device) if has_classes else None
    return DeletionInsertion(shares, deletion, insertion, classes)


def _fill(answer: DeletionInsertion, part: slice, down: Tensor, up: Tensor, classes: Tensor | None) -> None:
    answer.deletion[part], answer.insertion[part] = down, up
    if answer.classes is not None and classes is not None:
        answer.classes[part] = classes


def _curve(run: Run, asked: Question, hotness: Tensor, counts: list[int], new: Tensor, old: Tensor) -> Tensor:
    """Let the hottest ``count`` pixels be those of ``new`` and the others those of ``old``; return (n, S + 1)."""
    mixed = (torch.where(hotness < count, new, old) for count in counts)
    return torch.stack([probabilities(asked, run(images)) for images in mixed], dim=1)


def _quickest(model: nn.Module, images: Tensor) -> Run:
    """Return the model as a function without gradients, fed in the layout that suits it."""
    layout = quickest_layout(model, images)

    def run(pictures: Tensor) -> Tensor:
        with torch.no_grad():
            answer = answer_of(model, pictures, layout)
        check_logits(model, answer, pictures)
        return answer

    return run


def _hotness(maps: Tensor) -> Tensor:
    """Return each pixel's place in the order from hot (0) to cold, (n, 1, H, W); ties in reading order."""
    order = maps.flatten(1).argsort(dim=1, descending=True, stable=True)
    return order.argsort(dim=1).view(len(maps), 1, *maps.shape[1:])


def _counts(images: Tensor, steps: int) -> list[int]:
    """Return how many pixels are changed after each step, from none to all; at least one more with every step."""
    pixels = images[0, 0].numel()
    steps = min(steps, pixels)
    return [round(step * pixels / steps) for step in range(steps + 1)]


def _source(heatmaps: Attribution | Tensor | Explain, model: nn.Module, images: Tensor, score: Score | None) -> MapsOf:
    """Return a function that gives the maps of a part of the images."""
    if not callable(heatmaps):
        maps = _fitting(as_maps(heatmaps), images)
        return lambda part: (maps[part], None)

    def explain_part(part: slice) -> tuple[Tensor, Tensor | None]:
        answer = heatmaps(model, images[part].clone())  # which the function may rewrite
        has_classes = isinstance(answer, Attribution) and score is None
        return _fitting(as_maps(answer), images[part]), answer.classes if has_classes else None

    return explain_part


def _fitting(maps: Tensor, images: Tensor) -> Tensor:
    wanted = (len(images), *images.shape[-2:])
    if maps.shape != wanted:
        raise ValueError(
            f"need one heatmap per image and of its size, {wanted}, got {tuple(maps.shape)}; "
            "raw maps are smaller than the pictures: hand in the Attribution, or its .heatmaps"
        )
    return maps.to(images.device)
