"""BORIS: what is read of it, and what it gets back."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe import formats
from ethoframe.data import Episodes, Observations, Observed, Refusal
from ethoframe.formats import boris
from ethoframe.formats.boris.events import POINT, START, STOP, Event, paired
from ethoframe.formats.boris.write import Film

FLAT = (
    "Observation id,Observation date,Media duration (s),FPS (frame/s),{extra}Subject,Behavior,"
    "Modifier #1,Behavior type,Time,Media file name,Comment\n"
)


def project(events, **held):
    """A project with one observation of m1.avi, 60 s, and two behaviours."""
    media = {"length": {"/v/m1.avi": 60.0}, "fps": {"/v/m1.avi": 25.0}}
    observation = {
        "file": {"1": ["/v/m1.avi"], "2": []},
        "type": "MEDIA",
        "time offset": 0.0,
        "events": events,
        "observation time interval": [0, 0],
        "independent_variables": {},
        "media_info": media,
        **held,
    }
    behaviours = {
        "0": {"type": "State event", "code": "rear"},
        "1": {"type": "Point event", "code": "sniff"},
    }
    return {"behaviors_conf": behaviours, "observations": {"day 1": observation}}


@pytest.fixture
def wrote(tmp_path):
    def write(content, name="a.boris"):
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_project(wrote):
    events = [
        [1.0, "", "rear", "", ""],
        [2.5, "", "rear", "", ""],
        [3.0, "adult", "sniff", "male|None", "unsure"],
        [4.0, "adult", "rear", "", ""],
        [4.5, "adult", "rear", "", "", 112],
    ]
    seen = formats.read_observations(
        wrote(project(events, independent_variables={"Observer": "AB", "x": "1"}))
    )
    assert (seen.recordings, seen.authors) == (("m1",), ("AB",))
    episodes = seen.of("m1")[0]
    assert episodes.labels == ("rear", "sniff [male]", "rear")
    assert episodes.individuals == ("animal", "adult", "adult")
    assert episodes.spans("rear").tolist() == [[1.0, 2.5], [4.0, 4.5]]
    assert episodes.spans("sniff [male]").tolist() == [[3.0, 3.0]]
    assert episodes.support_s.tolist() == [[0.0, 60.0]]
    assert seen.warnings == ("comments of 1 events of day 1 are not kept",)


def test_the_offset_is_taken_off_and_an_interval_is_the_support(wrote):
    held = {"time offset": 10.1, "observation time interval": [5, 30]}
    events = [[12.3, "", "rear", "", ""], [13.1, "", "rear", "", ""]]
    seen = boris.read(wrote(project(events, **held)))
    assert seen.of("m1")[0].spans("rear").tolist() == [[2.2, 3.0]]
    assert seen.of("m1")[0].support_s.tolist() == [[5.0, 30.0]]
    assert seen.warnings == ("the time offset of day 1, 10.1 s, is taken off",)


def test_what_has_no_partner_is_told(wrote):
    events = [[float(at), "", "rear", "", ""] for at in (1, 2, 3)]
    seen = boris.read(wrote(project(events)))
    assert len(seen.of("m1")[0]) == 1
    assert seen.warnings == (
        "in day 1 an event has no partner, and no bout is made of: the start of rear at 3 s",
    )
    rows = [f"d,,60,25,,rear,,{kind},m1.avi,\n" for kind in ("START,1", "START,2", "STOP,3")]
    table = wrote(FLAT.format(extra="") + "".join(rows), "a.csv")
    seen = boris.read(table)
    assert seen.of("m1")[0].spans("rear").tolist() == [[2.0, 3.0]]
    assert "the start of rear at 1 s" in seen.warnings[0]


def test_two_observations_of_one_film_by_nobody(wrote):
    held = project([[1.0, "", "rear", "", ""], [2.0, "", "rear", "", ""]])
    held["observations"]["day 2"] = held["observations"]["day 1"]
    seen = boris.read(wrote(held))
    assert (seen.recordings, seen.authors) == (("m1",), ("day 1", "day 2"))
    assert "each is an author by its id" in seen.warnings[-1]


def test_live_and_compressed_and_without_times(wrote, tmp_path):
    live = project([[1.0, "", "rear", "", ""], [2.0, "", "rear", "", ""]], file=[], media_info={})
    path = tmp_path / "a.boris_gz"
    path.write_bytes(gzip.compress(json.dumps(live).encode()))
    seen = formats.read_observations(path)
    assert seen.of("day 1")[0].support_s.tolist() == [[0.0, 2.0]]
    assert "nobody says what was looked at in day 1" in seen.warnings[0]
    seen = boris.read(wrote(project([["NA", "", "rear", "", ""]], file={})))
    assert "1 events of day 1 have no time, and are left out" in seen.warnings


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "it is no BORIS project"),
        ("[]", "it is no BORIS project"),
        ({}, "it holds no observations"),
        (project([["x", "", "rear", "", ""]]), "is not as BORIS writes it"),
        (project([[1.0]]), "is not as BORIS writes it"),
        (project([["inf", "", "rear", "", ""]]), "is not as BORIS writes it"),
    ],
)
def test_damaged_projects(wrote, content, reason):
    with pytest.raises(Refusal, match=reason):
        boris.read(wrote(content))


def test_a_flat_table_of_two_observations(wrote):
    text = FLAT.format(extra="independent variable 'rater',") + (
        "d1,,60,25,AB,adult,rear,,START,1,/v/m1.avi,\n"
        "d1,,60,25,AB,adult,rear,,STOP,0:00:02.5,/v/m1.avi,\n"
        "d1,,60,25,AB,No focal subject,sniff,male,POINT,3,/v/m1.avi,sure\n"
        "d2,,NA,25,CD,,rear,,START,1,NA,\n"
        "d2,,NA,25,CD,,rear,,STOP,4,NA,\n"
    )
    seen = formats.read_observations(wrote(text, "a.csv"))
    assert [(each.recording, each.author) for each in seen] == [("m1", "AB"), ("d2", "CD")]
    first, second = (each.episodes for each in seen)
    assert first.spans("rear").tolist() == [[1.0, 2.5]]
    assert first.individuals == ("adult", "animal")
    assert first.spans("sniff [male]").tolist() == [[3.0, 3.0]]
    assert first.support_s.tolist() == [[0.0, 60.0]]
    assert second.support_s.tolist() == [[0.0, 4.0]]
    assert "comments of 1 rows of d1 are not kept" in seen.warnings


NEWER = "Observation id{0}Source{0}{1}{0}Subject{0}Behavior{0}Behavior type{0}"


def newer(source, length, first, last, separator=","):
    """Tables of one bout as version 8 exports it: of its events, and aggregated."""

    def row(*cells):
        return separator.join(["obs1", source, length, "one", "rear", *cells]) + "\n"

    tabular = NEWER.format(separator, "Media duration (s)") + f"Time{separator}Media file name\n"
    tabular += row("START", first, "C:/v/m1.mp4") + row("STOP", last, "C:/v/m1.mp4")
    aggregated = NEWER.format(separator, "Total length") + f"Start (s){separator}Stop (s)\n"
    return tabular, aggregated + row("STATE", first, last)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("player #1:C:/v/m1.mp4", "m1"),
        ("player #1:C:/v/m1.mp4|player #2:C:/v/m2.mp4;C:/v/m3.mp4", "m1"),
        ("player #1:C:/v/m1.mp4;C:/v/m2.mp4|player #2:C:/v/m3.mp4", "obs1"),
    ],
)
def test_both_exports_call_a_recording_alike(wrote, source, name):
    tabular, aggregated = newer(source, "600", "1.0", "3.0")
    one = formats.read_observations(wrote(tabular, "t.csv"))
    other = formats.read_observations(wrote(aggregated, "a.csv"))
    assert one == other
    assert one.recordings == (name,)
    assert one.of(name)[0].spans("rear").tolist() == [[1.0, 3.0]]


@pytest.mark.parametrize(
    ("length", "whole_s"),
    [
        ("300.000|600.000", 600.0),
        ("300.000;350.000|600.000", 650.0),
        ("300.000;NA|600.000", 600.0),
        ("300.000;NA", 3.0),
    ],
)
def test_players_at_once_and_files_in_a_row(wrote, length, whole_s):
    tabular, _ = newer("player #1:m1.mp4|player #2:m2.mp4", length, "1.0", "3.0")
    seen = formats.read_observations(wrote(tabular, "t.csv"))
    assert seen.of("m1")[0].support_s.tolist() == [[0.0, whole_s]]


def test_decimals_after_a_comma(wrote):
    source = '"player #1:m1.mp4|player #2:m2.mp4;m3.mp4"'
    for text in newer(source, '"600,5|300,0;300,0"', "1,25", "0:00:03,5", ";"):
        episodes = formats.read_observations(wrote(text, "t.csv")).of("m1")[0]
        assert episodes.spans("rear").tolist() == [[1.25, 3.5]]
        assert episodes.support_s.tolist() == [[0.0, 600.5]]


def test_rows_without_a_time(wrote):
    rows = ["START,NA", "START,1", "STOP,", "STOP,2"]
    text = "".join(f"d,,60,25,,rear,,{row},m1.avi,\n" for row in rows)
    seen = formats.read_observations(wrote(FLAT.format(extra="") + text, "a.csv"))
    assert seen.of("m1")[0].spans("rear").tolist() == [[1.0, 2.0]]
    assert seen.warnings == ("2 events of d have no time, and are left out",)


def test_aggregated_events_of_media_in_a_row(wrote, tmp_path):
    rows = [
        "Observation id\tMedia file\tTotal length\tFPS\tSubject\tBehavior\tModifiers\tBehavior type"
        "\tStart (s)\tStop (s)\tDuration (s)\tComment start\tComment stop",
        "d1\tv1.mp4\t539.9\t25.0\tNo focal subject\ts\t\tSTATE\t1.8\t8.125\t6.325\t\t",
        "d1\tv2.mp4\t539.9\t25.0\tone\tp\tm1\tPOINT\t332.8\t332.8\tNA\t\t",
        "d1\tv2.mp4\t539.9\t25.0\tone\ts\t\tSTATE\t400\tNA\tNA\t\t",
    ]
    seen = formats.read_observations(wrote("\n".join(rows), "a.tsv"))
    assert seen.recordings == ("d1",)
    assert seen.of("d1")[0].labels == ("s", "p [m1]")
    assert seen.of("d1")[0].support_s.tolist() == [[0.0, 539.9]]
    assert "the start of s at 400 s" in seen.warnings[0]
    book = openpyxl.Workbook()
    for row in rows[:3]:
        book.active.append(row.split("\t"))
    book.save(tmp_path / "a.xlsx")
    assert formats.read_observations(tmp_path / "a.xlsx").of("d1")[0] == seen.of("d1")[0]


def test_an_old_export_in_which_nothing_was_seen(wrote):
    text = "Observation id,d1,,\n,,,\nPlayer #1,/v/m1.avi,,\n,,,\nTime,Subject,Behavior,Status\n"
    seen = formats.read_observations(wrote(text, "a.csv"))
    assert seen.recordings == ("m1",)
    assert len(seen.of("m1")[0]) == 0


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("d1,,60,25,,rear,,BEGIN,1,m1.avi,\n", "'BEGIN' is no type of an event"),
        ("d1,,60,25,,rear,,START,soon,m1.avi,\n", "'soon' is no time"),
        ('d1,,60,25,,rear,,START,"1,234.5",m1.avi,\n', "'1,234.5' is no time"),
    ],
)
def test_damaged_tables(wrote, row, reason):
    with pytest.raises(Refusal, match=reason):
        boris.read(wrote(FLAT.format(extra="") + row, "a.csv"))


def test_events_of_one_moment():
    both = [Event(2.0, "rear", kind=START), Event(2.0, "rear", kind=STOP)]
    around = [Event(1.0, "rear", kind=START), *both, Event(3.0, "rear", kind=STOP)]
    found, alone = paired(around)
    assert ([(b.start_s, b.stop_s) for b in found], alone) == ([(1.0, 2.0), (2.0, 3.0)], [])
    found, alone = paired(both)
    assert ([(b.start_s, b.stop_s) for b in found], alone) == ([(2.0, 2.0)], [])
    assert paired([Event(2.0, "rear", kind=POINT)])[1] == []


def test_real_exports(shared):
    folder = shared / "data/social/boris"
    counts = {
        each.name[:23]: (len(episodes), round(episodes.total_s("interact"), 3))
        for each in sorted(folder.glob("*.csv"))
        for episodes in [formats.read_observations(each).parts[0].episodes]
    }
    # Counted and summed from the tables themselves.
    assert counts == {
        "e3v813a-20210610T120637": (15, 36.47),
        "e3v813a-20210610T121558": (29, 68.747),
        "e3v813a-20210610T122332": (10, 22.096),
        "e3v813a-20210610T122758": (8, 9.1),
        "e3v813a-20210610T123521": (32, 48.548),
    }
    table = formats.read_observations(folder / "simultaneous_events/test-simultaneous-events.csv")
    assert table == formats.read_observations(folder / "test-multi-behaviors.boris")


WORDS = st.sampled_from(["rear", "sniff [male|head]", "on, off", "q", 'say "x"'])
MOMENTS = st.integers(0, 60_000).map(lambda ms: ms / 1000)


@st.composite
def episodes(draw, author=""):
    """Bouts that do not overlap, of two individuals; ends may touch."""
    found = []
    for who in ("animal", "adult"):
        for label in draw(st.lists(WORDS, max_size=2, unique=True)):
            ends = sorted(draw(st.lists(MOMENTS, max_size=6, unique=True)))
            spans = [*zip(ends[::2], ends[1::2], strict=False)]
            if draw(st.booleans()):
                spans = [*pairwise(ends)]
            found += [(start, stop, label, who) for start, stop in spans]
    found.sort(key=lambda row: (row[0], row[2], row[3]))
    start, stop, labels, who = ([row[at] for row in found] for at in range(4))
    support = np.array([[0.0, 60.0]])
    return Episodes(
        tuple(labels), np.array(start), np.array(stop), support, tuple(who), author=author
    )


def rows(seen):
    """What is in observations, whatever the order of bouts that start at once."""
    return {
        (part.recording, part.author): (
            sorted(
                zip(
                    part.episodes.start_s.tolist(),
                    part.episodes.stop_s.tolist(),
                    part.episodes.labels,
                    part.episodes.individuals,
                    strict=True,
                )
            ),
            part.episodes.support_s.tolist(),
        )
        for part in seen
    }


@settings(max_examples=25)
@given(episodes("AB"), episodes("CD"), st.booleans())
def test_written_and_read_bouts_are_equal(tmp_path_factory, one, other, filmed):
    folder = tmp_path_factory.mktemp("boris")
    seen = Observations((Observed("m1", one), Observed("m1", other), Observed("m2", other)))
    films = {name: Film(f"/v/{name}.avi", 60.0, 25.0) for name in ("m1", "m2")} if filmed else {}
    boris.write_project(folder / "a.boris", seen, films)
    assert rows(boris.read(folder / "a.boris")) == rows(seen)
    for name in ("a.csv", "a.tsv"):
        boris.write_table(folder / name, seen, films)
        kept = Observations(tuple(part for part in seen if len(part.episodes)))
        if len(kept):
            again = formats.read_observations(folder / name)
            assert rows(again) == rows(kept)
            boris.write_project(folder / "b.boris", again, films)
            assert rows(boris.read(folder / "b.boris")) == rows(kept)


def test_exports_go_round(shared, tmp_path):
    for path in sorted((shared / "data/social/boris").glob("*.*")):
        seen = formats.read_observations(path)
        boris.write_project(tmp_path / "a.boris", seen)
        boris.write_table(tmp_path / "a.csv", boris.read(tmp_path / "a.boris"))
        assert rows(boris.read(tmp_path / "a.csv")) == rows(seen)


def test_a_project_that_is_written_is_whole(tmp_path):
    spans = Episodes.of("rear", np.array([[1.0, 2.0]]), np.array([[0.0, 60.0]]), "AB")
    point = Episodes.of("sniff [male]", np.array([[3.0, 3.0]]), np.array([[0.0, 60.0]]), "AB")
    seen = Observations((Observed("m1", Episodes.merged([spans, point])),))
    notes = boris.write_project(tmp_path / "a.boris", seen, {"m1": Film("m1.avi", 60.0, 25.0)})
    held = json.loads((tmp_path / "a.boris").read_text(encoding="utf-8"))
    kinds = {each["code"]: each["type"] for each in held["behaviors_conf"].values()}
    assert (notes, kinds) == ((), {"rear": "State event", "sniff": "Point event"})
    assert held["behaviors_conf"]["1"]["modifiers"]["0"]["values"] == ["male"]
    observation = held["observations"]["m1"]
    assert observation["type"] == "MEDIA"
    assert observation["observation time interval"] == [0, 0]
    assert observation["events"][-1] == [3.0, "", "sniff", "male", ""]
    assert held["independent_variables"]["0"]["label"] == "observer"


def test_what_boris_cannot_keep_is_told(tmp_path):
    spans = np.array([[1.0, 3.0], [2.0, 4.0]])
    found = Episodes.of("rear", spans, np.array([[0.0, 5.0], [6.0, 9.0]]), individual="adult")
    found = replace(found, confidence=np.array([0.5, 1.0]))
    notes = boris.write_project(tmp_path / "a.boris", Observations((Observed("m1", found),)))
    assert [note.split(":")[0] for note in notes] == [
        "breaks between the spans that were looked at are not kept",
        "whom each span that was looked at is about is not kept",
        "how sure each episode is, is not kept",
        "episodes of one label that overlap are joined",
        "m1 is a live observation, as no video is known",
    ]
    assert boris.read(tmp_path / "a.boris").of("m1")[0].spans("rear").tolist() == [[1.0, 4.0]]
