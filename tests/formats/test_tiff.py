"""TIFF: whose axes are told by whom, what is odd, and what is broken."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import tifffile

from ethoframe import formats
from ethoframe.data import Recording, Refusal, Window
from ethoframe.formats import tiff


def values(shape, dtype=np.uint16):
    return np.random.default_rng(0).integers(0, 250, shape).astype(dtype)


def saved(path, array, **options):
    tifffile.imwrite(path, array, **options)
    return path


def whole(recording):
    return recording.frames(range(len(recording))).pixels


def test_imagej_tells_axes_sizes_and_times(tmp_path):
    stored = values((3, 4, 2, 8, 9))
    path = saved(
        tmp_path / "cells.tif",
        stored,
        imagej=True,
        resolution=(5.0, 4.0),
        metadata={"axes": "TZCYX", "spacing": 1.5, "unit": "um", "finterval": 2.5},
    )
    recording = formats.read(path)
    assert np.array_equal(whole(recording), np.moveaxis(stored, 2, -1))
    assert recording.size == (4, 8, 9)
    assert recording.spacing_mm == pytest.approx((0.0015, 0.00025, 0.0002))
    assert recording.times_s.tolist() == [0.0, 2.5, 5.0]
    assert recording.channels == ("c0", "c1")
    assert recording.warnings == ()


def test_imagej_leaves_out_a_distance_of_one(tmp_path):
    options = {"axes": "ZYX", "unit": "micron"}
    path = saved(
        tmp_path / "z.tif", values((4, 8, 9)), imagej=True, resolution=(2, 2), metadata=options
    )
    recording = formats.read(path)
    assert recording.spacing_mm == pytest.approx((0.001, 0.0005, 0.0005))
    assert "by its rule 1 micron" in recording.warnings[0]


def test_inches_of_imagej_are_those_of_printers(tmp_path):
    options = {"axes": "YX", "unit": "inch"}
    path = saved(
        tmp_path / "a.tif", values((8, 9)), imagej=True, resolution=(72, 72), metadata=options
    )
    assert formats.read(path).spacing_mm is None


def test_ome_tells_axes_sizes_names_and_times(tmp_path):
    stored = values((2, 3, 4, 8, 9))
    told = {
        "axes": "TCZYX",
        "PhysicalSizeX": 200.0, "PhysicalSizeXUnit": "nm",
        "PhysicalSizeY": 0.3,
        "PhysicalSizeZ": 0.002, "PhysicalSizeZUnit": "mm",
        "TimeIncrement": 40.0, "TimeIncrementUnit": "ms",
        "Channel": {"Name": ["DAPI", "GFP", "GFP"]},
        "SignificantBits": 12,
    }  # fmt: skip
    path = saved(
        tmp_path / "cells.ome.tif", stored, metadata=told, compression="zlib", tile=(16, 16)
    )
    recording = formats.read(path)
    assert np.array_equal(whole(recording), np.moveaxis(stored, 1, -1))
    assert recording.spacing_mm == pytest.approx((0.002, 0.0003, 0.0002))
    assert recording.times_s.tolist() == [0.0, 0.04]
    assert recording.channels == ("DAPI", "GFP", "GFP 2")
    assert recording.bit_depth == 12


def test_times_of_planes_go_before_a_steady_step(tmp_path):
    told = {
        "axes": "TYX",
        "TimeIncrement": 1.0,
        "Plane": {"DeltaT": [0.5, 1.75, 9.0], "DeltaTUnit": ["min"] * 3},
    }
    path = saved(tmp_path / "slow.ome.tif", values((3, 8, 9)), metadata=told)
    assert formats.read(path).times_s.tolist() == [30.0, 105.0, 540.0]


def test_pages_that_nothing_tells_of_are_frames_unless_said_otherwise(tmp_path):
    stored = values((5, 8, 9))
    path = saved(tmp_path / "pages.tif", stored, metadata=None)
    frames, volume = formats.read(path), formats.read(path, pages="z")
    assert np.array_equal(whole(frames), stored[..., None])
    assert "nothing tells what its 5 pages are" in frames.warnings[0]
    assert np.array_equal(whole(volume), stored[None, ..., None])
    assert volume.warnings == ()
    assert formats.read(path, pages="t", rate=2).warnings == ()


def test_planes_of_imagej_may_be_frames(tmp_path):
    path = saved(tmp_path / "drift.tif", values((5, 8, 9)), imagej=True, metadata={"axes": "ZYX"})
    assert formats.read(path).size == (5, 8, 9)
    assert "tells no distance between them" in formats.read(path).warnings[0]
    assert len(formats.read(path, pages="t")) == 5


KINDS = ("u1", "i1", "i2", "u4", "i4", "u8", "f2", "f4", "f8", "c8", "c16", ">u2", ">f4")


@pytest.mark.parametrize("dtype", KINDS)
def test_values_are_as_stored(tmp_path, dtype):
    stored = values((8, 9)).astype(dtype)
    recording = formats.read(saved(tmp_path / "a.tif", stored))
    assert recording.dtype == np.dtype(dtype).newbyteorder("=")
    assert np.array_equal(whole(recording)[0, ..., 0], stored)


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "zlib", "predictor": True, "rowsperstrip": 7},
        {"compression": "lzw", "tile": (16, 32)},
        {"compression": "zstd", "rowsperstrip": 40},
        {"bigtiff": True},
        {"byteorder": ">", "tile": (32, 16)},
    ],
)
@pytest.mark.parametrize("axes", ["YX", "YXS", "SYX"])
def test_windows_of_strips_and_tiles(tmp_path, options, axes):
    shape = {"YX": (50, 70), "YXS": (50, 70, 3), "SYX": (3, 50, 70)}[axes]
    stored = values(shape, np.uint8)
    if axes != "YX":
        planar = "contig" if axes == "YXS" else "separate"
        options = {**options, "photometric": "rgb", "planarconfig": planar}
    recording = formats.read(saved(tmp_path / "a.tif", stored, **options))
    expected = {"YX": stored[..., None], "YXS": stored, "SYX": np.moveaxis(stored, 0, -1)}[axes]
    assert np.array_equal(whole(recording)[0], expected)
    for top, left, height, width in [
        (0, 0, 50, 70),
        (5, 6, 20, 30),
        (49, 69, 1, 1),
        (13, 0, 9, 70),
    ]:
        part = recording.cropped(Window(top, left, height, width)).frames([0]).pixels[0]
        assert np.array_equal(part, expected[top : top + height, left : left + width])
    assert recording.channels == (("luma",) if axes == "YX" else ("red", "green", "blue"))


def test_a_window_reads_only_the_tiles_that_it_touches(tmp_path, monkeypatch):
    path = saved(tmp_path / "a.tif", values((512, 512)), compression="zlib", tile=(64, 64))
    recording = formats.read(path)
    read = []
    paste = tiff.pages.Pages._paste
    monkeypatch.setattr(tiff.pages.Pages, "_paste", lambda *a: read.append(a[2]) or paste(*a))
    recording.cropped(Window(70, 70, 10, 100)).frames([0])
    assert sorted(read) == [9, 10]


def test_one_page_is_decoded_at_a_time(tmp_path, monkeypatch):
    path = saved(tmp_path / "a.tif", values((6, 8, 9)), compression="zlib", metadata=None)
    recording = pickle.loads(pickle.dumps(formats.read(path)))
    parts = []
    part = tiff.pages.Pages._part
    monkeypatch.setattr(tiff.pages.Pages, "_part", lambda *a: parts.append(1) or part(*a))
    next(recording.source.images(range(6)))
    assert len(parts) == 1


def test_bits_and_extra_samples(tmp_path):
    packed = formats.read(
        saved(tmp_path / "bits.tif", values((8, 9)) % 2 == 0, photometric="minisblack")
    )
    assert (packed.dtype, packed.bit_depth, whole(packed).max()) == (np.uint8, 1, 1)
    veiled = saved(
        tmp_path / "a.tif",
        values((8, 9, 4), np.uint8),
        photometric="rgb",
        extrasamples=["unassalpha"],
    )
    assert formats.read(veiled).channels == ("red", "green", "blue", "alpha")


def test_what_is_odd_is_told(tmp_path):
    white = formats.read(saved(tmp_path / "w.tif", values((8, 9)), photometric="miniswhite"))
    assert "0 is white" in white.warnings[0]
    turned = saved(tmp_path / "t.tif", values((8, 9)), extratags=[(274, 3, 1, 6, True)])
    assert "a tag asks to turn" in formats.read(turned).warnings[0]


def test_pixels_per_centimetre_count_and_those_of_printers_do_not(tmp_path):
    real = saved(tmp_path / "a.tif", values((8, 9)), resolution=(1000, 500), resolutionunit=3)
    assert formats.read(real).spacing_mm == pytest.approx((0.02, 0.01))
    for per, unit in ((72, 2), (300, 2), (28.35, 3), (1234, 2)):
        path = saved(tmp_path / "b.tif", values((8, 9)), resolution=(per, per), resolutionunit=unit)
        assert formats.read(path).spacing_mm is None


def test_several_arrays_in_a_file(tmp_path):
    with tifffile.TiffWriter(tmp_path / "two.tif") as file:
        file.write(values((8, 9)))
        file.write(values((4, 5)))
    with tifffile.TiffWriter(tmp_path / "odd.tif") as file:
        file.write(values((8, 9)), metadata=None)
        file.write(values((4, 5)), metadata=None)
    odd = formats.read(tmp_path / "odd.tif")
    assert odd.warnings == ("1 of its pages are of another size and not read",)
    first, second = formats.read(tmp_path / "two.tif"), formats.read(tmp_path / "two.tif", series=1)
    assert (first.size, second.size) == ((8, 9), (4, 5))
    assert "it holds 2 arrays; number 0 is read: --series names another" in first.warnings
    with pytest.raises(Refusal, match="it holds 2 arrays; name one of them"):
        formats.read(tmp_path / "two.tif", series=2)


def broken(path, old: bytes, new: bytes):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


@pytest.mark.parametrize(
    ("old", "new"), [(b"</Pixels>", b"</Pixelz>"), (b'SizeX="9"', b'SizeX="9\xff')]
)
def test_broken_ome_xml_is_told_and_the_pages_are_read(tmp_path, old, new):
    stored = values((5, 8, 9))
    path = saved(tmp_path / "a.ome.tif", stored, metadata={"axes": "ZYX", "PhysicalSizeX": 1.0})
    recording = formats.read(broken(path, old, new))
    assert np.array_equal(whole(recording), stored[..., None])
    assert "its OME-XML is broken" in recording.warnings[0]
    assert "\n" not in recording.warnings[0]
    assert recording.spacing_mm is None


def refusal(path, **options) -> str:
    with pytest.raises(Refusal) as told:
        whole(formats.read(path, **options))
    assert "\n" not in str(told.value)
    assert str(path) in str(told.value)
    return str(told.value)


def test_empty_files(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"")
    assert "the file is empty" in refusal(tmp_path / "a.tif")
    (tmp_path / "b.tif").write_bytes(b"II*\x00\x00\x00\x00\x00")
    assert "it holds no picture" in refusal(tmp_path / "b.tif")
    (tmp_path / "c.tif").write_text("not a picture")
    assert "this is not a TIFF file" in refusal(tmp_path / "c.tif")


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.98])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("kind", ["plain", "ome", "imagej"])
def test_a_cut_file_is_refused(tmp_path, share, compression, kind):
    options = {"plain": {"metadata": None}, "ome": {"ome": True}, "imagej": {"imagej": True}}[kind]
    path = saved(tmp_path / "a.tif", values((9, 64, 65)), compression=compression, **options)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert "the file is cut or damaged" in refusal(path) or "it holds no picture" in refusal(path)


def test_strange_axes_are_refused(tmp_path):
    path = saved(tmp_path / "a.tif", values((3, 4, 8, 9)), photometric="minisblack")
    assert "nothing tells what its axes of (3, 4, 8, 9) are" in refusal(path)
    told = {"axes": "TAYX"}
    path = saved(tmp_path / "b.tif", values((3, 4, 8, 9)), photometric="minisblack", metadata=told)
    assert "only TZCYXS are known" in refusal(path)


def test_a_codec_that_is_missing_is_named(tmp_path, monkeypatch):
    path = saved(tmp_path / "a.tif", values((8, 9)), compression="zstd")

    def missing(*args, **kwargs):
        raise ValueError("<COMPRESSION.ZSTD: 50000> requires the 'imagecodecs' package")

    recording = formats.read(path)
    monkeypatch.setattr(tifffile.TiffPage, "asarray", missing)
    with pytest.raises(Refusal, match=r"cannot be decoded .*; pip install 'ethoframe\[images\]'"):
        whole(recording)


def test_what_is_written_opens_as_a_plain_stack(tmp_path):
    stored = values((3, 8, 9, 1))
    formats.write(Recording.of(stored, 5.0), tmp_path / "a.tif")
    assert np.array_equal(tifffile.imread(tmp_path / "a.tif"), stored[..., 0])
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert 'TimeIncrement="0.2"' in file.ome_metadata


def test_real_stacks(shared):
    folder = shared / "data/stacks"
    for name in ("img3d.tif", "two_photon_motion.tif", "pc12-unreg.tif"):
        recording = formats.read(folder / name)
        assert np.array_equal(whole(recording)[..., 0], tifffile.imread(folder / name))
        assert len(recording.size) == 2
    assert formats.read(folder / "pc12-reg-affine.tif").size == (5, 201, 199)
    assert formats.read(folder / "img3d.tif", pages="z").size == (31, 61, 57)
