from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from ethoframe.data import Refusal, Values
from ethoframe.run import journal as journal_module
from ethoframe.run import marks as marks_module
from ethoframe.run.flow import State
from ethoframe.run.journal import Journal
from ethoframe.run.packing import unpack
from ethoframe.run.writing import Unwritten


def part(start: int, stop: int) -> Values:
    numbers = np.arange(start, stop)
    return Values(numbers[:, None] * 1.5, ("level",), ("level",), numbers, numbers / 30)


def state(done: int) -> State:
    """So many frames done, in parts of ten."""
    return further(State(), done)


def further(state: State, done: int) -> State:
    """The same state when so many frames are done."""
    parts = state.answers.setdefault("track", [])
    parts += [part(at, at + 10) for at in range(state.position, done, 10)]
    state.memories["track"] = {"last": np.arange(done), "lost": None}
    state.position = done
    return state


@pytest.fixture
def journal(tmp_path, monkeypatch) -> Journal:
    monkeypatch.setattr(marks_module, "MARK_EVERY_S", 0.0)
    monkeypatch.setattr(marks_module, "SHARE", float("inf"))
    return Journal(tmp_path / "journal.sqlite")


def rows(journal: Journal, query: str) -> list[tuple]:
    with closing(sqlite3.connect(journal.path)) as db:
        return db.execute(query).fetchall()


def test_a_killed_run_goes_on_where_it_was(journal):
    marks = journal.begin("a", "key").marks("track")
    assert marks.resume() == State()
    first = state(10)
    marks.mark(first)
    marks.mark(further(first, 30))
    resumed = journal.begin("a", "key").marks("track").resume()
    assert resumed.position == 30
    assert Values.joined(resumed.answers["track"]) == part(0, 30)
    assert np.array_equal(resumed.memories["track"]["last"], np.arange(30))
    assert resumed.memories["track"]["lost"] is None


def test_a_mark_writes_what_is_new(journal):
    marks, once = journal.begin("a", "key").marks("track"), state(20)
    marks.mark(once)
    before = rows(journal, "SELECT part, rowid, packed FROM answers")
    marks.mark(further(once, 40))
    after = rows(journal, "SELECT part, rowid, packed FROM answers")
    assert (len(before), after[:1]) == (1, before)
    assert unpack(after[1][2]) == part(20, 40)


def test_a_resumed_run_writes_only_what_comes_after(journal):
    journal.begin("a", "key").marks("track").mark(state(20))
    before = rows(journal, "SELECT part, rowid, packed FROM answers")
    again = journal.begin("a", "key").marks("track")
    again.mark(further(again.resume(), 30))
    after = rows(journal, "SELECT part, rowid, packed FROM answers")
    assert (after[:1], unpack(after[1][2])) == (before, part(20, 30))
    last = journal.begin("a", "key").marks("track").resume()
    assert Values.joined(last.answers["track"]) == part(0, 30)


