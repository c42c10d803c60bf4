"""Drawn chest X-rays: what is drawn, where, and that it is the same everywhere; PneumoniaMNIST from a file."""

from __future__ import annotations

import hashlib
import sys
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch.nn import functional as F

from course_utils.datasets import chest_xray_phantom, pneumonia_mnist, tag_area
from course_utils.datasets import thorax as anatomy
from course_utils.datasets.film import CHANCES as FILM
from course_utils.datasets.film import ramp


@pytest.fixture(scope="module")
def drawn():
    return chest_xray_phantom(400, seed=3)


@pytest.fixture(scope="module")
def ill(drawn):
    return drawn[drawn.labels == 1]


# --- worked by hand --------------------------------------------------------------------------------------------


def test_the_soft_step_by_hand():
    """Width 2: outside 0, at the edge 1/2, halfway in t = 3/4 gives t²(3 - 2t) = 27/32, inside 1."""
    steps = ramp(np.array([-1.0, 0.0, 0.5, 1.0]), 2.0)
    np.testing.assert_allclose(steps, [0, 1 / 2, 27 / 32, 1])


def test_area_of_the_tag():
    """64 pixels: a tag of 8x8, two pixels from two edges; with two pixels of margin 12x12."""
    assert tag_area(margin=0).sum() == 64
    assert tag_area(64, "bottom right").sum() == 144
    assert tag_area(64, "bottom right")[52:, 52:].all()
    assert tag_area(256, "top left", margin=0)[8:40, 8:40].all()


# --- laws ------------------------------------------------------------------------------------------------------


def test_pictures_are_the_same_on_every_machine():
    """The digest was taken on one machine; drawing uses no function whose last bit depends on it."""
    data = chest_xray_phantom(60, tagged=(0.2, 0.6))
    pixels = (data.images[:, 0] * 255).round().byte().numpy().tobytes() + data.masks.numpy().tobytes()
    assert hashlib.sha256(pixels).hexdigest()[:16] == "8c265634e68e7248"


def test_values_are_whole_steps_of_255_and_grey(drawn):
    assert torch.equal(drawn.images, (drawn.images * 255).round() / 255)
    assert torch.equal(drawn.images[:, 0], drawn.images[:, 2])
    assert drawn.images.dtype == torch.float32


def test_a_larger_count_begins_with_the_smaller_ones_pictures(drawn):
    few = chest_xray_phantom(37, seed=3)
    assert torch.equal(few.images, drawn.images[:37])
    assert torch.equal(few.labels, drawn.labels[:37])
    assert torch.equal(few.masks, drawn.masks[:37])


def test_another_seed_draws_other_chests(drawn):
    assert not torch.equal(chest_xray_phantom(10, seed=4).images, drawn.images[:10])


def test_each_pair_holds_both_classes(drawn):
    assert (drawn.labels.reshape(-1, 2).sum(1) == 1).all()
    assert drawn.class_names == ("normal", "pneumonia")


def test_another_size_shows_the_same_chests(drawn):
    """256 pixels, averaged over 4x4, are the pictures of 64 pixels up to the film's grain and sharp edges."""
    large = chest_xray_phantom(12, seed=3, size=256)
    difference = F.avg_pool2d(large.images, 4) - drawn.images[:12]
    assert difference.abs().mean() < 0.03
    assert (F.avg_pool2d(large.masks.float(), 4) - drawn.masks[:12].float()).abs().mean() < 0.01


def test_the_random_state_of_torch_and_numpy_is_left_alone():
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    chest_xray_phantom(4)
    assert torch.equal(before[0], torch.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])


# --- masks -----------------------------------------------------------------------------------------------------


def test_normal_pictures_have_empty_masks_and_ill_ones_an_opacity(drawn, ill):
    assert not drawn.masks[drawn.labels == 0].any()
    shares = ill.masks.float().mean((1, 2))
    assert 0.02 < shares.min() < shares.max() < 0.14
    assert 0.05 < shares.mean() < 0.08


