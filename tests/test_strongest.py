"""What a channel likes: the strongest pictures and the share of active ones, by hand and on small networks."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.attribution import strongest
from course_utils.attribution.strongest import active_share, strongest_images
from course_utils.hooks import count_hooks
from course_utils.models import SimpleCNN


@pytest.fixture
def doubling():
    """Channel 0 is twice the picture, channel 1 minus the picture."""
    layer = nn.Conv2d(1, 2, 1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([2.0, -1.0]).reshape(2, 1, 1, 1))
    return nn.Sequential(layer)


@pytest.fixture
def spots():
    """Three pictures 2x3: a 3 at row 1, column 2; nothing; a 5 at row 0, column 1."""
    images = torch.zeros(3, 1, 2, 3)
    images[0, 0, 1, 2], images[2, 0, 0, 1] = 3.0, 5.0
    return images


@pytest.fixture
def pictures():
    return torch.rand(9, 3, 32, 32, generator=torch.Generator().manual_seed(0))


class Remembers(nn.Module):
    """Batch normalisation and dropout: both behave differently in training, and one keeps what it has seen."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.drop = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.5)

    def forward(self, images):
        return self.drop(self.norm(self.conv(images)))


# Values worked by hand


def test_strongest_of_three_spots(doubling, spots):
    """Twice 5 in picture 2 at (0, 1); twice 3 in picture 0 at (1, 2); picture 1 is zero, first at (0, 0)."""
    found = strongest_images(doubling, spots, "0", 0)
    assert found.indices.tolist() == [2, 0, 1]
    assert found.activations.tolist() == [10.0, 6.0, 0.0]
    assert found.positions.tolist() == [[0, 1], [1, 2], [0, 0]]


def test_equal_pictures_keep_their_order(doubling):
    assert strongest_images(doubling, torch.ones(5, 1, 2, 2), "0", 0, 3).indices.tolist() == [0, 1, 2]


def test_a_channel_below_zero_has_strongest_pictures_too(doubling):
    images = torch.tensor([4.0, 1.0]).reshape(2, 1, 1, 1)
    assert strongest_images(doubling, images, "0", 1).activations.tolist() == [-1.0, -4.0]


def test_share_of_active_pictures(doubling, spots):
    """Channel 0 is above zero on two of three pictures, channel 1 nowhere."""
    torch.testing.assert_close(active_share(doubling, spots, "0"), torch.tensor([2 / 3, 0.0]))


# Laws


def test_batches_give_what_one_batch_gives(monkeypatch, pictures):
    model = SimpleCNN()
    wanted, share = strongest_images(model, pictures, "conv3", 5, 4), active_share(model, pictures, "conv3")
    monkeypatch.setattr(strongest, "BATCH", 2)
    found = strongest_images(model, pictures, model.conv3, 5, 4)
    assert found.indices.tolist() == wanted.indices.tolist()
    assert found.positions.tolist() == wanted.positions.tolist()
    torch.testing.assert_close(found.activations, wanted.activations)
    torch.testing.assert_close(active_share(model, pictures, "conv3"), share)


def test_position_is_where_the_map_holds_the_activation(pictures):
    model = SimpleCNN()
    found = strongest_images(model, pictures, "conv1", 7, 3)
    with torch.no_grad():
        maps = model.conv1((pictures - model.mean) / model.std)[:, 7]
    for index, activation, (row, column) in zip(
        found.indices, found.activations, found.positions.tolist(), strict=True
    ):
        torch.testing.assert_close(maps[index, row, column], activation)
        assert maps[index].max() == maps[index, row, column]


def test_memory_does_not_grow_with_the_number_of_pictures(monkeypatch, doubling):
    """What is kept between two batches is ``count`` pictures, however many came."""
    monkeypatch.setattr(strongest, "BATCH", 10)
    sorted_sizes = []
    sort = torch.Tensor.sort
    monkeypatch.setattr(torch.Tensor, "sort", lambda t, **how: sorted_sizes.append(len(t)) or sort(t, **how))
    strongest_images(doubling, torch.rand(200, 1, 2, 2), "0", 0, 4)
    assert max(sorted_sizes) == 14


# Damage


def test_looking_changes_nothing(pictures):
    """In train mode, dropout would draw numbers and batch normalisation would remember the pictures."""
    model = Remembers().train()
    model.drop.eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    random = torch.random.get_rng_state()
    first = strongest_images(model, pictures, "norm", 2)
    active_share(model, pictures, "norm")
    assert strongest_images(model, pictures, "norm", 2).activations.tolist() == first.activations.tolist()
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert [model.training, model.norm.training, model.drop.training] == [True, True, False]
    assert torch.equal(torch.random.get_rng_state(), random)
    assert count_hooks(model) == 0
    assert all(parameter.grad is None for parameter in model.parameters())


def test_nothing_stays_after_an_error(monkeypatch):
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.Linear(1, 1)).train()
    with pytest.raises(RuntimeError):
        strongest_images(model, torch.rand(2, 3, 8, 8), "0", 0)
    assert model.training
    assert count_hooks(model) == 0


def test_positions_fit_after_an_in_place_relu():
    """The record is the convolution's, before the ReLU that overwrites it: the lowest picture stays negative."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(inplace=True))
    nn.init.constant_(model[0].weight, -1.0)
    nn.init.zeros_(model[0].bias)
    assert strongest_images(model, F.pad(torch.ones(1, 1, 1, 1), (0, 1), value=2.0), "0", 0).activations.tolist() == [
        -1
    ]


# Errors


def test_unknown_layer(doubling, spots):
    with pytest.raises(LookupError, match=r"no layer 'conv9'"):
        strongest_images(doubling, spots, "conv9", 0)


@pytest.mark.parametrize("channel", [2, -1, 0.5, True])
def test_unknown_channel(doubling, spots, channel):
    with pytest.raises(LookupError, match="channels 0 to 1, got"):
        strongest_images(doubling, spots, "0", channel)


@pytest.mark.parametrize("count", [0, -3, 2.5])
def test_count_below_one(doubling, spots, count):
    with pytest.raises(ValueError, match="at least 1, got"):
        strongest_images(doubling, spots, "0", 0, count)


def test_layer_without_maps(pictures):
    with pytest.raises(ValueError, match=r"maps \(N, K, h, w\), Linear returned \(9, 512\); try a convolution"):
        active_share(SimpleCNN(), pictures, "fc1")


def test_layer_that_did_not_run(pictures):
    model = SimpleCNN()
    model.spare = nn.Conv2d(3, 3, 3)
    with pytest.raises(LookupError, match="did not run"):
        strongest_images(model, pictures, "spare", 0)


def test_nan_in_the_channel(doubling, spots):
    with torch.no_grad():
        doubling[0].weight[0] = torch.nan
    with pytest.raises(ValueError, match="channel 0 holds NaN"):
        strongest_images(doubling, spots, "0", 0)
    assert strongest_images(doubling, spots, "0", 1).indices.tolist() == [0, 1, 2]


@pytest.mark.parametrize("images", [torch.rand(2, 3, 32, 32).double(), torch.rand(2, 3, 32, 32).to_sparse()])
def test_pictures_that_the_network_cannot_read_are_named(images):
    with pytest.raises(TypeError, match=r"use images.to\(torch.float32\)|use images.to_dense\(\)"):
        strongest_images(SimpleCNN(), images, "conv1", 0)
