"""Exercise 06.1: which calls call the hook?."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_06.judge_count import judge_count

__all__ = ["EXERCISE"]


EXERCISE = Exercise(
    id="06.1",
    title="Which calls call the hook?",
    difficulty="easy",
    minutes=4,
    task="A hook on conv appends to a list, and five lines run the model. How long is the list? Hand in a number.",
    hints=(
        "PyTorch calls the hooks of a layer when the layer is called like a function: layer(x).",
        "Inside forward, the author of the model calls the layers like functions.",
        "Line by line: yes; yes, because forward calls self.conv(...); no; yes; no.",
    ),
    starter="answer = ...",
    solution="answer = 3",
    alternative="""
model, images, fired = SimpleModel(), torch.zeros(1, 1, 4, 4), []
handle = model.conv.register_forward_hook(lambda module, args, output: fired.append(1))
model(images)
model.forward(images)
model.conv.forward(images)
with torch.no_grad():
    model(images)
handle.remove()
model(images)
answer = len(fired)
""",
    name="answer",
    judge=judge_count,
    praise="Right: calling layer(x) reaches its hooks, layer.forward(x) does not. And a hook on `model`: how many?",
    mistakes=(
        Mistake("forward never calls hooks", "answer = 2", "model.forward"),
        Mistake("forward never calls hooks, and no_grad silences them", "answer = 1", "two calls are missing"),
        Mistake("conv.forward calls them", "answer = 4", "walks past"),
        Mistake("everything counts", "answer = 5", "every line was counted"),
        Mistake("append returns None", "answer = 0", "append does count"),
        Mistake("a list", "answer = [1, 1, 1]", "not a whole number"),
    ),
    setup="import torch\nfrom course_utils.models import SimpleModel",
)
