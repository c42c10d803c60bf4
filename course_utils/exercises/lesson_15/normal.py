"""Exercise 15.1: the score of normal."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_15.judge_normal import judge_normal

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="15.1",
    title="The score of normal",
    difficulty="easy",
    minutes=4,
    task="normal_score(logits): from logits (N, 1) the score that explains 'normal', shape (N,), in logits.",
    hints=(
        "The logit is positive for pneumonia. What grows when the network gets surer of 'normal'?",
        "A score is one number per film: choose the only column, and think of the sign.",
        "minus logits[:, 0]",
    ),
    starter="def normal_score(logits):\n    ...",
    solution="def normal_score(logits):\n    return -logits[:, 0]",
    alternative="normal_score = lambda logits: logits.neg().squeeze(1)",
    name="normal_score",
    judge=judge_normal,
    praise="Right: hand it to grad_cam as score=normal_score, and the map shows what speaks for 'normal'.",
    mistakes=(
        Mistake("squeeze", "def normal_score(logits):\n    return -logits.squeeze()", "for a single film"),
        Mistake("a second column", "def normal_score(logits):\n    return -logits[:, 1]", "second column"),
        Mistake("abs", "def normal_score(logits):\n    return logits[:, 0].abs()", "hides the sign"),
        Mistake("softmax of one", "def normal_score(logits):\n    return logits.softmax(dim=1)[:, 0]", "always 1"),
        Mistake("half", "def normal_score(logits):\n    return -logits[:, 0] / 2", "half of it"),
        Mistake("the wrong sign", "def normal_score(logits):\n    return logits[:, 0]", "score of 'pneumonia'"),
        Mistake("keeps the column", "def normal_score(logits):\n    return -logits", "one column is left"),
        Mistake("probability", "def normal_score(logits):\n    return 1 - logits[:, 0].sigmoid()", "gradient vanishes"),
        Mistake("one number", "def normal_score(logits):\n    return -logits.sum()", "added up"),
        Mistake("no graph", "def normal_score(logits):\n    return -logits[:, 0].detach()", "cut the graph"),
    ),
    setup="import torch",
)
