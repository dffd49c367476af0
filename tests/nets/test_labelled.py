"""Labelled frames as examples."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.data import Classes, Labelled, Labels, Recording, Refusal
from ethoframe.data.source import ArraySource
from ethoframe.nets.augment import Augment
from ethoframe.nets.labelled import FrameExamples, LabelledFrames, answers_of, gently, sight_of


def labels_of(count: int = 6, size=(48, 64), numbers=(4, 1, 3)) -> Labels:
    pixels = np.arange(count)[:, None, None, None] * np.full((1, *size, 1), 10)
    film = Recording.of(pixels.astype(np.uint8))
    words = ["a", "b", "a"][: len(numbers)]
    return Labels((Labelled(film, Classes.said(words, ("a", "b"), np.array(numbers))),))


def test_frames_are_those_that_were_labelled_in_whatever_order() -> None:
    labels = labels_of()
    frames = LabelledFrames(labels, sight_of(labels, "whole", 64, "", 2))
    assert [int(frames.levels(i)[0, 0]) for i in range(len(frames))] == [40, 10, 30]


def test_a_frame_that_two_people_labelled_is_two_examples() -> None:
    labels = labels_of(numbers=(2, 2, 5))
    frames = LabelledFrames(labels, sight_of(labels, "whole", 64, "", 2))
    assert [int(frames.levels(i)[0, 0]) for i in range(3)] == [20, 20, 50]


def test_a_film_is_read_once_and_frames_without_room_each_time(monkeypatch) -> None:
    labels, read = labels_of(), []
    known = ArraySource.images

    def images(self, numbers):
        read.append(list(numbers))
        return known(self, numbers)

    sight = sight_of(labels, "whole", 64, "", 2)
    monkeypatch.setattr(ArraySource, "images", images)
    frames = LabelledFrames(labels, sight)
    for index in (0, 1, 2, 0):
        frames.levels(index)
    assert read == [[1, 3, 4]]
    read.clear()
    small = LabelledFrames(labels, sight)
    small.room = 0
    assert [int(small.levels(i)[0, 0]) for i in (0, 0)] == [40, 40]
    assert read == [[4], [4]]


def test_examples_kept_apart_are_all_pictures_of_all_frames() -> None:
    labels = labels_of(size=(100, 140))
    frames = LabelledFrames(labels, sight_of(labels, "auto", 64, "", 2))
    targets = {"classes": labels.parts[0].said.table}
    apart = FrameExamples(frames, targets, Augment.none(), apart=True)
    examples = [apart.example(i, None) for i in range(len(apart))]
    assert [int(each["frame"]) for each in examples] == [0] * 5 + [1] * 5 + [2] * 5
    assert [bool(each["whole"]) for each in examples[:5]] == [True] + [False] * 4
    told = [{"classes": each["classes"]} for each in examples]
    answered, firsts = answers_of(examples, told, ["classes"])
    answers = answered["classes"]
    assert np.array_equal(answers.of_frames(0.5), labels.parts[0].said.table)
    assert len(firsts) == 3


def test_an_example_is_made_by_its_chance_alone() -> None:
    labels = labels_of(size=(100, 140))
    frames = LabelledFrames(labels, sight_of(labels, "auto", 64, "", 2))
    examples = FrameExamples(frames, {}, gently(Training(), True))
    one, two = (examples.example(1, np.random.default_rng(7))["picture"] for _ in range(2))
    assert np.array_equal(one, two)
    assert one.shape == (1, *frames.sight.size)


def test_directions_that_matter_are_left_alone() -> None:
    assert gently(Training(), True).mirror
    fixed = gently(Training(), False)
    assert not fixed.mirror
    assert not fixed.quarter_turns
    assert gently(Training(augment=0.0), True) == Augment.none()


def test_a_frame_that_cannot_be_decoded_is_refused() -> None:
    labels = labels_of()
    sight = sight_of(labels, "whole", 64, "", 2)

    class Broken:
        def images(self, numbers):
            return iter(())

    part = labels.parts[0]
    broken = Recording(
        "broken.mp4",
        Broken(),
        part.recording.times_s,
        part.recording.size,
        np.dtype(np.uint8),
        "x",
        bit_depth=8,
    )
    frames = LabelledFrames(Labels((Labelled(broken, part.said),)), sight)
    with pytest.raises(Refusal, match="this labelled frame cannot be decoded"):
        frames.levels(0)
