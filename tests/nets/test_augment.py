from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal
from ethoframe.nets.augment import Augment, Photometry, swapped

PRESETS = [Augment.none(), Augment.animal(), Augment.tissue(), Augment.gentle()]

# Every strength that moves something, at once; light is left alone.
MOVING = Augment(
    rotation_deg=180, mirror=True, scale=1.5, shear=0.3, shift=0.1, elastic_px=8, smooth_px=40
)
STIFF = replace(MOVING, elastic_px=0)
SIZE_IN, SIZE_OUT = (150, 200), (128, 144)
SPOTS = np.array([[100.0, 75.0], [85.3, 60.8], [118.6, 71.2], [97.1, 98.4]])


def spot(x, y, sigma_px=2.5, size=SIZE_IN):
    rows, columns = np.mgrid[: size[0], : size[1]]
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma_px**2)).astype(np.float32)


def centroid(image):
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    return np.array([(columns * image).sum(), (rows * image).sum()]) / image.sum()


def well_inside(drawn, points, away):
    height, width = drawn.size_out
    return ((points > away) & (points < np.array([width, height]) - 1 - away)).all(axis=-1)


# Where the window is bent, the centroid of a spot leaves its middle with the square of its width:
# spots are small there, so that what is measured is the map.
@pytest.mark.parametrize(
    ("augment", "zoom", "sigma_px"),
    [
        (STIFF, 1.0, 2.5), (STIFF, 0.4, 2.5), (STIFF, 2.2, 1.5),
        (MOVING, 1.0, 1.0), (MOVING, 0.4, 2.0), (MOVING, 1.7, 0.7),
    ],
)  # fmt: skip
def test_spots_are_where_their_points_say(augment, zoom, sigma_px):
    rng, away, mirrored = np.random.default_rng(7), [], set()
    images = np.array([spot(*each, sigma_px) for each in SPOTS])
    for _ in range(120):
        drawn = augment.draw(rng, SIZE_IN, SIZE_OUT, centre=(100.0, 75.0), zoom=zoom)
        told = drawn.points(SPOTS)
        mirrored.add(drawn.mirrored)
        whole = well_inside(drawn, told, 4 + 6 * sigma_px * drawn.magnification)
        for image, where in zip(images[whole], told[whole], strict=True):
            seen = centroid(drawn.image(image, border="constant"))
            away.append(np.hypot(*(seen - where)))
    assert mirrored == {True, False}
    assert len(away) > 200
    assert max(away) < 0.1


def test_eight_bit_spots_too():
    drawn = STIFF.draw(np.random.default_rng(3), SIZE_IN, SIZE_OUT, centre=(100.0, 75.0))
    image = np.rint(255 * spot(*SPOTS[0])).astype(np.uint8)
    seen = centroid(drawn.image(image, border="constant").astype(np.float64))
    assert np.abs(seen - drawn.points(SPOTS[0])).max() < 0.1


@given(st.integers(0, 10_000), st.sampled_from([0.3, 1.0, 1.9]))
def test_points_undo_the_field(seed, zoom):
    drawn = MOVING.draw(np.random.default_rng(seed), SIZE_IN, SIZE_OUT, zoom=zoom)
    rows, columns = np.mgrid[: SIZE_OUT[0] : 9, : SIZE_OUT[1] : 9]
    there = drawn.points(drawn.field()[rows, columns])
    assert np.abs(there - np.stack([columns, rows], axis=-1)).max() < 0.01


@pytest.mark.parametrize("augment", [STIFF, MOVING])
@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.uint16, np.int32, np.int64])
def test_labels_stay_exact_and_are_where_the_field_says(augment, dtype):
    rng = np.random.default_rng(5)
    high = 2 if dtype is bool else min(np.iinfo(dtype).max, 2**40)
    labels = rng.integers(0, high, SIZE_IN).astype(dtype)
    drawn = augment.draw(rng, SIZE_IN, SIZE_OUT)
    moved = drawn.mask(labels, border="constant")
    x, y = np.moveaxis(drawn.field().astype(np.float64), -1, 0)
    # Half way between two pixels either may be taken.
    clear = (np.abs(x % 1 - 0.5) > 0.02) & (np.abs(y % 1 - 0.5) > 0.02)
    clear &= (x > 0) & (y > 0) & (x < SIZE_IN[1] - 1) & (y < SIZE_IN[0] - 1)
    expected = labels[np.rint(y[clear]).astype(int), np.rint(x[clear]).astype(int)]
    assert moved.dtype == dtype
    assert clear.mean() > 0.3
    assert np.array_equal(moved[clear], expected)


