"""Pictures that speak: the numbers of the captions, what is really drawn, what is refused, and what stays as it was."""

from __future__ import annotations

import warnings

import matplotlib
import nbformat
import numpy as np
import pytest
import torch
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import font_manager, pyplot
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from nbclient import NotebookClient
from PIL import Image

from course_utils import plotting
from course_utils.plotting.captions import describe_heat, peak, share_in_peak_quarter, share_inside
from course_utils.plotting.checks import as_array, check_heat, check_image, check_map
from course_utils.plotting.fonts import families
from course_utils.plotting.jet import lightness
from course_utils.plotting.marks import outline
from course_utils.plotting.tiles import tile_around


@pytest.fixture
def corner_map() -> np.ndarray:
    """6 of 10 in the upper right corner, 1 in each other corner, and 1 beside the peak's row."""
    heat = np.zeros((4, 4))
    heat[0, 3], heat[0, 0], heat[3, 0], heat[3, 3], heat[1, 2] = 6, 1, 1, 1, 1
    return heat


@pytest.fixture
def pictures() -> torch.Tensor:
    return torch.rand(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def cjk_font(tmp_path, monkeypatch):
    """A font of one Chinese letter, known to matplotlib as "SimHei" while the test runs."""
    pen = TTGlyphPen(None)
    for place in ((0, 0), (0, 700), (700, 700), (700, 0)):
        (pen.lineTo if place != (0, 0) else pen.moveTo)(place)
    pen.closePath()
    font = FontBuilder(1000)
    font.setupGlyphOrder([".notdef", "cat"])
    font.setupCharacterMap({ord("猫"): "cat"})
    font.setupGlyf({name: pen.glyph() if name == "cat" else TTGlyphPen(None).glyph() for name in (".notdef", "cat")})
    font.setupHorizontalMetrics({".notdef": (800, 0), "cat": (800, 0)})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "SimHei", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(tmp_path / "simhei.ttf")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))
    font_manager.fontManager.addfont(tmp_path / "simhei.ttf")
    return tmp_path / "simhei.ttf"


def drawn_images(picture: plotting.Picture) -> list[AxesImage]:
    """The pictures on all axes, without those of the colour bars."""
    return [image for axes in picture.figure.axes for image in axes.images]


def texts(picture: plotting.Picture) -> list[str]:
    return [text.get_text() for text in picture.figure.findobj(matplotlib.text.Text) if text.get_text()]


# Values worked by hand


def test_peak_and_its_quarter(corner_map):
    """The upper right quarter holds 6 + 1 of 10."""
    assert peak(corner_map) == (0, 3)
    assert share_in_peak_quarter(corner_map) == (pytest.approx(0.7), "upper right")


def test_values_that_only_rounding_tells_apart_tie():
    """At the right edge an enlarged map is level; which of its columns is larger by rounding must not decide."""
    assert peak(np.array([[0.2, 0.9999999, 1.0]])) == (0, 1)
    assert peak(np.array([[0.2, 0.9999, 1.0]])) == (0, 2)
    assert peak(np.array([[-1.0, -2.0]])) == (0, 0)


def test_the_middle_row_and_column_of_an_odd_map_belong_to_the_upper_left():
    """Ones, and a 2 in the middle: rows 0, 1 and columns 0, 1 hold 5 of 10."""
    heat = np.ones((3, 3))
    heat[1, 1] = 2
    assert share_in_peak_quarter(heat) == (pytest.approx(0.5), "upper left")


def test_share_on_a_mask(corner_map):
    mask = np.zeros((4, 4), dtype=bool)
    mask[0] = True
    assert share_inside(corner_map, mask) == pytest.approx(0.7)
    assert describe_heat(corner_map, mask) == (
        "Peak at row 0, column 3 of 4x4; 70% of the heat lies on the object, which covers 25% of the picture."
    )


def test_a_zero_map_is_called_zero():
    assert describe_heat(np.zeros((2, 2))) == (
        "The map is zero everywhere: nothing in this layer speaks for this class."
    )


def test_blend_of_hand_made_values():
    """Heat 1 is 0.65 of viridis' last colour and 0.35 of the picture; heat 0 is the picture itself."""
    grey = np.full((3, 1, 2), 0.4)
    mixed = plotting.blend(grey, np.array([[0.0, 5.0]]))
    yellow = np.array(matplotlib.colormaps["viridis"](255)[:3])
    np.testing.assert_allclose(mixed[0, 0], [0.4, 0.4, 0.4])
    np.testing.assert_allclose(mixed[0, 1], 0.35 * 0.4 + 0.65 * yellow)


