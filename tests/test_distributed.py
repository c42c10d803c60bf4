"""Training from a terminal: alone, and in two real processes that must come to the same network."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import torch
from PIL import Image
from torch import distributed, nn

from course_utils import train_command
from course_utils.checkpoints import load_checkpoint
from course_utils.training import TrainingState
from course_utils.training.distributed import (
    in_any_process,
    joined_rows,
    process_group,
    rank,
    share_of,
    summed,
    with_shared_gradients,
    world_size,
)

COMMAND = """
import argparse, sys
from course_utils import train_command
parser = argparse.ArgumentParser()
train_command.add_arguments(parser)
sys.exit(train_command.run(parser.parse_args()))
"""
CPU = torch.device("cpu")


def parsed(*words: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train_command.add_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def draw_folder(folder: Path, count: int, seed: int) -> None:
    noise = torch.randint(0, 128, (count, 32, 32, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))
    for number in range(count):
        kind = ("day", "night")[number % 2]
        (folder / kind).mkdir(parents=True, exist_ok=True)
        picture = noise[number] + (100 if kind == "day" else 0)
        Image.fromarray(picture.numpy()).save(folder / kind / f"{number:02}.png")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Nine pictures to train on and five to test on: with batches of four, one process goes without in the last."""
    root = tmp_path_factory.mktemp("pictures")
    draw_folder(root / "train", 9, seed=0)
    draw_folder(root / "test", 5, seed=1)
    return root


@pytest.fixture(scope="module")
def words(folder):
    return ["--data", folder, "--epochs", 2, "--batch-size", 4, "--device", "cpu"]


@pytest.fixture(scope="module")
def two_processes(words, tmp_path_factory):
    """Train under torchrun, once for all tests; return what was printed, and the checkpoint."""
    root = tmp_path_factory.mktemp("two")
    (root / "train.py").write_text(COMMAND)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    finished = subprocess.run(
        [*torchrun, str(root / "train.py"), *map(str, words), "-o", str(root / "two.pt")],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(train_command.__file__).parents[1])},
        check=False,
        timeout=240,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout, load_checkpoint(root / "two.pt")


@pytest.fixture
def one_of_one(monkeypatch):
    """Tell this process what torchrun would: that it is the first of one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name, value in {"WORLD_SIZE": 1, "RANK": 0, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}.items():
        monkeypatch.setenv(name, str(value))


# two processes


def test_two_processes_come_to_the_same_network_as_one(two_processes, words, tmp_path):
    train_command.run(parsed(*words, "-o", tmp_path / "one.pt"))
    alone, together = load_checkpoint(tmp_path / "one.pt"), two_processes[1]
    for name, weight in alone.model.state_dict().items():
        torch.testing.assert_close(together.model.state_dict()[name], weight, rtol=1e-3, atol=1e-4)
    assert together.accuracy == alone.accuracy
    assert (alone.recipe["processes"], together.recipe["processes"]) == (1, 2)


def test_only_the_first_process_speaks(two_processes):
    lines = two_processes[0].splitlines()
    assert [line.split()[0] for line in lines] == ["training", "epoch", "epoch", "saved"]
    assert "on 9 pictures" in lines[0]


# one process


def test_without_torchrun_there_is_one_process():
    rows, model = torch.arange(5), nn.Linear(1, 1)
    with process_group(CPU) as device:
        assert (device, rank(), world_size()) == (CPU, 0, 1)
    assert torch.equal(share_of(rows), rows)
    assert torch.equal(summed(rows), rows)
    assert torch.equal(joined_rows(rows, 5), rows)
    assert with_shared_gradients(model) is model


def test_a_group_ends_with_its_block(one_of_one):
    rows = torch.arange(6).view(3, 2)
    with process_group(CPU) as device:
        assert (device, world_size(), distributed.get_backend()) == (CPU, 1, "gloo")
        assert torch.equal(joined_rows(share_of(rows), 3), rows)
        assert torch.equal(summed(rows), rows)
        assert [in_any_process(happened) for happened in (True, False)] == [True, False]
    assert not distributed.is_initialized()


# the command


def test_the_command_normalises_with_the_numbers_of_its_pictures(folder, words, tmp_path):
    assert train_command.run(parsed(*words, "-o", tmp_path / "one.pt")) == 0
    checkpoint = load_checkpoint(tmp_path / "one.pt")
    pictures = [torch.from_numpy(numpy.array(Image.open(path))) for path in folder.glob("train/*/*.png")]
    std, mean = torch.std_mean(torch.stack(pictures) / 255, dim=(0, 1, 2))
    assert checkpoint.normalisation["mean"] == pytest.approx(mean.tolist(), abs=1e-4)
    assert checkpoint.normalisation["std"] == pytest.approx(std.tolist(), abs=1e-4)
    assert checkpoint.class_names == ("day", "night")
    assert checkpoint.recipe["images_seen"] == 18


def test_a_folder_without_parts_holds_a_tenth_back(folder, tmp_path, capsys):
    train_command.run(parsed("--data", folder / "train", "--epochs", 1, "-o", tmp_path / "one.pt"))
    assert "on 8 pictures" in capsys.readouterr().out


def test_ctrl_c_saves_beside_a_finished_network_and_never_over_it(words, tmp_path, monkeypatch, capsys):
    def press(state: TrainingState) -> None:
        raise KeyboardInterrupt

    output = tmp_path / "one.pt"
    output.write_bytes(b"a network that took all night")
    monkeypatch.setattr(train_command, "_report", press)
    assert train_command.run(parsed(*words, "-o", output)) == 130
    assert output.read_bytes() == b"a network that took all night"
    checkpoint = load_checkpoint(tmp_path / "one.interrupted.pt")
    assert (checkpoint.recipe["finished_epochs"], checkpoint.recipe["interrupted"]) == (1, True)
    assert "saved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["-o", "nowhere/at/all.pt"], FileNotFoundError, "no folder .* make it first"),
        (["-o", "."], ValueError, "is a folder; add a name"),
        (["--data", "no-such-folder"], LookupError, "no-such-folder"),
        (["--data", "cifar10", "--count", "10"], ValueError, "--count is for shapes10"),
        (["--count", "20", "--epochs", "0"], ValueError, "epochs must be at least 1, got 0"),
        (["--device", "warp"], ValueError, "cannot compute on device 'warp'"),
    ],
)
def test_a_wrong_word_is_named_before_the_training(words, error, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        train_command.run(parsed(*words))
    assert list(tmp_path.iterdir()) == []
