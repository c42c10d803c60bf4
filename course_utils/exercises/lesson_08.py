"""Exercises of lesson 08: the loss of guessing, a callback with patience, a training step with three mistakes."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable
from types import SimpleNamespace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.callbacks import STOP
from course_utils.exercises import findings, guard
from course_utils.exercises.diagnosis.functions import demand_parameters
from course_utils.exercises.diagnosis.numbers import off_by
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.shown import safely
from course_utils.panels.training_theatre import Frame, Recorder

__all__ = ["EXERCISES"]


# 08.1


def judge_guessing(answer: Callable[[int], float]) -> None:
    """The loss is ln(classes), for several numbers of classes."""
    if not callable(answer):
        raise Wrong(
            got=answer,
            wanted="the function guessing_loss itself",
            cause=f"this is of type {type(answer).__name__}, the result of a call perhaps, and not the function",
            next_step="hand in guessing_loss, without round brackets",
        )
    demand_parameters(answer, "(classes)", "guessing_loss(classes)")
    for classes in (10, 2, 1000, 1):
        got, wanted = answer(classes), math.log(classes)
        if not isinstance(got, int | float | Tensor) or (isinstance(got, Tensor) and got.numel() != 1):
            raise Wrong(
                got=got,
                wanted=f"a number, {wanted:.4f} for {classes} classes",
                cause="the function gives None or no number: " + _what_came(got),
                next_step="return the logarithm",
            )
        if not math.isclose(float(got), wanted, rel_tol=1e-4, abs_tol=1e-6):
            raise Wrong(
                got=f"{float(got):.4f} for {classes} classes",
                wanted=f"{wanted:.4f}",
                cause=_why_not_ln(float(got), classes, answer),
                next_step="the loss is -ln p, with p = 1 / classes",
            )


def _what_came(got: object) -> str:
    if got is None:
        return "is there a return? (print shows a number, and returns None)"
    if isinstance(got, str):
        return "this is a text; a number has no quotes and no format"
    if callable(got):
        return "this is a function that was not called"
    return f"this is of type {type(got).__name__}: one number is wanted"


GUESSES: dict[str, Callable[[int], float]] = {
    "this is the probability itself, not the surprise at it": lambda n: 1 / n,
    "the sign is turned: ln p is negative, the loss is -ln p": lambda n: -math.log(n),
    "this is the logarithm to base 10; cross-entropy is in nats, base e": math.log10,
    "this is the logarithm to base 2 (bits); cross-entropy is in nats, base e": math.log2,
    "this is the number for ten classes, whatever was asked": lambda n: 2.303,
    "the exponential was taken, which undoes a logarithm": lambda n: min(math.exp(min(n, 700)), 1e300),
    "summed over the classes; cross-entropy looks at the true class alone": lambda n: n * math.log(n),
    "divided by the number of classes; cross-entropy looks at the true class alone": lambda n: math.log(n) / n,
    "this is how often guessing is wrong, 1 - 1 / classes, not a surprise": lambda n: 1 - 1 / n,
    "this is the surprise at a probability of 1 - 1 / classes: that of missing the class": lambda n: (
        -math.log(1 - 1 / n) if n > 1 else math.inf
    ),
    "one class too many: ln(classes + 1)": lambda n: math.log(n + 1),
    "one class too few: ln(classes - 1)": lambda n: math.log(n - 1) if n > 1 else -math.inf,
    "this is the root, not the logarithm": math.sqrt,
    "this is the number of classes itself": float,
    "the logarithm was squared": lambda n: math.log(n) ** 2,
    "this is half of it": lambda n: math.log(n) / 2,
    "the logarithm was multiplied by 100, as for percent": lambda n: 100 * math.log(n),
    "the logarithm was cut to a whole number": lambda n: int(math.log(n)),
    "this is the probability in percent, not the surprise at it": lambda n: 100 / n,
    "one is too much: 1 was added to the logarithm": lambda n: math.log(n) + 1,
    "this is the squared error of guessing, not the surprise": lambda n: (1 - 1 / n) ** 2,
    "ln p of a probability in percent, 100 / classes": lambda n: -math.log(100 / n),
    "one term of the sum, -p ln p, was left with its sign turned": lambda n: -math.log(n) / n,
}


def _why_not_ln(got: float, classes: int, answer: Callable[[int], float]) -> str:
    asked = (classes, 2 if classes != 2 else 10)
    again = [safely(lambda n=n: float(answer(n)), math.nan) for n in asked]
    if not math.isclose(again[0], got, rel_tol=1e-6):
        return "it gives another number each time: random logits are no equal probabilities; take zeros"
    if math.isclose(again[0], again[1], rel_tol=1e-6) and abs(got - math.log(10)) < 0.01:
        return "this is the number for ten classes, whatever was asked"
    if math.isclose(again[0], again[1], rel_tol=1e-6):
        return "the same number comes for every number of classes: `classes` is not used"
    for cause, guess in GUESSES.items():
        if all(math.isclose(one, guess(n), rel_tol=1e-4, abs_tol=1e-9) for one, n in zip(again, asked, strict=True)):
            return cause
    rounded = [all(one == round(math.log(n), k) for one, n in zip(again, asked, strict=True)) for k in range(4)]
    factors = [one / math.log(n) for one, n in zip(again, asked, strict=True)] if classes > 1 else [0, 1]
    if any(rounded):
        return f"it was rounded: ln {classes} is {math.log(classes):.4f}"
    if math.isclose(*factors, rel_tol=1e-4):
        how = off_by(got, math.log(classes))
        return f"it is ln(classes) times {factors[0]:.3g} each time: a wrong base, or a factor too much; {how}"
    how = off_by(got, math.log(classes)) if classes > 1 else "for one class it is 0: nothing is to be guessed"
    only = "right for 10 classes, and not for others: " if classes != 10 else ""
    return f"{only}this is not the surprise at a probability of 1 / classes: {how}"


# 08.2


PLAYS = (  # epochs of patience, validation accuracies
    (2, [0.5, 0.4, 0.4, 0.4, 0.4]),
    (3, [0.3, 0.2, 0.4, 0.3, 0.35, 0.5, 0.4, 0.4, 0.4]),
    (2, [0.5, 0.4, 0.45, 0.44, 0.43, 0.42]),
    (3, [0.1, 0.2, 0.3, 0.4, 0.5]),
    (1, [0.0, 0.1, 0.1, 0.2]),
    (4, [0.6, 0.5, 0.7, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
    (2, [0.9, 0.8, 0.85, 0.95, 0.9]),
    (2, [0.0, 0.1, 0.2, 0.1, 0.1, 0.1]),
    (2, [0.4, 0.4, 0.4, 0.4]),
    (3, [0.2, 0.1, 0.15, 0.12, 0.3, 0.4]),
    (2, [0.5, 0.501, 0.502, 0.5021, 0.5022]),
    (2, [0.5, 0.4, 0.5, 0.4, 0.5]),
)


def judge_patience(answer: type) -> None:
    """Play validation accuracies and compare in which epoch it first asks to stop."""
    _check_class(answer)
    _check_two_trainings(answer)
    told = [_epoch_of_stop(answer(epochs), accuracies) for epochs, accuracies in PLAYS]
    wanted = [_played(epochs, accuracies) for epochs, accuracies in PLAYS]
    if told == wanted:
        return
    wrong = next(number for number, pair in enumerate(zip(told, wanted, strict=True)) if pair[0] != pair[1])
    epochs, accuracies = PLAYS[wrong]
    raise Wrong(
        got=f"Patience({epochs}) on the accuracies {accuracies}: {_told(told[wrong])}",
        wanted=_told(wanted[wrong]),
        cause=_why_not_then(answer, told, wanted),
        next_step="keep the best accuracy and a counter; reset the counter only at a new best",
    )


def _check_class(answer: object) -> None:
    if not isinstance(answer, type):
        what = "a function" if inspect.isfunction(answer) else f"an object of type {type(answer).__name__}"
        raise Wrong(
            got=answer,
            wanted="the class Patience",
            cause=f"{what} came: "
            + (
                "a class with a method is wanted"
                if what == "a function"
                else "an object came where its class is wanted"
            ),
            next_step="hand in the class itself: class Patience, and no round brackets behind the name",
        )
    methods = [name for name, member in vars(answer).items() if callable(member)]
    if cause := _what_it_lacks(answer, methods):
        raise Wrong(
            got=answer,
            wanted="a class with __init__(self, epochs) and on_epoch_end(self, state)",
            cause=cause,
            next_step="compare the names with the starter, letter by letter, two underscores on each side of init",
        )


def _what_it_lacks(answer: type, methods: list[str]) -> str:
    if answer.__init__ is object.__init__:
        return f"it has no `__init__(self, epochs)`, but {', '.join(methods) or 'no method at all'}"
    if not hasattr(answer, "on_epoch_end"):
        near = difflib.get_close_matches("on_epoch_end", methods, 1, 0.4)
        return "it has no method `on_epoch_end`" + (f", but `{near[0]}`" if near else "")
    if len(inspect.signature(answer.on_epoch_end).parameters) == 1:
        return "its method `on_epoch_end` takes one thing: the object itself comes first, then the state"
    return ""


def _epoch_of_stop(callback: object, accuracies: list[float]) -> int | None:
    for epoch, accuracy in enumerate(accuracies, start=1):
        state = SimpleNamespace(epoch=epoch, validation=SimpleNamespace(accuracy=accuracy))
        said = callback.on_epoch_end(state)
        if said is STOP:
            return epoch
        if said is not None:
            text = "; STOP is a name, not a text: no quotes" if isinstance(said, str) else ""
            text = "; yes and no are not what it asks: STOP, or nothing" if isinstance(said, bool) else text
            raise Wrong(
                got=f"on_epoch_end returned {said!r}",
                wanted="STOP or None",
                cause=f"fit stops only for STOP itself; another value is not heard{text}",
                next_step="return STOP, imported from course_utils.callbacks",
            )
    return None


def _check_two_trainings(answer: type) -> None:
    alone = _epoch_of_stop(answer(1), [0.5, 0.6])
    _epoch_of_stop(answer(1), [0.9, 0.1])
    if _epoch_of_stop(answer(1), [0.5, 0.6]) != alone:
        raise Wrong(
            got="a second Patience stopped because of the first one's accuracies",
            wanted="each object counts for itself",
            cause="best and counter belong to the class (or are global), not to the object",
            next_step="set self.best and self.waited in __init__",
        )


def _told(epoch: int | None) -> str:
    return "never stopped" if epoch is None else f"stopped after epoch {epoch}"


def _played(
    epochs: int,
    accuracies: list[float],
    better: Callable[[float, float], bool] = lambda new, best: new > best,
    keep: Callable[[float, float], float] = max,
    start: float = -1.0,
    reset: bool = True,
    late: int = 0,
    good: int = 0,
    even: int = 1,
    always: bool = True,
) -> int | None:
    """Return the epoch of the stop; other arguments are the usual slips."""
    best, waited = start, 0
    for epoch, accuracy in enumerate(accuracies, start=1):
        new = better(accuracy, best)
        step = even if accuracy == best else 1
        waited = (good if reset else waited + good) if new else waited + step
        best = keep(best, accuracy) if new or always else best
        if waited >= epochs + late:
            return epoch
    return None


def _ago(epochs: int, accuracies: list[float]) -> int | None:
    pairs = enumerate(zip(accuracies, accuracies[epochs:], strict=False), start=epochs + 1)
    return next((epoch for epoch, (before, now) in pairs if now <= before), None)


def _window(epochs: int, accuracies: list[float], ties: bool = False) -> int | None:
    for epoch in range(1, len(accuracies) + 1):
        recent, best = max(accuracies[max(0, epoch - epochs) : epoch]), max(accuracies[:epoch])
        if recent < best or (ties and recent == best):
            return epoch
    return None


SLIPS: dict[str, Callable[[int, list[float]], int | None]] = {
    "the bad epochs must come in a row: a new best sets the counter back to 0": lambda e, a: _played(e, a, reset=False),
    "one epoch too late: compare with >=, not >": lambda e, a: _played(e, a, late=1),
    "one epoch too early: after a new best the counter begins at 1, or it is compared with epochs - 1": lambda e, a: (
        _played(e, a, late=-1)
    ),
    "a small gain is not counted as a new best; any gain is one": lambda e, a: _played(
        e, a, better=lambda new, best: new > best + 0.005
    ),
    "an epoch that only equals the best is not counted; it is none with a new best, so it counts": lambda e, a: _played(
        e, a, even=0
    ),
    "a new best takes only one from the counter; it sets it back to 0": lambda e, a: _played(
        e, a, reset=False, good=-1
    ),
    "an epoch that only equals the best counts as a new best; better means >": lambda e, a: _played(
        e, a, better=lambda new, best: new >= best
    ),
    "an epoch is compared with the one before it; compare it with the best so far": lambda e, a: _played(
        e, a, keep=lambda best, new: new
    ),
    "the comparison is the wrong way round: a lower accuracy counts as better": lambda e, a: _played(
        e, a, better=lambda new, best: new < best
    ),
    "the comparison is the wrong way round: a lower accuracy counts as better, as for a loss": lambda e, a: _played(
        e, a, better=lambda new, best: new < best, keep=min, start=2.0
    ),
    "an epoch is compared with the last one, and a lower accuracy counts as better": lambda e, a: _played(
        e, a, better=lambda new, best: new < best, keep=lambda best, new: new
    ),
    "the best accuracy begins at 0, so a first epoch with 0.0 is no new best": lambda e, a: _played(e, a, start=0.0),
    "the counter counts all epochs, good ones as well": lambda e, a: _played(e, a, good=1, reset=False),
    "patience is ignored: it stops at the first epoch that is no new best": lambda e, a: _played(1, a),
    "it stops at once, after the first epoch": lambda e, a: 1,
    "the accuracy is compared with that of `epochs` epochs ago, not with the best so far": _ago,
    "an epoch that equals the best ends the waiting; only a new best does": _window,
    "the best of the last epochs is compared with itself as well: it always stops": lambda e, a: _window(e, a, True),
} | {
    f"the patience is {fixed} here, whatever Patience was made with": lambda e, a, fixed=fixed: _played(fixed, a)
    for fixed in (2, 3, 4, 5, 10)
}


def _why_never(answer: type) -> str:
    names = guard.names_used(answer)
    if "STOP" not in names:
        return "STOP never came: the name STOP does not stand in the class at all"
    if "print" in names:
        return "STOP never came: it was printed, and printing is not returning"
    if _epoch_of_stop(answer(1), [0.5, -7.0]) == 2:
        return "STOP never came: the best accuracy is never written down, so every epoch is better than the beginning"
    return "STOP never came: is it returned, under a condition that can come true, and is the counter counted up?"


def _why_after_so_many(answer: type) -> str:
    """Return why it stops after ``epochs`` epochs, whatever the accuracies are."""
    always = "it stops after `epochs` epochs, whatever the accuracies: none of them counts as a new best"
    if "accuracy" not in guard.names_used(answer):
        return "the accuracy is never looked at: the epochs of the training are counted, good ones as well"
    if _epoch_of_stop(answer(1), [-7.0]) is None:
        return f"{always}: the comparison is the wrong way round, a lower accuracy counts as better"
    if _epoch_of_stop(answer(1), [7.0]) is None:
        return f"{always}: the best accuracy begins too high, at 1 perhaps, which nothing exceeds"
    return f"{always}: good epochs are counted like bad ones (is the best raised before it is compared?)"


def _why_not_then(answer: type, told: list[int | None], wanted: list[int | None]) -> str:
    if not any(told):
        return _why_never(answer)
    if told == [epochs if epochs <= len(accuracies) else None for epochs, accuracies in PLAYS]:
        return _why_after_so_many(answer)
    return next(
        (slip for slip, play in SLIPS.items() if told == [play(*one) for one in PLAYS]), _why_here(told, wanted)
    )


def _why_here(told: list[int | None], wanted: list[int | None]) -> str:
    """Return what is wrong with the first wrong stop."""
    stopped, right = next(pair for pair in zip(told, wanted, strict=True) if pair[0] != pair[1])
    share = f"right in {sum(a == b for a, b in zip(told, wanted, strict=True))} of {len(PLAYS)} trainings"
    if right is None:
        return (
            f"it stopped although no {PLAYS[told.index(stopped)][0]} epochs in a row were without a new best ({share})"
        )
    if stopped is None:
        return f"STOP never came here: is the counter counted up in every epoch without a new best? ({share})"
    if stopped < right:
        return f"too early: an epoch without a new best was counted that is none, or a new best did not reset ({share})"
    return f"too late: an epoch without a new best was not counted, or the counter was reset without one ({share})"


# 08.3


class Listening(torch.optim.SGD):
    """Plain gradient descent that writes down what it was asked for."""

    def __init__(self, model: nn.Module, lr: float) -> None:
        self.events: list[str] = []
        super().__init__(model.parameters(), lr=lr)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients."""
        self.events.append("zero_grad")
        super().zero_grad(set_to_none)

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Update the weights."""
        self.events.append("step")
        return super().step(closure)


def judge_train_step(answer: Callable[..., float]) -> None:
    """One step from old gradients must equal the reference, and its loss must be the loss before the step."""
    if callable(answer):
        demand_parameters(answer, "(model, optimizer, images, labels)", "all four, in this order")
    model, images, labels = _step_parts()
    wanted_model, wanted_loss = _reference_step()
    optimizer = Listening(model, lr=0.5)
    with model.weight.register_post_accumulate_grad_hook(lambda weight: optimizer.events.append("backward")):
        got = answer(model, optimizer, images, labels)
    _check_kind(got)
    if max(map(optimizer.events.count, ("backward", "step"))) > 1:
        _check_weights(model, wanted_model, optimizer.events)
    if not math.isclose(got, wanted_loss, rel_tol=1e-4):
        raise Wrong(
            got=f"a loss of {got:.4f}",
            wanted=f"{wanted_loss:.4f}",
            cause=_why_not_this_loss(got),
            next_step="F.cross_entropy(model(images), labels), measured before the update",
        )
    _check_weights(model, wanted_model, optimizer.events)
    if not model.training:
        raise Wrong(
            got="a model in evaluation mode",
            wanted="a model that is still in training mode",
            cause="model.eval() is for testing; in a training step it switches dropout off, and stays",
            next_step="leave model.eval() out",
        )


def _check_kind(got: object) -> None:
    if got is None:
        raise Wrong(
            got="None",
            wanted="the loss",
            cause="the result is None: the return is missing",
            next_step="return loss.item()",
        )
    if not isinstance(got, float):
        kinds = {type(got): "a method was not called: the round brackets are missing"} if callable(got) else {}
        kinds |= {int: "it was rounded to a whole number", str: "it is a text", tuple: "more than the loss came"}
        cause = (
            "the loss is still a tensor and keeps the graph alive"
            if isinstance(got, Tensor)
            else f"this is no float: {kinds.get(type(got), f'it is of type {type(got).__name__}')}"
        )
        raise Wrong(got=got, wanted="a float", cause=cause, next_step="return loss.item()")


def _step_parts() -> tuple[nn.Module, Tensor, Tensor]:
    torch.manual_seed(0)
    model, images, labels = nn.Linear(4, 3), torch.rand(6, 4) * 4, torch.tensor([0, 1, 2, 0, 1, 2])
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)  # left over from an earlier step
    return model, images, labels


def _reference_step() -> tuple[nn.Module, float]:
    model, images, labels = _step_parts()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return model, loss.item()


def _loss_slips(logits: Tensor, after: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Return {cause: the loss that it gives}."""
    right, one_hot = F.cross_entropy(logits, labels), F.one_hot(labels, 3).float()
    return {
        "softmax is applied twice: F.cross_entropy wants logits and applies softmax itself": F.cross_entropy(
            logits.softmax(1), labels
        ),
        "softmax was applied over the images (dim=0), and before F.cross_entropy, which wants logits": F.cross_entropy(
            logits.softmax(0), labels
        ),
        "F.nll_loss wants log-probabilities (log_softmax), and logits came": F.nll_loss(logits, labels),
        "F.nll_loss wants log-probabilities, and probabilities came": F.nll_loss(logits.softmax(1), labels),
        "a sigmoid was applied; F.cross_entropy wants logits as they are": F.cross_entropy(logits.sigmoid(), labels),
        "a ReLU was applied; F.cross_entropy wants logits as they are": F.cross_entropy(logits.relu(), labels),
        "the losses of the images were added up; F.cross_entropy takes their mean": right * len(labels),
        "the mean was divided by the number of images once more": right / len(labels),
        "this is the loss after the update; the task wants the one that was measured before": F.cross_entropy(
            after, labels
        ),
        "this is the accuracy, not the loss": (logits.argmax(1) == labels).float().mean(),
        "this is the accuracy after the update, not the loss": (after.argmax(1) == labels).float().mean(),
        "only the first image went into the loss": F.cross_entropy(logits[:1], labels[:1]),
        "this is the squared error of the probabilities, not cross-entropy": F.mse_loss(logits.softmax(1), one_hot),
        "this is binary cross-entropy, for classes that do not exclude each other": (
            F.binary_cross_entropy_with_logits(logits, one_hot)
        ),
        "this is the squared error of the logits, not cross-entropy": F.mse_loss(logits, one_hot),
        "the sign is turned": -right,
        "the loss was multiplied by 100": right * 100,
        "label smoothing was added": F.cross_entropy(logits, labels, label_smoothing=0.1),
    }


