from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Points, Recording, Window
from ethoframe.report.picture import reading
from ethoframe.report.picture.plate import View, length_words, plate, resampled
from ethoframe.report.picture.reading import numbers_shown, planes
from ethoframe.report.picture.tones import Tones
from ethoframe.report.picture.views import views

LPS_OF_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Voxels that run to the right, forward and up."""


def film(frames: int = 20) -> Recording:
    random = np.random.default_rng(0)
    return Recording.of(random.integers(0, 99, (frames, 8, 10, 1)).astype(np.uint8), 10.0)


def test_frames_are_spread_over_time() -> None:
    assert numbers_shown(film(), {}) == [0, 4, 8, 11, 15, 19]
    assert numbers_shown(film(1), {}) == [0]


def test_frames_that_have_labels_are_shown() -> None:
    labels = LabelMap.of(np.ones((3, 8, 10), int), np.array([2, 5, 40]), np.arange(3.0))
    assert numbers_shown(film(), {"labels": labels}) == [2, 5]


def test_a_volume_is_shown_in_its_three_middle_planes(make, found) -> None:
    volume = np.arange(4 * 6 * 8, dtype=np.float32).reshape(1, 4, 6, 8, 1)
    recording = replace(Recording.of(volume), spacing_mm=(3.0, 1.0, 1.0))
    labels = LabelMap.of((volume[..., 0] > 90).astype(int))
    z, y, x = views(found(make(recording, labels=labels)))
    assert z.title == "plane z = 2"
    assert z.tones.shape == (6, 8)
    assert y.steps == x.steps == (3.0, 1.0)
    assert y.shown_size(120) == (4 * 3 * 4, 8 * 4)  # in true proportions
    assert np.array_equal(x.labels, labels.dense()[0][:, :, 4])


def test_a_patient_is_shown_head_up_and_face_up(make, found) -> None:
    volume = np.zeros((1, 5, 6, 7, 1), np.uint8)
    volume[0, 4] = 50  # the top
    volume[0, :, 5] = 100  # the face
    recording = replace(Recording.of(volume), affine=LPS_OF_RAS)
    axial, coronal, sagittal = views(found(make(recording)))
    assert axial.sides == ("R", "L", "A", "P")
    assert axial.tones[0].min() > axial.tones[1].max()
    assert coronal.sides == ("R", "L", "S", "I")
    assert coronal.tones[0].min() > coronal.tones[1].max()
    assert sagittal.sides == ("A", "P", "S", "I")
    assert sagittal.tones[:, 0].min() > sagittal.tones[-1, 1]


def test_points_of_volumes_are_circles_where_a_plane_cuts_them(make, found) -> None:
    volume = Recording.of(np.zeros((1, 9, 9, 9, 1), np.uint8))
    places = np.array([[4.0, 2.0, 4.0], [1.0, 1.0, 0.0]])  # x, y, z
    radii = {"radius_px": (np.array([3.0, 1.0]),)}
    points = Points((places,), radii, np.arange(1), np.zeros(1))
    z, y, x = views(found(make(volume, points=points)))
    assert z.points.tolist() == [[4.0, 2.0]]
    assert z.radii == pytest.approx([3.0])
    assert y.radii == pytest.approx([np.sqrt(9 - 4)])
    assert x.points.tolist() == [[2.0, 4.0]]


def test_points_in_mm(make, found) -> None:
    recording = replace(film(1), spacing_mm=(0.5, 0.25))
    points = Points((np.array([[1.0, 2.0]]),), {"radius_mm": (np.array([0.5]),)}, np.arange(1),
                    np.zeros(1), "mm")  # fmt: skip
    (view,) = views(found(make(recording, points=points)))
    assert view.points.tolist() == [[4.0, 4.0]]
    assert view.radii.tolist() == [2.0]


def test_the_alpha_channel_and_further_channels_are_told() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (9, 9, 5)).astype(np.uint8)
    names = ("red", "green", "blue", "alpha")
    assert "Not shown: alpha." in Tones.of([picture[..., :4]], names).words
    five = Tones.of([picture], ("dapi", "gfp", "rfp", "cy5", "cy7"))
    assert "dapi in red" in five.words
    assert "Not shown: cy5, cy7." in five.words
    two = Tones.of([picture[..., :2]], ("dapi", "gfp"))
    assert two.shown(picture[..., :2]).shape == (9, 9, 3)


def test_tones_keep_the_order_of_levels() -> None:
    for levels in (np.arange(1000) - 500, np.linspace(-1e9, 1e9, 1000), 2**40 + np.arange(1000)):
        shown = Tones.of([levels.reshape(10, 100, 1)], ("luma",)).shown(levels.reshape(10, 100, 1))
        assert (np.diff(shown.ravel().astype(int)) >= 0).all()
        assert (shown.min(), shown.max()) == (0, 255)


class Pieces:
    """A source that is read in parts only."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels

    def cropped(self, window: Window) -> Pieces:
        return Pieces(self.pixels[(slice(None), *window.slices, slice(None))])

    def images(self, numbers):
        assert self.pixels.nbytes < 60_000
        for number in numbers:
            yield int(number), self.pixels[number]


@pytest.mark.parametrize("shape", [(1, 300, 200, 1), (1, 40, 50, 60, 1)])
def test_large_frames_are_read_in_parts(monkeypatch, shape) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.uint32).reshape(shape)
    recording = replace(Recording.of(pixels), source=Pieces(pixels))
    monkeypatch.setattr(reading, "LARGE_BYTES", 100_000)
    monkeypatch.setattr(reading, "LONGEST_PX", 100)
    found = planes(recording, [0])
    for plane in found:
        assert np.array_equal(plane.pixels, plane.of(pixels[0]))
        assert plane.every == (3 if len(shape) == 4 else 1)


def test_labels_keep_their_values_when_resampled() -> None:
    labels = np.arange(12).reshape(3, 4)
    assert np.array_equal(resampled(labels, 3, 4), labels)
    assert np.array_equal(resampled(labels, 6, 8)[::2, ::2], labels)
    assert set(resampled(labels, 2, 3).ravel()) <= set(labels.ravel())


def test_a_scale_bar_only_where_the_scale_is_known() -> None:
    tones = np.zeros((100, 200), np.uint8)
    assert 'class="bar"' not in plate(View("", tones))
    known = plate(View("", tones, (0.01, 0.01), scaled=True))
    assert "0.5 mm</text>" in known  # a quarter of 2 mm
    assert 'viewBox="0 0 800 400"' in known
    assert length_words(0.2) == "200 µm"


def test_titles_mean_nothing_but_themselves() -> None:
    assert "<i>" not in plate(View("<i>", np.zeros((4, 4), np.uint8)))


def test_kinds_of_pixels_have_a_key_and_no_numbers(make, draw, written) -> None:
    squares, still, _ = draw
    pixels, labels = squares()
    named = LabelMap.of(labels[None], names={1: "grey <matter>", 2: "white", 3: "fluid"})
    page = written(make(still(pixels), labels=named))
    assert "grey &lt;matter&gt;</span>" in page
    assert 'class="numbers' not in page
