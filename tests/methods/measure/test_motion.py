from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Arena, Episodes, Measures, Tracks
from ethoframe.methods.clean.smooth import Smooth
from ethoframe.methods.measure.motion import Motion
from ethoframe.run import apply
from ethoframe.testing.scaling import Scale

RATE = 30.0
LONG = 60.0  # mm from rump to nose


def times(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * RATE) + 1) / RATE


def walk(points: np.ndarray, unit="mm") -> Tracks:
    return replace(Tracks.of(points, np.arange(len(points)) / RATE), unit=unit)


def line(speed=50.0, seconds=20.0) -> Tracks:
    return walk(speed * times(seconds)[:, None] * [0.6, 0.8])


def circle(turns: float, radius=100.0, seconds=20.0) -> Tracks:
    """Rounds to the animal's right when positive: y runs down, so angles grow clockwise."""
    angle = 2 * np.pi * turns * np.linspace(0, 1, len(times(seconds)))
    centre = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ahead = np.sign(turns) * LONG / 2 * np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    return with_ends(centre, ahead)


def with_ends(centre: np.ndarray, ahead: np.ndarray) -> Tracks:
    position = np.stack([centre, centre + ahead, centre - ahead], axis=2)[..., None]
    seen, count = np.isfinite(position).all(axis=1).astype(float), len(centre)
    keypoints = ("centroid", "head_end", "tail_end")
    clock = np.arange(count) / RATE
    return Tracks(position, seen, np.arange(count), clock, keypoints, unit="mm")


def without(tracks: Tracks, gone: slice) -> Tracks:
    position = tracks.position.copy()
    position[gone] = np.nan
    return replace(tracks, position=position)


def measured(
    tracks: Tracks, *, bin_s=0.0, activity=None, arena=None, raw=None, events=None, **parameters
) -> Measures:
    given = {"activity": activity, "arena": arena, "raw": raw, "events": events}
    known = {name: noun for name, noun in given.items() if noun is not None}
    return apply(Motion(bin_s=bin_s, **parameters), tracks=tracks, **known)


def binned(measures: Measures, quantity: str) -> list[float]:
    """Values of the bins, without the whole session."""
    rows = [row for row in measures.rows if row.quantity == quantity]
    return [row.value for row in rows[1:]]


# Paths whose numbers follow from their shape.


def test_a_straight_line() -> None:
    m = measured(line(speed=50.0, seconds=20.0))
    assert m.value("distance") == pytest.approx(1000.0)
    for name in ("mean speed", "median speed", "top speed"):
        assert m.value(name) == pytest.approx(50.0)
    assert m.value("tortuosity") == pytest.approx(1.0)
    assert m.row("distance").unit == "mm"
    assert m.row("mean speed").unit == "mm/s"


def test_a_circle() -> None:
    m = measured(circle(turns=2, radius=100.0, seconds=20.0))
    assert m.value("distance") == pytest.approx(2 * 2 * np.pi * 100, rel=1e-3)
    # In 2 s it goes a fifth of a round.
    arc = 2 * np.pi / 5
    assert m.value("tortuosity") == pytest.approx(arc / (2 * np.sin(arc / 2)), rel=1e-3)


def test_a_square() -> None:
    corners = np.array([[0, 0], [100, 0], [100, 100], [0, 100], [0, 0]], float)
    at = np.linspace(0, 4, 121)
    points = np.stack([np.interp(at, range(5), column) for column in corners.T], axis=1)
    m = measured(walk(points), stretch_s=2.0)
    assert m.value("distance") == pytest.approx(400.0)
    # Two sides in two seconds, which are the diagonal apart.
    assert m.value("tortuosity") == pytest.approx(np.sqrt(2))


def test_standing_still() -> None:
    m = measured(walk(np.ones((300, 2))))
    for name in ("distance", "mean speed", "median speed", "top speed"):
        assert m.value(name) == 0
    assert np.isnan(m.value("tortuosity"))
    assert m.value("explored area") == 25.0**2


def test_top_speed_is_of_stretches_and_not_of_single_steps() -> None:
    speed = np.full(3000, 10.0)
    speed[1000:1300] = 200.0  # a tenth of the time
    speed[2000] = 9000.0  # one step
    m = measured(walk(np.cumsum(speed / RATE)[:, None] * [1, 0]))
    assert m.value("top speed") == pytest.approx(200.0)


