from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Recording, Refusal
from ethoframe.formats import timestamps

THREE = [0.1, 0.2, 0.35]


@pytest.fixture
def file(tmp_path):
    """Write text to a file, and name it."""

    def wrote(text, name="cam.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return wrote


@pytest.mark.parametrize(
    "text",
    [
        "0.1\n0.2\n0.35\n",
        "\ufefftime_s\r\n0.1\r\n\r\n0.2\r\n0.35\r\n",
        "# camera 1\nframe,time\n0,0.1\n1,0.2\n2,0.35\n",
        "0,0.1\n1,0.2\n2,0.35\n",
        "Frame Number,Time Stamp (ms),Buffer Index\n0,100,0\n1,200,0\n2,350,1\n",
        "frame;t_ms\n0;100,0\n1;200,0\n2;350,0\n",
        "frame\ttimestamp [µs]\n0\t100000\n1\t200000\n2\t350000\n",
        "id,cam_temperature,timestamp_ns\n7,41.5,100000000\n8,41.5,200000000\n9,41,350000000\n",
        '"frame","Time (sec)"\n"0","0.1"\n"1","0.2"\n"2","0.35"\n',
        "seconds\n0.1\n0.2\n0.35",
    ],
)
def test_times_are_found_whatever_a_camera_calls_them(file, text):
    assert timestamps.read(file(text)) == pytest.approx(THREE)


def test_dates_count_from_the_first(file):
    text = (
        "timestamp\n2024-05-01T23:59:59.9000000+02:00\n2024-05-02T00:00:00.0000000+02:00\n"
        "2024-05-01T22:00:00.150Z\n"
    )
    assert timestamps.read(file(text)) == pytest.approx([0.0, 0.1, 0.25])


def test_unit_and_column_can_be_said(file):
    path = file("a,b\n0,100\n1,200\n2,350\n")
    assert timestamps.read(path, unit="ms", column="b") == pytest.approx(THREE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it holds no times"),
        ("time\n0.1\n0.1\n", "line 3: '0.1' is not after the time before"),
        ("0.1\n\n0.3\n0.2\n", "line 4: '0.2' is not after"),
        ("time\n0.1\nnan\n", "line 3: 'nan' is no time"),
        ("frame,time\n0,0.1\n1\n", "line 3: the time is missing"),
        ("frame,level\n0,1\n", "none of its columns is one of times: frame, level"),
        ("time_s,time_ms\n0,1\n", "time_s and time_ms may both be meant"),
        ("1,2,3\n4,5,6\n", "it has 3 columns without headings"),
        ("0.5,2\n0.7,5\n", "it has 2 columns without headings"),
        ("time\n0.1\n2024-05-01T12:00:00\n", "line 3: '2024-05-01T12:00:00' is written unlike"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(file, text, told):
    with pytest.raises(Refusal) as refused:
        timestamps.read(file(text))
    assert told in str(refused.value)


def test_a_missing_file_column_or_unit_is_refused(file, tmp_path):
    with pytest.raises(Refusal, match="there is no such file"):
        timestamps.read(tmp_path / "none.csv")
    with pytest.raises(Refusal, match="there is no column 'x'; it has time"):
        timestamps.read(file("time\n1\n"), column="x")
    with pytest.raises(Refusal, match="'h' is no unit of time"):
        timestamps.read(file("time\n1\n"), unit="h")


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=20), st.integers(0, 10**9))
def test_what_is_written_is_read(tmp_path_factory, steps, first):
    times = (first + np.cumsum(steps)) / 1e9
    path = tmp_path_factory.mktemp("clock") / "cam.csv"
    timestamps.write(path, times)
    assert np.abs(timestamps.read(path) - times).max() < 1e-8


def recording(count=100, rate=30.0):
    return Recording.of(np.zeros((count, 4, 6, 1), np.uint8), rate, name="mouse.mp4")


def test_a_recording_takes_the_clock_and_says_how_far_the_two_were_apart():
    own = recording()
    given = 12.0 + 1.001 * own.times_s
    given[50] += 0.02
    told = timestamps.clocked(own, given, "some/cam.csv")
    assert told.times_s.tolist() == given.tolist()
    assert told.facts["times from"] == "cam.csv"
    assert told.facts["clocks differ by_ms"] == pytest.approx(20 + 50 / 30, abs=0.01)
    assert told.facts["clock drift_ppm"] == pytest.approx(1000, abs=30)
    assert told.facts["container last_s"] == own.times_s[-1]
    (line,) = told.warnings
    assert "differ by up to 21.7 ms" in line
    assert told.identity == own.identity
    assert told != own


def test_clocks_that_agree_need_no_line():
    own = recording()
    assert timestamps.clocked(own, own.times_s + 5, "cam.csv").warnings == ()
    one = recording(1)
    assert timestamps.clocked(one, np.array([3.0]), "cam.csv").times_s.tolist() == [3.0]


def test_a_clock_in_another_unit_is_told_of():
    own = recording()
    (line,) = timestamps.clocked(own, 1000 * own.times_s, "cam.csv").warnings
    assert "1000 times as long" in line


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (102, "cam.csv: it has 102 times, and mouse.mp4 100 frames; most often 2 frames were"),
        (97, "cam.csv: it has 97 times, and mouse.mp4 100 frames; 3 frames have no time"),
    ],
)
def test_a_count_that_differs_is_refused_never_trimmed(count, told):
    with pytest.raises(Refusal) as refused:
        timestamps.clocked(recording(), np.arange(count) / 30, "cam.csv")
    assert str(refused.value).startswith(told)


def test_a_clock_that_does_not_rise_is_refused():
    with pytest.raises(Refusal, match="do not rise"):
        timestamps.clocked(recording(2), np.array([1.0, 1.0]), "cam.csv")
    with pytest.raises(Refusal, match="do not rise"):
        timestamps.clocked(replace(recording(2)), np.array([1.0, np.nan]), "cam.csv")


@pytest.mark.parametrize(
    "text",
    [
        "0.1\n0.2\n0.35\n",
        "onset (ms),offset (ms)\n100,150\n200,250\n350,400\n",
        "channel;state;timestamp\n3;1;0,1\n3;0;0,15\n3;1;0,2\n3;0;0,3\n3;1;0,35\n",
        "time_us,edge\n100000,rising\n150000,falling\n200000,rising\n350000,Rising\n",
        "Timestamp,Value\n0.1,1.0\n0.2,1\n0.25,0.0\n0.35,True\n",
    ],
)
def test_pulses_begin_where_their_table_says(file, text):
    pulses = timestamps.read_pulses(file(text, "ttl.csv"))
    assert pulses.start_s == pytest.approx(THREE)
    assert set(pulses.labels) == {"pulse"}
    assert pulses.support_s == pytest.approx(np.array([[0.1, 0.35]]))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time,state\n0.1,1\n0.2,7\n", "line 3: '7' is neither the beginning nor the end"),
        ("time,state\n0.1,0\n", "it holds no pulse"),
        ("a,b\n1,2\n", "none of its columns is one of times: a, b"),
        ("on,state\n0.2,1\n0.1,1\n", "line 3: '0.1' is not after the time before"),
    ],
)
def test_what_is_wrong_with_pulses_is_told(file, text, told):
    with pytest.raises(Refusal) as refused:
        timestamps.read_pulses(file(text, "ttl.csv"))
    assert told in str(refused.value)
