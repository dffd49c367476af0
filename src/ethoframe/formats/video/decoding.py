"""From packets to frames, whatever the state of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

Mark = Literal["pts", "position", "order"]
"""What a frame is known by: its timestamp, where its packet lies in the file, or, for want of
either, how many packets came before it."""

MISSING = -(2**63)
"""Stands for a timestamp or position that a packet does not have."""

ERRORS = 100
"""After this many errors of the container the rest of the file is given up."""

Keyed = tuple[int, Packet]  # type: ignore[type-arg]


class Damaged(Exception):
    """Part of the stream does not decode, or its last frames did not come."""


def demuxed(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Each packet of the stream from here on, past errors of the container."""
    for _ in range(ERRORS):
        try:
            for packet in container.demux(stream):
                # Capture programs write an empty packet for a dropped frame, and PyAV gives one at
                # the end; a decoder that is sent one takes it for the end of the stream.
                if packet.size:
                    yield packet
        except av.error.FFmpegError:
            continue  # most containers find the next packet behind a damaged one
        return


def keyed(container: InputContainer, stream: VideoStream, mark: Mark) -> Iterator[Keyed]:
    """Each packet from here on with the key of its frame, which its ``pts`` is set to.

    The decoder hands ``pts`` on from packet to frame, through any reordering: so the key comes out
    with the picture.
    """
    for order, packet in enumerate(demuxed(container, stream)):
        if mark == "order":
            packet.pts = order
        elif mark == "position":
            packet.pts = packet.pos
        yield MISSING if packet.pts is None else packet.pts, packet


def decoded(
    parts: Iterable[Keyed], stream: VideoStream, *, strict: bool
) -> Iterator[tuple[int, VideoFrame]]:
    """The frames of these packets with their keys, in the order they are shown.

    Parameters
    ----------
    parts
        As `keyed` gives them.
    stream
        Whose decoder to use.
    strict
        Raise `Damaged` for what cannot be decoded, or leave it out.

    Raises
    ------
    Damaged
        When strict, and also at the end: several threads lose sound frames beside a damaged one
        there, without a word. So do not ask for more frames than there are.
    """
    for _, packet in parts:
        yield from _sound(stream, packet, strict)
    yield from _sound(stream, None, strict)
    if strict:
        raise Damaged


def _sound(
    stream: VideoStream, packet: Packet[VideoStream] | None, strict: bool
) -> Iterator[tuple[int, VideoFrame]]:
    try:
        frames = stream.decode(packet)
    except av.error.EOFError:
        return
    except av.error.FFmpegError as error:
        if strict:
            raise Damaged from error
        return
    for frame in frames:
        if frame.is_corrupt and strict:
            raise Damaged
        if frame.pts is not None and not frame.is_corrupt:
            yield frame.pts, frame
