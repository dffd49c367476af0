"""Plans of planted methods, and fits that take no time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from ethoframe.contract import Training
from ethoframe.data import Labels, Refusal
from ethoframe.run.comparing import compare
from ethoframe.run.comparing.contestant import Contestant
from ethoframe.run.comparing.measured import yardstick
from ethoframe.run.comparing.plan import Ask, plan
from tests.run.comparing.planted import Pupil, labels_of


@pytest.fixture
def labels() -> Labels:
    """A size in mm of each of 60 pictures."""
    return labels_of(range(60))


@pytest.fixture
def fits(monkeypatch) -> list[Path]:
    """Folders of the models that were fitted; fitting takes no time, and is told here."""
    done: list[Path] = []

    def fit(method, labels, out, training=None, *, tell=None, command=""):
        if len(labels) < 2:
            raise Refusal("labels", "they are too few", "label some more")
        card = out / "card.json"
        if not card.is_file():
            out.mkdir(parents=True)
            told = {
                "labels": {"count": len(labels), "fingerprint": labels.fingerprint()},
                "taught": {"seconds": 1.5, "steps": training.steps or 77, "device": "cpu"},
                "split": json.dumps({"train": list(range(len(labels) - 1))}),
                "parameters": {**method.parameters(), "weights": ""},
                "training": training.parameters(),
            }
            card.write_text(json.dumps(told), encoding="utf-8")
            done.append(out)

    def fitted(name, folder, given=None):
        told = opened(folder).card["parameters"]
        return Pupil().with_parameters({**told, "weights": str(folder)})

    def opened(folder, method=""):
        card = json.loads((Path(folder) / "card.json").read_text(encoding="utf-8"))
        return SimpleNamespace(card=card, hash=str(card), method="comparing/pupil", folder=folder)

    for name, planted in (("fit", fit), ("fitted", fitted), ("opened", opened)):
        monkeypatch.setattr(compare, name, planted)
    return done


@pytest.fixture
def planned(labels, tmp_path):
    """Makes a plan of rules and pupils, by name."""

    def make(contestants, said=labels, **ways):
        listed = tuple(
            Contestant(name, one, Training(steps=5) if isinstance(one, Pupil) else None)
            if not isinstance(one, Contestant)
            else replace(one, name=name)
            for name, one in contestants.items()
        )
        ask = Ask(listed, said, yardstick(said, "labels"), tmp_path / "out", **ways)
        return plan(ask, "labels")

    return make