@torch.no_grad()
def _why_not_this_loss(got: float) -> str:
    model, images, labels = _step_parts()
    with torch.enable_grad():
        stepped, _ = _reference_step()
    logits, after = model(images), stepped(images)
    right = F.cross_entropy(logits, labels)
    for cause, value in _loss_slips(logits, after, labels).items():
        if math.isclose(got, value.item(), rel_tol=1e-4):
            return cause
    if math.isnan(got):
        return "the loss is NaN: a logarithm of negative numbers? the logits go in as they are"
    if any(got == round(right.item(), digits) for digits in range(4)):
        return "the loss was rounded"
    return f"this is not the mean cross-entropy of the logits before the update: {off_by(got, right.item())}"


def _check_weights(model: nn.Module, wanted: nn.Module, events: list[str]) -> None:
    if torch.allclose(model.weight, wanted.weight, atol=1e-5) and torch.allclose(model.bias, wanted.bias, atol=1e-5):
        return
    before, _, _ = _step_parts()
    moved = not torch.equal(model.weight, before.weight)
    thrown = "" if moved else "the gradients were thrown away between backward() and step()"
    cause = _why_by_events(events, moved) or thrown or _why_another_step(model, wanted, before)
    raise Wrong(
        got="other weights after the step"
        + (f"; this happened: {', '.join(events)}" if events else "; neither backward nor the optimizer was called"),
        wanted="the weights after one step with the new gradients only",
        cause=cause if moved else f"the weights did not move: {cause}",
        next_step="the order is zero_grad, loss, backward, step",
    )


