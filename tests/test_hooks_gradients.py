"""record_gradients: the gradient of whatever is backpropagated with respect to what a layer returned."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint
from torchvision.models import resnet18

from course_utils.hooks import count_hooks, record_gradients, record_outputs


class Twice(nn.Module):
    """Runs one layer twice: layer(layer(x))."""

    def __init__(self, weight=3.0):
        super().__init__()
        self.layer = nn.Linear(1, 1, bias=False)
        nn.init.constant_(self.layer.weight, weight)

    def forward(self, x):
        return self.layer(self.layer(x))


class Structured(nn.Module):
    def forward(self, x):
        return {"double": x * 2, "pair": (x * 3, x.detach().long()), "unused": x * 4}


@dataclass(frozen=True)
class Both:
    double: torch.Tensor
    triple: torch.Tensor


class ReturnsBoth(nn.Module):
    def forward(self, x):
        return Both(x * 2, x * 3)


class TwoRoutes(nn.Module):
    """Ten times its input, plus what a layer makes of that input."""

    def __init__(self, layer):
        super().__init__()
        self.first, self.layer = nn.Linear(1, 1), layer

    def forward(self, x):
        x = self.first(x)
        return self.layer(x) + x * 10


def true_gradient(model, images, layer, score):
    """The gradient by autograd.grad, with the layer's output caught by hand before anything can change it."""
    caught = []

    def pass_on_a_copy(module, args, output):
        caught.append(output)
        return output.clone()

    handle = layer.register_forward_hook(pass_on_a_copy)
    result = score(model(images))
    handle.remove()
    return torch.autograd.grad(result, caught[-1])[0]


# Values


def test_the_gradient_of_a_product():
    """y = 3 * (2 * x): dy/d(first output) = 3, dy/dy = 1."""
    model = nn.Sequential(nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False))
    nn.init.constant_(model[0].weight, 2.0)
    nn.init.constant_(model[1].weight, 3.0)
    with record_gradients(model, "0", "1") as gradients:
        model(torch.ones(1, 1)).sum().backward()
    assert {name: gradient.item() for name, gradient in gradients.items()} == {"0": 3.0, "1": 1.0}


def test_a_layer_that_runs_twice_shows_the_gradient_of_its_last_run():
    """layer(layer(x)): the last output has gradient 1, the first one 3."""
    model = Twice()
    with record_gradients(model, "layer") as gradients, record_outputs(model, "layer") as outputs:
        model(torch.ones(1, 1)).sum().backward()
    assert gradients["layer"].item() == 1.0
    assert outputs["layer"].item() == 9.0


def test_an_in_place_operation_behind_the_layer_is_looked_through():
    """y = (x * 1).mul_(10): the layer's own output has gradient 10, the changed one would have 1."""
    model = nn.Linear(1, 1, bias=False)
    with record_gradients(model, "") as gradients:
        model(torch.ones(1, 1)).mul_(10).sum().backward()
    assert gradients[""].item() == 10.0


# Laws


def test_gradients_equal_those_of_autograd_grad(tiny_cnn, tiny_images):
    score = lambda logits: logits[:, 2].sum()  # noqa: E731
    expected = true_gradient(tiny_cnn, tiny_images, tiny_cnn.conv1, score)
    with record_gradients(tiny_cnn, "conv1") as gradients:
        score(tiny_cnn(tiny_images)).backward()
    assert torch.equal(gradients["conv1"], expected)


@pytest.mark.parametrize("layer", ["conv1", "bn1", "relu", "layer4.0.bn2", "layer4.1.conv2", "layer4", "fc"])
def test_every_layer_of_a_resnet_works_in_spite_of_its_in_place_operations(layer):
    """Full backward hooks raise on bn1 and layer4.0.bn2: their outputs are changed in place."""
    torch.manual_seed(0)
    model, images = resnet18().eval(), torch.rand(2, 3, 32, 32)
    score = lambda logits: logits[:, 7].sum()  # noqa: E731
    expected = true_gradient(model, images, model.get_submodule(layer), score)
    with record_gradients(model, layer) as gradients:
        score(model(images)).backward()
    torch.testing.assert_close(gradients[layer], expected)
    assert count_hooks(model) == 0


