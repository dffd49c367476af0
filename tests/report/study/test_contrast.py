"""Differences between groups on the study page."""

from __future__ import annotations

import pytest

from ethoframe.data import Effect, Effects
from ethoframe.formats.effects import read_effects
from ethoframe.report.study import write_study
from ethoframe.report.study.categories import categories
from ethoframe.report.study.contrast import Compared, section
from ethoframe.report.study.study import Key, Study
from ethoframe.run.frozen import Frozen, analysis_in, freeze, frozen_in

TEST = {
    "method": "contrast/welch", "version": "2",
    "parameters": {"control": "saline", "smallest": "1.5"},
}  # fmt: skip


@pytest.fixture
def split(experiment):
    """Ten animals of their own litters, the drugged of which go further."""
    for k in range(10):
        experiment.add(
            subject=f"s{k}", group=("saline", "drug")[k % 2],
            values={"distance": 100.0 * k + 900.0 * (k % 2), "frames": 240.0, "speed": k % 3},
        )  # fmt: skip
    return experiment


def _names() -> tuple[str, ...]:
    return tuple(f"s{k}" for k in range(10))


def test_blind_nothing_is_compared(split):
    write_study(split.out, split.parts)
    page = (split.out / "study.html").read_text(encoding="utf-8")
    assert "Groups are hidden, or there are none" in page
    assert not (split.out / "effects.csv").exists()
    assert not (split.out / "unblinded.txt").exists()


def test_unblinded_groups_are_compared_and_that_is_noted(split):
    write_study(split.out, split.parts, unblind=True)
    page = (split.out / "study.html").read_text(encoding="utf-8")
    assert "it is exploratory" in page
    assert "drug against saline" in page
    row = read_effects(split.out / "effects.csv").row("distance")
    assert (round(row.effect), row.n, row.test) == (1000, 5, "contrast/permutation")
    assert (split.out / "unblinded.txt").exists()
    assert "drug −" in (split.out / "figures" / "distance.svg").read_text(encoding="utf-8")


def test_a_frozen_analysis_is_carried_out_and_outcomes_are_marked(split):
    decision = Frozen(
        ("distance",), TEST, analysis_in(split.out), {}, (*_names(), "gone"), {"s9": "seizure"}
    )
    freeze(split.out, decision)
    write_study(split.out, split.parts, unblind=True)
    page = (split.out / "study.html").read_text(encoding="utf-8")
    assert "The analysis was frozen on" in page
    assert "Left out by it: s9 (seizure)" in page
    assert "animals gone since: gone" in page
    found = read_effects(split.out / "effects.csv")
    row, other = found.row("distance"), found.row("speed")
    assert (row.n, row.primary, row.test) == (4, True, "contrast/welch")
    assert row.q == row.p
    assert not other.primary
    assert len(frozen_in(split.out)) == 1


def test_whole_litters_are_not_compared_as_animals(dozen):
    for k, part in enumerate(dozen.parts):
        object.__setattr__(part.row, "litter", f"{part.row.group} {k // 4}")
    study = Study.of(dozen.parts, unblind=True)
    found = Compared.of(study, dozen.out)
    assert "let the litter be the unit" in found.refusal
    assert "Not compared" in section(found)


def test_failed_animals_are_left_out(dozen):
    for part in dozen.parts:
        object.__setattr__(part.row, "litter", "")
    found = Compared.of(Study.of(dozen.parts, unblind=True), dozen.out)
    rows = found.of_measure(Key("distance", "mm"))
    assert [(row.n, row.n_control) for row in rows] == [(5, 6)]


def test_measures_that_are_no_key_measures_are_folded(split):
    found = Compared.of(Study.of(split.parts, unblind=True), split.out)
    text = section(found, [Key("distance", "mm")])
    first, rest = text.split("<details>")
    assert "distance" in first
    assert "speed" not in first
    assert "<summary>1 further measure</summary>" in rest
    assert "<details>" not in section(found)


