"""Find every public hook of the installed torch by looking at it: the measure of how complete the atlas is.

What counts, and why:

* The last name contains "hook" in lower case (``register_forward_hook``, ``saved_tensors_hooks``, ``noop_hook``).
  CamelCase names such as ``JoinHook`` are types that hooks are made of; the atlas lists the useful ones by hand.
* No part of at least one dotted path begins with an underscore: torch keeps the right to change such names.
* It can be called. Properties (``supports_abort_hooks``) and slots that hold None only tell about hooks.
* ``torch.testing`` is left out: it tests torch itself.

One hook often has many paths: ``nn.Linear`` inherits ``register_forward_hook`` from ``nn.Module``, packages export
again what their modules define, and a class may override what it inherits. Paths that lead to one object, or to a
method that one class named first, are one hook.

``python -m course_utils.hook_atlas.introspection`` prints the result as JSON. It imports all of torch, which
takes seconds and starts what some modules start on import, so tests call it in a process of its own.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import redirect_stdout
from types import ModuleType

import torch

__all__ = ["public_hooks"]


def is_public(path: str) -> bool:
    """Return whether no part of a dotted path begins with an underscore."""
    return not any(part.startswith("_") for part in path.split("."))


def import_all(package: ModuleType) -> None:
    """Import every public module below ``package``; one that needs what is not installed stays unseen."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not is_public(found.name) or found.name.startswith("torch.testing"):
            continue
        try:
            module = importlib.import_module(found.name)
        except (ImportError, RuntimeError):  # torch.utils.tensorboard without tensorboard, or no GPU driver
            continue
        if "__path__" in vars(module):
            import_all(module)


def first_definition(owner: object, name: str) -> object:
    """Return the raw attribute; of a class, as the oldest of its ancestors defines it."""
    ancestors = reversed(inspect.getmro(owner)) if inspect.isclass(owner) else [owner]
    value = next((vars(ancestor)[name] for ancestor in ancestors if name in vars(ancestor)), None)
    return value.__func__ if isinstance(value, (classmethod, staticmethod)) else value


def members(path: str, owner: object) -> Iterator[tuple[str, object]]:
    """Yield (dotted path, value) of the public attributes of a module or class, inherited ones too."""
    names = dir(owner) if inspect.isclass(owner) else list(vars(owner))
    yield from ((f"{path}.{name}", first_definition(owner, name)) for name in names if is_public(name))


def everything() -> Iterator[tuple[str, object]]:
    """Yield (dotted path, value) for all public attributes of torch's public modules and of their classes."""
    modules = {name: m for name, m in sys.modules.items() if name.split(".")[0] == "torch" and is_public(name)}
    for module_path, module in sorted(modules.items()):
        for path, value in members(module_path, module):
            yield path, value
            if inspect.isclass(value) and value.__module__.split(".")[0] == "torch":
                yield from members(path, value)


def is_hook(path: str, value: object) -> bool:
    """Return whether this is what the atlas promises to list."""
    return "hook" in path.rsplit(".", 1)[1] and callable(value) and not isinstance(value, ModuleType)


def public_hooks() -> list[list[str]]:
    """Return one group of dotted paths for each public hook of torch; the shortest path comes first."""
    with redirect_stdout(sys.stderr):  # some modules of torch greet whoever imports them
        import_all(torch)
    groups: dict[int, set[str]] = defaultdict(set)
    for path, value in everything():
        if is_hook(path, value):
            groups[id(value)].add(path)
    return sorted(sorted(paths, key=lambda path: (len(path), path)) for paths in groups.values())


if __name__ == "__main__":
    json.dump(public_hooks(), sys.stdout)
