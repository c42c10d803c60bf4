"""Hooks on a tensor."""

from __future__ import annotations

from course_utils.hook_atlas.entry import Hook

__all__ = ["TENSOR"]

TENSOR = (
    Hook(
        name="torch.Tensor.register_hook",
        family="tensor",
        fires="when the gradient with respect to this tensor is known, in backward() and in autograd.grad()",
        receives="(grad)",
        may_change="a returned tensor of the same shape replaces the gradient for everything before it; None keeps it",
        notes="Several hooks run in order of registration. Never edit grad in place: another branch may share it.",
        example="""
            import torch
            x = torch.tensor([2.0], requires_grad=True)
            y = x**2
            y.register_hook(lambda grad: grad / 2)
            (y**3).backward()
            result = x.grad.item()  # 192 without the hook
        """,
        expected=96.0,
    ),
    Hook(
        name="torch.Tensor.register_post_accumulate_grad_hook",
        family="tensor",
        fires="after .grad of this leaf has been filled by backward(); never in autograd.grad()",
        receives="(leaf tensor)",
        may_change="must return None; may use leaf.grad and even clear it",
        notes="Only leaves have it. Use: step the optimizer inside backward and free each gradient at once.",
        example="""
            import torch
            weight = torch.tensor(1.0, requires_grad=True)
            def step(leaf):
                with torch.no_grad():
                    leaf -= leaf.grad
                leaf.grad = None
            weight.register_post_accumulate_grad_hook(step)
            (3 * weight).backward()
            result = (weight.item(), weight.grad)
        """,
        expected=(-2.0, None),
    ),
    Hook(
        name="torch.Tensor.retain_grad",
        family="tensor",
        fires="a relative, no function of yours: backward() keeps .grad of this tensor although it is no leaf",
        receives="nothing",
        may_change="nothing",
        removal="cannot be taken back; it ends with the tensor",
        notes="It sees the gradient after every hook of register_hook has had its turn.",
        example="""
            import torch
            x = torch.tensor([2.0], requires_grad=True)
            y = x**2
            y.retain_grad()
            (y**3).backward()
            result = y.grad.item()
        """,
        expected=48.0,
    ),
)
