"""Lesson 13: its numbers, what it says about the library, and why the circulating listings fail."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections import OrderedDict

import cv2
import pytest
import torch
import torchvision
from pytorch_grad_cam import GradCAM, HiResCAM
from pytorch_grad_cam.utils.image import scale_cam_image, show_cam_on_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from stored import printed
from torch import nn
from torch.nn import functional as F

from course_utils import attribution
from course_utils.attribution import cam, grad_cam
from course_utils.datasets import shapes10
from course_utils.exercises.lesson_13.judge_scale import FIVE
from course_utils.shipped import load_shipped
from course_utils.trust import heat_inside

pytestmark = pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning")


class Normalise(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.mean, self.std = model.mean, model.std

    def forward(self, images):
        return (images - self.mean) / self.std


@pytest.fixture(scope="module")
def network():
    """The shipped network, with a name for each ReLU."""
    m = load_shipped("simplecnn_shapes10").model
    layers = [("normalise", Normalise(m))]
    for k in (1, 2, 3):
        layers += [(f"conv{k}", getattr(m, f"conv{k}")), (f"relu{k}", nn.ReLU()), (f"pool{k}", m.pool)]
    layers += [("flatten", nn.Flatten()), ("fc1", m.fc1), ("relu4", nn.ReLU()), ("fc2", m.fc2)]
    return nn.Sequential(OrderedDict(layers)).eval()


@pytest.fixture(scope="module")
def data():
    return shapes10(count=200, seed=42)


def add_twin(image, mask):
    small = F.interpolate(image[None], scale_factor=0.5, mode="bilinear", antialias=True)[0]
    y, x = min(((y, x) for y in (0, 16) for x in (0, 16)), key=lambda c: int(mask[c[0] :, c[1] :][:16, :16].sum()))
    canvas, twin = torch.zeros_like(image), torch.zeros_like(mask)
    canvas[:, y : y + 16, x : x + 16], twin[y : y + 16, x : x + 16] = small, mask[::2, ::2]
    return torch.where(twin & ~mask, canvas, image), twin & ~mask


@pytest.fixture(scope="module")
def twins(data):
    pairs = [add_twin(image, mask) for image, mask in zip(data.images, data.masks, strict=True)]
    return tuple(torch.stack(parts) for parts in zip(*pairs, strict=True))


@pytest.fixture(scope="module")
def pooling(network):
    """The convolutions, the mean, and a linear layer from least squares."""
    model = nn.Sequential(OrderedDict(body=network[:9], pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()))
    train, head = shapes10(count=1500, seed=7), nn.Linear(128, 10)
    with torch.no_grad():
        means = torch.cat([model(images) for images in train.images.split(250)])
        fitted = torch.linalg.lstsq(F.pad(means, (0, 1), value=1.0), F.one_hot(train.labels).float()).solution
        head.weight.copy_(fitted[:128].T), head.bias.copy_(fitted[128])
    return model.append(head)


@pytest.fixture(scope="module")
def wide(data):
    """Star and heart side by side, (1, 3, 32, 64)."""
    return torch.cat([data.images[data.labels == data.class_names.index(n)][0] for n in ("star", "heart")], dim=2)[None]


# ---------------------------------------------------------------- the twin


def twin_share(answer, data, twin_masks):
    large, small = heat_inside(answer, data.masks), heat_inside(answer, twin_masks)
    return float((small / (large + small)).nanmean())


def test_grad_cam_leaves_the_twin_cold_and_plus_plus_warms_it(network, data, twins):
    images, masks = twins
    plain = grad_cam(network, images, "relu2", data.labels)
    plus = attribution.grad_cam_plus_plus(network, images, "relu2", data.labels)
    assert float(masks.sum() / (masks | data.masks).sum()) == pytest.approx(0.20, abs=0.01)
    assert twin_share(plain, data, masks) == pytest.approx(0.044, abs=0.01)
    assert twin_share(plus, data, masks) == pytest.approx(0.11, abs=0.01)
    assert (int(plain.is_zero.sum()), int(plus.is_zero.sum())) == (64, 0)


@torch.no_grad()
def test_the_network_needs_the_large_object_and_not_its_twin(network, data, twins):
    """Grey would leave the object's shape, which the network still knows; so it goes with its rim."""
    images, masks = twins
    grown = F.max_pool2d(data.masks[:, None].float(), 3, stride=1, padding=1) > 0
    colours = [i[:, ~k].median(dim=1).values for i, k in zip(data.images, data.masks, strict=True)]
    gone = torch.where(grown & ~masks[:, None], torch.stack(colours)[:, :, None, None], images)
    cases = [network(case) for case in (images, data.images, gone)]
    logits = [float(answers.gather(1, data.labels[:, None]).mean()) for answers in cases]
    assert logits == pytest.approx([19.7, 20.4, -0.3], abs=0.1)
    assert float((cases[2].argmax(dim=1) == data.labels).float().mean()) < 0.25
    grey = network(data.images.where(~data.masks[:, None], 0.5))  # and no twin at all
    assert float((grey.argmax(dim=1) == data.labels).float().mean()) > 0.98


