"""What runs before an answer of lesson 07 is tried outside the lesson."""

from __future__ import annotations

__all__ = ["SETUP"]

SETUP = "from contextlib import ExitStack\nfrom functools import partial\n\nimport torch\nfrom torch import nn"
