"""What lesson 09 says about kernels and feature maps: stored in the notebooks, and computed again here."""

from __future__ import annotations

import warnings

import matplotlib.pyplot as plt
import pytest
import torch
from stored import printed
from torch import nn
from torch.nn import functional as F
from torchvision.models import VGG11_Weights, vgg11

from course_utils.attribution.strongest import active_share, strongest_images
from course_utils.datasets import shapes10
from course_utils.hooks import count_hooks, mask_channels, record_outputs
from course_utils.models import SimpleCNN
from course_utils.shipped import load_shipped


@pytest.fixture(scope="module")
def shipped():
    return load_shipped("simplecnn_shapes10")


@pytest.fixture(scope="module")
def model(shipped):
    return shipped.model


@pytest.fixture(scope="module")
def many():
    return shapes10(count=1000, seed=900)


@pytest.fixture(scope="module")
def peaks(model, many):
    """The highest value of each channel of conv3 on each picture, (1000, 128)."""
    with torch.no_grad(), record_outputs(model, "conv3") as outputs:
        model(many.images)
    return outputs["conv3"].amax(dim=(2, 3))


@pytest.fixture(scope="module")
def features():
    """VGG11's convolutional part with random weights, without the 124 million numbers behind it."""
    torch.manual_seed(0)
    with torch.device("meta"):
        layers = vgg11().features
    layers = layers.to_empty(device="cpu").eval()
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            layer.reset_parameters()
    return layers


@pytest.fixture(scope="module")
def photo():
    return torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))


# --- what the page says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [".", "solutions"])
@pytest.mark.parametrize(
    "line",
    [
        "fc1.weight   (512, 2048)      1,048,576   91.4%",
        "together 1,147,466",
        "kernel 28 on a heart: highest by hand 3.356, F.conv2d 3.356",
        "kernel 28: at the edge 4.10, on the flat sides 0.11\nkernel  6: at the edge 3.51, on the flat sides 0.06",
        "conv1: 32,768 numbers, 51% of them above zero",
        "conv2: 16,384 numbers, 21% of them above zero",
        "conv3:  8,192 numbers, 16% of them above zero",
        "before pooling: one pixel to the right changes the maps by 31%",
        "after pooling: one pixel to the right changes the maps by 23%",
        "Invalid shape (32, 32, 32) for image data\nthree channels are accepted: (32, 32, 3)",
        "132,863,336 parameters, 21 modules in features",
        "convolutions at [0, 3, 6, 8, 11, 13, 16, 18]",
        "(0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))",
        "(2): MaxPool2d(",
        "(3): Conv2d(64, 128, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))",
        "white: the middle of (0, 3)",
        "(128, 64, 3, 3) - 17 of 9x9 places empty",
        "two calls of plot_feature leave hooks: 2",
        "layer by layer gives the same: True",
        "matplotlib: More than 20 figures have been opened.",
        "features[3] of VGG11, not trained: 128 kernels of 3x3 over 64 input channels.",
        "length: 1\nlength: 2\nlength: 3\ninput: (1, 128, 112, 112) | output: (1, 128, 56, 56)\n"
        "still attached to a graph: MaxPool2DWithIndicesBackward0",
        "output 1.5 MiB; its graph keeps 31 MiB, each time",
        "attached to a graph: None | hooks left: 0",
        "train: maps differ by up to 2.73; network unchanged: False\n"
        "eval: maps differ by up to 0.00; network unchanged: True",
        "classes: ['ring', 'ring', 'ring', 'ring', 'ring', 'ring', 'ring', 'ring']",
        "conv1: 0 of 32 channels are loyal to one class\nconv3: 61 of 128 channels are loyal to one class\n"
        "no loyal channel: ['square', 'cross', 'star']",
        "trained network: 0 dead; the quietest is active on 0.3% of the pictures",
        "learning rate 0.001: about 0 of 128 dead",
        "learning rate 0.01: about 30 of 128 dead",
    ],
)
def test_page_prints(folder, line):
    assert line in printed(f"{folder}/09_kernels_and_feature_maps")


# --- kernels and feature maps ------------------------------------------------------------------------------------


