"""The CAM family: values worked by hand, then laws, the peers, other networks, damage, errors."""

from __future__ import annotations

import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from course_utils.attribution import (
    cam,
    grad_cam,
    grad_cam_plus_plus,
    hires_cam,
    layer_cam,
    score_cam,
    weigh_channels,
)
from course_utils.attribution.channels import vote
from course_utils.attribution.family import weigh_channels_plus_plus, weigh_positions, weigh_positive_positions
from course_utils.attribution.scorecam import masks_of_channels, weigh_by_scores
from course_utils.hooks import count_hooks
from course_utils.models import SimpleCNN

pytestmark = pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning")

GRADIENTS = {"plus_plus": grad_cam_plus_plus, "hires": hires_cam, "layer": layer_cam}
FAMILY = {"grad_cam": grad_cam, **GRADIENTS, "score": score_cam}


def seeded(build, *args, **kwargs):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return build(*args, **kwargs).eval()


def pictures(count, size, seed=5):
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed))


class Pooling(nn.Module):
    """Convolution, ReLU, mean over positions, linear: the network that CAM was made for."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu, self.fc = nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.Linear(6, 4)

    def forward(self, images):
        return self.fc(self.relu(self.conv(images)).mean(dim=(2, 3)))


class Segmenter(nn.Module):
    """Every pixel its own logits, (N, 3, H, W)."""

    def __init__(self) -> None:
        super().__init__()
        self.features, self.relu, self.head = nn.Conv2d(3, 5, 3, padding=1), nn.ReLU(), nn.Conv2d(5, 3, 1)

    def forward(self, images):
        return self.head(self.relu(self.features(images)))


def small_transformer():
    """Pictures of 32x32 in 16 tokens of 8x8 pixels, and a class token; two blocks, five classes."""
    return torchvision.models.VisionTransformer(
        image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=5
    )


def with_awake_head(build):
    """torchvision starts a transformer's head at zero, so that no token matters; wake it up."""
    model = build()
    nn.init.normal_(model.heads.head.weight)
    return model


def squares(tokens):
    """(N, 17, K) -> (N, K, 4, 4): drop the class token, put the others where they come from."""
    return tokens[:, 1:].unflatten(1, (4, 4)).movedim(-1, 1)


NETWORKS = {
    "SimpleCNN.conv1": (lambda: seeded(SimpleCNN), "conv1", 32),
    "SimpleCNN.conv2": (lambda: seeded(SimpleCNN), "conv2", 32),
    "resnet18.layer4": (lambda: seeded(torchvision.models.resnet18, weights=None), "layer4", 64),
    "resnet18.layer1": (lambda: seeded(torchvision.models.resnet18, weights=None), "layer1", 64),
}


# ---------------------------------------------------------------- values worked by hand


def test_vote_of_hand_made_channels():
    """2 * [1, 0] - 1 * [1, 3] = [1, -3], and the negative part is cut off."""
    activations = torch.tensor([[[[1.0, 0.0]], [[1.0, 3.0]]]])  # (1, 2, 1, 2)
    torch.testing.assert_close(vote(activations, torch.tensor([[2.0, -1.0]])), torch.tensor([[[1.0, 0.0]]]))


def test_grad_cam_plus_plus_of_a_hand_made_channel():
    """A = [2, 0], g = [1, -1], S = 2: alpha = [1/(2+2), ...], weight = 1/4 * 1 + 0 (relu) = 1/4, map = [1/2, 0]."""
    activations, gradients = torch.tensor([[[[2.0, 0.0]]]]), torch.tensor([[[[1.0, -1.0]]]])
    maps = weigh_channels_plus_plus(activations, gradients, epsilon=0.0)
    torch.testing.assert_close(maps, torch.tensor([[[0.5, 0.0]]]))


