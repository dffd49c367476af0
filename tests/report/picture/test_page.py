from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Measure, Measures, Points, Values
from ethoframe.report.picture import FILE


def measure(quantity: str, value: float, start: float = 0.0, stop: float = 0.0) -> Measure:
    return Measure(quantity=quantity, value=value, unit="objects", low=2.5, high=3.5,
                   bin_start_s=start, bin_stop_s=stop, definition="how <many>")  # fmt: skip


def plain(page: str) -> str:
    """What is read, without what is between brackets."""
    body = re.sub(r"<(style|script).*?</\1>", " ", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_nothing_is_fetched_and_only_its_script_runs(cells, written) -> None:
    page = written(cells)
    assert "default-src 'none'" in page
    assert "script-src 'sha256-" in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    assert "http://" not in page
    assert "https://" not in page


def test_what_was_looked_at_is_told(cells, written) -> None:
    text = plain(written(cells))
    for fact in ("cells.tif", "80 × 60 px", "2 µm", "16 bits, stored as uint16", "version 7"):
        assert fact in text


def test_names_mean_nothing_but_themselves(cells, written) -> None:
    named = replace(cells.recording, name="<script>alert(1)</script>.tif")
    told = ("a <b>warning</b>",)
    page = written(replace(cells, recording=named, warnings=told))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.tif" in page
    assert "a &lt;b&gt;warning&lt;/b&gt;" in page
    assert "objects are &lt;brighter&gt;" in page


def test_objects_are_listed_by_size_in_a_unit_that_suits(cells, written) -> None:
    page = written(cells)
    assert "3 objects" in plain(page)
    assert "area (µm²)" in page
    rows = re.findall(r'<tr><th scope="row">(\d+)</th>.*?<td class="n">([\d.]+)</td></tr>', page)
    assert rows == [("3", "256"), ("2", "144"), ("1", "64")]
    assert "<b>144</b> <span>104–200</span>" in page  # median and quartiles


def test_outlines_numbers_and_scale_bar_are_drawn(cells, written) -> None:
    page = written(cells)
    marks = re.search(r'<g class="marks">(.*?)</g></g>', page).group(1)
    assert "data:image/png;base64," in marks
    assert re.findall(r">(\d+)</text>", marks) == ["1", "2", "3"]
    assert "20 µm</text>" in page  # of 160 µm across
    assert 'class="switch"' in page


def test_many_objects_are_not_numbered(make, draw, written) -> None:
    _, still, _ = draw
    labels = np.zeros((90, 90), np.int64)
    labels[1::10, 1::10] = np.arange(1, 82).reshape(9, 9)
    page = written(make(still(labels.astype(np.uint8)), labels=LabelMap.of(labels[None])))
    assert 'class="numbers' not in page
    assert "81 labels" in plain(page)


def test_no_objects(make, draw, written) -> None:
    squares, still, table = draw
    pixels, labels = squares()
    nothing = np.zeros_like(labels)
    count = Measures((measure("count", 0.0),))
    mapped, objects = LabelMap.of(nothing[None]), table(nothing)
    page = written(make(still(pixels), count, labels=mapped, objects=objects))
    assert "No object was found." in page
    assert "0" in plain(page)
    assert "data:image/jpeg" in page


def test_measures_have_unit_interval_and_definition(cells, written) -> None:
    rows = Measures((measure("count", 3.0), measure("density", np.nan)))
    page = written(replace(cells, measures=rows))
    text = plain(page)
    assert "2.50 to 3.50" in text
    assert "objects" in text
    assert "how &lt;many&gt;" in page
    assert "not defined" in page


def test_measures_of_many_frames_are_lines(cells, written) -> None:
    rows = tuple(measure("count", float(t), t, t + 1.0) for t in range(5))
    page = written(replace(cells, measures=Measures(rows)))
    assert "count (objects): median 2" in plain(page)


def test_parameters_definition_and_command(cells, cut, written) -> None:
    page = written(cells, cut(sigma_px=2.5))
    text = plain(page)
    assert "<b>2.5</b> <span>usually 1</span>" in page
    assert "smoothing before" in text
    assert "Objects that are brighter than a level." in text
    assert "<code>one</code>" in page
    assert "Nobody &amp; Other 1999." in page
    assert "ethoframe apply segment/cut cells.tif" in text
    assert "ab12cd" in text


def test_pixels_that_were_made_stand_beside_those_they_are_of(cells, frame, written) -> None:
    smooth = cells.recording.frames([0]).pixels[0, ..., 0].astype(np.float32) / 2
    answers = {"image": frame(smooth)}
    page = written(replace(cells, answers=answers))
    assert 'class="views pairwise"' in page
    assert "<figcaption>result</figcaption>" in page


def test_values_of_frames_are_lines_and_single_ones_numbers(cells, written) -> None:
    whole = Values.whole(noise=(1.25, "level"))
    assert "noise 1.25 level" in plain(written(replace(cells, answers={"values": whole})))
    numbers = np.arange(4)
    many = Values(np.array([[1.0], [np.nan], [3.0], [9.0]]), ("area",), ("px2",), numbers, numbers)
    page = written(replace(cells, answers={"values": many}))
    assert "area (px²): median 3" in plain(page)
    assert 'class="l"' in page


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "uint32", "float32", "complex64"])
def test_every_kind_of_level(make, draw, written, dtype) -> None:
    _, still, _ = draw
    ramp = np.linspace(0, 200, 40 * 50).reshape(40, 50)
    levels = (ramp > 100) if dtype == "bool" else ramp.astype(dtype)
    page = written(make(still(levels)))
    assert "data:image/jpeg" in page
    assert "Levels of every pixel" in page


