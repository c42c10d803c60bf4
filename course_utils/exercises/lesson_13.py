"""Exercises of lesson 13: HiResCAM, a score of one's own, an exploration, and two listings to repair."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.attribution.family import weigh_positions, weigh_positive_positions
from course_utils.attribution.gradcam import weigh_channels
from course_utils.exercises.diagnosis.cam import LAYER, cam_mistakes, map_shapes, recorded_at, recorded_before
from course_utils.exercises.diagnosis.closeness import same_relative
from course_utils.exercises.diagnosis.graph_errors import graph_errors
from course_utils.exercises.diagnosis.scores import scores_of
from course_utils.exercises.diagnosis.shapes import demand_tensor_like
from course_utils.exercises.diagnosis.traces import Traces, demand_error_passed_on, demand_same_pictures
from course_utils.exercises.diagnosis.trying import tried
from course_utils.exercises.diagnosis.values import why_other_values
from course_utils.exercises.exercise import Exercise, Mistake, Wrong

__all__ = ["EXERCISES"]


def _numbers(*shape: int, seed: int = 13) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# 13.1


def judge_positions(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """relu(sum over K of gradient times activation), (N, h, w), with the inputs left alone."""
    for shape in ((2, 5, 3, 4), (1, 5, 3, 4), (3, 1, 2, 4)):
        activations, gradients = _numbers(*shape), _numbers(*shape, seed=14)
        kept, wanted = (activations.clone(), gradients.clone()), weigh_positions(activations, gradients)
        kind = f"maps for two tensors of shape {shape}"
        got = tried(judge_positions, answer, (activations, gradients), kind, *MATRICES)
        if not (torch.equal(activations, kept[0]) and torch.equal(gradients, kept[1])):
            raise Wrong(
                got="the activations or gradients were changed",
                wanted="both as they were",
                cause="an in-place operation wrote into them; run the cell twice and it multiplies twice",
                next_step="multiply into a new tensor: activations * gradients",
            )
        maps = demand_tensor_like(got, wanted, kept[0], LAYER, kind, map_shapes(shape)).detach()
        if not same_relative(maps, wanted):
            raise Wrong(
                got=f"values from {maps.min():.3f} to {maps.max():.3f}",
                wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}, {kind}",
                cause=_why_not_positions(maps, *kept),
                next_step="multiply position by position, add the channels up, then cut off the negative part",
            )


MATRICES = (
    (
        r"Expected size for first two dimensions|batch2|mat1 and mat2|\d@",
        "`@` and matmul multiply matrices; here each number meets the one in its own place",
        "multiply with `*`",
    ),
)


def _why_not_positions(got: Tensor, activations: Tensor, gradients: Tensor) -> str:
    likely = _other_positions(activations, gradients) | _other_products(activations, gradients)
    count, channels, height, width = activations.shape
    units = {"the number of channels": channels, "h·w": height * width, "the number of pictures": count}
    otherwise = "this is not the positive part of the sum over the channels"
    return why_other_values(got, weigh_positions(activations, gradients), likely, units, otherwise)


def _other_positions(activations: Tensor, gradients: Tensor) -> dict[str, Tensor]:
    """Return what people compute from the products, or with one weight for each channel."""
    votes = activations * gradients
    signed = votes.sum(dim=1)
    return {
        "the gradients were averaged over the positions: that is Grad-CAM": weigh_channels(activations, gradients),
        "only the positive gradients were used: that is LayerCAM": weigh_positive_positions(activations, gradients),
        "ReLU is missing: evidence against the class is still in the map": signed,
        "ReLU came before the sum: channels that speak against the class lost their vote": votes.relu().sum(dim=1),
        "the absolute value makes evidence against look like evidence for": signed.abs(),
        "the mean over the channels came, not the sum": signed.relu() / activations.shape[1],
        "the largest product was taken, not the sum over the channels": votes.amax(dim=1).relu(),
        "the products of the channels were multiplied, not added up": votes.prod(dim=1).relu(),
        "the absolute values of the products were added up": votes.abs().sum(dim=1),
        "the channels were added up before the multiplication: a product of sums is no sum of products": (
            activations.sum(dim=1) * gradients.sum(dim=1)
        ).relu(),
        **{f"only channel {k} was used": votes[:, k].relu() for k in range(votes.shape[1])},
        **{
            f"channel {k} was left out: the loop begins or ends at the wrong place": (signed - votes[:, k]).relu()
            for k in range(votes.shape[1])
        },
        "the activations were averaged over the positions, the gradients not: the two are the wrong way round": (
            weigh_channels(gradients, activations)
        ),
        "the largest gradient of a channel is its weight; here each position has its own": (
            (gradients.amax(dim=(2, 3), keepdim=True) * activations).sum(dim=1).relu()
        ),
        "the gradients of a channel were added up; here each position has its own": (
            (gradients.sum(dim=(2, 3), keepdim=True) * activations).sum(dim=1).relu()
        ),
        "the sign is turned before ReLU: evidence against the class is shown": (-signed).relu(),
    }


def _other_products(activations: Tensor, gradients: Tensor) -> dict[str, Tensor]:
    """Return what people compute in place of the product of activations and gradients."""
    return {
        "activations and gradients were added, not multiplied": (activations + gradients).sum(dim=1).relu(),
        "one was subtracted from the other, not multiplied": (activations - gradients).sum(dim=1).relu(),
        "the gradients were divided by the activations, not multiplied": (gradients / activations).sum(dim=1).relu(),
        "the activations were divided by the gradients, not multiplied": (activations / gradients).sum(dim=1).relu(),
        "only the gradients were used, not the activations": gradients.sum(dim=1).relu(),
        "only the activations were used, not the gradients": activations.sum(dim=1).relu(),
        "the signs of the gradients are gone": (gradients.abs() * activations).sum(dim=1).relu(),
        "the signs of the activations are gone": (gradients * activations.abs()).sum(dim=1).relu(),
        "the activations were cut off before they were multiplied; ReLU comes last": (gradients * activations.relu())
        .sum(dim=1)
        .relu(),
        "the gradients were squared": (gradients**2 * activations).sum(dim=1).relu(),
        "activations and gradients were both cut off before": (gradients.relu() * activations.relu()).sum(dim=1),
        "the cosine between the two was taken, not the sum of the products": (
            torch.cosine_similarity(activations, gradients, dim=1).relu()
        ),
    }


# 13.2


def judge_rival(answer: Callable[[Tensor], Tensor]) -> None:
    """Logit 3 minus the largest of the others, one number per picture, with a graph; all may be negative."""
    for logits in (
        _rivals(),
        torch.tensor([[0.0, 1.0, 2.0, 7.0, 5.0], [3.0, 1.0, 2.0, 1.0, 0.0]]),
        _numbers(4, 6) - 9,
        _numbers(1, 4),
    ):
        leaf, kind = logits.clone().requires_grad_(), f"scores for logits of shape {tuple(logits.shape)}"
        others = logits.clone()
        others[:, 3] = -torch.inf
        wanted = logits[:, 3] - others.amax(dim=1)
        got = tried(judge_rival, answer, (leaf,), kind, *_rival_errors(logits))
        score = demand_tensor_like(got, wanted, logits, ("pictures", "classes"), kind, _rival_shapes(*logits.shape))
        if not same_relative(score.detach(), wanted):
            raise Wrong(
                got=score.detach(),
                wanted=wanted,
                cause=_why_not_rival(score.detach(), logits),
                next_step="take the maximum over all classes but 3, for each row, and subtract it from logit 3",
            )
        if not score.requires_grad:
            raise Wrong(
                got="a result without a graph",
                wanted="a result that leads back to the logits",
                cause="a detach(), no_grad() or item() cut the graph, so no gradient can be taken",
                next_step="use operations on tensors only",
            )
        _must_lead_to_both(score, leaf)


def _must_lead_to_both(score: Tensor, logits: Tensor) -> None:
    """Raise `Wrong` unless the gradient is 1 at class 3 and -1 at the rival, or at rivals that are equally strong."""
    (slopes,) = torch.autograd.grad(score.sum(), logits)
    own, others = slopes[:, 3], torch.cat([slopes[:, :3], slopes[:, 4:]], dim=1).sum(dim=1)
    lost = [name for name, one in {"logit 3": own - 1, "the rival": others + 1}.items() if one.abs().max() > 1e-4]
    if lost:
        raise Wrong(
            got=f"the right numbers, and the gradient {[round(one, 4) for one in slopes[0].tolist()]} for picture 0",
            wanted="1 at class 3, and -1 at its rival",
            cause=f"{' and '.join(lost)} has no graph: a detach(), no_grad(), tolist() or tensor(...) cut it, so that "
            "grad_cam would not see it",
            next_step="take the maximum with tensor operations, without detach() or no_grad()",
        )


def _rivals() -> Tensor:
    """Return logits in which class 3 wins twice, its neighbours win, and the first and last class win."""
    logits = _numbers(7, 10)
    for row, winner in enumerate((3, 3, 2, 4, 0, 9)):
        logits[row, winner] += 4
    return logits


def _rival_shapes(rows: int, known: int) -> dict[tuple[int, ...], str]:
    found = {
        (rows, known): "a number for each class came; the rival is the largest of the others",
        (rows, known - 1): "all the differences came; the rival is the largest of the others",
        (known,): "one number for each class came: the classes are axis 1, logits[:, 3] and not logits[3]",
        (known - 1,): "one number for each other class came: the pictures were joined, and not the classes",
        (
            rows,
            rows,
        ): "each picture met the rivals of all pictures: (N,) beside (N, 1) gives (N, N); leave keepdim away",
        (): "one number for the whole batch: each picture needs its own",
        (rows, 1): "an axis of length 1 is left over: logits[:, 3], not logits[:, 3:4], and amax without keepdim",
    }
    return found if rows > 1 else {}


def _rival_errors(logits: Tensor) -> tuple[tuple[str, str, str], ...]:
    rows, known = logits.shape
    return (
        (
            r"out of bounds for dimension [01] with size|out of bounds for dimension 1|index \d+ is out of bounds",
            f"a number in the code does not fit here: there are {rows} pictures (axis 0) and {known} classes (axis 1); "
            "the number of classes may not be fixed, and class 3 is logits[:, 3]",
            "take all columns but 3, however many there are: torch.cat([logits[:, :3], logits[:, 4:]], dim=1)",
        ),
        (
            r"in-place operation",
            "the logits that were handed in were overwritten (logits[:, 3] = ...); the score needs them as they are",
            "overwrite a copy: others = logits.clone()",
        ),
        (
            r"must match the size of tensor b",
            "logit 3 has the shape (N,), and what is subtracted has an axis more: the maximum over classes is missing",
            "take .amax(dim=1) of the others before you subtract",
        ),
    )


def _why_not_rival(got: Tensor, logits: Tensor) -> str:
    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)
    own, best = logits[:, 3], others.amax(dim=1)
    likely = _other_rivals(logits, own, others) | _stranger_rivals(logits, own, others)
    off = own - got
    if (
        len(off) > 1
        and float(off[0])
        and same_relative(off, off[:1].expand_as(off))
        and not same_relative(off[0], others.max())
    ):
        return (
            f"the same number, {float(off[0]):.4g}, was subtracted for every picture: a number that was put in place "
            "of class 3, perhaps; each picture has its own rival"
        )
    likely |= _rival_of_others(logits) | _rival_of_probabilities(logits)
    otherwise = "this is not logit 3 minus the largest other logit of the same picture"
    return why_other_values(got, own - best, likely, {"the number of pictures": len(logits)}, otherwise)


def _other_rivals(logits: Tensor, own: Tensor, others: Tensor) -> dict[str, Tensor]:
    best = others.amax(dim=1)
    return {
        "the maximum includes class 3 itself, so the score can never be above 0": own - logits.amax(dim=1),
        "the sign is turned: this says how far the rival is ahead": best - own,
        "the mean of the others was subtracted, not the strongest": own - others.mean(dim=1),
        "the mean of all was subtracted, not the strongest of the others": own - logits.mean(dim=1),
        "the sum of the others was subtracted, not the strongest": own - others.sum(dim=1),
        "the sum of all was subtracted, not the strongest of the others": own - logits.sum(dim=1),
        "the smallest of the others was subtracted": own - others.amin(dim=1),
        "class 3 was set to 0, not taken out: if all others are negative, 0 wins": (
            own - others.amax(dim=1).clamp(min=0)
        ),
        "the rival was not subtracted": own,
        "only the rival came; logit 3 is missing": best,
        "the maximum over the whole batch was taken; each picture has its own rival": own - others.max(),
        "the maximum over the pictures was taken, not over the classes": own - logits.amax(dim=0)[3],
        "the rival was added, not subtracted": own + best,
        "logit 3 was divided by the rival, not compared by a difference": own / best,
        "the number of the rival (argmax) was subtracted, not its logit": own - others.argmax(dim=1),
        "the number of the rival (argmax over all) was subtracted, not its logit": own - logits.argmax(dim=1),
    }


def _stranger_rivals(logits: Tensor, own: Tensor, others: Tensor) -> dict[str, Tensor]:
    return {
        "the second largest of all was subtracted: right only where class 3 is the largest": (
            own - logits.topk(2, dim=1).values[:, 1]
        ),
        "the second largest of the others was subtracted": own - others.topk(2, dim=1).values[:, 1],
        "only the classes before 3 are rivals here, those after it are missing": own - logits[:, :3].amax(dim=1),
        "the two largest were compared, whatever class 3 does": _two_largest(logits),
        "the rival's number was counted without class 3, and looked up with it: one too low behind class 3": (
            own - logits.gather(1, others.argmax(dim=1, keepdim=True))[:, 0]
        ),
        "the middle one of the others was subtracted (median), not the strongest": own - others.median(dim=1).values,
        "a soft maximum of the others was subtracted (logsumexp), not the strongest": own - others.logsumexp(dim=1),
        "a soft maximum of all was subtracted (logsumexp), not the strongest": own - logits.logsumexp(dim=1),
        "the length (norm) of the others was subtracted": own - others.norm(dim=1),
    }


def _two_largest(logits: Tensor) -> Tensor:
    first, second = logits.topk(2, dim=1).values.T
    return first - second


def _rival_of_others(logits: Tensor) -> dict[str, Tensor]:
    """Return what comes of another class in the place of class 3, or as its fixed rival."""
    own, found = logits[:, 3], {}
    if logits.shape[1] > 4:
        found["only the classes after 3 are rivals here, those before it are missing"] = own - logits[:, 4:].amax(dim=1)
    for wrong in (2, 4, 0, 1):
        if wrong < logits.shape[1]:
            rest = torch.cat([logits[:, :wrong], logits[:, wrong + 1 :]], dim=1)
            counted = " (counted from 1)" if wrong == 2 else ""
            found[f"class {wrong} was taken for class 3{counted}"] = logits[:, wrong] - rest.amax(dim=1)
            found[f"class {wrong} was left out of the rivals, and not class 3"] = own - rest.amax(dim=1)
    for rival in (one for one in range(logits.shape[1]) if one != 3):
        found[f"class {rival} is always the rival; it must be the strongest of each picture"] = own - logits[:, rival]
    for name, rest in {"the last class": logits[:, :-1], "the first class": logits[:, 1:]}.items():
        found[f"{name} was left out, and not class 3"] = own - rest.amax(dim=1)
    return found


def _rival_of_probabilities(logits: Tensor) -> dict[str, Tensor]:
    found = {}
    for name, shares in {"probabilities (softmax)": logits.softmax(1), "sigmoids": logits.sigmoid()}.items():
        others = torch.cat([shares[:, :3], shares[:, 4:]], dim=1)
        found[f"{name} were compared, not logits"] = shares[:, 3] - others.amax(dim=1)
        found[f"{name} were taken of logit 3 only"] = shares[:, 3]
    sizes = torch.cat([logits[:, :3], logits[:, 4:]], dim=1).abs()
    found["the absolute values of the others were taken"] = logits[:, 3] - sizes.amax(dim=1)
    return found


# 13.3

FIVE = {"grad_cam", "grad_cam_plus_plus", "hires_cam", "layer_cam", "score_cam"}
CHANGE = "the methods whose heatmap changes"


def judge_scale(answer: set[str]) -> None:
    """Grad-CAM++ and Score-CAM are not linear in the score; the other three are."""
    _must_be_names(answer)
    if set(answer) != {"grad_cam_plus_plus", "score_cam"}:
        raise Wrong(
            got=f"{len(set(answer))} names: {', '.join(sorted(answer)) or 'none'}",
            wanted=CHANGE,
            cause=_why_not_scale(set(answer)),
            next_step="compute all five heatmaps with both networks and print the largest difference of each",
        )


def _must_be_names(answer: object) -> None:
    """Raise `Wrong` unless a collection of names out of `FIVE` came."""
    if isinstance(answer, str) or not isinstance(answer, (set, frozenset, list, tuple)):
        raise Wrong(
            got=answer,
            wanted="a set of names",
            cause=_why_no_names(answer),
            next_step="write the names in braces: {'grad_cam', ...}",
        )
    if any(isinstance(name, list | set | dict | tuple) for name in answer):
        raise Wrong(
            got=answer,
            wanted="a set of names",
            cause="a collection inside of a collection came: brackets too many",
            next_step="write the names in one pair of braces: {'grad_cam', ...}",
        )
    unknown = sorted(str(name) for name in set(answer) - FIVE)
    if unknown:
        raise Wrong(
            got=f"the names {', '.join(unknown)}",
            wanted=f"names out of {', '.join(sorted(FIVE))}",
            cause=f"these are not names of the five methods: {_why_unknown(unknown, answer)}",
            next_step="use the keys of `five`",
        )


def _why_no_names(answer: object) -> str:
    if isinstance(answer, str):
        return "one text came, and not a collection of names: each name needs quotes of its own, and braces around all"
    if isinstance(answer, dict):
        empty = "" if answer else ", and {} is an empty dictionary, no empty set"
        return f"a dictionary came, and not a collection of names{empty}"
    if isinstance(answer, int | float):
        return "a number came, and not a collection of names: not how many change, but which"
    return f"one value of type {type(answer).__name__} came, and not a collection of names"


def _why_unknown(unknown: list[str], answer: object) -> str:
    plain = {re.sub(r"[^a-z]", "", name.replace("_plus_plus", "plusplus")): name for name in FIVE}
    meant = [plain.get(re.sub(r"[^a-z]", "", name.lower().replace("+", "plus"))) for name in unknown]
    if all(len(name) == 1 and not name.isdigit() for name in unknown) and len(unknown) > 1:
        return "set('name') takes a text apart into its letters; braces keep it whole"
    if all(name.isdigit() for name in unknown):
        return "numbers came, the places of the methods, and not their names"
    if any(meant):
        return f"they are spelled otherwise there: {', '.join(name for name in meant if name)}"
    if not all(isinstance(name, str) for name in answer):
        return "the functions themselves, or something else, came and not their names as texts"
    return "they are classes of a library, or no names of methods at all"


def _why_not_scale(answer: set[str]) -> str:
    linear = answer & {"grad_cam", "hires_cam", "layer_cam"}
    missing = {"grad_cam_plus_plus", "score_cam"} - answer
    if linear:
        unchanged = ", or those handed in that stay the same, in place of the two that change"
        also = unchanged if len(missing) == 2 else f" (and {', '.join(missing)} is missing)" if missing else ""
        return (
            f"{', '.join(sorted(linear))}: gradients ten times as large make a map ten times as large, and dividing by "
            f"its peak takes the ten out again; were raw maps compared instead of heatmaps{also}?"
        )
    if not answer:
        return (
            "no method at all: was the copy's fc2 really changed, weight and bias, and the copy asked? a softmax of "
            "ten times larger scores is sharper: one method uses a softmax"
        )
    if "score_cam" not in answer:
        return "score_cam is missing: a softmax of ten times larger scores is sharper: one method uses a softmax"
    return (
        "grad_cam_plus_plus is missing: alpha holds g² and g³ side by side, which a factor of ten does not leave "
        "alike: one method uses alpha"
    )


# 13.4


class _Residual(nn.Module):
    """A small network with a shortcut, a nested layer and a flatten in forward; its parts are not called features."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1, stride=2)
        self.block = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))
        self.fc = nn.Linear(4, 5)
        self.fails = False

    def forward(self, images: Tensor) -> Tensor:
        if self.fails:
            raise FloatingPointError("this network fails on purpose")
        x = self.stem(images)
        return self.fc((x + self.block(x)).relu().mean(dim=(2, 3)))


