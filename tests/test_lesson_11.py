"""What lesson 11 says about Grad-CAM: stored in the notebooks, and computed again here."""

from __future__ import annotations

import pytest
import torch
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


@pytest.mark.parametrize("folder", [".", "solutions"])
@pytest.mark.parametrize(
    "line",
    [
        "divided by the peak, guarded: 0 of 64 are NaN\ndivided by the peak, no guard: 64 of 64 are NaN",
        "made by ReluBackward0 and overwritten 0 times\nmade by CopySlices and overwritten 2048 times",
        "largest difference: 0.0",
        "conv3, 131 maps: alike 0.48 on average, at least -0.16",
    ],
)
def test_page_prints_what_popular_code_does(folder, line):
    assert line in printed(f"{folder}/11_grad_cam")


def test_the_loop_in_place_spoils_the_walk_back_and_multiplies_twice():
    """E17b: the counter, the mark CopySlices, the error of a later backward; E17c: the mean is no mistake."""
    torch.manual_seed(0)
    kept, layer = [], torch.nn.Sequential(torch.nn.Conv2d(3, 1024, 4, stride=4), torch.nn.ReLU())
    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):
        total = layer(shapes10(1, seed=42).images).sum()
    factors = torch.rand(1024)
    once, twice = (factors[:, None, None] ** k * kept[0].detach() for k in (1, 2))
    expected = [once.sum(dim=1), twice.sum(dim=1)]
    for run in (1, 2):
        for channel in range(1024):
            kept[0][:, channel] *= factors[channel]
        assert (kept[0]._version, type(kept[0].grad_fn).__name__) == (2048 * run, "CopySlices")
        mean = kept[0].mean(dim=1).detach()
        torch.testing.assert_close(1024 * mean, expected[run - 1])
        torch.testing.assert_close(mean / mean.max(), expected[run - 1] / expected[run - 1].max())
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        total.backward()


@pytest.mark.filterwarnings("ignore:.*zero everywhere")
def test_maps_of_conv3_before_and_after_its_relu_can_contradict_each_other():
    """E18: one tutorial's network had 0.9996 (at least 0.9975); "small there, not in general"."""
    model, data = load_shipped("simplecnn_shapes10").model, shapes10(200, seed=42)
    relu, flatten = torch.nn.ReLU, torch.nn.Flatten()
    stages = [model.conv1, relu(), model.pool, model.conv2, relu(), model.pool, model.conv3, relu(), model.pool]
    unrolled = torch.nn.Sequential(*stages, flatten, model.fc1, relu(), model.fc2).eval()
    ready = (data.images - model.mean) / model.std
    before, after = (grad_cam(unrolled, ready, layer, data.labels).maps.flatten(1) for layer in ("6", "7"))
    both = (before.amax(dim=1) > 0) & (after.amax(dim=1) > 0)
    pairs = [torch.stack(pair) for pair in zip(before[both], after[both], strict=True)]
    alike = torch.stack([torch.corrcoef(pair)[0, 1] for pair in pairs])
    assert len(alike) == pytest.approx(131, abs=2)
    assert [float(alike.mean()), float(alike.min())] == pytest.approx([0.48, -0.16], abs=0.02)
