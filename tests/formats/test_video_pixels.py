"""Pixels are as they were stored, and what the file says of itself is told."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from ethoframe.data import Refusal
from ethoframe.formats import video

# ------------------------------------------------------------------ pixels


def ramp(levels: int, dtype=np.uint8, size=(6, 10)) -> np.ndarray:
    return np.linspace(0, levels - 1, size[0] * size[1]).reshape(size).astype(dtype)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "bits", "size"),
    [
        ("gray.mkv", "ffv1", "gray", 8, (6, 10)),
        ("wide.mkv", "ffv1", "yuv420p", 8, (6, 10)),
        ("odd.mkv", "ffv1", "gray", 8, (7, 5)),
        ("one.mkv", "ffv1", "gray", 8, (1, 1)),
        ("ten.mkv", "ffv1", "gray10le", 10, (6, 10)),
        ("ten_colours.mkv", "ffv1", "yuv422p10le", 10, (6, 10)),
        ("sixteen.mkv", "ffv1", "gray16le", 16, (6, 10)),
        ("big.nut", "rawvideo", "gray16be", 16, (6, 10)),
        ("packed.avi", "rawvideo", "yuyv422", 8, (6, 10)),
    ],
)
def test_luma_is_what_was_stored(film, tmp_path, name, codec, pix_fmt, bits, size):
    picture = ramp(2**bits, np.uint8 if bits == 8 else np.uint16, size)
    stored = picture << (16 - bits) if bits > 8 else picture
    if pix_fmt == "yuyv422":
        stored = np.dstack([picture, np.full_like(picture, 128)])
    path = film(name, codec, pix_fmt, [stored, stored]).shot(tmp_path)
    recording = video.read(path)
    assert (recording.size, recording.bit_depth, recording.dtype) == (size, bits, picture.dtype)
    pixels = recording.frames([1]).pixels
    assert pixels.dtype == picture.dtype
    assert np.abs(pixels[0, ..., 0].astype(int) - picture).max() <= (bits == 10)  # by the test
    assert recording.warnings == ()


def test_colours_are_converted_to_gray_and_that_is_told(film, tmp_path):
    picture = np.zeros((16, 16, 3), np.uint8)
    picture[:8], picture[8:, :8], picture[8:, 8:] = 255, (255, 0, 0), (0, 0, 200)
    path = film("colours.mp4", "libx264rgb", "rgb24", [picture] * 2, options={"qp": "0"})
    recording = video.read(path.shot(tmp_path))
    gray = recording.frames([0]).pixels[0, ..., 0].astype(int)
    assert np.abs([gray[2, 2] - 255, gray[12, 2] - 76, gray[12, 12] - 23]).max() <= 1
    assert recording.facts["luma range"] == "full"
    assert any("colours" in line for line in recording.warnings)


@pytest.mark.parametrize(("pix_fmt", "range_"), [("yuvj420p", "full"), ("yuv420p", "unspecified")])
def test_the_range_of_the_luma_is_told(film, tmp_path, pix_fmt, range_):
    codec = "mjpeg" if pix_fmt == "yuvj420p" else "ffv1"
    recording = video.read(film("range.mkv", codec, pix_fmt).shot(tmp_path))
    assert recording.facts["luma range"] == range_


@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
@pytest.mark.parametrize("mirror", [False, True])
def test_the_picture_is_turned_as_the_container_asks(film, tmp_path, degrees, mirror):
    rows, columns = np.mgrid[0:48, 0:64]
    picture = (2 * rows + columns).astype(np.uint8)
    film = film(
        "turned.mp4", pictures=[picture] * 3, options={"qp": "0"}, rotate=degrees, mirror=mirror
    )
    recording = video.read(film.shot(tmp_path))
    seen = np.rot90(picture, degrees // 90)  # FFmpeg's angle is against the clock
    expected = [seen[:, ::-1], np.rot90(picture[:, ::-1], degrees // 90)] if mirror else [seen]
    assert recording.size == seen.shape
    assert recording.facts["mirrored"] is mirror
    got = recording.frames([2]).pixels[0, ..., 0]
    assert any(np.array_equal(got, way) for way in expected)
    if not mirror:
        assert recording.facts["rotation"] == -degrees % 360


def test_a_change_of_size_in_the_middle_is_refused_there(film, tmp_path, drawn):
    small = film("small.h264", pictures=[drawn(n) for n in range(20)], format="h264").shot(tmp_path)
    large = [np.pad(drawn(n), 8) for n in range(20)]
    other = film("large.h264", pictures=large, format="h264").shot(tmp_path)
    path = tmp_path / "both.h264"
    path.write_bytes(small.read_bytes() + other.read_bytes())
    recording = video.read(path)
    assert len(recording.frames(range(20))) == 20
    with pytest.raises(Refusal, match="80×64 yuv420p, and were 64×48 yuv420p; cut the file"):
        recording.frames([20])


def test_pixels_that_are_not_square_are_told(film, tmp_path):
    recording = video.read(film("wide.mkv", aspect=Fraction(16, 15)).shot(tmp_path))
    assert recording.warnings == ("its pixels are not square: each is 1.07 times as wide as high",)


# ------------------------------------------------------------------ what is told


def test_facts_of_a_film(scans, films):
    recording, _ = scans["unsteady.mp4"]
    facts = recording.facts
    assert facts["container"] == "QuickTime / MOV"
    assert (facts["codec"], facts["pixel format"], facts["bit depth"]) == ("h264", "yuv420p", 8)
    assert (facts["frames declared"], facts["frames found"]) == (60, 60)
    assert facts["size in bytes"] == films["unsteady.mp4"].stat().st_size
    assert facts["rotation"] == 0
    assert recording.name == "unsteady.mp4"
    assert recording.keyframes[0] == 0
    assert 4 <= len(recording.keyframes) < 20
    assert video.read(films["unsteady.mp4"], name="a/b.mp4").name == "a/b.mp4"


def test_nothing_is_written_to_the_terminal(busy_films, tmp_path, capfd, written, look):
    path = tmp_path / "hurt.mp4"
    data = bytearray(busy_films["mp4"].read_bytes())
    data[-9000:-8000] = bytes(1000)
    path.write_bytes(data)
    assert len(look.scan(video.read(path))) < 60
    with pytest.raises(Refusal):
        video.read(written(tmp_path / "text.mp4", b"some text " * 100))
    assert capfd.readouterr() == ("", "")


def test_more_than_one_video_stream_is_told(tmp_path, drawn):
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as out:
        streams = [out.add_stream("mjpeg", rate=30) for _ in range(2)]
        for stream in streams:
            stream.height, stream.width, stream.pix_fmt = 48, 64, "yuvj420p"
        for number in range(4):
            for stream in streams:
                frame = av.VideoFrame.from_ndarray(drawn(number), "gray").reformat(
                    format="yuvj420p"
                )
                frame.pts = number
                out.mux(stream.encode(frame))
    assert "the file holds 2 video streams: the first is read" in video.read(path).warnings
