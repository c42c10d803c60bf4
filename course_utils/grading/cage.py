"""Run a command in a cage: no network, limited memory, and whatever it writes elsewhere is thrown away.

    python -I cage.py SETTINGS COMMAND ...      SETTINGS is JSON, see `read_settings`

Two kinds of cage:

* ``namespaces`` (Linux, where the system allows it): a network of its own with nothing in it, a process tree of its
  own that ends with its first process, and a file tree of its own. The command sees the computer's files; what it
  writes or deletes happens in a layer in memory that is gone afterwards. Only the ``writable`` folders are real,
  and the ``hidden`` ones look empty. The command has no privileges, also where the caller is root.
* ``guard`` (everywhere else): Python itself refuses to connect, to start programs, and to write or delete outside
  of the ``writable`` folders. That stops accidents and plain attacks, but not machine code that was made for it.

Standard library only, and a file of its own: it runs before anything of a submission does.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import NotRequired, TypedDict

GIGABYTE = 1 << 30
ADDRESSES = 8 * GIGABYTE  # on top of the memory: PyTorch's libraries and every thread reserve addresses they never use
BIGGEST_FILE = GIGABYTE // 2


class Settings(TypedDict):
    """What a cage must know."""

    kind: str
    memory: int
    writable: list[str]
    hidden: list[str]
    layer: NotRequired[str]


def read_settings(text: str) -> Settings:
    """Return the settings of a cage.

    ``kind``: "auto", "namespaces" or "guard"; ``memory``: bytes for each process; ``writable``, ``hidden``: folders;
    ``layer``: an empty folder, where the layer of a cage of namespaces is mounted.
    """
    return json.loads(text)


def main(arguments: Sequence[str]) -> None:
    """Build the cage and run the command in it, in place of this process or as its only child."""
    settings, command = read_settings(arguments[0]), list(arguments[1:])
    os.environ.pop("JPY_PARENT_PID", None)  # a kernel would take the first process of its own tree for an orphan's
    if chosen_kind(settings) == "guard":
        limit(settings["memory"])
        beside("guard").run_guarded(command, settings["writable"])
        return
    namespaces = beside("namespaces")
    namespaces.enter(settings["writable"], settings["hidden"], settings["layer"])
    namespaces.own_processes()
    os.chdir(settings["writable"][0])
    limit(settings["memory"])
    namespaces.drop_privileges()
    os.execvp(command[0], command)


def check_cage(kind: str) -> str:
    """Return the cage that "auto" means on this system, or ``kind``.

    Raises:
        OSError: "namespaces" was asked for, and the system does not allow them.
    """
    with tempfile.TemporaryDirectory(prefix="cage-") as name:
        place = os.path.realpath(name)
        os.mkdir(os.path.join(place, "layer"))
        layer = os.path.join(place, "layer")
        return chosen_kind({"kind": kind, "memory": 0, "writable": [place], "hidden": [], "layer": layer})


def chosen_kind(settings: Settings) -> str:
    """Return "namespaces" or "guard"; with "auto", the first if the system allows it.

    Raises:
        OSError: "namespaces" was asked for, and the system does not allow them.
    """
    if settings["kind"] == "guard":
        return "guard"
    if sys.platform == "linux":
        namespaces = beside("namespaces")
        if works(lambda: namespaces.enter(settings["writable"], settings["hidden"], settings["layer"])):
            return "namespaces"
    if settings["kind"] == "namespaces":
        raise OSError("this system does not allow namespaces; take the cage 'guard', or 'auto'")
    return "guard"


def beside(name: str) -> ModuleType:
    """Return the module ``name`` beside this one, also where this file is run as a script."""
    return importlib.import_module(f"{__package__}.{name}" if __package__ else name)


def works(attempt: Callable[[], None]) -> bool:
    """Return whether ``attempt`` succeeds; it is tried in a child process, because there is no way back."""
    child = os.fork()
    if child == 0:
        try:
            attempt()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def limit(memory: int) -> None:
    """Limit what this process and each of its children may take: ``memory`` bytes, and files of half a gigabyte."""
    wanted = {
        "RLIMIT_DATA": memory,
        "RLIMIT_AS": memory + ADDRESSES,
        "RLIMIT_FSIZE": BIGGEST_FILE,
        "RLIMIT_CORE": 0,
    }
    for name, value in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that grows too big is an OSError, not the kernel's end


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    main(sys.argv[1:])
