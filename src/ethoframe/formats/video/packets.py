"""What a container says of its packets, before any is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from ethoframe.data.noun import Array
from ethoframe.formats.video.decoding import MISSING, Mark, demuxed
from ethoframe.formats.video.opening import without_frames

ASSUMED_RATE = Fraction(25)
"""Frames per second of a stream that says nothing of its own; FFmpeg assumes the same."""


@dataclass(frozen=True, eq=False)
class Packets:
    """Every packet of a video stream in the order of the file, most often one for each frame.

    Parameters
    ----------
    pts, dts
        When each is shown and decoded ``(p,)``, in ticks; `MISSING` where it does not say.
    position
        Where each begins in the file ``(p,)``, in bytes.
    keyframe
        Whether each decodes without any other ``(p,)``.
    shown
        Whether each is to be shown ``(p,)``: an edit list hides frames, some codecs do too.
    tick_s
        Seconds per tick.
    rate
        Frames per second that the stream declares.
    counted
        Whether the container has no times, and pts are counted by FFmpeg as it reads.
    guessed
        Whether pts are out of order: frames are shown in another order, which FFmpeg did not find.
    """

    pts: Array
    dts: Array
    position: Array
    keyframe: Array
    shown: Array
    tick_s: Fraction
    rate: Fraction
    counted: bool
    guessed: bool

    def __len__(self) -> int:
        return len(self.pts)

    @cached_property
    def timed(self) -> bool:
        """Whether every frame has a time of its own, and time goes on through the file."""
        if self.guessed or MISSING in self.pts or len(np.unique(self.pts)) < len(self):
            return False
        # Recordings joined end to end start their clock again: pts alone might interleave them.
        return bool(np.all(np.diff(self.dts[self.dts != MISSING]) >= 0))

    @cached_property
    def mark(self) -> Mark:
        """The best there is to know a frame by."""
        if self.timed and not self.counted:
            return "pts"
        apart = len(np.unique(self.position)) == len(self) and MISSING not in self.position
        return "position" if apart else "order"

    @property
    def keys(self) -> Array:
        """What each packet's frame is known by ``(p,)``, by `mark`."""
        counted = np.arange(len(self))
        return {"pts": self.pts, "position": self.position, "order": counted}[self.mark]

    def seconds(self, ticks: Array) -> Array:
        """Ticks as seconds."""
        return ticks * float(self.tick_s.numerator) / float(self.tick_s.denominator)


def scanned(container: InputContainer, stream: VideoStream) -> Packets:
    """Every packet of a stream that was just opened; one that the file ends inside of is left out.

    Raises
    ------
    Refusal
        When it holds no frame.
    """
    rows = [_row(packet, stream) for packet in demuxed(container, stream)]
    while rows and rows[-1][-1]:
        rows.pop()
    if not any(shown for *_, shown, _ in rows):
        raise without_frames(container.name)
    pts, dts, position, keyframe, shown, _ = zip(*rows, strict=True)
    counted = container.format.name == "avi"
    reordered = counted and stream.codec_context.has_b_frames
    return Packets(
        np.array(pts, np.int64),
        np.array(dts, np.int64),
        np.array(position, np.int64),
        np.array(keyframe),
        np.array(shown),
        stream.time_base or Fraction(1),
        stream.average_rate or ASSUMED_RATE,
        counted,
        guessed=reordered and pts == tuple(sorted(pts)),
    )


Row = tuple[int, int, int, bool, bool, bool]


def _row(packet: Packet[VideoStream], stream: VideoStream) -> Row:
    return (
        MISSING if packet.pts is None else packet.pts,
        MISSING if packet.dts is None else packet.dts,
        MISSING if packet.pos is None else packet.pos,
        packet.is_keyframe,
        not packet.is_discard and not _hidden(packet, stream),
        packet.is_corrupt,
    )


def _hidden(packet: Packet[VideoStream], stream: VideoStream) -> bool:
    """Whether a packet of VP8 only helps to decode others, as its first byte tells (RFC 6386)."""
    return stream.codec_context.name == "vp8" and not memoryview(packet)[0] & 0x10
