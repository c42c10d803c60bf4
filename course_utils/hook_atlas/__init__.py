"""Every hook that torch offers: when it fires, what it receives, what it may change, and an example that runs.

entry          the page of one hook
tensors, graph, saved, modules, all_modules, state, optimizers, distributed, communication, joining, graphs,
storage, relatives, tools    the pages, one file for each family
attempting     attempt something that may fail and print what came of it; a hook that tells what it received
running        run an example in a fresh namespace and leave nothing behind
tables         the pages as rows, as text and as HTML
introspection  find the hooks of the installed torch, so that a test can say what the atlas lacks
"""

from __future__ import annotations

import difflib

from course_utils.hook_atlas.all_modules import ALL_MODULES
from course_utils.hook_atlas.attempting import attempt, tell
from course_utils.hook_atlas.communication import COMMUNICATION
from course_utils.hook_atlas.distributed import DISTRIBUTED
from course_utils.hook_atlas.entry import Hook
from course_utils.hook_atlas.graph import GRAPH
from course_utils.hook_atlas.graphs import CUDA_GRAPH, FX
from course_utils.hook_atlas.joining import JOINING
from course_utils.hook_atlas.modules import MODULE
from course_utils.hook_atlas.optimizers import OPTIMIZER
from course_utils.hook_atlas.relatives import RELATIVES
from course_utils.hook_atlas.running import run_example
from course_utils.hook_atlas.saved import SAVED
from course_utils.hook_atlas.state import STATE
from course_utils.hook_atlas.storage import STORAGE
from course_utils.hook_atlas.tables import AtlasTable, table_of
from course_utils.hook_atlas.tensors import TENSOR
from course_utils.hook_atlas.tools import PRIVATE, TOOLS

__all__ = [
    "ATLAS",
    "FAMILIES",
    "AtlasTable",
    "Hook",
    "atlas_table",
    "attempt",
    "find_hook",
    "find_hooks",
    "run_example",
    "tell",
]

ATLAS: tuple[Hook, ...] = (
    *TENSOR,
    *GRAPH,
    *SAVED,
    *MODULE,
    *ALL_MODULES,
    *STATE,
    *OPTIMIZER,
    *DISTRIBUTED,
    *JOINING,
    *COMMUNICATION,
    *CUDA_GRAPH,
    *FX,
    *STORAGE,
    *RELATIVES,
    *TOOLS,
    *PRIVATE,
)
FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(hook.family for hook in ATLAS))


def find_hooks(text: str) -> tuple[Hook, ...]:
    """Return the hooks whose page contains every word of ``text``; capitals do not matter, no words find all."""
    return tuple(hook for hook in ATLAS if all(word in hook for word in text.split()))


def find_hook(name: str) -> Hook:
    """Return the page of the hook with this dotted name, or with this end of a dotted name.

    Raises:
        LookupError: no hook, or more than one, is called so; the message offers names.
    """
    found = [hook for hook in ATLAS if hook.name == name] or [hook for hook in ATLAS if hook.name.endswith(f".{name}")]
    if len(found) == 1:
        return found[0]
    near = [hook.name for hook in found] or difflib.get_close_matches(name, [h.name for h in ATLAS], n=3, cutoff=0.3)
    raise LookupError(f"{name!r} names {len(found) or 'no'} hooks of the atlas; did you mean one of {near}?")


def atlas_table(family: str | None = None, text: str = "") -> AtlasTable:
    """Return a table of the atlas: one family or all, and only the hooks whose page contains every word of ``text``.

    Raises:
        LookupError: there is no such family; the message lists them.
    """
    if family is not None and family not in FAMILIES:
        raise LookupError(f"the atlas has no family {family!r}; it has {list(FAMILIES)}")
    return table_of(hook for hook in find_hooks(text) if family in (None, hook.family))
