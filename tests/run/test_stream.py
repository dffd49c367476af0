"""One pass gives what the whole recording gives, however it is cut, and after being cut off."""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass, replace
from itertools import pairwise
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.contract import In, Kind, Reach, Step
from ethoframe.data import Frames, LabelMap, Patch, Recording
from ethoframe.run.profile import Profile
from ethoframe.run.stream import State, _among, _listed, _neighboured, _runs, run_pass
from ethoframe.testing.specimens import Change, Typical, Usual, film

FILM = film(20)
EVERY = np.arange(20)


@dataclass(frozen=True)
class Around(Change):
    """The mean of the frames from `before` before to `after` after; ethoframe's own."""

    def reach(self, spec):
        return Reach(self.span[0], self.span[1])

    span = (2, 3)

    def apply(self, batch, **side):
        padded = [
            batch.pixels[max(0, i - self.span[0]) : i + self.span[1] + 1] for i in range(len(batch))
        ]
        means = [part.mean(axis=0, dtype=np.float64) for part in padded]
        return replace(batch, pixels=np.array(means, np.float32))


def around(before: int, after: int) -> Around:
    return type("Around", (Around,), {"span": (before, after)})()


def steps(*methods, source="film") -> list[Step]:
    """Methods in a chain; those that end a pass all look at the last one that does not."""
    chain, main = [], source
    for number, method in enumerate(methods):
        chain.append(Step(f"s{number}", method, {"recording": main}))
        main = f"s{number}" if isinstance(method, Change) else main
    return chain


def passed(*methods, film=FILM, numbers=EVERY, **how):
    return run_pass("film", {"film": film}, steps(*methods), numbers, **how)


counts, reaches, sizes = st.integers(0, 25), st.integers(0, 6), st.integers(1, 9)


@given(counts, sizes, reaches, reaches)
def test_neighboured_answer_every_frame_once_and_see_what_they_must(count, size, before, after):
    pixels = np.zeros((count, 1, 1, 1))
    whole = Frames(pixels, np.arange(count), np.arange(count) / 30)
    batches = [whole.take(slice(i, i + size)) for i in range(0, count, size)]
    answered = []
    for window, core in _neighboured(iter(batches), before, after):
        numbers = window.numbers
        assert (np.diff(numbers) == 1).all()
        for number in numbers[core]:
            must = np.arange(max(0, number - before), min(count, number + after + 1))
            assert np.isin(must, numbers).all()
        assert len(window) <= 2 * size + before + after + max(before, after)
        answered += numbers[core].tolist()
    assert answered == list(range(count))


@given(st.sets(st.integers(0, 19)), reaches, reaches)
def test_runs_are_the_frames_and_their_neighbours_where_they_touch(wanted, before, after):
    flow = SimpleNamespace(before=before, after=after)
    numbers = np.array(sorted(wanted), np.int64)
    read = {n + k for n in wanted for k in range(-before, after + 1)} & set(range(20))
    runs = _runs(FILM, numbers, flow)
    assert [n for run in runs for n in run.tolist()] == sorted(read)
    if before or after:
        assert all(np.all(np.diff(run) == 1) for run in runs)
        assert all(b[0] > a[-1] + 1 for a, b in pairwise(runs))


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_those_among_the_wanted_are_found(own, wanted):
    numbers = np.array(sorted(wanted), np.int64)
    held = np.array(sorted(own), np.int64)
    assert held[_among(held, numbers)].tolist() == sorted(own & wanted)


def test_days_of_frames_are_asked_for_without_a_list():
    assert _listed(np.arange(3, 9)) == range(3, 9)
    assert list(_listed(np.array([1, 2, 5]))) == [1, 2, 5]
    assert list(_listed(np.arange(0))) == []


@given(sizes, reaches, reaches, reaches, reaches)
def test_a_chain_of_reaches_in_any_batches_equals_the_whole(size, a, b, c, d):
    methods = around(a, b), around(c, d), Usual()
    whole = passed(*methods, batch=len(FILM))
    assert np.allclose(
        passed(*methods, batch=size)["s2"].table, whole["s2"].table, rtol=1e-6, equal_nan=True
    )


def test_several_ends_of_one_pass():
    answers = passed(Change(), Usual(), Typical(), batch=3)
    change = Change().apply(FILM.frames(range(20)))
    assert answers.keys() == {"s1", "s2"}
    assert answers["s2"].pixels[0] == pytest.approx(change.pixels.mean(axis=0), rel=1e-5)
    assert answers["s1"].numbers.tolist() == EVERY.tolist()


def test_frame_methods_alone_end_a_pass_too():
    answers = passed(Change(), Change(), batch=4)
    assert answers.keys() == {"s1"}
    assert len(answers["s1"]) == 20


def test_some_frames_for_a_reduction():
    numbers = np.array([0, 7, 19])
    answers = passed(Typical(), numbers=numbers, batch=2)
    assert np.allclose(answers["s0"].pixels[0], FILM.frames([0, 7, 19]).pixels.mean(axis=0))


