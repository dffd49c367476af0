from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.data import Episodes, Refusal
from ethoframe.methods.register.pulses import Pulses

FRAME_S = 1 / 30


def episodes(times_s, support_s):
    times = np.sort(times_s)
    spans = np.stack([times, times], axis=1)
    return Episodes.of("on", spans, np.array(support_s).reshape(-1, 2))


class Session:
    """Pulses on an outside clock, and what a camera saw of them on its own."""

    def __init__(self, seed=0, gaps=(0.5, 3.0), count=200, drift=1e-4, missing=0.1, extra=2):
        random = np.random.default_rng(seed)
        pulses = 1000 + np.cumsum(random.uniform(*gaps, count))
        self.start, self.rate = pulses[int(0.3 * count)] - 0.2, 1 + drift
        self.length = (pulses[int(0.8 * count)] - self.start) / self.rate
        on = (pulses - self.start) / self.rate
        on = on[(on > 0) & (on < self.length) & (random.random(count) > missing)]
        # A camera of short exposures: half-way between the last dark frame and the first lit one.
        on = (np.ceil(on / FRAME_S) - 0.5) * FRAME_S
        on = np.concatenate([on, random.uniform(0, self.length, extra)])
        self.light = episodes(on, [-0.001, self.length])
        kept = pulses[random.random(count) > missing]
        self.pulses = episodes(kept, [kept[0], kept[-1]])

    def error_s(self, found):
        """The greatest error of a frame's time on the outside clock."""
        ends = np.array([0, self.length])
        true = self.start + self.rate * ends
        return np.abs(found["offset"] + found["rate"] * ends - true).max()


@given(st.integers(0, 10_000))
@settings(max_examples=8)
def test_irregular_pulses_are_found_though_some_are_missed_on_either_side(seed):
    session = Session(seed)
    found = Pulses().apply(light=session.light, pulses=session.pulses)
    assert session.error_s(found) < 0.4 * FRAME_S
    # On-times lie evenly within a frame.
    assert found["residual"] == pytest.approx(FRAME_S / np.sqrt(12), rel=0.3)
    assert abs(found["rate"] - session.rate) < 5 * found["rate_error"]
    assert found["rival"] < 0.5


@pytest.mark.parametrize(
    "session",
    [
        {"gaps": (100, 400), "count": 60, "drift": 1e-3},
        {"gaps": (0.3, 1.5), "count": 2000, "missing": 0.3, "extra": 30},
        {"drift": -1.9e-3, "count": 1500},
        {"gaps": (0.9, 1.1), "count": 400, "missing": 0.3},
    ],
    ids=["sparse", "many missing", "fast clock", "nearly regular"],
)
def test_hard_ones(session):
    made = Session(3, **session)
    found = Pulses().apply(light=made.light, pulses=made.pulses)
    assert made.error_s(found) < 0.5 * FRAME_S


def test_regular_pulses_are_refused_unless_the_place_is_known():
    session = Session(1, gaps=(1, 1))
    with pytest.raises(Refusal, match="several offsets fit the pulses equally well"):
        Pulses().apply(light=session.light, pulses=session.pulses)
    near = Pulses(near_s=session.start + 0.2, within_s=0.4)
    found = near.apply(light=session.light, pulses=session.pulses)
    assert session.error_s(found) < 0.6 * FRAME_S


@pytest.mark.parametrize("jitter", [0.012, 0.02, 0.03])
@pytest.mark.parametrize("seed", range(6))
def test_nearly_regular_pulses_are_right_or_refused(seed, jitter):
    session = Session(seed, gaps=(1 - jitter, 1 + jitter), count=300, missing=0.3)
    try:
        found = Pulses().apply(light=session.light, pulses=session.pulses)
    except Refusal:
        return
    assert session.error_s(found) < FRAME_S


def test_what_is_alone_and_what_was_missed_is_counted():
    pulses = np.cumsum(np.random.default_rng(2).uniform(0.5, 3, 40))
    seen = np.delete(pulses[10:30], [3, 7, 11]) - 5
    on = np.append(seen, [(pulses[12] + pulses[13]) / 2 - 5, pulses[0] - 9])
    light = episodes(on, [pulses[0] - 10, pulses[29] - 4.9])
    found = Pulses().apply(light=light, pulses=episodes(pulses, [pulses[0], pulses[-1]]))
    assert found["offset"] == pytest.approx(5)
    assert found["rate"] == pytest.approx(1)
    assert found["residual"] == pytest.approx(0, abs=1e-9)
    # Of the pulses while the video looked the first ten and three more were not seen.
    assert (found["matched"], found["alone"], found["missed"]) == (17, 1, 13)


def test_a_light_that_was_on_when_the_video_began_is_no_on_time():
    session = Session(5)
    start = session.light.start_s[0] - 0.15
    spans = np.concatenate([[[start, start + 0.1]], session.light.spans("on")])
    light = Episodes.of("on", spans, np.array([[start, session.length]]))
    found = Pulses().apply(light=light, pulses=session.pulses)
    assert found["alone"] == Pulses().apply(light=session.light, pulses=session.pulses)["alone"]


def test_what_chance_does_as_well_is_no_answer():
    random = np.random.default_rng(9)
    light = episodes(np.cumsum(random.uniform(0.5, 3, 100)), [0, 200])
    other = episodes(np.cumsum(random.uniform(0.5, 3, 150)), [0, 300])
    found = Pulses().apply(light=light, pulses=other)
    assert np.isnan(found["offset"])
    assert found["matched"] < 30
    few = Pulses().apply(
        light=light.__class__.of("on", light.spans("on")[:2], [[0, 9]]), pulses=other
    )
    assert np.isnan(few["rate"])
