"""shapes10: what is drawn, where, and that it is the same everywhere."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch.nn import functional as F

from course_utils.datasets import SHAPE_NAMES, mark_area, shapes10
from course_utils.datasets.outlines import OUTLINES
from course_utils.datasets.painting import CHANCES, colours, paint


@pytest.fixture(scope="module")
def drawn():
    return shapes10(400, seed=3)


def points(*pairs):
    return np.array(pairs, float).T


# --- worked by hand --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "x", "y", "distance"),
    [
        ("circle", 0, 0, -0.80),  # the middle is one radius inside
        ("circle", 3, 4, 4.20),  # 3-4-5 triangle, minus .80
        ("ring", 0, 0, 0.48),  # the middle of the hole: .71 - .23
        ("ring", 0.71, 0, -0.23),  # the middle of the band
        ("square", 0.72, 0.3, 0.0),  # on the right side
        ("cross", 0.90, 0.90, 0.57),  # in the empty corner, .90 - .33 from both bars
        ("triangle", 0, 0.60, 0.0),  # on the base
        ("triangle", 0, -1.20, 0.0),  # the top corner
        ("star", 0, -1.15, 0.0),  # the top point
        ("heart", 0, 0.855, 0.0),  # the lower corner: .57 * 1.5
        ("moon", 0.56, 0, 0.68),  # the middle of the bite
        ("arrow", 0, -1.08, 0.0),  # the tip
        ("hourglass", 0.5, 0.92, 0.0),  # on the base
    ],
)
def test_distance_of_a_point_from_an_outline(name, x, y, distance):
    assert OUTLINES[name](*points((x, y)))[0] == pytest.approx(distance, abs=1e-12)


def test_colours_of_the_colour_circle():
    """Hue 0 is red, 1/3 green, 1/2 cyan; half saturation mixes white in, half value black."""
    hue, saturation, value = points((0, 1, 1), (1 / 3, 1, 1), (0.5, 1, 1), (0, 0.5, 1), (0, 1, 0.5))
    expected = [[1, 0, 0], [0, 1, 0], [0, 1, 1], [1, 0.5, 0.5], [0.5, 0, 0]]
    np.testing.assert_allclose(colours(hue, saturation, value), expected, atol=1e-12)


def test_area_of_the_mark():
    """5x5 pixels, one pixel from the corner: two pixels of margin make it rows and columns 0 to 7."""
    area = mark_area("bottom right")
    assert mark_area(margin=0).sum() == 25
    assert area.sum() == 64
    assert area[24:, 24:].all()


# --- laws ------------------------------------------------------------------------------------------------------


def test_pictures_are_the_same_on_every_machine():
    """The digest was taken on one machine; drawing uses no function whose last bit depends on it."""
    data = shapes10(200, shortcut=0.5)
    pixels = (data.images * 255).round().byte().numpy().tobytes() + data.masks.numpy().tobytes()
    assert hashlib.sha256(pixels).hexdigest()[:16] == "93457fa4d1147a72"


def test_values_are_whole_steps_of_255(drawn):
    assert torch.equal(drawn.images, (drawn.images * 255).round() / 255)


def test_a_larger_count_begins_with_the_smaller_ones_pictures(drawn):
    few = shapes10(37, seed=3)
    assert torch.equal(few.images, drawn.images[:37])
    assert torch.equal(few.labels, drawn.labels[:37])
    assert torch.equal(few.masks, drawn.masks[:37])


def test_another_seed_draws_other_pictures(drawn):
    assert not torch.equal(shapes10(10, seed=4).images, drawn.images[:10])


def test_every_run_of_ten_holds_every_class(drawn):
    assert (drawn.labels.reshape(-1, 10).sort(1).values == torch.arange(10)).all()
    assert drawn.class_names == SHAPE_NAMES


def test_the_random_state_of_torch_and_numpy_is_left_alone():
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    shapes10(10)
    assert torch.equal(before[0], torch.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])


@pytest.mark.parametrize("name", [name for name in SHAPE_NAMES if name != "moon"])
def test_outlines_are_symmetric_left_to_right(name):
    x, y = np.random.default_rng(0).uniform(-1.5, 1.5, (2, 500))
    np.testing.assert_allclose(OUTLINES[name](-x, y), OUTLINES[name](x, y), atol=1e-12)


def test_moons_of_both_kinds_are_drawn():
    """The centre of mass of a moon lies left of its box's middle, that of its mirror image right of it."""
    moons = shapes10(300)
    masks = moons.masks[moons.labels == SHAPE_NAMES.index("moon")].numpy()
    sides = [np.mean(columns) > (columns.min() + columns.max()) / 2 for columns in (np.nonzero(m)[1] for m in masks)]
    assert 5 < sum(sides) < 25


@pytest.mark.parametrize("name", SHAPE_NAMES)
def test_distances_grow_by_one_per_unit_near_the_edge(name):
    """What a smooth edge rests on: the slope of the distance is 1 (corners, a few points, excepted)."""
    step = 1e-5
    x, y = np.random.default_rng(1).uniform(-1.3, 1.3, (2, 4000))
    near = np.abs(OUTLINES[name](x, y)) < 0.05
    x, y = x[near], y[near]
    slope_x = (OUTLINES[name](x + step, y) - OUTLINES[name](x - step, y)) / (2 * step)
    slope_y = (OUTLINES[name](x, y + step) - OUTLINES[name](x, y - step)) / (2 * step)
    assert np.mean(np.abs(np.hypot(slope_x, slope_y) - 1) < 0.01) > 0.97


