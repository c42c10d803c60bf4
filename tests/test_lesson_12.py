"""Lesson 12: what its text says about the photographs that are always here."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from unittest.mock import patch
from urllib.error import URLError

import cv2
import numpy as np
import pytest
import skimage
import torch
import torchvision
from matplotlib.figure import Figure
from PIL import Image
from stored import printed
from torchvision import transforms

from course_utils.attribution import grad_cam
from course_utils.datasets import photos
from course_utils.explain import explain_photo, open_network
from course_utils.shipped import load_shipped


@pytest.fixture(scope="module")
def checkpoint():
    return load_shipped("simplecnn_cifar10")


@pytest.fixture(scope="module")
def small():
    return photos(size=32)


def test_most_heat_for_cat_lies_on_the_chin_a_ninth_on_one_eye_none_on_the_other(checkpoint, small):
    heat = grad_cam(checkpoint.model, small.images[:1], "conv3", checkpoint.class_names.index("cat")).maps[0]
    shares = heat / heat.sum()
    assert float(shares[6:].sum()) == pytest.approx(0.88, abs=0.01)
    assert float(shares[3, 6]) == pytest.approx(0.11, abs=0.01)
    assert not shares[2:4, 2:4].any()


def test_one_of_the_seven_answers_is_right(checkpoint, small):
    with torch.no_grad():
        said = [checkpoint.class_names[i] for i in checkpoint.model(small.images).argmax(dim=1)]
    assert said == ["cat", "truck", "automobile", "ship", "bird", "ship", "dog"]


def test_the_rocket_is_a_surer_ship_when_it_is_shrunk_once(checkpoint, small):
    """84 % when it comes straight to 32 pixels, 74 % by way of 224."""
    rocket = small.class_names.index("rocket")
    with torch.no_grad():
        once = checkpoint.model(small.images[rocket : rocket + 1]).softmax(dim=1).max()
    twice = explain_photo(photos(size=224).images[rocket], open_network())
    assert float(once) == pytest.approx(0.84, abs=0.01)
    assert "ship (74%)" in twice.picture.caption


def test_the_networks_means_and_deviations_are_not_one_half(checkpoint):
    assert checkpoint.normalisation["mean"] == pytest.approx([0.4913, 0.4821, 0.4465], abs=1e-4)
    assert checkpoint.normalisation["std"] == pytest.approx([0.2452, 0.2428, 0.2606], abs=1e-4)


# ---------------------------------------------------------------- what popular code does with files, labels, colours


@pytest.mark.parametrize("folder", [".", "solutions"])
@pytest.mark.parametrize(
    "line",
    [
        "index 102 holds picture number 103",
        "use_cuda=True, without that GPU: moved there? False",
        "device: NameError: name 'device' is not defined",
        "input: TypeError: 'Parameter' object is not callable",
        "pretrained=True: URLError: <urlopen error no internet>",
        "warned: The parameter 'pretrained' is deprecated since 0.13",
        "warned: To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone()",
        "logo.png RGBA | the cat RGB (451, 300)",
        "Resize (384, 256)\nCenterCrop (256, 256)\nToTensor (3, 256, 256)\nNormalize (3, 256, 256)",
        "values from -1.00 to 0.67",
        "turned, unscaled: airplane 0.727 cat 0.645",
        "before the import: NameError: name 'plt' is not defined",
        "a font that is not there: ValueError: Failed to find font",
        r"Glyph 29483 (\N{CJK UNIFIED IDEOGRAPH-732B}) missing from font(s) DejaVu Sans.",
        "conv3: 64 values for 1024 pixels (1, 8, 8)",
        "sum: ValueError: operands could not be broadcast together with shapes (7,7) (224,224,3)",
        "(100, 200): cv2 (200, 100) interpolate (100, 200)",
        "512 channel weights become (224, 224)",
        "49 NaN become the bytes [0]",
        "warned: | invalid value encountered in divide | invalid value encountered in cast",
        "and its gradient is just the logits: True",
        "== None: ValueError: The truth value of an array with more than one element is ambiguous.",
        ".item(): AttributeError: 'int' object has no attribute 'item'",
    ],
)
def test_page_prints(folder, line):
    assert line in printed(f"{folder}/12_grad_cam_on_photographs")


def test_a_gpu_that_is_not_there_stops_the_network():
    """E21: no driver here; PyTorch without CUDA raises an AssertionError, a computer with fewer GPUs another error."""
    with pytest.raises((RuntimeError, AssertionError)):
        torch.nn.Linear(1, 1).cuda(99)


def test_pretrained_warns_and_then_wants_to_download():
    """E21."""
    offline = patch("torchvision.models._api.load_state_dict_from_url", side_effect=URLError("no internet"))
    with offline, pytest.warns(UserWarning, match="since 0.13"), pytest.raises(URLError), torch.device("meta"):
        torchvision.models.resnet50(pretrained=True)


def test_the_popular_steps_give_256_pixels_between_minus_one_and_one():
    """C1.5, with the published statistics of CIFAR-10 beside the 0.5 (E18)."""
    file = Path(skimage.__file__).parent / "data" / "chelsea.png"
    half = [0.5] * 3
    steps = transforms.Compose(
        [transforms.Resize(256, antialias=True), transforms.CenterCrop(256), transforms.ToTensor()]
    )
    plain = steps(Image.open(file).convert("RGB"))
    prepared = transforms.Normalize(half, half)(plain)
    assert prepared.shape == (3, 256, 256)
    torch.testing.assert_close(prepared, 2 * plain - 1)
    assert float(prepared.min()) == -1
    assert float(prepared.max()) == pytest.approx(0.67, abs=0.01)


def test_blue_green_red_makes_an_airplane_of_the_cat(checkpoint, small):
    """E21; and without the normalisation, which a tutorial forgets, the cat is a surer cat."""
    model, cat = checkpoint.model, small.images[:1]
    with torch.no_grad():
        turned, unscaled = model(torch.cat([cat.flip(1), cat * model.std + model.mean])).softmax(dim=1)
    assert checkpoint.class_names[int(turned.argmax())] == "airplane"
    assert float(turned.max()) == pytest.approx(0.727, abs=0.002)
    assert float(unscaled[checkpoint.class_names.index("cat")]) == pytest.approx(0.645, abs=0.002)


def test_an_unknown_letter_is_drawn_as_a_box_with_a_warning():
    """E18: without a Chinese font, matplotlib draws with DejaVu Sans."""
    figure = Figure()
    figure.suptitle("猫", fontfamily="DejaVu Sans")
    with pytest.warns(UserWarning, match=r"Glyph 29483 .* missing from font\(s\) DejaVu Sans"):
        figure.savefig(BytesIO())


@pytest.mark.parametrize(("layer", "side"), [("conv1", 32), ("conv2", 16), ("conv3", 8)])
def test_a_map_has_as_many_values_as_its_layer_has_places(checkpoint, small, layer, side):
    """E24: no "pixel level" at conv3."""
    assert grad_cam(checkpoint.model, small.images[:1], layer, 3).maps.shape == (1, side, side)


def test_a_coarse_map_and_a_photograph_cannot_be_added():
    """E21, and E20's cv2.resize, which takes (width, height) and makes a picture of anything."""
    with pytest.raises(ValueError, match="could not be broadcast"):
        0.4 * np.eye(7) + 0.6 * np.zeros((224, 224, 3))
    assert cv2.resize(np.eye(7), (100, 200)).shape == (200, 100)
    assert cv2.resize(np.arange(512.0), (224, 224)).shape == (224, 224)


def test_an_empty_map_becomes_black_bytes_with_two_warnings():
    """E21."""
    empty = np.zeros((7, 7))
    with pytest.warns(RuntimeWarning, match="invalid value encountered in divide"):
        heat = empty / np.max(empty)
    with pytest.warns(RuntimeWarning, match="invalid value encountered in cast"):
        assert np.uint8(255 * heat).max() == 0


def test_a_one_hot_vector_with_a_gradient_collects_the_logits(checkpoint, small):
    """E21: worked out for nothing."""
    logits = checkpoint.model(small.images[:1])[0].detach()
    one_hot = torch.eye(10)[3].requires_grad_()
    (one_hot * logits).sum().backward()
    torch.testing.assert_close(one_hot.grad, logits)
