"""Why an answer to exercise 12.3 does not train where it should, or trains where it should load."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.exercises.guard import names_used
from course_utils.exercises.lesson_12.disk import Disk
from course_utils.exercises.shown import safely

__all__ = ["why_not_loaded", "why_not_trained"]


def why_not_trained(answer: Callable[..., object], disk: Disk, got: object, raised: BaseException | None) -> str:
    """Return why, without a file, something else than one training came."""
    if raised is not None:
        return _why_missing_raises(answer, disk)
    if got in (disk.load, disk.train_and_save):
        return "load and train_and_save were handed back, not called: (path) is missing behind the name"
    if isinstance(got, BaseException):
        return "the error was caught and handed back like a network; a missing file is the one reason to train"
    trained = disk.done.count("train_and_save")
    if trained > 1:
        return "train_and_save was called more than once: hours of work, done twice"
    if trained and got is None:
        return "the result is None: is there a return? It was trained, and the network was not handed back"
    if trained:
        return "it was trained, but something else than the network was handed back"
    return "there is no file yet: train_and_save has to be called, and nothing called it"


ASKS = {"exists", "is_file", "isfile", "is_dir", "isdir", "lexists", "access"}


def _why_missing_raises(answer: Callable[..., object], disk: Disk) -> str:
    names, there = names_used(answer), Disk(str(disk.path.parent), "loaded")
    caught = {name for name in names if name.endswith(("Error", "Exception", "Interrupt"))}
    if not disk.done and ASKS & names:
        return "it raises an error itself where there is no file; that is the one case in which to train"
    if not disk.done:
        return "the missing file was opened, or asked for its size, before anybody asked whether it exists"
    if "train_and_save" in disk.done:
        return "it was trained first, and then an error was raised all the same"
    if ASKS & names:
        if safely(lambda: there.ask(answer)[0], "") == "loaded network":
            return "the condition is true with a file and without: `exists` without (), or another path was asked"
        return "the condition is the wrong way round: it loads where there is no file, and trains where there is one"
    if "FileNotFoundError" in caught:
        return "the FileNotFoundError was caught and raised again; a missing file is the one reason to train"
    if caught:
        return f"`except` names {' and '.join(sorted(caught))}; a missing file raises FileNotFoundError, which gets by"
    return (
        "load was called without a file, and nothing ever trains: load never gives None, a path is always true, and a "
        "missing file is the one reason to train"
    )


def why_not_loaded(answer: Callable[..., object], disk: Disk, got: object) -> str:
    """Return why, with a file, something else than its network came."""
    names, overwritten = names_used(answer), "the file is there and fine: load it, and do not train; "
    if {"unlink", "remove", "rmtree", "rename", "replace"} & names:
        return overwritten + "here it was deleted or moved first"
    if "train_and_save" in disk.done:
        return overwritten + _why_trained(disk, names)
    if got == disk.load:
        return "load was handed back, not called: (path) is missing behind the name"
    if got is None and disk.done:
        return "the result is None: is there a return? The file was loaded, and its network was not handed back"
    if not disk.done:
        return "the file is there and fine, and nothing loads it"
    if disk.done == ["load"]:
        return "it was loaded, and something else than the network that load gave was handed back"
    return "it was loaded more than once"


def _why_trained(disk: Disk, names: set[str]) -> str:
    if disk.done[0] == "train_and_save" and "load" in disk.done:
        return "training comes first here, whatever lies on the disk, and writes over the file"
    if disk.done[0] == "load":
        return "loading worked, and then it was trained all the same: a finally, or a missing return or else"
    if {"is_dir", "isdir"} & names:
        return "is_dir asks for a folder, and a file is none: exists or is_file is meant"
    if ASKS & names:
        return "the condition is not true for it (another path or name, its size, is asked), or both branches train"
    return "load is never called for it: it trains with a file and without"
