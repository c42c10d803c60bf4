"""Grad-CAM: values worked by hand, then laws, then damage, then errors."""

from __future__ import annotations

import random
import signal
import threading
import warnings

import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from course_utils.attribution import grad_cam, grad_cam_all_classes, weigh_channels
from course_utils.hooks import count_hooks
from course_utils.models import SimpleCNN

pytestmark = pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning")


class OnePixelVote(nn.Module):
    """A layer with hand-set channels: logit 0 = sum of channel 0, logit 1 = sum of channel 1 - sum of channel 0."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(1, 2, 1, bias=False)
        self.layer.weight.data = torch.tensor([1.0, 2.0]).view(2, 1, 1, 1)

    def forward(self, images):
        sums = self.layer(images).sum(dim=(2, 3))
        return torch.stack([sums[:, 0], sums[:, 1] - sums[:, 0]], dim=1)


class Branching(nn.Module):
    """A GoogLeNet-style block: three branches side by side, joined by concatenation; ReLUs in place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.one = nn.Conv2d(8, 4, 1)
        self.three = nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU(inplace=True), nn.Conv2d(4, 6, 3, padding=1))
        self.pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(8, 5, 1))
        self.head = nn.Linear(15, 7)

    def forward(self, images):
        x = self.stem(images)
        joined = F.relu(torch.cat([self.one(x), self.three(x), self.pooled(x)], dim=1), inplace=True)
        return self.head(joined.mean(dim=(2, 3)))


def seeded(build, *args, **kwargs):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return build(*args, **kwargs).eval()


def pictures(count, size, seed=5):
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed))


NETWORKS = {
    "SimpleCNN.conv1": (lambda: seeded(SimpleCNN), "conv1", 32),
    "SimpleCNN.conv3": (lambda: seeded(SimpleCNN), "conv3", 32),
    "resnet18.layer4": (lambda: seeded(torchvision.models.resnet18, weights=None), "layer4", 64),
    "resnet18.layer2": (lambda: seeded(torchvision.models.resnet18, weights=None), "layer2", 64),
    "Branching.three": (lambda: seeded(Branching), "three", 16),
    "Branching.pooled": (lambda: seeded(Branching), "pooled", 16),
}


# ---------------------------------------------------------------- values worked by hand


def test_map_of_hand_made_channels():
    """Mean gradients are +1 and -1, so the map is relu(A0 - A1)."""
    activations = torch.tensor([[[[3.0, 0.0]], [[1.0, 2.0]]]])  # (1, 2, 1, 2)
    gradients = torch.tensor([[[[1.0, 1.0]], [[-1.0, -1.0]]]])
    torch.testing.assert_close(weigh_channels(activations, gradients), torch.tensor([[[2.0, 0.0]]]))


def test_map_of_hand_made_network():
    """A0 = x and A1 = 2x. Class 0: weights (1, 0), map x. Class 1: weights (-1, 1), map 2x - x = x."""
    image = torch.tensor([[[[1.0, 0.0], [0.0, 3.0]]]])
    for index in (0, 1):
        answer = grad_cam(OnePixelVote(), image, "layer", index)
        torch.testing.assert_close(answer.maps, image[0])
        torch.testing.assert_close(answer.logits, torch.tensor([[4.0, 4.0]]))


def test_heatmap_is_the_map_divided_by_its_peak():
    """The map [[1, 0], [0, 3]] has the size of the picture, so enlarging changes nothing."""
    image = torch.tensor([[[[1.0, 0.0], [0.0, 3.0]]]])
    torch.testing.assert_close(grad_cam(OnePixelVote(), image, "layer", 0).heatmaps, image[0] / 3)


def test_zero_map_is_told_and_stays_zero():
    """Negative pictures give negative channels for class 0: relu leaves nothing."""
    with pytest.warns(UserWarning, match=r"1 of 2 maps are zero everywhere: image 1 \(class 0\)"):
        answer = grad_cam(OnePixelVote(), torch.tensor([1.0, -1.0]).view(2, 1, 1, 1).expand(2, 1, 2, 2), "layer", 0)
    assert answer.is_zero.tolist() == [False, True]
    assert answer.heatmaps[1].abs().max() == 0
    assert answer.heatmaps[0].max() == 1


