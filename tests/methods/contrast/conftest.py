"""Small studies on paper."""

from __future__ import annotations

from collections.abc import Sequence

from ethoframe.data import Measure, Measures, Row, Sheet


def study(values: Sequence[float], **columns: Sequence[str]) -> dict[str, object]:
    """A distance of each animal; columns of the sheet have a word for each."""
    known = {"subject": [f"m{k}" for k in range(len(values))], **columns}
    rows = [
        Row(line=k + 2, video=(f"r{k}.mp4",), **{name: each[k] for name, each in known.items()})
        for k in range(len(values))
    ]
    told = [
        Measure(
            recording=f"cam/r{k}.mp4", quantity="distance", value=float(value), unit="mm",
            bin_start_s=0.0, bin_stop_s=600.0, definition="path",
        )
        for k, value in enumerate(values)
    ]  # fmt: skip
    return {"measures": Measures(tuple(told)), "sheet": Sheet("animals.csv", tuple(rows))}
