"""Exercise 06.4: the channel that it needs most."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_06.judge_needed import judge_needed

__all__ = ["EXERCISE"]


NEEDED = """
def most_needed(model, layer, images, class_index):
    with torch.no_grad(), record_outputs(model, layer) as outputs:
        model(images)
    logits = []
    for channel in range(outputs[layer].shape[1]):
        with torch.no_grad(), mask_channels(model, layer, channel):
            logits.append(model(images)[:, class_index].mean().item())
    return logits.index(min(logits))
"""


EXERCISE = Exercise(
    id="06.4",
    title="The channel that it needs most",
    difficulty="hard",
    minutes=12,
    task=(
        "Write most_needed(model, layer, images, class_index): the number of the channel without which the mean "
        "logit of that class falls the most. layer is a dotted name, its output (N, K, ...). Leave the model as it "
        "was."
    ),
    hints=(
        "Take one channel away, look at the logit of the class, put it back, and go on to the next.",
        "record_outputs tells how many channels there are; mask_channels takes one away for the length of a block.",
        "with torch.no_grad(), mask_channels(model, layer, channel): model(images)[:, class_index].mean()",
    ),
    starter="def most_needed(model, layer, images, class_index):\n    ...",
    solution=NEEDED,
    alternative="""
def most_needed(model, layer, images, class_index):
    def without(channel, module, args, output):
        kept = torch.ones(output.shape[1])
        kept[channel] = 0
        return output * kept.view(1, -1, *[1] * (output.ndim - 2))

    sizes = []
    target = model.get_submodule(layer)
    with target.register_forward_hook(lambda module, args, output: sizes.append(output.shape[1])):
        plain = model(images)[:, class_index].mean()
    drops = []
    for channel in range(sizes[0]):
        with target.register_forward_hook(partial(without, channel)):
            drops.append(plain - model(images)[:, class_index].mean())
    return torch.stack(drops).argmax()
""",
    name="most_needed",
    judge=judge_needed,
    praise="Right: that is pruning in small. Grad-CAM, in lesson 11, asks this of all channels at once.",
    mistakes=(
        Mistake(
            "counts from 1",
            NEEDED.replace("logits.index(min(logits))", "logits.index(min(logits)) + 1"),
            "counted from 1",
        ),
        Mistake(
            "the first image alone",
            NEEDED.replace("[:, class_index].mean()", "[0, class_index]"),
            "only the first image",
        ),
        Mistake(
            "a row for a column",
            NEEDED.replace("[:, class_index].mean()", "[class_index % len(images)].mean()"),
            "a row of the logits",
        ),
        Mistake(
            "probabilities",
            NEEDED.replace("(images)[:, class_index]", "(images).softmax(1)[:, class_index]"),
            "probabilities (softmax)",
        ),
        Mistake(
            "the last channel is left out",
            NEEDED.replace("shape[1])", "shape[1] - 1)"),
            "last channel was never tried",
        ),
        Mistake(
            "all before it, too",
            NEEDED.replace("(model, layer, channel)", "(model, layer, list(range(channel + 1)))"),
            "masks pile up",
        ),
        Mistake("needed least", NEEDED.replace("min(logits)", "max(logits)"), "needed least"),
        Mistake(
            "masks pile up",
            """
def most_needed(model, layer, images, class_index):
    target, logits, handles = model.get_submodule(layer), [], []
    with torch.no_grad(), record_outputs(model, layer) as outputs:
        plain = [model(images)[:, class_index].mean()]
    for channel in range(outputs[layer].shape[1]):
        mask = lambda module, args, output, channel=channel: output.index_fill(1, torch.tensor([channel]), 0)
        handles.append(target.register_forward_hook(mask))
        plain.append(model(images)[:, class_index].mean())
    for handle in handles:
        handle.remove()
    return int(torch.stack(plain).diff().argmin())
""".replace("int(torch.stack(plain).diff().argmin())", "int(torch.stack(plain[1:]).argmin())"),
            "one channel at a time",
        ),
        Mistake(
            "the size of the change, not its sign",
            NEEDED.replace("return logits.index(min(logits))", "").replace(
                "        model(images)\n", "        plain = model(images)[:, class_index].mean().item()\n"
            )
            + "    changes = [abs(plain - logit) for logit in logits]\n    return changes.index(max(changes))\n",
            "a drop has a sign",
        ),
        Mistake(
            "the hooks stay",
            NEEDED.replace("torch.no_grad(), mask_channels(model, layer, channel)", "torch.no_grad()").replace(
                "    for channel",
                "    model.get_submodule(layer).register_forward_hook(lambda module, args, output: None)\n"
                "    for channel",
            ),
            "hooks left on the model",
        ),
        Mistake(
            "cuts the weights",
            NEEDED.replace(
                "        with torch.no_grad(), mask_channels(model, layer, channel):\n",
                "        with torch.no_grad():\n            next(model.parameters())[channel] = 0\n",
            ),
            "other weights",
        ),
        Mistake("returns the logit", NEEDED.replace("logits.index(min(logits))", "min(logits)"), "of type float"),
    ),
    setup=("import torch\nfrom functools import partial\nfrom course_utils.hooks import mask_channels, record_outputs"),
)
