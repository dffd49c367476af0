from __future__ import annotations

import numpy as np
import pytest

from ethoframe.contract.channels import LUMA, levels_of, shares
from ethoframe.data import Refusal

COLOURS = ("red", "green", "blue")


def test_the_named_the_only_one_or_luma():
    assert shares(("gfp", "rfp"), "rfp", "m") == {1: 1.0}
    assert shares(("gfp",), "", "m") == {0: 1.0}
    assert shares((*COLOURS, "alpha"), "", "m") == dict(enumerate(LUMA.values()))
    assert shares(("luma", "alpha"), "", "m") == {0: 1.0}
    assert shares(("luma", "alpha"), "alpha", "m") == {1: 1.0}


@pytest.mark.parametrize("channel", ["", "dapi"])
def test_of_several_one_must_be_meant(channel):
    with pytest.raises(Refusal, match="--channel gfp"):
        shares(("gfp", "rfp"), channel, "m")


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_levels_keep_their_type(dtype):
    pixels = np.full((2, 3, 4), 200, dtype)
    levels = levels_of(pixels, (*COLOURS, "alpha"), "")
    assert levels.dtype == dtype
    assert levels == pytest.approx(200)
