"""The panels: what they compute is right, every move draws something new, and the coat of widgets leaks nothing."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cache

import comm
import ipywidgets
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _instances
from PIL import Image
from torch import nn
from traitlets import TraitError

from course_utils.attribution import grad_cam as explain
from course_utils.attribution import smooth_grad
from course_utils.callbacks import STOP
from course_utils.datasets import chest_xray_phantom, shapes10
from course_utils.hooks import count_hooks, trace_hooks
from course_utils.models import SimpleCNN, SmallXRayClassifier, TwoClasses
from course_utils.panels import (
    activation_surgery,
    cam_family,
    coat,
    draw_and_explain,
    drawings,
    event_timeline,
    grad_cam_explorer,
    gradient_knob,
    kernels_and_maps,
    late_binding,
    learning_rate,
    pixel_maps,
    saturation,
    training_step,
    training_theatre,
    trust_scene,
    trust_tests,
)
from course_utils.panels.colours import mix, paint, table
from course_utils.panels.companion import ONE_PACKET
from course_utils.panels.controls import SLIDER, slider
from course_utils.panels.panel import Drawing, Panel
from course_utils.panels.png import Encoder, encode
from course_utils.panels.sheet import DENSITY, Sheet, stencil, text_width
from course_utils.shipped import load_shipped
from course_utils.training import fit

XRAY_LAYER = "classifier.resnet_blocks.1"


@cache
def network():
    return load_shipped("simplecnn_shapes10").model


@cache
def pictures():
    return shapes10(12, seed=42)


@cache
def trace():
    torch.manual_seed(0)
    net = nn.Sequential(OrderedDict(l1=nn.Linear(3, 4), tanh=nn.Tanh(), l2=nn.Linear(4, 1)))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with trace_hooks(net, optimizer=optimizer) as events:
        net(torch.rand(2, 3, requires_grad=True)).sum().backward()
        optimizer.step()
    return tuple(events)


@cache
def filmed():
    torch.manual_seed(0)
    recorder = training_theatre.Recorder(shapes10(24, seed=1), every=2)
    fit(SimpleCNN(10), shapes10(96, seed=0), epochs=2, batch_size=16, callbacks=[recorder], device="cpu")
    return recorder


@cache
def xray_network():
    torch.manual_seed(0)
    return TwoClasses(SmallXRayClassifier()).eval()


BUILDERS = {
    "event_timeline": event_timeline.panel,
    "late_binding": late_binding.panel,
    "learning_rate": learning_rate.panel,
    "gradient_knob": gradient_knob.panel,
    "activation_surgery": lambda: activation_surgery.panel(network(), pictures()),
    "training_step": lambda: training_step.panel(trace()),
    "training_theatre": lambda: training_theatre.panel(filmed()),
    "kernels_and_maps": lambda: kernels_and_maps.panel(network(), pictures()),
    "grad_cam_explorer": lambda: grad_cam_explorer.panel(network(), pictures()),
    "pixel_maps": lambda: pixel_maps.panel(network(), pictures()[:2]),
    "cam_family": lambda: cam_family.panel(network(), pictures()[:2], ["conv1", "conv2", "conv3"]),
    "trust_tests": lambda: trust_tests.panel(network(), network(), pictures()[:3]),
    "saturation": lambda: saturation.panel(xray_network(), chest_xray_phantom(4, seed=1), XRAY_LAYER),
    "draw_and_explain": lambda: draw_and_explain.panel(network(), pictures().class_names, pictures().images[0]),
}
every_panel = pytest.mark.parametrize("name", BUILDERS)


@cache
def built(name):
    return BUILDERS[name]()


def states(panel):
    """All states that a learner can reach: one share of its range for each control."""

    def moved(shares):
        state = panel.settled(panel.start)
        for control, share in zip(panel.controls, shares, strict=True):
            values = control.values(state)
            state = panel.moved(state, control.field, values[min(int(share * len(values)), len(values) - 1)])
        return state

    return st.tuples(*[st.floats(0, 1) for _ in panel.controls]).map(moved)


def looks_right(panel, drawing):
    assert drawing.picture.dtype == np.uint8
    assert drawing.picture.shape == panel.render(panel.settled(panel.start)).picture.shape
    assert np.ptp(drawing.picture) > 0
    assert any(letter.isdigit() for letter in drawing.caption)


# Every control of every panel


@every_panel
def test_every_control_draws_at_its_minimum_its_start_and_its_maximum(name):
    panel = built(name)
    start = panel.settled(panel.start)
    for control in panel.controls:
        values = control.values(start)
        assert getattr(start, control.field) in values
        for value in (values[0], values[-1]):
            looks_right(panel, panel.render(panel.moved(start, control.field, value)))


@every_panel
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_every_state_that_can_be_reached_draws(name, data):
    panel = built(name)
    looks_right(panel, panel.render(data.draw(states(panel))))


@every_panel
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_each_step_of_a_slider_changes_picture_and_caption(name, data):
    panel = built(name)
    state = data.draw(states(panel))
    for control in panel.controls:
        values = control.values(state)
        if control.look == SLIDER and len(values) > 1:
            at = data.draw(st.integers(0, len(values) - 2))
            one, two = (panel.render(panel.moved(state, control.field, value)) for value in values[at : at + 2])
            assert one.caption != two.caption, control.label
            assert not np.array_equal(one.picture, two.picture), control.label


@every_panel
def test_menus_and_buttons_change_the_picture(name):
    panel = built(name)
    start = panel.settled(panel.start)
    for control in panel.controls:
        drawn = [panel.render(panel.moved(start, control.field, v)).picture for v in control.values(start)[:4]]
        assert any(not np.array_equal(drawn[0], other) for other in drawn[1:]), control.label


@every_panel
def test_the_same_state_gives_the_same_drawing(name):
    panel = built(name)
    first, second = (panel.render(panel.settled(panel.start)) for _ in range(2))
    assert np.array_equal(first.picture, second.picture)
    assert first.caption == second.caption


@every_panel
def test_labels_are_there_and_differ(name):
    labels = [control.label for control in built(name).controls]
    assert len(set(labels)) == len(labels)
    assert all(labels)
    assert all(text_width(label) <= coat.LABEL_PIXELS for label in labels), "the page cuts it off"
    assert built(name).plays in {"", *labels}


# The coat of widgets


@every_panel
def test_ten_runs_of_a_cell_leave_one_panel(name):
    comms = comm.get_comm_manager().comms
    first = coat.put_on(built(name))
    widgets, once = list(first.widgets()), (len(_instances), len(comms))
    for _ in range(9):
        last = coat.put_on(built(name))
    assert (len(_instances), len(comms)) == once
    assert not [w for w in widgets if w.comm is not None or any(w._trait_notifiers.values())]
    last.close()


@every_panel
def test_a_hand_on_a_control_changes_picture_and_caption(name):
    live = coat.put_on(built(name))
    for control in built(name).controls:
        before = live.companion.picture, live.companion.text
        widget = live.controls[control.field]
        widget.index = 0 if widget.index else 1
        assert (live.companion.picture, live.companion.text) != before, control.label
        assert getattr(live.state, control.field) == widget.value
    live.close()


def test_reset_goes_back_to_the_start():
    live = coat.put_on(late_binding.panel())
    at_start = live.companion.picture, live.companion.text
    live.controls["turns"].value = 5
    live.controls["moment"].value = 11
    live.reset_button.click()
    assert (live.companion.picture, live.companion.text) == at_start
    assert live.controls["moment"].value == late_binding.State().moment
    live.close()


def test_a_control_that_depends_on_another_follows_it():
    live = coat.put_on(late_binding.panel())
    live.controls["moment"].value = 7
    live.controls["turns"].value = 1
    assert live.state.moment == live.controls["moment"].value == 3
    assert len(live.controls["moment"].options) == 4
    live.close()


@dataclass(frozen=True)
class Brittle:
    """The state of a panel that breaks at 3."""

    number: int = 1


def brittle(state):
    if state.number == 3:
        raise ValueError("three is too much")
    sheet = Sheet(20, 20)
    sheet.box(0, 0, (state.number, 5), fill="#000000")
    return Drawing(sheet.array(), f"number {state.number}")


BRITTLE = Panel("brittle", "Brittle", "Do not choose 3.", Brittle(), (slider("number", "Number", range(5)),), brittle)


def test_an_error_is_shown_in_the_panel_and_raised():
    live = coat.put_on(BRITTLE)
    with pytest.raises(ValueError, match="three is too much"):
        live.controls["number"].value = 3
    assert "three is too much" in live.companion.error
    assert "Reset" in live.companion.error
    live.controls["number"].value = 4
    assert live.companion.error == ""
    assert live.companion.text == "number 4"
    live.close()


def test_reset_mends_a_panel_after_an_error():
    live = coat.put_on(BRITTLE)
    with pytest.raises(ValueError, match="three"):
        live.controls["number"].value = 3
    live.reset_button.click()
    assert live.companion.error == ""
    assert live.controls["number"].value == 1
    live.close()


def test_an_error_in_the_first_drawing_leaves_no_widget_behind():
    before = len(_instances)
    with pytest.raises(ValueError, match="three"):
        coat.put_on(replace(BRITTLE, start=Brittle(3)))
    assert len(_instances) == before


def test_a_cell_shows_a_still_picture_its_caption_and_the_panel(monkeypatch):
    shown = []
    monkeypatch.setattr(coat, "display", lambda data, raw, metadata=None: shown.append((data, metadata)))
    coat.show(BRITTLE)
    (still, size), (caption, _), (widget, _) = shown
    assert size["image/png"] == {"width": 20, "height": 20, "alt": "number 1"}
    assert still["image/png"].startswith(b"\x89PNG")
    assert caption["text/plain"] == "number 1"
    assert "application/vnd.jupyter.widget-view+json" in widget
    assert widget["text/plain"] == coat.WITHOUT_KERNEL


@every_panel
def test_a_move_sends_one_message_that_needs_no_packet_before_it(name, monkeypatch):
    """Nagle's algorithm keeps back a small message until the one before was confirmed, 40 ms later."""
    live, sent = coat.put_on(built(name)), []
    monkeypatch.setattr(ipywidgets.Widget, "_send", lambda self, message, buffers=None: sent.append((self, buffers)))
    control = next(control for control in built(name).controls if control.look == SLIDER)
    widget = live.controls[control.field]
    widget.set_state({"index": 0 if widget.index else 1})  # what a message from the page does
    assert [sender for sender, _ in sent] == [live.companion]
    assert sum(len(buffer) for buffer in sent[0][1]) >= ONE_PACKET
    monkeypatch.undo()
    live.close()


