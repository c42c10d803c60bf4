"""The graph behind a tensor as data and as a picture, and the check of a gradient by nudging."""

import gc
import math
import weakref
from functools import partial

import matplotlib as mpl
import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_utils.gradients import (
    Node,
    check_gradient,
    draw_balls,
    draw_graph,
    draw_losses,
    follow_gradients,
    read_graph,
)
from course_utils.gradients.layout import arrange
from course_utils.models import SimpleModel


def number(value):
    return torch.tensor(float(value), requires_grad=True)


def sum_times_sum():
    """y = (w + x)(w + 1) at w = 1, x = 2."""
    w, x = number(1), number(2)
    a, b = w + x, w + 1
    return {"w": w, "x": x, "a": a, "b": b, "y": a * b}


def four_weights():
    """Loss = 10 - (w3 w1 a + w4 w2 a) at a = 5, w = 12, 53, 91, 73."""
    a = torch.tensor(5.0)
    w1, w2, w3, w4 = map(number, (12, 53, 91, 73))
    b, c = w1 * a, w2 * a
    d = w3 * b + w4 * c
    return {"a": a, "w1": w1, "w2": w2, "w3": w3, "w4": w4, "b": b, "c": c, "d": d, "Loss": 10 - d}


def follow(tensors, result):
    return follow_gradients(tensors[result], **tensors)


# --- values worked by hand ---------------------------------------------------------------------------------------


def test_gradients_of_the_first_graph():
    """dy/da = b = 2, dy/db = a = 3, dy/dx = 2, and w is reached twice: 2 + 3 = 5."""
    graph = follow(sum_times_sum(), "y")
    assert {name: graph[name].gradient for name in "wxaby"} == {"w": (5,), "x": (2,), "a": (2,), "b": (3,), "y": (1,)}
    assert {name: graph[name].value for name in "wxaby"} == {"w": (1,), "x": (2,), "a": (3,), "b": (2,), "y": (6,)}


def test_both_arrows_into_w_carry_their_share():
    graph = follow(sum_times_sum(), "y")
    shares = {edge.target: edge.gradient for edge in graph.edges if edge.source == graph["w"].number}
    assert shares == {graph["a"].number: (2,), graph["b"].number: (3,)}


def test_gradients_of_the_four_weights():
    """dLoss/dw1 = -w3 a = -91 * 5, dLoss/dw2 = -w4 a = -73 * 5, dLoss/dw3 = -b = -60, dLoss/dw4 = -c = -265."""
    graph = follow(four_weights(), "Loss")
    assert [graph[f"w{i}"].gradient[0] for i in (1, 2, 3, 4)] == [-455, -365, -60, -265]
    assert [graph[name].value[0] for name in ("b", "c", "d", "Loss")] == [60, 265, 24805, -24795]


def test_leaves_constants_and_operations_are_told_apart():
    graph = follow(four_weights(), "Loss")
    assert {n.name for n in graph.nodes if n.leaf} == {"a", "w1", "w2", "w3", "w4"}
    assert [n.name for n in graph.nodes if not n.wants_gradient] == ["a"]
    assert graph["Loss"].operation == "Rsub"
    assert graph["b"].operation == "Mul"
    assert graph["w1"].operation == ""


def test_a_constant_points_to_the_two_products_that_keep_it():
    graph = follow(four_weights(), "Loss")
    targets = {edge.target for edge in graph.edges if edge.source == graph["a"].number}
    assert targets == {graph["b"].number, graph["c"].number}


def test_a_hook_changes_the_node_but_not_the_arrow():
    """z = (x**2)**3 at 2: 48 arrives at y, the hook halves it, 24 * 4 = 96 reaches x."""
    x = number(2)
    y = x**2
    z = y**3
    y.register_hook(lambda gradient: gradient / 2)
    graph = follow_gradients(z, x=x, y=y, z=z)
    assert graph.arriving(graph["y"]) == (48,)
    assert graph["y"].gradient == (24,)
    assert graph["x"].gradient == (96,)