def test_opacities_lie_inside_one_lung():
    """Drawn again from the same random numbers: where the mask is True, the body is lung, on one side of the spine."""
    room = import_module("course_utils.datasets.xray")
    chances = room._roll(300, 7)
    body = anatomy.chest(chances, 64)
    _, masks = import_module("course_utils.datasets.opacity").opacity(body, chances)
    assert (body.lung[masks] >= 0.25).all()
    left, right = (body.across < 0) & masks, (body.across > 0) & masks
    assert not (left.any((1, 2)) & right.any((1, 2))).any()


def test_an_opacity_is_brighter_than_the_same_place_in_the_other_lung(ill):
    inside = (ill.images[:, 0] * ill.masks).sum((1, 2)) / ill.masks.sum((1, 2))
    mirrored = ill.masks.flip(2)
    opposite = (ill.images[:, 0] * mirrored).sum((1, 2)) / mirrored.sum((1, 2))
    assert (inside > opposite).float().mean() > 0.8


def test_an_opacity_has_a_soft_edge(ill):
    """No step at the outline: one pixel out and one pixel in differ by less than a tenth, on average."""
    steps = []
    for picture, mask in zip(ill.images[:60, 0].numpy(), ill.masks[:60].numpy(), strict=True):
        inner = mask & ~ndimage.binary_erosion(mask)
        outer = ndimage.binary_dilation(mask) & ~mask
        steps.append(picture[inner].mean() - picture[outer].mean())
    assert abs(np.mean(steps)) < 0.1


def test_neither_brightness_nor_a_linear_model_solves_it():
    """Ridge regression on 32x32 pixels, its strength chosen on the test pictures: as kind to it as can be."""
    train, test = chest_xray_phantom(1500), chest_xray_phantom(500, seed=99)
    x, y = (F.avg_pool2d(data.images[:, :1], 2).flatten(1) for data in (train, test))
    x, y = x - x.mean(0), y - x.mean(0)
    target = train.labels * 2.0 - 1
    solve = [torch.linalg.solve(x.T @ x + strength * torch.eye(1024), x.T @ target) for strength in (1, 10, 100)]
    accuracies = [((y @ weights > 0) == (test.labels == 1)).float().mean() for weights in solve]
    assert 0.6 < max(accuracies) < 0.9
    brightness = test.images.mean((1, 2, 3))
    cuts = [((brightness > cut) == (test.labels == 1)).float().mean() for cut in brightness]
    assert max(cuts) < 0.65


# --- the tag ---------------------------------------------------------------------------------------------------


def test_a_tag_changes_only_its_corner(drawn):
    tagged = chest_xray_phantom(400, seed=3, tagged=(1, 1), tag_corner="top right")
    outside = ~tag_area(64, "top right", margin=0)
    assert torch.equal(tagged.images[:, :, outside], drawn.images[:, :, outside])
    plates = tagged.images[:, 0, 2:10, 54:62]
    assert (plates == plates[:1]).all()
    assert len(plates[0].unique()) == 2


def test_tags_go_to_the_classes_asked_for():
    """400 pictures: no normal one and, of 200 ill ones, 160 ± 3 * 5.7."""
    plain, tagged = chest_xray_phantom(400), chest_xray_phantom(400, tagged=(0.0, 0.8))
    carries = (plain.images != tagged.images).flatten(1).any(1)
    assert not carries[plain.labels == 0].any()
    assert 140 < int(carries.sum()) < 180


