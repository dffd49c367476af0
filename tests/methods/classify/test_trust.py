from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ethoframe.data import Arena, Correction, Corrections, Episodes, Frames, Tracks, Values, Verdict
from ethoframe.methods.classify.trust import Trust
from ethoframe.run import apply

RATE = 25.0
COUNT = 750
TIMES_S = 4.0 + np.arange(COUNT) / RATE
AREA, LENGTH, WIDTH = 300.0, 30.0, 12.0
SIDE = 300.0
CORNERS = np.array([[0.0, 0.0], [SIDE, 0.0], [SIDE, SIDE], [0.0, SIDE]])


@pytest.fixture
def centre() -> np.ndarray:
    """Round the floor, through its middle: near the walls for a part of the time."""
    turn = np.arange(COUNT) * 2 * np.pi / 300
    return 150 + np.stack([135 * np.sin(turn), 135 * np.sin(1.5 * turn)], axis=1)


def tracks_of(centre: np.ndarray, **columns: np.ndarray) -> Tracks:
    sizes = {"area_px2": AREA, "major_px": LENGTH, "minor_px": WIDTH}
    seen = np.isfinite(centre[:, 0])
    table = {name: np.where(seen, columns.get(name, size), np.nan) for name, size in sizes.items()}
    features = {name: column[:, None] for name, column in table.items()}
    track = Tracks.of(centre, TIMES_S)
    return replace(track, numbers=np.arange(100, 100 + COUNT), features=features)


def change_of(second=0.0, reaching=0.0, light=1.0) -> Values:
    """A row for every frame of a longer recording, of which the tracks are the middle."""
    table = np.zeros((COUNT + 200, 5))
    table[:, 1], table[:, 4] = AREA, 1.0
    for column, values in ((2, second), (3, reaching), (4, light)):
        table[100:-100, column] = values
    names, units = ("changed", "largest", "second", "reaching", "light"), ("px2",) * 4
    return Values(
        table, names, (*units, "1"), np.arange(COUNT + 200), np.arange(COUNT + 200) / RATE
    )


def arena_of(corners: np.ndarray = CORNERS, source: str = "given") -> Arena:
    return Arena("rectangle", corners, source=source)


def judged(tracks: Tracks, **inputs) -> Verdict:
    return apply(Trust(), tracks=tracks, **inputs)


def said(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.word for check in verdict.reasons}


def check(verdict: Verdict, name: str):
    return next(each for each in verdict.checks if each.name == name)


def scene(blur_px: float = 0.0) -> Frames:
    level = np.full((240, 240), 60, np.float32)
    level[30:210, 30:210] = 180
    if blur_px:
        level = cv2.GaussianBlur(level, (0, 0), blur_px)
    pixels = np.stack([level, np.ones_like(level)], axis=-1)[None]
    return Frames(pixels, np.array([0]), np.array([0.0]), ("level", "noise"))


def looks(contrast=100.0, noise=2.0, found=1.0) -> Values:
    return Values.whole(
        contrast=(contrast, "level"),
        noise=(noise, "level"),
        found=(found, "1"),
        width=(WIDTH, "px"),
        length=(LENGTH, "px"),
    )


def test_nothing_speaks_against_a_sound_recording(centre) -> None:
    verdict = judged(
        tracks_of(centre),
        change=change_of(),
        camera=Values.whole(shift=(0.3, "px"), moved=(np.nan, "s")),
        appearance=looks(),
        background=scene(),
        arena=arena_of(),
        arena_fit=Values.whole(on_edge=(0.95, "1")),
        trial=Episodes.of("trial", np.array([[4.0, 34.0]]), np.array([[0.0, 38.0]])),
    )
    assert (verdict.word, said(verdict)) == ("good", {})
    assert len(verdict.checks) == 20


