"""Hooks on the nodes of the graph."""

from __future__ import annotations

from course_utils.hook_atlas.entry import LEAVE_BLOCK, Hook

__all__ = ["GRAPH"]

GRAPH = (
    Hook(
        name="torch.autograd.graph.Node.register_hook",
        family="graph",
        fires="after this node of the graph has computed the gradients of its inputs",
        receives="(grad_inputs, grad_outputs), two tuples",
        may_change="a returned tuple replaces grad_inputs",
        notes="You find a node as tensor.grad_fn.",
        example="""
            import torch
            x = torch.ones(1, requires_grad=True)
            y = x.clone()
            y.grad_fn.register_hook(lambda grad_inputs, grad_outputs: (10 * grad_inputs[0],))
            y.backward()
            result = x.grad.item()
        """,
        expected=10.0,
    ),
    Hook(
        name="torch.autograd.graph.Node.register_prehook",
        family="graph",
        fires="before this node of the graph runs",
        receives="(grad_outputs), a tuple",
        may_change="a returned tuple replaces grad_outputs",
        example="""
            import torch
            x = torch.ones(1, requires_grad=True)
            y = x.clone()
            y.grad_fn.register_prehook(lambda grad_outputs: (10 * grad_outputs[0],))
            y.backward()
            result = x.grad.item()
        """,
        expected=10.0,
    ),
    Hook(
        name="torch.autograd.Function.register_hook",
        family="graph",
        fires="as Node.register_hook, for a node whose backward you wrote in Python",
        receives="(grad_inputs, grad_outputs), two tuples",
        may_change="a returned tuple replaces grad_inputs",
        example="""
            import torch
            class Double(torch.autograd.Function):
                forward = staticmethod(lambda ctx, x: 2 * x)
                backward = staticmethod(lambda ctx, grad: 2 * grad)
            x = torch.ones(1, requires_grad=True)
            y = Double.apply(x)
            y.grad_fn.register_hook(lambda grad_inputs, grad_outputs: (10 * grad_inputs[0],))
            y.backward()
            result = x.grad.item()
        """,
        expected=20.0,
    ),
    Hook(
        name="torch.autograd.Function.register_prehook",
        family="graph",
        fires="as Node.register_prehook, for a node whose backward you wrote in Python",
        receives="(grad_outputs), a tuple",
        may_change="a returned tuple replaces grad_outputs",
        example="""
            import torch
            class Double(torch.autograd.Function):
                forward = staticmethod(lambda ctx, x: 2 * x)
                backward = staticmethod(lambda ctx, grad: 2 * grad)
            x = torch.ones(1, requires_grad=True)
            y = Double.apply(x)
            y.grad_fn.register_prehook(lambda grad_outputs: (5 * grad_outputs[0],))
            y.backward()
            result = x.grad.item()
        """,
        expected=10.0,
    ),
    Hook(
        name="torch.autograd.graph.register_multi_grad_hook",
        family="graph",
        fires="mode='all': once the gradients of all listed tensors are known; mode='any': at the first of them",
        receives="'all': (list of gradients, None for those that were not needed); 'any': (grad)",
        may_change="nothing; what it returns is ignored",
        notes="In mode 'all' it fires before the last parameter's .grad has been filled.",
        example="""
            import torch
            a, b = torch.ones(2, requires_grad=True)
            seen = []
            torch.autograd.graph.register_multi_grad_hook([a, b], lambda grads: seen.extend(g.item() for g in grads))
            (2 * a + 3 * b).backward()
            result = seen
        """,
        expected=[2.0, 3.0],
    ),
    Hook(
        name="torch.autograd.graph.node_creation_hook",
        family="graph",
        fires="inside the with block, each time an operation adds a node to the graph",
        receives="(node)",
        may_change="nothing; it may register hooks on the node",
        removal=LEAVE_BLOCK,
        example="""
            import torch
            x = torch.ones(1, requires_grad=True)
            result = []
            with torch.autograd.graph.node_creation_hook(lambda node: result.append(node.name())):
                (x * 2).sum()
        """,
        expected=["torch::autograd::AccumulateGrad", "MulBackward0", "SumBackward0"],
    ),
    Hook(
        name="torch.autograd.graph.queue_callback",
        family="graph",
        fires="once, when the backward pass that is running has ended without an error",
        receives="()",
        may_change="nothing",
        removal="cannot be taken back; it is used up by that backward pass",
        notes="A relative: call it from inside a backward hook.",
        example="""
            import torch
            x, result = torch.ones(1, requires_grad=True), []
            def ask(grad):
                torch.autograd.graph.queue_callback(lambda: result.append(x.grad.item()))
            x.register_hook(ask)
            (3 * x).backward()
        """,
        expected=[3.0],
    ),
)
