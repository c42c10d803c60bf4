"""Networks that need the ordinary memory format get it, and the others the quicker one."""

from __future__ import annotations

import torch
from torch import nn

from course_utils.datasets import shapes10
from course_utils.layouts import quickest_layout
from course_utils.models import SimpleCNN
from course_utils.training import evaluate, fit


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
