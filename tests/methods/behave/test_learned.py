from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ethoframe.contract import Training, spec_of
from ethoframe.data import Episodes, Labelled, Labels, Recording, Refusal, Tracks
from ethoframe.methods.behave._deciding import balanced, going_on, level
from ethoframe.methods.behave._features import GROUPS, windowed
from ethoframe.methods.behave._posture import Bodies
from ethoframe.methods.behave._stretches import Look
from ethoframe.methods.behave._watched import watched_in
from ethoframe.methods.behave.learned import Taught
from ethoframe.nets.model import model_of
from ethoframe.run.cross_fitting import APART, read_columns
from ethoframe.run.fitting import WORK

RATE = 20.0
PARTS = ("nose", "left_ear", "right_ear", "tail_base")


def meeting(seed: int, seconds: float = 60.0, rate: float = RATE, scale: float = 1.0) -> Tracks:
    """One animal strolls, another comes and goes by no rhythm."""
    chance = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    knots = np.arange(0, seconds + 3, 3.0)
    far = np.interp(t, knots, chance.uniform(35, 200, len(knots)))
    heading = np.interp(t, knots, chance.uniform(-0.6, 0.6, len(knots)))
    held = []
    for middle, turn in ((0 * far, heading), (far, heading + np.pi)):
        ahead = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
        centre = np.stack([middle, 0 * middle], axis=1)
        places = [40 * ahead, 25 * ahead - 8 * aside, 25 * ahead + 8 * aside, -40 * ahead]
        held.append(np.stack([centre + place for place in places], axis=2))
    position = np.stack(held, axis=3) + chance.normal(0, 0.5, (len(t), 2, 4, 2))
    seen = np.ones((len(t), 4, 2))
    return Tracks(position * scale, seen, np.arange(len(t)), t, PARTS, ("one", "other"))


def together(tracks: Tracks, scale: float = 1.0) -> Episodes:
    """While noses are near."""
    near = np.hypot(*(tracks.at("nose", "one") - tracks.at("nose", "other")).T) < 30 * scale
    edges = np.diff(np.concatenate([[0], near, [0]]).astype(int))
    ends = np.append(tracks.times_s, tracks.times_s[-1] + tracks.step_s)
    spans = np.stack([ends[np.flatnonzero(edges > 0)], ends[np.flatnonzero(edges < 0)]], axis=1)
    whole = np.array([[0.0, ends[-1]]])
    return Episodes.of("together", spans, whole, "AB", individual="one")


def labels(tracks: Tracks, said: Episodes, film: str = "m1") -> Labels:
    pixels = np.zeros((len(tracks), 1, 1, 1), np.uint8)
    return Labels((Labelled(Recording.of(pixels, RATE, name=film), said, tracks=tracks),))


# ------------------------------------------------------------------------------- seen


def turned(tracks: Tracks, angle: float, scale: float, mirror: bool = False) -> Tracks:
    c, s = np.cos(angle), np.sin(angle)
    turn = scale * np.array([[c, -s], [s, c]]) @ np.diag([-1.0 if mirror else 1.0, 1.0])
    position = np.einsum("ab,tbki->taki", turn, tracks.position) + np.array([[[70.0]], [[-9.0]]])
    names = list(tracks.keypoints)
    if mirror:
        names[1], names[2] = names[2], names[1]
    return replace(tracks, position=position, keypoints=tuple(names))


LOOK = Look(PARTS, True, 1 / RATE, (0.2, 0.6, 2.0))


def test_neither_place_direction_nor_scale_counts():
    tracks = meeting(1, 10)
    rows = LOOK.rows(LOOK.bodies(tracks), 0)
    other = LOOK.rows(LOOK.bodies(turned(tracks, 0.7, 3.0)), 0)
    np.testing.assert_allclose(rows, other, atol=2e-4)


def test_a_mirror_changes_sides_and_nothing_else():
    tracks = meeting(2, 10)
    becomes, signs = LOOK.mirror()
    rows = LOOK.rows(LOOK.bodies(tracks), 0)
    other = LOOK.rows(LOOK.bodies(turned(tracks, 0.3, 1.0, mirror=True)), 0)
    np.testing.assert_allclose(rows[:, becomes] * signs, other, atol=2e-4)
    assert not np.allclose(rows, other, atol=1e-2, equal_nan=True)


