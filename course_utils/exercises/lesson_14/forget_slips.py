"""Why an answer to exercise 14.3 damages the network, asks the wrong one, or compares wrongly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from scipy.stats import kendalltau, pearsonr, spearmanr
from torch import Tensor

from course_utils.exercises.diagnosis.closeness import same_absolute
from course_utils.exercises.diagnosis.differences import respect
from course_utils.exercises.guard import names_used
from course_utils.exercises.lesson_14.forget_witness import Last, Witness, changed, has_forgotten
from course_utils.exercises.shown import shown

__all__ = [
    "why_damaged",
    "why_forget_raises",
    "why_no_list",
    "why_not_the_correlations",
    "why_these_calls",
    "why_these_classes",
]


def why_forget_raises(answer: Callable[..., object], error: Exception) -> str:
    """Return what the error means, or "" if that is not known."""
    if "Linear" in names_used(answer) and "shapes cannot be multiplied" in str(error):
        return "the new layer has fixed sizes that this network's fc2 has not: reset_parameters keeps the sizes"
    if "reset_parameters" in str(error):
        return "reset_parameters belongs to single layers, here fc2; a whole network has none"
    if "missing 1 required positional argument: 'classes'" in str(error):
        return "explain is called with three things: the network, the images, and the classes; the last is missing"
    if "0-dimensional" in str(error) or "can only convert an array of size 1" in str(error):
        return "spearmanr without axis=None compares the columns, and gives a table: axis=None takes whole maps"
    return ""


def why_damaged(answer: Callable[..., object]) -> str:
    """Return how the original came to forget, as far as the names in the code tell."""
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


def why_these_calls(answer: Callable[..., object], witness: Witness, before: dict[str, Tensor]) -> str:
    """Return why explain did not see the trained network once and a copy that forgot once."""
    forgot = [has_forgotten(network, before) for network, _ in witness.calls]
    if len(forgot) != 2:
        return f"explain was called {len(forgot)} times, not twice"
    if all(forgot):
        return "the twin was explained twice, or had forgotten before the first map was made"
    if any(changed(network, before) for network, _ in witness.calls):
        layers = {name.split(".")[0] for network, _ in witness.calls for name in changed(network, before)}
        return f"another layer forgot, {', '.join(sorted(layers))}; the last one is fc2"
    if Last.resets:
        return "a copy forgot, but both times the trained network was explained (or the copy was made, or healed, late)"
    if "reset_parameters" in names_used(answer):
        return "reset_parameters without () is named, not called: nothing forgot"
    return "nothing was made to forget: both networks have the trained weights"


def why_these_classes(answer: Callable[..., object], witness: Witness) -> str:
    """Return which classes were explained in place of the predicted ones."""
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


def why_no_list(got: object) -> str:
    """Return what came in place of a list with one number for each picture."""
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


def why_not_the_correlations(got: Tensor, wanted: Tensor, trained: Tensor, forgotten: Tensor) -> str:
    """Return which other comparison of the maps gives ``got``, or in what respect it differs."""
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
