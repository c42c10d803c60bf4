"""Hooks on optimizers: around a step, and around saving and loading."""

from __future__ import annotations

from course_utils.hook_atlas.entry import Hook

__all__ = ["OPTIMIZER"]

OPTIMIZER = (
    Hook(
        name="torch.optim.Optimizer.register_step_pre_hook",
        family="optimizer",
        fires="when step() is called, before any weight moves",
        receives="(optimizer, args, kwargs) of that step()",
        may_change="may edit gradients; a returned (args, kwargs) replaces the arguments of step()",
        notes="Use: clip gradients, or stop if one is not finite. Any other returned value raises RuntimeError.",
        example="""
            import torch
            weight = torch.nn.Parameter(torch.tensor(0.0))
            optimizer = torch.optim.SGD([weight], lr=1.0)
            optimizer.register_step_pre_hook(lambda *_: torch.nn.utils.clip_grad_value_([weight], 1.0))
            weight.grad = torch.tensor(100.0)
            optimizer.step()
            result = weight.item()
        """,
        expected=-1.0,
    ),
    Hook(
        name="torch.optim.Optimizer.register_step_post_hook",
        family="optimizer",
        fires="when step() has moved the weights",
        receives="(optimizer, args, kwargs)",
        may_change="may edit the weights; what it returns is ignored",
        notes="Use: keep weights in a range, count steps.",
        example="""
            import torch
            weight, result = torch.nn.Parameter(torch.tensor(1.0)), []
            optimizer = torch.optim.SGD([weight], lr=0.5)
            optimizer.register_step_post_hook(lambda optimizer, args, kwargs: result.append(weight.item()))
            weight.grad = torch.tensor(1.0)
            optimizer.step()
        """,
        expected=[0.5],
    ),
    Hook(
        name="torch.optim.optimizer.register_optimizer_step_pre_hook",
        family="optimizer",
        fires="when step() of any optimizer of the process is called, before its own pre-hooks",
        receives="(optimizer, args, kwargs)",
        may_change="as Optimizer.register_step_pre_hook",
        notes="It changes every optimizer in the process: use it inside a with block.",
        example="""
            import torch
            from torch.optim.optimizer import register_optimizer_step_pre_hook
            result, optimizer = [], torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            with register_optimizer_step_pre_hook(lambda optimizer, *_: result.append(type(optimizer).__name__)):
                optimizer.step()
        """,
        expected=["SGD"],
    ),
    Hook(
        name="torch.optim.optimizer.register_optimizer_step_post_hook",
        family="optimizer",
        fires="when step() of any optimizer of the process is done, after its own post-hooks",
        receives="(optimizer, args, kwargs)",
        may_change="what it returns is ignored",
        notes="It changes every optimizer in the process: use it inside a with block.",
        example="""
            import torch
            from torch.optim.optimizer import register_optimizer_step_post_hook
            result, optimizer = [], torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
            with register_optimizer_step_post_hook(lambda optimizer, *_: result.append(type(optimizer).__name__)):
                optimizer.step()
        """,
        expected=["Adam"],
    ),
    Hook(
        name="torch.optim.Optimizer.register_state_dict_pre_hook",
        family="optimizer",
        fires="when state_dict() of the optimizer is called, before it is collected",
        receives="(optimizer)",
        may_change="the optimizer itself",
        example="""
            import torch
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            optimizer.register_state_dict_pre_hook(lambda optimizer: optimizer.param_groups[0].update(lr=0.5))
            result = optimizer.state_dict()["param_groups"][0]["lr"]
        """,
        expected=0.5,
    ),
    Hook(
        name="torch.optim.Optimizer.register_state_dict_post_hook",
        family="optimizer",
        fires="when state_dict() of the optimizer has been collected",
        receives="(optimizer, state_dict)",
        may_change="may edit state_dict, or return another one instead",
        example="""
            import torch
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            optimizer.register_state_dict_post_hook(lambda optimizer, state: {**state, "note": "mine"})
            result = sorted(optimizer.state_dict())
        """,
        expected=["note", "param_groups", "state"],
    ),
    Hook(
        name="torch.optim.Optimizer.register_load_state_dict_pre_hook",
        family="optimizer",
        fires="when load_state_dict() of the optimizer is called, before it is read",
        receives="(optimizer, a shallow copy of state_dict)",
        may_change="may return another state_dict to be loaded instead",
        example="""
            import torch
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            saved = optimizer.state_dict()
            optimizer.register_load_state_dict_pre_hook(lambda optimizer, state: saved)
            optimizer.load_state_dict({})  # an empty file, and yet it loads
            result = optimizer.param_groups[0]["lr"]
        """,
        expected=0.1,
    ),
    Hook(
        name="torch.optim.Optimizer.register_load_state_dict_post_hook",
        family="optimizer",
        fires="when load_state_dict() of the optimizer is done",
        receives="(optimizer)",
        may_change="the optimizer itself, for example its learning rate",
        example="""
            import torch
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            optimizer.register_load_state_dict_post_hook(lambda optimizer: optimizer.param_groups[0].update(lr=0.5))
            optimizer.load_state_dict(optimizer.state_dict())
            result = optimizer.param_groups[0]["lr"]
        """,
        expected=0.5,
    ),
    Hook(
        name="torch.optim.Optimizer.profile_hook_step",
        family="optimizer",
        fires="internal: the wrapper around every step() that calls the step hooks",
        receives="(step)",
        may_change="nothing",
        removal="cannot be taken back",
        example="""
            import torch
            torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            result = torch.optim.SGD.step.hooked  # the first SGD of a process wraps the class
        """,
        expected=True,
    ),
)
