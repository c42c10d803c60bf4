"""Checkpoints: what is saved comes back; what is damaged or hostile is refused, and runs nothing."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import random
import struct
import zipfile
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from course_utils.checkpoints import load_checkpoint, save_checkpoint, sealed_files
from course_utils.checkpoints.architectures import ARCHITECTURES
from course_utils.checkpoints.files import FORMAT
from course_utils.checkpoints.sealed_files import sealed, unsealed
from course_utils.models import SimpleCNN, SimpleModel, SmallXRayClassifier, XRayClassifier
from course_utils.training.evaluation import Evaluation

DIGITS = tuple("0123456789")
DESCRIPTION = {"class_names": DIGITS, "dataset": "digits", "recipe": {"epochs": 3, "lr": 0.1}, "accuracy": 0.75}


def small_network(seed: int = 0) -> SimpleModel:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return SimpleModel()


def contents(**changes: object) -> dict[str, object]:
    """Return what a checkpoint of a SimpleModel holds, with some of it changed."""
    whole = {
        "format": FORMAT,
        "architecture": "SimpleModel",
        "arguments": {},
        "state_dict": dict(small_network().state_dict()),
        "class_names": list(DIGITS),
        "dataset": "digits",
        "recipe": {"epochs": 3},
        "accuracy": 0.75,
    }
    return whole | changes


def changed_weights(**changes: object) -> dict[str, object]:
    return dict(small_network().state_dict()) | {name.replace("_", "."): value for name, value in changes.items()}


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "digits.pt"
    save_checkpoint(path, small_network(), **DESCRIPTION)
    return path


# what is saved comes back


def test_a_checkpoint_comes_back_as_it_was_saved(saved):
    checkpoint = load_checkpoint(saved)
    for name, weight in small_network().state_dict().items():
        assert torch.equal(checkpoint.model.state_dict()[name], weight)
    assert (checkpoint.architecture, checkpoint.arguments) == ("SimpleModel", {})
    assert (checkpoint.class_names, checkpoint.dataset) == (DIGITS, "digits")
    assert (checkpoint.recipe, checkpoint.accuracy) == ({"epochs": 3, "lr": 0.1}, 0.75)
    assert repr(checkpoint) == "Checkpoint(SimpleModel, 10 classes, digits, accuracy=0.7500)"


def test_a_loaded_network_is_in_eval_mode_and_can_be_trained_on(saved):
    model = load_checkpoint(saved).model
    assert not any(module.training for module in model.modules())
    model(torch.rand(2, 1, 4, 4)).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_normalisation_is_part_of_the_checkpoint(tmp_path):
    model = SimpleCNN(2, mean=(0.25, 0.5, 0.75), std=(0.5, 0.25, 0.125)).to(memory_format=torch.channels_last)
    save_checkpoint(tmp_path / "two.pt", model, **DESCRIPTION | {"class_names": ("cat", "ship")})
    checkpoint = load_checkpoint(tmp_path / "two.pt")
    assert checkpoint.normalisation == {"mean": [0.25, 0.5, 0.75], "std": [0.5, 0.25, 0.125]}
    images = torch.rand(3, 3, 32, 32)
    torch.testing.assert_close(checkpoint.model(images), model(images))


@pytest.mark.parametrize("network", [SimpleCNN(10), SimpleModel(), XRayClassifier(1, features=2, dropout=0.5)])
def test_every_network_of_the_course_can_be_saved(network, tmp_path):
    names = DESCRIPTION["class_names"] if not isinstance(network, XRayClassifier) else ("normal", "pneumonia")
    save_checkpoint(tmp_path / "any.pt", network, **DESCRIPTION | {"class_names": names})
    loaded = load_checkpoint(tmp_path / "any.pt").model
    assert repr(loaded) == repr(network)


def test_an_evaluation_will_do_as_accuracy(tmp_path):
    measured = Evaluation(0.5, 1.0, torch.zeros(1), torch.zeros(1, 10), torch.zeros(10, 10))
    save_checkpoint(tmp_path / "digits.pt", small_network(), **DESCRIPTION | {"accuracy": measured})
    assert load_checkpoint(tmp_path / "digits.pt").accuracy == 0.5


def test_torch_itself_opens_a_checkpoint(saved):
    assert torch.load(saved, weights_only=True)["dataset"] == "digits"


def test_saving_twice_gives_the_same_bytes(saved, tmp_path):
    save_checkpoint(tmp_path / "again.pt", small_network(), **DESCRIPTION)
    assert (tmp_path / "again.pt").read_bytes() == saved.read_bytes()


def test_saving_and_loading_draw_no_random_numbers(saved):
    state = torch.get_rng_state()
    load_checkpoint(saved)
    save_checkpoint(saved, small_network(), **DESCRIPTION)
    assert torch.equal(torch.get_rng_state(), state)


# damage


def damaged(whole: bytes, number: int) -> bytes:
    """Return ``whole`` cut short, with one bit flipped, or with a piece overwritten, inserted or removed."""
    chance = random.Random(number)
    where = chance.randrange(len(whole))
    length = chance.randrange(1, 40)
    kinds = [
        whole[:where],
        whole[:where] + bytes([whole[where] ^ (1 << chance.randrange(8))]) + whole[where + 1 :],
        whole[:where] + bytes(byte ^ 255 for byte in whole[where : where + length]) + whole[where + length :],
        whole[:where] + chance.randbytes(length) + whole[where:],
        whole[:where] + whole[where + length :],
        whole + chance.randbytes(length),
    ]
    return kinds[number % len(kinds)]


def test_six_hundred_damaged_files_are_refused_and_left_as_they_are(saved):
    whole = saved.read_bytes()
    for number in range(600):
        wrong = damaged(whole, number)
        saved.write_bytes(wrong)
        with pytest.raises(ValueError, match=r"cannot use '.*digits\.pt' as a checkpoint: it .*(copy|train) it again"):
            load_checkpoint(saved)
        assert saved.read_bytes() == wrong


def test_no_flipped_bit_at_the_end_goes_unnoticed(saved):
    """The last bytes are the zip archive's end and the digest itself."""
    whole = saved.read_bytes()
    for place in range(len(whole) - 90, len(whole)):
        for bit in range(8):
            with pytest.raises(ValueError, match="checksum"):
                unsealed(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])


