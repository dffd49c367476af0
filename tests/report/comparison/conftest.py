"""Comparisons of planted methods."""

from __future__ import annotations

from tests.run.comparing.conftest import fits, labels, planned

__all__ = ["fits", "labels", "planned"]
