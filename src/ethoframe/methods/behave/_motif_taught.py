"""From tracks to the motifs that are kept, and all that the card tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ethoframe.data import Labels, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.behave._motif_models import Motifs
from ethoframe.methods.behave._motif_paths import followed
from ethoframe.methods.behave._motif_rows import Few, Sight, going
from ethoframe.methods.behave._motif_stability import Candidate, Trial, beside_each_other
from ethoframe.nets.inference import session
from ethoframe.nets.lesson import Example, Lesson
from ethoframe.nets.model import Model
from ethoframe.nets.network import MOTIFS, Head, Network

ANSWERED = 128
"""Moments of a picture of the network."""

UNSTABLE = "no motifs are stable: those of this model should not be interpreted"


@dataclass(frozen=True)
class Piece:
    """One individual while it was seen, without a break.

    Parameters
    ----------
    places
        Numbers of each moment ``(t, number)``.
    told
        Speed (bl/s), turning (deg/s) and length (bl) of each ``(t, 3)``.
    film, who
        Of which recording, and which individual of it.
    """

    places: Array
    told: Array
    film: str
    who: str


@dataclass(frozen=True)
class Moving:
    """Everybody whose tracks there are."""

    series: Sequence[Piece]

    @property
    def rows(self) -> Array:
        """Numbers of all moments ``(n, number)``."""
        return np.concatenate([each.places for each in self.series])

    def placed(self, few: Few) -> tuple[list[Array], list[str]]:
        """The few numbers of each series, and the unit that it is of."""
        films = {each.film for each in self.series}
        unit = [each.film if len(films) > 1 else each.who for each in self.series]
        return [few.places(each.places) for each in self.series], unit


def seen_in(rows: Array) -> Array:
    """Whether anything of each moment is known ``(t,)``."""
    seen: Array = np.asarray(np.isfinite(rows).any(axis=1))
    return seen


def known_runs(known: Array) -> list[slice]:
    """Where something is known without a break."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known, [0]]).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def moving_in(labels: Labels, sight: Sight, where: str) -> Moving:
    """Numbers of everybody in labels that are tracks.

    Raises
    ------
    Refusal
        When nobody was seen.
    """
    found = []
    for number, part in enumerate(labels.parts):
        tracks = part.said
        assert isinstance(tracks, Tracks)
        bodies = sight.bodies(tracks)
        film = part.subject or f"{number} {part.film}"
        for who, name in enumerate(tracks.individuals):
            rows = sight.rows(bodies, who)
            told = np.stack(going(bodies, who, sight), axis=1)
            runs = known_runs(seen_in(rows))
            found += [Piece(rows[run], told[run], film, name) for run in runs]
    if not found:
        raise Refusal(where, "nobody's body axis was tracked", "check the tracks and the clock")
    return Moving(found)


@dataclass(frozen=True)
class Candidates:
    """All models that were tried, and how stable each is."""

    every: Sequence[Candidate]
    models: Mapping[tuple[str, int], Motifs]
    trial: Trial

    @classmethod
    def of(
        cls,
        series: tuple[Sequence[Array], Sequence[str]],
        models: Sequence[str],
        numbers: Iterable[int],
        least: int,
        seed: int,
    ) -> Candidates:
        """Every model with every number of motifs."""
        trial = Trial(*series, least, seed)
        found = {(m, n): trial.candidate(m, n) for n in numbers for m in models}
        told = beside_each_other([each for each, _ in found.values()])
        return cls(told, {key: motifs for key, (_, motifs) in found.items()}, trial)


@dataclass(frozen=True)
class Held:
    """Examples that are there as they are."""

    examples: Sequence[Example]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.examples)

    def example(self, index: int, chance: np.random.Generator | None) -> Example:
        """One of them; chance has no part in it."""
        del chance
        return self.examples[index]


