"""NIfTI: where voxels lie, in which units, and what stored values stand for."""

from __future__ import annotations

import gzip
import pickle

import nibabel
import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Refusal

RAS = np.array(
    [[-2.0, 0.1, 0.0, 90.0], [0.1, 2.0, 0.0, -126.0], [0.0, 0.0, 3.0, -72.0], [0.0, 0.0, 0.0, 1.0]]
)
KINDS = ("u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "c8", "c16", ">i2", ">f4")
QFORM_CODE, QOFFSET_X, SROW_X = 252, 268, 280
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def values(shape, dtype=np.int16):
    return np.random.default_rng(0).integers(0, 250, shape).astype(dtype)


def saved(path, array, affine=RAS, change=lambda header: None):
    image = nibabel.Nifti1Image(array, affine)
    change(image.header)
    nibabel.save(image, path)
    return path


def whole(recording):
    return recording.frames(range(len(recording))).pixels


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_a_volume_lies_where_its_sform_says(tmp_path, suffix):
    stored = values((5, 4, 3))
    recording = formats.read(saved(tmp_path / f"brain{suffix}", stored))
    assert np.array_equal(whole(recording)[0, ..., 0], stored.T)
    assert (recording.size, recording.dtype) == ((3, 4, 5), np.int16)
    assert recording.affine == pytest.approx(LPS @ RAS)
    assert recording.spacing_mm == pytest.approx((3.0, np.hypot(2, 0.1), np.hypot(2, 0.1)))
    assert recording.facts["place"] == "sform"
    where = recording.affine @ [1, 2, 0, 1]  # x 1, y 2, z 0
    assert where[:3] == pytest.approx((LPS @ RAS @ [1, 2, 0, 1])[:3])


def test_a_qform_counts_where_there_is_no_sform(tmp_path):
    straight = np.diag([2.0, 3.0, 4.0, 1.0])

    def qform_only(header):
        header.set_sform(np.diag([9.0, 9.0, 9.0, 1.0]), 0)
        header.set_qform(straight, 1)

    recording = formats.read(saved(tmp_path / "a.nii", values((5, 4, 3)), straight, qform_only))
    assert recording.affine == pytest.approx(LPS @ straight)
    assert recording.facts["place"] == "qform"


def test_without_a_place_there_are_distances_only(tmp_path):
    def unplaced(header):
        header.set_sform(None, 0)
        header.set_qform(None, 0)
        header.set_xyzt_units("mm")
        header["pixdim"][1:4] = 0.5, 0.6, 0.7

    recording = formats.read(saved(tmp_path / "a.nii", values((5, 4, 3)), None, unplaced))
    assert (recording.affine, recording.spacing_mm) == (None, (0.7, 0.6, 0.5))


@pytest.mark.parametrize(("unit", "mm"), [("micron", 1e-3), ("meter", 1e3), ("mm", 1.0)])
def test_lengths_are_in_mm_whatever_the_unit(tmp_path, unit, mm):
    path = saved(tmp_path / "a.nii", values((5, 4, 3)), RAS, lambda h: h.set_xyzt_units(unit))
    recording = formats.read(path)
    assert recording.affine[:3] == pytest.approx(mm * (LPS @ RAS)[:3])
    assert recording.spacing_mm[0] == pytest.approx(3 * mm)
    assert recording.warnings == ()


def test_a_missing_unit_is_told(tmp_path):
    path = saved(tmp_path / "a.nii", values((5, 4, 3)), RAS, lambda h: h.set_xyzt_units(0))
    assert "no unit of length: mm are assumed" in formats.read(path).warnings[0]


@pytest.mark.parametrize(("unit", "seconds"), [("sec", 2.5), ("msec", 0.0025), ("usec", 2.5e-6)])
def test_volumes_in_time(tmp_path, unit, seconds):
    def timed(header):
        header.set_xyzt_units("mm", unit)
        header["pixdim"][4] = 2.5

    stored = values((5, 4, 3, 6))
    recording = formats.read(saved(tmp_path / "fmri.nii.gz", stored, RAS, timed))
    assert np.array_equal(whole(recording)[..., 0], stored.T)
    assert recording.times_s == pytest.approx(np.arange(6) * seconds)


def test_volumes_without_a_clock(tmp_path):
    path = saved(tmp_path / "a.nii", values((5, 4, 3, 6)), RAS, lambda h: h.set_xyzt_units("mm"))
    assert "tells no times" in formats.read(path).warnings[0]
    assert formats.read(path, rate=0.5).times_s.tolist() == [0, 2, 4, 6, 8, 10]


@pytest.mark.parametrize(
    ("slope", "intercept", "dtype"),
    [(1, 0, "int16"), (2, -10, "int32"), (1, 5, "int32"), (0.5, 0, "float64")],
)
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_slope_and_intercept_keep_whole_numbers_whole(tmp_path, slope, intercept, dtype, suffix):
    stored = values((5, 4, 3))
    path = saved(tmp_path / f"a{suffix}", stored)
    packed = suffix.endswith("gz")
    data = bytearray(gzip.decompress(path.read_bytes()) if packed else path.read_bytes())
    data[112:120] = np.array([slope, intercept], "<f4").tobytes()
    path.write_bytes(gzip.compress(data) if packed else data)
    recording = formats.read(path)
    assert recording.dtype == dtype
    assert np.array_equal(whole(recording)[0, ..., 0], stored.T * slope + intercept)


@pytest.mark.parametrize("dtype", KINDS)
def test_values_are_as_stored(tmp_path, dtype):
    stored = values((5, 4, 3), dtype)
    order = nibabel.Nifti1Header(endianness=">" if dtype[0] == ">" else "<")
    image = nibabel.Nifti1Image(stored, RAS, order, dtype=stored.dtype)
    nibabel.save(image, tmp_path / "a.nii")
    recording = formats.read(tmp_path / "a.nii")
    assert recording.dtype == np.dtype(dtype).newbyteorder("=")
    assert np.array_equal(whole(recording)[0, ..., 0], stored.T)


def test_colours(tmp_path):
    stored = np.zeros((5, 4, 3), [("R", "u1"), ("G", "u1"), ("B", "u1")])
    stored["G"] = values((5, 4, 3), np.uint8)
    recording = formats.read(saved(tmp_path / "a.nii", stored))
    assert recording.channels == ("red", "green", "blue")
    assert np.array_equal(whole(recording)[0, ..., 1], stored["G"].T)
    assert not whole(recording)[..., [0, 2]].any()


def test_a_picture(tmp_path):
    stored = values((5, 4))
    recording = formats.read(saved(tmp_path / "a.nii", stored, np.eye(4)))
    assert recording.size == (4, 5)
    assert np.array_equal(whole(recording)[0, ..., 0], stored.T)


def test_a_source_can_be_sent_elsewhere(tmp_path):
    recording = formats.read(saved(tmp_path / "a.nii.gz", values((5, 4, 3, 2))))
    assert np.array_equal(whole(pickle.loads(pickle.dumps(recording))), whole(recording))


def patched(path, at: int, number, kind: str):
    """The file with other bytes in its header: nibabel writes nothing that cannot be."""
    data = bytearray(path.read_bytes())
    new = np.asarray(number, kind).tobytes()
    data[at : at + len(new)] = new
    path.write_bytes(data)
    return path


def test_two_places_that_differ_are_told(tmp_path):
    straight = np.diag([2.0, 3.0, 4.0, 1.0])
    path = saved(tmp_path / "a.nii", values((5, 4, 3)), straight, lambda h: h.set_xyzt_units("mm"))
    patched(path, QFORM_CODE, 1, "<i2")
    assert formats.read(path).warnings == ()
    patched(path, QOFFSET_X, 10.0, "<f4")
    assert "its sform and qform differ" in formats.read(path).warnings[0]


def test_what_is_put_right_in_a_header_is_told(tmp_path, capfd):
    path = patched(saved(tmp_path / "a.nii", values((5, 4, 3))), QFORM_CODE, 99, "<i2")
    assert "its header is odd: qform_code 99 not valid" in formats.read(path).warnings[-1]
    assert capfd.readouterr() == ("", "")


def refusal(path) -> str:
    with pytest.raises(Refusal) as told:
        whole(formats.read(path))
    assert "\n" not in str(told.value)
    assert str(path) in str(told.value)
    return str(told.value)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (np.diag([1.0, 1.0, 0.0, 1.0])[:3], "its sform is singular: an axis has no length"),
        (np.zeros((3, 4)), "its sform is singular: an axis has no length"),
        ([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]], "singular: its axes lie in one plane"),
        (np.full((3, 4), np.nan), "its sform is singular"),
    ],
)
def test_a_singular_affine_is_refused(tmp_path, rows, told):
    path = saved(tmp_path / "a.nii", values((5, 4, 3)))
    assert told in refusal(patched(path, SROW_X, rows, "<f4"))