# hostile files, each with a valid digest


class Hostile:
    """Unpickled without care, this runs a command that makes a file."""

    def __init__(self, how: object, *arguments: object) -> None:
        self.how, self.arguments = how, arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.how, self.arguments


def hostile_objects(trace: Path) -> list[Hostile]:
    return [
        Hostile(os.system, f"touch {trace}"),
        Hostile(eval, f"open({str(trace)!r}, 'w').close()"),
        Hostile(exec, f"open({str(trace)!r}, 'w').close()"),
        Hostile(open, str(trace), "w"),
        Hostile(os.mkdir, str(trace)),
        Hostile(Path.touch, trace),
        Hostile(bytearray, 10**15),
    ]


def hostile_contents(trace: Path) -> list[object]:
    return [
        wrapped
        for thing in hostile_objects(trace)
        for wrapped in (
            thing,
            [thing],
            *(contents(**{key: thing}) for key in contents()),
            changed_weights(fc_bias=thing),
        )
    ]


def test_hostile_pickles_are_refused_and_run_nothing(tmp_path):
    trace, path = tmp_path / "trace", tmp_path / "gift.pt"
    files = [sealed(thing) for thing in hostile_contents(trace)]
    assert len(files) == 77
    for file in files:
        path.write_bytes(file)
        with pytest.raises(ValueError, match=r"gift\.pt' as a checkpoint: "):
            load_checkpoint(path)
        assert path.read_bytes() == file
    assert not trace.exists()


def test_the_same_files_do_run_when_loaded_without_care(tmp_path):
    """The control: the files of the test above are dangerous indeed."""
    trace = tmp_path / "trace"
    torch.load(io.BytesIO(sealed(hostile_objects(trace)[0])), weights_only=False)
    assert trace.exists()


