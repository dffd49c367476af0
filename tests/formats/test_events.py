from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal
from ethoframe.formats.sheet import events
from ethoframe.formats.sheet.events import Events, phases

TABLE = """recording,arena,start,stop,label
m1.mp4,,3:00,3:30,tone
m1.mp4,,3:29,3:30,shock
m1.mp4,left,12.5,,click
m2/cam1.mp4,,1:02:03.5,1:03:00,tone
,,0:00,2:00,baseline
"""


def written(folder: Path, text: str, name="events.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def listed(found: Events, *whose: str) -> list[tuple[str, float, float]]:
    episodes = found.of(*whose)
    return (
        []
        if episodes is None
        else list(
            zip(episodes.labels, episodes.start_s.tolist(), episodes.stop_s.tolist(), strict=True)
        )
    )


BASELINE = ("baseline", 0.0, 120.0)
TONE, SHOCK, CLICK = ("tone", 180.0, 210.0), ("shock", 209.0, 210.0), ("click", 12.5, 12.5)


def test_the_events_of_a_recording_in_order_of_time(tmp_path) -> None:
    found = events.read(written(tmp_path, TABLE))
    assert listed(found, "m1.mp4") == [BASELINE, TONE, SHOCK]
    assert listed(found, "m1.mp4", "left") == [BASELINE, CLICK, TONE, SHOCK]
    assert listed(found, "m1.mp4", "right") == [BASELINE, TONE, SHOCK]
    assert listed(found, "m2/cam1.mp4") == [BASELINE, ("tone", 3723.5, 3780.0)]
    assert listed(found, "m3.mp4") == [BASELINE]
    assert found.of("m1.mp4").author == "events.csv"


def test_a_recording_may_be_called_without_its_suffix_and_with_the_other_slash(tmp_path) -> None:
    text = "recording,start,stop,label\nm2\\cam1,1,2,a\nm2/cam1.mp4,3,4,b\ncam1,5,6,c\n"
    found = events.read(written(tmp_path, text))
    assert [label for label, *_ in listed(found, "m2/cam1.mp4")] == ["a", "b"]
    assert found.of("m1/cam1.mp4") is None


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_in_any_order_and_further_ones(tmp_path, separator) -> None:
    text = "Event,note,Onset,Offset\ntone,loud,1,2\n\nlight,,0:03,0:04\n"
    found = events.read(written(tmp_path, text.replace(",", separator)))
    assert listed(found, "any") == [("tone", 1.0, 2.0), ("light", 3.0, 4.0)]
    assert [row.line for row in found.rows] == [2, 4]


def test_a_workbook(tmp_path) -> None:
    book = openpyxl.Workbook()
    for row in (("start", "stop", "label"), (1.5, 2, "tone"), ("0:12", None, "click")):
        book.active.append(row)
    book.save(tmp_path / "events.xlsx")
    found = events.read(tmp_path / "events.xlsx")
    assert listed(found, "any") == [("tone", 1.5, 2.0), ("click", 12.0, 12.0)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("start,stop,label\n", "has no events"),
        ("stop,label\n1,tone\n", "no column start; its first row says stop, label"),
        ("start,stop\n1,2\n", "no column label"),
        ("start,onset,label\n1,1,tone\n", "start and onset could each be the start"),
        ("start,stop,label\n1,2,tone\nsoon,3,tone\n", "line 3: 'soon' is no start; write it as"),
        ("start,stop,label\n1,later,tone\n", "line 2: 'later' is no stop"),
        ("start,stop,label\n,2,tone\n", "line 2: has no start"),
        ("start,stop,label\n1,2,\n", "line 2: has no label"),
        ("start,stop,label\n1:10,1:05,tone\n", "line 2: stops at 1:05, before it starts at 1:10"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path, text, told) -> None:
    with pytest.raises(Refusal, match=told):
        events.read(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path) -> None:
    with pytest.raises(Refusal, match="no such file"):
        events.read(tmp_path / "events.csv")


def test_rows_about_nothing_that_there_is_are_told(tmp_path) -> None:
    found = events.read(written(tmp_path, TABLE))
    parts = [("m1.mp4", "left"), ("m1.mp4", "right"), ("m2/cam1.mp4", "")]
    assert found.unmatched(parts) == ()
    assert found.unmatched(parts[1:]) == (
        "events.csv line 4: m1.mp4 has no arena left; it has right",
    )
    lines = found.unmatched(parts[:2])
    assert lines == ("events.csv line 5: no recording is called m2/cam1.mp4",)


# Light and dark.

MORNING = datetime(2026, 3, 2, 6, 0)  # noqa: DTZ001  the clock on a wall has no zone


def spans(lit: str, hours: float, began=MORNING) -> list[tuple[str, float, float]]:
    found = phases(lit, began, 3600 * hours)
    return [
        (label, start / 3600, stop / 3600)
        for label, start, stop in zip(
            found.labels, found.start_s.tolist(), found.stop_s.tolist(), strict=True
        )
    ]


def test_light_and_dark_over_two_days() -> None:
    assert spans("07:00-19:00", 48) == [
        ("dark", 0, 1),
        ("light", 1, 13),
        ("dark", 13, 25),
        ("light", 25, 37),
        ("dark", 37, 48),
    ]


def test_a_day_turned_round() -> None:
    assert spans("19:00-07:00", 24) == [("light", 0, 1), ("dark", 1, 13), ("light", 13, 24)]
    assert spans("0:00 – 6:30", 1) == [("light", 0, 0.5), ("dark", 0.5, 1)]
    assert spans("12:00-24:00", 20) == [("dark", 0, 6), ("light", 6, 18), ("dark", 18, 20)]


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(1, 1439),
    st.integers(0, 86399),
    st.floats(60, 4e5),
)
def test_every_moment_is_light_or_dark(hour, minute, minutes_lit, began_s, duration_s) -> None:
    off = divmod((60 * hour + minute + minutes_lit) % 1440, 60)
    began = MORNING.replace(hour=began_s // 3600, minute=began_s // 60 % 60, second=began_s % 60)
    found = phases(f"{hour:02d}:{minute:02d}-{off[0]:02d}:{off[1]:02d}", began, duration_s)
    assert found.start_s[0] == 0
    assert found.stop_s[-1] == pytest.approx(duration_s)
    assert found.start_s[1:] == pytest.approx(found.stop_s[:-1])
    assert all(a != b for a, b in zip(found.labels[1:], found.labels[:-1], strict=True))
    # The middle of each span is on the right side of the wall's clock.
    for label, start, stop in zip(found.labels, found.start_s, found.stop_s, strict=True):
        since_on = ((start + stop) / 2 + began_s - 3600 * hour - 60 * minute) % 86400
        assert (since_on < 60 * minutes_lit) == (label == "light")


@pytest.mark.parametrize("lit", ["always", "7-19", "07:00-25:00", "07:60-19:00", "07:00-07:00"])
def test_other_schedules_are_refused(lit) -> None:
    with pytest.raises(Refusal):
        phases(lit, MORNING, 3600.0)


def test_support_is_the_recording() -> None:
    assert phases("07:00-19:00", MORNING, 60.0).support_s == pytest.approx(np.array([[0.0, 60.0]]))
