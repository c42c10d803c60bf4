"""The stretch behind a layer that keeps the channels apart: normalisation, ReLU, pooling.

Grad-CAM's weight, the mean gradient of a channel, is the slope of a logit when one constant is added to the whole
channel. While the channels stay apart, what becomes of these constants does not depend on the class. So one pass
follows them all through the stretch, and only the rest of the network is differentiated class by class.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.graph import GradientEdge, Node, get_gradient_edge

from course_utils.attribution.channels import at_least_float32
from course_utils.attribution.questions import grad_mode_kept
from course_utils.attribution.tail import LayerRun

__all__ = ["Stretch", "stretch_behind"]

# Steps that make channel k of their result from channel k of their input alone, image by image.
ACTIVATIONS = ("Relu", "LeakyRelu", "Elu", "Silu", "Gelu", "Hardtanh", "Hardswish", "Sigmoid", "Tanh", "Softplus")
POOLING = ("MaxPool2DWithIndices", "AvgPool2D", "AdaptiveAvgPool2D", "AdaptiveMaxPool2D")
CHANNELWISE = {f"{step}Backward0" for step in (*ACTIVATIONS, *POOLING, "NativeBatchNorm", "Clone")} | {"MeanBackward1"}
# Numbers in the gradients of all classes: with fewer, it takes longer to find a stretch than to do without it
# (a quarter of a millisecond; one picture, ten classes and 128 channels of 8x8 positions are 81,920 numbers).
WORTH_IT = 100_000


@dataclass(frozen=True)
class Stretch:
    """Where the stretch ends, and how steeply each number there answers to its channel.

    Attributes:
        run: the forward pass.
        end: the last step of the stretch; None where there is no such step.
        slopes: (N, K, h', w'): by how much each number at the end rises per unit that is added to the whole channel
            of the layer, divided by the layer's h * w; None without an end.
    """

    run: LayerRun
    end: GradientEdge | None = None
    slopes: Tensor | None = None

    @property
    def numbers(self) -> int:
        """How many numbers are pulled back for one class."""
        return (self.run.leaf if self.slopes is None else self.slopes).numel()

    def mean_gradients(self, directions: Tensor) -> Tensor:
        """Return the mean gradient of each channel for B sums of logits at once.

        Args:
            directions: (B, N, C), the share of each logit in the sums.

        Returns:
            (B, N, K), in logits per unit of activation; float32 at least.

        Raises:
            ValueError: the logits do not depend on the layer.
        """
        gradients = at_least_float32(self.run.pull_back(self.run.logits, directions, self.end))
        if self.slopes is None:
            return gradients.mean(dim=(3, 4))
        return torch.einsum("bnkhw,nkhw->bnk", gradients, self.slopes)


def stretch_behind(run: LayerRun) -> Stretch:
    """Find the longest stretch behind the run's layer that keeps the channels apart; there may be none worth it."""
    if run.reshaped or run.leaf.numel() * run.logits.shape[1] < WORTH_IT:
        return Stretch(run)
    with grad_mode_kept(), torch.inference_mode(False):  # which records a graph, too
        end = _end(run)
        return Stretch(run) if end is None else Stretch(run, end, _slopes(run.leaf, end) / run.leaf[0, 0].numel())


def _end(run: LayerRun) -> GradientEdge | None:
    users = _users(run.logits.grad_fn)
    step, last = get_gradient_edge(run.leaf).node, None
    while len(users.get(step, ())) == 1 and _keeps_apart(users[step][0], step, run.leaf.shape[:2]):
        step = last = users[step][0]
    return None if last is None else GradientEdge(last, 0)


def _users(step: Node | None) -> dict[Node, list[Node]]:
    """Return, for every step that led to this one, the steps that used its result; twice where they used it twice."""
    users: dict[Node, list[Node]] = {}
    waiting, met = [step] if step else [], {step}
    while waiting:
        user = waiting.pop()
        for used in {used for used, _ in user.next_functions if used} - met:
            met.add(used)
            waiting.append(used)
        for used, _ in user.next_functions:
            users.setdefault(used, []).append(user)
    return users


def _keeps_apart(step: Node, before: Node, channels: torch.Size) -> bool:
    if step.name() not in CHANNELWISE or step.next_functions[0] != (before, 0):
        return False
    shape = torch.Size(step._input_metadata[0].shape)  # of the step's result: a mean may have taken channels away
    return len(shape) == 4 and shape[:2] == channels and not getattr(step, "_saved_training", False)


def _slopes(leaf: Tensor, end: GradientEdge) -> Tensor:
    """Differentiate the sum of the pulled-back gradients by what is pulled back: the slope of each number at the end.

    With J the derivative of the end by the leaf, the pull-back of u is Jᵀu, its sum is (J·1)·u, and J·1 is wanted.
    """
    pulled = torch.zeros(end.node._input_metadata[0].shape, dtype=leaf.dtype, device=leaf.device, requires_grad=True)
    (gradients,) = torch.autograd.grad(end, leaf, pulled, create_graph=True)
    (slopes,) = torch.autograd.grad(gradients, pulled, torch.ones_like(gradients))
    return at_least_float32(slopes)