@pytest.mark.parametrize("share", [0.001, 0.3, 0.9])
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_a_cut_file_is_refused(tmp_path, suffix, share):
    path = saved(tmp_path / f"a{suffix}", values((50, 40, 30)))
    data = path.read_bytes()
    path.write_bytes(data[: max(1, int(share * len(data)))])
    assert "cut or damaged" in refusal(path) or "not a NIfTI file" in refusal(path)


def test_what_is_no_nifti_is_refused(tmp_path):
    (tmp_path / "a.nii").write_text("not a volume" * 100)
    assert "not a NIfTI file" in refusal(tmp_path / "a.nii")
    (tmp_path / "b.nii.gz").write_bytes(b"")
    assert "the file is empty" in refusal(tmp_path / "b.nii.gz")
    many = saved(tmp_path / "c.nii", values((3, 3, 3, 2, 2, 2)))
    assert "are not those of pictures or volumes" in refusal(many)


def test_what_is_written_is_the_same_to_nibabel(tmp_path):
    stored = values((5, 4, 3))
    formats.write(formats.read(saved(tmp_path / "a.nii.gz", stored)), tmp_path / "b.nii.gz")
    image = nibabel.load(tmp_path / "b.nii.gz")
    assert np.array_equal(np.asarray(image.dataobj), stored)
    assert image.affine == pytest.approx(RAS)
    assert image.header.get_xyzt_units()[0] == "mm"


