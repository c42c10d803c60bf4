"""replace_output and mask_channels: a layer returns something else while a block lasts."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from course_utils.hooks import count_hooks, hooked, mask_channels, record_outputs, replace_output


@pytest.fixture
def identity():
    """A linear layer that returns its input: two features in, two out."""
    layer = nn.Linear(2, 2, bias=False)
    nn.init.eye_(layer.weight)
    return nn.Sequential(layer)


# Values


def test_a_forward_hook_changes_the_output(identity):
    """Tutorial 000 says it cannot; ones through an identity, times ten, are [[10, 10]]."""
    with replace_output(identity, "0", lambda output: output * 10):
        assert identity(torch.ones(1, 2)).tolist() == [[10.0, 10.0]]
    assert identity(torch.ones(1, 2)).tolist() == [[1.0, 1.0]]


def test_a_tensor_replaces_the_output_and_is_broadcast(identity):
    with replace_output(identity, "0", torch.tensor([7, 8])):
        assert identity(torch.ones(2, 2)).tolist() == [[7.0, 8.0], [7.0, 8.0]]


def test_masked_channels_are_zero_and_the_others_are_not_touched(tiny_cnn, tiny_images):
    plain = tiny_cnn.conv1(tiny_images)
    with mask_channels(tiny_cnn, "conv1", [0, 2]), record_outputs(tiny_cnn, "conv1") as outputs:
        tiny_cnn(tiny_images)
    assert torch.equal(outputs["conv1"][:, [1, 3]], plain[:, [1, 3]])
    assert not outputs["conv1"][:, [0, 2]].any()


def test_a_hook_that_returns_none_changes_nothing(identity):
    with hooked(identity[0], lambda module, args, output: None):
        assert identity(torch.ones(1, 2)).tolist() == [[1.0, 1.0]]


# Laws


def test_masking_one_by_one_or_together_is_the_same(tiny_cnn, tiny_images):
    with mask_channels(tiny_cnn, "conv2", [1, 4]):
        together = tiny_cnn(tiny_images)
    with mask_channels(tiny_cnn, "conv2", 1), mask_channels(tiny_cnn, "conv2", torch.tensor(4)):
        assert torch.equal(tiny_cnn(tiny_images), together)


def test_masking_nothing_changes_nothing(tiny_cnn, tiny_images):
    expected = tiny_cnn(tiny_images)
    with mask_channels(tiny_cnn, "conv2", []):
        assert torch.equal(tiny_cnn(tiny_images), expected)


def test_a_masked_nan_is_zero():
    model = nn.Sequential(nn.Identity())
    with mask_channels(model, "0", 0):
        assert model(torch.tensor([[float("nan"), 1.0]])).tolist() == [[0.0, 1.0]]


def test_a_masked_channel_gets_no_gradient(tiny_cnn, tiny_images):
    with mask_channels(tiny_cnn, "conv1", 3):
        tiny_cnn(tiny_images).sum().backward()
    assert not tiny_cnn.conv1.weight.grad[3].any()
    assert tiny_cnn.conv1.weight.grad[:3].any()


def test_gradients_flow_through_a_replacing_function(identity):
    x = torch.ones(1, 2, requires_grad=True)
    with replace_output(identity, identity[0], lambda output: output**2 * 3):
        identity(x).sum().backward()
    assert x.grad.tolist() == [[6.0, 6.0]]


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_masking_works_without_gradients(mode, tiny_cnn, tiny_images):
    with mask_channels(tiny_cnn, "fc", 0), mode():
        assert not tiny_cnn(tiny_images)[:, 0].any()


# Damage


def test_an_in_place_operation_behind_does_not_write_into_the_callers_tensor():
    model, mine = nn.Sequential(nn.Identity(), nn.ReLU(inplace=True)), torch.tensor([-1.0, -1.0])
    with replace_output(model, "0", mine):
        assert model(torch.ones(2)).tolist() == [0.0, 0.0]
    assert mine.tolist() == [-1.0, -1.0]


def test_an_error_in_the_replacing_function_leaves_nothing(identity):
    with pytest.raises(ZeroDivisionError), replace_output(identity, "0", lambda output: 1 / 0):
        identity(torch.ones(1, 2))
    assert count_hooks(identity) == 0


# Errors


def test_a_function_that_forgets_to_return_is_told(identity):
    with (
        pytest.raises(TypeError, match="the function for layer '0' returned None; return the new output"),
        replace_output(identity, "0", lambda output: None),
    ):
        identity(torch.ones(1, 2))


def test_a_replacement_of_another_shape_is_told(identity):
    with (
        pytest.raises(ValueError, match=r"layer '0' returns \(1, 2\), the replacement is \(3,\)"),
        replace_output(identity, "0", torch.zeros(3)),
    ):
        identity(torch.ones(1, 2))


def test_a_number_is_no_replacement(identity):
    with pytest.raises(TypeError, match="a replacement is a tensor or a function of the output, got int"):
        replace_output(identity, "0", 5)


def test_a_tensor_cannot_replace_a_tuple():
    model = nn.Sequential(nn.LSTM(2, 2))
    with (
        pytest.raises(TypeError, match="layer '0' returns tuple, not a tensor; replace it with a function"),
        replace_output(model, "0", torch.zeros(1)),
    ):
        model(torch.ones(1, 1, 2))


@pytest.mark.parametrize("channels", [4, -1, [0, 9]])
def test_a_channel_that_does_not_exist_is_told(channels, tiny_cnn, tiny_images):
    with (
        pytest.raises(ValueError, match=r"layer 'conv1' has channels 0\.\.3, got"),
        mask_channels(tiny_cnn, "conv1", channels),
    ):
        tiny_cnn(tiny_images)


@pytest.mark.parametrize("channels", [0.5, [1.0], torch.tensor([True, False, True, False]), True, 1j])
def test_channels_that_are_no_integers_are_refused(channels, tiny_cnn):
    with pytest.raises(TypeError, match="channels are integers, got"):
        mask_channels(tiny_cnn, "conv1", channels)


@pytest.mark.parametrize("channels", [None, {0, 2}, slice(2), "0", [[0], [1, 2]], [None], 2**70], ids=str)
def test_what_holds_no_channels_is_refused_in_our_words(channels, tiny_cnn):
    with pytest.raises(TypeError, match=r"channels are integers, got .*; give one or a list of them, such as \[0, 2\]"):
        mask_channels(tiny_cnn, "conv1", channels)


def test_masking_needs_a_channel_axis():
    model = nn.Sequential(nn.Flatten(0))
    with (
        pytest.raises(ValueError, match=r"needs a layer that returns \(N, K, ...\), '0' returned \(4,\)"),
        mask_channels(model, "0", 0),
    ):
        model(torch.ones(2, 2))
