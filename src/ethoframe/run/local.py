"""Several recordings at once on this computer, each in a process of its own."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from ethoframe.run.batch import Watch, Work, run_one
from ethoframe.run.entries import Entry
from ethoframe.run.one import analysed
from ethoframe.run.order import Asked, Outcome

TELL_EVERY_S = 0.2
PATIENCE_S = 10.0
"""How long a process may take to end by itself."""


def at_once(
    entries: Sequence[Entry],
    order: Asked,
    jobs: int,
    watch: Watch | None = None,
    work: Work = analysed,
) -> Iterator[Outcome]:
    """The outcome of every recording, as they become ready.

    A process that dies costs its recording only. When the caller stops early, by an interrupt too,
    all processes are ended.

    Parameters
    ----------
    entries, order
        As `batch.run_batch` takes them.
    jobs
        How many at once.
    watch
        Called with the progress of each.
    work
        As `batch.run_batch` takes it.
    """
    waiting = deque(entries)
    hands: list[_Hand] = []
    try:
        while waiting or hands:
            while waiting and len(hands) < jobs:
                hands.append(_Hand.hired(order, work))
                hands[-1].give(waiting.popleft())
            for hand in _ready(hands):
                outcome = hand.heard(order, watch)
                if outcome is None:
                    continue
                if waiting and not hand.dead:
                    hand.give(waiting.popleft())
                else:
                    hands.remove(hand)
                    hand.dismiss()
                yield outcome
    finally:
        for hand in hands:
            hand.process.terminate()
        for hand in hands:
            hand.dismiss()


@dataclass
class _Hand:
    """A process at work, the end of the pipe to it, and the recording it is busy with."""

    process: BaseProcess
    pipe: Connection
    busy: str = ""
    dead: bool = False

    @classmethod
    def hired(cls, order: Asked, work: Work) -> _Hand:
        # Spawned, not forked: a fork of a process with threads may never come back.
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, order, work), daemon=True)
        with _deaf_to_interrupts():
            process.start()
        theirs.close()  # so that the pipe ends when the process does
        return cls(process, ours)

    def give(self, entry: Entry) -> None:
        self.busy = entry.name
        with suppress(OSError):  # it died meanwhile, which is heard next
            self.pipe.send(entry)

    def heard(self, order: Asked, watch: Watch | None) -> Outcome | None:
        """What the process said: an outcome, or progress, which is passed on."""
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            self.dead = True
            self.process.join(PATIENCE_S)
            reason = f"its process died (exit code {self.process.exitcode})"
            remedy = "if memory ran out, use fewer --jobs; then run the same command again"
            return Outcome(self.busy, order.folder(self.busy), "broken", reason, remedy)
        if isinstance(said, Outcome):
            return said
        if watch:
            watch(*said)
        return None

    def dismiss(self) -> None:
        self.pipe.close()
        self.process.join(PATIENCE_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _ready(hands: list[_Hand]) -> list[_Hand]:
    # Not for ever: on Windows, Ctrl-C is heard only in between.
    speaking = wait([hand.pipe for hand in hands], timeout=1.0)
    return [hand for hand in hands if hand.pipe in speaking]


def _work(pipe: Connection, order: Asked, work: Work) -> None:
    """What each process does: one recording after the other, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides
    told = 0.0

    def watch(name: str, task: str, done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_EVERY_S:
            told = time.monotonic()
            pipe.send((name, task, done, total))

    with suppress(EOFError, OSError):
        while True:
            pipe.send(run_one(pipe.recv(), order, work, watch))


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes that start now do not hear Ctrl-C, not even before their first line."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
