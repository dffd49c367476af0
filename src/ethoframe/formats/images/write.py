"""One picture as PNG, BMP or JPEG."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ethoframe.data import Recording, Refusal
from ethoframe.formats._picture import CHANNELS
from ethoframe.formats._writing import Tell, complete, pieces, refuse_empty


def write(
    path: Path, recording: Recording, *, tell: Tell | None = None, labels: bool = False
) -> tuple[str, ...]:
    """The one picture of a recording as PNG, BMP or JPEG, whichever the name ends with.

    Parameters
    ----------
    path
        Where to; a file that is there is replaced.
    recording
        One picture of 8 bits, in PNG also 16; gray, or red, green and blue, in PNG also alpha.
    tell
        Is told when it is done.
    labels
        Whether the values are labels, which JPEG does not keep.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When it is something else.
    """
    refuse_empty(path, recording)
    suffix = path.suffix.lower()
    _refuse_unheld(path, recording, suffix, labels=labels)
    (piece,) = pieces(recording, tell)
    image = piece.pixels[0]
    if image.shape[2] >= 3:
        image = image[..., [2, 1, 0, 3][: image.shape[2]]]
    done, data = cv2.imencode(suffix, np.ascontiguousarray(image))
    if not done:
        raise Refusal(path, "OpenCV cannot write it", "write .tif instead")
    with complete(path) as partial:
        partial.write_bytes(data.tobytes())
    return _notes(recording, suffix, labels=labels)


def _refuse_unheld(path: Path, recording: Recording, suffix: str, *, labels: bool) -> None:
    kinds = ("uint8", "uint16") if suffix == ".png" else ("uint8",)
    counts = (1, 3, 4) if suffix == ".png" else (1, 3)
    reason = ""
    if len(recording) > 1 or len(recording.size) == 3:
        reason = "one picture, and neither several nor a volume"
    elif recording.dtype.name not in kinds:
        reason = f"values of type {' or '.join(kinds)}, not {recording.dtype}"
    elif len(recording.channels) not in counts:
        reason = f"gray or colours, not {len(recording.channels)} channels"
    elif labels and suffix in (".jpg", ".jpeg"):
        reason = "values that are nearly kept, which labels must not be"
    if reason:
        raise Refusal(path, f"such a file holds {reason}", "write .tif, .nii.gz or .zarr instead")


def _notes(recording: Recording, suffix: str, *, labels: bool) -> tuple[str, ...]:
    notes = []
    if suffix in (".jpg", ".jpeg"):
        notes.append("JPEG keeps values nearly, not exactly: nothing should be measured in it")
    if recording.spacing_mm is not None:
        notes.append("the distance between pixels is not kept")
    if recording.channels not in CHANNELS.values() and not labels:
        notes.append(f"names of channels are not kept: {', '.join(recording.channels)}")
    if recording.bit_depth != 8 * recording.dtype.itemsize:
        notes.append(f"that values have {recording.bit_depth} bits is not kept")
    if recording.times_s[0] != 0:
        notes.append("the time of the picture is not kept")
    return tuple(notes)
