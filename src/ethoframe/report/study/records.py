"""What the records of all animals say together of how they were analysed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ethoframe.report.study.study import Animal
from ethoframe.run.names import PROVENANCE

TRIAL = "detect/trial"


@dataclass(frozen=True)
class Records:
    """The provenance of several animals.

    Parameters
    ----------
    recipe, version
        Of most of them.
    software
        Versions by name; several where they were analysed with different ones.
    steps
        Parameters of each method, by the method's name.
    same
        Whether all animals were analysed with these.
    rates_per_s
        Frames per second of the recordings, from the lowest to the highest.
    traced
        Whether they are tracks of another program, and no pictures were seen.
    """

    recipe: str = ""
    version: str = ""
    software: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    same: bool = True
    rates_per_s: tuple[float, ...] = ()
    traced: bool = False

    @classmethod
    def of(cls, animals: Sequence[Animal]) -> Records:
        """From ``provenance.json`` of each; those without are passed over."""
        told = [record for animal in animals if (record := _read(animal))]
        if not told:
            return cls()
        kinds = Counter(json.dumps(_settings(each), sort_keys=True) for each in told)
        usual = json.loads(kinds.most_common(1)[0][0])
        starts = {_parameters(each, TRIAL).get("from_s", -1.0) for each in told}
        if len(starts) == 1 and TRIAL in usual["steps"]:
            usual["steps"][TRIAL]["from_s"] = starts.pop()
        software: dict[str, set[str]] = {"ethoframe": {str(each["ethoframe"]) for each in told}}
        for each in told:
            for name, version in each.get("software", {}).items():
                software.setdefault(name, set()).add(str(version))
        rates = {_rate(each) for each in told}
        return cls(
            str(usual["recipe"]),
            " and ".join(sorted(software.pop("ethoframe"))),
            {name: tuple(sorted(versions)) for name, versions in software.items()},
            usual["steps"],
            len(kinds) == 1,
            tuple(sorted(float(rate) for rate in rates if rate)),
            any(each.get("file", {}).get("keypoints") for each in told),
        )


def _rate(record: Mapping[str, Any]) -> Any:
    """Frames per second: of the film, or as was said of tracks."""
    film = record.get("file", {}).get("average rate")
    return film or record.get("asked", {}).get("reading", {}).get("rate")


def _read(animal: Animal) -> dict[str, Any] | None:
    path = animal.part.folder / PROVENANCE
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _settings(record: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters by method; when a trial begins is the recording's own affair."""
    methods = [str(step["method"]) for step in record.get("steps", {}).values()]
    steps = {method: _parameters(record, method) for method in methods}
    for name in ("from_s", "lasts_s"):
        steps.get(TRIAL, {}).pop(name, None)
    return {"recipe": record.get("recipe", ""), "steps": steps}


def _parameters(record: Mapping[str, Any], method: str) -> dict[str, Any]:
    steps = record.get("steps", {}).values()
    return next((dict(s.get("parameters", {})) for s in steps if s["method"] == method), {})
