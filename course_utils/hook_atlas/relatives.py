"""Relatives of hooks: other doors through which torch calls your code."""

from __future__ import annotations

from course_utils.hook_atlas.entry import LEAVE_BLOCK, NO_REMOVAL, Hook

__all__ = ["RELATIVES"]

RELATIVES = (
    Hook(
        name="torch.overrides.TorchFunctionMode",
        family="modes and relatives",
        fires="inside the with block, at every call of a torch function or tensor method",
        receives="(self, func, types, args, kwargs)",
        may_change="what it returns is the result of the call",
        removal=LEAVE_BLOCK,
        example="""
            import torch
            class DoubleTanh(torch.overrides.TorchFunctionMode):
                def __torch_function__(self, func, types, args=(), kwargs=None):
                    out = func(*args, **(kwargs or {}))
                    return 2 * out if func is torch.tanh else out
            with DoubleTanh():
                result = round(torch.tanh(torch.tensor(1.0)).item(), 4)
        """,
        expected=1.5232,
    ),
    Hook(
        name="torch.utils._python_dispatch.TorchDispatchMode",
        family="modes and relatives",
        fires="inside the with block, below autograd: at every basic operation, those of backward too",
        receives="(self, func, types, args, kwargs)",
        may_change="what it returns is the result of the operation",
        removal=LEAVE_BLOCK,
        example="""
            import torch
            from torch.utils._python_dispatch import TorchDispatchMode
            x, result = torch.ones(1), []
            class Note(TorchDispatchMode):
                def __torch_dispatch__(self, func, types, args=(), kwargs=None):
                    result.append(str(func))
                    return func(*args, **(kwargs or {}))
            with Note():
                x.exp()
        """,
        expected=["aten.exp.default"],
    ),
    Hook(
        name="torch.overrides.handle_torch_function",
        family="modes and relatives",
        fires="inside functions that you write: gives modes and tensor subclasses their say, as in torch's own",
        receives="(public_api, relevant_args, *args, **kwargs)",
        may_change="its result is the result of your function",
        removal=NO_REMOVAL,
        example="""
            import torch
            class Loud(torch.Tensor):
                @classmethod
                def __torch_function__(cls, func, types, args=(), kwargs=None):
                    return f"Loud saw {func.__name__}"
            def triple(x):
                return torch.overrides.handle_torch_function(triple, (x,), x)
            result = triple(torch.ones(1).as_subclass(Loud))
        """,
        expected="Loud saw triple",
    ),
    Hook(
        name="torch.autograd.Function",
        family="modes and relatives",
        fires="your own operation: backward is called where the graph reaches it",
        receives="forward(ctx, *inputs), backward(ctx, *grad_outputs)",
        may_change="backward returns the gradients of the inputs",
        removal="apply another function",
        notes="Reaches into the middle of a computation, as a tensor hook does, but lives in the model's code.",
        example="""
            import torch
            class HalveGradient(torch.autograd.Function):
                forward = staticmethod(lambda ctx, x: x.clone())
                backward = staticmethod(lambda ctx, grad: grad / 2)
            x = torch.tensor([2.0], requires_grad=True)
            (HalveGradient.apply(x**2) ** 3).backward()
            result = x.grad.item()
        """,
        expected=96.0,
    ),
    Hook(
        name="torch.library.register_autograd",
        family="modes and relatives",
        fires="gives an operator of your own its backward",
        receives="(operator name, backward(ctx, *grads), setup_context=...)",
        may_change="backward returns the gradients of the inputs",
        removal=NO_REMOVAL + "; with lib=Library it ends with that library",
        example="""
            import torch
            lib = torch.library.Library("course_atlas", "FRAGMENT")
            lib.define("same(Tensor x) -> Tensor")
            lib.impl("same", lambda x: x.clone(), "CompositeExplicitAutograd")
            torch.library.register_autograd("course_atlas::same", lambda ctx, grad: 10 * grad, lib=lib)
            x = torch.tensor(2.0, requires_grad=True)
            torch.ops.course_atlas.same(x).backward()
            result = x.grad.item()
            lib._destroy()
        """,
        expected=10.0,
    ),
    Hook(
        name="torch.nn.utils.parametrize.register_parametrization",
        family="modes and relatives",
        fires="each time a parameter is read",
        receives="the forward of a module of yours gets the stored parameter",
        may_change="what it returns is the parameter that the layer sees",
        removal="parametrize.remove_parametrizations(layer, name)",
        example="""
            import torch
            class Doubled(torch.nn.Module):
                forward = staticmethod(lambda weight: 2 * weight)
            layer = torch.nn.Linear(1, 1)
            torch.nn.init.constant_(layer.weight, 1.0)
            torch.nn.utils.parametrize.register_parametrization(layer, "weight", Doubled())
            result = layer.weight.item()
        """,
        expected=2.0,
    ),
    Hook(
        name="torch.autograd.detect_anomaly",
        family="modes and relatives",
        fires="inside the with block: backward stops at the first operation that returns NaN and shows who made it",
        receives="(check_nan)",
        may_change="raises RuntimeError",
        removal=LEAVE_BLOCK,
        notes="Slow. It names an operation; the hooks of this lesson name a layer.",
        example="""
            import warnings, torch
            x = torch.tensor(-1.0, requires_grad=True)
            try:
                with warnings.catch_warnings(record=True), torch.autograd.detect_anomaly():
                    x.sqrt().backward()
            except RuntimeError as error:
                result = str(error)
        """,
        expected="Function 'SqrtBackward0' returned nan values in its 0th output.",
    ),
    Hook(
        name="torch.utils.module_tracker.ModuleTracker",
        family="modes and relatives",
        fires="inside the with block, keeps the names of the modules that are being called",
        receives="nothing; read tracker.parents",
        may_change="nothing",
        removal=LEAVE_BLOCK,
        example="""
            import torch
            from torch.utils.module_tracker import ModuleTracker
            model, result = torch.nn.Sequential(torch.nn.ReLU()), []
            with ModuleTracker() as tracker:
                model[0].register_forward_pre_hook(lambda *_: result.append(sorted(tracker.parents)))
                model(torch.ones(1))
        """,
        expected=[["Global", "Sequential", "Sequential.0"]],
    ),
    Hook(
        name="torch.monitor.register_event_handler",
        family="modes and relatives",
        fires="when somebody calls torch.monitor.log_event",
        receives="(event)",
        may_change="nothing",
        removal="torch.monitor.unregister_event_handler(handle)",
        example="""
            import datetime, torch
            result = []
            handle = torch.monitor.register_event_handler(lambda event: result.append(event.name))
            torch.monitor.log_event(torch.monitor.Event("epoch.end", datetime.datetime(2000, 1, 1), {}))
            torch.monitor.unregister_event_handler(handle)
        """,
        expected=["epoch.end"],
    ),
)
