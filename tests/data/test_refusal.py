from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from ethoframe.data import Refusal


def test_one_line_that_says_where_why_and_what_to_do():
    refusal = Refusal(Path("a/mouse.mp4"), "the file\nis empty", "copy it\n  again")
    assert str(refusal) == "a/mouse.mp4: the file is empty; copy it again"
    assert (refusal.where, refusal.reason) == ("a/mouse.mp4", "the file\nis empty")


def test_it_is_a_value_error():
    with pytest.raises(ValueError, match="empty"):
        raise Refusal("a.mp4", "the file is empty", "copy it again")


def test_it_crosses_processes():
    refusal = Refusal("a.mp4", "the file is empty", "copy it again")
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)
