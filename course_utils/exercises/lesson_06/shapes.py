"""Exercise 06.2: a table of shapes."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_06.judge_shapes import judge_shapes

__all__ = ["EXERCISE"]


SHAPES = """
def layer_shapes(model, images):
    shapes = {}

    def store(name, module, args, output):
        shapes[name] = tuple(output.shape)

    with ExitStack() as hooks:
        for name, layer in model.named_modules():
            if name:
                hooks.enter_context(layer.register_forward_hook(partial(store, name)))
        model(images)
    return shapes
"""


SHAPES_BY_HAND = """
def layer_shapes(model, images):
    shapes, handles = {}, []
    for name, layer in model.named_modules():
        if name:
            def store(module, args, output, name=name):
                shapes[name] = tuple(output.shape)
            handles.append(layer.register_forward_hook(store))
    model(images)
    for handle in handles:
        handle.remove()
    return shapes
"""


EXERCISE = Exercise(
    id="06.2",
    title="A table of shapes",
    difficulty="medium",
    minutes=10,
    task=(
        "Write layer_shapes(model, images): a dict from the name of every layer inside the model that ran to the "
        "shape of its output, as a tuple. No hook may stay, not even if the model raises an error."
    ),
    hints=(
        "One hook for each layer; each must know its own name. And the hooks must go, whatever happens.",
        "model.named_modules() gives names and layers; the first name is empty, it is the model itself.",
        "hooks.enter_context(layer.register_forward_hook(partial(store, name))); run the model inside the block",
    ),
    starter="def layer_shapes(model, images):\n    ...",
    solution=SHAPES,
    alternative="""
def layer_shapes(model, images):
    with record_outputs(model) as outputs:
        model(images)
    return {name: tuple(output.shape) for name, output in outputs.items()}
""",
    name="layer_shapes",
    judge=judge_shapes,
    praise="Right: that is what the summary tools do. Try it on torchvision's resnet18: which layer runs twice?",
    mistakes=(
        Mistake("only the children", SHAPES.replace("named_modules", "named_children"), "layers inside a layer"),
        Mistake("lists", SHAPES.replace("tuple(output.shape)", "list(output.shape)"), "are lists"),
        Mistake("without the batch", SHAPES.replace("output.shape)", "output.shape[1:])"), "first number is missing"),
        Mistake("kinds for names", SHAPES.replace("shapes[name]", "shapes[type(module).__name__]"), "kinds of layers"),
        Mistake(
            "forward walks past",
            SHAPES.replace("model(images)", "model.forward(images)"),
            "walks past the hooks of the model",
        ),
        Mistake("all under one name", SHAPES_BY_HAND.replace("output, name=name", "output"), "late binding"),
        Mistake(
            "never removes",
            SHAPES_BY_HAND.replace("        handle.remove()", "        pass"),
            "hooks left on the model after the call",
        ),
        Mistake("not removed after an error", SHAPES_BY_HAND, "after an error"),
        Mistake(
            "removed before the model runs",
            SHAPES.replace("        model(images)\n", "    model(images)\n"),
            "no hook was on",
        ),
        Mistake("the model itself", SHAPES.replace("if name:", "if True:"), "the model itself is in the table"),
        Mistake("shape of the input", SHAPES.replace("output.shape", "args[0].shape"), "shapes of the inputs"),
        Mistake("stores tensors", SHAPES.replace("tuple(output.shape)", "output"), "whole tensors"),
        Mistake(
            "swallows the error",
            SHAPES.replace(
                "        model(images)\n",
                "        try:\n            model(images)\n        except Exception:\n            pass\n",
            ),
            "swallowed",
        ),
    ),
    setup=(
        "import torch\nfrom contextlib import ExitStack\nfrom functools import partial\n"
        "from course_utils.hooks import record_outputs"
    ),
)