def test_explored_area_is_that_of_the_cells_it_came_through() -> None:
    x = np.arange(0.5, 400, 1.0)
    m = measured(walk(np.stack([x, np.full(400, 5.0)], axis=1)), cell_mm=25.0)
    assert m.value("explored area") == pytest.approx(400 / 25 * 25**2)
    assert m.row("explored area").unit == "mm2"


# Time: gaps, bins, activity.


def test_a_step_across_a_gap_counts_for_nothing() -> None:
    tracks = without(line(speed=30.0, seconds=20.0), slice(100, 200))
    m = measured(tracks)
    assert m.value("distance") == pytest.approx(600.0 - 101)
    # Before and after the gap, less than one movement each does not count.
    assert m.value("mean speed") == pytest.approx(30.0, rel=0.01)


def test_a_jump_in_time_is_a_gap() -> None:
    tracks = line(speed=30.0, seconds=20.0)
    later = tracks.times_s + np.where(np.arange(len(tracks)) >= 300, 5.0, 0.0)
    assert measured(replace(tracks, times_s=later)).value("distance") == pytest.approx(599.0)


def test_a_bin_has_the_steps_that_begin_in_it() -> None:
    m = measured(line(speed=30.0, seconds=20.0), bin_s=8.0)
    assert binned(m, "distance") == pytest.approx([240.0, 240.0, 120.0])
    assert binned(m, "mean speed") == pytest.approx([30.0] * 3, rel=0.03)


@given(st.integers(0, 99), st.floats(0.5, 9), st.lists(st.integers(0, 190), max_size=5))
def test_bins_add_up_to_the_whole(seed, bin_s, gone) -> None:
    points = np.random.default_rng(seed).normal(0, 5, (200, 2)).cumsum(axis=0)
    points[gone] = np.nan
    activity = Episodes.of("moving", np.array([[0.3, 2.1], [4.0, 5.5]]), np.array([[0.0, 6.0]]))
    m = measured(walk(points), bin_s=bin_s, activity=activity)
    for quantity in ("distance", "distance, corrected", "time moving"):
        parts = binned(m, quantity) or [m.value(quantity)]
        assert np.nansum(parts) == pytest.approx(m.value(quantity))


def test_time_moving_is_that_of_the_activity() -> None:
    support = np.array([[0.0, 12.0], [14.0, 20.0]])
    moving = Episodes.of("moving", np.array([[1.0, 4.0], [15.0, 16.0]]), support)
    immobile = Episodes.of("immobile", np.array([[4.0, 12.0], [16.0, 20.0]]), support)
    m = measured(line(), activity=Episodes.merged([moving, immobile]), bin_s=5.0)
    assert m.value("time moving") == pytest.approx(4.0)
    assert m.value("time immobile") == pytest.approx(12.0)
    assert binned(m, "time moving") == pytest.approx([3, 0, 0, 1, np.nan], nan_ok=True)


def test_nobody_seen_nothing_known() -> None:
    m = measured(walk(np.full((30, 2), np.nan)), bin_s=0.5)
    assert all(np.isnan(row.value) for row in m.rows)


# The interval of the distance.


@pytest.mark.parametrize("noise_mm", [0.1, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("resting", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("smooth", [False, True])
def test_noise_makes_a_path_longer_and_the_interval_holds_the_truth(
    noise_mm, resting, smooth
) -> None:
    random = np.random.default_rng(5)
    heading = np.convolve(random.normal(0, 0.15, 9000).cumsum(), np.ones(15) / 15, "same")
    pace = np.where(times(299.99)[:9000] % 10 < 10 * resting, 0.0, 80.0)
    points = np.cumsum(pace / RATE * np.stack([np.cos(heading), np.sin(heading)]), axis=1).T
    truth = np.hypot(*np.diff(points, axis=0).T).sum()
    tracks = walk(points + random.normal(0, noise_mm, points.shape))
    row = measured(apply(Smooth(), tracks=tracks) if smooth else tracks).row("distance")
    # Smoothing cuts corners by less than a thousandth; in noise of millimetres, one chord in some
    # hundred is longer by chance.
    assert row.low <= 1.002 * truth
    assert truth <= 1.001 * row.high
    assert row.low > (0.97 if smooth or noise_mm <= 1 else 0.8) * truth


def test_without_noise_the_interval_is_narrow() -> None:
    row = measured(circle(turns=2)).row("distance")
    assert 0.97 * row.value < row.low <= row.value == row.high


def test_a_floor_whose_edge_is_unsure_makes_the_scale_unsure() -> None:
    corners = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 200.0], [0.0, 200.0]])
    arena = Arena("rectangle", corners, (400.0, 400.0), residual_mm=0.0)
    tracks = replace(line(), px_per_unit=0.5)
    sure, unsure = (
        measured(tracks, arena=arena, edge_px=edge).row("distance") for edge in (0.0, 2.0)
    )
    assert sure.value == unsure.value == pytest.approx(sure.high)
    # Two edges of a side of 200 px, each 2 px off at most, in independent ways.
    assert unsure.high / sure.high == pytest.approx(1 + np.sqrt(2) * 2 / 200)
    assert unsure.low / sure.low == pytest.approx(1 - np.sqrt(2) * 2 / 200)