def test_the_next_drawing_is_ready_before_the_hand_goes_on(monkeypatch):
    """0, 1: then 2 is drawn ahead, and not again; 3 breaks in silence until the learner gets there."""
    drawn = []
    monkeypatch.setattr(drawings, "PAUSE_SECONDS", 0)

    def noted(state):
        drawn.append(state.number)
        return brittle(state)

    async def play():
        live = coat.put_on(replace(BRITTLE, start=Brittle(0), render=noted))
        drawn.clear()
        for number in (1, 2):
            live.controls["number"].value = number
            for _ in range(3):
                await asyncio.sleep(0)
        with pytest.raises(ValueError, match="three"):
            live.controls["number"].value = 3
        live.close()

    asyncio.run(play())
    assert drawn == [1, 2, 3, 3]


def test_a_closed_panel_draws_nothing_ahead(monkeypatch):
    drawn = []
    monkeypatch.setattr(drawings, "PAUSE_SECONDS", 0)

    async def play():
        live = coat.put_on(replace(BRITTLE, render=lambda state: drawn.append(state.number) or brittle(state)))
        live.controls["number"].value = 2
        live.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(play())
    assert 3 not in drawn


@pytest.mark.parametrize("number", [3, 4])  # 3 raises
def test_drawing_leaves_the_number_of_threads_as_it_was(number):
    threads, live = torch.get_num_threads(), coat.put_on(BRITTLE)
    with contextlib.suppress(ValueError):
        live.controls["number"].value = number
    assert torch.get_num_threads() == threads
    live.close()


