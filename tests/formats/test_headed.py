"""What the first bytes of a picture tell is what decoding it tells."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields

import cv2
import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Recording, Refusal
from ethoframe.formats._headed import still, told

SHAPES = {"gray": (8, 12), "colour": (8, 12, 3), "veiled": (8, 12, 4)}


def painted(shape, dtype=np.uint8):
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("end", [".png", ".jpg", ".bmp", "16.png", ".tif"])
def test_it_is_the_recording_that_decoding_gives(tmp_path, shape, end):
    path = tmp_path / f"a{end}"
    pixels = painted(shape, np.uint16 if end == "16.png" else np.uint8)
    if end == ".jpg" and len(shape) == 3:
        pixels = pixels[..., :3]
    cv2.imwrite(str(path), pixels)
    quick, slow = still(path, "a"), formats.read(path, name="a")
    assert quick == slow
    same = ("name", "bit_depth", "warnings", "keyframes", "facts")
    for name in {field.name for field in fields(Recording)} & {*same}:
        assert np.array_equal(getattr(quick, name), getattr(slow, name)), name
    assert (quick.frames([0]).pixels == slow.frames([0]).pixels).all()


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_few_bits(tmp_path, bits):
    image = pytest.importorskip("PIL.Image")
    path = tmp_path / "a.png"
    image.fromarray(painted((8, 12)) >> (8 - bits)).save(path, bits=bits)
    quick, slow = still(path, "a"), formats.read(path, name="a")
    assert (quick, quick.bit_depth) == (slow, slow.bit_depth)
    assert (quick.frames([0]).pixels == slow.frames([0]).pixels).all()


@pytest.mark.parametrize("kind", ["turned.jpg", "cmyk.jpg", "palette.png", "clear.png", "wave.jpg"])
def test_what_first_bytes_do_not_tell_is_decoded(tmp_path, kind):
    image = pytest.importorskip("PIL.Image")
    made = image.fromarray(painted((8, 12, 3)))
    path = tmp_path / kind
    if kind == "turned.jpg":
        tags = image.Exif()
        tags[0x0112] = 6
        made.save(path, exif=tags)
    elif kind == "cmyk.jpg":
        made.convert("CMYK").save(path)
    elif kind == "palette.png":
        made.quantize(16).save(path)
    elif kind == "clear.png":
        made.save(path, transparency=(1, 2, 3))
    else:
        made.save(path, progressive=True)
    assert (told(path) is None) == (kind != "wave.jpg")
    quick, slow = still(path, "a"), formats.read(path, name="a")
    assert quick == slow
    assert (quick.frames([0]).pixels == slow.frames([0]).pixels).all()


@pytest.mark.parametrize("end", [".png", ".jpg"])
def test_pictures_that_are_cut_are_told_of_or_refused(tmp_path, end):
    cv2.imwrite(str(tmp_path / f"a{end}"), painted((8, 12)))
    whole = (tmp_path / f"a{end}").read_bytes()
    for length in range(1, len(whole), 7):
        (tmp_path / f"a{end}").write_bytes(whole[:length])
        with suppress(Refusal):
            assert still(tmp_path / f"a{end}", "a").size == (8, 12)


def test_several_pictures_are_not_one(tmp_path):
    for name, shape, held in (
        ("t", (2, 8, 12, 1), "2 frames"),
        ("z", (1, 2, 8, 12, 1), "a volume"),
    ):
        formats.write(Recording.of(painted(shape)), tmp_path / f"{name}.tif")
        with pytest.raises(Refusal, match=f"it holds {held}, not one picture"):
            still(tmp_path / f"{name}.tif", "a")
