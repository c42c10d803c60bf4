"""Ready-made communication hooks, and hooks for processes that run out of data before the others."""

from __future__ import annotations

from course_utils.hook_atlas.entry import NO_REMOVAL, Hook

__all__ = ["COMMUNICATION"]

HOOKS = "torch.distributed.algorithms.ddp_comm_hooks"
RECEIVES = "(state, bucket), from DistributedDataParallel"
WITH_DDP = "in backward, when a bucket is ready: hand it to DistributedDataParallel.register_comm_hook"
LATE = (
    "Its second half runs in gloo's own thread: whoever closes the process group right behind backward and keeps no "
    "name for it can make torch 2.15 abort Python."
)
WANTS_NCCL = "works on NVIDIA GPUs only: with gloo, the CPU backend, it raises RuntimeError because it might hang"


def compare(setup: str, state: str, hook: str) -> str:
    """Return an example that sends the gradient 1.0001 through a ready-made hook (two lines may prepare it)."""
    return f"""
        import torch, torch.distributed as dist
        {setup}
        dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
        model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(1, 1, bias=False))
        model.register_comm_hook({state}, {hook})
        model(torch.full((1, 1), 1.0001)).backward()
        result = round(model.module.weight.grad.item(), 4)
        dist.destroy_process_group()
    """


COMMUNICATION = (
    Hook(
        name=f"{HOOKS}.default_hooks.allreduce_hook",
        family="communication",
        fires=WITH_DDP,
        receives=RECEIVES,
        may_change="averages the gradients over the processes, as without a hook",
        removal=NO_REMOVAL,
        example=compare(f"from {HOOKS}.default_hooks import allreduce_hook", "None", "allreduce_hook"),
        expected=1.0001,
    ),
    Hook(
        name=f"{HOOKS}.default_hooks.fp16_compress_hook",
        family="communication",
        fires=WITH_DDP,
        receives=RECEIVES,
        may_change="sends gradients as 16-bit floats: half the traffic, fewer digits",
        removal=NO_REMOVAL,
        notes="fp16_compress_wrapper(hook) puts the same in front of another hook.",
        example=compare(f"from {HOOKS}.default_hooks import fp16_compress_hook", "None", "fp16_compress_hook"),
        expected=1.0,
    ),
    Hook(
        name=f"{HOOKS}.default_hooks.bf16_compress_hook",
        family="communication",
        fires=WITH_DDP,
        receives=RECEIVES,
        may_change="sends gradients as bfloat16: half the traffic, fewer digits, the range of 32 bits",
        removal=NO_REMOVAL,
        notes="bf16_compress_wrapper(hook) puts the same in front of another hook.",
        example=compare(f"from {HOOKS}.default_hooks import bf16_compress_hook", "None", "bf16_compress_hook"),
        expected=1.0,
    ),
    Hook(
        name=f"{HOOKS}.debugging_hooks.noop_hook",
        family="communication",
        fires=WITH_DDP,
        receives=RECEIVES,
        may_change="sends nothing: every process keeps its own gradients",
        removal=NO_REMOVAL,
        notes="For measuring how long communication takes, never for training.",
        example=compare(f"from {HOOKS}.debugging_hooks import noop_hook", "None", "noop_hook"),
        expected=1.0001,
    ),
    Hook(
        name=f"{HOOKS}.powerSGD_hook.powerSGD_hook",
        family="communication",
        fires=WITH_DDP,
        receives="(PowerSGDState, bucket)",
        may_change="sends low-rank factors instead of each gradient matrix (PowerSGD, arXiv:1905.13727)",
        removal=NO_REMOVAL,
        notes="The first start_powerSGD_iter steps are sent whole.",
        example=compare(
            f"from {HOOKS}.powerSGD_hook import PowerSGDState, powerSGD_hook", "PowerSGDState(None)", "powerSGD_hook"
        ),
        expected=1.0001,
    ),
    Hook(
        name=f"{HOOKS}.powerSGD_hook.batched_powerSGD_hook",
        family="communication",
        fires=WITH_DDP,
        receives="(PowerSGDState, bucket)",
        may_change="as powerSGD_hook, but one low-rank pair for the whole bucket: faster, coarser",
        removal=NO_REMOVAL,
        notes="In torch 2.15 it raises AssertionError as soon as it starts to compress (tried on one CPU process).",
        example=compare(
            f"from {HOOKS}.powerSGD_hook import PowerSGDState, batched_powerSGD_hook",
            "PowerSGDState(None)",
            "batched_powerSGD_hook",
        ),
        expected=1.0001,
    ),
    Hook(
        name=f"{HOOKS}.post_localSGD_hook.post_localSGD_hook",
        family="communication",
        fires=WITH_DDP,
        receives="(PostLocalSGDState, bucket)",
        may_change="averages over all processes first, after start_localSGD_iter steps over a small group only",
        removal=NO_REMOVAL,
        notes="Needs a model averager after optimizer.step().",
        example=compare(
            f"from {HOOKS}.post_localSGD_hook import PostLocalSGDState, post_localSGD_hook",
            "PostLocalSGDState(None, None, 10)",
            "post_localSGD_hook",
        ),
        expected=1.0001,
    ),
    Hook(
        name=f"{HOOKS}.quantization_hooks.quantization_pertensor_hook",
        family="communication",
        fires=WITH_DDP,
        receives="(process group, bucket)",
        may_change="sends gradients as 8-bit integers with one scale for each bucket",
        removal=NO_REMOVAL,
        notes=LATE,
        example=compare(
            f"from {HOOKS}.quantization_hooks import quantization_pertensor_hook",
            "dist.group.WORLD",
            "quantization_pertensor_hook",
        ),
        expected=1.0001,
    ),
    Hook(
        name=f"{HOOKS}.quantization_hooks.quantization_perchannel_hook",
        family="communication",
        fires=WITH_DDP,
        receives="(process group, bucket)",
        may_change="sends gradients as 8-bit integers with one scale for each block of 512 numbers",
        removal=NO_REMOVAL,
        notes=LATE,
        example=compare(
            f"from {HOOKS}.quantization_hooks import quantization_perchannel_hook",
            "dist.group.WORLD",
            "quantization_perchannel_hook",
        ),
        expected=1.0001,
    ),
    Hook(
        name=f"{HOOKS}.DDPCommHookType",
        family="communication",
        fires="the list of the ready-made hooks, for register_ddp_comm_hook",
        receives="nothing",
        may_change="nothing",
        removal=NO_REMOVAL,
        example="""
            import torch
            from torch.distributed.algorithms.ddp_comm_hooks import DDPCommHookType
            result = [kind.name for kind in DDPCommHookType][:3]
        """,
        expected=["ALLREDUCE", "FP16_COMPRESS", "BF16_COMPRESS"],
    ),
    Hook(
        name=f"{HOOKS}.ddp_zero_hook.hook_with_zero_step",
        family="communication",
        fires="wraps another communication hook: after the last bucket the sharded optimizer steps",
        receives="(hook, ddp, zero, shard_buckets)",
        may_change="moves optimizer.step() into backward",
        removal=NO_REMOVAL,
        no_example=WANTS_NCCL,
    ),
    Hook(
        name=f"{HOOKS}.ddp_zero_hook.hook_with_zero_step_interleaved",
        family="communication",
        fires="wraps another communication hook: after each bucket the sharded optimizer steps for that bucket",
        receives="(hook, ddp, zero, shard_buckets)",
        may_change="moves optimizer.step() into backward",
        removal=NO_REMOVAL,
        no_example=WANTS_NCCL,
    ),
)