def test_a_bare_pickle_is_refused_and_runs_nothing(tmp_path):
    trace, path = tmp_path / "trace", tmp_path / "gift.pt"
    path.write_bytes(pickle.dumps(Hostile(os.system, f"touch {trace}")))
    with pytest.raises(ValueError, match="does not end in a checksum"):
        load_checkpoint(path)
    assert not trace.exists()


def test_a_file_that_would_grow_in_memory_is_refused(tmp_path):
    """100 MB of zeros, packed into 100 kB: torch.save never packs, so nothing packed is opened."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(10**8))
    body = packed.getvalue()
    file = body[:-2] + struct.pack("<H", 64) + hashlib.sha256(body).hexdigest().encode()
    with pytest.raises(ValueError, match="something else than numbers, names and tensors"):
        unsealed(file)


# whole files with the wrong contents


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([1, 2], "not marked as"),
        (dict(small_network().state_dict()), "not marked as"),
        (contents(format="somebody else's"), "not marked as"),
        (contents(architecture="os.system"), "architecture must be one of .*SimpleCNN.* got 'os.system'"),
        (contents(architecture=["SimpleModel"]), "architecture must be one of"),
        (contents(architecture="SimpleCNN"), "its weights are not those of SimpleCNN: missing"),
        (contents(architecture="SimpleCNN", arguments={"num_classes": 10**15}), "its weights are not those"),
        (contents(architecture="SimpleCNN", arguments={"num_classes": -1}), "SimpleCNN cannot be built from"),
        (contents(architecture="SimpleCNN", arguments={"mean": "red"}), "SimpleCNN cannot be built from"),
        (contents(arguments={"colour": 1}), "SimpleModel cannot be built from"),
        (contents(arguments={1: 2}), "SimpleModel cannot be built from"),
        (contents(arguments=None), "arguments or weights are missing"),
        (contents(state_dict=None), "arguments or weights are missing"),
        (contents(state_dict={}), "missing .*'conv.bias'"),
        (contents(state_dict=changed_weights(fc_bios=torch.zeros(10))), r"unknown \['fc.bios'\]"),
        (contents(state_dict=changed_weights(fc_bias=torch.zeros(9))), r"fc.bias must be .*\(10,\), got .*\(9,\)"),
        (contents(state_dict=changed_weights(fc_bias=torch.zeros(10).double())), "got torch.float64"),
        (contents(state_dict=changed_weights(fc_bias="ten")), "fc.bias must be a tensor, got str"),
        (contents(state_dict=changed_weights(fc_bias=torch.zeros(1).expand(10))), "ordinary dense tensor"),
        (contents(state_dict=changed_weights(fc_bias=torch.zeros(10, device="meta"))), "ordinary dense tensor"),
        (contents(state_dict=changed_weights(fc_bias=torch.full((10,), torch.nan))), "not finite"),
        (contents(class_names=["cat", "dog"]), "tells 10 classes apart, but there are 2 class names"),
        (contents(class_names="0123456789"), "class_names must be names"),
        (contents(class_names=[*"012345678", 9]), "class_names must be names"),
        (contents(dataset=None), "dataset must be the name"),
        (contents(recipe={"optimizer": [1]}), "recipe must map names"),
        (contents(accuracy=75.0), "a share, not percent"),
        (contents(accuracy=torch.nan), "accuracy must lie in 0 .. 1"),
        (contents(accuracy=None), "accuracy must lie in 0 .. 1"),
    ],
)
def test_wrong_contents_are_named(wrong, message, tmp_path):
    path = tmp_path / "odd.pt"
    path.write_bytes(sealed(wrong))
    with pytest.raises(ValueError, match=rf"odd\.pt' as a checkpoint: .*{message}"):
        load_checkpoint(path)


@pytest.mark.parametrize("key", list(contents()))
def test_a_missing_part_is_an_error(key, tmp_path):
    path, partial = tmp_path / "odd.pt", contents()
    del partial[key]
    path.write_bytes(sealed(partial))
    with pytest.raises(ValueError, match="as a checkpoint"):
        load_checkpoint(path)


def test_a_file_of_torch_save_is_told_from_a_damaged_one(tmp_path):
    torch.save(small_network().state_dict(), tmp_path / "plain.pt")
    with pytest.raises(ValueError, match=r"does not end in a checksum.*use save_checkpoint"):
        load_checkpoint(tmp_path / "plain.pt")


def test_a_missing_file_is_told_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no checkpoint '.*none\.pt'; .*python -m course_utils train"):
        load_checkpoint(tmp_path / "none.pt")


def test_a_folder_is_no_checkpoint(tmp_path):
    with pytest.raises(ValueError, match="is a folder; name a file in it"):
        load_checkpoint(tmp_path)


# saving: all or nothing


class MyNetwork(SimpleModel):
    """Somebody's own class, which nobody else could build again."""


