"""How far a run is, for a person at a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass

import click

SHOW_AFTER_S = 2.0
EVERY_S = 0.2
EVERY_S_IN_A_LOG = 30.0
SLOW = 10.0
"""Of fewer in a second, tenths are told."""


@dataclass
class _Task:
    """What is done with a recording at the moment, and how far it is."""

    name: str
    began_s: float
    first: int
    done: int = 0
    total: int = 0
    unit: str = "frames"

    def told(self, now: float) -> str:
        if self.total == 0:
            return self.name
        line = f"{self.name} {self.done}/{self.total} {self.unit}"
        rate = (self.done - self.first) / max(1e-9, now - self.began_s)
        if rate > 0:
            left = clock((self.total - self.done) / rate)
            line += f", {rate:.{0 if rate >= SLOW else 1}f} {self.unit}/s, {left} left"
        return line


class Progress:
    """One line that is written over: what, how much, how fast, how long still.

    Nothing is shown for what takes less than two seconds. Where standard error is no terminal, a
    line is written at first and then every half a minute.

    Parameters
    ----------
    count
        How many recordings there are.
    unit
        What is counted of each.
    """

    def __init__(self, count: int = 1, unit: str = "frames") -> None:
        self.count = count
        self.unit = unit
        self.over = 0
        self.terminal = sys.stderr.isatty()
        self._began = time.monotonic()
        self._shown = float("-inf")
        self._running: dict[str, _Task] = {}

    def __call__(self, name: str, task: str, done: int, total: int) -> None:
        """Takes note of how far a recording is, and shows it when it is time to."""
        now = time.monotonic()
        running = self._running.get(name)
        if running is None or running.name != task or running.total != total:
            running = self._running[name] = _Task(task, now, done, unit=self.unit)
        running.done, running.total = done, total
        every = EVERY_S if self.terminal else EVERY_S_IN_A_LOG
        worth = self.terminal or total > 0  # a log has no use for what cannot be counted
        if worth and now - self._began > SHOW_AFTER_S and now - self._shown > every:
            self._shown = now
            self._write(self.line(now))

    def finished(self, name: str) -> None:
        """A recording is over, however it went; the line makes room for what is said of it."""
        self._running.pop(name, None)
        self.over += 1
        self.wipe()

    def wipe(self) -> None:
        """Wipes the line."""
        if self.terminal and self._shown > self._began:
            click.echo("\r\x1b[K", nl=False, file=sys.stderr)

    def line(self, now: float) -> str:
        """What is shown at a time of the monotonic clock."""
        told = "; ".join(f"{name}: {task.told(now)}" for name, task in self._running.items())
        if self.count == 1:
            return told
        whole = f"{self.over} of {self.count} recordings done"
        if self.over:
            left = (now - self._began) / self.over * (self.count - self.over)
            whole += f", about {clock(left)} left"
        return f"{whole}; {told}"

    def _write(self, line: str) -> None:
        if self.terminal:  # one that is too long would not be written over
            line = f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}"
        click.echo(line, nl=not self.terminal, file=sys.stderr)


def clock(seconds: float) -> str:
    """Minutes and seconds.

    Examples
    --------
    >>> clock(75.2)
    '1:15'
    """
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
