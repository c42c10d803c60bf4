"""Exercises of lesson 14: a share without NaN, insertion, a test that damages what it tests, and a found tolerance."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import torch
from scipy.stats import spearmanr
from torch import Tensor, nn

from course_utils.datasets import shapes10
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.trust import pointing_game

__all__ = ["EXERCISES"]


def _numbers(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(14))


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
            cause=likely.get(tuple(got.shape), "other axes were added up than the task says"),
            next_step="write the shape behind each line as a comment",
        )


# 14.1


def judge_share(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Heat inside over all heat, one number per picture; 0 where there is no heat."""
    heat, masks = _numbers(4, 5, 6), _numbers(4, 5, 6) > 0.6
    heat[1], masks[2] = 0, False
    heat[3] *= 1e-6  # a weak map is a map
    kept = heat.clone()
    got = answer(heat, masks)
    likely = {
        (): "one number came for all pictures: the batch axis was added up as well",
        (5, 6): "the pictures were added up; rows and columns are the axes 1 and 2",
        (4, 5, 6): "nothing was added up",
        (3,): "the empty map was left out: whoever averages this will never hear of it",
    }
    _must_be_tensor(got, (4,), likely)
    if not torch.equal(heat, kept):
        raise Wrong(
            got="the heat was changed",
            wanted="the heat as it was",
            cause="an in-place operation wrote into the map that was given",
            next_step="make a new tensor: heat * masks",
        )
    wanted = (kept * masks).sum(dim=(1, 2)) / torch.where(torch.arange(4) == 1, 1.0, kept.sum(dim=(1, 2)))
    if not torch.allclose(got.float(), wanted, atol=1e-5):
        raise Wrong(
            got=f"{[round(value, 4) for value in got.tolist()]}",
            wanted=f"{[round(value, 4) for value in wanted.tolist()]}",
            cause=_why_not_the_share(got.float(), kept, masks, wanted),
            next_step="divide by the total where it is above 0, and by 1 where it is 0",
        )


def _why_not_the_share(got: Tensor, heat: Tensor, masks: Tensor, wanted: Tensor) -> str:
    if got.isnan().any():
        return "the empty map still gives 0 / 0, which is NaN"
    inside = (heat * masks).sum(dim=(1, 2))
    likely = {
        "this is the heat inside, not its share of all heat": inside,
        "this is the share of the heat *outside* the object": 1 - wanted,
        "this divides by the object's area": inside / masks.sum(dim=(1, 2)).clamp(min=1),
        "this divides by all pixels: it is a mean, not a share": inside / heat[0].numel(),
    }
    near = [cause for cause, value in likely.items() if torch.allclose(got, value, atol=1e-5)]
    if near:
        return near[0]
    if torch.allclose(got[:3], wanted[:3], atol=1e-3):
        return "a weak map came out wrong: the number that was added to the total is not small for it"
    return "this is not the heat inside divided by all heat of the same picture"


# 14.2


def judge_insert(answer: Callable[[Tensor, Tensor, Tensor, int], Tensor]) -> None:
    """The canvas with the hottest pixels of the picture on it; all colour channels; nothing given is changed."""
    image, canvas = _numbers(3, 4, 5), -_numbers(3, 4, 5) - 1
    heat = torch.randperm(20, generator=torch.Generator().manual_seed(3)).float().view(4, 5)
    for count in (3, 1, 0, 20):
        kept = image.clone(), heat.clone(), canvas.clone()
        got = answer(image, heat, canvas, count)
        if not all(torch.equal(a, b) for a, b in zip(kept, (image, heat, canvas), strict=True)):
            raise Wrong(
                got="what was given is changed",
                wanted="image, heat and canvas as they were",
                cause="an in-place operation wrote into the canvas or the image; view and flatten share its memory",
                next_step="clone the canvas before you write into it",
            )
        _must_be_tensor(got, (3, 4, 5), {(3, 20): "the picture is still flat: give it its rows and columns back"})
        wanted = torch.where(heat >= 20 - count, image, canvas)
        if not torch.allclose(got, wanted):
            raise Wrong(
                got=f"{int((got == image).all(dim=0).sum())} pixels of the image for count={count}",
                wanted=f"the {count} hottest pixels of the image, the canvas elsewhere",
                cause=_why_not_inserted(got, image, heat, canvas, count),
                next_step="order = heat.flatten().argsort(descending=True), then the first count of it",
            )


