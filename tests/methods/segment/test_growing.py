"""Seeded region growing as fast as can be is what the papers say, in exact fractions."""

from __future__ import annotations

import heapq
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal
from ethoframe.methods.segment._growing import ORDERS, grow

ADAMS, MEHNERT = ORDERS


class Plainly:
    """Regions with exact means, one pixel or one step at a time."""

    def __init__(self, pixels, seeds, mask, connectivity, flag):
        self.pixels, self.connectivity, self.flag = pixels, connectivity, flag
        self.labels, self.allowed = np.zeros(seeds.shape, int), mask
        self.total, self.count = {}, {}
        for place in zip(*np.nonzero((seeds > 0) & mask), strict=True):
            self.join(place, int(seeds[place]))

    def join(self, place, label):
        self.labels[place] = label
        before = self.total.get(label, [0] * self.pixels.shape[-1])
        self.total[label] = [a + int(b) for a, b in zip(before, self.pixels[place], strict=True)]
        self.count[label] = self.count.get(label, 0) + 1

    def near(self, place):
        for step in product((-1, 0, 1), repeat=len(place)):
            there = tuple(a + b for a, b in zip(place, step, strict=True))
            inside = all(0 <= a < n for a, n in zip(there, self.labels.shape, strict=True))
            if inside and 0 < sum(map(abs, step)) <= self.connectivity:
                yield there

    def beside(self, place):
        """Squared distance to each region next to a pixel, in the order of its neighbours."""
        found = {}
        for there in self.near(place):
            label = int(self.labels[there])
            if label > 0 and label not in found:
                means = [Fraction(total, self.count[label]) for total in self.total[label]]
                values = zip(self.pixels[place], means, strict=True)
                found[label] = sum((int(value) - mean) ** 2 for value, mean in values)
        return found

    def adams(self):
        queue, age, queued = [], 0, ~self.allowed | (self.labels > 0)
        fresh = list(zip(*np.nonzero(self.labels), strict=True))
        while fresh or queue:
            for there in (there for place in fresh for there in self.near(place)):
                if not queued[there]:
                    queued[there] = True
                    heapq.heappush(queue, (min(self.beside(there).values()), age, there))
                    age += 1
            fresh = []
            if queue:
                *_, place = heapq.heappop(queue)
                found = self.beside(place)
                if not (self.flag and len(found) > 1):
                    self.join(place, min(found, key=found.get))
                    fresh = [place]
        return self.labels

    def mehnert(self):
        waiting, tied, nobody = {}, set(), set()
        fresh = list(zip(*np.nonzero(self.labels), strict=True))
        while True:
            for there in {there for place in fresh for there in self.near(place)}:
                free = self.allowed[there] and self.labels[there] == 0
                if free and there not in tied | nobody:
                    waiting[there] = min(self.beside(there).values())
            resolving = not waiting
            if resolving and not tied:
                return self.labels
            least = min(waiting.values(), default=None)
            chosen = list(tied) if resolving else [p for p in waiting if waiting[p] == least]
            tied = set() if resolving else tied
            given = {}
            for place in chosen:
                waiting.pop(place, None)
                found = self.beside(place)
                nearest = [label for label in found if found[label] == min(found.values())]
                if self.flag and len(found) > 1:
                    nobody.add(place)
                elif len(nearest) > 1:
                    (nobody if resolving else tied).add(place)
                else:
                    given[place] = nearest[0]
            for place, label in given.items():
                self.join(place, label)
            fresh = list(given)


def case(seed, axes, channels):
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(1, 6 if axes == 3 else 8, axes))
    kind = random.choice([np.uint8, np.uint16, np.int32])
    pixels = random.integers(0, random.choice([3, 200]), (*shape, channels)).astype(kind)
    labels = random.integers(-1, 5, shape) * random.choice([1, 1000])
    seeds = np.where(random.random(shape) < 0.12, labels, 0)
    return pixels, seeds, random.random(shape) < random.choice([0.8, 1.1])


@given(seed=st.integers(0, 2**32 - 1), axes=st.integers(2, 3), channels=st.integers(1, 3))
@pytest.mark.parametrize("flag", [False, True])
@pytest.mark.parametrize("order", ORDERS)
def test_it_is_what_the_papers_say(order, flag, seed, axes, channels):
    pixels, seeds, mask = case(seed, axes, channels)
    for connectivity in range(1, axes + 1):
        plain = Plainly(pixels, seeds, mask, connectivity, flag)
        truth = plain.adams() if order == ADAMS else plain.mehnert()
        answer = grow(pixels, seeds, mask, connectivity, order=order, boundaries=flag)
        np.testing.assert_array_equal(answer, truth)


