from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.data import Labelled, LabelMap, Labels, Recording, Refusal, Skeleton, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.pose.heatmap import Heatmap
from ethoframe.run import apply
from ethoframe.run.fitting import fit
from ethoframe.testing.laws.taught import taught

QUICK = Training(threads=1, pretrained=False, encoder="test_efficientnet", device="cpu")


def labels(count: int = 8, **changed: object) -> Labels:
    """Of an ellipse with two ends."""
    sample = Heatmap.sample()
    part = sample.parts[0]
    assert isinstance(part.said, Tracks)
    said = replace(part.said.take(slice(count)), **changed)
    return Labels((Labelled(part.recording, said),), Skeleton.of(said.keypoints))


def unplaced(frames: slice, keypoint: int) -> Array:
    """Positions of the ellipse's ends, without one of them in some frames."""
    said = labels().parts[0].said
    assert isinstance(said, Tracks)
    position = np.array(said.position)
    position[frames, :, keypoint] = np.nan
    return position


def test_frames_in_any_batch_have_the_same_keypoints() -> None:
    method, film = taught(Heatmap), Heatmap.example()["recording"]
    whole = apply(method, recording=film)
    for size in (1, 3, 7):
        again = apply(method, batch=size, recording=film)
        assert np.array_equal(again.position, whole.position, equal_nan=True)


def test_a_silhouette_tells_where_to_look() -> None:
    method, film = taught(Heatmap), Heatmap.example()["recording"]
    assert isinstance(film, Recording)
    dark = film.frames(range(len(film))).pixels[..., 0] < 100
    animal = LabelMap.of(dark, times_s=film.times_s)
    told = apply(method, recording=film, animal=animal)
    assert np.isfinite(told.position).all()
    nothing = apply(method, recording=film, animal=LabelMap.of(dark & False, times_s=film.times_s))
    assert nothing.keypoints == told.keypoints


def test_without_weights_it_says_how_to_get_them() -> None:
    with pytest.raises(Refusal, match="ethoframe fit pose/heatmap"):
        apply(Heatmap(), recording=Heatmap.example()["recording"])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: labels(position=unplaced(slice(None), 1)), "nobody ever placed back"),
        (
            lambda: labels(position=np.full((8, 2, 2, 1), np.nan)),
            "no keypoint is placed in any frame",
        ),
        (
            lambda: labels(
                position=np.zeros((8, 2, 2, 2)),
                confidence=np.ones((8, 2, 2)),
                individuals=("a", "b"),
            ),
            "several animals",
        ),
    ],
)
def test_labels_that_cannot_teach_are_refused(wrong, says) -> None:
    with pytest.raises(Refusal, match=says):
        Heatmap().lesson(wrong(), QUICK)


def test_a_keypoint_that_is_absent_now_and_then_teaches_nothing_about_where_it_is() -> None:
    given = labels(position=unplaced(slice(0, 3), 1))
    lesson = Heatmap().lesson(given, replace(QUICK, validation=0.0))
    example = lesson.train.example(0, None)
    assert not example["heatmap"][1].any()
    assert example["visible"].tolist() == [1.0, 0.0]


def test_left_and_right_change_places_in_a_mirror() -> None:
    said = labels().parts[0].said
    assert isinstance(said, Tracks)
    mirrored = Labels(
        (Labelled(labels().parts[0].recording, replace(said, keypoints=("left", "right"))),)
    )
    lesson = Heatmap().lesson(mirrored, replace(QUICK, validation=0.0))
    assert lesson.train.pairs == [(0, 1)]  # type: ignore[attr-defined]


def test_examples_depend_on_chance_alone() -> None:
    lesson = Heatmap().lesson(labels(), replace(QUICK, validation=0.0))
    one, same, other = (
        lesson.train.example(0, np.random.default_rng(seed))["picture"] for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.slow
def test_it_learns_where_the_ends_of_an_ellipse_are(tmp_path) -> None:
    training = replace(QUICK, steps=150, validation=0.0, rate=5e-3, augment=0.5)
    method = fit(Heatmap(), labels(), tmp_path / "model", training).method
    found = apply(method, recording=labels().parts[0].recording)
    said = labels().parts[0].said
    assert isinstance(said, Tracks)
    far = np.hypot(*np.moveaxis(found.position - said.position, 1, 0))
    # Which end is which cannot be told: the nearer one counts.
    swapped = np.hypot(*np.moveaxis(found.position - said.position[:, :, ::-1], 1, 0))
    assert np.minimum(far, swapped).mean() < 4.0
