from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Values

COUNTS = Values(
    np.array([[1.0, 10.0], [np.nan, 20.0]]),
    ("cells", "area"),
    ("1", "px2"),
    np.array([3, 5]),
    np.array([0.1, 0.2]),
)


def test_of_a_whole_recording():
    values = Values.whole(noise=(1.5, "level"), area=(900, "px2"))
    assert (values["noise"], values["area"]) == (1.5, 900.0)
    assert values.units == ("level", "px2")
    assert (len(values), values.numbers.tolist()) == (1, [-1])
    assert values == Values.whole(noise=(1.5, "level"), area=(900.0, "px2"))


def test_of_frames():
    assert COUNTS.column("area").tolist() == [10.0, 20.0]
    assert COUNTS.take(slice(1, None)).column("area").tolist() == [20.0]
    with pytest.raises(ValueError, match="whole recording"):
        COUNTS["area"]


@pytest.mark.parametrize(
    "change",
    [
        {"table": COUNTS.table[:, :1]},
        {"table": COUNTS.table[0]},
        {"names": ("cells",)},
        {"units": ("1",)},
        {"times_s": np.zeros(3)},
    ],
)
def test_axes_must_match(change):
    fields = {f: getattr(COUNTS, f) for f in ("table", "names", "units", "numbers", "times_s")}
    with pytest.raises(ValueError, match="need"):
        Values(**{**fields, **change})
