"""Find layers by their dotted names."""

from __future__ import annotations

import difflib

import torch
from torch import nn

__all__ = ["checked_model", "find_layer", "named_layers"]

SHOWN = 12  # names in an error message


def find_layer(model: nn.Module, layer: str | nn.Module) -> nn.Module:
    """Return the layer with this dotted name, as ``model.named_modules()`` spells it; a module is returned as it is.

    Raises:
        LookupError: ``model`` has no such layer; the message offers near names.
        TypeError: ``model`` is not a module, or ``layer`` is neither a name nor a module.
    """
    return _named_layer(checked_model(model), layer)[1]


def checked_model(model: nn.Module) -> nn.Module:
    """Return the model.

    Raises:
        TypeError: it is not a module.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(
            f"a model is a torch.nn.Module, got {type(model).__name__}; give the network itself, such as SimpleCNN()"
        )
    return model


def named_layers(model: nn.Module, layers: tuple[str | nn.Module, ...]) -> list[tuple[str, nn.Module]]:
    """Return (dotted name, layer) of each chosen layer; of every layer inside ``model`` if none is chosen.

    A module that goes by two names is listed under each name that was asked for.

    Raises:
        LookupError, TypeError: as `find_layer`.
        RuntimeError: a layer lies inside a part that ``torch.compile`` has compiled (or the ``forward`` of which it
            has), where hooks that come later are silently ignored.
    """
    chosen = [_named_layer(checked_model(model), layer) for layer in layers] or _all_layers(checked_model(model))
    _refuse_compiled(model, chosen)
    return chosen


def _all_layers(model: nn.Module) -> list[tuple[str, nn.Module]]:
    return [(name, module) for name, module in model.named_modules(remove_duplicate=False) if module is not model]


def _named_layer(model: nn.Module, layer: str | nn.Module) -> tuple[str, nn.Module]:
    if isinstance(layer, nn.Module):
        return _name_of(model, layer), layer
    if not isinstance(layer, str):
        raise TypeError(f"a layer is a dotted name or a module of the model, got {type(layer).__name__} {layer!r}")
    way = _way(model, layer)
    if not way:
        raise LookupError(f"{type(model).__name__} has no layer {layer!r}{_advice(model, layer)}")
    return layer, way[-1]


def _advice(model: nn.Module, wrong: str) -> str:
    names = [name for name, _ in _all_layers(model)]
    if not names:
        return ": it has no layers inside; '' is the model itself"
    return f"; did you mean one of {difflib.get_close_matches(wrong, names, n=3) or names[:SHOWN]}?"


def _way(model: nn.Module, path: str) -> list[nn.Module]:
    """Return the model, every module on the way to a dotted name, and the layer itself; nothing if there is none."""
    way = [model]
    for name in path.split(".") if path else []:
        inside = way[-1]._modules
        if name not in inside or inside[name] is None:
            return []
        way.append(inside[name])
    return way


def _name_of(model: nn.Module, layer: nn.Module) -> str:
    for name, module in model.named_modules():
        if module is layer:
            return name
    raise LookupError(
        f"this {type(layer).__name__} is not a layer of this {type(model).__name__}; "
        "take it from the same model, or give its dotted name"
    )


def _refuse_compiled(model: nn.Module, chosen: list[tuple[str, nn.Module]]) -> None:
    for name, _ in chosen:
        way = _way(model, name)
        if any(map(_only_its_own_hooks_run, way[:-1])) or any(module._compiled_call_impl for module in way):
            raise RuntimeError(
                f"layer {name!r} is compiled, and hooks that come after torch.compile are silently ignored; use the "
                "network it was made from: compiled._orig_mod, or copy.deepcopy(model) after model.compile(), or the "
                "module that torch.jit was given, or the model with a forward that is not compiled"
            )


def _only_its_own_hooks_run(module: nn.Module) -> bool:
    """Tell whether what is inside is compiled: a wrapper of torch.compile, a scripted module, a compiled forward."""
    if "_orig_mod" in module._modules or isinstance(module, torch.jit.ScriptModule):
        return True
    # torch.compiler.disable leaves the first mark as well, and its own beside it.
    forward = module.forward
    return hasattr(forward, "_torchdynamo_orig_callable") and not hasattr(forward, "_torchdynamo_disable")
