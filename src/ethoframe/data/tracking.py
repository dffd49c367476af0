"""Which measures tell how well an animal was followed, and nothing of what it did."""

from __future__ import annotations

OF_TRACKING = frozenset(
    {
        "frames",
        "frames lost",
        "frames filled",
        "jitter while still",
        "noise floor",
        "time under the noise floor",
        "head end certain",
        "scale uncertainty",
        "trial start",
        "trial length",
    }
)
"""Of how well it was followed, and when: told under quality, and no outcome of a study."""
