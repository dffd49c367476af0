"""The ``config.yaml`` of a DeepLabCut project, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ethoframe.formats.dlc.project import ALONE

DEFAULTS: Mapping[str, object] = {
    "start": 0,
    "stop": 1,
    "numframes2pick": 20,
    "skeleton_color": "black",
    "pcutoff": 0.6,
    "dotsize": 12,
    "alphavalue": 0.7,
    "colormap": "rainbow",
    "TrainingFraction": [0.95],
    "iteration": 0,
    "default_net_type": "resnet_50",
    "default_augmenter": "default",
    "snapshotindex": -1,
    "detector_snapshotindex": -1,
    "batch_size": 8,
    "detector_batch_size": 1,
    "cropping": False,
    "x1": 0,
    "x2": 640,
    "y1": 0,
    "y2": 480,
    "corner2move2": [50, 50],
    "move2corner": True,
}
"""What DeepLabCut asks for besides, as it sets it in a new project; none of it is about labels."""

SEVERAL: Mapping[str, object] = {"default_track_method": "ellipse"}


class Told(NamedTuple):
    """What a project is about.

    Parameters
    ----------
    individuals
        Of several, ``single`` left out; empty for a project of one animal.
    shared
        Keypoints of the animals.
    once
        Keypoints that each picture has once.
    edges
        Pairs of keypoints that a line joins.
    sizes
        Of the pictures of each film, height and width.
    """

    individuals: tuple[str, ...]
    shared: tuple[str, ...]
    once: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    sizes: Mapping[str, tuple[int, int]]

    @property
    def cells(self) -> Iterator[tuple[str, str]]:
        """Which keypoint of which individual can be placed, in order; one animal has no name."""
        for individual in self.individuals or ("",):
            for keypoint in self.shared:
                yield individual, keypoint
        for keypoint in self.once:
            yield ALONE, keypoint


def config_text(folder: Path, scorer: str, told: Told) -> str:
    """The text; what is quoted in it is JSON, of which every piece is YAML too."""
    place = folder.absolute()
    films = {
        (place / "videos" / f"{film}.mp4").as_posix(): {"crop": f"0, {width}, 0, {height}"}
        for film, (height, width) in told.sizes.items()
    }
    several = bool(told.individuals)
    own: dict[str, object] = {
        "Task": folder.name,
        "scorer": scorer,
        "date": f"{datetime.now().astimezone():%b%d}",
        "multianimalproject": several,
        "identity": False,
        "project_path": place.as_posix(),
        "engine": "pytorch",
        "video_sets": films,
    }
    if several:
        own |= {"individuals": told.individuals, "uniquebodyparts": told.once}
        own |= {"multianimalbodyparts": told.shared, "bodyparts": "MULTI!", **SEVERAL}
    else:
        own["bodyparts"] = told.shared
    own["skeleton"] = [list(edge) for edge in told.edges]
    return "".join(_lines({**own, **DEFAULTS}))


def _lines(told: Mapping[str, object]) -> Iterator[str]:
    for name, value in told.items():
        if isinstance(value, Mapping) and value:
            yield f"{name}:\n"
            for key, inner in value.items():
                yield f"  {_quoted(key)}:\n"
                yield from (f"    {word}: {_quoted(each)}\n" for word, each in inner.items())
        elif isinstance(value, Sequence) and not isinstance(value, str) and value:
            yield f"{name}:\n"
            yield from (f"- {_quoted(each)}\n" for each in value)
        else:
            yield f"{name}: {_quoted(list(value) if value == () else value)}\n"


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