def _why_not_inserted(got: Tensor, image: Tensor, heat: Tensor, canvas: Tensor, count: int) -> str:
    likely = {
        "the coldest pixels came, not the hottest: argsort begins with the smallest": torch.where(
            heat < count, image, canvas
        ),
        "this is deletion: the hottest pixels went": torch.where(heat >= 20 - count, canvas, image),
        "one pixel too many: where heat equals the limit": torch.where(heat >= 19 - count, image, canvas),
        "one pixel too few": torch.where(heat > 20 - count, image, canvas),
        "nothing was inserted": canvas,
    }
    near = [cause for cause, value in likely.items() if torch.allclose(got, value)]
    if near:
        return near[0]
    if not torch.equal((got == image)[0], (got == image)[1]):
        return "the colour channels were treated differently: a pixel goes with all three of them"
    return "other pixels than the hottest were inserted"


# 14.3


class _Small(nn.Module):
    """A network with a last layer called fc2; knows nothing of the course."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3 * 16, 8), nn.Linear(8, 5)

    def forward(self, images: Tensor) -> Tensor:
        return self.fc2(self.fc1(images.flatten(1)).relu())


class _Witness:
    """Explains by the gradient, and remembers which networks were asked about which classes."""

    def __init__(self) -> None:
        self.calls: list[tuple[nn.Module, Tensor]] = []  # the network as it was in this moment, and the classes

    def __call__(self, model: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
        self.calls.append((copy.deepcopy(model), torch.as_tensor(classes)))
        pixels = images.detach().clone().requires_grad_()
        with torch.enable_grad():
            score = model(pixels).gather(1, torch.as_tensor(classes)[:, None]).sum()
        return torch.autograd.grad(score, pixels)[0].abs().amax(dim=1)


def judge_forget(answer: Callable[..., Sequence[float]]) -> None:
    """A copy forgets, both explain what the trained network predicted, and the trained one stays."""
    torch.manual_seed(14)
    model, images, witness = _Small().eval(), 3 * torch.randn(6, 3, 4, 4), _Witness()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    predicted = model(images).argmax(dim=1)
    got = answer(model, images, witness)
    damaged = [name for name, value in model.state_dict().items() if not torch.equal(value, before[name])]
    if damaged:
        raise Wrong(
            got=f"the tested network has other weights now: {damaged}",
            wanted="the network as it was",
            cause="the network itself was made to forget, not a copy of it; `twin = model` is no copy either",
            next_step="twin = copy.deepcopy(model), and let the twin forget",
        )
    _check_calls(witness, before, predicted)
    asked = sorted((network for network, _ in witness.calls), key=lambda network: _has_forgotten(network, before))
    trained, forgotten = (_Witness()(network, images, predicted) for network in asked)
    _check_correlations(got, trained, forgotten)


def _check_correlations(got: object, trained: Tensor, forgotten: Tensor) -> None:
    if isinstance(got, Tensor):
        got = got.tolist()
    if not isinstance(got, list | tuple) or len(got) != len(trained):
        raise Wrong(
            got=got,
            wanted=f"a list of {len(trained)} correlations",
            cause="None or another thing came: one number per picture is wanted, not their mean",
            next_step="keep the last line of the starter",
        )
    wanted = [float(spearmanr(a, b, axis=None).statistic) for a, b in zip(trained, forgotten, strict=True)]
    if not torch.allclose(torch.tensor(got).float(), torch.tensor(wanted).float(), atol=1e-4):
        raise Wrong(
            got=f"{[round(float(value), 3) for value in got]}",
            wanted=f"{[round(value, 3) for value in wanted]}",
            cause="these are not the rank correlations of the two maps of each picture",
            next_step="spearmanr(a, b, axis=None).statistic for the two maps of one picture",
        )


def _check_calls(witness: _Witness, before: dict[str, Tensor], predicted: Tensor) -> None:
    forgot = [_has_forgotten(network, before) for network, _ in witness.calls]
    if len(forgot) != 2 or sum(forgot) != 1:
        raise Wrong(
            got=f"{len(forgot)} calls of explain, {sum(forgot)} of them with a network that forgot",
            wanted="one with the trained network, one with its copy that forgot",
            cause="the two maps do not come from the two networks",
            next_step="explain the trained network, and the twin after reset_parameters",
        )
    if not all(torch.equal(asked, predicted) for _, asked in witness.calls):
        raise Wrong(
            got="the two maps explain different classes",
            wanted="both explain what the trained network predicted",
            cause="the network that forgot was asked for its own prediction, which is another question",
            next_step="compute the classes once, with the trained network, and hand them to both calls",
        )


def _has_forgotten(network: nn.Module, before: dict[str, Tensor]) -> bool:
    return not torch.equal(network.fc2.weight, before["fc2.weight"])


# 14.4


def judge_tolerance(answer: object) -> None:
    """The smallest whole number of pixels at which random maps hit at least 90 % of the 200 pictures."""
    if isinstance(answer, bool) or not isinstance(answer, int):
        raise Wrong(
            got=answer,
            wanted="a whole number of pixels",
            cause="no whole number: the tolerance is asked for, in pixels, not the share of hits",
            next_step="try tolerances 0, 1, 2, ... in a loop and print the share of hits",
        )
    masks = shapes10(count=200, seed=42).masks
    dice = torch.rand(200, 32, 32, generator=torch.Generator().manual_seed(0))
    shares = [float(pointing_game(dice, masks, pixels).float().mean()) for pixels in range(33)]
    wanted = next(pixels for pixels, share in enumerate(shares) if share >= 0.9)
    if answer != wanted:
        known = 0 <= answer < len(shares)
        raise Wrong(
            got=f"{answer} pixels" + (f", where dice hit {shares[answer]:.1%}" if known else ""),
            wanted="the smallest tolerance with at least 90 % of hits",
            cause=_why_not_the_tolerance(answer, wanted, shares),
            next_step="pointing_game(dice, data.masks, pixels).float().mean() for each whole number of pixels",
        )


def _why_not_the_tolerance(answer: int, wanted: int, shares: list[float]) -> str:
    if answer < 0 or answer >= len(shares):
        return "a tolerance lies between 0 and the picture's 32 pixels"
    if answer > wanted:
        return "dice hit 90 % here, but with a smaller tolerance they do so as well"
    if shares[answer] >= 0.5 > shares[max(answer - 1, 0)]:
        return "this is where dice hit half of the pictures; 9 of 10 are asked for"
    if answer == wanted - 1:
        return "one pixel short: at this tolerance dice still hit fewer than 9 of 10"
    return "at this tolerance dice hit fewer than 9 of 10"


SHARE = Exercise(
    id="14.1",
    title="A share without NaN",
    difficulty="easy",
    minutes=5,
    task="safe_share(heat, masks): both (N, H, W); the share of heat inside for each picture, 0 where there is none.",
    hints=(
        "Only one thing is missing in the lesson's share_inside: what to divide by when the total is 0.",
        "torch.where, or a tensor's .where(condition, other), puts another number where the condition is False.",
        "total.where(total > 0, 1) divides an empty map by 1: 0 / 1 = 0",
    ),
    starter="def safe_share(heat, masks):\n    ...",
    solution=(
        "def safe_share(heat, masks):\n"
        "    total = heat.sum(dim=(1, 2))\n"
        "    return (heat * masks).sum(dim=(1, 2)) / total.where(total > 0, 1)"
    ),
    alternative=(
        "def safe_share(heat, masks):\n"
        "    share = (heat * masks).flatten(1).sum(1) / heat.flatten(1).sum(1)\n"
        "    return torch.nan_to_num(share, nan=0.0)"
    ),
    name="safe_share",
    judge=judge_share,
    praise="Right: no heat at all is no heat on the object, and every picture keeps its place in the mean.",
    mistakes=(
        Mistake(
            "NaN",
            "def safe_share(heat, masks):\n    return (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))",
            "still gives 0 / 0",
        ),
        Mistake(
            "a small number that is not small",
            "def safe_share(heat, masks):\n    return (heat * masks).sum(dim=(1, 2)) / (heat.sum(dim=(1, 2)) + 1e-5)",
            "weak map came out wrong",
        ),
        Mistake(
            "mixes the batch",
            "def safe_share(heat, masks):\n    return (heat * masks).sum() / heat.sum()",
            "batch axis was added up",
        ),
        Mistake(
            "leaves the empty map out",
            "def safe_share(heat, masks):\n"
            "    total = heat.sum(dim=(1, 2))\n"
            "    return ((heat * masks).sum(dim=(1, 2)) / total)[total > 0]",
            "left out",
        ),
        Mistake(
            "a mean, not a share",
            "def safe_share(heat, masks):\n    return (heat * masks).mean(dim=(1, 2))",
            "divides by all pixels",
        ),
        Mistake(
            "in place",
            "def safe_share(heat, masks):\n"
            "    total = heat.sum(dim=(1, 2))\n"
            "    return heat.mul_(masks).sum(dim=(1, 2)) / total.clamp(min=1e-30)",
            "in-place",
        ),
    ),
    setup="import torch",
)

_INSERT = """def insert_hottest(image, heat, canvas, count):
    hottest = {order}[:count]
    pixels = {pixels}
    pixels[:, hottest] = {source}.flatten(1)[:, hottest]
    return pixels.view_as(image)"""

_BY_HEAT = "heat.flatten().argsort(descending=True, stable=True)"

INSERT = Exercise(
    id="14.2",
    title="Insert the hottest pixels",
    difficulty="medium",
    minutes=8,
    task="insert_hottest(image, heat, canvas, count): the canvas with the count hottest pixels of image on it.",
    hints=(
        "A flat list of pixels is easier to sort than rows and columns: flatten, choose, write, and shape it back.",
        "heat.flatten() has H*W numbers; image.flatten(1) is (3, H*W), so the same places serve all channels.",
        "pixels = canvas.flatten(1).clone(), then write the chosen columns of image.flatten(1) into it",
    ),
    starter="def insert_hottest(image, heat, canvas, count):\n    ...",
    solution=_INSERT.format(order=_BY_HEAT, pixels="canvas.flatten(1).clone()", source="image"),
    alternative=(
        "def insert_hottest(image, heat, canvas, count):\n"
        "    chosen = torch.zeros(heat.numel(), dtype=torch.bool)\n"
        "    chosen[heat.flatten().topk(count).indices] = True\n"
        "    return torch.where(chosen.view_as(heat), image, canvas)"
    ),
    name="insert_hottest",
    judge=judge_insert,
    praise="Right: count from 0 to all pixels, and you have the whole insertion film.",
    mistakes=(
        Mistake(
            "coldest first",
            _INSERT.format(order="heat.flatten().argsort()", pixels="canvas.flatten(1).clone()", source="image"),
            "coldest pixels",
        ),
        Mistake(
            "deletes",
            _INSERT.format(order=_BY_HEAT, pixels="image.flatten(1).clone()", source="canvas"),
            "this is deletion",
        ),
        Mistake(
            "writes into the canvas",
            _INSERT.format(order=_BY_HEAT, pixels="canvas.flatten(1)", source="image"),
            "in-place",
        ),
        Mistake(
            "stays flat",
            _INSERT.format(order=_BY_HEAT, pixels="canvas.flatten(1).clone()", source="image").replace(
                ".view_as(image)", ""
            ),
            "still flat",
        ),
        Mistake(
            "one too many",
            "def insert_hottest(image, heat, canvas, count):\n"
            "    limit = heat.flatten().sort(descending=True).values[min(count, heat.numel() - 1)]\n"
            "    return torch.where(heat >= limit, image, canvas)",
            "one pixel too many",
        ),
    ),
    setup="import torch",
)

_LAST = "    return [float(spearmanr(a, b, axis=None).statistic) for a, b in zip(before, after, strict=True)]"

_FORGET = (
    "def forget_last(model, images, explain):\n"
    "    {copy}\n"
    "    twin.fc2.reset_parameters()\n"
    "    classes = model(images).argmax(dim=1)\n"
    "    before, after = explain({first}, images, classes), explain(twin, images, {second})\n" + _LAST
)

FORGET = Exercise(
    id="14.3",
    title="A test that damages what it tests",
    difficulty="medium",
    minutes=8,
    task="forget_last(model, images, explain), repaired: a copy forgets, and both maps explain the same classes.",
    hints=(
        "Run it twice on one network: the second answer differs, because the network is not the same any more.",
        "Copy the network with all its weights before anything forgets; and ask for the predicted classes only once.",
        "twin = copy.deepcopy(model); twin.fc2.reset_parameters(); and classes from the trained model for both",
    ),
    starter=(
        "def forget_last(model, images, explain):\n"
        "    before = explain(model, images, model(images).argmax(dim=1))\n"
        "    model.fc2.reset_parameters()\n"
        "    after = explain(model, images, model(images).argmax(dim=1))\n" + _LAST
    ),
    solution=_FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes"),
    alternative=(
        "def forget_last(model, images, explain):\n"
        "    classes = model(images).argmax(dim=1)\n"
        "    before = explain(model, images, classes)\n"
        "    kept = copy.deepcopy(model.fc2.state_dict())\n"
        "    try:\n"
        "        model.fc2.reset_parameters()\n"
        "        after = explain(model, images, classes)\n"
        "    finally:\n"
        "        model.fc2.load_state_dict(kept)\n" + _LAST
    ),
    name="forget_last",
    judge=judge_forget,
    praise="Right: a test that changes what it tests can be run only once, and that once is not to be trusted.",
    mistakes=(
        Mistake(
            "no copy", _FORGET.format(copy="twin = model", first="model", second="classes"), "`twin = model` is no copy"
        ),
        Mistake(
            "shallow copy",
            _FORGET.format(copy="twin = copy.copy(model)", first="model", second="classes"),
            "was made to forget",
        ),
        Mistake(
            "the twin's own prediction",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="twin(images).argmax(dim=1)"),
            "its own prediction",
        ),
        Mistake(
            "the twin twice",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="twin", second="classes"),
            "do not come from the two networks",
        ),
        Mistake(
            "the mean",
            _FORGET.format(copy="twin = copy.deepcopy(model)", first="model", second="classes").replace(
                "return [", "return sum(["
            )
            + ") / len(images)",
            "one number per picture",
        ),
    ),
    setup="import copy\n\nimport torch\nfrom scipy.stats import spearmanr",
)

TOLERANCE = Exercise(
    id="14.4",
    title="How generous may the pointing game be?",
    difficulty="medium",
    minutes=8,
    task="tolerance: the smallest whole number of pixels at which the lesson's dice hit at least 9 of 10 pictures.",
    hints=(
        "More tolerance, more hits: somewhere between 0 and 15 pixels the share passes 90 %.",
        "Put the lesson's line with trust.pointing_game into a loop over whole numbers, and print both.",
        "for pixels in range(16): print(pixels, share of hits); the first one with 0.9 or more",
    ),
    starter="tolerance = ...",
    solution=(
        "tolerance = next(p for p in range(32) if trust.pointing_game(dice, data.masks, p).float().mean() >= 0.9)"
    ),
    alternative="tolerance = 13",
    name="tolerance",
    judge=judge_tolerance,
    praise="Right: from there on nearly any map wins. In a photograph of 500 pixels the same tolerance is strict.",
    mistakes=(
        Mistake("the largest", "tolerance = 15", "smaller tolerance"),
        Mistake("half of the pictures", "tolerance = 6", "half of the pictures"),
        Mistake("the share", "tolerance = 0.9", "not the share of hits"),
        Mistake("too small", "tolerance = 8", "fewer than 9 of 10"),
        Mistake("out of the picture", "tolerance = 100", "between 0 and the picture's 32"),
    ),
    setup=(
        "import torch\n\nfrom course_utils import trust\nfrom course_utils.datasets import shapes10\n\n"
        "data = shapes10(count=200, seed=42)\n"
        "dice = torch.rand(200, 32, 32, generator=torch.Generator().manual_seed(0))"
    ),
)

EXERCISES = (SHARE, INSERT, FORGET, TOLERANCE)
