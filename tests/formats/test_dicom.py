"""DICOM: slices in order of place, what values stand for, and what is wrong with a series."""

from __future__ import annotations

import pickle
import shutil

import numpy as np
import pydicom
import pytest
from imagecodecs import jpeg2k_encode, jpegls_encode
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

from ethoframe import formats
from ethoframe.data import Refusal, Window

ACROSS, DOWN = (0.8, 0.6, 0.0), (0.0, 0.0, -1.0)
NORMAL = np.cross(ACROSS, DOWN)
STEP_MM = 2.5
FIRST = np.array([10.0, -20.0, 30.0])
SERIES = "1.2.826.0.1.1"


def levels(number: int, size=(6, 7), dtype=np.uint16) -> np.ndarray:
    return (np.random.default_rng(int(number)).integers(0, 100, size) + int(number)).astype(dtype)


def made(number: int, pixels: np.ndarray | None = None, **words) -> Dataset:
    """A slice, `number` steps along the normal."""
    pixels = levels(number) if pixels is None else pixels
    one = Dataset()
    one.SOPClassUID, one.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", generate_uid()
    one.SeriesInstanceUID, one.SeriesNumber, one.Modality = SERIES, 7, "MR"
    one.PatientName, one.PatientID = "Doe^Jane", "secret"
    one.InstanceNumber = 100 - int(number)
    one.ImageOrientationPatient = [*ACROSS, *DOWN]
    one.ImagePositionPatient = [float(f"{p:.6f}") for p in FIRST + number * STEP_MM * NORMAL]
    one.PixelSpacing, one.SliceThickness = [0.5, 0.25], 2.0
    one.Rows, one.Columns = pixels.shape[-2:] if pixels.ndim == 2 else pixels.shape[:2]
    one.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    one.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    if pixels.ndim == 3:
        one.PlanarConfiguration = 0
    one.BitsAllocated = one.BitsStored = 8 * pixels.itemsize
    one.HighBit = one.BitsStored - 1
    one.PixelRepresentation = int(pixels.dtype.kind == "i")
    one.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
    one["PixelData"].VR = "OW" if pixels.itemsize > 1 else "OB"
    for word, value in words.items():
        setattr(one, word, value)
    return one


def saved(path, one: Dataset, syntax=ExplicitVRLittleEndian):
    one.file_meta = FileMetaDataset()
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    one.file_meta.TransferSyntaxUID = syntax
    one.save_as(path, enforce_file_format=True)
    return path


def series(folder, numbers, suffix=".dcm", **words):
    """Files whose names and instance numbers are in no order of place."""
    folder.mkdir(exist_ok=True)
    names = np.random.default_rng(1).permutation(1000)
    for name, number in zip(names, numbers, strict=False):
        saved(folder / f"{name}{suffix}", made(number, **words))
    return folder


def whole(recording):
    return recording.frames(range(len(recording))).pixels


@pytest.mark.parametrize("suffix", [".dcm", "", ".17"])
def test_slices_are_in_order_of_place(tmp_path, suffix):
    recording = formats.read(series(tmp_path / "scan", range(5), suffix))
    assert np.array_equal(whole(recording)[0, ..., 0], np.stack([levels(n) for n in range(5)]))
    assert (recording.size, recording.dtype) == ((5, 6, 7), np.uint16)
    assert recording.spacing_mm == pytest.approx((STEP_MM, 0.5, 0.25))
    affine = np.eye(4)
    affine[:3] = np.stack(
        [np.array(ACROSS) * 0.25, np.array(DOWN) * 0.5, NORMAL * STEP_MM, FIRST], axis=1
    )
    assert recording.affine == pytest.approx(affine, abs=1e-5)
    assert (recording.channels, recording.warnings, recording.name) == (("luma",), (), "scan")


def test_nothing_tells_the_patient(tmp_path):
    recording = formats.read(series(tmp_path / "scan", range(5)))
    formats.write(recording, tmp_path / "out.dcm")
    written = b"".join(each.read_bytes() for each in (tmp_path / "out.dcm").iterdir())
    for private in ("Doe", "secret"):
        assert private not in f"{recording.facts}{recording.warnings}"
        assert private.encode() not in written


def test_only_the_planes_of_a_window_are_decoded(tmp_path, monkeypatch):
    recording = pickle.loads(pickle.dumps(formats.read(series(tmp_path / "scan", range(8)))))
    read = []
    pixels = pydicom.pixels.iter_pixels
    monkeypatch.setattr(
        "pydicom.pixels.iter_pixels", lambda path, **k: read.append(path) or pixels(path, **k)
    )
    part = whole(recording.cropped(Window(1, 2, 3, 4, 5, 2)))
    assert len(read) == 2
    expected = np.stack([levels(n) for n in (5, 6)])[:, 1:4, 2:6]
    assert np.array_equal(part[0, ..., 0], expected)


