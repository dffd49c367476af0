"""A fitted model: a folder with weights, a network that runs anywhere, and a card that tells all.

::

    <model>/card.json             what it is, what taught it, how right it was, hashes of the rest
    <model>/weights.safetensors   to go on teaching it, and to look into it
    <model>/network.onnx          to apply it, without torch
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ethoframe.contract import Learned
from ethoframe.data import Refusal
from ethoframe.nets.network import Network

CARD, WEIGHTS, NETWORK = "card.json", "weights.safetensors", "network.onnx"

REMEMBERED = 64
"""Models whose files were found unchanged, and are not looked through again by this process."""

FORM = 1
"""Changes whenever a model written before cannot be read any more."""

AGAIN = "copy the whole folder again from where it was fitted, or fit it again"


@dataclass(frozen=True)
class Model:
    """What a folder of a fitted model says of itself, its files found unchanged.

    Parameters
    ----------
    folder
        Where it lies.
    card
        All that is told of it.
    hash
        Of its card, and by that of all its files.
    """

    folder: Path
    card: Mapping[str, Any]
    hash: str
    network: Network = field(init=False)

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "network", Network.from_json(self.card["network"]))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Refusal(self.folder / CARD, "its card tells of no network", AGAIN) from None
        told = self.card.get("method"), self.card.get("parameters"), self.card.get("settled", {})
        if not (isinstance(told[0], str) and all(isinstance(each, dict) for each in told[1:])):
            raise Refusal(self.folder / CARD, "its card tells of no method", AGAIN)

    @property
    def method(self) -> str:
        """The method whose rules it holds."""
        return str(self.card["method"])

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Of the method, as they were decided when it was fitted."""
        found: Mapping[str, Any] = self.card["parameters"]
        return found

    @property
    def figures(self) -> Mapping[str, float]:
        """Of what was kept apart; NaN where nothing could be told."""
        found: Mapping[str, Any] = self.card.get("figures", {})
        return {name: math.nan if value is None else value for name, value in found.items()}

    @property
    def settled(self) -> Mapping[str, Any]:
        """What was decided once the network was taught."""
        found: Mapping[str, Any] = self.card.get("settled", {})
        return found


def opened(folder: Path | str, method: Learned | type[Learned] | None = None) -> Model:
    """The model in a folder.

    Parameters
    ----------
    folder
        Where it lies.
    method
        Which method's it must be; any when left out.

    Raises
    ------
    Refusal
        When there is no model, it was written by another version, is of another method or another
        version of it, or one of its files is not the one that was written.

    Examples
    --------
    >>> opened("no/such/model")
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: no/such/model: there is no fitted model (no card.json); ...
    """
    folder = Path(folder)
    card = folder / CARD
    if not card.is_file():
        remedy = "name the folder that ethoframe fit wrote"
        raise Refusal(folder, f"there is no fitted model (no {CARD})", remedy)
    # By what its card says, as clocks of some disks tell only every other second apart.
    model = _read(folder.resolve(), _contents(card))
    if method is not None:
        _check(model, method, folder)
    return model


def _check(model: Model, method: Learned | type[Learned], folder: Path) -> None:
    name, told = method.name(), model.card
    if model.method != name:
        reason = f"it is a model of {model.method}, not of {name}"
        raise Refusal(folder, reason, f"use ethoframe apply {model.method}")
    if told.get("version") != method.version:
        fitted = f"version {told.get('version')} of {name} (ethoframe {told.get('ethoframe')})"
        reason = f"it was fitted by {fitted}, and this is version {method.version}"
        raise Refusal(folder, reason, "fit it again, or use the version that fitted it")


@lru_cache(REMEMBERED)
def _read(folder: Path, text: bytes) -> Model:
    path = folder / CARD
    try:
        card = json.loads(text)
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise Refusal(path, "this is no JSON", AGAIN) from None
    form = card.get("form") if isinstance(card, dict) else None
    if form != FORM:
        reason = f"it is a model of form {form}, and this version reads form {FORM}"
        raise Refusal(path, reason, "fit it again, or use the version that wrote it")
    hashes = card.get("files")
    for name in (WEIGHTS, NETWORK):
        if not isinstance(hashes, dict) or name not in hashes:
            raise Refusal(path, f"its card tells no hash of {name}", AGAIN)
        if not (folder / name).is_file():
            raise Refusal(folder / name, "this file of the model is missing", AGAIN)
        if hashed(folder / name) != hashes[name]:
            reason = "this file is not the one that was fitted (its hash differs)"
            raise Refusal(folder / name, reason, AGAIN)
    return Model(folder, card, hashlib.sha256(text).hexdigest())


def model_of(method: Learned) -> Model:
    """The model of a method that was fitted.

    Raises
    ------
    Refusal
        When it was not, or its folder holds no such model.
    """
    name = method.name()
    if not method.weights:
        remedy = f"fit it: ethoframe fit {name} --labels PATH --out MODEL"
        raise Refusal(name, "it was never taught: it has no weights", remedy)
    return opened(method.weights, method)


def hashed(path: Path) -> str:
    """Hex SHA-256 of a whole file.

    Raises
    ------
    Refusal
        When it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from None


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> Refusal:
    reason = f"this file of the model cannot be read ({error.strerror or error})"
    return Refusal(path, reason, AGAIN)
