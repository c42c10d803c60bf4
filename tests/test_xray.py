"""The X-ray networks: sizes, the one logit and its two faces, and what their maps can be trusted with."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.attribution import grad_cam
from course_utils.datasets import chest_xray_phantom
from course_utils.hooks import record_outputs
from course_utils.models import ResNetBlock, SmallXRayClassifier, TwoClasses, XRayClassifier
from course_utils.training import evaluate, fit, seed_everything
from course_utils.training.augmentation import shift_and_flip


@pytest.fixture(scope="module")
def article():
    """The article's network, untrained, in eval mode."""
    torch.manual_seed(0)
    return XRayClassifier().eval()


@pytest.fixture
def narrow():
    """The same with two channels in the first of three blocks: for pictures of 64 pixels."""
    torch.manual_seed(0)
    return XRayClassifier(features=2, blocks=3).eval()


def parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def without_mirror(images, generator):
    """Shifts of up to four pixels; no flip: the heart lies on one side."""
    down, right = torch.randint(-4, 5, (2, len(images)), generator=generator)
    return shift_and_flip(images, down, right, torch.zeros(len(images), dtype=torch.bool))


# --- worked by hand --------------------------------------------------------------------------------------------


def test_the_articles_network_has_19613184_parameters(article):
    assert parameters(article) == 19_613_184


def test_parameters_of_the_small_network():
    """Block 3 → 16: 27*16 + 144*16 + 3*16 + 6*16 = 2880; block 16 → 32: 144*32 + 288*32 + 16*32 + 6*32 = 14528; 32."""
    assert parameters(ResNetBlock(3, 16)) == 2_880
    assert parameters(ResNetBlock(16, 32)) == 14_528
    assert parameters(SmallXRayClassifier()) == 17_440


def test_shapes_on_the_way_through_five_blocks(article):
    names = [f"resnet_blocks.{index}" for index in range(5)]
    with torch.no_grad(), record_outputs(article, *names) as outputs:
        probability = article(torch.rand(1, 3, 256, 256))
    expected = [(64, 128, 128), (128, 64, 64), (256, 32, 32), (512, 16, 16), (1024, 8, 8)]
    assert [tuple(outputs[name].shape[1:]) for name in names] == expected
    assert probability.shape == (1, 1, 1, 1)


def test_the_soft_maximum_by_hand():
    """Evidence log 1, log 3, log 5, log 7 at four places: log((1 + 3 + 5 + 7) / 4) = log 4."""
    model = SmallXRayClassifier(features=1)
    model.resnet_blocks, model.evidence = nn.Identity(), nn.Identity()
    evidence = torch.tensor([1.0, 3.0, 5.0, 7.0]).log().reshape(1, 1, 2, 2)
    assert float(model.logits(evidence)) == pytest.approx(math.log(4), abs=1e-6)


def test_two_classes_of_a_logit_of_log_9(narrow, monkeypatch):
    """z = log 9: logits ∓ log 3, and sigmoid(log 9) = 9 / 10."""
    monkeypatch.setattr(narrow, "logits", lambda images: torch.full((len(images), 1), math.log(9)))
    logits = TwoClasses(narrow)(torch.zeros(2, 3, 64, 64))
    torch.testing.assert_close(logits, torch.tensor([[-math.log(3), math.log(3)]] * 2))
    torch.testing.assert_close(logits.softmax(1), torch.tensor([[0.1, 0.9]] * 2))


# --- laws ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [255, 256])
def test_pictures_of_255_and_256_pixels_give_one_number(article, side):
    with torch.no_grad():
        assert article.logits(torch.rand(1, 3, side, side)).shape == (1, 1)


@pytest.mark.parametrize("model", [XRayClassifier(features=2, blocks=3), SmallXRayClassifier()])
def test_the_probability_is_the_sigmoid_of_the_logit(model):
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        model.eval()
        torch.testing.assert_close(model(images).flatten(), model.logits(images).sigmoid().flatten())


