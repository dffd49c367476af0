from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ethoframe import data
from ethoframe.contract import spec_of
from ethoframe.data import Frames, Refusal, Tracks, Transform
from ethoframe.data.lens import Lens
from ethoframe.methods.detect.arena import Arena
from ethoframe.methods.detect.arenas import Arenas
from ethoframe.run import apply
from ethoframe.testing.scenes import RACKS as RENDERED
from ethoframe.testing.scenes import SCENES, Scene
from ethoframe.testing.scenes.rack import Rack

ALWAYS = ((0.0, float("inf")),)
ELSEWHERE = ((60, 40), (600, 70), (580, 450), (30, 430))
SCENES_WITH_WALLS = {
    "square": SCENES["open_field"],
    "shaded": SCENES["shaded_drift"],
    "noisy": SCENES["noisy"],
    "cluttered": SCENES["cluttered"],
    "slanted": SCENES["slanted"],
    "aslant and aside": replace(SCENES["open_field"], corners_px=ELSEWHERE),
    "small picture": replace(SCENES["open_field"], size=(240, 320)),
    "circle": SCENES["circle"],
    "cluttered circle": replace(SCENES["circle"], clutter=4, shading=0.3),
}


def image(level: np.ndarray) -> Frames:
    pixels = np.stack([level, np.ones_like(level)], axis=-1)[None].astype(np.float32)
    return Frames(pixels, np.array([0]), np.array([0.0]), ("level", "noise"))


def found(scene: Scene, **parameters) -> data.Arena:
    """The floor of a scene, from its empty picture and a path all over it."""
    empty = replace(scene, hidden=ALWAYS).image(0).astype(float)
    return apply(Arena(**parameters), background=image(empty), tracks=all_over(scene.arena()))


def all_over(floor: data.Arena) -> Tracks:
    """An animal that goes everywhere but next to the walls."""
    points = np.random.default_rng(7).uniform(0, 1, (3000, 2))
    if floor.shape == "circle":
        points = points[np.hypot(*(points - 0.5).T) < 0.5]
        low, high = floor.outline.min(axis=0), floor.outline.max(axis=0)
        middle, places = (low + high) / 2, low + points * (high - low)
    else:
        middle, places = floor.outline.mean(axis=0), floor.from_sides.apply(points)
    return Tracks.of(middle + 0.88 * (places - middle), np.arange(len(points)) / 30)


def length_mm(floor: data.Arena, tracks: Tracks) -> float:
    """Of the path on the floor."""
    step = np.diff(floor.to_floor.apply(tracks.at("centroid")), axis=0)
    return float(np.hypot(*step.T).sum())


def boxed(corners, size=(240, 320)) -> data.Arena:
    """The answer for a bright rectangle on a dark ground that an animal walks all over."""
    (left, top), (right, bottom) = corners
    level = np.full(size, 60.0)
    level[top : bottom + 1, left : right + 1] = 200.0
    return apply(Arena(side_mm=400.0), background=image(level), tracks=wandering(corners))


def wandering(corners, inset=12.0) -> Tracks:
    low, high = np.array(corners[0]) + inset, np.array(corners[1]) - inset
    points = np.random.default_rng(3).uniform(low, high, (4000, 2))
    return Tracks.of(points, np.arange(4000) / 30)


@pytest.mark.parametrize("name", [n for n in SCENES_WITH_WALLS if "circle" not in n])
def test_a_rectangle_is_found_by_its_corners(name) -> None:
    scene = SCENES_WITH_WALLS[name]
    floor = found(scene, side_mm=400.0)
    assert (floor.shape, floor.source) == ("rectangle", "detected")
    off = np.hypot(*(floor.outline - scene.arena().outline).T)
    assert off.max() < 0.0016 * max(scene.size)
    assert floor.residual_mm < 1.0


@pytest.mark.parametrize("name", ["circle", "cluttered circle"])
def test_a_circle_is_found_by_middle_and_diameter(name) -> None:
    scene = SCENES_WITH_WALLS[name]
    floor, truth = found(scene, side_mm=400.0), scene.arena()
    assert (floor.shape, floor.source) == ("circle", "detected")
    assert floor.outline.mean(axis=0) == pytest.approx(truth.outline.mean(axis=0), abs=1.0)
    assert np.ptp(floor.outline) == pytest.approx(np.ptp(truth.outline), abs=2.0)


@pytest.mark.parametrize("name", SCENES_WITH_WALLS)
def test_distances_on_the_floor_are_right(name) -> None:
    scene = SCENES_WITH_WALLS[name]
    floor, tracks = found(scene, side_mm=400.0, other_side_mm=400.0), all_over(scene.arena())
    assert length_mm(floor, tracks) == pytest.approx(length_mm(scene.arena(), tracks), rel=0.003)


