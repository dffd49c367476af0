"""A network as data: what it says of its sizes, and that JSON keeps all of it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ethoframe.nets.network import POOLED, Head, Network

KINDS = ("classes", "values", "visible", "heatmap", "mask", "density", "distance")
HEADS = st.lists(
    st.builds(Head, st.sampled_from(KINDS), st.integers(1, 9)),
    min_size=1,
    max_size=4,
    unique_by=lambda head: head.kind,
).map(tuple)
NETWORKS = st.builds(
    Network,
    st.lists(st.integers(1, 8).map(lambda n: 32 * n), min_size=2, max_size=3).map(tuple),
    st.integers(1, 4),
    HEADS,
    st.sampled_from(["tf_efficientnet_lite0", "test_resnet"]),
    st.sampled_from(["unet", "fpn", "fcn", "none"]),
    st.sampled_from([1, 2, 4, 8, 16]),
    st.integers(1, 256),
)


@given(NETWORKS)
def test_json_keeps_all_of_it(network):
    assert Network.from_json(json.loads(json.dumps(network.to_json()))) == network


@given(NETWORKS)
def test_a_map_has_one_place_for_each_stride(network):
    for head in network.heads:
        shape = network.answer_shape(head)
        assert shape[0] == head.channels
        assert head.pooled == (head.kind in POOLED) == (len(shape) == 1)
        if not head.pooled:
            assert [n * network.stride for n in shape[1:]] == list(network.size)


def test_convolutions_without_padding_answer_less_than_they_see():
    # Ronneberger 2015: 572 px are seen, 388 are answered.
    network = Network((572, 572), 1, (Head("mask", 2),), "plain", "unet", 1)
    assert network.map_size == (388, 388)
