"""Copies of outputs: what clone() gives, in memory that is shared in large pages and used again."""

from __future__ import annotations

import gc
import mmap
import threading

import pytest
import torch
from torch import nn

from course_utils.hooks import copying, record_outputs
from course_utils.hooks.copying import AT_ONCE, LARGE_PAGE, WORTH_IT, LargePages

SIDE = int((WORTH_IT / 4) ** 0.5)  # SIDE x SIDE float32 numbers are just worth a large page


large_pages = pytest.mark.skipif(not hasattr(mmap, "MADV_HUGEPAGE"), reason="this system has no large pages")


@pytest.fixture(autouse=True)
def no_blocks_from_other_tests():
    copying._blocks.clear()
    yield
    copying._blocks.clear()


def started():
    """Pages whose first, plainly cloned megabytes are behind them."""
    pages = LargePages()
    pages.cloned = LARGE_PAGE
    return pages


def make(layout):
    numbers = torch.arange(4 * 8 * SIDE * SIDE, dtype=torch.float32)
    return {
        "contiguous": lambda: numbers.view(4, 8, SIDE, SIDE),
        "channels_last": lambda: numbers.view(4, 8, SIDE, SIDE).to(memory_format=torch.channels_last),
        "permuted": lambda: numbers.view(4, 8, SIDE, SIDE).permute(3, 1, 0, 2),
        "strided": lambda: numbers.view(4, 8, SIDE, SIDE)[:, ::2, :, 1::3],
        "expanded": lambda: numbers.view(4, 8, SIDE, SIDE)[:, :1].expand(4, 6, SIDE, SIDE),
        "bfloat16": lambda: numbers.view(4, 8, SIDE, SIDE).bfloat16(),
        "complex": lambda: torch.complex(numbers, -numbers),
        "bool": lambda: numbers.view(32, -1) % 2 == 0,
        "larger than a block": lambda: numbers.repeat(3 + AT_ONCE // (4 * len(numbers))),
    }[layout]()


LAYOUTS = [
    *("contiguous", "channels_last", "permuted", "strided", "expanded"),
    *("bfloat16", "complex", "bool", "larger than a block"),
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_copy_is_what_clone_gives(layout):
    tensor, pages = make(layout), started()
    for _ in range(3):  # side by side in one block
        copy, clone = pages.copy(tensor), tensor.clone()
        assert torch.equal(copy, clone)
        assert (copy.dtype, copy.stride()) == (clone.dtype, clone.stride())
        assert copy.untyped_storage().nbytes() == clone.untyped_storage().nbytes()  # so saving it saves no neighbour


@large_pages
def test_later_copies_share_large_pages():
    pages = started()
    pages.copy(torch.ones(SIDE, SIDE))
    assert pages.memory is not None


def test_the_first_megabytes_and_small_tensors_are_plain_clones():
    pages = LargePages()
    pages.copy(torch.ones(LARGE_PAGE // 4))
    pages.copy(torch.ones(WORTH_IT // 4 - 1))
    assert pages.memory is None


def test_copies_do_not_overlap():
    pages = started()
    copies = [pages.copy(torch.full((SIDE, SIDE + i), float(i))) for i in range(60)]  # more than one block
    for i, copy in enumerate(copies):
        assert (copy == i).all()


@large_pages
def test_memory_serves_again_only_when_its_last_tensor_is_gone():
    first = started()
    kept, dropped = first.copy(torch.ones(SIDE, SIDE)), first.copy(torch.ones(SIDE, SIDE))
    part, address = kept[1:], kept.data_ptr()
    del dropped, kept, first
    assert started().copy(torch.zeros(SIDE, SIDE)).data_ptr() != address
    assert (part == 1).all()  # a view keeps it, too
    del part
    assert started().copy(torch.zeros(SIDE, SIDE)).data_ptr() == address


def test_only_a_few_blocks_are_kept_waiting():
    pages = started()
    everything = [pages.copy(torch.ones(AT_ONCE // 4)) for _ in range(10)]
    del everything
    gc.collect()
    assert sum(len(block) for block in copying._blocks) <= 4 * AT_ONCE


def test_threads_never_share_memory():
    wrong = []

    def work(number):
        for _ in range(50):
            pages = started()
            copies = [pages.copy(torch.full((SIDE, SIDE), float(number))) for _ in range(4)]
            wrong.extend(copy for copy in copies if not (copy == number).all())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_record_stays_what_it_was_while_others_are_made():
    layers = nn.Sequential(*(nn.Identity() for _ in range(4)))
    networks = nn.Sequential(*(nn.Sequential(nn.ReLU(), layers[i]) for i in range(4)))
    images = torch.rand(1, 8, 2 * SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    with record_outputs(networks) as first:
        networks(images)
    wanted = {name: output.clone() for name, output in first.items()}
    for factor in (2.0, 3.0):
        with record_outputs(networks) as other:
            networks(images * factor)
        assert torch.equal(other["0.0"], images * factor)
    for name, output in wanted.items():
        assert torch.equal(first[name], output)
