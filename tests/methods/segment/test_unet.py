"""Classes of pixels and voxels by U-Nets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.data import Labelled, LabelMap, Labels, Recording, Refusal
from ethoframe.methods.segment._semantic import Classed, Judging, classes_of, enlarged, published
from ethoframe.methods.segment.unet import Unet
from ethoframe.run import apply
from tests.methods.segment._fits import taught


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A U-Net that knows discs."""
    out = tmp_path_factory.mktemp("unet") / "model"
    return taught("segment/unet", out, Unet.sample(), 5e-3, window_px=96, width=16).method


def volumes():
    """Bright balls in two volumes, their voxels twice as deep as wide."""
    random = np.random.default_rng(6)
    z, y, x = np.mgrid[:11, :40, :44]
    labels = np.zeros((2, 11, 40, 44), np.uint8)
    for t in range(2):
        for down, across in ((12, 14), (26, 30 - 4 * t)):
            far = np.hypot(np.hypot(2 * (z - 5), y - down), x - across)
            labels[t][far <= 9] = 3
    pixels = random.normal(40, 5, labels.shape) + 60 * (labels > 0)
    film = Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])
    film = replace(film, spacing_mm=(2.0, 1.0, 1.0))
    said = LabelMap.of(labels, names={3: "ball"}, spacing_mm=(2.0, 1.0, 1.0))

    return film, said


def dice(found, true):
    """Overlap of two masks."""
    return 2 * (found & true).sum() / (found.sum() + true.sum())


def test_a_small_network_tells_classes_and_keeps_their_names(model):
    found = apply(model, **Unet.example())
    true = Unet.sample().parts[0].said
    assert found.names == {2: "disc"}
    assert set(np.unique(found.dense())) == {0, 2}
    assert dice(found.dense() == 2, true.dense() == 2) > 0.85


@pytest.mark.parametrize("backend", ["openvino", "torch"])
def test_every_backend_gives_the_same_classes(model, backend):
    pytest.importorskip(backend)
    inputs = Unet.example()
    one = apply(replace(model, backend="onnxruntime"), **inputs).dense()
    other = apply(replace(model, backend=backend), **inputs).dense()
    assert np.mean(one != other) <= 0.001


@pytest.mark.slow
def test_volumes_are_taught_and_told_in_patches(tmp_path):
    film, said = volumes()
    labels = Labels((Labelled(film, said),))
    small = {"planes": 8, "window_px": 32, "width": 4}
    method = taught("segment/unet", tmp_path / "m", labels, 1e-2, "plain", **small).method
    found = apply(replace(method, backend="onnxruntime"), recording=film)
    assert found.names == {3: "ball"}
    assert found.spacing_mm == (2.0, 1.0, 1.0)
    assert dice(found.dense() == 3, said.dense() == 3) > 0.8
    other = apply(replace(method, backend="torch"), recording=film)
    assert np.mean(found.dense() != other.dense()) <= 0.001
    with pytest.raises(Refusal, match="it was taught by volumes; give it volumes"):
        apply(method, **Unet.example())


@pytest.mark.slow
def test_the_unet_of_2015_is_taught_and_answers_to_the_border(tmp_path):
    small = {"window_px": 220, "width": 4}
    fit = taught("segment/unet", tmp_path / "m", Unet.sample(), 2e-3, "plain", **small)
    assert fit.model.network.size == (220, 220)
    assert fit.model.network.map_size == (36, 36)
    found = apply(replace(fit.method, backend="onnxruntime"), **Unet.example())
    true = Unet.sample().parts[0].said.dense()
    assert dice(found.dense() > 0, true > 0) > 0.7


def test_labels_become_classes():
    film = Recording.of(np.zeros((1, 4, 6, 1), np.uint8))
    said = LabelMap.of(np.array([[[0, 0, 5, 5, 9, 9]] * 4]), names={5: "five"})
    values, names = classes_of("m", Labels((Labelled(film, said),)))
    assert (values, names) == ([0, 5, 9], {0: "background", 5: "five", 9: "9"})
    told = Classed(tuple(values), 2)(said.dense()[0], 1.0)["mask"]
    assert told.tolist() == [[0, 1, 2]] * 2


def test_scores_of_places_are_those_of_their_pixels():
    scores = np.random.default_rng(0).random((3, 5, 7)).astype(np.float32)
    assert enlarged(scores, (18, 27), 4).shape == (3, 18, 27)
    assert enlarged(scores, (5, 7), 1) is scores
    flat = enlarged(np.full((1, 4, 4), 2.0, np.float32), (16, 16), 4)
    assert (flat == 2).all()


@pytest.mark.parametrize(("asked", "side"), [(572, 572), (573, 588), (40, 188), (188, 188)])
def test_sides_that_the_unet_of_2015_can_see(asked, side):
    assert published(asked) == side


def test_the_error_is_of_the_classes_and_not_of_the_ground():
    mask = np.zeros((4, 4), np.int64)
    mask[:2] = 1
    right = {"mask": np.stack([mask == 0, mask == 1, mask == 2]).astype(np.float32)}
    told = Judging(("a", "b"))([{"mask": mask}], [right])
    assert (told["error"], told["dice_a"]) == (0, 1)
    assert np.isnan(told["dice_b"])
    nothing = {"mask": np.stack([np.ones((4, 4)), *np.zeros((2, 4, 4))])}
    assert Judging(("a", "b"))([{"mask": mask}], [nothing])["error"] == 1


def test_what_it_refuses():
    def labels(marked, names=None):
        film = Recording.of(np.zeros((*marked.shape, 1), np.uint8))
        return Labels((Labelled(film, LabelMap.of(marked, names=names)),))

    method, training = Unet(), Training()
    with pytest.raises(Refusal, match="nothing is labelled"):
        method.lesson(labels(np.zeros((2, 8, 8), int)), training)
    with pytest.raises(Refusal, match="objects, not classes; use segment/instances"):
        method.lesson(labels(np.arange(200).reshape(2, 10, 10)), training)
    volume = labels(np.ones((2, 4, 8, 8), int))
    with pytest.raises(Refusal, match="looks at pictures, and the labels are volumes"):
        method.lesson(volume, Training(encoder="tf_efficientnet_lite0"))
    one, other = (labels(np.ones((1, 8, 8), int), {1: name}) for name in "ab")
    both = Labels(one.parts + other.parts)
    with pytest.raises(Refusal, match="label 1 is called a, and b elsewhere"):
        method.lesson(both, training)