# --- errors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"count": 0}, r"need a whole number count >= 1, got 0"),
        ({"count": 2.5}, r"need a whole number count >= 1, got 2\.5"),
        ({"seed": -1}, r"need a whole number seed >= 0, got -1"),
        ({"size": 16}, r"need a whole number size >= 32, got 16"),
        ({"tagged": (0, 1.5)}, r"tagged as two probabilities, for normal and for pneumonia, got \(0, 1\.5\)"),
        ({"tagged": 0.5}, r"tagged as two probabilities"),
        ({"tag_corner": "middle"}, r"one of \['top left', .* got 'middle'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        chest_xray_phantom(**({"count": 2} | wrong))


def test_the_area_of_an_impossible_tag_is_refused():
    with pytest.raises(ValueError, match="margin of 0 pixels or more"):
        tag_area(margin=-1)
    with pytest.raises(ValueError, match="size >= 32, got 8"):
        tag_area(8)
    with pytest.raises(ValueError, match="got 'middle'"):
        tag_area(64, "middle")


# --- PneumoniaMNIST --------------------------------------------------------------------------------------------


def write(folder, size=28, name="pneumoniamnist.npz", **changes):
    """A file like the official one, with two training pictures: black and normal, white and pneumonia."""
    images = np.zeros((2, size, size), np.uint8)
    images[1] = 255
    arrays = {"train_images": images, "train_labels": np.array([[0], [1]], np.uint8)} | changes
    np.savez(folder / name, **arrays)
    return folder


def test_pneumonia_mnist_from_a_file_by_hand(tmp_path):
    data = pneumonia_mnist(folder=write(tmp_path))
    assert data.images.shape == (2, 3, 28, 28)
    assert data.images.flatten(1).mean(1).tolist() == [0.0, 1.0]
    assert data.labels.tolist() == [0, 1]
    assert data.class_names == ("normal", "pneumonia")
    assert data.masks is None


def test_pneumonia_mnist_is_found_through_course_data(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(write(tmp_path, 64, "pneumoniamnist_64.npz")))
    assert pneumonia_mnist(size=64).images.shape == (2, 3, 64, 64)


def test_without_the_file_the_error_says_how_to_get_it(tmp_path):
    with pytest.raises(LookupError, match=r"download=False; fetch https://zenodo\.org/.*/pneumoniamnist\.npz on a"):
        pneumonia_mnist(folder=tmp_path, download=False)


def test_without_medmnist_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(import_module("course_utils.datasets.pneumonia"), "find_spec", lambda name: None)
    with pytest.raises(LookupError, match=r"run: pip install medmnist, and call again; or fetch"):
        pneumonia_mnist(folder=tmp_path)


def pretend_medmnist(monkeypatch, download):
    """Stand in for the package, which is not a part of the course's installation."""
    monkeypatch.setitem(sys.modules, "medmnist", SimpleNamespace(PneumoniaMNIST=download))
    monkeypatch.setattr(import_module("course_utils.datasets.pneumonia"), "find_spec", lambda name: True)


def test_medmnist_downloads_into_the_folder(tmp_path, monkeypatch):
    def download(split, download, root, size):
        write(tmp_path / "new")

    pretend_medmnist(monkeypatch, download)
    assert len(pneumonia_mnist(folder=tmp_path / "new")) == 2


def test_a_failed_download_says_what_to_do(tmp_path, monkeypatch):
    def download(split, download, root, size):
        raise RuntimeError("Something went wrong when downloading!")

    pretend_medmnist(monkeypatch, download)
    with pytest.raises(LookupError, match=r"could not be downloaded \(Something went wrong .*\); fetch https"):
        pneumonia_mnist(folder=tmp_path)


def test_a_damaged_file_is_named(tmp_path):
    file = write(tmp_path) / "pneumoniamnist.npz"
    content = bytearray(file.read_bytes())
    content[300] ^= 255
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"pneumoniamnist\.npz' is damaged or not PneumoniaMNIST"):
        pneumonia_mnist(folder=tmp_path)


def test_a_file_with_a_pickle_is_refused(tmp_path):
    write(tmp_path, train_labels=np.array([{"run": "me"}, None], dtype=object))
    with pytest.raises(ValueError, match="damaged or not PneumoniaMNIST"):
        pneumonia_mnist(folder=tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"train_images": np.zeros((2, 9, 9), np.uint8)},
        {"train_labels": np.array([0, 7])},
        {"train_images": np.zeros((2, 28, 28))},
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, changes):
    with pytest.raises(ValueError, match=r"need uint8 pictures \(2, 28, 28\) with labels 0 and 1"):
        pneumonia_mnist(folder=write(tmp_path, **changes))


def test_unknown_splits_and_sizes_are_refused():
    with pytest.raises(ValueError, match=r"split in \['train', 'val', 'test'\] and size in .* got 'all' and 28"):
        pneumonia_mnist("all")
    with pytest.raises(ValueError, match="got 'train' and 32"):
        pneumonia_mnist(size=32)


def test_every_random_number_of_a_film_has_one_name():
    names = import_module("course_utils.datasets.xray")._CHANCES
    assert len(set(names)) == len(names)
    assert set(FILM) < set(names)
