"""The hooks room: finding layers, recording outputs, counting what is left."""

from __future__ import annotations

import copy
import io
import warnings
from collections import OrderedDict, UserDict, namedtuple
from dataclasses import dataclass, field
from functools import partial

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from torchvision.models import resnet18, vgg11

from course_utils.hooks import (
    count_hooks,
    find_layer,
    hooked,
    mask_channels,
    record_gradients,
    record_outputs,
    replace_output,
    trace_everything,
    trace_hooks,
)
from course_utils.models import SimpleModel

Pair = namedtuple("Pair", "left right")


@dataclass
class Detections:
    boxes: object
    names: tuple = ("cat",)
    count: int = field(init=False, default=1)


@dataclass(frozen=True)
class Frozen:
    value: object
    inside: object = None


@dataclass(frozen=True, slots=True)
class Slotted:
    value: object


class Returning(nn.Module):
    """Returns what a function makes of its input."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class TwoNames(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 2)
        self.second = self.first

    def forward(self, x):
        return self.second(self.first(x))


def doors(model, *layers):
    """Every way to put hooks on a model, by name."""
    return {
        "hooked": lambda: hooked(find_layer(model, layers[0]), lambda *_: None),
        "record_outputs": lambda: record_outputs(model, *layers),
        "record_gradients": lambda: record_gradients(model, *layers),
        "replace_output": lambda: replace_output(model, layers[0], lambda output: output * 2),
        "mask_channels": lambda: mask_channels(model, layers[0], [0]),
        "trace_hooks": lambda: trace_hooks(model, *layers),
        "trace_everything": lambda: trace_everything(model, *layers),
    }


DOORS = tuple(doors(nn.Identity(), ""))


# Values


def test_recorded_outputs_are_what_the_layers_return():
    """Weights 2 and 3 without bias: 1 becomes 2, then 6."""
    model = nn.Sequential(nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False))
    nn.init.constant_(model[0].weight, 2.0)
    nn.init.constant_(model[1].weight, 3.0)
    with record_outputs(model, "0", "1") as outputs:
        model(torch.ones(1, 1))
    assert {name: output.item() for name, output in outputs.items()} == {"0": 2.0, "1": 6.0}


def test_simple_model_records_the_shapes_of_tutorial_000():
    model = SimpleModel()
    with record_outputs(model, "conv", "fc") as outputs:
        model(torch.zeros(1, 1, 4, 4))
    assert sum(parameter.numel() for parameter in model.parameters()) == 350
    assert outputs["conv"].shape == (1, 2, 4, 4)
    assert outputs["fc"].shape == (1, 10)


def test_find_layer_follows_dotted_names_and_passes_modules_through(tiny_cnn):
    model = nn.Sequential(tiny_cnn)
    assert find_layer(model, "0.conv1") is tiny_cnn.conv1
    assert find_layer(model, tiny_cnn.conv1) is tiny_cnn.conv1
    assert find_layer(model, "") is model


def test_without_names_every_layer_is_recorded(tiny_cnn, tiny_images):
    with record_outputs(tiny_cnn) as outputs:
        tiny_cnn(tiny_images)
    assert sorted(outputs) == ["conv1", "conv2", "fc", "relu"]


def test_a_layer_given_as_module_is_recorded_under_its_name(tiny_cnn, tiny_images):
    with record_outputs(tiny_cnn, tiny_cnn.conv2) as outputs:
        tiny_cnn(tiny_images)
    assert list(outputs) == ["conv2"]


def test_count_hooks_counts_every_kind_once():
    model = nn.Sequential(nn.Linear(2, 2))
    nothing = lambda *args: None  # noqa: E731 - one hook for all
    handles = [
        model[0].register_forward_pre_hook(nothing, with_kwargs=True),
        model[0].register_forward_hook(nothing, with_kwargs=True, always_call=True),
        model[0].register_full_backward_pre_hook(nothing),
        model[0].register_full_backward_hook(nothing),
        model.register_state_dict_pre_hook(nothing),
        model.register_state_dict_post_hook(nothing),
        model.register_load_state_dict_pre_hook(nothing),
        model.register_load_state_dict_post_hook(nothing),
        model[0].weight.register_hook(nothing),
        model[0].bias.register_post_accumulate_grad_hook(nothing),
    ]
    assert count_hooks(model) == len(handles) == 10
    for handle in handles:
        handle.remove()
    assert count_hooks(model) == 0


# Laws


def test_the_latest_output_counts_when_a_layer_runs_twice():
    model = nn.Sequential(nn.Identity())
    with record_outputs(model, "0") as outputs:
        model(torch.ones(1))
        model(torch.full((1,), 2.0))
    assert outputs["0"].item() == 2.0


def test_a_shared_layer_called_twice_in_one_pass_keeps_the_second_output():
    shared = nn.Linear(1, 1, bias=False)
    nn.init.constant_(shared.weight, 3.0)
    model = nn.Sequential(shared, shared)
    with record_outputs(model, "0", "1") as outputs:
        model(torch.ones(1, 1))
    assert outputs["0"].item() == outputs["1"].item() == 9.0


def test_a_layer_with_two_names_is_found_and_recorded_under_both():
    model = TwoNames()
    assert find_layer(model, "first") is find_layer(model, "second")
    with record_outputs(model, "second", "first") as outputs:
        model(torch.ones(1, 2))
    assert torch.equal(outputs["first"], outputs["second"])
    assert count_hooks(model) == 0


def test_an_in_place_relu_behind_the_layer_does_not_rewrite_the_record():
    """Plain detach() shares memory: there the smallest value of VGG11's second convolution reads 0."""
    torch.manual_seed(0)
    model, images = vgg11().eval(), torch.randn(1, 3, 32, 32)
    shared = []
    with record_outputs(model, "features.3") as outputs, torch.no_grad():
        handle = model.features[3].register_forward_hook(lambda module, args, output: shared.append(output.detach()))
        model(images)
        handle.remove()
    assert shared[0].min() == 0.0
    assert outputs["features.3"].min() < -0.01