Y, X = np.indices((240, 320))
NOWHERE = {
    "flat": np.full((240, 320), 120.0),
    "noisy": 120 + np.random.default_rng(1).normal(0, 1, (240, 320)),
    "under a lamp": 160 - ((X - 160.0) ** 2 + (Y - 120.0) ** 2) / 1000,
    "beside a window": 100 + 0.2 * X,
}


@pytest.mark.parametrize("name", NOWHERE)
@pytest.mark.parametrize("width", [None, 16.0])
def test_where_no_floor_is_to_be_seen_the_path_stands_in(name, width) -> None:
    tracks = wandering([(50, 40), (250, 200)], inset=0.0)
    if width:
        tracks = replace(tracks, features={"minor_px": np.full((4000, 1), width)})
    floor = apply(Arena(), background=image(NOWHERE[name]), tracks=tracks)
    margin = (width or 0) / 2
    assert floor.source == "explored"
    assert floor.outline.min(axis=0) == pytest.approx([50 - margin, 40 - margin], abs=3)
    assert floor.outline.max(axis=0) == pytest.approx([250 + margin, 200 + margin], abs=3)


def test_a_shape_that_was_not_asked_for_is_not_found() -> None:
    assert found(SCENES["circle"], shape="rectangle").source == "explored"
    assert found(SCENES["open_field"], shape="circle").source == "explored"


def test_without_a_side_there_is_no_scale() -> None:
    floor = found(SCENES["open_field"])
    assert floor.sides_mm is None
    assert floor.to_floor is None
    assert np.isnan(floor.residual_mm)


def test_one_side_is_that_of_a_square() -> None:
    for scene in (SCENES["open_field"], SCENES["slanted"], SCENES["circle"]):
        assert found(scene, side_mm=400.0).sides_mm == (400.0, 400.0)
    assert boxed([(40, 20), (260, 220)]).sides_mm == (400.0, 400.0)


@pytest.mark.parametrize(
    ("corners", "sides_mm"),
    [([(20, 60), (299, 199)], (400.0, 200.0)), ([(100, 20), (199, 219)], (200.0, 400.0))],
)
def test_one_side_of_what_is_plainly_no_square_is_the_longer_one(corners, sides_mm) -> None:
    assert boxed(corners).sides_mm == pytest.approx(sides_mm, rel=0.02)


def test_both_sides_are_as_told() -> None:
    floor = found(SCENES["open_field"], side_mm=600.0, other_side_mm=400.0)
    assert floor.sides_mm == (600.0, 400.0)


def test_tracks_that_are_on_the_floor_already_are_refused() -> None:
    scene = Scene(duration_s=1.0)
    specs = {"background": spec_of(image(np.ones((4, 4)))), "tracks": spec_of(scene.truth_mm())}
    with pytest.raises(Refusal, match="pixels"):
        Arena().outline(**specs)


def test_an_animal_that_was_never_seen_has_no_floor() -> None:
    nobody = Tracks.of(np.full((5, 2), np.nan), np.arange(5) / 30)
    with pytest.raises(Refusal, match="never seen"):
        apply(Arena(), background=image(np.full((60, 80), 120.0)), tracks=nobody)


def rack(**scene) -> Rack:
    """Four floors with walls on a dark shelf."""
    scenes = (Scene(size=(220, 220), seed=50 + n, duration_s=20.0, **scene) for n in range(4))
    return Rack("rack", tuple(scenes), columns=2)


RACKS = {
    "two": RENDERED["two_arenas"],
    "four": RENDERED["four_arenas"],
    "circles": rack(shape="circle"),
    "bedding": rack(contrast=0.2, texture=0.04, surface="bedding"),
    "cluttered": rack(clutter=6),
}


@pytest.mark.parametrize("name", RACKS)
def test_in_the_window_of_an_arena_the_floor_is_found_not_the_rim_of_its_walls(name) -> None:
    """The edge between walls and shelf is clearer than that between floor and walls."""
    truth = RACKS[name]
    empty = replace(truth, scenes=tuple(replace(s, hidden=ALWAYS) for s in truth.scenes))
    level = empty.image(0).astype(float)
    arenas = apply(Arenas(count=len(truth.scenes)), background=image(level))
    for each, window in arenas.windows(truth.size).items():
        here = Transform.moving(-window.left, -window.top)
        true = truth.arenas()[each].mapped(here)
        floor = apply(Arena(), background=image(level[window.slices]), tracks=all_over(true))
        assert (floor.shape, floor.source) == (true.shape, "detected")
        assert floor.outline.mean(axis=0) == pytest.approx(true.outline.mean(axis=0), abs=1.0)
        assert np.ptp(floor.outline, axis=0) == pytest.approx(np.ptp(true.outline, axis=0), abs=1.5)