def test_a_closed_panel_does_not_follow_its_controls():
    live = coat.put_on(BRITTLE)
    coat.put_on(BRITTLE)
    picture = live.companion.picture
    live.controls["number"].value = 4
    assert live.companion.picture == picture


# Drawing


@given(height=st.integers(1, 9), width=st.integers(1, 9), seed=st.integers(0, 99))
def test_png_holds_exactly_the_picture(height, width, seed):
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode(picture)))), picture)


@pytest.mark.parametrize("wrong", [np.zeros((2, 2)), np.zeros((2, 2, 3)), np.zeros((0, 2, 3), np.uint8)])
def test_png_refuses_what_is_no_picture(wrong):
    with pytest.raises(ValueError, match=r"need a picture \(H, W, 3\) of uint8"):
        encode(wrong)


def test_a_sheet_is_stored_denser_than_it_is_shown():
    assert Sheet(30, 20).array().shape == (round(20 * DENSITY), round(30 * DENSITY), 3)


@given(seed=st.integers(0, 99), changed=st.lists(st.integers(0, 69), max_size=4))
def test_an_encoder_that_remembers_gives_the_bytes_of_one_that_does_not(seed, changed):
    first = np.random.default_rng(seed).integers(0, 256, (70, 9, 3), dtype=np.uint8)
    second, third = first.copy(), first[:, :5].copy()
    second[changed] ^= 1
    encoder = Encoder()
    assert [encoder.encode(p) for p in (first, second, third)] == [encode(p) for p in (first, second, third)]


