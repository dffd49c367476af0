"""The pixels of a video, frame by frame, the cheapest way."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

import av
from av.video.frame import PictureType, VideoFrame

from ethoframe.data.noun import Array
from ethoframe.formats.video.decoding import Damaged, Keyed, decoded, keyed
from ethoframe.formats.video.index import Index
from ethoframe.formats.video.luma import Layout
from ethoframe.formats.video.opening import THREADS, opened

LEAP = 4
"""Frames that a seek must save to be worth it: it throws away what the decoder has begun."""


@dataclass(frozen=True, eq=False)
class VideoSource:
    """Pixels of the video at `path`; each call opens the file anew, so that threads may share it.

    Parameters
    ----------
    path
        Absolute path of the file.
    index
        Which frame is which.
    layout
        How the luma lies in each frame.
    threads
        How many of FFmpeg's threads decode. Four decode 1.3 to 1.5 times as fast as one on two
        idle cores, and about as fast as one beside a method that keeps a core busy.
    """

    path: str
    index: Index
    layout: Layout
    threads: int = THREADS

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``(y, x, 1)`` with its number, for ascending `numbers`.

        A frame that cannot be decoded is left out.

        Raises
        ------
        Refusal
            When the file is gone, or its pictures change their size.
        ValueError
            When numbers do not ascend, or there is no such frame.
        """
        _check(numbers, len(self.index))
        playhead = Playhead(self, self.threads)
        try:
            for number in numbers:
                try:
                    frame = playhead.at(number)
                except Damaged:
                    # One thread loses no sound frame beside a damaged one.
                    playhead.close()
                    playhead = Playhead(self, 1)
                    frame = playhead.at(number)
                if frame is not None:
                    yield number, self.layout.image(frame, self.path)
        finally:
            playhead.close()


def _check(numbers: Sequence[int], count: int) -> None:
    before = 0
    for number in numbers:
        if not before <= number < count:
            raise ValueError(f"frame {number} was asked for after {before}, of {count} frames")
        before = number


class Playhead:
    """A place in an open video; it moves forward, over what need not be decoded if it can.

    Parameters
    ----------
    source
        The video.
    threads
        How many of FFmpeg's threads decode; several raise `Damaged` where the stream is.
    """

    def __init__(self, source: VideoSource, threads: int) -> None:
        self._source, self._threads = source, threads
        self._unfit: set[int] = set()
        self._open()

    def close(self) -> None:
        """Close the file."""
        self._frames.close()
        self._container.close()

    def at(self, number: int) -> VideoFrame | None:
        """The frame with this number, which is not before the last one; None if it is damaged."""
        # The first frame is decoded before any seek: streams of old x264 tell only there who wrote
        # them, and without knowing it FFmpeg decodes their 4:4:4 pictures wrongly.
        if self._reached < 0:
            self._step()
        keyframes = self._source.index.keyframes
        place = int(keyframes.searchsorted(number, side="right")) - 1
        if len(self._source.index.stamps) and keyframes[place] > self._reached + LEAP:
            self._jump(place)
        while self._reached < number and self._step():
            pass
        return self._frame if self._reached == number else None

    def _open(self) -> None:
        self._container, self._stream = opened(self._source.path, self._threads)
        self._play(keyed(self._container, self._stream, self._source.index.mark))

    def _play(self, parts: Iterable[Keyed]) -> None:
        self._reached = -1
        self._frame: VideoFrame | None = None
        self._frames = self._numbered(decoded(parts, self._stream, strict=self._threads > 1))

    def _numbered(
        self, frames: Iterable[tuple[int, VideoFrame]]
    ) -> Generator[tuple[int, VideoFrame]]:
        for key, frame in frames:
            number = self._source.index.number(key)
            if number is not None:
                yield number, frame

    def _step(self) -> bool:
        """Go to the next frame; False when there is none."""
        here = next(self._frames, None)
        if here is not None:
            self._reached, self._frame = here
        return here is not None

    def _jump(self, place: int) -> None:
        """To a keyframe: this one, or one before it, or in the end the start of the file."""
        back = 1
        while place >= 0:
            if place not in self._unfit and self._landed(place):
                return
            self._unfit.add(place)
            place, back = place - back, 2 * back
        self.close()
        self._open()

    def _landed(self, place: int) -> bool:
        """Whether a seek to a keyframe led there, and it came out whole."""
        index = self._source.index
        number = int(index.keyframes[place])
        try:
            self._container.seek(int(index.stamps[place]), stream=self._stream)
        except av.error.FFmpegError:
            return False
        self._play(self._parts_from(number))
        while self._reached < number and self._step():
            pass
        # Some files call frames keyframes that are none.
        return self._frame is not None and self._reached == number and _whole(self._frame)

    def _parts_from(self, number: int) -> Iterator[Keyed]:
        """The packets from this frame's on; none when they are behind it already."""
        index = self._source.index
        parts = keyed(self._container, self._stream, index.mark)
        for key, packet in parts:
            if key == index.keys[number]:
                yield key, packet
                break
            if (index.number(key) or 0) > number:
                return
        yield from parts


def _whole(frame: VideoFrame) -> bool:
    return frame.key_frame or frame.pict_type == PictureType.I