def _why_by_events(events: list[str], moved: bool) -> str:
    """Return the cause that the order of backward, zero_grad and step tells; "" if the order is right."""
    if "backward" not in events:
        why = "backward() was never called, or the loss was cut off from the model (detach, a new tensor)"
        return why + (": the update used the old gradients" if moved else "")
    if "step" not in events:
        return "the optimizer that came in never made its step: " + (
            "something else moved the weights" if moved else "optimizer.step() is missing, or has no round brackets"
        )
    first, step = events.index("backward"), events.index("step")
    if events.count("step") > 1 or events.count("backward") > 1:
        twice = "step() is" if events.count("step") > 1 else "backward() is"
        return f"{twice} called more than once"
    if step < first:
        return "the update used the old gradients, or none: step() must come after backward()"
    if "zero_grad" in events[first:step]:
        return "zero_grad() came after backward() and threw the new gradients away"
    if "zero_grad" in events[step:] and "zero_grad" not in events[:first]:
        return (
            "old and new gradients were added up: zero_grad() comes after the step, too late for what was there before"
        )
    return ""


def _why_another_step(model: nn.Module, wanted: nn.Module, before: nn.Module) -> str:
    """Return how the step differs from the wanted one, if the order of events is right or zero_grad is missing."""
    if torch.allclose(model.weight, wanted.weight - 0.5, atol=1e-5):
        return "old and new gradients were added up: zero_grad() is missing"
    gone, way = (model.weight - before.weight).flatten(), (wanted.weight - before.weight).flatten()
    along = torch.cosine_similarity(gone, way, dim=0).item()
    if abs(along) < 0.999:
        return "the weights moved in another direction than the new gradient's: another loss went backward"
    return (
        "the weights moved along the right line, and not to the right place (the gradient, or the learning rate, was "
        f"changed): {off_by((gone @ way / (way @ way)).item(), 1.0)}"
    )