def test_convolutions_hold_93_248_numbers(model):
    counted = {name: sum(p.numel() for p in getattr(model, name).parameters()) for name in ("conv1", "conv2", "conv3")}
    assert counted == {"conv1": 896, "conv2": 18_496, "conv3": 73_856}
    assert sum(counted.values()) == 93_248


def test_sliding_sum_by_hand_is_the_layer(model):
    picture = (torch.rand(3, 6, 7, generator=torch.Generator().manual_seed(0)) - model.mean) / model.std
    padded = F.pad(picture, (1, 1, 1, 1))
    with torch.no_grad():
        rows = [
            [(padded[:, r : r + 3, c : c + 3] * model.conv1.weight[28]).sum() + model.conv1.bias[28] for c in range(7)]
            for r in range(6)
        ]
        torch.testing.assert_close(torch.tensor(rows), model.conv1(picture[None])[0, 28], atol=1e-5, rtol=0)


def test_edge_kernels_are_dark_on_the_left_and_bright_on_the_right(model):
    """The two best at a vertical edge are those that the eye finds in the picture of the added colours."""
    brightness = model.conv1.weight.detach().sum(dim=1)
    assert all(brightness[k, :, 2].sum() - brightness[k, :, 0].sum() > 0.9 for k in (6, 28))


def test_pooling_keeps_the_highest_value_of_every_channel(model, many):
    with torch.no_grad(), record_outputs(model, "conv1") as outputs:
        model(many.images[:20])
    maps = outputs["conv1"].relu()
    assert torch.equal(model.pool(maps).amax(dim=(2, 3)), maps.amax(dim=(2, 3)))


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 4), (7, 7)])
def test_a_number_of_conv3_sees_the_window_of_18_pixels(model, row, column):
    """Mean instead of maximum lets every pixel of the window through: those with a gradient are the window."""
    images = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0)).double().requires_grad_()
    x = images
    for layer in (model.conv1, model.conv2):
        x = F.avg_pool2d(F.conv2d(x, layer.weight.double(), padding=1), 2)
    F.conv2d(x, model.conv3.weight.double(), padding=1)[0, 17, row, column].backward()
    seen = images.grad.abs().sum(dim=(0, 1)) > 0
    wanted = torch.zeros(32, 32, dtype=torch.bool)
    wanted[max(4 * row - 7, 0) : 4 * row + 11, max(4 * column - 7, 0) : 4 * column + 11] = True
    assert torch.equal(seen, wanted)


# --- VGG11 -------------------------------------------------------------------------------------------------------


def test_three_third_layers_of_vgg11(features):
    """E22b: features[3] is the fourth module and the second convolution, index 2 a MaxPool, index 6 the third one."""
    convolutions = [index for index, layer in enumerate(features) if isinstance(layer, nn.Conv2d)]
    assert isinstance(features[2], nn.MaxPool2d)
    assert convolutions.index(3) == 1
    assert convolutions[2] == 6
    assert features[3].weight.shape == (128, 64, 3, 3)
    assert len(features) == 21


def test_named_children_of_vgg11(features):
    """C2.1: 21 names; '0' is the convolution 3-64, '3' the convolution 64-128."""
    children = dict(features.named_children())
    assert list(children) == [str(index) for index in range(21)]
    assert [(children[key].in_channels, children[key].out_channels) for key in "03"] == [(3, 64), (64, 128)]


def test_white_of_bwr_is_the_middle_of_each_tile_and_not_zero():
    """C2.2: without limits ``imshow`` stretches a tile's own values, here 0 to 3."""
    tile = plt.Figure().subplots().imshow([[0, 3]], cmap="bwr")
    assert tile.cmap(tile.norm(1.5)) == pytest.approx((1.0, 1.0, 1.0, 1.0), abs=0.01)
    assert tile.cmap(tile.norm(0.0)) == (0.0, 0.0, 1.0, 1.0)


def test_trained_vgg11_is_a_download_of_507_mb():
    assert round(VGG11_Weights.DEFAULT.meta["_file_size"]) == 507


def test_figure_21_brings_the_warning():
    opened = []
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for number in range(21):
            opened.append(plt.figure(num=f"figure {number} of a test"))
            assert bool(told) is (number == 20)
    for figure in opened:
        plt.close(figure)


