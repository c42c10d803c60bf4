"""What every data set is, folders of pictures, and the photographs of installed packages."""

from __future__ import annotations

import random
from importlib import import_module

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.datasets import LabeledImages, image_folder, photos
from course_utils.datasets.folder import read_picture


@pytest.fixture
def two_classes():
    """Three black pictures of 2x2 pixels: cat, dog, cat."""
    return LabeledImages(torch.zeros(3, 3, 2, 2), torch.tensor([0, 1, 0]), None, ("cat", "dog"))


def save(path, colour, size=(2, 1), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


# --- LabeledImages ---------------------------------------------------------------------------------------------


def test_counts_name_the_classes(two_classes):
    assert two_classes.counts() == {"cat": 2, "dog": 1}


def test_a_slice_keeps_labels_masks_and_names():
    """Pictures 1 and 2 of three: labels 1 and 0, and their own masks."""
    masks = torch.arange(12).reshape(3, 2, 2) > 5
    data = LabeledImages(torch.zeros(3, 3, 2, 2), torch.tensor([0, 1, 0]), masks, ("cat", "dog"))
    part = data[1:]
    assert part.labels.tolist() == [1, 0]
    assert torch.equal(part.masks, masks[1:])
    assert part.class_names == ("cat", "dog")


@pytest.mark.parametrize(("index", "labels"), [(1, [1]), (-1, [0]), ([2, 1], [0, 1]), (slice(0, 2), [0, 1])])
def test_numbers_lists_and_slices_choose_pictures(two_classes, index, labels):
    assert two_classes[index].labels.tolist() == labels


def test_a_for_loop_ends_after_the_last_picture(two_classes):
    assert [int(one.labels) for one in two_classes] == [0, 1, 0]


def test_an_index_beyond_the_end_is_an_error(two_classes):
    with pytest.raises(IndexError, match=r"need an index from -3 to 2, got 3"):
        two_classes[3]


def test_labels_without_a_name_are_refused():
    with pytest.raises(ValueError, match=r"labels must lie in 0\.\.0 .* got 0\.\.1"):
        LabeledImages(torch.zeros(2, 3, 2, 2), torch.tensor([0, 1]), None, ("cat",))


def test_integer_images_are_refused():
    with pytest.raises(TypeError, match=r"convert with images\.float\(\) / 255"):
        LabeledImages(torch.zeros(1, 3, 2, 2, dtype=torch.uint8), torch.tensor([0]), None, ("cat",))


# --- image_folder ----------------------------------------------------------------------------------------------


def test_a_folder_of_two_classes_by_hand(tmp_path):
    """Red 255 is 1.0, green 51 is 0.2; classes in alphabetical order."""
    save(tmp_path / "dog" / "rex.png", (0, 51, 0))
    save(tmp_path / "cat" / "tom.png", (255, 0, 0))
    data = image_folder(tmp_path)
    assert data.class_names == ("cat", "dog")
    assert data.labels.tolist() == [0, 1]
    assert data.masks is None
    torch.testing.assert_close(data.images[:, :, 0, 0], torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.2, 0.0]]))


def test_pictures_come_in_the_order_of_their_names(tmp_path):
    for name in ("c", "a", "b"):
        save(tmp_path / "cat" / f"{name}.png", (ord(name), 0, 0))
    red = image_folder(tmp_path).images[:, 0, 0, 0] * 255
    assert red.round().tolist() == [ord("a"), ord("b"), ord("c")]


def test_hidden_files_are_passed_over(tmp_path):
    save(tmp_path / "cat" / "tom.png", (255, 0, 0))
    (tmp_path / "cat" / ".DS_Store").write_bytes(b"not a picture")
    (tmp_path / ".cache").mkdir()
    assert image_folder(tmp_path).counts() == {"cat": 1}


@pytest.mark.parametrize(
    ("mode", "colour", "grey"),
    [("L", 102, 102), ("RGBA", (102, 102, 102, 255), 102), ("1", 1, 255), ("I;16", 102 * 256, 102), ("P", 0, 0)],
)
def test_every_kind_of_pixel_becomes_rgb(tmp_path, mode, colour, grey):
    """A 16-bit value of 102 * 256 is the 8-bit value 102."""
    save(tmp_path / "cat" / "tom.png", colour, mode=mode)
    assert read_picture(tmp_path / "cat" / "tom.png").tolist() == [[[grey] * 3] * 2]


