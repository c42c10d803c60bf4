"""Is there room, and is what the lessons use where they look for it? Disk, fonts, CIFAR-10, checkpoints."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

from course_utils.doctor.result import ROOT, Result, ask_python, failed, passed

__all__ = ["check_checkpoints", "check_cifar10", "check_disk", "check_fonts"]

FREE_GIGABYTES = 1.0  # CIFAR-10 packed and unpacked, checkpoints, pictures
CHECKPOINTS = ROOT / "data" / "checkpoints"
CARD = ROOT / "data" / "README.md"

# The official batches and their MD5 sums, as on the data set's page and in torchvision.
BATCHES = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
    "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
}

_TRY_FONTS = """
import json, matplotlib
from course_utils.plotting.fonts import families
print(json.dumps({"families": families(), "folder": matplotlib.get_cachedir()}))
"""

_TRY_CHECKPOINT = """
from course_utils.checkpoints import load_checkpoint
found = load_checkpoint({path!r})
print(f"{{found.architecture}}, {{found.accuracy:.1%}} on {{found.dataset}}")
"""


def check_disk(folder: Path = ROOT) -> Result:
    """Is there room for data and checkpoints?"""
    free = shutil.disk_usage(folder).free / 1e9
    if free >= FREE_GIGABYTES:
        return passed("disk", f"{free:.1f} GB free")
    return failed("disk", f"{free:.1f} GB free", f"make room: {FREE_GIGABYTES:.0f} GB at least, 8 GB to install anew")


def check_fonts() -> Result:
    """Can figures be labelled, in Chinese, Japanese and Korean too? Those are optional."""
    answer = ask_python(_TRY_FONTS)
    if answer.error:
        return failed(
            "fonts", f"matplotlib does not load ({answer.error})", "mend torch and packages first (see above)"
        )
    found = json.loads(answer.printed.splitlines()[-1])
    if len(found["families"]) > 1:
        return passed("fonts", ", ".join(found["families"]))
    advice = f"install fonts-noto-cjk, then delete fontlist-*.json in {found['folder']}"
    return passed("fonts", f"{found['families'][0]}; Chinese labels become English (optional: {advice})")


def check_cifar10(folder: Path | None = None) -> Result:
    """Is CIFAR-10 where the lessons look for it, and whole? They run without it, and say what they would show."""
    named = os.environ.get("COURSE_DATA")
    folder = folder or (Path(named).expanduser() if named else ROOT / "data")
    if named and not folder.is_dir():
        return failed("cifar10", f"COURSE_DATA names {named}, which is no folder", "make it, or correct the variable")
    official = folder if (folder / "test_batch").is_file() else folder / "cifar-10-batches-py"
    if official.is_dir():
        return _check_batches(official)
    for place in (folder, folder / "cifar10"):
        if (place / "train" / "airplane").is_dir() and (place / "test" / "airplane").is_dir():
            return passed("cifar10", f"an image folder, {place}")
    return passed("cifar10", f"not in {folder}, which is fine: it is downloaded (170 MB) when you ask for it")


def check_checkpoints(folder: Path = CHECKPOINTS, card: Path = CARD) -> Result:
    """Do the shipped networks load, and are they the files that the data card describes?"""
    paths = sorted(folder.glob("*.pt"))
    cure = f"get the files of {folder} again: git checkout -- data/checkpoints, or python -m course_utils train"
    if not paths:
        return failed("checkpoints", f"none in {folder}", cure)
    sums = _read_sums(card)
    changed = [path.name for path in paths if sums.get(path.name) not in (None, _sha256(path))]
    if changed:
        return failed("checkpoints", f"not as described in the data card: {', '.join(changed)}", cure)
    answers = {path.name: ask_python(_TRY_CHECKPOINT.format(path=str(path))) for path in paths}
    broken = [f"{name} ({answer.error})" for name, answer in answers.items() if answer.error]
    if broken:
        return failed("checkpoints", f"do not load: {'; '.join(broken)}", cure)
    return passed("checkpoints", "; ".join(f"{name}: {answer.printed.strip()}" for name, answer in answers.items()))


def _check_batches(folder: Path) -> Result:
    wrong = [name for name, wanted in BATCHES.items() if _md5(folder / name) != wanted]
    if not wrong:
        return passed("cifar10", f"the official batches, whole, {folder}")
    return failed(
        "cifar10", f"missing or damaged in {folder}: {', '.join(wrong)}", "delete that folder and get it again"
    )


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() if path.is_file() else ""


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_sums(card: Path) -> dict[str, str]:
    """Return file name → sha256 of every line of the data card that has both."""
    if not card.is_file():
        return {}
    lines = card.read_text(encoding="utf-8").splitlines()
    found = [(re.search(r"[\w.-]+\.pt\b", line), re.search(r"\b[0-9a-f]{64}\b", line)) for line in lines]
    return {name[0]: digest[0] for name, digest in found if name and digest}
