from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.contract import spec_of
from ethoframe.data import Recording, Refusal
from ethoframe.methods.detect._extrema import SAME, shared_part, standing_apart
from ethoframe.methods.detect._scales import noise_responses, octaves
from ethoframe.methods.detect.blobs import Blobs, blobs_in
from ethoframe.run import apply

RANDOM = np.random.default_rng(11)


def drawn(size: tuple[int, ...], middle, radius: float, step=None, fine: int = 6) -> np.ndarray:
    """How much of each pixel a disc or ball covers; `fine` 1 tells only whether its middle is."""
    step = step or (1.0,) * len(size)
    far2 = 0.0
    for axis, (n, h, c) in enumerate(zip(size, step, middle, strict=True)):
        at = ((np.arange(n * fine) + 0.5) / fine - 0.5) * h - c * h
        far2 = far2 + (at**2).reshape([-1 if a == axis else 1 for a in range(len(size))])
    inside = (far2 <= radius**2).astype(np.float64)
    blocks = [part for n in size for part in (n, fine)]
    return inside.reshape(blocks).mean(axis=tuple(range(1, 2 * len(size), 2)))


@pytest.mark.parametrize("by", ["laplacian", "determinant"])
@pytest.mark.parametrize("radius", [3.0, 4.3, 6.0, 9.5, 15.0, 24.0, 40.0])
def test_radius_and_place_of_a_disc(by, radius) -> None:
    side = int(max(40, 5 * radius))
    for _ in range(3):
        middle = side / 2 + RANDOM.uniform(-0.5, 0.5, 2)
        found = blobs_in(20 + 90 * drawn((side, side + 7), middle, radius), how=Blobs(by=by))
        assert len(found) == 1
        assert found.radii_px[0] == pytest.approx(radius, rel=0.01)
        assert np.abs(found.places[0, ::-1] - middle).max() < 0.12
        assert found.contrasts[0] == pytest.approx(90, rel=0.01)


@pytest.mark.parametrize("radius", [3.0, 5.0, 8.0, 20.0, 40.0])
def test_of_a_disc_drawn_without_shades_the_one_that_was_drawn(radius) -> None:
    side = int(max(40, 5 * radius))
    for _ in range(5):
        middle = side / 2 + RANDOM.uniform(-0.5, 0.5, 2)
        disc = drawn((side, side), middle, radius, fine=1)
        found = blobs_in(disc)
        # Its area and centre of mass are what the pixels know of it.
        assert found.radii_px[0] == pytest.approx(np.sqrt(disc.sum() / np.pi), rel=0.015)
        mass = np.argwhere(disc).mean(axis=0)
        assert np.abs(found.places[0, ::-1] - mass).max() < 0.15


@pytest.mark.parametrize("deviation", [2.0, 4.0, 9.0, 20.0])
def test_a_gaussian_blob_is_its_deviation_times_root_two(deviation) -> None:
    side = int(10 * deviation) + 20
    y, x = np.mgrid[:side, :side] - side / 2 - 0.3
    found = blobs_in(300 - 80 * np.exp(-(x**2 + y**2) / (2 * deviation**2)), how=Blobs(look="dark"))
    assert len(found) == 1
    assert found.radii_px[0] == pytest.approx(np.sqrt(2) * deviation, rel=0.015)
    assert np.abs(found.places[0] - side / 2 - 0.3).max() < 0.2
    assert found.contrasts[0] < 0


@pytest.mark.parametrize(
    "step", [(1.0, 1.0, 1.0), (2.0, 1.0, 1.0), (3.0, 1.0, 1.0), (1.0, 2.0, 1.0)]
)
@pytest.mark.parametrize("radius", [6.0, 9.0])
def test_radius_and_place_of_a_ball_whatever_the_spacing(step, radius) -> None:
    size = tuple(int(4.4 * radius / h) for h in step)
    middle = np.array(size) / 2 + RANDOM.uniform(-0.4, 0.4, 3)
    ball = drawn(size, middle, radius, step, fine=4)
    found = blobs_in(50 * ball, [0.3 * h for h in step], Blobs(radius_most_px=2 * radius))
    assert len(found) == 1
    assert found.radii_px[0] == pytest.approx(radius, rel=0.02)
    assert np.abs((found.places[0, ::-1] - middle) * step).max() < 0.2
    assert found.contrasts[0] == pytest.approx(50, rel=0.03)


def test_in_mm_it_is_as_large_as_it_is() -> None:
    pixels = drawn((60, 120), (30, 60), 10.0, (2.0, 1.0), fine=6)[None, ..., None]
    recording = replace(Recording.of(pixels), spacing_mm=(0.02, 0.01))
    points = apply(Blobs(), recording=recording)
    assert tuple(points.features) == ("radius_px", "radius_mm", "contrast_level", "response_level")
    assert points.rows("radius_mm") == pytest.approx([0.1], rel=0.02)
    assert points.coordinates[0] == pytest.approx(np.array([[60, 30]]), abs=0.1)


