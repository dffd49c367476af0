"""The real command, killed in the middle, and then typed again."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")

COMMAND = """
import os, signal, sys, threading
from ethoframe.run import batch, marks  # first: moments are moments of the run, not of imports

how, when, every = sys.argv[1:4]
marks.MARK_EVERY_S, marks.SHARE = float(every), float("inf")
number = getattr(signal, how)

def end():
    os.kill(os.getpid(), number)

if when.startswith("mark "):
    write, left = marks._write, [int(when.split()[1])]

    def dying(*arguments):
        write(*arguments)
        left[0] -= 1
        if left[0] == 0:
            end()  # in the middle of a transaction

    marks._write = dying
elif when != "never":
    timer = threading.Timer(float(when), end)
    timer.daemon = True
    timer.start()

from ethoframe.apps.cli import main
main(sys.argv[4:])
"""


def killed(python, when: str, *words: object, how: str = "SIGKILL", every_s: float = 0.0):
    return python(COMMAND, how, when, every_s, *words)


def outcome(said) -> dict:
    (only,) = json.loads(said.out)
    return only


def tables(out: Path) -> dict[str, bytes]:
    names = ("mouse/measures.csv", "mouse/tracks.parquet", "measures.csv")
    return {name: (out / name).read_bytes() for name in names}


def asked(clip: Path, out: str, *more: str) -> list[object]:
    return ["open-field", clip, "--side", "40cm", "--out", out, "--json", "--no-report", *more]


@pytest.fixture(scope="module")
def undisturbed(long_clip, tmp_path_factory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed")
    command = [sys.executable, "-c", COMMAND, "SIGKILL", "never", "2.0"]
    words = map(str, asked(long_clip, str(out)))
    subprocess.run([*command, *words], check=True, capture_output=True)
    return tables(out)


@pytest.mark.slow
def test_killed_while_a_mark_is_written(python, long_clip, undisturbed, here):
    words = asked(long_clip, "out")
    assert killed(python, "mark 4", *words).status == -signal.SIGKILL
    with closing(sqlite3.connect("out/journal.sqlite")) as db:
        (position,) = db.execute("SELECT position FROM marks").fetchone()
    assert 0 < position < 900
    assert not (here / "out" / "mouse").exists()
    again = killed(python, "never", *words)
    assert again.status == 0
    assert outcome(again)["resumed"] == position
    assert tables(here / "out") == undisturbed
    assert {path.name for path in (here / "out" / "mouse").iterdir()} == {
        "arena.toml", "episodes.csv", "measures.csv", "otherwise.csv", "provenance.json",
        "tracks.parquet",
    }  # fmt: skip


def test_killed_at_random_moments_again_and_again(python, long_clip, undisturbed, here):
    moments, words = random.Random(7), asked(long_clip, "out")
    for _ in range(3):
        killed(python, f"{moments.uniform(0.05, 0.6):.3f}", *words)
    last = killed(python, "never", *words)
    assert (last.status, outcome(last)["status"] in ("done", "unchanged")) == (0, True)
    assert tables(here / "out") == undisturbed


def test_an_interrupt_is_one_line_and_the_same_command_goes_on(
    python, long_clip, undisturbed, here
):
    words = asked(long_clip, "out")
    stopped = killed(python, "mark 4", *words, how="SIGINT")
    assert (stopped.status, stopped.out) == (130, "")
    assert stopped.err.strip() == "ethoframe: stopped; the same command goes on where it was"
    again = killed(python, "never", *words)
    assert again.status == 0
    assert outcome(again)["resumed"] > 0
    assert tables(here / "out") == undisturbed


@pytest.mark.parametrize(
    "to_all",
    [True, pytest.param(False, marks=pytest.mark.slow)],
    ids=["Ctrl-C", "one signal"],
)
def test_an_interrupt_ends_all_processes(long_clip, here, to_all):
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        shutil.copy2(long_clip, here / name)
    words = ["open-field", ".", "--side", "40cm", "--jobs", "2", "--overlay", "--out", "out"]
    command = subprocess.Popen(
        [sys.executable, "-m", "ethoframe.apps.cli", *words],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    group = psutil.Process(command.pid)
    until = time.monotonic() + 60
    while not (here / "out" / "journal.sqlite").exists() and time.monotonic() < until:
        time.sleep(0.02)
    family = [group, *group.children(recursive=True)]
    assert len(family) >= 3
    for process in family if to_all else [group]:
        process.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=60)
    assert (command.returncode, out) == (130, "")
    assert err.strip() == "ethoframe: stopped; the same command goes on where it was"
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    with closing(sqlite3.connect(here / "out" / "journal.sqlite")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_processes_do_not_outlive_the_first(long_clip, here):
    for name in ("a.mp4", "b.mp4"):
        shutil.copy2(long_clip, here / name)
    words = ["open-field", ".", "--side", "40cm", "--jobs", "2", "--overlay", "--out", "out"]
    command = subprocess.Popen(
        [sys.executable, "-m", "ethoframe.apps.cli", *words],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    while not (here / "out" / "journal.sqlite").exists():
        time.sleep(0.02)
    family = psutil.Process(command.pid).children(recursive=True)
    command.kill()
    command.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive


@pytest.mark.slow
def test_five_random_moments_on_a_real_recording(python, shared, here):
    video = shared / "data" / "openfield" / "videos" / "m3v1mp4.mp4"
    words = ["open-field", video, "--side", "40cm", "--json", "--out"]
    first = killed(python, "never", *words, "first", every_s=2.0)
    took_s = outcome(first)["seconds"]["whole"]
    names = ("m3v1mp4/measures.csv", "m3v1mp4/tracks.parquet")
    expected = [(here / "first" / name).read_bytes() for name in names]
    moments, resumed = random.Random(20), []
    for number in range(5):
        moment, out = moments.uniform(0.1, took_s), f"out {number}"
        killed(python, f"{moment:.3f}", *words, out, every_s=0.2)
        last = killed(python, "never", *words, out, every_s=2.0)
        assert last.status == 0
        assert [(here / out / name).read_bytes() for name in names] == expected
        resumed.append(outcome(last)["resumed"])
    assert sum(frames > 0 for frames in resumed) >= 2
