"""``python -m course_utils train``: train SimpleCNN from a terminal and save it, alone or under torchrun."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

import torch
from tqdm.auto import tqdm

from course_utils import datasets
from course_utils.borrowing import choose_device
from course_utils.checkpoints import check_place, save_checkpoint
from course_utils.datasets.labeled import LabeledImages
from course_utils.models import SimpleCNN
from course_utils.training import TrainingState, evaluate, fit
from course_utils.training.distributed import process_group, rank, world_size
from course_utils.training.history import History
from course_utils.training.state import Recipe

__all__ = ["add_arguments", "run"]

EPOCHS = {"shapes10": 5, "cifar10": 30}
TEST_PICTURES = 2000
TEST_SEED_STEP = 1_000_003  # shapes10's test pictures are drawn from a seed that nobody trains with by chance


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``train`` to a parser; `run` takes what it parses."""
    parser.add_argument(
        "--data", default="shapes10", help="shapes10, cifar10, or a folder with one folder of pictures per class"
    )
    parser.add_argument("-o", "--output", type=Path, help="the checkpoint to write (default: simplecnn-DATA.pt, here)")
    parser.add_argument("--epochs", type=int, help="how often to show all pictures (shapes10: 5, others: 30)")
    parser.add_argument("--batch-size", type=int, default=128, help="pictures per step, over all processes (128)")
    parser.add_argument("--lr", type=float, default=2e-3, help="peak of the learning rate (0.002)")
    parser.add_argument("--weight-decay", type=float, default=0.05, help="AdamW's weight decay (0.05)")
    parser.add_argument("--label-smoothing", type=float, default=0.0, help="target spread over all classes (0)")
    parser.add_argument("--seed", type=int, default=0, help="decides weights, order and augmentation (0)")
    parser.add_argument("--count", type=int, help="how many pictures shapes10 draws to train on")
    parser.add_argument("--device", help="cpu, cuda or mps (default: the fastest that is there)")


def run(args: argparse.Namespace) -> int:
    """Train as told and save the network. Return 0, or 130 if Ctrl-C ended the training early.

    A training that Ctrl-C ended is saved beside the output, as ``NAME.interrupted.pt``: a half-trained network never
    replaces a finished one.

    Raises:
        FileNotFoundError, PermissionError, LookupError, ValueError: an argument is wrong, the data are not there, or
            the output could not be written; noticed before the training begins.
    """
    recipe = Recipe(
        epochs=EPOCHS.get(args.data, 30) if args.epochs is None else args.epochs,
        batch_size=args.batch_size,
        lr=args.lr,
        weight_decay=args.weight_decay,
        label_smoothing=args.label_smoothing,
        seed=args.seed,
    )
    output = args.output or Path(f"simplecnn-{_name(args.data)}.pt")
    check_place(output)
    with process_group(choose_device(args.device)) as device:
        train, test = _pictures(args)
        _say(f"training SimpleCNN on {len(train)} pictures of {args.data}, testing on {len(test)}, on {device}")
        model = _network(train, args.seed)
        history = fit(model, train, **asdict(recipe), validation=test, callbacks=[_report], device=device)
        if rank() == 0 and history.epochs:
            _save(model, test, history, recipe, args.data, output)
    return 130 if history.interrupted else 0


def _name(data: str) -> str:
    return Path(data).name or "pictures"


def _pictures(args: argparse.Namespace) -> tuple[LabeledImages, LabeledImages]:
    """Return pictures to train on and others to test on."""
    if args.count is not None and args.data != "shapes10":
        raise ValueError(f"--count is for shapes10, which draws its pictures; leave it out for {args.data!r}")
    if args.data == "shapes10":
        drawn = {} if args.count is None else {"count": args.count}
        test_seed = args.seed + TEST_SEED_STEP
        return datasets.shapes10(seed=args.seed, **drawn), datasets.shapes10(count=TEST_PICTURES, seed=test_seed)
    if args.data == "cifar10":
        return datasets.cifar10("train"), datasets.cifar10("test")
    return _folder(Path(args.data), args.seed)


def _folder(path: Path, seed: int) -> tuple[LabeledImages, LabeledImages]:
    """Return the pictures of ``path/train`` and ``path/test``, or hold a random tenth of ``path`` back for testing."""
    if (path / "train").is_dir() and (path / "test").is_dir():
        return datasets.image_folder(path / "train", size=32), datasets.image_folder(path / "test", size=32)
    pictures = datasets.image_folder(path, size=32)
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(seed))
    held_back = max(1, len(pictures) // 10)
    return pictures[order[held_back:]], pictures[order[:held_back]]


def _network(train: LabeledImages, seed: int) -> SimpleCNN:
    """Return an untrained SimpleCNN that normalises with the mean and standard deviation of these pictures."""
    std, mean = torch.std_mean(train.images, dim=(0, 2, 3))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        std = std.clamp(min=1 / 255)  # one-coloured pictures must not be divided by zero
        return SimpleCNN(len(train.class_names), mean.tolist(), std.tolist())


def _report(state: TrainingState) -> None:
    epoch = state.history.epochs[-1]
    _say(
        f"epoch {state.epoch:2}/{state.recipe.epochs}: loss {epoch.loss:.3f}, accuracy {epoch.accuracy:.1%}, "
        f"test accuracy {epoch.validation_accuracy:.1%}, {epoch.seconds:.0f} s"
    )


def _say(line: str) -> None:
    if rank() == 0:
        tqdm.write(line)
        sys.stdout.flush()


def _save(model: SimpleCNN, test: LabeledImages, history: History, recipe: Recipe, data: str, output: Path) -> None:
    measured = evaluate(model, test)
    if history.interrupted:
        output = output.with_name(f"{output.stem}.interrupted{output.suffix}")
    description = asdict(recipe) | {
        "optimizer": "AdamW, one cycle",
        "augmentation": "random_crop_and_flip",
        "images_seen": history.images_seen[-1],
        "processes": world_size(),
        "finished_epochs": len(history),
        "interrupted": history.interrupted,
    }
    save_checkpoint(
        output, model, class_names=test.class_names, dataset=_name(data), recipe=description, accuracy=measured.accuracy
    )
    _say(f"saved {output}: test accuracy {measured.accuracy:.2%} on {len(test)} pictures")