def test_a_photograph_taken_with_a_turned_camera_is_turned_upright(tmp_path):
    """EXIF orientation 6: the camera's left edge is the top of the scene, so 2x1 pixels become 1x2."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (2, 1), (255, 0, 0)).save(tmp_path / "tom.jpg", exif=exif)
    assert read_picture(tmp_path / "tom.jpg").shape == (2, 1, 3)


def test_size_cuts_the_middle_square_out(tmp_path):
    """4x2 pixels, the outer columns black, the middle 2x2 white: only white is left."""
    (tmp_path / "cat").mkdir()
    pixels = np.zeros((2, 4, 3), np.uint8)
    pixels[:, 1:3] = 255
    Image.fromarray(pixels).save(tmp_path / "cat" / "tom.png")
    assert torch.equal(image_folder(tmp_path, size=2).images, torch.ones(1, 3, 2, 2))


def test_size_makes_pictures_of_different_sizes_equal(tmp_path):
    save(tmp_path / "cat" / "tall.png", (255, 0, 0), size=(4, 9))
    save(tmp_path / "cat" / "wide.png", (255, 0, 0), size=(9, 4))
    assert image_folder(tmp_path, size=5).images.shape == (2, 3, 5, 5)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(LookupError, match=r"there is no folder '.*nowhere'"):
        image_folder(tmp_path / "nowhere")


def test_pictures_without_class_folders_are_explained(tmp_path):
    save(tmp_path / "tom.png", (255, 0, 0))
    with pytest.raises(LookupError, match=r"holds none; put the pictures into folders named after their classes"):
        image_folder(tmp_path)


def test_an_empty_class_is_named(tmp_path):
    save(tmp_path / "cat" / "tom.png", (255, 0, 0))
    (tmp_path / "dog").mkdir()
    with pytest.raises(ValueError, match=r"at least one picture per class, but the folder '.*dog' is empty"):
        image_folder(tmp_path)


def test_a_file_that_is_no_picture_is_named(tmp_path):
    save(tmp_path / "cat" / "tom.png", (255, 0, 0))
    (tmp_path / "cat" / "z_notes.txt").write_text("feed the cat")
    with pytest.raises(ValueError, match=r"'.*z_notes\.txt' cannot be read .*; replace it or move it away"):
        image_folder(tmp_path)


def test_different_sizes_ask_for_size(tmp_path):
    save(tmp_path / "cat" / "a.png", (255, 0, 0), size=(3, 2))
    save(tmp_path / "cat" / "b.png", (255, 0, 0), size=(4, 2))
    with pytest.raises(ValueError, match=r"3x2 pixels, but '.*b\.png' has 4x2; image_folder\(\.\.\., size="):
        image_folder(tmp_path)


def test_a_size_of_zero_is_refused(tmp_path):
    with pytest.raises(ValueError, match="size of at least 1 pixel"):
        image_folder(tmp_path, size=0)


def test_an_eps_file_is_refused_because_it_is_a_program(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "tom.eps")
    with pytest.raises(ValueError, match="EPS is a program"):
        read_picture(tmp_path / "tom.eps")


def read_or_named(path):
    """Return the pixels, or None when the file was refused by its name; any other exception comes out."""
    try:
        return read_picture(path)
    except ValueError as error:
        if path.name not in str(error):
            raise
        return None


@pytest.mark.parametrize("kind", ["jpg", "png", "gif", "bmp", "webp"])
def test_a_truncated_picture_is_refused_by_name_or_loses_nothing(tmp_path, kind):
    """Forty cuts of one file. What follows the last pixel may go (a PNG's end mark), pixels may not."""
    path = tmp_path / f"tom.{kind}"
    Image.effect_noise((24, 24), 80).convert("RGB").save(path)
    content, expected = path.read_bytes(), read_picture(path)
    for length in random.Random(0).sample(range(len(content)), 40):
        path.write_bytes(content[:length])
        pixels = read_or_named(path)
        assert pixels is None or np.array_equal(pixels, expected), f"cut to {length} of {len(content)} bytes"


@pytest.mark.parametrize("kind", ["jpg", "png", "bmp"])
def test_a_picture_with_flipped_bits_is_read_or_refused_by_name(tmp_path, kind):
    """Seventy damages: no exception but ours comes out."""
    dice = random.Random(1)
    path = tmp_path / f"tom.{kind}"
    Image.effect_noise((16, 16), 80).convert("RGB").save(path)
    content = path.read_bytes()
    for _ in range(70):
        damaged = bytearray(content)
        damaged[dice.randrange(min(300, len(content)))] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        pixels = read_or_named(path)
        assert pixels is None or pixels.shape[2] == 3


# --- photos ----------------------------------------------------------------------------------------------------


def test_photos_are_squares_of_the_size_asked_for():
    data = photos(size=32)
    assert data.images.shape == (7, 3, 32, 32)
    assert data.class_names == ("cat", "astronaut", "coffee", "rocket", "flower", "temple", "officer")
    assert data.labels.tolist() == list(range(7))
    assert data.masks is None


def test_the_cat_is_the_cat_of_scikit_image():
    """The middle 300x300 of 300x451 begins at column 75 or 76; its mean colour survives the resizing."""
    from skimage.data import chelsea

    middle = torch.from_numpy(chelsea()[:, 75:375].copy()).float().div(255).mean((0, 1))
    torch.testing.assert_close(photos().images[0].mean((1, 2)), middle, atol=0.01, rtol=0)


def test_a_photo_of_a_missing_package_says_what_to_install(monkeypatch):
    room = import_module("course_utils.datasets.photos")  # the name in the package is the function
    monkeypatch.setitem(room._PHOTOS, "cat", ("scikit-cat", "no_such_package", "data/cat.png"))
    with pytest.raises(LookupError, match=r"package scikit-cat, which is not there; run: pip install scikit-cat"):
        photos()


def test_photos_of_no_size_are_refused():
    with pytest.raises(ValueError, match="size of at least 1 pixel, got 0"):
        photos(size=0)