def test_no_warning_where_a_map_has_heat():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grad_cam(OnePixelVote(), torch.ones(1, 1, 2, 2), "layer", 0)


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("network", NETWORKS)
def test_batch_of_different_classes_equals_single_images(network):
    build, layer, size = NETWORKS[network]
    model, images, classes = build(), pictures(3, size), torch.tensor([2, 0, 4])
    together = grad_cam(model, images, layer, classes).maps
    alone = torch.cat([grad_cam(model, images[i : i + 1], layer, int(classes[i])).maps for i in range(3)])
    torch.testing.assert_close(together, alone, atol=1e-5 * float(alone.max()), rtol=0)


@pytest.mark.parametrize("network", [name for name in NETWORKS if name != "resnet18.layer2"])  # minutes: 1,000 classes
def test_all_classes_equal_one_class_at_a_time(network):
    build, layer, size = NETWORKS[network]
    model, images = build(), pictures(2, size)
    every = grad_cam_all_classes(model, images, layer)[:, :7]
    one_by_one = torch.stack([grad_cam(model, images, layer, c).maps for c in range(7)], dim=1)
    torch.testing.assert_close(every, one_by_one, atol=1e-5 * float(one_by_one.max()), rtol=0)


def test_all_classes_in_chunks_equal_all_at_once(monkeypatch, tiny_cnn, tiny_images):
    whole = grad_cam_all_classes(tiny_cnn, tiny_images, "conv1")
    monkeypatch.setattr("course_utils.attribution.gradcam.CHUNK_NUMBERS", 2 * 4 * 4 * 64)
    torch.testing.assert_close(grad_cam_all_classes(tiny_cnn, tiny_images, "conv1"), whole)


def test_two_routes_agree(tiny_cnn, tiny_images):
    """The route of the tutorials: retain the activation's gradient and call backward on the summed logits."""
    activations = tiny_cnn.conv1(tiny_images).detach().requires_grad_()
    logits = tiny_cnn.fc(F.relu(tiny_cnn.conv2(tiny_cnn.relu(activations))).flatten(1))
    logits[:, 2].sum().backward()
    by_hand = weigh_channels(activations.detach(), activations.grad)
    torch.testing.assert_close(grad_cam(tiny_cnn, tiny_images, "conv1", 2).maps, by_hand)


def test_weights_equal_finite_differences(tiny_cnn, tiny_images):
    """Nudge each channel of conv1 everywhere by a little: d logit / d channel = h w times the Grad-CAM weight."""
    model, images, step = tiny_cnn.double(), tiny_images[:1].double(), 1e-6
    activations = model.conv1(images).detach()

    def logit(shifted):
        return model.fc(F.relu(model.conv2(model.relu(shifted))).flatten(1))[0, 3]

    nudges = step * torch.eye(4, dtype=torch.double).view(4, 1, 4, 1, 1)
    slopes = torch.stack([(logit(activations + n) - logit(activations - n)) / (2 * step) for n in nudges])
    by_hand = (slopes.view(1, 4, 1, 1) / 64 * activations).sum(1).relu()
    torch.testing.assert_close(grad_cam(model, images, "conv1", 3).maps, by_hand, atol=1e-7, rtol=1e-5)


@given(factor=st.floats(0.1, 50))
@settings(max_examples=15, deadline=None)
def test_scaling_the_logit_scales_the_map_and_keeps_the_heatmap(factor):
    model, images = seeded(SimpleCNN), pictures(1, 32)
    before = grad_cam(model, images, "conv2", 1)
    with torch.no_grad():
        model.fc2.weight.mul_(factor)
    after = grad_cam(model, images, "conv2", 1)
    torch.testing.assert_close(after.maps, before.maps * factor, rtol=1e-4, atol=1e-6 * factor)
    torch.testing.assert_close(after.heatmaps, before.heatmaps, rtol=1e-3, atol=1e-4)


def test_no_class_given_means_the_predicted_class(tiny_cnn, tiny_images):
    answer = grad_cam(tiny_cnn, tiny_images, "conv1")
    assert torch.equal(answer.classes, tiny_cnn(tiny_images).argmax(1))
    torch.testing.assert_close(answer.maps, grad_cam(tiny_cnn, tiny_images, "conv1", answer.classes).maps)


