"""A photograph of one's own: how it is read, which class and layer are explained, what is written, what is refused."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision.models import resnet18

from course_utils import explain
from course_utils.__main__ import main
from course_utils.checkpoints import save_checkpoint
from course_utils.explain import Network, explain_photo, find_class, open_network
from course_utils.models import SimpleCNN, SimpleModel
from course_utils.photo_files import read_photo, resize

NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


class BrightCorner(nn.Module):
    """Class 0 likes red, class 1 likes green: the layer is the picture, the logits are the sums of its channels."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.Identity()

    def forward(self, images):
        return self.seen(images).sum(dim=(2, 3))[:, :2]


@pytest.fixture
def network() -> Network:
    return Network(BrightCorner(), ("red", "green"), side=4, layer="seen", origin="by hand")


@pytest.fixture
def photo_path(tmp_path) -> Path:
    """60 x 40 pixels: blue borders, a middle square of 40 that is red above and green below."""
    pixels = np.zeros((40, 60, 3), dtype=np.uint8)
    pixels[:, :, 2] = 255
    pixels[:20, 10:50] = (255, 0, 0)
    pixels[20:, 10:50] = (0, 255, 0)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.fixture
def checkpoint(tmp_path) -> Path:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = SimpleCNN()
    path = tmp_path / "cnn.pt"
    save_checkpoint(path, model, class_names=NAMES, dataset="cifar10", recipe={}, accuracy=0.25)
    return path


# Reading


def test_the_middle_square_is_read(photo_path):
    photo = read_photo(photo_path)
    assert photo.shape == (3, 40, 40)
    torch.testing.assert_close(photo[:, 0, 0], torch.tensor([1.0, 0, 0]))
    torch.testing.assert_close(photo[:, -1, -1], torch.tensor([0.0, 1, 0]))
    assert photo[2].max() == 0


def test_large_photos_become_small_enough(tmp_path):
    Image.new("RGB", (1200, 900), "white").save(tmp_path / "large.jpg")
    assert read_photo(tmp_path / "large.jpg").shape == (3, 448, 448)


def test_making_smaller_averages_all_pixels():
    """A board of 0 and 1 becomes grey; without antialiasing it would become stripes."""
    board = (torch.arange(64)[:, None] + torch.arange(64)).remainder(2).float().expand(3, 64, 64)
    torch.testing.assert_close(resize(board, 8)[:, 2:-2, 2:-2], torch.full((3, 4, 4), 0.5), atol=0.02, rtol=0)


def test_a_picture_of_the_right_size_stays_as_it_is():
    picture = torch.rand(3, 32, 32)
    torch.testing.assert_close(resize(picture, 32), picture)


def test_the_cameras_rotation_is_applied(tmp_path):
    """Orientation 6: the camera was turned, the stored left column is the top row."""
    pixels = np.zeros((4, 4, 3), dtype=np.uint8)
    pixels[:, 0] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=exif)
    photo = read_photo(tmp_path / "turned.png")
    assert photo[:, 0].min() == 1
    assert photo[:, 1:].max() == 0


def test_transparent_places_become_white(tmp_path):
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "glass.png")
    assert read_photo(tmp_path / "glass.png").min() == 1


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "LA", "RGBA", "I;16"])
def test_every_kind_of_picture_is_read(tmp_path, mode):
    pixels = np.full((4, 4), 32768, dtype=np.uint16)
    picture = Image.fromarray(pixels) if mode == "I;16" else Image.new("RGB", (4, 4), "gray").convert(mode)
    picture.save(tmp_path / "kind.tiff")
    photo = read_photo(tmp_path / "kind.tiff")
    assert photo.shape == (3, 4, 4)
    assert 0 <= photo.min() <= photo.max() <= 1


def test_grey_pictures_of_16_bits_are_not_clipped(tmp_path):
    Image.fromarray(np.array([[0, 32768], [49152, 65535]], dtype=np.uint16)).save(tmp_path / "xray.png")
    torch.testing.assert_close(
        read_photo(tmp_path / "xray.png")[0], torch.tensor([[0, 0.5], [0.75, 1]]), atol=1e-4, rtol=0
    )


# Explaining


@pytest.fixture
def flag() -> torch.Tensor:
    """4x4 pixels: the upper three rows red, the lowest green."""
    picture = torch.zeros(3, 4, 4)
    picture[0, :3], picture[1, 3] = 1, 1
    return picture


def test_the_predicted_class_is_explained(network, flag):
    """Logits are 12 red pixels and 4 green ones; the map is the red channel, 12 equal values, 4 of them upper left."""
    explanation = explain_photo(flag, network)
    assert explanation.picture.caption == (
        "Heat for red (100%); layer seen. Peak at row 0, column 0 of 4x4; "
        "33% of the heat lies in the upper left quarter."
    )
    assert [name for name, _ in explanation.ranking] == ["red", "green"]
    assert explanation.ranking[1][1] == pytest.approx(1 / (1 + np.exp(8)), rel=1e-4)


