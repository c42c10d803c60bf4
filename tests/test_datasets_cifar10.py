"""cifar10: where it looks, what it refuses, and that nothing damaged is ever opened or half-used.

The official files are 170 MB, so small files of the same format stand for them; the tests put their checksums in
the place where torchvision keeps those of the real ones.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import random
import socket
import tarfile
import urllib.request

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.datasets import CIFAR10
from torchvision.datasets import utils as torchvision_files

from course_utils.datasets import CIFAR10_CLASSES, cifar10, cifar10_available

TRAIN = [f"data_batch_{number}" for number in range(1, 6)]


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def batch(first, count):
    """A batch of ``count`` pictures; picture i is of the one colour (first + i, 0, 255)."""
    data = np.zeros((count, 3, 1024), np.uint8)
    data[:, 0] = np.arange(first, first + count)[:, None]
    data[:, 2] = 255
    labels = [(first + i) % 10 for i in range(count)]
    return pickle.dumps({"data": data.reshape(count, 3072), "labels": labels}, protocol=2)


@pytest.fixture
def official(tmp_path, monkeypatch):
    """A folder with small batches (2 pictures each, 104 to test) that torchvision takes for the real ones."""
    contents = {name: batch(2 * index, 2) for index, name in enumerate(TRAIN)} | {"test_batch": batch(0, 104)}
    folder = tmp_path / CIFAR10.base_folder
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    monkeypatch.setattr(CIFAR10, "train_list", [[name, md5(contents[name])] for name in TRAIN])
    monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", md5(contents["test_batch"])]])
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def archive(official, monkeypatch):
    """The content of an archive of the small batches; the batches themselves are gone."""
    folder, packed = official / CIFAR10.base_folder, io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(folder, CIFAR10.base_folder)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    monkeypatch.setattr(CIFAR10, "tgz_md5", md5(packed.getvalue()))
    return packed.getvalue()


@pytest.fixture
def offline(monkeypatch):
    """No name can be looked up, as on a computer without a network."""

    def refuse(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """An image folder with one picture per class in train/ and two in test/; returns its root."""
    for split, count in (("train", 1), ("test", 2)):
        for label, name in enumerate(CIFAR10_CLASSES):
            (tmp_path / split / name).mkdir(parents=True)
            for index in range(count):
                Image.new("RGB", (32, 32), (label, index, 255)).save(tmp_path / split / name / f"{index:04}.png")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    return tmp_path


class Website:
    """Stands in for the network: serves ``content`` and then breaks off, if it should."""

    def __init__(self, content, breaks=False):
        self.stream, self.length, self.breaks, self.url = io.BytesIO(content), len(content), breaks, CIFAR10.url

    def __call__(self, request, *args, **kwargs):
        self.stream.seek(0)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return None

    def read(self, size):
        chunk = self.stream.read(size)
        if not chunk and self.breaks:
            raise ConnectionResetError("the line went dead")
        return chunk


# --- worked by hand --------------------------------------------------------------------------------------------


def test_index_102_of_the_official_test_split_is_picture_103(official):
    """Its colour is (102, 0, 255), its label 102 mod 10 = 2."""
    data = cifar10("test")
    assert len(data) == 104
    torch.testing.assert_close(data.images[102, :, 0, 0], torch.tensor([102 / 255, 0.0, 1.0]))
    assert CIFAR10_CLASSES[data.labels[102]] == "bird"


def test_the_training_split_is_the_five_files_in_order(official):
    data = cifar10("train")
    assert (data.images[:, 0, 0, 0] * 255).round().tolist() == list(range(10))
    assert data.labels.tolist() == list(range(10))
    assert data.masks is None


def test_an_image_folder_is_read_class_by_class(pictures):
    """Red is the label, green the number of the file."""
    data = cifar10("test")
    assert data.labels.tolist() == [label for label in range(10) for _ in range(2)]
    colours = (data.images[:, :2, 0, 0] * 255).round().long().tolist()
    assert colours == [[label, index] for label in range(10) for index in range(2)]
    assert data.class_names == CIFAR10_CLASSES


# --- where it looks --------------------------------------------------------------------------------------------


def test_course_data_may_name_the_folder_of_the_batches_itself(official, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(official / CIFAR10.base_folder))
    assert len(cifar10("test", download=False)) == 104


def test_a_folder_given_by_the_caller_goes_before_course_data(pictures, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "/no/such/folder")
    assert len(cifar10("train", folder=pictures)) == 10


def test_an_image_folder_may_lie_in_a_folder_called_cifar10(pictures, monkeypatch):
    (pictures / "cifar10").mkdir()
    for split in ("train", "test"):
        (pictures / split).rename(pictures / "cifar10" / split)
    assert len(cifar10("test")) == 20


def test_available_says_what_would_be_found(pictures, tmp_path):
    assert cifar10_available("test")
    assert not cifar10_available("test", folder=tmp_path / "train")
    assert not cifar10_available("test", folder=tmp_path / "nowhere")


def test_available_knows_the_official_files(official):
    assert cifar10_available("train")


# --- damage: official files ------------------------------------------------------------------------------------


def test_two_hundred_damaged_batches_are_refused_by_name(official):
    """Cut, flipped, emptied: each is named, and its bytes are never opened as a pickle."""
    path, dice = official / CIFAR10.base_folder / "test_batch", random.Random(0)
    content = path.read_bytes()
    for number in range(200):
        damaged = bytearray(content)
        if number % 2:
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        else:
            del damaged[dice.randrange(len(damaged)) :]
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"need '.*test_batch' with checksum .* it is damaged; delete the folder"):
            cifar10("test")


class Trap:
    """Unpickling it makes a file."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def test_a_hostile_pickle_is_never_opened(official):
    sprung = official / "sprung"
    (official / CIFAR10.base_folder / "data_batch_3").write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(ValueError, match=r"data_batch_3' with checksum"):
        cifar10("train")
    assert not sprung.exists()


