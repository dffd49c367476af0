"""What a network is taught by: parts that share nothing, and batches that hold what examples do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.data import Classes, Labelled, Labels, Recording, Refusal
from ethoframe.nets.lesson import parted, stacked

WORDS = ["a", "b"]


def labels(films: int, each: int = 6, subjects: bool = False) -> Labels:
    """Frames of films that are called by their numbers, in pairs of one subject."""
    parts = []
    for i in range(films):
        film = Recording.of(np.full((each, 4, 4, 1), i, np.uint8), name=f"film {i}")
        said = Classes.said([WORDS[t % 2] for t in range(each)], WORDS)
        parts.append(Labelled(film, said, subject=f"mouse {i // 2}" if subjects else ""))
    return Labels(tuple(parts))


def places(some: Labels) -> set[tuple[str, int]]:
    return {(part.film, int(part.said.numbers[row])) for part, row in some.rows()}


def test_examples_become_one_batch():
    batch = stacked([{"picture": np.zeros((1, 2, 2)), "values": np.array([i])} for i in range(3)])
    assert batch["picture"].shape == (3, 1, 2, 2)
    assert batch["values"].tolist() == [[0], [1], [2]]


@pytest.mark.parametrize(("films", "subjects"), [(1, False), (5, False), (6, True)])
@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_kept_apart_is_never_taught(films, subjects, seed):
    whole = labels(films, subjects=subjects)
    taught, kept, split = parted(whole, Training(validation=0.3, seed=seed))
    assert places(taught)
    assert places(kept)
    assert not places(taught) & places(kept)
    assert len(taught) + len(kept) + len(split.dropped) == len(whole)
    if films > 1:
        names = ("film", "subject")[subjects]
        apart = [set(side.columns((names,))[names]) for side in (taught, kept)]
        assert not apart[0] & apart[1]


def test_a_share_of_nothing_keeps_nothing_apart():
    taught, kept, split = parted(labels(2), Training(validation=0.0))
    assert len(taught) == 12
    assert len(kept) == 0
    assert "cannot be said" in split.says


def test_one_labelled_frame_is_taught():
    one = labels(1).take([2])
    taught, kept, _ = parted(one, Training(validation=0.5))
    assert places(taught) == {("film 0", 2)}
    assert len(kept) == 0


def test_the_same_seed_parts_alike():
    splits = [parted(labels(8), Training(validation=0.3, seed=s))[2] for s in (0, 0)]
    assert splits[0] == splits[1]


def test_a_split_that_cannot_be_is_refused():
    with pytest.raises(Refusal, match="subject"):
        parted(labels(3), replace(Training(), split="subject"))
