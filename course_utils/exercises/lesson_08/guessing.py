"""Exercise 08.1: the loss of guessing."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_08.judge_guessing import judge_guessing

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
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
