from __future__ import annotations

from dataclasses import replace

import numpy as np

from ethoframe.data import Episodes
from ethoframe.report.course import Course
from ethoframe.report.figures.episodes import episodes


def answered(session, found):
    return replace(session, answers={**session.answers, "episodes": found})


def test_a_lane_for_each_label_of_each_individual(session):
    course = Course.of(session)
    parts = [
        Episodes.of("rearing", [[1.0, 2.0]], [[0.0, 10.0]], "behave/rule", individual=who)
        for who in ("a", "b")
    ]
    plate = episodes(answered(session, Episodes.merged(parts)), course)
    assert "rearing · a: 1 s, 10.0 %, 1 time" in plate.svg
    assert "rearing · b" in plate.narrow
    assert "behave/rule" in plate.caption


def test_nothing_found_is_told_and_nothing_asked_is_not(session):
    course = Course.of(session)
    none = Episodes.of("rearing", np.zeros((0, 2)), [[0.0, 10.0]])
    assert episodes(answered(session, none), course).caption == "None was found."
    assert episodes(session, course) is None


def test_behaviour_of_an_assay_has_lanes_visits_and_activity_have_their_own(session):
    course = Course.of(session)
    explored, floated = (
        Episodes.of(label, [[1.0, 2.0]], [[0.0, 10.0]], author)
        for label, author in (("exploring novel", "behave/exploring"), ("floating", "behave/still"))
    )
    others = {"exploration": explored, "floating_episodes": floated}
    plate = episodes(replace(session, answers={**session.answers, **others}), course)
    assert "exploring novel" in plate.svg
    assert "floating" in plate.svg
    assert "immobile" not in plate.svg
    assert "According to behave/exploring, behave/still." in plate.caption