def test_cross_entropy_of_two_classes_is_binary_cross_entropy(narrow):
    images, labels = torch.rand(6, 3, 64, 64), torch.tensor([0, 1, 1, 0, 1, 0])
    with torch.no_grad():
        pair = F.cross_entropy(TwoClasses(narrow)(images), labels)
        single = F.binary_cross_entropy_with_logits(narrow.logits(images)[:, 0], labels.float())
    torch.testing.assert_close(pair, single)


def test_the_map_of_normal_is_the_map_of_minus_the_logit(narrow):
    """Two classes share z/2, so each map is half of the map of z or of -z."""
    pair, images = TwoClasses(narrow), torch.rand(3, 3, 64, 64)
    halves = [grad_cam(pair, images, "classifier.resnet_blocks.2", label).maps for label in (0, 1)]
    activations = narrow.resnet_blocks(images)
    (gradients,) = torch.autograd.grad(narrow.classifier[:2](activations).sum(), activations)
    activations = activations.detach()
    signed = (gradients.mean((2, 3), keepdim=True) * activations).sum(1)
    torch.testing.assert_close(halves[0], (-signed).relu() / 2)
    torch.testing.assert_close(halves[1], signed.relu() / 2)


def test_grad_cam_of_the_small_network_is_its_evidence():
    """One head without bias for all places: the map is a positive multiple of relu(evidence)."""
    seed_everything(0)
    model, images = SmallXRayClassifier().eval(), torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        evidence = model.evidence(model.resnet_blocks(images))[:, 0].relu()
    maps = grad_cam(TwoClasses(model), images, "classifier.resnet_blocks.1", 1).maps
    peaks = evidence.amax((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    torch.testing.assert_close(maps / peaks[1], evidence / peaks[0])


def test_a_place_of_the_small_network_sees_19_by_19_pixels():
    model = SmallXRayClassifier().eval()
    images = torch.rand(1, 3, 64, 64, requires_grad=True)
    (gradient,) = torch.autograd.grad(model.resnet_blocks(images)[0, :, 8, 8].sum(), images)
    touched = gradient.abs().sum((0, 1)).nonzero()
    assert (touched.amax(0) - touched.amin(0) + 1).tolist() == [19, 19]


def test_a_residual_block_trains_on_channels_last_pictures():
    """The backward pass of its 1x1 convolution with stride 2 crashed Python there with torch 2.15."""
    torch.manual_seed(0)
    block = ResNetBlock(3, 8)
    images = torch.rand(16, 3, 64, 64)
    gradients = []
    for memory_format in (torch.contiguous_format, torch.channels_last):
        block.zero_grad()
        block(images.contiguous(memory_format=memory_format)).sum().backward()
        gradients.append(block.conv1.weight.grad.clone())
    torch.testing.assert_close(*gradients)


# --- what it learns --------------------------------------------------------------------------------------------


def test_the_small_network_learns_phantoms_and_puts_its_heat_on_the_opacity():
    """The lesson's recipe: about twenty seconds on one core."""
    train, test = chest_xray_phantom(3000, seed=0), chest_xray_phantom(600, seed=99)
    seed_everything(0)
    model = TwoClasses(SmallXRayClassifier())
    fit(model, train, epochs=8, batch_size=64, lr=6e-3, augment=without_mirror, device="cpu")
    assert evaluate(model, test, device="cpu").accuracy > 0.95
    ill = test[test.labels == 1]
    heat = grad_cam(model, ill.images, "classifier.resnet_blocks.1", 1).heatmaps
    inside = (heat * ill.masks).sum((1, 2)) / heat.sum((1, 2)).clamp(min=1e-12)
    assert inside.mean() > 0.5 > 5 * ill.masks.float().mean()


# --- errors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [224, 254, 257])
def test_other_sizes_are_refused_with_the_right_one(article, side):
    with pytest.raises(ValueError, match=rf"255 or 256 pixels, got \(1, 3, {side}, {side}\)"):
        article.logits(torch.rand(1, 3, side, side))


def test_a_network_of_three_blocks_asks_for_64_pixels(narrow):
    with pytest.raises(ValueError, match="needs images of 63 or 64 pixels"):
        narrow(torch.rand(1, 3, 256, 256))
