from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe import formats
from ethoframe.data import Episodes, Refusal
from ethoframe.formats import episodes as file
from ethoframe.testing import strategies as nouns

HEAD = "recording,individual,label,start_s,stop_s,start_frame,stop_frame,score\n"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "episodes.csv"


@given(nouns.episodes("rear"), nouns.episodes("groom"), st.sampled_from(["animal", "m2"]))
def test_episodes_come_back_as_they_were(path, one, other, who):
    other = replace(other, individuals=(who,) * len(other))
    made = Episodes.merged([replace(one, author="A. B."), other])
    file.write(path, "day 1/m1", made)
    (part,) = formats.read_observations(path)
    assert (part.recording, part.author) == ("day 1/m1", "A. B.")
    # Those that start at one time may change places.
    assert _rows(part.episodes) == _rows(made)
    assert np.array_equal(part.episodes.support_s, made.support_s)
    assert part.episodes.watched == made.watched


def _rows(episodes: Episodes):
    assert episodes.confidence is not None
    return sorted(
        zip(
            episodes.labels,
            episodes.individuals,
            episodes.start_s.tolist(),
            episodes.stop_s.tolist(),
            episodes.confidence.tolist(),
            strict=True,
        )
    )


def test_frames_count_from_0_and_stop_is_after_the_last(path):
    made = Episodes.of("rear", np.array([[0.1, 0.3], [0.5, 0.6]]), np.array([[0.0, 0.6]]))
    clock = np.arange(6), np.arange(6) / 10
    file.write(path, "m1", made, clock)
    lines = path.read_text().splitlines()
    assert lines[0] + "\n" == HEAD
    assert lines[1:] == [
        "m1,,support,0,0.6,0,6,",
        "m1,animal,rear,0.1,0.3,1,3,1",
        "m1,animal,rear,0.5,0.6,5,6,1",
    ]


def test_what_nobody_says_was_looked_at_is_told(path):
    path.write_text("recording,label,start_s,stop_s,author\nm1,rear,1,2,A\nm1,rear,3,8,B\n")
    seen = formats.read_observations(path)
    assert [part.episodes.support_s.tolist() for part in seen] == [[[0, 8]], [[0, 8]]]
    (line,) = seen.warnings
    assert "m1 by A, m1 by B" in line


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("m1,rear,2,1", "line 2: it is from 2 to 1; fill in start_s and stop_s, in this order"),
        ("m1,rear,soon,1", "line 2: 'soon' is no number; correct it"),
    ],
)
def test_rows_that_will_not_do(path, row, reason):
    path.write_text(f"recording,label,start_s,stop_s\n{row}\n")
    with pytest.raises(Refusal, match=reason):
        formats.read_observations(path)


def test_other_tables_are_not_known(path):
    path.write_text("recording,label\nm1,rear\n")
    assert not file.observed_in(path)
