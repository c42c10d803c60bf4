"""The stretch behind a layer that keeps the channels apart: where it ends, how steep it is, and that it may be used."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.attribution import grad_cam, grad_cam_all_classes
from course_utils.attribution.channelwise import stretch_behind
from course_utils.attribution.tail import run_from_layer
from course_utils.models import SimpleCNN

pytestmark = pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning")


@pytest.fixture(autouse=True)
def _small_networks_are_worth_it(monkeypatch):
    monkeypatch.setattr("course_utils.attribution.channelwise.WORTH_IT", 0)


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


def end_of(model, layer="conv", images=IMAGES):
    end = stretch_behind(run_from_layer(model, images, layer)).end
    return end and end.node.name()


def test_slopes_worked_by_hand():
    """Of [[1, 4], [-2, 3]] ReLU keeps three and 2x2 pooling the 4; an average pool after ReLU answers with 3/4."""
    layer = nn.Conv2d(1, 1, 1, bias=False)
    layer.weight.data.fill_(1.0)
    image = torch.tensor([[[[1.0, 4.0], [-2.0, 3.0]]]])
    for pool, slope in ((nn.MaxPool2d(2), 1.0), (nn.AvgPool2d(2), 0.75)):
        run = run_from_layer(nn.Sequential(layer, nn.ReLU(), pool, nn.Flatten()), image, "0")
        stretch = stretch_behind(run)
        assert float(stretch.slopes) == slope / 4  # divided by the layer's 2 * 2 positions
        torch.testing.assert_close(stretch.mean_gradients(torch.ones(1, 1, 1)), torch.tensor([[[slope / 4]]]))


@pytest.mark.parametrize("name", APART)
def test_the_stretch_goes_to_the_last_step_that_keeps_channels_apart(name):
    then, last = APART[name]
    assert end_of(Then(then)) == last


@pytest.mark.parametrize("name", TOGETHER)
def test_the_stretch_ends_before_channels_or_images_meet(name):
    assert end_of(Then(TOGETHER[name])) in {None, "CloneBackward0"}


@pytest.mark.parametrize("then", [*(then for then, _ in APART.values()), *TOGETHER.values()])
def test_all_classes_equal_one_by_one_whatever_comes_behind_the_layer(then):
    model = Then(then)
    one_by_one = torch.stack([grad_cam(model, IMAGES, "conv", c).maps for c in range(5)], dim=1)
    torch.testing.assert_close(grad_cam_all_classes(model, IMAGES, "conv"), one_by_one, atol=1e-6, rtol=1e-5)


def test_the_mean_gradients_are_those_of_the_long_way():
    run = run_from_layer(SimpleCNN().eval(), torch.rand(2, 3, 32, 32), "conv3")
    stretch = stretch_behind(run)
    assert stretch.end.node.name() == "MaxPool2DWithIndicesBackward0"
    directions = torch.randn(4, 2, 10)
    long_way = run.pull_back(run.logits, directions).mean(dim=(3, 4))
    torch.testing.assert_close(stretch.mean_gradients(directions), long_way, atol=1e-7, rtol=1e-4)


def test_a_reshaped_layer_takes_the_long_way():
    model = Then(F.relu)
    run = run_from_layer(model, IMAGES, "conv", lambda output: output.flip(1))
    assert stretch_behind(run).end is None
    flipped = grad_cam_all_classes(model, IMAGES, "conv", reshape=lambda output: output.flip(1))
    torch.testing.assert_close(flipped, grad_cam_all_classes(model, IMAGES, "conv"), atol=1e-6, rtol=1e-5)


def test_no_gradient_is_left_behind():
    model = Then(nn.Sequential(normed(), nn.ReLU(), nn.MaxPool2d(2)))
    grad_cam_all_classes(model, IMAGES, "conv")
    assert all(parameter.grad is None for parameter in model.parameters())
    assert IMAGES.grad is None


def test_one_small_picture_goes_the_long_way_and_four_the_short_one(monkeypatch):
    monkeypatch.undo()
    model, images = SimpleCNN().eval(), torch.rand(4, 3, 32, 32)
    assert end_of(model, "conv3", images[:1]) is None
    assert end_of(model, "conv3", images) == "MaxPool2DWithIndicesBackward0"
    every = grad_cam_all_classes(model, images, "conv3")
    alone = torch.cat([grad_cam_all_classes(model, image[None], "conv3") for image in images])
    torch.testing.assert_close(every, alone, atol=1e-5 * float(every.max()), rtol=0)
