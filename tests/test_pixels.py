"""Saliency and its relatives: values worked by hand, then laws, the peers, damage, errors."""

from __future__ import annotations

import random
import signal
import sys
import threading
import warnings

import numpy as np
import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from course_utils.attribution import (
    gradient_times_input,
    guided_backprop,
    maximise_activation,
    occlusion,
    saliency,
    smooth_grad,
    strongest_images,
)
from course_utils.attribution.saliency import strongest_channel
from course_utils.attribution.smooth import Noise
from course_utils.hooks import count_hooks
from course_utils.models import SimpleCNN

pytestmark = pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning")

METHODS = {
    "saliency": saliency,
    "gradient_times_input": gradient_times_input,
    "guided_backprop": guided_backprop,
    "smooth_grad": lambda *args, **kwargs: smooth_grad(*args, samples=3, **kwargs),
    "occlusion": occlusion,
}
GRADIENT_METHODS = {name: method for name, method in METHODS.items() if name != "occlusion"}


def signed(answer):
    """The signed numbers behind the maps, one form for all methods."""
    return answer.losses if hasattr(answer, "losses") else answer.gradients


def seeded(build, *args, **kwargs):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return build(*args, **kwargs).eval()


def pictures(count, size, seed=5):
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed))


def with_relu_layers(model):
    """A twin of SimpleCNN with the same weights, whose ReLUs are layers that captum can see."""

    class Twin(SimpleCNN):
        def __init__(self):
            super().__init__()
            self.relus = nn.ModuleList(nn.ReLU() for _ in range(4))

        def forward(self, images):
            x = (images - self.mean) / self.std
            for convolution, relu in zip((self.conv1, self.conv2, self.conv3), self.relus, strict=False):
                x = self.pool(relu(convolution(x)))
            return self.fc2(self.relus[3](self.fc1(x.flatten(1))))

    twin = Twin().eval()
    twin.load_state_dict(model.state_dict())
    return twin


def networks():
    cnn, resnet = seeded(SimpleCNN), seeded(torchvision.models.resnet18, weights=None)
    return {"SimpleCNN": (cnn, with_relu_layers(cnn), pictures(3, 32)), "resnet18": (resnet, resnet, pictures(3, 64))}


class Linear(nn.Module):
    """Logit 0 = 2 red - 3 green of each pixel, added up; logit 1 = its negative."""

    def forward(self, images):
        vote = (2 * images[:, 0] - 3 * images[:, 1]).sum(dim=(1, 2))
        return torch.stack([vote, -vote], dim=1)


class OneReLU(nn.Module):
    """Logit 0 = relu(x0) - relu(x1) over two pixels of one channel; ``relu`` is handed in."""

    def __init__(self, relu):
        super().__init__()
        self.relu = relu

    def forward(self, images):
        x = self.relu(images.flatten(1) * 1)
        return torch.stack([x[:, 0] - x[:, 1], x[:, 1] - x[:, 0]], dim=1)


# ---------------------------------------------------------------- values worked by hand


def test_saliency_of_a_linear_score_is_its_largest_weight():
    """The gradient is (2, -3, 0) at each pixel, whatever the picture; the largest absolute value is 3."""
    answer = saliency(Linear(), pictures(2, 4), 0)
    assert torch.equal(answer.gradients[0, :, 1, 2], torch.tensor([2.0, -3.0, 0.0]))
    assert torch.equal(answer.maps, torch.full((2, 4, 4), 3.0))


def test_gradient_times_input_of_a_linear_score_is_what_each_pixel_adds():
    """Pixel (1, 0, 9) adds 2, pixel (1, 1, 9) adds 2 - 3 = -1, which the map cuts off."""
    image = torch.tensor([[1.0, 1.0], [0.0, 1.0], [9.0, 9.0]]).view(1, 3, 1, 2)
    assert gradient_times_input(Linear(), image, 0).maps.tolist() == [[[2.0, 0.0]]]


def test_joining_channels_takes_the_largest_absolute_value():
    assert strongest_channel(torch.tensor([1.0, -4.0, 3.0]).view(1, 3, 1, 1)).tolist() == [[[4.0]]]


RELUS = {
    "nn.ReLU": nn.ReLU(),
    "nn.ReLU in place": nn.ReLU(inplace=True),
    "F.relu": F.relu,
    "F.relu in place": lambda x: F.relu(x, inplace=True),
    "F.relu by name": lambda x: F.relu(input=x),
    "torch.relu": torch.relu,
    "torch.relu_": torch.relu_,
    "x.relu()": lambda x: x.relu(),
    "x.relu_()": lambda x: x.relu_(),
    "in place, result unused": lambda x: (x.relu_(), x)[1],
    "in place on a view": lambda x: (x[:, :].relu_(), x)[1],
}


