"""Exercise 05.3: the hook that holds its own tensor."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_05.judge_watch import judge_watch

__all__ = ["EXERCISE"]


WATCH = """
def watch(tensor, log):
    tensor.register_hook(lambda gradient: log.append((tuple(tensor.shape), gradient.norm().item())))
"""


WATCH_BY_DEF = """
def watch(tensor, log):
    def hook(gradient):
        log.append((tuple(gradient.shape), gradient.norm().item()))
        {more}

    handle = tensor.register_hook(hook)
"""


EXERCISE = Exercise(
    id="05.3",
    title="The hook that holds its own tensor",
    difficulty="medium",
    minutes=6,
    task="watch logs (shape, norm of the gradient), but the watched tensor never dies. Mend it, with the same log.",
    hints=(
        "Tensor, graph, hook, closure, and back to the tensor: a ring. Which link can you do without?",
        "The hook is handed the gradient, and the gradient has the same shape as the tensor.",
        "log.append((tuple(gradient.shape), gradient.norm().item()))",
    ),
    starter=WATCH,
    solution=WATCH.replace("tensor.shape", "gradient.shape"),
    alternative="""
def watch(tensor, log):
    shape = tuple(tensor.shape)

    def store(gradient):
        log.append((shape, float(gradient.norm())))

    tensor.register_hook(store)
""",
    name="watch",
    judge=judge_watch,
    praise="Right: the hook knows only what it is handed. Lesson 06 does the same with the layers of a network.",
    mistakes=(
        Mistake(
            "changes the gradient",
            WATCH_BY_DEF.format(more="return gradient * 2"),
            "replaces the gradient",
        ),
        Mistake(
            "goes silent",
            WATCH_BY_DEF.format(more="handle.remove()"),
            "after its first call",
        ),
        Mistake(
            "sum for norm",
            WATCH.replace("tensor.shape", "gradient.shape").replace("norm()", "sum()"),
            "sum of the gradient",
        ),
        Mistake(
            "a list outside",
            "kept = []\n" + WATCH.replace("tensor.shape", "gradient.shape") + "    kept.append(tensor)\n",
            "something besides the hook",
        ),
        Mistake(
            "a copy",
            WATCH.replace("tensor.shape", "gradient.shape").replace("tensor.register", "tensor.clone().register"),
            "hangs on a copy",
        ),
        Mistake(
            "rounded",
            WATCH.replace("tensor.shape", "gradient.shape").replace(
                "gradient.norm().item()", "round(gradient.norm().item(), 1)"
            ),
            "it was rounded",
        ),
        Mistake(
            "a default argument holds it too",
            WATCH.replace("lambda gradient:", "lambda gradient, tensor=tensor:"),
            "still alive",
        ),
        Mistake(
            "collects the garbage, in vain",
            "import gc\n" + WATCH + "    gc.collect()\n",
            "still alive",
        ),
        Mistake(
            "takes the hook off at once",
            WATCH.rstrip() + ".remove()\n",
            "nothing was logged",
        ),
        Mistake(
            "logs a tensor",
            WATCH.replace("tensor.shape", "gradient.shape").replace(".item()", ""),
            "not a plain number",
        ),
        Mistake(
            "logs the shape alone",
            WATCH.replace("(tuple(tensor.shape), gradient.norm().item())", "tuple(gradient.shape)"),
            "not a pair",
        ),
    ),
    setup="import torch",
)