def test_beyond_the_picture_is_the_fill():
    drawn = Augment.none().draw(np.random.default_rng(0), (20, 20), (20, 20), centre=(-50.0, 9.5))
    assert (drawn.mask(np.ones((20, 20), np.int32), "constant", -1) == -1).all()
    assert (drawn.mask(np.ones((20, 20), np.int16), "constant", -1) == -1).all()
    assert (drawn.mask(np.ones((20, 20), np.int64), "constant", -(2**40)) == -(2**40)).all()
    assert (drawn.image(np.ones((20, 20, 3), np.float32), "constant", 0.5) == 0.5).all()
    assert (drawn.mask(np.ones((20, 20), np.uint16)) == 1).all()


@given(st.integers(0, 10_000))
def test_a_disc_stays_around_its_point_and_in_its_box(seed):
    rows, columns = np.mgrid[: SIZE_IN[0], : SIZE_IN[1]]
    disc = (np.hypot(columns - 97, rows - 80) <= 12).astype(np.uint16) * 40_000
    drawn = MOVING.draw(np.random.default_rng(seed), SIZE_IN, SIZE_OUT, centre=(97, 80))
    moved = drawn.mask(disc, border="constant")
    y, x = np.nonzero(moved)
    where = drawn.points(np.array([97.0, 80.0]))
    left, top, right, bottom = drawn.boxes(np.array([[84.5, 67.5, 109.5, 92.5]]))[0]
    assert set(np.unique(moved)) == {0, 40_000}
    if well_inside(drawn, where, 30):
        assert np.hypot(x.mean() - where[0], y.mean() - where[1]) < 2  # bent
    assert max(x.max() - right, y.max() - bottom, left - x.min(), top - y.min()) < 0.6


@given(st.integers(0, 10_000))
def test_boxes_hold_their_bent_sides(seed):
    drawn = MOVING.draw(np.random.default_rng(seed), SIZE_IN, SIZE_OUT)
    along = np.linspace(20, 180, 500)
    upper = drawn.points(np.stack([along, np.full_like(along, 40)], axis=-1))
    box = drawn.boxes(np.array([[20.0, 40.0, 180.0, 110.0]]))[0]
    assert (upper > box[:2] - 0.3).all()
    assert (upper < box[2:] + 0.3).all()


def test_boxes_are_turned_with_the_picture():
    quarter = Augment(quarter_turns=True)
    boxes = np.array([[1.5, 2.5, 5.5, 3.5], [np.nan] * 4])
    labels = np.zeros((16, 16), np.uint8)
    labels[3, 2:6] = 1
    sides = set()
    for seed in range(12):
        drawn = quarter.draw(np.random.default_rng(seed), (16, 16))
        y, x = np.nonzero(drawn.mask(labels))
        box, lost = drawn.boxes(boxes)
        assert np.allclose(box, [x.min() - 0.5, y.min() - 0.5, x.max() + 0.5, y.max() + 0.5])
        assert np.isnan(lost).all()
        sides.add((x.min(), y.min()))
    assert len(sides) == 4


def test_mirroring_keeps_pixels_and_swaps_sides():
    image = np.random.default_rng(1).integers(0, 255, (9, 14), np.uint8)
    points = np.array([[3.0, 2.0], [10.0, 2.0], [6.0, 7.0]])
    draws = [Augment(mirror=True).draw(np.random.default_rng(s), (9, 14)) for s in range(8)]
    drawn = next(d for d in draws if d.mirrored)
    assert np.array_equal(drawn.image(image), image[:, ::-1])
    moved = drawn.points(points)
    assert np.array_equal(moved, np.stack([13 - points[:, 0], points[:, 1]], axis=-1))
    assert swapped(moved, [(0, 1)])[:, 0].tolist() == [3.0, 10.0, 7.0]
    assert swapped(np.array([True, False, True]), [(0, 1)], axis=-1).tolist() == [False, True, True]
    assert np.array_equal(swapped(swapped(moved, [(0, 1)]), [(0, 1)]), moved)


