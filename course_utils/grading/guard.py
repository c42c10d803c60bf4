"""The cage for systems without namespaces: Python's own audit events, refused one by one. Standard library only.

Source: PEP 578. An audit hook cannot be taken off again from Python.
"""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Callable, Iterator

NETWORK = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind", "socket.getaddrinfo")
NETWORK += ("socket.gethostbyname", "socket.gethostbyaddr")
PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.kill")
FOLLOWED = ("os.truncate", "os.chmod", "os.chown", "os.utime")  # these change what a link leads to
ONE_PATH = ("os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree")  # and these the link itself
TWO_PATHS = ("os.rename", "os.link")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FREE = ("/dev/null", "/dev/tty")

__all__ = ["refuse", "run_guarded"]


def run_guarded(command: list[str], writable: list[str]) -> None:
    """Run ``python -m MODULE ...`` in this process, with the guard on."""
    if command[1:2] != ["-m"]:
        raise ValueError(f"this cage runs `python -m MODULE ...`, got {command}")
    sys.argv = command[2:]
    sys.path += [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    os.chdir(writable[0])
    sys.addaudithook(refuse([os.path.realpath(folder) for folder in writable]))
    runpy.run_module(command[2], run_name="__main__", alter_sys=True)


def refuse(writable: list[str]) -> Callable[[str, tuple[object, ...]], None]:
    """Return the hook: it raises PermissionError for the network, programs, and writing outside of ``writable``."""

    def watch(event: str, values: tuple[object, ...]) -> None:
        if event in NETWORK:
            raise PermissionError("a notebook that is graded has no network")
        if event in PROGRAMS:
            raise PermissionError("a notebook that is graded starts and ends no other programs")
        for path in written(event, values):
            if not inside(path, writable):
                raise PermissionError(f"a notebook that is graded writes in its own folder only, not {path}")

    return watch


def written(event: str, values: tuple[object, ...]) -> Iterator[str]:
    """Yield the paths that an audit event is going to write or delete."""
    if (event == "open" and isinstance(values[2], int) and values[2] & WRITING) or event in FOLLOWED:
        yield from map(os.path.realpath, absolute(values[0], -1))
    elif event in ONE_PATH:
        yield from absolute(values[0], values[-1] if len(values) > 1 else -1)
    elif event in TWO_PATHS:
        for path in values[:2]:
            yield from absolute(path, -1)
    elif event == "os.symlink":
        yield from absolute(values[1], -1)


def absolute(path: object, folder: object) -> Iterator[str]:
    """Yield where ``path`` is, seen from an open ``folder``; nothing for a file that is open already."""
    if not isinstance(path, str | bytes | os.PathLike):
        return
    name = os.fsdecode(path)
    if isinstance(folder, int) and folder >= 0 and os.path.exists(f"/proc/self/fd/{folder}"):
        name = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), name)
    parent, last = os.path.split(os.path.abspath(name))
    yield os.path.join(os.path.realpath(parent), last)


def inside(path: str, writable: list[str]) -> bool:
    """Return whether a path lies in a folder that may be written."""
    return path in FREE or any(path == folder or path.startswith(folder + os.sep) for folder in writable)