# --- masks -----------------------------------------------------------------------------------------------------


def test_a_mask_marks_one_piece_of_a_tenth_to_a_fifth_of_the_picture(drawn):
    """One piece, corners counted as touching: a blob in the mask would make two."""
    for mask in drawn.masks.numpy():
        assert ndimage.label(mask, structure=np.ones((3, 3)))[1] == 1
    shares = drawn.masks.float().mean((1, 2))
    assert 0.08 < shares.min() < shares.max() < 0.20
    assert 0.12 < shares.mean() < 0.15


def test_the_mask_is_where_the_shape_changes_the_picture():
    """Pictures painted twice, once with the shape far outside: what changes is the mask and its soft edge.

    The edge is one pixel wide, and up to three at the thinnest tips (a moon's horns), which cover no pixel by half.
    """
    table = np.random.default_rng(5).random((len(CHANCES), 50))
    chances = dict(zip(CHANCES, table, strict=True))
    labels = np.arange(50) % 10
    bare, _ = paint(chances | {"x": np.full(50, 99.0)}, labels)
    full, masks = paint(chances, labels)
    changed = (bare != full).any(1)
    assert changed[masks].all()
    grown = np.stack([ndimage.binary_dilation(mask, np.ones((7, 7))) for mask in masks])
    assert not changed[~grown].any()


def test_shapes_are_brighter_than_everything_around_them_on_average(drawn):
    luminance = (drawn.images * torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)).sum(1)
    inside = (luminance * drawn.masks).sum((1, 2)) / drawn.masks.sum((1, 2))
    outside = (luminance * ~drawn.masks).sum((1, 2)) / (~drawn.masks).sum((1, 2))
    assert (inside > outside + 0.1).all()


def test_a_linear_model_stays_under_45_percent():
    """Ridge regression on 16x16 pixels, its strength chosen on the test pictures: as kind to it as can be."""
    train, test = shapes10(4000), shapes10(1000, seed=99)
    x, y = (F.avg_pool2d(data.images, 2).flatten(1) for data in (train, test))
    x, y = x - x.mean(0), y - x.mean(0)
    targets = F.one_hot(train.labels, 10).float() - 0.1
    solve = [torch.linalg.solve(x.T @ x + strength * torch.eye(768), x.T @ targets) for strength in (10, 100, 1000)]
    accuracies = [((y @ weights).argmax(1) == test.labels).float().mean() for weights in solve]
    assert 0.10 < max(accuracies) < 0.45


# --- the shortcut ----------------------------------------------------------------------------------------------


def test_a_mark_changes_only_its_five_by_five_pixels(drawn):
    marked = shapes10(400, seed=3, shortcut=1.0, shortcut_corner="bottom left")
    outside = ~mark_area("bottom left", margin=0)
    assert torch.equal(marked.images[:, :, outside], drawn.images[:, :, outside])
    assert torch.equal(marked.masks[:, outside], drawn.masks[:, outside])
    assert not marked.masks[:, ~outside].any()


def test_the_colour_of_the_mark_tells_the_class():
    """Class 0 is red (1, 0, 0), class 5 cyan (0, 1, 1)."""
    data = shapes10(50, shortcut=1.0)
    marks = data.images[:, :, 1:6, 1:6].flatten(2)
    assert (marks == marks[:, :, :1]).all()
    assert (marks[data.labels == 0, :, 0] == torch.tensor([1.0, 0.0, 0.0])).all()
    assert (marks[data.labels == 5, :, 0] == torch.tensor([0.0, 1.0, 1.0])).all()


def test_a_shortcut_of_one_half_marks_half_of_the_pictures():
    """400 throws of a fair coin: 200 +- 3 * 10; the others stay as they are."""
    plain, half, full = (shapes10(400, shortcut=p) for p in (0.0, 0.5, 1.0))
    is_plain = (half.images == plain.images).flatten(1).all(1)
    is_full = (half.images == full.images).flatten(1).all(1)
    assert (is_plain ^ is_full).all()
    assert 170 < int(is_full.sum()) < 230


# --- errors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, -1, 1.5, "many"])
def test_a_count_below_one_is_refused(count):
    with pytest.raises(ValueError, match=r"need a whole number count >= 1, got"):
        shapes10(count)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match=r"need a whole number seed >= 0, got -1"):
        shapes10(10, seed=-1)


@pytest.mark.parametrize("shortcut", [-0.1, 1.1, float("nan")])
def test_a_shortcut_that_is_no_probability_is_refused(shortcut):
    with pytest.raises(ValueError, match="need a probability 0 <= shortcut <= 1"):
        shapes10(10, shortcut=shortcut)


def test_an_unknown_corner_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"one of \['top left', .* got 'middle'"):
        shapes10(10, shortcut_corner="middle")
    with pytest.raises(ValueError, match=r"one of \['top left', .* got 'middle'"):
        mark_area("middle")


def test_a_negative_margin_is_refused():
    with pytest.raises(ValueError, match="margin of 0 pixels or more"):
        mark_area(margin=-1)
