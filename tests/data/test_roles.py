from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal, Roles
from ethoframe.data.roles import MADE, ROLES, makes, refuse_without

NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("role", "keypoints", "found"),
    [
        ("nose", ["Nose", "neck"], ("Nose",)),
        ("nose", ["snout"], ("snout",)),
        ("nose", ["head_end"], ()),
        ("tail_base", ["TailBase", "tail"], ("TailBase",)),
        ("tail_base", ["tail_end"], ()),
        ("body_centre", ["center"], ("center",)),
        ("body_centre", ["neck", "tailbase"], ("neck", "tailbase")),
        ("body_centre", ["tailbase", "lefthip", "righthip", "neck"],
         ("neck", "lefthip", "righthip")),
        ("body_centre", ["nose"], ()),
        ("head", ["leftear", "rightear", "nose"], ("leftear", "rightear")),
        ("bp7", ["bp1", "bp7"], ("bp7",)),
    ],
)  # fmt: skip
def test_what_stands_for_a_role(role, keypoints, found):
    assert makes(role, keypoints) == found


def test_an_exact_name_comes_first():
    assert makes("nose", ["snout", "nose"]) == ("nose",)
    assert makes("nose", ["snout", "Nose"]) == ("Nose",)


def test_no_word_means_two_roles():
    words = [{role.replace("_", ""), *others} for role, others in ROLES.items()]
    assert len(set().union(*words)) == sum(map(len, words))
    assert MADE.keys() <= ROLES.keys()


def test_roles_rename():
    roles = Roles.parse("nose=bp1,tail_base = bp 7")
    assert roles.named(["bp 7", "x", "bp1"]) == ("tail_base", "x", "nose")
    with pytest.raises(Refusal, match="there is no keypoint 'bp 7'; there are: a, b"):
        roles.named(["a", "b"])


@pytest.mark.parametrize("text", ["nose", "nose=", "=bp1", "nose=a=b"])
def test_words_that_name_no_roles(text):
    with pytest.raises(Refusal, match="it names no roles; write role=keypoint, as nose=bp1"):
        Roles.parse(text)


@pytest.mark.parametrize("text", ["nose=a,nose=b", "nose=a,neck=a"])
def test_each_is_named_once(text):
    with pytest.raises(Refusal, match="is named twice; name each once"):
        Roles.parse(text)


@given(st.dictionaries(st.sampled_from(sorted(ROLES)), NAMES, min_size=1))
def test_what_is_said_is_found(said):
    if len(set(said.values())) < len(said):
        return
    text = ",".join(f"{role}={name}" for role, name in said.items())
    named = Roles.parse(text).named([*said.values()])
    assert all(makes(role, named) == (role,) for role in said)


def test_what_cannot_stand_for_a_role_is_refused():
    refuse_without("here", ["nose", "neck", "tailbase"], "nose", "body_centre")
    with pytest.raises(Refusal, match=r"here: no keypoint is the neck; say .* --roles neck=NAME"):
        refuse_without("here", ["nose"], "neck")


def test_a_role_that_there_is_not_is_refused_with_those_that_are():
    with pytest.raises(Refusal, match="there is no role 'foo'; roles are nose, head, left_ear"):
        Roles.parse("foo=Nose")
