"""The training room: augmentation, the loop, callbacks, history, evaluation. Nothing here asserts a time."""

from __future__ import annotations

import _thread
import contextlib
import copy
import logging
import math
import os
import random
import signal
import threading

import numpy
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.callbacks import STOP
from course_utils.datasets.labeled import LabeledImages
from course_utils.hooks import count_hooks
from course_utils.models import SimpleCNN
from course_utils.training import TrainingState, evaluate, fit, one_cycle, seed_everything
from course_utils.training.augmentation import random_crop_and_flip, shift_and_flip
from course_utils.training.history import Epoch, History
from course_utils.training.interrupts import held_interrupts

NAMES = ("dark", "middle", "bright")


def pictures(count: int = 60, side: int = 8, seed: int = 0) -> LabeledImages:
    """Return noise whose brightness gives the class away: a network of a few weights can learn it."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % len(NAMES)
    noise = torch.rand(count, 3, side, side, generator=generator)
    return LabeledImages((noise + labels[:, None, None, None]) / 3, labels, None, NAMES)


def tiny_network(seed: int = 0) -> nn.Sequential:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(4, 3),
        )


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return all(torch.equal(first[name], second[name]) for name in first)


# values worked by hand


def test_a_shift_brings_in_the_mirror_image_of_the_edge():
    """Moved right by one, the first place has no source; reflected at the edge it is pixel 1."""
    row = torch.tensor([[[[0.0, 1.0, 2.0, 3.0]] * 2]])  # (1, 1, 2, 4)
    nothing, one, no = torch.tensor([0]), torch.tensor([1]), torch.tensor([False])
    assert shift_and_flip(row, nothing, one, no)[0, 0, 0].tolist() == [1, 0, 1, 2]
    assert shift_and_flip(row, nothing, -one, no)[0, 0, 0].tolist() == [1, 2, 3, 2]


def test_each_picture_gets_its_own_shift_and_mirror():
    """The second picture only: down by one (row 0 is the reflected row 1), then left and right are swapped."""
    images = torch.arange(8.0).view(2, 1, 2, 2)  # [[0 1] [2 3]] and [[4 5] [6 7]]
    moved = shift_and_flip(images, torch.tensor([0, 1]), torch.tensor([0, 0]), torch.tensor([False, True]))
    assert moved[:, 0].tolist() == [[[0, 1], [2, 3]], [[7, 6], [5, 4]]]


def test_one_cycle_goes_from_four_percent_up_to_one_and_down_to_zero():
    """At .65 half of the cosine is done: (1 + cos 90°) / 2 = 1/2."""
    assert [one_cycle(share) for share in (0.0, 0.3, 0.65, 1.0)] == pytest.approx([0.04, 1.0, 0.5, 0.0])


def test_evaluation_of_hand_made_logits():
    """Two of three are right. Logits (ln 3, 0, 0) give probabilities 3/5 1/5 1/5; losses ln 5/3, ln 5/3, ln 5."""
    logits = torch.eye(3)[[0, 1, 0]] * math.log(3)  # predicts 0, 1, 0
    data = LabeledImages(torch.rand(3, 3, 1, 3), torch.tensor([0, 1, 2]), None, NAMES)

    class Prepared(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            found = (images[:, None] == data.images).flatten(2).all(2).float().argmax(1)
            return logits[found]

    evaluation = evaluate(Prepared(), data)
    assert float(evaluation) == evaluation.accuracy == pytest.approx(2 / 3)
    assert evaluation.loss == pytest.approx((2 * math.log(5 / 3) + math.log(5)) / 3)
    assert evaluation.predictions.tolist() == [0, 1, 0]
    assert evaluation.confusion.tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0]]
    assert evaluation.probabilities[0].tolist() == pytest.approx([0.6, 0.2, 0.2])


def test_history_names_the_best_epoch_by_validation_accuracy_else_by_loss():
    losses, accuracies = (3.0, 1.0, 2.0), (0.1, 0.2, 0.9)
    without = History(epochs=[Epoch(loss, 0.5, 0.0, 0) for loss in losses])
    with_it = History(epochs=[Epoch(1.0, 0.5, 0.0, 0, 1.0, accuracy) for accuracy in accuracies])
    assert (without.best_epoch, without.best_accuracy) == (2, 0.5)
    assert (with_it.best_epoch, with_it.best_accuracy) == (3, 0.9)
    assert (History().best_epoch, History().best_accuracy) == (None, None)
    assert repr(with_it) == "History(3 epochs, loss 1.000, best epoch 3: accuracy 90.0%)"
    assert repr(History(interrupted=True)) == "History(0 epochs, interrupted)"


# laws


def test_a_batch_is_augmented_as_its_pictures_one_by_one():
    images, generator = torch.rand(5, 3, 6, 7), torch.Generator().manual_seed(1)
    down, right = torch.randint(-4, 5, (2, 5), generator=generator)
    mirrored = torch.rand(5, generator=generator) < 0.5
    singles = [shift_and_flip(images[[i]], down[[i]], right[[i]], mirrored[[i]]) for i in range(5)]
    torch.testing.assert_close(shift_and_flip(images, down, right, mirrored), torch.cat(singles), rtol=0, atol=0)


def test_augmentation_depends_on_its_generator_alone():
    images, state = torch.rand(9, 3, 8, 8), torch.get_rng_state()
    before = images.clone()
    twice = [random_crop_and_flip(images, torch.Generator().manual_seed(7)) for _ in range(2)]
    assert torch.equal(*twice)
    assert torch.equal(images, before)
    assert torch.equal(torch.get_rng_state(), state)


def test_fit_equals_the_loop_written_out():
    """Without augmentation and callbacks, nothing is left but order, logits, loss, gradients, update."""
    data, model = pictures(40), nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(12, 3))
    twin = copy.deepcopy(model)
    fit(model, data, epochs=2, batch_size=16, lr=0.01, augment=None, device="cpu", seed=3)

    optimizer, generator = torch.optim.AdamW(twin.parameters(), weight_decay=0.05), torch.Generator().manual_seed(3)
    for epoch in range(2):
        for number, chosen in enumerate(torch.randperm(40, generator=generator).split(16)):
            optimizer.param_groups[0]["lr"] = 0.01 * one_cycle((epoch * 3 + number) / 6)
            optimizer.zero_grad()
            F.cross_entropy(twin(data.images[chosen]), data.labels[chosen]).backward()
            optimizer.step()
    for trained, wanted in zip(model.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(trained, wanted, rtol=1e-5, atol=1e-6)


def test_two_runs_with_one_seed_are_equal_bit_for_bit_and_another_seed_is_not():
    models = [tiny_network() for _ in range(3)]
    histories = [
        fit(model, pictures(), epochs=2, batch_size=16, seed=s) for model, s in zip(models, (5, 5, 6), strict=True)
    ]
    assert same(weights_of(models[0]), weights_of(models[1]))
    assert histories[0] == histories[1]
    assert not same(weights_of(models[0]), weights_of(models[2]))


def test_a_network_learns_what_can_be_learned():
    model, data = tiny_network(), pictures(300)
    history = fit(model, data, epochs=12, batch_size=20, lr=0.05)
    assert history.loss[-1] < history.loss[0]
    assert float(evaluate(model, pictures(90, seed=1))) > 0.9


def test_evaluate_does_not_depend_on_the_batch_size():
    model, data = tiny_network(), pictures(31)
    whole, parts = (evaluate(model, data, batch_size=size) for size in (31, 4))
    assert torch.equal(whole.predictions, parts.predictions)
    torch.testing.assert_close(whole.probabilities, parts.probabilities)


# the history


def test_the_history_has_one_number_for_each_epoch():
    history = fit(tiny_network(), pictures(50), epochs=3, batch_size=20, lr=0.01, validation=pictures(10, seed=1))
    assert len(history) == 3
    assert all(len(curve) == 3 for curve in history.curves().values())
    assert list(history.curves()) == ["loss", "accuracy", "validation_loss", "validation_accuracy"]
    assert history.images_seen == [50, 100, 150]
    assert history.learning_rate[-1] == pytest.approx(0.01 * one_cycle(8 / 9))
    assert (history.interrupted, history.stopped_early) == (False, False)


def test_a_history_without_epochs_has_nothing_to_plot():
    with pytest.raises(ValueError, match="no epoch has ended"):
        History().plot()


def test_the_history_plots_itself():
    figure, caption = fit(tiny_network(), pictures(9), epochs=2, validation=pictures(9, seed=1)).plot()
    assert figure.axes
    assert all(f"{name} " in caption for name in ("training loss", "validation loss", "training accuracy"))


def test_the_device_is_chosen_and_told():
    history = fit(tiny_network(), pictures(6), epochs=1)
    assert history.device in {"cpu", "cuda", "mps"}


def test_where_nobody_watches_no_bar_is_drawn(capsys):
    fit(tiny_network(), pictures(6), epochs=1)
    assert capsys.readouterr() == ("", "")


# callbacks


class Diary:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, int, int]] = []

    def on_fit_start(self, state: TrainingState) -> None:
        self.lines.append(("start", state.epoch, state.batch))

    def on_batch_end(self, state: TrainingState) -> None:
        self.lines.append(("batch", state.epoch, state.batch))

    def on_epoch_end(self, state: TrainingState) -> None:
        self.lines.append(("epoch", state.epoch, state.batch))

    def on_fit_end(self, state: TrainingState) -> None:
        self.lines.append(("end", state.epoch, state.batch))


def test_callbacks_are_told_in_the_order_of_events():
    diary = Diary()
    fit(tiny_network(), pictures(6), epochs=2, batch_size=3, callbacks=[diary])
    first = [("start", 0, 0), ("batch", 1, 1), ("batch", 1, 2), ("epoch", 1, 2)]
    assert diary.lines == [*first, ("batch", 2, 1), ("batch", 2, 2), ("epoch", 2, 2), ("end", 2, 2)]


def test_a_function_is_called_after_each_epoch_with_what_the_epoch_measured():
    seen = []
    history = fit(
        tiny_network(),
        pictures(9),
        epochs=2,
        validation=pictures(6, seed=1),
        callbacks=[
            lambda state: seen.append((state.loss, state.accuracy, state.validation.accuracy, len(state.history)))
        ],
    )
    wanted = zip(history.loss, history.accuracy, history.validation_accuracy, (1, 2), strict=True)
    assert seen == list(wanted)


def test_callbacks_do_not_change_the_training():
    def switch_to_eval(state: TrainingState) -> None:
        state.model.eval()

    quiet, watched = tiny_network(), tiny_network()
    fit(quiet, pictures(), epochs=2, batch_size=16)
    fit(watched, pictures(), epochs=2, batch_size=16, validation=pictures(9), callbacks=[Diary(), switch_to_eval])
    assert same(weights_of(quiet), weights_of(watched))


def test_stop_after_an_epoch_ends_the_training_there():
    diary = Diary()
    history = fit(
        tiny_network(), pictures(6), epochs=9, callbacks=[lambda state: STOP if state.epoch == 2 else None, diary]
    )
    assert len(history) == 2
    assert history.stopped_early
    assert diary.lines[-1][0] == "end"


def test_stop_after_a_batch_ends_the_training_there():
    class OneBatch:
        def on_batch_end(self, state: TrainingState) -> object:
            return STOP

    history = fit(tiny_network(), pictures(9), epochs=9, batch_size=3, callbacks=[OneBatch()])
    assert history.images_seen == [3]
    assert history.stopped_early


def test_the_error_of_a_callback_propagates_and_the_weights_stay():
    model, after_one = tiny_network(), {}

    def fail(state: TrainingState) -> None:
        after_one.update(weights_of(state.model))
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        fit(model, pictures(9), epochs=3, callbacks=[fail])
    assert same(weights_of(model), after_one)


# Ctrl-C


class PressCtrlC:
    """Presses Ctrl-C after a batch, and keeps a copy of the weights after every epoch."""

    def __init__(self, epoch: int, batch: int) -> None:
        self.moment, self.copies = (epoch, batch), []

    def on_batch_end(self, state: TrainingState) -> None:
        if (state.epoch, state.batch) == self.moment:
            raise KeyboardInterrupt

    def on_epoch_end(self, state: TrainingState) -> None:
        self.copies.append(weights_of(state.model))


def test_ctrl_c_keeps_the_weights_of_the_best_epoch_and_says_so(caplog):
    model, press = tiny_network(), PressCtrlC(epoch=5, batch=2)
    with caplog.at_level(logging.WARNING):
        history = fit(
            model, pictures(), epochs=9, batch_size=20, lr=0.5, validation=pictures(30, seed=1), callbacks=[press]
        )
    assert history.interrupted
    assert len(history) == 4
    assert same(weights_of(model), press.copies[history.best_epoch - 1])
    assert caplog.messages == [
        f"Ctrl-C: stopped in epoch 5; the network holds the weights of epoch {history.best_epoch}, the best so far"
    ]


def test_ctrl_c_without_validation_keeps_the_epoch_of_the_lowest_loss():
    model, press = tiny_network(), PressCtrlC(epoch=4, batch=1)
    history = fit(model, pictures(), epochs=9, batch_size=20, callbacks=[press])
    assert history.loss[history.best_epoch - 1] == min(history.loss)
    assert same(weights_of(model), press.copies[history.best_epoch - 1])


def test_ctrl_c_in_the_first_epoch_keeps_what_has_been_learned_so_far():
    model, before = tiny_network(), weights_of(tiny_network())
    history = fit(model, pictures(), epochs=9, batch_size=20, callbacks=[PressCtrlC(epoch=1, batch=2)])
    assert history.interrupted
    assert len(history) == 0
    assert not same(weights_of(model), before)


@pytest.mark.parametrize("event", ["on_fit_start", "on_epoch_end", "on_fit_end"])
def test_ctrl_c_in_any_callback_returns_the_history(event):
    def press(state: TrainingState) -> None:
        raise KeyboardInterrupt

    callback = type("Pressing", (), {event: staticmethod(press)})()
    assert fit(tiny_network(), pictures(6), epochs=1, callbacks=[callback]).interrupted


def press_ctrl_c(state: TrainingState) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_a_real_ctrl_c_ends_the_training_after_its_epoch():
    handler = signal.getsignal(signal.SIGINT)
    history = fit(tiny_network(), pictures(6), epochs=9, callbacks=[press_ctrl_c])
    assert history.interrupted
    assert len(history) == 1
    assert signal.getsignal(signal.SIGINT) is handler


def test_ctrl_c_is_held_back_until_the_moment_suits():
    with held_interrupts() as stop_if_asked:
        stop_if_asked("not pressed yet")
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            stop_if_asked("now")
        stop_if_asked("it has been honoured")


def test_ctrl_c_that_found_no_moment_is_raised_after_the_block():
    done = []

    def work() -> None:
        with held_interrupts():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("the work")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done


def test_in_another_thread_nothing_is_held_back():
    histories = []
    thread = threading.Thread(target=lambda: histories.append(fit(tiny_network(), pictures(6), epochs=1)))
    thread.start()
    thread.join()
    assert len(histories[0]) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it may ring in the bar's __del__
def test_ctrl_c_at_any_moment_leaves_no_trace():
    """Forty moments, spread over a training of some forty milliseconds: in checks, steps, evaluation, putting back."""
    for moment in range(1, 41):
        model, state = tiny_network().train(), torch.get_rng_state()
        clock = threading.Timer(moment / 1000, _thread.interrupt_main)
        with contextlib.suppress(KeyboardInterrupt):  # too early or too late for the training
            clock.start()
            fit(model, pictures(12), epochs=2, batch_size=6, validation=pictures(6))
            clock.join()
        clock.join()
        assert all(module.training for module in model.modules())
        assert all(parameter.grad is None for parameter in model.parameters())
        assert torch.equal(torch.get_rng_state(), state)
        assert torch.is_grad_enabled()
        assert not count_hooks(model)


# damage: everything borrowed is put back


@pytest.mark.parametrize("error", [None, RuntimeError, KeyboardInterrupt])
def test_flags_gradients_and_random_numbers_are_as_before(error):
    model = tiny_network().train()
    model[2].eval()  # one layer differs from the rest
    model[5].weight.requires_grad_(False)
    model[0].weight.grad = torch.full_like(model[0].weight, 7.0)
    flags, state = [module.training for module in model.modules()], torch.get_rng_state()
    frozen, others = model[5].weight.clone(), (random.getstate(), numpy.random.get_state()[1].tolist())

    def fail(training: TrainingState) -> None:
        if error is not None:
            raise error("boom")

    try:
        fit(model, pictures(6), epochs=1, callbacks=[fail])
    except RuntimeError:
        assert error is RuntimeError
    assert [module.training for module in model.modules()] == flags
    assert torch.equal(torch.get_rng_state(), state)
    assert (random.getstate(), numpy.random.get_state()[1].tolist()) == others
    assert model[0].weight.grad.unique().tolist() == [7.0]
    assert model[0].bias.grad is None
    assert torch.equal(model[5].weight, frozen)
    assert not model[5].weight.requires_grad


def test_the_pictures_are_not_changed():
    data = pictures(12)
    images, labels = data.images.clone(), data.labels.clone()
    fit(tiny_network(), data, epochs=1)
    assert torch.equal(data.images, images)
    assert torch.equal(data.labels, labels)


def test_evaluate_computes_in_eval_mode_and_puts_the_flags_back():
    model = tiny_network().train()
    results = [evaluate(model, pictures(12)) for _ in range(2)]  # dropout would make them differ
    assert torch.equal(results[0].probabilities, results[1].probabilities)
    assert all(module.training for module in model.modules())
    assert not results[0].probabilities.requires_grad


# errors


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"epochs": 2.0}, TypeError, "epochs must be an integer, got 2.0"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1"),
        ({"lr": math.nan}, ValueError, "lr must be a number from 0"),
        ({"lr": "fast"}, TypeError, "lr must be a number, got 'fast'"),
        ({"weight_decay": -1}, ValueError, "weight_decay"),
        ({"label_smoothing": 1.0}, ValueError, "label_smoothing"),
        ({"seed": "7"}, TypeError, "seed must be an integer"),
        ({"device": "warp"}, ValueError, "cannot compute on device 'warp'"),
        ({"data": [1, 2]}, TypeError, "data must be LabeledImages.*got list"),
        ({"data": pictures(6)[:0]}, ValueError, "data holds no picture"),
        ({"model": "SimpleCNN"}, TypeError, "model must be a network"),
        ({"model": nn.Sequential(nn.Flatten(), nn.Linear(192, 7))}, ValueError, "3 classes, but .* num_classes=3"),
        ({"model": SimpleCNN(3)}, ValueError, r"cannot read pictures of shape \(3, 8, 8\): SimpleCNN needs images"),
        ({"model": tiny_network().requires_grad_(False)}, ValueError, "nothing to train"),
        ({"validation": pictures(6)[:0]}, ValueError, "data holds no picture"),
        ({"callbacks": Diary()}, TypeError, r"callbacks must be a list.*\[Diary\(\)\]"),
        ({"callbacks": [Diary]}, TypeError, r"got the class Diary; write Diary\(\)"),
        ({"callbacks": [3]}, TypeError, "a callback is a function or an object with one of on_fit_start"),
    ],
)
def test_a_wrong_argument_is_named_before_anything_changes(wrong, error, message):
    arguments = {"model": tiny_network(), "data": pictures(6), "epochs": 1} | wrong
    state = torch.get_rng_state()
    before = weights_of(arguments["model"]) if isinstance(arguments["model"], nn.Module) else {}
    with pytest.raises(error, match=message):
        fit(**arguments)
    assert torch.equal(torch.get_rng_state(), state)
    assert not before or same(weights_of(arguments["model"]), before)


def test_a_misspelled_callback_method_is_found():
    class Late:
        def on_epoch_ends(self, state: TrainingState) -> None: ...

    with pytest.raises(LookupError, match=r"Late\.on_epoch_ends would never be called; did you mean .*on_epoch_end"):
        fit(tiny_network(), pictures(6), epochs=1, callbacks=[Late()])


def test_validation_pictures_need_the_same_classes():
    other = pictures(6)
    other = LabeledImages(other.images, other.labels, None, ("a", "b", "c"))
    with pytest.raises(ValueError, match="validation must have the classes of data"):
        fit(tiny_network(), pictures(6), epochs=1, validation=other)


def test_a_loss_that_is_no_number_is_located():
    data = pictures(9)
    images = data.images.clone()
    images[data.labels == 0] = math.nan
    broken = LabeledImages(images, data.labels, None, NAMES)
    with pytest.raises(ValueError, match="loss became nan in epoch 1, batch 1 of 1; train again with a lower lr"):
        fit(tiny_network(), broken, epochs=1)


# seeds


def test_seed_everything_seeds_python_numpy_and_torch():
    draws = []
    for _ in range(2):
        seed_everything(11)
        draws.append((random.random(), numpy.random.rand(), torch.rand(1).item()))
    assert draws[0] == draws[1]


@pytest.mark.parametrize(
    ("seed", "error"), [(-1, ValueError), (2**32, ValueError), (1.5, TypeError), (True, TypeError)]
)
def test_seed_everything_refuses_what_numpy_cannot_take(seed, error):
    with pytest.raises(error, match="seed must"):
        seed_everything(seed)
