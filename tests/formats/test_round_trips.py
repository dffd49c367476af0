"""What is written in one format and then in another is what it was: every pair, every kind."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ethoframe import formats
from ethoframe.data import Recording, Refusal, Window
from ethoframe.data.source import ArraySource, CroppedSource
from ethoframe.formats._lengths import spacing_of

TURNED = np.array(
    [[0.4, 0.03, 0.0, 5.25], [-0.03, 0.4, 0.02, -7.5], [0.0, 0.0, 1.5, 90.0], [0.0, 0.0, 0.0, 1.0]]
)
RGB = ("red", "green", "blue")
IMAGES = ("x.png", "x.bmp")
ALL = ("x.ome.tif", "x.nii", "x.nii.gz", "x.zarr")


@dataclass(frozen=True)
class Case:
    """A recording, and the formats that hold all of it."""

    shape: tuple[int, ...]
    dtype: str = "uint8"
    channels: tuple[str, ...] = ("luma",)
    spacing_mm: tuple[float, ...] | None = None
    affine: np.ndarray | None = None
    times_s: tuple[float, ...] | None = None
    bits: int | None = None
    targets: tuple[str, ...] = ALL
    options: dict = field(default_factory=dict)

    def recording(self) -> Recording:
        rng = np.random.default_rng(0)
        top = 2**self.bits if self.bits else 200
        pixels = rng.integers(0, top, self.shape).astype(self.dtype)
        if np.dtype(self.dtype).kind in "ifc":
            pixels = pixels - np.array(100, self.dtype)
        made = Recording.of(pixels, rate=4.0)
        times = made.times_s if self.times_s is None else np.array(self.times_s)
        spacing = self.spacing_mm if self.affine is None else spacing_of(self.affine)
        return replace(
            made,
            channels=self.channels,
            spacing_mm=spacing,
            affine=self.affine,
            times_s=times,
            bit_depth=self.bits or made.bit_depth,
        )


CASES = {
    "picture": Case((1, 9, 13, 1), targets=(*ALL, *IMAGES, "x.dcm")),
    "picture of 16 bits": Case((1, 9, 13, 1), "uint16", targets=(*ALL, "x.png", "x.dcm")),
    "picture of 12 bits": Case((1, 9, 13, 1), "uint16", bits=12, targets=(*ALL, "x.dcm")),
    "picture in mm": Case((1, 9, 13, 1), spacing_mm=(0.5, 0.25), targets=(*ALL, "x.dcm")),
    "colours": Case((1, 9, 13, 3), channels=RGB, targets=(*ALL, *IMAGES, "x.dcm")),
    "colours of 16 bits": Case((1, 9, 13, 3), "uint16", RGB, targets=(*ALL, "x.png")),
    "with alpha": Case((1, 9, 13, 4), channels=(*RGB, "alpha"), targets=(*ALL, "x.png")),
    "real colours": Case((1, 9, 13, 3), "float32", RGB),
    "complex": Case((1, 3, 9, 13, 1), "complex64", spacing_mm=(2.0, 0.5, 0.25)),
    "double": Case((1, 3, 9, 13, 1), "float64", affine=TURNED),
    "frames": Case((5, 9, 13, 1), "uint16", spacing_mm=(0.5, 0.25)),
    "uneven frames": Case((3, 9, 13, 1), times_s=(0.5, 1.0, 3.0)),
    "late frames": Case((3, 9, 13, 1), times_s=(10.0, 11.0, 12.0)),
    "two stains": Case((1, 9, 13, 2), "int16", ("DAPI", "GFP 488"), (0.5, 0.25)),
    "volume": Case((1, 4, 9, 13, 1), "int16", affine=TURNED, targets=(*ALL, "x.dcm")),
    "volume without place": Case((1, 4, 9, 13, 1), "uint32", spacing_mm=(2.0, 0.5, 0.25)),
    "volume without size": Case((1, 4, 9, 13, 1), "int8"),
    "one plane": Case((1, 1, 9, 13, 1), "uint16", spacing_mm=(2.0, 0.5, 0.25)),
    "one plane with place": Case((1, 1, 9, 13, 1), "uint16", affine=TURNED),
    "volumes in time": Case((3, 4, 9, 13, 2), "float32", ("a", "b"), affine=TURNED),
    "long whole numbers": Case((1, 9, 13, 1), "int64", targets=("x.nii.gz", "x.zarr")),
    "half": Case((1, 9, 13, 1), "float16", targets=("x.zarr",)),
    "larger than a chunk": Case((1, 300, 530, 1), "uint16", spacing_mm=(0.1, 0.1)),
}


def check_same(one: Recording, other: Recording) -> None:
    assert (one.size, one.dtype, one.channels) == (other.size, other.dtype, other.channels)
    assert one.bit_depth == other.bit_depth
    assert (one.spacing_mm is None) == (other.spacing_mm is None)
    if one.spacing_mm is not None:
        assert one.spacing_mm == pytest.approx(other.spacing_mm, rel=1e-6)
    assert (one.affine is None) == (other.affine is None)
    if one.affine is not None:
        assert one.affine == pytest.approx(other.affine, abs=1e-5)
    assert one.times_s == pytest.approx(other.times_s)
    numbers = range(len(one))
    assert np.array_equal(one.frames(numbers).pixels, other.frames(numbers).pixels)


def pairs():
    for name, case in CASES.items():
        for first in case.targets:
            yield pytest.param(name, first, id=f"{name}-{first}")


@pytest.mark.parametrize(("name", "first"), [*pairs()])
def test_what_is_written_twice_is_what_it_was(tmp_path, name, first):
    case = CASES[name]
    made = case.recording()
    told = formats.write(made, tmp_path / "first" / first)
    assert set(told) <= {"uneven times are kept in a text that other programs do not read"}
    once = formats.read(tmp_path / "first" / first)
    check_same(made, once)
    for second in case.targets:
        formats.write(once, tmp_path / "second" / second)
        check_same(made, formats.read(tmp_path / "second" / second))
    left = [path for path in tmp_path.rglob("*") if ".partial" in path.name]
    assert left == []


@pytest.mark.parametrize("name", ["frames", "volumes in time", "larger than a chunk", "colours"])
@pytest.mark.parametrize("target", ALL)
def test_a_window_is_the_part_of_the_whole(tmp_path, name, target):
    made = CASES[name].recording()
    formats.write(made, tmp_path / target)
    read = formats.read(tmp_path / target)
    window = Window(2, 3, 6, 8, *((1, 2) if len(made.size) == 3 else ()))
    inner = Window(1, 2, 3, 4)
    numbers = range(len(made))
    ours, theirs = made.cropped(window), read.cropped(window)
    assert np.array_equal(ours.frames(numbers).pixels, theirs.frames(numbers).pixels)
    check_same(ours.cropped(inner), theirs.cropped(inner))


def itk_affine(image: SimpleITK.Image) -> np.ndarray:
    affine = np.eye(4)
    direction = np.array(image.GetDirection()).reshape(3, 3)
    affine[:3, :3] = direction * np.array(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return affine


@pytest.mark.parametrize("target", ["x.nii", "x.dcm"])
def test_another_program_finds_a_volume_at_the_same_place(tmp_path, target):
    turn = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = turn * [0.4, 0.5, 1.5], (5.25, -7.5, 90.0)
    made = replace(CASES["volume"].recording(), affine=affine, spacing_mm=spacing_of(affine))
    formats.write(made, tmp_path / target)
    names = sorted(map(str, (tmp_path / target).iterdir())) if target == "x.dcm" else None
    image = SimpleITK.ReadImage(names or str(tmp_path / target))
    assert itk_affine(image) == pytest.approx(affine, abs=1e-5)
    assert np.array_equal(SimpleITK.GetArrayFromImage(image), made.frames([0]).pixels[0, ..., 0])


def test_real_volumes_lie_where_another_program_finds_them(shared):
    folder = shared / "data/dicom/dicoms"
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    check_place(folder, reader.Execute())
    for name in ("ch2", "mni", "oasis_mni"):
        path = shared / f"data/brains/{name}.nii.gz"
        check_place(path, SimpleITK.ReadImage(str(path)))


def check_place(path, image: SimpleITK.Image) -> None:
    recording = formats.read(path)
    assert recording.affine == pytest.approx(itk_affine(image), abs=1e-4)
    values = SimpleITK.GetArrayFromImage(image)
    assert np.array_equal(recording.frames([0]).pixels[0, ..., 0], values)


REFUSED = {
    "frames": ("x.png", "x.dcm", "x.bmp"),
    "volume": ("x.png", "x.bmp"),
    "volume without size": ("x.dcm",),
    "colours of 16 bits": ("x.bmp", "x.dcm"),
    "with alpha": ("x.bmp", "x.dcm"),
    "two stains": ("x.png", "x.dcm"),
    "double": ("x.png", "x.dcm"),
    "half": ("x.ome.tif", "x.nii"),
    "long whole numbers": ("x.ome.tif",),
}


@pytest.mark.parametrize(("name", "target"), [(n, t) for n, ts in REFUSED.items() for t in ts])
def test_what_a_format_cannot_hold_is_refused(tmp_path, name, target):
    with pytest.raises(Refusal, match=r"write \.") as told:
        formats.write(CASES[name].recording(), tmp_path / target)
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "target", "line"),
    [
        ("picture in mm", "x.png", "the distance between pixels is not kept"),
        ("picture of 12 bits", "x.png", "that values have 12 bits is not kept"),
        ("picture", "x.jpg", "JPEG keeps values nearly, not exactly"),
    ],
)
def test_what_a_format_does_not_keep_is_told(tmp_path, name, target, line):
    told = formats.write(CASES[name].recording(), tmp_path / target)
    assert any(line in each for each in told)


def test_a_turned_volume_without_place_is_laid_along_the_axes_in_dicom(tmp_path):
    made = replace(CASES["volume"].recording(), affine=None, spacing_mm=(2.0, 0.5, 0.25))
    told = formats.write(made, tmp_path / "x.dcm")
    assert "laid along the patient's axes" in told[0]
    assert formats.read(tmp_path / "x.dcm").affine == pytest.approx(np.diag([0.25, 0.5, 2.0, 1.0]))


def test_planes_that_run_against_their_normal_come_back_at_their_places(tmp_path):
    against = TURNED @ np.diag([1.0, 1.0, -1.0, 1.0])
    made = replace(CASES["volume"].recording(), affine=against)
    assert "planes are counted the other way" in formats.write(made, tmp_path / "x.dcm")[0]
    read = formats.read(tmp_path / "x.dcm")
    assert np.array_equal(read.frames([0]).pixels[:, ::-1], made.frames([0]).pixels)
    last = made.size[0] - 1
    assert read.affine @ [0, 0, last, 1] == pytest.approx(against @ [0, 0, 0, 1])


def test_an_assumed_clock_is_not_written_as_a_real_one(tmp_path):
    made = CASES["frames"].recording()
    for target in ALL:
        formats.write(replace(made, facts={"rate": "assumed"}), tmp_path / target)
        read = formats.read(tmp_path / target)
        assert read.facts["rate"] == "assumed"
        assert any("tells no times" in line for line in read.warnings)


@pytest.mark.parametrize("target", ["x.ome.tif", "x.nii", "x.nii.gz", "x.zarr"])
def test_a_volume_larger_than_memory_is_written_some_planes_at_a_time(
    tmp_path, monkeypatch, target
):
    made = replace(CASES["volumes in time"].recording())
    monkeypatch.setattr("ethoframe.formats._writing.PIECE_BYTES", 2 * made.frame_bytes // 4)
    asked, done = [], []

    class Lazy(ArraySource):
        def cropped(self, window):
            asked.append(window.depth)
            return CroppedSource(self, window)

    lazy = replace(made, source=Lazy(made.source.pixels))
    formats.write(lazy, tmp_path / target, tell=lambda *counts: done.append(counts))
    assert set(asked) == {2}
    assert done[-1][0] == done[-1][1]
    formats.write(formats.read(tmp_path / target), tmp_path / f"again.{target}")
    monkeypatch.undo()
    check_same(made, formats.read(tmp_path / target))
    check_same(made, formats.read(tmp_path / f"again.{target}"))


@settings(max_examples=20)
@given(
    pixels=arrays.arrays(
        st.sampled_from([np.uint8, np.int16, np.uint32, np.float32, np.complex64]),
        st.tuples(*[st.integers(1, 4)] * 4).map(lambda s: (*s, 1)),
    ),
    target=st.sampled_from(ALL),
)
def test_any_values_come_back(tmp_path_factory, pixels, target):
    path = tmp_path_factory.mktemp("any") / target
    formats.write(Recording.of(pixels), path)
    read = formats.read(path)
    assert read.dtype == pixels.dtype
    whole = read.frames(range(len(read))).pixels
    assert np.array_equal(whole, pixels, equal_nan=pixels.dtype.kind in "fc")


def test_frames_that_are_made_are_made_once(tmp_path, monkeypatch):
    made, calls = CASES["volumes in time"].recording(), []
    monkeypatch.setattr("ethoframe.formats._writing.PIECE_BYTES", 1)

    class Costly:
        def images(self, numbers):
            for number, image in made.source.images(numbers):
                calls.append(number)
                yield number, image

    formats.write(replace(made, source=Costly()), tmp_path / "x.zarr")
    assert calls == [0, 1, 2]
    check_same(made, formats.read(tmp_path / "x.zarr"))


def test_nothing_is_left_of_what_could_not_be_written(tmp_path):
    made = CASES["frames"].recording()

    class Broken:
        def images(self, numbers):
            yield from list(made.source.images(numbers))[:2]

    for target in ALL:
        with pytest.raises(Refusal, match="frame 2 cannot be decoded"):
            formats.write(replace(made, source=Broken()), tmp_path / target)
    assert list(tmp_path.iterdir()) == []


def test_only_a_folder_of_the_same_format_is_replaced(tmp_path):
    made = CASES["volume"].recording()
    (tmp_path / "x.zarr").mkdir()
    (tmp_path / "x.zarr" / "notes.txt").write_text("mine")
    with pytest.raises(Refusal, match="a folder that holds something else"):
        formats.write(made, tmp_path / "x.zarr")
    formats.write(made, tmp_path / "y.zarr")
    formats.write(made, tmp_path / "y.zarr")
    formats.write(made, tmp_path / "y.dcm")
    formats.write(made, tmp_path / "y.dcm")
    assert len(list((tmp_path / "y.dcm").iterdir())) == 4


def test_a_name_that_tells_no_format_is_refused():
    with pytest.raises(Refusal, match=r"let it end in one of these: .*\.nii"):
        formats.write(CASES["picture"].recording(), "picture.docx")
    with pytest.raises(Refusal, match=r"knows no option 'colour'; there are: .*tell"):
        formats.write(CASES["picture"].recording(), "picture.png", colour=1)
