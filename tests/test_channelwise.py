"""The stretch behind a layer that keeps the channels apart: where it ends, how steep it is, and that it may be used."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.attribution import grad_cam, grad_cam_all_classes
from course_utils.attribution.channelwise import Connected, LongWay, Stretch, shortest_way
from course_utils.attribution.tail import run_from_layer
from course_utils.models import SimpleCNN

pytestmark = pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning")


class Then(nn.Module):
    """A convolution to four channels of 4x4 positions, then what is asked for, then five logits."""

    def __init__(self, then):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(7)
            self.conv = nn.Conv2d(3, 4, 3, padding=1)
            self.then = then
            features = torch.as_tensor(then(self.conv(torch.zeros(2, 3, 4, 4)))).flatten(1).shape[1]
            self.head = nn.Linear(features, 5)
        self.eval()

    def forward(self, images):
        return self.head(self.then(self.conv(images)).flatten(1))


def normed():
    layer = nn.BatchNorm2d(4)
    layer.running_mean.copy_(torch.tensor([0.1, -0.2, 0.0, 0.3]))
    layer.running_var.copy_(torch.tensor([0.5, 1.0, 2.0, 4.0]))
    return layer


def of_the_batch(x):
    """Normalise by the batch's own mean: the images are no longer apart."""
    return F.batch_norm(x, None, None, training=True)


APART = {
    "relu": (F.relu, "ReluBackward0"),
    "relu in place": (lambda x: F.relu(x, inplace=True), "ReluBackward0"),
    "leaky": (F.leaky_relu, "LeakyReluBackward0"),
    "gelu": (F.gelu, "GeluBackward0"),
    "silu": (F.silu, "SiluBackward0"),
    "relu6": (F.relu6, "HardtanhBackward0"),
    "sigmoid": (torch.sigmoid, "SigmoidBackward0"),
    "max pool": (lambda x: F.max_pool2d(x, 2), "MaxPool2DWithIndicesBackward0"),
    "overlapping pool": (lambda x: F.max_pool2d(x, 3, 1), "MaxPool2DWithIndicesBackward0"),
    "average": (lambda x: F.avg_pool2d(x, 2), "AvgPool2DBackward0"),
    "to 3x3": (lambda x: F.adaptive_avg_pool2d(x, 3), "AdaptiveAvgPool2DBackward0"),
    "largest": (lambda x: F.adaptive_max_pool2d(x, 1), "AdaptiveMaxPool2DBackward0"),
    "global average": (lambda x: F.adaptive_avg_pool2d(x, 1), "MeanBackward1"),
    "norm, relu, pool": (nn.Sequential(normed(), nn.ReLU(), nn.MaxPool2d(2)), "MaxPool2DWithIndicesBackward0"),
}
TOGETHER = {
    "another convolution": nn.Conv2d(4, 4, 1),
    "a residual": lambda x: x + F.relu(x),
    "its own product": lambda x: F.relu(x) * x,
    "mean over the channels": lambda x: x.mean(dim=1, keepdim=True),
    "mean over the channels, and as many rows": lambda x: x.mean(dim=1),
    "the batch's statistics": of_the_batch,
    "channels that trade places": lambda x: x.flip(1),
    "softmax over the channels": lambda x: x.softmax(dim=1),
}
IMAGES = torch.rand(3, 3, 4, 4, generator=torch.Generator().manual_seed(1))


def way_of(model, layer="conv", images=IMAGES):
    return shortest_way(run_from_layer(model, images, layer))


@pytest.fixture
def _nothing_is_connected(monkeypatch):
    monkeypatch.setattr("course_utils.attribution.channelwise.fully_connected", lambda step, users: None)


@pytest.mark.usefixtures("_nothing_is_connected")
def test_slopes_worked_by_hand():
    """Of [[1, 4], [-2, 3]] ReLU keeps three and 2x2 pooling the 4; an average pool after ReLU answers with 3/4."""
    layer = nn.Conv2d(1, 1, 1, bias=False)
    layer.weight.data.fill_(1.0)
    image = torch.tensor([[[[1.0, 4.0], [-2.0, 3.0]]]])
    for pool, slope in ((nn.MaxPool2d(2), 1.0), (nn.AvgPool2d(2), 0.75)):
        run = run_from_layer(nn.Sequential(layer, nn.ReLU(), pool, nn.Flatten()), image, "0")
        stretch = shortest_way(run)
        assert float(stretch.slopes) == slope / 4  # divided by the layer's 2 * 2 positions
        torch.testing.assert_close(stretch.mean_gradients(torch.ones(1, 1, 1)), torch.tensor([[[slope / 4]]]))


def test_a_fully_connected_layer_worked_by_hand():
    """Channel 0 is [[1, 4], [-2, 3]] behind ReLU: slopes 1, 1, 0, 1; times the weights 1, 2, 4, 8: a rise by 11."""
    layer, head = nn.Conv2d(1, 2, 1, bias=False), nn.Linear(8, 1, bias=False)
    layer.weight.data.copy_(torch.tensor([1.0, -1.0]).reshape(2, 1, 1, 1))
    head.weight.data.copy_(torch.tensor([[1.0, 2, 4, 8, 16, 32, 64, 128]]))
    image = torch.tensor([[[[1.0, 4.0], [-2.0, 3.0]]]])
    way = shortest_way(run_from_layer(nn.Sequential(layer, nn.ReLU(), nn.Flatten(), head), image, "0"))
    assert type(way) is Connected
    assert way.slopes.tolist() == [[[11 / 4], [64 / 4]]]  # channel 1 is positive at its third position alone
    torch.testing.assert_close(way.mean_gradients(torch.ones(1, 1, 1)), torch.tensor([[[11 / 4, 64 / 4]]]))


