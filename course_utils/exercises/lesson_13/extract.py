"""Exercise 13.5: repair the extractor."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_13.judge_extract import judge_extract

__all__ = ["EXERCISE"]


_EXTRACT = """def extract(model, images, target):
    kept = []
    with model.get_submodule(target).register_forward_hook(lambda m, a, output: kept.append(output)):
        logits = model(images)
    (gradients,) = torch.autograd.grad(logits.amax(dim=1).sum(), kept[0])
    {end}"""


EXERCISE = Exercise(
    id="13.5",
    title="Repair the extractor",
    difficulty="hard",
    minutes=10,
    task=(
        "Return what the layer `target` gave in a real forward pass, the logits, and the gradient of each "
        "picture's largest logit with respect to that output; no hook stays."
    ),
    hints=(
        "the order of named_modules() is not the forward pass; only calling the model is",
        "a forward hook on model.get_submodule(target), then torch.autograd.grad",
        "(gradients,) = torch.autograd.grad(logits.amax(dim=1).sum(), ...)",
    ),
    starter=(
        "def extract(model, images, target):\n"
        "    gradients = []\n"
        "    for name, module in model.named_modules():\n"
        "        images = module(images)\n"
        "        if name == target:\n"
        "            kept = images\n"
        "            images.register_hook(gradients.append)\n"
        "    images.amax(dim=1).sum().backward()\n"
        "    return kept, images, gradients[0]"
    ),
    solution=(
        "def extract(model, images, target):\n"
        "    kept = []\n"
        "    layer = model.get_submodule(target)\n"
        "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
        "        logits = model(images)\n"
        "    (gradients,) = torch.autograd.grad(logits.amax(dim=1).sum(), kept[0])\n"
        "    return kept[0].detach(), logits.detach(), gradients"
    ),
    alternative=(
        "def extract(model, images, target):\n"
        "    leaves = []\n\n"
        "    def cut(module, args, output):\n"
        "        leaves.append(output.detach().requires_grad_())\n"
        "        return leaves[0]\n\n"
        "    with model.get_submodule(target).register_forward_hook(cut):\n"
        "        logits = model(images)\n"
        "    largest = logits.max(dim=1).values.sum()\n"
        "    return leaves[0], logits, torch.autograd.grad(largest, leaves[0])[0]"
    ),
    name="extract",
    judge=judge_extract,
    setup="import torch",
    praise="the network ran its own forward pass, shortcuts and flatten included, and you only listened",
    mistakes=(
        Mistake(
            "another order",
            _EXTRACT.format(end="return logits, kept[0], gradients"),
            "another order than the task",
        ),
        Mistake("train mode", _EXTRACT.format(end="model.train()\n    return kept[0], logits, gradients"), "train()"),
        Mistake(
            "probabilities",
            _EXTRACT.format(end="return kept[0], logits.softmax(1), gradients"),
            "probabilities came",
        ),
        Mistake(
            "top level only",
            "def extract(model, images, target):\n"
            "    kept = images\n"
            "    for name, module in model.named_children():\n"
            "        images = module(images.mean(dim=(2, 3)) if name == 'fc' else images)\n"
            "        kept = images if name == target.split('.')[0] else kept\n"
            "    gradient = torch.autograd.grad(images.amax(dim=1).sum(), kept)[0]\n"
            "    return kept, images, gradient",
            "own forward pass",
        ),
        Mistake(
            "only the first picture",
            "def extract(model, images, target):\n"
            "    kept = []\n"
            "    layer = model.get_submodule(target)\n"
            "    with layer.register_forward_hook(lambda m, a, output: kept.append(output)):\n"
            "        logits = model(images)\n"
            "    return kept[0], logits, torch.autograd.grad(logits[0].amax(), kept[0])[0]",
            "only the first picture",
        ),
        Mistake(
            "hook left behind",
            "def extract(model, images, target):\n"
            "    kept = []\n"
            "    model.get_submodule(target).register_forward_hook(lambda m, a, output: kept.append(output))\n"
            "    logits = model(images)\n"
            "    return kept[0], logits, torch.autograd.grad(logits.amax(dim=1).sum(), kept[0])[0]",
            "never removed",
        ),
    ),
)
