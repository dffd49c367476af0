"""Opening a container, and saying in one line why it cannot be."""

from __future__ import annotations

from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Discard, Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from ethoframe.data import Refusal

THREADS = 1
"""FFmpeg's threads beside a method that computes: more would take its core, and gain nothing."""

THREADS_ALONE = 4
"""FFmpeg's threads where nothing else computes."""


def opened(path: str, threads: int = 1) -> tuple[InputContainer, VideoStream]:
    """The container at `path` and the video stream that is read from it.

    Parameters
    ----------
    path
        Absolute, or FFmpeg takes a name with a colon for an address.
    threads
        How many of FFmpeg's threads decode; 1 decodes in the caller's.

    Raises
    ------
    Refusal
        When FFmpeg cannot open it, or it holds no picture that FFmpeg can decode.
    """
    # Some containers and playlists name other files and addresses: none but local files are opened.
    options = {"protocol_whitelist": "file"}
    try:
        container = av.open(path, metadata_errors="replace", options=options)
    except av.error.FFmpegError as error:
        raise _unreadable(path, error) from None
    try:
        stream = _pictures(container, path)
    except Refusal:
        container.close()
        raise
    stream.thread_type = "AUTO" if threads > 1 else "NONE"
    stream.thread_count = threads
    return container, stream


def moving(container: InputContainer) -> list[VideoStream]:
    """The video streams of a container, without cover pictures."""
    still = Disposition.attached_pic
    return [stream for stream in container.streams.video if not stream.disposition & still]


def without_frames(path: str) -> Refusal:
    """What to say of a stream that has no packet."""
    if _unfinished(Path(path)):
        return _cut(path)
    return Refusal(path, "the file holds no frame", "copy it again from the camera")


def _pictures(container: InputContainer, path: str) -> VideoStream:
    stream = next(iter(moving(container)), None)
    codec: VideoCodecContext | None = stream.codec_context if stream else None
    if stream is None or codec is None:
        raise _without_pictures(container, path)
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    return stream


def _without_pictures(container: InputContainer, path: str) -> Refusal:
    if _unfinished(Path(path)):
        return _cut(path)
    if moving(container):
        reason = "this build of FFmpeg cannot decode its pictures"
        return Refusal(path, reason, "convert it to H.264 with the software of the camera")
    held = "sound but no picture" if container.streams.audio else "no video"
    return Refusal(path, f"the file holds {held}", "name the file that holds the video")


def _cut(path: str) -> Refusal:
    return Refusal(
        path,
        "the recording was cut before it was finished: the table of its frames is missing",
        "copy it again from the camera, or have a repair tool such as untrunc rebuild the table "
        "from an intact recording of the same camera",
    )


def _unreadable(path: str, error: av.error.FFmpegError) -> Refusal:
    if not isinstance(error, av.error.InvalidDataError | av.error.EOFError):
        return Refusal(path, f"FFmpeg cannot open it ({error.strerror})", "check the file")
    if _unfinished(Path(path)):
        return _cut(path)
    remedy = "check that it was copied whole and was not just renamed"
    return Refusal(path, "this is not a video that FFmpeg can read", remedy)


def _unfinished(path: Path) -> bool:
    """Whether this is the beginning of an MP4 or MOV file whose index, the moov box, is missing.

    Cameras write the moov box last, so that one that lost power leaves a file without it.
    """
    kinds, length = [], path.stat().st_size
    with path.open("rb") as file:
        while len(header := file.read(16)) >= 8:
            size, kind = int.from_bytes(header[:4]), header[4:8]
            if size == 1:
                size = int.from_bytes(header[8:16])
            if not kind.isalnum() or size < 8:
                break
            end = file.seek(size - len(header), 1)
            if kind != b"moov" or end <= length:
                kinds.append(kind)
    return bool({b"ftyp", b"mdat", b"wide"} & set(kinds)) and b"moov" not in kinds
