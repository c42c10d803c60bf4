"""Exercises of lesson 15: the score of "normal", two classes of one logit, an article mended, bytes, and a report."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.shown import shown

__all__ = ["EXERCISES"]

LOGITS = torch.tensor([[2.0], [-3.0], [0.5]])  # three films, one logit each


def _must_be_tensor(got: object, shape: tuple[int, ...], likely: dict[tuple[int, ...], str]) -> None:
    """Raise `Wrong` unless a tensor of this shape came."""
    if not isinstance(got, Tensor):
        raise Wrong(
            got=got,
            wanted=f"a tensor of shape {shape}",
            cause="the function gives None or no tensor: is there a return?",
            next_step="return the tensor",
        )
    if tuple(got.shape) != shape:
        raise Wrong(
            got=f"shape {tuple(got.shape)}",
            wanted=f"shape {shape}",
            cause=likely.get(tuple(got.shape), "another axis was kept, or lost, than the task says"),
            next_step="write the shape behind each line as a comment",
        )


# 15.1


def judge_normal(answer: Callable[[Tensor], Tensor]) -> None:
    """Minus the logit, one number per film, and differentiable."""
    got = answer(LOGITS.clone())
    likely = {(3, 1): "one column is left: take column 0 with [:, 0]", (): "the films were added up into one number"}
    _must_be_tensor(got, (3,), likely)
    wanted = -LOGITS[:, 0]
    if not torch.allclose(got, wanted, atol=1e-6):
        causes = {
            "this is z, the score of 'pneumonia'": LOGITS[:, 0],
            "this is the probability of normal, whose gradient vanishes": (-LOGITS[:, 0]).sigmoid(),
            "this is the probability of pneumonia": LOGITS[:, 0].sigmoid(),
            "this is 1 - z; the 1 changes no gradient, but the unit is a logit": 1 - LOGITS[:, 0],
            "the sign of each film was looked at; the score of 'normal' is the same function for all": -LOGITS[
                :, 0
            ].abs(),
        }
        near = [cause for cause, value in causes.items() if torch.allclose(got, value, atol=1e-6)]
        raise Wrong(
            got=f"{got.tolist()} for the logits {LOGITS[:, 0].tolist()}",
            wanted=str(wanted.tolist()),
            cause=near[0] if near else "this number does not grow with the evidence for 'normal'",
            next_step="what must grow when the network gets surer of 'normal'? z falls then",
        )
    asked = LOGITS.clone().requires_grad_()
    _must_have_gradient(answer(asked).sum())


def _must_have_gradient(score: Tensor) -> None:
    if not score.requires_grad:
        raise Wrong(
            got="numbers without a graph",
            wanted="a score that can be differentiated",
            cause="detach(), item() or a new tensor cut the graph",
            next_step="compute with the tensor that was given",
        )


# 15.2


def judge_pair(answer: Callable[[Tensor], Tensor]) -> None:
    """Two logits with softmax [1 - sigmoid(z), sigmoid(z)], and both depend on z."""
    got = answer(LOGITS.clone())
    _must_be_tensor(got, (3, 2), {(3,): "one number per film came", (2, 3): "films and classes changed places"})
    wanted = torch.cat([(-LOGITS).sigmoid(), LOGITS.sigmoid()], dim=1)
    if not torch.allclose(got.softmax(dim=1), wanted, atol=1e-5):
        raise Wrong(
            got=f"softmax {[round(p, 3) for p in got.softmax(dim=1)[0].tolist()]} for z = 2",
            wanted=f"{[round(p, 3) for p in wanted[0].tolist()]}",
            cause=_why_not_the_pair(got, wanted),
            next_step="the *difference* of the two logits must be z",
        )
    _must_move(answer)


def _why_not_the_pair(got: Tensor, wanted: Tensor) -> str:
    if torch.allclose(got.softmax(dim=1), wanted.flip(1), atol=1e-5):
        return "the classes are swapped: column 0 is 'normal'"
    if torch.allclose(got[:, 1] - got[:, 0], 2 * LOGITS[:, 0], atol=1e-5):
        return "the difference of [-z, z] is 2z: twice as sure as the network"
    if torch.allclose(got, wanted, atol=1e-5):
        return "these are probabilities; softmax comes later, on logits"
    return "the difference of the two logits is not z"


def _must_move(answer: Callable[[Tensor], Tensor]) -> None:
    z = LOGITS.clone().requires_grad_()
    pair = answer(z)
    _must_have_gradient(pair.sum() + z.sum() * 0 if pair.requires_grad else pair.sum())
    for column, name in enumerate(("normal", "pneumonia")):
        one = pair[:, column].sum()
        slope = torch.autograd.grad(one, z, retain_graph=True, allow_unused=True)[0] if one.requires_grad else None
        if slope is None or not slope.abs().min() > 0:
            raise Wrong(
                got=f"a logit for '{name}' that does not depend on z",
                wanted="two logits that both move with z",
                cause="a constant logit has no gradient, so its map is empty",
                next_step="give each class half of z, with its own sign",
            )


# 15.3


def judge_heatmaps(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Each film for itself, inputs unchanged, peaks 1, empty maps 0."""
    generator = torch.Generator().manual_seed(15)
    activations, gradients = (torch.randn(4, 4, 5, 6, generator=generator) for _ in range(2))
    activations = activations.abs()
    gradients[1] = -gradients[0]  # a second film against which a mean over films cancels
    gradients[2] = -1.0  # nothing speaks for the third film
    gradients[3] = 0.1 * gradients[3].abs()  # little speaks for the fourth
    kept = activations.clone()
    got = answer(activations, gradients)
    if not torch.equal(activations, kept):
        raise Wrong(
            got="the activations were changed",
            wanted="the activations as they were",
            cause="an in-place operation wrote into them; a second run multiplies twice",
            next_step="multiply into a new tensor: weights * activations",
        )
    likely = {(5, 6): "one map came, for four films", (4, 1, 5, 6): "the axis of the channels was kept"}
    _must_be_tensor(got, (4, 5, 6), likely)
    signed = (gradients.mean(dim=(2, 3), keepdim=True) * activations).sum(dim=1)
    wanted = _divided(signed.relu())
    if got.isnan().any() or not torch.allclose(got, wanted, atol=1e-5):
        raise Wrong(
            got=f"peaks {[round(float(m.max()), 3) for m in got]}",
            wanted=f"peaks {[round(float(m.max()), 3) for m in wanted]}, and the map of each film",
            cause=_why_not_the_heatmaps(got, activations, gradients, signed),
            next_step="weights (N, K, 1, 1), sum over channels, ReLU, then each film's own peak, if it is above zero",
        )