@pytest.mark.parametrize("value", [np.nan, np.inf, 7.0])
def test_pictures_of_one_level(make, draw, written, value) -> None:
    _, still, _ = draw
    page = written(make(still(np.full((20, 30), value, np.float32))))
    assert "data:image/jpeg" in page
    assert ("No pixel has a level" in page) is not np.isfinite(value)


def test_nan_is_told(make, draw, written) -> None:
    squares, still, _ = draw
    pixels = squares()[0].astype(np.float64)
    pixels[:30] = np.nan
    assert "Not a number, shown black: 50.0 % of pixels." in written(make(still(pixels)))


def test_a_recording_without_frames(make, written, draw) -> None:
    _, still, _ = draw
    empty = still(np.zeros((8, 8), np.uint8))
    none = replace(empty, times_s=np.zeros(0))
    assert "no frame can be decoded" in written(make(none))


def test_it_is_quick(make, draw, tmp_path, written) -> None:
    _, still, table = draw
    random = np.random.default_rng(1)
    labels = np.zeros((512, 512), np.int64)
    corners = np.stack(np.meshgrid(np.arange(4, 500, 32), np.arange(4, 500, 32)), -1).reshape(-1, 2)
    for label, (top, left) in enumerate(corners, 1):
        labels[top : top + 24, left : left + 20] = label
    pixels = random.integers(0, 4000, (512, 512)).astype(np.uint16)
    finding = make(still(pixels), labels=LabelMap.of(labels[None]), objects=table(labels))
    written(finding)  # what is imported is imported
    took = []
    for _ in range(3):
        begin = time.process_time()
        written(finding)
        took.append(time.process_time() - begin)
    assert min(took) < 1.0  # of 0.05 s on a quiet machine: only a blunder is told
    assert (tmp_path / "report.html").stat().st_size < 2e6
    assert (tmp_path / FILE).stat().st_size < 1e5


def test_classes_are_not_called_objects(make, draw, written, tmp_path) -> None:
    squares, still, table = draw
    pixels, labels = squares()
    kinds = (labels > 0).astype(np.int64)
    mapped = LabelMap.of(kinds[None], names={1: "<bright>"})
    page = written(make(still(pixels), labels=mapped, classes=table(kinds)))
    text = plain(page)
    assert "1 class of pixels" in text
    assert "classes.csv" in text
    assert "1 &lt;bright&gt;" in page
    assert ">Classes</h2>" in page
    assert "object" not in text.split("Classes")[-1].split("Levels")[0].lower()
    (number,) = json.loads((tmp_path / "card.json").read_text("utf-8"))["numbers"]
    assert number == ["area of <bright>", 16.0 + 36 + 64, "px2"]
    none = written(make(still(pixels), labels=mapped, classes=table(kinds * 0)))
    assert "No pixel was found to be of any class." in none


def test_what_numbers_are_about_is_drawn(make, draw, written) -> None:
    squares, still, _ = draw
    pixels, labels = squares()
    values = Values.whole(count=(3.0, "1"))
    bare = written(make(still(pixels), values=values))
    drawn = written(make(still(pixels), values=values, shown=LabelMap.of(labels[None])))
    assert 'class="numbers' in drawn
    assert 'class="numbers' not in bare
    places = Points((np.array([[7.0, 7.0]]),), {}, np.arange(1), np.zeros(1))
    circled = written(make(still(pixels), values=values, shown=places))
    assert "<circle" in circled
    assert "points.csv" not in circled
