"""Boosted trees inside a network: grown by scikit-learn, answered wherever networks are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.data.noun import Array

ROUNDS = 60
"""Trees that are grown one after the other for each class; each learns what those before missed."""

LEAVES, DEPTH = 6, 3
"""Leaves of a tree, and questions on the way to one, at most."""

PACE = 0.1
"""What of each tree's answer counts: many small steps forget single examples."""

OFFERED, SOME = 0.05, 12
"""Share of the numbers that a question may be about, drawn anew for each, and how many at least: of
numbers that tell the same each has its turn."""

FEWEST, SHARE, DAMPED = 40, 0.05, 1.0
"""Examples of a leaf at the least, or a share of all where that is fewer, and the penalty on what
it answers."""

AGREES = 1e-4
"""How far answers may be from scikit-learn's."""

NEVER = -20.0
"""Log odds of classes that no example is of."""

LEVELS = 200
"""Different values of a number, at most, that thresholds are sought between."""

CHECKED = 500
"""Examples, about, whose answers are compared with scikit-learn's."""

NODES = 2 * LEAVES - 1

Grown = tuple[list[list[Any]], Array]
"""Trees of each round and class, and what is answered before the first."""


class Trees(nn.Module):
    """How much is in favour of each class (log odds), by a sum over trees of questions.

    Each question is whether one number is at most a threshold; one that is not known (NaN) goes
    the way that was better for the examples. All trees are walked down side by side by plain
    operations of arrays, so that they can be written as any network is.

    Parameters
    ----------
    classes
        How many; of two, trees are grown for the second alone.

    References
    ----------
    Friedman, Annals of Statistics 29 (2001), 1189-1232. Ke et al., NeurIPS 2017, 3146-3154
    (histograms). Pedregosa et al., JMLR 12 (2011), 2825-2830 (what grows them).
    """

    asked: Tensor
    most: Tensor
    low: Tensor
    high: Tensor
    unknown: Tensor
    told: Tensor
    first: Tensor

    def __init__(self, classes: int):
        super().__init__()
        self.classes = classes
        self.kinds = 1 if classes == 2 else classes
        shape = self.kinds * ROUNDS, NODES
        stay = torch.arange(shape[0] * NODES).reshape(shape)  # a leaf leads to itself
        self.register_buffer("asked", torch.zeros(shape, dtype=torch.int64))
        self.register_buffer("most", torch.zeros(shape))
        self.register_buffer("low", stay.clone())
        self.register_buffer("high", stay.clone())
        self.register_buffer("unknown", stay.clone())
        self.register_buffer("told", torch.zeros(shape))
        self.register_buffer("first", torch.zeros(self.kinds))

    def forward(self, rows: Tensor) -> Tensor:
        """Of numbers ``(n, features)``: ``(n, classes)``."""
        count = self.kinds * ROUNDS
        asked, most, told = self.asked.flatten(), self.most.flatten(), self.told.flatten()
        low, high, unknown = self.low.flatten(), self.high.flatten(), self.unknown.flatten()
        at = (torch.arange(count, device=rows.device) * NODES)[None].repeat(rows.shape[0], 1)
        for _ in range(DEPTH):
            seen = torch.gather(rows, 1, asked[at])
            onward = torch.where(seen <= most[at], low[at], high[at])
            at = torch.where(torch.isnan(seen), unknown[at], onward)
        sums = told[at].reshape(rows.shape[0], self.kinds, ROUNDS).sum(dim=2) + self.first
        return torch.cat([torch.zeros_like(sums), sums], dim=1) if self.kinds == 1 else sums

    def settle(self, rows: Array, classes: Array, weights: Array, seed: int) -> None:
        """Grows the trees.

        Parameters
        ----------
        rows
            Numbers of the examples ``(n, features)``, NaN where they are not known.
        classes
            Of each, as an index ``(n,)``.
        weights
            How much each counts ``(n,)``.
        seed
            Of which numbers a question is offered.

        Raises
        ------
        Refusal
            When scikit-learn is not there, or its trees cannot be read.
        """
        ensemble = needs("stats", "sklearn.ensemble")
        grower = ensemble.HistGradientBoostingClassifier(
            learning_rate=PACE,
            max_iter=ROUNDS,
            max_leaf_nodes=LEAVES,
            max_depth=DEPTH,
            min_samples_leaf=max(2, min(FEWEST, round(SHARE * len(rows)))),
            l2_regularization=DAMPED,
            max_features=min(1.0, max(OFFERED, SOME / rows.shape[1])),
            early_stopping=False,
            random_state=seed,
        )
        present = np.unique(classes)
        if len(present) < 2:
            reason = "all frames that are left to learn from are of one class"
            raise Refusal("trees", reason, "label more, or keep less apart: --validation")
        rows = _coarse(np.asarray(rows, np.float32))
        grower.fit(rows, classes, sample_weight=weights)
        # In favour of classes that no example is of next to nothing is told; of two classes that
        # are there, scikit-learn grows trees for the later one.
        self.first.fill_(0.0 if self.kinds == 1 else NEVER)
        kinds = [0] if self.kinds == 1 else present[len(present) == 2 :].tolist()
        if self.kinds > 1 and len(present) == 2:
            self.first[present[0]] = 0.0
        rounds, first = _grown(grower)
        self.first[kinds] = torch.from_numpy(first).float()
        for number, trees in enumerate(rounds):
            for kind, tree in zip(kinds, trees, strict=True):
                self._plant(kind * ROUNDS + number, tree)
        columns = [1] if self.kinds == 1 else kinds
        self._check(grower, rows[:: max(1, len(rows) // CHECKED)], columns)

    def _plant(self, place: int, nodes: Mapping[str, Array]) -> None:
        """Writes one tree into the arrays."""
        offset = place * NODES
        stay = np.arange(len(nodes["value"]))
        leaf = nodes["is_leaf"].astype(bool)
        low = np.where(leaf, stay, nodes["left"]) + offset
        high = np.where(leaf, stay, nodes["right"]) + offset
        unknown = np.where(nodes["missing_go_to_left"].astype(bool), low, high)
        columns = {
            "asked": np.where(leaf, 0, nodes["feature_idx"]),
            "most": np.where(leaf, 0.0, _below(nodes["num_threshold"])),
            "low": low,
            "high": high,
            "unknown": unknown,
            "told": np.where(leaf, nodes["value"], 0.0),
        }
        for name, column in columns.items():
            held = getattr(self, name)
            held[place, : len(column)] = torch.from_numpy(column).to(held.dtype)

    def _check(self, grower: Any, rows: Array, columns: list[int]) -> None:
        """Refuses trees that do not answer here as where they were grown."""
        true = np.asarray(grower.decision_function(rows)).reshape(len(rows), -1)
        with torch.no_grad():
            told = self(torch.from_numpy(rows)).numpy()[:, columns]
        off = float(np.abs(told - true).max(initial=0.0))
        if not off <= AGREES * max(1.0, float(np.abs(true).max(initial=0.0))):
            reason = f"trees answer otherwise here than in scikit-learn (by {off:g})"
            raise Refusal("trees", reason, "install the version that the lock names")


def _coarse(rows: Array) -> Array:
    """Each number by the nearest of a few of its column ``(n, features)``; NaN as it is.

    Thresholds then lie half-way between two of these, where numbers as they were part as well.
    Scikit-learn finds as few by itself; but with weights, one by one, which takes minutes.
    """
    coarse = rows.copy()
    for at, column in enumerate(rows.T):
        known = np.isfinite(column)
        ordered = np.sort(column[known])
        if len(ordered):
            chosen = np.linspace(0, len(ordered) - 1, LEVELS).round().astype(int)
            few = np.unique(ordered[chosen]).astype(np.float64)
            between = (few[1:] + few[:-1]) / 2
            coarse[known, at] = few[np.searchsorted(between, column[known])]
    return coarse


def _grown(grower: Any) -> Grown:
    """The trees of each round and class; scikit-learn shows them nowhere but here."""
    rounds = [[tree.nodes for tree in each] for each in grower._predictors]
    return rounds, np.asarray(grower._baseline_prediction, np.float64).ravel()


def _below(thresholds: Array) -> Array:
    """The greatest 32-bit numbers that are not above thresholds: they part the same numbers."""
    near = thresholds.astype(np.float32)
    above = near.astype(np.float64) > thresholds
    return np.where(above, np.nextafter(near, np.float32(-np.inf)), near)
