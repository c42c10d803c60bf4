"""What torch builds hooks with, and hooks in its private rooms that one may meet."""

from __future__ import annotations

from course_utils.hook_atlas.entry import LEAVE_BLOCK, NO_REMOVAL, Hook

__all__ = ["PRIVATE", "TOOLS"]

WRAP = """
    import torch
    x, result = torch.tensor([2.0], requires_grad=True), []
    def note(module, grad_input, grad_output):
        result.extend([grad_input[0].item(), grad_output[0].item()])
    wrapper = torch.utils.hooks.BackwardHook(None, [note], [])
    (inside,) = wrapper.setup_input_hook((x,))
    wrapper.setup_output_hook(3 * inside).backward()
"""

TOOLS = (
    Hook(
        name="torch.utils.hooks.RemovableHandle",
        family="tools",
        fires="what nearly every register_... returns: the ticket with which you take your hook away",
        receives="(dict of hooks)",
        may_change="remove() may be called twice; the with block removes at its end",
        notes="It holds the dict weakly: the module owns the hook, the handle does not.",
        example="""
            import torch
            layer, calls = torch.nn.Identity(), []
            with layer.register_forward_hook(lambda *_: calls.append(1)):
                layer(torch.ones(1))
            layer(torch.ones(1))
            result = len(calls)
        """,
        expected=1,
    ),
    Hook(
        name="torch.utils.hooks.BackwardHook.setup_input_hook",
        family="tools",
        fires="internal: Module.__call__ wraps the inputs of a module that has full backward hooks",
        receives="(args)",
        may_change="returns the inputs behind a node BackwardHookFunctionBackward",
        removal="ends with the graph",
        notes="This is how a full backward hook gets into the graph.",
        example=WRAP,
        expected=[3.0, 1.0],
    ),
    Hook(
        name="torch.utils.hooks.BackwardHook.setup_output_hook",
        family="tools",
        fires="internal: Module.__call__ wraps the output of a module that has full backward hooks",
        receives="(output)",
        may_change="returns the output behind a node BackwardHookFunctionBackward",
        removal="ends with the graph",
        notes="Only tensors and tuples of tensors are wrapped: that is why a dict keeps the hook silent.",
        example=WRAP,
        expected=[3.0, 1.0],
    ),
    Hook(
        name="torch.utils.hooks.unserializable_hook",
        family="tools",
        fires="a decorator: saving a tensor with this hook drops the hook without a warning",
        receives="(hook function)",
        may_change="nothing but the mark",
        removal=NO_REMOVAL,
        example="""
            import warnings, torch
            x = torch.ones(1, requires_grad=True)
            x.register_hook(torch.utils.hooks.unserializable_hook(lambda grad: None))
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                torch.utils.hooks.warn_if_has_hooks(x)
            result = len(caught)
        """,
        expected=0,
    ),
    Hook(
        name="torch.utils.hooks.warn_if_has_hooks",
        family="tools",
        fires="when a tensor is saved: warns that its hooks are lost",
        receives="(tensor)",
        may_change="nothing",
        removal=NO_REMOVAL,
        example="""
            import warnings, torch
            x = torch.ones(1, requires_grad=True)
            x.register_hook(lambda grad: None)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                torch.utils.hooks.warn_if_has_hooks(x)
            result = len(caught)
        """,
        expected=1,
    ),
)

PRIVATE = (
    Hook(
        name="torch.nn.parallel.DistributedDataParallel._register_builtin_comm_hook",
        family="private",
        fires="as register_comm_hook, for two hooks written in C++ (BuiltinCommHookType)",
        receives="(BuiltinCommHookType)",
        may_change="how gradients are sent",
        removal=NO_REMOVAL,
        example="""
            import torch, torch.distributed as dist
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(1, 1))
            model._register_builtin_comm_hook(dist.BuiltinCommHookType.FP16_COMPRESS)
            model(torch.full((1, 1), 1.0001)).backward()
            result = model.module.weight.grad.item()
            dist.destroy_process_group()
        """,
        expected=1.0,
    ),
    Hook(
        name="torch._dynamo.convert_frame.register_bytecode_hook",
        family="private",
        fires="when torch.compile has rewritten a function's bytecode",
        receives="(old code, new code)",
        may_change="returned code is used instead",
        example="""
            import torch
            from torch._dynamo.convert_frame import register_bytecode_hook
            def triple(x):
                return 3 * x
            with register_bytecode_hook(lambda old, new: result.append(old.co_name)):
                result = []
                torch.compile(triple, backend="eager")(torch.ones(1))
            torch._dynamo.reset()
        """,
        expected=["triple"],
    ),
    Hook(
        name="torch._dynamo.register_hook_for_recompile_user_context",
        family="private",
        fires="when torch.compile has to compile a function once more",
        receives="() and returns a text for the log, such as the current epoch",
        may_change="nothing",
        removal="torch._dynamo.reset_recompile_user_contexts()",
        example="""
            import torch
            calls = []
            torch._dynamo.register_hook_for_recompile_user_context(lambda: calls.append("again") or "epoch 3")
            double = torch.compile(lambda x: 2 * x, backend="eager")
            double(torch.ones(2))
            double(torch.ones(2, 2))
            torch._dynamo.reset_recompile_user_contexts()
            torch._dynamo.reset()
            result = calls[0]
        """,
        expected="again",
    ),
    Hook(
        name="torch.distributed._tools.mod_tracker.ModTracker.register_user_hooks",
        family="private",
        fires="inside the tracker's with block, before and after forward and backward of every module",
        receives="pre_fw_hook, post_fw_hook, pre_bw_hook, post_bw_hook",
        may_change="nothing",
        removal="tracker.clear_user_hooks(), or " + LEAVE_BLOCK,
        example="""
            import torch
            from torch.distributed._tools.mod_tracker import ModTracker
            tracker, result = ModTracker(), []
            tracker.register_user_hooks(pre_fw_hook=lambda module, args: result.append(type(module).__name__))
            with tracker:
                torch.nn.Sequential(torch.nn.ReLU())(torch.ones(1))
        """,
        expected=["Sequential", "ReLU"],
    ),
    Hook(
        name="torch._C._acc.register_python_privateuseone_hook",
        family="private",
        fires="at once: hands torch a Python object that answers for a new kind of device",
        receives="(PrivateUse1Hooks)",
        may_change="how that device behaves",
        removal=NO_REMOVAL,
        no_example="only for people who teach torch a device of their own; it cannot be taken back",
    ),
    Hook(
        name="torch._functorch._aot_autograd.utils.register_buffer_assignment_hook",
        family="private",
        fires="while torch.export traces a model: when a buffer of the model is assigned",
        receives="(module, assigned_buffers)",
        may_change="notes the assignment in the dict",
        no_example="a step inside torch.export, not for callers",
    ),
)