GUESSING = Exercise(
    id="08.1",
    title="The loss of guessing",
    difficulty="easy",
    minutes=5,
    task="A function guessing_loss(classes) that returns the cross-entropy of equal probabilities, in nats.",
    hints=(
        "Cross-entropy is the surprise at the true class: minus the logarithm of its probability.",
        "Each class has the probability 1 / classes; math.log is the natural logarithm.",
        "-ln(1 / n) = ln n: one call of math.log is enough.",
    ),
    starter="def guessing_loss(classes):\n    ...",
    solution="def guessing_loss(classes):\n    return math.log(classes)",
    alternative="""def guessing_loss(classes):
    logits = torch.zeros(1, classes)
    return F.cross_entropy(logits, torch.tensor([0])).item()""",
    name="guessing_loss",
    judge=judge_guessing,
    praise="Right: an untrained network should start near this loss; try it on a network of your own.",
    mistakes=(
        Mistake(
            "summed", "def guessing_loss(classes):\n    return classes * math.log(classes)", "summed over the classes"
        ),
        Mistake("rounded", "def guessing_loss(classes):\n    return round(math.log(classes), 2)", "was rounded"),
        Mistake(
            "how often wrong", "def guessing_loss(classes):\n    return 1 - 1 / classes", "how often guessing is wrong"
        ),
        Mistake("one more", "def guessing_loss(classes):\n    return math.log(classes + 1)", "one class too many"),
        Mistake(
            "random",
            "def guessing_loss(classes):\n    return F.cross_entropy(torch.randn(1, classes), torch.tensor([0]))",
            "another number each time",
        ),
        Mistake("a text", "def guessing_loss(classes):\n    return str(math.log(classes))", "this is a text"),
        Mistake("probability", "def guessing_loss(classes):\n    return 1 / classes", "probability itself"),
        Mistake("sign", "def guessing_loss(classes):\n    return math.log(1 / classes)", "sign is turned"),
        Mistake("bits", "def guessing_loss(classes):\n    return math.log2(classes)", "base 2"),
        Mistake("base ten", "def guessing_loss(classes):\n    return math.log10(classes)", "base 10"),
        Mistake("constant", "def guessing_loss(classes):\n    return 2.302585", "ten classes"),
    ),
    setup="import math\nimport torch\nfrom torch.nn import functional as F",
)