def _network() -> _Residual:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(13)
        return _Residual().eval()


def _deaf_network() -> _Residual:
    """Return a network whose logits do not depend on the picture."""
    model = _network()
    nn.init.zeros_(model.fc.weight)
    return model


def _bright_network() -> _Residual:
    """Return a network whose map is above zero everywhere."""
    model = _network()
    with torch.no_grad():
        model.fc.weight.abs_()
        model.stem.bias.fill_(5.0)
        for part in (model.block[0], model.block[2]):
            part.weight.zero_()
    return model


PICTURE = (1, 3, 12, 14)
OF_A_FAMILY = (
    r"object has no attribute '(features|classifier|layer\d|conv\d|avgpool|body|pool)'",
    "the code asks for a part that only networks of one kind have; it must work for any network, and a residual one "
    "has no such part",
    "call model(image) as a whole, and listen at the layer that is handed in",
)
BESIDE = (
    r"'NoneType' object",
    "a .grad is None: what a layer gives is no leaf and keeps no .grad (autograd.grad, or retain_grad() before "
    "backward()), and what was computed beside the forward pass, with layer(image), gets none at all",
    "keep the layer's output in a forward hook, and ask torch.autograd.grad(score, kept[0])[0]",
)
NO_BATCH = (
    r"Dimension out of range|too many indices|Expected 3D|must match the size of tensor b \(14\)",
    "the axis of the batch is lost: the network takes (1, 3, H, W), and image[0] has three axes only",
    "give the network the picture as it came",
)


