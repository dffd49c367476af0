from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.contract import spec_of
from ethoframe.data import Arena, Refusal, Tracks, Zone
from ethoframe.methods.behave.rule import ByRule

RATE = 30.0


def two(unit="mm") -> Tracks:
    """One walks along x past another that sits and turns round; in the last second it is lost."""
    t = np.arange(300) / RATE
    walker = np.stack([40 * t, np.zeros(300)], axis=1)
    sitter = np.broadcast_to([200.0, 30.0], (300, 2))
    turn = np.deg2rad(90 * t)
    ahead = 30 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    bodies = [(walker + np.array([30.0, 0.0]), walker), (sitter + ahead, sitter)]
    position = np.stack([np.stack(body, axis=2) for body in bodies], axis=3)
    confidence = np.ones((300, 2, 2))
    confidence[270:, :, 0] = 0.1
    names = ("Left Nose", "Tailbase")
    return Tracks(position, confidence, np.arange(300), t, names, ("a", "b"), unit)


def square() -> Arena:
    corners = np.array([[0.0, -100.0], [400.0, -100.0], [400.0, 100.0], [0.0, 100.0]])
    middle = Zone("goal", np.array([[100.0, -50.0], [200.0, -50.0], [200.0, 50.0], [100.0, 50.0]]))
    return Arena("rectangle", corners, (400.0, 200.0), (middle,), unit="mm")


def held(when: str, who: str = "a", tracks: Tracks | None = None, **given) -> list[list[float]]:
    episodes = ByRule(when=when, **given).apply(tracks=tracks or two(), arena=square())
    return episodes.about(who).spans("rule").tolist()


def near(*spans: tuple[float, float]):
    return [pytest.approx(list(span), abs=0.12) for span in spans]


@pytest.mark.parametrize(
    ("when", "a", "b"),
    [
        ("speed(tail_base) > 3 cm/s", [(0, 9)], []),
        ("speed('Left Nose') > 42 mm/s", [], [(0, 10)]),
        ("turning(tail_base, 'Left Nose') > 80 deg/s", [], [(0, 10)]),
        ("distance(tail_base, other.tail_base) < 5 cm", [(4, 6)], [(4, 6)]),
        ("inside(tail_base, goal)", [(2.5, 5)], []),
        ("depth(tail_base, goal) > 20 mm", [(3, 4.5)], []),
        ("distance(tail_base, zone.goal) < 30 mm", [(3, 4.5)], []),
        ("facing(tail_base, 'Left Nose', other.tail_base) < 90 deg", [(0, 4.25)], None),
        ("distance(b.tail_base, tail_base) < 1 mm", [], [(0, 10)]),
        ("confidence(tail_base) < 0.5", [(9, 10)], []),
        ("not speed(tail_base) > 3 cm/s", [], [(0, 10)]),
        ("rate(distance(tail_base, zone.goal)) > 1 mm/s and 1 s > 0.5 s", [(3.75, 9)], []),
        ("speed(tail_base) / 2 > 25 mm/s - 1 cm/s or inside(tail_base, goal)", [(0, 9)], []),
    ],
)
def test_terms(when, a, b) -> None:
    assert held(when, "a") == near(*a)
    if b is not None:
        assert held(when, "b") == near(*b)


def test_until_is_hysteresis() -> None:
    begun = "depth(tail_base, goal) > 20 mm until depth(tail_base, goal) < -40 mm"
    assert held(begun) == near((3, 6))


def test_short_episodes_and_interruptions() -> None:
    when = "inside(tail_base, goal) or distance(tail_base, other.tail_base) < 42 mm"
    assert held("distance(tail_base, other.tail_base) < 42 mm", least_s=2.0) == []
    assert held(when) == near((2.5, 5.73))
    apart = "abs(depth(tail_base, goal)) > 2 mm and inside(tail_base, floor)"
    assert len(held(apart)) == 3
    assert len(held(apart, pause_s=0.5)) == 1


