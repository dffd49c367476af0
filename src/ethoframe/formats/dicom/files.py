"""Which planes there are in DICOM files, and what each file says of them."""

from __future__ import annotations

import hashlib
import warnings as python_warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal, identity_of
from ethoframe.formats._levels import Scale

INVERTED = "its photometric interpretation is MONOCHROME1: low values are shown bright"
PALETTE = "its values are numbers of colours in a palette: they are as stored"
LOSSY = "its values were compressed with loss before: they are nearly those that were measured"
NOT_LINEAR = "it tells values by a table (Modality LUT), which is not applied: they are as stored"
LEFT_OUT = "{} of the files in the folder are no DICOM pictures and left out, such as {}"


BROKEN = (
    ArithmeticError, AttributeError, EOFError, IndexError, KeyError, NotImplementedError, OSError,
    TypeError, ValueError,
)  # fmt: skip
"""What pydicom raises for headers that are cut or broken."""


@dataclass(frozen=True)
class Plane:
    """One picture of a file, with what is needed to place and read it.

    Parameters
    ----------
    path, frame
        Of the file, and the picture's number in it.
    size
        Rows and columns.
    samples
        Numbers of each pixel.
    bits, signed, allocated, floating
        Bits that carry information, whether one is a sign, bits in the file, and whether values
        have a point.
    scale
        What stored values stand for.
    position, orientation
        Of the first pixel in mm (LPS), and the directions of rows and columns; None and empty where
        they are not told.
    steps_mm
        Between rows and between columns; empty where they are not told.
    order
        What tells pictures at one place apart in time, coarse to fine.
    time_s
        When it was taken, counted from anywhere; NaN where that is not told.
    kind
        What must be the same in all of a volume: echo, and part of the complex signal.
    syntax, modality, photometric, thickness_mm, padding
        What else the file says: how pixels are coded, by what they were taken, how they are shown,
        how thick a slice is (0 where that is not told), and the level of pixels outside, if any.
    alone
        Whether it is the only one of its file.
    """

    path: str
    frame: int
    size: tuple[int, int]
    samples: int
    bits: int
    signed: bool
    allocated: int
    floating: bool
    scale: Scale
    position: tuple[float, ...] | None
    orientation: tuple[float, ...]
    steps_mm: tuple[float, ...]
    order: tuple[float, ...]
    time_s: float
    kind: tuple[str, ...]
    syntax: str
    modality: str
    photometric: str
    thickness_mm: float
    padding: int | None
    alone: bool


def found(path: Path, series: str | int | None) -> tuple[list[Plane], tuple[str, ...]]:
    """All planes of one series, in no order, and what to tell of it.

    Raises
    ------
    Refusal
        When there is none, or several series and none is named, or a file is cut.
    """
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # of values that break rules of no matter
        sets, others = _read(path)
        sets = _chosen(path, sets, series)
        planes = [plane for file, each in sets for plane in _planes(file, each)]
        _check_codecs(sets)
    told = []
    if others and path.is_dir():
        told.append(LEFT_OUT.format(len(others), others[0].name))
    first = sets[0][1]
    if planes[0].photometric == "MONOCHROME1":
        told.append(INVERTED)
    if planes[0].photometric == "PALETTE COLOR":
        told.append(PALETTE)
    if first.get("LossyImageCompression") == "01":
        told.append(LOSSY)
    if "ModalityLUTSequence" in first:
        told.append(NOT_LINEAR)
    return planes, tuple(told)


