"""The judge of exercise 12.3: what it accepts, and why another answer is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from course_utils.exercises.diagnosis.functions import demand_function
from course_utils.exercises.exercise import Wrong
from course_utils.exercises.guard import names_used
from course_utils.exercises.shown import safely, shown
from course_utils.exercises.time_limit import TimeIsUp

__all__ = ["judge_get_model"]


MISSING = "no file: train_and_save, once, and its network"


class _Disk:
    """A file that may be there, and what was done with it; ``load`` raises ``error`` if it is given one."""

    def __init__(self, folder: str, content: str | None, error: BaseException | None = None) -> None:
        self.path, self.error = Path(folder) / "network.pt", error
        self.done: list[str] = []
        self.odd: list[str] = []  # calls with something else than the path
        self.path.unlink(missing_ok=True)
        if content is not None:
            self.path.write_text(content)

    def load(self, *given: object, **named: object) -> str:
        """Return the file's network, or raise what loading raises."""
        self._note("load", given, named)
        if not self.path.exists():
            raise FileNotFoundError("no file")
        if self.error is not None:
            raise self.error
        return f"{self.path.read_text()} network"

    def train_and_save(self, *given: object, **named: object) -> str:
        """Write the file anew, and return its network."""
        self._note("train_and_save", given, named)
        self.path.write_text("trained")
        return "trained network"

    def _note(self, name: str, given: tuple[object, ...], named: dict[str, object]) -> None:
        self.done.append(name)
        values = (*given, *named.values())
        if len(values) != 1 or str(values[0]) != str(self.path):
            self.odd.append(f"{name}({', '.join(shown(value) for value in values)})")

    def ask(self, answer: Callable[..., object]) -> tuple[object, BaseException | None]:
        """Return what the learner's function gives, and what it raises."""
        got, raised = None, None
        try:
            got = answer(self.path, self.load, self.train_and_save)
        except TimeIsUp:
            raise
        except BaseException as error:  # noqa: BLE001 - Ctrl-C is one of the errors that must get through
            raised = error
        if self.odd:
            if self.odd[0].endswith("network')"):
                why = "what train_and_save or load gave back, a network, went in where the path is wanted"
            else:
                why = "nothing went in" if self.odd[0].endswith("()") else "another thing than the path went in"
            raise Wrong(
                got=self.odd[0].replace(str(self.path), "path"),
                wanted="load(path) and train_and_save(path)",
                cause=f"{why}: both functions are called with the path, and with nothing else",
                next_step="hand on the path that get_model was given",
            )
        return got, raised


def judge_get_model(answer: Callable[..., object]) -> None:
    """Train only if there is no file; let every other error through; never write over a file."""
    demand_function(answer, "get_model(path, load, train_and_save)")
    with TemporaryDirectory() as folder:
        _judge_missing(answer, _Disk(folder, None))
        _judge_present(answer, _Disk(folder, "loaded"))
        errors = (
            ValueError("damaged"),
            RuntimeError("another network's weights"),
            PermissionError("not yours"),
            FileNotFoundError("a part is missing"),
            KeyboardInterrupt(),
        )
        _judge_errors(answer, folder, errors)


def _judge_missing(answer: Callable[..., object], disk: _Disk) -> None:
    got, raised = disk.ask(answer)
    if raised is not None and not isinstance(raised, FileNotFoundError):
        raise raised
    if raised is not None or got != "trained network" or disk.done.count("train_and_save") != 1:
        done = " and ".join(f"{name}(path)" for name in disk.done) or "neither load nor train_and_save"
        came = "a FileNotFoundError" if raised is not None else _named(got, disk)
        raise Wrong(
            got=f"without a file: {came}, after {done}",
            wanted=MISSING,
            cause=_why_not_trained(answer, disk, got, raised),
            next_step="ask path.exists() first, then load or train_and_save, and return what it gives",
        )


def _named(got: object, disk: _Disk) -> str:
    """Return the result in words; the two functions are called by their names."""
    given = {disk.load: "the function load", disk.train_and_save: "the function train_and_save"}
    return next((name for function, name in given.items() if got == function), shown(got))


def _why_not_trained(answer: Callable[..., object], disk: _Disk, got: object, raised: BaseException | None) -> str:
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


def _why_missing_raises(answer: Callable[..., object], disk: _Disk) -> str:
    names, there = names_used(answer), _Disk(str(disk.path.parent), "loaded")
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


def _judge_present(answer: Callable[..., object], disk: _Disk) -> None:
    got, raised = disk.ask(answer)
    if raised is not None:
        raise raised
    if got != "loaded network" or disk.done != ["load"] or not disk.path.exists():
        done = " and ".join(f"{name}(path)" for name in disk.done) or "neither load nor train_and_save"
        raise Wrong(
            got=f"with a file: {_named(got, disk)}, after {done}",
            wanted="with a file: 'loaded network', after load(path), and no training",
            cause=_why_not_loaded(answer, disk, got),
            next_step="ask path.exists() first, then load or train_and_save, and return what it gives",
        )


def _why_not_loaded(answer: Callable[..., object], disk: _Disk, got: object) -> str:
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


def _why_trained(disk: _Disk, names: set[str]) -> str:
    if disk.done[0] == "train_and_save" and "load" in disk.done:
        return "training comes first here, whatever lies on the disk, and writes over the file"
    if disk.done[0] == "load":
        return "loading worked, and then it was trained all the same: a finally, or a missing return or else"
    if {"is_dir", "isdir"} & names:
        return "is_dir asks for a folder, and a file is none: exists or is_file is meant"
    if ASKS & names:
        return "the condition is not true for it (another path or name, its size, is asked), or both branches train"
    return "load is never called for it: it trains with a file and without"


def _judge_errors(answer: Callable[..., object], folder: str, errors: tuple[BaseException, ...]) -> None:
    overwritten, swallowed, replaced = [], {}, {}
    for error in errors:
        disk, kind = _Disk(folder, "loaded", error), type(error).__name__
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
