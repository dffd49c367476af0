"""Stills come back as they were stored, in natural order, one at a time."""

from __future__ import annotations

import pickle

import cv2
import numpy as np
import pytest

from ethoframe.data import Refusal
from ethoframe.formats import images


def picture(dtype=np.uint8, channels: int = 0, size=(5, 7)) -> np.ndarray:
    """Values of the whole range, other ones in each channel; blue first, as OpenCV has it."""
    shape = (*size, channels) if channels else size
    values = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, endpoint=True)
    return values.astype(dtype)


def kept(path, image):
    assert cv2.imwrite(str(path), image)
    return path


@pytest.mark.parametrize(
    ("suffix", "dtype"),
    [
        (".bmp", np.uint8),
        (".png", np.uint8),
        (".png", np.uint16),
        (".tif", np.uint8),
        (".tif", np.uint16),
    ],
)
@pytest.mark.parametrize("channels", [0, 3])
def test_values_are_as_stored(tmp_path, suffix, dtype, channels):
    stored = picture(dtype, channels)
    recording = images.read(kept(tmp_path / f"still{suffix}", stored))
    pixels = recording.frames([0]).pixels
    assert np.array_equal(pixels[0], stored[..., ::-1] if channels else stored[..., None])
    assert (recording.size, recording.dtype) == ((5, 7), dtype)
    assert recording.bit_depth == 8 * np.dtype(dtype).itemsize
    assert recording.channels == (("red", "green", "blue") if channels else ("luma",))
    assert (recording.name, recording.times_s.tolist()) == (f"still{suffix}", [0.0])
    assert recording.warnings == ()


def test_jpeg_keeps_its_one_channel(tmp_path):
    recording = images.read(kept(tmp_path / "still.jpg", np.full((5, 7), 90, np.uint8)))
    assert recording.frames([0]).pixels.ravel().tolist() == [90] * 35


@pytest.fixture
def folder(tmp_path):
    """Twelve pictures whose levels are their numbers, and things that are not pictures."""
    for number in range(1, 13):
        kept(tmp_path / f"img{number}.png", np.full((4, 6), number, np.uint8))
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    return tmp_path


def test_a_folder_is_in_natural_order(folder):
    recording = images.read(folder)
    frames = recording.frames(range(12))
    assert frames.pixels[:, 0, 0, 0].tolist() == list(range(1, 13))
    assert recording.frames([1, 9]).pixels[:, 0, 0, 0].tolist() == [2, 10]
    assert recording.keyframes.tolist() == list(range(12))
    assert recording.name == folder.name


def test_an_assumed_clock_is_told_and_a_given_one_is_not(folder):
    assumed, given = images.read(folder), images.read(folder, rate=4, name="slices")
    assert assumed.times_s.tolist() == list(range(12))
    assert "stills carry no clock" in assumed.warnings[0]
    assert given.times_s[:3].tolist() == [0, 0.25, 0.5]
    assert (given.warnings, given.name) == ((), "slices")


def test_one_picture_is_decoded_at_a_time(folder, monkeypatch):
    recording = pickle.loads(pickle.dumps(images.read(folder)))
    decoded = []
    plain = cv2.imdecode
    monkeypatch.setattr(cv2, "imdecode", lambda *a: decoded.append(1) or plain(*a))
    answers = recording.source.images(range(12))
    next(answers)
    assert len(decoded) == 1


@pytest.mark.parametrize("other", [np.zeros((4, 7), np.uint8), np.zeros((4, 6, 3), np.uint8)])
def test_a_picture_that_differs_is_named(folder, other):
    kept(folder / "img7.png", other)
    with pytest.raises(Refusal, match=r"img7\.png: it differs from img1\.png in size, depth"):
        images.read(folder).frames(range(12))


def test_a_stray_size_shows_on_opening(folder):
    kept(folder / "img7.png", np.zeros((4, 7), np.uint8))
    with pytest.raises(Refusal, match=r"img7\.png"):
        images.read(folder)


def test_a_picture_that_cannot_be_decoded_is_left_out(folder, capfd):
    path = folder / "img3.png"
    path.write_bytes(path.read_bytes()[:45])
    recording = images.read(folder)
    assert recording.frames(range(5)).numbers.tolist() == [0, 1, 3, 4]
    assert capfd.readouterr() == ("", "")


def test_transparency_is_left_out_and_told(tmp_path):
    stored = picture(channels=4)
    recording = images.read(kept(tmp_path / "veil.png", stored))
    assert np.array_equal(recording.frames([0]).pixels[0], stored[..., 2::-1])
    assert recording.warnings == ("transparency is left out",)
    stored[..., 3] = 255
    assert images.read(kept(tmp_path / "clear.png", stored)).warnings == ()


def refused(path) -> str:
    with pytest.raises(Refusal) as told:
        images.read(path)
    return str(told.value)


def test_refusals(tmp_path):
    assert "no such file" in refused(tmp_path / "none.png")
    assert "holds no picture" in refused(tmp_path)
    (tmp_path / "empty.png").write_bytes(b"")
    assert "the file is empty" in refused(tmp_path / "empty.png")
    (tmp_path / "text.png").write_text("not a picture")
    assert "cannot be decoded" in refused(tmp_path / "text.png")
    real = kept(tmp_path / "real.tif", np.zeros((4, 6), np.float32))
    assert "type float32" in refused(real)
    stack = tmp_path / "stack.tif"
    assert cv2.imwritemulti(str(stack), [np.zeros((4, 6), np.uint8)] * 3)
    assert "holds 3 pages" in refused(stack)


def test_identity_follows_content_and_names(folder):
    before = images.read(folder)
    assert images.read(folder) == before
    kept(folder / "img5.png", np.full((4, 6), 99, np.uint8))
    assert images.read(folder).identity != before.identity


def test_real_stills(shared):
    smears = images.read(shared / "data/blood_cells/BCCD/JPEGImages", rate=1)
    assert (smears.size, smears.channels) == ((480, 640), ("red", "green", "blue"))
    assert len(smears.frames([0, 363])) == 2
