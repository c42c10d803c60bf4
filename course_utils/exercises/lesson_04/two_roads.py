"""Exercise 04.1: two roads to w."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_04.judge_two_roads import judge_two_roads

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="04.1",
    title="Two roads to w",
    difficulty="easy",
    minutes=4,
    task="y = (w + x)(w + 1) at w = 3 and x = 4: on paper, how fast does y follow w? Hand in the number.",
    hints=(
        "w reaches y on two roads, through a = w + x and through b = w + 1; the roads add up.",
        "y = a * b: y follows a with b, and y follows b with a. Work out a and b first.",
        "a is 3 + 4 and b is 3 + 1; add the two.",
    ),
    starter="answer = ...",
    solution="answer = 11",
    alternative="""
w = torch.tensor(3.0, requires_grad=True)
((w + 4) * (w + 1)).backward()
answer = w.grad.item()
""",
    name="answer",
    judge=judge_two_roads,
    praise="Right: 4 through a and 7 through b. Try it with x: there is only one road, so 4.",
    mistakes=(
        Mistake("only through a", "answer = 4", "only the road through a"),
        Mistake("only through b", "answer = 7", "only the road through b"),
        Mistake("roads multiplied", "answer = 28", "multiplied"),
        Mistake("the lesson's numbers", "answer = 5", "as in the lesson"),
        Mistake("a text", "answer = '11'", "not a number"),
        Mistake("walked twice", "answer = 22", "added up both"),
        Mistake("nudged to one side", "answer = ((3.001 + 4) * (3.001 + 1) - 28) / 0.001", "one side only"),
        Mistake("both roads side by side", "answer = [4, 7]", "side by side"),
        Mistake("the 1 forgotten", "answer = 2 * 3 + 4", "is forgotten"),
    ),
    setup="import torch",
)