_PATIENCE = """class Patience:
    def __init__(self, epochs):
        self.epochs, self.best, self.waited = epochs, -1.0, 0

    def on_epoch_end(self, state):
        {body}
"""

_BETTER = "better = state.validation.accuracy > self.best"
_WAITING = """
        self.waited = 0 if better else self.waited + 1
        self.best = max(self.best, state.validation.accuracy)
        return STOP if self.waited >= self.epochs else None"""

PATIENCE = Exercise(
    id="08.2",
    title="Patience",
    difficulty="medium",
    minutes=10,
    task="A class Patience(epochs) whose on_epoch_end(state) returns STOP after so many epochs without a new best.",
    hints=(
        "Remember two things between the epochs: the best accuracy so far, and how many epochs have passed since.",
        "State lives on self. A new best sets the counter back to zero; anything else counts one up.",
        "Return STOP if self.waited >= self.epochs, after the counter has been brought up to date.",
    ),
    starter="""class Patience:
    def __init__(self, epochs):
        ...

    def on_epoch_end(self, state):
        ...""",
    solution=_PATIENCE.format(
        body="""better = state.validation.accuracy > self.best
        self.waited = 0 if better else self.waited + 1
        self.best = max(self.best, state.validation.accuracy)
        return STOP if self.waited >= self.epochs else None"""
    ),
    alternative="""class Patience:
    def __init__(self, epochs):
        self.epochs = epochs
        self.seen = []

    def on_epoch_end(self, state):
        self.seen.append(state.validation.accuracy)
        since_best = len(self.seen) - 1 - self.seen.index(max(self.seen))
        if since_best >= self.epochs:
            return STOP""",
    name="Patience",
    judge=judge_patience,
    praise="Right: the counter only goes back at a new best; hand Patience(3) to fit and see where it stops.",
    mistakes=(
        Mistake(
            "an equal is no new best",
            _PATIENCE.format(body=_BETTER.replace(">", ">=") + _WAITING),
            "only equals the best",
        ),
        Mistake(
            "the wrong way round",
            _PATIENCE.format(body=_BETTER.replace(">", "<") + _WAITING),
            "a lower accuracy counts as better",
        ),
        Mistake(
            "never written down",
            _PATIENCE.format(body=_BETTER + _WAITING.replace("max(self.best, state.validation.accuracy)", "-1.0")),
            "never written down",
        ),
        Mistake(
            "epochs of the training",
            _PATIENCE.format(body="return STOP if state.epoch >= self.epochs else None"),
            "accuracy is never looked at",
        ),
        Mistake(
            "a patience of its own",
            _PATIENCE.format(body=_BETTER + _WAITING.replace("self.epochs", "3")),
            "the patience is 3 here",
        ),
        Mistake(
            "a text",
            _PATIENCE.format(body=_BETTER + _WAITING.replace("STOP", "'STOP'")),
            "a name, not a text",
        ),
        Mistake(
            "a plain name",
            _PATIENCE.format(body=_BETTER.replace("self.", "") + _WAITING),
            "NameError",
        ),
        Mistake(
            "never resets",
            _PATIENCE.format(
                body="""if state.validation.accuracy > self.best:
            self.best = state.validation.accuracy
        else:
            self.waited += 1
        return STOP if self.waited >= self.epochs else None"""
            ),
            "in a row",
        ),
        Mistake(
            "one too late",
            _PATIENCE.format(
                body="""better = state.validation.accuracy > self.best
        self.waited = 0 if better else self.waited + 1
        self.best = max(self.best, state.validation.accuracy)
        return STOP if self.waited > self.epochs else None"""
            ),
            "one epoch too late",
        ),
        Mistake(
            "compares with the epoch before",
            _PATIENCE.format(
                body="""better = state.validation.accuracy > self.best
        self.waited = 0 if better else self.waited + 1
        self.best = state.validation.accuracy
        return STOP if self.waited >= self.epochs else None"""
            ),
            "best so far",
        ),
        Mistake(
            "returns True",
            _PATIENCE.format(
                body="""better = state.validation.accuracy > self.best
        self.waited = 0 if better else self.waited + 1
        self.best = max(self.best, state.validation.accuracy)
        return self.waited >= self.epochs"""
            ),
            "STOP or None",
        ),
    ),
    setup="from course_utils.callbacks import STOP",
)