def test_hook_of_the_tutorials_grows_and_keeps_the_graph(features, photo):
    """C2.3 and E16."""
    inputs, outputs = [], []

    def store(module, fea_in, fea_out):
        inputs.append(fea_in)
        outputs.append(fea_out)

    with features[5].register_forward_hook(store):
        lengths = [(features[:6](photo), len(outputs))[1] for _ in range(3)]
    assert lengths == [1, 2, 3]
    assert inputs[0][0].shape == (1, 128, 112, 112)
    assert outputs[0].shape == (1, 128, 56, 56)
    assert all(output.grad_fn is not None for output in outputs)


def test_record_outputs_keeps_one_detached_record_despite_the_in_place_relu(features, photo):
    shared = []
    with (
        features[3].register_forward_hook(lambda module, args, output: shared.append(output.detach())),
        record_outputs(features, "3", "5") as outputs,
    ):
        features[:6](photo)
    assert outputs["5"].grad_fn is None
    assert shared[0].min() == 0
    assert outputs["3"].min() < 0
    assert count_hooks(features) == 0


# --- channels ----------------------------------------------------------------------------------------------------


def test_channel_17_likes_rings_and_is_not_needed_for_them(model, many, peaks, shipped):
    found = strongest_images(model, many.images, "conv3", 17)
    ring = shipped.class_names.index("ring")
    assert found.indices.tolist() == peaks[:, 17].topk(8).indices.tolist()
    assert set(many.labels[found.indices].tolist()) == {ring}
    means = [peaks[many.labels == label, 17].mean() for label in range(10)]
    ranked = sorted(range(10), key=means.__getitem__, reverse=True)
    assert [shipped.class_names[label] for label in ranked[:3]] == ["ring", "moon", "hourglass"]
    with torch.no_grad(), mask_channels(model, "conv3", 17):
        assert (model(many.images[many.labels == ring]).argmax(dim=1) == ring).all()


def test_windows_of_channel_17_lie_at_the_lower_left_of_their_rings(model, many):
    """The middle of each window is further down and further left than the middle of the ring."""
    found = strongest_images(model, many.images, "conv3", 17)
    for index, (row, column) in zip(found.indices, found.positions.tolist(), strict=True):
        rows, columns = many.masks[index].nonzero().double().mean(dim=0)
        assert 4 * row + 1.5 > rows
        assert 4 * column + 1.5 < columns


def test_channel_28_is_the_one_with_seven_arrows_and_can_be_spared(model, many, peaks, shipped):
    arrow = shipped.class_names.index("arrow")
    arrows = (many.labels[peaks.topk(8, dim=0).indices] == arrow).sum(dim=0)
    assert (arrows >= 7).nonzero().flatten().tolist() == [28]
    with torch.no_grad(), mask_channels(model, "conv3", 28):
        assert (model(many.images[many.labels == arrow]).argmax(dim=1) == arrow).sum() == 100


def test_shares_of_active_pictures(model, many):
    """No channel is dead; one of conv3 is above zero on 3 of 1,000 pictures."""
    shares = {name: active_share(model, many.images, name) for name in ("conv1", "conv2", "conv3")}
    assert all(share.min() > 0 for share in shares.values())
    assert shares["conv3"].min() == pytest.approx(0.003)


def test_a_dead_channel_gets_no_gradient(many):
    """One step of Adam that is ten times too long kills about thirty channels of conv3; the next one moves them."""
    torch.manual_seed(0)
    fresh, images, labels = SimpleCNN(), many.images[:100], many.labels[:100]
    optimizer = torch.optim.Adam(fresh.parameters(), lr=0.01)
    F.cross_entropy(fresh(images), labels).backward()
    optimizer.step()
    optimizer.zero_grad()
    F.cross_entropy(fresh(images), labels).backward()
    dead = active_share(fresh, images, "conv3") == 0
    assert 25 <= int((active_share(fresh, many.images[:300], "conv3") == 0).sum()) < 35
    assert (fresh.conv3.weight.grad[dead] == 0).all()
    before = fresh.conv3.weight.detach().clone()
    optimizer.step()  # momentum carries the weights on all the same
    assert (fresh.conv3.weight - before)[dead].abs().max() > 0.001


def test_test_accuracy_told_on_the_page(shipped):
    assert shipped.accuracy == pytest.approx(0.9995)
