"""Reading ahead: the next batch is decoded while this one is computed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any, TypeVar

T = TypeVar("T")

_END = object()


def ahead(items: Iterator[T], depth: int = 2) -> Iterator[T]:
    """The items in order, made by another thread that stays at most `depth` in front.

    An exception of the maker is raised here. When the taker stops early, the maker stops too.
    """
    waiting: queue.Queue[Any] = queue.Queue(maxsize=depth)
    stopped = threading.Event()
    maker = threading.Thread(
        target=_make, args=(items, waiting, stopped), name="read ahead", daemon=True
    )
    maker.start()
    try:
        while (item := waiting.get()) is not _END:
            if isinstance(item, _Raised):
                raise item.error
            yield item
    finally:
        stopped.set()
        _drain(waiting)
        maker.join()


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def _make(items: Iterator[T], waiting: queue.Queue[Any], stopped: threading.Event) -> None:
    try:
        for item in items:
            if not _put(waiting, item, stopped):
                return
        _put(waiting, _END, stopped)
    except BaseException as error:  # noqa: BLE001  the taker's thread is where it can be told
        _put(waiting, _Raised(error), stopped)


def _put(waiting: queue.Queue[Any], item: Any, stopped: threading.Event) -> bool:
    while not stopped.is_set():
        try:
            waiting.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False


def _drain(waiting: queue.Queue[Any]) -> None:
    while True:
        try:
            waiting.get_nowait()
        except queue.Empty:
            return