@pytest.mark.parametrize("relu", RELUS)
def test_a_guided_relu_stops_negative_gradients(relu):
    """Both inputs are positive. The plain gradient of logit 0 is (1, -1); guided, the negative one is stopped."""
    model, image = OneReLU(RELUS[relu]), torch.tensor([1.0, 2.0]).view(1, 1, 1, 2)
    assert saliency(model, image, 0).gradients.flatten().tolist() == [1.0, -1.0]
    assert guided_backprop(model, image, 0).gradients.flatten().tolist() == [1.0, 0.0]
    assert guided_backprop(model, image, 1).gradients.flatten().tolist() == [0.0, 1.0]


def test_a_guided_relu_also_stops_where_its_input_was_negative():
    """x0 < 0: relu passes no gradient there, positive or not."""
    answer = guided_backprop(OneReLU(F.relu), torch.tensor([-1.0, 2.0]).view(1, 1, 1, 2), 0)
    assert answer.gradients.flatten().tolist() == [0.0, 0.0]


def test_a_relu_that_runs_twice_is_guided_twice():
    """logit = relu(relu(x0) - relu(x1)): the inner gradient is (1, -1), so pixel 1 gets nothing."""
    relu = nn.ReLU(inplace=True)

    class Twice(nn.Module):
        def forward(self, images):
            x = relu(images.flatten(1) * 1)
            return relu(x[:, :1] - x[:, 1:])

    answer = guided_backprop(Twice(), torch.tensor([3.0, 2.0]).view(1, 1, 1, 2), 0)
    assert answer.gradients.flatten().tolist() == [1.0, 0.0]


def test_smooth_grad_averages_the_slopes_at_the_noisy_pictures():
    """The score is the sum of squares, its slope 2 x; so the mean slope is 2 (x + mean noise)."""
    image, noise = pictures(1, 4), Noise(5, 0.3, seed=7)
    mean_noise = torch.cat(list(noise.draw(image[0], together=2))).mean(dim=0)
    answer = smooth_grad(Squares(), image, 0, samples=5, noise=0.3, seed=7)
    torch.testing.assert_close(answer.gradients[0], 2 * (image[0] + mean_noise))


class Squares(nn.Module):
    def forward(self, images):
        return images.square().sum(dim=(1, 2, 3))[:, None]


def test_noise_can_be_drawn_again_by_anybody():
    """As the docstring says: sample s is the s-th ``deviation * torch.randn`` of a seeded CPU generator."""
    generator = torch.Generator().manual_seed(2)
    by_hand = [0.1 * torch.randn(3, 5, 7, generator=generator) for _ in range(4)]
    for together in (1, 3, 4, 9):
        assert torch.equal(torch.stack(by_hand), torch.cat(list(Noise(4, 0.1, 2).draw(torch.zeros(3, 5, 7), together))))


def test_occlusion_by_hand():
    """The score adds up five pixels, 1 to 5. Patches of 2 at steps of 2 cost 3, 7 and, cut off by the edge, 5."""
    image = torch.arange(1.0, 6.0).view(1, 1, 1, 5)
    answer = occlusion(Sum(), image, 0, patch=(1, 2), stride=(1, 2), baseline=0)
    assert answer.losses.tolist() == [[[3.0, 3.0, 7.0, 7.0, 5.0]]]


def test_occlusion_averages_overlapping_patches():
    """Patches of 2 at steps of 1 cost 3, 5, 7, 9; the pixels between the ends are covered twice."""
    image = torch.arange(1.0, 6.0).view(1, 1, 1, 5)
    answer = occlusion(Sum(), image, 0, patch=(1, 2), stride=1, baseline=0)
    assert answer.losses.tolist() == [[[3.0, 4.0, 6.0, 8.0, 9.0]]]


def test_covering_what_speaks_against_a_class_gives_a_negative_loss_and_no_heat():
    """Half of each pixel is -1: covering it with 0 raises the score by 1."""
    answer = occlusion(Sum(), torch.tensor([[-1.0, 2.0]]).view(1, 1, 1, 2), 0, patch=1, baseline=0)
    assert answer.losses.tolist() == [[[-1.0, 2.0]]]
    assert answer.maps.tolist() == [[[0.0, 2.0]]]


