"""Start a real JupyterLab and a real Chromium, and end them; the tests and the stopwatch share this."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
NO_CHROMIUM = "the browser test needs Chromium; on Debian or Ubuntu: apt install chromium"
# Nothing but this machine is ever asked for; a root user of a container has no sandbox.
CHROMIUM_OPTIONS = [
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
]
START_SECONDS = 120
NO_NEWS = '{"fetchNews": "false", "checkForUpdates": false}'


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its secret, and the folder it shows."""

    address: str
    token: str
    folder: Path


@contextmanager
def running_lab(home: Path, folder: Path) -> Iterator[Lab]:
    """Run JupyterLab on ``folder`` until the block ends, with settings of its own under ``home``."""
    port, token, log = free_port(), secrets.token_hex(16), home / "server.log"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True"),
        *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
        *("--LabApp.extension_manager=readonly", *(["--allow-root"] if os.geteuid() == 0 else [])),
    ]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    lab = Lab(f"http://127.0.0.1:{port}", token, folder)
    with started(command, os.environ | private_folders(home) | {"PATH": path}, log) as server:
        wait_until_it_answers(lab, server, log)
        yield lab


@contextmanager
def chromium_page(home: Path):
    """Yield a page of a real browser; ``page.troubles`` collects what its console complains about."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(home),
            executable_path=CHROMIUM,
            args=CHROMIUM_OPTIONS + (["--no-sandbox"] if os.geteuid() == 0 else []),
            chromium_sandbox=os.geteuid() != 0,
            viewport={"width": 1280, "height": 1000},
        )
        opened = context.pages[0] if context.pages else context.new_page()
        opened.troubles = []
        opened.on("pageerror", lambda error: opened.troubles.append(str(error)))
        opened.on("console", lambda m: opened.troubles.append(m.text) if m.type == "error" else None)
        yield opened
        context.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def private_folders(home: Path) -> dict[str, str]:
    """Settings, kernels' files and history go here, not into the user's own Jupyter folders."""
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(NO_NEWS)
    names = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    return {f"JUPYTER_{name}": str(home / folder) for name, folder in names.items()} | {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "COURSE_PROGRESS": "",
    }


@contextmanager
def started(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; its kernels end with it."""
    with log.open("wb") as written:
        server = subprocess.Popen(command, env=environment, stdout=written, stderr=subprocess.STDOUT)
        try:
            yield server
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def wait_until_it_answers(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{lab.address}/api/status?token={lab.token}", timeout=2).read()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.3)
