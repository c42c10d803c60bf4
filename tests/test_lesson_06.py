"""What lesson 06 says about forward hooks: stored in the notebooks, and computed again here."""

from __future__ import annotations

import weakref

import pytest
import torch
from stored import printed
from torch import nn
from torchvision.models import vgg11

from course_utils.datasets import shapes10
from course_utils.hooks import count_hooks, mask_channels, record_outputs
from course_utils.models import SimpleModel
from course_utils.shipped import load_shipped


@pytest.fixture
def model():
    return SimpleModel()


@pytest.fixture
def images():
    return torch.rand(1, 1, 4, 4, generator=torch.Generator().manual_seed(0))


# --- what the page says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [".", "solutions"])
@pytest.mark.parametrize(
    "line",
    [
        "parameters: 350 | logits: (1, 10)",
        "Conv2d | input: [1, 1, 4, 4] | output: [1, 2, 4, 4]",
        "model output: [1, 10]",
        "entries: 3",
        "positional arguments: 1\npositional arguments: 0\nkwargs: ['input']",
        "* * * <- run 3 | hooks on the model: 3\nswept out: 0",
        "TypeError: 'RemovableHandle' object is not callable",
        "TypeError: <lambda>() takes 2 positional arguments but 3 were given",
        "SimpleModel has no layer 'conv9'; did you mean one of ['conv']?",
        "model.forward(images):       1",
        "model(images) under no_grad: 2",
        "with the hook:    [[10.0, 10.0]]\nwithout the hook: [[1.0, 1.0]]",
        "register_forward_hook_with_kwargs: False",
        "stored as it is: 5 of 5 graphs alive\nstored detached: 0 of 5 graphs alive",
        "{'shared': 0.0, 'copied': -1.84}",
        "edited in place: [[10.0, 10.0]]",
        "gradient of conv's weights with the lambda: None | without: [2, 1, 3, 3]",
        "{'0': 4.0, '1': 4.0}",
        "with all channels: 12.7 logits",
        "without no channel: 40 of 40 stars, 99.5% of all shapes",
        "without the 10 least needed: 40 of 40 stars",
    ],
)
def test_page_prints(folder, line):
    assert line in printed(f"{folder}/06_forward_hooks")


# --- the facts, computed again -----------------------------------------------------------------------------------


def test_list_grows_by_one_with_each_call_and_not_after_remove(model, images):
    stored = []
    handle = model.conv.register_forward_hook(lambda module, args, output: stored.append(output.detach().clone()))
    lengths = [(model(images), len(stored))[1] for _ in range(3)]
    handle.remove()
    model(images)
    assert lengths == [1, 2, 3]
    assert len(stored) == 3


def test_args_are_the_positional_arguments_and_nothing_else(model, images):
    """E3: no tuple (image, label)."""
    seen = []
    with model.conv.register_forward_hook(lambda module, args, output: seen.append(args)):
        model.conv(images)
        model.conv(input=images)
    assert [len(args) for args in seen] == [1, 0]


def test_module_hooks_run_in_call_and_not_in_forward(model, images):
    """E2: under no_grad and inference_mode, where there is no graph, they run too."""
    fired = []
    with model.register_forward_hook(lambda *_: fired.append(1)):
        model.forward(images)
        assert not fired
        with torch.no_grad():
            model(images)
        with torch.inference_mode():
            model(images)
    assert len(fired) == 2


def test_returned_value_replaces_the_output():
    """E1."""
    layer = nn.Linear(2, 2, bias=False)
    nn.init.eye_(layer.weight)
    with layer.register_forward_hook(lambda module, args, output: output * 10):
        assert layer(torch.ones(1, 2)).tolist() == [[10.0, 10.0]]
    assert not hasattr(nn.Module, "register_forward_hook_with_kwargs")


def test_a_name_used_for_function_and_handle_fails_at_the_second_call(model, images):
    """E13."""

    def store(module, args, output):
        return None

    store = model.conv.register_forward_hook(store)
    model(images)
    store = model.conv.register_forward_hook(store)
    with pytest.raises(TypeError, match="'RemovableHandle' object is not callable"):
        model(images)


@pytest.mark.parametrize(("keep", "alive"), [(lambda output: output, 5), (lambda output: output.detach(), 0)])
def test_an_undetached_record_keeps_its_graph_alive(keep, alive, model, images):
    """E16."""
    kept, witnesses = [], []

    def store(module, args, output):
        output.grad_fn.metadata["witness"] = witness = set()
        witnesses.append(weakref.ref(witness))
        kept.append(keep(output))

    with model.fc.register_forward_hook(store):
        for _ in range(5):
            model(images)
    assert sum(witness() is not None for witness in witnesses) == alive


def test_detach_alone_shows_what_the_in_place_relu_wrote():
    """E16, on torchvision's VGG11: features.3 is followed by an in-place ReLU."""
    torch.manual_seed(0)
    features, seen = vgg11().eval().features[:5], {}

    def store(module, args, output):
        seen.update(shared=output.detach(), copied=output.detach().clone())

    with features[3].register_forward_hook(store), torch.no_grad():
        features(torch.randn(1, 3, 32, 32))
    assert seen["shared"].min() == 0
    assert seen["copied"].min() < -0.01


def test_setdefault_returns_and_cuts_the_graph(model, images):
    seen = {}
    with model.conv.register_forward_hook(lambda module, args, output: seen.setdefault("conv", output.detach())):
        gradient = torch.autograd.grad(model(images).sum(), model.conv.weight, allow_unused=True)[0]
    assert gradient is None


# --- the trained network -----------------------------------------------------------------------------------------


def test_bright_channels_are_those_that_a_star_needs():
    """The page names 12, 14, 18, 25 and 31, the last only tenth in need, and says that 12 alone is worth a third."""
    shipped, data = load_shipped("simplecnn_shapes10"), shapes10(400, seed=600)
    star = shipped.class_names.index("star")
    stars = data.images[data.labels == star]
    drops = []
    with torch.no_grad():
        plain = shipped.model(stars)[:, star].mean().item()
        for channel in range(32):
            with mask_channels(shipped.model, "conv1", channel):
                drops.append(plain - shipped.model(stars)[:, star].mean().item())
        with record_outputs(shipped.model, "conv1") as outputs:
            shipped.model(stars[:1])
    ranked = sorted(range(32), key=drops.__getitem__, reverse=True)
    on_the_star = outputs["conv1"][0][:, data.masks[data.labels == star][0]].mean(dim=1)
    assert ranked[:4] == [12, 14, 18, 25]
    assert set(on_the_star.topk(5).indices.tolist()) == {12, 14, 18, 25, 31}
    assert set(on_the_star.topk(3, largest=False).indices.tolist()) == {1, 4, 5}
    assert ranked.index(31) == 9
    assert drops[12] / plain == pytest.approx(1 / 3, abs=0.03)
    assert min(drops) < 0
    assert count_hooks(shipped.model) == 0


def test_the_square_of_the_surgery_changes_at_three_channels_and_back_at_four():
    """In conv1 three channels from 12 on are enough, with four it says square again; in conv3 it takes 111."""
    shipped, data = load_shipped("simplecnn_shapes10"), shapes10(400, seed=600)[:12]

    def answer_without(layer, count):
        with torch.no_grad(), mask_channels(shipped.model, layer, range(12, 12 + count)):
            return shipped.class_names[shipped.model(data.images[9:10]).argmax()]

    assert [answer_without("conv1", count) for count in (2, 3, 4)] == ["square", "star", "square"]
    assert [count for count in range(1, 112) if answer_without("conv3", count) != "square"] == [111]
