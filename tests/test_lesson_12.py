"""Lesson 12: what its text says about the photographs that are always here."""

from __future__ import annotations

import pytest
import torch

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
