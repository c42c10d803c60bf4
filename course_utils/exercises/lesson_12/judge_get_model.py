"""What exercise 12.3 demands: train only where there is no file, let errors through, write over nothing."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import TemporaryDirectory

from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.lesson_12.disk import Disk
from course_utils.exercises.lesson_12.get_model_slips import why_not_loaded, why_not_trained
from course_utils.exercises.shown import shown

__all__ = ["judge_get_model"]

MISSING = "no file: train_and_save, once, and its network"


def judge_get_model(answer: Callable[..., object]) -> None:
    """Train only if there is no file; let every other error through; never write over a file."""
    demand_function(answer, "get_model(path, load, train_and_save)")
    with TemporaryDirectory() as folder:
        _judge_missing(answer, Disk(folder, None))
        _judge_present(answer, Disk(folder, "loaded"))
        errors = (
            ValueError("damaged"),
            RuntimeError("another network's weights"),
            PermissionError("not yours"),
            FileNotFoundError("a part is missing"),
            KeyboardInterrupt(),
        )
        _judge_errors(answer, folder, errors)


def _judge_missing(answer: Callable[..., object], disk: Disk) -> None:
    got, raised = disk.ask(answer)
    if raised is not None and not isinstance(raised, FileNotFoundError):
        raise raised
    if raised is not None or got != "trained network" or disk.done.count("train_and_save") != 1:
        done = " and ".join(f"{name}(path)" for name in disk.done) or "neither load nor train_and_save"
        came = "a FileNotFoundError" if raised is not None else _named(got, disk)
        raise Wrong(
            got=f"without a file: {came}, after {done}",
            wanted=MISSING,
            cause=why_not_trained(answer, disk, got, raised),
            next_step="ask path.exists() first, then load or train_and_save, and return what it gives",
        )


def _named(got: object, disk: Disk) -> str:
    """Return the result in words; the two functions are called by their names."""
    given = {disk.load: "the function load", disk.train_and_save: "the function train_and_save"}
    return next((name for function, name in given.items() if got == function), shown(got))


def _judge_present(answer: Callable[..., object], disk: Disk) -> None:
    got, raised = disk.ask(answer)
    if raised is not None:
        raise raised
    if got != "loaded network" or disk.done != ["load"] or not disk.path.exists():
        done = " and ".join(f"{name}(path)" for name in disk.done) or "neither load nor train_and_save"
        raise Wrong(
            got=f"with a file: {_named(got, disk)}, after {done}",
            wanted="with a file: 'loaded network', after load(path), and no training",
            cause=why_not_loaded(answer, disk, got),
            next_step="ask path.exists() first, then load or train_and_save, and return what it gives",
        )


def _judge_errors(answer: Callable[..., object], folder: str, errors: tuple[BaseException, ...]) -> None:
    overwritten, swallowed, replaced = [], {}, {}
    for error in errors:
        disk, kind = Disk(folder, "loaded", error), type(error).__name__
        got, raised = disk.ask(answer)
        if not disk.path.exists() or disk.path.read_text() != "loaded":
            overwritten.append(kind)
        elif raised is None:
            swallowed[kind] = shown(got)
        elif type(raised) is not type(error):
            if error not in (raised.__context__, raised.__cause__):
                raise raised
            replaced[kind] = type(raised).__name__
    if overwritten and not (swallowed and overwritten == ["FileNotFoundError"]):
        _tell_overwritten(overwritten)
    if swallowed or replaced:
        _tell_kept_back(swallowed, replaced)


def _tell_overwritten(kinds: list[str]) -> None:
    if kinds == ["FileNotFoundError"]:
        why = "a FileNotFoundError may also come from inside a file that is there; only path.exists() tells"
    elif "KeyboardInterrupt" in kinds:
        why = "everything is caught, Ctrl-C included (a bare except, or BaseException), or finally trains in any case"
    elif set(kinds) == {"PermissionError", "FileNotFoundError"}:
        why = "OSError is wider than it looks: a file without permission is an OSError, too"
    elif "ValueError" in kinds and "RuntimeError" in kinds:
        why = "`except Exception` takes every error for a missing file"
    else:
        why = f"`except` takes {' and '.join(kinds)} for a missing file"
    raise Wrong(
        got=f"after {_an(kinds[0])} while loading, the file was overwritten"
        + (f" (also after {', '.join(kinds[1:])})" if kinds[1:] else ""),
        wanted="the file as it was, and the error at the caller",
        cause=f"{why}; an error in an existing file is not a reason to train, for the file may be somebody's work",
        next_step="train only if path.exists() is False",
    )


def _an(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIO' else 'a'} {kind}"


def _tell_kept_back(swallowed: dict[str, str], replaced: dict[str, str]) -> None:
    if swallowed:
        kind, got = next(iter(swallowed.items()))
        raise Wrong(
            got=f"{_an(kind)} while loading was swallowed, and {got} came back",
            wanted=f"the {kind}, at the caller",
            cause=f"an except catches what this function cannot mend ({', '.join(swallowed)}); printing is not raising",
            next_step="no try at all: ask path.exists() first",
        )
    kind, instead = next(iter(replaced.items()))
    raise Wrong(
        got=f"{_an(instead)}, raised while {_an(kind)} was handled",
        wanted=f"the {kind} itself, at the caller",
        cause="the error was caught and replaced by another one, so the caller cannot tell any more what was wrong",
        next_step="no try at all: ask path.exists() first",
    )
