from __future__ import annotations

import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Refusal
from ethoframe.formats import anymaze

HEAD = "Time,Centre position X,Centre position Y,Head position X,Head position Y,In Target\n"


@pytest.fixture
def export(tmp_path):
    def wrote(text: str, name: str = "Test 12.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return wrote


def test_a_row_for_each_change(export):
    path = export(
        HEAD + "0:00:00.000,,,,,0\n0:00:00.100,96,87,100,80,0\n0:00:00.200,97,85,#N/A,#N/A,1\n"
    )
    found = formats.read_tracks(path)
    assert (found.keypoints, found.unit) == (("centre", "head"), "px")
    assert found.times_s.tolist() == [0, 0.1, 0.2]
    assert found.at("centre")[1:].tolist() == [[96, 87], [97, 85]]
    assert found.confidence[:, :, 0].tolist() == [[0, 0], [1, 1], [1, 0]]
    assert np.array_equal(found.place("body_centre"), found.at("centre"), equal_nan=True)


def test_an_animal_that_keeps_still_is_there_all_the_time(export):
    rows = [(0.0, 5), (0.1, 6), (0.2, 7), (0.3, 8), (1.3, 9), (1.4, 10)]
    found = anymaze.read_tracks(
        export(
            "Time,Centre position X,Centre position Y\n"
            + "".join(f"{time:.3f},{x},0\n" for time, x in rows)
        )
    )
    assert found.times_s == pytest.approx(np.arange(15) / 10)
    assert found.at("centre")[:, 0].tolist() == [5, 6, 7, *[8] * 10, 9, 10]
    assert len(found.pieces("centre")) == 1


def test_an_animal_that_is_not_found_stays_so_until_it_is(export):
    rows = "0,1,1\n0.1,2,1\n0.2,,\n0.8,3,1\n0.9,4,1\n"
    found = anymaze.read_tracks(export("Time,Centre position X,Centre position Y\n" + rows))
    assert np.isfinite(found.at("centre")[:, 0]).tolist() == [True] * 2 + [False] * 6 + [True] * 2


@pytest.mark.parametrize(
    "heading",
    [
        "Time;Center position X;Center position Y",
        "Time (s)\tX centre\tY centre",
        "time,Animal's position X,Animal's position Y",
        '"Time","Position X","Position Y"',
    ],
)
def test_headings_that_are_known(export, heading):
    separator = next(mark for mark in ";\t," if mark in heading)
    rows = "".join(f"{separator.join(row)}\n" for row in (("0", "1.5", "2"), ("0.5", "2", "3")))
    found = formats.read_tracks(export(f"{heading}\n{rows}", "Test 1.txt"))
    assert found.position[:, :, 0, 0].tolist() == [[1.5, 2], [2, 3]]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_commas_of_decimals(export, separator):
    rows = ["Time|Centre position X|Centre position Y"]
    rows += [f"0,{4 * at:02d}|200,{at}|205,0" for at in range(10)]
    found = formats.read_tracks(export("\n".join(rows).replace("|", separator)))
    assert found.times_s == pytest.approx(0.04 * np.arange(10))
    assert found.at("centre")[:, 0] == pytest.approx(200 + np.arange(10) / 10)


def test_units_are_those_of_the_headings_or_what_is_said(export):
    rows = "0,1,2\n1,2,3\n"
    path = export("Time,Centre position X (cm),Centre position Y (cm)\n" + rows)
    assert formats.read_tracks(path).at("centre").tolist() == [[10, 20], [20, 30]]
    path = export("Time,Centre position X,Centre position Y\n" + rows)
    assert anymaze.read_tracks(path, unit="mm").unit == "mm"
    path = export("Time,Centre position X (mi),Centre position Y (mi)\n" + rows)
    with pytest.raises(Refusal, match="its positions are in mi"):
        formats.read_tracks(path)


def test_of_rows_of_one_time_the_last_counts(export):
    found = formats.read_tracks(
        export(HEAD + "0:00:01.0,1,1,,,0\n0:00:01.0,1,1,,,1\n0:00:01.1,2,2,,,1\n")
    )
    assert (len(found), found.numbers.tolist()) == (2, [0, 1])


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("0:00:02,1,1,,,0\n0:00:01,1,1,,,0\n", "its times go back"),
        ("soon,1,1,,,0\n", "line 2: 'soon' is no time"),
        ("0:00:02,one,1,,,0\n", "line 2: 'one' is no number"),
    ],
)
def test_what_will_not_do(export, rows, reason):
    with pytest.raises(Refusal, match=reason):
        formats.read_tracks(export(HEAD + rows))


def test_other_tables_are_not_known(export):
    assert not anymaze.tracks_in(export("Time,Event\n0,rear\n"))
    assert not anymaze.tracks_in(export("recording,label,start_s,stop_s\n"))
    assert not anymaze.tracks_in(export(""))
