"""Values as strict JSON has them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ethoframe.data.strict import strict


def test_whatever_is_written_is_read_by_everyone() -> None:
    told = {
        1: np.float32(0.5),
        "n": np.int64(3),
        "yes": np.bool_(True),
        "table": np.array([[1.0, np.nan]]),
        "ends": (-np.inf, np.float64("nan")),
        "where": Path("a"),
        "none": None,
    }
    text = json.dumps(strict(told), allow_nan=False)
    assert json.loads(text) == {
        "1": 0.5,
        "n": 3,
        "yes": True,
        "table": [[1.0, None]],
        "ends": [None, None],
        "where": "a",
        "none": None,
    }