def test_grad_cam_plus_plus_keeps_a_small_second_object():
    """Channel 0 sees a large object (8 positions), channel 1 a small one (1 position), each with gradient 1 where it
    is active. Grad-CAM's weights are the means 8/9 and 1/9: the small object gets an eighth. Grad-CAM++ divides by
    2 + S: 8/(2+8) = 4/5 and 1/(2+1) = 1/3, more than two fifths.
    """
    activations = torch.zeros(1, 2, 3, 3)
    activations[0, 0], activations[0, 0, 2, 2], activations[0, 1, 2, 2] = 1.0, 0.0, 1.0
    gradients = activations.clone()
    plain, plus = weigh_channels(activations, gradients), weigh_channels_plus_plus(activations, gradients, epsilon=0.0)
    torch.testing.assert_close(plain[0, 2, 2] / plain[0, 0, 0], torch.tensor(1 / 8))
    torch.testing.assert_close(plus[0, 2, 2] / plus[0, 0, 0], torch.tensor(5 / 12))


def test_epsilon_rules_where_gradients_are_small():
    """g = 1e-4, g² = 1e-8, far below 1e-6: alpha is g² / epsilon = 0.01 (to 2 %) instead of 1 / (2 + S g) = 0.5."""
    activations, gradients = torch.ones(1, 1, 1, 1), torch.full((1, 1, 1, 1), 1e-4)
    with_epsilon, papers = (weigh_channels_plus_plus(activations, gradients, epsilon) for epsilon in (1e-6, 0.0))
    torch.testing.assert_close(with_epsilon, torch.full((1, 1, 1), 0.98e-6), rtol=1e-2, atol=0)
    torch.testing.assert_close(papers, torch.full((1, 1, 1), 0.5e-4), rtol=1e-3, atol=0)


def test_zero_gradients_make_a_zero_map_without_nan():
    assert weigh_channels_plus_plus(torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2), epsilon=0.0).abs().max() == 0


def test_hires_cam_and_layer_cam_of_hand_made_channels():
    """g A = [3, -2] and [-1, 4]. Summed: [2, 2]. With the positive gradients only: [3, 0] + [0, 4] = [3, 4]."""
    activations = torch.tensor([[[[3.0, 2.0]], [[1.0, 4.0]]]])
    gradients = torch.tensor([[[[1.0, -1.0]], [[-1.0, 1.0]]]])
    torch.testing.assert_close(weigh_positions(activations, gradients), torch.tensor([[[2.0, 2.0]]]))
    torch.testing.assert_close(weigh_positive_positions(activations, gradients), torch.tensor([[[3.0, 4.0]]]))


def test_score_cam_of_hand_made_scores():
    """softmax(0, ln 3) = (1/4, 3/4): 1/4 * [4, 0] + 3/4 * [0, 4] = [1, 3]."""
    activations = torch.tensor([[[[4.0, 0.0]], [[0.0, 4.0]]]])
    scores = torch.tensor([[0.0, 3.0]]).log1p() * torch.tensor(
        [[1.0, torch.log(torch.tensor(3.0)) / torch.log(torch.tensor(4.0))]]
    )
    torch.testing.assert_close(weigh_by_scores(activations, scores), torch.tensor([[[1.0, 3.0]]]))


def test_masks_reach_from_zero_to_one_and_a_flat_channel_hides_everything():
    """[-1, 3] becomes [0, 1] and, enlarged to three, [0, 1/2, 1]."""
    activations = torch.tensor([[[[-1.0, 3.0]], [[7.0, 7.0]]]])
    torch.testing.assert_close(
        masks_of_channels(activations, (1, 3)), torch.tensor([[[[0.0, 0.5, 1.0]], [[0.0, 0.0, 0.0]]]])
    )


def test_cam_of_a_hand_made_network():
    """One channel A = x, linear weight (2, -1): class 0 gets 2x, class 1 nothing."""
    model = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 2))
    model[0].weight.data.fill_(1.0)
    model[3].weight.data = torch.tensor([[2.0], [-1.0]])
    image = torch.tensor([[[[1.0, 0.0], [0.0, 3.0]]]])
    torch.testing.assert_close(cam(model, image, "0", 0).maps, 2 * image[0])
    assert cam(model, image, "0", 1).is_zero.tolist() == [True]


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize(
    ("build", "layer", "size"),
    [
        (lambda: seeded(Pooling), "relu", 12),
        (lambda: seeded(torchvision.models.resnet18, weights=None), "layer4", 96),
    ],
)
def test_cam_is_positions_times_grad_cam(build, layer, size):
    """The mean over h·w positions gives each position 1 / (h·w) of the linear weight as its gradient."""
    model, images, classes = build(), pictures(3, size), [2, 0, 3]
    ours, plain = cam(model, images, layer, classes).maps, grad_cam(model, images, layer, classes).maps
    positions = plain.shape[1] * plain.shape[2]
    torch.testing.assert_close(ours, positions * plain, atol=1e-5 * float(ours.max()), rtol=0)
    torch.testing.assert_close(  # and there HiResCAM is Grad-CAM, since all positions have one gradient
        hires_cam(model, images, layer, classes).maps, plain, atol=1e-5 * float(plain.max()), rtol=0
    )