_STEP = "def train_step(model, optimizer, images, labels):\n{body}    return loss.item()"
_ZERO, _LOSS = "    optimizer.zero_grad()\n", "    loss = F.cross_entropy(model(images), labels)\n"
_BACKWARD, _UPDATE = "    loss.backward()\n", "    optimizer.step()\n"

TRAIN_STEP = Exercise(
    id="08.3",
    title="Three mistakes in one step",
    difficulty="hard",
    minutes=10,
    task="The function train_step(model, optimizer, images, labels), repaired; it returns the loss as a float.",
    hints=(
        "Five lines do the work in the lesson's loop. Which of them are missing here, and which are in another order?",
        "cross_entropy takes logits; gradients pile up until somebody forgets them; a step needs new gradients.",
        "The order is: zero_grad, loss of model(images), backward, step.",
    ),
    starter=_STEP.format(
        body="    probabilities = model(images).softmax(dim=1)\n    loss = F.cross_entropy(probabilities, labels)\n"
        "    optimizer.step()\n    loss.backward()\n"
    ),
    solution=_STEP.format(body=_ZERO + _LOSS + _BACKWARD + _UPDATE),
    alternative="""def train_step(model, optimizer, images, labels):
    chances = model(images).log_softmax(dim=1)
    loss = F.nll_loss(chances, labels)
    for parameter in model.parameters():
        parameter.grad = None
    loss.backward()
    optimizer.step()
    return float(loss.detach())""",
    name="train_step",
    judge=judge_train_step,
    praise="Right: forget, measure, backward, step; now put it into a loop over batches.",
    mistakes=(
        Mistake(
            "forgets after the step", _STEP.format(body=_LOSS + _BACKWARD + _UPDATE + _ZERO), "comes after the step"
        ),
        Mistake("two steps", _STEP.format(body=_ZERO + _LOSS + _BACKWARD + _UPDATE + _UPDATE), "more than once"),
        Mistake(
            "added up over the images",
            _STEP.format(body=_ZERO + _LOSS.replace("labels)", "labels, reduction='sum')") + _BACKWARD + _UPDATE),
            "added up",
        ),
        Mistake(
            "measured after the update",
            _STEP.format(body=_ZERO + _LOSS + _BACKWARD + _UPDATE + _LOSS),
            "loss after the update",
        ),
        Mistake(
            "uphill",
            _STEP.format(body=_ZERO + _LOSS + _BACKWARD.replace("loss", "(-loss)") + _UPDATE),
            "sign is turned",
        ),
        Mistake(
            "evaluation mode",
            _STEP.format(body="    model.eval()\n" + _ZERO + _LOSS + _BACKWARD + _UPDATE),
            "model.eval() is for testing",
        ),
        Mistake("no backward", _STEP.format(body=_ZERO + _LOSS + _UPDATE), "backward() was never called"),
        Mistake(
            "softmax left in",
            _STEP.format(
                body=_ZERO + _LOSS.replace("model(images)", "model(images).softmax(dim=1)") + _BACKWARD + _UPDATE
            ),
            "softmax is applied twice",
        ),
        Mistake("zero_grad missing", _STEP.format(body=_LOSS + _BACKWARD + _UPDATE), "zero_grad() is missing"),
        Mistake("step before backward", _STEP.format(body=_LOSS + _UPDATE + _ZERO + _BACKWARD), "old gradients"),
        Mistake("zero_grad before step", _STEP.format(body=_LOSS + _BACKWARD + _ZERO + _UPDATE), "did not move"),
        Mistake(
            "returns a tensor",
            _STEP.format(body=_ZERO + _LOSS + _BACKWARD + _UPDATE).replace("loss.item()", "loss"),
            "still a tensor",
        ),
    ),
    setup="import torch\nfrom torch.nn import functional as F",
)


