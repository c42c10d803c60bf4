"""Hooks on training in several processes: how gradients travel between them."""

from __future__ import annotations

from course_utils.hook_atlas.entry import NO_REMOVAL, Hook

__all__ = ["DISTRIBUTED"]


def no_abort(name: str, fires: str) -> Hook:
    """Return the page of a hook on giving up communication, which a CPU backend does not have."""
    return Hook(
        name=f"torch.distributed.{name}",
        family="distributed",
        fires=fires,
        receives="(number, function without arguments), or (number) to take it away",
        may_change="nothing",
        removal="unregister_abort_hook(number)",
        notes="supports_abort_hooks says whether the backend has them.",
        no_example="gloo, the CPU backend, does not support abort hooks: it raises RuntimeError",
    )


DISTRIBUTED = (
    Hook(
        name="torch.nn.parallel.DistributedDataParallel.register_comm_hook",
        family="distributed",
        fires="in backward, when a bucket of gradients is ready to be averaged over the processes",
        receives="(state, bucket); bucket.buffer() is one flat tensor",
        may_change="the Future that it returns holds the gradients that everybody uses",
        removal=NO_REMOVAL + "; only one for each model, before the first backward",
        notes="Divide by the number of processes yourself. DDPCommHookType lists the ready-made ones.",
        example="""
            import torch, torch.distributed as dist
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(1, 1))
            def times_ten(state, bucket):
                sending = dist.all_reduce(10 * bucket.buffer(), async_op=True)
                return sending.get_future().then(lambda done: done.value()[0])
            model.register_comm_hook(None, times_ten)
            model(torch.ones(1, 1)).backward()
            result = model.module.weight.grad.item()
            dist.destroy_process_group()
        """,
        expected=10.0,
    ),
    Hook(
        name="torch.distributed.algorithms.ddp_comm_hooks.register_ddp_comm_hook",
        family="distributed",
        fires="at once: it registers one of the ready-made hooks, a member of DDPCommHookType",
        receives="(comm_hook_type, model, state)",
        may_change="how gradients are sent",
        removal=NO_REMOVAL,
        example="""
            import torch, torch.distributed as dist
            from torch.distributed.algorithms.ddp_comm_hooks import DDPCommHookType, register_ddp_comm_hook
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(1, 1))
            register_ddp_comm_hook(DDPCommHookType.FP16_COMPRESS, model)
            model(torch.full((1, 1), 1.0001)).backward()
            result = model.module.weight.grad.item()  # 16 bits cannot hold 1.0001
            dist.destroy_process_group()
        """,
        expected=1.0,
    ),
    Hook(
        name="torch.distributed.fsdp.FullyShardedDataParallel.register_comm_hook",
        family="distributed",
        fires="in backward, when the flat gradient of one sharded unit is ready",
        receives="(state, gradient), or (state, gradient, shard to fill) when gradients are sharded",
        may_change="edits the gradient in place, or fills the shard; returns None",
        removal=NO_REMOVAL + "; only one, on the root, before the first forward",
        notes="This is the older FSDP.",
        example="""
            import torch, torch.distributed as dist
            from torch.distributed.fsdp import FullyShardedDataParallel as FSDP, ShardingStrategy
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            cpu, whole = torch.device("cpu"), ShardingStrategy.NO_SHARD
            model = FSDP(torch.nn.Linear(1, 1), device_id=cpu, sharding_strategy=whole)
            model.register_comm_hook(None, lambda state, gradient: gradient.mul_(10))
            model(torch.ones(1, 1)).backward()
            result = [p.grad.tolist() for p in model.parameters()]  # weight and bias in one flat tensor
            dist.destroy_process_group()
        """,
        expected=[[10.0, 10.0]],
    ),
    Hook(
        name="torch.distributed.fsdp.FSDPModule.set_all_reduce_hook",
        family="distributed",
        fires="in backward, after the gradients of a sharded module have been reduced and scattered",
        receives="(reduce_output), a tensor",
        may_change="edits the tensor in place",
        removal="set another one; there is one slot",
        notes="This is the newer FSDP (fully_shard).",
        example="""
            import torch, torch.distributed as dist
            from torch.distributed.fsdp import fully_shard
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            mesh = dist.init_device_mesh("cpu", (1,))
            model = fully_shard(torch.nn.Linear(1, 1), mesh=mesh)
            model.set_all_reduce_hook(lambda gradient: gradient.mul_(10))
            model(torch.ones(1, 1)).sum().backward()
            result = model.weight.grad.to_local().item()
            dist.destroy_process_group()
        """,
        expected=10.0,
    ),
    Hook(
        name="torch.distributed.ProcessGroup.register_pre_hook",
        family="distributed",
        fires="before a collective operation of this group (all-reduce, broadcast, ...)",
        receives="(PreHookArgs): name, input_tensors, output_tensors, op_id, ...",
        may_change="nothing is returned",
        removal="group.unregister_pre_hook(number)",
        notes="You choose the number of the hook yourself.",
        example="""
            import torch, torch.distributed as dist
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            result = []
            dist.group.WORLD.register_pre_hook(1, lambda call: result.append(call.name.name))
            dist.all_reduce(torch.ones(1))
            dist.group.WORLD.unregister_pre_hook(1)
            dist.destroy_process_group()
        """,
        expected=["ALLREDUCE"],
    ),
    Hook(
        name="torch.distributed.ProcessGroup.register_post_hook",
        family="distributed",
        fires="after a collective operation of this group has been started",
        receives="(PostHookArgs): name, work, op_id, ...",
        may_change="nothing is returned",
        removal="group.unregister_post_hook(number)",
        example="""
            import torch, torch.distributed as dist
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            result = []
            dist.group.WORLD.register_post_hook(1, lambda call: result.append(call.name.name))
            dist.broadcast(torch.ones(1), src=0)
            dist.group.WORLD.unregister_post_hook(1)
            dist.destroy_process_group()
        """,
        expected=["BROADCAST"],
    ),
    Hook(
        name="torch.distributed.ProcessGroup.unregister_pre_hook",
        family="distributed",
        fires="at once: takes the pre-hook with this number away",
        receives="(number)",
        may_change="nothing",
        removal="is the removal",
        example="""
            import torch, torch.distributed as dist
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            result = []
            dist.group.WORLD.register_pre_hook(1, lambda call: result.append(call.name.name))
            dist.group.WORLD.unregister_pre_hook(1)
            dist.all_reduce(torch.ones(1))
            dist.destroy_process_group()
        """,
        expected=[],
    ),
    Hook(
        name="torch.distributed.ProcessGroup.unregister_post_hook",
        family="distributed",
        fires="at once: takes the post-hook with this number away",
        receives="(number)",
        may_change="nothing",
        removal="is the removal",
        example="""
            import torch, torch.distributed as dist
            dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
            result = []
            dist.group.WORLD.register_post_hook(1, lambda call: result.append(call.name.name))
            dist.group.WORLD.unregister_post_hook(1)
            dist.all_reduce(torch.ones(1))
            dist.destroy_process_group()
        """,
        expected=[],
    ),
    no_abort("ProcessGroup.register_abort_hook", "before the group gives up its communication (abort)"),
    no_abort("ProcessGroup.unregister_abort_hook", "at once: takes the abort hook with this number away"),
    no_abort("ProcessGroupGloo.register_abort_hook", "as ProcessGroup.register_abort_hook, for one backend"),
    no_abort("ProcessGroupGloo.unregister_abort_hook", "at once: takes it away from one backend"),
)
