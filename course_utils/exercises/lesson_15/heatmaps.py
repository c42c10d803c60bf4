"""Exercise 15.3: the article, mended."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.lesson_15.judge_heatmaps import judge_heatmaps

__all__ = ["EXERCISE"]


_ARTICLE = """def article_heatmaps(activations, gradients):
    pooled = gradients.mean(dim=(0, 2, 3))
    for channel in range(activations.shape[1]):
        activations[:, channel] *= pooled[channel]
    heat = activations.mean(dim=1).relu()
    return heat / heat.max()"""


_HEAT = """def article_heatmaps(activations, gradients):
    weights = gradients.mean(dim={axes}, keepdim=True)
    heat = (weights * activations).sum(dim=1){relu}
    return {end}"""


_END = "heat / heat.amax(dim=(1, 2), keepdim=True)"


EXERCISE = Exercise(
    id="15.3",
    title="The article, mended",
    difficulty="hard",
    minutes=12,
    task="article_heatmaps(activations, gradients), repaired: (N, h, w), each film's own peak is 1, an empty map is 0.",
    hints=(
        "Three bugs: films are averaged away, the caller's activations are overwritten, 0 is divided by 0.",
        "Weights (N, K, 1, 1) come from a mean over two axes with keepdim=True; Tensor.amax takes two axes as well.",
        "peaks = heat.amax(dim=(1, 2), keepdim=True), then heat / peaks.where(peaks > 0, 1.0)",
    ),
    starter=_ARTICLE,
    solution=_HEAT.format(
        axes="(2, 3)", relu=".relu()", end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)"
    ),
    alternative="""def article_heatmaps(activations, gradients):
    heat = torch.einsum("nk,nkhw->nhw", gradients.mean((2, 3)), activations).clamp(min=0)
    peaks = heat.flatten(1).max(dim=1).values[:, None, None]
    return torch.where(peaks > 0, heat / peaks, torch.zeros_like(heat))""",
    name="article_heatmaps",
    judge=judge_heatmaps,
    praise="Right: now a second film, a second run and an empty map all do no harm.",
    mistakes=(
        Mistake(
            "ReLU before the sum",
            _HEAT.format(
                axes="(2, 3)", relu="", end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)"
            ).replace("(weights * activations)", "(weights * activations).relu()"),
            "ReLU came before the sum",
        ),
        Mistake(
            "a limit that is not small",
            _HEAT.format(
                axes="(2, 3)", relu=".relu()", end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=0.01)"
            ),
            "not small for a weak map",
        ),
        Mistake(
            "from min to max",
            _HEAT.format(
                axes="(2, 3)",
                relu=".relu()\n    heat = heat - heat.amin(dim=(1, 2), keepdim=True)",
                end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)",
            ),
            "stretched from its min",
        ),
        Mistake(
            "no axes behind the weights",
            _HEAT.format(axes="(2, 3)", relu=".relu()", end=_END).replace(", keepdim=True)\n    heat", ")\n    heat"),
            "axes of length 1",
        ),
        Mistake(
            "not pooled",
            "def article_heatmaps(activations, gradients):\n"
            "    heat = (gradients * activations).sum(dim=1).relu()\n"
            "    return heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)",
            "not pooled",
        ),
        Mistake(
            "films averaged",
            _HEAT.format(
                axes="(0, 2, 3)", relu=".relu()", end="heat / heat.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)"
            ),
            "averaged over the films",
        ),
        Mistake("0 / 0", _HEAT.format(axes="(2, 3)", relu=".relu()", end=_END), "0 / 0"),
        Mistake("one peak", _HEAT.format(axes="(2, 3)", relu=".relu()", end="heat / heat.max()"), "one peak"),
        Mistake("no ReLU", _HEAT.format(axes="(2, 3)", relu="", end=_END), "ReLU is missing"),
        Mistake("in place", _ARTICLE.replace("(0, 2, 3)", "(0, 2, 3)").replace("heat.max()", "2"), "in-place"),
        Mistake("not divided", _HEAT.format(axes="(2, 3)", relu=".relu()", end="heat"), "not divided"),
    ),
    setup="import torch",
)