def identity_of_all(planes: Sequence[Plane]) -> str:
    """Of one file as of any; of several, of their names, sizes and times and some content."""
    paths = [Path(each) for each in dict.fromkeys(plane.path for plane in planes)]
    if len(paths) == 1:
        return identity_of(paths[0])
    digest = hashlib.sha256()
    for path in paths:
        state = path.stat()
        digest.update(f"{path.name} {state.st_size} {state.st_mtime_ns}\n".encode())
    for path in paths[:: -(-len(paths) // 16)]:
        digest.update(identity_of(path).encode())
    return digest.hexdigest()


def _read(path: Path) -> tuple[list[tuple[Path, Any]], list[Path]]:
    """Headers of the files that hold pictures, and the other files."""
    if not path.is_dir():
        identity_of(path)  # refuses what is empty or not there
    inside = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
    sets, others, seen = [], [], set()
    for file in (each for each in inside if not each.name.startswith(".")):
        header = _header(file)
        if header is None:
            others.append(file)
        elif header.get("SOPInstanceUID", file) not in seen:  # of two copies one will do
            seen.add(header.get("SOPInstanceUID", file))
            sets.append((file, header))
    if not sets:
        reason = "it holds no DICOM picture" if path.is_dir() else "this is no DICOM picture"
        raise Refusal(path, reason, "name the folder of one series, or a file of it")
    return sets, others


def _header(path: Path) -> Any:
    """What a file says before its pixels; None where it is no picture."""
    pydicom = needs("images", "pydicom")
    with _sound(path):
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True)
        except pydicom.errors.InvalidDicomError:
            return None
        if "Rows" in header and "Columns" in header:
            _refuse_cut(path, header)
            return header
        # A header that ends early lacks them too, but calls itself a picture.
        kind = header.file_meta.get("MediaStorageSOPClassUID")
        if "Image Storage" in getattr(kind, "name", ""):
            raise ValueError("it ends within its header")
    return None


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    """Refuses the file where what is read of it makes no sense."""
    errors = needs("images", "pydicom.errors")
    try:
        yield
    except Refusal:
        raise
    except (*BROKEN, errors.BytesLengthException) as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _cut(path, told) from None


def _refuse_cut(path: Path, header: Any) -> None:
    """Refuses a file that is shorter than its pixels."""
    syntax = header.file_meta.get("TransferSyntaxUID")
    if syntax is not None and syntax.is_compressed:
        return  # how long they are is known when they were decoded
    frames = int(header.get("NumberOfFrames") or 1)
    values = header.Rows * header.Columns * int(header.get("SamplesPerPixel", 1)) * frames
    wanted = values * int(header.get("BitsAllocated", 8)) // 8
    length = path.stat().st_size
    if length < wanted:
        raise _cut(path, f"{length} bytes, of which its pixels alone need {wanted}")


def _cut(path: Path, told: str) -> Refusal:
    reason = f"the file is cut or damaged ({told})"
    return Refusal(path, reason, "copy it again from where it was made")


def _chosen(
    path: Path, sets: list[tuple[Path, Any]], series: str | int | None
) -> list[tuple[Path, Any]]:
    """The files of the one series that is meant."""
    several: dict[str, list[tuple[Path, Any]]] = {}
    for file, header in sets:
        several.setdefault(str(header.get("SeriesInstanceUID", "")), []).append((file, header))
    if series is None and len(several) == 1:
        return sets
    if series is not None:
        named = [
            each
            for uid, each in several.items()
            if str(series) in (uid, str(each[0][1].get("SeriesNumber", "")))
        ]
        if len(named) == 1:
            return named[0]
    listed = "; ".join(_listed(uid, each) for uid, each in several.items())
    numbers = [str(each[0][1].get("SeriesNumber", "")) for each in several.values()]
    clear = all(numbers) and len(set(numbers)) == len(numbers)
    reason = f"it holds {len(several)} series ({listed})"
    if series is not None:
        reason = f"series {series} is not one, and only one, of those in it ({listed})"
    example = numbers[0] if clear else next(iter(several))
    raise Refusal(path, reason, f"name one (--series {example}), or put each in its own folder")


def _listed(uid: str, each: list[tuple[Path, Any]]) -> str:
    header = each[0][1]
    number = header.get("SeriesNumber")
    named = f"number {number}" if number is not None else uid
    about = " ".join(str(header.get(k, "")) for k in ("Modality", "SeriesDescription")).strip()
    return f"{named}: {about or 'no description'}, {len(each)} files, {uid}"


def _check_codecs(sets: list[tuple[Path, Any]]) -> None:
    """Refuses what no installed codec decodes, before any pixel is asked for."""
    pixels = needs("images", "pydicom.pixels")
    for file, header in sets:
        syntax = header.file_meta.get("TransferSyntaxUID")
        if syntax is None or not syntax.is_compressed or syntax.is_deflated:
            continue
        try:
            ready = pixels.get_decoder(syntax).is_available
        except NotImplementedError:
            ready = False
        if not ready:
            reason = f"its pixels are compressed as {syntax.name}, for which there is no codec"
            remedy = "pip install 'ethoframe[images]', or save it without compression"
            raise Refusal(file, reason, remedy)


def _planes(path: Path, header: Any) -> Iterator[Plane]:
    with _sound(path):
        count = int(header.get("NumberOfFrames") or 1)
    shared = _first(header, "SharedFunctionalGroupsSequence")
    each = header.get("PerFrameFunctionalGroupsSequence") or [None] * count
    for number in range(count):
        with _sound(path):
            if header.get("SamplesPerPixel", 1) not in (1, 3, 4):
                raise ValueError(f"its pixels have {header.SamplesPerPixel} samples")
            if "PixelRepresentation" not in header and header.BitsAllocated not in (32, 64):
                raise ValueError("it does not say of what type its pixels are")
            plane = _plane(path, header, number, (each[number], shared), alone=count == 1)
        yield plane


def _plane(path: Path, header: Any, number: int, groups: tuple[Any, Any], *, alone: bool) -> Plane:
    photometric = str(header.get("PhotometricInterpretation", "MONOCHROME2"))
    where = _group(groups, "PlanePositionSequence")
    turn = _group(groups, "PlaneOrientationSequence")
    measures = _group(groups, "PixelMeasuresSequence")
    levels = _group(groups, "PixelValueTransformationSequence")
    content = _group(groups, "FrameContentSequence")
    single = header if alone else None  # beside many frames these words are of none of them
    position = _numbers(where or single, "ImagePositionPatient", 3)
    slope = float((levels or header).get("RescaleSlope", 1) or 1)
    intercept = float((levels or header).get("RescaleIntercept", 0) or 0)
    syntax = header.file_meta.get("TransferSyntaxUID")
    thickness = (measures or header).get("SliceThickness") or 0
    return Plane(
        str(path.absolute()),
        number,
        (int(header.Rows), int(header.Columns)),
        int(header.get("SamplesPerPixel", 1)),
        int(header.get("BitsStored", header.get("BitsAllocated", 8))),
        bool(header.get("PixelRepresentation", 0)),
        int(header.get("BitsAllocated", 8)),
        "PixelRepresentation" not in header,
        Scale(slope, intercept),
        position or None,
        _numbers(turn or header, "ImageOrientationPatient", 6),
        _steps(measures, header),
        _order(header, content, number),
        _time(header, content, number),
        _kind(header),
        syntax.name if syntax is not None else "implicit",
        str(header.get("Modality", "")),
        photometric,
        float(thickness),
        _padding(header),
        alone,
    )


def _first(node: Any, word: str) -> Any:
    listed = node.get(word) if node is not None else None
    return listed[0] if listed else None


def _group(groups: tuple[Any, Any], word: str) -> Any:
    """What is said of one frame, or else of all."""
    own, shared = groups
    return _first(own, word) or _first(shared, word)


def _numbers(node: Any, word: str, count: int) -> tuple[float, ...]:
    listed = node.get(word) if node is not None else None
    if listed is None or len(listed) != count:
        return ()
    return tuple(float(each) for each in listed)


def _steps(measures: Any, header: Any) -> tuple[float, ...]:
    """Millimetres between rows and columns."""
    for node, word in (
        (measures, "PixelSpacing"),
        (header, "PixelSpacing"),
        (header, "ImagerPixelSpacing"),
        (header, "NominalScannedPixelSpacing"),
    ):
        steps = _numbers(node, word, 2)
        if steps and min(steps) > 0:
            return steps
    regions = header.get("SequenceOfUltrasoundRegions") or []
    if len(regions) == 1 and regions[0].get("PhysicalUnitsXDirection") == 3:  # cm
        down, across = (abs(float(regions[0].get(f"PhysicalDelta{a}", 0))) for a in "YX")
        return (10 * down, 10 * across) if down and across else ()
    return ()


def _order(header: Any, content: Any, number: int) -> tuple[float, ...]:
    frame = (content or {}).get("TemporalPositionIndex")
    words = ("TemporalPositionIdentifier", "TriggerTime", "AcquisitionNumber", "AcquisitionTime")
    return (
        float(frame or 0),
        *(float(header.get(word) or 0) for word in words),
        float(header.get("InstanceNumber") or 0),
        float(number),
    )


def _time(header: Any, content: Any, number: int) -> float:
    """Seconds of the plane, counted from anywhere; NaN where it is not told."""
    if step := header.get("FrameTime"):
        return float(step) * number / 1e3
    if vector := header.get("FrameTimeVector"):
        return sum(float(each) for each in list(vector)[: number + 1]) / 1e3
    if (trigger := header.get("TriggerTime")) is not None:
        return float(trigger) / 1e3
    step, index = header.get("TemporalResolution"), header.get("TemporalPositionIdentifier")
    if step and index:
        return float(step) * (int(index) - 1) / 1e3
    when = str((content or {}).get("FrameAcquisitionDateTime", ""))[8:]
    when = when or str(header.get("AcquisitionTime") or "")
    digits = when.split("+")[0].split("-")[0]
    if len(digits) < 6 or not digits.replace(".", "").isdigit():
        return float("nan")
    return 3600 * int(digits[:2]) + 60 * int(digits[2:4]) + float(digits[4:])


def _kind(header: Any) -> tuple[str, ...]:
    image = [str(each) for each in header.get("ImageType") or ()]
    return str(header.get("EchoTime") or ""), *image[2:4]


def _padding(header: Any) -> int | None:
    level = header.get("PixelPaddingValue")
    return int(level) if isinstance(level, int) else None
