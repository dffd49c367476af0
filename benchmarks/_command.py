"""The command line as a user runs it: in a process of its own, watched from outside."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

MB = 1e6
EVERY_S = 0.05

_TOLD = re.compile(r"(?P<name>.+?): (?P<how>\d+ frames in|finished before)")


@dataclass(frozen=True)
class Done:
    """A recording that the command says it is done with.

    Parameters
    ----------
    name
        As it is told.
    before
        Whether an earlier run had done it.
    wall_s, cpu_s
        When, in seconds since the command began, and of processor time that it had used by then.
    """

    name: str
    before: bool
    wall_s: float
    cpu_s: float


@dataclass
class Watched:
    """``ethoframe`` with these words, on its way.

    Parameters
    ----------
    words
        What is typed after ``ethoframe``.
    errors
        File for what it says on standard error.
    memory
        ``(seconds, MB)`` of resident memory, looked at twenty times a second.
    """

    words: tuple[str, ...]
    errors: Path
    memory: list[tuple[float, float]] = field(default_factory=list, init=False)
    process: Any = field(default=None, init=False)

    def done(self) -> Iterator[Done]:
        """The recordings as they become ready, until the command ends."""
        command = [sys.executable, "-m", "ethoframe.apps.cli", *self.words]
        began = time.perf_counter()
        with self.errors.open("w", encoding="utf-8") as errors:
            self.process = psutil.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8"
            )
            threading.Thread(target=self._look, args=(began,), daemon=True).start()
            for line in self.process.stdout:
                if told := _TOLD.match(line):
                    now, spent_s = time.perf_counter() - began, self._spent_s()
                    yield Done(told["name"], told["how"] == "finished before", now, spent_s)
            self.process.wait()

    def peak_mb(self, start_s: float = 0.0, stop_s: float = float("inf")) -> float:
        """The most memory between two moments."""
        return max((held for when, held in self.memory if start_s <= when < stop_s), default=0.0)

    def _look(self, began: float) -> None:
        try:
            while self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
                held = self.process.memory_info().rss / MB
                self.memory.append((time.perf_counter() - began, held))
                time.sleep(EVERY_S)
        except psutil.Error:  # it ended meanwhile
            return

    def _spent_s(self) -> float:
        try:
            times = self.process.cpu_times()
        except psutil.Error:  # it ended meanwhile
            return float("nan")
        return float(times.user + times.system)
