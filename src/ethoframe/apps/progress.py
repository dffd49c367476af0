"""How far a run is, for a person at a terminal."""

from __future__ import annotations

import sys
import time

SHOW_AFTER_S = 2.0
EVERY_S = 0.2
EVERY_S_IN_A_LOG = 30.0


class Progress:
    """One line that is written over: what, how much, how fast, how long still.

    Nothing is shown for what takes less than two seconds. Where standard error is no terminal, a line
    is written every half a minute.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.terminal = sys.stderr.isatty()
        self._began = time.monotonic()
        self._task = ""
        self._task_began = (0.0, 0)
        self._shown = self._began

    def __call__(self, task: str, done: int, total: int) -> None:
        """Takes note of progress, and shows it when it is time to."""
        now = time.monotonic()
        if task != self._task:
            self._task, self._task_began = task, (now, done)
        every = EVERY_S if self.terminal else EVERY_S_IN_A_LOG
        if now - self._began < SHOW_AFTER_S or now - self._shown < every:
            return
        self._shown = now
        self._write(self._line(now, done, total))

    def done(self) -> None:
        """Wipes the line."""
        if self.terminal and self._shown > self._began:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _line(self, now: float, done: int, total: int) -> str:
        began, first = self._task_began
        rate = (done - first) / max(1e-9, now - began)
        line = f"{self.name}: {self._task} {done}/{total} frames"
        if rate > 0:
            left = round((total - done) / rate)
            line += f", {rate:.0f} frames/s, {left // 60}:{left % 60:02d} left"
        return line

    def _write(self, line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{line}" if self.terminal else f"{line}\n")
        sys.stderr.flush()
