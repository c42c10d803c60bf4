"""Find layers by their dotted names."""

from __future__ import annotations

import difflib

import torch
from torch import nn

__all__ = ["find_layer", "named_layers"]

SHOWN = 12  # names in an error message


def find_layer(model: nn.Module, layer: str | nn.Module) -> nn.Module:
    """Return the layer with this dotted name, as ``model.named_modules()`` spells it; a module is returned as it is.

    Raises:
        LookupError: ``model`` has no such layer; the message offers near names.
        TypeError: ``layer`` is neither a name nor a module.
    """
    return _named_layer(model, layer)[1]


def named_layers(model: nn.Module, layers: tuple[str | nn.Module, ...]) -> list[tuple[str, nn.Module]]:
    """Return (dotted name, layer) of each chosen layer; of every layer inside ``model`` if none is chosen.

    A module that goes by two names is listed under each name that was asked for.

    Raises:
        LookupError, TypeError: as `find_layer`.
        RuntimeError: a layer lies inside a part that ``torch.compile`` has compiled, where hooks that come later
            are silently ignored.
    """
    chosen = [_named_layer(model, layer) for layer in layers] or _all_layers(model)
    _refuse_compiled(model, chosen)
    return chosen


def _all_layers(model: nn.Module) -> list[tuple[str, nn.Module]]:
    return [(name, module) for name, module in model.named_modules(remove_duplicate=False) if module is not model]


def _named_layer(model: nn.Module, layer: str | nn.Module) -> tuple[str, nn.Module]:
    if isinstance(layer, nn.Module):
        return _name_of(model, layer), layer
    if not isinstance(layer, str):
        raise TypeError(f"a layer is a dotted name or a module of the model, got {type(layer).__name__} {layer!r}")
    found = _at(model, layer)
    if found is None:
        names = [name for name, _ in _all_layers(model)]
        near = difflib.get_close_matches(layer, names, n=3) or names[:SHOWN]
        raise LookupError(f"{type(model).__name__} has no layer {layer!r}; did you mean one of {near}?")
    return layer, found


def _at(model: nn.Module, path: str) -> nn.Module | None:
    """Follow a dotted name; the empty one is the model itself."""
    module: nn.Module | None = model
    for name in path.split(".") if path else []:
        module = None if module is None else module._modules.get(name)
    return module


def _name_of(model: nn.Module, layer: nn.Module) -> str:
    for name, module in model.named_modules():
        if module is layer:
            return name
    raise LookupError(
        f"this {type(layer).__name__} is not a layer of this {type(model).__name__}; "
        "take it from the same model, or give its dotted name"
    )


def _refuse_compiled(model: nn.Module, chosen: list[tuple[str, nn.Module]]) -> None:
    deaf = {id(layer) for module in model.modules() for layer in _behind_compile(module)}
    for name, layer in chosen:
        if id(layer) in deaf:
            raise RuntimeError(
                f"layer {name!r} is compiled, and hooks that come after torch.compile are silently ignored; use the "
                "network it was made from: compiled._orig_mod, or copy.deepcopy(model) after model.compile(), or the "
                "module that torch.jit was given"
            )


def _behind_compile(module: nn.Module) -> list[nn.Module]:
    """Return the modules that run inside compiled code because of ``module``."""
    if "_orig_mod" in module._modules:  # torch.compile(module) is a wrapper; its own hooks still run
        return list(module._modules["_orig_mod"].modules())
    if isinstance(module, torch.jit.ScriptModule):
        return [inner for inner in module.modules() if inner is not module]
    return [] if module._compiled_call_impl is None else list(module.modules())
