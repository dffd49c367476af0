"""Any picture through a network of one size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.methods.segment._tiles import Pieces
from ethoframe.nets.network import Head, Network


def looked(network):
    """A network that answers each place with the mean of its pixels."""

    def run(pictures):
        seen = pictures[:, :1]
        for axis, length in enumerate(network.size, start=2):
            first = network.border
            seen = np.take(seen, range(first, length - first), axis=axis)
            shape = [*seen.shape[:axis], -1, network.stride, *seen.shape[axis + 1 :]]
            seen = seen.reshape(shape).mean(axis=axis + 1)
        return {"mask": seen}

    return run


@given(st.integers(1, 150), st.integers(1, 150), st.sampled_from([1, 2, 4]))
def test_pieces_together_are_the_whole(height, width, stride):
    network = Network((32, 64), 1, (Head("mask", 1),), stride=stride)
    size = (-(-height // stride) * stride, -(-width // stride) * stride)
    picture = np.random.default_rng(0).random((1, *size)).astype(np.float32)
    found = Pieces(network, size).maps(picture, looked(network))["mask"]
    true = picture.reshape(1, size[0] // stride, stride, size[1] // stride, stride).mean((2, 4))
    np.testing.assert_allclose(found, true, atol=1e-5)


@pytest.mark.parametrize("size", [(10, 20), (100, 100), (333, 90)])
def test_what_is_seen_beyond_the_answer_is_the_picture_mirrored(size):
    network = Network((204, 220), 1, (Head("mask", 1),), encoder="plain", stride=1)
    picture = np.random.default_rng(1).random((1, *size)).astype(np.float32)
    seen = []

    def run(pictures):
        seen.extend(pictures)
        return looked(network)(pictures)

    found = Pieces(network, size).maps(picture, run)["mask"]
    np.testing.assert_allclose(found, picture, atol=1e-5)
    np.testing.assert_array_equal(seen[0][:, 92, 92], picture[:, 0, 0])
    np.testing.assert_array_equal(seen[0][:, 91, 92], picture[:, 0, 0])
    np.testing.assert_array_equal(seen[0][:, 90, 92], picture[:, 1, 0])


def test_volumes_go_in_patches_of_voxels():
    network = Network((8, 16, 16), 1, (Head("mask", 1),), encoder="plain", stride=1)
    volume = np.random.default_rng(2).random((1, 11, 40, 33)).astype(np.float32)
    pieces = Pieces(network, volume.shape[1:])
    found = pieces.maps(volume, looked(network))["mask"]
    np.testing.assert_allclose(found, volume, atol=1e-5)
    assert len(pieces.starts()) == 2 * 3 * 3


def test_a_piece_counts_least_at_its_border():
    network = Network((32, 32), 1, (Head("mask", 1),), stride=1)

    def run(pictures):
        answers = np.zeros((len(pictures), 1, 32, 32), np.float32)
        answers[:, :, [0, -1]] = answers[..., [0, -1]] = 1.0  # nonsense at the border
        return {"mask": answers}

    found = Pieces(network, (80, 80)).maps(np.zeros((1, 80, 80), np.float32), run)["mask"][0]
    assert found[8:-8, 8:-8].max() < 0.2