def _divided(maps: Tensor) -> Tensor:
    peaks = maps.amax(dim=(1, 2), keepdim=True)
    return maps / peaks.where(peaks > 0, 1.0)


def _why_not_the_heatmaps(got: Tensor, activations: Tensor, gradients: Tensor, signed: Tensor) -> str:
    if got.isnan().any():
        return "0 / 0 is NaN: the third film's map is empty, and was divided by its peak"
    pooled = gradients.mean(dim=(0, 2, 3))
    mixed = (pooled[:, None, None] * activations).sum(dim=1).relu()
    maps = signed.relu()
    causes = {
        "the weights were averaged over the films, too": (_divided(mixed), mixed, mixed / mixed.max()),
        "all films were divided by one peak: the largest of the batch": (maps / maps.max(),),
        "the map was not divided by its peak": (maps, maps / activations.shape[1]),
        "ReLU is missing: evidence against pneumonia is still in the map": (
            signed / signed.amax(dim=(1, 2), keepdim=True),
            _divided(signed),
        ),
        "the heat is squared, as in the article's overlay": (_divided(maps) ** 2,),
    }
    near = [cause for cause, values in causes.items() if any(torch.allclose(got, v, atol=1e-5) for v in values)]
    return near[0] if near else "this is not each film's own Grad-CAM map"


# 15.4