def picture(side=48, channels=1):
    random = np.random.default_rng(7)
    levels = np.cumsum(np.cumsum(random.normal(size=(side, side + 9, channels)), 0), 1)
    levels = (levels - levels.min()) / np.ptp(levels) * 255
    seeds = np.zeros(levels.shape[:2], np.int32)
    seeds.ravel()[random.choice(seeds.size, 5, replace=False)] = np.arange(1, 6)
    return levels.astype(np.uint8), seeds


@pytest.mark.parametrize("channels", [1, 3])
def test_no_order_of_seeds_or_pixels_matters_to_mehnert_and_jackway(channels):
    pixels, seeds = picture(channels=channels)
    answer = grow(pixels, seeds, order=MEHNERT)
    assert (answer > 0).mean() > 0.9
    for names in list(permutations(range(1, 6)))[1::17]:
        named = np.array([0, *names])
        np.testing.assert_array_equal(grow(pixels, named[seeds], order=MEHNERT), named[answer])
    for turn in (np.flipud, np.fliplr, lambda a: a.swapaxes(0, 1), np.rot90):
        turned = grow(turn(pixels).copy(), turn(seeds).copy(), order=MEHNERT)
        np.testing.assert_array_equal(turned, turn(answer))


def test_two_equal_regions_meet_at_pixels_of_neither():
    seeds = np.zeros((5, 11), int)
    seeds[2, [0, 10]] = 1, 2
    labels = grow(np.full((5, 11, 1), 9, np.uint8), seeds, order=MEHNERT)
    assert (labels[:, 5] == 0).all()
    assert (labels[:, :5] == 1).all()
    assert (labels[:, 6:] == 2).all()


def test_boundaries_part_regions():
    pixels, seeds = picture()
    labels = grow(pixels, seeds, boundaries=True)
    for a, b in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        assert not ((a != b) & (a > 0) & (b > 0)).any()


def test_shapes_of_one_level_each_are_found_exactly():
    truth = np.ones((40, 60), int)
    truth[5:20, 8:30], truth[12:34, 36:50] = 2, 3
    seeds = np.zeros_like(truth)
    seeds[[0, 10, 20], [0, 10, 40]] = 1, 2, 3
    for kind in (np.uint8, np.uint16, np.int32, np.float32, np.float64):
        pixels = np.array([0, 20, 90, 140])[truth][..., None].astype(kind)
        for bits in (32, 24):
            np.testing.assert_array_equal(grow(pixels, seeds, bits=bits), truth)


def test_real_numbers_grow_as_the_whole_numbers_they_stand_for():
    pixels, seeds = picture()
    np.testing.assert_array_equal(grow(pixels / 64 - 3, seeds), grow(pixels.astype(int), seeds))


def test_coarser_buckets_hardly_change_labels():
    random = np.random.default_rng(2)
    levels = np.cumsum(np.cumsum(random.normal(size=(256, 256, 1)), 0), 1)
    pixels = ((levels - levels.min()) / np.ptp(levels) * 255).astype(np.uint8)
    seeds = np.zeros((256, 256), np.int32)
    seeds.ravel()[random.choice(seeds.size, 200, replace=False)] = np.arange(1, 201)
    assert (grow(pixels, seeds) == grow(pixels, seeds, bits=28)).mean() >= 0.999


def test_integers_that_span_more_than_half_their_type_are_no_trap():
    pixels = np.array([[[-30000], [-29000], [29000], [30000]]], np.int16)
    assert grow(pixels, np.array([[1, 0, 0, 2]])).tolist() == [[1, 1, 2, 2]]


def test_what_is_not_finite_is_in_no_region():
    pixels, seeds = picture()
    holed = pixels.astype(np.float32)
    holed[:, 30] = np.nan
    holed[3, 3] = np.inf
    labels = grow(holed, seeds)
    assert not labels[:, 30].any()
    assert labels[3, 3] == 0


def test_nothing_grows_from_nothing():
    assert not grow(np.ones((4, 5, 2), np.uint8), np.zeros((4, 5), int)).any()
    assert grow(np.zeros((0, 5, 1), np.uint8), np.zeros((0, 5), int)).shape == (0, 5)
    assert not grow(np.full((4, 5, 1), np.nan), np.ones((4, 5), int)).any()
    with pytest.raises(Refusal, match="shapes differ"):
        grow(np.zeros((4, 5)), np.zeros((4, 5), int))
