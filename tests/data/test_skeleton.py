"""Keypoints by name: pairs of left and right are told by how people spell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Skeleton

PAIRS = [
    ("leftear", "rightear"),
    ("left_ear", "right_ear"),
    ("Left ear", "Right ear"),
    ("EAR_LEFT", "EAR_RIGHT"),
    ("ear_l", "ear_r"),
    ("l_ear", "r_ear"),
    ("earL", "earR"),
    ("L_ear", "R_ear"),
    ("LEar", "REar"),
    ("hind.paw.L", "hind.paw.R"),
]


@pytest.mark.parametrize("pair", PAIRS)
def test_left_and_right_change_places(pair):
    skeleton = Skeleton.of(["snout", *pair, "tailbase"])
    assert skeleton.mirrored == (pair,)
    assert skeleton.swap == (0, 2, 1, 3)


@pytest.mark.parametrize("names", [["tail", "nail"], ["leftear"], ["l", "tail"], ["Lip", "Rip"]])
def test_what_is_no_pair_stays(names):
    assert Skeleton.of(names).swap == tuple(range(len(names)))


def test_the_order_of_the_pair_does_not_matter():
    assert Skeleton.of(["rightear", "leftear"]).mirrored == (("leftear", "rightear"),)
    assert Skeleton.of(["rightear", "leftear"]).swap == (1, 0)


@given(st.lists(st.sampled_from([n for pair in PAIRS for n in pair] + ["snout"]), unique=True))
def test_twice_mirrored_is_as_before(names):
    swap = Skeleton.of(names).swap
    assert [swap[swap[i]] for i in range(len(names))] == list(range(len(names)))


def test_names_are_those_of_keypoints_and_each_once():
    with pytest.raises(ValueError, match="a name of its own"):
        Skeleton(("a", "a"))
    with pytest.raises(ValueError, match="no keypoints: c"):
        Skeleton(("a", "b"), edges=(("a", "c"),))
    with pytest.raises(ValueError, match="no keypoints: r"):
        Skeleton(("l",), mirrored=(("l", "r"),))


def test_it_equals_what_holds_the_same():
    one = Skeleton.of(["leftear", "rightear"], edges=[("leftear", "rightear")])
    assert one == Skeleton(("leftear", "rightear"), one.edges, one.mirrored)
    assert one != Skeleton.of(["leftear", "rightear"])
    assert len({one, Skeleton.of(["a"])}) == 2
    assert Skeleton.of([]).swap == ()
