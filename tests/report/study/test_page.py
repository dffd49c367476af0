from __future__ import annotations

import base64
import hashlib
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from ethoframe.data import Sheet
from ethoframe.report.study import write_study
from ethoframe.report.study.page import file_names, key_measures
from ethoframe.report.study.study import Key, Study
from ethoframe.run.order import Outcome
from ethoframe.run.writing import Unwritten

HOSTILE = '<script>alert(1)</script>"\'&$x$ $title\x00\u202e id="q" 中文'


class Reader(HTMLParser):
    """What a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.scripts = 0
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        self.links += [value for name, value in attrs if name in ("href", "src")]
        assert not any(name.startswith("on") for name, _ in attrs)
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "script" not in self.open and "style" not in self.open:
            self.words.append(data)


def read(out) -> tuple[str, Reader, str]:
    text = (out / "study.html").read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(text)
    return text, reader, " ".join(" ".join(reader.words).split())


def test_the_page_of_an_experiment(dozen):
    (dozen.parts[0].folder / "report.html").touch()
    write_study(dozen.out, dozen.parts, unblind=True)
    text, reader, words = read(dozen.out)
    assert "12 animals, 3 measures" in words
    assert "saline (6), drug (6)" in words
    assert "frames (240 mm)" in words  # the same in all, and so without a figure
    assert "1 result is doubtful and in the means: look at it first." in words
    assert "m0/report.html" in reader.links
    assert text.count('<figure class="panel">') == 2
    for link in reader.links:
        assert link.startswith("#") or (dozen.out / link.partition("#")[0]).exists(), link
    assert {path.name for path in (dozen.out / "figures").iterdir()} == {
        "distance.svg", "distance.pdf", "time_in_centre.svg", "all_measures.pdf",
    }  # fmt: skip


def test_the_page_needs_no_network_and_one_script_only(dozen):
    write_study(dozen.out, dozen.parts)
    text, reader, _ = read(dozen.out)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text
    assert reader.scripts == 1
    assert not any("//" in link for link in reader.links)


def test_a_blind_page_tells_no_group(dozen):
    write_study(dozen.out, dozen.parts)
    text, _, words = read(dozen.out)
    assert not re.search("saline|drug", text)
    assert "--unblind" in words
    for path in (dozen.out / "figures").glob("*.svg"):
        assert not re.search("saline|drug", path.read_text(encoding="utf-8"))
    head = re.search(r'<section id="animals">.*?</thead>', text, re.DOTALL).group()
    assert "cage" not in head  # each cage is of one group
    assert "litter" in head
    order = re.findall(r">(m\d+)\.mp4<", text)[:12]
    assert order != sorted(order, key=lambda name: int(name[1:]))


def test_names_that_tell_the_group_are_warned_of(experiment):
    for i in range(4):
        group = ("saline", "drug")[i % 2]
        experiment.add(recording=f"{group}_{i}.mp4", subject=str(i), group=group)
    write_study(experiment.out, experiment.parts)
    assert "Names of 4 recordings tell the group" in read(experiment.out)[2]


def test_unblinded_pages_follow_blind_ones(dozen):
    write_study(dozen.out, dozen.parts)
    write_study(dozen.out, dozen.parts, unblind=True)
    _, _, words = read(dozen.out)
    assert "Groups are hidden" not in words


def test_nothing_to_show(experiment, tmp_path):
    failed = Outcome("a.mp4", tmp_path, "failed", "it is empty", "copy it again")
    write_study(experiment.out, [], [failed])
    words = read(experiment.out)[2]
    assert "0 animals" in words
    assert "it is empty" in words
    write_study(experiment.out, [], [])
    assert "Nothing: every recording" in read(experiment.out)[2]


def test_missing_values_and_groups_of_one(experiment):
    experiment.add(group="a", values={"distance": math.nan, "x": 1.0})
    experiment.add(group="", values={"distance": 3.0})
    (experiment.parts[1].folder / "provenance.json").unlink()
    write_study(experiment.out, experiment.parts, unblind=True)
    assert "no group" in read(experiment.out)[2]


def test_hostile_names_stay_names(experiment):
    for i in range(4):
        experiment.add(
            subject=HOSTILE + str(i), group=HOSTILE, sex=HOSTILE, values={HOSTILE: float(i)},
            others={HOSTILE: HOSTILE},
        )  # fmt: skip
    experiment.parts = [replace(part, recording=HOSTILE) for part in experiment.parts]
    write_study(experiment.out, experiment.parts, unblind=True)
    text, reader, _ = read(experiment.out)
    assert reader.scripts == 1
    assert not set("\x00\u202e") & set(text)
    assert "<script>alert(1)</script>" in "".join(reader.words)


def test_several_sessions_and_litters_are_warned_of(experiment):
    for i in range(4):
        experiment.add(subject=f"s{i // 2}", litter="L1", values={"distance": float(i)})
    write_study(experiment.out, experiment.parts)
    words = read(experiment.out)[2]
    assert "Animals of one litter are alike" in words
    assert "Some animals are there several times" in words
    assert "2 animals, 1 measure" in words


def test_rows_without_a_result(dozen):
    rows = tuple(part.row for part in dozen.parts)
    gone = replace(rows[0], line=99, video=("gone.mp4",), subject="lost one")
    write_study(dozen.out, dozen.parts, sheet=Sheet("animals.xlsx", (*rows, gone)))
    words = read(dozen.out)[2]
    assert "line 99 of animals.xlsx without a result" in words


def test_all_is_written_or_nothing(dozen, monkeypatch):
    write_study(dozen.out, dozen.parts, unblind=True)
    before = (dozen.out / "study.html").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device", str(dozen.out / ".part"))

    monkeypatch.setattr("ethoframe.report.study.page", full)
    monkeypatch.setattr("ethoframe.report.study.drawings", full)
    with pytest.raises(Unwritten, match="disk is full"):
        write_study(dozen.out, dozen.parts)
    assert (dozen.out / "study.html").read_bytes() == before
    assert not (dozen.out / ".part").exists()


def test_files_have_names_of_their_own():
    keys = [Key("a b", "mm"), Key("a_b", "px"), Key("A b", "mm"), Key("%", "1"), Key("中文", "1")]
    names = list(file_names(keys).values())
    assert names == ["a_b", "a_b_px", "a_b_mm", "pct", "measure"]


def test_what_is_shown_first(experiment):
    names = [
        "frames",
        "distance",
        "distance, corrected",
        "entries to nest",
        "share of time in nest",
    ]
    experiment.add(values=dict.fromkeys(names, 1.0))
    found = [key.name for key in key_measures(Study.of(experiment.parts))]
    assert found == ["distance, corrected", "share of time in nest", "entries to nest"]
