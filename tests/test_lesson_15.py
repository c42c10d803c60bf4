"""Lesson 15: the numbers it prints about a popular article's code, and the thresholds that its trainings must pass."""

from __future__ import annotations

import math
import re
import warnings
import weakref
from functools import cache

import PIL.Image
import pytest
import torch
from stored import printed
from torch import nn
from torchvision.transforms.functional import pil_to_tensor, to_pil_image

from course_utils.attribution import grad_cam, weigh_channels
from course_utils.datasets import chest_xray_phantom, tag_area
from course_utils.hooks import find_layer
from course_utils.models import SmallXRayClassifier, TwoClasses, XRayClassifier
from course_utils.training import evaluate, fit, seed_everything
from course_utils.training.augmentation import shift_and_flip
from course_utils.trust import heat_inside

LAYER = "classifier.resnet_blocks.1"


def shifted(images, generator):
    """Shift each film by up to four pixels; mirror none."""
    down, right = torch.randint(-4, 5, (2, len(images)), generator=generator)
    return shift_and_flip(images, down, right, torch.zeros(len(images), dtype=torch.bool))


@cache
def lesson() -> str:
    """All that the stored notebook has printed."""
    return printed("solutions/15_chest_xray")


def numbers(pattern: str) -> list[float]:
    """What the groups of a pattern found in the lesson's stored output, as numbers."""
    found = re.search(pattern, lesson())
    assert found, f"the lesson prints nothing like {pattern!r}"
    return [float(group) for group in found.groups()]


@pytest.fixture(scope="module")
def article():
    """The article's network, untrained."""
    torch.manual_seed(0)
    return XRayClassifier().eval()


@pytest.fixture(scope="module")
def small():
    """The small network with untrained weights: what is true of any network is tested on it."""
    seed_everything(0)
    return SmallXRayClassifier().eval()


@pytest.fixture(scope="module")
def films():
    return chest_xray_phantom(8, seed=11)


# --- the article's lines (errata E13 to E17, E24) ----------------------------------------------------------------


def test_a_name_used_for_function_and_handle_fails_on_the_second_run():
    """E13: the second registration hands over the handle of the first."""

    def backward_hook(module, grad_input, grad_output):
        return None

    patient = nn.Conv2d(1, 1, kernel_size=1)
    for _ in (1, 2):
        backward_hook = patient.register_full_backward_hook(backward_hook)
    with pytest.raises(TypeError, match="'RemovableHandle' object is not callable"):
        patient(torch.ones(1, 1, 2, 2, requires_grad=True)).sum().backward()
    assert "run 2: TypeError: 'RemovableHandle' object is not callable" in lesson()
    assert "run 1: TypeError" not in lesson()


def test_the_signatures_of_both_registrations():
    """As the article has them, and `always_call`, which is newer."""
    assert "register_full_backward_hook ['hook', 'prepend']" in lesson()
    assert "register_forward_hook ['hook', 'prepend', 'with_kwargs', 'always_call']" in lesson()


def test_the_articles_two_hooks_speak_once_and_leave_nothing():
    """C1.3, C1.6 and C1.10: forward, then backward, for one film; then both dicts are empty."""
    rows = ["Forward: activations (1, 1024, 8, 8)"]
    rows += ["Backward: grad_input [(1, 512, 16, 16)] | grad_output [(1, 1024, 8, 8)]", "hooks left: {} {}"]
    assert "\n".join(rows) in lesson()


def test_the_networks_numbers():
    """Architecture, C1.1 and C1.2: the weights load, five halvings, each block ends in ReLU, and the head."""
    sizes = [(64, 128), (128, 64), (256, 32), (512, 16), (1024, 8)]
    rows = [
        f"resnet_blocks.{i} (1, {channels}, {side}, {side}) smallest value 0.0"
        for i, (channels, side) in enumerate(sizes)
    ]
    rows = ["loaded: <All keys matched successfully>", *rows, "output (1, 1, 1, 1) | parameters 19,613,184"]
    assert "\n".join(rows) in lesson()
    assert "(conv1): Conv2d(512, 1024, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)" in lesson()
    assert "(0): Conv2d(512, 1024, kernel_size=(1, 1), stride=(2, 2), bias=False)" in lesson()
    assert "(0): Conv2d(1024, 1, kernel_size=(8, 8), stride=(1, 1), bias=False)" in lesson()
    assert "(1): Dropout(p=0.2, inplace=False)\n  (2): Sigmoid()" in lesson()


