from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Recording, Refusal, Tracks
from ethoframe.formats import video
from ethoframe.report.labelled import Drawn, write_labelled
from ethoframe.report.palette import zone_colour
from ethoframe.report.status import HEIGHT, rgb

PLACES = np.array([[[20.0, 60.0], [10.0, 40.0]], [[30.0, np.nan], [20.0, np.nan]]])
"""Of two frames, x and y of two keypoints."""


@pytest.fixture
def film() -> Recording:
    return Recording.of(np.full((3, 80, 128, 1), 100, np.uint8), 10.0)


@pytest.fixture
def tracks() -> Tracks:
    sure = np.array([[0.9, 0.9], [0.2, 0.0]])[..., None]
    numbers = np.array([0, 2])
    return Tracks(PLACES[..., None], sure, numbers, numbers / 10, ("nose", "tail"))


def coloured(picture: np.ndarray, k: int, x: float, y: float, off: int = 0) -> bool:
    """Whether the picture, five times as large, has the colour of a keypoint at a place."""
    column, row = (round((place + 0.5) * 5 - 0.5) for place in (x, y))
    return bool(np.abs(picture[row, column + off].astype(int) - rgb(zone_colour(k))).max() < 40)


def test_every_frame_with_its_time(film, tracks, tmp_path):
    path = tmp_path / "labelled.mp4"
    write_labelled(path, film, tracks, 0.5)
    drawn = video.read(path)
    assert (len(drawn), drawn.size) == (3, (400 + HEIGHT, 640))
    assert drawn.times_s == pytest.approx(film.times_s, abs=1e-3)


def test_keypoints_are_where_they_are(film, tracks):
    first, second, third = Drawn.of(film, tracks, 0.5).pictures()
    assert coloured(first, 0, 20, 10)
    assert coloured(first, 1, 60, 40)
    assert (second[:-HEIGHT] == second[0, 0]).all()  # nothing is known of this frame
    assert not coloured(third, 0, 30, 20)  # a guess is a ring
    assert coloured(third, 0, 30, 20, off=4)


def test_edges_join_what_is_sure(film, tracks):
    plain, joined = (
        next(Drawn.of(film, tracks, 0.5, e).pictures()) for e in ((), (("nose", "tail"),))
    )
    middle = plain[
        round(25.5 * 5) - 3 : round(25.5 * 5) + 3, round(40.5 * 5) - 3 : round(40.5 * 5) + 3
    ]
    assert (middle == middle[0, 0]).all()
    assert (plain != joined).any()
    unknown = next(Drawn.of(film, tracks, 0.5, (("nose", "ear"),)).pictures())
    assert np.array_equal(unknown, plain)


def test_several_individuals_and_a_frame_that_cannot_be_decoded(film, tracks):
    both = Tracks(
        np.concatenate([tracks.position, tracks.position + 10], axis=3),
        np.concatenate([tracks.confidence] * 2, axis=2),
        tracks.numbers,
        tracks.times_s,
        tracks.keypoints,
        ("a", "b"),
    )
    broken = replace(film, source=replace_broken(film))
    pictures = list(Drawn.of(broken, both, 0.5).pictures())
    assert len(pictures) == 3
    assert coloured(pictures[0], 0, 20, 10)
    assert coloured(pictures[0], 0, 30, 20)


def replace_broken(film: Recording):
    class Broken:
        def images(self, numbers):
            yield from (each for each in film.source.images(numbers) if each[0] != 1)

    return Broken()


def test_no_frame_and_volumes_are_refused(film, tracks, tmp_path):
    empty = replace(film, times_s=np.zeros(0))
    with pytest.raises(Refusal, match="there is no frame"):
        write_labelled(tmp_path / "a.mp4", empty, tracks, 0.5)
    volume = Recording.of(np.zeros((1, 3, 8, 8, 1), np.uint8))
    with pytest.raises(Refusal, match="volumes"):
        write_labelled(tmp_path / "a.mp4", volume, tracks, 0.5)