# 08.4: the panel of the training

HALF = 0.5
PASSED = "the film, and after how many training pictures the accuracy is above 50 % for the first time"


def film_of(answer: object) -> tuple[Frame, ...]:
    """Return what the recorder filmed, or raise Wrong if it is none, or empty."""
    frames = tuple(answer.frames) if isinstance(answer, Recorder) else ()
    if len(frames) > 1 and frames[0].images_seen == 0:
        return frames
    raise Wrong(
        got=answer,
        wanted=PASSED,
        cause="the recorder has filmed no whole training"
        if isinstance(answer, Recorder)
        else "the first of the two is not the recorder: every training is a little different, so the film goes along",
        next_step="run the cell that trains with callbacks=[theatre]; let `theatre` stand first, as in the starter",
    )


def judge_passed(answer: object) -> None:
    """Look for the first moment above one half, in the film that was handed in."""
    if isinstance(answer, tuple | list) and len(answer) == 3:
        raise Wrong(
            got=f"a {type(answer).__name__} of three",
            wanted=PASSED,
            cause="a comma inside a number makes two numbers of it",
            next_step="write 1536, not 1,536",
        )
    film, number = findings.demand_pair(answer, PASSED)
    if isinstance(number, Recorder):
        raise Wrong(got="the film last", wanted=PASSED, cause="the two are the wrong way round", next_step="swap them")
    frames, pictures = film_of(film), findings.demand_number(number, PASSED)
    moment = next((moment for moment, frame in enumerate(frames) if frame.accuracy > HALF), None)
    if moment is None or pictures != frames[moment].images_seen:
        cause, next_step = why_not_passed(pictures, frames, moment)
        raise Wrong(got=f"{pictures:g} training pictures", wanted=PASSED, cause=cause, next_step=next_step)


