"""Which measures come first."""

from __future__ import annotations

from ethoframe.report.leading import MOST, leading
from ethoframe.report.study.study import Key


def _of(*names: str) -> list[Key]:
    return [Key(name.partition("@")[0], "1", name.partition("@")[2]) for name in names]


def _first(names: list[str], recipe: str = "", outcomes: tuple[str, ...] = ()) -> list[str]:
    return [key.quantity for key in leading(_of(*names), recipe, outcomes)]


def test_outcomes_then_the_assay_then_the_usual():
    names = ["top speed", "distance", "share of time freezing@tone", "preference for new", "odd"]
    freezing = "share of time freezing"
    assert _first(names, "fear_conditioning", ("odd",)) == ["odd", freezing, "distance"]
    assert _first(names, "of my own") == ["preference for new", "distance"]


def test_of_a_beginning_the_first_quantity_comes_in_all_events():
    names = ["preference for a", "preference for b", "preference for a@tone"]
    assert _first(names, "object-recognition") == ["preference for a", "preference for a"]


def test_between_events_nothing_comes_first_and_there_is_an_end():
    assert leading(_of("share of time freezing@interval"), "fear-conditioning") == []
    many = _of(*(f"odd {k}" for k in range(9)))
    assert len(leading(many, outcomes=[key.quantity for key in many])) == MOST
    assert leading([]) == []
