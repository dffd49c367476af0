"""Video: whatever FFmpeg decodes, with the timestamps of its container.

A frame is found by its timestamp. The luma is read as it is stored: no conversion of colours,
which would cost more than decoding.
"""

from __future__ import annotations

from pathlib import Path

from ethoframe.data import Clock, Recording, identity_of
from ethoframe.formats.video.facts import cautions, declared, seen
from ethoframe.formats.video.index import first_frames, indexed
from ethoframe.formats.video.luma import Layout
from ethoframe.formats.video.opening import opened
from ethoframe.formats.video.packets import scanned
from ethoframe.formats.video.source import VideoSource
from ethoframe.formats.video.write import write

__all__ = ["SIGNATURES", "SUFFIXES", "VideoSource", "read", "write"]

SUFFIXES = (
    ".mp4", ".m4v", ".mov", ".qt", ".3gp", ".mj2", ".avi", ".mkv", ".webm", ".wmv", ".asf", ".flv",
    ".mpg", ".mpeg", ".m2v", ".vob", ".ts", ".mts", ".m2ts", ".mxf", ".ogv", ".dv", ".nut", ".y4m",
    ".mjpg", ".mjpeg", ".h264", ".264", ".h265", ".265", ".hevc", ".ivf",
)  # fmt: skip
"""How the names of video files end."""

SIGNATURES = (
    (4, b"ftyp"), (4, b"moov"), (4, b"mdat"), (8, b"AVI "), (0, b"\x1a\x45\xdf\xa3"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), (0, b"FLV\x01"), (0, b"\x00\x00\x01\xba"),
)  # fmt: skip
"""Where and how the content of video files begins."""

PROBED = 3
"""Frames decoded on opening, to see that the packets are the frames."""


def read(path: Path, *, name: str | None = None) -> Recording:
    """The recording in a video file.

    Opening reads its packets once, to learn the timestamp of every frame, and decodes the first few
    frames only; a stream whose packets do not tell its frames is decoded whole, and `warnings` says
    so.

    Parameters
    ----------
    path
        The file.
    name
        How the recording is called; the file's name when left out.

    Raises
    ------
    Refusal
        When it is missing, empty, not a video, without a picture, or was cut before it was
        finished. A file that is cut but has its table of frames is read as far as it goes.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> path = Path(tempfile.mkdtemp()) / "mouse.mp4"
    >>> _ = write(path, (np.full((48, 64), level, np.uint8) for level in range(5)), rate=30)
    >>> recording = read(path)
    >>> len(recording), recording.size, recording.facts["codec"]
    (5, (48, 64), 'h264')
    >>> recording.frames([1, 4]).pixels.shape
    (2, 48, 64, 1)
    """
    path = Path(path)
    identity = identity_of(path)
    place = str(path.absolute())
    container, stream = opened(place)
    with container:
        facts = declared(container, stream)
        table = scanned(container, stream)
    first = first_frames(place, table.mark, PROBED)
    layout = Layout.of(first[0][1])
    index, warnings = indexed(place, table, [key for key, _ in first])
    clock = Clock.of(index.times_s)
    facts |= seen(first[0][1], layout)
    facts |= {"duration_s": clock.duration_s, "frames found": clock.count}
    return Recording(
        name or path.name,
        VideoSource(place, index, layout),
        index.times_s,
        layout.size,
        layout.dtype,
        identity,
        bit_depth=layout.bit_depth,
        keyframes=index.keyframes,
        facts=facts,
        warnings=cautions(facts, len(table), clock) + warnings,
    )
