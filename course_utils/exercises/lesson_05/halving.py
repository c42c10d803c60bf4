"""Exercise 05.1: halve it on the way."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_05.judge_halving import judge_halving

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="05.1",
    title="Halve it on the way",
    difficulty="easy",
    minutes=4,
    task="y = x**2 and z = y**3 at x = 3, and a hook on y that halves. What is x.grad? Hand in the number.",
    hints=(
        "Walk back from z: first to y, then through the hook, then to x.",
        "z follows y with 3 * y**2, and y follows x with 2 * x. The hook stands between the two.",
        "At y = 9 there arrive 243; take half of it, and multiply by 2 * 3.",
    ),
    starter="answer = ...",
    solution="answer = 3 * 9**2 / 2 * (2 * 3)",
    alternative="""
x = torch.tensor(3.0, requires_grad=True)
y = x**2
y.register_hook(lambda gradient: gradient / 2)
(y**3).backward()
answer = x.grad.item()
""",
    name="answer",
    judge=judge_halving,
    praise="Right: 243 arrives, 121.5 leaves, times 6 is 729. Now move the hook to x.",
    mistakes=(
        Mistake("the square is missing", "answer = 81", "square is missing"),
        Mistake("sign", "answer = -729", "sign is turned"),
        Mistake("doubled", "answer = 2916", "doubled"),
        Mistake("nothing passes", "answer = 0", "nothing passes"),
        Mistake("forgot the hook", "answer = 1458", "hook was forgotten"),
        Mistake("halved twice", "answer = 364.5", "halved twice"),
        Mistake("stopped at y", "answer = 121.5", "leaves y"),
        Mistake("before the hook", "answer = 243", "arrives at y"),
        Mistake("the lesson's number", "answer = 96", "for x = 2"),
        Mistake("a list", "answer = [729]", "not a number"),
    ),
    setup="import torch",
)
