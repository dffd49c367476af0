"""Small networks, taught for a few seconds on what was drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ethoframe.contract import Training
from ethoframe.contract.catalog import find
from ethoframe.data import Labels
from ethoframe.run.fitting import Fit, fit

TINY = "test_efficientnet"
"""As small as an encoder can be."""


def taught(
    name: str, out: Path, labels: Labels, rate: float, encoder: str = TINY, **parameters: Any
) -> Fit:
    """The method with these parameters, fitted to the labels in 30 steps."""
    training = Training(
        steps=30,
        rate=rate,
        encoder=encoder,
        pretrained=encoder != TINY,
        validation=0.0 if encoder == TINY else 0.2,
        augment=0.3,
        threads=1,
        device="cpu",
    )
    return fit(find(name)(**parameters), labels, out, training)