def test_plus_plus_puts_more_heat_beside_both_objects(network, data, twins):
    images, masks = twins
    beside = []
    for method in (grad_cam, attribution.grad_cam_plus_plus):
        answer = method(network, images, "relu2", data.labels)
        beside.append(float(heat_inside(answer, ~(data.masks | masks))[~answer.is_zero].mean()))
    assert beside == pytest.approx([0.28, 0.46], abs=0.01)


# ---------------------------------------------------------------- layer by layer

TABLE = {  # share of heat on the object
    "conv1": (0.77, 0.35, 0.81, 0.77),
    "relu1": (0.93, 0.42, 0.81, 0.77),
    "conv2": (0.88, 0.21, 0.73, 0.69),
    "relu2": (0.43, 0.55, 0.73, 0.69),
    "conv3": (0.23, 0.28, 0.50, 0.47),
    "relu3": (0.50, 0.44, 0.50, 0.47),
}


@pytest.mark.parametrize("layer", TABLE)
def test_heat_on_the_object_by_layer_and_method(network, data, layer):
    methods = (grad_cam, attribution.grad_cam_plus_plus, attribution.hires_cam, attribution.layer_cam)
    found = [float(heat_inside(m(network, data.images, layer, data.labels), data.masks).mean()) for m in methods]
    assert found == pytest.approx(TABLE[layer], abs=0.01)


@pytest.mark.parametrize(("layer", "empty"), [("conv2", 0), ("relu2", 84), ("conv3", 69), ("relu3", 0)])
def test_empty_maps_of_grad_cam(network, data, layer, empty):
    assert int(grad_cam(network, data.images, layer, data.labels).is_zero.sum()) == pytest.approx(empty, abs=2)


@pytest.mark.parametrize("method", [attribution.hires_cam, attribution.layer_cam])
def test_a_relu_changes_nothing_for_maps_without_averaging(network, data, method):
    before, after = (method(network, data.images[:8], layer, data.labels[:8]).maps for layer in ("conv2", "relu2"))
    torch.testing.assert_close(before, after)


def test_score_cam_shows_the_network_one_picture_per_channel(network, data):
    seen = []
    with network.register_forward_pre_hook(lambda module, args: seen.append(len(args[0]))):
        attribution.score_cam(network, data.images[:1], "relu2", 1)
    assert sum(seen) == 65


def test_two_heatmaps_depend_on_the_scale_of_the_logits(network, data):
    """Exercise 13.3."""
    loud = copy.deepcopy(network)
    with torch.no_grad():
        for parameter in loud.fc2.parameters():
            parameter.mul_(10)
    images, labels = data.images[:6], data.labels[:6]
    change = {
        name: (method(loud, images, "relu1", labels).heatmaps - method(network, images, "relu1", labels).heatmaps)
        for name, method in ((name, getattr(attribution, name)) for name in FIVE)
    }
    assert {n for n, d in change.items() if d.abs().max() > 0.01} == {"grad_cam_plus_plus", "score_cam"}


# ---------------------------------------------------------------- CAM, any score, regions, tokens


@torch.no_grad()
def test_the_pooling_network_knows_the_shapes(pooling, data):
    assert float((pooling(data.images).argmax(dim=1) == data.labels).float().mean()) > 0.98


def test_cam_is_64_times_grad_cam(pooling, data):
    ours = cam(pooling, data.images, "body", data.labels).maps
    plain = grad_cam(pooling, data.images, "body", data.labels).maps
    torch.testing.assert_close(ours, 64 * plain, atol=1e-5 * float(ours.max()), rtol=0)


