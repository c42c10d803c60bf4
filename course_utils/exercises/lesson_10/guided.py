"""Exercise 10.3: guided, and gone."""

from __future__ import annotations

import textwrap

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_10.judge_guided import judge_guided

__all__ = ["EXERCISE"]


_GUIDED = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    relus = [layer for layer in network.modules() if isinstance(layer, torch.nn.ReLU)]
    with ExitStack() as hooks:
        for relu in relus:
            hooks.enter_context(relu.register_full_backward_hook({hook}))
        logits = network(images)
        return torch.autograd.grad({score}, images)[0]"""


_HOOK, _SCORE = "lambda m, gi, go: (gi[0].clamp(min=0),)", "logits[:, class_index].sum()"


_NO_FINALLY = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    relus = [layer for layer in network.modules() if isinstance(layer, torch.nn.ReLU)]
    handles = [relu.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),)) for relu in relus]
    slopes = torch.autograd.grad(network(images)[:, class_index].sum(), images)[0]
    for handle in handles:
        handle.remove()
    return slopes"""


_LEFT = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    for layer in network.modules():
        if isinstance(layer, torch.nn.ReLU):
            layer.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),))
    return torch.autograd.grad(network(images)[:, class_index].sum(), images)[0]"""


_TOO_EARLY = """def guided_gradients(network, images, class_index):
    images = images.clone().requires_grad_()
    relus = [layer for layer in network.modules() if isinstance(layer, torch.nn.ReLU)]
    with ExitStack() as hooks:
        for relu in relus:
            hooks.enter_context(relu.register_full_backward_hook(lambda m, gi, go: (gi[0].clamp(min=0),)))
    return torch.autograd.grad(network(images)[:, class_index].sum(), images)[0]"""


EXERCISE = Exercise(
    id="10.3",
    title="Guided, and gone",
    difficulty="hard",
    minutes=12,
    task="guided_gradients(network, images, class_index), repaired: the class that is asked for, masks, no hook left.",
    hints=(
        "There are three faults: what the score is made of, what the hook returns, and how long the hooks live.",
        "grad_input of a ReLU already holds the mask; clamp it. ExitStack keeps many hooks for one with block.",
        "with ExitStack() as hooks: enter each handle; forward pass *and* torch.autograd.grad inside the block",
    ),
    starter="""def guided_gradients(network, images, class_index):
    images, outputs = images.clone().requires_grad_(), []
    for layer in network.modules():
        if isinstance(layer, torch.nn.ReLU):
            layer.register_forward_hook(lambda m, args, output: outputs.append(output))
            layer.register_full_backward_hook(lambda m, gi, go: (go[0].clamp(min=0) * outputs.pop(),))
    return torch.autograd.grad(network(images).amax(dim=1).sum(), images)[0]""",
    solution=_GUIDED.format(hook=_HOOK, score=_SCORE),
    alternative="""def guided_gradients(network, images, class_index):
    handles, pixels = [], images.clone().requires_grad_()
    def clip(module, grad_input, grad_output):
        return tuple(gradient.relu() for gradient in grad_input)
    try:
        for layer in network.modules():
            if isinstance(layer, torch.nn.ReLU):
                handles.append(layer.register_full_backward_hook(clip))
        logits = network(pixels)
        return torch.autograd.grad(logits, pixels, torch.eye(logits.shape[1])[class_index].expand_as(logits))[0]
    finally:
        for handle in handles:
            handle.remove()""",
    name="guided_gradients",
    judge=judge_guided,
    praise="Right: guided for one call, and an ordinary network before and after it.",
    mistakes=(
        Mistake("hooks stay", _LEFT, "never removed"),
        Mistake("removed only if all goes well", _NO_FINALLY, "an error skips"),
        Mistake("block ends too early", _TOO_EARLY, "plain saliency"),
        Mistake("predicted class", _GUIDED.format(hook=_HOOK, score="logits.amax(dim=1).sum()"), "predicted class"),
        Mistake(
            "hook returns nothing", _GUIDED.format(hook="lambda m, gi, go: None", score=_SCORE), "must return a tuple"
        ),
        Mistake(
            "clamps at the end",
            _GUIDED.format(hook="lambda m, gi, go: None", score=_SCORE) + ".clamp(min=0)",
            "only the last gradient",
        ),
        Mistake(
            "no mask", _GUIDED.format(hook="lambda m, gi, go: (go[0].clamp(min=0),)", score=_SCORE), "than its mask"
        ),
        Mistake("first picture", _GUIDED.format(hook=_HOOK, score="logits[0, class_index]"), "only picture 0"),
        Mistake("a tensor, no tuple", _GUIDED.format(hook="lambda m, gi, go: gi[0].relu()", score=_SCORE), "tuple"),
        Mistake("softmax", _GUIDED.format(hook=_HOOK, score="logits.softmax(1)[:, class_index].sum()"), "probability"),
        Mistake(
            "takes a picture for the class", _GUIDED.format(hook=_HOOK, score="logits[class_index].sum()"), "class"
        ),
        Mistake(
            "top level only", _GUIDED.format(hook=_HOOK, score=_SCORE).replace("modules()", "children()"), "children()"
        ),
        Mistake("marks the pictures", _GUIDED.format(hook=_HOOK, score=_SCORE).replace(".clone()", ""), "in place"),
        Mistake(
            "hides the error",
            "def guided_gradients(network, images, class_index):\n    try:\n"
            + textwrap.indent(_GUIDED.format(hook=_HOOK, score=_SCORE).split("\n", 1)[1], "    ")
            + "\n    except Exception:\n        return None",
            "swallowed",
        ),
    ),
    setup="import torch\nfrom contextlib import ExitStack",
)
