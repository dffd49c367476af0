from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Effect, Episodes, Measure, Measures, Observations, Observed
from ethoframe.formats import episodes, table
from ethoframe.report.study import plot, write_study
from ethoframe.report.study.contrast import Compared
from ethoframe.report.study.forest import section
from ethoframe.report.study.otherwise import Multiverse, null, turned
from ethoframe.report.study.strip import Scale
from ethoframe.report.study.study import Key, Study

FREEZING, BOUTS = Key("freezing", "mm"), Key("bouts", "mm")
USUAL = (10.0, 12.0, 11.0, 13.0, 20.0, 22.0, 21.0, 23.0)


def measures(recording: str, values: dict) -> Measures:
    span = {"bin_start_s": 0.0, "bin_stop_s": 600.0, "unit": "mm", "definition": "x"}
    return Measures(
        tuple(Measure(recording=recording, quantity=n, value=v, **span) for n, v in values.items())
    )


@pytest.fixture
def study(experiment):
    """Two groups of four that differ, as analysed and by three other definitions."""
    for i, value in enumerate(USUAL):
        part = experiment.add(
            subject=f"s{i}", group="saline" if i < 4 else "drug",
            values={"freezing": value, "bouts": 5.0 + i, "distance": 100.0},
        )  # fmt: skip
        others = {
            "longer": {"freezing": value / 2, "bouts": 5.0 + i},
            "turned round": {"freezing": 35 - value},
            "nearly": {"freezing": value, "bouts": (5.0 + i) * 1.01},
        }
        told = {name: measures(part.recording, values) for name, values in others.items()}
        table.write_otherwise(part.folder / "otherwise.csv", [told])
    return experiment


def multiverse(experiment, *, unblind: bool = True) -> Multiverse:
    found = Study.of(experiment.parts, unblind=unblind)
    compared = Compared.of(found, experiment.out)
    return Multiverse.of(found, experiment.out, compared, [FREEZING, BOUTS])


def test_values_by_each_definition(study):
    found = multiverse(study)
    assert [each.name for each in found.others] == ["longer", "turned round", "nearly"]
    assert found.keys == (FREEZING, BOUTS)
    assert [each.name for each in found.moving(FREEZING)] == ["longer", "turned round"]
    longer, turned_round, _ = found.others
    assert found.ratios(longer, FREEZING) == pytest.approx([0.5] * 8)
    assert found.alike(longer, FREEZING) == pytest.approx(1.0)
    assert found.alike(turned_round, FREEZING) == pytest.approx(-1.0)
    assert math.isnan(found.alike(longer, Key("distance", "mm")))
    assert found.hardly_moves(BOUTS)
    assert not found.hardly_moves(FREEZING)


def test_groups_are_compared_by_the_same_test(study):
    found = multiverse(study)
    (usual,) = found.usual.effects(FREEZING)
    longer, turned_round, _ = (each.effects(FREEZING)[0] for each in found.others)
    assert longer.test == usual.test
    assert longer.effect == pytest.approx(usual.effect / 2)
    assert longer.p == pytest.approx(usual.p)
    assert turned_round.effect == pytest.approx(-usual.effect)
    assert turned(usual, longer, 0.0) == ""
    assert turned(usual, turned_round, 0.0) == "the other way round"


def test_failed_animals_are_left_out(study):
    parts = [study.parts[0], *study.parts[1:]]
    verdict = parts[1].verdict
    bad = replace(verdict, checks=tuple(replace(c, value=20.0) for c in verdict.checks))
    study.parts = [parts[0], replace(parts[1], verdict=bad), *parts[2:]]
    found = multiverse(study)
    assert len(found.ratios(found.others[0], FREEZING)) == 7


def test_what_an_effect_says_otherwise():
    told = {
        "quantity": "a", "unit": "s", "level": "drug", "control": "saline", "n": 4, "n_control": 4,
        "animals": 4, "animals_control": 4, "factor": "group", "test": "", "definition": "",
        "unit_of_analysis": "animal",
    }  # fmt: skip

    def effect(low, middle, high):
        return Effect(effect=middle, low=low, high=high, **told)

    weak, strong = effect(-1, 0.5, 2), effect(0.2, 1, 2)
    assert turned(weak, strong, 0.0) == "the interval holds 0 no more"
    assert turned(strong, weak, 0.0) == "the interval holds 0"
    assert turned(weak, effect(-2, -0.5, 1), 0.0) == ("the other way round; both intervals hold 0")
    # A ratio of less than 1 is the other way round.
    assert turned(effect(1.1, 1.5, 2), effect(0.5, 0.7, 0.9), 1.0) == "the other way round"
    assert turned(effect(-math.inf, 1, math.inf), strong, 0.0) == "the interval holds 0 no more"
    assert null(None) == 0.0


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_section_with_groups(study):
    text = section(multiverse(study), [FREEZING, BOUTS])
    said = words(text)
    assert "In 2 of 3 other analyses the difference points the same way" in said
    assert "The median animal has 0.50 (longer)" in said
    assert "the other way round" in said
    assert "The same by: nearly." in said
    assert "It hardly moves: the median animal stays within 5%, in its order." in said
    assert text.count("<circle") == 3 + 2
    assert "saline" in said
    assert 'class="turned"' in text


