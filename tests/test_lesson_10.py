"""What lesson 10 says about saliency and its relatives: stored in the notebooks, and computed again here."""

from __future__ import annotations

import copy

import pytest
import torch
from stored import printed
from torch import nn

from course_utils.attribution import (
    grad_cam,
    gradient_times_input,
    guided_backprop,
    maximise_activation,
    occlusion,
    saliency,
    smooth_grad,
)
from course_utils.datasets import shapes10
from course_utils.hooks import count_hooks
from course_utils.shipped import load_shipped


@pytest.fixture(scope="module")
def model():
    return load_shipped("simplecnn_shapes10").model


@pytest.fixture(scope="module")
def data():
    return shapes10(count=200, seed=42)


@pytest.fixture(scope="module")
def top_two(model, data):
    """The best and second-best class of each picture."""
    with torch.no_grad():
        return model(data.images).topk(2, dim=1).indices.T


def inside(maps, masks):
    return float(((maps * masks).sum(dim=(1, 2)) / maps.sum(dim=(1, 2))).mean())


def dust(maps):
    steps = (maps.diff(dim=1).abs().mean(dim=(1, 2)) + maps.diff(dim=2).abs().mean(dim=(1, 2))) / 2
    return float((steps / maps.mean(dim=(1, 2))).mean())


def agreement(first, other):
    pairs = [torch.stack([a.flatten(), b.flatten()]) for a, b in zip(first, other, strict=True)]
    return sum(float(torch.corrcoef(pair)[0, 1]) for pair in pairs) / len(pairs)


# --- what the page says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [".", "solutions"])
@pytest.mark.parametrize(
    "line",
    [
        "right: 200 of 200; picture 0: heart, then circle",
        "without requires_grad: One of the differentiated Tensors does not require grad",
        "nudge 0.0001: +2.01 logits per unit; the slope says +2.10\nnudge 0.001 : +1.59",
        "nudge 0.01  : -0.37 logits per unit; the slope says +2.10\nnudge 0.1   : -1.74",
        "area of the object: 14%\nsaliency: 51% inside, dust 0.56\ngradient times input: 84% inside, dust 1.08",
        "brightness, no network: 35% inside\nagreement of best and second class: 0.71\nwith the signs: 0.32",
        "ReLU layers: twin 4 | model 0",
        "hooks left on the twin: 0 | on the model: 0\nguided: 60% inside, dust 0.51",
        "agreement of best and second class: plain 0.71, guided 0.97",
        "same map for another class: True\nhooks left: 8; a plain call is guided now: True",
        "largest value: with the mask 0.177, with the output 42.2\nagreement of the two maps: 0.91",
        "RuntimeError: Output 0 of BackwardHookFunction is a view and is being modified inplace\n"
        "package, the same network: True\n"
        "RuntimeError: Output 0 of Unbind is a view and is being modified inplace\n"
        "in Python itself: {'importlib.resources': True, 'importlib_resources': False}",
        "FutureWarning: Using a non-full backward hook when the forward contains multiple autograd Nodes",
        "AttributeError: 'NoneType' object has no attribute 'shape'",
        "shape of grad_in[0]: torch.Size([1, 3, 32, 32])\nsame as x.grad: True\n"
        "conv3, grad_out[0] against autograd.grad: 0.0e+00 apart",
        "channel 17 of conv3, its mean: from -0.43 to 2.53",
        "patch  4, mean colour: 81% inside, dust 0.27\npatch  8, mean colour: 52% inside, dust 0.15\npatch 16, mean",
        "patch  8, black: 50% inside\npatch  8, white: 21% inside",
        "logit of ring: 162; of the best real ring: 42",
        "taken for their class: 10 of 10",
        "loss         largest slope 1.7e-06\nprobability  largest slope 1.7e-06",
    ],
)
def test_page_prints(folder, line):
    assert line in printed(f"{folder}/10_saliency")


# --- the facts, computed again -----------------------------------------------------------------------------------


def test_a_slope_keeps_its_word_for_tiny_nudges_only(model, data):
    exact, image = copy.deepcopy(model).double(), data.images[:1].double()
    slopes = saliency(exact, image, 6).gradients.flatten()
    place = int(slopes.abs().argmax())
    changes = []
    for step in (1e-5, 1e-2):
        nudged = image.clone()
        nudged.view(-1)[place] += step
        changes.append(float((exact(nudged) - exact(image))[0, 6].detach()) / step)
    assert changes[0] == pytest.approx(float(slopes[place]), rel=1e-4)
    assert changes[1] < 0 < changes[0]


def test_times_input_borrows_from_brightness(model, data, top_two):
    """On the object lie 51 % of saliency, 84 % of gradient times input, 35 % of the brightness, 14 % of the area."""
    assert inside(saliency(model, data.images, top_two[0]).maps, data.masks) == pytest.approx(0.51, abs=0.01)
    assert inside(gradient_times_input(model, data.images, top_two[0]).maps, data.masks) == pytest.approx(
        0.84, abs=0.01
    )
    assert inside(data.images.mean(dim=1), data.masks) == pytest.approx(0.35, abs=0.01)
    assert float(data.masks.float().mean()) == pytest.approx(0.135, abs=0.005)


def test_guided_maps_hardly_ask_which_class(model, data, top_two):
    plain = [saliency(model, data.images, classes).maps for classes in top_two]
    guided = [guided_backprop(model, data.images, classes).maps for classes in top_two]
    assert agreement(*plain) == pytest.approx(0.71, abs=0.01)
    assert agreement(*guided) == pytest.approx(0.97, abs=0.01)