def test_half_the_frames_tell_nearly_the_same():
    tracks = meeting(3, 20, rate=40.0)
    full, half = (LOOK.rows(LOOK.bodies(t), 0) for t in (tracks, tracks.take(slice(0, None, 2))))
    names = LOOK.names()
    for name in ("nose way", "front to other's nearest", "going ahead", "facing"):
        at = names.index(name)
        np.testing.assert_allclose(full[:390, at], half[:390, at], atol=0.06)


def test_windows_leave_out_what_is_not_known():
    chance = np.random.default_rng(4)
    rows = chance.normal(5, 2, (50, 3))
    rows[chance.random(rows.shape) < 0.3] = np.nan
    rows[20:40, 1] = np.nan
    told = windowed(rows, [4]).reshape(50, 5, 3)
    for t in range(50):
        for column in range(3):
            own = rows[max(0, t - 4) : t + 5, column]
            own = own[np.isfinite(own)]
            kinds = (np.mean, np.std, np.min, np.max)
            wanted = [kind(own) if len(own) else np.nan for kind in kinds]
            np.testing.assert_allclose(told[t, 1:, column], wanted, atol=1e-6)


def test_what_is_hidden_between_two_frames_is_not_made_up():
    tracks = meeting(5, 4)
    position = tracks.position.copy()
    position[30, :, 0, 0] = np.nan
    bodies = Bodies.of(replace(tracks, position=position), PARTS, 1 / RATE)
    hidden = ~np.isfinite(bodies.places[:, 0, 0, 0])
    assert np.flatnonzero(hidden).tolist() == [30]
    between = Bodies.of(replace(tracks, position=position), PARTS, 0.6 / RATE)
    hidden = ~np.isfinite(between.places[:, 0, 0, 0])
    assert set(np.round(between.times_s[hidden] * RATE, 1)) <= {29.4, 30.0, 30.6}


# ------------------------------------------------------------------------------ taught


def test_only_what_was_looked_at_and_who_is_named_is_learned_from():
    tracks = meeting(6, 30)
    said = replace(together(tracks), support_s=np.array([[5.0, 20.0]]))
    (watched,) = watched_in("x", labels(tracks, said))
    assert watched.tracks.individuals[watched.who] == "one"
    codes = watched.codes(("together", "other"), tracks.times_s)
    looked = (tracks.times_s >= 5) & (tracks.times_s < 20)
    assert (codes[~looked] == -1).all()
    assert (codes[looked] == np.where(said.covers("together", tracks.times_s), 0, 1)[looked]).all()


def test_nobody_by_name_is_everybody_of_one_and_nobody_of_two():
    tracks = meeting(6, 30)
    whole = np.array([[0.0, 30.0]])
    bare = Episodes.of("together", np.array([[1.0, 2.0]]), whole)
    (watched,) = watched_in("x", labels(tracks.alone("one"), bare))
    assert watched.episodes.individuals == ("one",)
    with pytest.raises(Refusal, match="of nobody by name, and the tracks of one, other"):
        watched_in("x", labels(tracks, bare))


def test_names_that_do_not_match_are_told():
    tracks = meeting(6, 30)
    said = Episodes.of(
        "together", np.array([[1.0, 2.0]]), np.array([[0.0, 9.0]]), individual="Bert"
    )
    with pytest.raises(Refusal, match="labels are of Bert, and the tracks of one, other"):
        Taught().lesson(labels(tracks, said), Training())


def test_labels_that_teach_nothing_are_refused():
    tracks = meeting(6, 30)
    said = together(tracks)
    bare = Labels((replace(labels(tracks, said).parts[0], tracks=None),))
    with pytest.raises(Refusal, match="nothing tells where its animals are"):
        Taught().lesson(bare, Training())
    always = Episodes.of("together", np.array([[0.0, 30.0]]), said.support_s, individual="one")
    with pytest.raises(Refusal, match="one class"):
        Taught().lesson(labels(tracks, always), Training())
    never = Episodes.of("together", np.zeros((0, 2)), said.support_s, individual="one")
    with pytest.raises(Refusal, match=r"one class \(other\)"):
        Taught().lesson(labels(tracks, never), Training())
    headless = replace(tracks, keypoints=("a", "b", "c", "d"))
    with pytest.raises(Refusal, match="no keypoint is the nose"):
        Taught().lesson(labels(headless, said), Training())
    alone = labels(tracks.alone("one"), said)
    with pytest.raises(Refusal, match="one individual"):
        Taught(company="nearest").lesson(alone, Training())


def codes_of(examples) -> np.ndarray:
    (series,) = examples.series
    return series.codes


