from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Arena, Arenas
from ethoframe.formats import table
from ethoframe.run import batch as batch_module
from ethoframe.run import marks as marks_module
from ethoframe.run.batch import fault, run_batch, run_one
from ethoframe.run.entries import Entry
from ethoframe.run.journal import Journal, Run
from ethoframe.run.order import Order, Show
from ethoframe.run.writing import Unwritten

TABLES = {
    "arena.toml", "episodes.csv", "measures.csv", "otherwise.csv", "provenance.json",
    "tracks.parquet",
}  # fmt: skip
ALL = {"mouse", "measures.csv", "otherwise.csv", "journal.sqlite"}


def once(clip: Path, order: Order, **how):
    """The outcome of a batch of one."""
    (outcome,) = run_batch([Entry(clip.name, (clip,))], order, **how)
    return outcome


def inside(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def wrote(path: Path, finding) -> None:
    path.write_text(finding.provenance["command"] or "shown", encoding="utf-8")


PAGE = Show("page.html", wrote)


def test_one_recording(clip, order):
    outcome = once(clip, order)
    assert (outcome.status, outcome.frames, outcome.resumed) == ("done", 60, 0)
    assert outcome.finished
    assert outcome.folder == order.out / "mouse"
    assert inside(outcome.folder) == TABLES
    assert inside(order.out) == ALL
    assert {"decode", "wait", "compute", "write", "whole"} <= outcome.seconds.keys()
    measures = table.read_measures(order.out / "measures.csv")
    assert measures == table.read_measures(outcome.folder / "measures.csv")
    assert {row.recording for row in measures.rows} == {"mouse.mp4"}
    assert measures.row("distance").unit == "mm"


def test_what_was_typed_is_told(clip, order):
    outcome = once(clip, replace(order, show=(PAGE,), command=lambda path: f"do {path.name}"))
    told = json.loads((outcome.folder / "provenance.json").read_text(encoding="utf-8"))
    assert told["command"] == (outcome.folder / "page.html").read_text() == "do mouse.mp4"


@pytest.fixture
def done(clip, order, tmp_path) -> tuple[Path, Order]:
    """A copy of the clip, analysed, and the order it was."""
    copy = shutil.copy2(clip, tmp_path / "mouse.mp4")
    assert once(copy, order).status == "done"
    return copy, order


def test_the_same_again_changes_nothing(done):
    copy, order = done
    before = {path: path.stat().st_mtime_ns for path in (order.out / "mouse").iterdir()}
    outcome = once(copy, order)
    assert (outcome.status, outcome.frames, outcome.seconds) == ("unchanged", 60, {})
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert (order.out / "measures.csv").exists()


def test_what_was_warned_of_is_warned_of_again(done):
    copy, order = done
    loose = replace(order, recipe=order.recipe.configured({"arena.side_mm": 0.0}))
    first = once(copy, loose)
    assert first.warnings
    assert once(copy, loose).warnings == first.warnings


@pytest.mark.parametrize(
    "change",
    [
        lambda copy, o: replace(o, recipe=o.recipe.configured({"smooth.span_s": 0.4})),
        lambda copy, o: replace(o, csv=True),
        lambda copy, o: replace(o, show=(PAGE,)),
        lambda copy, o: (o.out / "mouse" / "tracks.parquet").unlink() or o,
        lambda copy, o: copy.touch() or o,
    ],
    ids=["parameters", "csv", "page", "lost table", "file"],
)
def test_what_changed_is_done_again(done, change):
    copy, order = done
    order = change(copy, order)
    assert once(copy, order).status == "done"
    assert inside(order.out / "mouse") == TABLES | order.extras
    assert once(copy, order).status == "unchanged"


def test_fewer_files_are_no_change(done):
    copy, order = done
    assert once(copy, replace(order, csv=True)).status == "done"
    assert once(copy, order).status == "unchanged"
    assert once(copy, replace(order, show=(PAGE,))).status == "done"
    assert inside(order.out / "mouse") == TABLES | {"tracks.csv", "page.html"}


def test_pages_of_other_parameters_do_not_stay(done):
    copy, order = done
    once(copy, replace(order, show=(PAGE,), csv=True))
    (order.out / "mouse" / "notes.txt").write_text("mine")
    once(copy, replace(order, recipe=order.recipe.configured({"smooth.span_s": 0.4})))
    assert inside(order.out / "mouse") == TABLES | {"notes.txt"}


def test_one_that_fails_does_not_stop_the_rest(clip, order, tmp_path):
    (tmp_path / "empty.mp4").touch()
    entries = [
        Entry("empty.mp4", (tmp_path / "empty.mp4",)),
        Entry("mouse.mp4", (clip,)),
        Entry("day/gone.mp4", (tmp_path / "gone.mp4",)),
    ]
    outcomes = list(run_batch(entries, order))
    assert [outcome.status for outcome in outcomes] == ["failed", "done", "failed"]
    assert outcomes[0].reason == "the file is empty"
    assert inside(order.out) == {*ALL, "failures.csv"}
    rows = (order.out / "failures.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == ["recording", "empty.mp4", "day/gone.mp4"]


def test_nothing_is_left_of_what_cannot_be_analysed(clip, order):
    outside = Arena("rectangle", np.array([[0, 0], [900, 0], [900, 900], [0, 900.0]]))
    outcome = once(clip, replace(order, arenas=Arenas((outside,))))
    assert outcome.reason == "the arena reaches outside the picture (240 × 180 px)"
    assert inside(order.out) == {"failures.csv"}


def test_a_fault_of_ours_is_one_line_and_the_batch_goes_on(clip, order):
    def faulty(path, finding):
        if finding.recording.name == "a.mp4":
            raise ZeroDivisionError("two\nlines")

    entries = [Entry("a.mp4", (clip,)), Entry("b.mp4", (clip,))]
    broken, good = run_batch(entries, replace(order, show=(Show("page.html", faulty),)))
    assert (broken.status, good.status) == ("broken", "done")
    assert broken.reason.startswith("ZeroDivisionError: two lines (test_batch.py:")
    assert "report this line" in broken.remedy
    assert not broken.folder.exists()
    assert "a.mp4" in (order.out / "failures.csv").read_text(encoding="utf-8")


def test_where_a_fault_is_from():
    assert fault(ValueError("odd")) == "ValueError: odd"


def test_a_disk_that_fails_is_no_fault_of_ours(clip, order, monkeypatch):
    def gone(*_, **__):
        raise OSError(errno.EIO, "Input/output error", "mouse.mp4")

    monkeypatch.setattr(formats, "read", gone)
    outcome = once(clip, order)
    assert (outcome.status, outcome.reason) == ("failed", "mouse.mp4: Input/output error")
    assert "check the disk or network share" in outcome.remedy


def test_whoever_wants_is_told(clip, order):
    told = []
    once(clip, replace(order, show=(PAGE,)), watch=lambda *of: told.append(of))
    assert {name for name, *_ in told} == {"mouse.mp4"}
    assert {"change + track", "motion", "writing page.html"} <= {task for _, task, *_ in told}
    assert ("mouse.mp4", "change + track", 60, 60) in told


def test_reading_all_frames_for_a_clip_is_told(clip, order):
    def whole(path, finding):
        path.write_text(str(len(finding.recording.frames(range(60)))))
        finding.recording.frames([3])

    told = []
    once(clip, replace(order, show=(Show("n.txt", whole),)), watch=lambda *of: told.append(of))
    counted = [of for of in told if of[1] == "writing n.txt"]
    assert [done for *_, done, total in counted if total == 60] == list(range(60))
    assert len(counted) == 1 + 60


@pytest.mark.parametrize("where", ["out", "out/deeper"])
def test_a_folder_that_cannot_be_written_is_told_before_any_work(clip, order, tmp_path, where):
    (tmp_path / "out").write_text("a file")
    told = []
    with pytest.raises(Unwritten, match="it cannot be written"):
        once(clip, replace(order, out=tmp_path / where), watch=lambda *of: told.append(of))
    assert not told


@pytest.fixture
def _often(monkeypatch):
    """A mark after every batch."""
    monkeypatch.setattr(marks_module, "MARK_EVERY_S", 0.0)
    monkeypatch.setattr(marks_module, "SHARE", float("inf"))
    monkeypatch.setattr("ethoframe.run.stream.BATCH_FRAMES", 7)


def same_tables(a: Path, b: Path) -> bool:
    names = ("measures.csv", "tracks.parquet")
    return all((a / name).read_bytes() == (b / name).read_bytes() for name in names)


@pytest.mark.usefixtures("_often")
def test_full_while_tables_are_written(clip, order, tmp_path, monkeypatch):
    def full(path, *_):
        path.write_text("half of it")
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as disk:
        disk.setattr(table, "write_measures", full)
        outcome = once(clip, order)
    assert (outcome.status, outcome.reason) == ("failed", f"{outcome.folder}: the disk is full")
    assert inside(order.out) == {"failures.csv", "journal.sqlite"}
    again = once(clip, order)
    assert (again.status, again.resumed) == ("done", 60)  # its frames were not read again
    assert inside(order.out) == ALL
    undisturbed = once(clip, replace(order, out=tmp_path / "other"))
    assert same_tables(again.folder, undisturbed.folder)


@pytest.mark.usefixtures("_often")
def test_full_while_the_journal_is_written(clip, order, tmp_path, monkeypatch):
    calls = []
    writing = Run.writing

    def full(run):
        calls.append(run)
        if len(calls) > 5:
            raise Unwritten.of_full_disk(run.journal.path)
        return writing(run)

    with monkeypatch.context() as disk:
        disk.setattr(Run, "writing", full)
        outcome = once(clip, order)
    assert outcome.reason == f"{order.out / 'journal.sqlite'}: the disk is full"
    assert inside(order.out) == {"failures.csv", "journal.sqlite"}
    again = once(clip, order)
    assert again.status == "done"
    assert 0 < again.resumed < 60
    undisturbed = once(clip, replace(order, out=tmp_path / "other"))
    assert same_tables(again.folder, undisturbed.folder)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of some kilobytes, where this computer lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if sys.platform != "linux" or mount is None:
        pytest.skip("needs Linux")

    def sized(kilobytes: int, *also: str) -> int:
        options = ",".join([f"size={kilobytes}k", *also])
        done = subprocess.run(
            [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=False,
            capture_output=True,
        )  # fmt: skip
        return done.returncode

    if sized(64):
        pytest.skip("needs the right to mount")
    try:
        yield disk, lambda kilobytes: sized(kilobytes, "remount")
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.usefixtures("_often")
def test_a_disk_that_is_really_full(clip, order, small_disk, tmp_path):
    disk, resized = small_disk
    page = Show("page.html", lambda path, finding: path.write_bytes(bytes(300_000)))
    order = replace(order, out=disk / "out", show=(page,))
    reasons: set[str] = set()
    for kilobytes in range(8, 700, 48):
        assert resized(kilobytes) == 0
        try:
            outcome = once(clip, order)
        except Unwritten as before_any_work:
            reasons.add(str(before_any_work))
            continue
        if outcome.finished:
            break
        reasons.add(outcome.reason)
        if outcome.folder.exists():  # only the journal's last word found no place
            assert inside(outcome.folder) == TABLES | {"page.html"}
        shutil.rmtree(order.out)
    else:
        pytest.fail("it never had enough")
    assert all("the disk is full" in reason for reason in reasons)
    assert any("journal.sqlite" in reason for reason in reasons)
    assert any("mouse" in reason for reason in reasons)
    undisturbed = once(clip, replace(order, out=tmp_path / "other"))
    assert same_tables(outcome.folder, undisturbed.folder)


def test_a_damaged_journal_is_told_before_any_work(clip, done):
    _, order = done
    (order.out / "journal.sqlite").write_bytes(b"no journal" * 1000)
    with pytest.raises(ValueError, match="the journal is damaged"):
        once(clip, order)


def test_a_run_that_was_taken_over_leaves_the_other_alone(clip, order):
    def taken_over(*_):
        Journal(order.out / "journal.sqlite").begin("mouse.mp4", "another run")

    outcome = once(clip, order, watch=taken_over)
    assert (outcome.status, "another run of it" in outcome.reason) == ("failed", True)
    assert (order.out / "journal.sqlite").exists()


def test_an_interrupt_is_passed_on_and_leaves_nothing_half_done(clip, order):
    def interrupted(path, finding):
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        once(clip, replace(order, show=(Show("page.html", interrupted),)))
    assert inside(order.out) == {"journal.sqlite"}
    assert once(clip, order).resumed == 60


def test_run_one_needs_no_watcher(clip, order):
    order.out.mkdir()
    assert run_one(Entry("mouse.mp4", (clip,)), order).status == "done"
    assert batch_module.JOURNAL in inside(order.out)
