"""Maps of how many objects are where."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.data import Labelled, LabelMap, Labels, Points, Recording, Refusal
from ethoframe.methods.regress._counted import CountedFrames, Judging, places_of, told_points
from ethoframe.methods.regress._density import (
    APART,
    STRIDE,
    Plan,
    density,
    drawn,
    peaks,
)
from ethoframe.methods.regress.count_density import CountDensity
from ethoframe.nets.augment import Augment
from ethoframe.nets.labelled import LabelledFrames, sight_of
from ethoframe.nets.lesson import parted


def places(count: int, size, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, size[::-1], (count, 2))


@pytest.mark.parametrize("count", [0, 1, 40])
def test_a_map_sums_to_the_number_of_objects_also_at_the_border(count) -> None:
    wanted = drawn(np.concatenate([places(count, (30, 50)), [[-0.5, -0.5]]]), (30, 50))
    assert wanted.sum() == pytest.approx(count + 1, abs=1e-4)


def test_peaks_are_where_objects_are() -> None:
    grid = np.stack(np.meshgrid(np.arange(5, 60, 9), np.arange(5, 40, 9)), -1).reshape(-1, 2)
    found = peaks(drawn(grid.astype(float), (45, 65)).astype(float))
    assert sorted(map(tuple, found)) == sorted(map(tuple, grid.astype(float)))
    assert len(peaks(np.zeros((8, 8)))) == 0


@pytest.mark.parametrize("size", [(480, 640), (101, 77), (33, 200)])
@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.37])
def test_places_of_the_map_lead_back_to_the_frame(size, zoom) -> None:
    plan, at = Plan((64, 64), zoom), places(20, size)
    assert np.allclose(plan.back(plan.placed(at, size), size), at)


def test_a_place_of_the_map_is_where_its_pixels_are() -> None:
    """A lone bright pixel of the frame lies in the place of the map that is said to hold it."""
    plan, levels = Plan((64, 64), 0.5), np.zeros((96, 128), np.float32)
    levels[40:42, 72:74] = 1.0
    seen = plan.resized(levels)
    y, x = (each.mean() for each in np.nonzero(seen))
    told = plan.placed(np.array([[72.5, 40.5]]), levels.shape)[0]
    assert np.allclose(told * STRIDE + (STRIDE - 1) / 2, [x, y])


@pytest.mark.parametrize("size", [(64, 96), (65, 97), (200, 333), (30, 500), (129, 64)])
def test_each_place_is_answered_once_by_tiles(size) -> None:
    """A network that says what it sees: the map is that of the whole, without seams."""
    picture = np.random.default_rng(1).uniform(0.5, 3, (1, *size)).astype(np.float32)
    shape = tuple(-(-n // STRIDE) for n in size)
    padded = np.pad(picture[0], [(0, m * STRIDE - n) for m, n in zip(shape, size, strict=True)],
                    constant_values=picture.mean())  # fmt: skip
    whole = padded.reshape(shape[0], STRIDE, shape[1], STRIDE).mean(axis=(1, 3))

    def run(pictures):
        n, _, h, w = pictures.shape
        means = pictures.reshape(n, 1, h // STRIDE, STRIDE, w // STRIDE, STRIDE).mean(axis=(3, 5))
        return {"density": np.log(np.expm1(means))}

    assert np.allclose(density(run, picture, (64, 96)), whole, atol=1e-4)


def test_objects_are_shown_some_distance_apart() -> None:
    grid = np.stack(np.meshgrid(np.arange(0, 640, 60.0), np.arange(0, 480, 60.0)), -1)
    plan = Plan.of([(480, 640)], [grid.reshape(-1, 2)])
    assert plan.zoom == pytest.approx(APART / 60)
    assert plan.size == (256, 352)
    assert Plan.from_json(plan.to_json()) == plan
    assert Plan.of([(64, 64)], [np.zeros((1, 2))]).zoom == 1.0  # one object tells no distance


def test_middles_of_masks_teach_as_points_do() -> None:
    labels = np.zeros((1, 20, 30), int)
    labels[0, 2:5, 3:8] = 7
    labels[0, 10:14, 20:22] = 2
    film = Recording.of(np.zeros((1, 20, 30, 1), np.uint8))
    told = told_points("regress/count-density", Labels((Labelled(film, LabelMap.of(labels)),)))
    assert sorted(map(tuple, places_of(told.parts[0], 0))) == [(5.0, 3.0), (20.5, 11.5)]


def test_labels_without_objects_are_refused() -> None:
    film = Recording.of(np.zeros((1, 20, 30, 1), np.uint8))
    nothing = Points((np.zeros((0, 2)),), {}, np.arange(1), np.zeros(1))
    with pytest.raises(Refusal, match="no frame has an object"):
        told_points("regress/count-density", Labels((Labelled(film, nothing),)))


def examples_of(size=(96, 128), augment: Augment | None = None, apart=False) -> CountedFrames:
    at = places(9, (size[0] - 20, size[1] - 20), 3) + 10
    down, across = np.mgrid[: size[0], : size[1]]
    pixels = np.full(size, 20.0)
    for x, y in at:
        pixels = np.maximum(pixels, 220 * (np.hypot(down - y, across - x) < 4))
    film = Recording.of(pixels.astype(np.uint8)[None, ..., None])
    labels = Labels((Labelled(film, Points((at,), {}, np.arange(1), np.zeros(1))),))
    frames = LabelledFrames(labels, sight_of(labels, "whole", 64, "", 1))
    return CountedFrames(frames, Plan((64, 96), 1.0), augment or Augment.none(), apart)


def test_a_picture_and_its_map_move_together() -> None:
    augment = Augment(rotation_deg=180, mirror=True, scale=1.2)
    examples, alike = examples_of(augment=augment), []
    for seed in range(20):
        told = examples.example(0, np.random.default_rng(seed))
        picture = told["picture"][0].reshape(16, STRIDE, 24, STRIDE).mean(axis=(1, 3))
        seen, wanted = picture.ravel() - picture.mean(), told["density"][0].ravel()
        if wanted.sum() >= 1:
            alike.append(np.corrcoef(seen, wanted)[0, 1])
    # What the border cuts is seen in part, and counted by where its middle is.
    assert min(alike) > 0.5
    assert np.mean(alike) > 0.7


def test_tiles_of_frames_kept_apart_hold_every_object_once() -> None:
    examples = examples_of((150, 230), apart=True)
    told = [examples.example(i, None) for i in range(len(examples))]
    assert len(told) == 9
    assert np.nansum([each["density"] for each in told]) == pytest.approx(9, abs=1e-3)
    maps = [np.maximum(np.nan_to_num(each["density"], nan=5.0), 1e-9) for each in told]
    right = [{"density": np.log(np.expm1(each))} for each in maps]
    figures = Judging()(told, right)
    assert figures["mean_error"] < 1e-3
    settled = Judging().settle(told, right, True)
    assert settled["residuals"][0] < 1e-3
    assert "no interval: by a frame that was kept apart" in settled["says"]


def test_its_lesson_is_of_the_labels() -> None:
    method, labels = CountDensity(), CountDensity.sample()
    lesson = method.lesson(labels, Training(validation=0.3))
    taught, kept, _ = parted(labels, Training(validation=0.3))
    assert len(lesson.train) == len(taught)
    assert len(lesson.validation) == len(kept)
    assert lesson.network.heads[0].kind == "density"
    one = lesson.validation.example(0, None)
    assert one["picture"].shape == (lesson.network.channels, *lesson.network.size)
    assert one["density"].shape == (1, *lesson.network.map_size)
