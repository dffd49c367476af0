from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Tracks, Values
from ethoframe.run.cautions import cautions
from ethoframe.testing.specimens import film

FILM = film(20)
CORNERS = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 18.0], [0.0, 18.0]])
SQUARE = Arena("rectangle", CORNERS, (400.0, 400.0), source="detected")


def tracks(frames: int = 20, lost: int = 0) -> Tracks:
    points = np.arange(2.0 * frames).reshape(-1, 2)
    points[:lost] = np.nan
    return Tracks.of(points, np.arange(frames) / 30)


def test_nothing_to_say():
    shift = Values.whole(shift=(0.4, "px"), moved=(np.nan, "s"))
    assert cautions(FILM, {"tracks": tracks(), "camera": shift, "arena": SQUARE}) == ()
    assert cautions(FILM, {}) == ()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"tracks": tracks(17)}, "3 of 20 frames could not be decoded and are missing"),
        ({"tracks": tracks(lost=3)}, "the animal has no place in 3 of 20 frames"),
        (
            {"camera": Values.whole(shift=(6.54, "px"), moved=(25.2, "s"))},
            "the camera moved by 6.5 px at about 25 s: pictures after it were moved back",
        ),
        ({"arena": replace(SQUARE, source="explored")}, "no floor was found in the picture"),
        (
            {"arena": replace(SQUARE, sides_mm=None)},
            r"no scale: lengths are in body lengths \(bl\)",
        ),
        (
            {"arena": replace(SQUARE, outline=CORNERS * [1, 5 / 6], sides_mm=(400.0, 300.0))},
            "the floor was taken for 400 × 300 mm",
        ),
        (
            {"arena": replace(SQUARE, sides_mm=None), "floor_tracks": tracks()},
            "no scale: lengths are in pixels",
        ),
    ],
)
def test_one_thing_to_say(answers, said):
    (line,) = cautions(FILM, answers)
    assert re.match(said, line)
    assert "\n" not in line


def test_what_the_user_gave_is_not_doubted():
    given = replace(SQUARE, source="given", sides_mm=(400.0, 300.0))
    assert cautions(FILM, {"arena": given}) == ()


def test_a_few_lost_frames_are_usual():
    assert cautions(FILM, {"tracks": tracks(lost=2)}) == ()


def test_the_gravest_comes_first_and_nothing_twice():
    answers = {
        "arena": replace(SQUARE, sides_mm=None),
        "zones": replace(SQUARE, sides_mm=None),
        "camera": Values.whole(shift=(6.5, "px"), moved=(25.0, "s")),
        "tracks": tracks(19),
    }
    decoded, camera, scale = cautions(FILM, answers)
    assert decoded.startswith("1 of 20 frames")
    assert camera.startswith("the camera")
    assert scale.startswith("no scale")


def test_two_sides_that_were_given_are_nothing_to_say():
    assert cautions(FILM, {"arena": replace(SQUARE, sides_mm=(600.0, 400.0))}) == ()