def test_three_panel_says_everything(corner_map, pictures):
    picture = plotting.three_panel(
        pictures[0, :, :4, :4], corner_map, class_name="dog", probability=0.874, true_name="cat", layer="conv3"
    )
    assert picture.caption == (
        "Heat for dog (87%); true class: cat; layer conv3. "
        "Peak at row 0, column 3 of 4x4; 70% of the heat lies in the upper right quarter."
    )
    assert {"Original (true: cat)", "Heatmap of conv3", "Heat for dog (87%)"} <= set(texts(picture))


def test_three_panel_of_a_zero_map_says_so(pictures):
    picture = plotting.three_panel(pictures[0], np.zeros((2, 2)), class_name="ship")
    assert "zero everywhere: nothing in this layer speaks for this class" in picture.caption
    assert "zero everywhere" in texts(picture)
    np.testing.assert_array_equal(drawn_images(picture)[2].get_array(), drawn_images(picture)[0].get_array())


def test_confusion_matrix_names_the_most_frequent_confusion():
    """3 + 5 of 10 are right; the only mistakes are 2 cats among 5, taken for dogs."""
    picture = plotting.confusion_matrix([[3, 2], [0, 5]], ["cat", "dog"])
    assert picture.caption == (
        "Confusion matrix: 8 of 10 pictures are right (80.0%); "
        "most frequent confusion: cat taken for dog, 2 times (40% of this class)."
    )
    np.testing.assert_allclose(drawn_images(picture)[0].get_array(), [[0.6, 0.4], [0, 1]])


def test_confusion_matrix_without_a_mistake():
    assert plotting.confusion_matrix(torch.eye(2, dtype=torch.int64), ["a", "b"]).caption == (
        "Confusion matrix: 2 of 2 pictures are right (100.0%); no class is taken for another."
    )


