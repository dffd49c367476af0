"""Recordings to DICOM: a picture as a file, a volume as a folder of slices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._writing import Tell, complete, pieces, refuse_empty

HELD = {"uint8": (8, 0), "uint16": (16, 0), "int16": (16, 1)}
"""Bits and sign of the types of values that pictures in DICOM have."""

CLASSES = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "": "1.2.840.10008.5.1.4.1.1.7",
}
"""Kinds of DICOM pictures by modality; others are secondary captures."""

RGB = ("red", "green", "blue")

LAID = "where the volume lies is not known: DICOM must tell, so it is laid along the patient's axes"
TURNED = "planes are counted the other way when it is read: DICOM orders them along their normal"
UNSTAMPED = "the time of its frame is not kept"


def write(
    path: Path, recording: Recording, *, tell: Tell | None = None, labels: bool = False
) -> tuple[str, ...]:
    """The recording as DICOM without a patient's name: one file, or for a volume a folder of them.

    Parameters
    ----------
    path
        Where to; a file or folder that is there is replaced.
    recording
        One picture, or one volume with known distances between voxels; of whole numbers in 8 bits,
        or 16 with or without sign; of one channel, or red, green and blue in 8 bits.
    tell
        Is told how many planes are done, of how many.
    labels
        Whether the values are labels, whose channel needs no name.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When it is something else.
    """
    needs("images", "pydicom")
    refuse_empty(path, recording)
    _refuse_unheld(path, recording)
    notes = _notes(recording, labels=labels)
    affine = _placed(recording)
    common = _common(recording)
    with complete(path) as partial:
        if affine is not None:
            partial.mkdir()
        for piece in pieces(recording, tell):
            for z, plane in enumerate(piece.pixels, start=piece.front):
                target = partial / f"{z:04d}.dcm" if affine is not None else partial
                _write_plane(target, (common, z), plane, recording, affine)
    return notes


def _refuse_unheld(path: Path, recording: Recording) -> None:
    def refused(reason: str, remedy: str) -> Refusal:
        return Refusal(path, f"DICOM pictures hold {reason}", remedy)

    one, colours = len(recording.channels) == 1, recording.channels == RGB
    if len(recording) > 1:
        raise refused(f"no time here: it has {len(recording)} frames", "write .nii.gz or .zarr")
    if recording.dtype.name not in HELD:
        raise refused(f"no values of type {recording.dtype}", "write .nii.gz, .tif or .zarr")
    if not (one or (colours and recording.dtype == np.uint8)):
        named = ", ".join(recording.channels)
        raise refused(f"one channel, or colours in 8 bits, not {named}", "write .tif or .zarr")
    if len(recording.size) == 3 and recording.spacing_mm is None:
        remedy = "tell it, as --scale 0.5x0.5x2mm/px, or write .tif or .zarr"
        raise refused("volumes whose voxels have a size, and its is unknown", remedy)
    if len(recording.size) == 3 and recording.size[0] == 1:
        raise refused("volumes of two planes or more", "write .nii.gz, .tif or .zarr")


def _notes(recording: Recording, *, labels: bool) -> tuple[str, ...]:
    notes = []
    if recording.channels not in (("luma",), RGB) and not labels:
        notes.append(f"the channel's name {recording.channels[0]!r} is not kept")
    if len(recording.size) == 3 and recording.affine is None:
        notes.append(LAID)
    if recording.affine is not None and np.linalg.det(recording.affine[:3, :3]) < 0:
        notes.append(TURNED)
    if recording.times_s[0] != 0:
        notes.append(UNSTAMPED)
    return tuple(notes)


def _placed(recording: Recording) -> Array | None:
    """Where a volume lies; None for a picture."""
    if len(recording.size) == 2:
        return None
    if recording.affine is not None:
        return np.asarray(recording.affine)
    z, y, x = recording.spacing_mm or (1.0, 1.0, 1.0)
    return np.diag([x, y, z, 1.0])


def _common(recording: Recording) -> Any:
    """What all files of the series say."""
    pydicom = needs("images", "pydicom")
    uids = needs("images", "pydicom.uid")
    modality = str(recording.facts.get("modality", ""))
    common, now = pydicom.Dataset(), datetime.now(UTC)
    common.SOPClassUID = CLASSES.get(modality, CLASSES[""])
    common.ImageType = ["DERIVED", "SECONDARY"]
    common.ContentDate, common.ContentTime = now.strftime("%Y%m%d"), now.strftime("%H%M%S")
    common.StudyDate = common.StudyTime = common.AccessionNumber = common.StudyID = ""
    common.Modality = modality or "OT"
    common.ConversionType = "WSD"
    common.Manufacturer = common.ReferringPhysicianName = ""
    common.PatientName = common.PatientID = common.PatientBirthDate = common.PatientSex = ""
    common.StudyInstanceUID, common.SeriesInstanceUID = uids.generate_uid(), uids.generate_uid()
    common.FrameOfReferenceUID = uids.generate_uid()
    common.PositionReferenceIndicator = ""
    common.SeriesNumber, common.SeriesDescription = 1, recording.name[:64]
    bits, sign = HELD[recording.dtype.name]
    common.Rows, common.Columns = recording.size[-2:]
    common.SamplesPerPixel = len(recording.channels)
    common.PhotometricInterpretation = "RGB" if len(recording.channels) == 3 else "MONOCHROME2"
    if len(recording.channels) == 3:
        common.PlanarConfiguration = 0
    stored = min(bits, recording.bit_depth) if not sign else bits
    common.BitsAllocated, common.BitsStored, common.HighBit = bits, stored, stored - 1
    common.PixelRepresentation = sign
    if len(recording.channels) == 1:
        common.RescaleIntercept, common.RescaleSlope, common.RescaleType = 0, 1, "US"
    if recording.spacing_mm is not None:
        common.PixelSpacing = _decimal(recording.spacing_mm[-2:])
    return common


def _write_plane(
    path: Path, series: tuple[Any, int], plane: Array, recording: Recording, affine: Array | None
) -> None:
    uids = needs("images", "pydicom.uid")
    common, number = series
    header = common.copy()
    header.SOPInstanceUID, header.InstanceNumber = uids.generate_uid(), number + 1
    if affine is not None:
        axes = affine[:3, :3] / np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
        thick = (recording.spacing_mm or (1.0,))[0]
        header.ImageOrientationPatient = _decimal([*axes[:, 0], *axes[:, 1]])
        header.ImagePositionPatient = _decimal(affine[:3, 3] + number * affine[:3, 2])
        header.SliceThickness, header.SpacingBetweenSlices = _decimal([thick, thick])
    little = recording.dtype.newbyteorder("<")
    values = np.ascontiguousarray(plane, little).tobytes()
    header.PixelData = values + b"\x00" * (len(values) % 2)
    header["PixelData"].VR = "OW" if recording.dtype.itemsize > 1 else "OB"
    _save(path, header)


def _save(path: Path, header: Any) -> None:
    dataset, uids = needs("images", "pydicom.dataset"), needs("images", "pydicom.uid")
    header.file_meta = dataset.FileMetaDataset()
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID
    header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    header.file_meta.TransferSyntaxUID = uids.ExplicitVRLittleEndian
    header.save_as(path, enforce_file_format=True)


def _decimal(numbers: Sequence[float] | Array) -> list[str]:
    """Numbers as DICOM writes them, in sixteen signs at most, as near as that can be."""
    return [_shortest(float(number)) for number in numbers]


def _shortest(number: float) -> str:
    for digits in range(16, 5, -1):
        text = f"{number + 0.0:.{digits}g}"
        if len(text) <= 16:
            return text
    raise ValueError(f"{number} does not fit")