def test_the_trap_of_the_test_above_works(tmp_path):
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung"))).close()
    assert (tmp_path / "sprung").exists()


def test_a_missing_batch_is_named_even_when_an_image_folder_is_there(official, pictures):
    """No data set stands in for another silently."""
    (official / CIFAR10.base_folder / "data_batch_2").unlink()
    with pytest.raises(ValueError, match=r"data_batch_2' is missing; delete the folder"):
        cifar10("train")


# --- damage: downloads -----------------------------------------------------------------------------------------


def test_offline_the_error_says_what_to_do(tmp_path, monkeypatch, offline):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(LookupError, match=r"could not be downloaded .*Without one, fetch https://.*COURSE_DATA"):
        cifar10()
    assert list(tmp_path.iterdir()) == []


def test_download_false_never_asks_the_network(tmp_path, monkeypatch):
    """A lookup of a name would fail with another exception."""
    monkeypatch.setattr(socket, "getaddrinfo", None)
    with pytest.raises(LookupError, match=r"CIFAR-10 is not in '.*', and download=False\. With a network"):
        cifar10(folder=tmp_path, download=False)


def test_a_whole_archive_is_unpacked_without_a_network(official, archive, offline):
    (official / CIFAR10.filename).write_bytes(archive)
    assert len(cifar10("test")) == 104


def test_a_download_is_unpacked_whole(official, archive, monkeypatch):
    monkeypatch.setattr(urllib.request, "urlopen", Website(archive))
    assert len(cifar10("train")) == 10
    assert sorted(path.name for path in official.iterdir()) == [CIFAR10.base_folder, CIFAR10.filename]


def test_a_download_that_breaks_off_is_named_and_not_used(official, archive, monkeypatch):
    monkeypatch.setattr(urllib.request, "urlopen", Website(archive[:500], breaks=True))
    with pytest.raises(LookupError, match=r"the line went dead.*left in '.*\.tar\.gz' is incomplete and will not be"):
        cifar10()
    assert not (official / CIFAR10.base_folder).exists()
    monkeypatch.setattr(urllib.request, "urlopen", Website(archive))  # the network is back
    assert len(cifar10()) == 10


def test_a_download_that_ends_early_without_a_word_is_named(official, archive, monkeypatch):
    monkeypatch.setattr(urllib.request, "urlopen", Website(archive[:500]))
    with pytest.raises(ValueError, match=r"download '.*\.tar\.gz' is damaged; delete it and call cifar10\(\) again"):
        cifar10()
    assert not (official / CIFAR10.base_folder).exists()


def test_unpacking_that_is_interrupted_leaves_nothing_half_done(official, archive, monkeypatch):
    (official / CIFAR10.filename).write_bytes(archive)
    unpack = torchvision_files.extract_archive

    def unpack_then_stop(*args):
        unpack(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(torchvision_files, "extract_archive", unpack_then_stop)
    with pytest.raises(KeyboardInterrupt):
        cifar10()
    assert [path.name for path in official.iterdir()] == [CIFAR10.filename]


def test_the_time_limit_of_the_network_is_restored(tmp_path, offline):
    before = socket.getdefaulttimeout()
    with pytest.raises(LookupError):
        cifar10(folder=tmp_path)
    assert socket.getdefaulttimeout() == before


# --- damage: image folders -------------------------------------------------------------------------------------


def test_a_missing_and_a_foreign_class_are_named(pictures):
    (pictures / "train" / "bird").rename(pictures / "train" / "birds")
    with pytest.raises(ValueError, match=r"missing: \['bird'\], foreign: \['birds'\]"):
        cifar10("train")


def test_a_truncated_picture_is_named(pictures):
    path = pictures / "test" / "frog" / "0001.png"
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ValueError, match=r"'.*frog.0001\.png' cannot be read"):
        cifar10("test")


def test_a_picture_of_another_size_is_named(pictures):
    Image.new("RGB", (28, 32)).save(pictures / "train" / "airplane" / "0000.png")
    with pytest.raises(ValueError, match=r"32x32 pixels, but '.*airplane.0000\.png' has 28x32; replace it"):
        cifar10("train")


def test_a_copy_that_broke_off_within_a_class_is_noticed(pictures):
    (pictures / "test" / "truck" / "0001.png").unlink()
    with pytest.raises(ValueError, match=r"equally many pictures of each class .* ship 2, truck 1: the copy is inc"):
        cifar10("test")


def test_an_empty_class_is_named(pictures):
    (pictures / "train" / "cat" / "0000.png").unlink()
    with pytest.raises(ValueError, match=r"the folder '.*cat' is empty"):
        cifar10("train")


def test_a_missing_split_is_named_and_not_downloaded(pictures, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", None)
    (pictures / "test").rename(pictures / "val")
    assert not cifar10_available("test")
    with pytest.raises(LookupError, match=r"need the folder '.*test' with one folder per class, but it is missing"):
        cifar10("test")


# --- errors ----------------------------------------------------------------------------------------------------


def test_an_unknown_split_is_refused():
    with pytest.raises(ValueError, match=r"need split 'train' or 'test', got 'validation'"):
        cifar10("validation")


def test_a_mistyped_course_data_is_named(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "/no/such/folder")
    with pytest.raises(LookupError, match=r"COURSE_DATA='.*folder' does not exist; make it or mend it"):
        cifar10()