def why_not_passed(pictures: float, frames: tuple[Frame, ...], moment: int | None) -> tuple[str, str]:
    """Return (cause, next step) for another number than that of ``moment``."""
    if moment is None:
        return "this film never gets above 50 %", "run the training cell of the lesson again, as it was"
    seen = [frame.images_seen for frame in frames]
    if pictures in seen:
        return why_another_moment(seen.index(int(pictures)), frames, moment)
    if pictures in (moment, moment + 1):
        return (
            "this is the number of the moment",
            "read how many pictures: the caption says after ... training pictures",
        )
    if pictures < 0 or pictures > seen[-1]:
        return f"the film goes from 0 to {seen[-1]} pictures, and this lies outside", "read the words beside the slider"
    if 0 < pictures <= 1:
        return "this is an accuracy or a loss, not a number of pictures", "read the words beside the slider Moment"
    if pictures in (HALF * 100, round(frames[moment].accuracy * 100, 1)):
        return "this is the accuracy in percent, not the number of pictures", "read the words beside the slider Moment"
    if pictures * 1000 == seen[moment] or pictures == seen[moment] / 128:
        return "this counts thousands or batches, not pictures", "copy the whole number beside the slider"
    return "no moment of this film has that number of pictures", "copy the number beside the slider, without its comma"


def why_another_moment(other: int, frames: tuple[Frame, ...], moment: int) -> tuple[str, str]:
    """Return (cause, next step) for the pictures of another moment."""
    accuracy = frames[other].accuracy
    if accuracy == HALF:
        return "at that moment the accuracy is exactly 50.0 %, not above", "take the next moment that is above"
    if other < moment:
        return f"at that moment the accuracy is only {accuracy:.1%}: too early", "go on with the right arrow key"
    return (
        f"there it is {accuracy:.1%}, but it was above 50 % before: this is too late",
        "come from the left, and stop at the first moment above",
    )


FILM = """
from course_utils.datasets import shapes10
from course_utils.panels.training_theatre import Frame, Recorder
theatre = Recorder(shapes10(1, seed=1))
shares = {0: 0.1, 1024: 0.215, 2048: 0.5, 3072: 0.62, 4096: 0.485, 5120: 0.81}
theatre.frames = [Frame(seen, 2.3 - share, share, None, None) for seen, share in shares.items()]
"""

EXPLORE = Exercise(
    id="08.4",
    title="Explore: when does it know half of them?",
    difficulty="easy",
    minutes=4,
    task=(
        "Walk through the film with the slider Moment. After how many training pictures is the accuracy above 50 % for "
        "the first time? Put the number in place of the dots; `theatre` stays, because every training is different."
    ),
    hints=(
        "Come from the left, one moment at a time, and read the accuracy in the caption.",
        "Above means above: 50.0 % does not count. The number of pictures stands beside the slider.",
        "The film is a list: `theatre.frames[0].accuracy` and `.images_seen`; go through it until it is above 0.5.",
    ),
    starter="found = (theatre, ...)",
    solution="found = (theatre, next(frame.images_seen for frame in theatre.frames if frame.accuracy > 0.5))",
    alternative="found = [theatre, min(frame.images_seen for frame in theatre.frames if frame.accuracy > 0.5)]",
    name="found",
    judge=judge_passed,
    praise=(
        "Right. The loss has been falling since long before: accuracy counts only who is first, the loss feels every "
        "step. Now find the moment at which the kernels move most."
    ),
    mistakes=(
        Mistake("the last moment below", "found = (theatre, 1024)", "too early"),
        Mistake("exactly one half", "found = (theatre, 2048)", "exactly 50.0 %"),
        Mistake("later", "found = (theatre, 5120)", "above 50 % before"),
        Mistake("number of the moment", "found = (theatre, 4)", "number of the moment"),
        Mistake("the accuracy", "found = (theatre, 0.62)", "an accuracy or a loss"),
        Mistake("percent", "found = (theatre, 62)", "accuracy in percent"),
        Mistake("a comma in the number", "found = (theatre, 3, 72)", "a comma inside a number"),
        Mistake("without the film", "found = 3072", "two things were asked for"),
        Mistake("swapped", "found = (3072, theatre)", "wrong way round"),
        Mistake("in quotes", "found = (theatre, '3,072')", "a text stands"),
    ),
    setup=FILM,
    why="The film holds accuracy and pictures of each moment; the first one above 0.5 is the answer.",
)

EXERCISES = (GUESSING, PATIENCE, TRAIN_STEP, EXPLORE)