def test_a_stencil_draws_what_the_lines_draw():
    lines = [((3, 4), (12.4, 4)), ((12.4, 4), (12.4, 9.7)), ((0, 0), (2, 0))]
    by_lines, by_stencil = Sheet(20, 15), Sheet(20, 15)
    for line in lines:
        by_lines.line(line, "#ff0000", 1)
    by_stencil.trace(stencil(lines, 1), "#ff0000")
    assert np.array_equal(by_lines.array(), by_stencil.array())


def test_paint_gives_the_ends_of_the_scale_their_colours_and_clips_the_rest():
    painted = paint(np.array([-5.0, 0.0, 2.0, 9.0]), 0, 2)
    assert painted.tolist() == [table("viridis")[i].tolist() for i in (0, 0, 255, 255)]


def test_mix_half_way_between_black_and_white_is_grey():
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


def test_a_control_needs_something_to_choose_from():
    with pytest.raises(ValueError, match="'Number' has nothing to choose from"):
        slider("number", "Number", ())


# What the panels compute


def test_three_lambdas_share_one_box_and_say_two():
    last = late_binding.watch(late_binding.LAMBDA, 3)[-1]
    assert last.answers == (2, 2, 2)
    assert len(set(last.boxes)) == 1


@pytest.mark.parametrize("made", [late_binding.DEFAULT, late_binding.FACTORY])
def test_cured_callbacks_have_a_box_each(made):
    last = late_binding.watch(made, 3)[-1]
    assert last.answers == (0, 1, 2)
    assert len(set(last.boxes)) == 3


def test_the_timeline_runs_the_lessons_loop():
    """50, 75, 87: Chen stops at 80, and everybody still hears 87."""
    moments = event_timeline.record(event_timeline.State())
    assert moments[-1].kept == moments[-1].printed == (50, 75, 87)
    assert [m.score for m in moments if m.who == "loop"] == [0, 50, 75, 87, 87]
    assert [m.answer for m in moments if m.who == "Chen"] == ["", "", repr(STOP)]


def test_who_listens_to_nothing_never_runs():
    nobody = event_timeline.NOBODY
    moments = event_timeline.record(event_timeline.State(ana=nobody, ben=nobody, chen=nobody))
    assert {m.who for m in moments} == {"loop"}
    assert len(moments) == 7


@pytest.mark.parametrize("rate", [1e-5, 1e-4, 1e-3, 1e-2])
def test_the_learning_rate_panel_trains_as_the_lesson_does(rate):
    weights, losses = learning_rate.train(learning_rate.State(rate=rate, epochs=10))
    w, expected = torch.tensor(1.0, requires_grad=True), []
    for _ in range(10):
        for x, y in learning_rate.SAMPLES:
            (gradient,) = torch.autograd.grad(loss := (x * w - y) ** 2, w)
            w = (w - rate * gradient).detach().requires_grad_()
        expected.append(loss.item())
    np.testing.assert_allclose(losses, expected, rtol=1e-3)
    np.testing.assert_allclose(weights[-1], w.item(), rtol=1e-3)


def test_half_a_gradient_at_y_halves_everything_behind_it():
    """z = y², y = (w + x)(w + 1) = 6: 12 arrives at y, 6 goes on; a gets 6 * 2, b 6 * 3, w both, x 12."""
    walk = gradient_knob.walk_back(gradient_knob.State(node="y", amount=0.5))
    assert walk.arrived["y"] == 12
    assert walk.left == {"z": 1, "y": 6, "a": 12, "b": 18, "w": 30, "x": 12}


def test_a_knob_on_a_leaves_the_other_road_alone():
    walk = gradient_knob.walk_back(gradient_knob.State(node="a", amount=0.0))
    assert (walk.left["b"], walk.left["w"], walk.left["x"]) == (36, 36, 0)


