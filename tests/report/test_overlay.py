from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Refusal
from ethoframe.formats import video
from ethoframe.report.course import Course
from ethoframe.report.overlay import Overlay, write_overlay
from ethoframe.report.palette import ORANGE
from ethoframe.report.session import Session
from ethoframe.report.status import HEIGHT, Status, rgb


@pytest.fixture(scope="module")
def short(make_session):
    return make_session(40, lost=((10, 15),))


def pictures(session: Session) -> list[np.ndarray]:
    return list(Overlay.of(session, Course.of(session)).pictures())


def marked(picture: np.ndarray, colour: str) -> np.ndarray:
    """Pixels of about this colour, without the strip."""
    return np.abs(picture[:-HEIGHT].astype(int) - rgb(colour)).max(axis=2) < 40


def test_every_frame_with_its_time(short, tmp_path):
    path = tmp_path / "overlay.mp4"
    write_overlay(path, short)
    written = video.read(path)
    assert len(written) == 40
    assert written.size == (480 + HEIGHT, 640)
    assert written.times_s == pytest.approx(short.recording.times_s, abs=1e-3)


def test_the_centroid_is_where_the_animal_is(short):
    drawn, course = pictures(short), Course.of(short)
    for row in (0, 25):
        x, y = ((course.picture[row] + 0.5) * 5 - 0.5).round().astype(int)
        spot = marked(drawn[row], ORANGE)[y - 1 : y + 2, x - 1 : x + 2]
        assert spot.all()


def test_a_lost_animal_has_a_trail_and_no_points(short):
    bare = pictures(Session(short.recording))
    drawn = pictures(Session(short.recording, {"tracks": short.tracks}))
    lost, found = ((drawn[row] != bare[row])[:-HEIGHT].sum() for row in (14, 16))
    assert 0 < lost < found / 2


def test_a_broken_frame_repeats_the_one_before(short):
    source = replace(short.recording.source, broken=frozenset({0, 20, 39}))
    bare = Session(replace(short.recording, source=source))
    drawn = pictures(bare)
    assert len(drawn) == 40
    assert not drawn[0][:-HEIGHT].any()
    assert np.array_equal(drawn[20][:-HEIGHT], drawn[19][:-HEIGHT])
    assert not np.array_equal(drawn[20][-HEIGHT:], drawn[19][-HEIGHT:])


def test_large_pictures_are_shrunk_and_colour_stays(short):
    times = np.arange(2) / 30
    recording = replace(short.recording, size=(960, 2560), channels=("r", "g", "b"), times_s=times)
    scene = np.zeros((960, 2560, 3), np.uint8)
    scene[..., 0] = 200

    class Red:
        def images(self, numbers):
            yield from ((number, scene) for number in numbers)

    drawn = pictures(Session(replace(recording, source=Red())))[0]
    assert drawn.shape == (480 + HEIGHT, 1280, 3)
    assert drawn[100, 100].argmax() == 0


def test_no_frame_is_refused(short, tmp_path):
    empty = Session(replace(short.recording, times_s=np.zeros(0)))
    with pytest.raises(Refusal, match="no frame"):
        write_overlay(tmp_path / "overlay.mp4", empty)


def test_zones_light_up_in_their_places():
    status = Status.of(640, ("centre", "角"), ("moving",))
    dark = status.drawn(7, 1.5, "moving", frozenset())
    lit = status.drawn(7, 1.5, "moving", frozenset({"centre"}))
    changed = np.flatnonzero((dark != lit).any(axis=(0, 2)))
    assert dark.shape == (HEIGHT, 640, 3)
    assert changed.min() > 320
    assert changed.max() - changed.min() < 120
