import pytest

from ethoframe.score.detection import Judged, by_group, detection


def clips(recording, group, right, wrong, missed, empty):
    kinds = [(True, True)] * right + [(True, False)] * wrong
    kinds += [(False, False)] * missed + [(False, True)] * empty
    return [Judged(recording, marked, is_right, group) for marked, is_right in kinds]


def test_each_clip_counts_where_it_says_something():
    found = detection(clips("a", "", right=30, wrong=2, missed=3, empty=5))
    assert (found.precision.count, found.precision.of) == (30, 32)
    assert (found.missed.count, found.missed.of) == (3, 33)
    assert found.missed.low < 3 / 33 < found.missed.high


def test_groups_are_told_apart():
    many = (
        clips("a", "drug", 10, 0, 0, 1)
        + clips("b", "saline", 5, 5, 0, 0)
        + clips("c", "", 0, 9, 0, 0)
    )
    found = by_group(many)
    assert list(found) == ["drug", "saline"]
    assert found["drug"].precision.value == 1
    assert found["saline"].precision.value == pytest.approx(0.5)
    assert by_group(clips("a", "", 1, 1, 1, 1)) == {}