def pictures(alike: Array) -> Array:
    """Rows ``(t, number)`` as pictures ``(n, number, 1, moment)``; 0 beyond the end."""
    count = max(1, -(-len(alike) // ANSWERED))
    held = np.zeros((count * ANSWERED, alike.shape[1]), np.float32)
    held[: len(alike)] = alike
    told: Array = held.reshape(count, ANSWERED, -1).transpose(0, 2, 1)[:, :, None]
    return told


def path_of(model: Model, rows: Array, least: int) -> Array:
    """The motif of each moment of rows ``(t, number)`` without a break."""
    usual = model.card["usual"]
    few = Few(np.array(usual["mean"]), np.array(usual["spread"]), np.zeros((0, 0)), 1.0)
    told = session(model, "onnxruntime").run(pictures(few.alike(rows)))[MOTIFS]
    scores = told[:, :, 0].transpose(0, 2, 1).reshape(-1, told.shape[1])[: len(rows)]
    onward = np.array(model.settled["onward"], np.float64)
    path: Array = followed(scores[None].astype(np.float64), onward, least)[0]
    return path


def lesson_of(
    tried: Candidates,
    kept: Candidate,
    moving: Moving,
    seen: tuple[Few, Sight],
    fixed: Mapping[str, Any],
) -> Lesson:
    """What the model that is kept is settled by, and what its card tells."""
    (few, sight), motifs = seen, tried.models[kept.model, kept.number]
    own, rows = _paths(motifs, tried.trial), _rows(moving)
    share = np.bincount(np.concatenate(own), minlength=kept.number)
    order = np.argsort(-share, kind="stable")
    motifs, place = motifs.take(order), np.argsort(order)
    own = [place[each] for each in own]
    parts = {"axes": few.axes, "centre": motifs.centre, "root": motifs.root, "first": motifs.first}
    shown = pictures(few.alike(moving.series[0].places[:ANSWERED]))[0]
    network = Network(
        (1, ANSWERED), len(few.mean), (Head(MOTIFS, kept.number),), MOTIFS, "none", 1,
        few.axes.shape[1],
    )  # fmt: skip
    units = len(np.unique(tried.trial.stretches.unit))
    figures = {"motifs": float(kept.number), "halves": kept.halves, "beyond": kept.beyond}
    return Lesson(
        network,
        Held([{"picture": shown}]),
        Held([]),
        lambda *_: {},
        told={
            "sight": sight.to_json(),
            "usual": {"mean": few.mean.tolist(), "spread": few.spread.tolist()},
            "few": {"numbers": few.axes.shape[1], "explained": few.share},
            "stability": {
                "kept": kept.to_json(),
                "table": [each.to_json() for each in tried.every],
                "of": _units(moving, units),
                "moments": int(tried.trial.stretches.known.sum()),
                "warning": "" if kept.stable else UNSTABLE,
            },
            "motifs": _told(own, rows, sight.pace_s, kept.number),
        },
        fixed=fixed,
        settle=lambda *_: {"onward": motifs.onward.tolist(), "figures": figures},
        familiar=Held([{name: np.asarray(each, np.float32) for name, each in parts.items()}]),
    )


def _units(moving: Moving, count: int) -> str:
    if len({each.film for each in moving.series}) > 1:
        return f"{count} recordings"
    alone = len({each.who for each in moving.series}) < 2
    return f"{count} blocks of time" if alone else f"{count} individuals of one recording"


def _paths(motifs: Motifs, trial: Trial) -> list[Array]:
    """The motif of each moment of each series."""
    return [
        followed(motifs.scores(each)[None], motifs.onward, trial.least)[0] for each in trial.series
    ]


def _rows(moving: Moving) -> Array:
    return np.concatenate([each.told for each in moving.series])


def _told(own: Sequence[Array], rows: Array, pace_s: float, count: int) -> list[dict[str, Any]]:
    """What each motif is like, by which a person may name it."""
    every = np.concatenate(own)
    lasts: list[list[float]] = [[] for _ in range(count)]
    for each in own:
        edges = np.flatnonzero(np.diff(each, prepend=-1, append=-1))
        for a, b in pairwise(edges):
            lasts[int(each[a])].append(float(b - a) * pace_s)
    told = []
    for k in range(count):
        speed, turn, long = (_mean(column[every == k]) for column in rows.T)
        told.append({
            "motif": f"motif {k + 1}",
            "share": float((every == k).mean()),
            "bouts": len(lasts[k]),
            "median_s": float(np.median(lasts[k])) if lasts[k] else None,
            "speed_bl_per_s": speed,
            "turning_deg_per_s": turn,
            "length_bl": long,
        })  # fmt: skip
    return told


def _mean(column: Array) -> float | None:
    known = column[np.isfinite(column)]
    return float(known.mean()) if len(known) else None
