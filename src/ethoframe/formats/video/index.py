"""Which frame is which: the table that finds a frame by timestamp, never by counting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from av.video.frame import VideoFrame

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.formats.video.decoding import MISSING, Damaged, Mark, decoded, keyed
from ethoframe.formats.video.opening import THREADS_ALONE, opened
from ethoframe.formats.video.packets import Packets


@dataclass(frozen=True, eq=False)
class Index:
    """The frames of a stream in the order they are shown.

    Parameters
    ----------
    keys
        What each frame is known by ``(n,)``; see `mark`.
    times_s
        Seconds of each frame ``(n,)``, strictly rising.
    keyframes
        Numbers ``(k,)`` of the frames that decode without any other.
    stamps
        Timestamp ``(k,)`` to seek to for each keyframe; empty where there is none to seek by.
    mark
        What keys are made of.
    """

    keys: Array
    times_s: Array
    keyframes: Array
    stamps: Array
    mark: Mark

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def _ranked(self) -> tuple[Array, Array]:
        order = np.argsort(self.keys, kind="stable")
        return self.keys[order], order

    def number(self, key: int) -> int | None:
        """The number of the frame with this key; None when it is not one of the frames."""
        keys, order = self._ranked
        place = int(keys.searchsorted(key))
        return int(order[place]) if place < len(keys) and keys[place] == key else None


def indexed(path: str, table: Packets, first: Sequence[int]) -> tuple[Index, tuple[str, ...]]:
    """The index of a stream, and what a user should know about it.

    Times are the packets' own where each frame has one; where they are missing, repeated or out of
    order, the whole stream is decoded to find its frames.

    Parameters
    ----------
    path
        Of the video.
    table
        Its packets.
    first
        Keys of the first frames that were decoded: to see that the packets are the frames.
    """
    if table.timed:
        which = np.flatnonzero(table.shown)
        which = which[np.argsort(table.pts[which])]
        keys = table.keys[which]
        lead = int(np.argmax(keys == first[0]))
        if np.array_equal(keys[lead : lead + len(first)], first):
            index = _built(table, which[lead:], table.seconds(table.pts[which[lead:]]))
            return index, ((_LEAD.format(lead),) if lead else ())
    which = _decoded(path, table)
    times_s, warnings = _times(table, which)
    return _built(table, which, times_s), (_COUNTED, *warnings)


_LEAD = "the file starts between two keyframes: its first {} frames cannot be decoded"
_COUNTED = "its packets do not tell its frames: all were decoded on opening to count them"
_REPEATED = "{} frames repeat the time of the one before: they are spread until the next"
_PACKETS = "its frames have no times of their own: they have those of its packets, in order"
_RATE = "its frames have no times of use: they come from its declared rate of {:g} per second"


def first_frames(path: str, mark: Mark, count: int) -> list[tuple[int, VideoFrame]]:
    """The first frames that can be decoded, with their keys.

    Raises
    ------
    Refusal
        When there is none.
    """
    found = list(islice(_shown(path, mark), count))
    if not found:
        raise Refusal(path, "no frame of it can be decoded", "copy it again from the camera")
    return found


def _built(table: Packets, which: Array, times_s: Array) -> Index:
    """The index of the frames that these packets hold, in the order they are shown."""
    keyframes = np.flatnonzero(table.keyframe[which])
    stamps = table.pts[which[keyframes]]
    if MISSING in stamps:
        stamps = table.dts[which[keyframes]]
    if MISSING in stamps or table.mark == "order":
        stamps = stamps[:0]
    return Index(table.keys[which], times_s, keyframes, stamps, table.mark)


def _decoded(path: str, table: Packets) -> Array:
    """Which packets hold frames, in the order they are shown, found by decoding them all."""
    try:
        threaded = islice(_shown(path, table.mark, THREADS_ALONE), int(table.shown.sum()))
        shown = [key for key, _ in threaded]
    except Damaged:
        shown = [key for key, _ in _shown(path, table.mark)]
    order = np.argsort(table.keys, kind="stable")
    which: Array = order[table.keys[order].searchsorted(shown)]
    return which


def _shown(path: str, mark: Mark, threads: int = 1) -> Iterator[tuple[int, VideoFrame]]:
    container, stream = opened(path, threads)
    with container:
        yield from decoded(keyed(container, stream, mark), stream, strict=threads > 1)


def _times(table: Packets, which: Array) -> tuple[Array, tuple[str, ...]]:
    """Seconds of the frames in these packets, in the order they are shown."""
    own, of_packets = table.pts[which], np.sort(table.dts[which])
    if _rising(own):
        return _spread(table, own, ())
    if _rising(of_packets):
        return _spread(table, of_packets, (_PACKETS,))
    rate = float(table.rate)
    return np.arange(len(which)) / rate, (_RATE.format(rate),)


def _rising(ticks: Array) -> bool:
    steps = np.diff(ticks)
    return MISSING not in ticks and bool(np.all(steps >= 0) and (len(ticks) < 2 or np.any(steps)))


def _spread(
    table: Packets, ticks: Array, warnings: tuple[str, ...]
) -> tuple[Array, tuple[str, ...]]:
    """Seconds of the ticks, with every run of equal ones spread evenly until the next."""
    values, first = np.unique(ticks, return_index=True)
    repeated = len(ticks) - len(values)
    if not repeated:
        return table.seconds(ticks), warnings
    after = values[-1] + np.median(np.diff(values))
    known, stamps = np.append(first, len(ticks)), np.append(values, after)
    spread = np.interp(np.arange(len(ticks)), known, stamps)
    return table.seconds(spread), (*warnings, _REPEATED.format(repeated))
