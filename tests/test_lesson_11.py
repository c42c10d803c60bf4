"""What lesson 11 says about Grad-CAM: stored in the notebooks, and computed again here."""

from __future__ import annotations

import pytest
from stored import printed

from course_utils.attribution import grad_cam
from course_utils.datasets import shapes10
from course_utils.shipped import load_shipped


@pytest.mark.parametrize("folder", [".", "solutions"])
@pytest.mark.parametrize(
    "line",
    [
        "conv2: 88% of the heat lies on the object, where there is any; 0 maps are empty",
        "conv3: 36% of the heat lies on the object, where there is any; 69 maps are empty",
        "heart: 97% of the heat lies on the object\ncircle: 62% of the heat lies on the object",
        "x10: probability 1, largest gradient 0.00e+00",
        "before ReLU: 94% of the heat on the object, where there is any; 0 of 200 maps empty",
        "after ReLU: 87% of the heat on the object, where there is any; 84 of 200 maps empty",
    ],
)
def test_page_prints(folder, line):
    assert line in printed(f"{folder}/11_grad_cam")


@pytest.mark.filterwarnings("ignore:.*zero everywhere")
def test_empty_maps_are_counted_apart_from_the_share_on_the_object():
    """Averaged in as 0 %, the 69 empty maps of conv3 would make 23 % of 36 %."""
    data = shapes10(200, seed=42)
    answer = grad_cam(load_shipped("simplecnn_shapes10").model, data.images, "conv3", data.labels)
    heat = answer.heatmaps
    inside = (heat * data.masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2)).clamp(min=1e-12)
    assert int(answer.is_zero.sum()) == 69
    assert inside[~answer.is_zero].mean() == pytest.approx(0.36, abs=0.005)
    assert inside.mean() == pytest.approx(0.23, abs=0.005)
