"""The numbers that lessons 04 and 05 print: stored in the notebooks, and computed again here."""

import gc
import math
import weakref

import pytest
import torch
from stored import printed
from torch import nn

from course_utils.gradients import check_gradient
from course_utils.models import SimpleModel

SAMPLES = [(11.0, 21.0), (22.0, 14.0), (33.0, 64.0)]


def number(value):
    return torch.tensor(float(value), requires_grad=True)


def train(learning_rate, epochs, on_gradient=lambda gradient: None, clear=True):
    """The loop of lesson 04: one weight, three samples, one update for each sample."""
    w, losses = number(1), []
    for _ in range(epochs):
        for x, y in SAMPLES:
            w.grad = None if clear else w.grad
            loss = (x * w - y) ** 2
            loss.backward()
            on_gradient(w.grad.item())
            with torch.no_grad():
                w -= learning_rate * w.grad
        losses.append(loss.item())
    return w.item(), losses


# --- what the pages say ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [".", "solutions"])
@pytest.mark.parametrize(
    "line",
    [
        "result: 6 | slope in w: 5.0 | slope in x: 2.0",
        "y: 6.0 | w.grad: 5.0 | x.grad: 2.0",
        "leaves: w = 1 with gradient 5 (from 2 and 3), x = 2 with gradient 2; "
        "operations: b (Add) = 2 with gradient 3, a (Add) = 3 with gradient 2, y (Mul) = 6 with gradient 1.",
        "inputs nudged: 2 | difference below a millionth: True",
        "a: leaf False | AddBackward0",
        "before backward, w.grad is None",
        "after backward,  a.grad, b.grad, y.grad are None None None",
        3 * "UserWarning: The .grad attribute of a Tensor that is not a leaf Tensor\n",
        "guess for 4 after 40 epochs: nan",
        "a.grad is 2.0",
        "it was called with 3.0",
        "[2.0, 3.0, 5.0, 2.0] | w.grad is None",
        "after two walks, w.grad is 10.0",
        "third walk: Trying to backward through the graph a second time",
        "never cleared    132 | cleared each time    352",
        "never cleared  -1914 | cleared each time  -2046",
        "{'b': 60.0, 'c': 265.0, 'd': 24805.0, 'Loss': -24795.0}",
        "p (Mul) = 5460 with gradient -1",
        "q (Mul) = 19345 with gradient -1",
        "{'w1': -455.0, 'w2': -365.0, 'w3': -60.0, 'w4': -265.0}",
        "a Variable is a Tensor",
        "after .data was used: 200.0",
        "has been modified by an inplace operation",
        "guess for 4 before: 4.0 | gradients: [-220.0, 2481.6, -51303.65]",
        "epoch 0: loss 604238.8125",
        "epoch 1: loss 3.94811392e+10",
        "epoch 7: loss inf",
        "guess for 4 after: -9.2687e+24",
        "[-1.42, -8.68, -20.78]",
        "one epoch multiplies the distance to 2.907 by -256.1",
        "squared: 65601 | loss of epoch 2 / loss of epoch 1: 65602",
        "learning rate 0.000918: weight 1 → 2.879, loss 961 → 961",
        "0.0016: worst factor -2.48 | epoch  0.84",
        "0.0017: worst factor -2.70 | epoch  1.03",
        "least squares: 1.565 | guess for 4: 6.26",
        "learning rate 0.0001, 10 epochs: weight 1.605",
        "learning rate 0.0001, 1000 epochs: weight 1.620",
        "zero before backward: 'NoneType' object has no attribute 'data'",
    ],
)
def test_lesson_04_prints(folder, line):
    assert line in printed(f"{folder}/04_gradients")