def judge_repaired(answer: Callable[[nn.Module, Tensor, int, nn.Module], Tensor]) -> None:
    """Grad-CAM of one picture at three layers and three classes, divided by its peak; no hook; zero stays zero."""
    image, more = _numbers(*PICTURE), (OF_A_FAMILY, BESIDE, NO_BATCH, *graph_errors(answer))
    for model, layers in ((_network(), ("block.0", "block", "stem")), (_bright_network(), ("stem",))):
        for layer in layers:
            for index in range(3):
                asked, traces = image.clone(), Traces(model)
                arguments = model, asked, index, model.get_submodule(layer)
                got = tried(judge_repaired, answer, arguments, "a heatmap (h, w)", *more)
                traces.demand_none(gradients=False)
                traces.end()
                demand_same_pictures(asked, image)
                _must_be_heatmap(got, model, image, layer, index)
    _must_stay_zero(answer, image)
    _must_fail_with(lambda model: answer(model, image.clone(), 1, model.stem))


def _must_fail_with(call: Callable[[nn.Module], object]) -> None:
    model = _network()
    model.fails = True
    demand_error_passed_on(lambda: call(model), FloatingPointError)


def _must_be_heatmap(got: object, model: nn.Module, image: Tensor, layer: str, index: int) -> None:
    recorded = recorded_at(model, image, layer, lambda z: z[:, index])
    raw = weigh_channels(*recorded)[0]
    wanted = raw / raw.max().where(raw.max() > 0, 1.0)
    shapes = {
        (4,): "one number per channel came: the mean over (1, 2) is no map, and the activations were never used",
        (1, 4): "one number per channel came: that is no map, and the activations were never used",
        (1, 6, 7): "the axis of the picture is left over; take the first and only one",
        (1, 1, 6, 7): "the axes of the picture and of the channels are left over; take the first and only one",
        (4, 6, 7): "the channels were not added up",
        (1, 4, 6, 7): "the channels were not added up",
        tuple(image.shape[-2:]): "the map was enlarged to the size of the picture; here it keeps that of the layer",
        (5,): "the logits came, and no map",
        (): "everything was joined into one number",
    }
    kind = f"a heatmap at {layer}, class {index}"
    heat = demand_tensor_like(got, wanted, raw, ("rows", "columns"), kind, shapes).detach()
    if not torch.allclose(heat, wanted, atol=1e-4):
        raise Wrong(
            got=f"values from {heat.min():.3f} to {heat.max():.3f} at {layer}, class {index}",
            wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}",
            cause=_why_not_heatmap(heat, model, image, layer, index),
            next_step="mean of gradients, weighted sum of activations, ReLU, divided by the peak",
        )


