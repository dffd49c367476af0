from __future__ import annotations

import click
import pytest

from ethoframe.apps.lengths import PixelSize, Rate, Sides


@pytest.mark.parametrize(
    ("written", "mm"),
    [
        ("40cm", (400.0, 0.0)),
        ("400 mm", (400.0, 0.0)),
        ("0.4m", (400.0, 0.0)),
        (".4 M", (400.0, 0.0)),
        ("16in", (406.4, 0.0)),
        ("60x40cm", (600.0, 400.0)),
        (" 60 × 40.5 cm ", (600.0, 405.0)),
    ],
)
def test_lengths_as_people_write_them(written, mm):
    assert Sides().convert(written, None, None) == pytest.approx(mm)


@pytest.mark.parametrize(
    "written", ["", "40", "cm", "-40cm", "40 km", "40,5cm", "1.2.3cm", "40cm40", "0cm", "40x0cm",
                "0x40cm", "40x", "x40cm", "nan cm", "infcm", "40cm x 60cm x 3cm"],
)  # fmt: skip
def test_what_is_no_length(written):
    with pytest.raises(click.BadParameter, match="is no length"):
        Sides().convert(written, None, None)


def test_what_was_converted_stays():
    assert Sides().convert((400.0, 0.0), None, None) == (400.0, 0.0)


@pytest.mark.parametrize(
    ("written", "mm"),
    [
        ("0.65um/px", (0.00065,)),
        ("2.5 px/mm", (0.4,)),
        ("0.5x1um/px", (0.0005, 0.001)),
        ("0.5 × 0.5 × 2 µm per pixel", (0.0005, 0.0005, 0.002)),
        ("2X4px/mm", (0.5, 0.25)),
    ],
)
def test_sizes_of_pixels_along_x_y_and_z(written, mm):
    assert PixelSize().convert(written, None, None) == pytest.approx(mm)


@pytest.mark.parametrize(
    "written", ["0.5um", "0.5", "um/px", "0x1um/px", "1x0um/px", "1x1x1x1um/px", "1xum/px", "1l/px"]
)
def test_what_is_no_size_of_a_pixel(written):
    with pytest.raises(click.BadParameter, match=r"is no size of a pixel; write it as 0\.65um/px"):
        PixelSize().convert(written, None, None)


def test_a_size_and_a_rate_that_were_converted_stay():
    assert PixelSize().convert((0.5,), None, None) == (0.5,)
    assert Rate().convert(30.0, None, None) == 30.0
