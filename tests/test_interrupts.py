"""Ctrl-C at the start of the Python functions that a method calls, where Python looks whether a signal came."""

from __future__ import annotations

import gc
import sys

import pytest
import torch

from course_utils import attribution, trust
from course_utils.hooks import count_hooks

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*maps are zero everywhere:UserWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # it may come in a destructor
]

MOMENTS = 300  # of each method at most, spread over its whole run


def conv2(model, images):
    return attribution.grad_cam(model, images, "conv2", 1)


METHODS = {
    "grad_cam": conv2,
    "grad_cam_all_classes": lambda model, images: attribution.grad_cam_all_classes(model, images, "conv2"),
    "score_cam": lambda model, images: attribution.score_cam(model, images, "conv2", 1),
    "saliency": lambda model, images: attribution.saliency(model, images, 1),
    "guided_backprop": lambda model, images: attribution.guided_backprop(model, images, 1),
    "smooth_grad": lambda model, images: attribution.smooth_grad(model, images, 1, samples=2),
    "occlusion": lambda model, images: attribution.occlusion(model, images, 1, patch=4),
    "maximise_activation": lambda model, images: attribution.maximise_activation(model, "conv2", 1, size=8, steps=2),
    "strongest_images": lambda model, images: attribution.strongest_images(model, images, "conv2", 1, 2),
    "deletion_insertion": lambda model, images: trust.deletion_insertion(model, images, conv2, steps=2, batch_size=2),
    "randomised": lambda model, images: trust.randomised(model, ("conv2", "fc")),
    "randomise_layers": lambda model, images: trust.randomise_layers(model, images, conv2, [("fc",)]),
}


class CtrlC:
    """Raises KeyboardInterrupt at the start of the n-th Python function that is called; counts them."""

    def __init__(self, moment: int | None = None) -> None:
        self.moment, self.calls = moment, 0

    def __call__(self, frame, event, arg) -> None:
        if event == "call":
            self.calls += 1
            if self.calls == self.moment:
                sys.setprofile(None)
                raise KeyboardInterrupt


def state(model):
    return (
        [layer.training for layer in model.modules()],
        {name: value.clone() for name, value in model.state_dict().items()},
        [parameter.grad for parameter in model.parameters()],
        [parameter.requires_grad for parameter in model.parameters()],
        count_hooks(model),
        torch.get_rng_state(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.is_autocast_enabled("cpu"),
    )


def interrupted(method, model, images, moment=None):
    """Run a method until this moment; return how many functions had been called."""
    ctrl_c = CtrlC(moment)
    sys.setprofile(ctrl_c)
    try:
        method(model, images)
    except KeyboardInterrupt:
        pass
    finally:
        sys.setprofile(None)
    return ctrl_c.calls


@pytest.mark.skipif(sys.getprofile() is not None, reason="a profiler is running")
@pytest.mark.parametrize("caller", [torch.enable_grad, torch.inference_mode], ids=["usual", "inference mode"])
@pytest.mark.parametrize("name", METHODS)
def test_nothing_is_left_after_ctrl_c_at_the_start_of_any_function(tiny_cnn, tiny_images, name, caller):
    tiny_cnn.train()
    tiny_cnn.conv2.eval()
    with caller():
        calls = interrupted(METHODS[name], tiny_cnn, tiny_images)  # the first time more is imported
        calls = interrupted(METHODS[name], tiny_cnn, tiny_images)
        before = state(tiny_cnn)
        for moment in range(1, calls, max(1, calls // MOMENTS)):
            assert interrupted(METHODS[name], tiny_cnn, tiny_images, moment) == moment
            gc.collect(0)  # what the stopped frames held, some of it would act only now
            torch.testing.assert_close(state(tiny_cnn), before, rtol=0, atol=0)


def test_the_test_would_notice(tiny_cnn, tiny_images):
    """A block that switches by Python code leaves the mode switched at some moment."""

    def careless(model, images):
        model.eval()
        try:
            model(images)
        finally:
            model.train()

    tiny_cnn.train()
    calls, left = interrupted(careless, tiny_cnn, tiny_images), 0
    for moment in range(1, calls + 1):
        interrupted(careless, tiny_cnn, tiny_images, moment)
        left += not all(layer.training for layer in tiny_cnn.modules())
        tiny_cnn.train()
    assert left
