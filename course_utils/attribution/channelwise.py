"""The stretch behind a layer that keeps the channels apart: normalisation, ReLU, pooling.

Grad-CAM's weight, the mean gradient of a channel, is the slope of a logit when one constant is added to the whole
channel. While the channels stay apart, what becomes of these constants does not depend on the class. So one pass
follows them all through the stretch, and through a fully connected layer behind it, and only the rest of the network
is differentiated class by class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.autograd.graph import GradientEdge, Node, get_gradient_edge

from course_utils.attribution.channels import at_least_float32
from course_utils.attribution.connected import FullyConnected, Users, fully_connected, users_of_steps
from course_utils.attribution.tail import LayerRun
from course_utils.autograd_modes import graphs_recorded

__all__ = ["Connected", "LongWay", "Stretch", "Way", "shortest_way"]

# Steps that make channel k of their result from channel k of their input alone, image by image.
ACTIVATIONS = ("Relu", "LeakyRelu", "Elu", "Silu", "Gelu", "Hardtanh", "Hardswish", "Sigmoid", "Tanh", "Softplus")
POOLING = ("MaxPool2DWithIndices", "AvgPool2D", "AdaptiveAvgPool2D", "AdaptiveMaxPool2D")
CHANNELWISE = {f"{step}Backward0" for step in (*ACTIVATIONS, *POOLING, "NativeBatchNorm", "Clone")} | {"MeanBackward1"}
CONNECTED_NUMBERS = 8_000_000  # slopes kept at once, 32 MB: 128 pictures in SimpleCNN, 4 in VGG16


class Way(Protocol):
    """A way back from the logits to the mean gradient of each channel."""

    @property
    def numbers(self) -> int:
        """How many numbers are pulled back for one class."""

    def mean_gradients(self, directions: Tensor) -> Tensor:
        """Return the mean gradient of each channel for B sums of logits at once.

        Args:
            directions: (B, N, C), the share of each logit in the sums.

        Returns:
            (B, N, K), in logits per unit of activation; float32 at least.

        Raises:
            ValueError: the logits do not depend on the layer.
        """


@dataclass(frozen=True)
class LongWay:
    """Back to every number of the layer; the only way where the channels meet at once."""

    run: LayerRun

    @property
    def numbers(self) -> int:  # see Way, here and below
        return self.run.leaf.numel()

    def mean_gradients(self, directions: Tensor) -> Tensor:
        return at_least_float32(self.run.pull_back(self.run.logits, directions)).mean(dim=(3, 4))


@dataclass(frozen=True)
class Stretch:
    """Back to the end of the stretch.

    Attributes:
        run: the forward pass.
        end: the last step of the stretch.
        slopes: (N, K, h', w'): by how much each number at the end rises per unit that is added to the whole channel
            of the layer, divided by the layer's h * w.
    """

    run: LayerRun
    end: GradientEdge
    slopes: Tensor

    @property
    def numbers(self) -> int:
        return self.slopes.numel()

    def mean_gradients(self, directions: Tensor) -> Tensor:
        gradients = at_least_float32(self.run.pull_back(self.run.logits, directions, self.end))
        return torch.einsum("bnkhw,nkhw->bnk", gradients, self.slopes)


@dataclass(frozen=True)
class Connected:
    """Back to the fully connected layer that reads the end of the stretch, and no further.

    Attributes:
        run: the forward pass.
        end: the fully connected layer.
        slopes: (N, K, J): by how much each of its J results rises per unit that is added to the whole channel,
            divided by the layer's h * w.
    """

    run: LayerRun
    end: GradientEdge
    slopes: Tensor

    @property
    def numbers(self) -> int:
        return self.slopes[:, 0].numel()

    def mean_gradients(self, directions: Tensor) -> Tensor:
        gradients = at_least_float32(self.run.pull_back(self.run.logits, directions, self.end))
        return torch.einsum("bnj,nkj->bnk", gradients, self.slopes)


def shortest_way(run: LayerRun) -> Way:
    """Follow what is added to the channels as far as that is the same for every class."""
    if run.reshaped:
        return LongWay(run)
    with graphs_recorded():
        users = users_of_steps(run.logits.grad_fn)
        end = _end(run, users)
        if end is None:
            return LongWay(run)
        slopes = _slopes(run.leaf, end) / run.leaf[0, 0].numel()
        reader = fully_connected(end.node, users)
        if reader is None or not _fits(slopes, reader):
            return Stretch(run, end, slopes)
        return Connected(run, GradientEdge(reader.step, 0), reader.follow(slopes))


def _fits(slopes: Tensor, reader: FullyConnected) -> bool:
    several = slopes[0, 0].numel() > 1  # positions; with one there is nothing to gain
    return several and slopes.shape[:2].numel() * reader.weights.shape[1] <= CONNECTED_NUMBERS


def _end(run: LayerRun, users: Users) -> GradientEdge | None:
    step, last = get_gradient_edge(run.leaf).node, None
    while len(users.get(step, ())) == 1 and _keeps_apart(users[step][0], step, run.leaf.shape[:2]):
        step = last = users[step][0]
    return None if last is None else GradientEdge(last, 0)


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