def test_the_cover_left_out_is_each_pictures_mean_colour():
    """Pixels 1 and 3, mean 2: covering the first costs 1 - 2 = -1, the second 3 - 2 = 1."""
    images = torch.tensor([[1.0, 3.0], [5.0, 5.0]]).view(2, 1, 1, 2)
    assert occlusion(Sum(), images, 0, patch=1).losses.flatten().tolist() == [-1.0, 1.0, 0.0, 0.0]


class Sum(nn.Module):
    def forward(self, images):
        return images.sum(dim=(1, 2, 3))[:, None]


def test_maximising_the_red_channel_paints_the_picture_red():
    """Layer = a 1x1 convolution that keeps red and takes the others away: the best picture is (1, 0, 0) everywhere."""
    model = nn.Conv2d(3, 1, 1, bias=False)
    model.weight.data = torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1)
    dream = maximise_activation(model, None, 0, size=8, steps=100, step_size=0.2)
    red, green, blue = dream.image.mean(dim=(1, 2))
    assert red > 0.8
    assert max(green, blue) < 0.2
    torch.testing.assert_close(dream.activations[-1], red - green - blue)


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("name", METHODS)
def test_a_batch_of_different_classes_equals_single_images(tiny_cnn, tiny_images, name):
    method, classes = METHODS[name], torch.tensor([4, 0, 2, 2])
    together = signed(method(tiny_cnn, tiny_images, classes))
    alone = [signed(method(tiny_cnn, tiny_images[i : i + 1], int(classes[i]))) for i in range(4)]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-5 * float(together.abs().max()), rtol=0)


@pytest.mark.parametrize("classes", [None, 3, [0, 1, 2, 3]])
@pytest.mark.parametrize("name", METHODS)
def test_pieces_equal_the_whole(monkeypatch, tiny_cnn, tiny_images, name, classes):
    whole = METHODS[name](tiny_cnn, tiny_images, classes)
    monkeypatch.setattr("course_utils.attribution.forward.PICTURES", 3)
    pieces = METHODS[name](tiny_cnn, tiny_images, classes)
    torch.testing.assert_close(signed(pieces), signed(whole), atol=1e-6, rtol=1e-5)
    assert torch.equal(pieces.classes, whole.classes)
    torch.testing.assert_close(pieces.logits, whole.logits)


@pytest.mark.parametrize("name", METHODS)
def test_a_score_that_picks_a_logit_equals_the_class(tiny_cnn, tiny_images, name):
    by_class = METHODS[name](tiny_cnn, tiny_images, 2)
    by_score = METHODS[name](tiny_cnn, tiny_images, score=lambda logits: logits[:, 2])
    assert torch.equal(signed(by_score), signed(by_class))
    assert by_score.classes is None


@pytest.mark.parametrize("name", METHODS)
def test_a_score_sees_the_whole_batch_in_order(monkeypatch, tiny_cnn, tiny_images, name):
    """A score may know the labels of the batch: it is never handed a part of it."""
    monkeypatch.setattr("course_utils.attribution.forward.PICTURES", 3)
    labels = torch.tensor([4, 0, 2, 2])
    by_score = METHODS[name](tiny_cnn, tiny_images, score=lambda logits: logits[torch.arange(4), labels])
    torch.testing.assert_close(signed(by_score), signed(METHODS[name](tiny_cnn, tiny_images, labels)))


@pytest.mark.parametrize("name", METHODS)
def test_each_score_of_a_dense_output_can_be_explained(name):
    """Segmentation: the model returns (N, C, H, W), the score adds up class 1 in the left half."""
    model = seeded(nn.Conv2d, 3, 2, 3, padding=1)
    answer = METHODS[name](model, pictures(2, 8), score=lambda logits: logits[:, 1, :, :4].sum(dim=(1, 2)))
    assert answer.maps.shape == (2, 8, 8)
    assert answer.maps[..., 6:].abs().max() < 1e-5 or name == "occlusion"
    assert answer.maps[..., :4].max() > 0


@pytest.mark.parametrize("name", METHODS)
def test_no_class_given_means_the_predicted_class(tiny_cnn, tiny_images, name):
    answer = METHODS[name](tiny_cnn, tiny_images)
    assert torch.equal(answer.classes, tiny_cnn(tiny_images).argmax(1))
    assert torch.equal(signed(answer), signed(METHODS[name](tiny_cnn, tiny_images, answer.classes)))


@pytest.mark.parametrize("name", METHODS)
def test_maps_fit_the_pictures_and_are_never_negative(tiny_cnn, tiny_images, name):
    answer = METHODS[name](tiny_cnn, tiny_images)
    assert answer.maps.shape == answer.heatmaps.shape == (4, 8, 8)
    assert answer.maps.min() >= 0
    assert answer.logits.shape == (4, 5)


