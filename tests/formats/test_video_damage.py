"""What is left of a damaged file is read and the rest told; what is no video is refused."""

from __future__ import annotations

import av
import numpy as np
import pytest

from ethoframe.data import Refusal
from ethoframe.formats import video

# ------------------------------------------------------------------ damage


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("threads", [1, 4])
def test_a_cut_file_is_read_as_far_as_it_goes(busy_film, tmp_path, share, threads, written, look):
    data = busy_film.read_bytes()
    path = written(tmp_path / "cut.mp4", data[: int(share * len(data))])
    recording = look.with_threads(video.read(path), threads)
    whole = look.scan(video.read(busy_film))
    found = len(recording)
    assert 0 < found < 60
    line = f"cut short: only {found} of the 60 frames it declares could be read"
    assert line in recording.warnings
    assert (recording.facts["frames declared"], recording.facts["frames found"]) == (60, found)
    truth = look.scan(recording)
    assert all(np.array_equal(truth[n], whole[n]) for n in range(found - 3))
    assert len(truth) == found
    look.at_random(recording, truth, 10)


@pytest.mark.parametrize("name", ["mkv", "ts", "avi"])
@pytest.mark.parametrize("share", [0.4, 0.9])
def test_other_containers_are_read_as_far_as_they_go(
    busy_films, tmp_path, name, share, written, look
):
    data = busy_films[name].read_bytes()
    recording = video.read(written(tmp_path / f"cut.{name}", data[: int(share * len(data))]))
    truth, whole = look.scan(recording), look.scan(video.read(busy_films[name]))
    assert 10 < len(recording) < 60
    assert all(np.array_equal(truth[n], whole[n]) for n in range(len(recording) - 3))
    told = {"mkv": share < 0.5, "ts": False, "avi": True}  # by duration, not at all, by frames
    assert bool(recording.warnings) is told[name]


@pytest.mark.parametrize("threads", [1, 4])
def test_a_frame_that_cannot_be_decoded_is_left_out(busy_film, tmp_path, threads, written, look):
    whole = video.read(busy_film)
    with av.open(str(busy_film)) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    hurt = packets[20]  # in the second group of pictures
    data = bytearray(busy_film.read_bytes())
    data[hurt.pos : hurt.pos + hurt.size] = b"\xff" * hurt.size
    recording = look.with_threads(video.read(written(tmp_path / "hurt.mp4", bytes(data))), threads)
    missing = int(np.abs(whole.times_s - float(hurt.pts * hurt.time_base)).argmin())
    truth, sound = look.scan(recording), look.scan(whole)
    assert set(range(60)) - truth.keys() == {missing}
    assert len(recording.frames([missing])) == 0
    assert look.same(
        {n: truth[n] for n in (*range(15), *range(30, 60))},
        {n: sound[n] for n in (*range(15), *range(30, 60))},
    )
    assert all(look.same(look.scan(recording, [n]), {n: truth[n]}) for n in truth if n % 4 == 0)


# ------------------------------------------------------------------ refusals


def refused(path) -> str:
    with pytest.raises(Refusal) as told:
        video.read(path)
    assert "\n" not in str(told.value)
    assert told.value.remedy
    return str(told.value)


def test_a_missing_file_is_refused(tmp_path):
    assert "there is no such file" in refused(tmp_path / "none.mp4")


def test_a_folder_is_refused(tmp_path):
    assert "this is a folder" in refused(tmp_path)


def test_an_empty_file_is_refused(tmp_path, written):
    assert "the file is empty" in refused(written(tmp_path / "empty.mp4", b""))


def test_a_file_that_may_not_be_read_is_refused(films, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", forbidden)
    assert "you may not read this file" in refused(films["unsteady.mp4"])


@pytest.mark.parametrize("text", [b"some text " * 100, b"#EXTM3U\nhttp://example.org/a.ts\n", b"x"])
def test_what_is_no_video_is_refused(tmp_path, text, written):
    assert "not a video that FFmpeg can read" in refused(written(tmp_path / "text.mp4", text))


def test_a_list_of_addresses_is_not_followed(films, tmp_path, written):
    listed = b"ffconcat version 1.0\nfile 'http://localhost:1/a.mp4'\n"
    refused(written(tmp_path / "list.mp4", listed))


@pytest.mark.parametrize("share", [0.1, 0.6, 0.9])
def test_a_recording_cut_before_its_end_is_refused(films, tmp_path, share, written):
    data = films["unsteady.mp4"].read_bytes()
    path = written(tmp_path / "cut.mp4", data[: int(share * len(data))])
    assert "cut before it was finished" in refused(path)


def test_sound_alone_is_refused(tmp_path):
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 48000, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert "sound but no picture" in refused(path)


def test_a_stream_without_frames_is_refused(films, tmp_path, written):
    data = films["fragments.mp4"].read_bytes()
    data = data[: data.index(b"moof") - 4]
    assert "holds no frame" in refused(written(tmp_path / "none.mp4", data))


def test_a_stream_that_cannot_be_decoded_is_refused(busy_film, tmp_path, written):
    data = bytearray(busy_film.read_bytes())
    at = data.index(b"mdat") + 4
    data[at:] = b"\xff" * (len(data) - at)
    assert "no frame of it can be decoded" in refused(written(tmp_path / "lost.mp4", bytes(data)))