# Three distances.


def test_a_movement_counts_once_it_is_far_enough_from_the_last_place() -> None:
    x = np.array([0.0, 1.5, 3.0, 2.0, 4.9, 5.1, 5.1, 4.0, 3.0, 2.9])
    m = measured(walk(np.stack([x, 0 * x], axis=1)), least_mm=2.0)
    # To 3.0, then to 5.1, then back to 3.0: 4.9 and 4.0 are not far enough.
    assert m.value("distance, corrected") == pytest.approx(3.0 + 2.1 + 2.1)
    assert m.value("mean speed") == pytest.approx(7.2 / (9 / RATE))
    assert m.row("mean speed").unit == "mm/s"


def test_jitter_of_an_animal_that_stays_is_no_corrected_distance() -> None:
    random = np.random.default_rng(2)
    m = measured(walk(random.normal(0, 0.3, (3000, 2))), least_mm=2.0)
    assert m.value("distance") > 1000
    assert m.value("distance, corrected") == m.row("distance, corrected").low == 0


def test_the_place_after_a_gap_counts_as_the_last() -> None:
    tracks = without(line(speed=300.0, seconds=2.0), slice(20, 40))
    assert measured(tracks).value("distance, corrected") == pytest.approx(190 + 200)


@pytest.mark.parametrize("step", [2, 3])
def test_the_corrected_distance_does_not_depend_on_the_frame_rate(step) -> None:
    random = np.random.default_rng(6)
    heading = np.convolve(random.normal(0, 0.15, 9000).cumsum(), np.ones(15) / 15, "same")
    pace = np.where(times(299.99)[:9000] % 10 < 6, 0.0, 80.0)
    points = np.cumsum(pace / RATE * np.stack([np.cos(heading), np.sin(heading)]), axis=1).T
    tracks = walk(points + random.normal(0, 0.3, points.shape))
    all_frames, some = measured(tracks), measured(tracks.take(slice(None, None, step)))
    for name in ("distance, corrected", "mean speed"):
        assert some.value(name) == pytest.approx(all_frames.value(name), rel=0.02)
    # Without the rule it does.
    assert some.value("distance") < 0.9 * all_frames.value("distance")


def test_noise_and_scale_widen_the_interval_of_corrected_distance_and_mean_speed() -> None:
    corners = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 200.0], [0.0, 200.0]])
    arena = Arena("rectangle", corners, (400.0, 400.0), residual_mm=0.0)
    tracks = replace(line(), px_per_unit=0.5)
    m = measured(tracks, arena=arena, edge_px=2.0)
    off = np.sqrt(2) * 2 / 200
    assert m.value("scale uncertainty") == pytest.approx(100 * off)
    for name in ("distance, corrected", "mean speed"):
        row = m.row(name)
        assert (row.low, row.high) == pytest.approx((row.value * (1 - off), row.value * (1 + off)))
    noisy = tracks.position + np.random.default_rng(1).normal(0, 0.3, tracks.position.shape)
    row = measured(replace(tracks, position=noisy)).row("distance, corrected")
    # Noise makes movements longer: what it adds is taken out below. They are straight.
    assert row.low < 0.993 * row.value
    assert row.low == pytest.approx(1000.0, rel=0.01)


