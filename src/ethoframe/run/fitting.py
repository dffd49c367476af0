"""One method taught by labels, from labels to a model in a folder."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

import ethoframe
from ethoframe.contract import Learned, Training, catalog
from ethoframe.contract.extras import needs
from ethoframe.data import Labels, Refusal
from ethoframe.nets.lesson import Example, Examples, Lesson, unvaried
from ethoframe.nets.model import CARD, NETWORK, WEIGHTS, Model, opened
from ethoframe.nets.network import Network
from ethoframe.run.cross_fitting import APART, PARTS, answering, crossed, settled_by, write_columns
from ethoframe.run.provenance import software
from ethoframe.run.teachable import check_labels
from ethoframe.run.writing import FULL, Unwritten

WORK = "training"
"""Folder in the model's that holds what a killed fit goes on from, and the course of training."""

PLAN = "plan.json"

DRAFT = "model"
"""Folder in it where the model is written, before it is moved to its place."""

CHECKED = 8
"""Pictures that the written network is compared with torch on."""

Tell = Callable[[str, int, int], None]

Taught = TypeVar("Taught", bound=Learned)


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
        When the labels do not teach the method, it was taught already, the folder holds something
        else, or what training needs is not installed.
    Unwritten
        When the disk is full; the same again goes on where the last checkpoint is.
    """
    if method.weights:
        reason = f"it was taught already: its weights are {method.weights}"
        raise Refusal(method.name(), reason, "leave --weights out: a fit begins anew")
    check_labels(method, labels, "labels")
    training = training or Training()
    key = _key(method, labels, training)
    if (done := _finished(out, key)) is not None:
        return Fit(with_weights(type(method), out), done, unchanged=True)
    lesson = method.lesson(labels, training)
    for library in ("torch", "timm", "safetensors"):
        needs("learn", library)
    work = out / WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
        planned = replace(training, steps=_steps(work / PLAN, key, lesson, training, tell))
        _teach(method, labels, lesson, planned, (out, key, command), tell)
    except OSError as error:
        # Another error of the system may be about a file that is read: it is told as what it is.
        if error.errno in FULL or str(error.filename or "").startswith(str(out)):
            raise Unwritten.because(out, error) from None
        raise
    return Fit(with_weights(type(method), out), opened(out))


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
    return with_weights(method_class, folder, given)


def with_weights(
    method_class: type[Taught], folder: Path | str, given: Mapping[str, Any] | None = None
) -> Taught:
    """A method with the weights in a folder, and the parameters that it was fitted with.

    Parameters
    ----------
    method_class
        Of the method.
    folder, given
        As of `fitted`.

    Raises
    ------
    Refusal
        As `fitted` does.
    """
    model = opened(folder, method_class)
    declared, given = method_class.__dataclass_fields__, given or {}
    kept = {k: _frozen(v) for k, v in model.parameters.items() if k in declared}
    for key, value in given.items():
        fixed = key in declared and declared[key].metadata.get("fixed")
        if fixed and kept.get(key, value) != _frozen(value):
            reason = f"was fitted with {key} = {kept[key]}, and cannot be applied with {value}"
            raise Refusal(folder, reason, f"leave --{key.replace('_', '-')} out, or fit it so")
    return method_class().with_parameters({**kept, **given, "weights": str(folder)})


def _frozen(value: Any) -> Any:
    """A parameter's value, of whatever kind of list it was."""
    return tuple(value) if isinstance(value, list) else value


def steps_of(lesson: Lesson, training: Training, tell: Tell | None = None) -> int:
    """How many steps a training takes: those that are asked for, or that its minutes allow."""
    if not lesson.stepwise:
        return 0
    from ethoframe.nets.training import steps_in

    if training.steps:
        return training.steps
    share = training.minutes / (len(lesson.folds) + 1)  # as often as that it is taught
    return steps_in(lesson, replace(training, minutes=share), tell)