def test_the_difference_of_two_classes_moves_heat_to_the_first(pooling, wide, data):
    star, heart = data.class_names.index("star"), data.class_names.index("heart")
    scores = (
        lambda logits: logits[:, star],
        lambda logits: logits[:, star] - logits[:, heart],
        lambda logits: logits[:, heart] - logits[:, star],
    )
    maps = [grad_cam(pooling, wide, "body", score=score).maps for score in scores]
    assert [float(m[..., :8].sum() / m.sum()) for m in maps] == pytest.approx([0.61, 0.64, 0.18], abs=0.03)
    assert [divmod(int(m.argmax()), m.shape[-1]) for m in maps[:2]] == [(5, 11), (5, 11)]  # both on the heart's tip


def test_a_regions_score_spills_over_with_grad_cam_only(pooling, wide, data):
    star = data.class_names.index("star")
    segmenter = nn.Sequential(OrderedDict(body=pooling.body, head=nn.Conv2d(128, 10, 1)))
    segmenter.head.weight.data, segmenter.head.bias.data = (
        pooling[3].weight.data[:, :, None, None],
        pooling[3].bias.data,
    )
    spilt = []
    for method in (grad_cam, attribution.hires_cam):
        maps = method(segmenter, wide, "body.relu2", score=lambda x: x[:, star, :, :8].sum(dim=(1, 2))).maps
        spilt.append(float(maps[:, :, 18:].sum() / maps.sum()))
    assert spilt == pytest.approx([0.36, 0.0], abs=0.03)


def test_popular_code_stops_at_the_tokens_of_a_transformer():
    """Erratum E17e: "usable in any model"; a transformer's layer returns (N, tokens, K)."""
    model = torchvision.models.VisionTransformer(32, 4, num_layers=2, num_heads=4, hidden_dim=48, mlp_dim=96)
    with pytest.raises(IndexError, match="Dimension out of range"):
        torch.zeros(1, 65, 48).mean(dim=(2, 3))
    with pytest.raises(ValueError, match=r"returned \(1, 65, 48\); try a convolution, or give reshape="):
        grad_cam(model.eval(), torch.rand(1, 3, 32, 32), "encoder.layers.encoder_layer_0")


def right_order(tokens):
    return tokens[:, 1:].unflatten(1, (8, 8)).movedim(-1, 1)


def wrong_order(tokens):
    return tokens[:, 1:].reshape(len(tokens), -1, 8, 8)


def test_the_wrong_order_has_the_right_shape():
    numbered = torch.arange(-1.0, 64.0)[None, :, None].expand(1, 65, 48)
    assert right_order(numbered).shape == wrong_order(numbered).shape == (1, 48, 8, 8)
    assert right_order(numbered)[0, 0, 0].tolist() == list(range(8))
    assert wrong_order(numbered)[0, 0, 0].tolist() == [0] * 8


def test_a_transformer_gives_a_map_once_its_tokens_are_in_place(data):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = torchvision.models.VisionTransformer(32, 4, num_layers=2, num_heads=4, hidden_dim=48, mlp_dim=96)
        nn.init.normal_(model.heads.head.weight)  # torchvision begins with zeros
    answer = grad_cam(model, data.images[:1], "encoder.layers.encoder_layer_0", 0, reshape=right_order)
    assert answer.maps.shape == (1, 8, 8)
    assert not answer.is_zero.any()


# ---------------------------------------------------------------- the library


@pytest.mark.parametrize(("library", "ours"), [(GradCAM, grad_cam), (HiResCAM, attribution.hires_cam)])
def test_the_library_gives_our_maps_stretched_enlarged_and_stretched_again(network, twins, data, library, ours):
    images, labels = twins[0][:6], data.labels[:6]
    with library(network, [network.relu1]) as extractor:
        theirs = extractor(images, [ClassifierOutputTarget(int(label)) for label in labels])
    maps = ours(network, images, "relu1", labels).maps.numpy()
    assert abs(scale_cam_image(scale_cam_image(maps, (32, 32))) - theirs).max() < 1e-5


