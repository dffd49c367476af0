"""A pose network, and how its maps are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.pose._maps import peaks
from ethoframe.methods.pose._shape import PEAKS, Shape
from ethoframe.methods.pose._views import Views
from ethoframe.nets.inference import Session, session
from ethoframe.nets.model import Model
from ethoframe.score.calibration import temperature

SEEN = 0.5
"""How probable it must be that a keypoint is in the window for the shape to count with it."""

RIGHT_BL = 0.1
"""A keypoint counts as found within this share of the animal's length, where confidence is set."""

ENOUGH = 20
"""Labelled keypoints that were kept apart, at the least, for confidence to be set by them."""


@dataclass(frozen=True)
class Reading:
    """How maps become keypoints.

    Parameters
    ----------
    stride
        Pixels of the window for one place of a map.
    shape
        How keypoints lie to each other; None where that is not known.
    heat
        By what the logit of confidence is divided, so that it is as often right as it says.
    """

    stride: int
    shape: Shape | None = None
    heat: float = 1.0

    def told(self, answers: Mapping[str, Array], index: int) -> tuple[Array, Array]:
        """Keypoints ``(k, 2)`` in px of a window, and how sure each is; NaN and 0 of NaN."""
        return self.read({kind: answer[index] for kind, answer in answers.items()})

    def read(self, answer: Mapping[str, Array]) -> tuple[Array, Array]:
        """The same of one window's answer."""
        found = peaks(answer["heatmap"], self.stride, PEAKS if self.shape else 1)
        visible = 1 / (1 + np.exp(-answer["visible"].astype(np.float64)))
        if not all(found) or not np.isfinite(visible).all():
            return np.full((len(found), 2), np.nan), np.zeros(len(found))
        taken = [0] * len(found)
        if self.shape is not None:
            places = [np.array([complex(p.x, p.y) for p in each]) for each in found]
            logs = [np.log([p.share for p in each]) for each in found]
            taken = self.shape.settled(list(zip(places, logs, strict=True)), visible >= SEEN)
        chosen = [each[at] for each, at in zip(found, taken, strict=True)]
        share = np.array([peak.share for peak in chosen]) * visible
        return np.array([[peak.x, peak.y] for peak in chosen]), self._heated(share)

    def _heated(self, share: Array) -> Array:
        if self.heat == 1.0:
            return share
        return np.asarray(1 / (1 + np.exp(-logit(share) / self.heat)))


@dataclass(frozen=True)
class Eye:
    """A fitted pose network, ready to look.

    Parameters
    ----------
    views
        How pictures are made into windows.
    reading
        How maps become keypoints.
    network
        Answers windows.
    keypoints
        Their names.
    """

    views: Views
    reading: Reading
    network: Session
    keypoints: tuple[str, ...]

    @classmethod
    def of(cls, model: Model, backend: str) -> Eye:
        """Of a fitted model."""
        card = model.card
        heat = float(model.settled.get("heat", 1.0))
        reading = Reading(int(model.parameters["stride"]), Shape.from_json(card["shape"]), heat)
        names = tuple(card["skeleton"]["keypoints"])
        return cls(Views.from_json(card["views"]), reading, session(model, backend), names)

    def told(self, answers: Mapping[str, Array], index: int) -> tuple[Array, Array]:
        """Keypoints ``(k, 2)`` in px of a window, and how sure each is."""
        return self.reading.told(answers, index)


def settled(far: Array, sure: Array, length_px: float, kept: bool) -> dict[str, Any]:
    """How confidence is to be changed so that it is as often right as it says.

    Parameters
    ----------
    far, sure
        Distances ``(n, k)`` in px, NaN where a keypoint is absent, and confidence.
    length_px
        Of the animal.
    kept
        Whether the frames were kept apart: of frames that were learned nothing is to be seen.
    """
    near_px = RIGHT_BL * length_px
    present = np.isfinite(far)
    count = int(present.sum())
    told: dict[str, Any] = {"near_px": near_px, "keypoints": count, "heat": 1.0}
    if kept and count >= ENOUGH:
        told["heat"] = temperature(logit(sure[present]), (far[present] <= near_px).astype(int))
    return told


def logit(share: Array) -> Array:
    """Of shares from 0 to 1, kept off both ends."""
    inside = np.clip(share, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(inside / (1 - inside)))