@pytest.mark.parametrize("control", ["", "saline"])
def test_three_groups_are_all_shown_with_all_animals(experiment, control):
    for k in range(18):
        experiment.add(
            subject=f"s{k}", group=("saline", "low", "high")[k % 3],
            values={"distance": 100.0 * k + 900.0 * (k % 3 == 2), "speed": float(k % 4)},
        )  # fmt: skip
    out = experiment.out
    if control:
        parameters = {**TEST["parameters"], "control": control}
        freeze(out, Frozen(("distance",), {**TEST, "parameters": parameters}, analysis_in(out)))
    write_study(out, experiment.parts, unblind=True)
    found = read_effects(out / "effects.csv")
    pairs = [(row.level, row.control) for row in found.rows if row.quantity == "distance"]
    every = [("low", "saline"), ("high", "saline"), ("high", "low")]
    assert pairs == (every[:2] if control else every)
    page = (out / "study.html").read_text(encoding="utf-8")
    assert ("every pair of the levels of group is compared, 3 in all" in page) != bool(control)
    assert "saline (6), low (6), high (6)" in page
    assert ("high against low" in page) != bool(control)
    figure = (out / "figures" / "distance.svg").read_text(encoding="utf-8")
    for level in ("saline", "low", "high"):
        assert f">{level}<" in figure.replace("\n", "")
    assert figure.count("n = 6") == 3


@pytest.fixture
def sexes(experiment):
    """Twelve animals, of which the males go further, whatever they got."""
    for k in range(12):
        experiment.add(
            subject=f"s{k}", group=("saline", "drug")[k % 2], sex="fm"[k // 2 % 2],
            values={"distance": 10.0 * k + 900.0 * (k // 2 % 2)},
        )  # fmt: skip
    return experiment


def test_another_column_is_compared_where_it_is_asked_for(sexes):
    write_study(sexes.out, sexes.parts, unblind=True, factor="sex")
    row = read_effects(sexes.out / "effects.csv").row("distance")
    assert (row.factor, row.level, row.control) == ("sex", "m", "f")
    assert row.p < 0.05
    page = (sexes.out / "study.html").read_text(encoding="utf-8")
    assert "m against f" in page


def test_it_is_hidden_as_groups_are(sexes):
    write_study(sexes.out, sexes.parts, factor="sex")
    page = (sexes.out / "study.html").read_text(encoding="utf-8")
    assert "Groups are hidden" in page
    assert not (sexes.out / "effects.csv").exists()
    study = Study.of(sexes.parts, factor="sex")
    assert not study.column("sex")
    assert len(categories(study)) == 1


def test_another_column_than_the_frozen_one_is_told(sexes):
    freeze(sexes.out, Frozen(("distance",), TEST, analysis_in(sexes.out)))
    found = Compared.of(Study.of(sexes.parts, unblind=True, factor="sex"), sexes.out)
    assert "factor: group was frozen, sex was run" in found.changed
    (row,) = found.of_measure(Key("distance", "mm"))
    assert (row.level, row.primary) == ("m", True)
    groups = categories(Study.of(sexes.parts, unblind=True, factor="sex"))
    assert [each.group for each in groups] == ["f", "m"]


def test_who_failed_is_left_out_by_the_page_as_by_apply(split):
    split.add("failed", subject="s10", group="saline", values={"distance": 9e9, "speed": 1.0})
    found = Compared.of(Study.of(split.parts, unblind=True), split.out)
    assert found.effects.row("distance").n_control == 5
    assert found.effects.warnings[0].startswith("judged failed, and left out: s10 (m10.mp4)")
    test = {**TEST, "parameters": {"control": "saline", "failed": "kept"}}
    freeze(split.out, Frozen(("distance",), test, {}))
    found = Compared.of(Study.of(split.parts, unblind=True), split.out)
    assert found.effects.row("distance").n_control == 6


def test_key_measures_come_first_where_nothing_is_frozen(split):
    study = Study.of(split.parts, unblind=True)
    page = section(Compared.of(study, split.out), [Key("speed", "mm"), Key("distance", "mm")])
    assert page.index(">speed") < page.index(">distance")


def test_differences_of_percentages_are_points():
    known = {
        "quantity": "share", "unit": "%", "factor": "group", "level": "a", "control": "b",
        "n": 4, "n_control": 4, "animals": 4, "animals_control": 4, "effect_unit": "%",
        "test": "", "unit_of_analysis": "animal", "definition": "", "p": 0.5, "q": 0.5,
        "effect": 22.0, "low": 10.0, "high": 30.0,
    }  # fmt: skip
    assert "22 percentage points" in section(Compared(Effects((Effect(**known),))))
