"""Effects, and their table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ethoframe.data import Effect, Effects, Refusal
from ethoframe.formats.effects import read_effects, write_effects

ROW = Effect(
    quantity="distance", unit="mm", factor="group", level="drug", control="saline", n=6,
    n_control=5, animals=6, animals_control=5, effect=-3.0, p=0.02, primary=True,
    test="contrast/welch", unit_of_analysis="animal", definition="means, “of animals”",
)  # fmt: skip


def test_rows_are_found_by_measure_and_level():
    other = replace(ROW, level="high", effect=1.0)
    found = Effects((ROW, other, replace(ROW, quantity="speed")))
    assert found.row("distance").effect == -3.0
    assert found.row("distance", "high").effect == 1.0
    assert len(found.of(["distance"])) == 2
    with pytest.raises(KeyError):
        found.row("distance", during="tone")


def test_a_table_keeps_every_row(tmp_path):
    path = tmp_path / "effects.csv"
    effects = Effects((ROW, replace(ROW, p=float("nan"), low=float("-inf"))))
    write_effects(path, effects)
    assert read_effects(path) == effects


def test_a_damaged_table_is_refused(tmp_path):
    path = tmp_path / "effects.csv"
    write_effects(path, Effects((ROW,)))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("0.02", "small"), encoding="utf-8")
    with pytest.raises(Refusal, match="'small' is no float"):
        read_effects(path)
    path.write_text(text.replace("quantity", "what"), encoding="utf-8")
    with pytest.raises(Refusal, match="no column quantity"):
        read_effects(path)