def _why_other_peak(heat: Tensor, raw: Tensor, wanted: Tensor) -> str:
    """Return by what the map was divided in place of its peak, or ""."""
    top = float(heat.max())
    divided = {"sum": raw.sum(), "length (norm)": raw.norm(), "mean": raw.mean(), "number of values": raw.numel()}
    for name, value in divided.items():
        if float(value) > 0 and same_relative(heat, raw / value):
            return f"the map was divided by its {name}, not by its peak"
    if 0 < top < 1 and same_relative(heat, wanted * top) and not same_relative(heat, raw):
        return (
            f"the peak came out as {top:.3g}, and should be 1: a constant or a floor in the division (+ ..., "
            "clamp(min=...)) is large beside the peak of a faint map, or the map was divided by something else"
        )
    return ""


WENT_IN = "what went into the layer was used, and not what came out"


def _why_not_heatmap(heat: Tensor, model: nn.Module, image: Tensor, layer: str, index: int) -> str:
    if heat.isnan().any():
        return "0 / 0: a map without heat was divided by its peak of zero"
    recorded = recorded_at(model, image, layer, lambda z: z[:, index])
    raw = weigh_channels(*recorded)[0]
    maps = {cause: found[0] for cause, found in cam_mistakes(*recorded).items()}
    for cause, score in scores_of(torch.tensor([index])).items():
        maps[cause] = weigh_channels(*recorded_at(model, image, layer, score))[0]
    if layer != "stem":
        maps[WENT_IN] = weigh_channels(*recorded_before(model, image, layer, lambda z: z[:, index]))[0]
    stretched = (raw - raw.min()) / (raw.max() - raw.min()) if raw.max() > raw.min() else raw
    likely = {
        "the map was not divided by its peak": raw,
        "the smallest value was subtracted first: a little everywhere becomes nothing": stretched,
    }
    likely |= {cause: found / found.abs().max() for cause, found in maps.items() if found.abs().max() > 0}
    likely |= {f"{cause}; and the map was not divided by its peak": found for cause, found in maps.items()}
    wanted = raw / raw.max().where(raw.max() > 0, 1.0)
    if divisor := _why_other_peak(heat, raw, wanted):
        return divisor
    otherwise = "this is not the Grad-CAM map of the class that was asked for"
    found = why_other_values(heat, wanted, likely, {}, otherwise).replace("of its own picture", "of its own row")
    return f"negative values are left: ReLU is missing; {found}" if heat.min() < 0 and otherwise in found else found


