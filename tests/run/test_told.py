from __future__ import annotations

import numpy as np

from ethoframe.data import Recording
from ethoframe.run.told import Watched

FILM = Recording.of(np.zeros((5, 4, 6, 1), np.uint8))


def heard():
    lines: list[tuple[str, int, int]] = []
    return lines, lambda *line: lines.append(line)


def test_a_reading_of_all_frames_is_told():
    lines, told = heard()
    watched = Watched.of(FILM, "decoding", told)
    assert watched.frames(range(5)).numbers.tolist() == [0, 1, 2, 3, 4]
    assert lines == [("decoding", 0, 0), *(("decoding", done, 5) for done in range(5))]


def test_a_look_at_some_frames_is_not():
    lines, told = heard()
    Watched.of(FILM, "decoding", told).frames([0, 3])
    assert lines == [("decoding", 0, 0)]


def test_where_nobody_listens_nothing_changes():
    assert Watched.of(FILM, "decoding", None) is FILM
