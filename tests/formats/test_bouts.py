"""Tables of bouts of any origin."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import openpyxl
import pytest

from ethoframe import formats
from ethoframe.data import Episodes, Observations, Observed, Refusal
from ethoframe.formats import bouts, episodes


@pytest.fixture
def wrote(tmp_path):
    def write(text, name="a.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    "text",
    [
        "Experimenter;from;to;type;ID\nAB;1,5;2,5;rear;m1\n",
        '"Experimenter","from","to","type","ID"\n"AB",1.5,2.5,"rear","m1"\n',
        "rater\tonset\toffset\tbehaviour\tvideo\nAB\t1.5\t2.5\trear\t/v/m1.mp4\n",
        "\nObserver,Start (s),Stop (s),Behavior,File\nAB,1.5,2.5,rear,c:\\v\\m1.avi\n",
        "author,begin_ms,end_ms,label,recording\nAB,1500,2500,rear,m1\n",
        "scorer,start time,duration,event,id\nAB,1.5,1,rear,m1\n",
        "coder,Start,Stop,Code,Media\nAB,0:01.5,0:02.5,rear,m1\n",
    ],
)
def test_columns_by_any_name(wrote, text):
    seen = formats.read_observations(wrote(text))
    assert (seen.recordings, seen.authors) == (("m1",), ("AB",))
    assert seen.of("m1")[0].spans("rear").tolist() == [[1.5, 2.5]]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_commas_in_numbers_and_labels(wrote, separator):
    lines = "start|stop|behaviour\n1,5|2,5|rear, supported\n4,5|6,5|rear, unsupported\n"
    lines += "7,25|8,5|rear, supported\n"
    seen = formats.read_observations(wrote(lines.replace("|", separator)))
    found = seen.of("a")[0]
    assert found.spans("rear, supported").tolist() == [[1.5, 2.5], [7.25, 8.5]]
    assert found.spans("rear, unsupported").tolist() == [[4.5, 6.5]]


def test_semicolons_in_labels_between_commas(wrote):
    seen = formats.read_observations(wrote("start,stop,label\n1.5,2,a; b\n3,4,a; b\n5,6,a; b\n"))
    assert len(seen.of("a")[0].spans("a; b")) == 3


def test_frames_need_a_rate(wrote):
    path = wrote("start_frame,stop_frame,behaviour,subject\n30,60,rear,adult\n")
    with pytest.raises(Refusal, match="its times are frames; say their rate, as --clock 30fps"):
        formats.read_observations(path)
    seen = formats.read_observations(path, rate=30)
    assert seen.of("a")[0].spans("rear").tolist() == [[1.0, 2.0]]
    assert seen.of("a")[0].individuals == ("adult",)


def test_whole_numbers_without_a_unit_are_told(wrote):
    path = wrote("start,stop,type\n30,60,rear\n")
    seen = formats.read_observations(path)
    assert seen.of("a")[0].spans("rear").tolist() == [[30.0, 60.0]]
    assert "whole numbers are seconds; if they count frames, say --clock" in seen.warnings[0]
    seen = formats.read_observations(path, rate=30)
    assert seen.of("a")[0].spans("rear").tolist() == [[1.0, 2.0]]
    assert "whole numbers are frames" in seen.warnings[0]


def test_support_is_that_of_all_who_looked(wrote):
    seen = bouts.read(wrote("rater,start,stop,type,id\nA,1.5,2,r,m\nB,4,9.5,r,m\nB,1,2,r,n\n"))
    spans = {(part.recording, part.author): part.episodes.support_s.tolist() for part in seen}
    assert spans == {
        ("m", "A"): [[0, 9.5]],
        ("m", "B"): [[0, 9.5]],
        ("n", "B"): [[0, 2]],
    }
    assert "nobody says what was looked at in m by A, m by B, n by B" in seen.warnings[-1]


def test_markers_are_kept_or_are_the_support(wrote):
    text = "rater,start,stop,type\nA,3.5,4,Start_End\nA,5,6,rear\nA,9,10,Start/End\nB,5,11,rear\n"
    seen = bouts.read(wrote(text))
    assert seen.labels == ("Start_End", "rear", "Start/End")
    assert seen.parts[0].episodes.support_s.tolist() == [[0, 11]]
    marked = bouts.read(wrote(text), markers="support")
    assert marked.labels == ("rear",)
    assert [part.episodes.support_s.tolist() for part in marked] == [[[3.5, 10]], [[0, 11]]]


def test_half_a_bout_and_bouts_that_overlap_are_told(wrote):
    seen = bouts.read(wrote("start,stop,type\n1.5,NA,rear\n2,4.5,rear\n4,5,rear\n"))
    assert len(seen.parts[0].episodes) == 2
    assert "a start or a stop is missing, and no bout is made, in line 2" in seen.warnings[0]
    assert "bouts of one label overlap in a" in seen.warnings[1]


@pytest.mark.parametrize(
    ("row", "reason"),
    [("4.5,2,rear", "it is from 4.5 to 2"), ("x,2,rear", "'x' is no time")],
)
def test_damaged_rows(wrote, row, reason):
    with pytest.raises(Refusal, match=rf"a\.csv line 2: {reason}"):
        bouts.read(wrote(f"start,stop,type\n{row}\n"))


def test_units_that_differ(wrote):
    with pytest.raises(Refusal, match="its times are in frame and s"):
        bouts.read(wrote("start_frame,stop_s,type\n1,2,rear\n"))


def test_other_tables_are_no_bouts(wrote):
    assert not bouts.observed_in(wrote("frame,keypoint,x_px\n1,nose,2\n"))
    assert not bouts.observed_in(wrote("start,stop\n1,2\n"))
    assert not bouts.observed_in(wrote("Observation id,Behavior,Start (s),Stop (s)\nd,r,1,2\n"))
    assert not bouts.observed_in(wrote(""))
    with pytest.raises(Refusal, match="no episodes are found in it"):
        formats.read_observations(wrote("a,b\n1,2\n"))


def test_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in [("rater", "start", "stop", "type"), ("A", 1.25, 2, "rear"), (None,) * 4]:
        book.active.append(row)
    book.save(tmp_path / "m1.xlsx")
    seen = formats.read_observations(tmp_path / "m1.xlsx")
    assert seen.of("m1")[0].spans("rear").tolist() == [[1.25, 2.0]]


def test_real_raters(shared):
    labels = shared / "data/raters/data/OFT/Labels/AllLabDataOFT_final.csv"
    seen = formats.read_observations(labels)
    assert (len(seen), len(seen.recordings)) == (60, 20)
    assert set(seen.authors) == {"Jin", "Furkan", "Oliver"}
    total = sum(len(part.episodes) for part in seen)
    assert total == 5517  # of 5518 rows one never stops
    assert "in line 5032" in " ".join(seen.warnings)
    # As the source of the data states them, frame by frame at 25 fps.
    assert _kappa(seen, "Supported") == pytest.approx(0.871, abs=0.002)
    assert _kappa(seen, "Unsupported") == pytest.approx(0.709, abs=0.002)
    assert _kappa(seen, "Grooming") == pytest.approx(0.740, abs=0.002)


def _kappa(seen, label):
    """The median of Cohen's kappa over recordings and pairs of raters."""
    found = []
    for recording in seen.recordings:
        parts = seen.of(recording)
        times_s = np.arange(0, max(each.support_s.max() for each in parts), 1 / 25)
        for one, other in combinations([each.covers(label, times_s) for each in parts], 2):
            chance = one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean())
            found.append(((one == other).mean() - chance) / (1 - chance) if chance < 1 else np.nan)
    return np.nanmedian(found)


