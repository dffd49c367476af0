"""What people said of frames: every frame with its film, and parts that are taken whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Classes, Episodes, Labelled, Labels, Recording, Tracks, Values

WORDS = ("a", "b")


def film(count: int, name: str = "film", level: int = 0) -> Recording:
    return Recording.of(np.full((count, 4, 6, 1), level, np.uint8), name=name)


def part(numbers: list[int], name: str = "film", **more) -> Labelled:
    words = [WORDS[n % 2] for n in numbers]
    return Labelled(film(50, name), Classes.said(words, WORDS, np.array(numbers, int)), **more)


NUMBERS = st.lists(st.integers(0, 49), unique=True, max_size=8).map(sorted)
LABELS = st.lists(NUMBERS, max_size=4).map(
    lambda all_: Labels(tuple(part(numbers, f"film {i}") for i, numbers in enumerate(all_)))
)


def places(labels: Labels) -> list[tuple[str, int, str]]:
    return [(p.film, int(p.said.numbers[i]), p.said.best[i]) for p, i in labels.rows()]


@given(LABELS)
def test_rows_are_all_frames_in_order(labels):
    assert len(places(labels)) == len(labels) == len(labels.origin)
    assert labels.columns()["film"] == [film for film, _, _ in places(labels)]
    assert labels.origin.tolist() == [number for _, number, _ in places(labels)]


@given(LABELS, st.data())
def test_frames_are_taken_in_their_order(labels, data):
    rows = range(len(labels))
    chosen = data.draw(st.lists(st.sampled_from(rows), unique=True) if len(labels) else st.just([]))
    taken = labels.take(np.array(chosen, int))
    assert places(taken) == [places(labels)[i] for i in sorted(chosen)]
    mask = np.isin(np.arange(len(labels)), chosen)
    assert labels.take(mask) == taken
    assert all(len(each) for each in taken.parts)
    assert taken.fingerprint() == labels.take(mask).fingerprint()


@given(LABELS)
def test_all_taken_is_all_but_films_of_which_nothing_is_said(labels):
    said = replace(labels, parts=tuple(each for each in labels.parts if len(each)))
    assert labels.take(slice(None)) == said


def test_files_and_places_in_the_film_go_along():
    files = tuple(f"img{i}.png" for i in range(3))
    one = part([0, 1, 2], files=files, origin=np.array([10, 200, 3000]), author="me")
    taken = one.take([0, 2])
    assert taken.files == ("img0.png", "img2.png")
    assert taken.origin.tolist() == [10, 3000]
    assert taken.author == "me"
    assert Labels((one,)).take([1]).origin.tolist() == [200]


def test_a_film_is_called_as_its_recording_unless_it_has_a_name():
    assert part([1]).film == "film"
    assert part([1], film="day 1").film == "day 1"


@pytest.mark.parametrize(
    "more", [{"files": ("a.png",)}, {"origin": np.array([1, 2, 3])}, {"files": tuple("abc")}]
)
def test_what_does_not_match_is_a_mistake(more):
    with pytest.raises(ValueError, match="each frame needs"):
        part([0, 1], **more)


def test_labels_of_two_kinds_are_no_labels():
    said = Values(np.zeros((1, 1)), ("x",), ("1",), np.zeros(1, int), np.zeros(1))
    with pytest.raises(ValueError, match="different kinds"):
        Labels((part([0]), Labelled(film(3), said)))


def test_of_nothing_nothing_is_said():
    assert len(Labels(())) == 0
    assert Labels(()).origin.tolist() == []
    assert len(Labels(()).take([])) == 0
    with pytest.raises(ValueError, match="nothing is said"):
        _ = Labels(()).gives


def test_episodes_are_taken_by_time():
    said = Episodes.of("a", np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]]))
    labelled = Labelled(film(3), said)
    assert len(labelled) == 3  # as many as were looked through
    assert Labels((labelled,)).gives is Episodes
    with pytest.raises(TypeError, match="by time"):
        labelled.take([0])


def test_what_decides_a_fit_decides_the_fingerprint():
    one = Labels((part([0, 1]),))
    same = Labels((part([0, 1]),))
    others = [
        Labels((part([0, 2]),)),
        Labels((replace(part([0, 1]), recording=film(50, level=1)),)),
        Labels((replace(part([0, 1]), subject="mouse 1"),)),
        Labels((replace(part([0, 1]), origin=np.array([0, 9])),)),
    ]
    assert one.fingerprint() == same.fingerprint()
    assert one == same
    assert all(each.fingerprint() != one.fingerprint() for each in others)


def test_tracks_are_said_of_frames_too():
    tracks = Tracks.of(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.0, 0.1]))
    labels = Labels((Labelled(film(2), tracks),))
    assert labels.gives is Tracks
    assert labels.take([1]).parts[0].said == tracks.take([1])