def test_the_library_agrees_on_resnet18_too():
    """To a few millionths, once both are stretched twice."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = torchvision.models.resnet18(weights=None).eval()
    images = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with GradCAM(model, [model.layer4]) as extractor:
        theirs = extractor(images, [ClassifierOutputTarget(c) for c in (2, 5)])
    maps = grad_cam(model, images, "layer4", [2, 5]).maps.numpy()
    assert abs(scale_cam_image(scale_cam_image(maps, (224, 224))) - theirs).max() < 1e-5


def test_use_cuda_is_gone(network):
    with pytest.raises(TypeError, match="unexpected keyword argument 'use_cuda'"):
        inspect.signature(GradCAM).bind(network, [network.relu1], use_cuda=True)


def test_one_target_for_six_pictures_leaves_five_maps_empty(network, twins, data):
    with GradCAM(network, [network.relu1]) as extractor:
        peaks = extractor(twins[0][:6], [ClassifierOutputTarget(int(data.labels[0]))]).max(axis=(1, 2))
    assert peaks[0] == pytest.approx(1.0, abs=1e-5)
    assert peaks[1:].tolist() == [0.0] * 5
    with pytest.raises(ValueError, match="6 images, classes of shape"):
        grad_cam(network, twins[0][:6], "relu1", [1])


def test_the_library_overwrites_waiting_gradients_and_ours_does_not(network, data):
    model = copy.deepcopy(network)

    def waiting(explain):
        model.zero_grad()
        F.cross_entropy(model(data.images[:6]), data.labels[:6]).backward()
        before = model.fc2.weight.grad.clone()
        explain()
        return torch.equal(before, model.fc2.weight.grad)

    def with_library():
        with GradCAM(model, [model.relu1]) as extractor:
            extractor(data.images[:6], None)

    assert waiting(lambda: grad_cam(model, data.images[:6], "relu1"))
    assert not waiting(with_library)


def test_the_library_paints_the_hottest_place_blue_unless_asked_for_rgb():
    black, hot = torch.zeros(1, 1, 3).numpy(), torch.ones(1, 1).numpy()
    assert show_cam_on_image(black, hot)[0, 0].tolist() == [0, 0, 255]
    assert show_cam_on_image(black, hot, use_rgb=True)[0, 0].tolist() == [255, 0, 0]


def test_the_library_turns_a_little_everywhere_into_nothing():
    assert scale_cam_image(torch.full((1, 2, 2), 0.1).numpy()).max() == 0


# ---------------------------------------------------------------- the listings that circulate


@pytest.fixture(scope="module")
def vgg():
    """Shapes without numbers: all that the errors of the first listing need."""
    with torch.device("meta"):
        return torchvision.models.vgg11(weights=None)


def test_first_listing_forgets_to_flatten(vgg):
    with pytest.raises(RuntimeError, match=r"must have same reduction dim|cannot be multiplied"):
        vgg.classifier(vgg.features(torch.zeros(1, 3, 224, 224, device="meta")))


def test_first_listing_indexes_a_sequential_by_name(vgg):
    with pytest.raises(TypeError, match="'str' object cannot be interpreted as an integer"):
        vgg.features["conv5/relu"]


def test_first_listing_feeds_the_picture_to_a_middle_layer(vgg):
    middle = vgg.features[3]
    with pytest.raises(RuntimeError, match="to have 64 channels, but got 3"):
        nn.Conv2d(middle.in_channels, middle.out_channels, 3)(torch.zeros(1, 3, 32, 32))


def test_first_listing_asks_a_tensor_beside_the_forward_pass_for_its_gradient():
    layer = nn.Conv2d(3, 4, 3)
    beside = layer(torch.rand(1, 3, 8, 8))
    with pytest.warns(UserWarning, match="not a leaf"):
        assert beside.grad is None


def test_first_listing_averages_a_map_into_one_number_per_channel():
    assert torch.zeros(1, 512, 14, 14)[0].mean(dim=(1, 2)).shape == (512,)
    assert cv2.resize(torch.zeros(7, 7).numpy(), (100, 200)).shape == (200, 100)  # (width, height), not (h, w)


@pytest.fixture(scope="module")
def resnet():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return torchvision.models.resnet50(weights=None).eval()


def test_second_listing_begins_with_the_whole_network(resnet):
    names = [name for name, _ in resnet.named_modules()]
    assert names[:3] == ["", "conv1", "bn1"]
    with pytest.raises(
        RuntimeError, match=r"Expected 3D .*or 4D .*input to conv2d, but got input of size: \[1, 1000\]"
    ):
        nn.Sequential(*resnet.modules())(torch.rand(1, 3, 64, 64))


def test_second_listing_at_the_top_level_misses_the_flatten(resnet):
    with pytest.raises(RuntimeError, match="2048x1 and 2048x1000"):
        nn.Sequential(*resnet.children())(torch.rand(1, 3, 64, 64))


def test_the_repaired_listing_gives_a_7_by_7_map_that_no_overlay_can_add_to_a_picture(resnet):
    image = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    kept = []
    with resnet.layer4.register_forward_hook(lambda module, args, output: kept.append(output)):
        logits = resnet(image)
    (gradients,) = torch.autograd.grad(logits.amax(), kept[0])
    repaired = (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1).relu().detach()
    assert repaired.shape == (1, 7, 7)
    assert float((repaired / repaired.max()).max()) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = grad_cam(resnet, image, "layer4").maps
    torch.testing.assert_close(ours, repaired, atol=1e-5 * float(repaired.max()), rtol=0)
    with pytest.raises(RuntimeError, match="must match the size"):
        0.4 * repaired + 0.6 * image[0]


# ---------------------------------------------------------------- printed, and the rest of the two listings


@pytest.mark.parametrize("folder", [".", "solutions"])
@pytest.mark.parametrize(
    "line",
    [
        "CAM = 8 x 8 x Grad-CAM: True",
        "popular: IndexError: Dimension out of range (expected to be in range of [-3, 2], but got 3)",
        "GradCAM relu1 equal to 1e-5: True\nHiResCAM relu1 equal to 1e-5: True\nGradCAM layer4 equal to 1e-5: True",
        "GradCAM(..., use_cuda=True): TypeError: got an unexpected keyword argument 'use_cuda'",
        "red, green, blue of the hottest place: [0, 0, 255]",
        "no flatten: RuntimeError: ",
        "a name as an index: TypeError: 'str' object cannot be interpreted as an integer",
        "expected input[1, 3, 32, 32] to have 64 channels, but got 3 channels instead",
        "a gradient beside the forward pass: TypeError: 'NoneType' object is not subscriptable",
        "two pictures: RuntimeError: grad can be implicitly created only for scalar outputs",
        "a picture without its batch: RuntimeError: ",
        "the mean over (1, 2): torch.Size([512])",
        *(
            f"{name} RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: {s}"
            for name, s in (("ResNet", [1, 1000]), ("VGG", [1, 1000]), ("Sequential", [1, 10]))
        ),
        "layer4.2.conv3 runs 4 times",
        "CAM / Grad-CAM: 49.000",
        "repaired: (1, 7, 7) peak 1.0",
    ],
)
def test_page_prints(folder, line):
    assert line in printed(f"{folder}/13_the_cam_family")


def test_the_tokens_of_vit_b_16():
    """E17e: (1, 197, 768)."""
    shapes = []
    with torch.device("meta"):
        model = torchvision.models.vit_b_16(weights=None)
        with model.encoder.register_forward_hook(lambda module, args, output: shapes.append(tuple(output.shape))):
            model(torch.zeros(1, 3, 224, 224))
    assert shapes == [(1, 197, 768)]


def test_cam_of_a_resnet_is_49_times_grad_cam(resnet):
    """Inventory 002, "extra": 7 x 7 places at 224 pixels."""
    image = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    by_weights, by_gradients = (f(resnet, image, "layer4", 0).maps for f in (cam, grad_cam))
    peak = float(by_weights.max())
    torch.testing.assert_close(by_weights, 49 * by_gradients, atol=1e-5 * peak, rtol=0)


def test_second_listing_runs_nested_modules_again_and_never_adds_a_shortcut():
    """E21: one call of a block is 3 calls in the listing; its leaves alone, in a row, are another network."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        block = torchvision.models.resnet.BasicBlock(3, 3).eval()
    network, image, calls = nn.Sequential(block), torch.rand(1, 3, 8, 8), []
    with block.conv1.register_forward_hook(lambda *args: calls.append(1)):
        nn.Sequential(*network.modules())(image)
    assert len(calls) == 3
    leaves = nn.Sequential(block.conv1, block.bn1, block.relu, block.conv2, block.bn2, block.relu)
    assert not torch.allclose(leaves(image), network(image))
    torch.testing.assert_close(leaves[:5](image).add(image).relu(), network(image))


def test_second_listing_never_empties_its_gradients():
    """E21: the second picture is explained with the first one's gradient."""
    layer, gradients = nn.Conv2d(3, 1, 1), []
    for factor in (1.0, 2.0):
        output = layer(torch.ones(1, 3, 2, 2))
        output.register_hook(gradients.append)
        (factor * output).sum().backward()
    assert [float(gradient.mean()) for gradient in gradients] == [1.0, 2.0]
