"""Whatever is wrong with the input is one line, and nothing is left of it but that line."""

from __future__ import annotations

import csv
import errno
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from ethoframe.formats import video
from ethoframe.formats.video.write import write
from ethoframe.testing.scenes import SCENES


def empty(path: Path, clip: Path) -> None:
    path.touch()


def text(path: Path, clip: Path) -> None:
    path.write_text("this is not a video\n" * 50)


def missing(path: Path, clip: Path) -> None:
    """Nothing is there."""


def cut_off(path: Path, clip: Path) -> None:
    """A recording whose table of frames would have come last."""
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    content = path.read_bytes()
    assert content.find(b"moov") > content.find(b"mdat")
    path.write_bytes(content[: int(0.6 * len(content))])


def no_frames(path: Path, clip: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", 30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()


def sound(path: Path, clip: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", 44_100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44_100), np.float32), "fltp", "mono")
        frame.rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def one_pixel(path: Path, clip: Path) -> None:
    with av.open(str(path), "w", "matroska") as container:
        stream = container.add_stream("ffv1", 30)
        stream.width, stream.height, stream.pix_fmt = 1, 1, "gray"
        for tick in range(60):
            frame = av.VideoFrame.from_ndarray(np.full((1, 1), 4 * tick, np.uint8), "gray")
            frame.pts, frame.time_base = tick, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def blank(path: Path, clip: Path) -> None:
    scene = replace(SCENES["blank"], duration_s=3.0, size=(180, 240))
    write(path, scene.images(), rate=scene.rate)


def one_frame(path: Path, clip: Path) -> None:
    write(path, [np.full((48, 64), 90, np.uint8)], rate=30)


Made = Callable[[Path, Path], None]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (empty, "the file is empty"),
        (text, "this is not a video that FFmpeg can read"),
        (missing, "there is no such file"),
        (cut_off, "the recording was cut before it was finished"),
        (no_frames, "the file holds no "),
        (sound, "the file holds sound but no picture"),
        (one_pixel, "no animal was found in any of 60 frames"),
        (blank, "no animal was found in any of 90 frames"),
        (one_frame, "no animal was found in any of 1 frames"),
    ],
)
def test_a_file_that_will_not_do(ethoframe, here, clip, make: Made, said: str):
    make(here / "bad.mp4", clip)
    told = ethoframe("open-field", "bad.mp4", "--side", "40cm", "--out", "out")
    assert (told.status, told.out) == (3, "")
    (line,) = told.err.splitlines()
    assert line.startswith(f"ethoframe: bad.mp4: {said}")
    assert "; " in line
    assert [path.name for path in (here / "out").iterdir()] == ["failures.csv"]
    with (here / "out" / "failures.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert line == f"ethoframe: {row['recording']}: {row['reason']}; {row['remedy']}"


def test_a_file_where_a_folder_should_be(ethoframe, here, clip):
    (here / "a.mp4").touch()
    told = ethoframe("open-field", "a.mp4/b.mp4")
    assert told.status == 3
    assert told.err.startswith("ethoframe: b.mp4: there is no such file")


def test_a_file_that_may_not_be_read(ethoframe, here, clip, monkeypatch):
    """Root may read everything, so the system is made to say no."""

    opening = Path.open

    def guarded(path, *how, **more):
        if path.name == "a.mp4":
            raise PermissionError(errno.EACCES, "Permission denied", "a.mp4")
        return opening(path, *how, **more)

    (here / "a.mp4").write_bytes(clip.read_bytes())
    monkeypatch.setattr(Path, "open", guarded)
    told = ethoframe("open-field", "a.mp4", "--out", "out")
    assert told.status == 3
    assert "a.mp4: you may not read this file; ask its owner" in told.err


def test_a_cut_file_is_analysed_as_far_as_it_goes(ethoframe, here, clip):
    content = clip.read_bytes()
    assert content.find(b"moov") < content.find(b"mdat")
    (here / "cut.mp4").write_bytes(content[: int(0.7 * len(content))])
    told = ethoframe("open-field", "cut.mp4", "--side", "40cm", "--out", "out")
    assert told.status == 0
    frames = len(video.read(here / "cut.mp4"))
    loss = f"cut short: only {frames} of the 60 frames it declares could be read"
    assert 20 < frames < 55
    assert f"cut.mp4: {loss}" in told.err.splitlines()
    for name in ("provenance.json", "report.html"):
        assert loss in (here / "out" / "cut" / name).read_text(encoding="utf-8")
    again = ethoframe("open-field", "cut.mp4", "--side", "40cm", "--out", "out")
    assert f"cut.mp4: {loss}" in again.err.splitlines()


ARENA = 'shape = "rectangle"\ncorners_px = [[30, 9], [210, 9], [210, 171], [30, 171]]\n'


@pytest.mark.parametrize(
    ("arena", "said"),
    [
        ("corners_px = [[0, 0], [1", "is not TOML"),
        ('shape = "star"', "shape 'star' is not known"),
        ("corners_px = [[0, 0]]", "corners_px needs three corners or more"),
        (ARENA + "side_mm = [400, 400]", "has the unknown word 'side_mm'"),
        (ARENA + "sides_mm = [400]", "sides_mm needs two lengths"),
        (ARENA + "sides_mm = [400, -1]", "must be longer than nothing"),
        (ARENA + 'sides_mm = ["a", "b"]', ""),
        (ARENA + "zones = 3", "zones must be tables; write each as [zones.NAME]"),
        (ARENA + "zones.centre = 3", "zones must be tables; write each as [zones.NAME]"),
        ('shape = "circle"\ncentre_px = [3, 4]', "a circle needs centre_px and radius_px"),
        ("\x00", "is not TOML"),
        (None, "cannot be read"),
    ],
)
def test_an_arena_file_with_mistakes(ethoframe, here, clip, arena, said):
    if arena is not None:
        (here / "arena.toml").write_text(arena, encoding="utf-8")
    told = ethoframe("open-field", clip, "--arena", "arena.toml", "--out", "out")
    assert (told.status, told.out) == (3, "")
    (line,) = told.err.splitlines()
    assert line.startswith("ethoframe: arena.toml: ")
    assert said in line
    assert not (here / "out").exists()


def test_an_arena_outside_the_picture(ethoframe, here, clip):
    (here / "arena.toml").write_text(ARENA.replace("210", "610"), encoding="utf-8")
    told = ethoframe("open-field", clip, "--arena", "arena.toml", "--out", "out")
    assert told.status == 3
    assert "mouse.mp4: the arena reaches outside the picture (240 × 180 px); draw it" in told.err
    assert [path.name for path in (here / "out").iterdir()] == ["failures.csv"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--set", "smoooth.span_s=1"], 3, "there is no such step; there are: camera, steady"),
        (["--set", "smooth.spam_s=1"], 3, "has no parameter 'spam_s'; it has: "),
        (["--set", "smooth.span_s=-1"], 3, "-1 is out of range; use "),
        (["--set", "smooth.span_s=long"], 3, "cannot be 'long'; write it like "),
        (["--set", "appearance.polarity=pink"], 3, "'pink' is not known; use one of "),
        (["--set", "span_s=1"], 2, "'span_s=1' is not STEP.PARAMETER=VALUE"),
        (["--set", "smooth.span_s"], 2, "'smooth.span_s' is not STEP.PARAMETER=VALUE"),
        (["--side", "40"], 2, "'40' is no length; write it with its unit, as 40cm"),
        (["--side", "0cm"], 2, "'0cm' is no length: it must be more than nothing"),
        (["--side", "40x0cm"], 2, "'40x0cm' is no length: it must be more than nothing"),
        (["--side", "1.2.3cm"], 2, "is no length"),
        (["--side", "40cm", "--arena", "arena.toml"], 2, "both give the scale"),
        (["--jobs", "0"], 2, "0 is not in the range 1<=x<=60"),
        (["--nonsense"], 2, "No such option"),
    ],
)  # fmt: skip
def test_what_was_typed_wrongly_is_told_before_any_work(ethoframe, here, clip, words, status, said):
    told = ethoframe("open-field", clip, *words, "--out", "out")
    assert (told.status, told.out) == (status, "")
    assert said in told.err.splitlines()[-1]
    assert not (here / "out").exists()