def test_what_is_not_known_was_not_looked_at() -> None:
    episodes = ByRule(when="speed(tail_base) > 1 mm/s").apply(tracks=two())
    assert episodes.about("a").support_s.tolist() == near((0, 9))
    assert episodes.about("b").support_s.tolist() == near((0, 10))
    # What holds decides an "or", whatever else is not known.
    either = "1 < 2 or speed(tail_base) > 1 mm/s"
    assert held(either) == near((0, 10))


def test_lengths_go_by_the_unit_of_the_tracks() -> None:
    in_px = replace(two(), position=two().position * 2, unit="mm", px_per_unit=4.0)
    assert held("speed(tail_base) > 300 px/s", tracks=in_px) == near((0, 9))
    in_bl = replace(two(), position=two().position / 30, unit="bl", px_per_unit=30.0)
    assert held("speed(tail_base) > 1.2 bl/s", tracks=in_bl) == near((0, 9))
    with pytest.raises(Refusal, match=r"column 20: mm needs a scale"):
        held("speed(tail_base) > 3 mm/s", tracks=in_bl)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("speed(nos) < 5 mm/s", "column 7: no keypoint is the nos"),
        ("speed(tail_base) < 5 mm", "column 18: mm/s beside mm"),
        ("speed(tail_base) <", "column 19: a number"),
        ("sped(tail_base) < 3", "column 1: there is no 'sped'"),
        ("speed(tail_base)", "column 1: this is no condition"),
        ("1 < 2 parsec", "column 7: 'parsec' is no unit"),
        ("inside(tail_base, nowhere)", "column 19: there is no zone 'nowhere'"),
        ("(1 < 2", r"column 7: '\)' must stand"),
        ("1 < 2 or 3", "column 10: or takes conditions"),
        ("1 + (1 < 2) > 0", "column 8: a condition is no number"),
        ("__import__('os')", "column 1: there is no '__import__'"),
        ("1 < 2 & 3", "column 7: '&' has no meaning"),
        ("1 < 2 until", "column 12"),
        ("distance(tail_base) < 1 mm", "column 1: distance takes 2 names"),
        ("c.tail_base < 1", "column 13"),
        ("speed(c.tail_base) < 1 mm/s", "column 7: there is no individual 'c'"),
        ("area() < 1 mm2", "column 1: area needs a silhouette"),
        ("(" * 60, "column 41"),
        ("", "column 1"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_column(when, said) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        held(when)
    assert "\n" not in str(refused.value)


def test_rules_of_the_documentation_can_be_read() -> None:
    text = (Path(__file__).parents[3] / "docs/behaviour.md").read_text(encoding="utf-8")
    rules = re.findall(r"^\| [^|]+ \| `([^`]*[<>][^`]*)` \|$", text, re.MULTILINE)
    assert len(rules) >= 8
    names = ("nose", "head", "body_centre", "tail_base")
    spec = replace(spec_of(two()), names=names)
    for rule in rules:
        ByRule(when=rule).outline(tracks=spec)


def test_names_are_known_before_anything_is_computed() -> None:
    with pytest.raises(Refusal, match="no keypoint is the mouth"):
        ByRule(when="speed(other.mouth) < 1 mm/s").outline(tracks=spec_of(two()))


def test_others_are_two_at_the_least() -> None:
    with pytest.raises(Refusal, match="no other individual"):
        held("distance(tail_base, other.tail_base) < 1 mm", tracks=two().alone("a"))


@given(st.text(alphabet="abs()<>=+-*/.,'1 2mdegnotru_&", max_size=40))
def test_any_text_is_a_rule_or_refused(text) -> None:
    try:
        ByRule(when=text).apply(tracks=two())
    except Refusal as refused:
        told = str(refused)
    else:
        told = "column"
    assert "column" in told


def test_dropping_every_second_frame_and_jitter_hardly_matter() -> None:
    when = "speed(tail_base) > 20 mm/s and distance(tail_base, other.tail_base) < 100 mm"
    whole = held(when)
    half = two().take(slice(None, None, 2))
    assert held(when, tracks=half) == near(*map(tuple, whole))
    noise = np.random.default_rng(1).normal(0, 0.3, half.position.shape)
    shaken = replace(half, position=half.position + noise)
    assert held(when, tracks=shaken) == near(*map(tuple, whole))
