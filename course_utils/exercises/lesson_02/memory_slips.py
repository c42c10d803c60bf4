"""What a story gives away that no forgetful decorator tells, and why an original runs every time."""

from __future__ import annotations

import ast

from course_utils.exercises.diagnosis.named_errors import Causes
from course_utils.exercises.diagnosis.syntax import names_in, nodes_in
from course_utils.exercises.lesson_02.memory_story import SCRIPT, Story
from course_utils.exercises.lesson_02.originals import Function, Original

__all__ = ["EVERY_TIME", "STORIES", "taken_for"]


def _remembers(answer: Function, *args: object) -> bool:
    """Return whether a second call with these arguments does not run the original."""
    original = Original([1, 2])
    wrapper = answer(original.function())
    wrapper(*args)
    wrapper(*args)
    return len(original.calls) == 1


def taken_for(story: Story, place: int) -> str:
    """Name the earlier arguments whose answer came back for those of this call."""
    which, args = SCRIPT[place]
    for (earlier, others), (answer, _) in zip(SCRIPT[:place], story, strict=False):
        if earlier == which and others != args and type(answer) is type(story[place][0]) and answer == story[place][0]:
            return f"the arguments {args} got the answer of {others}: both have one key; it must hold all arguments"
    return ""


STORIES: Causes = (
    (
        lambda story, answer: story[0][1] == 2,
        "for new arguments the original is called twice: store its answer, and return what is stored",
    ),
    (
        lambda story, answer: story[0][0] is None and story[1][0] == 9,
        "the first answer is stored, but not returned: for new arguments the wrapper returns None",
    ),
    (
        lambda story, answer: story[0] == (9, 1) and story[1] == (None, 1),
        "the second answer is None: the return stands inside the if, so a remembered answer is not returned",
    ),
    (
        lambda story, answer: story[0][0] is None and story[1][0] is None,
        "the wrapper returns None: its return is missing",
    ),
    (lambda story, answer: isinstance(story[0][0], dict), "the whole memory comes out; one answer of it was asked for"),
    (lambda story, answer: story[0][0] == (1, 2), "the arguments come out: they were stored in place of the answer"),
    (
        lambda story, answer: callable(story[0][0]),
        "the function itself was stored: the parentheses of the call are missing",
    ),
    (
        lambda story, answer: isinstance(story[0][0], bool),
        "True or False comes out: the question whether args is in memory, not the answer that is there",
    ),
    (lambda story, answer: story[0][1] == 0, "the original is never called"),
    (
        lambda story, answer: isinstance(story[0][0], str),
        "the answer was turned into a text before it was stored or returned",
    ),
    (
        lambda story, answer: story[0] == (0, 1) and "index" in names_in(answer),
        "the place of the answer comes out, not the answer that stands there",
    ),
    (
        lambda story, answer: story[0] == (9, 1) and len(story[1:]) and story[1][1] == 1 and story[2][0] == 9,
        "other arguments get an old answer: the key must hold all arguments",
    ),
)


EVERY_TIME: Causes = (
    (
        lambda answer: (
            any(
                isinstance(node.value, ast.Name) and any(isinstance(target, ast.Subscript) for target in node.targets)
                for node in nodes_in(answer, ast.Assign)
            )
            and any(isinstance(node.func, ast.Subscript) for node in nodes_in(answer, ast.Call))
        ),
        "the function itself is stored, not its answer, and it is called again every time",
    ),
    (
        lambda answer: "values" in names_in(answer),
        "args is looked for among the answers (values()), not among the keys",
    ),
    (
        lambda answer: {"clear", "pop", "popitem"} & names_in(answer),
        "answers are thrown out of the memory again, while they are still needed",
    ),
    (
        lambda answer: _remembers(answer, 1) != _remembers(answer, 1, 2),
        "answers are remembered for some numbers of arguments only",
    ),
    (
        lambda answer: {"setdefault", "get"} & names_in(answer),
        "setdefault and get work out their second value in any case, before they look: the original runs every time",
    ),
    (
        lambda answer: (
            not any(isinstance(node.ctx, ast.Store) for node in nodes_in(answer, ast.Subscript))
            and not {"update", "append"} & names_in(answer)
        ),
        "nothing is ever stored: memory[args] = ... is missing",
    ),
    (
        lambda answer: (
            not any(
                isinstance(operator, ast.In | ast.NotIn)
                for node in nodes_in(answer, ast.Compare)
                for operator in node.ops
            )
            and not nodes_in(answer, ast.Try)
        ),
        "what is stored is never looked up before the original is called",
    ),
    (
        lambda answer: any(
            isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict | ast.Call)
            for inner in nodes_in(answer, ast.FunctionDef)[1:]
            for node in inner.body
        ),
        "the memory is made anew in each call: it stands inside the wrapper",
    ),
    (lambda answer: True, "an answer is not found again: the key is another one in each call, or it was forgotten"),
)
