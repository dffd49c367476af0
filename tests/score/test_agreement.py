"""Several raters, and one who disagrees with all others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Episodes, Observations, Observed
from ethoframe.score._exchange import exchanged, standing
from ethoframe.score._timeline import timeline
from ethoframe.score.agreement import Panel, agreement, confused, panels, together
from ethoframe.score.alarm import alarms, apart, by_raters, throughout

SUPPORT = np.array([[0.0, 600.0]])


def rears(begins, author="", shift=0.0, label="rear"):
    begins = np.asarray(begins, float)
    spans = np.clip(np.stack([begins, begins + 4], axis=1) + shift, 0, 600)
    return Episodes.of(label, spans, SUPPORT, author)


def filmed(seed, recording, people=4, wrong=None):
    """A recording that people saw alike, give or take a fifth of a second."""
    chance = np.random.default_rng(seed)
    begins = np.sort(chance.choice(59, 20, replace=False)) * 10.0
    seen = {}
    for who in "ABCD"[:people]:
        spans = np.stack([begins, begins + 4], axis=1) + chance.normal(0, 0.2, (20, 2))
        seen[who] = Episodes.of("rear", np.clip(spans, 0, 600), SUPPORT, who)
    if wrong is not None:
        seen["A"] = wrong
    return Panel(recording, seen, {}, ("rear",))


def test_seconds_and_frames_agree():
    found = [filmed(k, f"m{k}") for k in range(3)]
    exact, counted = (agreement(found, "rear", rate, draws=0) for rate in (None, 50.0))
    for name, told in exact.scores.items():
        assert counted.scores[name].value == pytest.approx(told.value, abs=0.01), name
    assert exact.scores["fleiss_kappa"].value == pytest.approx(
        exact.scores["krippendorff_alpha"].value, abs=1e-9
    )


def test_within_rater_repeat():
    first, second = rears([10, 50], "A"), rears([10, 50], "A", shift=1.0)
    seen = Observations((Observed("m1", first), Observed("m1", second)))
    told = agreement(panels([seen]), "rear")
    assert not told.pairs
    assert told.scores["within_rater_frame_f1"].value == pytest.approx(0.75)
    assert told.scores["within_rater_kappa"].value > 0.7


def test_nobody_ever_saw_it():
    seen = [Observed("m1", rears([], who)) for who in "AB"]
    other = Observed("m2", rears([10], "A"))
    told = agreement(panels([Observations((*seen, other))]), "rear")
    assert np.isnan(told.scores["kappa"].value)
    assert told.reasons["kappa"] == "none of them ever saw it"
    assert np.isnan(told.scores["krippendorff_alpha"].value)
    assert told.icc_seconds.reason


def test_individuals_are_apart():
    parts = []
    for who in "AB":
        own = [Episodes.of("rear", [[k, k + 5]], SUPPORT, who, individual=f"mouse {k}")
               for k in (10, 50)]  # fmt: skip
        parts.append(Observed("m1", Episodes.merged(own)))
    found = panels([Observations(tuple(parts))])
    assert [panel.recording for panel in found] == ["m1, mouse 10", "m1, mouse 50"]
    assert agreement(found, "rear", draws=0).scores["kappa"].value == 1.0


def test_confusion_over_labels():
    one = Episodes.merged([rears([10, 50]), rears([100], label="groom")])
    two = Episodes.merged([rears([10]), rears([50, 100], label="groom")])
    told = confused([Panel("m1", {"A": one, "B": two}, {}, ("rear", "groom"))], draws=0)
    at = told.names.index
    assert told.seconds[at("rear"), at("groom")] == 4.0
    assert told.seconds[at("rear"), at("rear")] == 8.0
    assert np.array_equal(told.seconds, told.seconds.T)


def test_who_saw_another_film_is_told_and_where_it_belongs():
    right = [filmed(k, f"m{k}") for k in range(4)]
    swapped = [
        replace(right[0], people={**right[0].people, "A": right[1].people["A"]}),
        replace(right[1], people={**right[1].people, "A": right[0].people["A"]}),
        *right[2:],
    ]
    assert not alarms(right)
    found = alarms(swapped)
    assert [(each.recording, each.rater, each.fits) for each in found] == [
        ("m0", "A", "m1"), ("m1", "A", "m0"),
    ]  # fmt: skip
    assert "wrong film" in str(found[0])


def test_another_clock_is_told():
    found = filmed(0, "m0")
    late = Episodes.of("rear", np.clip(found.people["A"].spans("rear") + 7, 0, 600), SUPPORT)
    told = alarms([replace(found, people={**found.people, "A": late})])
    assert [each.rater for each in told] == ["A"]
    assert told[0].moved_s == pytest.approx(-7, abs=0.3)
    assert "another clock" in str(told[0])


def test_two_people_and_blank_recordings_give_no_alarm():
    assert apart(filmed(0, "m0", people=2)) == []
    nothing = {who: rears([]) for who in "ABC"}
    assert apart(Panel("m0", nothing, {}, ("rear",))) == []


def test_people_who_agree_alike_are_not_flagged():
    """Nobody of exchangeable people is told, over a hundred recordings."""
    found = [filmed(seed, f"m{seed}", people=3) for seed in range(100)]
    assert sum(each.alarms for panel in found for each in apart(panel)) == 0


def short(chance, until, people, odd=""):
    """Exchangeable people: every bout is seen by each with his own edges, or missed; one is odd."""
    begins = np.arange(0, until, 12.0) + chance.uniform(0, 6, len(np.arange(0, until, 12.0)))
    truth = np.stack([begins, begins + chance.gamma(3, 1, len(begins))], axis=1)
    seen = {}
    for who in "ABCD"[:people]:
        own = truth[chance.random(len(truth)) > 0.2]
        own = own + chance.normal(0, 0.5, own.shape)
        if who == "A" and odd == "nothing":
            own = own[:0]
        if who == "A" and odd == "shifted":
            own = own + 6
        if who == "A" and odd == "inverted":
            edges = np.concatenate([[0.0], np.sort(own.ravel()), [until]])
            own = edges.reshape(-1, 2)
        own = np.clip(own, 0, until)
        own = own[own[:, 1] > own[:, 0]]
        seen[who] = Episodes.of("rear", own, np.array([[0.0, until]]), who)
    return Panel("m", seen, {}, ("rear",))


@pytest.mark.parametrize("people", [3, 4])
@pytest.mark.parametrize("until", [20.0, 60.0])
def test_chance_alone_rings_for_five_of_a_hundred_at_most(people, until):
    chance = np.random.default_rng(int(until) + people)
    found = [apart(short(chance, until, people)) for _ in range(60)]
    assert sum(any(each.alarms for each in told) for told in found) <= 4


@pytest.mark.parametrize("odd", ["nothing", "shifted", "inverted"])
def test_who_is_odd_in_five_minutes_is_told(odd):
    chance = np.random.default_rng(3)
    told = [[each.rater for each in apart(short(chance, 300.0, 4, odd)) if each.alarms]
            for _ in range(5)]  # fmt: skip
    assert told == [["A"]] * 5


def test_two_bouts_ring_no_alarm():
    """Where nobody else saw anything there is no agreement that one could be out of."""
    whole = np.array([[0.0, 40.0]])
    nothing = Episodes.of("rear", np.empty((0, 2)), whole)
    two = Episodes.of("rear", np.array([[1.7, 3.8], [33.5, 34.2]]), whole)
    panel = Panel("m", {"A": nothing, "B": two, "C": nothing}, {}, ("rear",))
    assert alarms([panel]) == []
    swapped = Panel("m", {"A": two, "B": nothing, "C": two}, {}, ("rear",))
    (odd,) = (each for each in apart(swapped) if each.rater == "B")
    assert odd.p == pytest.approx(3.0**-1)
    assert not odd.alarms


@pytest.mark.parametrize("bouts", [3, 4, 6])
def test_the_exchange_is_exact_where_all_ways_can_be_tried(bouts):
    spans = np.array([[k, k + 1.0] for k in range(0, 10 * bouts, 10)])
    whole = np.array([[0.0, 100.0]])
    one, none = (Episodes.of("rear", own, whole) for own in (spans, spans[:0]))
    along = timeline([one, none, one], ["rear"])
    assert [each.gap for each in standing(along)] == [-1.0, 1.0, -1.0]
    assert exchanged(along, 1.0, draws=10**5) == pytest.approx(3.0 ** (1 - bouts))
    assert exchanged(along, 1.0, draws=999) == pytest.approx(3.0 ** (1 - bouts), abs=0.02)


def test_ten_people_and_an_hour_are_no_matter():
    chance = np.random.default_rng(5)
    begins = np.arange(0, 3600, 20.0)
    seen = {}
    for who in "ABCDEFGHIJ":
        own = np.stack([begins, begins + 5], axis=1) + chance.normal(0, 0.3, (len(begins), 2))
        own = own + 9 if who == "A" else own
        seen[who] = Episodes.of("rear", np.clip(own, 0, 3600), np.array([[0.0, 3600.0]]), who)
    told = apart(Panel("m", seen, {}, ("rear",)))
    assert [each.rater for each in told if each.alarms] == ["A"]


def test_the_table_of_icc_takes_recordings_that_others_saw_as_well():
    assert together([]) == ()
    assert together([["A"], ["B"]]) == ()
    assert together(["AB", "AB", "AB", "ABC"]) == ("A", "B")
    assert together(["ABC", "ABC", "ABCD", "ABCD", "ABD"]) == ("A", "B", "C")
    parts = []
    for at, who in enumerate(["ABC", "ABC", "ABCD", "ABCD", "ABD"]):
        parts += [Observed(f"m{at}", rears([*range(at + 1)], name)) for name in who]
    told = agreement(panels([Observations(tuple(parts))]), "rear", draws=0)
    assert told.raters == ("A", "B", "C")
    assert told.icc_bouts.recordings == told.icc_seconds.recordings == 4


def test_who_sees_less_throughout_is_a_note():
    found = []
    for k in range(6):
        panel = filmed(k, f"m{k}")
        few = panel.people["A"].spans("rear")[::2]
        own = Episodes.of("rear", few, SUPPORT)
        found.append(replace(panel, people={**panel.people, "A": own}))
    lines = throughout(found)
    assert len(lines) == 1
    assert lines[0].startswith("A agrees less")
    assert throughout(found[:3]) == []


def test_matrix_of_raters():
    table = by_raters({("a", "b"): [float("nan")], ("a", "c"): [0.2, 0.4]}, ["a", "b", "c"])
    assert np.isnan(table[0, 1])
    assert table[2, 0] == pytest.approx(0.3)