def test_the_raw_distance_is_that_of_the_tracks_before_smoothing() -> None:
    tracks = line(speed=50.0, seconds=20.0)
    jumping = tracks.position + np.array([0.0, 1.0])[:, None, None] * (-1.0) ** np.arange(
        len(tracks)
    ).reshape(-1, 1, 1, 1)
    m = measured(tracks, raw=replace(tracks, position=jumping))
    assert m.value("distance") == pytest.approx(1000.0)
    step = np.hypot(50 / RATE * 0.6, 50 / RATE * 0.8 + 2), np.hypot(1.0, 50 / RATE * 0.8 - 2)
    assert m.value("distance, raw") == pytest.approx(sum(step) * 300)
    assert "distance, raw" not in {row.quantity for row in measured(tracks).rows}


def test_pixels_have_no_corrected_distance() -> None:
    m = measured(replace(line(), unit="px"))
    assert np.isnan(m.value("distance, corrected"))
    assert "--scale" in m.row("distance, corrected").definition


@pytest.mark.parametrize(
    "quantity", ["distance", "distance, corrected", "mean speed", "median speed", "top speed"]
)
def test_a_definition_names_the_keypoint(quantity) -> None:
    renamed = replace(line(), keypoints=("nose",))
    assert "nose" in measured(renamed, keypoint="nose").row(quantity).definition


def test_a_definition_tells_of_smoothing() -> None:
    tracks = line()
    assert "not smoothed" in measured(tracks).row("distance").definition
    smooth = apply(Smooth(span_s=0.3), tracks=tracks)
    m = measured(smooth, raw=tracks)
    for quantity in ("distance", "distance, corrected", "top speed", "median speed"):
        assert "smoothed over 0.3 s" in m.row(quantity).definition
    assert "not smoothed" in m.row("distance, raw").definition


def test_a_definition_is_the_same_for_every_animal() -> None:
    """Numbers of one recording have no place in it: tables over many would not fit."""
    one, other = (
        {row.quantity: row.definition for row in measured(tracks).rows}
        for tracks in (circle(2), without(circle(-5, radius=70.0), slice(20, 90)))
    )
    assert one == other


# During events.


def test_each_event_and_all_of_its_name_have_numbers() -> None:
    speed = np.where(times(20)[:-1] % 10 < 5, 30.0, 60.0)
    tracks = walk(np.cumsum(np.append(0.0, speed / RATE))[:, None] * [1, 0])
    tone = Episodes.of("tone", np.array([[5.0, 8.0], [15.0, 17.0]]), np.array([[0.0, 20.0]]))
    m = measured(tracks, events=tone)
    assert m.value("distance") == pytest.approx(900.0)
    for during, seconds in (("tone 1", 3), ("tone 2", 2), ("tone", 5)):
        assert m.value("distance", during) == pytest.approx(60.0 * seconds, rel=0.02)
        assert m.value("median speed", during) == pytest.approx(60.0)
        assert m.row("distance", during).during == during
    assert m.value("distance", "interval 1") == pytest.approx(150.0, rel=0.02)
    assert m.value("distance", "interval") == pytest.approx(900.0 - 300.0, rel=0.02)


def test_an_event_outside_the_session_is_told_and_not_known() -> None:
    late = Episodes.of("cue", np.array([[100.0, 110.0]]), np.array([[0.0, 200.0]]))
    m = measured(line(), events=late)
    assert np.isnan(m.value("distance", "cue"))
    assert m.row("distance", "cue").bin_start_s == 100.0


# Laws.

SEEDS = st.integers(0, 99)


def wandering(seed: int) -> Tracks:
    random = np.random.default_rng(seed)
    heading = random.normal(0, 0.3, 300).cumsum()
    ahead = LONG / 2 * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    return with_ends(np.cumsum(random.uniform(0, 0.2, 300)[:, None] * ahead, axis=0), ahead)


@given(SEEDS, st.floats(-np.pi, np.pi), st.floats(-500, 500))
def test_it_does_not_matter_where_and_which_way_the_floor_lies(seed, angle, offset) -> None:
    tracks = wandering(seed)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    position = np.einsum("ab,tbki->taki", turn, tracks.position) + offset
    one, other = measured(tracks), measured(replace(tracks, position=position))
    # But for the grid of the cells, which does not turn with it.
    for row in one.rows:
        if row.quantity != "explored area":
            assert other.value(row.quantity) == pytest.approx(row.value, nan_ok=True)


