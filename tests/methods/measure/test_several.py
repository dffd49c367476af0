"""Two animals in one file: each is measured as if it were alone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.contract import Method
from ethoframe.data import Arena, Episodes, Measures, Noun, Refusal, Tracks, Zone
from ethoframe.methods.behave.activity import Activity
from ethoframe.methods.behave.visits import Visits
from ethoframe.methods.clean.gaps import Gaps
from ethoframe.methods.clean.smooth import Smooth
from ethoframe.methods.measure.motion import Motion
from ethoframe.methods.measure.quality import Quality
from ethoframe.methods.measure.rotation import Rotation
from ethoframe.methods.measure.zones import Zones
from ethoframe.run import apply

WHO = ("white", "black")
COUNT, RATE = 240, 30.0
CORNERS = np.array([[0.0, 0.0], [400.0, 20.0], [380.0, 300.0], [10.0, 280.0]])
MIDDLE = np.array([[120.0, 80.0], [280.0, 80.0], [280.0, 220.0], [120.0, 220.0]])
FLOOR = Arena("rectangle", CORNERS, (400.0, 300.0), (Zone("centre", MIDDLE),))
TONE = Episodes.of("tone", np.array([[1.0, 2.5], [4.0, 5.0]]), np.array([[0.0, 8.0]]))


def walked(random: np.random.Generator, pace: float, long: float) -> np.ndarray:
    """Keypoints ``(t, 2, 3)``: it walks and stands, and turns, with some jitter."""
    heading = random.normal(0, 0.2, COUNT).cumsum()
    ahead = np.stack([np.cos(heading), np.sin(heading)], axis=1)
    going = pace / RATE * (np.arange(COUNT) % 90 < 50)
    centre = random.uniform(100, 250, 2) + np.cumsum(going[:, None] * ahead, axis=0)
    parts = np.stack([centre, centre + long / 2 * ahead, centre - long / 2 * ahead], axis=2)
    return parts + random.normal(0, 0.3, parts.shape)


def both(seed: int, unit: str = "px") -> Tracks:
    """Two that differ in pace, length and when they are lost."""
    random = np.random.default_rng(seed)
    each = [walked(random, 90.0, 60.0), walked(random, 20.0, 35.0)]
    for places, (lost, most) in zip(each, ((3, 6), (2, 60)), strict=True):
        for start in random.integers(0, COUNT, lost):
            places[start : start + random.integers(1, most)] = np.nan
    position = np.stack(each, axis=3)
    sure = np.isfinite(position).all(axis=1) * random.uniform(0.7, 1.0, (COUNT, 3, 2))
    sure[:, 1] *= np.where(random.random((COUNT, 2)) < 0.1, 0.2, 1.0)
    names, clock = ("centroid", "nose", "tail_base"), np.arange(COUNT)
    return Tracks(position, sure, clock, clock / RATE, names, WHO, unit)


def prepared(tracks: Tracks) -> dict[str, Noun]:
    """What is measured, and all that is given beside it, made of the same tracks."""
    bridged = apply(Gaps(), tracks=tracks)
    smooth = apply(Smooth(), tracks=bridged)
    found = {"activity": apply(Activity(), tracks=smooth)}
    found["visits"] = apply(Visits(), tracks=smooth, arena=FLOOR)
    return {"tracks": smooth, "raw": bridged, "arena": FLOOR, "events": TONE, **found}


def measured(method: Method, tracks: Tracks) -> Measures:
    held = {name: noun for name, noun in prepared(tracks).items() if name in method.takes}
    return apply(method, **held)


def same(one: Measures, parts: list[Measures]) -> None:
    """Compares them to the last digit."""
    told = [row for part in parts for row in part.rows]
    assert one.fingerprint() == Measures(tuple(told)).fingerprint()
    assert {row.individual for row in one.rows} == set(WHO)


@pytest.mark.parametrize("unit", ["px", "mm"])
@pytest.mark.parametrize("method", [Motion(bin_s=3.0), Quality(), Rotation(), Zones()])
@settings(max_examples=6)
@given(seed=st.integers(0, 99))
def test_each_has_the_measures_that_it_has_alone(method, unit, seed) -> None:
    tracks = both(seed, unit)
    alone = [measured(method, one) for one in tracks.each()]
    same(measured(method, tracks), alone)


@settings(max_examples=6)
@given(seed=st.integers(0, 99))
def test_each_has_the_episodes_that_it_has_alone(seed) -> None:
    tracks = both(seed)
    found = apply(Activity(), tracks=tracks)
    for one in tracks.each():
        who = one.individuals[0]
        assert found.about(who).fingerprint() == apply(Activity(), tracks=one).fingerprint()


def without(given: dict[str, Noun], *names: str) -> dict[str, Noun]:
    return {name: noun for name, noun in given.items() if name not in names}


def test_the_name_of_a_single_animal_changes_no_number() -> None:
    one = both(4).alone("white")
    plain = replace(one, individuals=("animal",))
    named, unnamed = (measured(Motion(), tracks) for tracks in (one, plain))
    assert named.of(individual="animal").fingerprint() == unnamed.fingerprint()
    assert {row.individual for row in unnamed.rows} == {"animal"}
    # What was made before it had a name is its own all the same.
    given = without(prepared(plain), "tracks", "visits")
    mixed = apply(Motion(), tracks=prepared(one)["tracks"], **given)
    assert mixed.fingerprint() == named.fingerprint()


def test_cautions_name_the_animal_where_there_are_several() -> None:
    tracks = both(1, "mm")
    for method in (Motion(), Activity()):
        told = [apply(method, tracks=one).cautions for one in tracks.each()]
        assert any(told)
        lines = [f"{who}: {line}" for who, own in zip(WHO, told, strict=True) for line in own]
        assert apply(method, tracks=tracks).cautions == tuple(lines)


def test_what_was_made_of_other_animals_is_refused() -> None:
    tracks = both(2, "mm")
    tell = partial(apply, Motion(), tracks=tracks)
    moving = Episodes.of("moving", np.array([[0.0, 2.0]]), np.array([[0.0, 8.0]]))
    with pytest.raises(Refusal, match="the activity names animal, and not white"):
        tell(activity=moving)
    strange = replace(tracks, individuals=("white", "grey"))
    with pytest.raises(Refusal, match="names white, grey, and not black"):
        tell(raw=strange)
    alone = replace(tracks.alone("black"), individuals=("animal",))
    with pytest.raises(Refusal, match="names white, black, and not animal"):
        apply(Motion(), tracks=alone, raw=tracks)


def test_one_that_was_never_seen_has_no_numbers_and_takes_none_of_the_others() -> None:
    tracks = both(3, "mm")
    position = tracks.position.copy()
    position[..., 1] = np.nan
    tracks = replace(tracks, position=position)
    found = apply(Motion(), tracks=tracks, activity=apply(Activity(), tracks=tracks))
    values = {row.individual: row.value for row in found.rows if row.quantity == "time moving"}
    assert values.keys() == {"white"}
    assert all(np.isnan(row.value) for row in found.rows if row.individual == "black")
