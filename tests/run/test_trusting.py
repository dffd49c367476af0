from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import catalog
from ethoframe.data import Arena, Tracks, Zone
from ethoframe.run import apply
from ethoframe.run.trusting import trusting

NAMES = ("nose", "body_centre")


def doubted(share: int = 20) -> Tracks:
    """Ten places a second, of which the first keypoint is doubted for a while."""
    sure = np.ones((100, 2, 1))
    sure[30 : 30 + share, 0] = 0.1
    return Tracks(np.zeros((100, 2, 2, 1)), sure, np.arange(100), np.arange(100) / 10, NAMES)


def test_places_that_a_network_disowns_are_left_out_and_told():
    tracks, (line,) = trusting(doubted(), catalog.find("measure/rotation")())
    assert line.startswith("20 % of the places of nose have a confidence under 0.6 and were left")
    assert isinstance(tracks, Tracks)
    assert np.isnan(tracks.at("nose")[30:50]).all()
    assert np.isfinite(tracks.at("body_centre")).all()


def test_a_blink_is_bridged():
    tracks, _ = trusting(doubted(1), catalog.find("behave/visits")())
    assert isinstance(tracks, Tracks)
    assert np.isfinite(tracks.position).all()
    assert tracks.confidence[30, 0, 0] == 0


def test_what_the_method_does_not_follow_is_not_told_of():
    assert trusting(doubted(), catalog.find("measure/motion")())[1] == ()


def test_of_several_animals_it_is_told_of_whom():
    one, other = doubted(), doubted(0)
    both = replace(
        one,
        position=np.concatenate([one.position, other.position], axis=3),
        confidence=np.concatenate([one.confidence, other.confidence], axis=2),
        individuals=("white", "black"),
    )
    tracks, (line,) = trusting(both, catalog.find("measure/rotation")())
    assert line.startswith("white: 20 % of the places of nose have a confidence under 0.6")
    assert isinstance(tracks, Tracks)
    assert np.isfinite(tracks.at("nose", "black")).all()


@pytest.mark.parametrize("name", ["behave/freezing", "clean/gate", "measure/quality"])
def test_methods_that_decide_by_themselves_get_all(name):
    given = doubted()
    assert trusting(given, catalog.find(name)()) == (given, ())


def test_places_that_were_filled_in_stay():
    given = doubted()
    filled = replace(given, confidence=np.where(given.confidence < 1, 0.0, 1.0))
    assert trusting(filled, catalog.find("measure/rotation")())[0] is filled


def test_a_network_that_is_never_sure_is_taken_by_half_of_what_it_says():
    given = replace(doubted(), confidence=np.full((100, 2, 1), 0.4))
    assert trusting(given, catalog.find("measure/rotation")())[0] is given


def test_visits_are_not_cut_to_pieces_by_places_elsewhere():
    """One in ten places is elsewhere, and the network says so: three visits stay three."""
    t = np.arange(1000) / 25
    points = np.stack([50 + 40 * np.sin(2 * np.pi * t / 13), np.full(1000, 50.0)], axis=1)
    right = Zone("right", np.array([[55.0, 0.0], [100.0, 0.0], [100.0, 100.0], [55.0, 100.0]]))
    square = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]])
    arena = Arena("rectangle", square, (400.0, 400.0), (right,))
    visits = catalog.find("behave/visits")()
    truth = apply(visits, tracks=Tracks.of(points, t), arena=arena)
    astray = np.random.default_rng(1).random(1000) < 0.1
    seen = Tracks.of(np.where(astray[:, None], [80.0, 10.0], points), t)
    seen = replace(seen, confidence=np.where(astray, 0.02, 0.99)[:, None, None])
    found = apply(visits, tracks=trusting(seen, visits)[0], arena=arena)
    gated = apply(visits, tracks=apply(catalog.find("clean/gate")(), tracks=seen), arena=arena)
    for each in (found, gated):
        assert len(each) == len(truth) == 4
        np.testing.assert_allclose(each.spans("right"), truth.spans("right"), atol=0.1)
