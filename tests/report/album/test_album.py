from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ethoframe.data import Row
from ethoframe.report.album import write_album
from ethoframe.report.picture import FILE
from ethoframe.run.order import Outcome, Part

PICTURE = "data:image/jpeg;base64,AAAA"


def done(out: Path, name: str, count: float | None = 3.0, failed: str = "", **told) -> Outcome:
    folder = out / name
    folder.mkdir()
    (folder / "report.html").write_text("", encoding="utf-8")
    card = {"failed": failed, "facts": ["9 × 9 px"], "picture": PICTURE,
            "numbers": [["count", count, "objects"], ["area", 2e-4, "mm2"]]}  # fmt: skip
    (folder / FILE).write_text(json.dumps(card), encoding="utf-8")
    return Outcome(f"{name}.tif", folder, told.pop("status", "done"), **told)


@pytest.fixture
def written(tmp_path):
    def text(*outcomes: Outcome) -> str:
        write_album(tmp_path / "index.html", outcomes)
        return (tmp_path / "index.html").read_text(encoding="utf-8")

    return text


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row">(?:<a [^>]*>)?([^<]*)', page)


def test_what_needs_a_person_comes_first(tmp_path, written) -> None:
    page = written(
        done(tmp_path, "b"),
        done(tmp_path, "c", warnings=("it is <dark>",)),
        Outcome("z.tif", tmp_path / "z", "failed", "it is empty", "leave it out"),
        done(tmp_path, "a", status="unchanged"),
        done(tmp_path, "m", failed="no overlap"),
    )
    assert names(page) == ["m.tif", "z.tif", "c.tif", "a.tif", "b.tif"]
    assert "5 pictures" in page
    assert "2 failed" in page
    assert "1 look at it" in page
    assert "it is &lt;dark&gt;" in page
    assert "it is empty; leave it out" in page
    assert "registration failed: no overlap" in page


def test_numbers_links_and_small_pictures(tmp_path, written) -> None:
    page = written(done(tmp_path, "a b#1"), done(tmp_path, "c", count=None))
    assert 'href="a%20b%231/report.html"' in page
    assert page.count(PICTURE) == 2
    assert "area (µm²)" in page
    assert re.search(r'data-name="count \(objects\)">3</td>', page)
    assert re.search(r'data-name="count \(objects\)"></td>', page)


def test_whose_picture_it_is(tmp_path, written) -> None:
    row = Row(line=2, video=("a.tif",), subject="m<7>", group="treated")
    one = done(tmp_path, "a", parts=(Part("a.tif", "", tmp_path / "a", row),))
    page = written(one, done(tmp_path, "b"))
    assert page.count("<small>m&lt;7&gt;</small>") == 1
    assert "treated" not in page


def test_a_map_that_failed_is_shown_with_its_page(tmp_path, written) -> None:
    kept = done(tmp_path, "m", failed="no overlap")
    parts = (Part("m.tif", "", kept.folder),)
    failed = Outcome("m.tif", kept.folder, "failed", "no overlap", "look at it", parts=parts)
    page = written(failed)
    assert 'href="m/report.html"' in page
    assert page.count("no overlap") == 1


def test_what_an_earlier_run_left_says_nothing_of_a_file_that_fails_now(tmp_path, written) -> None:
    old = done(tmp_path, "a")
    page = written(Outcome("a.tif", old.folder, "failed", "it is broken"))
    assert PICTURE not in page
    assert "report.html" not in page


def test_without_a_card_there_is_the_name_and_the_link(tmp_path, written) -> None:
    outcome = done(tmp_path, "a")
    (outcome.folder / FILE).unlink()
    page = written(outcome)
    assert 'href="a/report.html"' in page
    assert "<img" not in page


def test_a_quantity_over_many_pictures_is_drawn(tmp_path, written) -> None:
    page = written(*(done(tmp_path, f"p{i}", float(i)) for i in range(9)))
    assert "count of 9 pictures: 0 to 8, median 4." in page
    assert "area of 9" not in page  # all alike


def test_nothing_at_all(written) -> None:
    assert "There is no picture." in written()


def test_names_mean_nothing_but_themselves_and_nothing_is_fetched(tmp_path, written) -> None:
    page = written(Outcome("<script>x</script>", tmp_path / "x", "failed", "<b>"))
    assert "<script>x" not in page
    assert "<b>;" not in page
    assert "default-src 'none'" in page
    assert "http" not in re.sub(r"http-equiv", "", page)
