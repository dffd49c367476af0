from __future__ import annotations

import numpy as np
import openpyxl
import pytest

from ethoframe import formats
from ethoframe.data import Refusal
from ethoframe.formats import ethovision

NAMES = (
    "Trial time", "Recording time", "X center", "Y center", "Area", "X nose", "Y nose", "X tail",
    "Y tail", "Distance moved", "In zone(centre / Center-point)", "Result 1",
)  # fmt: skip


def lines(places, *, unit="cm", subject="Subject 1", arena="Arena 1", start_s=0.0, names=NAMES):
    """The lines of a track as EthoVision exports it; places ``(t, 6)`` in the order of columns."""
    said = [
        ("Experiment", "Open field 2"),
        ("System Independent Variable",),
        ("Trial name", "Trial     3"),
        ("Trial ID", "2"),
        ("Arena name", arena),
        ("Subject name", subject),
        ("Missed samples", "0.0 %"),
        ("User-defined Independent Variable",),
        ("Animal ID", "1blue"),
        (" ",),
    ]
    area = f"{unit}²"
    units = ("s", "s", unit, unit, area, unit, unit, unit, unit, unit, "", "")
    head = [("Number of header lines:", str(len(said) + 3)), *said, names, units]
    body = []
    for t, row in enumerate(np.asarray(places, float)):
        x, y, *rest = ["-" if np.isnan(cell) else repr(float(cell)) for cell in row]
        time = repr(round(start_s + 0.04 * t, 3)), repr(round(0.04 * t, 3))
        body.append((*time, x, y, "24.8", *rest, "-" if t == 0 else "1.6", "1", "0"))
    return head + body


def text(rows, separator=";", comma=False):
    """As its text: words in quotes, a separator at the end of each line."""

    def cell(word):
        if word.replace(".", "", 1).replace("-", "", 1).isdecimal():
            return word.replace(".", ",") if comma else word
        return f'"{word}"'

    return "".join(separator.join(map(cell, row)) + separator + "\n" for row in rows)


def some(count=5, seed=0):
    places = np.random.default_rng(seed).normal(0, 20, (count, 6))
    places[1, :2] = np.nan
    places[3, 4] = np.nan
    return places


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "cp1252"])
@pytest.mark.parametrize(("separator", "comma"), [(";", False), (";", True), ("\t", False)])
def test_text_in_any_letters(tmp_path, encoding, separator, comma):
    path = tmp_path / "Raw data-Open field-Trial 3-Arena 1-Subject 1.txt"
    path.write_text(text(lines(some()), separator, comma), encoding=encoding)
    found = formats.read_tracks(path)
    assert (found.keypoints, found.individuals) == (("center", "nose", "tail"), ("Subject 1",))
    assert found.unit == "mm"
    assert found.times_s == pytest.approx(0.04 * np.arange(5))
    expected = some()[:, :2] * [10, -10]
    assert found.at("center") == pytest.approx(expected, nan_ok=True)
    assert np.isnan(found.at("tail")[3]).all()
    assert found.confidence[:, 0, 0].tolist() == [1, 0, 1, 1, 1]
    assert np.array_equal(found.place("body_centre"), found.at("center"), equal_nan=True)
    assert np.array_equal(found.place("tail_base"), found.at("tail"), equal_nan=True)


@pytest.mark.parametrize("said", [0, 1, 8, 40])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_commas_of_decimals_under_a_heading_of_any_length(tmp_path, said, separator):
    """Without a separator at the end of lines, as some versions write them."""
    head = [("Number of header lines:", str(said + 3))]
    head += [(f"Video file {at}", "C:\\mice, of June\\a.mp4") for at in range(said)]
    head += [("Trial time", "X center", "Y center"), ("s", "cm", "cm")]
    rows = [(f"{at / 25:.4f}", f"{at}.5", "-" if at == 3 else "2.25") for at in range(90)]
    lines_of = [line.removesuffix(separator) for line in text(head, separator).splitlines()]
    lines_of += [separator.join(row).replace(".", ",") for row in rows]
    (tmp_path / "a.txt").write_text("\n".join(lines_of), encoding="utf-16")
    found = formats.read_tracks(tmp_path / "a.txt")
    assert found.times_s == pytest.approx(np.arange(90) / 25)
    assert found.at("center")[2].tolist() == [25, -22.5]
    assert np.isnan(found.at("center")[3]).all()


def test_commas_between_columns(tmp_path):
    (tmp_path / "a.csv").write_text(text(lines(some()), ","))
    assert len(formats.read_tracks(tmp_path / "a.csv")) == 5


