from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Row
from ethoframe.report.study.blinding import Blinding
from ethoframe.run.order import Part


def rows(groups: str, **columns: str) -> list[Row]:
    """A row for each letter of the groups; other columns letter by letter as well."""
    return [
        Row(line=i + 2, video=(f"m{i}.mp4",), subject=f"s{i}", group=group,
            others={name: letters[i] for name, letters in columns.items()})
        for i, group in enumerate(groups)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("letters", "tells"),
    [("xyxyxy", True), ("xxyyzz", False), ("xyzyxy", True), ("abcdef", False), ("xxxxxx", False)],
)
def test_a_column_that_decides_the_group_is_hidden(letters, tells):
    found = Blinding.of(rows("ababab", dose=letters), unblind=False)
    assert ("dose" in found.hidden) == tells
    assert "group" in found.hidden


def test_columns_of_the_sheet_may_tell_as_well():
    told = [
        replace(row, cage=row.group, sex="fm"[i // 2 % 2]) for i, row in enumerate(rows("abab"))
    ]
    assert Blinding.of(told, unblind=False).hidden == {"group", "cage"}


def test_nothing_is_hidden_when_asked_for_or_without_groups():
    for found in (
        Blinding.of(rows("abab", dose="xyxy"), unblind=True),
        Blinding.of([Row(line=2, video=("a",))], unblind=False),
        Blinding.of([], unblind=False),
    ):
        assert not found.on
        assert not found.hidden


def parts(told: list[Row]) -> list[Part]:
    return [Part(row.video[0], "", Path(), row) for row in told]


@given(st.permutations(range(8)))
def test_the_order_does_not_hang_on_that_of_the_sheet(order):
    told = rows("aaaabbbb")
    found = Blinding.of(told, unblind=False)
    shuffled = [replace(told[i], line=line) for line, i in enumerate(order)]
    same = [part.recording for part in sorted(parts(told), key=found.place)]
    assert [part.recording for part in sorted(parts(shuffled), key=found.place)] == same
    assert same != [row.video[0] for row in told]


def test_the_order_is_that_of_the_sheet_when_groups_are_shown():
    told = rows("abab")
    found = Blinding.of(told, unblind=True)
    places = [found.place(part) for part in parts(told)]
    assert places == sorted(places)


def test_what_is_compared_is_hidden_too_and_what_tells_it():
    rows = [
        Row(
            line=k, video=(f"{k}.mp4",), subject=str(k), group="ab"[k % 2], sex="fm"[k // 2 % 2],
            others={"coat": ("brown", "grey")[k // 2 % 2]},
        )
        for k in range(8)
    ]  # fmt: skip
    assert Blinding.of(rows, unblind=False).hidden == {"group"}
    found = Blinding.of(rows, unblind=False, factor="sex")
    assert found.hidden == {"group", "sex", "coat"}
    assert Blinding.of(rows, unblind=False, factor="coat").hidden == {"group", "sex", "coat"}
    assert not Blinding.of(rows, unblind=True, factor="sex").hidden
