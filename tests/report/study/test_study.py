from __future__ import annotations

import math

from ethoframe.data import Row, Sheet
from ethoframe.report.study.categories import categories
from ethoframe.report.study.study import Key, Study
from ethoframe.report.study.wordings import Wordings
from ethoframe.run.order import Outcome

DISTANCE = Key("distance", "mm")


def failed(tmp_path, name: str) -> Outcome:
    return Outcome(name, tmp_path, "failed", "the file is empty", "copy it again")


def test_the_whole_trial_counts_and_not_its_bins(experiment):
    experiment.add(values={"distance": 1000.0})
    (animal,) = Study.of(experiment.parts).animals
    assert animal.values == {DISTANCE: 1000.0}


def test_events_count_all_of_a_name_together(experiment):
    values = {"d": 1.0, "d@tone": 2.0, "d@tone 1": 3.0, "d@tone 2": 4.0, "d@phase 1": 5.0}
    experiment.add(values=values)
    study = Study.of(experiment.parts)
    assert {key.name: study.animals[0].values[key] for key in study.keys} == {
        "d": 1.0, "d during tone": 2.0, "d during phase 1": 5.0,
    }  # fmt: skip


def test_an_animal_may_lack_a_measure(experiment):
    experiment.add(values={"a": 1.0})
    experiment.add(values={"b": math.nan})
    study = Study.of(experiment.parts)
    assert [key.quantity for key in study.keys] == ["a", "b"]
    assert Key("b", "mm") not in study.animals[0].values


def test_what_is_left_out_and_why(experiment, tmp_path):
    experiment.add(subject="s1")
    experiment.add("failed", subject="s2")
    experiment.add(subject="s3", values={})
    rows = (*(part.row for part in experiment.parts), Row(line=9, video=("x/GONE",), subject="s4"))
    sheet = Sheet("animals.csv", rows)
    study = Study.of(experiment.parts, [failed(tmp_path, "gone.mp4")], sheet=sheet)
    told = [(each.recording, each.subject, each.what, each.reason) for each in study.exclusions]
    assert told == [
        ("gone.mp4", "", "not analysed", "the file is empty"),
        ("m1.mp4", "s2", "judged failed, left out of the figures",
         "animal lost: 20 % of the frames"),
        ("m2.mp4", "s3", "no measures", "none was written"),
        ("x/GONE", "s4", "line 9 of animals.csv without a result",
         "its recording failed: the file is empty"),
    ]  # fmt: skip
    assert len(study.used) == 2


def test_groups_are_columns_in_the_order_of_the_sheet(dozen):
    found = categories(Study.of(dozen.parts, unblind=True))
    assert [(each.label, len(each.animals), each.count) for each in found] == [
        ("saline", 6, 6), ("drug", 6, 5),
    ]  # fmt: skip
    assert len(found[1].values(DISTANCE)) == 5


def test_sessions_are_columns_where_animals_come_again(experiment):
    for session in ("day 1", "day 2"):
        for subject in ("s1", "s2"):
            experiment.add(subject=subject, session=session, group="g" + subject)
    found = categories(Study.of(experiment.parts, unblind=True))
    assert [each.label for each in found] == [
        "gs1, day 1", "gs1, day 2", "gs2, day 1", "gs2, day 2",
    ]  # fmt: skip


def test_sessions_that_only_tell_days_are_not(experiment):
    experiment.add(subject="s1", session="day 1")
    experiment.add(subject="s2", session="day 2")
    assert len(categories(Study.of(experiment.parts))) == 1


def test_an_animal_counts_once_in_a_column(experiment):
    for value in (1.0, 3.0):
        experiment.add(subject="s1", values={"distance": value})
    experiment.add(subject="s2", values={"distance": 10.0})
    (column,) = categories(Study.of(experiment.parts))
    assert sorted(column.values(DISTANCE)) == [2.0, 10.0]
    assert column.count == 2


def test_animals_without_a_name_are_each_another(experiment):
    for _ in range(3):
        experiment.add()
    (column,) = categories(Study.of(experiment.parts))
    assert len(column.values(DISTANCE)) == 3
    assert column.label == "all animals"


def wordings(*definitions: str) -> Wordings:
    words = Wordings()
    for each in definitions:
        words.add(each)
    return words


def test_one_definition_as_it_is():
    words = wordings("mean over 0.2 s of head_end; interval as of distance")
    assert words.definition == "mean over 0.2 s of head_end"
    assert words.interval == "as of distance"
    assert wordings().text == ""


def test_what_differs_is_a_range_and_what_does_not_stays():
    words = wordings("over 0.2 s (0.3 mm), 5%", "over 0.2 s (10 mm), 5%")
    assert words.text == "over 0.2 s (0.3 to 10 mm, by animal), 5%"


def test_other_words_are_counted():
    words = wordings("in mm", "in px", "in mm")
    assert words.text == "in mm (worded otherwise for 1 of the animals)"
