from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.report.course import Course
from ethoframe.report.moments import Moment
from ethoframe.report.thumbnails import thumbnails


def boxes(html: str) -> list[list[float]]:
    return [[float(v) for v in box.split()] for box in re.findall(r'viewBox="(.*?)"', html)]


def test_the_animal_is_in_the_middle(session):
    course = Course.of(session)
    html = thumbnails(session, course, (Moment(40, "why <not>"),))
    [[left, top, width, height]] = boxes(html)
    middle = np.array([left + width / 2, top + height / 2])
    assert np.abs(middle - course.picture[40]).max() <= 1
    assert "why &lt;not&gt;" in html
    x, y = re.search(r'circle cx="(.*?)" cy="(.*?)"', html).groups()
    assert (float(x), float(y)) == pytest.approx(course.picture[40], abs=0.1)


def test_a_jump_shows_both_places(session):
    course = Course.of(session)
    picture = course.picture.copy()
    picture[40] = picture[39] + [20, 0]
    html = thumbnails(session, replace(course, picture=picture), (Moment(40, "jumped"),))
    [[left, _, width, _]] = boxes(html)
    assert left < picture[39, 0] < picture[40, 0] < left + width
    assert "stroke-dasharray" in html


def test_a_lost_frame_is_shown_where_it_was_lost(session):
    html = thumbnails(session, Course.of(session), (Moment(114, "not found"),))
    assert "<image" in html
    assert "circle" not in html


def test_a_frame_that_cannot_be_decoded_is_said(session):
    source = replace(session.recording.source, broken=frozenset({40}))
    broken = replace(session, recording=replace(session.recording, source=source))
    html = thumbnails(broken, Course.of(session), (Moment(40, "a"), Moment(90, "b")))
    assert html.count("cannot be decoded") == 1
    assert html.count("<image") == 1
