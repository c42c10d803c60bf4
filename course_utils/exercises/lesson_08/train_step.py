"""Exercise 08.3: three mistakes in one step."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_08.judge_train_step import judge_train_step

__all__ = ["EXERCISE"]


_STEP = "def train_step(model, optimizer, images, labels):\n{body}    return loss.item()"


_ZERO, _LOSS = "    optimizer.zero_grad()\n", "    loss = F.cross_entropy(model(images), labels)\n"


_BACKWARD, _UPDATE = "    loss.backward()\n", "    optimizer.step()\n"


EXERCISE = Exercise(
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
