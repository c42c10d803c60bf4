"""Activation maximisation: draw the picture that a channel, or a class, likes best."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.attribution.checks import check_seed
from course_utils.attribution.layout import answer_of
from course_utils.attribution.progress import progress_bar
from course_utils.attribution.untouched import evaluating
from course_utils.autograd_modes import graphs_recorded
from course_utils.hooks import find_layer, hooked
from course_utils.hooks.finding import checked_model
from course_utils.plain_numbers import is_number, is_whole

__all__ = ["Dream", "maximise_activation"]

CONTRAST = 0.01  # of the spectrum that the ascent starts from: nearly grey


@dataclass(frozen=True)
class Dream:
    """The picture that was found.

    Attributes:
        image: (3, H, W) float32, in [0, 1].
        activations: (steps + 1,) float32, what was climbed, in the unit of the layer (a logit for a class): the value
            before each step, on the shifted picture, and last that of ``image`` itself.
    """

    image: Tensor
    activations: Tensor


def maximise_activation(
    model: nn.Module,
    layer: str | nn.Module | None,
    channel: int,
    *,
    size: int | tuple[int, int] = 32,
    steps: int = 128,
    step_size: float = 0.05,
    jitter: int = 2,
    seed: int = 0,
) -> Dream:
    """Climb from grey noise to a picture in [0, 1] that makes one channel of a layer, or one class, as large as it can.

    Simonyan et al. (2013), arXiv:1312.6034, section 2, climb a class's logit with respect to the pixels. Left alone,
    that gives high-frequency noise; so, as Olah et al. (2017), "Feature Visualization", doi:10.23915/distill.00007,
    we climb in the picture's Fourier coordinates, in which coarse and fine structure are equally easy to reach, and
    shift the picture a little before each step. We leave out their colour decorrelation, rotation and scaling. What
    comes out is what the channel *likes*, not what it sees in real pictures.

    Args:
        model: takes pictures (1, 3, H, W) in [0, 1]; put one that wants them normalised behind a layer that does it.
            In evaluation mode while we climb; nothing of it is changed when the call returns.
        layer: a dotted name or module that returns (N, K, h, w), whose mean over all positions is climbed, or (N, K);
            None is the model itself, so that ``channel`` is a class.
        channel: which of the K.
        size: height and width of the picture, in pixels.
        steps: of the ascent (Adam, on the spectrum).
        step_size: Adam's learning rate.
        jitter: largest shift before each step, in pixels, up, down, left or right; 0 for none.
        seed: of the first picture and the shifts, from a generator of our own.

    Raises:
        LookupError: no such layer, or no such channel in it.
        TypeError: the model is no network; channel or seed is not an integer.
        ValueError: the layer did not run, returns something else than (N, K, h, w) or (N, K), or does not depend on
            the picture; steps, step_size, jitter or size out of range.
    """
    checked_model(model)
    check_seed(seed)
    _check_numbers(steps, step_size, jitter)
    target = model if layer is None else find_layer(model, layer)
    goal, generator = _Goal(channel), torch.Generator("cpu").manual_seed(int(seed))
    home = next(model.parameters(), torch.empty(0))
    with evaluating(model, home.device), hooked(target, goal), graphs_recorded():
        drawing = _Drawing(_sides(size, jitter), step_size, generator, home.device)
        climbed = []
        with progress_bar("maximise_activation", steps, " steps") as bar:
            for _ in range(steps):
                shifted = _shift(drawing.image(), jitter, generator)
                climbed.append(goal.reached(model, shifted.to(home.dtype)))
                drawing.climb(climbed[-1])
                bar.update()
        image = drawing.image().detach()
        climbed.append(goal.reached(model, image.to(home.dtype)))
        return Dream(image[0], torch.stack(climbed).detach().float())


def _check_numbers(steps: int, step_size: float, jitter: int) -> None:
    for name, count, least in (("steps", steps, 1), ("jitter", jitter, 0)):
        if not is_whole(count) or count < least:
            raise ValueError(f"need {name} as a whole number of at least {least}, got {count!r}")
    if not is_number(step_size) or not 0 < step_size < float("inf"):
        raise ValueError(f"need step_size as a number above 0, got {step_size!r}; try 0.05")


def _sides(size: int | tuple[int, int], jitter: int) -> tuple[int, int]:
    sides = tuple(size) if isinstance(size, (tuple, list)) else (size, size)
    if len(sides) != 2 or not all(is_whole(side) and side > jitter for side in sides):
        raise ValueError(f"need size in pixels, one number or (height, width), above jitter ({jitter}); got {size!r}")
    return sides[0], sides[1]


class _Goal:
    """A forward hook that keeps the number to climb."""

    def __init__(self, channel: int) -> None:
        if not is_whole(channel):
            raise TypeError(f"need channel as a whole number, got {channel!r}")
        self.channel = channel
        self.value: Tensor | None = None

    def __call__(self, module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
        if not isinstance(output, Tensor) or output.ndim not in (2, 4):
            came = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
            raise ValueError(f"need a layer that returns (N, K, h, w) or (N, K), {type(module).__name__} gave {came}")
        if not 0 <= self.channel < output.shape[1]:
            raise LookupError(f"channel {self.channel} does not exist: this layer has 0 to {output.shape[1] - 1}")
        self.value = output[:, self.channel].mean()

    def reached(self, model: nn.Module, images: Tensor) -> Tensor:
        """Return the value that the model gives to the picture, with its graph."""
        self.value = None
        answer_of(model, images)  # a copy: an in-place operation must not rewrite the drawing
        if self.value is None:
            raise ValueError("the layer did not run in a forward pass; choose one that does")
        return self.value


class _Drawing:
    """A picture in Fourier coordinates, with Adam's memory."""

    def __init__(
        self, sides: tuple[int, int], step_size: float, generator: torch.Generator, device: torch.device
    ) -> None:
        self.sides = sides
        rows, columns = torch.fft.fftfreq(sides[0], device="cpu"), torch.fft.rfftfreq(sides[1], device="cpu")
        frequencies = (rows[:, None].square() + columns.square()).sqrt()  # (H, W // 2 + 1), in waves per pixel
        self.scale = (1 / frequencies.clamp(min=1 / max(sides))).to(device)
        start = torch.randn(3, *frequencies.shape, 2, generator=generator, device="cpu")
        self.spectrum = (CONTRAST * start).to(device).requires_grad_()
        self.optimizer = torch.optim.Adam([self.spectrum], lr=step_size)

    def image(self) -> Tensor:
        """Return the picture (1, 3, H, W), in [0, 1]."""
        waves = torch.view_as_complex(self.spectrum) * self.scale
        return torch.fft.irfft2(waves, s=self.sides, norm="ortho").sigmoid()[None]

    def climb(self, value: Tensor) -> None:
        """Make one step up."""
        if not value.requires_grad:
            raise ValueError("the layer does not depend on the picture; is there a detach() or no_grad() on the way?")
        (self.spectrum.grad,) = torch.autograd.grad(-value, self.spectrum)  # minus: Adam walks down
        self.optimizer.step()


def _shift(images: Tensor, jitter: int, generator: torch.Generator) -> Tensor:
    """Move the picture by a random number of pixels; what leaves on one side enters as a mirror image."""
    down, right = torch.randint(2 * jitter + 1, (2,), generator=generator, device="cpu").tolist()
    height, width = images.shape[-2:]
    padded = F.pad(images, (jitter,) * 4, mode="reflect") if jitter else images
    return padded[:, :, down : down + height, right : right + width]
