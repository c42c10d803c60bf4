"""Exercise 15.2: two classes of one logit."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_15.judge_pair import judge_pair

__all__ = ["EXERCISE"]


_PAIR = "def to_two_classes(logits):\n    return {}"


EXERCISE = Exercise(
    id="15.2",
    title="Two classes of one logit",
    difficulty="medium",
    minutes=8,
    task="to_two_classes(logits): (N, 1) → (N, 2), softmax [1 - sigmoid(z), sigmoid(z)]; both logits depend on z.",
    hints=(
        "Softmax looks at differences only: which differences of two logits give sigmoid(z)?",
        "The second logit minus the first must be z. Share it evenly. torch.cat joins columns with dim=1.",
        "one class gets minus a half of z, the other plus a half",
    ),
    starter="def to_two_classes(logits):\n    ...",
    solution=_PAIR.format("torch.cat([-logits / 2, logits / 2], dim=1)"),
    alternative="def to_two_classes(logits):\n    return logits * torch.tensor([-0.5, 0.5])",
    name="to_two_classes",
    judge=judge_pair,
    praise="Right: cross-entropy of this pair is binary cross-entropy of z, and each class has a map.",
    mistakes=(
        Mistake("1 - z", _PAIR.format("torch.cat([1 - logits, logits], dim=1)"), "2 * z - 1"),
        Mistake("only one halved", _PAIR.format("torch.cat([-logits / 2, logits], dim=1)"), "1.5 * z"),
        Mistake("a new axis", _PAIR.format("torch.stack([-logits / 2, logits / 2], dim=1)"), "stack made a new axis"),
        Mistake(
            "limited",
            _PAIR.format("torch.cat([-logits.clamp(-9, 9) / 2, logits.clamp(-9, 9) / 2], dim=1)"),
            "something limits it",
        ),
        Mistake(
            "log of 0",
            _PAIR.format("torch.cat([(1 - logits.sigmoid()).log(), logits.sigmoid().log()], dim=1)"),
            "log(0)",
        ),
        Mistake("a constant", _PAIR.format("torch.cat([0 * logits, logits], dim=1)"), "map is empty"),
        Mistake("twice as sure", _PAIR.format("torch.cat([-logits, logits], dim=1)"), "twice as sure"),
        Mistake("swapped", _PAIR.format("torch.cat([logits / 2, -logits / 2], dim=1)"), "swapped"),
        Mistake(
            "probabilities", _PAIR.format("torch.cat([1 - logits.sigmoid(), logits.sigmoid()], dim=1)"), "probabilities"
        ),
        Mistake("wrong axis", _PAIR.format("torch.cat([-logits / 2, logits / 2])[:, 0]"), "another axis"),
    ),
    setup="import torch",
)
