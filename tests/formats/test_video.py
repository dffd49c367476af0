"""Frames of real containers are the right ones, whatever the order they are asked for in."""

from __future__ import annotations

import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal
from ethoframe.formats import video
from ethoframe.formats.video import source

NAMES = [
    "unsteady.mp4", "unsteady.mkv", "unsteady.ts", "hevc.mov", "vp8.webm", "vp9.webm", "open.ts",
    "refresh.mp4", "mpeg2.ts", "mpeg4.avi", "mpeg4_b.avi", "h264_b.avi", "mjpeg.avi", "raw.avi",
    "wmv.wmv", "program.mpg", "elementary.h264", "fragments.mp4", "live.mkv",
]  # fmt: skip


@pytest.fixture(scope="session")
def scans(films):
    """Every film as a recording, and its frames as a scan from start to end gives them."""
    return {name: (opened := video.read(path), scan(opened)) for name, path in films.items()}


def scan(recording) -> dict[int, np.ndarray]:
    return {
        number: image.copy() for number, image in recording.source.images(range(len(recording)))
    }


def asked_for(recording, numbers) -> dict[int, np.ndarray]:
    return {number: image.copy() for number, image in recording.source.images(numbers)}


def same(some: dict[int, np.ndarray], others: dict[int, np.ndarray]) -> bool:
    return some.keys() == others.keys() and all(np.array_equal(some[n], others[n]) for n in some)


def at_random(recording, truth, requests: int, seed: int = 0) -> None:
    """So many single frames in no order are those of the scan."""
    numbers = random.Random(seed).choices(range(len(recording)), k=requests)
    for number in numbers:
        frames = recording.frames([number])
        assert frames.numbers.tolist() == [number]
        assert frames.times_s[0] == recording.times_s[number]
        assert np.array_equal(frames.pixels[0], truth[number]), number


# ------------------------------------------------------------------ which frame is which


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("threads", [1, 4])
def test_frames_carry_their_number_in_any_order(scans, number_in, name, threads):
    recording, truth = scans[name]
    assert [number_in(truth[n][..., 0]) for n in sorted(truth)] == list(range(60))
    several = replaced(recording, threads)
    assert same(scan(several), truth)
    at_random(several, truth, 20)


@pytest.mark.parametrize("name", NAMES)
def test_the_scan_is_what_a_bare_decoder_shows(scans, films, name):
    with av.open(str(films[name])) as container:
        frames = list(container.decode(video=0))
        planes = [np.frombuffer(f.planes[0], np.uint8).reshape(48, -1)[:, :64] for f in frames]
    recording, truth = scans[name]
    assert len(recording) == len(frames)
    if recording.facts["luma"] == "as stored":
        assert all(np.array_equal(truth[n][..., 0], plane) for n, plane in enumerate(planes))


def test_two_hundred_requests_of_a_film_with_an_unsteady_clock(scans, number_in):
    recording, truth = scans["unsteady.mp4"]
    at_random(recording, truth, 200)
    assert [number_in(truth[n][..., 0]) for n in range(60)] == list(range(60))


def test_two_hundred_requests_of_an_old_x264_film(shared):
    # Its frames come out wrong, at the right times, when a seek precedes the first frame.
    recording = video.read(shared / "data/openfield/videos/m3v1mp4.mp4")
    assert len(recording) == 2330
    numbers = random.Random(0).sample(range(2330), 200)
    scanned = recording.source.images(range(2330))
    truth = {number: image.copy() for number, image in scanned if number in numbers}
    with ThreadPoolExecutor(2) as pool:
        for frames in pool.map(lambda number: recording.frames([number]), numbers):
            (number,) = frames.numbers
            assert np.array_equal(frames.pixels[0], truth[number]), number


def test_an_old_x264_film_is_sound_after_a_seek(shared, monkeypatch):
    # Were the seek first, its pictures would look damaged, and the file be opened again and again.
    recording = video.read(shared / "data/openfield/videos/m3v1mp4.mp4")
    openings = []
    plain = source.opened
    monkeypatch.setattr(source, "opened", lambda *a: openings.append(a) or plain(*a))
    for threads in (1, 4):
        for number in (200, 1000, 2000):
            assert len(replaced(recording, threads).frames([number])) == 1
    assert len(openings) == 6


def replaced(recording, threads: int):
    return replace(recording, source=replace(recording.source, threads=threads))


@pytest.mark.parametrize("name", ["unsteady.mp4", "unsteady.ts", "mpeg4_b.avi", "refresh.mp4"])
@given(numbers=st.sets(st.integers(0, 59)), threads=st.sampled_from([1, 4]))
def test_any_ascending_numbers_give_the_frames_of_the_scan(scans, name, numbers, threads):
    recording, truth = scans[name]
    several = replaced(recording, threads)
    assert same(asked_for(several, sorted(numbers)), {n: truth[n] for n in numbers})


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


