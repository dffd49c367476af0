"""How every number was made, signed before the first frame."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Collection, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import ethoframe
from ethoframe.contract import Learned, Method, Recipe, Step
from ethoframe.data import Noun, Recording
from ethoframe.nets.model import model_of

SOFTWARE = (
    "numpy", "scipy", "opencv-python-headless", "av", "pyarrow", "SimpleITK", "scikit-image",
    "numba", "tifffile", "zarr", "torch", "timm", "onnxruntime", "openvino",
)  # fmt: skip


def provenance(
    recording: Recording,
    recipe: Recipe,
    asked: Mapping[str, Any],
    given: Collection[str] = (),
    command: str = "",
) -> dict[str, Any]:
    """Everything that decides the answers, ready for JSON.

    Two runs with equal ``key`` on the same software give equal answers: it is the hash of the
    recording's identity and clock, of every step's method, version, parameters and inputs, of the
    other definitions, and of what else was asked for: arenas, trials, notes. Steps that the user
    answered, which are `given`, decide nothing. Where the file lies is not in it: a recording may
    move to another disk.

    Examples
    --------
    >>> from ethoframe import recipes
    >>> from ethoframe.testing.specimens import film
    >>> recipe = recipes.load("open-field")
    >>> signed = provenance(film(), recipe, {})
    >>> signed["steps"]["smooth"]["method"], signed["key"] == provenance(film(), recipe, {})["key"]
    ('clean/smooth', True)
    """
    decides = {
        "recipe": recipe.name,
        "gives": dict(recipe.gives),
        "steps": {step.name: _signed(step) for step in recipe.steps if step.name not in given},
        **({"otherwise": dict(recipe.otherwise)} if recipe.otherwise else {}),
        "asked": dict(asked),
    }
    return _keyed(recording, decides, command)


def applied_provenance(
    main: Noun,
    method: Method,
    side: Mapping[str, Noun],
    asked: Mapping[str, Any],
    command: str = "",
) -> dict[str, Any]:
    """Everything that decides the answer of one method, as `provenance` has it of a recipe.

    Parameters
    ----------
    main
        The input that the method is applied to.
    method
        With its parameters.
    side
        Its other inputs, by name; of each the fingerprint is signed.
    asked
        What else was asked for.
    command
        The command line.
    """
    inputs = {name: noun.fingerprint() for name, noun in side.items()}
    decides = {**_told(method), "inputs": inputs, "asked": dict(asked)}
    return _keyed(main, decides, command)


def _keyed(main: Noun, decides: Mapping[str, Any], command: str) -> dict[str, Any]:
    decides = {
        "recording": main.fingerprint(),
        **decides,
        "ethoframe": ethoframe.__version__,
    }
    key = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
    film = main if isinstance(main, Recording) else None
    file = {"name": film.name, "identity": film.identity, **film.facts} if film else {}
    return {
        "key": key,
        "command": command,
        **decides,
        "file": {k: v for k, v in file.items() if isinstance(v, str | int | float | bool | list)},
        "warnings": list(film.warnings) if film else [],
        "software": {"python": platform.python_version(), **software()},
    }


def _signed(step: Step) -> dict[str, Any]:
    return {**_told(step.method), "inputs": dict(step.inputs)}


def _told(method: Method) -> dict[str, Any]:
    return {
        "method": method.name(),
        "version": method.version,
        "parameters": {key: _listed(value) for key, value in _parameters(method).items()},
    }


def _parameters(method: Method) -> dict[str, Any]:
    """As they decide answers: of a learned method the hash of its model, wherever it lies."""
    told = method.parameters()
    if isinstance(method, Learned) and method.weights:
        told["weights"] = f"{Path(method.weights).name} {model_of(method).hash}"
    return told


def _listed(value: Any) -> Any:
    """As JSON gives it back, which knows no tuples."""
    return list(value) if isinstance(value, tuple) else value


def software() -> dict[str, str]:
    """Versions of the packages that answers may depend on."""
    found = {}
    for package in SOFTWARE:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