def test_saliency_equals_finite_differences(tiny_cnn, tiny_images):
    """Nudge 20 pixels of one channel each by a millionth, in float64."""
    model, image, step = tiny_cnn.double(), tiny_images[:1].double(), 1e-6
    gradients, draw = saliency(model, image, 1).gradients[0], random.Random(0)
    for _ in range(20):
        place = (draw.randrange(3), draw.randrange(8), draw.randrange(8))
        nudge = torch.zeros_like(image)
        nudge[0][place] = step
        slope = (model(image + nudge)[0, 1] - model(image - nudge)[0, 1]) / (2 * step)
        torch.testing.assert_close(gradients[place], slope.detach(), atol=1e-7, rtol=1e-5)


def test_smooth_grad_without_noise_is_saliency(tiny_cnn, tiny_images):
    smooth = smooth_grad(tiny_cnn, tiny_images, 1, samples=3, noise=0)
    torch.testing.assert_close(smooth.gradients, saliency(tiny_cnn, tiny_images, 1).gradients)


def test_smooth_grad_depends_on_its_seed_alone(tiny_cnn, tiny_images):
    first = smooth_grad(tiny_cnn, tiny_images, 1, seed=4).gradients
    torch.rand(7)
    assert torch.equal(smooth_grad(tiny_cnn, tiny_images, 1, seed=4).gradients, first)
    assert not torch.equal(smooth_grad(tiny_cnn, tiny_images, 1, seed=5).gradients, first)


def test_a_network_without_relu_is_told(tiny_images):
    model = seeded(lambda: nn.Sequential(nn.Flatten(), nn.Linear(192, 5), nn.Tanh(), nn.Linear(5, 3)))
    with pytest.warns(UserWarning, match="used no ReLU, so guided_backprop is plain saliency"):
        answer = guided_backprop(model, tiny_images, 1)
    assert torch.equal(answer.gradients, saliency(model, tiny_images, 1).gradients)


def test_guiding_ends_with_its_call(tiny_cnn, tiny_images):
    before = saliency(tiny_cnn, tiny_images, 1).gradients
    assert not torch.equal(guided_backprop(tiny_cnn, tiny_images, 1).gradients, before)
    assert torch.equal(saliency(tiny_cnn, tiny_images, 1).gradients, before)


def test_a_checkpointed_part_is_guided_too(tiny_cnn, tiny_images):
    from torch.utils.checkpoint import checkpoint

    class Saving(nn.Module):
        def __init__(self, reentrant):
            super().__init__()
            self.inner, self.reentrant = tiny_cnn, reentrant

        def forward(self, images):
            return checkpoint(self.inner, images, use_reentrant=self.reentrant)

    wanted = guided_backprop(tiny_cnn, tiny_images, 1).gradients
    assert torch.equal(guided_backprop(Saving(False), tiny_images, 1).gradients, wanted)


def test_a_dream_climbs_and_depends_on_its_seed_alone(tiny_cnn):
    first = maximise_activation(tiny_cnn, "conv2", 3, size=8, steps=20, seed=1)
    assert first.activations[-1] > first.activations[0]
    assert first.activations.shape == (21,)
    torch.rand(7)
    assert torch.equal(maximise_activation(tiny_cnn, "conv2", 3, size=8, steps=20, seed=1).image, first.image)
    assert not torch.equal(maximise_activation(tiny_cnn, "conv2", 3, size=8, steps=20, seed=2).image, first.image)


def test_the_dream_of_a_class_beats_every_random_picture(tiny_cnn):
    random_logits = tiny_cnn(pictures(300, 8)).amax(dim=0)
    for index in range(5):
        dream = maximise_activation(tiny_cnn, None, index, size=8, steps=80, jitter=0)
        logits = tiny_cnn(dream.image[None])[0]
        assert logits[index] > random_logits[index]
        torch.testing.assert_close(dream.activations[-1], logits[index].detach())


def test_a_dream_is_a_picture(tiny_cnn):
    image = maximise_activation(tiny_cnn, "conv1", 0, size=(8, 8), steps=5, jitter=0).image
    assert image.shape == (3, 8, 8)
    assert image.dtype == torch.float32
    assert image.min() >= 0
    assert image.max() <= 1


