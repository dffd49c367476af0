"""Stills come back as they were stored, in natural order, one at a time."""

from __future__ import annotations

import pickle
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from ethoframe.data import Refusal
from ethoframe.formats import images

RGB = ("red", "green", "blue")


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


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".jpg"])
def test_a_stray_size_shows_whatever_the_format(tmp_path, suffix):
    for number, size in enumerate([(40, 60), (40, 60), (41, 60)]):
        kept(tmp_path / f"{number}{suffix}", picture(size=size))
    with pytest.raises(Refusal, match=rf"2\{suffix}: it differs from 0"):
        images.read(tmp_path)


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


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_transparency_is_kept_unless_nothing_shows_through(tmp_path, dtype):
    stored = picture(dtype, channels=4)
    recording = images.read(kept(tmp_path / "veil.png", stored))
    assert np.array_equal(recording.frames([0]).pixels[0], stored[..., [2, 1, 0, 3]])
    assert (recording.channels, recording.warnings) == ((*RGB, "alpha"), ())
    stored[..., 3] = np.iinfo(dtype).max
    clear = images.read(kept(tmp_path / "clear.png", stored))
    assert np.array_equal(clear.frames([0]).pixels[0], stored[..., 2::-1])
    assert (clear.channels, clear.warnings) == (RGB, ())
    assert "opaque" in clear.facts["transparency"]


def test_gray_levels_with_transparency(tmp_path):
    stored = picture(channels=2)
    Image.fromarray(stored, "LA").save(tmp_path / "a.png")
    recording = images.read(tmp_path / "a.png")
    assert recording.channels == ("luma", "alpha")
    assert np.array_equal(recording.frames([0]).pixels[0], stored)


def test_a_folder_is_transparent_as_its_first_picture(tmp_path):
    stored = picture(channels=4)
    stored[..., 3] = 255
    kept(tmp_path / "1.png", stored)
    kept(tmp_path / "2.png", np.ascontiguousarray(stored[..., :3]))
    assert np.array_equal(*images.read(tmp_path).frames([0, 1]).pixels)
    stored[0, 0, 3] = 0
    kept(tmp_path / "3.png", stored)
    with pytest.raises(Refusal, match=r"3\.png: it differs from 1\.png"):
        images.read(tmp_path).frames([2])


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_levels_of_few_bits_are_as_stored(tmp_path, bits):
    stored = (np.arange(35).reshape(5, 7) % 2**bits).astype(np.uint8)
    bit_by_bit = np.unpackbits(stored[..., None], axis=2)[..., 8 - bits :]
    write_png(tmp_path / "a.png", np.packbits(bit_by_bit.reshape(5, -1), axis=1), (5, 7), bits)
    recording = images.read(tmp_path / "a.png")
    assert np.array_equal(recording.frames([0]).pixels[0, ..., 0], stored)
    assert recording.bit_depth == bits


def write_png(path, packed, size, bits):
    """A PNG of gray levels of few bits, which OpenCV and Pillow do not write."""

    def chunk(word: bytes, data: bytes) -> bytes:
        body = word + data
        return len(data).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)

    head = size[1].to_bytes(4) + size[0].to_bytes(4) + bytes([bits, 0, 0, 0, 0])
    rows = b"".join(b"\0" + row.tobytes() for row in packed)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)


def test_a_palette_is_colours_or_numbers(tmp_path):
    stored = picture() % 3
    palette = Image.fromarray(stored).convert("P")
    palette.putpalette([0, 0, 0, 255, 0, 0, 0, 0, 255])
    palette.save(tmp_path / "a.png")
    colours = images.read(tmp_path / "a.png").frames([0]).pixels[0]
    assert np.array_equal(colours[..., 0], 255 * (stored == 1))
    numbers = images.read(tmp_path / "a.png", labels=True).frames([0]).pixels[0]
    assert np.array_equal(numbers[..., 0], stored)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32])
def test_pages_of_tiff_in_a_folder(tmp_path, dtype):
    stored = [picture().astype(dtype) - dtype(3) for _ in range(3)]
    for number, each in enumerate(stored):
        tifffile.imwrite(tmp_path / f"{number}.tif", each)
    recording = images.read(tmp_path, rate=1)
    assert recording.dtype == dtype
    assert np.array_equal(recording.frames(range(3)).pixels[..., 0], stored)
    tifffile.imwrite(tmp_path / "1.tif", np.stack(stored), photometric="minisblack")
    with pytest.raises(Refusal, match=r"1\.tif: it holds 3 pages, not one picture"):
        images.read(tmp_path).frames([1])


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp"])
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_a_cut_picture_is_refused(tmp_path, suffix, share):
    path = kept(tmp_path / f"a{suffix}", picture(size=(60, 70)))
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert "this picture cannot be decoded" in refused(path)


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


def test_identity_follows_content_and_names(folder):
    before = images.read(folder)
    assert images.read(folder) == before
    kept(folder / "img5.png", np.full((4, 6), 99, np.uint8))
    assert images.read(folder).identity != before.identity


def test_real_stills(shared):
    smears = images.read(shared / "data/blood_cells/BCCD/JPEGImages", rate=1)
    assert (smears.size, smears.channels) == ((480, 640), ("red", "green", "blue"))
    assert len(smears.frames([0, 363])) == 2