@pytest.mark.parametrize("folder", [".", "solutions"])
@pytest.mark.parametrize(
    "line",
    [
        "y: 4.0 | z: 64.0 | x.grad: 192.0 | y keeps its gradient: False",
        "registered, and z is there: 64.0\nthe hook is called with 48.0\nbackward is over, x.grad is 192.0",
        "walks: 4, calls: 2",
        "{'z': 1.0, 'y': 48.0, 'x': 192.0}",
        "shape: (1, 2, 4, 4) | equal: True",
        "arriving: 48.0\nx.grad: 96.0",
        "x = 2 with gradient 96; operations: y (Pow) = 4 with gradient 48 → 24, z (Pow) = 64 with gradient 1.",
        "x = 2 with gradient 192 → 96; operations: y (Pow) = 4 with gradient 48, z (Pow) = 64 with gradient 1.",
        "look only (returns None): 192.0",
        "clip to ±10: 40.0",
        "stop it: 0.0",
        "x.grad: nan\nat the square: the gradient that arrives here is inf",
        "y.grad: 25.0",
        "a number: expected Variable, but hook returned 'float'",
        "has changed the size of value",
        "has changed the type of value",
        "hook on c: in place (100.0, 1.0), returned (100.0, 1.0)",
        "hook on d: in place (100.0, 100.0), returned (1.0, 100.0)",
        "in place: 30.0 | returned: 30.0",
        "a tensor has register_full_backward_hook: False",
        "Tensor: 2\nModule: 9\nOptimizer: 6",
        "['register_hook', 'register_post_accumulate_grad_hook']",
        "hook: gets 5.0 | w.grad is None\npost-accumulate hook: leaf.grad is 5.0",
        "same weights: True",
        "the hook uses its gradient: True\nthe hook uses its own tensor: False\nthe same, but removed: True",
        "keep z: False\nkeep z.detach(): True\nkeep z.item(): True",
    ],
)
def test_lesson_05_prints(folder, line):
    assert line in printed(f"{folder}/05_tensor_hooks")


# --- lesson 04, computed again -----------------------------------------------------------------------------------


def test_nudging_gives_5_and_2():
    def result_of(w, x):
        return (w + x) * (w + 1)

    assert (result_of(1.001, 2) - result_of(0.999, 2)) / 0.002 == pytest.approx(5)
    assert (result_of(1, 2.001) - result_of(1, 1.999)) / 0.002 == pytest.approx(2)
    assert float(check_gradient(result_of, number(1), number(2))) < 1e-6


def test_gradients_that_are_not_cleared_add_up():
    gradients = []
    train(0.0, 1, gradients.append, clear=False)
    assert gradients == [-220, 132, -1914]
    gradients.clear()
    train(0.0, 1, gradients.append)
    assert gradients == [-220, 352, -2046]


def test_data_hides_a_change_that_no_grad_reports():
    w = number(1)
    square = w**2
    w.data *= 100
    square.backward()
    assert w.grad == 200  # the slope at 1 is 2
    w = number(1)
    square = w**2
    with torch.no_grad():
        w *= 100
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        square.backward()


def test_the_loop_explodes_as_printed():
    gradients = []
    weight, losses = train(0.01, 10, gradients.append)
    assert gradients[:3] == pytest.approx([-220, 2481.6001, -51303.6484])
    assert losses[:2] == pytest.approx([604238.8125, 3.9481e10], rel=1e-4)
    assert [math.isinf(loss) for loss in losses] == [False] * 7 + [True] * 3
    assert 4 * weight == pytest.approx(-9.2687e24, rel=1e-4)
    assert math.isnan(train(0.01, 40)[0])


def test_each_step_multiplies_the_distance_to_the_samples_best_weight():
    """The loop itself, sample by sample, in float64: the new distance over the old one."""
    factors = [-1.42, -8.68, -20.78]
    for (x, y), factor in zip(SAMPLES, factors, strict=True):
        w = 1.0
        moved = w - 0.01 * 2 * x * (x * w - y)
        assert (moved - y / x) / (w - y / x) == pytest.approx(factor)
    assert math.prod(factors) == pytest.approx(-256.13, abs=0.01)


def test_an_epoch_multiplies_the_distance_to_the_resting_weight():
    """1 goes to 491.4, and (491.4 - 2.907) / (1 - 2.907) = -256.1; so does every later epoch."""
    after_one, after_two = train(0.01, 1)[0], train(0.01, 2)[0]
    rest = (after_one + 256.126) / 257.126
    assert rest == pytest.approx(2.907, abs=1e-3)
    assert (after_two - rest) / (after_one - rest) == pytest.approx(-256.1, abs=0.05)


def test_all_samples_at_once_settle_on_least_squares():
    """One update an epoch with the mean loss: after 200 epochs at 0.0001 it stands at 1.565."""
    w = 1.0
    for _ in range(200):
        w -= 0.0001 * sum(2 * x * (x * w - y) for x, y in SAMPLES) / 3
    assert w == pytest.approx(1.5649, abs=1e-4)