def test_each_stage_of_an_in_place_chain_has_its_own_values():
    model = nn.Sequential(nn.Identity(), nn.ReLU(inplace=True), nn.Sequential(nn.Identity()))
    with record_outputs(model) as outputs:
        model(torch.tensor([-1.0, 2.0]))
    assert outputs["0"].tolist() == [-1.0, 2.0]
    assert outputs["1"].tolist() == outputs["2"].tolist() == outputs["2.0"].tolist() == [0.0, 2.0]


def test_layers_that_pass_on_the_very_same_tensor_share_one_copy():
    model = nn.Sequential(nn.Sequential(nn.Linear(2, 2)))
    with record_outputs(model) as outputs:
        model(torch.ones(1, 2))
    assert outputs["0"] is outputs["0.0"]


def test_all_layers_of_a_resnet_agree_with_a_hook_that_clones():
    torch.manual_seed(0)
    model, images, expected = resnet18().eval(), torch.rand(1, 3, 64, 64), {}
    handles = [
        layer.register_forward_hook(
            lambda module, args, output, name=name: expected.update({name: output.detach().clone()})
        )
        for name, layer in model.named_modules()
        if name
    ]
    with record_outputs(model) as outputs:
        model(images)
    for handle in handles:
        handle.remove()
    assert outputs.keys() == expected.keys()
    assert all(torch.equal(outputs[name], expected[name]) for name in expected)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (x, x + 1),
        lambda x: [x, 3, None],
        lambda x: {"a": x, "b": {"c": x * 2, "text": "kept"}},
        lambda x: Pair(x, (x * 3,)),
        lambda x: OrderedDict(a=x),
        lambda x: UserDict({"a": x, "b": [x * 2]}),
        lambda x: Detections([x, x * 2]),
        lambda x: Frozen(x, {"deeper": Frozen(x * 2)}),
        lambda x: Slotted(x),
    ],
    ids=["tuple", "list", "dict", "namedtuple", "ordered", "UserDict", "dataclass", "frozen", "slots"],
)
def test_structured_outputs_keep_their_structure(function):
    model, x = nn.Sequential(Returning(function)), torch.ones(2)
    with record_outputs(model, "0") as outputs:
        returned = model(x)
    expected = copy.deepcopy(returned)
    x.zero_()  # some outputs are x itself
    assert type(outputs["0"]) is type(returned)
    assert repr(outputs["0"]) == repr(expected)


