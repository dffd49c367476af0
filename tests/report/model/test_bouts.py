"""The page of a model of behaviours."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from ethoframe.contract import Training
from ethoframe.data import Labelled, Labels, Refusal
from ethoframe.methods.behave.learned import Taught
from ethoframe.nets.model import CARD, opened
from ethoframe.report.fitted import as_text, describe
from ethoframe.report.model import PAGE, write
from ethoframe.report.model.asked import asked
from ethoframe.run.cross_fitting import APART
from ethoframe.run.fitting import WORK, fit
from ethoframe.run.traced import stand_in
from ethoframe.testing.company import Company


def labelled(authors: tuple[str, ...] = ("AB", "CD")) -> Labels:
    """Two pairs of animals, each seen by two people."""
    parts = []
    for seed in (1, 2):
        company = Company(6, seed, rate_per_s=10.0)
        film = stand_in(company.tracks, f"pair{seed}")
        for author, said in zip(authors, (company.said(), company.truth()), strict=False):
            every = replace(said, labels=("near",) * len(said), author=author)
            part = Labelled(film, every, film=f"pair{seed}", author=author, tracks=company.tracks)
            parts.append(part)
    return Labels(tuple(parts))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("fit") / "model"
    training = Training(validation=0.5, threads=1, device="cpu")
    fit(Taught(model="linear"), labelled(), folder, training)
    return folder


@pytest.fixture
def folder(fitted: Path, tmp_path: Path) -> Path:
    return shutil.copytree(fitted, tmp_path / "model")


def test_answers_lie_beside_what_each_person_said(folder):
    found = asked(opened(folder), labelled())
    assert [each.author for each in found.seen] == ["AB", "CD"] * 2
    first, second = found.seen[:2]
    assert first.name == second.name == "pair1, one"
    np.testing.assert_array_equal(first.answer, second.answer)
    for each in found.seen:
        inside = each.truth.covers("near", each.times_s) == (each.said == "near")
        assert inside.mean() > 0.99
        told = each.answered.covers("near", each.times_s + 1e-6)
        np.testing.assert_array_equal(told, each.answer == "near")
    said, told, sure = found.moments()
    assert len(said) == len(told) == len(sure) == sum(len(each.said) for each in found.seen)


def test_figures_of_the_page_are_those_of_the_card(folder):
    found = asked(opened(folder), labelled())
    own = found.scores("near")["frame_f1"].value
    assert own == pytest.approx(opened(folder).card["figures"]["frame_f1"], abs=0.02)
    people = found.ceiling("near")
    assert people is not None
    assert 0.8 < people["frame_f1"].value < 1


def test_the_page_shows_all_of_it(folder):
    text = write(folder, labelled()).read_text("utf-8")
    headings = re.findall("<h2>([^<]+)</h2>", text)
    wanted = ("How right it is", "When", "How sure it is", "What is taken for what")
    for heading in (
        *wanted,
        "What it goes by",
        "Bouts to look at again",
        "What to do next",
        "Card",
    ):
        assert heading in headings
    assert "near, one person by another" in text
    assert "how far it is from the other" in text
    assert text.count('class="raster"') == 2
    assert "cross-fitted: each of 2 parts of whole recordings" in text
    assert not re.search(r'(src|href)="https?:', text)


def test_one_person_has_no_ceiling_and_no_folds_have_no_figures(tmp_path):
    folder = tmp_path / "model"
    labels = labelled(("AB",))
    training = Training(validation=0.0, threads=1, device="cpu")
    fit(Taught(model="linear"), labels, folder, training)
    found = asked(opened(folder), labels)
    assert found.seen == ()
    text = write(folder, labels).read_text("utf-8")
    assert "No labelled frame was kept apart" in text
    assert "one person by another" not in text


def test_other_labels_are_refused(folder):
    with pytest.raises(Refusal, match="not the labels that this model was fitted by"):
        write(folder, labelled(("AB",)))
    assert not (folder / PAGE).exists()


def test_a_model_tells_how_it_was_kept_apart(folder):
    told = describe(opened(folder), folder)
    assert told["taught"]["train"] == told["taught"]["validation"] > 1000
    text = as_text(told)
    assert "settled at once, 3 times over," in text
    assert "cross-fitted" in text


def test_a_model_whose_table_is_lost_has_a_page_without_figures(folder):
    (folder / WORK / APART).unlink()
    assert json.loads((folder / CARD).read_text("utf-8"))["figures"]
    assert "No labelled frame was kept apart" in write(folder, labelled()).read_text("utf-8")