def _must_stay_zero(answer: Callable[[nn.Module, Tensor, int, nn.Module], Tensor], image: Tensor) -> None:
    model, zeros = _deaf_network(), torch.zeros(6, 7)
    kind = "zeros, for a network whose logits do not depend on the picture"
    got = tried(judge_repaired, answer, (model, image.clone(), 1, model.stem), kind, *ON_ZEROS)
    if got is None:
        cause = "for a map without heat the function returns None: it has an answer, zeros"
        raise Wrong(got=None, wanted=kind, cause=cause, next_step="return the map of zeros itself")
    heat = demand_tensor_like(got, zeros, zeros, ("rows", "columns"), kind)
    if not torch.equal(heat.detach(), zeros):
        raise Wrong(
            got="NaN" if heat.isnan().any() else f"values up to {heat.max():.3f}",
            wanted=kind,
            cause="0 / 0: a map without heat was divided by its peak of zero",
            next_step="divide only if the peak is above 0",
        )


ON_ZEROS = ((r"", "the function raises an error for a map without heat: it has an answer, zeros", "return the zeros"),)


# 13.5

PARTS = ("the layer's output", "the logits", "the gradient")
THREE = "three tensors: what the layer gave, the logits, the gradient"
BY_NAME = (
    (
        r"'str' object has no attribute",
        "target is the *name* of a layer, a text, and was used as if it were the layer",
        "find the layer first: model.get_submodule(target)",
    ),
    (
        r"object is not subscriptable",
        "the network was indexed with a name; only a Sequential can be indexed, and only with numbers",
        "find the layer with model.get_submodule(target)",
    ),
    (
        r"has no attribute '(features|classifier|layer\d|conv\d|body)'",
        "a layer of another network is written into the function: it must take the one called target",
        "find the layer with model.get_submodule(target)",
    ),
    (
        r"shapes cannot be multiplied|Expected 3D .* or 4D",
        "the layers are still called one by one: the shortcut, the mean and the flatten of forward are missing "
        "(and named_modules() begins with '', the whole network)",
        "call model(images) as a whole, and listen with a forward hook",
    ),
)