def test_the_third_sample_alone_turns_at_one_over_33_squared():
    limit = 1 / 33**2
    assert limit == pytest.approx(9.18e-4, rel=1e-3)
    assert abs(1 - 2 * 0.99 * limit * 33**2) < 1 < abs(1 - 2 * 1.01 * limit * 33**2)


def test_the_whole_loop_turns_between_0_0016_and_0_0017():
    """Above 9.18e-4 the third step overshoots, but the product of the three factors decides."""
    one, more = train(0.0016, 300)[0], train(0.0016, 400)[0]
    assert one == pytest.approx(more, rel=1e-3)
    assert train(0.0017, 400)[0] > 10 * train(0.0017, 300)[0]


def test_least_squares_and_the_cyclic_answer_differ():
    best = sum(x * y for x, y in SAMPLES) / sum(x * x for x, _ in SAMPLES)
    assert best == pytest.approx(1.5649, abs=1e-4)
    assert 4 * best == pytest.approx(6.26, abs=0.01)
    assert train(0.0001, 10)[0] == pytest.approx(1.605, abs=5e-4)
    assert train(0.0001, 1000)[0] == pytest.approx(1.620, abs=5e-4)


# --- lesson 05, computed again -----------------------------------------------------------------------------------


def x_grad_with(hook):
    x = number(2)
    y = x**2
    y.register_hook(hook)
    (y**3).backward()
    return x.grad.item()


def test_halving_gives_96_instead_of_192():
    arrived = []
    assert x_grad_with(arrived.append) == 192
    assert arrived == [48]
    assert x_grad_with(lambda gradient: gradient / 2) == 96


@pytest.mark.parametrize(("hooked", "in_place"), [("c", (100, 1)), ("d", (100, 100))])
def test_an_edit_in_place_may_reach_the_neighbour(hooked, in_place):
    def run(hook):
        w, x = number(1), number(1)
        branches = {"c": w * 1, "d": x * 1}
        branches[hooked].register_hook(hook)
        (branches["c"] + branches["d"]).backward()
        return w.grad.item(), x.grad.item()

    assert run(lambda gradient: gradient.mul_(100)) == in_place
    assert run(lambda gradient: gradient * 100) == ((100, 1) if hooked == "c" else (1, 100))


def test_wrong_returns_are_refused():
    with pytest.raises(TypeError, match="hook returned 'float'"):
        x_grad_with(lambda gradient: 24.0)
    with pytest.raises(RuntimeError, match="changed the size"):
        x_grad_with(lambda gradient: gradient.reshape(1))
    with pytest.raises(RuntimeError, match="changed the type"):
        x_grad_with(lambda gradient: gradient.double())


def test_tensors_have_two_kinds_of_hooks():
    assert not hasattr(torch.Tensor, "register_full_backward_hook")
    assert hasattr(nn.Module, "register_full_backward_hook")
    names = [name for name in dir(torch.Tensor) if name.startswith("register_")]
    assert names == ["register_hook", "register_post_accumulate_grad_hook"]


def test_post_accumulate_hooks_are_for_leaves_and_return_nothing():
    x = number(2)
    with pytest.raises(RuntimeError, match="cannot be registered on non-leaf"):
        (x**2).register_post_accumulate_grad_hook(print)
    x.register_post_accumulate_grad_hook(lambda leaf: leaf.grad)
    with pytest.raises(RuntimeError, match="should return None"):
        (x**2).backward()


def test_an_optimizer_in_the_backward_pass_holds_one_gradient_at_a_time():
    model, held = SimpleModel(), []

    def drop(parameter):
        held.append(sum(other.grad is not None for other in model.parameters()))
        parameter.grad = None

    for parameter in model.parameters():
        parameter.register_post_accumulate_grad_hook(drop)
    model(torch.rand(8, 1, 4, 4)).square().mean().backward()
    assert held == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("hang", "gone"),
    [
        (lambda y: y.register_hook(lambda gradient: print(gradient)), True),
        (lambda y: y.register_hook(lambda gradient: print(y)), False),
        (lambda y: y.register_hook(lambda gradient: print(y)).remove(), True),
    ],
)
def test_a_hook_that_uses_its_own_tensor_is_never_freed(hang, gone):
    y = number(2) ** 2
    hang(y)
    window = weakref.ref(y)
    del y
    gc.collect()
    assert (window() is None) == gone