@pytest.mark.parametrize("augment", PRESETS)
def test_the_same_seed_the_same_answer(augment):
    image = np.random.default_rng(2).integers(0, 255, (60, 80, 3), np.uint8)
    one, other = (augment.draw(np.random.default_rng(4), (60, 80), (48, 64)) for _ in range(2))
    assert one == other
    assert one.fingerprint() == other.fingerprint()
    assert np.array_equal(one.image(image), other.image(image))
    assert np.array_equal(one.image(image), one.image(image))


def test_another_strength_changes_nothing_else():
    one = Augment.animal().draw(np.random.default_rng(4), (60, 80))
    other = replace(Augment.animal(), noise=0.2, blur_px=0, elastic_px=2).draw(
        np.random.default_rng(4), (60, 80)
    )
    assert np.array_equal(one.matrix, other.matrix)
    kept = {"blur_px": one.look.blur_px, "noise": one.look.noise}
    assert replace(other.look, **kept) == one.look


@pytest.mark.parametrize("augment", [preset.strengthened(0) for preset in PRESETS])
@pytest.mark.parametrize("shape", [(21, 34), (21, 34, 1), (20, 30, 3), (1, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_no_strength_changes_nothing(augment, shape, dtype):
    image = (np.random.default_rng(1).random(shape) * 200).astype(dtype)
    drawn = augment.draw(np.random.default_rng(6), shape[:2])
    points = np.array([[3.0, 4.5], [np.nan, 2.0]])
    assert np.array_equal(drawn.image(image), image)
    assert drawn.image(image).dtype == dtype
    assert np.array_equal(drawn.points(points)[0], points[0])
    assert drawn.look.idle
    assert drawn.magnification == 1


def test_a_window_lies_on_whole_pixels():
    image = np.random.default_rng(1).integers(0, 255, (40, 50), np.uint8)
    drawn = Augment.none().draw(np.random.default_rng(0), (40, 50), (8, 9), centre=(20.3, 10.1))
    assert np.array_equal(drawn.image(image), image[7:15, 16:25])
    assert drawn.points(np.array([20.3, 10.1])) == pytest.approx([4.3, 3.1])


def test_gentle_changes_keep_pixels_sharp():
    image = np.random.default_rng(1).integers(40, 200, (32, 32), np.uint8)
    moving = replace(Augment.gentle(), contrast=1, brightness=0)
    for seed in range(20):
        moved = moving.draw(np.random.default_rng(seed), (32, 32)).image(image)
        # Each inner pixel is one of the picture's, and so is every step to its neighbour.
        assert np.isin(np.abs(np.diff(moved[4:28, 4:28].astype(int))), steps(image)).all()
    looks = [Augment.gentle().draw(np.random.default_rng(s), (32, 32)).look for s in range(50)]
    spoilt = ("blur_px", "motion_px", "noise", "compression", "gamma", "coarser", "patches")
    assert all(getattr(look, f) == getattr(Photometry(), f) for look in looks for f in spoilt)


def steps(image):
    levels = image.astype(int)
    return np.unique(np.abs(np.concatenate([np.diff(levels), np.diff(levels.T)])))


def test_a_picture_that_is_not_square_is_not_laid_on_its_side():
    for seed in range(20):
        drawn = Augment(quarter_turns=True).draw(np.random.default_rng(seed), (20, 30))
        assert drawn.matrix[0, 1] == drawn.matrix[1, 0] == 0


def test_missing_points_stay_missing_and_those_outside_are_told():
    drawn = MOVING.draw(np.random.default_rng(2), SIZE_IN, SIZE_OUT)
    points = np.array([[[100.0, 75.0], [np.nan, 3.0]], [[-4e3, 9.0], [np.nan, np.nan]]])
    moved = drawn.points(points)
    assert np.isnan(moved).all(axis=-1).tolist() == [[False, True], [False, True]]
    assert drawn.inside(moved).tolist() == [[True, False], [False, False]]
    assert drawn.points(np.empty((0, 2))).shape == (0, 2)
    assert drawn.boxes(np.empty((0, 4))).shape == (0, 4)
    edges = np.array([[-0.5, 127.4], [143.5, 3.0], [143.4, -0.5], [3.0, 127.5]])
    assert drawn.inside(edges).tolist() == [True, False, True, False]


@pytest.mark.parametrize("zoom", [0.12, 0.31, 0.7])
@pytest.mark.parametrize("border", ["reflect", "constant"])
@pytest.mark.parametrize("centre", [(100.0, 75.0), (3.0, 140.0), (-30.0, 20.0)])
def test_smaller_pictures_are_not_aliased(zoom, border, centre):
    chess = (np.indices((150, 200)).sum(axis=0) % 2 * 255).astype(np.uint8)
    drawn = STIFF.draw(np.random.default_rng(1), (150, 200), (40, 44), centre, zoom / 1.5)
    seen = drawn.image(chess, border, 127)
    assert np.abs(seen.astype(int) - 127).max() < 60
    assert np.abs(seen.astype(int) - 127).mean() < 15


@pytest.mark.parametrize("centre", [(8.0, 80.0), (110.0, 5.0), (-20.0, -20.0), (140.0, 100.0)])
def test_a_reflected_rim_is_that_of_the_whole_picture(centre):
    ramp = np.add.outer(np.arange(90.0), 2 * np.arange(120.0)).astype(np.float32)
    smaller = Augment.none().draw(np.random.default_rng(1), (90, 120), (60, 60), centre, 0.6)
    across, down = np.moveaxis(np.abs(smaller.field()), -1, 0)
    across, down = 119 - np.abs(119 - across), 89 - np.abs(89 - down)
    assert np.abs(smaller.image(ramp) - (down + 2 * across)).max() < 3


@given(st.sampled_from(PRESETS), st.floats(0, 50))
def test_any_strength_can_be_drawn(augment, factor):
    stronger = augment.strengthened(factor)
    drawn = stronger.draw(np.random.default_rng(1), (30, 40), (24, 36))
    image = np.random.default_rng(1).integers(0, 255, (30, 40), np.uint8)
    assert drawn.image(image).shape == (24, 36)
    assert np.isfinite(drawn.points(np.array([[3.0, 4.0]]))).all()


def test_strengths_grow_together():
    animal = Augment.animal()
    assert animal.strengthened(1) == animal
    twice = animal.strengthened(2)
    assert twice.scale == pytest.approx(1.4**2)
    assert (twice.noise, twice.rotation_deg, twice.chance) == (0.24, 180, animal.chance)
    assert {f.name for f in fields(Augment) if f.metadata["unit"] not in ("", "1")} == {
        "rotation_deg", "elastic_px", "smooth_px", "blur_px", "motion_px",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given_", "reason"),
    [({"scale": 0.5}, "out of range"), ({"noise": np.nan}, "out of range"),
     ({"elastic_px": 10, "smooth_px": 30}, "would fold")],
)  # fmt: skip
def test_what_cannot_be_a_strength(given_, reason):
    with pytest.raises(Refusal, match=reason):
        Augment(**given_)
    with pytest.raises(ValueError, match="strength cannot"):
        Augment().strengthened(-1)


def test_what_cannot_be_drawn_or_moved():
    rng = np.random.default_rng(0)
    for asked in [{"size_out": (0, 4)}, {"centre": (np.nan, 1)}, {"zoom": 0}]:
        with pytest.raises(ValueError, match=r"nothing to draw|no window"):
            Augment().draw(rng, (4, 4), **asked)
    drawn = Augment().draw(rng, (4, 4))
    with pytest.raises(ValueError, match="drawn for a picture"):
        drawn.image(np.zeros((5, 4), np.uint8))
    with pytest.raises(ValueError, match="1 or 3 channels"):
        drawn.image(np.zeros((4, 4, 2), np.uint8))
    with pytest.raises(ValueError, match="uint8, uint16 or floats"):
        drawn.image(np.zeros((4, 4), np.int32))
    with pytest.raises(ValueError, match="two axes"):
        drawn.mask(np.zeros((4, 4, 1), np.uint8))


def test_it_needs_no_torch():
    code = "import sys, ethoframe.nets.augment; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