def test_learning_curves_tell_first_best_and_last():
    picture = plotting.learning_curves({"loss": [2.0, 0.5, 0.75], "validation_accuracy": [0.1, 0.8, 0.7]})
    assert picture.caption == (
        "Learning curves: loss 2 to 0.75 in 3 epochs, lowest 0.5 in epoch 2; "
        "validation accuracy 10.0% to 70.0% in 3 epochs, best 80.0% in epoch 2."
    )
    losses, shares = picture.figure.axes
    np.testing.assert_array_equal(losses.lines[0].get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(shares.lines[0].get_ydata(), [0.1, 0.8, 0.7])


def test_a_loss_that_explodes_is_told_and_leaves_a_gap():
    picture = plotting.learning_curves({"loss": [1.0, 1e30, float("inf"), float("nan")]})
    assert "not finite from epoch 3 on" in picture.caption
    assert picture.figure.axes[0].get_yscale() == "log"
    np.testing.assert_array_equal(np.isnan(picture.figure.axes[0].lines[0].get_ydata()), [False, False, True, True])


def test_mistakes_are_sorted_by_confidence(pictures):
    """Pictures 0 and 2 are wrong, 2 with more confidence."""
    chances = [[0.4, 0.6], [0.9, 0.1], [0.05, 0.95]]
    picture = plotting.mistakes(pictures, [0, 0, 0], [1, 0, 1], chances, ["cat", "dog"])
    assert picture.caption == (
        "2 of 3 pictures are wrong (66.7%). Most confident mistakes: "
        "picture 2: cat taken for dog (95%); picture 0: cat taken for dog (60%)."
    )
    np.testing.assert_allclose(drawn_images(picture)[0].get_array(), pictures[2].permute(1, 2, 0))


def test_without_a_mistake_the_least_certain_are_shown(pictures):
    picture = plotting.mistakes(pictures, [0, 1, 0], [0, 1, 0], [0.9, 0.5, 0.7], ["cat", "dog"], count=1)
    assert picture.caption == "0 of 3 pictures are wrong (0.0%). No mistake; these were least certain."
    np.testing.assert_allclose(drawn_images(picture)[0].get_array(), pictures[1].permute(1, 2, 0))


def test_bars_tell_all_numbers():
    picture = plotting.bars({"cat": 0.75, "dog": -0.25}, title="Weights", unit="logits")
    assert picture.caption == "Weights (logits): cat 0.75, dog -0.25."
    assert [bar.get_width() for bar in picture.figure.axes[0].patches] == [0.75, -0.25]


def test_curves_tell_their_range():
    picture = plotting.curves(
        {"deletion": [1.0, 0.25, 0.5]}, x=[0, 0.5, 1], title="Deletion", x_label="share", y_label="probability"
    )
    assert picture.caption == "Deletion (probability over share): deletion 1 to 0.5, between 0.25 and 1."


def test_curves_begin_where_they_are_told_to():
    words = {"title": "t", "x_label": "x", "y_label": "y"}
    bottoms = [
        plotting.curves({"a": [0.5, 1.0]}, lowest=lowest, **words).figure.axes[0].get_ylim()[0] for lowest in (None, 0)
    ]
    assert bottoms[0] > 0.4
    assert bottoms[1] == 0


def test_jet_is_lightest_in_its_middle_and_viridis_at_its_end():
    jet, viridis = lightness("jet"), lightness("viridis")
    assert 0.3 * 255 < jet.argmax() < 0.7 * 255
    assert (np.diff(viridis) > 0).all()


def test_lightness_of_black_and_white():
    assert lightness("gray")[0] == pytest.approx(0)
    assert lightness("gray")[255] == pytest.approx(100)


def test_the_outline_of_one_pixel_is_its_four_edges():
    axes = matplotlib.figure.Figure().subplots()
    outline(axes, np.array([[False, True]]), extent=(-0.5, 1.5, 0.5, -0.5))
    (lines,) = [child for child in axes.get_children() if isinstance(child, LineCollection)]
    edges = {tuple(sorted(map(tuple, piece.vertices.tolist()))) for piece in lines.get_paths()}
    assert edges == {
        ((0.5, -0.5), (0.5, 0.5)),
        ((1.5, -0.5), (1.5, 0.5)),
        ((0.5, -0.5), (1.5, -0.5)),
        ((0.5, 0.5), (1.5, 0.5)),
    }


# What is drawn is what was given


def test_image_grid_draws_each_picture_unchanged(pictures):
    picture = plotting.image_grid(pictures, ["a", "b", "c"], title="Three")
    for image, given_image in zip(drawn_images(picture), pictures, strict=True):
        np.testing.assert_allclose(image.get_array(), given_image.permute(1, 2, 0))
        assert image.get_interpolation() == "nearest"
    assert picture.caption.startswith("Three: 3 pictures of 8x8 pixels, values ")
    assert picture.caption.endswith(": a, b, c.")


def test_image_grid_tells_how_much_the_masks_cover(pictures):
    masks = torch.zeros(3, 8, 8, dtype=torch.bool)
    masks[0, :4], masks[1, :2], masks[2, 0] = True, True, True
    picture = plotting.image_grid(pictures, masks=masks)
    assert picture.caption.endswith("The outlines enclose 12% to 50% of each picture.")
    same = plotting.image_grid(pictures, masks=masks[:1].expand(3, 8, 8))
    assert same.caption.endswith("The outlines enclose 50% of each picture.")


def test_three_panel_draws_picture_map_and_blend(corner_map, pictures):
    picture = plotting.three_panel(pictures[0], corner_map, class_name="dog", unit="logits")
    original, heat, mixed = drawn_images(picture)
    np.testing.assert_allclose(original.get_array(), pictures[0].permute(1, 2, 0))
    np.testing.assert_array_equal(heat.get_array(), corner_map)
    np.testing.assert_allclose(mixed.get_array(), plotting.blend(pictures[0], corner_map))
    assert original.get_interpolation() == heat.get_interpolation() == "nearest"
    assert "logits" in texts(picture)


def test_a_sharper_photo_keeps_the_rows_and_columns_of_the_map(corner_map, pictures):
    photo = torch.rand(3, 40, 40)
    picture = plotting.three_panel(pictures[0], corner_map, class_name="dog", photo=photo)
    mixed = drawn_images(picture)[2]
    assert mixed.get_array().shape == (40, 40, 3)
    assert mixed.get_extent() == [-0.5, 7.5, 7.5, -0.5]
    assert "of 8x8" in picture.caption


def test_maps_that_are_compared_share_one_scale(pictures):
    maps = {
        "conv1": torch.ones(3, 4, 4) * torch.tensor([0.0, 1, 2])[:, None, None],
        "conv2": torch.full((3, 2, 2), 5.0),
    }
    picture = plotting.gallery(pictures, maps, titles=["a", "b", "c"], unit="logits")
    scales = {image.get_clim() for image in drawn_images(picture) if image.get_array().ndim == 2}
    assert scales == {(0.0, 5.0)}
    assert picture.caption == (
        "Maps on one scale (logits), 3 pictures: conv1 up to 2; conv2 up to 5. Zero everywhere: 1 of conv1."
    )


def test_feature_maps_share_one_scale_and_tell_the_silent_ones():
    maps = torch.zeros(3, 2, 2)
    maps[1], maps[2] = -1, 4
    picture = plotting.feature_maps(maps, title="conv1")
    assert {image.get_clim() for image in drawn_images(picture)} == {(-1.0, 4.0)}
    assert picture.caption == (
        "conv1: 3 maps of 2x2, -1 to 4 (activation). The highest value is in map 2; 1 of 3 are zero everywhere."
    )


def test_a_grid_of_overlays_blends_on_one_scale(pictures):
    heats = torch.ones(3, 8, 8) * torch.tensor([1.0, 2, 4])[:, None, None]
    picture = plotting.overlay_grid(pictures, heats, ["a", "b", "c"])
    first = drawn_images(picture)[0].get_array()
    np.testing.assert_allclose(first[:8], pictures[0].permute(1, 2, 0))
    np.testing.assert_allclose(first[9:], plotting.blend(pictures[0], heats[0], highest=4.0))
    assert len(picture.caption.splitlines()) == 4


@pytest.mark.parametrize(
    ("values", "word"), [([[-1.0, 1.0], [-1.0, 2.0]], "column (line: zero)"), ([[0.0, 1.0]], "column")]
)
def test_a_signed_map_shows_where_zero_is(values, word):
    assert plotting.heatmap(values).figure.axes[0].get_xlabel() == word


def test_heatmap_tells_range_and_unit(corner_map):
    picture = plotting.heatmap(corner_map - 1, title="conv3, channel 17", unit="activation")
    assert picture.caption == "conv3, channel 17: 4x4 values, -1 to 5 (activation)."
    np.testing.assert_array_equal(drawn_images(picture)[0].get_array(), corner_map - 1)


def test_overlay_tells_where_the_heat_lies(corner_map, pictures):
    mask = torch.zeros(8, 8, dtype=torch.bool)
    mask[:4, 4:] = True
    assert (
        "of the heat lies on the object, which covers 25%"
        in plotting.overlay(pictures[0], corner_map, mask=mask).caption
    )


def test_jet_against_viridis_shows_the_same_map_twice(corner_map):
    picture = plotting.jet_against_viridis(corner_map)
    in_color = [image for image in drawn_images(picture) if image.get_cmap().name in ("jet", "viridis")]
    assert sorted(image.get_cmap().name for image in in_color) == ["jet", "viridis"]
    for image in in_color:
        np.testing.assert_array_equal(image.get_array(), corner_map)
    assert "viridis rises all the way" in picture.caption


def test_grey_pictures_are_drawn_grey():
    grey = torch.rand(2, 1, 4, 4)
    drawn = drawn_images(plotting.image_grid(grey))[0].get_array()
    np.testing.assert_allclose(drawn[..., 0], grey[0, 0])
    np.testing.assert_array_equal(drawn[..., 0], drawn[..., 2])


def test_a_list_of_tensors_is_a_batch():
    drawn = drawn_images(plotting.image_grid([torch.zeros(3, 2, 2), torch.ones(3, 2, 2)]))
    assert [image.get_array().mean() for image in drawn] == [0, 1]


def test_a_tensor_with_a_graph_or_of_half_precision_is_drawn(pictures):
    graph = pictures.clone().requires_grad_() * 1
    half = torch.ones(8, 8, dtype=torch.bfloat16)
    assert plotting.three_panel(graph[0], half, class_name="cat").caption.startswith("Heat for cat")


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**31))
def test_every_shape_of_map_can_be_laid_over_a_picture(height, width, seed):
    rng = np.random.default_rng(seed)
    mixed = plotting.blend(rng.random((3, 7, 5)), rng.random((height, width)))
    assert mixed.shape == (7, 5, 3)
    assert 0 <= mixed.min() <= mixed.max() <= 1