def test_sources_are_pickled_and_shared_by_threads(scans):
    recording, truth = scans["unsteady.mp4"]
    copy = pickle.loads(pickle.dumps(recording.source))
    parts = [range(start, 60, 4) for start in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda part: {n: i.copy() for n, i in copy.images(part)}, parts)
    assert same({n: i for answer in answers for n, i in answer.items()}, truth)


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


def test_repeated_times_are_spread_and_told(film, tmp_path, number_in):
    path = film("twice.mp4").shot(tmp_path)
    path.write_bytes(without_time(path.read_bytes(), frames=(20, 21)))
    recording = video.read(path)
    assert any("2 frames repeat" in line for line in recording.warnings)
    assert np.allclose(recording.times_s[19:24], (19 + np.array([0, 1, 4 / 3, 5 / 3, 2])) / 30)
    truth = scan(recording)
    assert [number_in(truth[n][..., 0]) for n in truth] == list(range(60))
    at_random(recording, truth, 10)


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


def test_an_edit_list_hides_frames_and_starts_the_clock(film, tmp_path, number_in):
    path = film("edited.mp4", b_frames=2).shot(tmp_path)
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 12
    start = int.from_bytes(data[at + 4 : at + 8])
    data[at : at + 8] = (1000).to_bytes(4) + (start + 17 * 512).to_bytes(4)  # one second of it
    path.write_bytes(data)
    recording = video.read(path)
    truth = scan(recording)
    assert [number_in(image[..., 0]) for image in truth.values()] == list(range(17, 47))
    assert recording.times_s[0] == 0
    assert recording.warnings == ()
    at_random(recording, truth, 20)


def test_recordings_joined_end_to_end_keep_their_order(films, tmp_path, number_in):
    path = tmp_path / "joined.ts"
    part = films["open.ts"].read_bytes()
    path.write_bytes(part + part)
    recording = video.read(path)
    truth = scan(recording)
    numbers = [number_in(image[..., 0]) for image in truth.values()]
    assert numbers == [*range(60), *range(60)]
    assert any("decoded on opening" in line for line in recording.warnings)
    at_random(recording, truth, 10)


def test_a_stream_that_starts_between_keyframes_says_what_it_lacks(films, tmp_path, number_in):
    path = tmp_path / "late.ts"
    data = films["open.ts"].read_bytes()
    path.write_bytes(data[: 3 * 188] + data[12 * 188 :])  # its tables, and frames from there on
    recording = video.read(path)
    truth = scan(recording)
    numbers = [number_in(image[..., 0]) for image in truth.values()]
    assert len(truth) == len(recording) < 60
    assert numbers == list(range(60 - len(numbers), 60))
    assert any("between two keyframes" in line for line in recording.warnings)
    at_random(recording, truth, 10)


@pytest.mark.parametrize("name", ["fragments.mp4", "live.mkv"])
def test_a_missing_duration_does_not_matter(scans, name):
    recording, _ = scans[name]
    assert len(recording) == 60
    assert recording.facts["duration_s"] == pytest.approx(2, abs=0.002)


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


def test_nothing_is_written_to_the_terminal(busy_films, tmp_path, capfd):
    path = tmp_path / "hurt.mp4"
    data = bytearray(busy_films["mp4"].read_bytes())
    data[-9000:-8000] = bytes(1000)
    path.write_bytes(data)
    assert len(scan(video.read(path))) < 60
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


# ------------------------------------------------------------------ damage


def busy(count: int) -> list[np.ndarray]:
    """Pictures that take a few hundred bytes each."""
    scene = np.random.default_rng(0).integers(0, 255, (96, 400)).astype(np.uint8)
    return [np.ascontiguousarray(scene[:, 2 * n : 2 * n + 128]) for n in range(count)]


@pytest.fixture(scope="session")
def busy_films(film, tmp_path_factory):
    folder = tmp_path_factory.mktemp("busy")
    kept = {"pictures": busy(60), "every": 15, "b_frames": 2}
    shots = {
        "mp4": film("busy.mp4", container={"movflags": "faststart"}, **kept),
        "mkv": film("busy.mkv", **kept),
        "ts": film("busy.ts", "mpeg2video", **kept),
        "avi": film("busy.avi", "mpeg4", **kept),
    }
    return {name: shot.shot(folder) for name, shot in shots.items()}


@pytest.fixture(scope="session")
def busy_film(busy_films):
    return busy_films["mp4"]


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("threads", [1, 4])
def test_a_cut_file_is_read_as_far_as_it_goes(busy_film, tmp_path, share, threads):
    data = busy_film.read_bytes()
    path = written(tmp_path / "cut.mp4", data[: int(share * len(data))])
    recording, whole = replaced(video.read(path), threads), scan(video.read(busy_film))
    found = len(recording)
    assert 0 < found < 60
    line = f"cut short: only {found} of the 60 frames it declares could be read"
    assert line in recording.warnings
    assert (recording.facts["frames declared"], recording.facts["frames found"]) == (60, found)
    truth = scan(recording)
    assert all(np.array_equal(truth[n], whole[n]) for n in range(found - 3))
    assert len(truth) == found
    at_random(recording, truth, 10)