def test_a_backward_hook_receives_gradients_not_the_input(article):
    """E17d: the last block takes (1, 512, 16, 16) and gives (1, 1024, 8, 8)."""
    seen = []
    last = find_layer(article, "resnet_blocks.4")
    with last.register_full_backward_hook(lambda m, i, o: seen.append((tuple(i[0].shape), tuple(o[0].shape)))):
        article(torch.rand(1, 3, 256, 256)).backward()
    article.zero_grad()
    assert seen == [((1, 512, 16, 16), (1, 1024, 8, 8))]


def test_the_bare_layers_swallow_225_to_256_pixels(article):
    """E17f: 8 places at least for the last convolution, one number at most 8 of them."""
    with torch.no_grad():
        places = [article.resnet_blocks(torch.zeros(1, 3, s, s)).shape[-1] for s in (224, 225, 255, 256, 257)]
    assert places == [7, 8, 8, 8, 9]
    assert "224 pixels → 7x7 places → Kernel size can't be greater than actual input size" in lesson()
    assert all(f"{side} pixels → 8x8 places → gives (1, 1, 1, 1)" in lesson() for side in (225, 255, 256))
    assert all(f"{side} pixels → 9x9 places → gives (1, 1, 2, 2)" in lesson() for side in (257, 288))


@pytest.mark.parametrize(
    "row",
    [
        "IndentationError: unexpected indent",
        "NameError: name 'extent' is not defined",
        "NameError: name 'device' is not defined",
        "TypeError: 'Tensor' object is not callable",
        "IndexError: Dimension out of range (expected to be in range of [-3, 2], but got 3)",
    ],
)
def test_lines_that_do_not_run(row):
    """E14, E17e and E17f: a broken line, two names that nobody made, a hidden builtin, and tokens."""
    assert row in lesson().splitlines()


def test_backward_of_two_films_asks_for_a_scalar(small, films):
    """E17."""
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        small(films.images[:2]).backward()
    assert "RuntimeError: grad can be implicitly created only for scalar outputs" in lesson()


def test_a_mean_over_films_averages_patients_away():
    """E17: +1 and -1 become 0."""
    gradients = torch.tensor([1.0, -1.0]).view(2, 1, 1, 1).expand(2, 1, 8, 8)
    assert gradients.mean(dim=(0, 2, 3)).tolist() == [0.0]
    assert gradients.mean(dim=(2, 3)).flatten().tolist() == [1.0, -1.0]
    assert "over 0, 2, 3: [0.0] | over 2, 3: [[1.0], [-1.0]]" in lesson()


@pytest.mark.parametrize(
    ("keep", "alive"),
    [(lambda output: output, 5), (lambda output: output.detach().clone(), 0)],
    ids=["as is", "cloned"],
)
def test_a_stored_output_keeps_the_film_alive(small, films, keep, alive):
    """E16: 5 of 5 with the graph, 0 of 5 without."""
    shown = [films.images[:1].clone().requires_grad_() for _ in range(5)]
    stored = [keep(small.resnet_blocks(picture)) for picture in shown]
    watched = [weakref.ref(picture) for picture in shown]
    shown.clear()
    assert sum(picture() is not None for picture in watched) == alive
    assert len(stored) == 5


def test_the_loop_in_place_writes_2048_times_and_is_no_repeatable_cell(article):
    """C1.7, C1.8, E17b and E17c: [1024] weights; one run divides the textbook sum by 1024; two runs change the map."""
    kept = article.resnet_blocks(chest_xray_phantom(1, seed=11, size=256).images)
    (gradients,) = torch.autograd.grad(article.classifier(kept).sum(), kept)
    pooled = gradients.mean(dim=[0, 2, 3])
    textbook = (pooled[:, None, None] * kept.detach()).sum(dim=1)[0].relu()
    assert (pooled.shape, textbook.shape) == ((1024,), (8, 8))
    heats = []
    for _ in (1, 2):
        for channel in range(1024):
            kept[:, channel] *= pooled[channel]
        assert type(kept.grad_fn).__name__ == "CopySlices"
        heats.append(kept.detach().mean(dim=1)[0].relu())
    assert kept._version == 4096
    assert torch.equal(heats[0] / heats[0].max(), textbook / textbook.max())
    torch.testing.assert_close(heats[0] * 1024, textbook)
    assert not torch.allclose(heats[1] / heats[1].max(), textbook / textbook.max(), atol=1e-2)


