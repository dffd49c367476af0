from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from ethoframe.apps import progress as progress_module
from ethoframe.apps.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """Seconds that go on when told to."""
    now = [100.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def terminal(monkeypatch) -> Terminal:
    stream = Terminal()
    monkeypatch.setattr(progress_module, "sys", SimpleNamespace(stderr=stream))
    monkeypatch.setenv("COLUMNS", "60")
    return stream


def test_what_is_soon_over_shows_nothing(clock, capsys):
    progress = Progress()
    for second in (0.0, 1.0, 1.9):
        clock[0] = 100.0 + second
        progress("a.mp4", "track", int(100 * second), 1000)
    progress.finished("a.mp4")
    assert capsys.readouterr() == ("", "")


def test_what_takes_longer_says_how_long_still(clock, capsys):
    progress = Progress()
    progress("a.mp4", "track", 0, 1000)
    clock[0] = 104.0
    progress("a.mp4", "track", 400, 1000)
    told = capsys.readouterr()
    assert told == ("", "a.mp4: track 400/1000 frames, 100 frames/s, 0:06 left\n")


def test_a_log_gets_a_line_every_half_a_minute(clock, capsys):
    progress = Progress()
    for second in range(100):
        clock[0] = 100.0 + second
        progress("a.mp4", "track", second, 1000)
        progress("a.mp4", "track", second, 1000)
    assert len(capsys.readouterr().err.splitlines()) == 4
    progress("a.mp4", "writing report.html", 0, 0)
    clock[0] = 300.0
    progress("a.mp4", "writing report.html", 0, 0)
    assert capsys.readouterr().err == ""


def test_a_resumed_run_counts_from_where_it_went_on(clock, capsys):
    progress = Progress()
    progress("a.mp4", "track", 0, 0)
    progress("a.mp4", "track", 800, 1000)
    clock[0] = 104.0
    progress("a.mp4", "track", 900, 1000)
    assert "25 frames/s, 0:04 left" in capsys.readouterr().err


def test_a_terminal_has_one_line_that_is_written_over(clock, terminal):
    progress = Progress()
    progress("a.mp4", "track", 0, 1000)
    for second in (3.0, 3.1, 4.0):
        clock[0] = 100.0 + second
        progress("a.mp4", "track", int(100 * second), 1000)
    lines = terminal.getvalue().split("\r\x1b[K")
    assert lines[0] == ""
    assert [line.split(",")[0] for line in lines[1:]] == [
        "a.mp4: track 300/1000 frames", "a.mp4: track 400/1000 frames",
    ]  # fmt: skip
    progress.finished("a.mp4")
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert "\n" not in terminal.getvalue()


def test_a_line_is_no_longer_than_the_terminal(clock, terminal):
    progress = Progress()
    progress("a" * 100, "track", 0, 1000)
    clock[0] = 104.0
    progress("a" * 100, "track", 10, 1000)
    assert len(terminal.getvalue().removeprefix("\r\x1b[K")) == 59


def test_several_at_once_and_how_many_are_over(clock):
    progress = Progress(5)
    progress("a.mp4", "track", 0, 1000)
    progress("b.mp4", "track", 0, 1000)
    clock[0] = 110.0
    progress("a.mp4", "track", 500, 1000)
    assert progress.line(110.0).startswith("0 of 5 recordings done; a.mp4: track 500/1000 frames")
    progress.finished("a.mp4")
    progress("b.mp4", "writing report.html", 0, 0)
    line = "1 of 5 recordings done, about 0:40 left; b.mp4: writing report.html"
    assert progress.line(110.0) == line