def test_the_layer_of_a_dream_may_be_followed_by_an_in_place_relu():
    """The activation before the ReLU is climbed; read after it, a negative one would be 0 and have no slope."""
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(inplace=True))
    model[0].bias.data.fill_(-5.0)
    dream = maximise_activation(model, "0", 0, size=8, steps=5)
    assert dream.activations[0] < 0
    assert dream.activations[-1] > dream.activations[0]


# ---------------------------------------------------------------- the peers agree


@pytest.mark.parametrize("network", ["SimpleCNN", "resnet18"])
def test_captum_agrees(network):
    from captum.attr import GuidedBackprop, InputXGradient, Occlusion, Saliency

    model, twin, images = networks()[network]
    classes = torch.tensor([2, 0, 4])
    windows = {"sliding_window_shapes": (3, 13, 12), "strides": (3, 4, 7), "baselines": 0.3}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # captum announces its hooks
        pairs = [
            (saliency(model, images, classes).maps, Saliency(twin).attribute(images, classes).amax(1)),
            (
                gradient_times_input(model, images, classes).gradients * images,
                InputXGradient(twin).attribute(images, classes).detach(),
            ),
            (guided_backprop(model, images, classes).gradients, GuidedBackprop(twin).attribute(images, classes)),
            (
                occlusion(model, images, classes, patch=(13, 12), stride=(4, 7), baseline=0.3).losses,
                Occlusion(twin).attribute(images, target=classes, **windows)[:, 0],
            ),
        ]
    for ours, peer in pairs:
        torch.testing.assert_close(ours, peer, atol=1e-4 * float(peer.abs().max()), rtol=0)


@pytest.mark.parametrize("network", ["SimpleCNN", "resnet18"])
def test_smooth_grad_is_the_mean_of_captums_saliency(network):
    from captum.attr import Saliency

    model, _, images = networks()[network]
    classes, generator = torch.tensor([2, 0, 4]), torch.Generator().manual_seed(3)
    noisy = [images + 0.2 * torch.randn(images.shape[1:], generator=generator) for _ in range(4)]
    peer = torch.stack([Saliency(model).attribute(copies, classes, abs=False) for copies in noisy]).mean(0)
    ours = smooth_grad(model, images, classes, samples=4, noise=0.2, seed=3).gradients
    torch.testing.assert_close(ours, peer, atol=1e-4 * float(peer.abs().max()), rtol=0)


# ---------------------------------------------------------------- works where others fail


@pytest.mark.parametrize("name", METHODS)
def test_works_frozen_without_gradients_and_in_train_mode(tiny_cnn, tiny_images, name):
    wanted = signed(METHODS[name](tiny_cnn, tiny_images, 1))
    tiny_cnn.requires_grad_(False).train()
    assert torch.equal(signed(METHODS[name](tiny_cnn, tiny_images, 1)), wanted)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert torch.equal(signed(METHODS[name](tiny_cnn, tiny_images.clone(), 1)), wanted)
            assert torch.equal(
                signed(METHODS[name](tiny_cnn, tiny_images.clone(), score=lambda logits: logits[:, 1])), wanted
            )


@pytest.mark.parametrize("name", METHODS)
def test_works_in_bfloat16_and_answers_in_float32(tiny_cnn, tiny_images, name):
    wanted = METHODS[name](tiny_cnn, tiny_images, 1).maps
    ours = METHODS[name](tiny_cnn.bfloat16(), tiny_images.bfloat16(), 1).maps
    assert ours.dtype == torch.float32
    torch.testing.assert_close(ours, wanted, atol=0.25 * float(wanted.max()), rtol=0)


def test_dreams_under_no_grad_and_with_frozen_weights(tiny_cnn):
    wanted = maximise_activation(tiny_cnn, "conv2", 3, size=8, steps=3).image
    tiny_cnn.requires_grad_(False).train()
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert torch.equal(maximise_activation(tiny_cnn, "conv2", 3, size=8, steps=3).image, wanted)


# ---------------------------------------------------------------- damage


def everything(model, images):
    return (
        {name: value.clone() for name, value in model.state_dict().items()},
        [p.requires_grad for p in model.parameters()],
        [None if p.grad is None else p.grad.clone() for p in model.parameters()],
        [m.training for m in model.modules()],
        torch.get_rng_state(),
        torch.is_grad_enabled(),
        count_hooks(model),
        len(modes_that_are_on()),
        images.clone(),
        images.requires_grad,
    )


def modes_that_are_on():
    """PyTorch may put a mode of ours back after Ctrl-C, switched off; the next call takes it away."""
    stack = [torch._C._get_function_stack_at(i) for i in range(torch._C._len_torch_function_stack())]
    return [mode for mode in stack if getattr(mode, "on", True)]