def test_real_brains(shared):
    for name in ("ch2", "mni", "oasis_mni"):
        path = shared / f"data/brains/{name}.nii.gz"
        recording, image = formats.read(path), nibabel.load(path)
        assert recording.affine == pytest.approx(LPS @ image.affine)
        assert recording.dtype == np.float32
    assert np.array_equal(whole(recording)[0, ..., 0], np.asarray(image.dataobj).T)


def test_a_packed_file_that_is_cut_is_refused_at_once(tmp_path):
    path = saved(tmp_path / "a.nii.gz", values((30, 30, 30)))
    data = path.read_bytes()
    for kept in (len(data) // 2, len(data) - 9):
        path.write_bytes(data[:kept])
        with pytest.raises(Refusal, match="cut or damaged"):
            formats.read(path)
    # As a disk that was full leaves it: whole as a gzip file, and short of voxels.
    path.write_bytes(gzip.compress(gzip.decompress(data)[:-1000]))
    with pytest.raises(Refusal, match=r"cut or damaged \(\d+ bytes of \d+\)"):
        formats.read(path)


def test_a_packed_file_in_several_pieces_is_whole(tmp_path):
    stored = values((30, 30, 30))
    path = saved(tmp_path / "a.nii.gz", stored)
    data = gzip.decompress(path.read_bytes())
    for packed in (
        gzip.compress(data[:5000]) + gzip.compress(data[5000:]) + gzip.compress(b""),
        gzip.compress(data + bytes(64)),
        gzip.compress(data) + b"something else",
    ):
        path.write_bytes(packed)
        assert np.array_equal(whole(formats.read(path))[0, ..., 0], stored.T)
