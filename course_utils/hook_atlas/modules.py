"""Hooks on one module, on its way forward and back."""

from __future__ import annotations

from course_utils.hook_atlas.entry import Hook

__all__ = ["MODULE"]

MODULE = (
    Hook(
        name="torch.nn.Module.register_forward_pre_hook",
        family="module",
        fires="when the module is called, before forward",
        receives="(module, args); with_kwargs=True: (module, args, kwargs)",
        may_change="a returned value or tuple replaces args; with_kwargs=True wants (args, kwargs) back",
        notes="prepend=True puts it first. module.forward(x) called directly fires no hook.",
        example="""
            import torch
            layer = torch.nn.Identity()
            layer.register_forward_pre_hook(lambda module, args: 10 * args[0])
            result = layer(torch.ones(2)).tolist()
        """,
        expected=[10.0, 10.0],
    ),
    Hook(
        name="torch.nn.Module.register_forward_hook",
        family="module",
        fires="when the module is called, after forward; always_call=True: also when forward raised an Exception",
        receives="(module, args, output); with_kwargs=True: (module, args, kwargs, output)",
        may_change="any returned value but None replaces the output",
        notes="A lambda returns what its last call returns: setdefault(..., output.detach()) cuts the graph.",
        example="""
            import torch
            layer = torch.nn.Identity()
            layer.register_forward_hook(lambda module, args, output: 10 * output)
            result = layer(torch.ones(2)).tolist()
        """,
        expected=[10.0, 10.0],
    ),
    Hook(
        name="torch.nn.Module.register_full_backward_pre_hook",
        family="module",
        fires="when the gradient with respect to the module's outputs is known, before the module's own backward",
        receives="(module, grad_output), a tuple with one gradient for each output",
        may_change="a returned tuple replaces grad_output: the weights' gradients change as well",
        example="""
            import torch
            layer, x = torch.nn.Linear(1, 1, bias=False), torch.tensor([[3.0]], requires_grad=True)
            torch.nn.init.constant_(layer.weight, 2.0)
            layer.register_full_backward_pre_hook(lambda module, grad_output: (10 * grad_output[0],))
            layer(x).backward()
            result = (x.grad.item(), layer.weight.grad.item())  # (2, 3) without the hook
        """,
        expected=(20.0, 30.0),
    ),
    Hook(
        name="torch.nn.Module.register_full_backward_hook",
        family="module",
        fires="when the gradient for the module's inputs is known; if no input needs one, as soon as grad_output is",
        receives="(module, grad_input, grad_output), two tuples; None for inputs that need no gradient",
        may_change="a returned tuple replaces grad_input; the weights' gradients stay as they are",
        notes="Silent when the output is a dict; RuntimeError when the output is edited in place; a bare tensor fails.",
        example="""
            import torch
            layer, x = torch.nn.Linear(1, 1, bias=False), torch.tensor([[3.0]], requires_grad=True)
            torch.nn.init.constant_(layer.weight, 2.0)
            layer.register_full_backward_hook(lambda module, grad_input, grad_output: (10 * grad_input[0],))
            layer(x).backward()
            result = (x.grad.item(), layer.weight.grad.item())  # (2, 3) without the hook
        """,
        expected=(20.0, 3.0),
    ),
    Hook(
        name="torch.nn.Module.register_backward_hook",
        family="module",
        fires="deprecated: after the last operation of the module ran backward, not after the whole module",
        receives="(module, grad_input, grad_output); grad_input belongs to that last operation",
        may_change="a returned tuple replaces grad_input of that operation",
        removal="handle.remove(), but the module refuses full backward hooks ever after",
        notes="Use register_full_backward_hook.",
        example="""
            import warnings, torch
            class TwoSteps(torch.nn.Module):
                forward = staticmethod(lambda x: (x * 3).relu() * 2)
            layer, seen, x = TwoSteps(), [], torch.ones(1, requires_grad=True)
            layer.register_backward_hook(lambda module, grad_input, grad_output: seen.append(grad_input[0].item()))
            with warnings.catch_warnings(record=True):
                layer(x).backward()
            result = (seen[0], x.grad.item())  # the hook reports 2, the truth is 6
        """,
        expected=(2.0, 6.0),
    ),
    Hook(
        name="torch.distributed.nn.RemoteModule.register_forward_hook",
        family="module",
        fires="never: a RemoteModule lives in another process and refuses hooks",
        receives="nothing",
        may_change="nothing",
        notes="Register the hook on the module in the process where it lives.",
        no_example="needs a second process and torch.distributed.rpc; the call raises ValueError",
    ),
    Hook(
        name="torch.distributed.nn.RemoteModule.register_forward_pre_hook",
        family="module",
        fires="never: a RemoteModule lives in another process and refuses hooks",
        receives="nothing",
        may_change="nothing",
        notes="Register the hook on the module in the process where it lives.",
        no_example="needs a second process and torch.distributed.rpc; the call raises ValueError",
    ),
    Hook(
        name="torch.distributed.nn.RemoteModule.register_backward_hook",
        family="module",
        fires="never: a RemoteModule lives in another process and refuses hooks",
        receives="nothing",
        may_change="nothing",
        notes="Register the hook on the module in the process where it lives.",
        no_example="needs a second process and torch.distributed.rpc; the call raises ValueError",
    ),
    Hook(
        name="torch.ConcreteModuleTypeBuilder.add_forward_hook",
        family="module",
        fires="internal to TorchScript: the compiler notes a forward hook on the type that it builds",
        receives="(script function)",
        may_change="nothing",
        removal="cannot be taken back",
        notes="TorchScript is deprecated; torch.jit.script compiles the hooks that a module already has.",
        no_example="a step inside the TorchScript compiler, not for callers",
    ),
    Hook(
        name="torch.ConcreteModuleTypeBuilder.add_forward_pre_hook",
        family="module",
        fires="internal to TorchScript: the compiler notes a forward pre-hook on the type that it builds",
        receives="(script function)",
        may_change="nothing",
        removal="cannot be taken back",
        notes="TorchScript is deprecated; torch.jit.script compiles the hooks that a module already has.",
        no_example="a step inside the TorchScript compiler, not for callers",
    ),
)
