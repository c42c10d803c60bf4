"""Hooks for processes that run out of data before the others, and guards on a group of processes."""

from __future__ import annotations

from course_utils.hook_atlas.entry import LEAVE_BLOCK, NO_REMOVAL, Hook

__all__ = ["JOINING"]

JOIN = """
    import torch, torch.distributed as dist
    from torch.distributed.algorithms.join import Join, Joinable, JoinHook
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    result, hook = [], JoinHook()
    hook.post_hook = lambda is_last_joiner: result.append(is_last_joiner)
    members = dict(__init__=lambda self: Joinable.__init__(self), join_hook=lambda self, **options: hook)
    members |= dict(join_device=torch.device("cpu"), join_process_group=dist.group.WORLD)
    with Join([type("Counter", (Joinable,), members)()]):
        pass
    dist.destroy_process_group()
"""
MODEL = """
    import torch, torch.distributed as dist
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(1, 1))
"""

JOINING = (
    Hook(
        name="torch.distributed.algorithms.JoinHook.main_hook",
        family="distributed",
        fires="inside Join, in a process that has no data left, once for each step that others still make",
        receives="()",
        may_change="answers the collective operations of the others, so that they do not wait for ever",
        removal=LEAVE_BLOCK,
        notes="You write it as a method of your own JoinHook.",
        no_example="fires only while another process still works, so it needs two processes",
    ),
    Hook(
        name="torch.distributed.algorithms.JoinHook.post_hook",
        family="distributed",
        fires="inside Join, once, when every process has run out of data",
        receives="(is_last_joiner)",
        may_change="for example copies the final weights from the last process to the others",
        removal=LEAVE_BLOCK,
        example=JOIN,
        expected=[True],
    ),
    Hook(
        name="torch.distributed.algorithms.Joinable.join_hook",
        family="distributed",
        fires="at the start of Join: each object inside is asked for its JoinHook",
        receives="(**options given to Join)",
        may_change="the returned JoinHook is the one that is used",
        removal=LEAVE_BLOCK,
        example=JOIN,
        expected=[True],
    ),
    Hook(
        name="torch.nn.parallel.DistributedDataParallel.join_hook",
        family="distributed",
        fires="as Joinable.join_hook, for a model in DistributedDataParallel",
        receives="(**options given to Join)",
        may_change="the returned JoinHook answers the gradient averaging of the others",
        removal=LEAVE_BLOCK,
        example=MODEL + "    result = type(model.join_hook()).__name__\n    dist.destroy_process_group()",
        expected="_DDPJoinHook",
    ),
    Hook(
        name="torch.distributed.optim.ZeroRedundancyOptimizer.join_hook",
        family="distributed",
        fires="as Joinable.join_hook, for the sharded optimizer",
        receives="(**options given to Join)",
        may_change="the returned JoinHook makes the optimizer step along with the others",
        removal=LEAVE_BLOCK,
        example=MODEL
        + """    from torch.distributed.optim import ZeroRedundancyOptimizer
    optimizer = ZeroRedundancyOptimizer(model.parameters(), optimizer_class=torch.optim.SGD, lr=0.1)
    result = type(optimizer.join_hook()).__name__
    dist.destroy_process_group()""",
        expected="_ZeROJoinHook",
    ),
    Hook(
        name="torch.distributed.fsdp.register_fsdp_forward_method",
        family="distributed",
        fires="a relative: makes FSDP's own hooks run around another method than forward",
        receives="(module, method name)",
        may_change="the parameters are whole while that method runs",
        removal=NO_REMOVAL,
        example="""
            import torch, torch.distributed as dist
            from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            model = fully_shard(torch.nn.Linear(1, 1), mesh=dist.init_device_mesh("cpu", (1,)))
            model.look = lambda: type(model.weight).__name__
            register_fsdp_forward_method(model, "look")
            result = (type(model.weight).__name__, model.look())
            dist.destroy_process_group()
        """,
        expected=("DTensor", "Parameter"),
    ),
    Hook(
        name="torch.distributed.fsdp.FSDPModule.set_custom_all_gather",
        family="distributed",
        fires="before forward and backward of a sharded module: collects the shards of its parameters",
        receives="(AllGather), an object that you write",
        may_change="how parameters travel; set_custom_reduce_scatter does the same for gradients",
        removal="set another one; there is one slot",
        no_example="wants a whole communication class of your own, far more than ten lines",
    ),
    Hook(
        name="torch.distributed.distributed_c10d.NanCheckHook",
        family="distributed",
        fires="once attached to a group: before each collective operation it looks for NaN in what is sent",
        receives="attach(process group)",
        may_change="raises RuntimeError if it finds one",
        removal="hook.remove()",
        example="""
            import torch, torch.distributed as dist
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            hook = dist.distributed_c10d.NanCheckHook.attach(dist.group.WORLD)
            try:
                dist.all_reduce(torch.tensor([float("nan")]))
            except RuntimeError as error:
                result = str(error).splitlines()[0]
            hook.remove()
            dist.destroy_process_group()
        """,
        expected="NaN found in input tensor.",
    ),
    Hook(
        name="torch.distributed.distributed_c10d.FlightRecorderHook",
        family="distributed",
        fires="once attached to a group: notes every collective operation, for a report when training hangs",
        receives="attach(process group, global_ranks)",
        may_change="nothing",
        removal="hook.remove()",
        no_example="writes into torch's own log of collectives, which has no public reader for gloo",
    ),
    Hook(
        name="torch.distributed.distributed_c10d.HealthCheckHook",
        family="distributed",
        fires="once attached to a group: watches whether its collective operations go on",
        receives="attach(process group)",
        may_change="nothing",
        removal=NO_REMOVAL,
        no_example="undocumented in torch 2.15; attaching it to gloo changes nothing that can be seen",
    ),
)
