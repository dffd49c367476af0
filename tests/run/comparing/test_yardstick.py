from __future__ import annotations

import numpy as np
import pytest

from ethoframe.contract import Kind, catalog
from ethoframe.data import (
    Classes,
    Labelled,
    LabelMap,
    Labels,
    Points,
    Recording,
    Refusal,
    Tracks,
    Values,
)
from ethoframe.run.comparing.measured import check_measurable, yardstick
from ethoframe.run.comparing.yardstick import (
    Counts,
    FrameClasses,
    Instances,
    Keypoints,
    Masks,
    Numbers,
)
from ethoframe.score.together import together


def tracks(places, keypoints=("nose", "tail")):
    position = np.asarray(places, float).T[None, :, :, None]
    return Tracks(position, np.ones((1, len(keypoints), 1)), np.arange(1), np.zeros(1), keypoints)


def labelled(said, size=(8, 8)):
    film = Recording.of(np.zeros((len(said), *size, 1), np.uint8))
    return Labels((Labelled(film, said),))


def test_keypoints_are_matched_by_name():
    by = Keypoints(("nose", "tail", "ear"))
    truth = tracks([[0, 0], [10, 0], [np.nan, np.nan]], ("nose", "tail", "ear"))
    told = by.scores(tracks([[10, 3], [3, 4]], ("tail", "nose")), truth)
    assert told["distance"][:2].tolist() == [5.0, 3.0]
    assert told["missed"][:2].tolist() == [0.0, 0.0]
    assert np.isnan(told["distance"][2])
    assert np.isnan(told["missed"][2])
    none = by.scores(None, truth)
    assert none["missed"][:2].tolist() == [1.0, 1.0]
    assert np.isnan(none["distance"]).all()
    assert by.told(truth) == "2 of 3 keypoints"


def test_objects_are_counted_and_found():
    by, truth = Instances(), np.zeros((1, 12, 12), int)
    truth[0, 1:5, 1:5], truth[0, 7:10, 7:10] = 1, 2
    found = truth.copy()
    found[found == 2] = 0
    told = by.scores(LabelMap.of(found), LabelMap.of(truth))
    assert told["F1 at IoU 0.5"] == pytest.approx(2 / 3)
    assert told["count error"] == 1
    none = by.scores(None, LabelMap.of(0 * truth))
    assert none["F1 at IoU 0.5"] == 0  # nothing to find, but nothing was answered
    assert by.told(LabelMap.of(truth)) == "2 objects"


def test_masks_are_matched_by_the_names_of_classes():
    truth = np.zeros((1, 4, 4), int)
    truth[0, :2], truth[0, 2:] = 1, 2
    by = Masks({1: "leaf", 2: "stem"})
    swapped = LabelMap.of(3 - truth, names={1: "stem", 2: "leaf"})
    assert by.scores(swapped, LabelMap.of(truth))["Dice"].tolist() == [1.0, 1.0]
    half = LabelMap.of(np.where(truth == 2, 0, truth))
    assert by.scores(half, LabelMap.of(truth))["IoU"].tolist() == [1.0, 0.0]
    one = Masks({0: "mask"}).scores(LabelMap.of(5 * truth), LabelMap.of(truth))
    assert one["Dice"] == 1


def test_whatever_counts_is_counted():
    by, truth = Counts(), Points((np.zeros((4, 2)),), {}, np.arange(1), np.zeros(1))
    three = Values(
        np.array([[9.0, 3.0]]), ("area", "count"), ("px2", "1"), np.arange(1), np.ones(1)
    )
    assert by.scores(three, truth)["absolute error"] == 1
    assert by.scores(three, truth)["relative error"] == 0.25
    labels = LabelMap.of(np.array([[[0, 7, 7, 9]]]))
    assert by.scores(labels, truth)["absolute error"] == 2
    assert by.scores(None, truth)["absolute error"] == 4
    nothing = Points((np.zeros((0, 2)),), {}, np.arange(1), np.zeros(1))
    assert np.isnan(by.scores(three, nothing)["relative error"])


def test_classes_are_right_and_sure():
    by, truth = FrameClasses(("a", "b")), Classes.said(["a"], ["a", "b"])
    sure = Classes(np.array([[0.2, 0.8]]), ("b", "a"), np.arange(1), np.zeros(1))
    told = by.scores(sure, truth)
    assert told["accuracy"] == 1
    assert told["log loss"] == pytest.approx(-np.log(0.8))
    assert by.scores(None, truth)["accuracy"] == 0
    unsaid = by.scores(sure, Classes.said([""], ["a", "b"]))
    assert np.isnan(unsaid["accuracy"]).all()
    other = Classes(np.array([[1.0]]), ("c",), np.arange(1), np.zeros(1))
    assert by.scores(other, truth)["accuracy"] == 0
    values = {"accuracy": np.ones((4, 1)), "confidence": np.full((4, 1), 0.7)}
    beyond = by.beyond(values, together(list("abcd")))
    assert beyond["calibration error"].value == pytest.approx(0.3)


def test_numbers_are_matched_by_name():
    by = Numbers(("length", "mass"), ("mm", "g"))
    truth = Values(np.array([[5.0, np.nan]]), ("length", "mass"), ("mm", "g"), np.arange(1), [0.0])
    found = Values(np.array([[7.0]]), ("length",), ("mm",), np.arange(1), np.zeros(1))
    told = by.scores(found, truth)
    assert told["error of length"] == 2
    assert np.isnan(told["error of mass"]).all()


def test_labels_choose_their_yardstick():
    many = np.zeros((2, 8, 8), int)
    many[0, 0, 0], many[0, 3, 3], many[1, 5, 5] = 1, 2, 1
    assert isinstance(yardstick(labelled(LabelMap.of(many)), "x"), Instances)
    assert isinstance(yardstick(labelled(LabelMap.of(many > 0)), "x"), Masks)
    both = np.zeros((2, 8, 8), int)
    both[:, :4], both[:, 4:] = 1, 2
    assert yardstick(labelled(LabelMap.of(both)), "x").parts == ("label 1", "label 2")
    named = LabelMap.of(many, names={1: "leaf", 2: "stem"})
    assert yardstick(labelled(named), "x").parts == ("leaf", "stem")
    assert isinstance(yardstick(labelled(LabelMap.of(many)), "x", "counts"), Counts)
    assert isinstance(yardstick(labelled(LabelMap.of(many)), "x", "masks"), Masks)
    assert isinstance(yardstick(labelled(Classes.said(["a", "b"], ["a", "b"])), "x"), FrameClasses)
    with pytest.raises(Refusal, match="classes, and cannot be compared as counts"):
        yardstick(labelled(Classes.said(["a", "b"], ["a", "b"])), "x", "counts")
    with pytest.raises(Refusal, match="nothing is labelled"):
        yardstick(Labels(()), "x")


def test_only_what_answers_the_same_is_compared():
    with pytest.raises(Refusal, match="labels of counts are compared with"):
        check_measurable(catalog.find("enhance/denoise")(), "denoise", Counts())
    with pytest.raises(Refusal, match="needs background"):
        check_measurable(catalog.find("segment/silhouette")(), "silhouette", Instances())
    check_measurable(catalog.find("regress/count-objects")(), "count", Counts())
    assert Kind.LABELMAP in Counts().gives
