"""The page of a fitted model, of every learned method."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from ethoframe.contract import Learned
from ethoframe.contract.catalog import cards, find
from ethoframe.data import Refusal, Tracks
from ethoframe.report.model import PAGE, write
from ethoframe.report.model.answers import answered
from ethoframe.report.model.page import judged
from ethoframe.score.suspects import SWAPPED, TWICE
from ethoframe.testing.pupil import Pupil

QUICK = ("pose/heatmap", "regress/frames")
"""One of a kind; the others are fitted in the slow tests only."""

LEARNED = [
    pytest.param(card.name, marks=() if card.name in QUICK else pytest.mark.slow)
    for card in cards()
    if card.learned
]

Model = Callable[[type[Learned]], Path]


class Reader(HTMLParser):
    """Takes note of headings, and of elements that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag not in ("meta", "img", "link", "input", "circle", "path", "image", "line", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


def read(path: Path) -> tuple[str, list[str]]:
    text = path.read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(text)
    assert not reader.open
    return text, reader.headings


@pytest.mark.parametrize("name", LEARNED)
def test_a_page_of_every_learned_method(name: str, model: Model) -> None:
    method_class = find(name)
    folder = model(method_class)
    path = write(folder, method_class.sample(), inside=False)
    assert path == folder / PAGE
    text, headings = read(path)
    assert "How to apply it" in headings
    assert "Card" in headings
    assert "How right it is" in headings
    assert not re.search(r'(src|href)="https?:', text)
    assert "No labelled frame was kept apart" in text
    assert f"ethoframe apply {name}" in text


def test_the_inside_of_a_network_is_on_the_page(model: Model) -> None:
    method_class = find("pose/heatmap")
    text, headings = read(write(model(method_class), method_class.sample()))
    assert {"What it looks at", "When the picture shifts", "Inside the network"} <= set(headings)
    assert "agreement" in text
    assert text.count("<img") > 20


def test_other_labels_are_kept_apart(model: Model) -> None:
    method_class = find("pose/heatmap")
    labels = method_class.sample()
    seen = answered(model(method_class), labels, labels.take([1, 2]))
    assert seen.honest
    assert seen.judged.sum() == seen.others == 2
    found = judged(seen)
    assert found is not None
    assert found.figures[0].unit == "px"
    assert found.worst(seen.judged, 5) != []
    twice = [each for each in found.suspects if each.reason == TWICE]
    assert len(twice) == 2
    assert twice[0].number == 0


def test_swapped_labels_are_found(model: Model) -> None:
    method_class = find("pose/heatmap")
    labels = method_class.sample()
    seen = answered(model(method_class), labels)
    names = ("leftend", "rightend")
    rows = []
    for k, row in enumerate(seen.rows):
        assert isinstance(row.said, Tracks)
        assert isinstance(row.answer, Tracks)
        said = replace(row.said, keypoints=names)
        flipped = said.position[:, :, ::-1] if k == 3 else said.position
        answer = replace(row.answer, keypoints=names, position=flipped)
        rows.append(replace(row, said=said, answer=answer))
    skeleton = replace(labels.skeleton, keypoints=names, mirrored=(names,))
    seen = replace(seen, rows=tuple(rows), labels=replace(labels, skeleton=skeleton))
    found = judged(seen)
    assert found is not None
    assert [(each.reason, each.row) for each in found.suspects] == [(SWAPPED, 3)]


def test_numbers_have_errors_and_the_worst_comes_first(model: Model) -> None:
    method_class = find("regress/frames")
    seen = answered(model(method_class), method_class.sample())
    found = judged(seen)
    assert found is not None
    worst = found.worst(np.ones(len(seen.rows), bool), 3)
    assert found.error[worst[0]] == np.nanmax(found.error)
    assert "said" in found.captions[0]


def test_labels_that_did_not_teach_it_are_refused(model: Model) -> None:
    folder = model(Pupil)
    with pytest.raises(Refusal, match="not the labels that this model was fitted by"):
        write(folder, Pupil.sample().take([0, 1]))
    assert not (folder / PAGE).exists()


def test_a_page_written_twice_is_the_same(model: Model) -> None:
    method_class = find("regress/frames")
    folder, labels = model(method_class), method_class.sample()
    first = write(folder, labels, inside=False).read_bytes()
    assert write(folder, labels, inside=False).read_bytes() == first
