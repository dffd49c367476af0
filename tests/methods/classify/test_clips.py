"""Episodes as classes of frames, and what is seen before and after each."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.contract.spec import spec_of
from ethoframe.data import Episodes, Labelled, Labels, Recording, Refusal
from ethoframe.methods.classify import _clips
from ethoframe.methods.classify._clips import ClipFrames, framed, moments
from ethoframe.methods.classify.clips import ClipClasses
from ethoframe.nets.labelled import sight_of


def film(seconds=4.0, name="film", rate=10.0) -> Recording:
    count = round(seconds * rate)
    levels = np.arange(count, dtype=np.uint8)[:, None, None, None]
    return Recording.of(np.broadcast_to(levels, (count, 40, 40, 1)).copy(), rate, name=name)


def said(recording, spans, support, individual="animal") -> Labelled:
    words = tuple(word for word, _, _ in spans)
    start, stop = np.array([s[1:] for s in spans], float).reshape(-1, 2).T
    return Labelled(
        recording, Episodes(words, start, stop, np.array(support), (individual,) * len(words))
    )


def test_time_that_nobody_looked_at_is_unknown_and_not_other() -> None:
    labels = Labels((said(film(), [("groom", 1.0, 1.5)], [[0.8, 1.7]]),))
    told = framed("x", labels, "other").parts[0].said
    assert told.numbers.tolist() == list(range(8, 17))
    assert told.best == ("other",) * 2 + ("groom",) * 5 + ("other",) * 2


def test_frames_in_two_episodes_say_nothing_clear_and_are_left_out() -> None:
    spans = [("groom", 1.0, 1.5), ("rear", 1.3, 1.8), ("other", 1.8, 2.0)]
    told = framed("x", Labels((said(film(), spans, [[1.0, 2.1]]),)), "other").parts[0].said
    assert told.numbers.tolist() == [10, 11, 12, 15, 16, 17, 18, 19, 20]
    assert told.best == ("groom",) * 3 + ("rear",) * 3 + ("other",) * 3


def test_of_frequent_classes_some_are_taken_spread_over_all_films(monkeypatch) -> None:
    monkeypatch.setattr(_clips, "MOST", 10)
    parts = [said(film(name=f"f{k}"), [("groom", 0, 0.3)], [[0, 4]]) for k in range(2)]
    told = framed("x", Labels(tuple(parts)), "other")
    words = [word for part in told.parts for word in part.said.best]
    assert words.count("groom") == 6
    assert words.count("other") == 10
    assert all(len(part) == 8 for part in told.parts)


def test_labels_that_teach_nothing_are_refused() -> None:
    two = [said(film(), [("groom", 0, 1)], [[0, 4]], who) for who in ("m", "f")]
    with pytest.raises(Refusal, match="episodes of f, m are in one film"):
        framed("x", Labels(tuple(two)), "other")
    nowhere = Labels((said(film(), [("groom", 0, 1)], np.zeros((0, 2))),))
    with pytest.raises(Refusal, match="no frame was looked at"):
        framed("x", nowhere, "other")


@pytest.mark.parametrize("rate", [10.0, 29.97, 100.0])
def test_neighbours_are_as_long_before_and_after_at_any_rate(rate) -> None:
    times_s = np.arange(400) / rate
    before, at, after = moments(times_s, 0.2)[150:250].T
    assert np.array_equal(at, np.arange(150, 250))
    assert np.abs(times_s[at] - times_s[before] - 0.2).max() <= 0.5 / rate + 1e-9
    assert np.abs(times_s[after] - times_s[at] - 0.2).max() <= 0.5 / rate + 1e-9


def test_neighbours_lie_within_the_reach() -> None:
    recording = film(rate=30.0)
    reach = ClipClasses(span_s=0.2).reach(spec_of(recording))
    found = moments(recording.times_s, 0.2) - np.arange(len(recording))[:, None]
    assert -found.min() <= reach.before
    assert found.max() <= reach.after
    assert moments(np.zeros(0), 0.2).shape == (0, 3)
    one = ClipClasses().reach(spec_of(film(seconds=0.1)))
    assert (one.before, one.after) == (0, 0)


def test_an_example_is_a_frame_with_its_neighbours() -> None:
    labels = framed("x", Labels((said(film(), [("groom", 1, 2)], [[1, 3]]),)), "other")
    sight = sight_of(labels, "whole", 64, "", 1)
    frames = ClipFrames(labels, sight, 0.3)
    assert [int(each) for each in frames.levels(0)[0, 0]] == [7, 10, 13]
    assert frames.levels(0).shape == (64, 64, 3)


def test_its_lesson_is_of_three_moments() -> None:
    method = ClipClasses(side_px=64)
    lesson = method.lesson(ClipClasses.sample(), Training(validation=0.3))
    assert lesson.network.channels == 3
    assert lesson.told["classes"] == ["rest", "other"]
    one = lesson.train.example(0, np.random.default_rng(1))
    assert one["picture"].shape == (3, *lesson.network.size)
    assert one["classes"].sum() == 1