def _teach(
    method: Learned,
    labels: Labels,
    lesson: Lesson,
    training: Training,
    place: tuple[Path, str, str],
    tell: Tell | None,
) -> None:
    from ethoframe.nets.build import only
    from ethoframe.nets.training import teach

    out, key, command = place
    begun, folds = time.monotonic(), len(lesson.folds)
    # Of one key there may be two plans, where the first was lost: rates depend on how many steps.
    mark = f"{key} in {training.steps} steps"
    apart = crossed(lesson, training, out / WORK, mark, tell) if folds else None
    settled: dict[str, Any] = {}
    if apart is not None:
        settled = settled_by(lesson, apart)
        lesson = answering(lesson, settled)
    taught = teach(lesson, training, out / WORK, mark, tell)
    if tell:
        tell("writing the model", 0, 0)
    if apart is None:
        settled = _settled(lesson, taught.net)
    told = dict(taught.told)
    if folds:
        told |= {"folds": folds, "seconds": round(time.monotonic() - begun, 1)}
    figures = settled.pop("figures", taught.figures)
    card = {
        "method": method.name(),
        "version": method.version,
        "key": key,
        "command": command,
        "parameters": {**method.parameters(), **lesson.fixed, "weights": ""},
        "training": training.parameters(),
        "taught": told,
        "labels": _told_of(labels),
        **lesson.told,
        "figures": dict(figures),
        "settled": settled,
        "weights_from": taught.told.get("encoder_weights", "none"),
        "ethoframe": ethoframe.__version__,
        "software": software(),
    }
    net, network = taught.net, lesson.network
    if "kind" in settled:  # of several ways to answer one is kept
        net, network = only(net, settled["kind"])
    if apart is not None and lesson.table is not None:
        columns = lesson.table(apart.examples, apart.answers, settled)
        write_columns(out / WORK / APART, columns)
    _write(out, net, network, card, unvaried(_asked(lesson)))


def _asked(lesson: Lesson) -> Examples:
    """The examples that a network is asked once it is taught."""
    return lesson.validation if len(lesson.validation) else lesson.train


def _settled(lesson: Lesson, net: Any) -> dict[str, Any]:
    """What its answers settle."""
    from ethoframe.nets.training import answers

    if lesson.settle is None:
        return {}
    examples = unvaried(_asked(lesson))
    return dict(lesson.settle(examples, answers(net, examples), bool(len(lesson.validation))))


def _write(
    out: Path, net: Any, network: Network, card: Mapping[str, Any], examples: Sequence[Example]
) -> None:
    """Writes the model, and lets go of what a killed fit would have gone on from."""
    from ethoframe.nets.export import write_model
    from ethoframe.nets.training import CHECKPOINT

    pictures = np.stack([each["picture"] for each in examples[:CHECKED]])
    draft = out / WORK / DRAFT
    shutil.rmtree(draft, ignore_errors=True)  # what a killed fit left
    draft.mkdir()
    write_model(draft, net, network, card, pictures)
    for name in (WEIGHTS, NETWORK, CARD):  # the card last: where it is, all is
        (draft / name).replace(out / name)
    shutil.rmtree(draft, ignore_errors=True)
    (out / WORK / CHECKPOINT).unlink(missing_ok=True)
    for part in (out / WORK).glob(PARTS.format("*")):
        shutil.rmtree(part, ignore_errors=True)


def _finished(out: Path, key: str) -> Model | None:
    """The model that an earlier fit of the same left there."""
    if not (out / CARD).is_file():
        # A fit that was killed while it moved its model leaves parts of it.
        ours = {WORK, WEIGHTS, NETWORK} if (out / WORK / PLAN).is_file() else {WORK}
        if out.is_dir() and {each.name for each in out.iterdir()} - ours:
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
    with suppress(OSError, ValueError, KeyError, TypeError):  # none, or none that can be read
        written = json.loads(path.read_text(encoding="utf-8"))
        if written["key"] == key:
            return int(written["steps"])
    steps = steps_of(lesson, training, tell)
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps({"key": key, "steps": steps}), encoding="utf-8")
    draft.replace(path)
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
