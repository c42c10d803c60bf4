"""Networks that need the ordinary memory format get it, and the others the quicker one."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from torch import nn

from course_utils.attribution import (
    grad_cam,
    grad_cam_all_classes,
    guided_backprop,
    hires_cam,
    layer_cam,
    occlusion,
    saliency,
    score_cam,
    smooth_grad,
)
from course_utils.attribution.layout import logits_of, pays
from course_utils.datasets import shapes10
from course_utils.models import SimpleCNN
from course_utils.training import evaluate, fit
from course_utils.training.layouts import quickest_layout


class WithView(nn.Module):
    """A network as many tutorials write it."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.pool = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.MaxPool2d(4)
        self.fc = nn.Linear(4 * 8 * 8, 10)

    def forward(self, images):
        return self.fc(self.pool(self.norm(self.conv(images)).relu()).view(-1, 4 * 8 * 8))


def test_a_view_behind_a_convolution_asks_for_the_ordinary_format():
    images = torch.rand(2, 3, 32, 32)
    assert quickest_layout(WithView(), images) is torch.contiguous_format
    assert quickest_layout(SimpleCNN(), images) is torch.channels_last


def test_trying_leaves_the_network_as_it_was():
    network = WithView().train()
    network.conv.eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    quickest_layout(network, torch.rand(2, 3, 32, 32))
    assert network.training
    assert not network.conv.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_network_with_a_view_is_trained_and_evaluated():
    torch.manual_seed(0)
    network, data = WithView(), shapes10(64)
    history = fit(network, data, epochs=1, validation=data)
    assert len(history) == 1
    with torch.no_grad():
        wanted = network.eval()(data.images).argmax(1)
    assert torch.equal(evaluate(network, data).predictions, wanted)


class Jumping(nn.Module):
    """A residual shortcut behind the picture itself: its weight gradient crashed Python in channels_last."""

    def __init__(self):
        super().__init__()
        self.jump, self.fc = nn.Conv2d(3, 8, 1, stride=2, bias=False), nn.Linear(8, 10)

    def forward(self, images):
        return self.fc(self.jump(images).mean(dim=(2, 3)))


def test_a_network_whose_training_would_crash_gets_the_ordinary_format():
    assert quickest_layout(Jumping(), torch.rand(2, 3, 64, 64)) is torch.contiguous_format
    assert len(fit(Jumping(), shapes10(64), epochs=1)) == 1


# --- the layout of attributions --------------------------------------------------------------------------------


class Seen(SimpleCNN):
    """Writes down in which order the pictures came."""

    memory_format = torch.channels_last

    def __init__(self):
        super().__init__()
        self.orders = []

    def forward(self, images):
        self.orders.append(images.is_contiguous(memory_format=torch.channels_last))
        return super().forward(images)


class SaysNothing(Seen):
    """A subclass may have another forward: it has to say so itself."""


class WithConvolution(nn.Module):
    """A convolution of 8,820 weights."""

    memory_format = torch.channels_last

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 60, 7)


@pytest.mark.parametrize(
    ("network", "count", "double", "expected"),
    [(Seen, 16, False, True), (Seen, 1, False, False), (Seen, 16, True, False), (SaysNothing, 16, False, False)],
    ids=["16", "1", "double", "subclass"],
)
def test_pictures_go_in_as_the_network_reads_them_fastest(network, count, double, expected):
    model, images = network().eval(), torch.rand(count, 3, 32, 32)
    model, images = (model.double(), images.double()) if double else (model, images)
    logits_of(model, images)
    assert model.orders == [expected]
    assert images.is_contiguous()


def test_few_numbers_do_not_pay_for_many_weights():
    assert pays(WithConvolution(), torch.rand(1, 3, 10, 10))  # 300 numbers, 29 weights for each
    assert not pays(WithConvolution(), torch.rand(1, 3, 9, 9))
    assert not pays(nn.Conv2d(3, 4, 3), torch.rand(16, 3, 32, 32))


def test_a_network_that_wants_another_order_gets_the_caller_s():
    """Two numbers of a pixel must lie side by side for this view."""
    network = nn.Sequential(nn.Conv2d(2, 2, 1), nn.ReLU())
    model = nn.Module()
    model.network = network
    model.forward = lambda images: network(images).permute(0, 2, 3, 1).view(len(images), -1)
    images = torch.rand(2, 2, 4, 4).contiguous(memory_format=torch.channels_last)
    assert saliency(model.eval(), images, 3).logits.shape == (2, 32)


@pytest.mark.parametrize("method", [saliency, guided_backprop, occlusion, partial(smooth_grad, samples=3)])
def test_both_orders_give_the_same_maps(method, monkeypatch):
    torch.manual_seed(0)
    model, images = SimpleCNN().eval(), torch.rand(4, 3, 32, 32)
    quick = method(model, images, 3)
    monkeypatch.setattr("course_utils.attribution.layout.PAYS", 0)
    plain = method(model, images, 3)
    torch.testing.assert_close(quick.maps, plain.maps, atol=1e-5 * float(plain.maps.max()), rtol=0)


@pytest.mark.parametrize("method", [saliency, guided_backprop, occlusion, partial(smooth_grad, samples=3)])
def test_a_network_with_a_view_is_explained(method):
    torch.manual_seed(0)
    network, images = WithView().eval(), torch.rand(2, 3, 32, 32)
    answer = method(network, images)
    with torch.no_grad():
        torch.testing.assert_close(answer.logits, network(images))


@pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning")
@pytest.mark.parametrize("method", [grad_cam, hires_cam, layer_cam, score_cam])
def test_both_orders_give_the_same_maps_of_a_layer(method, monkeypatch):
    torch.manual_seed(0)
    model, images = SimpleCNN().eval(), torch.rand(4, 3, 32, 32)
    quick = method(model, images, "conv3", 3)
    monkeypatch.setattr("course_utils.attribution.layout.PAYS", 0)
    plain = method(model, images, "conv3", 3)
    torch.testing.assert_close(quick.maps, plain.maps, atol=1e-5 * float(plain.maps.max()), rtol=0)


@pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning")
def test_a_network_runs_once():
    network, runs = WithView().eval(), []
    network.register_forward_hook(lambda *_: runs.append(1))
    for method in (saliency, partial(grad_cam, layer="conv"), partial(grad_cam_all_classes, layer="conv")):
        runs.clear()
        method(network, torch.rand(2, 3, 32, 32))
        assert runs == [1]


@pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning")
def test_a_network_that_writes_into_its_pictures_gets_a_copy():
    network = nn.Sequential(nn.ReLU(inplace=True), nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 6 * 6, 3)).eval()
    images = torch.randn(2, 3, 8, 8)
    before = images.clone()
    for method in (grad_cam, layer_cam, score_cam):
        method(network, images, "1", 0)
    grad_cam_all_classes(network, images, "1")
    assert torch.equal(images, before)


def test_gradients_and_outputs_come_in_the_ordinary_order():
    model = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1))
    answer = saliency(model, torch.rand(2, 3, 16, 16), score=lambda outputs: outputs.view(len(outputs), -1).sum(1))
    assert answer.gradients.is_contiguous()
    assert answer.maps.is_contiguous()
    assert answer.logits.is_contiguous()


def test_an_error_of_the_network_is_told_once():
    def forward(images):
        raise RuntimeError("the network's own trouble")

    model = SimpleCNN().eval()
    model.forward = forward
    with pytest.raises(RuntimeError, match="own trouble") as caught:
        saliency(model, torch.rand(2, 3, 32, 32))
    assert caught.value.__context__ is None