def test_results_that_would_coincide_are_refused_before_any_work(ethoframe, here, clip):
    for name in ("x", "y"):
        (here / name).mkdir()
        (here / name / "a.mp4").write_bytes(clip.read_bytes())
    told = ethoframe("open-field", "x/a.mp4", "y/a.mp4", "--out", "out")
    assert (told.status, told.out) == (3, "")
    assert len(told.err.splitlines()) == 1
    assert "its results would lie where those of" in told.err
    assert not (here / "out").exists()


@pytest.mark.parametrize("out", ["file", "file/deeper"])
def test_a_folder_that_cannot_be_written(ethoframe, here, clip, out):
    (here / "file").write_text("mine")
    told = ethoframe("open-field", clip, "--out", out)
    assert (told.status, told.out) == (3, "")
    (line,) = told.err.splitlines()
    assert "it cannot be written" in line
    assert "name a folder you may write with --out" in line
    assert (here / "file").read_text() == "mine"


def test_one_broken_file_of_three(ethoframe, here, clip):
    (here / "videos").mkdir()
    for name in ("a", "c"):
        (here / "videos" / f"{name}.mp4").write_bytes(clip.read_bytes())
    (here / "videos" / "b.mp4").write_text("no video")
    told = ethoframe("open-field", "videos", "--side", "40cm", "--no-report", "--out", "out")
    assert told.status == 3
    assert [line.split(":")[0] for line in told.out.splitlines()[:2]] == ["a.mp4", "c.mp4"]
    assert told.err.splitlines()[-2:] == [
        "1 of 3 recordings failed:", "  b.mp4  this is not a video that FFmpeg can read",
    ]  # fmt: skip
    assert {path.name for path in (here / "out").iterdir()} == {
        "a", "c", "measures.csv", "otherwise.csv", "summary.xlsx", "failures.csv",
        "journal.sqlite",
    }  # fmt: skip
    rows = (here / "out" / "failures.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 2
    (here / "videos" / "b.mp4").write_bytes(clip.read_bytes())
    told = ethoframe("open-field", "videos", "--side", "40cm", "--no-report", "--out", "out")
    assert told.status == 0
    assert told.out.count("finished before, nothing changed") == 2
    assert not (here / "out" / "failures.csv").exists()
