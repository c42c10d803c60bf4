"""Hooks on CUDA graphs and on fx graphs: recorded computations, on the GPU and in Python."""

from __future__ import annotations

from course_utils.hook_atlas.entry import NO_REMOVAL, Hook

__all__ = ["CUDA_GRAPH", "FX"]

NEEDS_GPU = "fires only when a CUDA graph is captured or replayed, which needs an NVIDIA GPU"
ONE = "torch.cuda.CUDAGraph"
ALL = "torch.cuda.graphs"


def cuda_graph(name: str, fires: str, notes: str = "", receives: str = "(graph)") -> Hook:
    """Return the page of a hook that needs a GPU."""
    return Hook(name, "CUDA graph", fires, receives, "nothing is returned", notes=notes, no_example=NEEDS_GPU)


INSIDE = "CUDA work inside the hook becomes part of the graph."
HOT = "Keep it cheap: replay is the fast path."
SWALLOWED = " Fires for every graph of the process; an error inside it is swallowed."
CUDA_GRAPH = (
    cuda_graph(f"{ONE}.register_capture_start_hook", "when capture of this graph has begun", INSIDE),
    cuda_graph(f"{ONE}.register_capture_end_hook", "when capture of this graph has ended, before it is made runnable"),
    cuda_graph(f"{ONE}.register_post_instantiate_hook", "each time this graph has been made runnable"),
    cuda_graph(f"{ONE}.register_replay_start_hook", "before each replay of this graph", HOT),
    cuda_graph(
        f"{ONE}.register_replay_end_hook",
        "after each replay of this graph has been sent off",
        "The GPU may still be working on it. Fires also if sending it failed.",
    ),
    cuda_graph(f"{ALL}.register_graph_capture_start_hook", "when capture of any graph has begun", INSIDE + SWALLOWED),
    cuda_graph(f"{ALL}.register_graph_capture_end_hook", "when capture of any graph has ended", SWALLOWED.strip()),
    cuda_graph(f"{ALL}.register_graph_instantiate_hook", "when any graph has been made runnable", SWALLOWED.strip()),
    cuda_graph(f"{ALL}.register_graph_replay_start_hook", "before each replay of any graph", HOT + SWALLOWED),
    cuda_graph(f"{ALL}.register_graph_replay_end_hook", "after each replay of any graph was sent off", HOT + SWALLOWED),
    cuda_graph(
        f"{ALL}.register_graph_destroy_hook", "when any graph is destroyed", SWALLOWED.strip(), "(set of graph ids)"
    ),
)