def test_one_slice_is_a_picture(tmp_path):
    recording = formats.read(saved(tmp_path / "one.dcm", made(3)))
    assert (recording.size, recording.spacing_mm) == ((6, 7), (0.5, 0.25))
    assert np.array_equal(whole(recording)[0, ..., 0], levels(3))
    assert recording.facts["position_mm"] == pytest.approx(FIRST + 3 * STEP_MM * NORMAL)


@pytest.mark.parametrize(
    ("words", "dtype"),
    [
        ({"RescaleSlope": 1, "RescaleIntercept": -1024, "BitsStored": 12, "HighBit": 11}, "int16"),
        ({"RescaleSlope": 2, "RescaleIntercept": 0}, "uint32"),
        ({"RescaleSlope": "0.5", "RescaleIntercept": "0.25"}, "float64"),
        ({}, "uint16"),
    ],
)
def test_the_rescale_is_applied(tmp_path, words, dtype):
    recording = formats.read(series(tmp_path / "scan", range(3), **words))
    stored = np.stack([levels(n) for n in range(3)])
    slope, intercept = float(words.get("RescaleSlope", 1)), float(words.get("RescaleIntercept", 0))
    assert recording.dtype == dtype
    assert np.array_equal(whole(recording)[0, ..., 0], stored * slope + intercept)
    assert recording.bit_depth == (64 if dtype == "float64" else words.get("BitsStored", 16))


def test_each_slice_has_its_own_rescale(tmp_path):
    (tmp_path / "pet").mkdir()
    for n in range(3):
        saved(tmp_path / "pet" / f"{n}.dcm", made(n, RescaleSlope=n + 1, RescaleIntercept=-n))
    found = whole(formats.read(tmp_path / "pet"))[0, ..., 0]
    assert np.array_equal(found, np.stack([levels(n) * (n + 1.0) - n for n in range(3)]))


def test_colours_and_signs(tmp_path):
    stored = levels(1, (6, 7, 3), np.uint8)
    recording = formats.read(saved(tmp_path / "us.dcm", made(0, stored)))
    assert recording.channels == ("red", "green", "blue")
    assert np.array_equal(whole(recording)[0], stored)
    signed = levels(1, dtype=np.int16) - 50
    recording = formats.read(saved(tmp_path / "ct.dcm", made(0, signed)))
    assert np.array_equal(whole(recording)[0, ..., 0], signed)


def test_what_shows_low_values_bright_is_told(tmp_path):
    one = made(0, PhotometricInterpretation="MONOCHROME1")
    recording = formats.read(saved(tmp_path / "x.dcm", one))
    assert np.array_equal(whole(recording)[0, ..., 0], levels(0))
    assert "MONOCHROME1" in recording.warnings[0]


def compressed(path, one: Dataset, syntax):
    """The slice saved with its pixels compressed."""
    image = np.frombuffer(one.PixelData, np.uint16).reshape(one.Rows, one.Columns)
    encoders = {
        RLELossless: lambda: rle_encode(image),
        JPEG2000Lossless: lambda: jpeg2k_encode(image, level=0, codecformat="j2k"),
        JPEGLSLossless: lambda: jpegls_encode(image),
        HTJ2KLossless: lambda: b"\0" * 64,
    }
    one.PixelData = pydicom.encaps.encapsulate([encoders[syntax]()])
    return saved(path, one, syntax)


def rle_encode(image: np.ndarray) -> bytes:
    """By DICOM's rule, each byte plane as literal runs."""
    planes = [image.astype("<u2").view(np.uint8).reshape(-1, 2)[:, n].tobytes() for n in (1, 0)]
    coded = []
    for plane in planes:
        runs = [plane[n : n + 128] for n in range(0, len(plane), 128)]
        one = b"".join(bytes([len(run) - 1]) + run for run in runs)
        coded.append(one + b"\0" * (len(one) % 2))
    offsets = [64, 64 + len(coded[0])]
    header = np.zeros(16, "<u4")
    header[:3] = 2, *offsets
    return header.tobytes() + b"".join(coded)


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, JPEGLSLossless])
def test_compressed_slices(tmp_path, syntax):
    recording = formats.read(compressed(tmp_path / "a.dcm", made(2), syntax))
    assert np.array_equal(whole(recording)[0, ..., 0], levels(2))
    assert recording.facts["codec"] == syntax.name