def scene(noise: float, count: int = 25, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Discs of radius 4 to 12 that stand apart, and their rows, columns and radii."""
    random = np.random.default_rng(seed)
    picture, discs = np.full((260, 300), 100.0), []
    while len(discs) < count:
        y, x, r = *random.uniform(20, 240, 2), random.uniform(4, 12)
        if all(np.hypot(y - b, x - a) > 1.5 * (r + s) + 4 for b, a, s in discs):
            discs.append((y, x, r))
            picture += 60 * drawn(picture.shape, (y, x), r, fine=3)
    return picture + random.normal(0, noise, picture.shape), np.array(discs)


@pytest.mark.parametrize("noise", [0.0, 3.0, 15.0])
def test_all_discs_are_found_and_nothing_else_also_in_noise(noise) -> None:
    picture, discs = scene(noise)
    found = blobs_in(picture)
    assert len(found) == len(discs)
    far = np.linalg.norm(found.places[:, None, ::-1] - discs[None, :, :2], axis=2)
    match = far.argmin(axis=1)
    assert len(set(match.tolist())) == len(discs)
    assert far.min(axis=1).max() < 0.3 + 0.03 * noise
    wrong = found.radii_px / discs[match, 2] - 1
    assert np.median(np.abs(wrong)) < 0.03


@pytest.mark.parametrize("noise", [1.0, 20.0])
def test_pure_noise_is_no_blob(noise) -> None:
    found = blobs_in(RANDOM.normal(100, noise, (300, 300)), how=Blobs(look="both"))
    assert len(found) <= 2
    volume = RANDOM.normal(100, noise, (30, 64, 64))
    assert len(blobs_in(volume, (2.5, 1.0, 1.0), Blobs(look="both"))) <= 2


@pytest.mark.parametrize("step", [(1.0, 1.0), (2.0, 1.0), (3.0, 1.0, 1.0)])
def test_how_strongly_noise_responds_is_known(step) -> None:
    size = (400, 400) if len(step) == 2 else (40, 100, 100)
    noise = RANDOM.normal(0, 1, size).astype(np.float32)
    variances = 2.0 * 2 ** (np.arange(7) / 2)
    for octave in octaves(noise, step, variances, "laplacian"):
        expected = noise_responses(octave.variances, step)
        inside = (slice(4, -4),) * len(size)
        found = [response[inside].std() for response in octave.responses]
        assert found == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.int32, np.float32, np.float64])
def test_the_type_of_the_levels_does_not_matter(dtype) -> None:
    picture = np.round(np.clip(scene(3.0)[0], 0, 255))
    expected, found = blobs_in(picture), blobs_in(picture.astype(dtype))
    assert np.allclose(found.places, expected.places, atol=1e-3)
    assert np.allclose(found.radii_px, expected.radii_px, rtol=1e-4)


SMALL = scene(3.0)[0][:120, :130]


@given(st.floats(1e-3, 1e4), st.floats(-1e5, 1e5), st.booleans())
@settings(max_examples=12)
def test_brighter_and_more_contrast_change_nothing(factor, offset, turned) -> None:
    picture = SMALL
    sign = -1 if turned else 1
    expected = blobs_in(picture)
    found = blobs_in(
        sign * factor * picture + offset, how=Blobs(look="dark" if turned else "bright")
    )
    assert np.allclose(found.places, expected.places, atol=1e-2)
    assert np.allclose(found.radii_px, expected.radii_px, rtol=1e-3)
    assert np.allclose(found.contrasts, sign * factor * expected.contrasts, rtol=1e-2)


def test_bright_dark_or_both() -> None:
    picture = 60 * drawn((80, 140), (40, 35), 9) - 60 * drawn((80, 140), (40, 100), 6)
    looks = {look: blobs_in(picture, how=Blobs(look=look)) for look in ("bright", "dark", "both")}
    assert [round(float(r)) for r in looks["bright"].radii_px] == [9]
    assert [round(float(r)) for r in looks["dark"].radii_px] == [6]
    assert sorted(np.round(looks["both"].contrasts)) == [-60, 60]


def test_edges_and_lines_are_no_blobs_though_they_answer() -> None:
    picture = np.zeros((120, 120))
    picture[:, 60:] = 100
    picture[20:23, :50] = 100
    picture += np.random.default_rng(4).normal(0, 1, picture.shape)
    found = blobs_in(picture)
    assert len(found) <= 2  # the line's ends are round
    assert len(blobs_in(picture, how=Blobs(round=0.0))) > len(found)


def test_of_one_disc_within_another_the_stronger_is_kept() -> None:
    picture = 80 * drawn((120, 120), (60, 60), 25) + 60 * drawn((120, 120), (60, 66), 6)
    assert blobs_in(picture).radii_px == pytest.approx([25], rel=0.05)
    both = blobs_in(picture, how=Blobs(overlap=1.0)).radii_px
    assert both == pytest.approx([25, 6], rel=0.05)


@pytest.mark.parametrize("by", ["laplacian", "determinant"])
def test_no_size_falls_between_two_grids(by) -> None:
    for radius in np.geomspace(2.2, 17, 40):
        middle = 40 + RANDOM.uniform(-2, 2, 2)
        found = blobs_in(drawn((80, 84), middle, radius, fine=3), how=Blobs(by=by))
        assert found.radii_px == pytest.approx([radius], rel=0.03)


def test_sizes_are_those_asked_for() -> None:
    picture = sum(50 * drawn((100, 220), (50, x), r) for x, r in ((30, 5), (85, 10), (165, 18)))
    radii = blobs_in(picture, how=Blobs(7.0, 14.0)).radii_px
    assert np.round(radii).tolist() == [10]


def test_a_hole_is_no_blob_and_hides_none() -> None:
    picture = 80 * drawn((90, 90), (45, 30), 8)
    picture[40:50, 65:75] = np.nan
    picture[10, 10] = np.inf
    found = blobs_in(picture, how=Blobs(look="both"))
    assert len(found) == 1
    assert found.radii_px[0] == pytest.approx(8, rel=0.02)


@pytest.mark.parametrize(
    "size", [(0, 5), (1, 1), (1, 40), (3, 3), (0, 0, 0), (1, 30, 30), (2, 9, 9)]
)
@pytest.mark.parametrize("fill", [0.0, 7.0, np.nan])
def test_where_nothing_is_nothing_is_found(size, fill) -> None:
    found = blobs_in(np.full(size, fill, np.float32))
    assert len(found) == 0
    assert found.places.shape == (0, len(size))


def test_a_volume_of_one_plane_is_a_picture() -> None:
    disc = drawn((60, 70), (28.3, 40.6), 7)
    flat, volume = blobs_in(disc), blobs_in(disc[None], (5.0, 1.0, 1.0))
    assert np.allclose(volume.radii_px, flat.radii_px)
    assert volume.places == pytest.approx(np.array([[*flat.places[0], 0.0]]))


def test_frames_channels_and_their_order() -> None:
    disc = 100 * drawn((50, 60), (24, 30), 7)
    pixels = np.stack([disc, 0 * disc, 0 * disc], axis=-1)[None].astype(np.uint8)
    colour = replace(Recording.of(pixels), channels=("red", "green", "blue"))
    points = apply(Blobs(), recording=colour)
    assert points.rows("contrast_level") == pytest.approx([29.9], rel=0.02)
    assert apply(Blobs(channel="green"), recording=colour).counts.tolist() == [0]
    with pytest.raises(Refusal, match="no channel 'far red'"):
        apply(Blobs(channel="far red"), recording=colour)
    hidden = replace(Recording.of(pixels[..., :2]), channels=("luma", "alpha"))
    assert apply(Blobs(), recording=hidden).rows("contrast_level") == pytest.approx([100], rel=0.02)
    with pytest.raises(Refusal, match="3 channels, and none is chosen"):
        apply(Blobs(), recording=Recording.of(pixels))


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(Refusal, match="below radius_least_px"):
        Blobs(9.0, 5.0).outline(recording=spec_of(Recording.of(np.zeros((1, 9, 9, 1)))))


@given(st.floats(0.2, 5.0), st.floats(0.2, 5.0), st.floats(0.0, 11.0), st.sampled_from([2, 3]))
@settings(max_examples=25)
def test_shared_parts_are_those_counted_by_throwing_darts(a, b, apart, axes) -> None:
    small, large = min(a, b), max(a, b)
    darts = np.random.default_rng(1).uniform(-small, small, (60_000, axes))
    darts = darts[(darts**2).sum(axis=1) <= small**2]
    darts[:, 0] -= apart
    expected = np.mean((darts**2).sum(axis=1) <= large**2)
    found = shared_part(np.array([apart]), np.array([a]), np.array([b]), axes)[0]
    assert found == pytest.approx(expected, abs=0.015)


@given(st.integers(0, 60), st.sampled_from([2, 3]), st.floats(0.0, 1.0), st.integers(0, 9))
def test_those_that_stand_apart_are_the_ones_a_slow_search_keeps(
    count, axes, overlap, seed
) -> None:
    random = np.random.default_rng(seed)
    places, radii = random.uniform(0, 60, (count, axes)), random.uniform(0.5, 8, count)
    strength = random.integers(1, 9, count).astype(float)
    kept: list[int] = []
    for k in np.argsort(-strength, kind="stable").tolist():
        apart = np.linalg.norm(places[kept] - places[k], axis=1)
        near = np.full(len(kept), radii[k])
        twice = (apart < SAME * np.minimum(radii[kept], near)) & (
            np.abs(radii[kept] - near) < SAME * np.minimum(radii[kept], near)
        )
        if not ((shared_part(apart, radii[kept], near, axes) > overlap) | twice).any():
            kept.append(k)
    found = standing_apart(places, radii, strength, overlap)
    assert np.flatnonzero(found).tolist() == sorted(kept)