MODULE = "torch.fx.GraphModule"
OBSERVER = "torch.fx.passes.graph_transform_observer.GraphTransformObserver"
EDIT = """
    import torch
    traced, result = torch.fx.symbolic_trace(torch.nn.ReLU()), []
    x, relu, output = traced.graph.nodes
"""
OBSERVE = """
    import torch
    from torch.fx.passes.graph_transform_observer import GraphTransformObserver
    traced = torch.fx.symbolic_trace(torch.nn.ReLU())
    observer, (x, relu, output) = GraphTransformObserver(traced, "my pass"), traced.graph.nodes
    observer.created_nodes, observer.erased_nodes, observer.name_to_node = set(), set(), {}
    observer.copied_gms = []
"""
READY = "a ready-made function for the GraphModule hook of the same kind"
FX = (
    Hook(
        name=f"{MODULE}._register_create_node_hook",
        family="fx",
        fires="when a node is added to the graph",
        receives="(node)",
        may_change="may edit the node",
        removal="module._unregister_create_node_hook(the same function)",
        notes="Private.",
        example=EDIT
        + """    traced._register_create_node_hook(lambda node: result.append(node.name))
    traced.graph.call_function(torch.neg, (x,))""",
        expected=["neg"],
    ),
    Hook(
        name=f"{MODULE}._register_erase_node_hook",
        family="fx",
        fires="when a node is taken out of the graph",
        receives="(node)",
        may_change="nothing",
        removal="module._unregister_erase_node_hook(the same function)",
        notes="Private.",
        example=EDIT
        + """    traced._register_erase_node_hook(lambda node: result.append(node.op))
    relu.replace_all_uses_with(x)
    traced.graph.erase_node(relu)""",
        expected=["call_function"],
    ),
    Hook(
        name=f"{MODULE}._register_replace_node_hook",
        family="fx",
        fires="when a user of one node is told to use another node",
        receives="(old, new, user), by keyword: two nodes and, for new, a name",
        may_change="nothing",
        removal="module._unregister_replace_node_hook(the same function)",
        notes="Private.",
        example=EDIT
        + """    traced._register_replace_node_hook(lambda old, new, user: result.append((new, user.name)))
    relu.replace_all_uses_with(x)""",
        expected=[("input_1", "output")],
    ),
    Hook(
        name=f"{MODULE}._register_deepcopy_hook",
        family="fx",
        fires="when the GraphModule is copied with copy.deepcopy",
        receives="(the copy)",
        may_change="may edit the copy",
        removal="module._unregister_deepcopy_hook(the same function)",
        notes="Private.",
        example="""
            import copy, torch
            traced, result = torch.fx.symbolic_trace(torch.nn.ReLU()), []
            traced._register_deepcopy_hook(lambda twin: result.append(twin is traced))
            copy.deepcopy(traced)
        """,
        expected=[False],
    ),
    Hook(
        name=f"{OBSERVER}.get_node_creation_hook",
        family="fx",
        fires=READY,
        receives="() and returns a function of (node)",
        may_change="notes the node's name in created_nodes",
        removal=NO_REMOVAL,
        example=OBSERVE + "    observer.get_node_creation_hook()(relu)\n    result = len(observer.created_nodes)",
        expected=1,
    ),
    Hook(
        name=f"{OBSERVER}.get_node_erase_hook",
        family="fx",
        fires=READY,
        receives="() and returns a function of (node)",
        may_change="notes the node's name in erased_nodes",
        removal=NO_REMOVAL,
        example=OBSERVE + "    observer.get_node_erase_hook()(relu)\n    result = len(observer.erased_nodes)",
        expected=1,
    ),
    Hook(
        name=f"{OBSERVER}.get_node_replace_hook",
        family="fx",
        fires=READY,
        receives="() and returns a function of (old, new, user)",
        may_change="writes into the new node where it came from",
        removal=NO_REMOVAL,
        example=OBSERVE
        + """    observer.name_to_node["output"] = output
    observer.get_node_replace_hook()(relu, "output", x)
    result = output.meta["from_node"][0].name == relu.name""",
        expected=True,
    ),
    Hook(
        name=f"{OBSERVER}.get_deepcopy_hook",
        family="fx",
        fires=READY,
        receives="() and returns a function of (the copy)",
        may_change="notes the copy",
        removal=NO_REMOVAL,
        example=OBSERVE + "    observer.get_deepcopy_hook()(traced)\n    result = len(observer.copied_gms)",
        expected=1,
    ),
    Hook(
        name="torch.fx.passes.pass_manager.log_hook",
        family="fx",
        fires="a wrapper: writes to the log what a pass over a graph returned",
        receives="(function, level)",
        may_change="nothing",
        removal="use the function without the wrapper",
        example="""
            import torch
            from torch.fx.passes.pass_manager import log_hook
            result = log_hook(len)([1, 2])
        """,
        expected=2,
    ),
    Hook(
        name="torch.export.ExportGraphSignature.get_replace_hook",
        family="fx",
        fires="a ready-made function for the replace hook of an exported program's graph",
        receives="() and returns a function of (old, new, user)",
        may_change="keeps the names of the outputs right when nodes are replaced",
        removal=NO_REMOVAL,
        example="""
            import torch
            program = torch.export.export(torch.nn.ReLU(), (torch.ones(1),))
            x, relu, output = program.graph.nodes
            program.graph_signature.get_replace_hook()(relu, "new_name", output)
            result = program.graph_signature.user_outputs
        """,
        expected=("new_name",),
    ),
)