def test_each_moment_is_apart_once_and_far_from_what_is_taught_then():
    tracks = meeting(7, 120)
    lesson = Taught(model="linear").lesson(
        labels(tracks, together(tracks)), Training(validation=0.2)
    )
    assert len(lesson.folds) == 5
    assert not len(lesson.validation)
    whole = codes_of(lesson.train)
    times = np.zeros(len(whole), int)
    for fold in lesson.folds:
        kept, taught = (codes_of(side) >= 0 for side in (fold.validation, fold.train))
        assert not (kept & taught).any()
        apart = np.abs(np.flatnonzero(kept)[:, None] - np.flatnonzero(taught)).min()
        assert apart / RATE >= 2.2  # windows of 2 s and ways of 0.2 s share nothing
        times += kept
    assert (times[whole >= 0] == 1).all()
    assert (times[whole < 0] == 0).all()
    assert 0 < lesson.fixed["least_s"] <= 2.0
    assert lesson.told["moments"] == {"taught": (whole >= 0).sum(), "apart": times.sum()}


def several(*seeds: int, subjects: tuple[str, ...] = ()) -> Labels:
    parts = []
    for at, seed in enumerate(seeds):
        (part,) = labels(meeting(seed, 40), together(meeting(seed, 40)), f"m{seed}").parts
        parts.append(replace(part, subject=subjects[at] if subjects else ""))
    return Labels(tuple(parts))


@pytest.mark.parametrize(
    ("subjects", "parts", "how"), [((), 3, "recording"), (("a", "b", "a"), 2, "subject")]
)
def test_parts_are_whole_recordings_or_animals_where_there_are_several(subjects, parts, how):
    lesson = Taught(model="linear").lesson(several(1, 2, 3, subjects=subjects), Training())
    assert len(lesson.folds) == parts
    assert f"whole {how}s" in lesson.told["split_says"]
    for fold in lesson.folds:
        sides = [
            {at for at, each in enumerate(side.series) if (each.codes >= 0).any()}
            for side in (fold.train, fold.validation)
        ]
        assert sides[0] | sides[1] == {0, 1, 2}
        assert not sides[0] & sides[1]


def test_a_split_that_cannot_be_is_refused_where_it_is_asked_for():
    asked = labels(meeting(4, 30), together(meeting(4, 30)))
    with pytest.raises(Refusal, match="no subject is named"):
        Taught(model="linear").lesson(asked, Training(split="subject"))


def test_nothing_is_apart_where_none_is_asked_for_or_time_is_too_short():
    tracks = meeting(4, 9)
    for asked, share in ((labels(tracks, together(tracks)), 0.2), (several(1, 2), 0.0)):
        lesson = Taught(model="network").lesson(asked, Training(validation=share))
        assert not lesson.folds
        assert "nothing is kept apart" in lesson.told["split_says"]
    settled = lesson.settle([], [], False)
    assert settled["temperature"] == 1.0
    assert "not calibrated" in settled["says"]


def test_a_behaviour_that_only_one_part_holds_is_not_asked_there():
    tracks = meeting(7, 120)
    said = together(tracks)
    rare = Episodes.of("rare", np.array([[50.0, 51.0]]), said.support_s, "AB", individual="one")
    lesson = Taught(model="linear").lesson(
        labels(tracks, Episodes.merged([said, rare])), Training(validation=0.2)
    )
    code = lesson.told["classes"].index("rare")
    assert (codes_of(lesson.train) == code).any()
    asked = sum(int((codes_of(fold.validation) == code).sum()) for fold in lesson.folds)
    assert asked == 0
    assert lesson.told["moments"]["apart"] < lesson.told["moments"]["taught"]
    assert lesson.told["bouts"] == {"together": len(said), "rare": 1}


def test_without_a_group_of_numbers_all_others_stay():
    tracks = meeting(7, 60)
    lesson = Taught(model="linear").lesson(
        labels(tracks, together(tracks)), Training(validation=0.2)
    )
    fold = lesson.folds[0]
    whole = fold.validation.example(0, None)["picture"]
    changed = np.zeros(len(whole), int)
    for name, examples in fold.without.items():
        picture = examples.example(0, None)["picture"]
        other = (np.nan_to_num(picture) != np.nan_to_num(whole)).any(axis=(1, 2))
        assert other.any(), name
        changed += other
    assert (changed <= 1).all()
    assert (changed == 1).mean() > 0.9


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> Taught:
    """What learned from one recording."""
    for library in ("torch", "sklearn", "onnxscript"):
        pytest.importorskip(library)
    from ethoframe.run.fitting import fit

    tracks = meeting(8, 60)
    folder = tmp_path_factory.mktemp("fit") / "model"
    training = Training(seed=1, validation=0.34, threads=1, device="cpu")
    return fit(Taught(), labels(tracks, together(tracks)), folder, training).method


