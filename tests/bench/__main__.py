"""`make bench`: every table, with the ratio of each row to the first row of its table.

Name tables to get only those: python -m tests.bench grad_cam
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import time

TABLES = ("imports", "grad_cam", "pixels", "family", "hooks", "training")


def imports() -> None:
    """How much `import course_utils` adds to `import torch`."""
    code = "import time, torch; t = time.perf_counter(); import course_utils; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print(f"import course_utils, after import torch: {float(done.stdout) * 1e3:.2f} ms")


def main() -> None:
    """Run the tables that were asked for, or all."""
    start = time.perf_counter()
    for name in sys.argv[1:] or TABLES:
        imports() if name == "imports" else importlib.import_module(f"tests.bench.{name}").main()
    print(f"\n{time.perf_counter() - start:.0f} seconds. A busy machine changes the times, hardly the ratios.")


if __name__ == "__main__":
    main()