STALE = (
    r"not have been used in the graph|second time",
    "the second call uses what the first one kept: a list or dictionary outside of the function is never emptied",
    "make the list inside of the function, anew for each call",
)


def _undecided_network(images: Tensor) -> _Residual:
    """Return a network that answers with another class for each of these pictures, most surely for a later one."""
    model = _network()
    with torch.no_grad():
        model.fc.bias -= model(images).mean(dim=0)
        model.fc.weight *= 8
        model.fc.bias *= 8
    return model


def judge_extract(answer: Callable[[nn.Module, Tensor, str], tuple[Tensor, Tensor, Tensor]]) -> None:
    """The layer's output, the logits and the gradient, from a real forward pass, twice the same, without a hook."""
    kept, more = _numbers(3, *PICTURE[1:], seed=20), (*BY_NAME, BESIDE, *graph_errors(answer))
    model = _undecided_network(kept)
    for target in ("block", "stem", "block.0"):
        wanted = _extracted(model, kept, target)
        for turn in ("", ", called again"):
            images, traces = kept.clone(), Traces(model)
            stale = (STALE,) if turn else ()
            got = tried(judge_extract, answer, (model, images, target), THREE, *stale, *more)
            _must_be_three(got, wanted, f"at {target!r}{turn}", model, kept, target)
            traces.demand_none(gradients=False)
            traces.end()
            demand_same_pictures(images, kept)
    _must_fail_with(lambda model: answer(model, kept.clone(), "stem"))


def _must_be_three(
    got: object, wanted: tuple[Tensor, ...], where: str, model: nn.Module, images: Tensor, target: str
) -> None:
    if not isinstance(got, tuple | list) or len(got) != 3:
        raise Wrong(
            got=got,
            wanted=THREE,
            cause=_why_not_three(got),
            next_step="return kept, logits, gradient",
        )
    _must_be_in_order(got, wanted, where)
    for name, mine, its in zip(PARTS, got, wanted, strict=True):
        _must_equal(name, mine, its, where, _likely_parts(name, model, images, target))


def _why_not_three(got: object) -> str:
    if got is None:
        return "something else than three values came, None: is there a return?"
    if isinstance(got, dict):
        return "something else than three values came: a dictionary; the task wants the three one after the other"
    if isinstance(got, tuple | list):
        count = len(got)
        return f"something else than three values came: {count}; " + (
            "one of layer output, logits and gradient is missing" if count < 3 else "return only the three"
        )
    kind = "one tensor" if isinstance(got, Tensor) else f"something of type {type(got).__name__}"
    return f"something else than three values came: {kind}"


def _must_be_in_order(got: tuple[object, ...] | list[object], wanted: tuple[Tensor, ...], where: str) -> None:
    places = [
        next(
            (
                name
                for name, its in zip(PARTS, wanted, strict=True)
                if isinstance(one, Tensor) and same_relative(one.detach(), its)
            ),
            "",
        )
        for one in got
    ]
    if set(places) == set(PARTS) and tuple(places) != PARTS:
        raise Wrong(
            got=f"{', '.join(places)} {where}",
            wanted=", ".join(PARTS),
            cause="the three are right, and stand in another order than the task says",
            next_step="return kept, logits, gradient",
        )


