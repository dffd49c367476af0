from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from ethoframe.contract import In, Kind, Reach
from ethoframe.data import LabelMap, Recording, Window
from ethoframe.run.pixels import answered
from ethoframe.run.tiles import tiled, tiles
from ethoframe.testing.specimens import Change, film


@dataclass(frozen=True)
class Rises(Change):
    """How much each pixel is brighter than the one before it in its row; for these tests."""

    takes = {"recording": In(Kind.RECORDING, volumes=True)}  # noqa: RUF012

    def reach(self, spec):
        return Reach(around_px=1)

    def apply(self, batch, **side):
        now = batch.pixels.astype(np.float32)
        return replace(batch, pixels=np.diff(now, axis=-2, prepend=now[..., :1, :]))


@dataclass(frozen=True)
class Bright(Rises):
    """Pixels of more than 100; for these tests."""

    gives = Kind.LABELMAP

    def outline(self, **specs):
        seen = specs["recording"]
        axes, shape = seen.axes[:-1], seen.shape[:-1]
        return replace(seen, kind=self.gives, axes=axes, shape=shape, dtype="uint8", names=())

    def apply(self, batch, **side):
        labels = batch.pixels[..., 0] > 100
        return LabelMap.of(labels, batch.numbers, batch.times_s)


def test_an_answer_is_a_recording():
    seen = answered(film(), Change(), {})
    frames = film().frames(range(12))
    expected = Change().apply(frames).pixels
    assert seen.dtype == np.float32
    assert np.array_equal(seen.frames(range(12)).pixels, expected)
    assert np.array_equal(seen.frames([4, 9]).pixels, expected[[4, 9]])


def test_labels_are_pixels_of_one_channel():
    seen = answered(film(), Bright(), {})
    assert seen.channels == ("label",)
    assert seen.frames([3]).pixels[0, 9, 6, 0] == 1


@pytest.mark.parametrize("shape", [(2, 30, 40, 1), (1, 6, 20, 25, 1)])
def test_a_piece_of_it_is_that_of_the_whole(shape):
    pixels = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    seen = answered(Recording.of(pixels), Rises(), {})
    window = Window(3, 5, 10, 11) if len(shape) == 4 else Window(3, 5, 10, 11, 2, 3)
    whole = seen.frames([0]).pixels[0][(..., *window.slices, slice(None))]
    assert np.array_equal(seen.cropped(window).frames([0]).pixels[0], whole)


def test_tiles_cover_everything_once():
    count = np.zeros((5, 17, 23), int)
    for tile in tiles(count.shape, 7, 2):
        count[tile.core] += 1
        assert all(s.start <= c.start and c.stop <= s.stop
                   for c, s in zip(tile.core, tile.seen, strict=True))  # fmt: skip
    assert (count == 1).all()


def test_tiles_are_put_together():
    for method in (Rises(), Bright()):
        recording = film()
        whole = method.apply(recording.frames(range(len(recording))))
        assert tiled(method, 7, {"recording": recording}) == whole