def assert_untouched(model, images, before):
    torch.testing.assert_close(everything(model, images), before, rtol=0, atol=0)


CALLS = {
    **METHODS,
    "maximise_activation": lambda model, images: maximise_activation(model, "conv2", 3, size=8, steps=3),
}


@pytest.mark.parametrize("name", CALLS)
def test_nothing_of_the_caller_changes(tiny_cnn, tiny_images, name):
    tiny_cnn.train()
    tiny_cnn.conv2.eval()
    tiny_cnn(tiny_images).sum().backward()  # gradients that wait for their optimizer step
    before = everything(tiny_cnn, tiny_images)
    CALLS[name](tiny_cnn, tiny_images)
    assert_untouched(tiny_cnn, tiny_images, before)


@pytest.mark.parametrize("name", METHODS)
def test_an_operation_in_place_on_the_pictures_does_not_reach_the_callers(name):
    model, images = (
        seeded(lambda: nn.Sequential(nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(48, 3))),
        -pictures(2, 4),
    )
    before = images.clone()
    METHODS[name](model, images, 0)
    assert torch.equal(images, before)


@pytest.mark.parametrize("name", METHODS)
def test_the_answer_holds_no_graph(tiny_cnn, tiny_images, name):
    images = tiny_images.requires_grad_()
    answer = METHODS[name](tiny_cnn, images, 1)
    assert not any(t.requires_grad for t in (answer.maps, answer.logits, answer.heatmaps, signed(answer)))


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("name", CALLS)
def test_nothing_is_left_after_a_failure_at_any_layer(tiny_cnn, tiny_images, name, error):
    tiny_cnn.train()
    for layer in list(tiny_cnn.children()):

        def fail(*_):
            raise error("stopped on purpose")

        handle = layer.register_forward_hook(fail)
        before = everything(tiny_cnn, tiny_images)
        with pytest.raises(error, match="on purpose"):
            CALLS[name](tiny_cnn, tiny_images)
        assert_untouched(tiny_cnn, tiny_images, before)
        handle.remove()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it may ring in a destructor
@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="signals reach the main thread only"
)
@pytest.mark.parametrize("name", ["guided_backprop", "smooth_grad", "occlusion", "maximise_activation"])
def test_nothing_is_left_after_ctrl_c_at_any_moment(tiny_cnn, tiny_images, name):
    """A real SIGINT after a random number of microseconds, 100 times."""
    tiny_cnn.train()
    before, moments, stopped = everything(tiny_cnn, tiny_images), random.Random(0), 0
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for _ in range(100):
            try:
                signal.setitimer(signal.ITIMER_REAL, moments.uniform(1e-5, 3e-3))
                CALLS[name](tiny_cnn, tiny_images)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                stopped += 1
            assert_untouched(tiny_cnn, tiny_images, before)
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert stopped > 7, "the timer hardly ever rang inside the call"


def test_memory_does_not_grow_with_the_samples_or_windows(tiny_cnn, tiny_images):
    """The model never sees more pictures at once than `pictures_at_once` allows (twice that without a graph)."""
    sizes = []
    handle = tiny_cnn.register_forward_pre_hook(lambda module, args: sizes.append(len(args[0])))
    smooth_grad(tiny_cnn, tiny_images, 1, samples=100)
    occlusion(tiny_cnn, tiny_images, 1, patch=1)
    handle.remove()
    assert max(sizes) <= 128
    assert sum(sizes) == 4 + 400 + 4 + 256


# ---------------------------------------------------------------- errors


BAD_CALLS = {
    "class 9 does not exist: this model has classes 0 to 4": (ValueError, {"classes": 9}),
    r"one class per image: 4 images, classes of shape \(3,\)": (ValueError, {"classes": [0, 1, 2]}),
    "integers, got torch.float32": (TypeError, {"classes": 1.0}),
    "give one of them": (ValueError, {"classes": 1, "score": lambda logits: logits[:, 0]}),
    "need score as a function": (TypeError, {"score": 3}),
    "one number per image": (ValueError, {"score": lambda logits: logits}),
}


@pytest.mark.parametrize("pieces", [3, 64])
@pytest.mark.parametrize("message", BAD_CALLS)
@pytest.mark.parametrize("name", METHODS)
def test_questions_without_an_answer(monkeypatch, tiny_cnn, tiny_images, name, message, pieces):
    monkeypatch.setattr("course_utils.attribution.forward.PICTURES", pieces)
    error, asked = BAD_CALLS[message]
    with pytest.raises(error, match=message):
        METHODS[name](tiny_cnn, tiny_images, **asked)


