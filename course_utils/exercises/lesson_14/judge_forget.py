"""What exercise 14.3 demands: a copy forgets its last layer, both explain the same classes, the original stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor

from course_utils.exercises.diagnosis.differences import listed
from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.diagnosis.trying import ran
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_14.forget_slips import (
    why_damaged,
    why_forget_raises,
    why_no_list,
    why_not_the_correlations,
    why_these_calls,
    why_these_classes,
)
from course_utils.exercises.lesson_14.forget_witness import Last, Small, Witness, changed, has_forgotten

__all__ = ["judge_forget"]


def judge_forget(answer: Callable[..., Sequence[float]]) -> None:
    """A copy forgets, both explain what the trained network predicted, and the trained one stays."""
    demand_function(answer, "forget_last(model, images, explain)")
    torch.manual_seed(14)
    model, images, witness = Small().eval(), 3 * torch.randn(6, 3, 4, 4), Witness()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    predicted, Last.resets = model(images).argmax(dim=1), 0
    got = ran(
        lambda: answer(model, images, witness), lambda error: why_forget_raises(answer, error), "six correlations"
    )
    damaged = [name for name, value in model.state_dict().items() if not torch.equal(value, before[name])]
    if damaged:
        raise Wrong(
            got=f"the tested network has other weights now: {damaged}",
            wanted="the network as it was",
            cause=f"the network itself was made to forget, not a copy of it; {why_damaged(answer)}",
            next_step="twin = copy.deepcopy(model), and let the twin forget",
        )
    _check_calls(answer, witness, before, predicted)
    asked = sorted((network for network, _ in witness.calls), key=lambda network: has_forgotten(network, before))
    trained, forgotten = (Witness()(network, images, predicted) for network in asked)
    _check_correlations(got, trained, forgotten)


def _check_calls(answer: Callable[..., object], witness: Witness, before: dict[str, Tensor], predicted: Tensor) -> None:
    forgot = [has_forgotten(network, before) for network, _ in witness.calls]
    if len(forgot) != 2 or sum(forgot) != 1:
        raise Wrong(
            got=f"{len(forgot)} calls of explain, {sum(forgot)} of them with a network that forgot",
            wanted="one with the trained network, one with its copy that forgot",
            cause="the two maps do not come from the two networks: " + why_these_calls(answer, witness, before),
            next_step="explain the trained network, and the twin after reset_parameters",
        )
    _check_what_was_forgotten(witness, before, forgot.index(True))
    if not all(torch.equal(asked, predicted) for _, asked in witness.calls):
        raise Wrong(
            got=f"explained the classes {[asked.tolist() for _, asked in witness.calls]}",
            wanted=f"twice what the trained network predicted, {predicted.tolist()}",
            cause=why_these_classes(answer, witness),
            next_step="compute the classes once, with the trained network, and hand them to both calls",
        )


def _check_what_was_forgotten(witness: Witness, before: dict[str, Tensor], second: int) -> None:
    network = witness.calls[second][0]
    more = [name for name in changed(network, before) if not name.startswith("fc2.")]
    constant = network.fc2.weight.detach().unique().numel() == 1
    if more or constant:
        raise Wrong(
            got=f"other weights in {changed(network, before)}" if more else "an fc2 whose weights are all equal",
            wanted="new random weights in fc2, and nowhere else",
            cause="more than the last layer was made to forget"
            if more
            else "the weights were set to one constant, such as 0; forgetting draws them anew at random",
            next_step="twin.fc2.reset_parameters()",
        )


def _check_correlations(got: object, trained: Tensor, forgotten: Tensor) -> None:
    got = got.tolist() if isinstance(got, Tensor) else got
    numbers = isinstance(got, list | tuple) and all(
        isinstance(value, int | float | Tensor | np.generic) for value in got
    )
    if not numbers or len(got) != len(trained):
        raise Wrong(
            got=got,
            wanted=f"a list of {len(trained)} correlations",
            cause=why_no_list(got),
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
            cause=why_not_the_correlations(numbers, wanted, trained, forgotten),
            next_step="spearmanr(a, b, axis=None).statistic for the two maps of one picture",
        )
