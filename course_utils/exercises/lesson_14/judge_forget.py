"""The judge of exercise 14.3: what it accepts, and why another answer is wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch
from scipy.stats import kendalltau, pearsonr, spearmanr
from torch import Tensor, nn

from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import listed, respect
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.trying import ran
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.shown import shown

__all__ = ["judge_forget"]


class _Last(nn.Linear):
    """A last layer that counts how often it, or a copy of it, is made to forget."""

    resets = 0

    def reset_parameters(self) -> None:
        type(self).resets += 1
        super().reset_parameters()


class _Small(nn.Module):
    """A network with a last layer called fc2; knows nothing of the course."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3 * 16, 8), _Last(8, 5)

    def forward(self, images: Tensor) -> Tensor:
        return self.fc2(self.fc1(images.flatten(1)).relu())


class _Witness:
    """Explains by the gradient, and remembers which networks were asked about which classes."""

    def __init__(self) -> None:
        self.calls: list[tuple[nn.Module, Tensor]] = []  # the network as it was in this moment, and the classes

    def __call__(self, model: nn.Module, images: Tensor, classes: Tensor) -> Tensor:
        classes = _demand_classes(classes, len(images))
        self.calls.append((copy.deepcopy(model), classes))
        pixels = images.detach().clone().requires_grad_()
        with torch.enable_grad():
            score = model(pixels).gather(1, classes[:, None]).sum()
        return torch.autograd.grad(score, pixels)[0].abs().amax(dim=1)


def _demand_classes(classes: object, count: int) -> Tensor:
    classes = torch.as_tensor(classes)
    if classes.ndim == 0 and not classes.is_floating_point():
        return classes.long().expand(count)
    if classes.is_floating_point() or classes.ndim != 1:
        raise Wrong(
            got=f"classes of shape {tuple(classes.shape)}, {str(classes.dtype).removeprefix('torch.')}",
            wanted=f"{count} class numbers, one for each picture",
            cause="the logits or probabilities went to explain; it wants the numbers of the classes",
            next_step="classes = model(images).argmax(dim=1)",
        )
    if len(classes) != count:
        raise Wrong(
            got=f"{len(classes)} classes for {count} pictures",
            wanted="one class for each picture",
            cause="argmax ran along another axis than that of the classes (dim=1)",
            next_step="classes = model(images).argmax(dim=1)",
        )
    return classes.long()


def judge_forget(answer: Callable[..., Sequence[float]]) -> None:
    """A copy forgets, both explain what the trained network predicted, and the trained one stays."""
    demand_function(answer, "forget_last(model, images, explain)")
    torch.manual_seed(14)
    model, images, witness = _Small().eval(), 3 * torch.randn(6, 3, 4, 4), _Witness()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    predicted, _Last.resets = model(images).argmax(dim=1), 0
    got = ran(
        lambda: answer(model, images, witness), lambda error: _why_forget_raises(answer, error), "six correlations"
    )
    damaged = [name for name, value in model.state_dict().items() if not torch.equal(value, before[name])]
    if damaged:
        raise Wrong(
            got=f"the tested network has other weights now: {damaged}",
            wanted="the network as it was",
            cause=f"the network itself was made to forget, not a copy of it; {_why_damaged(answer)}",
            next_step="twin = copy.deepcopy(model), and let the twin forget",
        )
    _check_calls(answer, witness, before, predicted)
    asked = sorted((network for network, _ in witness.calls), key=lambda network: _has_forgotten(network, before))
    trained, forgotten = (_Witness()(network, images, predicted) for network in asked)
    _check_correlations(got, trained, forgotten)


def _why_forget_raises(answer: Callable[..., object], error: Exception) -> str:
    if "Linear" in names_used(answer) and "shapes cannot be multiplied" in str(error):
        return "the new layer has fixed sizes that this network's fc2 has not: reset_parameters keeps the sizes"
    if "reset_parameters" in str(error):
        return "reset_parameters belongs to single layers, here fc2; a whole network has none"
    if "missing 1 required positional argument: 'classes'" in str(error):
        return "explain is called with three things: the network, the images, and the classes; the last is missing"
    if "0-dimensional" in str(error) or "can only convert an array of size 1" in str(error):
        return "spearmanr without axis=None compares the columns, and gives a table: axis=None takes whole maps"
    return ""


