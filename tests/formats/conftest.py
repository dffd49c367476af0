"""Films whose truth is known: each frame carries its number."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from ethoframe.formats import video

BITS = 12
DARK, BRIGHT = 40, 215
SIZE = (48, 64)


def drawn(number: int) -> np.ndarray:
    """A picture (48, 64) of 12 blocks, bright where the bit of the number is set."""
    bits = [BRIGHT if number >> bit & 1 else DARK for bit in range(BITS)]
    return np.kron(np.array(bits, np.uint8).reshape(3, 4), np.ones((16, 16), np.uint8))


def number_in(image: np.ndarray) -> int:
    """The number that a picture shows."""
    blocks = image.reshape(3, 16, 4, 16).mean(axis=(1, 3)).ravel()
    return sum(1 << bit for bit in range(BITS) if blocks[bit] > 127)


@dataclass(frozen=True)
class Film:
    """How to make a file with PyAV itself, whatever the package under test can write."""

    name: str
    codec: str = "libx264"
    pix_fmt: str = "yuv420p"
    pictures: Sequence[np.ndarray] = field(default_factory=lambda: [drawn(n) for n in range(60)])
    ticks: Sequence[int] | None = None
    tick_s: Fraction = Fraction(1, 30)
    every: int = 12
    b_frames: int = 0
    options: dict[str, str] = field(default_factory=dict)
    container: dict[str, str] = field(default_factory=dict)
    format: str | None = None
    rotate: float | None = None
    mirror: bool = False
    aspect: Fraction | None = None

    def shot(self, folder: Path) -> Path:
        """Write the file into a folder."""
        path = folder / self.name
        with av.open(str(path), "w", format=self.format, options=self.container) as out:
            stream = out.add_stream(self.codec, rate=30, options=self.options)
            stream.height, stream.width = self.pictures[0].shape[:2]
            stream.pix_fmt, stream.gop_size = self.pix_fmt, self.every
            stream.codec_context.time_base = stream.time_base = self.tick_s
            if self.codec not in ("libsvtav1", "wrapped_avframe"):
                stream.codec_context.max_b_frames = self.b_frames
            if self.aspect:
                stream.codec_context.sample_aspect_ratio = self.aspect
            if self.rotate is not None:
                stream.set_display_rotation(self.rotate, hflip=self.mirror)
            for packet in self._packets(stream):
                out.mux(packet)
        return path

    def _packets(self, stream: av.VideoStream) -> Iterable[av.Packet]:
        for number, picture in enumerate(self.pictures):
            gray = {1: "gray", 2: "gray16le"}[picture.itemsize]
            held = {(): gray, (2,): "yuyv422", (3,): "rgb24"}[picture.shape[2:]]
            frame = av.VideoFrame.from_ndarray(picture, held)
            if held != self.pix_fmt:
                frame = frame.reformat(format=self.pix_fmt, src_color_range=2, dst_color_range=2)
            frame.pts = self.ticks[number] if self.ticks else number
            frame.time_base = self.tick_s
            yield from stream.encode(frame)
        yield from stream.encode(None)


@pytest.fixture(scope="session")
def film() -> type[Film]:
    return Film


@pytest.fixture(scope="session", name="drawn")
def drawn_fixture() -> Callable[[int], np.ndarray]:
    return drawn


@pytest.fixture(scope="session", name="number_in")
def number_in_fixture() -> Callable[[np.ndarray], int]:
    return number_in


@pytest.fixture(scope="session")
def unsteady_ticks() -> list[int]:
    """Sixty ticks of a clock that does not keep time, from 1."""
    return np.cumsum(np.random.default_rng(0).integers(1, 9, 60)).tolist()


@pytest.fixture(scope="session")
def films(tmp_path_factory, unsteady_ticks) -> dict[str, Path]:
    """The same sixty frames in every container that behaves in a way of its own."""
    folder = tmp_path_factory.mktemp("films")
    unsteady = {"ticks": unsteady_ticks, "tick_s": Fraction(1, 90)}
    quiet = {"x265-params": "log-level=none"}
    open_gop = {"x264-params": "open-gop=1:scenecut=0"}
    refresh = {"x264-params": "intra-refresh=1:scenecut=0"}
    shots = [
        Film("unsteady.mp4", b_frames=3, **unsteady),
        Film("unsteady.mkv", b_frames=3, **unsteady),
        Film("unsteady.ts", b_frames=3, **unsteady),
        Film("hevc.mov", "libx265", b_frames=3, options=quiet, **unsteady),
        Film("vp8.webm", "libvpx", **unsteady),
        Film("vp9.webm", "libvpx-vp9", **unsteady),
        Film("open.ts", b_frames=3, options=open_gop),
        Film("refresh.mp4", options=refresh, every=30),
        Film("mpeg2.ts", "mpeg2video", b_frames=2),
        Film("mpeg4.avi", "mpeg4"),
        Film("mpeg4_b.avi", "mpeg4", b_frames=2),
        Film("h264_b.avi", b_frames=2),
        Film("mjpeg.avi", "mjpeg", "yuvj420p"),
        Film("raw.avi", "rawvideo", "bgr24"),
        Film("wmv.wmv", "wmv2"),
        Film("program.mpg", "mpeg2video", b_frames=2, format="mpeg"),
        Film("elementary.h264", b_frames=2, format="h264"),
        Film("fragments.mp4", b_frames=2, container={"movflags": "frag_keyframe+empty_moov"}),
        Film("live.mkv", container={"live": "1"}),
    ]
    return {shot.name: shot.shot(folder) for shot in shots}


def busy(count: int) -> list[np.ndarray]:
    """Pictures that take a few hundred bytes each."""
    scene = np.random.default_rng(0).integers(0, 255, (96, 400)).astype(np.uint8)
    return [np.ascontiguousarray(scene[:, 2 * n : 2 * n + 128]) for n in range(count)]


@pytest.fixture(scope="session")
def busy_films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("busy")
    kept = {"pictures": busy(60), "every": 15, "b_frames": 2}
    shots = {
        "mp4": Film("busy.mp4", container={"movflags": "faststart"}, **kept),
        "mkv": Film("busy.mkv", **kept),
        "ts": Film("busy.ts", "mpeg2video", **kept),
        "avi": Film("busy.avi", "mpeg4", **kept),
    }
    return {name: shot.shot(folder) for name, shot in shots.items()}


@pytest.fixture(scope="session")
def busy_film(busy_films):
    return busy_films["mp4"]


class Look:
    """Ways to look at a recording."""

    @staticmethod
    def scan(recording, numbers=None) -> dict[int, np.ndarray]:
        """The frames of a recording by number: all of them, or those with these numbers."""
        wanted = range(len(recording)) if numbers is None else numbers
        return {number: image.copy() for number, image in recording.source.images(wanted)}

    @staticmethod
    def same(some: dict[int, np.ndarray], others: dict[int, np.ndarray]) -> bool:
        """Whether two sets of frames hold the same numbers and pixels."""
        alike = (np.array_equal(image, others.get(number)) for number, image in some.items())
        return some.keys() == others.keys() and all(alike)

    @staticmethod
    def at_random(recording, truth, requests: int) -> None:
        """So many single frames, in no order, are those of the scan."""
        for number in random.Random(0).choices(range(len(recording)), k=requests):
            frames = recording.frames([number])
            assert frames.numbers.tolist() == [number]
            assert frames.times_s[0] == recording.times_s[number]
            assert np.array_equal(frames.pixels[0], truth[number]), number

    @staticmethod
    def with_threads(recording, threads: int):
        """The same recording, decoded by so many of FFmpeg's threads."""
        return replace(recording, source=replace(recording.source, threads=threads))


@pytest.fixture(scope="session")
def look() -> type[Look]:
    return Look


@pytest.fixture(scope="session")
def scans(films):
    """Every film as a recording, and its frames as a scan from start to end gives them."""
    return {name: (opened := video.read(path), Look.scan(opened)) for name, path in films.items()}


@pytest.fixture(scope="session")
def written():
    """Write bytes to a path, and name it."""

    def wrote(path: Path, data: bytes) -> Path:
        path.write_bytes(data)
        return path

    return wrote
