"""Does the map change when the network forgets what it learned? A map that does not, does not explain it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from course_utils.attribution.checks import check_images, check_seed
from course_utils.attribution.progress import progress_bar
from course_utils.attribution.untouched import untouched
from course_utils.autograd_modes import graphs_recorded
from course_utils.borrowing import own_randomness
from course_utils.hooks import find_layer
from course_utils.hooks.finding import checked_model
from course_utils.trust.checks import Explain, explained, positive
from course_utils.trust.similarity import rank_correlation, structural_similarity

__all__ = ["Randomisation", "cascading", "independent", "randomise_layers", "randomised"]

Stages = Sequence[Sequence[str]]


@dataclass(frozen=True, eq=False)
class Randomisation:
    """How alike the maps of the trained and the randomised network are; S stages, N images.

    Attributes:
        stages: for each stage the names of the layers that were randomised.
        rank_correlation: (S, N) Spearman's, of the maps as they are; 0 where one of two maps is flat, 1 where both are.
        absolute_rank_correlation: (S, N) the same of their absolute values. Equal for maps >= 0.
        structural_similarity: (S, N) of the absolute values, each map divided by its peak.
        flat: (S, N) bool, True where the map has one single value, such as a zero map.
    """

    stages: tuple[tuple[str, ...], ...]
    rank_correlation: Tensor
    absolute_rank_correlation: Tensor
    structural_similarity: Tensor
    flat: Tensor


def cascading(model: nn.Module) -> tuple[tuple[str, ...], ...]:
    """Return stages that randomise nothing, then the last layer, then the last two, and at the end all.

    Adebayo et al. (2018), section 3.1. "Last" means registered last, which most networks do in the order of use;
    write the stages yourself where they do not.
    """
    backwards = _layers(model)[::-1]
    return tuple(tuple(backwards[:count]) for count in range(len(backwards) + 1))


def independent(model: nn.Module) -> tuple[tuple[str, ...], ...]:
    """Return stages that randomise nothing, then the last layer alone, then the last but one alone, and so on.

    Adebayo et al. (2018), section 3.2.
    """
    return ((), *((name,) for name in reversed(_layers(model))))


def randomise_layers(
    model: nn.Module,
    images: Tensor,
    explain: Explain,
    stages: Stages | None = None,
    *,
    seed: int = 0,
    batch_size: int | None = None,
) -> Randomisation:
    """Explain the same images with more and more of a copy's weights randomised, and compare with the trained maps.

    Adebayo et al. (2018), Sanity checks for saliency maps, arXiv:1810.03292, section 3. The network itself is
    never changed. Keep the explained classes fixed, ``lambda model, images: grad_cam(model, images, "conv3", 3)``:
    else the randomised network's own predictions are explained, and the maps differ for that reason too. And use the
    ``model`` that the function is given: one that looks at the trained network instead gets a 1 at every stage.

    Args:
        model: the trained network.
        images: (N, C, H, W), as the model wants them.
        explain: ``explain(model, images)`` returns an `Attribution`, whose heatmaps are compared, or maps (N, h, w).
        stages: for each stage the names of the layers to randomise; a name stands for all that is inside it. None:
            `cascading` (model); `independent` (model) is the other test of the paper.
        seed: decides the random weights; a layer gets the same ones in every stage.
        batch_size: images per call of ``explain``. None: all at once, as a function needs that carries one class
            for each image. For thousands of images give 64: then only a batch is explained at a time, and besides
            it the trained network's maps are in memory (4 bytes a number).

    Returns:
        Three measures, for each stage and image. Stage 0 of `cascading` and `independent` changes nothing: what is
        below 1 there is the method's own noise.

    Raises:
        TypeError: images are no float tensor, explain no function, a stage is a text, seed no integer.
        LookupError: the model has no such layer.
        ValueError: shapes do not fit, NaN, or a layer without weights.
    """
    check_images(model, images)
    (size,) = positive(batch_size=len(images) if batch_size is None else batch_size)
    check_seed(seed)
    named = _checked(model, cascading(model) if stages is None else stages)
    batches = images.split(size)
    with untouched(model, images.device), progress_bar("randomisation", (len(named) + 1) * len(images), " maps") as bar:
        trained = _gathered(_maps(explain, randomised(model, (), seed), batches, bar), len(images))
        stages = []
        for names in named:
            maps = _maps(explain, randomised(model, names, seed), batches, bar)
            stages.append(_gathered(map(_measures, trained.split(size), maps), len(images)))
    ranks, absolute, similarity, flat = torch.stack(stages).unbind(dim=2)
    return Randomisation(named, ranks, absolute, similarity, flat.bool())


def randomised(model: nn.Module, names: Sequence[str], seed: int = 0) -> nn.Module:
    """Return a copy of the model, in evaluation mode, in which the named layers forget what they learned.

    Each layer is initialised again by its own ``reset_parameters()``; the numbers of one that has no such method
    are shuffled. Weights that the model itself holds, outside any layer, stay. Adebayo et al. (2018) draw from a
    truncated normal distribution instead.

    Args:
        names: layers, with all that is inside them; none gives a plain copy.
        seed: a layer's new weights depend on it and on the layer, not on what else is randomised.

    Raises:
        LookupError: the model has no such layer.
        TypeError: the model is no network; names is a text; seed no integer.
    """
    check_seed(seed)
    if isinstance(names, str):
        raise TypeError(f"need names as a tuple of layer names, got the text {names!r}; try ({names!r},)")
    with graphs_recorded():  # a copy made in inference mode could not be explained: it would keep no graph
        twin = copy.deepcopy(checked_model(model)).eval()
    chosen = {id(inner) for name in names for inner in find_layer(twin, name).modules()}
    inside = list(twin.modules())
    for position, module in enumerate(inside):
        if id(module) in chosen:
            _forget(module, int(seed) * len(inside) + position)
    return twin


def _forget(module: nn.Module, seed: int) -> None:
    own = list(module.parameters(recurse=False))
    if not own:
        return
    # Ctrl-C can skip the end of no_grad, which is Python code, but not that of the block around it.
    with own_randomness(own[0].device, seed), graphs_recorded(), torch.no_grad():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
            return
        for parameter in own:
            order = torch.randperm(parameter.numel()).to(parameter.device)
            parameter.copy_(parameter.flatten()[order].view_as(parameter))


def _maps(explain: Explain, model: nn.Module, batches: Sequence[Tensor], bar: tqdm) -> Iterator[Tensor]:
    """Explain one batch after the other, so that nobody has to hold all their maps."""
    for batch in batches:
        yield explained(explain, model, batch)
        bar.update(len(batch))


def _gathered(pieces: Iterable[Tensor], count: int) -> Tensor:
    """Put pieces of ``count`` rows into one tensor. Kept one by one, they would hold the memory around them, too."""
    filled, rows = torch.empty(0), 0
    for piece in pieces:
        filled = filled if rows else piece.new_empty(count, *piece.shape[1:])
        if piece.shape[1:] != filled.shape[1:]:
            raise ValueError(
                f"explain must return maps of one size for all batches, got {tuple(piece.shape[1:])} "
                f"after {tuple(filled.shape[1:])}"
            )
        filled[rows : rows + len(piece)] = piece
        rows += len(piece)
    return filled


def _measures(trained: Tensor, maps: Tensor) -> Tensor:
    """Return rank correlation, the same of absolute values, structural similarity, and whether flat; (n, 4) float64."""
    signed = bool((trained < 0).any() or (maps < 0).any())
    ranks = rank_correlation(trained, maps)
    absolute = rank_correlation(trained.abs(), maps.abs()) if signed else ranks
    flat = maps.amax(dim=(1, 2)) == maps.amin(dim=(1, 2))
    return torch.stack([ranks, absolute, structural_similarity(trained, maps), flat.cpu()], dim=1)


def _layers(model: nn.Module) -> list[str]:
    """Return the names of the modules that hold weights of their own, in the order of registration."""
    return [
        name
        for name, module in checked_model(model).named_modules()
        if name and next(module.parameters(recurse=False), None) is not None
    ]


def _checked(model: nn.Module, stages: Stages) -> tuple[tuple[str, ...], ...]:
    if not isinstance(stages, Sequence) or any(
        isinstance(names, str) or not isinstance(names, Sequence) for names in stages
    ):
        raise TypeError(f"each stage must be a tuple of layer names, such as [(), ('fc2',)], got {stages!r}")
    for name in {name for names in stages for name in names}:
        if next(find_layer(model, name).parameters(), None) is None:
            raise ValueError(f"layer {name!r} has no weights to randomise; choose from {_layers(model)}")
    if not stages:
        raise ValueError("need at least one stage, got none; cascading(model) and independent(model) make them")
    return tuple(tuple(names) for names in stages)