def test_a_reduction_of_some_frames_sees_true_neighbours():
    few = np.array([0, 7, 19])
    change = Change().apply(FILM.frames(range(20)))
    answer = passed(Change(), Typical(), numbers=few)["s1"]
    assert np.allclose(answer.pixels[0], change.pixels[few].mean(axis=0))


def test_a_side_input_may_be_the_answer_of_a_frame_method():
    seen = []

    class Masked(Usual):
        def step(self, batch, memory, **side):
            seen.append(side)
            return super().step(batch, memory)

    chain = [
        Step("change", Change(), {"recording": "film"}),
        Step("masked", Masked(), {"recording": "film", "mask": "change"}),
    ]
    run_pass("film", {"film": FILM}, chain, EVERY, batch=5)
    assert [side["mask"].numbers.tolist() for side in seen] == EVERY.reshape(4, 5).tolist()


def test_a_side_input_per_frame_that_is_known_is_aligned():
    seen = []

    class Masked(Usual):
        takes: ClassVar = {**Usual.takes, "mask": In(Kind.RECORDING, per="frame")}

        def step(self, batch, memory, **side):
            seen.append(side["mask"].numbers.tolist())
            return super().step(batch, memory)

    known = {"film": FILM, "mask": FILM.frames(range(20))}
    masked = Step("masked", Masked(), {"recording": "film", "mask": "mask"})
    run_pass("film", known, [masked], EVERY, batch=5)
    assert seen == EVERY.reshape(4, 5).tolist()


def test_marks_per_frame_flow_as_recordings_do():
    labels = LabelMap(
        (Patch(np.ones((2, 2), np.uint8)),) * 5, np.arange(5), np.arange(5) / 30, (4, 4)
    )

    class Counted(Usual):
        def step(self, batch, memory, **side):
            dense = batch.dense()[..., None]
            frames = Frames(dense, batch.numbers, batch.times_s)
            return super().step(frames, memory)

        def outline(self, **specs):
            return super().outline(recording=specs["recording"])

    step = Step("count", Counted(), {"recording": "labels"})
    answers = run_pass("labels", {"labels": labels}, [step], labels.numbers, batch=2)
    assert answers["count"].column("usual").tolist() == [0.25] * 5


def test_no_frames_no_answers():
    assert passed(Usual(), film=film(0), numbers=np.arange(0)) == {}
    assert passed(around(1, 1), film=film(0), numbers=np.arange(0)) == {}


class Notebook:
    """Marks kept in memory; the run is killed after some of them."""

    def __init__(self, kill_after: int | None = None) -> None:
        self.kept, self.kill_after, self.ended = State(), kill_after, {}

    def resume(self) -> State:
        return copy.deepcopy(self.kept)

    def mark(self, state: State) -> None:
        self.kept = copy.deepcopy(state)
        self.kill_after = None if self.kill_after is None else self.kill_after - 1
        if self.kill_after == 0:
            raise KeyboardInterrupt

    def finished(self, answers) -> None:
        self.ended = dict(answers)


@given(st.integers(1, 4), sizes, sizes, reaches, reaches)
def test_a_run_that_was_killed_goes_on_where_it_was(marks, first, then, before, after):
    methods = around(before, after), Usual(), Typical()
    whole = passed(*methods, batch=20)
    book = Notebook(kill_after=marks)
    try:
        passed(*methods, batch=first, marks=book)
    except KeyboardInterrupt:
        book.kill_after = None
        passed(*methods, batch=then, marks=book)
    assert book.ended.keys() == whole.keys()
    assert np.allclose(book.ended["s1"].table, whole["s1"].table, rtol=1e-6)
    assert book.ended["s1"].numbers.tolist() == EVERY.tolist()
    assert np.allclose(book.ended["s2"].pixels, whole["s2"].pixels, rtol=1e-6)


class Broken:
    """A source that fails half-way."""

    def images(self, numbers):
        yield from ((n, FILM.source.pixels[n]) for n in numbers[:10])
        raise OSError("the disk is gone")


def test_what_the_reader_raises_arrives():
    with pytest.raises(OSError, match="the disk is gone"):
        passed(Usual(), film=replace(FILM, source=Broken()), batch=4)
    assert not [t for t in threading.enumerate() if t.name == "read ahead"]


def test_what_a_method_raises_stops_the_reader():
    class Fails(Usual):
        def step(self, batch, memory, **side):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as kept:
        passed(Fails(), batch=1)
    assert not [t for t in threading.enumerate() if t.name == "read ahead"]
    assert kept.traceback


def test_where_the_time_went():
    profile = Profile()
    passed(Usual(), batch=5, profile=profile)
    assert {"decode", "compute", "wait", "whole"} <= profile.total().keys()
    assert all(seconds >= 0 for seconds in profile.total().values())


def test_batches_are_sized_by_their_bytes():
    sizes = []

    class Watched(Usual):
        def step(self, batch, memory, **side):
            sizes.append(len(batch))
            return super().step(batch, memory)

    large = Recording.of(np.zeros((6, 500, 2000, 1), np.uint8))
    passed(Watched(), film=large, numbers=np.arange(6))
    assert sizes == [2, 2, 2]