@pytest.mark.parametrize("name", ["mkv", "ts", "avi"])
@pytest.mark.parametrize("share", [0.4, 0.9])
def test_other_containers_are_read_as_far_as_they_go(busy_films, tmp_path, name, share):
    data = busy_films[name].read_bytes()
    recording = video.read(written(tmp_path / f"cut.{name}", data[: int(share * len(data))]))
    truth, whole = scan(recording), scan(video.read(busy_films[name]))
    assert 10 < len(recording) < 60
    assert all(np.array_equal(truth[n], whole[n]) for n in range(len(recording) - 3))
    told = {"mkv": share < 0.5, "ts": False, "avi": True}  # by duration, not at all, by frames
    assert bool(recording.warnings) is told[name]


@pytest.mark.parametrize("threads", [1, 4])
def test_a_frame_that_cannot_be_decoded_is_left_out(busy_film, tmp_path, threads):
    whole = video.read(busy_film)
    with av.open(str(busy_film)) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    hurt = packets[20]  # in the second group of pictures
    data = bytearray(busy_film.read_bytes())
    data[hurt.pos : hurt.pos + hurt.size] = b"\xff" * hurt.size
    recording = replaced(video.read(written(tmp_path / "hurt.mp4", bytes(data))), threads)
    missing = int(np.abs(whole.times_s - float(hurt.pts * hurt.time_base)).argmin())
    truth, sound = scan(recording), scan(whole)
    assert set(range(60)) - truth.keys() == {missing}
    assert len(recording.frames([missing])) == 0
    assert same(
        {n: truth[n] for n in (*range(15), *range(30, 60))},
        {n: sound[n] for n in (*range(15), *range(30, 60))},
    )
    assert all(same(asked_for(recording, [n]), {n: truth[n]}) for n in truth if n % 4 == 0)


# ------------------------------------------------------------------ refusals


def written(path, data: bytes):
    path.write_bytes(data)
    return path


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


def test_an_empty_file_is_refused(tmp_path):
    assert "the file is empty" in refused(written(tmp_path / "empty.mp4", b""))


def test_a_file_that_may_not_be_read_is_refused(films, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", forbidden)
    assert "you may not read this file" in refused(films["unsteady.mp4"])


@pytest.mark.parametrize("text", [b"some text " * 100, b"#EXTM3U\nhttp://example.org/a.ts\n", b"x"])
def test_what_is_no_video_is_refused(tmp_path, text):
    assert "not a video that FFmpeg can read" in refused(written(tmp_path / "text.mp4", text))


def test_a_list_of_addresses_is_not_followed(films, tmp_path):
    listed = b"ffconcat version 1.0\nfile 'http://localhost:1/a.mp4'\n"
    refused(written(tmp_path / "list.mp4", listed))


@pytest.mark.parametrize("share", [0.1, 0.6, 0.9])
def test_a_recording_cut_before_its_end_is_refused(films, tmp_path, share):
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


def test_a_stream_without_frames_is_refused(films, tmp_path):
    data = films["fragments.mp4"].read_bytes()
    data = data[: data.index(b"moof") - 4]
    assert "holds no frame" in refused(written(tmp_path / "none.mp4", data))


def test_a_stream_that_cannot_be_decoded_is_refused(busy_film, tmp_path):
    data = bytearray(busy_film.read_bytes())
    at = data.index(b"mdat") + 4
    data[at:] = b"\xff" * (len(data) - at)
    assert "no frame of it can be decoded" in refused(written(tmp_path / "lost.mp4", bytes(data)))


# ------------------------------------------------------------------ writing


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
def test_a_failed_film_leaves_what_was_there(tmp_path, pictures, times, error):
    path = written(tmp_path / "film.mp4", b"before")
    with pytest.raises((ValueError, RuntimeError), match=error):
        video.write(path, pictures, **times)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("film.mp4", b"before")]


# ------------------------------------------------------------------ real recordings


@pytest.mark.parametrize(
    ("path", "frames", "size"),
    [
        ("flies/clip.mp4", 1500, (1024, 1024)),
        ("cameras/top/minimal_top.mp4", 120, (1024, 1280)),
    ],
)
def test_real_recordings(shared, path, frames, size):
    recording = video.read(shared / "data" / path)
    assert (len(recording), recording.size, recording.warnings) == (frames, size, ())
    numbers = [0, 1, 50, frames // 2, frames - 1]
    together = asked_for(recording, numbers)
    assert all(same(asked_for(recording, [n]), {n: together[n]}) for n in numbers)
