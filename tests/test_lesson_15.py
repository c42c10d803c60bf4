"""Lesson 15: the numbers it prints about a popular article's code, and the thresholds that its trainings must pass."""

from __future__ import annotations

import math
import re
import warnings
import weakref
from pathlib import Path

import nbformat
import pytest
import torch
from torch import nn
from torchvision.transforms.functional import resize, to_pil_image

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


def test_backward_of_two_films_asks_for_a_scalar(small, films):
    """E17."""
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        small(films.images[:2]).backward()


def test_a_mean_over_films_averages_patients_away():
    """E17: +1 and -1 become 0."""
    gradients = torch.tensor([1.0, -1.0]).view(2, 1, 1, 1).expand(2, 1, 8, 8)
    assert gradients.mean(dim=(0, 2, 3)).tolist() == [0.0]
    assert gradients.mean(dim=(2, 3)).flatten().tolist() == [1.0, -1.0]


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


def test_the_loop_in_place_writes_2048_times_and_is_no_repeatable_cell():
    """E17b and E17c: one run divides the textbook sum by 1024 and changes nothing else; two runs change the map."""
    generator = torch.Generator().manual_seed(0)
    activations, pooled = torch.rand(1, 1024, 8, 8, generator=generator), torch.rand(1024, generator=generator)
    textbook = (pooled[:, None, None] * activations).sum(dim=1)[0]
    heats = []
    for _ in (1, 2):
        for channel in range(1024):
            activations[:, channel] *= pooled[channel]
        heats.append(activations.mean(dim=1)[0])
    assert activations._version == 4096
    torch.testing.assert_close(heats[0] * 1024, textbook)
    assert not torch.allclose(heats[1] / heats[1].max(), textbook / textbook.max(), atol=1e-5)


@pytest.mark.parametrize(("confidence", "dead"), [(1, False), (16, False), (17, True), (30, True)])
def test_the_probability_loses_its_gradient_at_logit_17(confidence, dead):
    """E15: float32 has no number between 1 - 2⁻²⁴ and 1."""
    z = torch.tensor(float(confidence), requires_grad=True)
    z.sigmoid().backward()
    assert (float(z.grad) == 0) is dead
    assert (float(z.detach().sigmoid()) == 1) is dead


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


def test_a_normalised_film_wraps_around():
    """E14."""
    normalised = torch.tensor([-1.0, -0.75, -0.5, -0.25, -0.004, 0.0, 0.25, 0.5, 1.0])
    shown = list(to_pil_image(normalised.view(1, 1, 9)).get_flattened_data())
    assert shown == [1, 65, 129, 193, 255, 0, 63, 127, 255]
    assert ((normalised + 1) * 127.5).byte().tolist() == [0, 31, 63, 95, 126, 127, 159, 191, 255]


def test_bicubic_overshoots_and_squaring_shrinks_the_hot_area():
    """E14, on a map worked out by hand: a cone has the value v on a circle of radius 1 - v.

    Hotter than 1/2: radius 1/2. Squared: v > sqrt(1/2), radius 1 - .7071 = .2929, so (.2929 / .5)² = .343 of the area.
    """
    x = torch.linspace(-1, 1, 801)
    cone = (1 - (x[:, None] ** 2 + x**2).sqrt()).clamp(min=0)
    shrunk = float((cone**2 > 0.5).float().mean() / (cone > 0.5).float().mean())
    assert shrunk == pytest.approx((1 - math.sqrt(0.5)) ** 2 / 0.25, abs=0.01)
    step = torch.zeros(1, 8, 8)
    step[:, :, 4:] = 1
    enlarged = resize(step, [256, 256], interpolation=3, antialias=False)
    assert enlarged.min() < -0.02
    assert enlarged.max() > 1.02


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


def test_of_the_surest_normal_films_most_maps_of_z_are_empty():
    """What the lesson says of them, in the run whose outputs are stored: 94 of 97 when it was written."""
    path = Path(__file__).parent.parent / "notebooks" / "solutions" / "15_chest_xray.ipynb"
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])]
    text = "".join(output.get("text", "") for output in outputs)
    empty, films = re.search(r"over 99%: (\d+) of (\d+) left maps", text).groups()
    assert int(empty) > 0.8 * int(films)


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
