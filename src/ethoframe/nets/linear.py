"""A weighted sum of numbers for each class: what a few labels can teach."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ethoframe.data import Refusal
from ethoframe.data.noun import Array

PENALTY = 100.0
"""On half the sum of squared weights, beside the sum of losses."""

FARTHEST = 5.0
"""Numbers further than so many spreads from their mean are taken to be as far as that."""

ROUNDS = 200
"""Steps to the least loss, at most; there is one."""


class Linear(nn.Module):
    """How much is in favour of each class (log odds): a weighted sum of numbers.

    Numbers are those less their mean by their spread; what is not known counts as usual (0). The
    weights have the least penalised log loss, of which there is one.

    Parameters
    ----------
    numbers, classes
        How many.

    References
    ----------
    Hoerl & Kennard, Technometrics 12 (1970), 55-67 (the penalty). le Cessie & van Houwelingen,
    Applied Statistics 41 (1992), 191-201 (of log losses). Liu & Nocedal, Mathematical Programming
    45 (1989), 503-528 (how they are found).
    """

    weight: Tensor
    first: Tensor

    def __init__(self, numbers: int, classes: int):
        super().__init__()
        self.register_buffer("weight", torch.zeros(classes, numbers))
        self.register_buffer("first", torch.zeros(classes))

    def forward(self, rows: Tensor) -> Tensor:
        """Of numbers ``(n, numbers)``: ``(n, classes)``."""
        # As a product: an operation called linear would take the name of the answer when written.
        return _known(rows) @ self.weight.T + self.first

    def settle(self, rows: Array, classes: Array, weights: Array, seed: int) -> None:
        """Finds the weights.

        Parameters
        ----------
        rows
            Numbers of the examples ``(n, numbers)``, NaN where they are not known.
        classes
            Of each, as an index ``(n,)``.
        weights
            How much each counts ``(n,)``.
        seed
            Of nothing: chance has no part in it.

        Raises
        ------
        Refusal
            When all are of one class.
        """
        del seed
        if len(np.unique(classes)) < 2:
            reason = "all frames that are left to learn from are of one class"
            raise Refusal("linear", reason, "label more, or keep less apart: --validation")
        seen = _known(torch.from_numpy(np.asarray(rows, np.float64)))
        true = torch.from_numpy(np.asarray(classes, np.int64))
        counts = torch.from_numpy(np.asarray(weights, np.float64))
        weight = torch.zeros(self.weight.shape, dtype=torch.float64, requires_grad=True)
        first = torch.zeros(self.first.shape, dtype=torch.float64, requires_grad=True)
        found = torch.optim.LBFGS(
            [weight, first], max_iter=ROUNDS, tolerance_change=1e-9, line_search_fn="strong_wolfe"
        )

        def loss() -> Tensor:
            found.zero_grad()
            each = f.cross_entropy(seen @ weight.T + first, true, reduction="none")
            lost = (each * counts).sum() / counts.sum()
            whole = lost + PENALTY / counts.sum() / 2 * (weight**2).sum()
            whole.backward()
            return whole

        found.step(loss)
        self.weight.copy_(weight.detach())
        self.first.copy_(first.detach())


def _known(rows: Tensor) -> Tensor:
    held = torch.where(torch.isnan(rows), torch.zeros_like(rows), rows)
    return held.clamp(-FARTHEST, FARTHEST)