def test_what_is_not_given_is_not_judged(centre) -> None:
    names = {each.name for each in judged(tracks_of(centre)).checks}
    assert names == {
        "animal lost", "lost for long", "jumps", "size changes", "too small", "never moves",
        "much ignored",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (10, {}),
        (40, {"animal lost": "look", "lost for long": "look"}),
        (260, {"animal lost": "failed", "lost for long": "failed"}),
    ],
)
def test_a_lost_animal(centre, frames, words) -> None:
    centre[400 : 400 + frames] = np.nan
    verdict = judged(tracks_of(centre))
    assert said(verdict) == words
    lost = check(verdict, "animal lost")
    assert lost.value == pytest.approx(100 * frames / COUNT)
    assert lost.moments_s == pytest.approx([TIMES_S[400 + (frames - 1) // 2]])
    assert check(verdict, "lost for long").value == pytest.approx(frames / RATE)


def test_hidden_in_a_zone_it_is_not_lost(centre) -> None:
    centre[400:500] = np.nan  # 4 s
    centre[600:620] = np.nan  # 0.8 s: shorter than anything hidden
    looked = [[TIMES_S[0], TIMES_S[-1] + 1 / RATE]]
    for span, percent in (((399, 501), 20), ((399, 480), 120), ((590, 640), 120)):
        spans = np.array([[TIMES_S[span[0]], TIMES_S[span[1]]]])
        visits = Episodes.of("nest", spans, np.array(looked))
        verdict = judged(tracks_of(centre), visits=visits)
        assert check(verdict, "animal lost").value == pytest.approx(100 * percent / COUNT)
        longest = 0.8 if percent == 20 else 4.0
        assert check(verdict, "lost for long").value == pytest.approx(longest)


def test_what_was_filled_was_lost(centre) -> None:
    tracks = tracks_of(centre)
    confidence = tracks.confidence.copy()
    confidence[100:130] = 0
    assert check(
        judged(replace(tracks, confidence=confidence)), "animal lost"
    ).value == pytest.approx(4)


def test_an_animal_that_was_never_seen(centre) -> None:
    verdict = judged(tracks_of(np.full_like(centre, np.nan)), change=change_of(), arena=arena_of())
    assert verdict.word == "failed"
    assert check(verdict, "animal lost").value == 100.0
    assert judged(tracks_of(centre).take(slice(0))).word == "failed"


def test_jumps(centre) -> None:
    centre[300:306] += 60
    verdict = judged(tracks_of(centre))
    jumps = check(verdict, "jumps")
    assert jumps.word == "look"
    assert jumps.value == pytest.approx(100 * 2 / (COUNT - 1))
    # There and back are within a second: one moment stands for both.
    assert jumps.moments_s in ((TIMES_S[300],), (TIMES_S[306],))


def test_an_area_that_changes(centre) -> None:
    area = np.full(COUNT, AREA)
    area[100:160] = 3 * AREA
    verdict = judged(tracks_of(centre, area_px2=area))
    assert said(verdict) == {"size changes": "look"}
    assert check(verdict, "size changes").value == 8.0
    area[160:400] = 0.3 * AREA
    assert said(judged(tracks_of(centre, area_px2=area))) == {"size changes": "failed"}


def test_a_floor_seen_at_a_slant_changes_no_animal(centre) -> None:
    slanted = arena_of(np.array([[100.0, 0.0], [200.0, 0.0], [300.0, 300.0], [0.0, 300.0]]))
    to_picture = slanted.from_sides
    on_floor = centre / SIDE
    places = to_picture.apply(on_floor)
    corners = np.array([[0.0, 0.0], [0.01, 0.0], [0.01, 0.01], [0.0, 0.01]]) - 0.005
    cells = np.stack([to_picture.apply(on_floor + corner) for corner in corners], axis=1)
    x, y = cells[..., 0], cells[..., 1]
    size = np.abs((x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1)).sum(axis=1)) / 2
    tracks = tracks_of(places, area_px2=AREA * size / np.median(size))
    assert "size changes" in said(judged(tracks))
    assert "size changes" not in said(judged(tracks, arena=slanted))


@pytest.mark.parametrize(("width", "word"), [(6.0, "good"), (4.0, "look"), (2.0, "failed")])
def test_an_animal_of_few_pixels(centre, width, word) -> None:
    verdict = judged(tracks_of(centre, minor_px=np.full(COUNT, width)))
    assert check(verdict, "too small").word == word


def test_a_track_that_stays_where_it_is(centre) -> None:
    still = 100 + np.random.default_rng(1).normal(0, 2.0, centre.shape)
    assert said(judged(tracks_of(still))) == {"never moves": "look"}


def test_an_unsure_head(centre) -> None:
    one = tracks_of(centre)
    position = np.repeat(one.position, 2, axis=2)
    sure = np.where(np.arange(COUNT) < 300, 0.6, 1.0)
    confidence = np.stack([np.ones(COUNT), sure], axis=1)[..., None]
    names = ("centroid", "head_end")
    tracks = replace(one, position=position, confidence=confidence, keypoints=names)
    assert said(judged(tracks)) == {"head unsure": "look"}
    assert check(judged(tracks), "head unsure").value == 40.0


def test_another_animal(centre) -> None:
    second = AREA * (1 + 0.2 * np.sin(np.arange(COUNT)))
    verdict = judged(tracks_of(centre), change=change_of(second), arena=arena_of())
    assert said(verdict) == {"second mover": "failed"}
    assert check(verdict, "second mover").value == pytest.approx(100.0)
    assert len(check(verdict, "second mover").moments_s) == 3


def test_a_mirror_image_is_there_only_at_the_walls(centre) -> None:
    depth = arena_of().depth(centre)
    second = np.where(depth < 25, 0.8 * AREA, 0.0)
    verdict = judged(tracks_of(centre), change=change_of(second), arena=arena_of())
    assert said(verdict) == {"reflection": "look"}
    assert check(verdict, "reflection").value == pytest.approx(100 * np.mean(depth < 25))
    # Where the floor was not found, no wall is known that could mirror anything.
    unknown = arena_of(source="explored")
    verdict = judged(tracks_of(centre), change=change_of(second), arena=unknown)
    assert said(verdict) == {"animal in the empty scene": "failed", "no floor found": "look"}


def test_an_animal_that_never_leaves_the_wall(centre) -> None:
    along = np.stack([np.full(COUNT, 15.0), centre[:, 1]], axis=1)
    size = AREA * (1 + 0.2 * np.sin(np.arange(COUNT)))
    some = np.where(np.arange(COUNT) % 4 == 0, size, 0)
    told = {"change": change_of(some), "arena": arena_of()}
    assert said(judged(tracks_of(along), **told)) == {"reflection": "look"}
    told["change"] = change_of(size)
    assert said(judged(tracks_of(along), **told)) == {"second mover": "failed"}


def test_an_empty_scene_that_holds_the_animal(centre) -> None:
    verdict = judged(tracks_of(centre), change=change_of(0.9 * AREA), arena=arena_of())
    assert said(verdict) == {"animal in the empty scene": "failed"}


def test_a_hand(centre) -> None:
    reaching = np.where((TIMES_S > 10) & (TIMES_S <= 12), 5 * AREA, 0)
    verdict = judged(tracks_of(centre), change=change_of(reaching=reaching))
    assert said(verdict) == {"hand": "look"}
    assert check(verdict, "hand").value == pytest.approx(100 * 2 / 30)
    assert 10 <= check(verdict, "hand").moments_s[0] <= 12


@pytest.mark.parametrize(("to", "word"), [(0.9, "good"), (0.6, "look"), (0.05, "failed")])
def test_light_that_changes_at_once(centre, to, word) -> None:
    light = np.where(TIMES_S < 20.2, 1.0, to)
    found = check(judged(tracks_of(centre), change=change_of(light=light)), "light changed")
    assert found.word == word
    assert found.value == pytest.approx(100 * (1 - to))
    assert found.moments_s == pytest.approx([20.0], abs=0.6)


def test_light_that_drifts_is_no_change(centre) -> None:
    verdict = judged(tracks_of(centre), change=change_of(light=np.linspace(1, 0.5, COUNT)))
    assert said(verdict) == {}


@pytest.mark.parametrize(("shift", "word"), [(0.5, "good"), (5.0, "look"), (16.0, "failed")])
def test_a_camera_that_moved(centre, shift, word) -> None:
    camera = Values.whole(shift=(shift, "px"), moved=(12.0, "s"))
    found = check(judged(tracks_of(centre), camera=camera), "camera moved")
    assert (found.word, found.value, found.moments_s) == (word, shift / LENGTH, (12.0,))


def test_white_on_white(centre) -> None:
    assert said(judged(tracks_of(centre), appearance=looks(contrast=10))) == {"hardly seen": "look"}
    assert said(judged(tracks_of(centre), appearance=looks(contrast=5))) == {
        "hardly seen": "failed"
    }
    assert said(judged(tracks_of(centre), appearance=looks(found=0.4))) == {"rarely seen": "look"}
    nothing = Values.whole(
        **dict.fromkeys(("contrast", "width", "length"), (np.nan, "level")),
        noise=(2.0, "level"),
        found=(0.0, "1"),
    )
    assert said(judged(tracks_of(centre), appearance=nothing)) == {"rarely seen": "failed"}


@pytest.mark.parametrize(("blur_px", "word"), [(0.0, "good"), (0.8, "good"), (4.0, "failed")])
def test_a_picture_out_of_focus(centre, blur_px, word) -> None:
    verdict = judged(tracks_of(centre), background=scene(blur_px))
    assert check(verdict, "not sharp").word == word


def test_sharpness_is_measured_on_the_animal(centre) -> None:
    small = check(judged(tracks_of(centre), background=scene(3.0)), "not sharp").value
    big = tracks_of(centre, minor_px=np.full(COUNT, 60.0), major_px=np.full(COUNT, 150.0))
    assert check(judged(big, background=scene(3.0)), "not sharp").value < small / 3


def test_an_arena_of_another_recording(centre) -> None:
    tracks = tracks_of(centre)
    moved = arena_of(0.9 * CORNERS + 60)
    assert said(judged(tracks, arena=moved)) == {"outside the arena": "failed"}
    fits = {word: Values.whole(on_edge=(on, "1")) for word, on in (("look", 0.7), ("failed", 0.2))}
    for word, fit in fits.items():
        assert said(judged(tracks, arena=arena_of(), arena_fit=fit)) == {"wrong arena": word}
    unknown = arena_of(source="explored")
    assert said(judged(tracks, arena=unknown, arena_fit=fit)) == {"no floor found": "look"}


def test_an_animal_that_leaves_the_arena(centre) -> None:
    outside = arena_of(CORNERS * [1, 0.92])
    found = check(judged(tracks_of(centre), arena=outside), "outside the arena")
    assert found.word == "look"
    assert (centre[np.searchsorted(TIMES_S, found.moments_s), 1] > 276 + LENGTH / 4).all()


def test_a_trial_that_nobody_saw_begin(centre) -> None:
    trial = Episodes(("trial",), [4.0], [34.0], [[0.0, 38.0]], confidence=np.array([0.0]))
    assert said(judged(tracks_of(centre), trial=trial)) == {"no clear start": "look"}


def test_what_a_person_ignores_speaks_against_nothing(centre) -> None:
    centre[400:460] = np.nan
    reaching = np.where(np.isnan(centre[:, 0]), 9 * AREA, 0)
    told = {"tracks": tracks_of(centre), "change": change_of(reaching=reaching)}
    assert said(judged(**told)).keys() == {"animal lost", "lost for long", "hand"}
    ignore = Correction(start_s=TIMES_S[395], stop_s=TIMES_S[465], what="ignore")
    assert said(judged(**told, corrections=Corrections((ignore,)))) == {}
    more = Correction(start_s=4.0, stop_s=14.0, what="ignore")
    verdict = judged(**told, corrections=Corrections((ignore, more)))
    assert said(verdict) == {"much ignored": "look"}
    assert check(verdict, "much ignored").value == pytest.approx(100 * 320 / COUNT)


def test_values_that_could_not_be_had_say_nothing(centre) -> None:
    bare = replace(tracks_of(centre), features={})
    names = [each.name for each in judged(bare, change=change_of(), camera=Values.whole(
        shift=(np.nan, "px"), moved=(np.nan, "s"))).checks]  # fmt: skip
    assert "too small" not in names
    assert "camera moved" not in names
