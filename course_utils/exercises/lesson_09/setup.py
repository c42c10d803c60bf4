"""What runs before an answer of lesson 09 is tried outside the lesson."""

from __future__ import annotations

__all__ = ["SETUP"]

SETUP = "import torch\nfrom torch import nn\n\nfrom course_utils.hooks import record_outputs\n"