def _likely_parts(name: str, model: nn.Module, images: Tensor, target: str) -> dict[str, Tensor]:
    """Return what people hand in for one of the three parts."""
    output, logits, gradient = _extracted(model, images, target)
    if name == "the logits":
        return {
            "probabilities came (softmax), and not the logits": logits.softmax(dim=1),
            "log probabilities came, and not the logits": logits.log_softmax(dim=1),
        }
    if name == "the layer's output":
        found = {"only the positive part of the output came: ReLU was applied": output.relu()}
        went_in = recorded_before(model, images, target, lambda z: z.amax(dim=1))[0]
        return found | {"the gradient came in place of the output": gradient, WENT_IN: went_in}
    top = logits.argmax(dim=1)
    scores = _scores_of_largest(top) | scores_of(top)
    found = {cause: recorded_at(model, images, target, score)[1] for cause, score in scores.items()}
    del found["only picture 0 was asked about; the others have slopes of zero"]
    half = "the mean over the pictures was differentiated, not the sum: each gradient is too small by their number"
    found[WENT_IN] = before = recorded_before(model, images, target, lambda z: z.amax(dim=1))[1]
    if before.shape == gradient.shape:
        found["grad_input came, the gradient of what went *into* the layer: grad_output is the other"] = (
            before - gradient
        )
    return found | {half: gradient / len(images), "the layer's output came in place of its gradient": output}


def _scores_of_largest(top: Tensor) -> dict[str, Callable[[Tensor], Tensor]]:
    """Return the scores that people differentiate in place of each picture's largest logit."""
    return {
        "only the first picture was asked: the others have a gradient of zero": lambda z: (
            z.amax(dim=1) * (torch.arange(len(z)) == 0)
        ),
        "one logit, the largest of the whole batch, was asked: each picture has its own": lambda z: (
            (z == z.max()) * z
        ).sum(dim=1),
        "the largest was taken along the pictures (axis 0), not along the classes": lambda z: (
            (z == z.amax(dim=0)) * z
        ).sum(dim=1),
        "the smallest logit was asked, not the largest": lambda z: z.amin(dim=1),
        "class 0 was asked, not the largest logit": lambda z: z[:, 0],
        "the loss of the predicted class was differentiated": lambda z: nn.functional.cross_entropy(
            z, top, reduction="none"
        ),
    }


def _extracted(model: nn.Module, images: Tensor, target: str) -> tuple[Tensor, Tensor, Tensor]:
    output, gradient = recorded_at(model, images, target, lambda z: z.amax(dim=1))
    return output, model(images).detach(), gradient


def _must_equal(name: str, got: object, wanted: Tensor, where: str, likely: dict[str, Tensor]) -> None:
    shapes = {
        (
            len(wanted),
        ): f"one number for each picture came as {name}: class numbers (argmax), or only the largest logit",
        (3, 4): f"one number for each channel came as {name}: positions were averaged; the task asks for all of them",
        (3, 3, 12, 14): f"something of the pictures' own size came as {name}: the pictures, or their gradient",
        (3, 5): f"something of the logits' size came as {name}",
    }
    if got is None:
        raise Wrong(
            got=None,
            wanted=f"{name} {where}: a tensor of shape {tuple(wanted.shape)}",
            cause=f"{name} is None: only leaf tensors keep a .grad, and grad_input is None if pictures record none",
            next_step="ask torch.autograd.grad(score, kept[0])[0]",
        )
    value = demand_tensor_like(
        got, wanted, wanted, ("pictures", "channels", "rows", "columns"), f"{name} {where}", shapes
    )
    if not same_relative(value.detach(), wanted):
        otherwise = f"{name} is not that of the network's own forward pass, or an older one came"
        units = {"the number of pictures": float(len(wanted))}
        raise Wrong(
            got=f"{name} {where}: values from {value.min():.3f} to {value.max():.3f}",
            wanted=f"values from {wanted.min():.3f} to {wanted.max():.3f}",
            cause=why_other_values(value, wanted, likely, units, otherwise),
            next_step="call model(images) itself, with a forward hook on the layer, and take the gradient afterwards",
        )


_REPAIRED = """def repaired_grad_cam(model, image, class_index, layer):
    kept = []
    with layer.register_forward_hook(lambda module, args, output: kept.append(output)):
        output = model(image)
    gradients = torch.autograd.grad(output[0, class_index], kept[0])[0]
    heat = (gradients.mean(dim=(2, 3), keepdim=True) * kept[0]).sum(dim=1)[0].relu().detach()
    return {end}"""

_EXTRACT = """def extract(model, images, target):
    kept = []
    with model.get_submodule(target).register_forward_hook(lambda m, a, output: kept.append(output)):
        logits = model(images)
    (gradients,) = torch.autograd.grad(logits.amax(dim=1).sum(), kept[0])
    {end}"""

