from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from ethoframe.data import Frames, LabelMap, Recording, Values
from ethoframe.methods.segment.silhouette import Silhouette
from ethoframe.methods.summarise.appearance import Appearance
from ethoframe.methods.summarise.background import Background
from ethoframe.run import apply
from ethoframe.testing.scenes import SCENES, Scene

ALWAYS = ((0.0, float("inf")),)
FEW = range(40, 1800, 160)
BODY, THIN = 1, 2


# On a bare floor, with a background and an appearance that are known without being measured.


def floor(size=(120, 160), level=200.0) -> Frames:
    pixels = np.stack([np.full(size, level), np.ones(size)], axis=-1)[None].astype(np.float32)
    return Frames(pixels, np.array([0]), np.array([0.0]), ("level", "noise"))


def animal(area=900.0, length=36.0, width=30.0, level=40.0, sign=-1.0) -> Values:
    return Values.whole(
        sign=(sign, "1"), level=(level, "level"), noise=(1.0, "level"), area=(area, "px2"),
        length=(length, "px"), width=(width, "px"), found=(1.0, "1"),
    )  # fmt: skip


def seen(picture: np.ndarray, appearance: Values | None = None, **parameters) -> np.ndarray:
    """Labels ``(y, x)`` of one picture over the bare floor."""
    looks = {"background": floor(picture.shape), "appearance": appearance or animal()}
    film = Recording.of(picture[None, ..., None])
    return apply(Silhouette(**parameters), recording=film, **looks).dense()[0]


def discs(*places, radius=17, level=40) -> np.ndarray:
    picture = np.full((120, 160), 200, np.uint8)
    for x, y in places:
        cv2.circle(picture, (x, y), radius, level, -1)
    return picture


