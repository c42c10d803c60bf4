"""trace_hooks: everything that fires in a training step, in the order in which PyTorch fires it."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from torchvision.models import resnet18

from course_utils.hooks import Event, count_hooks, trace_everything, trace_hooks


class Net(nn.Module):
    """The network of the observed firing order: l1 (3 → 4), tanh, l2 (4 → 1)."""

    def __init__(self):
        super().__init__()
        self.l1, self.l2 = nn.Linear(3, 4), nn.Linear(4, 1)

    def forward(self, x):
        return self.l2(torch.tanh(self.l1(x)))


@pytest.fixture
def net():
    return Net()


@pytest.fixture
def x():
    return torch.ones(2, 3, requires_grad=True)


def step(net, x, optimizer):
    net(x).pow(2).mean().backward()
    optimizer.step()


ORDER = """
forward_pre .          2,3
forward_pre l1         2,3
forward l1             2,4
forward_pre l2         2,4
forward l2             2,1
forward .              2,1
full_backward_pre .    2,1
full_backward_pre l2   2,1
parameter_gradient l2.bias 1
post_accumulate_gradient l2.bias 1
parameter_gradient l2.weight 1,4
post_accumulate_gradient l2.weight 1,4
full_backward l2       2,4
full_backward_pre l1   2,4
parameter_gradient l1.bias 4
post_accumulate_gradient l1.bias 4
parameter_gradient l1.weight 4,3
post_accumulate_gradient l1.weight 4,3
full_backward l1       2,3
full_backward .        2,3
step_pre SGD
step_post SGD
"""


def expected_order():
    for line in ORDER.strip().splitlines():
        kind, name, *shape = line.split()
        yield Event(kind, name.strip("."), tuple(tuple(map(int, part.split(","))) for part in shape))


# Values


def test_one_training_step_fires_in_the_observed_order(net, x):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with trace_hooks(net, optimizer=optimizer) as trace:
        step(net, x, optimizer)
    assert list(trace) == list(expected_order())


def test_everything_adds_the_nodes_and_saved_tensors_in_between(net, x):
    """The order of course-contents Part 4, without the hooks that only it registers."""
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with trace_everything(net, optimizer=optimizer) as trace:
        step(net, x, optimizer)
    added = {"node_created", "tensor_saved", "tensor_used"}
    assert [event for event in trace if event.kind not in added] == list(expected_order())
    between = [f"{event.kind} {event.name}" for event in trace[trace.index(Event("forward_pre", "l1", ((2, 3),))) :]]
    assert between[1:9] == [
        "node_created BackwardHookFunctionBackward",
        "node_created torch::autograd::AccumulateGrad",
        "node_created TBackward0",
        "node_created torch::autograd::AccumulateGrad",
        "tensor_saved tensor",
        "tensor_saved tensor",
        "node_created AddmmBackward0",
        "forward l1",
    ]
    kinds = [event.kind for event in trace]
    assert kinds.count("tensor_saved") == kinds.count("tensor_used") == 6


def test_the_printed_trace_is_a_table(net):
    with torch.no_grad(), trace_hooks(net, "l2") as trace:
        net(torch.ones(2, 3))
    assert str(trace) == "   kind         name  shapes\n0  forward_pre  l2    2×4\n1  forward      l2    2×1"


# Laws


def test_the_traced_step_computes_what_the_plain_step_computes(net, x):
    twin = Net()
    twin.load_state_dict(net.state_dict())
    ours, theirs = (torch.optim.Adam(model.parameters()) for model in (net, twin))
    with trace_everything(net, optimizer=ours):
        step(net, x, ours)
    step(twin, x, theirs)
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), twin.parameters(), strict=True))


def test_chosen_layers_show_their_own_events_only(net, x):
    with trace_hooks(net, "l2") as trace:
        net(x).sum().backward()
    assert {event.name for event in trace} == {"l2", "l2.weight", "l2.bias"}


def test_a_layer_that_runs_twice_appears_twice_and_its_parameter_once(x):
    layer = nn.Linear(3, 3, bias=False)
    with trace_hooks(nn.Sequential(layer, layer), "0") as trace:
        layer(layer(x)).sum().backward()
    kinds = [event.kind for event in trace]
    assert [kinds.count(kind) for kind in ("forward", "full_backward", "parameter_gradient")] == [2, 2, 1]


@pytest.mark.parametrize("reentrant", [True, False])
def test_a_checkpoint_runs_the_forward_hooks_again_inside_backward(reentrant, net, x):
    with warnings.catch_warnings(), trace_hooks(net, "l1") as trace:
        warnings.simplefilter("ignore")
        checkpoint(net, x, use_reentrant=reentrant).sum().backward()
    kinds = [event.kind for event in trace if event.name == "l1"]
    assert kinds.count("forward") == 2
    assert kinds[-1] == "full_backward"


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_without_gradients_only_the_forward_hooks_fire(mode, net):
    with mode(), trace_hooks(net) as trace:
        net(torch.ones(2, 3))
    assert {event.kind for event in trace} == {"forward_pre", "forward"}


def test_a_frozen_model_on_a_plain_input_fires_no_backward_hook(net):
    with trace_hooks(net.requires_grad_(False)) as trace:
        net(torch.ones(2, 3))
    assert {event.kind for event in trace} == {"forward_pre", "forward"}


def test_a_plain_input_has_no_gradient_to_show_and_pytorch_warns(net):
    with pytest.warns(UserWarning, match="no inputs require gradients"), trace_hooks(net, "l1") as trace:
        net(torch.ones(2, 3)).sum().backward()
    assert Event("full_backward", "l1", (None,)) in trace


# Damage


def test_the_mark_of_full_backward_hooks_is_taken_back(net):
    with trace_hooks(net):
        assert net._is_full_backward_hook is True
    assert net._is_full_backward_hook is None


def test_a_full_backward_hook_that_the_block_leaves_still_works(net, x):
    seen = []
    with trace_hooks(net):
        net.l1.register_full_backward_hook(lambda module, grad_input, grad_output: seen.append(1))
    net(x).sum().backward()
    assert seen == [1]
    assert count_hooks(net) == 1


def test_an_optimizer_keeps_no_hook(net, x):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with pytest.raises(RuntimeError, match="boom"), trace_everything(net, optimizer=optimizer):
        raise RuntimeError("boom")
    assert not optimizer._optimizer_step_pre_hooks
    assert not optimizer._optimizer_step_post_hooks
    assert count_hooks(net) == 0


def test_saved_tensor_hooks_of_the_caller_go_on_working_in_everything_and_after_it(net, x):
    """The caller keeps numbers, not tensors: ten times too much comes back from it."""
    packed = []

    def pack(tensor):
        packed.append(tensor.shape)
        return tensor.detach().numpy()

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda numbers: 10 * torch.from_numpy(numbers)):
        with trace_everything(net) as trace:
            inside = x.pow(2).sum()
        after = x.pow(2).sum()
    inside.backward()  # what the block saved is fetched after it
    assert packed == [x.shape] * 2
    assert x.grad.tolist() == [[20.0] * 3] * 2
    assert [event.kind for event in trace].count("tensor_saved") == 1
    assert after.requires_grad


def test_an_inner_block_of_everything_hides_nothing_from_an_outer_one(net, x):
    with trace_everything(net, "l1") as outer, trace_everything(net, "l2") as inner:
        x.pow(2).sum().backward()
    kept = [[event.kind for event in trace if event.name == "tensor"] for trace in (outer, inner)]
    assert kept == [["tensor_saved", "tensor_used"]] * 2


def test_second_derivatives_are_the_same_in_everything(net):
    """y = (2w)³ at w = 1: y'' = 8 · 6w = 48."""
    w = torch.ones(1, requires_grad=True)
    with trace_everything(net):
        (slope,) = torch.autograd.grad((w * 2) ** 3, w, create_graph=True)
        assert torch.autograd.grad(slope, w)[0].item() == 48.0


def test_in_place_operations_that_backward_can_bear_are_borne_in_everything(net):
    w = torch.ones(1, requires_grad=True)
    with trace_everything(net):
        (w * 2).exp_().add(1).mul_(3).backward()
    torch.testing.assert_close(w.grad, 6 * torch.tensor([2.0]).exp())


# Errors


def test_a_tensor_changed_in_place_after_it_was_saved_is_an_error_as_without_us(net):
    """y = 2w, z = y², then y *= 5: plain PyTorch refuses; with the changed y, w would get 2 · 10 · 2 = 40."""
    w = torch.ones(1, requires_grad=True)
    with trace_everything(net):
        y = w * 2
        z = y**2
        y.mul_(5)
        with pytest.raises(
            RuntimeError, match=r"modified by an inplace operation: .* saved at version 0 .* version 1; make"
        ):
            z.backward()
    assert w.grad is None


def test_only_an_optimizer_has_steps_to_trace(net):
    for trace in (trace_hooks, trace_everything):
        with pytest.raises(TypeError, match=r"an optimizer is a torch.optim.Optimizer, got str; make one"):
            trace(net, optimizer="adam")


def test_in_place_layers_are_refused_with_a_way_out():
    with pytest.raises(ValueError, match=r"layers \['relu', .* work in place, which full backward hooks forbid"):
        trace_hooks(resnet18())


def test_in_place_layers_may_be_traced_forward(net):
    model = resnet18().eval()
    with torch.no_grad(), trace_hooks(model) as trace:
        model(torch.rand(1, 3, 32, 32))
    assert trace[-1] == Event("forward", "", ((1, 1000),))


def test_an_in_place_operation_that_is_no_layer_is_found_out_by_pytorch(net, x):
    with pytest.raises(RuntimeError, match="is a view and is being modified inplace"), trace_hooks(net, "l1"):
        net.l1(x).mul_(2)
    assert count_hooks(net) == 0


def test_a_model_with_a_compiled_part_is_refused(net):
    net.l2.compile(backend="eager")
    with pytest.raises(RuntimeError, match="layer 'l2' is compiled"):
        trace_hooks(net)


def test_a_legacy_backward_hook_is_refused(net):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.l1.register_backward_hook(lambda *_: None).remove()
    with pytest.raises(RuntimeError, match=r"layers \['l1'\] carry a legacy register_backward_hook"):
        trace_hooks(net)