def test_all_authors_in_one_table_of_ours(tmp_path):
    one = Episodes.of("rear", np.array([[1.0, 2.0]]), np.array([[0.0, 9.0]]), "AB")
    other = Episodes.of("rear", np.array([[1.5, 2.0]]), np.array([[0.0, 9.0]]), "CD")
    seen = Observations((Observed("m1", one), Observed("m1", other), Observed("m2", one)))
    episodes.write_all(tmp_path / "episodes.csv", seen, rate=10)
    assert formats.read_observations(tmp_path / "episodes.csv") == seen
    text = (tmp_path / "episodes.csv").read_text(encoding="utf-8")
    assert "m1,animal,rear,1.5,2,15,20,1,CD\n" in text


def test_what_nobody_says_is_marked(wrote):
    (part,) = bouts.read(wrote("start,stop,type\n1.5,2,rear\n"))
    assert part.guessed == ("recording", "support")
    (part,) = bouts.read(wrote("start,stop,type,ID\n1.5,2,rear,v1\n"))
    assert part.guessed == ("support",)
    marks = "start,stop,type,ID\n0,1,Start_End,v1\n1.5,2,rear,v1\n8,9,Start_End,v1\n"
    (part,) = bouts.read(wrote(marks), markers="support")
    assert part.guessed == ()


def test_a_label_is_needed_and_a_session_has_an_end(wrote):
    seen = bouts.read(wrote("start,stop,type\n1.5,2,\n2,4.5,rear\n"))
    assert seen.labels == ("rear",)
    assert "a label is missing, and no bout is made, in line 2" in seen.warnings[0]
    with pytest.raises(Refusal, match="line 2: it is from 1 to 1e\\+308, which is longer"):
        bouts.read(wrote("start,stop,type\n1,1e308,rear\n"))