# Labels


def test_labels_that_can_be_drawn_stay_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert plotting.readable(["Müller", "кот", "θ₁"]) == ["Müller", "кот", "θ₁"]


@pytest.fixture
def no_cjk_font(monkeypatch):
    fonts = [font for font in font_manager.fontManager.ttflist if font.name == "DejaVu Sans"]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", fonts)


@pytest.mark.usefixtures("no_cjk_font")
def test_chinese_class_names_become_english_where_no_font_knows_them():
    with pytest.warns(UserWarning, match=r"no installed font can draw .*'cat' for '猫'.*install a font"):
        assert plotting.readable(["猫", "frog"]) == ["cat", "frog"]
    assert plotting.label_font("猫") is None


@pytest.mark.usefixtures("no_cjk_font")
def test_the_given_english_labels_are_used():
    with pytest.warns(UserWarning, match="'kitten' for '小猫'"):
        assert plotting.readable(["小猫", "dog"], ["kitten", "puppy"]) == ["kitten", "dog"]


@pytest.mark.usefixtures("no_cjk_font")
def test_a_figure_with_chinese_names_is_drawn_without_boxes(pictures, tmp_path):
    with pytest.warns(UserWarning, match="飞机"):
        picture = plotting.three_panel(pictures[0], torch.ones(8, 8), class_name="飞机", probability=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plotting.save(picture, tmp_path / "a.png")
    assert "Heat for airplane (50%)" in texts(picture)
    assert "飞机" in picture.caption


def test_an_installed_chinese_font_is_used(cjk_font, tmp_path, pictures):
    assert plotting.label_font("猫") == "SimHei"
    assert families() == ["DejaVu Sans", "SimHei"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = plotting.image_grid(pictures, ["猫", "cat", "猫 cat"])
        plotting.save(picture, tmp_path / "a.png")
    assert "猫 cat" in texts(picture)


# What stays as it was


EVERY_KIND = {
    "image_grid": lambda: plotting.image_grid(torch.rand(2, 3, 4, 4), ["a", "b"]),
    "mistakes": lambda: plotting.mistakes(torch.rand(2, 3, 4, 4), [0, 1], [1, 1], [0.9, 0.8], ["a", "b"]),
    "heatmap": lambda: plotting.heatmap(torch.rand(4, 4)),
    "overlay": lambda: plotting.overlay(torch.rand(3, 4, 4), torch.rand(4, 4)),
    "three_panel": lambda: plotting.three_panel(torch.rand(3, 4, 4), torch.rand(4, 4), class_name="a"),
    "gallery": lambda: plotting.gallery(torch.rand(2, 3, 4, 4), {"conv1": torch.rand(2, 4, 4)}),
    "overlay_grid": lambda: plotting.overlay_grid(torch.rand(2, 3, 4, 4), torch.rand(2, 4, 4)),
    "feature_maps": lambda: plotting.feature_maps(torch.rand(50, 4, 4)),
    "jet_against_viridis": lambda: plotting.jet_against_viridis(torch.rand(4, 4)),
    "learning_curves": lambda: plotting.learning_curves({"loss": [1.0, 0.5], "accuracy": [0.1, 0.2]}),
    "curves": lambda: plotting.curves({"a": [1, 2]}, title="t", x_label="x", y_label="y"),
    "bars": lambda: plotting.bars({"a": 1.0}, title="t", unit="u"),
    "confusion_matrix": lambda: plotting.confusion_matrix([[1, 0], [1, 2]], ["a", "b"]),
}


@pytest.mark.parametrize("draw", EVERY_KIND.values(), ids=EVERY_KIND)
def test_drawing_and_showing_leave_pyplot_and_its_settings_alone(draw, capsys):
    before = dict(matplotlib.rcParams)
    picture = draw()
    plotting.show(picture)
    assert pyplot.get_fignums() == []
    assert dict(matplotlib.rcParams) == before
    assert capsys.readouterr().out.strip() == picture.caption


@pytest.mark.parametrize("draw", EVERY_KIND.values(), ids=EVERY_KIND)
def test_every_figure_is_complete_and_legible(draw, tmp_path):
    """Nothing is cut off at the border, and no text is smaller than 9 points."""
    picture = draw()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plotting.save(picture, tmp_path / "picture.png")
    width, height = picture.figure.get_size_inches()
    box = picture.figure.get_tightbbox()
    assert box.x0 >= -0.02
    assert box.y0 >= -0.02
    assert box.x1 <= width + 0.02
    assert box.y1 <= height + 0.02
    assert min(text.get_size() for text in picture.figure.findobj(matplotlib.text.Text) if text.get_text()) >= 9


def test_the_readers_own_style_does_not_leak_in(pictures, tmp_path):
    """A dark style that is set globally changes no byte of the file."""
    first = plotting.save(plotting.image_grid(pictures, ["a", "b", "c"]), tmp_path / "first.png").read_bytes()
    with matplotlib.rc_context({"axes.facecolor": "black", "text.color": "red", "font.size": 30, "savefig.dpi": 20}):
        second = plotting.save(plotting.image_grid(pictures, ["a", "b", "c"]), tmp_path / "second.png").read_bytes()
    assert first == second


def test_inputs_are_not_changed(pictures, corner_map):
    heat, images = torch.from_numpy(corner_map), pictures.clone()
    plotting.overlay_grid(images, heat.expand(3, 4, 4))
    assert torch.equal(images, pictures)
    assert heat.max() == 6


def test_check_image_copies(pictures):
    array = check_image(pictures[0])
    array[:] = 0
    assert pictures[0].max() > 0
    values = np.ones((2, 2))
    as_array(values)[:] = 0
    assert values.min() == 1


# Saving and showing


def test_a_saved_picture_is_the_figure(pictures, tmp_path):
    path = plotting.save(plotting.image_grid(pictures), tmp_path / "grid.png")
    with Image.open(path) as image:
        assert image.size[0] > 600
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".svg", ".pdf"])
def test_the_same_picture_gives_the_same_bytes(suffix, tmp_path):
    paths = [plotting.save(plotting.bars({"a": 1.0}, title="t", unit="u"), tmp_path / f"{i}{suffix}") for i in "ab"]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_failed_save_keeps_the_old_file_and_leaves_nothing_else(tmp_path, monkeypatch):
    old = tmp_path / "grid.png"
    old.write_bytes(b"old")
    picture = plotting.bars({"a": 1.0}, title="t", unit="u")
    monkeypatch.setattr(picture.figure, "draw", lambda renderer: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        plotting.save(picture, old)
    assert old.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [old]


def test_in_a_notebook_the_picture_comes_once_with_its_caption_under_it():
    """Shown by show(), and by itself as the last line; the PNG knows its size on the page and its words."""
    draw = "plotting.bars({'a': 1.0}, title='t', unit='u')"
    cells = [
        "from course_utils import plotting",
        f"print('before'); plotting.show({draw})",
        draw,
        "from matplotlib import pyplot; pyplot.get_fignums()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    shown, last, figures = (cell.outputs for cell in notebook.cells[1:])
    assert [output.output_type for output in shown] == ["stream", "display_data", "stream"]
    assert shown[2].text == "t (u): a 1.\n"
    assert shown[1].data["text/plain"] == "[picture]"
    assert shown[1].metadata["image/png"] == {"width": 560, "height": 117, "alt": "t (u): a 1."}
    assert [output.output_type for output in last] == ["display_data", "stream"]
    assert figures[0].data["text/plain"] == "[]"


# What is refused


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (torch.full((3, 2, 2), -0.5), r"values in \[0, 1\], got -0.5 to -0.5; normalised\? undo it first"),
        (torch.full((3, 2, 2), 255.0), r"got 255 to 255; bytes\? divide by 255"),
        (torch.full((3, 2, 2), 2, dtype=torch.uint8), "got 2 to 2; normalised"),
        (torch.full((3, 2, 2), float("nan")), "NaN or infinite"),
        (torch.rand(2, 2, 3), r"got \(2, 2, 3\); colours come first here: image.permute"),
        (torch.rand(1, 3, 2, 2), r"a batch: choose one with images\[0\]"),
        (torch.rand(2, 2), r"shape \(3, H, W\), got \(2, 2\)"),
    ],
)
def test_what_is_not_a_picture_is_refused(image, message):
    with pytest.raises(ValueError, match=message):
        plotting.overlay(image, torch.ones(2, 2))