@given(SEEDS)
def test_in_a_mirror_it_is_as_far(seed) -> None:
    tracks = wandering(seed)
    mirrored = replace(tracks, position=tracks.position * np.array([-1, 1])[:, None, None])
    one, other = measured(tracks), measured(mirrored)
    assert one.value("distance") == pytest.approx(other.value("distance"))


@given(SEEDS, st.sampled_from([0.25, 3.0]))
def test_a_longer_ruler_and_a_faster_clock(seed, factor) -> None:
    tracks, scale = wandering(seed), Scale(mm=factor, s=2.0)
    answer = apply(scale.method(Motion(bin_s=3.0)), tracks=scale.noun(tracks))
    for row, other in zip(scale.noun(measured(tracks, bin_s=3.0)).rows, answer.rows, strict=True):
        assert other.value == pytest.approx(row.value, nan_ok=True)
        assert other.low == pytest.approx(row.low, nan_ok=True)


@given(SEEDS)
def test_body_lengths_are_millimetres_by_another_ruler(seed) -> None:
    tracks = wandering(seed)
    in_bl = replace(tracks, position=tracks.position / LONG, unit="bl", px_per_unit=30.0)
    mm = measured(tracks, cell_mm=0.3 * LONG, least_mm=0.025 * LONG)
    bl = measured(in_bl, cell_bl=0.3, least_bl=0.025)
    for row, other in zip(mm.rows, bl.rows, strict=True):
        power = {"mm": 1, "mm/s": 1, "mm2": 2}.get(row.unit, 0)
        assert other.unit == row.unit.replace("mm", "bl")
        assert other.value * LONG**power == pytest.approx(row.value, nan_ok=True)


@given(st.integers(0, 99), st.sampled_from([0.5, 2.0, 20.0]), st.sampled_from([0.0, 0.1]))
def test_movements_count_as_the_rule_says_it(seed, least_mm, lost) -> None:
    random = np.random.default_rng(seed)
    points = random.normal(0, 2, (200, 2)).cumsum(axis=0)
    points[random.random(200) < lost] = np.nan
    far, place = 0.0, np.full(2, np.nan)
    for before, here in pairwise(points):
        if np.isfinite(before).all() and np.isfinite(here).all():
            place = place if np.isfinite(place).all() else before
            away = np.hypot(*(here - place))
            if away > least_mm:
                far, place = far + away, here
        else:
            place = here
    told = measured(walk(points), least_mm=least_mm).value("distance, corrected")
    assert told == pytest.approx(far)


def test_measures_that_jitter_moves_are_named() -> None:
    """What stands still half of the time goes further by its jitter alone."""
    t = np.arange(0, 60, 1 / RATE)
    x = np.cumsum(np.where(t % 10 < 5, 60.0, 0.0)) / RATE
    points = np.stack([x, np.zeros(len(t))], axis=1)
    clean = measured(walk(points))
    assert clean.cautions == ()
    noisy = walk(points + np.random.default_rng(2).normal(0, 0.25, points.shape))
    found = measured(noisy)
    (line,) = found.cautions
    assert "distance roughly by" in line
    assert "distance, corrected" not in line
    assert line.endswith("smooth the tracks first (clean/smooth)")
    told = float(line.split("distance roughly by ")[1].split("%")[0]) / 100
    true = 1 - clean.value("distance") / found.value("distance")
    assert 0.4 < told / true < 2.5
    assert measured(replace(noisy, smoothed_s=0.2)).cautions == ()


def test_without_a_scale_lengths_are_in_body_lengths_where_they_are_known() -> None:
    nose, tail = line().at("centroid"), line().at("centroid") - [30.0, 40.0]
    position = np.stack([nose, tail], axis=2)[..., None]
    t = line().times_s
    seen, names = np.ones((len(t), 2, 1)), ("nose", "tail_base")
    m = measured(Tracks(position, seen, np.arange(len(t)), t, names), keypoint="nose")
    assert m.row("distance").unit == "bl"
    assert m.value("distance") == pytest.approx(measured(line()).value("distance") / 50)
    assert m.value("distance, corrected") > 0


def test_the_sides_of_an_arena_are_a_scale() -> None:
    corners = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 200.0], [0.0, 200.0]])
    arena = Arena("rectangle", corners, (400.0, 400.0))
    m = measured(replace(line(), unit="px"), arena=arena)
    assert m.row("distance").unit == "mm"
    assert m.value("distance") == pytest.approx(2 * measured(line()).value("distance"))
