"""A kernel manager that starts each kernel in a cage. nbclient takes it, and so does nbgrader (see `nbgrader_cage`)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from traitlets import Enum, Float, List, Unicode, default

import course_utils

__all__ = ["CagedKernelManager", "clean_environment"]

CAGE = Path(__file__).with_name("cage.py")
GIGABYTE = 1 << 30
KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "OMP_NUM_THREADS",
    "COURSE_DATA",
    "CUDA_VISIBLE_DEVICES",
    "VIRTUAL_ENV",
)
ALWAYS_HIDDEN = ("/run", "/var/run")  # sockets of services: a socket is a file, and not bound to a network


class CagedKernelManager(AsyncKernelManager):
    """Starts kernels that have no network, limited memory, and no files to write but those of their folder."""

    memory = Float(4.0, help="gigabytes that each process of a notebook may take").tag(config=True)
    cage = Enum(["auto", "namespaces", "guard"], "auto", help="which cage; auto: the strongest there is").tag(
        config=True
    )
    hidden = List(Unicode(), help="folders that a notebook must not see: solutions, other submissions").tag(config=True)

    @default("transport")
    def _files_instead_of_ports(self) -> str:
        return "ipc"

    async def _async_pre_start_kernel(self, **options: object) -> tuple[list[str], dict[str, object]]:
        """Make a room (home, sockets) for the kernel, and start it with nothing of the caller's environment."""
        self.room = Path(tempfile.mkdtemp(prefix="k-")).resolve()
        for name in ("home", "sockets", "layer"):
            (self.room / name).mkdir()
        _share_font_list(self.room / "home")
        self.connection_file = str(self.room / "sockets" / "k.json")
        self.ip = str(self.room / "sockets" / "k")
        options["env"] = clean_environment(self.room / "home")
        options |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.folder = str(Path(str(options.get("cwd") or self.room / "home")).resolve())
        return await super()._async_pre_start_kernel(**options)

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Put the cage in front of the kernel's command."""
        settings = {
            "kind": self.cage,
            "memory": int(self.memory * GIGABYTE),
            "writable": [self.folder, str(self.room / "home"), str(self.room / "sockets")],
            "hidden": [*ALWAYS_HIDDEN, *(str(Path(folder).resolve()) for folder in self.hidden)],
            "layer": str(self.room / "layer"),
        }
        command = super().format_kernel_cmd(extra_arguments)
        return [sys.executable, "-I", str(CAGE), json.dumps(settings), *command]

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart)
        if not restart and hasattr(self, "room"):
            shutil.rmtree(self.room, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment without the caller's secrets, where everything personal lies in ``home``."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    package = str(Path(course_utils.__file__).resolve().parent.parent)
    return kept | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONPATH": package,
        "COURSE_PROGRESS": "",
        "NBGRADER_EXECUTION": "autograde",
    }


def _share_font_list(home: Path) -> None:
    """Copy matplotlib's list of fonts, which it would otherwise make anew for every notebook, in some seconds."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matplotlib"
    for found in cache.glob("fontlist-*.json"):
        (home / ".cache" / "matplotlib").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, home / ".cache" / "matplotlib" / found.name)
