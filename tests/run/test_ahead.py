from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest

from ethoframe.run.ahead import ahead


def reading() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "read ahead"]


@pytest.mark.parametrize("depth", [1, 2, 50])
def test_every_item_in_order(depth):
    assert list(ahead(iter(range(20)), depth)) == list(range(20))
    assert not reading()


def test_nothing():
    assert list(ahead(iter(()))) == []


def test_items_that_are_false_or_none_are_items():
    assert list(ahead(iter([None, 0, "", []]))) == [None, 0, "", []]


def test_another_thread_makes_them():
    makers = set(ahead(threading.current_thread() for _ in range(3)))
    assert makers.isdisjoint({threading.current_thread()})


def test_it_stays_no_further_in_front_than_it_may():
    made = []

    def items():
        for i in range(10):
            made.append(i)
            yield i

    with closing(ahead(items(), depth=2)) as taken:
        next(taken)
        time.sleep(0.05)
        assert len(made) <= 1 + 2 + 1  # one taken, two waiting, one in hand
        next(taken)


def test_what_the_maker_raises_arrives_after_what_it_made():
    def items():
        yield 1
        yield 2
        raise OSError("the disk is gone")

    taken = ahead(items())
    assert [next(taken), next(taken)] == [1, 2]
    with pytest.raises(OSError, match="the disk is gone") as told:
        next(taken)
    assert "items" in [entry.name for entry in told.traceback]
    assert not reading()


def test_stopping_early_stops_the_maker():
    def endless():
        number = 0
        while True:
            yield number
            number += 1

    with closing(ahead(endless())) as taken:
        assert next(taken) == 0
        assert len(reading()) == 1
    assert not reading()


def test_a_loop_that_breaks_leaves_no_thread():
    for item in ahead(iter(range(1000))):
        if item == 3:
            break
    assert not reading()


def test_nothing_is_made_before_it_is_asked_for():
    ahead(iter(range(3)))
    assert not reading()
