"""Frames of real containers are the right ones, whatever the order they are asked for in."""

from __future__ import annotations

import pickle
import random
from concurrent.futures import ThreadPoolExecutor

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.formats import video
from ethoframe.formats.video import source

NAMES = [
    "unsteady.mp4", "unsteady.mkv", "unsteady.ts", "hevc.mov", "vp8.webm", "vp9.webm", "open.ts",
    "refresh.mp4", "mpeg2.ts", "mpeg4.avi", "mpeg4_b.avi", "h264_b.avi", "mjpeg.avi", "raw.avi",
    "wmv.wmv", "program.mpg", "elementary.h264", "fragments.mp4", "live.mkv",
]  # fmt: skip

# ------------------------------------------------------------------ which frame is which


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("threads", [1, 4])
def test_frames_carry_their_number_in_any_order(scans, number_in, name, threads, look):
    recording, truth = scans[name]
    assert [number_in(truth[n][..., 0]) for n in sorted(truth)] == list(range(60))
    several = look.with_threads(recording, threads)
    assert look.same(look.scan(several), truth)
    look.at_random(several, truth, 20)


@pytest.mark.parametrize("name", NAMES)
def test_the_scan_is_what_a_bare_decoder_shows(scans, films, name):
    with av.open(str(films[name])) as container:
        frames = list(container.decode(video=0))
        planes = [np.frombuffer(f.planes[0], np.uint8).reshape(48, -1)[:, :64] for f in frames]
    recording, truth = scans[name]
    assert len(recording) == len(frames)
    if recording.facts["luma"] == "as stored":
        assert all(np.array_equal(truth[n][..., 0], plane) for n, plane in enumerate(planes))


def test_two_hundred_requests_of_a_film_with_an_unsteady_clock(scans, number_in, look):
    recording, truth = scans["unsteady.mp4"]
    look.at_random(recording, truth, 200)
    assert [number_in(truth[n][..., 0]) for n in range(60)] == list(range(60))