def test_two_stages_of_one_in_place_chain_have_their_own_gradients():
    """y = 5 * relu(x), x = (-1, 2): behind the ReLU 5 and 5, before it 0 and 5."""
    model = nn.Sequential(nn.Identity(), nn.ReLU(inplace=True))
    start = torch.tensor([-1.0, 2.0], requires_grad=True)
    with record_gradients(model, "0", "1") as gradients:
        (5 * model(start * 1)).sum().backward()
    assert gradients["1"].tolist() == [5.0, 5.0]
    assert gradients["0"].tolist() == [0.0, 5.0]


def test_a_frozen_model_on_plain_images_gives_the_same_gradients(tiny_cnn, tiny_images):
    with record_gradients(tiny_cnn, "conv1", "fc") as expected:
        tiny_cnn(tiny_images)[:, 1].sum().backward()
    tiny_cnn.requires_grad_(False)
    with record_gradients(tiny_cnn, "conv1", "fc") as gradients:
        tiny_cnn(tiny_images)[:, 1].sum().backward()
    assert torch.equal(gradients["conv1"], expected["conv1"])
    assert torch.equal(gradients["fc"], expected["fc"])


def test_a_frozen_layer_may_be_followed_by_an_in_place_relu():
    model = nn.Sequential(nn.Identity(), nn.ReLU(inplace=True)).requires_grad_(False)
    with record_gradients(model, "0") as gradients:
        model(torch.tensor([-1.0, 2.0])).sum().backward()
    assert gradients["0"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointing_changes_no_gradient(reentrant, tiny_cnn, tiny_images):
    images = tiny_images.requires_grad_()
    with record_gradients(tiny_cnn, "conv1", "conv2") as expected:
        tiny_cnn(images)[:, 1].sum().backward()
    with record_gradients(tiny_cnn, "conv1", "conv2") as gradients:
        for _ in range(2):
            gradients.clear()
            checkpoint(tiny_cnn, images, use_reentrant=reentrant)[:, 1].sum().backward()
            assert torch.equal(gradients["conv1"], expected["conv1"])
            assert torch.equal(gradients["conv2"], expected["conv2"])
    assert count_hooks(tiny_cnn) == 0


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointing_a_layer_that_runs_twice_still_shows_its_last_run(reentrant):
    model, x = Twice(), torch.ones(1, 1, requires_grad=True)
    with record_gradients(model, "layer") as gradients:
        checkpoint(model, x, use_reentrant=reentrant).sum().backward()
    assert gradients["layer"].item() == 1.0


@pytest.mark.parametrize("reentrant", [True, False])
def test_two_checkpoints_of_one_layer_still_show_its_last_run(reentrant):
    model, x = Twice(), torch.ones(1, 1, requires_grad=True)
    with record_gradients(model, "layer") as gradients:
        first = checkpoint(model.layer, x, use_reentrant=reentrant)
        checkpoint(model.layer, first, use_reentrant=reentrant).sum().backward()
    assert gradients["layer"].item() == 1.0


def test_going_backward_again_shows_the_latest_gradient(tiny_cnn, tiny_images):
    with record_gradients(tiny_cnn, "fc") as gradients:
        logits = tiny_cnn(tiny_images)
        logits.sum().backward(retain_graph=True)
        (logits * 3).sum().backward()
    assert torch.equal(gradients["fc"], torch.full((4, 5), 3.0))


def test_a_validation_pass_in_between_does_not_lose_the_gradient(tiny_cnn, tiny_images):
    with record_gradients(tiny_cnn, "fc") as gradients:
        logits = tiny_cnn(tiny_images)
        with torch.no_grad():
            tiny_cnn(tiny_images[:1])
        logits.sum().backward()
    assert gradients["fc"].shape == (4, 5)


def test_structured_outputs_have_a_gradient_for_each_tensor_that_got_one():
    model, x = nn.Sequential(Structured()), torch.ones(2, requires_grad=True)
    with record_gradients(model, "0") as gradients:
        output = model(x)
        (output["double"].sum() * 5 + output["pair"][0].sum() * 7).backward()
    assert gradients["0"]["double"].tolist() == [5.0, 5.0]
    assert gradients["0"]["pair"][0].tolist() == [7.0, 7.0]
    assert gradients["0"]["pair"][1] is None
    assert gradients["0"]["unused"] is None


def test_a_dataclass_output_has_a_gradient_for_each_tensor():
    model, x = nn.Sequential(ReturnsBoth()), torch.ones(2, requires_grad=True)
    with record_gradients(model, "0") as gradients:
        output = model(x)
        (output.double.sum() * 5).backward()
    assert type(output) is type(gradients["0"]) is Both
    assert gradients["0"].double.tolist() == [5.0, 5.0]
    assert gradients["0"].triple is None
    assert x.grad.tolist() == [10.0, 10.0]


def test_a_dataclass_of_a_frozen_model_has_gradients_too():
    model = nn.Sequential(ReturnsBoth())
    with record_gradients(model, "0") as gradients:
        output = model(torch.ones(2))
        (output.double + output.triple).sum().backward()
    assert gradients["0"].double.tolist() == gradients["0"].triple.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("layer", [nn.Identity(), nn.Dropout(0.5).eval()])
def test_a_layer_that_hands_on_its_input_shares_the_gradient_of_all_its_uses(layer):
    """y = x + 10x: the tensor that both share has gradient 11; with frozen weights, only the layer's own 1."""
    model = TwoRoutes(layer)
    with record_gradients(model, "layer") as gradients:
        model(torch.ones(1, 1)).sum().backward()
        assert gradients["layer"].item() == 11.0
        model.requires_grad_(False)
        model(torch.ones(1, 1)).sum().backward()
    assert gradients["layer"].item() == 1.0


def test_a_view_that_nobody_changes_in_place_has_its_gradient():
    model = nn.Sequential(nn.Linear(2, 2), nn.Unflatten(1, (1, 2)), nn.ReLU())
    with record_gradients(model, "1") as gradients:
        model(torch.ones(1, 2)).sum().backward()
    assert gradients["1"].shape == (1, 1, 2)


def test_autograd_grad_is_recorded_like_backward(tiny_cnn, tiny_images):
    with record_gradients(tiny_cnn, "fc") as gradients:
        torch.autograd.grad(tiny_cnn(tiny_images).sum(), tiny_cnn.conv1.weight)
    assert torch.equal(gradients["fc"], torch.ones(4, 5))


def test_the_record_is_a_copy_that_in_place_hooks_cannot_rewrite():
    layer = nn.Linear(1, 1, bias=False)
    with record_gradients(layer, "") as gradients:
        output = layer(torch.ones(1, 1))
        output.register_hook(lambda gradient: gradient.mul_(100) and None)
        (F.relu(output) + output).sum().backward()
    assert gradients[""].item() in (1.0, 2.0)


# Damage


def test_parameters_get_the_gradients_that_they_get_without_us(tiny_cnn, tiny_images):
    expected = torch.autograd.grad(tiny_cnn(tiny_images).sum(), list(tiny_cnn.parameters()))
    with record_gradients(tiny_cnn):
        tiny_cnn(tiny_images).sum().backward()
    assert all(torch.equal(p.grad, g) for p, g in zip(tiny_cnn.parameters(), expected, strict=True))


def test_nothing_is_recorded_after_the_block(tiny_cnn, tiny_images):
    with record_gradients(tiny_cnn, "fc") as gradients:
        loss = tiny_cnn(tiny_images).sum()
    loss.backward()
    assert not gradients
    assert count_hooks(tiny_cnn) == 0


def test_a_layer_that_passes_the_callers_leaf_on_leaves_no_hook_on_it():
    leaf = torch.ones(2, requires_grad=True)
    with record_gradients(nn.Sequential(nn.Identity()), "0") as gradients:
        (leaf * 1).sum().backward()
        model = nn.Sequential(nn.Identity())
    with record_gradients(model, "0") as gradients:
        model(leaf).sum().backward()
    assert gradients["0"].tolist() == [1.0, 1.0]
    assert not leaf._backward_hooks


def test_many_passes_in_one_block_do_not_pile_up_hooks(tiny_cnn, tiny_images):
    with record_gradients(tiny_cnn, "fc"):
        outputs = [tiny_cnn(tiny_images) for _ in range(5)]
        assert [len(output._backward_hooks) for output in outputs] == [0, 0, 0, 0, 1]


def test_an_output_that_is_a_view_is_not_kept_in_memory():
    numbers = np.ones((1, 2), dtype=np.float32)
    gone = weakref.ref(numbers)
    model, start = nn.Sequential(nn.Flatten(0)), torch.from_numpy(numbers).requires_grad_()
    with record_gradients(model, "0"):
        model(start)
        del numbers, start
        assert gone() is None


# Errors


@pytest.mark.parametrize("layer", [nn.Flatten(), nn.Unflatten(1, (1, 2)), nn.MaxPool1d(2)])
@pytest.mark.parametrize("checkpointed", [False, True])
def test_a_view_that_is_changed_in_place_loses_its_gradient_and_the_gap_is_explained(layer, checkpointed):
    model, x = nn.Sequential(nn.Conv1d(1, 2, 3), layer, nn.ReLU(inplace=True)), torch.randn(1, 1, 6)
    with record_gradients(model, "0", "1") as gradients:
        logits = checkpoint(model, x, use_reentrant=False) if checkpointed else model(x)
        logits.sum().backward()
        del logits
    assert gradients["0"].shape == (1, 2, 4)
    with pytest.raises(LookupError, match=r"layer '1': it returned a view .* changed in place.* record a layer before"):
        gradients["1"]


def test_a_view_whose_base_is_changed_in_place_is_explained_too():
    class BehindItsBack(TwoRoutes):
        def forward(self, x):
            x = self.first(x) * 1
            view = self.layer(x)
            x.mul_(2)
            return view

    model = BehindItsBack(nn.Flatten(0))
    with record_gradients(model, "layer") as gradients:
        model(torch.ones(1, 1)).sum().backward()
    with pytest.raises(LookupError, match=r"it returned a view of another tensor"):
        gradients["layer"]


def test_a_later_run_that_changes_nothing_in_place_is_not_blamed_for_a_view():
    model = nn.Sequential(nn.Linear(2, 2), nn.Unflatten(1, (1, 2)))
    with record_gradients(model, "1") as gradients:
        model(torch.ones(1, 2)).relu_()
        model(torch.ones(1, 2))
    with pytest.raises(LookupError, match=r"no gradient has come back to it"):
        gradients["1"]


def test_a_view_under_torch_func_is_left_alone():
    model = nn.Sequential(nn.Flatten(0))
    with record_gradients(model, "0"):
        slope = torch.func.grad(lambda x: model(x * 2).sum())(torch.ones(1, 2))
    assert slope.tolist() == [[2.0, 2.0]]


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_without_gradients_the_gap_is_explained(mode, tiny_cnn, tiny_images):
    with record_gradients(tiny_cnn, "conv1") as gradients, mode():
        tiny_cnn(tiny_images)
    with pytest.raises(LookupError, match=r"no gradient has come back to it.*with gradients on"):
        gradients["conv1"]


def test_an_error_during_backward_leaves_nothing(tiny_cnn, tiny_images):
    def fail(gradient):
        raise ValueError("boom")

    tiny_cnn.fc.weight.register_hook(fail)
    with pytest.raises(ValueError, match="boom"), record_gradients(tiny_cnn, "conv1", "fc") as gradients:
        tiny_cnn(tiny_images).sum().backward()
    assert torch.equal(gradients["fc"], torch.ones(4, 5))
    assert count_hooks(tiny_cnn) == 1  # the test's own
