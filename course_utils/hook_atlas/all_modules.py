"""Hooks on every module of the process at once."""

from __future__ import annotations

from course_utils.hook_atlas.entry import Hook

__all__ = ["ALL_MODULES"]

GLOBAL = "It changes every model in the process: use it inside a with block."

ALL_MODULES = (
    Hook(
        name="torch.nn.modules.module.register_module_forward_pre_hook",
        family="all modules",
        fires="when any module is called, before its own forward pre-hooks",
        receives="(module, args)",
        may_change="a returned value or tuple replaces args",
        notes=GLOBAL,
        example="""
            import torch
            from torch.nn.modules import module as all_modules
            with all_modules.register_module_forward_pre_hook(lambda module, args: 10 * args[0]):
                result = torch.nn.Identity()(torch.ones(2)).tolist()
        """,
        expected=[10.0, 10.0],
    ),
    Hook(
        name="torch.nn.modules.module.register_module_forward_hook",
        family="all modules",
        fires="when any module has been called, before its own forward hooks; always_call=True: also after an error",
        receives="(module, args, output); with_kwargs=True: (module, args, kwargs, output)",
        may_change="any returned value but None replaces the output",
        notes=GLOBAL,
        example="""
            import torch
            from torch.nn.modules import module as all_modules
            model, result = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.ReLU()), []
            def note(module, args, output):
                result.append(type(module).__name__)
            with all_modules.register_module_forward_hook(note):
                model(torch.ones(1, 2))
        """,
        expected=["Flatten", "ReLU", "Sequential"],
    ),
    Hook(
        name="torch.nn.modules.module.register_module_full_backward_pre_hook",
        family="all modules",
        fires="when the gradient with respect to any module's outputs is known, before its own pre-hooks",
        receives="(module, grad_output)",
        may_change="a returned tuple replaces grad_output",
        notes=GLOBAL,
        example="""
            import torch
            from torch.nn.modules import module as all_modules
            x = torch.ones(1, requires_grad=True)
            with all_modules.register_module_full_backward_pre_hook(lambda module, grad_output: (10 * grad_output[0],)):
                torch.nn.Identity()(x).backward()
            result = x.grad.item()
        """,
        expected=10.0,
    ),
    Hook(
        name="torch.nn.modules.module.register_module_full_backward_hook",
        family="all modules",
        fires="when the gradient with respect to any module's inputs is known, before its own full backward hooks",
        receives="(module, grad_input, grad_output)",
        may_change="a returned tuple replaces grad_input",
        notes=GLOBAL + " A process chooses full or legacy global hooks once and for all.",
        example="""
            import torch
            from torch.nn.modules import module as all_modules
            model, result = torch.nn.Sequential(torch.nn.Tanh(), torch.nn.ReLU()), []
            def note(module, grad_input, grad_output):
                result.append(type(module).__name__)
            with all_modules.register_module_full_backward_hook(note):
                model(torch.ones(2, requires_grad=True)).sum().backward()
        """,
        expected=["ReLU", "Tanh", "Sequential"],
    ),
    Hook(
        name="torch.nn.modules.module.register_module_backward_hook",
        family="all modules",
        fires="deprecated: after the last operation of any module ran backward",
        receives="(module, grad_input, grad_output) of that last operation",
        may_change="a returned tuple replaces grad_input of that operation",
        removal="handle.remove(), but the process refuses global full backward hooks ever after",
        notes="Use register_module_full_backward_hook. The example resets the private switch that remove() forgets.",
        example="""
            import warnings, torch
            from torch.nn.modules import module as all_modules
            all_modules._global_is_full_backward_hook = None
            layer, x, result = torch.nn.ReLU(), torch.ones(1, requires_grad=True), []
            def note(module, grad_input, grad_output):
                result.append(type(module).__name__)
            with all_modules.register_module_backward_hook(note), warnings.catch_warnings(record=True):
                layer(x).backward()
            all_modules._global_is_full_backward_hook = None
        """,
        expected=["ReLU"],
    ),
    Hook(
        name="torch.nn.modules.module.register_module_parameter_registration_hook",
        family="all modules",
        fires="when any module gets a new parameter",
        receives="(module, name, parameter)",
        may_change="a returned parameter is registered instead",
        notes="nn.Linear fills its weight after registration, so a value set here is overwritten there.",
        example="""
            import torch
            from torch.nn.modules import module as all_modules
            layer, seven = torch.nn.Module(), torch.nn.Parameter(torch.tensor(7.0))
            with all_modules.register_module_parameter_registration_hook(lambda module, name, parameter: seven):
                layer.scale = torch.nn.Parameter(torch.tensor(0.0))
            result = layer.scale.item()
        """,
        expected=7.0,
    ),
    Hook(
        name="torch.nn.modules.module.register_module_buffer_registration_hook",
        family="all modules",
        fires="when any module gets a new buffer",
        receives="(module, name, buffer)",
        may_change="a returned tensor is registered instead",
        notes=GLOBAL,
        example="""
            import torch
            from torch.nn.modules import module as all_modules
            layer = torch.nn.Module()
            with all_modules.register_module_buffer_registration_hook(lambda module, name, buffer: buffer + 7):
                layer.register_buffer("mean", torch.tensor(0.0))
            result = layer.mean.item()
        """,
        expected=7.0,
    ),
    Hook(
        name="torch.nn.modules.module.register_module_module_registration_hook",
        family="all modules",
        fires="when any module gets a new child",
        receives="(module, name, child)",
        may_change="a returned module is registered instead",
        notes=GLOBAL,
        example="""
            import torch
            from torch.nn.modules import module as all_modules
            model = torch.nn.Module()
            with all_modules.register_module_module_registration_hook(lambda module, name, child: torch.nn.Identity()):
                model.act = torch.nn.ReLU()
            result = type(model.act).__name__
        """,
        expected="Identity",
    ),
)