@pytest.mark.usefixtures("_nothing_is_connected")
@pytest.mark.parametrize("name", APART)
def test_the_stretch_goes_to_the_last_step_that_keeps_channels_apart(name, monkeypatch):
    monkeypatch.setattr("course_utils.attribution.layout.PAYS", 0)  # in channels_last flatten() makes a copy, a step
    then, last = APART[name]
    way = way_of(Then(then))
    assert type(way) is Stretch
    assert way.end.node.name() == last


@pytest.mark.parametrize("name", TOGETHER)
def test_the_stretch_ends_before_channels_or_images_meet(name):
    way = way_of(Then(TOGETHER[name]))
    assert type(way) is LongWay or way.end.node.name() == "CloneBackward0"


class Connecting(Then):
    """Two fully connected layers behind the convolution, with something between layer and reader."""

    def __init__(self, then, bias=True):
        super().__init__(then)
        with torch.random.fork_rng():
            torch.manual_seed(8)
            self.read = nn.Linear(self.head.in_features, 6, bias=bias)
            self.head = nn.Linear(6, 5)

    def forward(self, images):
        return self.head(self.read(self.flat(self.then(self.conv(images)))).relu())

    def flat(self, x):
        return x.flatten(1)


class Turned(Connecting):
    """Reads the channels of a position side by side: not the order that we follow."""

    def flat(self, x):
        return x.movedim(1, 3).flatten(1)


class Used(Connecting):
    """What the reader gets goes on to somebody else, too."""

    def forward(self, images):
        flat = self.then(self.conv(images)).flatten(1)
        return self.head(self.read(flat).relu()) + flat[:, :5]


class Doubled(Connecting):
    """The reader's product is doubled."""

    def forward(self, images):
        flat = self.then(self.conv(images)).flatten(1)
        return self.head(torch.addmm(self.read.bias, flat, self.read.weight.t(), alpha=2).relu())


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", APART)
def test_a_fully_connected_layer_behind_the_stretch_is_followed_too(name, bias):
    then, _ = APART[name]
    model = Connecting(then, bias)
    positions = then(torch.zeros(1, 4, 4, 4))[0, 0].numel()
    assert type(way_of(model)) is (Connected if positions > 1 else Stretch)  # one position: nothing to gain
    assert_all_equal_one_by_one(model)


@pytest.mark.parametrize("kind", [Turned, Used, Doubled])
def test_another_reader_is_not_followed(kind):
    model = kind(nn.Sequential(nn.ReLU(), nn.MaxPool2d(2)))
    assert type(way_of(model)) is not Connected
    assert_all_equal_one_by_one(model)


def test_slopes_that_would_fill_the_memory_are_not_kept(monkeypatch):
    monkeypatch.setattr("course_utils.attribution.channelwise.CONNECTED_NUMBERS", 3 * 4 * 6)
    assert type(way_of(Connecting(F.relu))) is Connected
    monkeypatch.setattr("course_utils.attribution.channelwise.CONNECTED_NUMBERS", 3 * 4 * 6 - 1)
    assert type(way_of(Connecting(F.relu))) is Stretch


def assert_all_equal_one_by_one(model):
    one_by_one = torch.stack([grad_cam(model, IMAGES, "conv", c).maps for c in range(5)], dim=1)
    torch.testing.assert_close(grad_cam_all_classes(model, IMAGES, "conv"), one_by_one, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("then", [*(then for then, _ in APART.values()), *TOGETHER.values()])
def test_all_classes_equal_one_by_one_whatever_comes_behind_the_layer(then):
    assert_all_equal_one_by_one(Then(then))


def test_the_mean_gradients_are_those_of_the_long_way():
    run = run_from_layer(SimpleCNN().eval(), torch.rand(2, 3, 32, 32), "conv3")
    way, directions = shortest_way(run), torch.randn(4, 2, 10)
    assert type(way) is Connected
    assert way.numbers == 2 * 512
    long_way = LongWay(run).mean_gradients(directions)
    torch.testing.assert_close(way.mean_gradients(directions), long_way, atol=1e-7, rtol=1e-4)


def test_a_reshaped_layer_takes_the_long_way():
    model = Then(F.relu)
    run = run_from_layer(model, IMAGES, "conv", lambda output: output.flip(1))
    assert type(shortest_way(run)) is LongWay
    flipped = grad_cam_all_classes(model, IMAGES, "conv", reshape=lambda output: output.flip(1))
    torch.testing.assert_close(flipped, grad_cam_all_classes(model, IMAGES, "conv"), atol=1e-6, rtol=1e-5)


def test_no_gradient_is_left_behind():
    model = Then(nn.Sequential(normed(), nn.ReLU(), nn.MaxPool2d(2)))
    grad_cam_all_classes(model, IMAGES, "conv")
    assert all(parameter.grad is None for parameter in model.parameters())
    assert IMAGES.grad is None
