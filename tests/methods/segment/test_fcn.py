"""Classes of pixels by a fully convolutional network."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.data import Refusal
from ethoframe.methods.segment.fcn import Fcn
from ethoframe.run import apply
from tests.methods.segment._fits import taught


def test_it_is_a_network_of_scores_that_are_added():
    lesson = Fcn(window_px=96, width=16).lesson(Fcn.sample(), Training(validation=0.2))
    assert lesson.network.decoder == "fcn"
    assert lesson.network.map_size == (24, 24)
    example = lesson.train.example(0, np.random.default_rng(0))
    assert example["picture"].shape == (1, 96, 96)
    assert example["mask"].shape == (24, 24)
    assert set(np.unique(example["mask"])) == {0, 1}


@pytest.mark.slow
def test_a_small_network_tells_classes(tmp_path):
    small = {"window_px": 96, "width": 16}
    method = taught("segment/fcn", tmp_path / "m", Fcn.sample(), 5e-3, **small).method
    found, true = apply(method, **Fcn.example()).dense(), Fcn.sample().parts[0].said.dense()
    assert np.mean(found == true) > 0.9


def test_plain_convolutions_are_those_of_the_unet():
    with pytest.raises(Refusal, match="use segment/unet"):
        Fcn().lesson(Fcn.sample(), Training(encoder="plain"))