BAD_IMAGES = {
    "got torch.uint8; pictures in 0..255": (TypeError, torch.zeros(1, 3, 8, 8, dtype=torch.uint8)),
    r"got \(3, 8, 8\); add the batch dimension": (ValueError, torch.zeros(3, 8, 8)),
    "empty batch": (ValueError, torch.zeros(0, 3, 8, 8)),
    "images hold NaN": (ValueError, torch.full((1, 3, 8, 8), torch.nan)),
}


@pytest.mark.parametrize("message", BAD_IMAGES)
@pytest.mark.parametrize("name", METHODS)
def test_images_that_cannot_be_explained(tiny_cnn, name, message):
    error, images = BAD_IMAGES[message]
    with pytest.raises(error, match=message):
        METHODS[name](tiny_cnn, images)


class Detached(nn.Module):
    def forward(self, images):
        return images.detach().mean(dim=(2, 3))


@pytest.mark.filterwarnings("ignore:.*used no ReLU")
@pytest.mark.parametrize("name", GRADIENT_METHODS)
def test_logits_that_do_not_depend_on_the_pictures(tiny_images, name):
    with pytest.raises(ValueError, match=r"do not depend on the images.* is there a detach"):
        GRADIENT_METHODS[name](Detached(), tiny_images)


@pytest.mark.filterwarnings("ignore:.*used no ReLU")
@pytest.mark.parametrize("name", GRADIENT_METHODS)
def test_logits_that_depend_on_weights_but_not_on_the_pictures(tiny_images, name):
    model = nn.Sequential(Detached(), nn.Linear(3, 2))
    with pytest.raises(ValueError, match="do not depend on the images"):
        GRADIENT_METHODS[name](model, tiny_images)


def test_a_compiled_network_cannot_be_guided(tiny_cnn, tiny_images):
    compiled = torch.compile(tiny_cnn)
    with pytest.raises(RuntimeError, match="is compiled"):
        guided_backprop(compiled, tiny_images, 1)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"samples": 0}, "samples as a whole number of at least 1, got 0"),
        ({"samples": 2.0}, "samples as a whole number of at least 1, got 2.0"),
        ({"noise": -1}, "noise as a standard deviation >= 0, in units of pixel, got -1; try 0.15"),
        ({"noise": float("nan")}, "got nan"),
    ],
)
def test_noise_that_cannot_be_drawn(tiny_cnn, tiny_images, asked, message):
    with pytest.raises(ValueError, match=message):
        smooth_grad(tiny_cnn, tiny_images, **asked)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"patch": 9}, r"need patch in whole pixels from 1 to 8 \(height\) and 8 \(width\), got 9"),
        ({"patch": 0}, "got 0"),
        ({"patch": (2, 2, 2)}, r"patch as one whole number of pixels or as \(height, width\), got \(2, 2, 2\)"),
        ({"patch": 2, "stride": 3}, "need stride in whole pixels from 1 to 2 .* so that no pixel is left out"),
        ({"baseline": torch.zeros(2, 1, 1)}, r"fits images of shape \(4, 3, 8, 8\), got \(2, 1, 1\)"),
        ({"baseline": "grey"}, "got 'grey'; a number"),
        ({"baseline": float("nan")}, "finite baseline, got nan; a number"),
    ],
)
def test_patches_that_do_not_fit(tiny_cnn, tiny_images, asked, message):
    with pytest.raises(ValueError, match=message):
        occlusion(tiny_cnn, tiny_images, **asked)


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"layer": "conv9"}, LookupError, "no layer 'conv9'; did you mean"),
        ({"channel": 6}, LookupError, "channel 6 does not exist: this layer has 0 to 5"),
        ({"channel": -1}, LookupError, "channel -1 does not exist"),
        ({"channel": 1.0}, TypeError, "channel as a whole number, got 1.0"),
        ({"steps": 0}, ValueError, "steps as a whole number of at least 1, got 0"),
        ({"jitter": -1}, ValueError, "jitter as a whole number of at least 0, got -1"),
        ({"step_size": 0}, ValueError, "step_size as a number above 0, got 0"),
        ({"size": 2}, ValueError, r"above jitter \(2\); got 2"),
    ],
)
def test_dreams_that_cannot_be_dreamt(tiny_cnn, asked, error, message):
    wanted = {"layer": "conv2", "channel": 0, "size": 8} | asked
    before = everything(tiny_cnn, torch.zeros(1))
    with pytest.raises(error, match=message):
        maximise_activation(tiny_cnn, **wanted)
    assert_untouched(tiny_cnn, torch.zeros(1), before)


