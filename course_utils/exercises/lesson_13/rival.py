"""Exercise 13.2: against the strongest rival."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_13.judge_rival import judge_rival

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="13.2",
    title="Against the strongest rival",
    difficulty="medium",
    minutes=6,
    task="A score: logit 3 minus the largest of the other logits, one number per picture, for logits (N, C).",
    hints=(
        "which columns are the others? all but number 3",
        "put the columns before 3 and those after 3 together with torch.cat, then amax over the classes",
        "return logits[:, 3] - others.amax(dim=...)",
    ),
    starter="def against_rival(logits):\n    ...",
    solution=(
        "def against_rival(logits):\n"
        "    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)\n"
        "    return logits[:, 3] - others.amax(dim=1)"
    ),
    alternative=(
        "def against_rival(logits):\n"
        "    is_three = torch.arange(logits.shape[1]) == 3\n"
        "    return logits[:, 3] - logits.masked_fill(is_three, -torch.inf).max(dim=1).values"
    ),
    name="against_rival",
    judge=judge_rival,
    setup="import torch",
    praise="one number per picture, with its graph: grad_cam(..., score=against_rival) takes it as it is",
    mistakes=(
        Mistake(
            "the maximum of all",
            "def against_rival(logits):\n    return logits[:, 3] - logits.amax(dim=1)",
            "includes class 3 itself",
        ),
        Mistake(
            "one number for the batch",
            "def against_rival(logits):\n"
            "    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)\n"
            "    return (logits[:, 3] - others.amax(dim=1)).sum()",
            "each picture needs its own",
        ),
        Mistake(
            "one rival for all",
            "def against_rival(logits):\n"
            "    return logits[:, 3] - torch.cat([logits[:, :3], logits[:, 4:]], dim=1).max()",
            "each picture has its own rival",
        ),
        Mistake(
            "class 3 set to 0",
            "def against_rival(logits):\n"
            "    others = logits.clone()\n"
            "    others[:, 3] = 0\n"
            "    return logits[:, 3] - others.amax(dim=1)",
            "all others are negative",
        ),
        Mistake(
            "the second largest",
            "def against_rival(logits):\n    return logits[:, 3] - logits.topk(2, dim=1).values[:, 1]",
            "right only where class 3 is the largest",
        ),
        Mistake(
            "ten classes",
            "def against_rival(logits):\n    return logits[:, 3] - logits[:, [0, 1, 2, 4, 5, 6, 7, 8, 9]].amax(dim=1)",
            "number of classes may not be fixed",
        ),
        Mistake(
            "graph cut",
            "def against_rival(logits):\n"
            "    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)\n"
            "    return (logits[:, 3] - others.amax(dim=1)).detach()",
            "cut the graph",
        ),
        Mistake(
            "turned round",
            "def against_rival(logits):\n"
            "    return torch.cat([logits[:, :3], logits[:, 4:]], dim=1).amax(dim=1) - logits[:, 3]",
            "sign is turned",
        ),
    ),
)
