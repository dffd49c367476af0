from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Recording, Refusal
from ethoframe.methods.regress.region import Region
from ethoframe.run import apply
from ethoframe.testing import strategies as nouns


@given(nouns.recordings(least=1), st.data())
def test_it_is_the_mean_of_the_pixels_in_the_region(recording, data):
    height, width = recording.size
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    down, across = data.draw(st.integers(0, height - top)), data.draw(st.integers(0, width - left))
    found = apply(Region(left, top, across, down), recording=recording)
    # Nothing stands for all that is left.
    rows, columns = (slice(a, a + n if n else None) for a, n in ((top, down), (left, across)))
    pixels = recording.source.pixels[:, rows, columns]
    assert found.column("level") == pytest.approx(pixels.mean(axis=(1, 2, 3)))


@pytest.mark.parametrize("region", [(30, 0, 3, 0), (0, 20, 0, 5), (32, 0, 0, 0)])
def test_a_region_must_lie_in_the_picture(region):
    recording = Recording.of(np.zeros((2, 24, 32, 1), np.uint8))
    with pytest.raises(Refusal, match="of a picture 32 × 24"):
        apply(Region(*region), recording=recording)