def test_the_mean_of_the_signed_cam_is_the_logit_without_bias():
    model, images = seeded(Pooling), pictures(2, 12)
    for_it, against_it = (cam(model, images, "relu", score=lambda logits, s=s: s * logits[:, 1]).maps for s in (1, -1))
    logits = model(images)[:, 1] - model.fc.bias[1]
    torch.testing.assert_close((for_it - against_it).mean(dim=(1, 2)), logits)


def test_hires_cam_adds_up_to_a_logit_that_is_linear_in_the_layer(tiny_cnn, tiny_images):
    """Faithful by construction: positive minus negative heat is the logit without its bias."""
    model = nn.Sequential(tiny_cnn.conv1, tiny_cnn.conv2, nn.Flatten(), tiny_cnn.fc)
    for_it, against_it = (hires_cam(model, tiny_images, "1", score=lambda x, s=s: s * x[:, 3]).maps for s in (1, -1))
    wanted = model(tiny_images)[:, 3] - tiny_cnn.fc.bias[3]
    torch.testing.assert_close((for_it - against_it).sum(dim=(1, 2)), wanted)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("method", [*GRADIENTS.values(), score_cam])
def test_batch_of_different_classes_equals_single_images(network, method):
    if method is score_cam and network.startswith("resnet"):
        pytest.skip("512 channels; the small network shows it")
    build, layer, size = NETWORKS[network]
    model, images, classes = build(), pictures(3, size), torch.tensor([2, 0, 4])
    together = method(model, images, layer, classes).maps
    alone = torch.cat([method(model, images[i : i + 1], layer, int(classes[i])).maps for i in range(3)])
    torch.testing.assert_close(together, alone, atol=1e-4 * float(alone.max()), rtol=0)


@pytest.mark.parametrize("method", FAMILY.values())
def test_a_class_and_the_lambda_that_picks_it_agree(tiny_cnn, tiny_images, method):
    by_class, by_score = (
        method(tiny_cnn, tiny_images, "conv1", 3),
        method(tiny_cnn, tiny_images, "conv1", score=lambda x: x[:, 3]),
    )
    torch.testing.assert_close(by_class.maps, by_score.maps)
    assert by_score.classes is None


def test_score_cam_in_chunks_equals_all_at_once(monkeypatch, tiny_cnn, tiny_images):
    whole = score_cam(tiny_cnn, tiny_images, "conv1", 1).maps
    for pictures_at_once in (1, 8, 12):
        monkeypatch.setattr("course_utils.attribution.scorecam.CHUNK_PICTURES", pictures_at_once)
        torch.testing.assert_close(score_cam(tiny_cnn, tiny_images, "conv1", 1).maps, whole)


def test_score_cam_never_holds_more_pictures_than_promised(monkeypatch, tiny_cnn, tiny_images):
    monkeypatch.setattr("course_utils.attribution.scorecam.CHUNK_PIXELS", 9 * 64)
    seen = []
    with tiny_cnn.register_forward_pre_hook(lambda module, args: seen.append(len(args[0]))):
        score_cam(tiny_cnn, tiny_images, "conv1", 1)
    assert seen == [4, 8, 8]  # the pictures; then two channels at a time, for each of the four