def poisoned() -> SimpleModel:
    model = small_network()
    with torch.no_grad():
        model.fc.bias[0] = torch.inf
    return model


@pytest.mark.parametrize(
    ("network", "changes", "error", "message"),
    [
        (nn.Linear(2, 2), {}, TypeError, r"holds one of \['SimpleCNN'.*got Linear"),
        (MyNetwork(), {}, TypeError, "got MyNetwork"),
        (poisoned(), {}, ValueError, "fc.bias holds numbers that are not finite"),
        (small_network(), {"class_names": ("cat",)}, ValueError, "tells 10 classes apart"),
        (small_network(), {"class_names": "0123456789"}, ValueError, "class_names must be names"),
        (small_network(), {"recipe": {"augment": Tensor}}, ValueError, "recipe must map names"),
        (small_network(), {"accuracy": 91.0}, ValueError, "a share, not percent"),
        (small_network(), {"dataset": ""}, ValueError, "dataset must be the name"),
    ],
)
def test_what_could_not_be_loaded_is_not_saved(network, changes, error, message, saved):
    before = saved.read_bytes()
    with pytest.raises(error, match=message):
        save_checkpoint(saved, network, **DESCRIPTION | changes)
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == [saved.name]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_while_writing_leaves_the_old_file_and_no_other(step, error, saved, monkeypatch):
    def fail(*arguments: object) -> None:
        raise error("no space left on device")

    before = saved.read_bytes()
    monkeypatch.setattr(sealed_files.os, step, fail)
    with pytest.raises(error):
        save_checkpoint(saved, small_network(seed=1), **DESCRIPTION)
    assert saved.read_bytes() == before
    assert os.listdir(saved.parent) == [saved.name]


def test_a_network_replaces_an_older_one(saved):
    save_checkpoint(saved, small_network(seed=1), **DESCRIPTION)
    assert torch.equal(load_checkpoint(saved).model.fc.bias, small_network(seed=1).fc.bias)
    assert os.listdir(saved.parent) == [saved.name]


def test_a_missing_folder_is_named_before_anything_is_written(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder '.*nowhere' to save 'digits\.pt' in; make it first"):
        save_checkpoint(tmp_path / "nowhere" / "digits.pt", small_network(), **DESCRIPTION)
    with pytest.raises(ValueError, match="is a folder; add a name"):
        save_checkpoint(tmp_path, small_network(), **DESCRIPTION)


def test_the_list_of_architectures_holds_the_networks_of_the_course():
    assert {name: kind.build for name, kind in ARCHITECTURES.items()} == {
        "SimpleCNN": SimpleCNN,
        "SimpleModel": SimpleModel,
        "SmallXRayClassifier": SmallXRayClassifier,
        "XRayClassifier": XRayClassifier,
    }


@pytest.mark.parametrize(
    "network", [lambda: SmallXRayClassifier(features=4), lambda: XRayClassifier(features=2, blocks=2)]
)
def test_x_ray_networks_come_back_as_they_were(tmp_path, network):
    network = network()
    save_checkpoint(tmp_path / "xray.pt", network, **DESCRIPTION | {"class_names": ("normal", "pneumonia")})
    again = load_checkpoint(tmp_path / "xray.pt").model
    images = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(again.logits(images), network.eval().logits(images))


def test_a_claim_of_very_many_blocks_is_refused_at_once():
    with pytest.raises(ValueError, match="1 to 8 blocks"):
        XRayClassifier(blocks=10**9)
