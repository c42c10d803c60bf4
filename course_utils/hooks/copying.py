"""Copy what a layer returned, into memory that costs little.

Recording a whole network asks the system for much fresh memory: each 4 kB page of resnet18's 27 MB is a trap into the
kernel, and together they cost more than the copying. So, after the first two megabytes, large copies
share a few large pages where the system has them (Linux), and pages whose last tensor is gone serve again. Everything
else is a plain ``clone()``.
"""

from __future__ import annotations

import mmap
import sys
import weakref
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import torch
from torch import Tensor

from course_utils.autograd_modes import graphs_recorded

__all__ = ["Copies"]

LARGE_PAGE = 2 * 2**20  # bytes; the usual size on x86-64 and ARM
WORTH_IT = LARGE_PAGE // 8  # bytes; so a copy that is kept alone keeps at most eight times its own memory
AT_ONCE = 4 * LARGE_PAGE  # bytes asked for together; a page that nobody writes to takes no memory
_blocks: deque[mmap.mmap] = deque(maxlen=4)  # the latest ones: at most 32 MB wait here for the next recording


class Copies:
    """Copies tensors; one that comes again unchanged is not copied twice (a container returns its last layer's)."""

    def __init__(self) -> None:
        self.original: Callable[[], Tensor | None] = lambda: None
        self.version = 0
        self.copy = torch.empty(0)
        self.pages = LargePages()

    def of(self, tensor: Tensor) -> Tensor:
        """Return a detached copy, an ordinary tensor even under ``inference_mode``."""
        if tensor.is_inference():
            with graphs_recorded():
                return self.pages.copy(tensor)
        # The version counts in-place changes: resnet's in-place ReLU returns the same object with other numbers.
        if self.original() is not tensor or self.version != tensor._version:
            self.copy = self.pages.copy(tensor.detach())
            self.original, self.version = weakref.ref(tensor), tensor._version
        return self.copy


class LargePages:
    """Memory in large pages, filled from the front; a tensor in it keeps it alive."""

    def __init__(self) -> None:
        self.cloned = 0  # bytes; who records a layer or two has nothing to gain
        self.memory: mmap.mmap | None = None
        self.used = 0

    def copy(self, tensor: Tensor) -> Tensor:
        """Return a copy with the same numbers, dtype and order in memory as ``clone()`` gives."""
        size = tensor.numel() * tensor.element_size()
        if self.cloned < LARGE_PAGE or size < WORTH_IT or not _plain(tensor):
            self.cloned += size
            return tensor.clone()
        if self.memory is None or self.used + size > len(self.memory):
            self.memory, self.used = _block(size), 0
        flat = torch.frombuffer(self.memory, dtype=tensor.dtype, count=tensor.numel(), offset=self.used)
        self.used += _rounded_up(size, mmap.PAGESIZE)
        return flat.as_strided(tensor.shape, _strides_of_a_clone(tensor)).copy_(tensor)


def _strides_of_a_clone(tensor: Tensor) -> tuple[int, ...]:
    return tensor.stride() if tensor.is_contiguous() else torch.empty_like(tensor, device="meta").stride()


def _plain(tensor: Tensor) -> bool:
    ordinary = type(tensor) is Tensor and tensor.layout == torch.strided and not tensor.is_quantized
    return ordinary and tensor.device.type == "cpu" and hasattr(mmap, "MADV_HUGEPAGE")


def _block(size: int) -> mmap.mmap:
    """Return memory that no tensor lives in: a block that served before, or a new one."""
    for _ in range(len(_blocks)):
        block = _blocks.popleft()  # out of the queue while we look, so that two threads never find the same one
        unused = sys.getrefcount(block) == 2  # this name and the question itself: each tensor in it would be one more
        _blocks.append(block)
        if unused and len(block) >= size:
            return block
    return _new_block(size)


def _new_block(size: int) -> mmap.mmap:
    size = max(AT_ONCE, _rounded_up(size, LARGE_PAGE))
    block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a kernel without large pages gives small ones: slower, and just as right
        block.madvise(mmap.MADV_HUGEPAGE)
    if size == AT_ONCE:
        _blocks.append(block)
    return block


def _rounded_up(size: int, step: int) -> int:
    return -(-size // step) * step