def test_a_recorded_dataclass_holds_no_graph_and_the_models_own_one_is_not_touched():
    model, x = nn.Sequential(Returning(lambda x: Frozen(x * 2, Slotted(x * 3)))), torch.ones(2, requires_grad=True)
    with record_outputs(model, "0") as outputs:
        returned = model(x)
    assert not outputs["0"].value.requires_grad
    assert not outputs["0"].inside.value.requires_grad
    assert returned.value.requires_grad
    assert returned.inside.value.requires_grad


def test_a_container_in_which_we_change_nothing_is_passed_on_as_the_very_same_object():
    states = Detections(boxes=None), ["cat"], {"count": [1]}, Frozen(torch.ones(1, requires_grad=True))
    for state in states:
        model = nn.Sequential(Returning(lambda x, state=state: state))
        with record_gradients(model, "0"):
            assert model(torch.ones(1)) is state


def test_recording_changes_no_output_and_holds_no_graph(tiny_cnn, tiny_images):
    expected = tiny_cnn(tiny_images)
    with record_outputs(tiny_cnn) as outputs:
        logits = tiny_cnn(tiny_images)
    assert torch.equal(logits, expected)
    assert logits.requires_grad
    assert not any(output.requires_grad for output in outputs.values())


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_outputs_are_recorded_without_gradients_as_ordinary_tensors(mode, tiny_cnn, tiny_images):
    with record_outputs(tiny_cnn, "conv1") as outputs, mode():
        tiny_cnn(tiny_images)
    assert not outputs["conv1"].is_inference()
    assert (outputs["conv1"] * torch.ones(1, requires_grad=True)).requires_grad  # refused for inference tensors


@pytest.mark.parametrize("reentrant", [True, False])
def test_a_checkpointed_layer_is_recorded_and_recomputed_to_the_same_values(reentrant, tiny_cnn, tiny_images):
    images = tiny_images.requires_grad_()
    with record_outputs(tiny_cnn, "conv1") as outputs:
        logits = checkpoint(tiny_cnn, images, use_reentrant=reentrant)
        first = outputs["conv1"]
        logits.sum().backward()
    assert outputs["conv1"] is not first
    assert torch.equal(outputs["conv1"], first)


# Damage


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_no_hook_survives_an_error_in_the_block(door, error, tiny_cnn):
    counted = []

    def fail():
        counted.append(count_hooks(tiny_cnn))
        raise error("boom")

    with pytest.raises(error, match="boom"), doors(tiny_cnn, "conv1", "fc")[door]():
        fail()
    assert counted[0] > 0
    assert count_hooks(tiny_cnn) == 0


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_inside_a_hook_passes_through_unchanged(error, tiny_cnn, tiny_images):
    def fail(module, args, output):
        raise error("from the hook")

    with pytest.raises(error, match="from the hook"), record_outputs(tiny_cnn), hooked(tiny_cnn.relu, fail):
        tiny_cnn(tiny_images)
    assert count_hooks(tiny_cnn) == 0
    assert tiny_cnn(tiny_images).shape == (4, 5)


@pytest.mark.parametrize("door", [name for name in DOORS if name not in ("hooked", "replace_output", "mask_channels")])
def test_no_hook_survives_a_wrong_second_name(door, tiny_cnn):
    with pytest.raises(LookupError, match="conv9"):
        doors(tiny_cnn, "conv1", "conv9")[door]()
    assert count_hooks(tiny_cnn) == 0


def test_a_door_that_is_never_opened_registers_nothing(tiny_cnn):
    for make in doors(tiny_cnn, "conv1").values():
        make()
    assert count_hooks(tiny_cnn) == 0


def test_the_callers_own_hooks_stay(tiny_cnn, tiny_images):
    handle = tiny_cnn.conv1.register_forward_hook(lambda *_: None)
    for make in doors(tiny_cnn, "conv1").values():
        with make():
            tiny_cnn(tiny_images)
    assert count_hooks(tiny_cnn) == 1
    handle.remove()


def test_a_hook_that_the_block_took_away_itself_is_no_error(tiny_cnn):
    with record_outputs(tiny_cnn):
        for module in tiny_cnn.modules():
            module._forward_hooks.clear()
    assert count_hooks(tiny_cnn) == 0