def test_surgery_times_one_changes_nothing_and_leaves_no_hook():
    scene = activation_surgery.prepared(network(), pictures())
    for layer in activation_surgery.LAYERS:
        state = activation_surgery.State(layer=layer, count=32, factor=1.0)
        np.testing.assert_allclose(activation_surgery.operated(scene, state), scene.healthy[0], rtol=1e-4, atol=1e-4)
    assert count_hooks(network()) == 0


def test_surgery_on_every_channel_is_the_answer_to_nothing():
    """Without any of conv3's channels, fc1 gets zeros: every picture gets the same logits."""
    scene = activation_surgery.prepared(network(), pictures())
    answers = [activation_surgery.operated(scene, activation_surgery.State(p, "conv3", 0, 128, 0.0)) for p in range(2)]
    np.testing.assert_array_equal(*answers)


def test_surgery_on_every_channel_still_says_where_it_begins():
    scene = activation_surgery.prepared(network(), pictures())
    states = [activation_surgery.State(channel=first, count=32, factor=-2.0) for first in (0, 1)]
    one, two = (activation_surgery.render(scene, state) for state in states)
    assert not np.array_equal(one.picture, two.picture)
    assert "32 channels, 1 to 31 and 0 to 0, times -2" in two.caption


@pytest.mark.parametrize("layer", kernels_and_maps.LAYERS)
def test_the_frame_holds_the_pixels_that_a_number_of_the_map_can_see(layer):
    """The gradient of one number with respect to the picture is zero outside of the frame."""
    torch.manual_seed(0)
    model, image = SimpleCNN(10), torch.rand(1, 3, 32, 32, requires_grad=True)
    seen = []
    with model.get_submodule(layer).register_forward_hook(lambda module, args, output: seen.append(output)):
        model(image)
    row = column = seen[0].shape[-1] // 2
    (gradient,) = torch.autograd.grad(seen[0][0, :, row, column].sum(), image)
    touched = gradient.abs().sum(dim=(0, 1)).numpy() > 0
    top, left, side = kernels_and_maps.seen_square(layer, row, column)
    inside = np.zeros((32, 32), bool)
    inside[max(top, 0) : top + side, max(left, 0) : left + side] = True
    assert not touched[~inside].any()


def test_the_explorer_shows_the_packages_maps():
    scene = grad_cam_explorer.prepared(network(), pictures())
    answer = explain(network(), pictures().images, "conv2")
    for picture, (c, one) in enumerate(zip(answer.classes.tolist(), answer.maps.numpy(), strict=True)):
        assert grad_cam_explorer.asked(scene, grad_cam_explorer.State(picture))[0] == c
        np.testing.assert_allclose(scene.maps["conv2"][picture, c], one, atol=1e-6)


def test_heat_zero_leaves_the_picture_as_it_is():
    image = pictures().images[0].numpy()
    drawn = grad_cam_explorer.overlaid(image, np.zeros((8, 8)), 1.0, "viridis")
    assert np.array_equal(drawn, np.round(np.moveaxis(image, 0, -1) * 255).astype(np.uint8))


def test_the_theatre_filmed_the_untrained_network_and_every_second_batch():
    """96 pictures in batches of 16 are six batches an epoch: moments at 0, 2, 4, 6, twice."""
    assert [frame.images_seen for frame in filmed().frames] == [0, 32, 64, 96, 128, 160, 192]
    assert filmed().frames[0].loss == pytest.approx(np.log(10), abs=0.05)


def test_a_theatre_without_a_film_says_what_to_do():
    with pytest.raises(ValueError, match=r"fit\(\.\.\., callbacks=\[recorder\]\)"):
        training_theatre.panel(training_theatre.Recorder(shapes10(2, seed=1)))


def test_the_step_panel_refuses_an_empty_trace():
    with pytest.raises(ValueError, match="need the events of trace_hooks"):
        training_step.panel([])


def test_too_many_pictures_are_refused():
    with pytest.raises(ValueError, match="shows 1 to 16 pictures, got 20"):
        grad_cam_explorer.panel(network(), shapes10(20, seed=1))


def test_smooth_grad_in_the_panel_is_the_packages():
    data = pictures()[:2]
    scene = pixel_maps.prepared(network(), data)
    answer = smooth_grad(network(), data.images, torch.from_numpy(scene.answers), samples=4, noise=0.15, seed=0)
    np.testing.assert_allclose(scene.smooth[0.15, 4], answer.maps.numpy(), rtol=1e-3, atol=1e-5)