def test_what_an_operation_keeps_is_listed_with_its_shape():
    x = torch.ones(2, 3, requires_grad=True)
    weight = torch.ones(3, 4, requires_grad=True)
    node = read_graph(x @ weight).nodes[0]
    assert {saved.name: saved.shape for saved in node.saved} == {"self": (2, 3), "mat2": (3, 4)}
    assert node.shape == (2, 4)


def test_two_arrows_when_a_tensor_is_used_twice_in_one_step():
    x = number(3)
    graph = follow_gradients(x * x, x=x)
    assert [(edge.position, edge.gradient) for edge in graph.edges] == [(0, (3,)), (1, (3,))]
    assert graph["x"].gradient == (6,)


def test_a_leaf_alone_is_a_graph_of_one_node():
    graph = follow_gradients(w := number(4), w=w)
    assert graph.nodes == (Node(0, "w", "", True, True, (), (4,), (1,)),)


# --- reading what is there ---------------------------------------------------------------------------------------


def test_read_graph_shows_gradients_only_where_backward_left_them():
    tensors = sum_times_sum()
    assert all(node.gradient is None for node in read_graph(tensors["y"], **tensors).nodes)
    tensors["a"].retain_grad()
    tensors["y"].backward()
    graph = read_graph(tensors["y"], **tensors)
    assert {name: graph[name].gradient for name in "wxab"} == {"w": (5,), "x": (2,), "a": (2,), "b": None}


def test_a_graph_that_was_used_up_says_so_and_is_still_readable():
    tensors = sum_times_sum()
    tensors["y"].backward()
    graph = read_graph(tensors["y"], **tensors)
    assert [saved.shape for saved in graph["y"].saved] == [None, None]
    assert "keeps self (freed)" in str(graph)


def test_values_of_unnamed_intermediates_are_not_known():
    tensors = sum_times_sum()
    graph = read_graph(tensors["y"])
    assert sorted(node.value for node in graph.nodes if node.value) == [(1,), (2,), (6,)]  # the leaves and the result


def test_large_tensors_are_described_by_shape():
    x = torch.zeros(2, 3, requires_grad=True)
    node = follow_gradients(x.sum(), x=x)["x"]
    assert (node.shape, node.value, node.gradient) == ((2, 3), None, None)


def test_a_step_with_several_results_shows_no_single_value():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    first, second = x.unbind()
    graph = follow_gradients(first * second, first=first, second=second, x=x)
    assert (graph["first"].name, graph["first"].value) == ("first, second", None)
    assert graph["x"].gradient == (2, 1)


def test_the_graph_of_a_custom_function_is_read():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            context.save_for_backward(x)
            return 2 * x

        @staticmethod
        def backward(context, gradient):
            return 2 * gradient

    x = number(3)
    graph = follow_gradients(Double.apply(x), x=x)
    assert (graph.nodes[0].operation, graph["x"].gradient) == ("Double", (2,))
    assert graph.nodes[0].saved[0].shape == ()


def test_a_graph_prints_one_line_for_each_node():
    lines = str(follow(sum_times_sum(), "y")).splitlines()
    assert lines[0] == "0: y · Mul of 1, 3 · one number · value 6 · gradient 1 · keeps other () · keeps self ()"
    assert len(lines) == 5


# --- laws --------------------------------------------------------------------------------------------------------