def test_the_section_of_a_blind_study_tells_no_group(study):
    text = section(multiverse(study, unblind=False), [FREEZING, BOUTS])
    assert not re.search("saline|drug|Difference", text)
    assert "Rank correlation" in text
    assert "0.5 0.5 to 0.5" in words(text)


def test_other_measures_are_folded(study):
    text = words(section(multiverse(study), [FREEZING]))
    assert "1 further measure" in text
    assert "bouts (mm) same same 1.01" in text


def test_what_some_cannot_tell(study):
    record = {**study.record, "lacking otherwise": {"by nose": "there is no nose; name it"}}
    (study.parts[0].folder / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
    assert "by nose: there is no nose, in 1 of 8 results" in section(multiverse(study), [])


def test_nothing_was_asked_for(dozen):
    found = Study.of(dozen.parts)
    text = section(Multiverse.of(found, dozen.out, None, []), [])
    assert "No other definitions were asked for." in text


def test_groups_that_are_not_compared(study):
    study.parts = [replace(part, row=replace(part.row, group="a")) for part in study.parts]
    text = section(multiverse(study), [FREEZING])
    assert "Groups are not compared: group cannot be compared" in text
    assert "<circle" not in text


def test_of_three_groups_every_pair_is_told_by_each_definition(study, tmp_path):
    study.parts = [
        replace(part, row=replace(part.row, group="abc"[i // 3]))
        for i, part in enumerate(study.parts)
    ]
    found = multiverse(study)
    text = words(section(found, [FREEZING]))
    for pair in ("b − a", "c − a", "c − b"):
        assert text.count(pair) == 3
    assert plot.draw(found, [FREEZING], tmp_path)
    assert "as analysed, c − b" in (tmp_path / f"{plot.NAME}.svg").read_text(encoding="utf-8")


def test_the_page_has_ethograms_and_definitions_and_leaks_nothing(study):
    for part in study.parts:
        seen = Episodes.of(
            "freezing", np.array([[1.0, 5.0]]), np.array([[0.0, 60.0]]), author="behave/freezing"
        )
        every = Observations((Observed(part.recording, seen),))
        episodes.write_all(part.folder / "episodes.csv", every)
    write_study(study.out, study.parts)
    text = (study.out / "study.html").read_text(encoding="utf-8")
    assert not re.search("saline|drug", text)
    assert 'id="ethograms"' in text
    assert text.count('<figure class="ethogram">') == 1
    assert "by 3 other definitions as well (longer; turned round; nearly)" in text
    assert {"ethogram_freezing.svg", "ethogram_freezing.pdf"} <= {
        path.name for path in (study.out / "figures").iterdir()
    }
    drawn = (study.out / "figures" / "ethogram_freezing.svg").read_text(encoding="utf-8")
    assert not re.search("saline|drug", drawn)
    write_study(study.out, study.parts, unblind=True)
    drawn = (study.out / "figures" / "ethogram_freezing.svg").read_text(encoding="utf-8")
    assert "saline, n = 4" in drawn


def test_one_figure_for_print(study, tmp_path):
    assert plot.draw(multiverse(study), [FREEZING, BOUTS], tmp_path)
    drawn = (tmp_path / f"{plot.NAME}.svg").read_text(encoding="utf-8")
    assert "difference (mm)" in drawn
    assert drawn.count(">as analysed<") == 2
    assert (tmp_path / f"{plot.NAME}.pdf").read_bytes().startswith(b"%PDF")
    assert plot.draw(multiverse(study, unblind=False), [FREEZING], tmp_path)
    drawn = (tmp_path / f"{plot.NAME}.svg").read_text(encoding="utf-8")
    assert "ratio to as analysed" in drawn
    assert not plot.draw(multiverse(study), [Key("distance", "mm")], tmp_path)


@pytest.mark.parametrize("ends", [[0.0], [-3.0, 8.0], [1e-9, 2e-9], [math.inf, 1.0], [5e6, 5e6]])
def test_a_scale_holds_its_ends(ends):
    scale = Scale.of(ends)
    assert 1 <= len(scale.ticks) <= 6
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks)
    assert scale.at(-math.inf) <= scale.at(min(ends)) <= scale.at(max(ends)) <= scale.at(math.inf)


def test_figures_of_an_earlier_page_do_not_stay(study):
    (study.out / "figures").mkdir(parents=True)
    for name in ("ethogram_rearing.svg", "my own.svg"):
        (study.out / "figures" / name).write_text("saline", encoding="utf-8")
    write_study(study.out, study.parts)
    left = {path.name for path in (study.out / "figures").iterdir()}
    assert "ethogram_rearing.svg" not in left
    assert "my own.svg" in left


def test_an_outcome_that_no_definition_changes_is_named(study):
    page = section(multiverse(study), [FREEZING, Key("distance", "mm")])
    assert "The same by all 3 of them: distance." in page