@pytest.mark.parametrize("count", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_requests_of_an_old_x264_film(shared, count):
    # Its frames come out wrong, at the right times, when a seek precedes the first frame.
    recording = video.read(shared / "data/openfield/videos/m3v1mp4.mp4")
    assert len(recording) == 2330
    upto = 2330 if count > 8 else 700  # what is true is decoded from the first frame on
    numbers = random.Random(0).sample(range(upto), count)
    scanned = recording.source.images(range(upto))
    truth = {number: image.copy() for number, image in scanned if number in numbers}
    with ThreadPoolExecutor(2) as pool:
        for frames in pool.map(lambda number: recording.frames([number]), numbers):
            (number,) = frames.numbers
            assert np.array_equal(frames.pixels[0], truth[number]), number


def test_an_old_x264_film_is_sound_after_a_seek(shared, monkeypatch, look):
    # Were the seek first, its pictures would look damaged, and the file be opened again and again.
    recording = video.read(shared / "data/openfield/videos/m3v1mp4.mp4")
    openings = []
    plain = source.opened
    monkeypatch.setattr(source, "opened", lambda *a: openings.append(a) or plain(*a))
    for threads in (1, 4):
        for number in (200, 1000, 2000):
            assert len(look.with_threads(recording, threads).frames([number])) == 1
    assert len(openings) == 6


@pytest.mark.parametrize("name", ["unsteady.mp4", "unsteady.ts", "mpeg4_b.avi", "refresh.mp4"])
@given(numbers=st.sets(st.integers(0, 59)), threads=st.sampled_from([1, 4]))
def test_any_ascending_numbers_give_the_frames_of_the_scan(scans, name, numbers, threads, look):
    recording, truth = scans[name]
    several = look.with_threads(recording, threads)
    assert look.same(look.scan(several, sorted(numbers)), {n: truth[n] for n in numbers})


def test_a_frame_may_be_asked_for_twice(scans):
    recording, truth = scans["unsteady.mp4"]
    again = [image.copy() for _, image in recording.source.images([7, 7])]
    assert len(again) == 2
    assert np.array_equal(again[0], truth[7])
    assert np.array_equal(again[1], truth[7])


@pytest.mark.parametrize("numbers", [[3, 2], [-1], [60]])
def test_numbers_that_fall_or_do_not_exist_are_refused(scans, numbers):
    with pytest.raises(ValueError, match="of 60 frames"):
        list(scans["unsteady.mp4"][0].source.images(numbers))


def test_sources_are_pickled_and_shared_by_threads(scans, look):
    recording, truth = scans["unsteady.mp4"]
    copy = pickle.loads(pickle.dumps(recording.source))
    parts = [range(start, 60, 4) for start in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda part: {n: i.copy() for n, i in copy.images(part)}, parts)
    assert look.same({n: i for answer in answers for n, i in answer.items()}, truth)


def test_pictures_are_views_until_they_are_kept(scans):
    recording, _ = scans["unsteady.mp4"]
    _, image = next(iter(recording.source.images([5])))
    assert image.base is not None
    assert image.shape == (48, 64, 1)
    assert recording.frames([5, 6]).pixels.flags["C_CONTIGUOUS"]


# ------------------------------------------------------------------ when each frame is


@pytest.mark.parametrize("name", ["unsteady.mp4", "unsteady.mkv", "unsteady.ts", "vp9.webm"])
def test_times_are_the_container_s_own(scans, unsteady_ticks, name):
    times_s = scans[name][0].times_s
    steps = np.diff(unsteady_ticks) / 90
    assert np.abs(np.diff(times_s) - steps).max() <= 0.001  # Matroska keeps milliseconds


@pytest.mark.parametrize("name", ["mpeg4_b.avi", "h264_b.avi", "program.mpg", "fragments.mp4"])
def test_a_steady_clock_is_steady(scans, name):
    steps = np.diff(scans[name][0].times_s)
    assert np.allclose(steps[:-1], 1 / 30, atol=1e-6)


def test_a_stream_without_times_has_its_declared_rate_and_says_so(scans):
    recording, _ = scans["elementary.h264"]
    assert np.allclose(np.diff(recording.times_s), 1 / 25)
    assert any("declared rate of 25" in line for line in recording.warnings)


def test_avi_whose_frames_are_reordered_says_that_it_was_decoded(scans):
    assert any("all were decoded" in line for line in scans["h264_b.avi"][0].warnings)
    assert scans["mpeg4_b.avi"][0].warnings == ()


def test_repeated_times_are_spread_and_told(film, tmp_path, number_in, look):
    path = film("twice.mp4").shot(tmp_path)
    path.write_bytes(without_time(path.read_bytes(), frames=(20, 21)))
    recording = video.read(path)
    assert any("2 frames repeat" in line for line in recording.warnings)
    assert np.allclose(recording.times_s[19:24], (19 + np.array([0, 1, 4 / 3, 5 / 3, 2])) / 30)
    truth = look.scan(recording)
    assert [number_in(truth[n][..., 0]) for n in truth] == list(range(60))
    look.at_random(recording, truth, 10)


def without_time(data: bytes, frames: tuple[int, ...]) -> bytes:
    """An MP4 of one steady run of frames, of which these last no time."""
    at = data.index(b"stts")
    count, step = (int.from_bytes(data[at + k : at + k + 4]) for k in (12, 16))
    runs = [(frames[0], step), (len(frames), 0), (count - frames[-1] - 1, step)]
    table = b"".join(n.to_bytes(4) + s.to_bytes(4) for n, s in runs)
    grown = data[: at + 4] + bytes(4) + len(runs).to_bytes(4) + table + data[at + 20 :]
    more = len(table) - 8
    for box in (b"stts", b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        place = grown.index(box) - 4
        size = int.from_bytes(grown[place : place + 4]) + more
        grown = grown[:place] + size.to_bytes(4) + grown[place + 4 :]
    return grown


def test_an_edit_list_hides_frames_and_starts_the_clock(film, tmp_path, number_in, look):
    path = film("edited.mp4", b_frames=2).shot(tmp_path)
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 12
    start = int.from_bytes(data[at + 4 : at + 8])
    data[at : at + 8] = (1000).to_bytes(4) + (start + 17 * 512).to_bytes(4)  # one second of it
    path.write_bytes(data)
    recording = video.read(path)
    truth = look.scan(recording)
    assert [number_in(image[..., 0]) for image in truth.values()] == list(range(17, 47))
    assert recording.times_s[0] == 0
    assert recording.warnings == ()
    look.at_random(recording, truth, 20)


def test_recordings_joined_end_to_end_keep_their_order(films, tmp_path, number_in, look):
    path = tmp_path / "joined.ts"
    part = films["open.ts"].read_bytes()
    path.write_bytes(part + part)
    recording = video.read(path)
    truth = look.scan(recording)
    numbers = [number_in(image[..., 0]) for image in truth.values()]
    assert numbers == [*range(60), *range(60)]
    assert any("decoded on opening" in line for line in recording.warnings)
    look.at_random(recording, truth, 10)


def test_a_stream_that_starts_between_keyframes_says_what_it_lacks(
    films, tmp_path, number_in, look
):
    path = tmp_path / "late.ts"
    data = films["open.ts"].read_bytes()
    path.write_bytes(data[: 3 * 188] + data[12 * 188 :])  # its tables, and frames from there on
    recording = video.read(path)
    truth = look.scan(recording)
    numbers = [number_in(image[..., 0]) for image in truth.values()]
    assert len(truth) == len(recording) < 60
    assert numbers == list(range(60 - len(numbers), 60))
    assert any("between two keyframes" in line for line in recording.warnings)
    look.at_random(recording, truth, 10)


@pytest.mark.parametrize("name", ["fragments.mp4", "live.mkv"])
def test_a_missing_duration_does_not_matter(scans, name):
    recording, _ = scans[name]
    assert len(recording) == 60
    assert recording.facts["duration_s"] == pytest.approx(2, abs=0.002)


# ------------------------------------------------------------------ real recordings


@pytest.mark.parametrize(
    ("path", "frames", "size"),
    [
        ("flies/clip.mp4", 1500, (1024, 1024)),
        ("cameras/top/minimal_top.mp4", 120, (1024, 1280)),
    ],
)
def test_real_recordings(shared, path, frames, size, look):
    recording = video.read(shared / "data" / path)
    assert (len(recording), recording.size, recording.warnings) == (frames, size, ())
    numbers = [0, 1, 50, frames // 2, frames - 1]
    together = look.scan(recording, numbers)
    assert all(look.same(look.scan(recording, [n]), {n: together[n]}) for n in numbers)