def judge_bytes(answer: Callable[[Tensor], Tensor]) -> None:
    """uint8, rounded, clipped."""
    given = torch.tensor([[-1.0, -0.75, -0.5, -0.004, 0.0], [0.25, 1.0, 1.2, -1.3, 0.5]])
    wanted = ((given + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    kept = given.clone()
    got = answer(given)
    _must_be_tensor(got, (2, 5), {})
    if not torch.equal(given, kept):
        raise Wrong(
            got="the films were changed",
            wanted="the films as they were",
            cause="an in-place operation (add_, mul_, +=) wrote into them",
            next_step="compute a new tensor: (normalised + 1) * 127.5",
        )
    if got.dtype != torch.uint8:
        raise Wrong(
            got=f"{got.dtype}",
            wanted="torch.uint8",
            cause="the numbers were not turned into bytes",
            next_step="end with .to(torch.uint8)",
        )
    if not torch.equal(got, wanted):
        raise Wrong(
            got=str(got.flatten().tolist()),
            wanted=str(wanted.flatten().tolist()),
            cause=_why_not_the_bytes(got, given, wanted),
            next_step="undo the normalisation first: x = (normalised + 1) / 2; then 255, round, clamp",
        )


def _why_not_the_bytes(got: Tensor, given: Tensor, wanted: Tensor) -> str:
    inside = given.abs() <= 1
    if torch.equal(got[inside], (given * 255).to(torch.int64).to(torch.uint8)[inside]):
        return "-1 to 1 was multiplied by 255, so negative numbers wrap around"
    if torch.equal(got[inside], wanted[inside]):
        return "what lies outside -1 to 1 wraps around: clamp before the conversion"
    if torch.equal(got, ((given + 1) * 127.5).clamp(0, 255).to(torch.uint8)):
        return "the conversion cuts decimals off: 63.75 became 63; round first"
    if torch.equal(got, (given.clamp(0, 1) * 255).round().to(torch.uint8)):
        return "everything below 0 was cut to black: half of the greys are lost"
    return "black is -1 and white is 1; 0 lies in the middle, at 127.5"


# 15.5


def judge_saturation(answer: object) -> None:
    """The smallest whole logit whose float64 sigmoid has no slope."""
    if isinstance(answer, Tensor) and answer.numel() == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise Wrong(
            got=answer,
            wanted="one whole number",
            cause="this is not a number",
            next_step="hand in the logit, for example int(...)",
        )
    if answer != 37:
        causes = {
            17: "this is float32's answer; were the logits float64 before the sigmoid?",
            34: "a guess: twice 17. Twice the bits is not twice the logit: try it",
            36: "at 36 the slope is tiny, but not zero: 2.2e-16",
            38: "already the logit before it has a slope of zero",
        }
        likely = "the slope is still above zero there" if answer < 37 else "a smaller logit does it, too"
        raise Wrong(
            got=shown(answer),
            wanted="the smallest whole logit with a slope of exactly 0.0",
            cause=causes.get(int(answer), likely),
            next_step="torch.arange(1., 100., dtype=torch.float64), sigmoid, autograd.grad, then look for the first 0",
        )


# 15.6


def judge_report(answer: object) -> None:
    """A picture, a number that fits it, and a doubt in words."""
    names = ("heat", "mask", "inside", "doubt")
    if not isinstance(answer, dict) or set(answer) != set(names):
        raise Wrong(
            got=sorted(answer) if isinstance(answer, dict) else answer,
            wanted=f"a dict with {', '.join(names)}",
            cause="a part of the report is missing, or has another name",
            next_step="keep the four names of the starter",
        )
    _judge_pictures(answer["heat"], answer["mask"])
    _judge_number(answer["inside"], answer["heat"], answer["mask"])
    _judge_doubt(answer["doubt"])


def _judge_pictures(heat: object, mask: object) -> None:
    if not isinstance(heat, Tensor) or not isinstance(mask, Tensor) or heat.ndim != 2 or heat.shape != mask.shape:
        raise Wrong(
            got=f"heat {shown(heat)}, mask {shown(mask)}",
            wanted="two tensors (H, W) of one size",
            cause="one film has one map: the axis of the films is still there, or the map was not enlarged",
            next_step="take heatmaps[0] and masks[0]",
        )
    if mask.dtype != torch.bool or not mask.any():
        raise Wrong(
            got=f"a mask of {mask.dtype} with {int((mask != 0).sum())} pixels",
            wanted="the bool mask of an opacity",
            cause="a normal film has an empty mask: there is nothing to measure",
            next_step="choose a film from ill",
        )
    if not heat.isfinite().all() or heat.min() < 0 or not heat.max() > 0:
        raise Wrong(
            got=f"heat from {float(heat.min()):.3g} to {float(heat.max()):.3g}",
            wanted="heat of 0 or more, somewhere above 0",
            cause="the map is empty, negative or NaN, so a share of it means nothing",
            next_step="explain class 1 with grad_cam and take its heatmaps",
        )


def _judge_number(inside: object, heat: Tensor, mask: Tensor) -> None:
    number = inside.item() if isinstance(inside, Tensor) and inside.numel() == 1 else inside
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Wrong(
            got=number,
            wanted="one number between 0 and 1",
            cause="the share is not a number",
            next_step="float(heat_inside(...)[0])",
        )
    share = float((heat * mask).sum() / heat.sum())
    if abs(number - share) > 0.005:
        causes = {
            "this is the mask's share of the film, which is chance": float(mask.float().mean()),
            "this is a percentage; the share lies between 0 and 1": 100 * share,
            "this is the heat *outside* the mask": 1 - share,
            "this is the mean heat inside, not the share of the heat": float(heat[mask].mean()),
        }
        near = [cause for cause, value in causes.items() if abs(number - value) < 0.005 * max(1, value)]
        raise Wrong(
            got=f"{number:.3f}",
            wanted=f"{share:.3f} for this heat and this mask",
            cause=near[0] if near else "the number belongs to another film than the picture",
            next_step="heat inside the mask, divided by all heat, of the film you show",
        )


def _judge_doubt(doubt: object) -> None:
    words = doubt.split() if isinstance(doubt, str) else []
    if len(words) < 8 or len({word.lower() for word in words}) < 6:
        raise Wrong(
            got=doubt if isinstance(doubt, str) and doubt else shown(doubt),
            wanted="a sentence of at least eight words",
            cause="a doubt in a few words, or the same word again and again, does not say what is doubted",
            next_step="finish the sentence: 'This does not show that ...'",
        )


NORMAL = Exercise(
    id="15.1",
    title="The score of normal",
    difficulty="easy",
    minutes=4,
    task="normal_score(logits): from logits (N, 1) the score that explains 'normal', shape (N,), in logits.",
    hints=(
        "The logit is positive for pneumonia. What grows when the network gets surer of 'normal'?",
        "A score is one number per film: choose the only column, and think of the sign.",
        "minus logits[:, 0]",
    ),
    starter="def normal_score(logits):\n    ...",
    solution="def normal_score(logits):\n    return -logits[:, 0]",
    alternative="normal_score = lambda logits: logits.neg().squeeze(1)",
    name="normal_score",
    judge=judge_normal,
    praise="Right: hand it to grad_cam as score=normal_score, and the map shows what speaks for 'normal'.",
    mistakes=(
        Mistake("the wrong sign", "def normal_score(logits):\n    return logits[:, 0]", "score of 'pneumonia'"),
        Mistake("keeps the column", "def normal_score(logits):\n    return -logits", "one column is left"),
        Mistake("probability", "def normal_score(logits):\n    return 1 - logits[:, 0].sigmoid()", "gradient vanishes"),
        Mistake("one number", "def normal_score(logits):\n    return -logits.sum()", "added up"),
        Mistake("no graph", "def normal_score(logits):\n    return -logits[:, 0].detach()", "cut the graph"),
    ),
    setup="import torch",
)

_PAIR = "def to_two_classes(logits):\n    return {}"

PAIR = Exercise(
    id="15.2",
    title="Two classes of one logit",
    difficulty="medium",
    minutes=8,
    task="to_two_classes(logits): (N, 1) → (N, 2), softmax [1 - sigmoid(z), sigmoid(z)]; both logits depend on z.",
    hints=(
        "Softmax looks at differences only: which differences of two logits give sigmoid(z)?",
        "The second logit minus the first must be z. Share it evenly. torch.cat joins columns with dim=1.",
        "one class gets minus a half of z, the other plus a half",
    ),
    starter="def to_two_classes(logits):\n    ...",
    solution=_PAIR.format("torch.cat([-logits / 2, logits / 2], dim=1)"),
    alternative="def to_two_classes(logits):\n    return logits * torch.tensor([-0.5, 0.5])",
    name="to_two_classes",
    judge=judge_pair,
    praise="Right: cross-entropy of this pair is binary cross-entropy of z, and each class has a map.",
    mistakes=(
        Mistake("a constant", _PAIR.format("torch.cat([0 * logits, logits], dim=1)"), "map is empty"),
        Mistake("twice as sure", _PAIR.format("torch.cat([-logits, logits], dim=1)"), "twice as sure"),
        Mistake("swapped", _PAIR.format("torch.cat([logits / 2, -logits / 2], dim=1)"), "swapped"),
        Mistake(
            "probabilities", _PAIR.format("torch.cat([1 - logits.sigmoid(), logits.sigmoid()], dim=1)"), "probabilities"
        ),
        Mistake("wrong axis", _PAIR.format("torch.cat([-logits / 2, logits / 2])[:, 0]"), "another axis"),
    ),
    setup="import torch",
)

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

HEATMAPS = Exercise(
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

_BYTES = "def to_bytes(normalised):\n    return {}"

BYTES = Exercise(
    id="15.4",
    title="Bytes that do not wrap",
    difficulty="medium",
    minutes=6,
    task="to_bytes(normalised): from (x - 0.5) / 0.5 back to uint8 pixels 0 to 255, rounded, cut off, never wrapped.",
    hints=(
        "Undo the two steps of the normalisation in reverse order, then stretch 0..1 to 0..255.",
        "Tensor.round, then Tensor.clamp, and only then the conversion: a byte keeps no decimals and no minus.",
        "((normalised + 1) * 127.5), rounded, clamped to 0..255, .to(torch.uint8)",
    ),
    starter="def to_bytes(normalised):\n    ...",
    solution=_BYTES.format("((normalised + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)"),
    alternative=_BYTES.format("(normalised * 0.5 + 0.5).clamp(0, 1).mul(255).round().byte()"),
    name="to_bytes",
    judge=judge_bytes,
    praise="Right: black is black again. Look at the film in the lesson once more.",
    mistakes=(
        Mistake(
            "as the article",
            _BYTES.format("(normalised * 255).to(torch.int64).to(torch.uint8)"),
            "negative numbers wrap",
        ),
        Mistake(
            "no clamp",
            _BYTES.format("((normalised + 1) * 127.5).round().to(torch.int64).to(torch.uint8)"),
            "clamp before",
        ),
        Mistake("cut off", _BYTES.format("((normalised + 1) * 127.5).clamp(0, 255).to(torch.uint8)"), "round first"),
        Mistake("black", _BYTES.format("(normalised.clamp(0, 1) * 255).round().to(torch.uint8)"), "cut to black"),
        Mistake("floats", _BYTES.format("((normalised + 1) * 127.5).round().clamp(0, 255)"), "not turned into bytes"),
    ),
    setup="import torch",
)

_SLOPES = """logits = torch.arange(1.0, 100.0, dtype=torch.{kind}, requires_grad=True)
(slopes,) = torch.autograd.grad(logits.sigmoid().sum(), logits)
found_logit = {pick}"""

SATURATION = Exercise(
    id="15.5",
    title="Where float64 gives up",
    difficulty="medium",
    minutes=6,
    task="found_logit: the smallest whole logit at which the sigmoid's gradient in float64 is exactly zero.",
    hints=(
        "Do not compute, experiment: many logits at once, one backward pass, and look at the slopes.",
        "torch.arange takes a dtype; torch.autograd.grad of a sum gives every logit its own slope.",
        "int(logits[slopes == 0].min())",
    ),
    starter="found_logit = ...",
    solution=_SLOPES.format(kind="float64", pick="int(logits[slopes == 0].min())"),
    alternative="""found_logit = 1
while float(torch.tensor(float(found_logit), dtype=torch.float64).sigmoid()) < 1.0:
    found_logit += 1""",
    name="found_logit",
    judge=judge_saturation,
    praise="Right: 37. More bits only move the cliff; the logit has none.",
    mistakes=(
        Mistake("float32", _SLOPES.format(kind="float32", pick="int(logits[slopes == 0].min())"), "float32's answer"),
        Mistake("a guess", "found_logit = 34", "not twice the logit"),
        Mistake("the last slope", _SLOPES.format(kind="float64", pick="int(logits[slopes > 0].max())"), "not zero"),
        Mistake("too large", "found_logit = 90", "a smaller logit"),
        Mistake("a text", "found_logit = 'thirty-seven'", "not a number"),
    ),
    setup="import torch",
)

_REPORT = """report = {{
    "heat": {heat},
    "mask": {mask},
    "inside": {inside},
    "doubt": {doubt},
}}"""
_SHARE = "float((heats[0] * masks[0]).sum() / heats[0].sum())"
_DOUBT = '"The heat was measured on drawings, so it says nothing about a patient."'

REPORT = Exercise(
    id="15.6",
    title="One picture, one number, one doubt",
    difficulty="hard",
    minutes=20,
    task="report: heat (H, W), mask (H, W), inside (the share of that heat in that mask), doubt (eight words or more).",
    hints=(
        "Choose one film with pneumonia, explain class 1, and measure that film, not the average.",
        "grad_cam gives heatmaps (N, H, W); the film's mask is masks[0]; the share is what share_inside returns.",
        "inside is the heat in the mask divided by all heat of the same film",
    ),
    starter='report = {"heat": ..., "mask": ..., "inside": ..., "doubt": ...}',
    solution=_REPORT.format(heat="heats[0]", mask="masks[0]", inside=_SHARE, doubt=_DOUBT),
    alternative=_REPORT.format(
        heat="heats[1]",
        mask="masks[1]",
        inside="heats[1][masks[1]].sum() / heats[1].sum()",
        doubt='"A film from another hospital may carry another tag and change everything."',
    ),
    name="report",
    judge=judge_report,
    praise="Right: the number fits the picture, and the doubt is in words. Show all three, or none.",
    mistakes=(
        Mistake(
            "chance",
            _REPORT.format(heat="heats[0]", mask="masks[0]", inside="float(masks[0].float().mean())", doubt=_DOUBT),
            "chance",
        ),
        Mistake(
            "outside", _REPORT.format(heat="heats[0]", mask="masks[0]", inside="1 - " + _SHARE, doubt=_DOUBT), "outside"
        ),
        Mistake(
            "another film",
            _REPORT.format(heat="heats[1]", mask="masks[1]", inside=_SHARE, doubt=_DOUBT),
            "another film",
        ),
        Mistake(
            "a batch", _REPORT.format(heat="heats", mask="masks", inside=_SHARE, doubt=_DOUBT), "axis of the films"
        ),
        Mistake(
            "healthy",
            _REPORT.format(heat="heats[0]", mask="masks[0] & False", inside="0.0", doubt=_DOUBT),
            "normal film",
        ),
        Mistake(
            "no doubt", _REPORT.format(heat="heats[0]", mask="masks[0]", inside=_SHARE, doubt='"none"'), "few words"
        ),
        Mistake(
            "per cent",
            _REPORT.format(heat="heats[0]", mask="masks[0]", inside="100 * " + _SHARE, doubt=_DOUBT),
            "percentage",
        ),
    ),
    setup="""import torch
heats = torch.linspace(0, 1, 32).reshape(2, 4, 4)
masks = torch.zeros(2, 4, 4, dtype=torch.bool)
masks[0, 2:, 2:] = True
masks[1, :1] = True""",
)

EXERCISES = (NORMAL, PAIR, HEATMAPS, BYTES, SATURATION, REPORT)
