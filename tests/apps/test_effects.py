"""Differences between groups at the command line."""

from __future__ import annotations

from ethoframe.apps.effects import told
from ethoframe.data import Effect, Effects
from ethoframe.formats.effects import write_effects


def _effect(name: str, **more: object) -> Effect:
    known = {
        "quantity": name, "unit": "mm", "factor": "group", "level": "drug", "control": "saline",
        "n": 6, "n_control": 5, "animals": 6, "animals_control": 5, "effect_unit": "mm",
        "test": "contrast/welch", "unit_of_analysis": "animal", "definition": "means",
    }  # fmt: skip
    return Effect(**known | more)


def test_a_line_for_each_effect(tmp_path):
    rows = (
        _effect("distance", effect=12.345, p=0.0312, q=0.0624, verdict="there is a difference"),
        _effect("a" * 60, definition="not tested: it is the same in all units"),
    )
    write_effects(tmp_path / "effects.csv", Effects(rows))
    head, names, first, second = told(tmp_path / "effects.csv").split("\n")
    assert head == "  drug against saline"
    assert names.split() == ["measure", "n", "effect", "p", "q"]
    assert first.split()[:6] == ["distance", "6+5", "12.35", "mm", "0.031", "0.062"]
    assert first.endswith("there is a difference")
    assert "…" in second
    assert second.endswith("not tested: it is the same in all units")


def test_each_pair_of_levels_has_one_table(tmp_path):
    pairs = (("b", "a"), ("c", "a"), ("c", "b"))
    rows = tuple(
        _effect(name, level=level, control=control, primary=name == "speed", p=0.5)
        for name in ("distance", "time", "speed")
        for level, control in pairs
    )
    write_effects(tmp_path / "effects.csv", Effects(rows))
    heads = [line for line in told(tmp_path / "effects.csv").split("\n") if line[2] != " "]
    assert heads == [
        f"  {level} against {control}, {family}"
        for family in ("outcomes", "all others")
        for level, control in pairs
    ]


def test_outcomes_come_apart_and_long_tables_are_cut(tmp_path):
    rows = (
        _effect("distance", primary=True, p=0.00001),
        *(_effect(f"m{k}", p=0.5, effect_unit="1", effect=0.5) for k in range(25)),
    )
    write_effects(tmp_path / "effects.csv", Effects(rows))
    lines = told(tmp_path / "effects.csv")
    assert "drug against saline, outcomes" in lines
    assert "<0.001" in lines
    assert "drug against saline, all others" in lines
    assert "and 5 more" in lines
    assert "m20 " not in lines


def test_what_the_assay_is_about_comes_first_but_a_ranking_keeps_its_order(tmp_path):
    names = ("distance, raw", "top speed", "distance", "time in open of open and closed")
    rows = tuple(_effect(name, p=0.5) for name in (*names, "share of time freezing"))
    path = tmp_path / "effects.csv"
    write_effects(path, Effects(rows))
    assert _measures(told(path))[:2] == ["time in open of open and closed", "distance"]
    (tmp_path / "provenance.json").write_text('{"asked": {"recipe": "fear-conditioning"}}')
    assert _measures(told(path))[0] == "share of time freezing"
    write_effects(path, Effects(tuple(_effect(n, p=0.5, test="contrast/ranking") for n in names)))
    assert _measures(told(path)) == [*names]


def test_differences_of_percentages_are_points(tmp_path):
    row = _effect("share of time", effect=22.0, effect_unit="%", unit="%", p=0.5)
    write_effects(tmp_path / "effects.csv", Effects((row,)))
    assert " 22 percentage points " in told(tmp_path / "effects.csv")


def _measures(lines: str) -> list[str]:
    return [line.split("  6+5")[0].strip() for line in lines.split("\n")[2:]]