def test_it_tells_another_recording_of_another_camera(ready):
    tracks = meeting(9, 40, rate=RATE * 1.5, scale=2.3)
    true = together(tracks, 2.3)
    found = ready.apply(tracks=tracks)
    assert {*found.labels} == {"together"}
    assert {*found.individuals} == {"one", "other"}
    told, truth = (each.about("one").covers("together", tracks.times_s) for each in (found, true))
    assert 0.1 < truth.mean() < 0.9
    assert (told == truth).mean() > 0.9
    assert found.confidence.min() > 0.3
    assert "taught together" in found.definition
    probable, times_s = ready.probabilities(tracks, "one")
    assert probable.shape == (len(times_s), 2)
    np.testing.assert_allclose(probable.sum(axis=1), 1, atol=1e-6)


def test_time_without_a_body_is_outside_the_support(ready):
    tracks = meeting(9, 20)
    position = tracks.position.copy()
    position[100:200, :, :, 0] = np.nan
    found = ready.apply(tracks=replace(tracks, position=position)).about("one")
    looked = np.sort(found.support_s, axis=0)
    assert len(looked) == 2
    np.testing.assert_allclose([looked[0, 1], looked[1, 0]], [5.0, 10.0], atol=0.4)


def test_one_individual_or_other_keypoints_are_refused(ready):
    tracks = meeting(9, 5)
    with pytest.raises(Refusal, match="taught by pairs"):
        ready.outline(tracks=spec_of(tracks.alone("one")))
    strange = replace(tracks, keypoints=("nose", "x", "right_ear", "tail_base"))
    with pytest.raises(Refusal, match="left_ear"):
        ready.outline(tracks=spec_of(strange))


def test_what_was_apart_settles_and_is_told_beside_what_people_said(ready):
    card = model_of(ready).card
    assert card["taught"]["folds"] == 3
    assert card["figures"]["frame_f1"] > 0.8
    assert card["settled"]["kind"] == "both"
    assert {*card["settled"]["importance"]} == {group for group, _ in GROUPS}
    told = read_columns(Path(ready.weights) / WORK / APART)
    assert len(told["said"]) == card["moments"]["apart"]
    np.testing.assert_allclose(told["p(together)"] + told["p(other)"], 1, atol=1e-6)
    right = told["said"] == told["answer"]
    assert right.mean() > 0.9
    assert {*told["part"].tolist()} == {0, 1, 2}
    assert not [path for path in (Path(ready.weights) / WORK).iterdir() if path.is_dir()]


# ------------------------------------------------------------------------------ decided


def test_a_behaviour_goes_on_between_both_levels():
    p = np.array([0.5, 0.7, 0.5, 0.45, 0.3, 0.5, np.nan, 0.9])
    on = going_on(np.stack([p, 1 - p], axis=1), 0.6, 0.4)[:, 0]
    assert on.tolist() == [False, True, True, True, False, False, False, True]


def test_of_two_behaviours_the_more_probable_goes_on():
    probable = np.array([[0.7, 0.1, 0.2], [0.45, 0.65, 0.0], [0.45, 0.5, 0.05]])
    on = going_on(probable, 0.6, 0.4)
    assert on.tolist() == [[True, False], [False, True], [False, True]]


def test_rare_classes_count_as_much():
    codes = np.repeat([0, 1], [90, 10])
    weights = balanced(codes, 2)
    assert weights[0] * 90 == pytest.approx(weights[1] * 10)
    assert balanced(np.repeat([0, 1], [999, 1]), 2)[1] == 10.0


def test_where_nothing_is_sure_more_is_called_and_never_less_than_half_of_it() -> None:
    sure = np.array([0.99] * 10 + [0.01] * 90)
    unsure = np.array([0.3] * 10 + [0.05] * 90)
    assert level(sure) == 0.5
    assert level(unsure) == 0.3
    assert level(np.zeros(5)) == level(np.zeros(0)) == 0.5
    p = np.concatenate([unsure, 1 - unsure]).reshape(2, -1).T
    called = going_on(p, 0.5, 0.5, np.array([level(unsure)]))[:, 0]
    assert called.tolist() == [True] * 10 + [False] * 90
    assert not going_on(p, 0.5, 0.5).any()
