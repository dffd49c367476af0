from __future__ import annotations

import multiprocessing
import pickle
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ethoframe.apps.shows import OVERLAY, PAGE
from ethoframe.apps.typed import Typed
from ethoframe.data import Arena, Arenas
from ethoframe.run.batch import run_batch
from ethoframe.run.entries import Entry
from ethoframe.run.local import at_once

ARENA = Arena("rectangle", np.array([[30, 9], [210, 9], [210, 171], [30, 171.0]]), (400.0, 400.0))


def named(clip: Path, *names: str) -> list[Entry]:
    return [Entry(name, (clip,)) for name in names]


def test_an_order_can_be_sent_to_another_process(order):
    full = replace(
        order, arenas=Arenas((ARENA,)), show=(PAGE, OVERLAY), command=Typed(("open-field", "a.mp4"))
    )
    assert pickle.loads(pickle.dumps(full)) == full


def test_several_at_once_give_what_one_after_the_other_gives(clip, order, tmp_path):
    (tmp_path / "empty.mp4").touch()
    files = {"a.mp4": clip, "empty.mp4": tmp_path / "empty.mp4", "day/b.mp4": clip}
    paths = [Entry(name, (file,)) for name, file in files.items()]
    two, told = replace(order, out=tmp_path / "two"), []
    one_by_one = {o.name: o for o in run_batch(paths, order)}
    at_once = {o.name: o for o in run_batch(paths, two, jobs=2, watch=lambda *of: told.append(of))}
    assert one_by_one.keys() == at_once.keys()
    for name, outcome in one_by_one.items():
        other = at_once[name]
        assert (other.status, other.reason) == (outcome.status, outcome.reason)
        for table in ("measures.csv", "tracks.parquet"):
            a, b = outcome.folder / table, other.folder / table
            assert a.exists() == b.exists() == outcome.finished
            assert not a.exists() or a.read_bytes() == b.read_bytes()
    for table in ("measures.csv", "failures.csv"):
        assert (order.out / table).read_bytes() == (two.out / table).read_bytes()
    assert {name for name, *_ in told} == {"a.mp4", "day/b.mp4"}
    assert multiprocessing.active_children() == []


def test_a_process_that_dies_costs_its_recording_only(clip, order):
    killed: list[str] = []

    def kill(name: str, *_: object) -> None:
        if not killed:
            killed.append(name)
            for child in multiprocessing.active_children():
                child.kill()

    order.out.mkdir()
    outcomes = {o.name: o for o in at_once(named(clip, "a.mp4", "b.mp4"), order, 1, kill)}
    assert outcomes.keys() == {"a.mp4", "b.mp4"}
    broken = [o for o in outcomes.values() if o.status == "broken"]
    assert [o.status for o in outcomes.values()].count("done") == 1
    assert [o.name for o in broken] == killed
    assert broken[0].reason.startswith("its process died (exit code ")
    assert "fewer --jobs" in broken[0].remedy


@pytest.mark.filterwarnings("default")  # a process that ends so says so on standard error
def test_so_does_one_that_never_answers(clip, order, capfd):
    order.out.mkdir()
    (outcome,) = at_once(named(clip, "a.mp4"), replace(order, command=sys.exit), 2)
    assert (outcome.status, outcome.reason) == ("broken", "its process died (exit code 1)")
    assert str(clip) in capfd.readouterr().err


def test_whoever_stops_early_leaves_no_process(clip, order):
    def stop(*_: object) -> None:
        assert len(multiprocessing.active_children()) == 2
        raise KeyboardInterrupt

    order.out.mkdir()
    with pytest.raises(KeyboardInterrupt):
        list(at_once(named(clip, "a.mp4", "b.mp4"), order, 2, stop))
    assert multiprocessing.active_children() == []


def test_another_thread_may_ask(clip: Path, order):
    found = []

    def ask() -> None:
        found.extend(at_once(named(clip, "a.mp4"), order, 1))

    order.out.mkdir()
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert [outcome.status for outcome in found] == ["done"]
