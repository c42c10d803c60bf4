"""What a check returns, and how a check asks another Python."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Answer", "Result", "ask_python", "failed", "passed"]

ROOT = Path(__file__).parents[2]
SECONDS = 180.0  # the first import of torch from a slow disk


@dataclass(frozen=True)
class Result:
    """What one check found.

    Attributes:
        name: what was checked.
        passed: False where the course cannot work like this.
        found: what is there.
        cure: what to do about it; empty where nothing needs doing.
    """

    name: str
    passed: bool
    found: str
    cure: str = ""

    def __str__(self) -> str:
        told = f"{'OK' if self.passed else 'FAIL':5}{self.name:12}{self.found}"
        return f"{told}; cure: {self.cure}" if self.cure else told


@dataclass(frozen=True)
class Answer:
    """What another Python said.

    Attributes:
        printed: its output.
        error: the last line of its complaint; empty if all went well.
        complaint: the whole of it.
    """

    printed: str
    error: str
    complaint: str


def passed(name: str, found: str) -> Result:
    """Return a check that passed."""
    return Result(name, True, found)


def failed(name: str, found: str, cure: str) -> Result:
    """Return a check that failed, with its cure."""
    return Result(name, False, found, cure)


def ask_python(code: str) -> Answer:
    """Run ``code`` in another Python of the same environment, and wait for its answer, whatever it is."""
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return Answer("", f"no answer within {SECONDS:.0f} seconds", "")
    if done.returncode == 0:
        return Answer(done.stdout, "", done.stderr)
    lines = done.stderr.strip().splitlines()
    last = lines[-1] if lines and done.returncode > 0 else f"Python died of signal {-done.returncode}"
    return Answer(done.stdout, last, done.stderr)