def test_the_lesson_prints_what_the_loop_in_place_does():
    rows = ["weights [1024] map [8, 8] ReluBackward0", "run 1: written 2048 times, CopySlices"]
    rows += ["  textbook / this = 1024; maps 0 to 1 differ by 0", "run 2: written 4096 times, CopySlices"]
    assert "\n".join(rows) in lesson()
    assert numbers(r"written 4096 times, CopySlices\n  textbook / this = \d+; maps 0 to 1 differ by (\S+)")[0] > 0.01


@pytest.mark.parametrize(("confidence", "dead"), [(1, False), (16, False), (17, True), (30, True)])
def test_the_probability_loses_its_gradient_at_logit_17(confidence, dead):
    """E15: float32 has no number between 1 - 2⁻²⁴ and 1."""
    z = torch.tensor(float(confidence), requires_grad=True)
    z.sigmoid().backward()
    assert (float(z.grad) == 0) is dead
    assert (float(z.detach().sigmoid()) == 1) is dead


@pytest.mark.parametrize(("logit", "dead"), [(-80, False), (-90, True)])
def test_the_probability_loses_its_gradient_near_minus_90(logit, dead):
    """E15: e⁹⁰ = 1.2 · 10³⁹, and float32 ends at 3.4 · 10³⁸."""
    z = torch.tensor(float(logit), requires_grad=True)
    z.sigmoid().backward()
    assert (float(z.grad) == 0) is dead
    assert (math.exp(-logit) > torch.finfo(torch.float32).max) is dead


def test_the_lesson_prints_where_both_routes_agree_and_where_the_map_is_nan():
    """E15: equal from 1 to 16 and still at -80; all 256 places NaN from 17 on and at -90, from the probability only."""
    assert f"same map: {[-80, *range(1, 17)]}" in lesson()
    rows = re.findall(r"logit (-?\d+): p = \S+, p\(1 - p\) = \S+; NaN in maps of z, p: \[(\d+), (\d+)\]", lesson())
    nan = {int(logit): (int(by_logit), int(by_probability)) for logit, by_logit, by_probability in rows}
    assert nan == {1: (0, 0), 8: (0, 0), 16: (0, 0), 17: (0, 256), 30: (0, 256), -80: (0, 0), -90: (0, 256)}
    assert "logit 17: p = 1, p(1 - p) = 0.0e+00" in lesson()
    assert "logit -90: p = 0, p(1 - p) = 0.0e+00" in lesson()


def test_float64_gives_up_at_37():
    logits = torch.arange(1.0, 100.0, dtype=torch.float64, requires_grad=True)
    (slopes,) = torch.autograd.grad(logits.sigmoid().sum(), logits)
    assert float(logits[slopes == 0].detach().min()) == 37


def test_the_map_of_a_saturated_probability_is_nan_and_that_of_the_logit_is_not(small, films):
    features = small.resnet_blocks(films.images[:1]).detach().requires_grad_()
    z = torch.logsumexp(small.evidence(features).flatten(1), dim=1).sum()
    sign = (
        1.0 if weigh_channels(features.detach(), torch.autograd.grad(z, features, retain_graph=True)[0]).any() else -1.0
    )
    maps = []
    for score in (sign * z, (sign * (z - z.detach()) + 17).sigmoid()):
        (slopes,) = torch.autograd.grad(score, features, retain_graph=True)
        cam = weigh_channels(features.detach(), slopes)
        maps.append(cam / cam.max())
    assert maps[0].isfinite().all()
    assert maps[1].isnan().all()


def test_the_maps_of_z_and_of_minus_z_never_overlap(small, films):
    """E15: one is the positive part of the vote, the other the negative part."""
    model = TwoClasses(small)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an untrained network has empty maps
        maps = [
            grad_cam(model, films.images, LAYER, score=lambda y, s=s: s * (y[:, 1] - y[:, 0])).maps for s in (1, -1)
        ]
    assert maps[0].any() or maps[1].any()
    assert not (maps[0] * maps[1]).any()


def test_the_lesson_counts_the_warm_places_of_both_maps():
    """E15: each place speaks for one answer at most, and with 16x16 places here for exactly one."""
    found = re.search(r"for each film: \{'z': \[(.+?)\], '-z': \[(.+?)\], 'both': \[0, 0, 0\]\}", lesson())
    for_z, against_z = (list(map(int, group.split(", "))) for group in found.groups())
    assert all(places > 0 for places in for_z)
    assert [a + b for a, b in zip(for_z, against_z, strict=True)] == [256] * 3


