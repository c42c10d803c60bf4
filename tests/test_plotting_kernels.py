"""Pictures of kernels: what is drawn where, one scale with zero in the middle, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.plotting import kernels, save
from course_utils.plotting.kernels import montage


def drawn(picture):
    """Return the arrays of the pictures on the axes, without those of the colour bars."""
    return [np.ma.filled(image.get_array(), np.nan) for axes in picture.figure.axes for image in axes.images]


def numbered(*shape):
    return torch.arange(float(np.prod(shape))).reshape(shape)


# Values worked by hand


def test_montage_has_a_column_for_each_kernel_and_a_row_for_each_input_channel():
    """Two kernels of 1x2 over two channels: kernel 0 holds 0 1 and 2 3, kernel 1 holds 4 5 and 6 7."""
    gap = np.nan
    wanted = np.array([[0, 1, gap, 4, 5], [gap] * 5, [2, 3, gap, 6, 7]])
    np.testing.assert_array_equal(montage(numbered(2, 2, 1, 2).numpy()), wanted)


def test_colour_kernels_are_grey_at_zero_and_full_at_the_largest_weight():
    """Largest absolute weight 2: 0 becomes 0.5, 2 becomes 1, -1 becomes 0.25; in every kernel."""
    weight = torch.zeros(2, 3, 1, 1)
    weight[0, 0], weight[1, 2] = 2.0, -1.0
    first, second = drawn(kernels(weight))
    np.testing.assert_allclose(first[0, 0], [1.0, 0.5, 0.5])
    np.testing.assert_allclose(second[0, 0], [0.5, 0.5, 0.25])


def test_caption_says_shape_range_and_the_largest_kernel():
    """Kernel 0 holds 3 and 4, together 5; kernel 1 holds nothing."""
    weight = torch.zeros(2, 2, 1, 2)
    weight[0, 0, 0] = torch.tensor([3.0, -4.0])
    assert kernels(weight, title="conv2").caption == (
        "conv2: 2 kernels of 1x2 over 2 input channels. "
        "A column for each kernel, a row for each input channel; white is 0, blue below, red above. "
        "Weights -4 to 3; kernel 0 has the largest (5 together), kernel 1 the smallest (0)."
    )


# Laws


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_scale_is_the_same_for_all_kernels_and_symmetric(channels):
    weight = numbered(4, channels, 3, 3) - 10
    limits = {image.get_clim() for axes in kernels(weight).figure.axes for image in axes.images}
    assert limits == {(-float(weight.abs().max()), float(weight.abs().max()))}


def test_kernels_of_one_channel_stand_in_one_tile_each():
    first, second = drawn(kernels(numbered(2, 1, 3, 3)))
    np.testing.assert_array_equal(first, numbered(2, 1, 3, 3)[0, 0])
    np.testing.assert_array_equal(second, numbered(2, 1, 3, 3)[1, 0])


def test_128_kernels_of_64_channels_are_one_figure_with_one_picture():
    (pixels,) = drawn(kernels(nn.Conv2d(64, 128, 3).weight))
    assert pixels.shape == (64 * 4 - 1, 128 * 4 - 1)


def test_columns_are_numbered_at_the_middle_of_their_kernels():
    axes = kernels(numbered(16, 4, 3, 3)).figure.axes[0]
    assert axes.get_xticks()[:2].tolist() == [1, 9]
    assert [label.get_text() for label in axes.get_xticklabels()][:2] == ["0", "2"]


@settings(max_examples=15, deadline=None)
@given(shape=st.tuples(st.integers(1, 20), st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)))
def test_every_shape_is_drawn(shape):
    picture = kernels(numbered(*shape) - 7)
    assert picture.caption.startswith(f"Kernels: {shape[0]} kernel")
    assert drawn(picture)


def test_weights_of_zero_are_drawn_as_zero():
    (pixels,) = drawn(kernels(torch.zeros(1, 3, 3, 3)))
    assert (pixels == 0.5).all()


# Damage


def test_weights_with_a_graph_stay_as_they_were(tmp_path):
    weight = nn.Conv2d(3, 4, 3).weight
    kept = weight.detach().clone()
    save(kernels(weight), tmp_path / "kernels.png")
    assert torch.equal(weight, kept)
    assert weight.grad is None


# Errors


@pytest.mark.parametrize("weight", [torch.zeros(3, 3, 3), torch.zeros(10, 512), torch.zeros(0, 3, 3, 3)])
def test_what_is_no_convolution_is_refused(weight):
    with pytest.raises(ValueError, match=r"shape \(K, C, kh, kw\), got"):
        kernels(weight)


def test_nan_is_refused():
    weight = torch.zeros(1, 3, 3, 3)
    weight[0, 0, 1, 1] = torch.nan
    with pytest.raises(ValueError, match="1 of 27 weights are NaN"):
        kernels(weight)


def test_too_many_to_see_are_refused_with_a_way_out():
    with pytest.raises(ValueError, match=r"at most 256 .* got 512 and 512; .* weight\[:64, :64\]"):
        kernels(torch.zeros(512, 512, 3, 3))
