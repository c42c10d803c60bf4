"""Exercise 11.4: a batch, each picture with its own class."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_11.judge_batch import judge_batch

__all__ = ["EXERCISE"]


_BATCH = """def batch_grad_cam(model, images, layer, classes):
    kept = []
    with layer.register_forward_hook(lambda m, a, out: kept.append(out)):
        logits = model(images)
    score = {score}
    (gradients,) = torch.autograd.grad(score, kept[0])
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    return (weights * kept[0]).sum(dim=1).relu().detach()"""


_LEFT_HOOK = """def batch_grad_cam(model, images, layer, classes):
    kept = []
    layer.register_forward_hook(lambda m, a, out: kept.append(out))
    logits = model(images)
    score = logits[torch.arange(len(images)), classes].sum()
    (gradients,) = torch.autograd.grad(score, kept[0])
    return (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1).relu().detach()"""


_BACKWARD = """def batch_grad_cam(model, images, layer, classes):
    kept = []
    with layer.register_forward_hook(lambda m, a, out: (out.retain_grad(), kept.append(out))[1]):
        logits = model(images)
    logits[torch.arange(len(images)), classes].sum().backward()
    weights = kept[0].grad.mean(dim=(2, 3), keepdim=True)
    return (weights * kept[0]).sum(dim=1).relu().detach()"""


EXERCISE = Exercise(
    id="11.4",
    title="A batch, each picture with its own class",
    difficulty="hard",
    minutes=12,
    task="batch_grad_cam(model, images, layer, classes): maps (N, h, w); no hook and no parameter gradient is left.",
    hints=(
        "In evaluation mode pictures do not touch each other, so the sum of their logits knows each one's gradient.",
        "Pick one logit per picture with logits[torch.arange(N), classes]; torch.autograd.grad fills no .grad.",
        "score = logits[torch.arange(len(images)), classes].sum(), then as in my_grad_cam",
    ),
    starter="def batch_grad_cam(model, images, layer, classes):\n    ...",
    solution=_BATCH.format(score="logits[torch.arange(len(images)), classes].sum()"),
    alternative="""def batch_grad_cam(model, images, layer, classes):
    seen = {}
    with layer.register_forward_hook(lambda m, a, out: seen.update(out=out)):
        logits = model(images)
    chosen = logits.gather(1, classes[:, None])
    (gradients,) = torch.autograd.grad(chosen, seen["out"], torch.ones_like(chosen))
    return torch.einsum("nkhw,nk->nhw", seen["out"], gradients.mean((2, 3))).clamp(min=0).detach()""",
    name="batch_grad_cam",
    judge=judge_batch,
    praise="Right: one pass for all pictures, and nobody can tell that you were there.",
    mistakes=(
        Mistake("first picture only", _BATCH.format(score="logits[0, classes[0]]"), "only picture 0"),
        Mistake("one class for all", _BATCH.format(score="logits[:, classes[0]].sum()"), "first class"),
        Mistake(
            "predicted classes", _BATCH.format(score="logits.amax(dim=1).sum()"), "predicted classes were explained"
        ),
        Mistake(
            "mean", _BATCH.format(score="logits[torch.arange(len(images)), classes].mean()"), "divided or squeezed"
        ),
        Mistake("hook stays", _LEFT_HOOK, "never removed"),
        Mistake("fills .grad", _BACKWARD, "backward() writes into .grad"),
        Mistake("wipes waiting gradients", _BACKWARD.replace("weights =", "model.zero_grad()\n    weights ="), "wiped"),
        Mistake(
            "a layer by its name",
            "from course_utils.attribution import grad_cam\n\n"
            "def batch_grad_cam(model, images, layer, classes):\n"
            "    return grad_cam(model, images, 'conv2', classes).maps",
            "must take the layer that is handed in",
        ),
        Mistake(
            "enlarges",
            _BATCH.format(score="logits[torch.arange(len(images)), classes].sum()").replace(
                "return (weights * kept[0]).sum(dim=1).relu().detach()",
                "maps = (weights * kept[0]).sum(dim=1, keepdim=True).relu().detach()\n"
                "    return torch.nn.functional.interpolate(maps, images.shape[-2:])[:, 0]",
            ),
            "were enlarged",
        ),
        Mistake(
            "train mode",
            _BATCH.format(score="logits[torch.arange(len(images)), classes].sum()").replace(
                "    kept = []", "    model.train()\n    kept = []"
            ),
            "train() was called",
        ),
        Mistake(
            "softmax", _BATCH.format(score="logits.softmax(1)[torch.arange(len(images)), classes].sum()"), "softmax"
        ),
    ),
    setup="import torch",
)
