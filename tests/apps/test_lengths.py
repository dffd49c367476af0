from __future__ import annotations

import click
import pytest

from ethoframe.apps.lengths import Sides


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
