"""Which measures come first."""

from __future__ import annotations

from ethoframe.report.leading import MOST, leading
from ethoframe.report.study.study import Key


def _of(*names: str) -> list[Key]:
    return [Key(name.partition("@")[0], "1", name.partition("@")[2]) for name in names]


def test_outcomes_then_the_assay_then_the_usual():
    keys = _of("top speed", "distance", "share of time freezing@tone", "preference for new", "odd")
    found = leading(keys, "fear_conditioning", ("odd",))
    assert [key.quantity for key in found] == [
        "odd", "share of time freezing", "preference for new", "distance",
    ]  # fmt: skip


def test_between_events_nothing_comes_first_and_there_is_an_end():
    assert leading(_of("share of time freezing@interval"), "fear-conditioning") == []
    many = _of(*(f"odd {k}" for k in range(9)))
    assert len(leading(many, outcomes=[key.quantity for key in many])) == MOST
    assert leading([]) == []
