"""Exercise 09.4: break it, then fix it: look."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_09.judge_look import judge_look
from course_utils.exercises.lesson_09.setup import SETUP

__all__ = ["EXERCISE"]


_LOOK = """def look(network, layer, images):
    seen, modes = [], [(m, m.training) for m in network.modules()]
    handle = layer.register_forward_hook(lambda m, a, out: seen.append(out.detach().clone()))
    {eval}
    try:
        {run}
    finally:
        handle.remove()
{end}        for m, mode in modes:
            m.training = mode
    return seen[0]
"""


EXERCISE = Exercise(
    id="09.4",
    title="Break it, then fix it: look",
    difficulty="medium",
    minutes=10,
    task="Mend look(network, layer, images): the layer's maps in eval mode, and the network as you found it.",
    hints=(
        "Count the faults: the mode, the hook, the graph, the shared memory. What does each leave behind?",
        "record_outputs takes care of three of them. For the mode, note module.training of every module first.",
        "network.eval() comes first, then `try:` with the look, and `finally:` puts every module.training back.",
    ),
    starter=(
        "def look(network, layer, images):\n"
        "    seen = []\n"
        "    layer.register_forward_hook(lambda module, args, output: seen.append(output))\n"
        "    network(images)\n"
        "    return seen[0]\n"
    ),
    solution=(
        "def look(network, layer, images):\n"
        "    flags = {module: module.training for module in network.modules()}\n"
        "    network.eval()\n"
        "    try:\n"
        "        with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
        "            network(images)\n"
        "    finally:\n"
        "        for module, training in flags.items():\n"
        "            module.training = training\n"
        "    return next(iter(outputs.values()))\n"
    ),
    alternative=(
        "def look(network, layer, images):\n"
        "    seen = []\n"
        "    modes = [(module, module.training) for module in network.modules()]\n"
        "    handle = layer.register_forward_hook(lambda m, args, out: seen.append(out.detach().clone()))\n"
        "    try:\n"
        "        network.eval()\n"
        "        network(images)\n"
        "        return seen[-1]\n"
        "    finally:\n"
        "        handle.remove()\n"
        "        for module, mode in modes:\n"
        "            module.training = mode\n"
    ),
    name="look",
    judge=judge_look,
    praise=(
        "Right: whoever looks leaves no trace. strongest_images of the package does exactly this; try it on a "
        "network with batch normalisation, in train mode."
    ),
    mistakes=(
        Mistake(
            "forgot eval",
            "def look(network, layer, images):\n"
            "    with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
            "        network(images)\n"
            "    return next(iter(outputs.values()))\n",
            "without eval()",
        ),
        Mistake(
            "leaves it in eval mode",
            "def look(network, layer, images):\n"
            "    network.eval()\n"
            "    with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
            "        network(images)\n"
            "    return next(iter(outputs.values()))\n",
            "eval() was not undone",
        ),
        Mistake(
            "switches everything to train",
            "def look(network, layer, images):\n"
            "    network.eval()\n"
            "    with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
            "        network(images)\n"
            "    network.train()\n"
            "    return next(iter(outputs.values()))\n",
            "switches *all* layers on",
        ),
        Mistake(
            "the hook stays",
            "def look(network, layer, images):\n"
            "    seen = []\n"
            "    layer.register_forward_hook(lambda m, a, out: seen.append(out.detach().clone()))\n"
            "    network.eval()\n"
            "    network(images)\n"
            "    return seen[0]\n",
            "the hook stays",
        ),
        Mistake(
            "the graph stays",
            "def look(network, layer, images):\n"
            "    seen = []\n"
            "    modes = [(m, m.training) for m in network.modules()]\n"
            "    network.eval()\n"
            "    with layer.register_forward_hook(lambda m, a, out: seen.append(out.clone())):\n"
            "        network(images)\n"
            "    for m, mode in modes:\n"
            "        m.training = mode\n"
            "    return seen[0]\n",
            "hang on a graph",
        ),
        Mistake(
            "detach without clone",
            "def look(network, layer, images):\n"
            "    seen = []\n"
            "    modes = [(m, m.training) for m in network.modules()]\n"
            "    network.eval()\n"
            "    with layer.register_forward_hook(lambda m, a, out: seen.append(out.detach())):\n"
            "        network(images)\n"
            "    for m, mode in modes:\n"
            "        m.training = mode\n"
            "    return seen[0]\n",
            "in-place ReLU",
        ),
        Mistake(
            "only the layer in eval mode",
            _LOOK.format(eval="layer.eval()", run="with torch.no_grad():\n            network(images)", end=""),
            "looking without eval()",
        ),
        Mistake(
            "gradients stay switched off",
            _LOOK.format(eval="network.eval()", run="torch.set_grad_enabled(False)\n        network(images)", end=""),
            "every later backward() would fail",
        ),
        Mistake(
            "clears all hooks",
            _LOOK.format(
                eval="network.eval()",
                run="with torch.no_grad():\n            network(images)",
                end="        layer._forward_hooks.clear()\n",
            ),
            "not only your own",
        ),
        Mistake(
            "no finally",
            "def look(network, layer, images):\n"
            "    modes = [(m, m.training) for m in network.modules()]\n"
            "    network.eval()\n"
            "    with torch.no_grad(), record_outputs(network, layer) as outputs:\n"
            "        network(images)\n"
            "    for m, mode in modes:\n"
            "        m.training = mode\n"
            "    return next(iter(outputs.values()))\n",
            "after an error",
        ),
    ),
    setup=SETUP,
    seconds=5.0,
)
