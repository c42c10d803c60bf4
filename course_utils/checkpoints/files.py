"""What a checkpoint says, and what is refused.

A checkpoint is a torch file sealed with its sha256 (see `sealed_files`). Nothing but numbers, strings, containers and
tensors is ever unpickled, and only networks listed in `architectures` are built.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as short

from torch import nn

from course_utils.checkpoints.architectures import ARCHITECTURES, Arguments, name_of, rebuilt
from course_utils.checkpoints.sealed_files import sealed, unsealed, write_whole

__all__ = ["Checkpoint", "check_place", "load_checkpoint", "save_checkpoint"]

FORMAT = "From Callbacks to Grad-CAM, checkpoint 1"

Plain = str | int | float | bool | None


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A trained network and where it comes from.

    Attributes:
        model: on the CPU, in eval mode.
        class_names: the class of each logit.
        dataset: what it was trained on.
        recipe: how it was trained, name → value.
        accuracy: on pictures that it was not trained on, measured when it was saved; in [0, 1].
        architecture, arguments: the network's class, and what it was built with.
        normalisation: ``mean`` and ``std`` per channel if the network normalises its pictures; else empty.
    """

    model: nn.Module
    class_names: tuple[str, ...]
    dataset: str
    recipe: dict[str, Plain]
    accuracy: float
    architecture: str
    arguments: Arguments
    normalisation: dict[str, list[float]]

    def __repr__(self) -> str:
        classes = len(self.class_names)
        return f"Checkpoint({self.architecture}, {classes} classes, {self.dataset}, accuracy={self.accuracy:.4f})"


def save_checkpoint(
    path: str | os.PathLike[str],
    model: nn.Module,
    *,
    class_names: Sequence[str],
    dataset: str,
    recipe: Mapping[str, Plain],
    accuracy: float,
) -> None:
    """Write the network and its origin to ``path``, all or nothing: whatever goes wrong, an older file there stays.

    Args:
        class_names: one name for each class, in the order of the logits.
        dataset: the name of the data set.
        recipe: what one needs to know to train it again: names with numbers, strings, booleans or None.
        accuracy: measured on pictures that it was not trained on, in [0, 1]; an `Evaluation` will do.

    Raises:
        FileNotFoundError, PermissionError: see `check_place`.
        TypeError, ValueError: the network could not be built again from the file, a weight is not finite, or the
            description is not complete. Nothing has been written then.
    """
    path = Path(path)
    check_place(path)
    name = name_of(model)
    contents = {
        "format": FORMAT,
        "architecture": name,
        "arguments": ARCHITECTURES[name].arguments(model),
        "state_dict": {key: value.detach().cpu().contiguous().clone() for key, value in model.state_dict().items()},
        "class_names": class_names if isinstance(class_names, str) else list(class_names),
        "dataset": dataset,
        "recipe": dict(recipe),
        "accuracy": float(accuracy),
    }
    _opened(contents)  # what could not be loaded again must not be written
    write_whole(path, sealed(contents))


def load_checkpoint(path: str | os.PathLike[str]) -> Checkpoint:
    """Read a checkpoint that `save_checkpoint` wrote. No code from the file is run, whatever it holds.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, or is not a checkpoint of this course; the message says what to do.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"need a checkpoint file, but {str(path)!r} is a folder; name a file in it")
    if not path.exists():
        raise FileNotFoundError(
            f"there is no checkpoint {str(path)!r}; check its name and folder, or train a network with: "
            f"python -m course_utils train -o {path.name}"
        )
    try:
        return _opened(unsealed(path.read_bytes()))
    except ValueError as error:
        raise ValueError(f"cannot use {str(path)!r} as a checkpoint: {error}") from error


def check_place(path: Path) -> None:
    """Find out whether a file can be saved here, before the work whose result it is to hold.

    Raises:
        FileNotFoundError: the folder does not exist.
        PermissionError: nobody may write there.
        ValueError: ``path`` is a folder.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {str(folder)!r} to save {path.name!r} in; make it first")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"cannot write in the folder {str(folder)!r}; save {path.name!r} somewhere else")
    if path.is_dir():
        raise ValueError(f"need the name of a file to save to, but {str(path)!r} is a folder; add a name like model.pt")


def _opened(contents: object) -> Checkpoint:
    """Check the contents of a checkpoint, thing by thing, and build the network.

    Raises:
        ValueError: something is missing, or of the wrong kind or size.
    """
    if not isinstance(contents, dict) or contents.get("format") != FORMAT:
        raise ValueError(f"it is not marked as {FORMAT!r}; write it with save_checkpoint of this version")
    names, recipe, accuracy = _checked_description(contents)
    architecture, arguments = contents.get("architecture"), contents.get("arguments")
    model = rebuilt(architecture, arguments, contents.get("state_dict"))
    classes = ARCHITECTURES[architecture].classes(model)
    if len(names) != classes:
        raise ValueError(
            f"{architecture} tells {classes} classes apart, but there are {len(names)} class names: {short(names)}"
        )
    return Checkpoint(
        model=model.eval(),
        class_names=names,
        dataset=contents["dataset"],
        recipe=recipe,
        accuracy=accuracy,
        architecture=architecture,
        arguments=arguments,
        normalisation={key: arguments[key] for key in ("mean", "std") if key in arguments},
    )


def _checked_description(contents: dict[str, object]) -> tuple[tuple[str, ...], dict[str, Plain], float]:
    names, recipe, accuracy = contents.get("class_names"), contents.get("recipe"), contents.get("accuracy")
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"class_names must be names, as in ('cat', 'dog'), got {short(names)}")
    if not isinstance(contents.get("dataset"), str) or not contents["dataset"]:
        raise ValueError(
            f"dataset must be the name of a data set, as in 'cifar10', got {short(contents.get('dataset'))}"
        )
    if not isinstance(recipe, dict) or not all(
        isinstance(name, str) and isinstance(value, Plain) for name, value in recipe.items()
    ):
        raise ValueError(f"recipe must map names to numbers, strings, booleans or None, got {short(recipe)}")
    if not isinstance(accuracy, float) or not 0 <= accuracy <= 1:
        raise ValueError(f"accuracy must lie in 0 .. 1 (a share, not percent), got {short(accuracy)}")
    return tuple(names), recipe, accuracy
