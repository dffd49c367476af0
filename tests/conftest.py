"""How properties are tested: the same cases every time, so that a red test is red for everybody."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("ethoframe", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("ethoframe")
