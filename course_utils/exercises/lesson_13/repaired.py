"""Exercise 13.4: repair the circulating function."""

from __future__ import annotations

import textwrap

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_13.judge_repaired import judge_repaired

__all__ = ["EXERCISE"]


_REPAIRED = """def repaired_grad_cam(model, image, class_index, layer):
    kept = []
    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):
        output = model(image)
    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]
    heat = (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].relu().detach()
    return {end}"""


EXERCISE = Exercise(
    id="13.4",
    title="Repair the circulating function",
    difficulty="hard",
    minutes=12,
    task=(
        "Return the Grad-CAM map (h, w) of one picture at `layer`, divided by its peak (zeros stay zeros), for any "
        "network, and leave no hook."
    ),
    hints=(
        "let the model run once and listen at the layer, instead of calling parts of it yourself",
        "a forward hook keeps the output; torch.autograd.grad gives the gradient of a non-leaf",
        "heat = (weights * kept[0]).sum(dim=1)[0].relu(), and divide only if heat.max() > 0",
    ),
    starter=(
        "def repaired_grad_cam(model, image, class_index, layer):\n"
        "    activations = layer(image)\n"
        "    model.classifier(model.features(image))[0, class_index].backward()\n"
        "    weights = activations.grad[0].mean(dim=(1, 2))\n"
        "    return weights / weights.max()"
    ),
    solution=(
        "def repaired_grad_cam(model, image, class_index, layer):\n"
        "    kept = []\n"
        "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
        "        output = model(image)\n"
        "    (gradients,) = torch.autograd.grad(output[0, class_index], kept[0])\n"
        "    weights = gradients.mean(dim=(2, 3), keepdim=True)\n"
        "    heat = (weights * kept[0]).sum(dim=1)[0].relu().detach()\n"
        "    return heat / heat.max() if heat.max() > 0 else heat"
    ),
    alternative=(
        "from course_utils.attribution import grad_cam\n"
        "import warnings\n\n"
        "def repaired_grad_cam(model, image, class_index, layer):\n"
        "    with warnings.catch_warnings(record=True):\n"
        "        heat = grad_cam(model, image, layer, class_index).maps[0]\n"
        "    return heat / max(float(heat.max()), 1e-30)"
    ),
    name="repaired_grad_cam",
    judge=judge_repaired,
    setup="import torch",
    praise="one real forward pass, one gradient, one map; it now works for resnet50 as well: try layer4",
    mistakes=(
        Mistake(
            "enlarged",
            _REPAIRED.format(end="torch.nn.functional.interpolate(heat[None, None], image.shape[-2:])[0, 0]"),
            "was enlarged",
        ),
        Mistake(
            "stretched",
            _REPAIRED.format(end="(heat - heat.min()) / (heat.max() - heat.min()).clamp(min=1e-12)"),
            "a little everywhere becomes nothing",
        ),
        Mistake(
            "nothing for a map of zeros",
            _REPAIRED.format(end="heat / heat.max() if heat.any() else None"),
            "returns None",
        ),
        Mistake(
            "hides every error",
            "def repaired_grad_cam(model, image, class_index, layer):\n    try:\n"
            + textwrap.indent(_REPAIRED.format(end="heat / heat.max().clamp(min=1e-30)").split("\n", 1)[1], "    ")
            + "\n    except Exception:\n        return torch.zeros(6, 7)",
            "swallowed",
        ),
        Mistake(
            "no map, one number per channel",
            "def repaired_grad_cam(model, image, class_index, layer):\n"
            "    kept = []\n"
            "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
            "        output = model(image)\n"
            "    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]\n"
            "    return gradients[0].mean(dim=(1, 2))",
            "never used",
        ),
        Mistake(
            "0 / 0",
            "def repaired_grad_cam(model, image, class_index, layer):\n"
            "    kept = []\n"
            "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
            "        output = model(image)\n"
            "    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]\n"
            "    heat = (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].relu().detach()\n"
            "    return heat / heat.max()",
            "0 / 0",
        ),
        Mistake(
            "hook left behind",
            "def repaired_grad_cam(model, image, class_index, layer):\n"
            "    kept = []\n"
            "    layer.register_forward_hook(lambda module, args, output: kept.append(output))\n"
            "    output = model(image)\n"
            "    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]\n"
            "    heat = (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].relu().detach()\n"
            "    return heat / heat.max() if heat.max() > 0 else heat",
            "never removed",
        ),
        Mistake(
            "no ReLU",
            "def repaired_grad_cam(model, image, class_index, layer):\n"
            "    kept = []\n"
            "    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):\n"
            "        output = model(image)\n"
            "    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]\n"
            "    heat = (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].detach()\n"
            "    return heat / heat.abs().max()",
            "ReLU is missing",
        ),
    ),
)