@pytest.mark.parametrize("door", DOORS)
def test_a_block_cannot_be_opened_twice(door, tiny_cnn):
    """The first block has used the removals up: a second one would leave its hooks behind."""
    block = doors(tiny_cnn, "conv1")[door]()
    with block:
        pass
    with pytest.raises(RuntimeError, match="for a second block call the function again"), block:
        pass
    assert count_hooks(tiny_cnn) == 0


def test_nested_blocks_come_off_one_by_one(tiny_cnn, tiny_images):
    with record_outputs(tiny_cnn, "conv1") as outer:
        with record_outputs(tiny_cnn, "conv1") as inner:
            tiny_cnn(tiny_images)
        assert count_hooks(tiny_cnn) == 1
        inner.clear()
        tiny_cnn(tiny_images)
    assert list(outer) == ["conv1"]
    assert not inner


@pytest.mark.parametrize("door", DOORS)
def test_a_copy_made_inside_the_block_works_alone_and_writes_nothing_here(door, tiny_cnn, tiny_images):
    expected = tiny_cnn(tiny_images)
    with doors(tiny_cnn, "conv1")[door]() as record, torch.no_grad():
        twin = copy.deepcopy(tiny_cnn)
        assert torch.equal(twin(tiny_images), expected)
        assert not record
    assert count_hooks(tiny_cnn) == 0


def test_a_model_can_be_saved_whole_inside_the_block(tiny_cnn):
    with record_outputs(tiny_cnn):
        torch.save(tiny_cnn, io.BytesIO())


def test_a_tensor_that_was_recorded_keeps_no_hook(tiny_cnn, tiny_images):
    with record_gradients(tiny_cnn, "fc"):
        logits = tiny_cnn(tiny_images)
    assert not logits._backward_hooks


# Errors


def test_an_unknown_name_offers_near_ones(tiny_cnn):
    with pytest.raises(LookupError, match=r"TinyCNN has no layer 'conv9'; did you mean one of \['conv2', 'conv1'\]\?"):
        find_layer(tiny_cnn, "conv9")


def test_a_hopeless_name_lists_the_layers(tiny_cnn):
    with pytest.raises(LookupError, match=r"\['conv1', 'relu', 'conv2', 'fc'\]"):
        find_layer(tiny_cnn, "quux")


def test_a_model_without_layers_inside_says_so():
    with pytest.raises(LookupError, match="ReLU has no layer 'a': it has no layers inside; '' is the model itself"):
        find_layer(nn.ReLU(), "a")


@pytest.mark.parametrize("model", [None, "conv1", torch.ones(1), [nn.ReLU()], nn.ReLU], ids=str)
@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_model_is_refused_at_every_door(door, model):
    with pytest.raises(TypeError, match=rf"a model is a torch.nn.Module, got {type(model).__name__}; give the network"):
        doors(model, "conv1")[door]()


@pytest.mark.parametrize("model", [None, "conv1", torch.ones(1), [nn.ReLU()], nn.ReLU], ids=str)
def test_only_a_model_has_layers_and_hooks_to_count(model):
    for ask in (count_hooks, partial(find_layer, layer=nn.ReLU()), record_outputs, record_gradients, trace_hooks):
        with pytest.raises(TypeError, match=r"a model is a torch.nn.Module, got"):
            ask(model)


def test_a_module_of_another_model_is_refused(tiny_cnn):
    with pytest.raises(LookupError, match="this Conv2d is not a layer of this TinyCNN; take it from the same model"):
        find_layer(tiny_cnn, nn.Conv2d(1, 1, 1))


@pytest.mark.parametrize("layer", [3, None, nn.Conv2d])
def test_something_else_than_a_name_or_module_is_refused(layer, tiny_cnn):
    with pytest.raises(TypeError, match="a layer is a dotted name or a module of the model, got"):
        find_layer(tiny_cnn, layer)


def test_hooked_wants_a_layer_and_a_function(tiny_cnn):
    with pytest.raises(TypeError, match="a hook needs the layer itself, got 'conv1'; find_layer"):
        hooked("conv1", print)
    with pytest.raises(TypeError, match=r"a hook is a function of .* got NoneType None"):
        hooked(tiny_cnn.conv1, None)


def test_an_output_that_never_came_says_why(tiny_cnn):
    with record_outputs(tiny_cnn, "conv1") as outputs:
        pass
    with pytest.raises(LookupError, match="nothing was recorded for layer 'conv1': it did not run inside this block"):
        outputs["conv1"]
    with pytest.raises(LookupError, match=r"'conv2' is not one of the layers recorded here: \['conv1'\]"):
        outputs["conv2"]