def _why_damaged(answer: Callable[..., object]) -> str:
    names = names_used(answer)
    if "deepcopy" in names and "state_dict" not in names:
        return "a copy was made, but the original forgot: the two are mixed up"
    if "state_dict" in names and "deepcopy" not in names:
        return "state_dict() hands out the weights themselves, no copies: what was kept changed as well"
    if "state_dict" in names:
        return "the weights were kept, but not all of them put back"
    if "copy" in names:
        return "copy.copy copies the shell only, both share their layers"
    return "`twin = model` is no copy either"


def _check_calls(
    answer: Callable[..., object], witness: _Witness, before: dict[str, Tensor], predicted: Tensor
) -> None:
    forgot = [_has_forgotten(network, before) for network, _ in witness.calls]
    if len(forgot) != 2 or sum(forgot) != 1:
        raise Wrong(
            got=f"{len(forgot)} calls of explain, {sum(forgot)} of them with a network that forgot",
            wanted="one with the trained network, one with its copy that forgot",
            cause="the two maps do not come from the two networks: " + _why_these_calls(answer, witness, before),
            next_step="explain the trained network, and the twin after reset_parameters",
        )
    _check_what_was_forgotten(witness, before, forgot.index(True))
    if not all(torch.equal(asked, predicted) for _, asked in witness.calls):
        raise Wrong(
            got=f"explained the classes {[asked.tolist() for _, asked in witness.calls]}",
            wanted=f"twice what the trained network predicted, {predicted.tolist()}",
            cause=_why_these_classes(answer, witness),
            next_step="compute the classes once, with the trained network, and hand them to both calls",
        )


def _why_these_calls(answer: Callable[..., object], witness: _Witness, before: dict[str, Tensor]) -> str:
    forgot = [_has_forgotten(network, before) for network, _ in witness.calls]
    if len(forgot) != 2:
        return f"explain was called {len(forgot)} times, not twice"
    if all(forgot):
        return "the twin was explained twice, or had forgotten before the first map was made"
    if any(_changed(network, before) for network, _ in witness.calls):
        layers = {name.split(".")[0] for network, _ in witness.calls for name in _changed(network, before)}
        return f"another layer forgot, {', '.join(sorted(layers))}; the last one is fc2"
    if _Last.resets:
        return "a copy forgot, but both times the trained network was explained (or the copy was made, or healed, late)"
    if "reset_parameters" in names_used(answer):
        return "reset_parameters without () is named, not called: nothing forgot"
    return "nothing was made to forget: both networks have the trained weights"


def _check_what_was_forgotten(witness: _Witness, before: dict[str, Tensor], second: int) -> None:
    network = witness.calls[second][0]
    more = [name for name in _changed(network, before) if not name.startswith("fc2.")]
    constant = network.fc2.weight.detach().unique().numel() == 1
    if more or constant:
        raise Wrong(
            got=f"other weights in {_changed(network, before)}" if more else "an fc2 whose weights are all equal",
            wanted="new random weights in fc2, and nowhere else",
            cause="more than the last layer was made to forget"
            if more
            else "the weights were set to one constant, such as 0; forgetting draws them anew at random",
            next_step="twin.fc2.reset_parameters()",
        )


def _why_these_classes(answer: Callable[..., object], witness: _Witness) -> str:
    asked = [classes for _, classes in witness.calls]
    if not torch.equal(*asked):
        return "the network that forgot was asked for its own prediction, which is another question"
    if (asked[0] == asked[0][0]).all():
        return f"class {int(asked[0][0])} was explained for every picture; each has its own predicted class"
    if "argmin" in names_used(answer):
        return "argmin takes the class that is least likely; the prediction is argmax"
    if "argmax" in names_used(answer):
        return "both explain the same classes, but not those of the trained network: the one that forgot predicted them"
    return "both explain the same classes, but these are not what the trained network predicts for the pictures"