def book(path, *tracks):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for at, rows in enumerate(tracks):
        sheet = made.create_sheet(f"Track-Arena {at + 1}-Subject 1")
        for line, row in enumerate(rows):
            numbers = line >= len(rows) - 5
            sheet.append([float(c) if numbers and c != "-" else c for c in row])
    made.save(path)


def test_a_workbook_holds_every_subject(tmp_path):
    arenas = ("Arena 1", "Arena 2")
    tracks = [lines(some(seed=at), arena=arena) for at, arena in enumerate(arenas)]
    book(tmp_path / "Raw data-Trial 3.xlsx", *tracks)
    found = formats.read_tracks(tmp_path / "Raw data-Trial 3.xlsx")
    assert found.individuals == arenas
    assert found.at("nose", "Arena 2") == pytest.approx(some(seed=1)[:, 2:4] * [10, -10])


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ([("A", "m1"), ("A", "m2")], ("m1", "m2")),
        ([("A", "1"), ("B", "1")], ("A", "B")),
        ([("A", "1"), ("A", "2"), ("B", "1")], ("A 1", "A 2", "B 1")),
    ],
)
def test_what_tells_subjects_apart(tmp_path, who, names):
    tracks = [lines(some(), arena=arena, subject=subject) for arena, subject in who]
    book(tmp_path / "a.xlsx", *tracks)
    assert formats.read_tracks(tmp_path / "a.xlsx").individuals == names


def test_two_sheets_of_one_subject(tmp_path):
    book(tmp_path / "a.xlsx", lines(some()), lines(some()))
    with pytest.raises(Refusal, match="two sheets are of one subject in one arena"):
        formats.read_tracks(tmp_path / "a.xlsx")


def test_subjects_that_start_apart_share_a_clock(tmp_path):
    book(tmp_path / "a.xlsx", lines(some(), subject="a"), lines(some(), subject="b", start_s=0.08))
    found = formats.read_tracks(tmp_path / "a.xlsx")
    assert found.times_s == pytest.approx(0.04 * np.arange(7))
    assert np.isfinite(found.at("nose", "b")[:, 0]).tolist() == [False] * 2 + [True] * 5
    assert found.numbers.tolist() == [*range(7)]


def test_trials_that_were_not_calibrated(tmp_path):
    (tmp_path / "a.txt").write_text(text(lines(some(), unit="px")))
    found = formats.read_tracks(tmp_path / "a.txt")
    assert found.unit == "px"
    assert found.at("nose") == pytest.approx(some()[:, 2:4] * [1, -1])


def test_a_trial_that_starts_late_counts_from_the_trial(tmp_path):
    (tmp_path / "a.txt").write_text(text(lines(some(), start_s=7.28)))
    found = formats.read_tracks(tmp_path / "a.txt")
    assert (found.times_s[0], found.numbers[0]) == (pytest.approx(7.28), 182)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("Trial time", "Time"), "it has no columns? .*time|it has no column Trial time"),
        (("X center", "Centre"), "it has no columns of places"),
        (('"cm"', '"furlong"'), "its places are in furlong"),
        (('lines:";13', 'lines:";many'), "it does not tell how many lines its heading has"),
        (("0.08;", "0.02;"), "Trial time does not rise from row to row"),
    ],
)
def test_what_will_not_do(tmp_path, change, reason):
    names = (*NAMES[:4], *NAMES[9:])
    rows = [row if len(row) < 12 else (*row[:4], *row[9:]) for row in lines(some(), names=names)]
    rows = [(*row[:4], "cm", "", "") if row[0] == "s" else row for row in rows]
    told = text(rows)
    if change[0] == "Trial time":
        told = told.replace("Recording time", "Time since")
    (tmp_path / "a.txt").write_text(told.replace(*change))
    with pytest.raises(Refusal, match=reason):
        formats.read_tracks(tmp_path / "a.txt")


def test_a_cell_that_is_no_number(tmp_path):
    (tmp_path / "a.txt").write_text(
        text(lines(some())).replace('"24.8"', "24.8").replace(repr(float(some()[4, 0])), '"mouse"')
    )
    with pytest.raises(Refusal, match="line 18: 'mouse' is no number"):
        formats.read_tracks(tmp_path / "a.txt")


def test_other_files_are_not_known(tmp_path):
    (tmp_path / "notes.txt").write_text("Trial time;X center\n")
    openpyxl.Workbook().save(tmp_path / "sheet.xlsx")
    (tmp_path / "broken.xlsx").write_bytes(b"PK no book")
    assert not any(ethovision.tracks_in(path) for path in tmp_path.iterdir())