def test_walls_seen_all_round_are_kept_apart_from_the_floor() -> None:
    level = np.full((240, 320), 40.0)
    level[20:221, 50:271] = 120.0  # walls, seen from above
    level[50:191, 80:241] = 200.0
    floor = apply(
        Arena(), background=image(level), tracks=wandering([(80, 50), (240, 190)], inset=20.0)
    )
    assert floor.outline[[0, 2]] == pytest.approx(np.array([[79.5, 49.5], [240.5, 190.5]]), abs=0.3)
    assert floor.walls[[0, 2]] == pytest.approx(np.array([[49.5, 19.5], [270.5, 220.5]]), abs=0.3)
    assert found(SCENES["open_field"]).walls is None


@pytest.mark.parametrize("corner", [(60, 30), (60, 120), (180, 100)])
@pytest.mark.parametrize("what", ["lines", "halves", "things"])
def test_what_is_on_the_floor_is_no_edge_of_it(what, corner) -> None:
    """Not even where the animal keeps to one corner."""
    level = np.full((240, 320), 60.0)
    level[20:220, 50:270] = 200.0
    if what == "lines":
        level[20:220, [105, 160, 215]] = 120.0
        level[[70, 120, 170], 50:270] = 120.0
    elif what == "halves":
        level[20:220, 160:270] = 140.0
    else:
        for top, left in ((50, 80), (50, 200), (160, 80), (160, 200)):
            level[top : top + 25, left : left + 25] = 60.0
    level += np.random.default_rng(1).normal(0, 1, level.shape)
    stay = wandering([corner, (corner[0] + 70, corner[1] + 80)], inset=0.0)
    floor = apply(Arena(), background=image(level), tracks=stay)
    expected = np.array([[49.5, 19.5], [269.5, 219.5]])
    assert floor.source == "detected"
    assert floor.outline[[0, 2]] == pytest.approx(expected, abs=1.0)


def seen_through(scene: Scene, term: float) -> tuple[Frames, Tracks]:
    """The scene, and a path in it, through a lens."""
    lens = Lens.of_picture(term, scene.size)
    empty = replace(scene, hidden=ALWAYS).image(0).astype(np.float32)
    y, x = np.indices(scene.size)
    straight = lens.straightened(np.stack([x, y], axis=-1)).astype(np.float32)
    bent = cv2.remap(
        empty, straight[..., 0], straight[..., 1], cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    path = all_over(scene.arena())
    position = np.moveaxis(lens.bent(np.moveaxis(path.position, 1, -1)), -1, 1)
    return image(bent), replace(path, position=position)


@pytest.mark.parametrize("name", ["square", "slanted", "aslant and aside", "cluttered"])
@pytest.mark.parametrize("term", [-0.25, -0.1, 0.1])
def test_a_lens_is_told_by_the_sides_that_it_bends(name, term) -> None:
    scene = SCENES_WITH_WALLS[name]
    background, tracks = seen_through(scene, term)
    found_ = Arena(side_mm=400.0, other_side_mm=400.0, lens=True)
    floor = apply(found_, background=background, tracks=tracks)
    assert floor.lens.term == pytest.approx(term, rel=0.1)
    assert floor.residual_mm < 0.5
    true_mm = length_mm(scene.arena(), all_over(scene.arena()))
    assert length_mm(floor, tracks) == pytest.approx(true_mm, rel=0.005)
    without = apply(replace(found_, lens=False), background=background, tracks=tracks)
    assert without.lens is None
    assert without.residual_mm > 2 * floor.residual_mm


def test_where_nothing_is_bent_the_lens_is_none_to_speak_of() -> None:
    floor = found(SCENES["open_field"], lens=True)
    assert abs(floor.lens.term) < 0.005
    assert found(SCENES["circle"], lens=True).lens is None


def test_in_a_window_the_lens_is_that_of_the_whole_picture() -> None:
    scene = replace(SCENES["open_field"], corners_px=((30, 30), (330, 40), (320, 330), (40, 320)))
    background, tracks = seen_through(scene, -0.25)
    cropped = replace(background, pixels=background.pixels[:, 10:360, 5:365])
    (height, width), radius = scene.size, float(np.hypot(*scene.size) / 2)
    method = Arena(
        side_mm=400.0, lens=True,
        lens_x_px=(width - 1) / 2 - 5, lens_y_px=(height - 1) / 2 - 10, lens_radius_px=radius,
    )  # fmt: skip
    here = tracks.mapped(Transform.moving(-5, -10))
    floor = apply(method, background=cropped, tracks=here)
    assert floor.lens.term == pytest.approx(-0.25, rel=0.1)
    true_mm = length_mm(scene.arena(), all_over(scene.arena()))
    assert length_mm(floor, here) == pytest.approx(true_mm, rel=0.005)