def test_a_layer_that_does_not_run_has_no_dream(tiny_cnn):
    tiny_cnn.unused = nn.Conv2d(3, 3, 1)
    with pytest.raises(ValueError, match="did not run"):
        maximise_activation(tiny_cnn, "unused", 0, size=8)


def test_joining_channels_of_something_else_is_refused():
    with pytest.raises(ValueError, match=r"need gradients of shape \(N, C, H, W\), got \(3, 8, 8\)"):
        strongest_channel(torch.zeros(3, 8, 8))


@pytest.mark.parametrize("seed", ["a", None, 1.5, True])
def test_a_seed_is_a_whole_number(tiny_cnn, tiny_images, seed):
    for call in (
        lambda: smooth_grad(tiny_cnn, tiny_images, 0, seed=seed),
        lambda: maximise_activation(tiny_cnn, "conv2", 0, size=8, seed=seed),
    ):
        with pytest.raises(TypeError, match=r"need seed as a whole number, got .*; try seed=0"):
            call()
    with pytest.raises(ValueError, match="at most 64 bits"):
        smooth_grad(tiny_cnn, tiny_images, 0, seed=2**70)


def test_a_dream_needs_a_network_and_a_size(tiny_cnn):
    with pytest.raises(TypeError, match=r"a model is a torch.nn.Module, got NoneType"):
        maximise_activation(None, None, 0)
    for size in (32.5, None, (8, 8, 8)):
        with pytest.raises(ValueError, match=r"need size in pixels, one number or \(height, width\)"):
            maximise_activation(tiny_cnn, "conv2", 0, size=size)


def test_numpy_numbers_count_as_numbers():
    """They come out of numpy's argmax, shape and linspace; bools come out of mistakes."""
    model, image = SimpleCNN(), pictures(1, 32)
    whole, real = np.int64(2), np.float32(0.25)
    as_numpy = smooth_grad(model, image, 0, samples=whole, noise=real, seed=whole)
    assert torch.equal(as_numpy.gradients, smooth_grad(model, image, 0, samples=2, noise=0.25, seed=2).gradients)
    windows = occlusion(model, image, 0, patch=np.int64(16), stride=(np.int64(16), 16))
    assert torch.equal(windows.maps, occlusion(model, image, 0, patch=16, stride=16).maps)
    assert strongest_images(model, image, "conv1", channel=whole, count=whole).indices.tolist() == [0]
    dream = maximise_activation(model, "conv1", whole, steps=whole, step_size=real, size=np.int64(32), seed=whole)
    assert dream.image.shape == (3, 32, 32)


def test_guided_backprop_is_off_even_when_ctrl_c_comes_inside_torch():
    """While F.relu is redirected, torch pops the mode in Python code that Ctrl-C can cut short (torch 2.15)."""

    def ctrl_c(frame, event, arg):
        in_torch = frame.f_back is not None and frame.f_back.f_code.co_filename.endswith("overrides.py")
        if event == "call" and frame.f_code.co_name == "__exit__" and in_torch:
            sys.setprofile(None)
            raise KeyboardInterrupt

    sys.setprofile(ctrl_c)
    try:
        with pytest.raises(KeyboardInterrupt):
            guided_backprop(SimpleCNN(), pictures(1, 32))
    finally:
        sys.setprofile(None)
    number = torch.tensor(1.0, requires_grad=True)
    (-torch.relu(number)).backward()
    assert number.grad == -1
    assert torch._C._len_torch_function_stack() == 1, "torch put it back, switched off"
    guided_backprop(SimpleCNN(), pictures(1, 32))
    assert torch._C._len_torch_function_stack() == 0


def test_numpys_small_integers_do_not_overflow(tiny_cnn, tiny_images):
    ours = occlusion(tiny_cnn, tiny_images, 1, patch=np.uint8(4), stride=np.uint16(2))
    torch.testing.assert_close(ours.losses, occlusion(tiny_cnn, tiny_images, 1, patch=4, stride=2).losses)


@pytest.mark.parametrize("name", METHODS)
def test_a_score_that_works_in_place_rewrites_no_logits(tiny_cnn, tiny_images, name):
    plain = METHODS[name](tiny_cnn, tiny_images, score=lambda logits: 2 * logits[:, 0])
    ours = METHODS[name](tiny_cnn, tiny_images, score=lambda logits: logits.mul_(2)[:, 0])
    torch.testing.assert_close(ours.logits, plain.logits)
    torch.testing.assert_close(ours.maps, plain.maps)