EXERCISES = (
    Exercise(
        id="13.1",
        title="Position by position",
        difficulty="easy",
        minutes=4,
        task="HiResCAM from activations and gradients, both (N, K, h, w): maps (N, h, w), 0 or more; inputs unchanged.",
        hints=(
            "each position of each channel is multiplied by its own gradient; nothing is averaged",
            "the channels are axis 1; ReLU comes last",
            "return (activations * gradients).sum(dim=...).relu()",
        ),
        starter="def position_map(activations, gradients):\n    ...",
        solution="def position_map(activations, gradients):\n    return (activations * gradients).sum(dim=1).relu()",
        alternative=(
            "def position_map(activations, gradients):\n"
            "    return torch.einsum('nkhw,nkhw->nhw', activations, gradients).clamp(min=0)"
        ),
        name="position_map",
        judge=judge_positions,
        setup="import torch",
        praise="no mean, so heat stays where the score reads. Try it on a layer before and after its ReLU",
        mistakes=(
            Mistake(
                "Grad-CAM again",
                "def position_map(activations, gradients):\n"
                "    return (gradients.mean(dim=(2, 3), keepdim=True) * activations).sum(dim=1).relu()",
                "that is Grad-CAM",
            ),
            Mistake(
                "only positive gradients",
                "def position_map(activations, gradients):\n"
                "    return (gradients.relu() * activations).sum(dim=1).relu()",
                "that is LayerCAM",
            ),
            Mistake(
                "ReLU before the sum",
                "def position_map(activations, gradients):\n    return (gradients * activations).relu().sum(dim=1)",
                "lost their vote",
            ),
            Mistake(
                "no ReLU",
                "def position_map(activations, gradients):\n    return (gradients * activations).sum(dim=1)",
                "ReLU is missing",
            ),
            Mistake(
                "in place",
                "def position_map(activations, gradients):\n    return activations.mul_(gradients).sum(dim=1).relu()",
                "in-place",
            ),
        ),
    ),
    Exercise(
        id="13.2",
        title="Against the strongest rival",
        difficulty="medium",
        minutes=6,
        task="A score: logit 3 minus the largest of the other logits, one number per picture, for logits (N, C).",
        hints=(
            "which columns are the others? all but number 3",
            "put the columns before 3 and those after 3 together with torch.cat, then amax over the classes",
            "return logits[:, 3] - others.amax(dim=...)",
        ),
        starter="def against_rival(logits):\n    ...",
        solution=(
            "def against_rival(logits):\n"
            "    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)\n"
            "    return logits[:, 3] - others.amax(dim=1)"
        ),
        alternative=(
            "def against_rival(logits):\n"
            "    is_three = torch.arange(logits.shape[1]) == 3\n"
            "    return logits[:, 3] - logits.masked_fill(is_three, -torch.inf).max(dim=1).values"
        ),
        name="against_rival",
        judge=judge_rival,
        setup="import torch",
        praise="one number per picture, with its graph: grad_cam(..., score=against_rival) takes it as it is",
        mistakes=(
            Mistake(
                "the maximum of all",
                "def against_rival(logits):\n    return logits[:, 3] - logits.amax(dim=1)",
                "includes class 3 itself",
            ),
            Mistake(
                "one number for the batch",
                "def against_rival(logits):\n"
                "    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)\n"
                "    return (logits[:, 3] - others.amax(dim=1)).sum()",
                "each picture needs its own",
            ),
            Mistake(
                "one rival for all",
                "def against_rival(logits):\n"
                "    return logits[:, 3] - torch.cat([logits[:, :3], logits[:, 4:]], dim=1).max()",
                "each picture has its own rival",
            ),
            Mistake(
                "class 3 set to 0",
                "def against_rival(logits):\n"
                "    others = logits.clone()\n"
                "    others[:, 3] = 0\n"
                "    return logits[:, 3] - others.amax(dim=1)",
                "all others are negative",
            ),
            Mistake(
                "the second largest",
                "def against_rival(logits):\n    return logits[:, 3] - logits.topk(2, dim=1).values[:, 1]",
                "right only where class 3 is the largest",
            ),
            Mistake(
                "ten classes",
                "def against_rival(logits):\n"
                "    return logits[:, 3] - logits[:, [0, 1, 2, 4, 5, 6, 7, 8, 9]].amax(dim=1)",
                "number of classes may not be fixed",
            ),
            Mistake(
                "graph cut",
                "def against_rival(logits):\n"
                "    others = torch.cat([logits[:, :3], logits[:, 4:]], dim=1)\n"
                "    return (logits[:, 3] - others.amax(dim=1)).detach()",
                "cut the graph",
            ),
            Mistake(
                "turned round",
                "def against_rival(logits):\n"
                "    return torch.cat([logits[:, :3], logits[:, 4:]], dim=1).amax(dim=1) - logits[:, 3]",
                "sign is turned",
            ),
        ),
    ),
    Exercise(
        id="13.3",
        title="Ten times louder",
        difficulty="medium",
        minutes=10,
        task="The set of the methods in `five` whose heatmap changes when all logits are ten times as large.",
        hints=(
            "copy.deepcopy the network and multiply weight and bias of its fc2 by ten; then only compare",
            "for each method, the largest absolute difference of the two .heatmaps; `linear in the score` explains it",
            "answer = {name for name, most in change.items() if most > ...}",
        ),
        starter="answer = ...",
        solution='answer = {"grad_cam_plus_plus", "score_cam"}',
        alternative='answer = ["score_cam", "grad_cam_plus_plus"]',
        name="answer",
        judge=judge_scale,
        praise=(
            "Grad-CAM++ mixes g² with g³, Score-CAM has a softmax: their heatmaps depend on the scale of the logits, "
            "so two networks that always answer alike can look different"
        ),
        mistakes=(
            Mistake(
                "all five",
                'answer = {"grad_cam", "grad_cam_plus_plus", "hires_cam", "layer_cam", "score_cam"}',
                "raw maps",
            ),
            Mistake("only the softmax", 'answer = {"score_cam"}', "one method uses alpha"),
            Mistake("only alpha", 'answer = {"grad_cam_plus_plus"}', "one method uses a softmax"),
            Mistake("none", "answer = set()", "one method uses a softmax"),
            Mistake("classes instead of names", 'answer = {"GradCAM"}', "not names of the five"),
        ),
    ),
    Exercise(
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
    ),
    Exercise(
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
            Mistake(
                "train mode", _EXTRACT.format(end="model.train()\n    return kept[0], logits, gradients"), "train()"
            ),
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
    ),
)