def multiframe(count: int, **words) -> Dataset:
    frames = np.stack([levels(n) for n in range(count)])
    one = made(0, frames[0], NumberOfFrames=count, **words)
    one.PixelData = frames.tobytes()
    return one


def test_a_file_of_many_frames_with_places_is_a_volume(tmp_path):
    order = [3, 0, 2, 1]
    one = multiframe(4)
    del one.ImagePositionPatient, one.ImageOrientationPatient, one.PixelSpacing
    shared = Dataset()
    shared.PlaneOrientationSequence = [Dataset()]
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [*ACROSS, *DOWN]
    shared.PixelMeasuresSequence = [Dataset()]
    shared.PixelMeasuresSequence[0].PixelSpacing = [0.5, 0.25]
    shared.PixelValueTransformationSequence = [Dataset()]
    shared.PixelValueTransformationSequence[0].RescaleSlope = 1
    shared.PixelValueTransformationSequence[0].RescaleIntercept = -10
    one.SharedFunctionalGroupsSequence = [shared]
    one.PerFrameFunctionalGroupsSequence = []
    for place in order:
        frame = Dataset()
        frame.PlanePositionSequence = [Dataset()]
        position = [float(f"{p:.6f}") for p in FIRST + place * STEP_MM * NORMAL]
        frame.PlanePositionSequence[0].ImagePositionPatient = position
        one.PerFrameFunctionalGroupsSequence.append(frame)
    recording = formats.read(saved(tmp_path / "enhanced.dcm", one))
    expected = np.stack([levels(order.index(place)) for place in range(4)]).astype(int) - 10
    assert np.array_equal(whole(recording)[0, ..., 0], expected)
    assert recording.spacing_mm == pytest.approx((STEP_MM, 0.5, 0.25))
    assert recording.affine[:3, 3] == pytest.approx(FIRST)


def test_a_file_of_many_frames_without_places_is_a_film(tmp_path):
    one = multiframe(4, FrameTime=40)
    recording = formats.read(saved(tmp_path / "cine.dcm", one))
    assert recording.times_s == pytest.approx([0, 0.04, 0.08, 0.12])
    assert np.array_equal(whole(recording)[..., 0], np.stack([levels(n) for n in range(4)]))
    assert np.array_equal(recording.frames([1, 3]).pixels[1, ..., 0], levels(3))


def test_several_slices_at_each_place_are_volumes_in_time(tmp_path):
    (tmp_path / "fmri").mkdir()
    for time in range(3):
        for place in range(4):
            one = made(place, levels(10 * time + place), TemporalPositionIdentifier=time + 1)
            one.TemporalResolution = 1500
            saved(tmp_path / "fmri" / f"{place}_{time}.dcm", one)
    recording = formats.read(tmp_path / "fmri")
    assert recording.times_s == pytest.approx([0, 1.5, 3.0])
    expected = np.stack([[levels(10 * t + p) for p in range(4)] for t in range(3)])
    assert np.array_equal(whole(recording)[..., 0], expected)


def refusal(path, **options) -> str:
    with pytest.raises(Refusal) as told:
        whole(formats.read(path, **options))
    assert "\n" not in str(told.value)
    assert str(path) in str(told.value)
    return str(told.value)


def test_a_missing_slice_is_named(tmp_path):
    folder = series(tmp_path / "scan", [0, 1, 2, 4, 5, 8, 9])
    told = refusal(folder)
    assert "3 of its slices are missing" in told
    files = {float(pydicom.dcmread(f).ImagePositionPatient[0]): f.name for f in folder.iterdir()}
    before, after = (files[round((FIRST + n * STEP_MM * NORMAL)[0], 6)] for n in (2, 4))
    assert f"between {before} and {after}, 5 mm apart" in told


def test_uneven_slices_are_refused(tmp_path):
    told = refusal(series(tmp_path / "scan", [0, 1, 2.2, 3, 4]))
    assert "not evenly spaced" in told
    assert ".dcm" in told


def test_a_slice_that_is_there_twice_is_named(tmp_path):
    folder = series(tmp_path / "scan", [0, 1, 2, 3])
    saved(folder / "again.dcm", made(2))
    assert "2 slices lie at" in refusal(folder)
    assert "again.dcm" in refusal(folder)


def test_a_copy_of_a_file_does_no_harm(tmp_path):
    folder = series(tmp_path / "scan", [0, 1, 2, 3])
    shutil.copy(next(folder.iterdir()), folder / "copy.dcm")
    assert formats.read(folder).size == (4, 6, 7)