operations = st.lists(
    st.tuples(st.sampled_from("+-*s"), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=9
)


def build(recipe):
    """Return (leaves, everything made) for a random program of additions, subtractions, products and sines."""
    made = [number(value) for value in (1.5, -0.5, 2.0)]
    for what, i, j in recipe:
        a, b = made[i % len(made)], made[j % len(made)]
        made.append({"+": a + b, "-": a - b, "*": a * b, "s": a.sin() + b}[what])
    return made[:3], made


@settings(deadline=None, max_examples=60)
@given(operations)
def test_followed_gradients_are_those_of_autograd(recipe):
    leaves, made = build(recipe)
    graph = follow_gradients(made[-1], **{f"t{i}": t for i, t in enumerate(made) if in_graph(t, made[-1])})
    wanted = torch.autograd.grad(made[-1], leaves, allow_unused=True)
    for i, gradient in enumerate(wanted):
        if gradient is not None:
            assert graph[f"t{i}"].gradient == (gradient.item(),)


@settings(deadline=None, max_examples=60)
@given(operations)
def test_every_node_gets_the_sum_of_its_arrows(recipe):
    graph = follow_gradients(build(recipe)[1][-1])
    for node in graph.nodes[1:]:
        assert graph.arriving(node) == pytest.approx(node.gradient, rel=1e-5, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(operations)
def test_all_arrows_go_from_left_to_right_and_no_box_covers_another(recipe):
    graph = read_graph(build(recipe)[1][-1])
    layout = arrange(graph)
    assert all(layout.places[edge.source][0] < layout.places[edge.target][0] for edge in graph.edges)
    assert len(set(layout.places.values())) == len(graph.nodes)
    assert all(column == sorted(column) for column in ([x for x, _ in route] for route in layout.routes.values()))


def in_graph(tensor, result):
    try:
        read_graph(result, it=tensor)
    except ValueError:
        return False
    return True


# --- damage ------------------------------------------------------------------------------------------------------


def test_following_touches_no_grad_and_leaves_the_graph_usable():
    tensors = sum_times_sum()
    tensors["w"].grad = torch.tensor(7.0)
    follow(tensors, "y")
    assert (tensors["w"].grad, tensors["x"].grad) == (7, None)
    tensors["y"].backward()
    assert (tensors["w"].grad, tensors["x"].grad) == (12, 2)


def test_following_does_not_fill_a_retained_grad():
    tensors = sum_times_sum()
    tensors["a"].retain_grad()
    follow(tensors, "y")
    assert tensors["a"].grad is None
    tensors["y"].backward()
    assert tensors["a"].grad == 2


def observers_left():
    names = ("store_arrival", "store_departure")
    return [o for o in gc.get_objects() if type(o) is partial and getattr(o.func, "__name__", "") in names]


def test_no_observer_is_left_on_the_graph():
    tensors = sum_times_sum()
    follow(tensors, "y")
    assert not observers_left()


def test_no_observer_survives_an_error_in_a_hook():
    tensors = sum_times_sum()
    tensors["a"].register_hook(lambda gradient: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        follow(tensors, "y")
    assert not observers_left()


def test_a_graph_keeps_no_tensor_alive():
    tensors = sum_times_sum()
    graph, watch = follow(tensors, "y"), weakref.ref(tensors["a"])
    del tensors
    assert watch() is None
    assert graph["a"].value == (3,)


def test_works_under_no_grad():
    tensors = sum_times_sum()
    with torch.no_grad():
        assert follow(tensors, "y")["w"].gradient == (5,)
        assert not torch.is_grad_enabled()


def test_works_in_inference_mode_with_a_graph_from_outside():
    tensors = sum_times_sum()
    with torch.inference_mode():
        assert follow(tensors, "y")["w"].gradient == (5,)
        assert read_graph(tensors["w"], w=tensors["w"])["w"].value == (1,)
        assert torch.is_inference_mode_enabled()


def test_a_tensor_may_be_called_result():
    x = number(3)
    y = x * 2
    assert follow_gradients(y, result=y, x=x)["result"].value == (6,)


def test_a_tensor_without_numbers_is_described_by_shape():
    graph = follow_gradients(torch.ones(3, device="meta", requires_grad=True).sum())
    assert [(node.shape, node.value, node.gradient) for node in graph.nodes] == [((), None, None), ((3,), None, None)]


# --- errors ------------------------------------------------------------------------------------------------------


def test_a_tensor_from_inference_mode_is_refused():
    with torch.inference_mode():
        x = number(2)
    w = number(1)
    with pytest.raises(ValueError, match=r"torch.inference_mode\(\), which keeps no graph; make it outside"):
        read_graph(x)
    with pytest.raises(ValueError, match=r"torch.inference_mode\(\), which keeps no graph; make it outside"):
        read_graph(w * 2, x=x)


def test_following_needs_a_real_number():
    with pytest.raises(ValueError, match=r"real number to follow, got torch.complex64; take .abs\(\)"):
        follow_gradients(number(2) * 1j)


def test_what_arrives_is_asked_of_a_node_not_of_its_name():
    with pytest.raises(TypeError, match=r"need a node, as in graph.arriving\(graph\['w'\]\); got 'a'"):
        follow(sum_times_sum(), "y").arriving("a")


@pytest.mark.parametrize(("thing", "kind"), [(None, "NoneType"), (torch.tensor(2.0), "Tensor")])
def test_only_a_graph_can_be_drawn(thing, kind):
    with pytest.raises(TypeError, match=rf"draws a graph, got {kind}; write draw_graph\(read_graph\(result\)\)"):
        draw_graph(thing)


def test_a_tensor_without_graph_is_refused():
    with pytest.raises(ValueError, match=r"no graph.*requires_grad=True"):
        read_graph(torch.tensor(2.0) * 3)


def test_a_number_is_refused():
    with pytest.raises(TypeError, match=r"got float.*before .item"):
        read_graph((number(1) * 2).item())


def test_a_name_for_a_foreign_tensor_is_refused():
    with pytest.raises(ValueError, match="'other' is not in this graph"):
        read_graph(sum_times_sum()["y"], other=number(1))


def test_a_name_for_a_constant_that_nobody_keeps_is_refused():
    constant = torch.tensor(1.0)
    with pytest.raises(ValueError, match=r"'one' is not in this graph.*no operation keeps it"):
        read_graph(number(2) + constant, one=constant)


def test_a_name_for_something_else_is_refused():
    with pytest.raises(TypeError, match="'w' is not a tensor but int"):
        read_graph(number(2) + 1, w=3)


def test_an_unknown_name_is_answered_with_the_names():
    with pytest.raises(LookupError, match=r"'q'; the names are \['y', 'a', "):
        follow(sum_times_sum(), "y")["q"]


def test_following_needs_one_number():
    x = torch.ones(3, requires_grad=True)
    with pytest.raises(ValueError, match=r"one number, got shape \(3,\)"):
        follow_gradients(x * 2)


def test_following_a_used_graph_is_refused():
    tensors = sum_times_sum()
    tensors["y"].backward()
    with pytest.raises(RuntimeError, match=r"already used up.*retain_graph=True"):
        follow(tensors, "y")


# --- the picture -------------------------------------------------------------------------------------------------


def words_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_caption_says_the_numbers():
    _, caption = draw_graph(follow(sum_times_sum(), "y"))
    assert caption == (
        "leaves: w = 1 with gradient 5 (from 2 and 3), x = 2 with gradient 2; "
        "operations: b (Add) = 2 with gradient 3, a (Add) = 3 with gradient 2, y (Mul) = 6 with gradient 1."
    )


def test_the_picture_writes_values_and_gradients_into_the_boxes_and_on_the_arrows():
    figure, _ = draw_graph(follow(sum_times_sum(), "y"))
    words = words_of(figure)
    assert {"w   leaf", "y   ×", "value 6", "gradient 5", "← 2", "← 3"} <= set(words)
    assert words.count("← 2") == 3
    assert words.count("← 3") == 2


def test_the_picture_marks_the_hook():
    x = number(2)
    y = x**2
    z = y**3
    y.register_hook(lambda gradient: gradient / 2)
    figure, caption = draw_graph(follow_gradients(z, x=x, y=y, z=z))
    assert "y (Pow) = 4 with gradient 48 → 24" in caption
    assert {"hook", "gradient 48 → 24"} <= set(words_of(figure))


def test_the_picture_changes_no_global_style():
    before = dict(mpl.rcParams)
    draw_graph(read_graph(SimpleModel()(torch.zeros(1, 1, 4, 4)).sum()))
    assert dict(mpl.rcParams) == before


def test_a_deep_network_can_be_listed_but_not_drawn():
    graph = read_graph(torchvision.models.resnet18()(torch.zeros(1, 3, 64, 64)))
    assert sum(node.leaf for node in graph.nodes) == 62  # parameter tensors of resnet18
    with pytest.raises(ValueError, match=r"132 nodes cannot be read \(at most 60\); print\(graph\)"):
        draw_graph(graph)


def test_loss_curves_tell_where_they_begin_and_end():
    _, caption = draw_losses({"slow": [4.0, 2.0, 1.0], "fast": [4.0, math.inf, math.nan]})
    assert caption == "slow: loss 4 at epoch 0, 1 at epoch 2; fast: loss 4 at epoch 0, inf from epoch 1."


def test_balls_tell_how_far_they_got():
    """(w - 3)**2 at 0 and 2 is 9 and 1."""
    figure, caption = draw_balls(lambda w: (w - 3) ** 2, {"0.1": [0.0, 1.0, 2.0], "0.5": [0.0, 3.0]})
    assert caption == "0.1: weight 0 → 2, loss 9 → 1; 0.5: weight 0 → 3, loss 9 → 0."
    assert [axes.get_title() for axes in figure.axes] == ["0.1", "0.5"]


@pytest.mark.parametrize("draw", [draw_losses, partial(draw_balls, abs)])
def test_descent_pictures_refuse_what_cannot_be_read(draw):
    with pytest.raises(ValueError, match="1 to 5 curves apart in one picture, got 0"):
        draw({})
    with pytest.raises(ValueError, match="got 6"):
        draw({str(i): [1.0] for i in range(6)})
    with pytest.raises(ValueError, match="'empty' has no numbers"):
        draw({"empty": []})
    with pytest.raises(TypeError, match=r"with their names, as in \{'slow': \[4.0, 2.0\]\}; got list"):
        draw([4.0, 2.0])
    with pytest.raises(TypeError, match="'one' must be a list of numbers, got float"):
        draw({"one": 1.0})
    with pytest.raises(TypeError, match="'gap' must hold numbers, got None"):
        draw({"gap": [1.0, None]})
    with pytest.raises(TypeError, match=r"'live' must hold plain numbers.*keep loss.item\(\)"):
        draw({"live": [number(1)]})


def test_balls_need_a_function_and_one_weight_that_is_finite():
    with pytest.raises(TypeError, match="loss_of is a function from weight to loss, got 3"):
        draw_balls(3, {"a": [1.0]})
    with pytest.raises(ValueError, match="no finite weight, only inf and nan"):
        draw_balls(abs, {"a": [math.inf], "b": [math.nan]})


def test_a_path_that_is_never_finite_stands_beside_one_that_is():
    _, caption = draw_balls(abs, {"a": [math.inf], "b": [1.0]})
    assert caption == "a: weight inf → inf, loss inf → inf; b: weight 1 → 1, loss 1 → 1."


# --- check_gradient ----------------------------------------------------------------------------------------------


class WrongSquare(torch.autograd.Function):
    """x squared with the derivative of x cubed."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(context, gradient):
        return 3 * context.saved_tensors[0] ** 2 * gradient


def test_autograd_and_nudging_agree_on_the_first_graph():
    check = check_gradient(lambda w, x: (w + x) * (w + 1), number(1), number(2))
    assert float(check) < 1e-8
    assert check.checked == 2


def test_a_wrong_derivative_is_found_with_its_place():
    """At 1 the wrong rule says 3 instead of 2, at 4 it says 48 instead of 8."""
    x = torch.tensor([1.0, 4.0], requires_grad=True)
    check = check_gradient(lambda x: WrongSquare.apply(x).sum(), x)
    assert (check.input, check.position, check.autograd) == (0, (1,), 48)
    assert check.nudging == pytest.approx(8)
    assert check.largest_difference == pytest.approx(40)


@pytest.mark.parametrize(
    "function", [torch.tanh, torch.exp, WrongSquare.apply, lambda x: x * x.detach(), torch.sigmoid]
)
def test_the_verdict_is_that_of_torch_gradcheck(function):
    x = torch.tensor([0.3, -1.2, 2.5], dtype=torch.float64, requires_grad=True)
    verdict = torch.autograd.gradcheck(lambda x: function(x).sum(), x, raise_exception=False)
    assert (float(check_gradient(lambda x: function(x).sum(), x)) < 1e-5) == verdict


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=5))
def test_nudging_a_cubic_agrees_for_all_sizes_of_number(values):
    x = torch.tensor(values, requires_grad=True)
    assert float(check_gradient(lambda x: (x**3 - 2 * x).sum(), x)) < 1e-3


def test_a_layer_is_checked_in_all_its_numbers():
    layer = nn.Linear(3, 2).double()
    check = check_gradient(lambda x: layer(x).tanh().sum(), torch.rand(4, 3, requires_grad=True))
    assert check.checked == 12
    assert float(check) < 1e-8


def test_constants_are_not_checked():
    assert check_gradient(lambda x, c: x * c, number(2), torch.tensor(3.0)).checked == 1


def test_dropout_drops_the_same_numbers_in_every_call():
    x = torch.ones(20, requires_grad=True)
    assert float(check_gradient(lambda x: nn.functional.dropout(x, 0.5).sum(), x)) < 1e-8


def test_a_slope_that_is_not_a_number_is_reported():
    assert math.isnan(float(check_gradient(lambda x: x.sqrt(), number(-1))))


def test_the_check_leaves_the_callers_things_alone():
    x, constant = number(2), torch.tensor([1.0, 2.0])
    x.grad, seed = torch.tensor(7.0), torch.get_rng_state()
    with torch.no_grad():
        check_gradient(lambda x, c: (x * c.mul_(2) * torch.rand(2, dtype=torch.float64)).sum(), x, constant)
        assert not torch.is_grad_enabled()
    assert (x.grad, x.dtype, x.requires_grad) == (7, torch.float32, True)
    assert constant.tolist() == [1, 2]
    assert torch.equal(seed, torch.get_rng_state())


def test_the_check_leaves_random_state_alone_when_the_function_raises():
    def fail(x):
        torch.rand(3)
        raise RuntimeError("boom")

    seed = torch.get_rng_state()
    with pytest.raises(RuntimeError, match="boom"):
        check_gradient(fail, number(1))
    assert torch.equal(seed, torch.get_rng_state())


def test_the_check_works_in_inference_mode():
    x = number(2)
    with torch.inference_mode():
        assert float(check_gradient(lambda x: x**2, x)) < 1e-8


@pytest.mark.parametrize(
    ("function", "inputs", "error", "message"),
    [
        (torch.square, [torch.tensor(2)], TypeError, r"input 0 holds torch.int64.*torch.tensor\(2.0\)"),
        (torch.square, [2.0], TypeError, "input 0 must be a tensor, got float"),
        (torch.square, [torch.tensor(2.0)], ValueError, "no input to check.*requires_grad=True"),
        (torch.square, [], ValueError, "no input to check"),
        (torch.sum, [torch.zeros(0, requires_grad=True)], ValueError, "no input to check"),
        (torch.square, [torch.ones(3, requires_grad=True)], ValueError, r"one number, got shape \(3,\).*\.sum\(\)"),
        (lambda x: x.item(), [number(1)], TypeError, "must return a tensor, got float"),
        (lambda x: x.detach() * 2, [number(1)], ValueError, "no graph back to the inputs.*detach"),
        (lambda x: torch.tensor(3.0), [number(1)], ValueError, "no graph back to the inputs"),
        (lambda x: x * 1j, [number(1)], ValueError, "a real number, got torch.complex128"),
        (lambda x: x if x >= 1 else 0.0, [number(1)], TypeError, "must return a tensor, got float"),
        (None, [number(1)], TypeError, "need a function of tensors first, got NoneType"),
        (torch.sum, [torch.eye(2).to_sparse().requires_grad_()], TypeError, r"input 0 is torch.sparse_coo.*to_dense"),
    ],
)
def test_the_check_refuses(function, inputs, error, message):
    with pytest.raises(error, match=message):
        check_gradient(function, *inputs)


@pytest.mark.parametrize("step", [0, -1e-6, math.nan])
def test_a_step_must_be_positive(step):
    with pytest.raises(ValueError, match="must be above 0"):
        check_gradient(torch.square, number(1), step=step)


@pytest.mark.parametrize("step", ["1e-6", None])
def test_a_step_must_be_a_number(step):
    with pytest.raises(TypeError, match="the step of a nudge must be a number, as in step=1e-6; got"):
        check_gradient(torch.square, number(1), step=step)