@pytest.mark.parametrize("door", [name for name in DOORS if name != "hooked"])
def test_a_compiled_model_is_refused_because_late_hooks_are_ignored(door, tiny_cnn):
    compiled = torch.compile(tiny_cnn, backend="eager")
    with pytest.raises(RuntimeError, match=r"hooks that come after .* are silently ignored"):
        doors(compiled, "_orig_mod.conv1")[door]()
    tiny_cnn.compile(backend="eager")
    with pytest.raises(RuntimeError, match=r"copy.deepcopy\(model\) after model.compile\(\)"):
        doors(tiny_cnn, "conv1")[door]()


def test_the_network_under_a_compiled_one_and_a_copy_of_it_can_be_recorded(tiny_cnn, tiny_images):
    compiled = torch.compile(tiny_cnn, backend="eager")
    expected = compiled(tiny_images)
    with record_outputs(compiled._orig_mod, "fc") as outputs:
        compiled._orig_mod(tiny_images)
    assert torch.allclose(outputs["fc"], expected)
    tiny_cnn.compile(backend="eager")
    twin = copy.deepcopy(tiny_cnn)
    with record_outputs(twin, "fc") as outputs:
        twin(tiny_images)
    assert torch.allclose(outputs["fc"], expected)


def test_only_the_compiled_part_is_refused(tiny_images):
    model = nn.Sequential(torch.compile(nn.Conv2d(3, 2, 3), backend="eager"), nn.ReLU())
    with record_outputs(model, "0", "1") as outputs:
        model(tiny_images)
    assert torch.equal(outputs["1"], outputs["0"].relu())
    with pytest.raises(RuntimeError, match=r"layer '0\._orig_mod' is compiled"):
        record_outputs(model)


class CompiledForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.inside = nn.Linear(3, 3)

    @torch.compile(backend="eager")
    def forward(self, x):
        return self.inside(x)


class NeverCompiled(CompiledForward):
    @torch.compiler.disable
    def forward(self, x):
        return self.inside(x)


@pytest.mark.parametrize("door", [name for name in DOORS if name != "hooked"])
def test_the_layers_inside_a_compiled_forward_are_refused(door, tiny_cnn):
    tiny_cnn.forward = torch.compile(tiny_cnn.forward, backend="eager")
    for model, layer in ((tiny_cnn, "conv1"), (nn.Sequential(CompiledForward()), "0.inside")):
        with pytest.raises(RuntimeError, match=rf"layer '{layer}' is compiled.* a forward that is not compiled"):
            doors(model, layer)[door]()
        assert count_hooks(model) == 0


def test_a_layer_whose_own_forward_is_compiled_can_be_recorded_late():
    model, x = nn.Sequential(CompiledForward()), torch.ones(1, 3)
    expected = model(x)
    with record_outputs(model, "0") as outputs, record_gradients(model, "0") as gradients:
        model(x).sum().backward()
    assert torch.equal(outputs["0"], expected)
    assert gradients["0"].tolist() == [[1.0, 1.0, 1.0]]


def test_a_forward_that_must_not_be_compiled_is_no_compiled_one():
    model = nn.Sequential(NeverCompiled())
    model(torch.ones(1, 3))
    with record_outputs(model, "0.inside") as outputs:
        expected = model(torch.ones(1, 3))
    assert torch.equal(outputs["0.inside"], expected)


def test_the_inner_layers_of_a_torchscript_module_are_refused_too():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.jit is deprecated
        scripted = torch.jit.script(nn.Sequential(nn.ReLU()))
    with pytest.raises(RuntimeError, match="layer '0' is compiled"):
        record_outputs(scripted)


def test_a_compiled_function_that_ignores_late_hooks_leaves_an_explained_gap(tiny_cnn, tiny_images):
    torch._dynamo.reset()
    run = torch.compile(partial(tiny_cnn.forward), backend="eager")
    run(tiny_images)
    with record_outputs(tiny_cnn, "conv1") as outputs:
        run(tiny_images)
    with pytest.raises(LookupError, match="compiled code ignores hooks that come later"):
        outputs["conv1"]