def test_layer_by_name_and_by_module_agree(tiny_cnn, tiny_images):
    by_name, by_module = (grad_cam(tiny_cnn, tiny_images, layer, 1).maps for layer in ("conv2", tiny_cnn.conv2))
    assert torch.equal(by_name, by_module)


@pytest.mark.parametrize("make", [list, tuple, torch.tensor, lambda c: torch.tensor(c, dtype=torch.int16)])
def test_classes_in_any_integer_form(tiny_cnn, tiny_images, make):
    answer = grad_cam(tiny_cnn, tiny_images, "conv1", make([4, 3, 2, 1]))
    assert answer.classes.tolist() == [4, 3, 2, 1]
    assert answer.classes.dtype == torch.int64


# ---------------------------------------------------------------- the peers agree


def normalised(maps):
    return maps / maps.amax(dim=(1, 2), keepdim=True)


@pytest.mark.parametrize("network", NETWORKS)
def test_captum_agrees(network):
    from captum.attr import LayerGradCam

    build, layer, size = NETWORKS[network]
    model, images, classes = build(), pictures(3, size), torch.tensor([2, 0, 4])
    peer = LayerGradCam(model, model.get_submodule(layer)).attribute(images, classes, relu_attributions=True)
    ours = grad_cam(model, images, layer, classes).maps
    torch.testing.assert_close(ours, peer[:, 0].detach(), atol=1e-5 * float(ours.max()), rtol=0)


@pytest.mark.parametrize("network", NETWORKS)
def test_torchcam_agrees(network):
    from torchcam.methods import GradCAM

    build, layer, size = NETWORKS[network]
    model, images, classes = build(), pictures(3, size), [2, 0, 4]
    with GradCAM(model, target_layer=layer) as extractor:
        peer = extractor(classes, model(images), normalized=False)[0]
    ours = grad_cam(model, images, layer, classes).maps
    torch.testing.assert_close(ours, peer.detach(), atol=1e-5 * float(ours.max()), rtol=0)


@pytest.mark.parametrize("network", NETWORKS)
def test_pytorch_grad_cam_agrees(network):
    """The library stretches each map to [0, 1] from its smallest value; so do we here, before comparing."""
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    build, layer, size = NETWORKS[network]
    model, images, classes = build(), pictures(3, size), [2, 0, 4]
    with GradCAM(model, [model.get_submodule(layer)]) as extractor:
        activations_and_gradients = extractor.activations_and_grads
        logits = activations_and_gradients(images)
        sum(ClassifierOutputTarget(c)(row) for c, row in zip(classes, logits, strict=True)).backward()
        peer = extractor.get_cam_image(
            images,
            None,
            None,
            activations_and_gradients.activations[0].numpy(),
            activations_and_gradients.gradients[0].numpy(),
        )
    ours = grad_cam(model, images, layer, classes).maps
    torch.testing.assert_close(ours, torch.from_numpy(peer).relu(), atol=1e-5 * float(ours.max()), rtol=0)


# ---------------------------------------------------------------- works where others fail


def test_works_with_frozen_weights(tiny_cnn, tiny_images):
    wanted = grad_cam(tiny_cnn, tiny_images, "conv1", 1).maps
    tiny_cnn.requires_grad_(False)
    assert torch.equal(grad_cam(tiny_cnn, tiny_images, "conv1", 1).maps, wanted)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_works_without_gradients_around_it(tiny_cnn, tiny_images, mode):
    wanted = grad_cam(tiny_cnn, tiny_images, "conv1", 1).maps
    with mode():
        images = tiny_images.clone()  # under inference_mode an inference tensor
        assert torch.equal(grad_cam(tiny_cnn, images, "conv1", 1).maps, wanted)
        torch.testing.assert_close(grad_cam_all_classes(tiny_cnn, images, "conv1")[:, 1], wanted)
        assert torch.is_inference_mode_enabled() == (mode is torch.inference_mode)
        assert not torch.is_grad_enabled()


def test_train_mode_gives_the_evaluation_map_and_stays(tiny_images):
    model = seeded(Branching)
    wanted = grad_cam(model, tiny_images, "three", 1).maps
    model.train()
    model.stem.eval()  # a frozen part must not be switched on
    flags = [m.training for m in model.modules()]
    statistics = model.stem[1].running_mean.clone()
    assert torch.equal(grad_cam(model, tiny_images, "three", 1).maps, wanted)
    assert [m.training for m in model.modules()] == flags
    assert torch.equal(model.stem[1].running_mean, statistics)


