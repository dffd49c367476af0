from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Recording, Refusal

SIZE = (4, 6)


def part(count, rate=10.0, first=0, name="part", keyframes=(0,)):
    """Frames whose pixels are their number from `first` on."""
    levels = np.arange(first, first + count, dtype=np.uint8)
    pixels = np.broadcast_to(levels[:, None, None, None], (count, *SIZE, 1)).copy()
    return Recording.of(pixels, rate, name=name, keyframes=keyframes)


class Opened:
    """A source that says which of many is being read."""

    def __init__(self, inner, reading, who):
        self.inner, self.reading, self.who = inner, reading, who

    def images(self, numbers):
        assert not self.reading, "two files are open at once"
        self.reading.append(self.who)
        try:
            yield from self.inner.images(numbers)
        finally:
            self.reading.pop()


@given(st.lists(st.integers(2, 5), min_size=1, max_size=4), st.data())
def test_frames_are_numbered_through(counts, data):
    firsts = np.cumsum([0, *counts])
    parts = [part(n, first=int(at)) for n, at in zip(counts, firsts[:-1], strict=True)]
    whole = Recording.chained(parts)
    assert len(whole) == firsts[-1]
    picked = sorted(data.draw(st.sets(st.integers(0, len(whole) - 1))))
    frames = whole.frames(picked)
    assert frames.numbers.tolist() == picked
    assert frames.pixels[:, 0, 0, 0].tolist() == picked
    in_a_row = whole.frames(range(len(whole)))
    assert in_a_row.pixels[:, 0, 0, 0].tolist() == list(range(len(whole)))
    assert whole.keyframes.tolist() == firsts[:-1].tolist()


def test_one_file_is_open_at_a_time_and_only_when_wanted():
    reading: list[str] = []
    parts = [part(4, first=4 * i, name=f"{i}") for i in range(3)]
    parts = [replace(p, source=Opened(p.source, reading, p.name)) for p in parts]
    whole, seen = Recording.chained(parts), []
    for number, image in whole.source.images([1, 2, 9]):
        seen.append((number, reading[:], int(image[0, 0, 0])))
    assert seen == [(1, ["0"], 1), (2, ["0"], 2), (9, ["2"], 9)]
    assert reading == []


def test_parts_lie_on_the_clock_that_all_share():
    late = replace(part(3), times_s=np.array([7.0, 7.1, 7.2]))
    whole = Recording.chained([late, part(2, name="second")], [1000.0, 1002.5], "both")
    assert whole.times_s == pytest.approx([7.0, 7.1, 7.2, 9.5, 9.6])
    assert whole.name == "both"
    (line,) = whole.warnings
    assert line == "its 2 files leave a gap of 2.2 s after part"
    third = Recording.chained([late, late, late], [0.0, 1.0, 5.0]).warnings
    assert third == ("its 3 files leave 2 gaps, 4.4 s, the longest 3.7 s after part",)


def test_without_starts_parts_follow_at_once_and_that_is_told():
    whole = Recording.chained([part(3), part(2, rate=20.0), part(2)])
    assert whole.times_s == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.35, 0.4, 0.5])
    (line,) = whole.warnings
    assert "3 files" in line
    assert "is taken to follow" in line


def test_parts_that_follow_at_once_by_their_starts_need_no_line():
    assert Recording.chained([part(3), part(2)], [5.0, 5.3]).warnings == ()


def test_warnings_of_one_part_name_it_and_those_of_all_are_said_once():
    first = replace(part(2, name="a.mp4"), warnings=("all say so", "odd"))
    second = replace(part(2, name="b.mp4"), warnings=("all say so",))
    whole = Recording.chained([first, second], [0.0, 0.2])
    assert whole.warnings == ("all say so", "a.mp4: odd")


def test_identity_is_that_of_all_parts_in_their_order():
    a, b = part(2), part(2, first=7)
    whole = Recording.chained([a, b])
    assert whole.identity != Recording.chained([b, a]).identity
    assert whole == Recording.chained([a, b], name="other")
    assert whole != Recording.chained([a, b], [0.0, 9.0])
    assert Recording.chained([a]) == a


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"size": (6, 4)}, "its size is (6, 4), and (4, 6) in a.mp4"),
        ({"channels": ("red",)}, "its channels"),
        ({"dtype": np.dtype(np.uint16)}, "its dtype is uint16, and uint8 in a.mp4"),
        ({"bit_depth": 10}, "its bit depth is 10, and 8 in a.mp4"),
        ({"times_s": np.zeros(0)}, "it has no frames"),
    ],
)
def test_a_part_unlike_the_first_is_refused_by_name(changed, reason):
    other = replace(part(2, name="b.mp4"), **changed)
    with pytest.raises(Refusal, match=r"b\.mp4") as refused:
        Recording.chained([part(2, name="a.mp4"), other])
    assert reason in str(refused.value)


def test_a_part_that_begins_too_early_is_refused():
    with pytest.raises(Refusal, match=r"b.mp4: it begins 0.050 s before a.mp4 ends"):
        Recording.chained([part(3, name="a.mp4"), part(2, name="b.mp4")], [0.0, 0.15])


def test_files_of_one_frame_each_need_starts():
    with pytest.raises(Refusal, match="one frame each"):
        Recording.chained([part(1), part(1)])
    assert Recording.chained([part(1), part(1)], [0.0, 3.0]).times_s.tolist() == [0.0, 3.0]
    assert Recording.chained([part(1), part(3)]).times_s == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_nothing_cannot_be_chained():
    with pytest.raises(ValueError, match="no parts"):
        Recording.chained([])
    with pytest.raises(ValueError, match="2 parts need as many starts"):
        Recording.chained([part(1), part(1)], [0.0])
