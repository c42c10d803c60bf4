"""Hooks on saving and loading the state of a module."""

from __future__ import annotations

from course_utils.hook_atlas.entry import LEAVE_BLOCK, NO_REMOVAL, Hook

__all__ = ["STATE"]

STATE = (
    Hook(
        name="torch.nn.Module.register_state_dict_pre_hook",
        family="state_dict",
        fires="when state_dict() is called, before this module writes its entries",
        receives="(module, prefix, keep_vars)",
        may_change="the module itself, so that what is written is up to date",
        example="""
            import torch
            layer, result = torch.nn.BatchNorm1d(1), []
            layer.register_state_dict_pre_hook(lambda module, prefix, keep_vars: result.append(prefix))
            torch.nn.Sequential(layer).state_dict()
        """,
        expected=["0."],
    ),
    Hook(
        name="torch.nn.Module.register_state_dict_post_hook",
        family="state_dict",
        fires="when state_dict() has collected this module and its children",
        receives="(module, state_dict, prefix, local_metadata)",
        may_change="may edit state_dict in place; must return None",
        example="""
            import torch
            layer = torch.nn.Linear(1, 1)
            layer.register_state_dict_post_hook(lambda module, state, prefix, meta: state.update(note="mine"))
            result = list(layer.state_dict())
        """,
        expected=["weight", "bias", "note"],
    ),
    Hook(
        name="torch.nn.Module.register_load_state_dict_pre_hook",
        family="state_dict",
        fires="when load_state_dict() reaches this module, before anything is copied",
        receives="(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)",
        may_change="may edit state_dict in place, for example rename old keys",
        example="""
            import torch
            layer = torch.nn.Linear(1, 1, bias=False)
            def rename(module, state, prefix, *rest):
                state[prefix + "weight"] = state.pop(prefix + "old_name")
            layer.register_load_state_dict_pre_hook(rename)
            layer.load_state_dict({"old_name": torch.tensor([[7.0]])})
            result = layer.weight.item()
        """,
        expected=7.0,
    ),
    Hook(
        name="torch.nn.Module.register_load_state_dict_post_hook",
        family="state_dict",
        fires="when load_state_dict() is done with this module, before it complains about keys",
        receives="(module, incompatible_keys), with the lists missing_keys and unexpected_keys",
        may_change="may edit both lists (clear them and nothing is complained about); must return None",
        example="""
            import torch
            layer = torch.nn.Linear(1, 1)
            layer.register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear())
            result = str(layer.load_state_dict({}))  # strict, and yet no error
        """,
        expected="<All keys matched successfully>",
    ),
    Hook(
        name="torch.nn.Module._register_state_dict_hook",
        family="state_dict",
        fires="private and older: among the public post-hooks, in order of registration",
        receives="(module, state_dict, prefix, local_metadata)",
        may_change="a returned dict replaces state_dict",
        notes="Private: use register_state_dict_post_hook.",
        example="""
            import torch
            layer = torch.nn.Linear(1, 1)
            layer._register_state_dict_hook(lambda module, state, prefix, meta: {"only": 1})
            result = layer.state_dict()
        """,
        expected={"only": 1},
    ),
    Hook(
        name="torch.nn.Module._register_load_state_dict_pre_hook",
        family="state_dict",
        fires="private and older: as the public one, without the module unless with_module=True",
        receives="(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)",
        may_change="may edit state_dict in place",
        notes="Private: use register_load_state_dict_pre_hook.",
        example="""
            import torch
            layer = torch.nn.Linear(1, 1, bias=False)
            layer._register_load_state_dict_pre_hook(lambda state, *rest: state["weight"].fill_(7.0))
            layer.load_state_dict({"weight": torch.zeros(1, 1)})
            result = layer.weight.item()
        """,
        expected=7.0,
    ),
    Hook(
        name="torch.onnx.utils.disable_apex_o2_state_dict_hook",
        family="state_dict",
        fires="deprecated relative: inside the with block, one hook of the Apex library is taken off state_dict()",
        receives="(model)",
        may_change="nothing in a model without Apex",
        removal=LEAVE_BLOCK,
        example="""
            import torch
            from torch.onnx.utils import disable_apex_o2_state_dict_hook
            layer = torch.nn.Linear(1, 1)
            with disable_apex_o2_state_dict_hook(layer):
                result = list(layer.state_dict())
        """,
        expected=["weight", "bias"],
    ),
    Hook(
        name="torch.nn.utils.spectral_norm.SpectralNormStateDictHook",
        family="state_dict",
        fires="a ready-made state_dict hook: spectral_norm() registers it to note its version",
        receives="(module, state_dict, prefix, local_metadata)",
        may_change="adds the version to local_metadata",
        removal=NO_REMOVAL + "; torch.nn.utils.remove_spectral_norm takes the whole norm off",
        notes="A worked example inside torch itself. Its mate is SpectralNormLoadStateDictPreHook.",
        example="""
            import torch
            layer = torch.nn.utils.spectral_norm(torch.nn.Linear(2, 2))
            result = [type(hook).__name__ for hook in layer._state_dict_hooks.values()]
        """,
        expected=["SpectralNormStateDictHook"],
    ),
    Hook(
        name="torch.nn.utils.spectral_norm.SpectralNormLoadStateDictPreHook",
        family="state_dict",
        fires="a ready-made load hook: spectral_norm() registers it to read files of older versions",
        receives="(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)",
        may_change="rebuilds the entries that older versions did not write",
        removal=NO_REMOVAL + "; torch.nn.utils.remove_spectral_norm takes the whole norm off",
        example="""
            import torch
            layer = torch.nn.utils.spectral_norm(torch.nn.Linear(2, 2))
            result = len(layer._load_state_dict_pre_hooks)
        """,
        expected=1,
    ),
)
