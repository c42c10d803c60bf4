"""Why an answer to exercise 07.4 names another layer, or none."""

from __future__ import annotations

from torch import nn

__all__ = ["why_innocent", "why_no_walk", "why_nothing_found"]


def why_no_walk(walked: list[str]) -> str:
    """Return the cause if the loss was not asked for, or never walked back from; else ""."""
    if not walked:
        return "loss_of was never called: it makes the loss from the model's output"
    return "" if "walked" in walked else "backward() was never called on the loss, so no gradient came by"


def why_nothing_found(walked: list[str], names: set[str]) -> str:
    """Return why no layer was named, although the walk met a NaN."""
    if "register_full_backward_hook" not in names and "register_forward_hook" in names:
        return "nothing was found: forward hooks see finite values only, and the NaN is in grad_input"
    if "hooks" not in walked:
        return "nothing was found: no hook was on the layers while backward ran (the `with` block had ended?)"
    if "isinf" in names and "isnan" not in names:
        return "nothing was found: isinf() finds infinite numbers, and NaN is none; isnan() finds it"
    if not names & {"isnan", "isfinite", "nan_to_num", "isclose", "allclose"}:
        return "nothing was found: NaN is equal to nothing, not even to itself, so == never finds it: g.isnan()"
    if "print" in names and "append" not in names:
        return "nothing was found: the name was printed, and printing is not returning"
    return (
        "nothing was found, although hooks were on: guilty is NaN in grad_input and none in grad_output, not the "
        "reverse; only isnan() finds NaN, never == or `in`; and a name that the hook assigns is its own: append to a "
        "list"
    )


def why_innocent(got: object, model: nn.Module, wanted: str, where: str) -> str:
    """Return the likely cause of a wrong name."""
    if got is None:
        return 'it is None where the word "none" was wanted (or the return is missing)'
    if not isinstance(got, str):
        inside = "; hand in the first of them, as a text" if isinstance(got, list | tuple) else ", not its name, a text"
        inside = '; where nothing was found, the word "none" is wanted' if got in ([], ()) else inside
        return f"this is a {type(got).__name__}{inside}"
    if "loss itself" in where:
        return "you look at grad_input only: here the NaN was in grad_output before any layer had its turn"
    if "inf, and no NaN" in where:
        return "infinite is not NaN: isfinite() is False for both, isnan() for NaN alone"
    if got not in [*dict(model.named_children()), "none"]:
        return why_no_child(got, model)
    if got == "none":
        return "nothing was found: one NaN is enough, so any(), not all()"
    if where.startswith("when two"):
        return "take the first that backward meets, not the last: two are guilty here, and each is in the list"
    return why_this_child(got, wanted, model)


def why_no_child(got: str, model: nn.Module) -> str:
    """Return what a text is that is no name of a child."""
    if got.lower() in ("none", "", "nothing", "no"):
        return f'the word is "none", in small letters; here {got!r} came'
    if got in dict(model.named_modules()):
        return "this is a layer inside a child, or the whole model: named_modules goes inside, named_children does not"
    if got in dict(model.named_parameters()):
        return "this is the name of a weight, not of a layer"
    if got in {type(module).__name__ for module in model.modules()}:
        return "this is the kind of the layer, not the name that named_children gives"
    return "this model has no child of that name: it must come from named_children"


def why_this_child(got: str, wanted: str, model: nn.Module) -> str:
    """Return why another child came."""
    names = list(dict(model.named_children()))
    if wanted == "none":
        return "no gradient is NaN here, and a layer was named all the same: do all hooks share one name, the last?"
    if wanted not in names or names.index(got) < names.index(wanted):
        return "this layer only passed the NaN on: backward meets the culprit earlier, so take the first, not the last"
    return "no NaN has passed this layer yet: do all hooks share one name, the last of the loop (late binding)?"