def test_marks_are_kept_no_more_often_than_they_may(journal, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(marks_module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(marks_module, "MARK_EVERY_S", 2.0)
    marks = journal.begin("a", "key").marks("track")
    for second in range(1, 6):
        now[0] = 100.0 + second
        marks.mark(state(10 * second))
        kept = rows(journal, "SELECT position FROM marks")
        assert kept == ([] if second < 2 else [(20 if second < 4 else 40,)])


def test_where_writing_is_slow_marks_are_rarer(journal, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(marks_module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(marks_module, "SHARE", 1 / 20)
    run = journal.begin("a", "key")
    writing = run.writing

    def slow():
        now[0] += 3.0
        return writing()

    monkeypatch.setattr(run, "writing", slow)
    marks = run.marks("track")
    marks.mark(state(10))
    for second in range(0, 70, 10):
        now[0] = 103.0 + second
        marks.mark(state(20))
        assert rows(journal, "SELECT position FROM marks") == [(10 if second < 60 else 20,)]


def test_finished_passes_are_not_done_again(journal):
    marks = journal.begin("a", "key").marks("track")
    assert marks.answers() is None
    marks.mark(state(20))
    assert marks.answers() is None
    marks.finished({"track": part(0, 60)})
    assert journal.begin("a", "key").marks("track").answers() == {"track": part(0, 60)}
    assert journal.begin("a", "key").marks("other").answers() is None
    assert rows(journal, "SELECT COUNT(*) FROM answers") == [(1,)]


def test_another_key_begins_anew(journal):
    journal.begin("a", "key").marks("track").mark(state(20))
    journal.begin("b", "key").marks("track").mark(state(10))
    assert journal.begin("a", "other").marks("track").resume() == State()
    assert journal.begin("b", "key").marks("track").resume().position == 10


def test_finished_runs_are_known_by_their_key(journal):
    assert journal.finished("a", "key") is None
    run = journal.begin("a", "key")
    assert journal.finished("a", "key") is None
    run.finish(["measures.csv", "tracks.parquet"])
    assert journal.finished("a", "key") == {"measures.csv", "tracks.parquet"}
    assert journal.finished("a", "other") is None
    assert journal.finished("b", "key") is None
    journal.begin("a", "key")
    assert journal.finished("a", "key") is None


def test_nothing_is_left_to_resume_after_the_end(journal):
    run = journal.begin("a", "key")
    run.marks("track").mark(state(20))
    run.finish(["measures.csv"])
    assert rows(journal, "SELECT COUNT(*) FROM answers, marks") == [(0,)]


def test_files_of_another_key_are_stale_until_it_is_finished(journal):
    journal.begin("a", "one").finish(["measures.csv", "overlay.mp4"])
    assert journal.begin("a", "one").stale == set()
    assert journal.begin("a", "two").stale == {"measures.csv", "overlay.mp4"}
    run = journal.begin("a", "two")  # after a kill
    assert run.stale == {"measures.csv", "overlay.mp4"}
    run.finish(["measures.csv"])
    assert journal.begin("a", "two").stale == set()
    assert journal.begin("a", "three").stale == {"measures.csv"}


def test_files_of_the_same_key_add_up(journal):
    journal.begin("a", "key").finish(["measures.csv", "overlay.mp4"])
    journal.begin("a", "key").finish(["measures.csv", "tracks.csv"])
    assert journal.finished("a", "key") == {"measures.csv", "overlay.mp4", "tracks.csv"}


def test_whoever_began_last_goes_on(journal):
    first = journal.begin("a", "key")
    marks = first.marks("track")
    second = journal.begin("a", "key")
    for late in (
        lambda: marks.mark(state(10)),
        lambda: marks.finished({}),
        lambda: first.finish([]),
    ):
        with pytest.raises(Refusal, match="a: another run of it was started on the same folder"):
            late()
    first.abandon()
    second.marks("track").mark(state(10))
    assert second.marks("track").resume().position == 10


def test_a_recording_that_will_not_do_is_forgotten(journal):
    run = journal.begin("a", "key")
    run.marks("track").mark(state(10))
    journal.begin("b", "key")
    run.abandon()
    assert rows(journal, "SELECT recording FROM runs") == [("b",)]
    assert rows(journal, "SELECT COUNT(*) FROM marks") == [(0,)]


def test_files_of_a_recording_that_no_longer_does_are_remembered(journal):
    journal.begin("a", "one").finish(["overlay.mp4"])
    journal.begin("a", "two").abandon()
    assert journal.finished("a", "one") is None
    assert journal.begin("a", "three").stale == {"overlay.mp4"}


def test_a_journal_of_nothing_is_removed(journal):
    journal.tidy()
    assert not journal.path.exists()
    journal.begin("a", "key").abandon()
    journal.tidy()
    assert list(journal.path.parent.iterdir()) == []
    journal.begin("a", "key")
    journal.tidy()
    assert journal.path.exists()


def test_the_file_does_not_grow_with_reruns(journal):
    sizes = []
    for number in range(10):
        run = journal.begin("a", f"key {number}")
        marks = run.marks("track")
        marks.mark(state(2000))
        marks.finished({"track": part(0, 20_000)})
        sizes.append(journal.path.stat().st_size)
        run.finish(["measures.csv"])
    assert len(set(sizes)) == 1
    assert sizes[0] > 400_000
    assert journal.path.stat().st_size < 60_000  # what a run needed was given back


def test_one_file_and_nothing_beside_it(journal):
    journal.begin("a", "key").marks("track").mark(state(10))
    assert [path.name for path in journal.path.parent.iterdir()] == ["journal.sqlite"]


def test_all_of_a_transaction_or_nothing(journal):
    run = journal.begin("a", "key")
    run.marks("track").mark(state(10))
    with suppress(ZeroDivisionError), run.writing() as db:
        db.execute("DELETE FROM marks")
        raise ZeroDivisionError
    assert run.marks("track").resume().position == 10


def test_a_damaged_file_is_told(journal):
    journal.begin("a", "key")
    journal.path.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 40)
    for use in (journal.check, lambda: journal.finished("a", "key"), journal.tidy):
        with pytest.raises(Refusal, match=r"the journal is damaged \(.*\); delete it") as told:
            use()
        assert not isinstance(told.value, Unwritten)


def test_the_tables_of_another_version_are_given_up(journal):
    with closing(sqlite3.connect(journal.path)) as db, db:
        db.execute("CREATE TABLE runs (recording TEXT PRIMARY KEY, finished REAL)")
        db.execute("INSERT INTO runs VALUES ('a', 1.0)")
    assert journal.finished("a", "key") is None
    journal.begin("a", "key").finish(["measures.csv"])
    assert journal.finished("a", "key") == {"measures.csv"}


def test_a_full_disk_is_told_and_earlier_marks_stay(journal, monkeypatch):
    marks = journal.begin("a", "key").marks("track")
    marks.mark(state(10))
    lay_out = journal_module._lay_out

    def small(db):
        db.execute(f"PRAGMA max_page_count={db.execute('PRAGMA page_count').fetchone()[0] + 1}")
        lay_out(db)

    with monkeypatch.context() as full:
        full.setattr(journal_module, "_lay_out", small)
        with pytest.raises(Unwritten, match="the disk is full; free some space, then run the same"):
            marks.mark(state(5000))
    assert journal.begin("a", "key").marks("track").resume().position == 10


def test_a_busy_file_is_told(journal, monkeypatch):
    monkeypatch.setattr(journal_module, "WAIT_S", 0.01)
    journal.begin("a", "key")
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unwritten, match="another run keeps the journal busy"):
            journal.begin("b", "key")


def test_a_folder_that_is_none_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritten, match=r"cannot be written .*; name a folder you may write"):
        Journal(Path(tmp_path / "file" / "journal.sqlite")).begin("a", "key")