def test_score_cam_asks_the_network_about_masked_pictures(tiny_cnn, tiny_images):
    """The loop of the paper, one picture at a time."""
    activations = tiny_cnn.conv1(tiny_images).detach()
    masks = masks_of_channels(activations, (8, 8))
    with torch.no_grad():
        scores = torch.stack([tiny_cnn(tiny_images * masks[:, k : k + 1])[:, 2] for k in range(4)], dim=1)
    torch.testing.assert_close(score_cam(tiny_cnn, tiny_images, "conv1", 2).maps, weigh_by_scores(activations, scores))


# ---------------------------------------------------------------- the peers agree


def library_map(name, model, layer, images, classes):
    """pytorch-grad-cam's map, before it is stretched to [0, 1] and enlarged."""
    import pytorch_grad_cam
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    targets = [ClassifierOutputTarget(c) for c in classes]
    with getattr(pytorch_grad_cam, name)(model, [model.get_submodule(layer)]) as extractor:
        recorder = extractor.activations_and_grads
        logits = recorder(images)
        sum(target(row) for target, row in zip(targets, logits, strict=True)).backward()
        found = recorder.activations[0].numpy(), recorder.gradients[0].numpy()
        return torch.from_numpy(extractor.get_cam_image(images, None, targets, *found, False)).relu()


def torchcam_map(name, model, layer, images, classes):
    from torchcam import methods

    with getattr(methods, name)(model, target_layer=layer) as extractor:
        return extractor(classes, model(images), normalized=False)[0].detach()


def assert_agree(ours, peer):
    torch.testing.assert_close(ours, peer, atol=1e-4 * float(peer.max()), rtol=0)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    ("method", "name"),
    [(grad_cam, "GradCAM"), (grad_cam_plus_plus, "GradCAMPlusPlus"), (hires_cam, "HiResCAM"), (layer_cam, "LayerCAM")],
)
def test_pytorch_grad_cam_agrees(network, method, name):
    build, layer, size = NETWORKS[network]
    model, images, classes = build(), pictures(3, size), [2, 0, 4]
    assert_agree(method(model, images, layer, classes).maps, library_map(name, model, layer, images, classes))


SCORED = {name: NETWORKS[name] for name in ("SimpleCNN.conv1", "SimpleCNN.conv2", "resnet18.layer1")}


@pytest.mark.parametrize("network", SCORED)
def test_pytorch_grad_cam_agrees_on_score_cam(network):
    build, layer, size = SCORED[network]
    model, images, classes = build(), pictures(2, size), [2, 0]
    assert_agree(score_cam(model, images, layer, classes).maps, library_map("ScoreCAM", model, layer, images, classes))


@pytest.mark.parametrize("network", NETWORKS)
def test_torchcam_agrees_on_layer_cam(network):
    build, layer, size = NETWORKS[network]
    model, images, classes = build(), pictures(3, size), [2, 0, 4]
    assert_agree(layer_cam(model, images, layer, classes).maps, torchcam_map("LayerCAM", model, layer, images, classes))


def test_torchcam_agrees_on_score_cam_where_no_channel_is_enlarged():
    """conv1 is as large as the picture, so that it does not matter how channels are enlarged."""
    model, images, classes = seeded(SimpleCNN), pictures(2, 32), [2, 0]
    assert_agree(
        score_cam(model, images, "conv1", classes).maps, torchcam_map("ScoreCAM", model, "conv1", images, classes)
    )


def test_torchcam_agrees_on_cam():
    """torch-cam keeps the sign; we cut the negative part off."""
    model, images, classes = seeded(torchvision.models.resnet18, weights=None), pictures(3, 64), [2, 0, 4]
    from torchcam.methods import CAM

    with CAM(model, target_layer="layer4", fc_layer="fc") as extractor:
        model(images)
        peer = extractor(classes, normalized=False)[0].detach()
    assert peer.min() < 0
    assert_agree(cam(model, images, "layer4", classes).maps, peer.relu())


def test_torchcam_forgets_the_alphas_of_grad_cam_plus_plus():
    """The difference that our docstring states: its weights are sums of relu(g)³, as if alpha were g²."""
    model, images = seeded(SimpleCNN), pictures(2, 32)
    activations = (
        model.conv2(model.pool(F.relu(model.conv1((images - model.mean) / model.std)))).detach().requires_grad_()
    )
    rest = model.pool(F.relu(model.conv3(model.pool(F.relu(activations)))))
    logits = model.fc2(F.relu(model.fc1(rest.flatten(1))))
    (gradients,) = torch.autograd.grad(logits[:, 2].sum(), activations)
    cubes = vote(activations.detach(), gradients.relu().pow(3).sum(dim=(2, 3)))
    assert_agree(cubes, torchcam_map("GradCAMpp", model, "conv2", images, 2))


