"""Is the software right? Python, torch with torchvision, graphics card, packages, Jupyter kernel."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from course_utils.doctor.result import ROOT, Answer, Result, ask_python, failed, passed

__all__ = ["check_gpu", "check_kernel", "check_packages", "check_python", "check_torch"]

OLDEST_PYTHON = (3, 11)
CONSTRAINTS = ROOT / "constraints.txt"

_TRY_TORCH = """
import torch
print(torch.__version__, flush=True)
import torchvision
print(torchvision.__version__, flush=True)
torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
"""

_TRY_GPU = """
import torch
if torch.cuda.is_available():
    print("CUDA:", torch.cuda.get_device_name(0))
elif torch.backends.mps.is_available():
    print("MPS: Apple's graphics processor")
else:
    print("none; the lessons need none, their times are for two processor cores")
"""

# What a torchvision that was built for another torch says.
_MISMATCH = re.compile(
    r"torchvision::nms|load custom C\+\+ ops|undefined symbol|torchvision.*has no attribute 'extension'"
)


def check_python(version: Sequence[int] = sys.version_info) -> Result:
    """Is this Python new enough?"""
    found = ".".join(str(part) for part in version[:3])
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return passed("python", f"{found} at {sys.executable}")
    wanted = ".".join(str(part) for part in OLDEST_PYTHON)
    return failed("python", f"{found} is too old", f"install Python {wanted} or newer, delete .venv, run make lab")


def check_torch() -> Result:
    """Do torch and torchvision load, and fit together? One of torchvision's own compiled operations is called."""
    answer = ask_python(_TRY_TORCH)
    told = ", ".join(map("{} {}".format, ("torch", "torchvision"), answer.printed.split()))
    if not answer.error:
        return passed("torch", f"{told}, and they fit together")
    if _MISMATCH.search(answer.complaint):
        return failed("torch", f"torchvision was built for another torch ({_tell(answer)})", _reinstall())
    missing = re.search(r"No module named '(torch|torchvision)'", answer.error)
    if missing:
        return failed("torch", f"{missing[1]} is not installed here ({sys.executable})", _reinstall())
    return failed("torch", f"{told or 'torch'} does not load ({_tell(answer)})", _reinstall())


def check_gpu() -> Result:
    """Which graphics card would be used? None is fine."""
    answer = ask_python(_TRY_GPU)
    return passed("gpu", answer.printed.strip() or "unknown, because torch does not load (see above)")


def check_packages(constraints: Path = CONSTRAINTS, project: Path = ROOT / "pyproject.toml") -> Result:
    """Is every package here that the course imports? Other versions than those of constraints.txt are only told."""
    pinned = _read_pins(constraints)
    installed = {name: version for name in pinned if (version := _installed(name))}
    absent = [name for name in _read_dependencies(project) if not _installed(name)]
    if absent:
        cure = f"{_pip()} -c constraints.txt {' '.join(absent)}"
        return failed("packages", f"not installed: {', '.join(absent)}", cure)
    other = [
        f"{name} {version} instead of {pinned[name]}"
        for name, version in installed.items()
        if version.split("+")[0] != pinned[name]
    ]
    if not other:
        return passed("packages", f"{len(installed)} at the versions of constraints.txt")
    more = f" and {len(other) - 3} more" if len(other) > 3 else ""
    return passed("packages", f"others than in constraints.txt, so outputs may differ: {', '.join(other[:3])}{more}")


def check_kernel() -> Result:
    """Will Jupyter run the lessons with this very Python?"""
    if importlib.util.find_spec("ipykernel") is None or importlib.util.find_spec("jupyter_client") is None:
        return failed("kernel", "ipykernel or jupyter_client is not installed", f"{_pip()} jupyterlab ipykernel")
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except (NoSuchKernel, ValueError) as error:
        return failed("kernel", f"Jupyter's kernel python3 is unusable ({error})", _install_kernel())
    program = spec.argv[0] if spec.argv else "nothing"
    if _is_this_python(program):
        return passed("kernel", "python3 runs this Python")
    cure = f"delete the folder {spec.resource_dir}, or {_install_kernel()}"
    return failed("kernel", f"Jupyter's kernel python3 runs another Python, {program}", cure)


def _tell(answer: Answer) -> str:
    told = " ".join(answer.error.split())
    return told if len(told) <= 160 else f"{told[:160]} ..."


def _reinstall() -> str:
    pins = _read_pins(CONSTRAINTS)
    names = [f"{name}=={pins[name]}" if name in pins else name for name in ("torch", "torchvision")]
    return f"{_pip()} --force-reinstall {' '.join(names)}"


def _pip() -> str:
    return f"{sys.executable} -m pip install"


def _install_kernel() -> str:
    return f"{sys.executable} -m ipykernel install --sys-prefix"


def _is_this_python(program: str) -> bool:
    """Return whether a kernel's program is this Python; Jupyter replaces a bare "python" by its own."""
    if re.fullmatch(r"python(3(\.\d+)?)?", program):
        return True
    folder = Path(program).parent
    return folder.is_dir() and folder.samefile(Path(sys.executable).parent)


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _read_pins(constraints: Path) -> dict[str, str]:
    """Return package → version of the lines ``package==version``; none where there is no such file."""
    if not constraints.is_file():
        return {}
    found = (re.match(r"([\w.-]+)==([^\s;#]+)", line) for line in constraints.read_text().splitlines())
    return {match[1]: match[2] for match in found if match}


def _read_dependencies(project: Path) -> list[str]:
    """Return the names of the packages that the course cannot do without."""
    import tomllib  # here, because an older Python, which has none, must still be told that it is too old

    if not project.is_file():
        return []
    return tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
