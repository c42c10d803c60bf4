"""The atlas: complete, true, and without side effects."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from functools import reduce

import pytest
import torch
from torch import distributed
from torch.nn.modules import module as module_room

from course_utils import hook_atlas
from course_utils.hook_atlas import ATLAS, FAMILIES, Hook, atlas_table, find_hook, find_hooks, run_example, running
from course_utils.hook_atlas.introspection import is_public

WITH_EXAMPLE = [hook for hook in ATLAS if hook.example]
WITHOUT_EXAMPLE = [hook for hook in ATLAS if not hook.example]


def page(example: str) -> Hook:
    """A page with this example."""
    return Hook("torch.made.up", "tensor", "never", "nothing", "nothing", example=example)


def resolve(name: str) -> object:
    """Return what a dotted name names: the longest importable module, then attributes."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            return reduce(getattr, parts[cut:], importlib.import_module(".".join(parts[:cut])))
        except ImportError:
            continue
    raise LookupError(name)


@pytest.fixture(scope="module")
def hooks_of_torch() -> list[list[str]]:
    """All public hooks of the installed torch, each with all its dotted paths; found in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "course_utils.hook_atlas.introspection"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


# Values


@pytest.mark.parametrize("hook", WITH_EXAMPLE, ids=lambda hook: hook.name)
def test_example_gives_what_the_page_says(hook):
    assert run_example(hook) == hook.expected


def test_halving_hook_gives_96():
    """x = 2, y = x² = 4, z = y³: dz/dy = 3·16 = 48, halved 24, times dy/dx = 4 is 96."""
    assert run_example(find_hook("torch.Tensor.register_hook")) == 96.0


def test_legacy_hook_reports_the_last_operation_only():
    """(3x).relu()·2: the true gradient is 6, the last operation alone gives 2."""
    assert run_example(find_hook("torch.nn.Module.register_backward_hook")) == (2.0, 6.0)


# Complete


def test_atlas_lists_every_public_hook_of_torch(hooks_of_torch):
    known = {hook.name for hook in ATLAS}
    missing = [paths[0] for paths in hooks_of_torch if not known & set(paths)]
    assert not missing, f"torch {torch.__version__} has hooks that the atlas does not list: {missing}"


def test_introspection_finds_the_hooks_that_everybody_knows(hooks_of_torch):
    found = {path for paths in hooks_of_torch for path in paths}
    assert found >= {
        "torch.Tensor.register_hook",
        "torch.nn.Module.register_full_backward_hook",
        "torch.nn.modules.module.register_module_forward_hook",
        "torch.optim.Optimizer.register_step_pre_hook",
        "torch.autograd.graph.saved_tensors_hooks",
        "torch.nn.parallel.DistributedDataParallel.register_comm_hook",
        "torch.cuda.graphs.register_graph_replay_start_hook",
        "torch.utils.data.IterDataPipe.set_reduce_ex_hook",
        "torch.package.PackageExporter.register_mock_hook",
    }


def test_an_inherited_hook_is_counted_once(hooks_of_torch):
    groups = [paths for paths in hooks_of_torch if "torch.nn.Linear.register_forward_hook" in paths]
    assert len(groups) == 1
    assert {"torch.nn.Module.register_forward_hook", "torch.jit.ScriptModule.register_forward_hook"} <= set(groups[0])


@pytest.mark.parametrize("hook", ATLAS, ids=lambda hook: hook.name)
def test_every_page_names_something_that_torch_has(hook):
    assert callable(resolve(hook.name))


def test_no_hook_has_two_pages():
    assert len({hook.name for hook in ATLAS}) == len(ATLAS)


def test_every_page_is_filled_in():
    for hook in ATLAS:
        assert all([hook.fires, hook.receives, hook.may_change, hook.removal]), hook.name
        assert bool(hook.example) != bool(hook.no_example), hook.name


def test_examples_have_at_most_ten_lines():
    assert {hook.name: hook.example for hook in ATLAS if len(hook.example.splitlines()) > 10} == {}


def test_private_hooks_say_that_they_are_private():
    for hook in ATLAS:
        if not is_public(hook.name):
            assert hook.family == "private" or "Private" in hook.notes or "_python_dispatch" in hook.name, hook.name


def test_hooks_without_example_wait_for_a_gpu_other_processes_or_the_compiler():
    assert {hook.family for hook in WITHOUT_EXAMPLE} == {
        "module",  # RemoteModule lives in another process; two belong to the TorchScript compiler
        "distributed",
        "communication",
        "CUDA graph",
        "files and data",  # torch.serialization.register_package cannot be taken back
        "private",
    }


# Finding


def test_find_hooks_needs_every_word():
    found = {hook.name for hook in find_hooks("backward MODULE grad_input deprecated")}
    assert found == {
        "torch.nn.Module.register_backward_hook",
        "torch.nn.modules.module.register_module_backward_hook",
    }


def test_no_words_find_all():
    assert find_hooks(" ") == ATLAS


def test_find_hook_by_the_end_of_its_name():
    assert find_hook("Module.register_forward_hook").name == "torch.nn.Module.register_forward_hook"


def test_table_has_one_row_for_each_hook_of_a_family():
    assert {row.hook for row in atlas_table("optimizer")} == {h.name for h in ATLAS if h.family == "optimizer"}


def test_table_of_two_filters():
    assert [row.hook for row in atlas_table("module", "always_call")] == ["torch.nn.Module.register_forward_hook"]


def test_the_table_as_text_and_as_html_say_the_same():
    table = atlas_table("tensor")
    for row in table:
        assert row.hook in repr(table)
        assert row.fires in repr(table)
        assert row.fires in table.html()


def test_html_is_escaped():
    assert "<script>" not in hook_atlas.tables.table_of([page("")]).html()
    sly = Hook("torch.a", "tensor", "<script>", "a", "b")
    assert "&lt;script&gt;" in hook_atlas.tables.table_of([sly]).html()


def test_an_empty_table_says_so():
    assert repr(atlas_table(text="no such word")) == "0 hooks"


# Damage


def registries() -> dict[str, object]:
    """What is registered for the whole process just now."""
    rooms = (module_room, sys.modules["torch.optim.optimizer"], torch.cuda.graphs)
    return {
        f"{room.__name__}.{name}": dict(value) if isinstance(value, dict) else value
        for room in rooms
        for name, value in vars(room).items()
        if name.startswith("_global_")
    }


def test_examples_leave_no_global_hook_behind():
    before = registries()
    for family in ("all modules", "optimizer"):
        for hook in (hook for hook in ATLAS if hook.family == family):
            run_example(hook)
    assert registries() == before


def test_a_careless_example_leaves_no_global_hook_behind():
    before = registries()
    run_example(page("from torch.nn.modules import module as m\nresult = m.register_module_backward_hook(print)"))
    assert registries() == before
    with module_room.register_module_full_backward_hook(lambda *_: None):  # the legacy switch is back as well
        pass
    module_room._global_is_full_backward_hook = before["torch.nn.modules.module._global_is_full_backward_hook"]


def test_a_failing_example_leaves_no_global_hook_behind():
    before = registries()
    source = "from torch.nn.modules import module as m\nm.register_module_forward_hook(print)\nraise KeyboardInterrupt"
    with pytest.raises(KeyboardInterrupt):
        run_example(page(source))
    assert registries() == before


def test_a_handle_from_before_still_removes_its_hook():
    with module_room.register_module_forward_hook(lambda *_: None) as handle:
        run_example(find_hook("register_module_forward_hook"))
        assert handle.id in module_room._global_forward_hooks
    assert handle.id not in module_room._global_forward_hooks


def test_examples_do_not_touch_the_random_numbers():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    run_example(find_hook("torch.nn.Module.register_full_backward_hook"))
    assert torch.equal(torch.get_rng_state(), before)


def test_examples_work_under_no_grad():
    with torch.no_grad():
        assert run_example(find_hook("torch.Tensor.register_hook")) == 96.0


def test_an_example_sees_nothing_of_ours():
    with pytest.raises(NameError, match="ATLAS"):
        run_example(page("result = ATLAS"))


def test_no_process_group_is_left_open_by_a_failing_example():
    source = (
        'import torch.distributed as d\nd.init_process_group("gloo", store=d.HashStore(), rank=0, world_size=1)\n1 / 0'
    )
    with pytest.raises(ZeroDivisionError):
        run_example(page(source))
    assert not torch.distributed.is_initialized()


# Errors


def test_a_hook_without_example_says_why():
    with pytest.raises(ValueError, match="NVIDIA GPU"):
        run_example(find_hook("CUDAGraph.register_replay_start_hook"))


def test_unknown_hook_offers_near_names():
    with pytest.raises(LookupError, match=r"names no hooks .* mean one of .*torch\.Tensor\.register_hook"):
        find_hook("register_hok")


def test_ambiguous_name_lists_all_that_it_means():
    with pytest.raises(LookupError, match=r"names 3 hooks .*Node\.register_hook.*Function\.register_hook"):
        find_hook("register_hook")


def test_unknown_family_lists_the_families():
    with pytest.raises(LookupError, match=r"no family 'tensors'; it has \['tensor', 'graph'"):
        atlas_table("tensors")


def test_families_are_in_the_order_of_the_atlas():
    assert FAMILIES[:5] == ("tensor", "graph", "saved tensors", "module", "all modules")


def test_a_closed_process_group_is_kept_for_a_while():
    """Whoever drops a group last ends it, and gloo's own thread must not: Python would abort."""
    compressing = "torch.distributed.algorithms.ddp_comm_hooks.quantization_hooks.quantization_pertensor_hook"
    destroy = distributed.destroy_process_group
    run_example(find_hook(compressing))
    assert isinstance(running._closed[-1], distributed.ProcessGroup)
    assert distributed.destroy_process_group is destroy
    assert not distributed.is_initialized()
