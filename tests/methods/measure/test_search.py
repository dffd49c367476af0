from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Measures, Refusal, Tracks, Zone
from ethoframe.methods.behave.visits import Visits
from ethoframe.methods.measure.search import Search
from ethoframe.run import apply

RATE = 20
ANGLE = np.linspace(0, 2 * np.pi, 240, endpoint=False)
RIM = 600 * np.stack([np.cos(ANGLE), np.sin(ANGLE)], axis=1)
PLATFORM = Zone("platform", np.array([300.0, 0.0]) + RIM / 12)  # 50 mm about (300, 0)
POOL = Arena("circle", RIM, zones=(PLATFORM,), unit="mm")


def swim(*stops: tuple[float, float, float], method: Search | None = None) -> Measures:
    """Along straight lines from one (s, x, y) to the next."""
    t, x, y = np.array(stops, float).T
    at = np.arange(0, t[-1], 1 / RATE)
    points = np.stack([np.interp(at, t, x), np.interp(at, t, y)], axis=1)
    tracks = replace(Tracks.of(points, at, "body_centre"), unit="mm")
    visits = apply(Visits(margin_mm=0.0), tracks=tracks, arena=POOL)
    return apply(method or Search(), tracks=tracks, arena=POOL, visits=visits)


def test_straight_to_the_platform():
    m = swim((0, -500, 0), (4, 300, 0), (10, 300, 0))
    assert m.value("latency to platform") == pytest.approx(750 / 200, abs=1e-3)
    assert m.value("path to platform") == pytest.approx(750, abs=0.5)
    assert m.value("path to platform, capped") == m.value("path to platform")
    assert m.value("path efficiency to platform") == pytest.approx(1.0, abs=0.001)
    # 800, 600, 400 and 200 mm away at 0, 1, 2 and 3 s
    assert m.value("proximity to platform") == pytest.approx(500, abs=1)
    assert m.value("cumulative proximity to platform") == pytest.approx(2000, abs=4)
    assert m.value("crossings of platform") == 1
    assert m.value("speed of search") == pytest.approx(200, rel=0.01)
    assert m.value("heading error") == pytest.approx(0, abs=0.01)


def test_a_detour_is_less_efficient():
    m = swim((0, -500, 0), (4, -500, 300), (12, 300, 300), (15, 300, 0), (20, 300, 0))
    assert m.value("path efficiency to platform") == pytest.approx(750 / 1350, abs=0.01)


def test_what_is_never_found_has_no_latency():
    m = swim((0, -450, 0), (10, -450, 10))
    assert np.isnan(m.value("latency to platform"))
    assert np.isnan(m.value("path to platform"))
    assert m.value("path to platform, capped") == pytest.approx(10.0, rel=0.01)
    assert m.value("latency to platform, capped") == pytest.approx(10.0)
    assert m.value("share of time in opposite quadrant") == pytest.approx(100.0)
    assert m.value("share of time near wall") == pytest.approx(0.0)
    assert m.value("proximity to platform") == pytest.approx(750, abs=1)


def test_crossing_it_is_not_finding_it():
    m = swim((0, -450, 0), (1, 450, 0), (6, 450, 0))
    assert np.isnan(m.value("latency to platform"))
    assert m.value("crossings of platform") == 1
    assert m.value("share of time near wall") == pytest.approx(0.0)


@pytest.mark.parametrize(("y", "name"), [(300, "right"), (-300, "left")])
def test_quadrants_as_one_sees_them_from_the_middle(y, name):
    assert swim((0, 0, y), (5, 1, y)).value(f"share of time in {name} quadrant") == 100.0


def test_time_on_the_platform_is_no_search():
    there = (0, -500, 0), (4, 300, 0)
    short, long = swim(*there, (5, 300, 0)), swim(*there, (60, 300, 0))
    for name in ("share of time in target quadrant", "proximity to platform", "speed of search"):
        assert short.value(name) == pytest.approx(long.value(name)), name
    assert short.value("share of time in target quadrant") < 60


def test_in_a_probe_nothing_ends_the_search():
    path = (0, -500, 0), (4, 300, 0), (6, 300, 0), (10, -500, 0)
    trial, probe = swim(*path), swim(*path, method=Search(probe=True))
    assert trial.value("proximity to platform") == pytest.approx(500, abs=1)
    # 800, 600, 400, 200 mm away, three times on the spot, and 200, 400, 600 on the way back
    assert probe.value("proximity to platform") == pytest.approx(3200 / 10, abs=1)
    assert probe.value("latency to platform") == trial.value("latency to platform")
    # Over it in 0.25 s: a crossing, and in a trial no finding.
    quick = (0, -500, 0), (2, 300, 0), (4, -500, 0)
    assert np.isnan(swim(*quick).value("latency to platform"))
    found = swim(*quick, method=Search(probe=True))
    assert found.value("latency to platform") == pytest.approx(750 / 400, abs=0.05)
    assert found.value("crossings of platform") == 1


def test_a_heading_that_misses():
    m = swim((0, -300, 0), (1, -300, 200), (4, 300, 0), (8, 300, 0))
    assert m.value("heading error") == pytest.approx(90.0)
    still = swim((0, -300, 0), (5, -290, 0))
    assert np.isnan(still.value("heading error"))


def test_how_much_of_the_way_is_in_the_corridor():
    name = "share of path to platform in corridor"
    assert swim((0, -500, 0), (4, 300, 0), (10, 300, 0)).value(name) == pytest.approx(100)
    # 300 of 800 mm aside: of 1350 mm to the edge, all but the first and last are out of it.
    m = swim((0, -500, 0), (4, -500, 300), (12, 300, 300), (15, 300, 0), (20, 300, 0))
    assert m.value(name) == pytest.approx(100 * (90 + 40) / 1350, abs=1.0)
    wide = swim(
        (0, -500, 0), (4, -500, 300), (12, 300, 300), (15, 300, 0), (20, 300, 0),
        method=Search(corridor_mm=700.0),
    )  # fmt: skip
    assert wide.value(name) == pytest.approx(100)
    assert "180 mm wide" in m.row(name).definition
    # Where it was never found, of all of its way: 90 of 450 mm are within 90 mm of the line.
    assert swim((0, -450, 0), (10, -450, 450)).value(name) == pytest.approx(20, abs=0.5)


def test_without_a_platform_it_is_refused():
    tracks = Tracks.of(np.zeros((5, 2)), np.arange(5) / RATE, "body_centre")
    arena = Arena("circle", RIM)
    visits = apply(Visits(), tracks=tracks, arena=arena)
    with pytest.raises(Refusal, match="no zone called platform; draw a zone"):
        apply(Search(), tracks=tracks, arena=arena, visits=visits)