def _has_forgotten(network: nn.Module, before: dict[str, Tensor]) -> bool:
    return not torch.equal(network.fc2.weight, before["fc2.weight"])


def _changed(network: nn.Module, before: dict[str, Tensor]) -> list[str]:
    return [name for name, value in network.state_dict().items() if not torch.equal(value, before[name])]


def _check_correlations(got: object, trained: Tensor, forgotten: Tensor) -> None:
    got = got.tolist() if isinstance(got, Tensor) else got
    numbers = isinstance(got, list | tuple) and all(
        isinstance(value, int | float | Tensor | np.generic) for value in got
    )
    if not numbers or len(got) != len(trained):
        raise Wrong(
            got=got,
            wanted=f"a list of {len(trained)} correlations",
            cause=_why_no_list(got),
            next_step="keep the last line of the starter",
        )
    wanted = torch.tensor(
        [float(spearmanr(a, b, axis=None).statistic) for a, b in zip(trained, forgotten, strict=True)]
    )
    numbers = torch.tensor([float(value) for value in got])
    if not torch.allclose(numbers, wanted, atol=1e-4):
        raise Wrong(
            got=listed(numbers, 3),
            wanted=listed(wanted, 3),
            cause=_why_not_the_correlations(numbers, wanted, trained, forgotten),
            next_step="spearmanr(a, b, axis=None).statistic for the two maps of one picture",
        )


def _why_no_list(got: object) -> str:
    if got is None:
        return "None came: the correlations are computed and not handed back; is there a return?"
    if isinstance(got, int | float | np.generic):
        return "one number came: one number per picture is wanted, not their mean or sum"
    if isinstance(got, list | tuple) and len(got) == 1:
        return "one correlation came for all pictures: they were laid out in one row; one per picture is wanted"
    if isinstance(got, list | tuple) and got and hasattr(got[0], "statistic"):
        return "the results of spearmanr came whole, statistic and pvalue; the numbers are wanted: take .statistic"
    if isinstance(got, list | tuple) and len(got) == 36:
        return "36 numbers came, 6 times 6: each map was compared with every other one (two loops); zip makes pairs"
    if isinstance(got, list | tuple) and got and isinstance(got[0], str):
        return "texts came; each correlation is to be a number"
    if isinstance(got, list | tuple):
        return f"{len(got)} things came for 6 pictures: {shown(got[0]) if got else 'nothing'} is the first"
    return f"a {type(got).__name__} came, not a list: one number per picture is wanted"


def _why_not_the_correlations(got: Tensor, wanted: Tensor, trained: Tensor, forgotten: Tensor) -> str:
    pairs = [(a.flatten().numpy(), b.flatten().numpy()) for a, b in zip(trained, forgotten, strict=True)]
    likely = {
        "a map was compared with itself": [1.0] * len(pairs),
        "this is Pearson's correlation of the values; the rank correlation compares their order": [
            pearsonr(a, b).statistic for a, b in pairs
        ],
        "these are the p-values; the correlation is .statistic": [spearmanr(a, b).pvalue for a, b in pairs],
        "this is Kendall's tau, not Spearman's rank correlation": [kendalltau(a, b).statistic for a, b in pairs],
        "this is the cosine of the maps, not their rank correlation": [
            float(a @ b / np.linalg.norm(a) / np.linalg.norm(b)) for a, b in pairs
        ],
    }
    every = torch.tensor([[spearmanr(a, b).statistic for _, b in pairs] for a, _ in pairs])
    near = [cause for cause, value in likely.items() if same_absolute(got, torch.tensor(value), 1e-3)]
    if not near and ((every - got[:, None]).abs().amin(dim=1) < 1e-3).all():
        return "maps of different pictures were compared: the second list is in another order"
    return near[0] if near else respect(got, wanted, [f"picture {index}" for index in range(len(wanted))])
