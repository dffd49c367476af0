from __future__ import annotations

import os

import pytest

from ethoframe.data import Refusal, identity_of
from ethoframe.data.identity import BLOCK


def stamped(path, data: bytes):
    path.write_bytes(data)
    os.utime(path, ns=(10**18, 10**18))
    return path


def test_same_bytes_and_time_are_the_same_file(tmp_path):
    data = bytes(range(256)) * 50
    first, second = stamped(tmp_path / "a", data), stamped(tmp_path / "b", data)
    assert identity_of(first) == identity_of(second)
    os.utime(second, ns=(10**18, 10**18 + 1))
    assert identity_of(first) != identity_of(second)


@pytest.mark.parametrize("place", [0, 5 * BLOCK, -1])
@pytest.mark.parametrize("blocks", [8, 16])
def test_a_change_in_a_small_file_shows_wherever_it_is(tmp_path, place, blocks):
    data = bytearray(blocks * BLOCK)
    before = identity_of(stamped(tmp_path / "a", bytes(data)))
    data[place] = 1
    assert identity_of(stamped(tmp_path / "a", bytes(data))) != before


def test_a_large_file_is_sampled(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(10**10)  # takes no room: nothing is in it
    assert len(identity_of(path)) == 64


def test_refusals(tmp_path):
    (tmp_path / "empty").touch()
    for name, reason in {"none": "no such file", "empty": "empty", ".": "folder"}.items():
        with pytest.raises(Refusal, match=reason):
            identity_of(tmp_path / name)