@pytest.mark.parametrize("network", NETWORKS)
def test_captum_agrees_on_hires_cam(network):
    from captum.attr import LayerGradientXActivation

    build, layer, size = NETWORKS[network]
    model, images, classes = build(), pictures(3, size), torch.tensor([2, 0, 4])
    peer = LayerGradientXActivation(model, model.get_submodule(layer)).attribute(images, classes)
    assert_agree(hires_cam(model, images, layer, classes).maps, peer.sum(dim=1).relu().detach())


# ---------------------------------------------------------------- other networks, other questions


@pytest.mark.parametrize("method", FAMILY.values())
def test_the_difference_of_two_classes(method):
    """Not the difference of two maps: what speaks for 2 *rather than* 0."""
    model, images = seeded(SimpleCNN), pictures(2, 32)
    answer = method(model, images, "conv1", score=lambda logits: logits[:, 2] - logits[:, 0])
    swapped = method(model, images, "conv1", score=lambda logits: logits[:, 0] - logits[:, 2])
    assert answer.maps.shape == (2, 32, 32)
    assert not torch.allclose(answer.maps, swapped.maps)


@pytest.mark.parametrize("method", FAMILY.values())
def test_a_vision_transformer_through_the_same_door(method):
    model, images = seeded(with_awake_head, small_transformer), pictures(2, 32)
    answer = method(model, images, "encoder.layers.encoder_layer_1.ln_1", 3, reshape=squares)
    assert answer.maps.shape == (2, 4, 4)
    assert answer.heatmaps.shape == (2, 32, 32)
    assert not answer.is_zero.any()


