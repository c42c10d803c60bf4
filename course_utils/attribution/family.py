"""Three relatives of Grad-CAM. Each asks the gradients another question; the rest is the same for all."""

from __future__ import annotations

from torch import Tensor, nn

from course_utils.attribution.channels import at_least_float32, check_pair, vote
from course_utils.attribution.questions import Classes, Question, Score, question
from course_utils.attribution.result import Attribution, attribution
from course_utils.attribution.tail import LayerRun, Reshape, run_from_layer

__all__ = [
    "grad_cam_plus_plus",
    "hires_cam",
    "layer_cam",
    "weigh_channels_plus_plus",
    "weigh_positions",
    "weigh_positive_positions",
]

EPSILON = 1e-6  # pytorch-grad-cam's


def weigh_channels_plus_plus(activations: Tensor, gradients: Tensor, epsilon: float = EPSILON) -> Tensor:
    """Weigh each channel by its positive gradients, so that a small second object counts like the first.

    Grad-CAM++, equations 7 and 19 of Chattopadhay et al. (2018), arXiv:1710.11063, for the score exp(logit):

        weight = sum over positions of alpha relu(g),  alpha = g² / (2 g² + S g³),  S = sum of the channel

    Args:
        activations: layer output A, (N, K, h, w). The paper's stand behind a ReLU. With negative ones 2 g² + S g³
            can come near zero; then a few positions decide the map, and rounding decides the positions.
        gradients: d score / d A, same shape.
        epsilon: added to the denominator. Not in the paper; the default is pytorch-grad-cam's. It rules where g² is
            below it: there the weight becomes a sum of relu(g)³ / epsilon. 0 gives the paper's equation.

    Returns:
        Maps (N, h, w), >= 0; float32 at least. Not in logits: alpha mixes units.

    Raises:
        TypeError: one is no tensor.
        ValueError: the two shapes differ, or are not 4-D.
    """
    check_pair(activations, gradients)
    activations, gradients = at_least_float32(activations), at_least_float32(gradients)
    squares = gradients**2
    denominators = 2 * squares + activations.sum(dim=(2, 3), keepdim=True) * (squares * gradients) + epsilon
    alphas = squares / denominators.where(denominators != 0, 1.0)  # (N, K, h, w)
    return vote(activations, (gradients.relu() * alphas).sum(dim=(2, 3)))


def weigh_positions(activations: Tensor, gradients: Tensor) -> Tensor:
    """Weigh each position of each channel by its own gradient: nothing is averaged.

    HiResCAM, Draelos and Carin (2020), arXiv:2011.08891: map = sum over channels of g A. The ReLU is ours, as
    everywhere in the family.

    Args, returns and errors as for `weigh_channels`.
    """
    check_pair(activations, gradients)
    return (at_least_float32(gradients) * at_least_float32(activations)).sum(dim=1).relu()


def weigh_positive_positions(activations: Tensor, gradients: Tensor) -> Tensor:
    """Weigh each position of each channel by its own gradient where that is positive.

    LayerCAM, Jiang et al. (2021), doi:10.1109/TIP.2021.3089943: map = relu(sum over channels of relu(g) A).

    Args, returns and errors as for `weigh_channels`.
    """
    return weigh_positions(activations, gradients.relu())


def grad_cam_plus_plus(
    model: nn.Module,
    images: Tensor,
    layer: str | nn.Module,
    classes: Classes = None,
    *,
    score: Score | None = None,
    reshape: Reshape | None = None,
) -> Attribution:
    """Show what speaks for a class, several objects included: Grad-CAM++; see `weigh_channels_plus_plus`.

    Equal to pytorch-grad-cam's GradCAMPlusPlus, before it stretches and enlarges the map, with the two exceptions told
    at `grad_cam`, and a third: before a ReLU, where a denominator can come near zero, rounding in the last digit of S
    shows. On our trained SimpleCNNs the difference is about 0.01 % of the peak, for single pictures up to 15 % (in
    float64 the two agree to 1e-11). torch-cam's GradCAMpp (0.5) divides a copy of alpha and forgets it, so that its
    weights are sums of relu(g)³: other maps than ours.

    Args, returns, errors and warnings as for `grad_cam`; the maps are not in logits.
    """
    run, asked = _asked(model, images, layer, classes, score, reshape)
    maps = weigh_channels_plus_plus(run.activations, run.pull_back(asked.scores(run.logits)))
    return attribution(maps, asked.classes, run.logits, tuple(images.shape[-2:]))


def hires_cam(
    model: nn.Module,
    images: Tensor,
    layer: str | nn.Module,
    classes: Classes = None,
    *,
    score: Score | None = None,
    reshape: Reshape | None = None,
) -> Attribution:
    """Show where a layer speaks for a class, position by position: HiResCAM; see `weigh_positions`.

    Where the logit is linear in the layer, the map adds up to the logit without its bias (before ReLU). Equal to
    pytorch-grad-cam's HiResCAM, before it stretches and enlarges the map, and to captum's LayerGradientXActivation,
    added up over the channels; with the exceptions told at `grad_cam`.

    Args, returns, errors and warnings as for `grad_cam`.
    """
    run, asked = _asked(model, images, layer, classes, score, reshape)
    maps = weigh_positions(run.activations, run.pull_back(asked.scores(run.logits)))
    return attribution(maps, asked.classes, run.logits, tuple(images.shape[-2:]))


def layer_cam(
    model: nn.Module,
    images: Tensor,
    layer: str | nn.Module,
    classes: Classes = None,
    *,
    score: Score | None = None,
    reshape: Reshape | None = None,
) -> Attribution:
    """Show where a layer, an early one too, speaks for a class: LayerCAM; see `weigh_positive_positions`.

    Equal to torch-cam's LayerCAM, and to pytorch-grad-cam's before it stretches and enlarges the map; with the
    exceptions told at `grad_cam`. The paper also
    scales the maps of early layers and joins them with the last one's; here each layer is shown as it is.

    Args, returns, errors and warnings as for `grad_cam`.
    """
    run, asked = _asked(model, images, layer, classes, score, reshape)
    maps = weigh_positive_positions(run.activations, run.pull_back(asked.scores(run.logits)))
    return attribution(maps, asked.classes, run.logits, tuple(images.shape[-2:]))


def _asked(
    model: nn.Module,
    images: Tensor,
    layer: str | nn.Module,
    classes: Classes,
    score: Score | None,
    reshape: Reshape | None,
) -> tuple[LayerRun, Question]:
    run = run_from_layer(model, images, layer, reshape)
    return run, question(run.logits, classes, score)