def test_two_series_are_listed_and_one_can_be_named(tmp_path):
    folder = series(tmp_path / "scan", [0, 1, 2, 3])
    for n in range(3):
        other = made(n, SeriesInstanceUID="1.2.826.0.1.2", SeriesNumber=8, SeriesDescription="T2")
        saved(folder / f"other{n}.dcm", other)
    told = refusal(folder)
    assert "it holds 2 series" in told
    assert "number 8: MR T2, 3 files" in told
    assert "name one (--series 7)" in told
    assert formats.read(folder, series=8).size == (3, 6, 7)
    assert formats.read(folder, series=SERIES).size == (4, 6, 7)
    assert "series 9 is not one" in refusal(folder, series=9)


def test_slices_of_another_kind_are_named(tmp_path):
    folder = series(tmp_path / "scan", [0, 1, 2])
    odd = saved(folder / "odd.dcm", made(3, levels(3, (5, 7))))
    assert "odd.dcm has rows and columns (5, 7)" in refusal(folder)
    saved(odd, made(3, ImageOrientationPatient=[1, 0, 0, 0, 1, 0]))
    assert "odd.dcm lies in another direction" in refusal(folder)
    saved(odd, made(3, PixelSpacing=[0.5, 0.5]))
    assert "odd.dcm has pixel spacing" in refusal(folder)


def test_a_codec_that_is_missing_is_one_line(tmp_path, monkeypatch):
    path = compressed(tmp_path / "a.dcm", made(0), HTJ2KLossless)
    told = refusal(path)
    assert "High-Throughput JPEG 2000" in told
    assert "there is no codec; pip install 'ethoframe[images]'" in told
    path = compressed(tmp_path / "b.dcm", made(0), JPEG2000Lossless)
    monkeypatch.setattr(pydicom.pixels.common.CoderBase, "is_available", False)
    assert "compressed as JPEG 2000" in refusal(path)


def test_loss_is_told(tmp_path):
    path = saved(tmp_path / "a.dcm", made(0, LossyImageCompression="01"))
    assert "compressed with loss" in formats.read(path).warnings[0]


@pytest.mark.parametrize("share", [0.05, 0.6, 0.95])
def test_a_cut_file_is_named(tmp_path, share):
    folder = series(tmp_path / "scan", [0, 1, 2, 3])
    one = folder / "cut.dcm"
    saved(one, made(4, levels(4, (60, 70))))
    one.write_bytes(one.read_bytes()[: int(share * one.stat().st_size)])
    assert "cut.dcm" in refusal_in(folder)


def refusal_in(folder) -> str:
    with pytest.raises(Refusal) as told:
        whole(formats.read(folder))
    return str(told.value)


def test_a_cut_compressed_file_is_named(tmp_path):
    path = compressed(tmp_path / "a.dcm", made(0, levels(0, (60, 70))), JPEG2000Lossless)
    path.write_bytes(path.read_bytes()[: int(0.7 * path.stat().st_size)])
    assert "cannot be decoded" in refusal(path) or "cut" in refusal(path)


def test_other_files_in_the_folder_are_told(tmp_path):
    folder = series(tmp_path / "scan", [0, 1, 2])
    (folder / "notes.txt").write_text("taken on a Monday")
    assert "1 of the files in the folder are no DICOM pictures" in formats.read(folder).warnings[0]
    (tmp_path / "a.dcm").write_text("not a picture")
    assert "this is no DICOM picture" in refusal(tmp_path / "a.dcm")
    (tmp_path / "b.dcm").write_bytes(b"")
    assert "the file is empty" in refusal(tmp_path / "b.dcm")


def test_a_real_series(shared):
    folder = shared / "data/dicom/dicoms"
    recording = formats.read(folder)
    assert (recording.size, recording.dtype) == ((32, 384, 274), np.int16)
    assert recording.spacing_mm == pytest.approx((0.6667, 0.6667, 0.7), abs=1e-3)
    for z in (0, 31):
        one = pydicom.dcmread(folder / f"N2D_{176 + z:04d}.dcm")
        assert np.array_equal(whole(recording)[0, z, ..., 0], one.pixel_array)
        assert recording.affine @ [0, 0, z, 1] == pytest.approx([*one.ImagePositionPatient, 1])


def test_a_real_series_with_a_slice_removed(shared, tmp_path):
    folder = shutil.copytree(shared / "data/dicom/dicoms", tmp_path / "scan")
    (folder / "N2D_0190.dcm").unlink()
    told = refusal(folder)
    assert "1 of its slices are missing (between N2D_0189.dcm and N2D_0191.dcm" in told
