from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pytest

from ethoframe.report.figures.pixels import data_uri, levels, shown, shrunk
from ethoframe.report.figures.sheet import SVG, XLINK, Sheet, look
from ethoframe.report.palette import INK


@pytest.fixture(scope="module")
def svg():
    with look():
        sheet = Sheet(200, 100)
        axes = sheet.axes(20, 10, 20, 10)
        axes.set_xlim(0, 160)
        axes.set_ylim(80, 0)
        sheet.picture(axes, np.full((40, 80), 128, np.uint8), (0, 80, 0, 40))
        axes.plot([0, 1], [0, 1], color=INK)
        axes.set_title('$x_1$ <b> 中 id="a"')
        return ET.fromstring(sheet.svg("key", "A & B"))


def test_the_picture_is_a_jpeg_in_its_place(svg):
    [image] = svg.iter(f"{{{SVG}}}image")
    place = [float(image.get(name)) for name in ("x", "y", "width", "height")]
    assert place == pytest.approx([20, 10, 80, 40], abs=0.01)
    head, coded = image.get(f"{{{XLINK}}}href").split(",")
    assert head == "data:image/jpeg;base64"
    pixels = cv2.imdecode(np.frombuffer(base64.b64decode(coded), np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels.shape == (40, 80)
    assert np.abs(pixels.astype(int) - 128).max() <= 2


def test_text_is_text_and_no_formula(svg):
    words = [element.text for element in svg.iter(f"{{{SVG}}}text")]
    assert '$x_1$ <b> 中 id="a"' in words
    assert svg.find(f"{{{SVG}}}title").text == "A & B"


def test_ids_carry_the_key_and_are_found(svg):
    ids = {element.get("id") for element in svg.iter() if element.get("id")}
    assert all(name.startswith("key-") for name in ids)
    used = set(re.findall(r"(?:url\(#|\"#)([^)\"]+)", ET.tostring(svg, encoding="unicode")))
    assert used <= ids


def test_ink_follows_the_page(svg):
    text = ET.tostring(svg, encoding="unicode")
    assert INK not in text
    assert "currentColor" in text


def test_colours_keep_their_order():
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    coded = base64.b64decode(data_uri(red, "png").split(",")[1])
    pixels = cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert np.array_equal(pixels, red)


def test_levels_of_odd_pictures():
    assert levels(np.full((3, 3), np.nan)) == (0.0, 1.0)
    assert levels(np.full((3, 3), 7)) == (7.0, 8.0)
    ramp = np.linspace(0, 4095, 10_000).reshape(100, 100)
    picture = shown(ramp, *levels(ramp))
    assert (picture.min(), picture.max(), picture.dtype) == (0, 255, np.uint8)


def test_pictures_are_only_made_smaller():
    wide = np.zeros((10, 400), np.uint8)
    assert shrunk(wide, 100).shape == (2, 100)
    assert shrunk(wide, 900) is wide
