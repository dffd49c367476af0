"""Where the time went."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Profile:
    """Seconds by what they were spent on: decode, compute, write, wait.

    Decoding runs beside computing, so the parts may add up to more than the whole; *wait* is the
    time in which computing stood still for want of frames.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._began = time.perf_counter()

    @contextmanager
    def spent(self, part: str) -> Iterator[None]:
        """Adds the time inside the block to `part`."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[part] += time.perf_counter() - began

    def each(self, part: str, items: Iterator[object]) -> Iterator[object]:
        """The items, with the time each takes to come added to `part`."""
        while True:
            with self.spent(part):
                item = next(items, self)
            if item is self:
                return
            yield item

    def total(self) -> dict[str, float]:
        """Seconds by part, with the wall clock as ``whole``."""
        return {**self.seconds, "whole": time.perf_counter() - self._began}
