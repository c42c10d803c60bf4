"""Exercises of lesson 08: the loss of guessing, a callback with patience, a training step with three mistakes."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.callbacks import STOP
from course_utils.exercises import findings
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.panels.training_theatre import Frame, Recorder

__all__ = ["EXERCISES"]


# 08.1


def judge_guessing(answer: Callable[[int], float]) -> None:
    """The loss is ln(classes), for several numbers of classes."""
    for classes in (10, 2, 1000, 1):
        got, wanted = answer(classes), math.log(classes)
        if not isinstance(got, int | float | Tensor):
            raise Wrong(
                got=got,
                wanted=f"a number, {wanted:.4f} for {classes} classes",
                cause="the function gives None or no number: is there a return?",
                next_step="return the logarithm",
            )
        if not math.isclose(float(got), wanted, rel_tol=1e-4, abs_tol=1e-6):
            raise Wrong(
                got=f"{float(got):.4f} for {classes} classes",
                wanted=f"{wanted:.4f}",
                cause=_why_not_ln(float(got), classes),
                next_step="the loss is -ln p, with p = 1 / classes",
            )


def _why_not_ln(got: float, classes: int) -> str:
    likely = {
        "this is the probability itself, not the surprise at it": 1 / classes,
        "the sign is turned: ln p is negative, the loss is -ln p": -math.log(classes),
        "this is the logarithm to base 10; cross-entropy is in nats, base e": math.log10(classes),
        "this is the logarithm to base 2 (bits); cross-entropy is in nats, base e": math.log2(classes),
        "this is the number for ten classes, whatever was asked": math.log(10),
    }
    near = [cause for cause, value in likely.items() if math.isclose(got, value, rel_tol=2e-3, abs_tol=1e-9)]
    return near[0] if near else "this is not the surprise at a probability of 1 / classes"


# 08.2


def judge_patience(answer: type) -> None:
    """Play validation accuracies and compare in which epoch it first asks to stop."""
    if not isinstance(answer, type):
        raise Wrong(
            got=answer, wanted="the class Patience", cause="an object came", next_step="hand in the class itself"
        )
    _check_two_trainings(answer)
    for epochs, accuracies, wanted in (
        (2, [0.5, 0.4, 0.4, 0.4, 0.4], 3),
        (3, [0.3, 0.2, 0.4, 0.3, 0.35, 0.5, 0.4, 0.4, 0.4], 9),
        (2, [0.5, 0.4, 0.45, 0.44, 0.43, 0.42], 3),
        (3, [0.1, 0.2, 0.3, 0.4, 0.5], None),
        (1, [0.0, 0.1, 0.1, 0.2], 3),
    ):
        stopped = _epoch_of_stop(answer(epochs), accuracies)
        if stopped != wanted:
            raise Wrong(
                got=f"Patience({epochs}) on the accuracies {accuracies}: {_told(stopped)}",
                wanted=_told(wanted),
                cause=_why_not_then(answer, epochs, accuracies, stopped, wanted),
                next_step="keep the best accuracy and a counter; reset the counter only at a new best",
            )


def _epoch_of_stop(callback: object, accuracies: list[float]) -> int | None:
    for epoch, accuracy in enumerate(accuracies, start=1):
        state = SimpleNamespace(epoch=epoch, validation=SimpleNamespace(accuracy=accuracy))
        said = callback.on_epoch_end(state)
        if said is STOP:
            return epoch
        if said is not None:
            raise Wrong(
                got=f"on_epoch_end returned {said!r}",
                wanted="STOP or None",
                cause="fit stops only for STOP itself; another value is not heard",
                next_step="return STOP, imported from course_utils.callbacks",
            )
    return None


def _check_two_trainings(answer: type) -> None:
    first, second = answer(1), answer(1)
    _epoch_of_stop(first, [0.9, 0.1])
    if _epoch_of_stop(second, [0.5, 0.6]) is not None:
        raise Wrong(
            got="a second Patience stopped because of the first one's accuracies",
            wanted="each object counts for itself",
            cause="best and counter belong to the class, not to the object",
            next_step="set self.best and self.waited in __init__",
        )


def _told(epoch: int | None) -> str:
    return "never stopped" if epoch is None else f"stopped after epoch {epoch}"


def _why_not_then(answer: type, epochs: int, accuracies: list[float], stopped: int | None, wanted: int | None) -> str:
    if stopped is None:
        return "STOP never came: is it returned, and is the counter counted up?"
    if wanted is None:
        return "it stopped although every epoch was a new best"
    if stopped == wanted + 1:
        return "one epoch too late: compare with >=, not >"
    if stopped == wanted - 1:
        return "one epoch too early: the counter starts at 0, and a first epoch is always a new best"
    if stopped < wanted:
        return "the bad epochs must come in a row: a new best sets the counter back to 0"
    return "an epoch is compared with the one before it; compare it with the best so far"


# 08.3


def judge_train_step(answer: Callable[..., float]) -> None:
    """One step from old gradients must equal the reference, and its loss must be the loss before the step."""
    model, images, labels = _step_parts()
    wanted_model, wanted_loss = _reference_step()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    got = answer(model, optimizer, images, labels)
    if got is None:
        raise Wrong(
            got="None",
            wanted="the loss",
            cause="the result is None: the return is missing",
            next_step="return loss.item()",
        )
    if not isinstance(got, float):
        cause = (
            "the loss is still a tensor and keeps the graph alive" if isinstance(got, Tensor) else "this is no float"
        )
        raise Wrong(got=got, wanted="a float", cause=cause, next_step="return loss.item()")
    if not math.isclose(got, wanted_loss, rel_tol=1e-4):
        raise Wrong(
            got=f"a loss of {got:.4f}",
            wanted=f"{wanted_loss:.4f}",
            cause=_why_not_this_loss(got),
            next_step="F.cross_entropy(model(images), labels), measured before the update",
        )
    _check_weights(model, wanted_model)


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


def _why_not_this_loss(got: float) -> str:
    model, images, labels = _step_parts()
    twice = F.cross_entropy(model(images).softmax(dim=1), labels).item()
    if math.isclose(got, twice, rel_tol=1e-4):
        return "softmax is applied twice: F.cross_entropy wants logits and applies softmax itself"
    return "this is not the mean cross-entropy of the logits before the update"


def _check_weights(model: nn.Module, wanted: nn.Module) -> None:
    if torch.allclose(model.weight, wanted.weight, atol=1e-5) and torch.allclose(model.bias, wanted.bias, atol=1e-5):
        return
    before, _, _ = _step_parts()
    old_only = before.weight - 0.5
    if torch.equal(model.weight, before.weight):
        cause = "the weights did not move: optimizer.step() is missing, or zero_grad came just before it"
    elif torch.allclose(model.weight, old_only, atol=1e-5):
        cause = "the update used the old gradients: step() must come after backward()"
    elif torch.allclose(model.weight, wanted.weight - 0.5, atol=1e-5):
        cause = "old and new gradients were added up: zero_grad() is missing"
    else:
        cause = "the weights moved somewhere else than one gradient step takes them"
    raise Wrong(
        got="other weights after the step",
        wanted="the weights after one step with the new gradients only",
        cause=cause,
        next_step="the order is zero_grad, loss, backward, step",
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
