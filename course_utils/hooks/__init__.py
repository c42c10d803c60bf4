"""Watch and change what flows through a network; every hook lives exactly as long as its ``with`` block.

finding    find_layer: a dotted name becomes a layer, or an error that offers near names
recording  record_outputs: what layers return
copying    copies of what layers return, in memory that costs little
gradients  record_gradients: what comes back to it
views      a view that was changed in place after a layer returned it, and so lost its gradient
changing   replace_output, mask_channels: let a layer return something else
tracing    trace_hooks, trace_everything: a table of what fired in a step, in order
events     what that table is made of
saving     its lines about tensors that are kept for backward
counting   count_hooks: how many hooks are on a model; after every block as many as before
lifetime   hooked: one hook for one block; the rest is made of it
nesting    map_nested: tuples, lists, dicts and dataclasses of tensors

The hooks of this room, defined and tested: a layer that runs twice (the last run counts), in-place operations after
a layer (they rewrite no record), tuple, dict and dataclass outputs, frozen models, ``no_grad`` and ``inference_mode``,
checkpointing, copies made inside a block, compiled models (refused), exceptions and Ctrl-C anywhere.
"""

from course_utils.hooks.changing import mask_channels, replace_output
from course_utils.hooks.counting import count_hooks
from course_utils.hooks.events import Event, Trace
from course_utils.hooks.finding import find_layer
from course_utils.hooks.gradients import record_gradients
from course_utils.hooks.lifetime import hooked
from course_utils.hooks.recording import record_outputs
from course_utils.hooks.tracing import trace_everything, trace_hooks

__all__ = [
    "Event",
    "Trace",
    "count_hooks",
    "find_layer",
    "hooked",
    "mask_channels",
    "record_gradients",
    "record_outputs",
    "replace_output",
    "trace_everything",
    "trace_hooks",
]
