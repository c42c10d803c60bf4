"""Hooks on what the graph saves for the way back."""

from __future__ import annotations

from course_utils.hook_atlas.entry import LEAVE_BLOCK, Hook

__all__ = ["SAVED"]

SAVED = (
    Hook(
        name="torch.autograd.graph.saved_tensors_hooks",
        family="saved tensors",
        fires="pack: when an operation in the with block saves a tensor; unpack: when backward needs it",
        receives="pack(tensor), unpack(what pack returned)",
        may_change="what unpack returns is what backward computes with",
        removal=LEAVE_BLOCK,
        notes="Use: compress, move or recompute what is saved. unpack fires later, outside the block.",
        example="""
            import torch
            x = torch.ones(1, requires_grad=True)
            with torch.autograd.graph.saved_tensors_hooks(lambda t: t.item(), lambda packed: torch.tensor([5.0])):
                y = x**2
            y.backward()
            result = x.grad.item()  # 2 * 5, not 2 * 1
        """,
        expected=10.0,
    ),
    Hook(
        name="torch.autograd.graph.disable_saved_tensors_hooks",
        family="saved tensors",
        fires="a relative: inside the with block, using saved_tensors_hooks raises RuntimeError with your message",
        receives="(error_message)",
        may_change="nothing",
        removal=LEAVE_BLOCK,
        example="""
            import torch
            try:
                with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
                    with torch.autograd.graph.save_on_cpu():
                        pass
            except RuntimeError as error:
                result = str(error)
        """,
        expected="not here",
    ),
    Hook(
        name="torch.autograd.graph.save_on_cpu",
        family="saved tensors",
        fires="a ready-made pair of saved_tensors_hooks: tensors are kept in main memory until backward",
        receives="(pin_memory, device_type)",
        may_change="where saved tensors live, not their values",
        removal=LEAVE_BLOCK,
        example="""
            import torch
            x = torch.tensor([3.0], requires_grad=True)
            with torch.autograd.graph.save_on_cpu():
                y = x**2
            y.backward()
            result = x.grad.item()
        """,
        expected=6.0,
    ),
    Hook(
        name="torch.autograd.graph.allow_mutation_on_saved_tensors",
        family="saved tensors",
        fires="a relative: inside the with block, a tensor that was saved is cloned before it is edited in place",
        receives="nothing",
        may_change="an edit that would make backward fail becomes harmless",
        removal=LEAVE_BLOCK,
        example="""
            import torch
            x = torch.tensor([3.0], requires_grad=True)
            with torch.autograd.graph.allow_mutation_on_saved_tensors():
                y = x.clone()
                z = y**2
                y.zero_()
                z.backward()
            result = x.grad.item()
        """,
        expected=6.0,
    ),
    Hook(
        name="torch.autograd.SavedTensor.register_hooks",
        family="saved tensors",
        fires="pack: at once; unpack: when backward needs this one saved tensor",
        receives="pack(tensor), unpack(what pack returned)",
        may_change="what unpack returns is what backward computes with",
        removal="cannot be taken back; it ends with the graph",
        notes="Found on a node as grad_fn._raw_saved_self, _raw_saved_other, ...",
        example="""
            import torch
            x = torch.ones(1, requires_grad=True)
            y = x**2
            y.grad_fn._raw_saved_self.register_hooks(lambda t: 5.0, lambda packed: torch.tensor([packed]))
            y.backward()
            result = x.grad.item()
        """,
        expected=10.0,
    ),
)