def test_noise_smooths_and_then_moves_the_heat_off_the_object(model, data):
    fifty = data[:50]
    maps = {
        level: smooth_grad(model, fifty.images, fifty.labels, samples=16, noise=level).maps for level in (0, 0.1, 0.5)
    }
    shares = {level: inside(values, fifty.masks) for level, values in maps.items()}
    assert shares[0.5] < 0.3 < 0.48 < shares[0] < shares[0.1] < 0.56
    assert 0.45 < dust(maps[0.5]) < dust(maps[0.1]) < dust(maps[0]) < 0.6


def test_patch_and_cover_decide_what_occlusion_shows(model, data):
    ten = data[:10]

    def share(**how):
        return inside(occlusion(model, ten.images, ten.labels, **how).maps, ten.masks)

    assert share(patch=4) > 0.75 > 0.6 > share(patch=8) > 0.4 > 0.25 > share(patch=16)
    assert share(patch=8, baseline=1.0) < 0.3 < 0.4 < share(patch=8, baseline=0.0)


def test_grad_cam_beside_them(model, data):
    ten = data[:10]
    heat = grad_cam(model, ten.images, "conv2", ten.labels).heatmaps
    assert inside(heat, ten.masks) == pytest.approx(0.93, abs=0.01)


@pytest.mark.parametrize("index", [1, 5])
def test_a_dream_goes_far_beyond_any_real_picture(model, data, index):
    dream = maximise_activation(model, None, index)
    with torch.no_grad():
        real = model(data.images)[data.labels == index, index].max()
        assert int(model(dream.image[None]).argmax()) == index
    assert dream.activations[-1] > 2 * real


def test_a_channel_is_climbed_as_a_class_is(model):
    """C2.5: FlashTorch's GradientAscent is for one kernel of a convolution."""
    climb = maximise_activation(model, "conv3", 17).activations
    assert (float(climb[0]), float(climb[-1])) == pytest.approx((-0.43, 2.53), abs=0.02)


def test_old_backprop_by_hand(model, data):
    """FlashTorch's three bugs on a twin with ReLU layers: class ignored, hooks left, output instead of mask."""
    trunk = [layer for conv in (model.conv1, model.conv2, model.conv3) for layer in (conv, nn.ReLU(), model.pool)]
    twin = nn.Sequential(*trunk, nn.Flatten(), model.fc1, nn.ReLU(), model.fc2)
    prepared, outputs = ((data.images[:1] - model.mean) / model.std).requires_grad_(), []

    def old(guided):
        for layer in twin if guided else []:
            if isinstance(layer, nn.ReLU):
                layer.register_forward_hook(lambda module, args, output: outputs.append(output))
                layer.register_full_backward_hook(lambda m, gi, go: (go[0].clamp(min=0) * outputs.pop(),))
        return torch.autograd.grad(twin(prepared)[0].amax(), prepared)[0]

    plain, guided, plain_again = old(False), old(True), old(False)
    assert count_hooks(twin) == 8
    assert not torch.equal(plain_again, plain)
    assert torch.equal(plain_again, guided)
    right = guided_backprop(model, data.images[:1]).gradients * model.std
    assert float(guided.abs().max()) > 100 * float(right.abs().max())


def as_layers(model):
    """SimpleCNN's twin, in which each function is a layer; conv3 is number 6."""
    trunk = [layer for conv in (model.conv1, model.conv2, model.conv3) for layer in (conv, nn.ReLU(), model.pool)]
    return copy.deepcopy(nn.Sequential(*trunk, nn.Flatten(), model.fc1, nn.ReLU(), model.fc2))


@pytest.mark.filterwarnings("ignore:Using a non-full backward hook:FutureWarning")
def test_old_hook_on_conv3_gives_the_gradient_of_autograd_grad(model, data):
    """E5: equal up to 1.2e-7 in the class of a tutorial; both from one pass are equal."""
    twin, seen = as_layers(model), {}
    twin[6].register_backward_hook(lambda layer, into, out: seen.update(gradient=out[0]))
    maps = twin[:7]((data.images[:4] - model.mean) / model.std)
    score = twin[7:](maps)[:, 3].sum()
    (wanted,) = torch.autograd.grad(score, maps, retain_graph=True)
    score.backward()
    assert wanted.abs().max() > 0.01
    torch.testing.assert_close(seen["gradient"], wanted, atol=1.2e-7, rtol=0)


def test_old_backprop_is_right_only_for_pictures_that_ask(model, data):
    """E22: a FutureWarning; ``grad_in[0]`` is ``x.grad``, or None for a plain picture."""
    twin, seen = as_layers(model), []
    twin[0].register_backward_hook(lambda layer, into, out: seen.append(into[0]))
    plain, asking = data.images[:1].clone(), data.images[:1].clone().requires_grad_()
    for pictures in (plain, asking):
        with pytest.warns(FutureWarning, match="Using a non-full backward hook"):
            logits = twin(pictures)
        logits[0, 3].backward()
        twin.zero_grad()
    assert seen[0] is None
    assert torch.equal(seen[1], asking.grad)


def test_writing_into_the_channels_of_an_asking_picture_is_refused():
    """E22: FlashTorch's ``denormalize`` does ``for channel in tensor.clone()[0]: channel.mul_(std)``."""
    asking = torch.ones(1, 3, 4, 4, requires_grad=True)
    with pytest.raises(RuntimeError, match="Output 0 of Unbind is a view and is being modified inplace"):
        next(iter(asking.clone()[0])).mul_(0.5)


def test_the_loss_has_no_slope_left_when_the_network_is_sure(model, data):
    label = data.labels[:1]
    logit = saliency(model, data.images[:1], label).maps.max()
    loss = saliency(
        model, data.images[:1], score=lambda logits: nn.functional.cross_entropy(logits, label, reduction="none")
    ).maps.max()
    assert loss < 1e-5 * logit