def test_the_map_of_a_vision_transformer_by_hand():
    """Record the tokens, take the gradient, drop the class token, vote."""
    model, images, kept = seeded(with_awake_head, small_transformer), pictures(2, 32), []
    with model.encoder.layers.encoder_layer_1.ln_1.register_forward_hook(lambda m, a, output: kept.append(output)):
        logits = model(images)
    (gradients,) = torch.autograd.grad(logits[:, 1].sum(), kept[0])
    as_picture = [values[:, 1:].reshape(2, 4, 4, 16).permute(0, 3, 1, 2) for values in (kept[0].detach(), gradients)]
    ours = layer_cam(model, images, "encoder.layers.encoder_layer_1.ln_1", 1, reshape=squares).maps
    torch.testing.assert_close(ours, weigh_positive_positions(*as_picture), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("method", FAMILY.values())
def test_a_region_of_a_segmentation_through_the_same_door(method):
    """Class 1 in the upper left corner: the sum of its logits there."""
    model, images = seeded(Segmenter), pictures(2, 8)
    region = torch.zeros(8, 8)
    region[:4, :4] = 1
    answer = method(model, images, "relu", score=lambda logits: (logits[:, 1] * region).sum(dim=(1, 2)))
    assert answer.logits.shape == (2, 3, 8, 8)
    if method in (hires_cam, layer_cam):  # the others share out each channel's weight over all positions
        assert answer.maps[:, 4:].abs().max() == 0
        assert answer.maps[:, :, 4:].abs().max() == 0
    if method is layer_cam:
        assert not answer.is_zero.any()


# ---------------------------------------------------------------- works where others fail


@pytest.mark.parametrize("method", FAMILY.values())
def test_works_frozen_under_no_grad_and_in_train_mode(tiny_images, tiny_cnn, method):
    wanted = method(tiny_cnn, tiny_images, "conv1", 1).maps
    tiny_cnn.requires_grad_(False).train()
    with torch.no_grad():
        assert torch.equal(method(tiny_cnn, tiny_images, "conv1", 1).maps, wanted)
    with torch.inference_mode():
        assert torch.equal(method(tiny_cnn, tiny_images.clone(), "conv1", 1).maps, wanted)
    assert all(module.training for module in tiny_cnn.modules())


def test_cam_works_frozen_under_no_grad_and_in_train_mode():
    model, images = seeded(Pooling), pictures(2, 8)
    wanted = cam(model, images, "relu", 1).maps
    model.requires_grad_(False).train()
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert torch.equal(cam(model, images.clone(), "relu", 1).maps, wanted)


@pytest.mark.parametrize("method", FAMILY.values())
def test_works_on_channels_last_and_in_bfloat16(tiny_cnn, tiny_images, method):
    wanted = method(tiny_cnn, tiny_images, "conv1", 1).maps
    ours = method(tiny_cnn, tiny_images.to(memory_format=torch.channels_last), "conv1", 1).maps
    torch.testing.assert_close(ours, wanted)
    ours = method(tiny_cnn.bfloat16(), tiny_images.bfloat16(), "conv1", 1).maps
    assert ours.dtype == torch.float32
    torch.testing.assert_close(ours, wanted, atol=0.1 * float(wanted.max()), rtol=0)


@pytest.mark.parametrize("method", FAMILY.values())
def test_maps_are_float32_under_autocast(tiny_cnn, tiny_images, method):
    """Autocast is for the network: what follows is multiplied in float32, as without it."""
    plain = method(tiny_cnn, tiny_images, "conv1", 1).maps
    with torch.autocast("cpu", torch.bfloat16):
        ours = method(tiny_cnn, tiny_images, "conv1", 1)
        assert torch.is_autocast_enabled("cpu")
    assert ours.maps.dtype == torch.float32
    torch.testing.assert_close(ours.maps, plain, atol=0.1 * plain.max().item(), rtol=0.1)


def test_cam_finds_its_head_under_autocast():
    model, images = seeded(Pooling), pictures(2, 8)
    with torch.autocast("cpu", torch.bfloat16):
        ours = cam(model, images, "relu", 1).maps
    assert ours.dtype == torch.float32
    torch.testing.assert_close(ours, cam(model, images, "relu", 1).maps, atol=0.02 * float(ours.max()), rtol=0)


def test_cam_finds_its_head_in_bfloat16():
    model, images = seeded(Pooling), pictures(2, 8)
    wanted = cam(model, images, "relu", 1).maps
    ours = cam(model.bfloat16(), images.bfloat16(), "relu", 1).maps
    torch.testing.assert_close(ours, wanted, atol=0.05 * float(wanted.max()), rtol=0)


# ---------------------------------------------------------------- damage


def everything(model, images):
    return (
        {name: value.clone() for name, value in model.state_dict().items()},
        [p.requires_grad for p in model.parameters()],
        [None if p.grad is None else p.grad.clone() for p in model.parameters()],
        [m.training for m in model.modules()],
        torch.get_rng_state(),
        torch.is_grad_enabled(),
        count_hooks(model),
        images.clone(),
        images.requires_grad,
    )


@pytest.mark.parametrize("method", [*FAMILY.values(), cam])
def test_nothing_of_the_caller_changes(method):
    model, images = seeded(Pooling).train(), pictures(2, 8)
    model(images).sum().backward()
    before = everything(model, images)
    answer = method(model, images, "relu", 1)
    torch.testing.assert_close(everything(model, images), before, rtol=0, atol=0)
    assert not any(values.requires_grad for values in (answer.maps, answer.logits))


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("method", [*FAMILY.values(), cam])
def test_nothing_is_left_after_a_failing_score(method, error):
    model, images = seeded(Pooling).train(), pictures(2, 8)
    before = everything(model, images)

    def failing(logits):
        raise error("stopped on purpose")

    with pytest.raises(error, match="on purpose"):
        method(model, images, "relu", score=failing)
    torch.testing.assert_close(everything(model, images), before, rtol=0, atol=0)


@pytest.mark.parametrize("when", range(1, 4))
def test_nothing_is_left_when_score_cam_is_stopped_midway(tiny_cnn, tiny_images, monkeypatch, when):
    monkeypatch.setattr("course_utils.attribution.scorecam.CHUNK_PICTURES", 4)
    tiny_cnn.train()
    calls = []

    def stop(module, args):
        calls.append(1)
        if len(calls) > when:
            raise KeyboardInterrupt

    with tiny_cnn.register_forward_pre_hook(stop):
        before = everything(tiny_cnn, tiny_images)
        with pytest.raises(KeyboardInterrupt):
            score_cam(tiny_cnn, tiny_images, "conv1", 1)
        torch.testing.assert_close(everything(tiny_cnn, tiny_images), before, rtol=0, atol=0)


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize("method", [*FAMILY.values(), cam])
def test_errors_of_the_shared_door(method):
    model, images = seeded(Pooling), pictures(2, 8)
    with pytest.raises(LookupError, match="no layer 'rely'; did you mean one of"):
        method(model, images, "rely")
    with pytest.raises(ValueError, match="class 4 does not exist: this model has classes 0 to 3"):
        method(model, images, "relu", 4)
    with pytest.raises(ValueError, match="classes and score are two answers"):
        method(model, images, "relu", 1, score=lambda logits: logits[:, 1])
    with pytest.raises(ValueError, match="one number per image"):
        method(model, images, "relu", score=lambda logits: logits)
    with pytest.raises(ValueError, match=r"returns \(N, K, h, w\), 'fc' returned \(2, 4\)"):
        method(model, images, "fc")


@pytest.mark.parametrize("method", [grad_cam, *GRADIENTS.values()])
def test_a_layer_that_does_not_lead_to_the_logits(method):
    model = seeded(Pooling)
    model.forward = lambda images: model.fc(model.relu(model.conv(images)).mean(dim=(2, 3)).detach())
    with pytest.raises(ValueError, match="do not depend on layer 'relu'"):
        method(model, pictures(2, 8), "relu", 1)


@pytest.mark.parametrize("heart", [weigh_channels_plus_plus, weigh_positions, weigh_positive_positions])
def test_activations_and_gradients_of_two_shapes(heart):
    with pytest.raises(ValueError, match=r"one shape \(N, K, h, w\), got \(1, 2, 3, 3\) and \(1, 2, 3, 4\)"):
        heart(torch.zeros(1, 2, 3, 3), torch.zeros(1, 2, 3, 4))


def test_cam_refuses_a_network_that_does_not_end_in_a_mean(tiny_cnn, tiny_images):
    with pytest.raises(ValueError, match=r"none of the linear layers \['fc'\] gives these logits.*grad_cam, which"):
        cam(tiny_cnn, tiny_images, "conv2")


def test_cam_says_when_a_relu_stands_in_between():
    with pytest.raises(ValueError, match="The mean is taken behind a ReLU: choose the ReLU's layer"):
        cam(seeded(Pooling), pictures(2, 8), "conv")


def test_cam_refuses_a_linear_layer_of_the_right_shape_that_is_not_the_last_word():
    """The logits are halved afterwards, so the weights would be wrong by a factor of two."""
    model = seeded(Pooling)
    model.forward = lambda images: model.fc(model.relu(model.conv(images)).mean(dim=(2, 3))) / 2
    with pytest.raises(ValueError, match="gives these logits from that mean"):
        cam(model, pictures(2, 8), "relu")


@pytest.mark.parametrize("method", [*FAMILY.values(), cam])
def test_a_zero_map_is_told_at_the_callers_line(method):
    """A negative logit for every channel: no class activation map has anything left."""
    model = seeded(Pooling)
    with torch.no_grad():
        model.relu = nn.Identity()
        model.conv.weight.zero_()
        model.conv.bias.fill_(-1.0)
        model.fc.weight.fill_(1.0)
    with pytest.warns(UserWarning, match="2 of 2 maps are zero everywhere") as told:
        method(model, pictures(2, 8), "conv", 1)
    assert told[0].filename == __file__


def test_cam_refuses_a_score_that_looks_at_no_logit():
    model, images = seeded(Pooling), pictures(2, 12)
    for score in (lambda logits: torch.ones(len(logits)), lambda logits: logits[:, 1].detach()):
        with pytest.raises(ValueError, match="the score does not depend on the logits"):
            cam(model, images, "relu", score=score)
