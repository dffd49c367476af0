from __future__ import annotations

import json

from ethoframe.contract import catalog
from ethoframe.report.study import write_study
from ethoframe.report.study.paragraph import SENTENCES, paragraph
from ethoframe.report.study.records import Records
from ethoframe.report.study.study import Study
from ethoframe.run.order import Outcome


def told(experiment, failed=(), **options) -> str:
    study = Study.of(experiment.parts, failed, **options)
    return paragraph(study, Records.of(study.animals))


def test_what_matters_is_said(dozen, tmp_path):
    failed = [Outcome("a.mp4", tmp_path, "failed", "it is empty", "copy it")]
    words = told(dozen, failed)
    for part in (
        "12 video recordings of 12 animals",
        "ethoframe 0.",
        "NumPy",
        "recipe open-field",
        "median of up to 32 frames",
        "Gaps of up to 0.25 s",
        "over 0.2 s (Savitzky–Golay)",
        "known side of the floor (400 mm)",
        "middle 50 % of each side of the floor (25 % of its area)",
        "from 20 mm/s on until it fell below 15 mm/s",
        "10 of 12 results were good, 1 marked for inspection and 1 failed",
        "1 animal whose analysis failed these checks and 1 recording that could not",
        "Student’s t",
    ):
        assert part in words, part
    assert "\n" not in words
    assert "saline" not in words


def test_other_definitions_are_named_where_there_are_any(dozen):
    study = Study.of(dozen.parts)
    words = paragraph(study, Records.of(study.animals), ["centre of 20 %", "speed from 30 mm/s"])
    assert "by 2 other definitions as well (centre of 20 %; speed from 30 mm/s)" in words
    assert "multiverse" not in told(dozen)


def test_every_sentence_is_of_a_method_that_there_is(dozen):
    records = Records.of(Study.of(dozen.parts).animals)
    assert SENTENCES.keys() <= {card.name for card in catalog.cards()}
    for name, sentence in SENTENCES.items():
        if name in records.steps:  # with all the parameters that the recipe has
            assert sentence(records.steps[name], Study.of(dozen.parts))


def test_parameters_are_those_of_the_run(experiment):
    experiment.record["steps"]["smooth"]["parameters"]["span_s"] = 0.0
    experiment.record["steps"]["gaps"]["parameters"] = {"another": 1}
    experiment.add()
    words = told(experiment)
    assert "Positions were not smoothed." in words
    assert "Gaps" not in words


def test_settings_that_differ_are_said(experiment):
    experiment.add()
    experiment.add()
    assert "Settings differed" not in told(experiment)
    experiment.record["steps"]["smooth"]["parameters"]["span_s"] = 0.9
    experiment.add()
    words = told(experiment)
    assert "Settings differed between animals" in words
    assert "over 0.2 s" in words


def test_trials_that_the_sheet_gives(experiment):
    experiment.record["steps"]["trial"]["parameters"]["from_s"] = 3.0
    experiment.add(subject="1", start_s=3.0)
    assert "Trials began as given in the animal sheet;" in told(experiment)
    experiment.add(subject="2")
    words = told(experiment)
    assert "as given in the animal sheet, otherwise at the first frame" in words
    assert "Settings differed" not in words


def test_trials_that_begin_alike(experiment):
    experiment.record["steps"]["trial"]["parameters"]["from_s"] = 12.0
    experiment.add(values={"distance": 1.0})
    assert "Trials began 12 s after the start of the recording;" in told(experiment)


def test_results_without_a_record(experiment):
    part = experiment.add()
    (part.folder / "provenance.json").write_text("{", encoding="utf-8")
    assert "1 video recording of 1 animal were analysed with ethoframe" in told(experiment)


def test_the_paragraph_lies_beside_the_page(dozen):
    write_study(dozen.out, dozen.parts)
    text = (dozen.out / "methods.txt").read_text(encoding="utf-8")
    assert text == told(dozen) + "\n"
    assert json.dumps(text)


def test_tracks_are_no_videos(experiment):
    experiment.record["file"] = {"keypoints": ["nose"], "individuals": ["animal"]}
    experiment.record["asked"] = {"reading": {"rate": 25.0}}
    experiment.record["steps"] |= {
        "gated": {"method": "clean/gate", "version": "1", "parameters": {"sure": 0.6}},
        "steps": {
            "method": "clean/jumps", "version": "1", "parameters": {"fastest_mm_per_s": 3500.0},
        },
        "maze": {"method": "detect/maze", "version": "1", "parameters": {"open": "up-down"}},
    }  # fmt: skip
    experiment.add(subject="1")
    words = told(experiment)
    for part in (
        "Tracks of 1 recording of 1 animal (25 frames per second) were analysed",
        "from which on the animal was on the arena for 2 s",
        "By automatic checks of tracking and arena, 1 of",
        "confidence below 0.6",
        "no step was faster than 3.5 m/s",
        "The arms that pointed up and down in the picture were the open ones",
    ):
        assert part in words, part
    assert "video" not in words