def test_the_covered_picture_lacks_the_patch_that_costs_most():
    image, losses = np.ones((3, 8, 8), np.float32), np.zeros((8, 8))
    image[:, 4:] = 0
    losses[7, 7] = 1
    assert (pixel_maps._patched(image, losses, 4)[:, 4:, 4:] == 0.5).all()


def test_the_family_explains_the_true_class():
    data = pictures()[:2]
    scene = cam_family.prepared(network(), data, ["conv2"])
    expected = explain(network(), data.images, "conv2", data.labels).maps.numpy()
    np.testing.assert_array_equal(scene.maps["conv2", "Grad-CAM"], expected)


def test_the_family_needs_layers():
    with pytest.raises(ValueError, match="need the names of the layers"):
        cam_family.panel(network(), pictures(), [])


def test_the_mark_is_the_one_that_the_cheat_learned():
    plain, marked = shapes10(10, seed=3), shapes10(10, seed=3, shortcut=1.0)
    ours = trust_scene.with_mark(plain.images, plain.labels, (1, 1))
    torch.testing.assert_close(ours, marked.images, atol=0.005, rtol=0)


def test_without_a_place_there_is_no_mark():
    assert torch.equal(trust_scene.with_mark(pictures().images, pictures().labels, None), pictures().images)


def test_places_of_the_mark_go_once_around_the_picture():
    corners = {(1, 1), (1, 26), (26, 26), (26, 1)}
    assert corners <= set(trust_scene.PLACES)
    assert len(set(trust_scene.PLACES)) == len(trust_scene.PLACES) == 21


def test_agreement_of_two_masks():
    """Two pixels and three pixels that share one: 1 of 4."""
    hot, mask = np.array([1, 1, 0, 0], bool), np.array([0, 1, 1, 1], bool)
    assert trust_scene.intersection_over_union(hot, mask) == 0.25
    assert trust_scene.intersection_over_union(~hot & hot, ~mask & mask) == 0


def test_trust_needs_masks():
    with pytest.raises(ValueError, match="need pictures with masks"):
        trust_tests.panel(network(), network(), replace(pictures(), masks=None))


@pytest.mark.parametrize("z", [-30.0, -3.0, 0.0, 2.0, 16.0, 17.0, 25.0])
def test_probability_and_slope_saturate_as_torch_does(z):
    leaf = torch.tensor(z, requires_grad=True)
    p = leaf.sigmoid()
    p.backward()
    ours = saturation.sigmoid_slope(z)
    np.testing.assert_allclose(ours, (p.item(), leaf.grad.item()), rtol=1e-5)
    assert (ours[1] == 0) == (z >= 17)


def test_the_logits_map_does_not_care_about_the_shift():
    scene = saturation.prepared(xray_network(), chest_xray_phantom(2, seed=1), XRAY_LAYER)
    assert not (scene.maps[saturation.PNEUMONIA] * scene.maps[saturation.NORMAL]).any()


def test_a_drawing_becomes_a_picture_and_a_drawing_again():
    image = pictures().images[3]
    torch.testing.assert_close(draw_and_explain.to_image(draw_and_explain.to_bytes(image))[0], image)


def test_the_pen_moves_the_answer():
    live = coat.put_on(built("draw_and_explain"))
    before = live.companion.picture, live.companion.text
    live.canvas.pixels = draw_and_explain.to_bytes(pictures().images[1])
    assert live.companion.picture != before[0]
    assert live.companion.text != before[1]
    live.reset_button.click()
    assert (live.companion.picture, live.companion.text) == before
    assert live.canvas.pixels == draw_and_explain.to_bytes(pictures().images[0])
    live.close()


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 1))
def test_any_drawing_gets_an_answer(seed, share):
    rng = np.random.default_rng(seed)
    pixels = (rng.random((32, 32, 3)) * 255 * (rng.random((32, 32, 1)) < share)).astype(np.uint8).tobytes()
    panel = built("draw_and_explain")
    looks_right(panel, panel.render(replace(panel.start, pixels=pixels)))


def test_a_canvas_refuses_another_size():
    live = coat.put_on(built("draw_and_explain"))
    with pytest.raises(TraitError, match="need 32x32 pixels of 3 bytes, 3072 in all, got 5"):
        live.canvas.pixels = b"12345"
    live.close()


def test_the_drawing_panel_wants_a_picture_of_its_size():
    with pytest.raises(ValueError, match=r"need a picture of shape \(3, 32, 32\)"):
        draw_and_explain.panel(network(), ["a"], torch.zeros(3, 8, 8))