def test_works_on_channels_last(tiny_cnn, tiny_images):
    wanted = grad_cam(tiny_cnn, tiny_images, "conv1", 1).maps
    images = tiny_images.to(memory_format=torch.channels_last)
    ours = grad_cam(tiny_cnn.to(memory_format=torch.channels_last), images, "conv1", 1).maps
    torch.testing.assert_close(ours, wanted)


def test_all_classes_are_float32_and_equal_to_each_under_autocast(tiny_cnn, tiny_images):
    with torch.autocast("cpu", torch.bfloat16):
        together = grad_cam_all_classes(tiny_cnn, tiny_images, "conv2")
        each = torch.stack([grad_cam(tiny_cnn, tiny_images, "conv2", c).maps for c in range(5)], dim=1)
    assert together.dtype == each.dtype == torch.float32
    torch.testing.assert_close(together, each, atol=0.02 * each.max().item(), rtol=0)


def test_works_in_bfloat16_and_answers_in_float32(tiny_cnn, tiny_images):
    wanted = grad_cam(tiny_cnn, tiny_images, "conv1", 1).maps
    ours = grad_cam(tiny_cnn.bfloat16(), tiny_images.bfloat16(), "conv1", 1).maps
    assert ours.dtype == torch.float32
    torch.testing.assert_close(ours, wanted, atol=0.05 * float(wanted.max()), rtol=0)


def test_an_in_place_relu_behind_the_layer_does_not_change_the_map():
    plain = seeded(lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5)))
    in_place = seeded(lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(144, 5)))
    images = pictures(2, 8)
    for layer in ("0", "1"):
        assert torch.equal(grad_cam(in_place, images, layer, 1).maps, grad_cam(plain, images, layer, 1).maps)


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
        images.clone(),
        images.requires_grad,
    )


def assert_untouched(model, images, before):
    after = everything(model, images)
    torch.testing.assert_close(after, before, rtol=0, atol=0)


@pytest.mark.parametrize(
    "explain", [lambda m, x: grad_cam(m, x, "conv1"), lambda m, x: grad_cam_all_classes(m, x, "conv1")]
)
def test_nothing_of_the_caller_changes(tiny_cnn, tiny_images, explain):
    tiny_cnn(tiny_images).sum().backward()  # gradients that wait for their optimizer step
    before = everything(tiny_cnn, tiny_images)
    explain(tiny_cnn, tiny_images)
    assert_untouched(tiny_cnn, tiny_images, before)


def test_the_answer_holds_no_graph(tiny_cnn, tiny_images):
    answer = grad_cam(tiny_cnn, tiny_images, "conv1")
    assert not any(t.requires_grad for t in (answer.maps, answer.logits, answer.heatmaps, answer.probabilities))


class Fails(nn.Module):
    """Raises ``error`` at the ``when``-th call of any layer that carries it as a hook."""

    def __init__(self, error, when):
        super().__init__()
        self.error, self.left = error, when

    def forward(self, *_):
        self.left -= 1
        if self.left < 0:
            raise self.error("stopped on purpose")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_is_left_after_a_failure_at_any_layer(tiny_cnn, tiny_images, error):
    tiny_cnn.train()
    for when in range(5):
        failing = Fails(error, when)
        handles = [m.register_forward_hook(lambda *_: failing()) for m in tiny_cnn.children()]  # noqa: B023
        before = everything(tiny_cnn, tiny_images)
        if when < 4:
            with pytest.raises(error, match="on purpose"):
                grad_cam(tiny_cnn, tiny_images, "conv2", 1)
        else:
            grad_cam(tiny_cnn, tiny_images, "conv2", 1)
        assert_untouched(tiny_cnn, tiny_images, before)
        for handle in handles:
            handle.remove()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it may ring in a destructor
@pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(), reason="signals reach the main thread only"
)
def test_nothing_is_left_after_ctrl_c_at_any_moment(tiny_cnn, tiny_images):
    """A real SIGINT after a random number of microseconds, 1,000 times."""
    tiny_cnn.train()
    before, moments, stopped = everything(tiny_cnn, tiny_images), random.Random(0), 0
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for _ in range(1000):
            try:
                signal.setitimer(signal.ITIMER_REAL, moments.uniform(1e-5, 2e-3))
                grad_cam(tiny_cnn, tiny_images, "conv2", 1)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                stopped += 1
            assert_untouched(tiny_cnn, tiny_images, before)
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert stopped > 20, "the timer hardly ever rang inside the call"


# ---------------------------------------------------------------- any score, any layout


class Tokens(nn.Module):
    """A transformer in miniature: the layer returns (N, 1 + h*w, D) tokens, class token first."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(3, 4, 2, stride=2)
        self.tokens, self.head = nn.Identity(), nn.Linear(4, 5)

    def forward(self, images):
        patches = self.layer(images).flatten(2).transpose(1, 2)  # (N, h*w, D)
        tokens = self.tokens(torch.cat([patches[:, :1] * 0, patches], dim=1))
        return self.head(tokens[:, 1:].relu().mean(dim=1))


def test_a_class_is_one_score_among_many(tiny_cnn, tiny_images):
    by_class = grad_cam(tiny_cnn, tiny_images, "conv2", 1)
    by_score = grad_cam(tiny_cnn, tiny_images, "conv2", score=lambda logits: logits[:, 1])
    assert torch.equal(by_class.maps, by_score.maps)
    assert by_score.classes is None
    with pytest.raises(ValueError, match="explains a score, not a class"):
        by_score.probabilities  # noqa: B018


def test_difference_of_two_classes_by_hand():
    """Logit 1 - logit 0 = sum of channel 1 - 2 * sum of channel 0; A = (x, 2x), so the map is relu(2x - 2x) = 0."""
    images = torch.tensor([[[[3.0, 1.0]]]])
    answer = grad_cam(OnePixelVote(), images, "layer", score=lambda logits: logits[:, 1] - logits[:, 0])
    assert answer.is_zero.all()
    sums = grad_cam(OnePixelVote(), images, "layer", score=lambda logits: logits[:, 1] + 2 * logits[:, 0])
    torch.testing.assert_close(sums.maps, 3 * images[:, 0])  # gradients (1, 1): x + 2x


def test_a_score_works_without_gradients_around_it(tiny_cnn, tiny_images):
    wanted = grad_cam(tiny_cnn, tiny_images, "conv1", 1).maps
    with torch.inference_mode():
        assert torch.equal(grad_cam(tiny_cnn, tiny_images, "conv1", score=lambda logits: logits[:, 1]).maps, wanted)
        assert torch.is_inference_mode_enabled()


def test_a_region_of_a_segmentation_is_a_score():
    """1x1 convolutions only: the class score inside the region depends on nothing outside it."""
    network = seeded(nn.Sequential, nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 6, 1))
    images = pictures(2, 8)
    answer = grad_cam(network, images, "0", score=lambda logits: logits[:, 2, :4].sum(dim=(1, 2)))
    assert answer.maps.shape == (2, 8, 8)
    assert answer.logits.shape == (2, 6, 8, 8)


def reads_numbers(gradient):
    """A hook that cannot look at ten gradients at once."""
    return gradient * (1 if gradient.sum().item() < 1e9 else 0)


class WithReader(nn.Module):
    """A network in whose backward pass somebody reads numbers."""

    def __init__(self):
        super().__init__()
        self.layer, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 3)

    def forward(self, images):
        mean = self.layer(images).relu().mean(dim=(2, 3))
        if mean.requires_grad:
            mean.register_hook(reads_numbers)
        return self.head(mean)


def test_all_classes_go_one_by_one_where_they_cannot_go_together():
    network, images = seeded(WithReader).eval(), pictures(2, 8)
    one_by_one = torch.stack([grad_cam(network, images, "layer", c).maps for c in range(3)], dim=1)
    torch.testing.assert_close(grad_cam_all_classes(network, images, "layer"), one_by_one)


def test_all_classes_under_the_eye_of_anomaly_detection(tiny_cnn, tiny_images):
    wanted = grad_cam_all_classes(tiny_cnn, tiny_images, "conv2")
    with warnings.catch_warnings(), torch.autograd.set_detect_anomaly(True):
        warnings.simplefilter("ignore")
        torch.testing.assert_close(grad_cam_all_classes(tiny_cnn, tiny_images, "conv2"), wanted)


def test_tokens_become_a_map_by_reshape():
    network, images = seeded(Tokens), pictures(3, 8)
    as_map = lambda tokens: tokens[:, 1:].unflatten(1, (4, 4)).movedim(-1, 1)  # noqa: E731
    answer = grad_cam(network, images, "tokens", [0, 1, 2], reshape=as_map)
    torch.testing.assert_close(answer.maps, grad_cam(network, images, "layer", [0, 1, 2]).maps)
    every = grad_cam_all_classes(network, images, "tokens", reshape=as_map)
    torch.testing.assert_close(every[[0, 1, 2], [0, 1, 2]], answer.maps)


BAD_SCORES = {
    "give one of them": (ValueError, {"classes": 1, "score": lambda logits: logits[:, 1]}),
    "score as a function": (TypeError, {"score": 3}),
    r"shape \(4,\), got \(\)": (ValueError, {"score": lambda logits: logits[:, 1].sum()}),
    r"one number per image.*got \(4, 5\)": (ValueError, {"score": lambda logits: logits}),
    "got torch.int64": (TypeError, {"score": lambda logits: logits.argmax(dim=1)}),
    "got float": (TypeError, {"score": lambda logits: 1.0}),
    "score not on the logits": (ValueError, {"score": lambda logits: torch.ones(len(logits))}),
    r"returned \(4, \d+, \d+\); try": (ValueError, {"reshape": lambda maps: maps.flatten(2)}),
    r"N = 4, .* returned \(1, \d+, \d+, \d+\); give": (ValueError, {"reshape": lambda maps: maps[:1]}),
    "reshape as a function.* got 7": (TypeError, {"reshape": 7}),
}


@pytest.mark.parametrize("message", BAD_SCORES)
def test_scores_and_layouts_that_make_no_sense(tiny_cnn, tiny_images, message):
    error, asked = BAD_SCORES[message]
    before = everything(tiny_cnn, tiny_images)
    with pytest.raises(error, match=message):
        grad_cam(tiny_cnn, tiny_images, "conv2", **asked)
    assert_untouched(tiny_cnn, tiny_images, before)


# ---------------------------------------------------------------- errors


class Odd(nn.Module):
    """A network in which one thing is wrong."""

    def __init__(self, forward):
        super().__init__()
        self.conv, self.unused = nn.Conv2d(3, 2, 1), nn.Conv2d(3, 2, 1)
        self.fc = nn.Linear(2, 3)
        self.rule = forward

    def forward(self, images):
        return self.rule(self, images)


def mean(x):
    return x.mean(dim=(2, 3))


BAD_MODELS = {
    "layer 'unused' did not run": (lambda m, x: m.fc(mean(m.conv(x))), "unused"),
    "layer 'conv' runs more than once": (lambda m, x: m.fc(mean(m.conv(x)) + mean(m.conv(x))), "conv"),
    r"returns \(N, K, h, w\), 'fc' returned \(2, 3\)": (lambda m, x: m.fc(mean(m.conv(x))), "fc"),
    r"rows of logits from 2 images": (lambda m, x: m.fc(mean(m.conv(x))).view(-1, 1), "conv"),
    r"logits of shape \(N, C\) to explain a class, the model returned \(2, 3, 1\)": (
        lambda m, x: m.fc(mean(m.conv(x)))[..., None],
        "conv",
    ),
    r"Odd returned dict": (lambda m, x: {"out": m.fc(mean(m.conv(x)))}, "conv"),
    "logits hold NaN": (lambda m, x: m.fc(mean(m.conv(x))) / 0 * 0, "conv"),
    "do not depend on layer 'conv'": (lambda m, x: m.fc(mean(m.conv(x)).detach()), "conv"),
    "do not depend on layer 'unused'": (lambda m, x: (m.unused(x), m.fc(mean(m.conv(x))))[1], "unused"),
}


@pytest.mark.parametrize("message", BAD_MODELS)
@pytest.mark.parametrize("explain", [grad_cam, grad_cam_all_classes])
def test_a_layer_or_model_that_cannot_be_explained(message, explain):
    rule, layer = BAD_MODELS[message]
    model, images = Odd(rule), pictures(2, 8)
    before = everything(model, images)
    with pytest.raises(ValueError, match=message):
        explain(model, images, layer)
    assert_untouched(model, images, before)


BAD_IMAGES = {
    "got torch.uint8; pictures in 0..255": (TypeError, torch.zeros(1, 3, 8, 8, dtype=torch.uint8)),
    "got ndarray": (TypeError, torch.zeros(1, 3, 8, 8).numpy()),
    r"got \(3, 8, 8\); add the batch dimension": (ValueError, torch.zeros(3, 8, 8)),
    "empty batch": (ValueError, torch.zeros(0, 3, 8, 8)),
    "images hold NaN": (ValueError, torch.full((1, 3, 8, 8), torch.nan)),
    "infinity": (ValueError, torch.full((1, 3, 8, 8), torch.inf)),
    "on meta, the model on cpu": (ValueError, torch.zeros(1, 3, 8, 8, device="meta")),
}


@pytest.mark.parametrize("message", BAD_IMAGES)
def test_images_that_cannot_be_explained(tiny_cnn, message):
    error, images = BAD_IMAGES[message]
    with pytest.raises(error, match=message):
        grad_cam(tiny_cnn, images, "conv1", 0)


BAD_CLASSES = {
    "class 5 does not exist: this model has classes 0 to 4": (ValueError, 5),
    "class -1 does not exist": (ValueError, -1),
    r"4 images, classes of shape \(3,\)": (ValueError, [0, 1, 2]),
    r"4 images, classes of shape \(4, 1\)": (ValueError, torch.zeros(4, 1, dtype=torch.int64)),
    "integers, got torch.float32": (TypeError, 1.0),
    "integers, got torch.bool": (TypeError, True),
    r"one for all images or one per image, got \{1\}": (TypeError, {1}),
    r"got \['cat', 'dog'\]; a class name's index": (TypeError, ["cat", "dog"]),
    r"got \[\[1\], \[2, 3\]\]": (TypeError, [[1], [2, 3]]),
    "got 1180591620717411303424": (TypeError, 2**70),
}


@pytest.mark.parametrize("message", BAD_CLASSES)
def test_classes_that_do_not_exist(tiny_cnn, tiny_images, message):
    error, classes = BAD_CLASSES[message]
    with pytest.raises(error, match=message):
        grad_cam(tiny_cnn, tiny_images, "conv1", classes)


def test_an_unknown_layer_is_answered_with_near_names(tiny_cnn, tiny_images):
    with pytest.raises(LookupError, match=r"no layer 'conv9'; did you mean one of \['conv"):
        grad_cam(tiny_cnn, tiny_images, "conv9")


@pytest.mark.parametrize("model", [None, "resnet18", F.relu], ids=["None", "text", "function"])
def test_what_is_no_network_is_refused(tiny_images, model):
    with pytest.raises(TypeError, match=r"a model is a torch.nn.Module, got \w+; give the network itself"):
        grad_cam(model, tiny_images, "conv1")


def test_pictures_of_another_dtype_are_named_as_the_reason(tiny_cnn, tiny_images):
    before = everything(tiny_cnn, tiny_images)
    with pytest.raises(
        TypeError, match=r"failed on images of torch.float64, its weights are torch.float32; use images"
    ):
        grad_cam(tiny_cnn, tiny_images.double(), "conv1", 0)
    assert_untouched(tiny_cnn, tiny_images, before)


def test_a_class_given_by_name_is_refused(tiny_cnn, tiny_images):
    with pytest.raises(TypeError, match="a class name's index is its place in class_names"):
        grad_cam(tiny_cnn, tiny_images, "conv1", "cat")


def test_a_layer_of_another_model_is_refused(tiny_cnn, tiny_images):
    with pytest.raises(LookupError, match="not a layer of this TinyCNN"):
        grad_cam(tiny_cnn, tiny_images, nn.Conv2d(3, 3, 1))


def test_weighing_channels_of_different_shapes_is_refused():
    with pytest.raises(ValueError, match=r"one shape \(N, K, h, w\), got \(1, 2, 3, 3\) and \(1, 2, 3\)"):
        weigh_channels(torch.zeros(1, 2, 3, 3), torch.zeros(1, 2, 3))