def test_the_wanted_class_is_explained(network, flag):
    """Green fills the lowest row: half of it lies lower left, where the first of four equal peaks is."""
    caption = explain_photo(flag, network, wanted="green").picture.caption
    assert caption.endswith("Peak at row 3, column 0 of 4x4; 50% of the heat lies in the lower left quarter.")


def test_an_empty_map_is_told_in_the_caption_without_a_warning(network):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explanation = explain_photo(torch.zeros(3, 8, 8), network)
    assert "The map is zero everywhere" in explanation.picture.caption


@pytest.mark.parametrize(("wanted", "number"), [("cat", 3), ("CAT", 3), ("3", 3), ("9", 9)])
def test_a_class_has_a_name_and_a_number(wanted, number):
    assert find_class(wanted, NAMES) == number


def test_a_class_whose_name_is_a_number_wins_over_the_number():
    assert find_class("1", ("1", "0")) == 0


def test_a_checkpoint_becomes_a_network(checkpoint):
    network = open_network(checkpoint)
    assert (network.side, network.layer, network.class_names) == (32, explain.LAYERS["SimpleCNN"], NAMES)
    assert network.origin == "SimpleCNN, trained on cifar10, 25.0% of its test pictures right"


def test_an_imagenet_network_normalises_by_itself(tmp_path, monkeypatch):
    """Its weights lie where torchvision keeps downloads, so nothing is downloaded."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    torch.save(resnet18().state_dict(), tmp_path / "hub" / "checkpoints" / "resnet18-f37072fd.pth")
    network = open_network("resnet18")
    picture = torch.rand(1, 3, 224, 224)
    normalised = (picture - torch.tensor([0.485, 0.456, 0.406])[:, None, None]) / torch.tensor([0.229, 0.224, 0.225])[
        :, None, None
    ]
    with torch.no_grad():
        torch.testing.assert_close(network.model(picture), network.model.network(normalised))
    assert "tabby" in network.class_names
    assert explain_photo(picture[0], network).picture.caption.startswith("Heat for ")


# From the terminal


def test_the_figure_is_written_and_its_caption_printed(photo_path, checkpoint, tmp_path, capsys):
    output = tmp_path / "result.png"
    assert main(["explain", str(photo_path), "--model", str(checkpoint), "--class", "cat", "-o", str(output)]) == 0
    printed = capsys.readouterr().out
    assert "It sees the photo's middle square as 32x32 pixels." in printed
    assert "Heat for cat (" in printed
    assert f"Written: {output}" in printed
    with Image.open(output) as figure:
        assert figure.width > 1500


def test_the_default_output_is_the_tutorials(photo_path, checkpoint, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["explain", str(photo_path), "--model", str(checkpoint), "--layer", "conv2"]) == 0
    assert (tmp_path / "grad_cam_result.png").is_file()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (["--class", "catt"], r"no class 'catt'; did you mean one of ['cat'], or a number from 0 to 9?"),
        (["--class", "10"], "no class '10'"),
        (["--class", "-1"], "no class '-1'"),
        (["--layer", "conv9"], "SimpleCNN has no layer 'conv9'; did you mean one of ['conv3', 'conv2', 'conv1']?"),
        (["--layer", "fc1"], "fc1"),
        (["--model", "nowhere.pt"], "there is no checkpoint 'nowhere.pt'"),
        (["-o", "nowhere/result.png"], "there is no folder nowhere to write result.png into; create it first"),
        (["-o", "result.gif"], "ends in one of"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(changed, message, photo_path, checkpoint, tmp_path, capsys):
    output = tmp_path / "old.png"
    output.write_bytes(b"old")
    arguments = ["explain", str(photo_path), "--model", str(checkpoint), "-o", str(output)]
    arguments += [f"{changed[0]}={changed[1]}"] if changed[1].startswith("-") else changed
    assert main(arguments) == 1
    complaint = capsys.readouterr().err
    assert complaint.startswith("python -m course_utils explain: ")
    assert message in complaint
    assert output.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cnn.pt", "old.png", "photo.png"]


def test_a_missing_photo_is_told_with_near_names(photo_path, checkpoint, capsys):
    assert main(["explain", str(photo_path.with_name("foto.png")), "--model", str(checkpoint)]) == 1
    assert "did you mean one of ['photo.png']?" in capsys.readouterr().err


@pytest.mark.parametrize("damage", [b"", b"no picture", None])
def test_what_is_not_a_picture_is_told(damage, photo_path):
    photo_path.write_bytes(photo_path.read_bytes()[:100] if damage is None else damage)
    with pytest.raises(ValueError, match=r"is not a picture that can be read .*save it again as PNG or JPEG"):
        read_photo(photo_path)


def test_other_networks_are_refused(tmp_path):
    path = tmp_path / "simple.pt"
    save_checkpoint(path, SimpleModel(), class_names=NAMES, dataset="none", recipe={}, accuracy=0.1)
    with pytest.raises(ValueError, match="need a checkpoint of SimpleCNN, got one of SimpleModel"):
        open_network(path)


def test_weights_that_cannot_be_downloaded_are_told(tmp_path, monkeypatch):
    """A proxy that nobody listens at: no connection leaves this machine."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConnectionError, match="the weights of resnet18 are not on this computer"):
        open_network("resnet18")
