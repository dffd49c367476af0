"""What is written is read back as it was."""

from __future__ import annotations

import av
import numpy as np
import pytest

from ethoframe.formats import video


def test_what_is_written_is_read_back_as_it_was(tmp_path, drawn):
    pictures = [drawn(n) for n in range(40)]
    times_s = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.08, 40))
    written_ = video.write(
        tmp_path / "gray.mp4",
        iter(pictures),
        times_s=times_s,
        keyframe_every=8,
        b_frames=2,
        quality=0,
    )
    recording = video.read(written_)
    assert np.array_equal(recording.frames(range(40)).pixels[..., 0], pictures)
    assert np.abs(np.diff(recording.times_s) - np.diff(times_s)).max() < 2 / 90_000
    assert np.diff(recording.keyframes).max() <= 8
    assert recording.facts["luma range"] == "full"
    assert [path.name for path in tmp_path.iterdir()] == ["gray.mp4"]


def test_a_rate_and_colours_and_odd_sizes_are_written(tmp_path):
    picture = np.zeros((31, 45, 3), np.uint8)
    picture[..., 0] = 255
    path = video.write(tmp_path / "red.mp4", [picture] * 3, rate=29.97)
    recording = video.read(path)
    assert recording.size == (32, 46)
    assert np.allclose(np.diff(recording.times_s), 1 / 29.97, atol=2 / 90_000)
    with av.open(str(path)) as container:
        red = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(red.reshape(-1, 3).mean(axis=0) - (255, 0, 0)).max() < 4


def failing():
    yield np.zeros((8, 8), np.uint8)
    raise RuntimeError("no more")


@pytest.mark.parametrize(
    ("pictures", "times", "error"),
    [
        ([], {"rate": 30}, "no picture"),
        ([np.zeros((8, 8), np.uint16)], {"rate": 30}, "8 bits"),
        ([np.zeros((8, 8), np.uint8), np.zeros((8, 9), np.uint8)], {"rate": 30}, "alike"),
        ([np.zeros((8, 8), np.uint8)] * 2, {"times_s": [0.0, 0.0]}, "rise"),
        ([np.zeros((8, 8), np.uint8)] * 2, {"times_s": [0.0]}, "zip"),
        ([np.zeros((8, 8), np.uint8)], {}, "times_s or rate"),
        (failing(), {"rate": 30}, "no more"),
    ],
)
def test_a_failed_film_leaves_what_was_there(tmp_path, pictures, times, error, written):
    path = written(tmp_path / "film.mp4", b"before")
    with pytest.raises((ValueError, RuntimeError), match=error):
        video.write(path, pictures, **times)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("film.mp4", b"before")]
