"""One method taught by labels, from labels to a model in a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import ethoframe
from ethoframe.contract import Learned, Training, catalog
from ethoframe.contract.extras import needs
from ethoframe.data import Labels, Refusal
from ethoframe.nets.lesson import Lesson
from ethoframe.nets.model import CARD, Model, opened
from ethoframe.run.provenance import software

WORK = "training"
"""Folder in the model's that holds what a killed fit goes on from, and the course of training."""

PLAN = "plan.json"

CHECKED = 8
"""Pictures that the written network is compared with torch on."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Fit:
    """What fitting gives.

    Parameters
    ----------
    method
        With its weights: ready to be applied.
    model
        Its folder and card.
    unchanged
        Whether an earlier fit of the same labels had left it there.
    """

    method: Learned
    model: Model
    unchanged: bool = False


def fit(
    method: Learned,
    labels: Labels,
    out: Path,
    training: Training | None = None,
    *,
    tell: Tell | None = None,
    command: str = "",
) -> Fit:
    """The method, taught by labels; its model lies in `out`.

    The same labels, parameters, seed and steps give the same weights. A fit that was killed goes on
    where its last checkpoint was, and ends with the weights of one that was not.

    Parameters
    ----------
    method
        Without weights.
    labels
        That teach it.
    out
        Folder of the model to be.
    training
        For how long, and how.
    tell
        Told what is done, how much of it, and of how much.
    command
        The command line, for the card.

    Raises
    ------
    Refusal
        When the labels do not teach the method, the folder holds something else, or what training
        needs is not installed.
    """
    for library in ("torch", "timm", "safetensors"):
        needs("learn", library)
    training = training or Training()
    key = _key(method, labels, training)
    if (done := _finished(out, key)) is not None:
        return Fit(fitted(method.name(), out), done, unchanged=True)
    lesson = method.lesson(labels, training)
    work = out / WORK
    work.mkdir(parents=True, exist_ok=True)
    planned = replace(training, steps=_steps(work / PLAN, key, lesson, training, tell))
    _teach(method, labels, lesson, planned, (out, key, command), tell)
    return Fit(fitted(method.name(), out), opened(out))


def fitted(name: str, folder: Path | str, given: Mapping[str, Any] | None = None) -> Learned:
    """The method called `name` with the weights in a folder.

    Parameters
    ----------
    name
        Of the method.
    folder
        Of its model.
    given
        Parameters that are set besides.

    Raises
    ------
    Refusal
        When the folder holds no such model, or a parameter was decided when it was fitted.
    """
    method_class = catalog.find(name)
    if not issubclass(method_class, Learned):
        reason = "its rules are written, not learned"
        raise Refusal(name, reason, "apply it without --weights")
    model = opened(folder, name)
    declared = method_class.__dataclass_fields__
    fixed = {k: v for k, v in model.parameters.items() if k in declared}
    for key, value in (given or {}).items():
        if declared[key].metadata.get("fixed") and fixed.get(key, value) != value:
            reason = f"was fitted with {key} = {fixed[key]}, and cannot be applied with {value}"
            raise Refusal(folder, reason, f"leave --{key.replace('_', '-')} out, or fit it so")
    return method_class().with_parameters({**fixed, **(given or {}), "weights": str(folder)})


def steps_of(lesson: Lesson, training: Training, tell: Tell | None = None) -> int:
    """How many steps a training takes: those that are asked for, or that its minutes allow."""
    from ethoframe.nets.training import steps_in

    return training.steps or steps_in(lesson, training, tell)


def _teach(
    method: Learned,
    labels: Labels,
    lesson: Lesson,
    training: Training,
    place: tuple[Path, str, str],
    tell: Tell | None,
) -> None:
    from ethoframe.nets.export import write_model
    from ethoframe.nets.training import CHECKPOINT, answers, teach

    out, key, command = place
    taught = teach(lesson, training, out / WORK, key, tell)
    if tell:
        tell("writing the model", 0, 0)
    kept = len(lesson.validation)
    held = lesson.validation if kept else lesson.train
    examples = [held.example(i, None) for i in range(len(held))]
    settled: Mapping[str, Any] = {}
    if lesson.settle is not None:
        settled = lesson.settle(examples, answers(taught.net, examples, _cpu()), bool(kept))
    parameters = {**method.parameters(), **lesson.fixed, "weights": ""}
    card = {
        "method": method.name(),
        "version": method.version,
        "key": key,
        "command": command,
        "parameters": parameters,
        "training": training.parameters(),
        "taught": dict(taught.told),
        "labels": _told_of(labels),
        **lesson.told,
        "figures": dict(taught.figures),
        "settled": dict(settled),
        "weights_from": taught.told.get("encoder_weights", "none"),
        "ethoframe": ethoframe.__version__,
        "software": software(),
    }
    pictures = np.stack([each["picture"] for each in examples[:CHECKED]])
    write_model(out, taught.net, lesson.network, card, pictures)
    (out / WORK / CHECKPOINT).unlink(missing_ok=True)


def _cpu() -> Any:
    import torch

    return torch.device("cpu")


def _finished(out: Path, key: str) -> Model | None:
    """The model that an earlier fit of the same left there."""
    if not (out / CARD).is_file():
        inside = [each for each in out.iterdir() if each.name != WORK] if out.is_dir() else []
        if inside:
            reason = "the folder holds something else"
            raise Refusal(out, reason, "name a new folder for the model")
        return None
    model = opened(out)
    if model.card.get("key") != key:
        reason = "the folder holds a model that was fitted otherwise"
        raise Refusal(out, reason, "name a new folder for this one")
    return model


def _steps(path: Path, key: str, lesson: Lesson, training: Training, tell: Tell | None) -> int:
    """Steps of the training, decided once and written down: a resumed fit has as many."""
    if path.is_file():
        written = json.loads(path.read_text(encoding="utf-8"))
        if written.get("key") == key:
            return int(written["steps"])
    steps = steps_of(lesson, training, tell)
    path.write_text(json.dumps({"key": key, "steps": steps}), encoding="utf-8")
    return steps


def _key(method: Learned, labels: Labels, training: Training) -> str:
    decides = {
        "method": method.name(),
        "version": method.version,
        "parameters": {k: v for k, v in method.parameters().items() if k != "weights"},
        "labels": labels.fingerprint(),
        "training": {k: v for k, v in training.parameters().items() if k != "threads"},
        "ethoframe": ethoframe.__version__,
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def _told_of(labels: Labels) -> dict[str, Any]:
    return {
        "count": len(labels),
        "films": sorted({part.film for part in labels.parts}),
        "authors": sorted({part.author for part in labels.parts} - {""}),
        "fingerprint": labels.fingerprint(),
        "warnings": list(labels.warnings),
    }
