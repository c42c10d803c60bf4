"""Compare routines in one run, as ratios of medians.

They take turns, so that a busy machine slows all of them alike, and each round in another order: a routine that
frees much memory slows whichever comes next, because that one has to ask for it again.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

Routine = Callable[[], object]


def medians(routines: Mapping[str, Routine], rounds: int, warm_up: int = 2) -> dict[str, float]:
    """Run all routines in each round, in an order drawn anew, and return the median seconds of each."""
    seconds: dict[str, list[float]] = {name: [] for name in routines}
    draw = random.Random(0)
    for turn in range(warm_up + rounds):
        for name, routine in draw.sample(list(routines.items()), len(routines)):
            start = time.perf_counter()
            routine()
            if turn >= warm_up:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def report(title: str, measured: Mapping[str, float], unit: str = "ms", factor: float = 1e3) -> None:
    """Print each figure and its ratio to the first one."""
    first = next(iter(measured.values()))
    print(f"\n{title}")
    for name, value in measured.items():
        print(f"  {name:<44} {value * factor:9.2f} {unit}   x {value / first:.2f}")


def peak_megabytes(setup: str, routine: str) -> float:
    """Return by how much the memory of a fresh process rises, at its highest, while it runs ``routine`` (Linux)."""
    code = f"""
def kilobytes(what):
    lines = open('/proc/self/status').read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))
{setup}
open('/proc/self/clear_refs', 'w').write('5')  # forget the highest so far
before = kilobytes('VmRSS')
{routine}
print((kilobytes('VmHWM') - before) / 1024)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
