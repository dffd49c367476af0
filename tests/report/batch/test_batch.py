from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Check, Measure, Measures, Recording, Row, Verdict
from ethoframe.formats import table
from ethoframe.report.batch import FILE, write_batch, write_moments
from ethoframe.report.session import Session
from ethoframe.run.order import Outcome, Part

GOOD = Verdict((Check(name="animal lost", value=0.0, unit="%", look=2.0),))
LOOK = Verdict((Check(name="hand", value=3.0, unit="%", look=0.5, says="of the time"),))
FAILED = Verdict((Check(name="not sharp", value=80.0, unit="%", look=25.0, fail=60.0),))


@pytest.fixture
def part(tmp_path):
    def made(name: str, verdict: Verdict | None, arena: str = "", **more) -> Part:
        folder = tmp_path / name / arena
        folder.mkdir(parents=True)
        (folder / "report.html").touch()
        return Part(f"{name}.mp4", arena, folder, verdict=verdict, **more)

    return made


def written(tmp_path, parts, failed=(), **blind) -> str:
    path = tmp_path / "index.html"
    write_batch(path, parts, failed, **blind)
    return path.read_text(encoding="utf-8")


def lines(text: str) -> list[str]:
    return re.findall(r"<tr class.*?</tr>", text, re.DOTALL)


def test_the_doubtful_come_first(tmp_path, part) -> None:
    parts = [part("a", GOOD), part("b", LOOK), part("c", FAILED), part("d", None)]
    broken = Outcome("e.mp4", tmp_path / "e", "failed", "the file is empty", "copy it again")
    text = written(tmp_path, parts, [broken])
    found = [re.search(r"(\w)\.mp4", line).group(1) for line in lines(text)]
    assert found == ["c", "e", "b", "d", "a"]
    assert "5 animals" in text
    assert "2 failed" in text
    assert "1 to look at" in text
    assert "not analysed: the file is empty; copy it again" in text
    assert "hand: 3 % of the time" in text


def test_links_lead_to_the_reports(tmp_path, part) -> None:
    text = written(tmp_path, [part("m1/cam 1#", GOOD), part("two", LOOK, "left")])
    links = re.findall(r'href="(.*?)"', text)
    assert links == ["two/left/report.html", "m1/cam%201%23/report.html"]
    assert ">left</td>" in text


def test_a_report_that_was_not_written_is_not_linked(tmp_path, part) -> None:
    one = part("a", GOOD)
    (one.folder / "report.html").unlink()
    assert "href" not in written(tmp_path, [one])


def test_no_group_is_shown(tmp_path, part) -> None:
    row = Row(line=2, video=("a.mp4",), subject="m7", group="treated")
    text = written(tmp_path, [part("a", GOOD, row=row)])
    assert "treated" not in text


def test_subjects_and_the_key_number_are_shown_and_groups_where_they_are_asked_for(
    tmp_path, part
) -> None:
    parts = []
    for name, group, value in (("a", "treated", 1234.5), ("b", "plain", 17.25)):
        row = Row(line=2, video=(f"{name}.mp4",), subject=f"mouse {name}", group=group, sex="f")
        parts.append(part(name, GOOD, row=row))
        told = Measure(
            recording=f"{name}.mp4", quantity="distance", value=value, unit="mm",
            bin_start_s=0.0, bin_stop_s=600.0, definition="path",
        )  # fmt: skip
        table.write_measures(parts[-1].folder / "measures.csv", Measures((told,)))
    text = written(tmp_path, parts)
    head = re.findall(r"<th>(.*?)</th>", text.split("<tbody>")[0])
    assert head[:3] == ["Recording", "Subject", "distance (mm)"]
    assert "<td>mouse a</td><td>1234</td>" in text
    assert "<td>mouse b</td><td>17.25</td>" in text
    assert not re.search("treated|plain", text)
    shown = written(tmp_path, parts, unblind=True)
    assert "<td>mouse a</td><td>treated</td><td>1234</td>" in shown
    assert "<th>Sex</th>" in written(tmp_path, parts, unblind=True, factor="sex")


def test_names_and_warnings_are_only_text(tmp_path, part) -> None:
    one = replace(part("a", LOOK), recording="<i>.mp4", warnings=("<script>", "<script>"))
    text = written(tmp_path, [one])
    assert "<i>" not in text
    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 1
    assert "default-src 'none'" in text


def test_what_is_a_reason_is_not_warned_of_again(tmp_path, part) -> None:
    line = "the animal was never seen; give the floor"
    refused = Check(name="not analysed", value=1.0, unit="", look=1.0, fail=1.0, says=line)
    text = written(tmp_path, [part("a", Verdict((refused,)), warnings=(line, "no scale"))])
    assert text.count(line) == 1
    assert '<li class="warned">no scale</li>' in text


@pytest.mark.parametrize(("verdict", "count"), [(GOOD, 1), (LOOK, 3), (None, 3)])
def test_moments_are_kept_and_shown(tmp_path, part, session, verdict, count) -> None:
    one = part("a", verdict)
    answers = {**session.answers, **({"verdict": verdict} if verdict else {})}
    write_moments(one.folder / FILE, replace(session, answers=answers))
    kept = json.loads((one.folder / FILE).read_text(encoding="utf-8"))
    assert len(kept) == count
    assert sum(map(len, kept)) < 40_000
    assert written(tmp_path, [one]).count("<figure") == count


def test_the_moments_that_checks_name_are_shown(tmp_path, session) -> None:
    hand = replace(LOOK.checks[0], moments_s=(2.0, 5.0))
    answers = {**session.answers, "verdict": Verdict((hand,))}
    write_moments(tmp_path / FILE, replace(session, answers=answers))
    kept = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert any("0:02.00" in figure and ">hand<" in figure for figure in kept)


def test_a_session_without_frames_has_no_moments(tmp_path) -> None:
    write_moments(tmp_path / FILE, Session(Recording.of(np.zeros((0, 8, 8, 1), np.uint8))))
    assert json.loads((tmp_path / FILE).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", ["", "{}", "[1, null]", "[["])
def test_moments_that_cannot_be_read_are_left_out(tmp_path, part, text) -> None:
    one = part("a", GOOD)
    (one.folder / FILE).write_text(text, encoding="utf-8")
    assert "<figure" not in written(tmp_path, [one])


def test_an_empty_batch(tmp_path) -> None:
    assert "There is no recording" in written(tmp_path, [])
