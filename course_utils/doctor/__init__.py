"""``python -m course_utils doctor``: is everything here that the course needs? One line per check, with the cure.

A broken torch must be told, not suffered: this room imports neither torch nor anything that does. What has to be
tried with torch is tried in a Python of its own, whose last words are read.

result      what a check returns; how to ask another Python
software    Python, torch with torchvision, graphics card, packages, Jupyter kernel
belongings  disk, fonts, CIFAR-10, checkpoints
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor

from course_utils.doctor.belongings import check_checkpoints, check_cifar10, check_disk, check_fonts
from course_utils.doctor.result import Result
from course_utils.doctor.software import check_gpu, check_kernel, check_packages, check_python, check_torch

__all__ = ["CHECKS", "Result", "add_arguments", "run"]

# All but the first, `check_python`, which decides whether the others can be made at all.
CHECKS = (
    check_torch,
    check_gpu,
    check_packages,
    check_kernel,
    check_disk,
    check_fonts,
    check_cifar10,
    check_checkpoints,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``doctor`` understands to a parser: nothing but --help."""
    parser.description = "Check this computer for the course: one line per check, OK, or FAIL with the cure."


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each check; return 1 if one of them failed, else 0."""
    results = [check_python()]
    if results[0].passed:
        with ThreadPoolExecutor() as pool:
            results += pool.map(lambda check: check(), CHECKS)
    for result in results:
        print(result)
    failed = sum(not result.passed for result in results)
    print(f"{failed} of {len(results)} checks failed." if failed else "Everything that the course needs is here.")
    return 1 if failed else 0
