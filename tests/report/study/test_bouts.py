from __future__ import annotations

import numpy as np

from ethoframe.data import Episodes, Measure, Measures, Observations, Observed
from ethoframe.formats import episodes, table
from ethoframe.report.study.bouts import ethograms
from ethoframe.report.study.study import Study

WHOLE = np.array([[0.0, 70.0]])


def freezing(*spans, looked=WHOLE, label="freezing", individual="animal") -> Episodes:
    return Episodes.of(
        label, np.array(spans), looked, author="behave/freezing", individual=individual
    )


def told(part, *seen: Episodes, trial=(10.0, 70.0)) -> None:
    """Writes what a run would leave of an animal."""
    tried = Episodes.of("trial", np.array([trial]), WHOLE, author="detect/trial")
    moved = Episodes.of("moving", np.array([[0.0, 9.0]]), WHOLE, author="behave/activity")
    every = Observations(tuple(Observed("m", each) for each in (tried, moved, *seen)))
    episodes.write_all(part.folder / "episodes.csv", every)


def test_bouts_count_from_the_trial_and_groups_have_headings(experiment):
    for i in range(4):
        part = experiment.add(subject=f"s{i}", group=("saline", "drug")[i % 2])
        told(part, freezing([20.0, 25.0], [30.0 + i, 34.0]))
    (found,) = ethograms(Study.of(experiment.parts, unblind=True))
    assert (found.author, found.title, found.labels) == (
        "behave/freezing", "freezing", ("freezing",),
    )  # fmt: skip
    assert [(heading, [line.name for line in lines]) for heading, lines in found.groups] == [
        ("saline", ["s0", "s2"]), ("drug", ["s1", "s3"]),
    ]  # fmt: skip
    assert found.lines[0].spans_s["freezing"].tolist() == [[10.0, 15.0], [20.0, 24.0]]
    assert found.lines[0].lasts_s == 60.0
    assert not len(found.lines[0].missed_s)


def test_a_blind_study_has_one_group_in_shuffled_order(experiment):
    for i in range(12):
        told(experiment.add(subject=f"s{i}", group="ab"[i % 2]), freezing([20.0, 25.0]))
    (found,) = ethograms(Study.of(experiment.parts))
    ((heading, lines),) = found.groups
    assert heading == ""
    names = [line.name for line in lines]
    assert sorted(names) == sorted(f"s{i}" for i in range(12))
    assert names != sorted(names, key=lambda name: int(name[1:]))


def test_time_that_was_not_looked_at_is_told(experiment):
    looked = np.array([[12.0, 30.0], [40.0, 80.0]])
    told(experiment.add(), freezing([20.0, 25.0], looked=looked))
    (found,) = ethograms(Study.of(experiment.parts))
    assert found.lines[0].missed_s.tolist() == [[0.0, 2.0], [20.0, 30.0]]


def test_each_individual_has_a_line(experiment):
    both = Episodes.merged(
        [freezing([20.0, 25.0], individual="a"), freezing([21.0, 22.0], individual="b")]
    )
    told(experiment.add(), both)
    (found,) = ethograms(Study.of(experiment.parts))
    assert [line.name for line in found.lines] == ["m0 a", "m0 b"]


def test_events_are_told_by_the_measures_about_them(experiment):
    part = experiment.add()
    spans = {
        "tone": (5, 50), "tone 1": (5, 10), "tone 2": (40, 50), "shock": (49, 50),
        "interval": (0, 60), "interval 1": (0, 5),
    }  # fmt: skip
    rows = [
        Measure(
            quantity="bouts", value=1.0, unit="1", definition="x", during=name,
            bin_start_s=start, bin_stop_s=stop,
        )
        for name, (start, stop) in spans.items()
    ]  # fmt: skip
    table.write_measures(part.folder / "measures.csv", Measures(tuple(rows)))
    told(part, freezing([20.0, 25.0]))
    (found,) = ethograms(Study.of(experiment.parts))
    assert found.lines[0].cues == (("tone", 5, 10), ("tone", 40, 50), ("shock", 49, 50))


def test_movement_is_drawn_where_there_is_nothing_else(experiment):
    told(experiment.add())
    experiment.add()  # no episodes at all
    (found,) = ethograms(Study.of(experiment.parts))
    assert (found.author, len(found.lines)) == ("behave/activity", 1)


def test_colours_do_not_depend_on_who_comes_first(experiment):
    for i in range(6):
        labels = ("b left", "a right")[:: (1, -1)[i % 2]]
        seen = [freezing([20.0 + k, 21.0 + k], label=label) for k, label in enumerate(labels)]
        told(experiment.add(subject=f"s{i}", group="xy"[i % 2]), Episodes.merged(seen))
    pages = [ethograms(Study.of(experiment.parts, unblind=shown)) for shown in (False, True)]
    assert [found.labels for (found,) in pages] == [("a right", "b left")] * 2
