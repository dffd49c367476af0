"""Learned methods, taught just enough to be applied."""

from __future__ import annotations

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from ethoframe.contract import Learned, Training
from ethoframe.run.fitting import fit

QUICK = Training(
    steps=2,
    encoder="test_efficientnet",
    pretrained=False,
    batch=2,
    validation=0.0,
    device="cpu",
    threads=1,
)
"""Knows next to nothing, and is there in a second or two."""


@cache
def taught(method_class: type[Learned]) -> Learned:
    """The method with weights that its own sample taught, fitted once in a process."""
    folder = Path(mkdtemp(prefix="ethoframe-laws-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return fit(method_class(), method_class.sample(), folder / "model", QUICK).method
