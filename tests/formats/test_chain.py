from __future__ import annotations

import av
import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Refusal


@pytest.fixture(scope="module")
def parts(film, drawn, tmp_path_factory):
    """Three files of 30 frames in a row, 30 per second, that know nothing of when they began."""
    folder = tmp_path_factory.mktemp("parts")
    shots = []
    for number in range(3):
        pictures = [drawn(n) for n in range(30 * number, 30 * number + 30)]
        shots.append(film(f"bare{number}.mp4", pictures=pictures, b_frames=2).shot(folder))
    return shots


def begun(path, when):
    """A copy of the file that says when it began."""
    copy = path.with_name(f"{path.stem}_{when.replace(':', '').replace('.', '')}.mp4")
    with av.open(str(path)) as held, av.open(str(copy), "w") as out:
        out.metadata["creation_time"] = when
        stream = out.add_stream_from_template(held.streams.video[0])
        for packet in held.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    return copy


def at(*seconds):
    return [f"2026-03-01T12:00:{second:02d}Z" for second in seconds]


def test_frames_of_all_files_are_found_in_any_order(parts, number_in, look):
    whole = formats.read_chain(parts, name="session")
    assert (whole.name, len(whole), whole.facts["files"]) == ("session", 90, 3)
    assert whole.facts["frames found"] == 90
    truth = look.scan(whole)
    assert [number_in(image) for image in truth.values()] == list(range(90))
    look.at_random(whole, truth, 40)


def test_files_that_say_nothing_follow_each_other_and_that_is_told(parts):
    whole = formats.read_chain(parts)
    assert whole.times_s == pytest.approx(np.arange(90) / 30, abs=1e-6)
    assert [line for line in whole.warnings if "is taken to follow" in line]


def test_gaps_come_from_when_the_files_began(parts):
    timed = [begun(path, when) for path, when in zip(parts, at(0, 1, 7), strict=True)]
    assert formats.read(timed[2]).facts["creation_time"] == "2026-03-01T12:00:07+00:00"
    whole = formats.read_chain(timed)
    # The second follows at once, to within the whole seconds that a file tells.
    assert whole.times_s[[29, 30, 60]] == pytest.approx([29 / 30, 1.0, 7.0], abs=1e-6)
    (line,) = whole.warnings
    assert "leave a gap of 5.0 s after bare1" in line


@pytest.mark.parametrize("seconds", [(7, 1, 0), (5, 5, 4)])
def test_times_that_cannot_be_are_not_used_and_that_is_told(parts, seconds):
    timed = [begun(path, when) for path, when in zip(parts, at(*seconds), strict=True)]
    whole = formats.read_chain(timed)
    assert whole.times_s == pytest.approx(np.arange(90) / 30, abs=1e-6)
    assert len(whole.warnings) == 2


def test_a_camera_whose_clock_was_never_set_says_nothing(parts):
    assert formats.read(begun(parts[0], "1970-01-01T00:00:00Z")).facts["creation_time"] is None


def test_one_file_is_itself(parts):
    assert formats.read_chain(parts[:1]) == formats.read(parts[0])


def test_another_size_is_refused_by_name(parts, film, tmp_path):
    other = film("wide.mp4", pictures=[np.zeros((48, 96), np.uint8)] * 3).shot(tmp_path)
    with pytest.raises(Refusal, match=r"wide\.mp4: its size is \(48, 96\)"):
        formats.read_chain([parts[0], other])