@pytest.mark.filterwarnings("error")
def test_a_normalised_film_wraps_around():
    """E14: without a warning. -1/255 and 0 are the same grey, and shown as white and black."""
    normalised = torch.tensor([-1.0, -0.75, -0.5, -0.25, -1 / 255, 0.0, 0.25, 0.5, 1.0])
    shown = list(to_pil_image(normalised.view(1, 1, 9)).get_flattened_data())
    assert shown == [1, 65, 129, 193, 255, 0, 63, 127, 255]
    true = ((normalised + 1) * 127.5).byte().tolist()
    assert true == [0, 31, 63, 95, 127, 127, 159, 191, 255]
    assert f"should be: {true}\nis shown:  {shown}" in lesson()


def test_bicubic_overshoots_and_squaring_shrinks_the_hot_area():
    """E14, on a map worked out by hand: a cone has the value v on a circle of radius 1 - v.

    Hotter than 1/2: radius 1/2. Squared: v > sqrt(1/2), radius 1 - .7071 = .2929, so (.2929 / .5)² = .343 of the area.
    """
    x = torch.linspace(-1, 1, 801)
    cone = (1 - (x[:, None] ** 2 + x**2).sqrt()).clamp(min=0)
    shrunk = float((cone**2 > 0.5).float().mean() / (cone > 0.5).float().mean())
    assert shrunk == pytest.approx((1 - math.sqrt(0.5)) ** 2 / 0.25, abs=0.01)
    step = torch.zeros(8, 8)
    step[:, 4:] = 1
    enlarged = pil_to_tensor(to_pil_image(step, mode="F").resize((256, 256), resample=PIL.Image.BICUBIC))
    assert enlarged.min() < -0.02
    assert enlarged.max() > 1.02


def test_the_lesson_prints_overshoot_square_and_hot_area():
    """E14: Pillow still knows bicubic as 3; a negative value squared is positive; the mended overlay has an extent."""
    number, low, high = numbers(r"Image\.BICUBIC = (\d+): (\S+) to (\S+);")
    squared, hot, shrunk = numbers(r"lowest squared: (\S+); above one half: (\S+)%; squared: (\S+)%")
    assert number == PIL.Image.BICUBIC == 3
    assert low < 0 < 1 < high
    assert squared == pytest.approx(low**2, abs=1e-3)
    assert 1.3 * shrunk < hot
    assert "mended overlay on [0, 256, 256, 0]" in lesson()


def test_tokens_have_no_height_and_width_to_pool():
    """E17e: and a function that lays them out as a map mends it."""
    with pytest.raises(IndexError, match="Dimension out of range"):
        torch.zeros(1, 197, 768).mean(dim=(2, 3))
    laid_out = torch.zeros(1, 196, 768).transpose(1, 2).reshape(1, 768, 14, 14)
    assert laid_out.mean(dim=(2, 3)).shape == (1, 768)


def test_a_value_of_the_articles_map_covers_32_by_32_pixels(article):
    """E24."""
    with torch.no_grad():
        assert 256 / article.resnet_blocks(torch.zeros(1, 3, 256, 256)).shape[-1] == 32


def test_of_the_surest_normal_films_most_maps_of_z_are_empty_and_nan_without_a_guard():
    """E15: 94 of 97 when it was written, at logits about -5; the logit does not help where 0 is divided by 0."""
    empty, films, _, high, nan = numbers(
        r"over 99%: (\d+) of (\d+) left maps are empty, at logits (\S+) to (\S+); divided by their peak, (\d+) are NaN"
    )
    assert empty > 0.8 * films
    assert nan == empty
    assert high < -4


# --- the trainings -----------------------------------------------------------------------------------------------


def test_the_tag_is_a_cheat_that_another_hospital_uncovers():
    """The lesson's recipe: perfect at home, a coin without tags, wrong where the healthy carry it; heat on the tag."""
    seed_everything(0)
    cheat = TwoClasses(SmallXRayClassifier())
    at_home = chest_xray_phantom(960, seed=1, tagged=(0, 1))
    fit(cheat, at_home, epochs=6, batch_size=64, lr=6e-3, augment=shifted, device="cpu")
    places = [(0, 1), (0, 0), (1, 0)]
    scores = [evaluate(cheat, chest_xray_phantom(200, seed=98, tagged=tags), device="cpu").accuracy for tags in places]
    assert scores[0] > 0.95 > 0.7 > scores[1] > 0.4 > scores[2]
    tagged = chest_xray_phantom(100, seed=98, tagged=(1, 1))
    on_tag = heat_inside(grad_cam(cheat, tagged.images, LAYER, classes=1), tag_area())
    assert on_tag.mean() > 0.5 > 10 * tag_area().float().mean()
