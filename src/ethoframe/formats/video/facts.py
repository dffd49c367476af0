"""What a video says of itself, for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ethoframe.data import Clock
from ethoframe.formats.video.luma import Layout
from ethoframe.formats.video.opening import moving

RANGES = {1: "limited", 2: "full"}
"""FFmpeg's numbers: limited goes from 16 to 235 in 8 bits, full from 0 to 255."""

EPOCH = 1970
"""A camera whose clock was never set writes the year it counts from: this one, 1904 or 1601."""

SHORTFALL_S = 1.0
"""Frames that end this long before the declared end are told of."""


def declared(container: InputContainer, stream: VideoStream) -> dict[str, Any]:
    """What the container says before a packet of it is read."""
    rate, shape = stream.average_rate, stream.sample_aspect_ratio
    return {
        "container": container.format.long_name,
        "codec": stream.codec_context.codec.canonical_name,
        "profile": stream.codec_context.profile,
        "average rate": float(rate) if rate else None,
        "bit rate": stream.bit_rate or container.bit_rate or None,
        "size in bytes": Path(container.name).stat().st_size,
        "pixel aspect": float(shape) if shape else 1.0,
        "video streams": len(moving(container)),
        "duration declared_s": container.duration / 1e6 if container.duration else None,
        "frames declared": stream.frames or None,
        "frames listed": len(stream.index_entries),
        "creation_time": _creation_time(container, stream),
    }


def seen(frame: VideoFrame, layout: Layout) -> dict[str, Any]:
    """What the first frame says."""
    name, *_ = layout.stored
    return {
        "pixel format": name,
        "bit depth": layout.bit_depth,
        "luma range": "full" if layout.converted else RANGES.get(frame.color_range, "unspecified"),
        "luma": f"computed from {name}" if layout.converted else "as stored",
        "rotation": layout.turn.degrees,
        "mirrored": layout.turn.mirrored,
        "interlaced": frame.interlaced_frame,
    }


def cautions(facts: Mapping[str, Any], packets: int, clock: Clock) -> tuple[str, ...]:
    """What a user should know before trusting the recording.

    Parameters
    ----------
    facts
        As `declared` and `seen` tell them.
    packets
        How many packets the stream holds, hidden ones too.
    clock
        Of the frames that were found.
    """
    found = [_shortfall(facts, packets, clock)]
    if facts["video streams"] > 1:
        found.append(f"the file holds {facts['video streams']} video streams: the first is read")
    if facts["interlaced"]:
        found.append("interlaced: every frame holds two moments, in its odd and its even lines")
    if facts["pixel aspect"] != 1:
        aspect = facts["pixel aspect"]
        found.append(f"its pixels are not square: each is {aspect:.3g} times as wide as high")
    if facts["luma"] != "as stored":
        found.append(f"it stores colours, no luma: that is {facts['luma']}")
    return tuple(line for line in found if line)


def _creation_time(container: InputContainer, stream: VideoStream) -> str | None:
    """When the file says it was begun, as ISO text in UTC; None when it says nothing of use."""
    for said in (container.metadata, stream.metadata):
        try:
            begun = datetime.fromisoformat(said["creation_time"])
        except (KeyError, ValueError):
            continue
        if begun.year > EPOCH:
            aware = begun if begun.tzinfo else begun.replace(tzinfo=UTC)
            return aware.astimezone(UTC).isoformat()
    return None


def _shortfall(facts: Mapping[str, Any], packets: int, clock: Clock) -> str:
    """One line for a file that holds less than it declares, empty for others."""
    whole = facts["frames declared"]
    if whole:
        # Packets that the index of the container lists no more are hidden by an edit list.
        if packets >= whole or packets == facts["frames listed"]:
            return ""
        return f"cut short: only {clock.count} of the {whole} frames it declares could be read"
    length, end = facts["duration declared_s"], clock.first_s + clock.duration_s
    if length is None or end > length - SHORTFALL_S:
        return ""
    return f"it declares {length:.1f} s, but its frames end at {end:.1f} s"
