"""Keep torch's global settings and everybody's random numbers as they were, and say what an answer changed."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

__all__ = ["kept_random_numbers", "kept_settings"]

SEED = 2016_1610  # any number that no learner chooses: a seed that differs afterwards was set by the answer


@dataclass(frozen=True)
class Setting:
    """One global setting: what it is called, how to read it, how to write it, what it is as a rule, if there is one."""

    words: str
    read: Callable[[], object]
    write: Callable[..., object]
    usual: object = None


@dataclass(frozen=True)
class Generator:
    """One global source of random numbers."""

    state: Callable[[], object]
    set_state: Callable[..., object]
    seed: Callable[[int], object]


@contextmanager
def kept_settings(notes: list[str]) -> Iterator[None]:
    """Judge under torch's usual settings: gradients are recorded, new tensors are float32.

    A setting that the block changes is put back, with a note. So is one that was left unusual by earlier cells:
    whoever switches gradients off for the whole notebook wonders later where they are.
    """
    if "torch" not in sys.modules:
        yield
        return
    with ExitStack() as kept:
        for setting in _torch_settings():
            kept.enter_context(_kept(setting, notes))
        kept.enter_context(_every_warning())
        yield


@contextmanager
def _kept(setting: Setting, notes: list[str]) -> Iterator[None]:
    home = setting.read()
    if setting.usual not in (None, home):
        home = setting.usual
        setting.write(home)
        notes.append(f"{setting.words}: an earlier cell changed this for the whole notebook; it is {home} again")
    try:
        yield
    finally:
        if setting.read() != home:
            setting.write(home)
            notes.append(f"{setting.words}: your code changed this for the whole notebook; it has been put back")


@contextmanager
def _every_warning() -> Iterator[None]:
    """Let torch repeat the warnings that it gives only once in a session, so that a check always says the same."""
    import torch

    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        yield
    finally:
        torch.set_warn_always(before)


@contextmanager
def kept_random_numbers(notes: list[str], names: set[str]) -> Iterator[None]:
    """Seed all random numbers inside the block, so that a check always says the same; afterwards they go on as before.

    Args:
        notes: gets a note if the answer set torch's seed.
        names: the names that the answer's code uses; a judge may set seeds as it likes.
    """
    generators = _generators()
    states = [generator.state() for generator in generators]
    for generator in generators:
        generator.seed(SEED)
    try:
        yield
    finally:
        if _torch_was_seeded() and names & {"manual_seed", "seed", "seed_everything"}:
            notes.append("your code set torch's random seed for the whole notebook; it has been put back")
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)


def _torch_was_seeded() -> bool:
    return "torch" in sys.modules and sys.modules["torch"].initial_seed() != SEED


def _generators() -> list[Generator]:
    """Return every source of random numbers that is loaded."""
    generators = [Generator(random.getstate, random.setstate, random.seed)]
    if "numpy" in sys.modules:
        import numpy.random as numbers

        generators.append(Generator(numbers.get_state, numbers.set_state, numbers.seed))
    if "torch" in sys.modules:
        import torch

        generators.append(Generator(torch.get_rng_state, torch.set_rng_state, torch.default_generator.manual_seed))
        if torch.cuda.is_initialized():
            cuda = torch.cuda
            generators.append(Generator(cuda.get_rng_state_all, cuda.set_rng_state_all, cuda.manual_seed_all))
    return generators


def _torch_settings() -> tuple[Setting, ...]:
    import torch
    from torch.backends import cudnn
    from torch.nn.modules import module

    def set_default_device(device: torch.device) -> None:
        torch.set_default_device(None if device == torch.device("cpu") else device)

    def attribute(words: str, owner: object, name: str) -> Setting:
        return Setting(words, lambda: getattr(owner, name), lambda value: setattr(owner, name, value))

    search_for_nan = torch.autograd.set_detect_anomaly
    mode, set_mode = torch.get_deterministic_debug_mode, torch.set_deterministic_debug_mode
    precision, set_precision = torch.get_float32_matmul_precision, torch.set_float32_matmul_precision
    return (
        Setting("recording of gradients", torch.is_grad_enabled, torch.set_grad_enabled, usual=True),
        Setting("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype, usual=torch.float32),
        Setting("torch's default device", torch.get_default_device, set_default_device),
        Setting("torch's number of threads", torch.get_num_threads, torch.set_num_threads),
        Setting("torch's deterministic mode", mode, set_mode),
        Setting("torch's search for NaN", torch.is_anomaly_enabled, search_for_nan),
        Setting("torch's precision of matrix products", precision, set_precision),
        attribute("cuDNN's benchmark mode", cudnn, "benchmark"),
        attribute("cuDNN's deterministic mode", cudnn, "deterministic"),
        attribute("torch's kind of global backward hooks", module, "_global_is_full_backward_hook"),
    )