def test_a_normalised_picture_can_never_wrap_around():
    """The popular mistake shows -1..1 as bytes: 0.25 and 0.75 would both be drawn as 127."""
    normalised = torch.linspace(-1, 1, 12).reshape(3, 2, 2)
    with pytest.raises(ValueError, match="undo it first"):
        check_image(normalised)


def test_rounding_below_zero_is_forgiven():
    assert check_image(torch.full((3, 1, 1), -1e-6)).min() == 0


@pytest.mark.parametrize(
    ("heat", "message"),
    [
        (
            torch.full((2, 2), float("nan")),
            "4 of the map's 4 values are NaN or infinite; a map divided by its maximum of 0",
        ),
        (torch.tensor([[-1.0, 2.0]]), "heat must be 0 or more, got values from -1 to 2"),
        (torch.ones(1, 2, 2), r"choose one of the batch: maps\[0\]"),
        (torch.ones(0, 2), r"shape \(h, w\), got \(0, 2\)"),
    ],
)
def test_what_is_not_a_map_of_heat_is_refused(heat, message):
    with pytest.raises(ValueError, match=message):
        check_heat(heat)


def test_signed_maps_are_fine_where_no_heat_is_meant():
    np.testing.assert_array_equal(check_map([[-1, 2]]), [[-1, 2]])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plotting.image_grid(torch.rand(0, 3, 2, 2)), "at least one"),
        (lambda: plotting.image_grid(torch.rand(3, 2, 2)), r"image\[None\]"),
        (lambda: plotting.image_grid(torch.rand(2, 3, 2, 2), ["a"]), "one title for each of the 2, got 1"),
        (lambda: plotting.image_grid(torch.rand(2, 3, 2, 2), "ab"), "the single text 'ab'"),
        (lambda: plotting.image_grid(torch.rand(2, 3, 2, 2), masks=torch.ones(1, 2, 2)), "one mask for each"),
        (
            lambda: plotting.overlay(torch.rand(3, 2, 2), torch.ones(2, 2), mask=torch.ones(3, 3)),
            r"map's shape \(2, 2\), got \(3, 3\)",
        ),
        (
            lambda: plotting.overlay(torch.rand(3, 2, 2), torch.ones(2, 2), mask=torch.zeros(2, 2)),
            "marks no pixel",
        ),
        (
            lambda: plotting.three_panel(torch.rand(3, 2, 2), torch.ones(2, 2), class_name="a", probability=3.2),
            "between 0 and 1, got 3.2; softmax the logits first",
        ),
        (lambda: plotting.feature_maps(torch.rand(1, 2, 4, 4)), r"choose one picture of the batch: outputs\[0\]"),
        (lambda: plotting.gallery(torch.rand(1, 3, 2, 2), {}), "at least one column"),
        (lambda: plotting.gallery(torch.rand(2, 3, 2, 2), {"a": torch.ones(1, 2, 2)}), "for each of the 2 pictures"),
        (lambda: plotting.mistakes(torch.rand(2, 3, 2, 2), [0], [0, 1], [1, 1], ["a", "b"]), "got 1, 2 and 2"),
        (lambda: plotting.learning_curves({}), "empty history"),
        (lambda: plotting.learning_curves({"loss": []}), "'loss' needs a list of at least one value"),
        (
            lambda: plotting.curves({"a": [1, 2]}, x=[1], title="t", x_label="x", y_label="y"),
            "'a' has 2 values for 1 places",
        ),
        (lambda: plotting.bars({"a": float("nan")}, title="t", unit="u"), "finite values"),
        (lambda: plotting.confusion_matrix([[1, 2]], ["a", "b"]), r"need a table \(C, C\)"),
        (lambda: plotting.confusion_matrix([[0.5, 0.5], [0, 1]], ["a", "b"]), "need counts"),
        (lambda: plotting.confusion_matrix([[1]], ["a", "b"]), "one class name for each of the 1, got 2"),
        (lambda: plotting.readable(["a"], []), "one English label for each of the 1 labels, got 0"),
    ],
)
def test_what_does_not_fit_together_is_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    picture = plotting.bars({"a": 1.0}, title="t", unit="u")
    with pytest.raises(ValueError, match=r"ends in one of .*got 'a.gif'"):
        plotting.save(picture, tmp_path / "a.gif")
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere to write a.png into; create it first"):
        plotting.save(picture, tmp_path / "nowhere" / "a.png")
    (tmp_path / "a.png").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder; add the picture's name"):
        plotting.save(picture, tmp_path / "a.png")


@pytest.mark.parametrize(
    ("shapes", "height"), [([(32, 64)], 1.0), ([(32, 64), (16, 64)], 1.0), ([(8, 64), (5, 5)], 2.0), ([(64, 32)], 2.0)]
)
def test_tiles_are_as_flat_as_their_highest_picture(shapes, height):
    assert tile_around([np.zeros(shape) for shape in shapes], 2.0) == (2.0, height)
