"""What exercise 06.1 demands: 3, and how one comes to other numbers."""

from __future__ import annotations

from torch import Tensor

from course_utils.exercises.exercise import Wrong

__all__ = ["judge_count"]


COUNTS = {
    1: "two calls are missing: `model.forward` skips the hooks of `model`, but calls `conv` in the usual way; "
    "and no_grad does not silence forward hooks",
    2: "one call is missing: `model.forward` skips only the hooks of `model` itself, and `conv` inside it is called in "
    "the usual way; or you let no_grad silence the hook, which it does not",
    4: "`model.conv.forward(images)` walks past the hooks of conv, or you counted the call after remove()",
    5: "every line was counted: `model.conv.forward` walks past the hooks of conv, and after remove() there is none",
    0: "a lambda with append does count, although it returns None",
}


def judge_count(answer: object) -> None:
    """Wanted: model(images), model.forward(images) and the call under no_grad: 3."""
    got = answer
    if isinstance(answer, Tensor) and answer.numel() == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        cause = f"it is of type {type(answer).__name__}, not a whole number"
    elif answer == 3:
        return
    elif answer != answer // 1 or answer < 0:
        cause = f"a list cannot be {answer:g} long: its length is a whole number, 0 or more"
    else:
        cause = COUNTS.get(answer, "the list cannot be as long as that: only five lines run the model")
    raise Wrong(
        got=got,
        wanted="the length of the list, a whole number",
        cause=cause,
        next_step="ask for each line: is conv called like a function, conv(...), while the hook is on?",
    )