def bodies(labels: np.ndarray) -> list[int]:
    """Areas of the bodies that hang together."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((labels == BODY).astype(np.uint8))
    return sorted(stats[1:, cv2.CC_STAT_AREA].tolist())


def test_a_body_is_labelled_to_the_pixel() -> None:
    picture = discs((80, 60))
    assert np.array_equal(seen(picture) == BODY, picture == 40)


@pytest.mark.parametrize("place", [(0, 60), (159, 60), (80, 0), (80, 119), (0, 0), (159, 119)])
def test_an_animal_at_the_border_is_cut_by_nothing_but_the_border(place) -> None:
    picture = discs(place)
    labels, truth = seen(picture), picture == 40
    assert np.array_equal(labels > 0, truth)
    # The sharp corners between outline and border are all that the opening takes.
    assert np.count_nonzero(labels == THIN) <= 0.02 * np.count_nonzero(truth)


def test_a_tail_is_thin_and_no_body() -> None:
    picture = discs((80, 60))
    body = picture == 40
    cv2.line(picture, (80, 60), (20, 70), 40, 4)
    tail = (picture == 40) & ~body
    labels = seen(picture)
    root = np.hypot(*(np.indices(picture.shape) - [[[60]], [[80]]])) < 17 + 7
    assert (labels[body] == BODY).all()
    assert (labels[tail & ~root] == THIN).all()
    assert np.count_nonzero(labels[tail] == BODY) < 0.12 * np.count_nonzero(tail)
    assert (labels[picture == 200] == 0).all()


@pytest.mark.parametrize("gap", [1, 2, 4])
def test_two_things_side_by_side_are_two(gap) -> None:
    picture = discs((60, 60), (60 + 35 + gap, 60))
    labels = seen(picture)
    one = np.count_nonzero(picture == 40) / 2
    assert bodies(labels) == pytest.approx([one, one], rel=0.03)


@pytest.mark.parametrize("gap", [3, 6, 16])
def test_what_only_a_bridge_joins_is_two(gap) -> None:
    apart = 35 + gap
    picture = discs((50, 60), (50 + apart, 60))
    picture[58:63, 50 : 50 + apart] = 40
    one = np.count_nonzero(discs((50, 60)) == 40)
    assert bodies(seen(picture)) == pytest.approx([one, one], rel=0.05)


def test_a_neck_joins_two_parts_of_one_body() -> None:
    picture = discs((50, 60))
    cv2.circle(picture, (72, 60), 9, 40, -1)
    picture[:56, 61:66] = picture[65:, 61:66] = 200
    assert len(bodies(seen(picture))) == 1
    picture[:58, 61:66] = picture[63:, 61:66] = 200
    assert len(bodies(seen(picture, covered=0.0))) == 2


def crossed(cable: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """A light animal on a dark floor, and the same with a cable over it."""
    bare = np.full((120, 160), 90, np.uint8)
    cv2.ellipse(bare, (80, 60), (22, 15), 0, 0, 360, 220, -1)
    covered = bare.copy()
    cv2.line(covered, (66, 0), (92, 119), cable, width)
    return bare, covered


def light_seen(picture: np.ndarray, **parameters) -> np.ndarray:
    empty, looks = floor(level=90.0), animal(level=220.0, sign=1.0)
    recording = Recording.of(picture[None, ..., None])
    inputs = {"recording": recording, "background": empty, "appearance": looks}
    return apply(Silhouette(**parameters), **inputs).dense()[0]


@pytest.mark.parametrize("cable", [90, 60])
def test_a_cable_over_the_animal_hides_none_of_it(cable) -> None:
    bare, covered = crossed(cable, 4)
    whole = np.count_nonzero(bare == 220)
    assert max(bodies(light_seen(covered, covered=0.0))) < 0.6 * whole
    assert bodies(light_seen(covered)) == pytest.approx([whole], rel=0.07)


def test_a_wide_gap_is_no_cable() -> None:
    bare, covered = crossed(90, 14)
    assert max(bodies(light_seen(covered))) < 0.7 * np.count_nonzero(bare == 220)


def test_a_strip_at_the_border_is_as_thin_as_it_looks() -> None:
    picture = discs()
    picture[20:100, :9] = 40
    assert (seen(picture)[20:100, :9] == THIN).all()


def test_nothing_is_found_on_the_empty_floor() -> None:
    assert not seen(discs()).any()


def test_nothing_is_found_of_an_animal_that_was_never_seen() -> None:
    unknown = animal(*[float("nan")] * 4, sign=float("nan"))
    assert not seen(discs((80, 60)), unknown).any()


def test_what_is_much_too_small_is_left_out() -> None:
    assert not seen(discs((80, 60), radius=2)).any()
    assert seen(discs((80, 60), radius=2), smallest=0.005, opening=0.05).any()


def test_what_is_much_too_large_is_left_out() -> None:
    assert not seen(discs((80, 60), radius=50)).any()
    assert seen(discs((80, 60), radius=50), largest=20.0).any()


def test_what_is_on_the_other_side_of_the_floor_is_no_animal() -> None:
    assert not seen(discs((80, 60), level=250)).any()
    assert seen(discs((80, 60), level=250), animal(level=250.0, sign=1.0)).any()


def test_the_border_lies_as_far_as_told_between_floor_and_animal() -> None:
    # The floor is 200 and the animal 40, so a third of the way from floor to animal is 147.
    third = discs((80, 60), level=150), discs((80, 60), level=144)
    assert [seen(p, edge=1 / 3).any() for p in third] == [False, True]
    assert not any(seen(p).any() for p in third)


@pytest.mark.parametrize("light", [0.6, 1.2])
def test_light_is_followed(light) -> None:
    picture = discs((80, 60))
    dimmer = (light * picture).clip(0, 255).astype(np.uint8)
    assert np.array_equal(seen(dimmer), seen(picture))


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_deeper_pixels_are_the_same_animal(dtype) -> None:
    picture = discs((80, 60), (20, 20))
    assert np.array_equal(seen(picture.astype(dtype)), seen(picture))


def test_each_frame_is_compared_with_the_light_that_is_its_own() -> None:
    picture = discs((80, 60))
    day, night = floor(level=200.0), floor(level=100.0)
    across = np.linspace(0.3, 1.0, 160, dtype=np.float32)
    scene = np.concatenate([day.pixels, night.pixels * across[:, None]])
    both = Frames(scene, np.arange(2), np.arange(2.0), ("level", "noise"))
    film = np.stack([picture, picture * 0.5 * across])[..., None].astype(np.uint8)
    labels = apply(
        Silhouette(), recording=Recording.of(film), background=both, appearance=animal()
    ).dense()
    assert np.array_equal(labels[0] == BODY, picture == 40)
    assert np.mean((labels[1] == BODY) == (picture == 40)) > 0.998


def test_beside_a_sharp_edge_no_blur_is_taken_for_an_animal() -> None:
    """Noise makes it blur; the floor's dark frame must be blurred as well to stay the floor's."""
    scene = np.full((120, 160), 200.0)
    scene[10:110:98, 10:150] = scene[10:110, 10:150:138] = 60
    pixels = np.stack([scene, np.full(scene.shape, 3.0)], axis=-1)[None].astype(np.float32)
    background = Frames(pixels, np.array([0]), np.array([0.0]), ("level", "noise"))
    faint = Values.whole(
        sign=(-1.0, "1"), level=(170.0, "level"), noise=(3.0, "level"), area=(900.0, "px2"),
        length=(36.0, "px"), width=(30.0, "px"), found=(1.0, "1"),
    )  # fmt: skip
    picture = scene.copy()
    cv2.circle(picture, (80, 60), 17, 170, -1)
    film = Recording.of(picture[None, ..., None].astype(np.uint8))
    labels = apply(Silhouette(), recording=film, background=background, appearance=faint)
    found = labels.dense()[0] == BODY
    truth = np.hypot(*(np.indices(scene.shape) - [[[60]], [[80]]])) < 17.5
    assert np.sum(found & truth) / np.sum(found | truth) > 0.9


# On scenes, with everything measured by the methods before.


@cache
def labelled(scene: Scene) -> LabelMap:
    film = scene.recording()
    background = apply(Background(), recording=film)
    looks = {"appearance": apply(Appearance(), recording=film, background=background)}
    return Silhouette().apply(film.frames(FEW), background=background, **looks)


@cache
def cleared(scene: Scene) -> tuple[Scene, Scene]:
    """The scene with nothing but the body, and without it."""
    clear = replace(scene, tail_mm=0.0, ear_paleness=0.0, noise_level=0.0, reflection=0.0)
    return clear, replace(clear, hidden=ALWAYS)


def drawn(scene: Scene, number: int) -> np.ndarray:
    """Pixels that the body covers by half or more, without the tail."""
    clear, empty = cleared(scene)
    change = cv2.absdiff(clear.image(number), empty.image(number))
    return change > 0.5 * change.max()


@pytest.mark.parametrize("name", [n for n in SCENES if n not in ("blank", "vanishes", "bumped")])
def test_bodies_are_as_drawn(name) -> None:
    scene = SCENES[name]
    for number, labels in zip(FEW, labelled(scene).dense(), strict=True):
        truth = drawn(scene, number)
        # Mirror images in a wall are bodies too; which of them is the animal, the tracker says.
        _, things = cv2.connectedComponents((labels == BODY).astype(np.uint8))
        body = things == np.bincount(things[truth]).argmax()
        assert np.sum(body & truth) / np.sum(body | truth) > 0.9


@pytest.mark.parametrize("name", ["open_field", "light_on_dark", "shaded_drift"])
def test_tails_are_thin(name) -> None:
    scene = SCENES[name]
    tailed = replace(scene, noise_level=0.0)
    bare = replace(tailed, tail_mm=0.0)
    for number, labels in zip(FEW, labelled(scene).dense(), strict=True):
        tail = cv2.absdiff(tailed.image(number), bare.image(number)) > 40
        assert np.mean(labels[tail] == BODY) < 0.1


def test_nobody_is_seen_while_hidden() -> None:
    scene = SCENES["vanishes"]
    truth, patches = scene.truth().seen[list(FEW)], labelled(scene).patches
    found = [bool((patch.labels == BODY).any()) for patch in patches]
    assert found == truth.tolist()
    assert 0 < sum(found) < len(found)


def test_an_animal_of_two_colours_is_found_whole() -> None:
    pixels = np.full((20, 80, 120, 1), 128, np.uint8)
    for t, frame in enumerate(pixels[..., 0]):
        frame[30:50, 10 + 4 * t : 25 + 4 * t] = 40
        frame[30:50, 25 + 4 * t : 40 + 4 * t] = 220
    hooded = Recording.of(pixels)
    background = apply(Background(), recording=hooded)
    look = Appearance(polarity="both")
    appearance = apply(look, recording=hooded, background=background)
    labels = apply(
        Silhouette(opening=0.0), recording=hooded, background=background, appearance=appearance
    )
    found = labels.dense()[10] == 1
    assert appearance["sign"] == 0
    assert np.count_nonzero(found) == 600
    assert found[30:50, 50:80].all()
