"""The doctor's findings in healthy and in broken places; every broken one is a real one in a folder of its own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils import doctor
from course_utils.__main__ import COMMANDS, main
from course_utils.checkpoints import save_checkpoint
from course_utils.doctor import CHECKS, belongings
from course_utils.doctor.belongings import check_checkpoints, check_cifar10, check_disk, check_fonts
from course_utils.doctor.result import Result, ask_python
from course_utils.doctor.software import check_gpu, check_kernel, check_packages, check_python, check_torch
from course_utils.models import SimpleModel

ROOT = Path(__file__).parents[1]
HEALTHY_TORCH = "__version__ = '2.15.0'\ndef zeros(*shape): pass\n"
HEALTHY_VISION = "__version__ = '0.29.2'\nclass ops:\n    nms = staticmethod(lambda *a: None)\n"


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Write packages that a Python of the doctor's finds before the installed ones: name → source."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "packages"))

    def write(**sources: str) -> None:
        for name, source in sources.items():
            folder = tmp_path / "packages" / name
            folder.mkdir(parents=True)
            (folder / "__init__.py").write_text(source)

    return write


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Give Jupyter a kernel called python3 with this command."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    def write(*command: str) -> None:
        folder = tmp_path / "kernels" / "python3"
        folder.mkdir(parents=True)
        spec = {"argv": [*command, "-m", "ipykernel_launcher"], "display_name": "Python 3", "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))

    return write


@pytest.fixture
def checkpoint(tmp_path):
    """A shipped folder with one small network in it."""
    path = tmp_path / "checkpoints" / "tiny.pt"
    path.parent.mkdir()
    names = [f"class {number}" for number in range(10)]
    save_checkpoint(path, SimpleModel(), class_names=names, dataset="shapes10", recipe={}, accuracy=0.5)
    return path


def test_a_result_is_one_line_with_its_cure():
    assert str(Result("disk", True, "5.0 GB free")) == "OK   disk        5.0 GB free"
    assert str(Result("disk", False, "0.1 GB free", "make room")) == "FAIL disk        0.1 GB free; cure: make room"


def test_every_failure_has_a_cure_and_no_line_break():
    results = [check_python((3, 9, 1)), check_checkpoints(ROOT / "nowhere"), check_cifar10(ROOT / "nowhere")]
    for result in results:
        assert "\n" not in str(result)
        assert result.passed or result.cure


# Software


def test_an_old_python_is_told():
    result = check_python((3, 9, 18))
    assert not result.passed
    assert result.found == "3.9.18 is too old"
    assert "install Python 3.11 or newer" in result.cure
    assert check_python((3, 11, 0)).passed


def test_torch_and_torchvision_that_fit_together_pass(packages):
    packages(torch=HEALTHY_TORCH, torchvision=HEALTHY_VISION)
    assert check_torch() == Result("torch", True, "torch 2.15.0, torchvision 0.29.2, and they fit together")


def test_the_notorious_missing_nms_operator_is_diagnosed(packages):
    """What importing torchvision says when it was built for another torch."""
    packages(
        torch=HEALTHY_TORCH,
        torchvision="raise RuntimeError('operator torchvision::nms does not exist')",
    )
    result = check_torch()
    assert not result.passed
    assert result.found == (
        "torchvision was built for another torch (RuntimeError: operator torchvision::nms does not exist)"
    )
    assert "pip install --force-reinstall torch==2.15.0 torchvision==0.29.2" in result.cure


def test_a_torchvision_whose_operations_were_not_built_is_diagnosed(packages):
    """Some versions import, and complain only when nms is called."""
    vision = (
        HEALTHY_VISION
        + 'def broken(*a): raise RuntimeError("Couldn\'t load custom C++ ops. Recompile")\nops.nms = broken'
    )
    packages(torch=HEALTHY_TORCH, torchvision=vision)
    assert "was built for another torch" in check_torch().found


@pytest.mark.parametrize("missing", ["torch", "torchvision"])
def test_a_missing_package_is_named(packages, missing):
    sources = {"torch": HEALTHY_TORCH, "torchvision": HEALTHY_VISION}
    packages(**sources | {missing: f"raise ModuleNotFoundError(\"No module named '{missing}'\")"})
    result = check_torch()
    assert not result.passed
    assert result.found.startswith(f"{missing} is not installed here")


def test_a_torch_that_lacks_a_library_is_quoted(packages):
    packages(torch="raise OSError('libcudnn.so.9: cannot open shared object file')")
    result = check_torch()
    assert not result.passed
    assert result.found == "torch does not load (OSError: libcudnn.so.9: cannot open shared object file)"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_torch_that_kills_python_does_not_kill_the_doctor(packages):
    packages(torch="import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    assert "Python died of signal 4" in check_torch().found
    assert check_gpu() == Result("gpu", True, "unknown, because torch does not load (see above)")


def test_ask_python_returns_the_last_words():
    answer = ask_python("print('before', flush=True); raise ValueError('because')")
    assert answer.printed.strip() == "before"
    assert answer.error == "ValueError: because"


def test_other_versions_are_told_but_pass(tmp_path):
    (tmp_path / "constraints.txt").write_text("# pinned\nnumpy==0.0.1\nno-such-package==1.0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\ndependencies = ['numpy']\n")
    result = check_packages(tmp_path / "constraints.txt", tmp_path / "pyproject.toml")
    assert result.passed
    assert " instead of 0.0.1" in result.found


def test_a_missing_dependency_fails(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\ndependencies = ['numpy', 'no-such-package']\n")
    result = check_packages(tmp_path / "constraints.txt", tmp_path / "pyproject.toml")
    assert not result.passed
    assert result.found == "not installed: no-such-package"
    assert result.cure.endswith("-m pip install -c constraints.txt no-such-package")


@pytest.mark.parametrize("program", [sys.executable, "python", "python3"])
def test_a_kernel_of_this_python_passes(kernel, program):
    kernel(program)
    assert check_kernel().passed


def test_a_kernel_of_another_python_fails(kernel, tmp_path):
    kernel("/opt/another/bin/python")
    result = check_kernel()
    assert not result.passed
    assert result.found == "Jupyter's kernel python3 runs another Python, /opt/another/bin/python"
    assert str(tmp_path / "kernels" / "python3") in result.cure


# Belongings


def test_a_full_disk_fails(tmp_path, monkeypatch):
    assert check_disk(tmp_path).passed
    monkeypatch.setattr(belongings, "FREE_GIGABYTES", 1e9)
    assert "make room" in check_disk(tmp_path).cure


def test_fonts_name_the_one_that_is_always_there():
    assert check_fonts().found.startswith("DejaVu Sans")


def test_a_matplotlib_that_does_not_load_fails(packages):
    packages(matplotlib="raise ImportError('numpy.core.multiarray failed to import')")
    assert "numpy.core.multiarray failed to import" in check_fonts().found


def test_without_cifar10_all_is_well(tmp_path):
    assert check_cifar10(tmp_path).found.startswith(f"not in {tmp_path}, which is fine")


def test_cifar10_as_an_image_folder_is_found(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split / "airplane").mkdir(parents=True)
    assert check_cifar10(tmp_path).found == f"an image folder, {tmp_path}"


def test_whole_official_batches_are_found(tmp_path, monkeypatch):
    digest = hashlib.md5(b"batch", usedforsecurity=False).hexdigest()
    monkeypatch.setattr(belongings, "BATCHES", {"data_batch_1": digest, "test_batch": digest})
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for name in ("data_batch_1", "test_batch"):
        (folder / name).write_bytes(b"batch")
    assert check_cifar10(tmp_path).found == f"the official batches, whole, {folder}"


def test_half_a_download_of_cifar10_fails(tmp_path):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    (folder / "data_batch_1").write_bytes(b"half")
    result = check_cifar10(tmp_path)
    assert not result.passed
    assert "missing or damaged" in result.found
    assert "data_batch_1, data_batch_2" in result.found
    assert result.cure == "delete that folder and get it again"


def test_a_wrong_course_data_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nowhere"))
    result = check_cifar10()
    assert not result.passed
    assert "COURSE_DATA names" in result.found


def test_a_checkpoint_that_loads_is_told(checkpoint):
    result = check_checkpoints(checkpoint.parent, checkpoint.parent / "no card")
    assert result == Result("checkpoints", True, "tiny.pt: SimpleModel, 50.0% on shapes10")


def test_a_damaged_checkpoint_is_named(checkpoint):
    data = bytearray(checkpoint.read_bytes())
    data[len(data) // 2] ^= 1
    checkpoint.write_bytes(data)
    result = check_checkpoints(checkpoint.parent, checkpoint.parent / "no card")
    assert not result.passed
    assert result.found.startswith("do not load: tiny.pt (ValueError")
    assert "git checkout" in result.cure


def test_a_checkpoint_that_is_not_the_described_one_is_named(checkpoint, tmp_path):
    card = tmp_path / "README.md"
    card.write_text(f"| `tiny.pt` | {'0' * 64} |\n")
    result = check_checkpoints(checkpoint.parent, card)
    assert result.found == "not as described in the data card: tiny.pt"
    card.write_text(f"| `tiny.pt` | {hashlib.sha256(checkpoint.read_bytes()).hexdigest()} |\n")
    assert check_checkpoints(checkpoint.parent, card).passed


def test_no_checkpoints_fail(tmp_path):
    assert check_checkpoints(tmp_path, tmp_path).found == f"none in {tmp_path}"


# From the terminal


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, timeout=200)


def test_the_doctor_prints_a_line_per_check_and_fails_with_a_broken_torchvision(packages):
    packages(torchvision="raise RuntimeError('operator torchvision::nms does not exist')")
    done = run_python("-m", "course_utils", "doctor")
    *lines, last = done.stdout.splitlines()
    assert len(lines) == 1 + len(CHECKS)
    assert all(line.startswith(("OK   ", "FAIL ")) for line in lines)
    assert [line for line in lines if line.startswith("FAIL torch")]
    assert last.endswith("checks failed.")
    assert done.returncode == 1
    assert done.stderr == ""


def test_with_an_old_python_nothing_else_is_tried(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "check_python", lambda: check_python((3, 9, 18)))
    assert main(["doctor"]) == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["FAIL", "1"]


def test_help_and_the_doctor_import_no_torch():
    """So a broken torch cannot stop them, and --help is quick."""
    code = (
        "import sys; sys.argv = ['course_utils', 'explain', '--help']\n"
        "import course_utils.doctor, course_utils.__main__ as program\n"
        "try: program.main()\n"
        "except SystemExit: print('torch' in sys.modules, 'matplotlib' in sys.modules)"
    )
    assert run_python("-c", code).stdout.splitlines()[-1] == "False False"


def test_help_names_the_commands(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    printed = capsys.readouterr().out
    assert all(f"  {name} " in printed for name in COMMANDS)


def test_an_unknown_command_is_answered_with_the_known_ones(capsys):
    with pytest.raises(SystemExit) as left:
        main(["docter"])
    assert left.value.code == 2
    assert "invalid choice: 'docter' (choose from" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert f"python -m course_utils {command}" in capsys.readouterr().out
