from __future__ import annotations

from contextlib import suppress

import pytest

from ethoframe.run import profile as profile_module
from ethoframe.run.profile import Profile


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by the seconds in the list, one at each look."""
    steps = [0.0]

    def look() -> float:
        steps[0] += steps.pop() if len(steps) > 1 else 0.0
        return steps[0]

    monkeypatch.setattr(profile_module.time, "perf_counter", look)
    return steps


def test_seconds_add_up(clock):
    profile = Profile()
    for seconds in (2.0, 3.0):
        with profile.spent("compute"):
            clock.append(seconds)
    clock.append(10.0)
    assert profile.total() == {"compute": 5.0, "whole": 15.0}


def test_time_counts_that_ended_badly(clock):
    profile = Profile()
    with suppress(ZeroDivisionError), profile.spent("write"):
        clock.append(2.0)
        raise ZeroDivisionError
    assert profile.total()["write"] == 2.0


def test_each_item_counts_and_the_end_as_well(clock):
    def items():
        for item in (None, False, "last"):
            clock.append(1.0)
            yield item
        clock.append(4.0)

    profile = Profile()
    assert list(profile.each("decode", items())) == [None, False, "last"]
    assert profile.total()["decode"] == 7.0


def test_what_is_done_with_an_item_does_not_count(clock):
    profile = Profile()
    for _ in profile.each("decode", iter([1, 2])):
        clock.append(5.0)
        profile_module.time.perf_counter()
    assert profile.total() == {"decode": 0.0, "whole": 10.0}
