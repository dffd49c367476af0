from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from ethoframe.data import Arena, Episodes, Measures, Tracks, Zone
from ethoframe.report.page import page, write_page
from ethoframe.report.session import Session

VOID = {"meta", "br", "input", "image", "path", "rect", "circle", "polygon", "polyline", "use"}
FIGURES = ("trajectory", "occupancy", "speed", "zones", "tracking")
HOSTILE = '<script>alert(1)</script>"\'&$x$ $title {a}\x00\u202e id="q" 中文 \\frac{'


class Reader(HTMLParser):
    """What a browser would see, and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.scripts = 0
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen(tag, attrs)

    def seen(self, tag, attrs):
        self.scripts += tag == "script"
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [v for n, v in attrs if n in ("src", "href", "xlink:href", "action", "data")]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def drawings(text: str, key: str) -> list[ET.Element]:
    """The SVG elements of a figure."""
    figure = re.search(rf'<figure class="plate" id="{key}">(.*?)</figure>', text, re.DOTALL)
    assert figure is not None
    found = re.findall(r"<svg.*?</svg>", figure.group(1), re.DOTALL)
    return [ET.fromstring(svg) for svg in found]


@pytest.fixture(scope="module")
def text(session):
    return page(session)


def test_page_is_whole(text):
    reader = read(text)
    assert reader.scripts == 1
    assert len(reader.ids) == len(set(reader.ids))
    words = " ".join(reader.text)
    for told in ("mouse.mp4", "1235", "the middle half of each side", "track/silhouette"):
        assert told in words


def test_nothing_is_fetched(text):
    assert all(link.startswith(("data:image/", "#")) for link in read(text).links)
    bare = re.sub(r'xmlns(:\w+)?="http://www\.w3\.org/[\w/]+"', "", text)
    assert "http" not in bare.replace("http-equiv", "")
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_only_the_page_s_own_script_may_run(text):
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text


@pytest.mark.parametrize("key", FIGURES)
def test_figure_is_there_with_its_words(text, key):
    found = drawings(text, key)
    assert len(found) == (1 if key in ("trajectory", "occupancy") else 2)
    for svg in found:
        words = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
        assert any("(" in word for word in words), "an axis with its unit"
    assert f'data-save="{key}"' in text


def test_same_session_same_page(session, text):
    assert page(session) == text


def test_warnings_stand_before_everything_else(session):
    told = Session(session.recording, warnings=("the camera moved",))
    words = " ".join(read(page(told)).text)
    assert words.index("the camera moved") < words.index("Key numbers")


def hostile(session: Session) -> Session:
    arena, visits = session.arena, session.visits
    zones = tuple(replace(z, name=HOSTILE + z.name, definition=HOSTILE) for z in arena.zones)
    labels = tuple(HOSTILE + label for label in visits.labels)
    renamed = Episodes(labels, visits.start_s, visits.stop_s, visits.support_s)
    measures = Measures(
        tuple(
            replace(row, quantity=HOSTILE + row.quantity, unit=HOSTILE, definition=HOSTILE)
            for row in session.measures.rows
        )
    )
    step = {"method": HOSTILE, "version": HOSTILE, "parameters": {HOSTILE: [HOSTILE]}}
    told = {"recipe": HOSTILE, "steps": {HOSTILE: step}, "software": {HOSTILE: HOSTILE}}
    answers = {**session.answers, "arena": replace(arena, source=HOSTILE, zones=zones)}
    return Session(
        replace(session.recording, name=HOSTILE + "\ud800", warnings=(HOSTILE,)),
        {**answers, "visits": renamed, "activity": replace(session.activity, author=HOSTILE)},
        measures,
        told,
        HOSTILE,
        (HOSTILE,),
    )


def test_hostile_names_stay_names(session, tmp_path):
    write_page(tmp_path / "report.html", hostile(session))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    reader = read(text)
    assert reader.scripts == 1
    assert "q" not in reader.ids
    assert "<script>alert(1)</script>" in "".join(reader.text)
    assert not set("\x00\u202e") & set(text)
    for key in FIGURES:
        assert drawings(text, key)


def empty(session: Session) -> Session:
    tracks = session.tracks
    gone = Tracks(
        np.full_like(tracks.position, np.nan),
        np.zeros_like(tracks.confidence),
        tracks.numbers,
        tracks.times_s,
        tracks.keypoints,
        features={name: np.full_like(v, np.nan) for name, v in tracks.features.items()},
    )
    nothing = Episodes.of("moving", np.zeros((0, 2)), np.zeros((0, 2)))
    floor = gone.mapped(session.arena.to_floor)
    changed = {"tracks": gone, "floor_tracks": floor, "activity": nothing, "visits": nothing}
    undefined = replace(session.measures.rows[0], value=np.nan, low=np.nan, high=np.nan)
    return replace(session, answers={**session.answers, **changed}, measures=Measures((undefined,)))


def test_empty_tracks_are_said(session):
    text = page(empty(session))
    words = " ".join(read(text).text)
    assert "found in none of 300 frames" in words
    assert "No frame has a position" in words
    assert "No measure is defined" in words
    assert drawings(text, "trajectory")
    assert not drawings(text, "speed")


def test_nothing_at_all_is_said(session):
    words = " ".join(read(page(Session(session.recording))).text)
    for said in ("Nothing was tracked", "No arena is known", "no measures", "command is not known"):
        assert said in words


def test_recording_without_frames(session):
    recording = replace(session.recording, times_s=np.zeros(0))
    assert "none of 0 frames" in " ".join(read(page(Session(recording))).text)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_frames(make_session, count):
    read(page(make_session(count, lost=())))


def test_no_scale_is_said(make_session):
    session = make_session(unit="px")
    text = page(replace(session, answers={"tracks": session.tracks}))
    words = " ".join(read(text).text)
    assert "No scale is known" in words
    assert "s per px²" in text
    assert "px/s" in text


def test_body_lengths_are_said(make_session):
    session = make_session(unit="px")
    shorter = replace(
        session.tracks, position=session.tracks.position / 10, unit="bl", px_per_unit=10.0
    )
    text = page(replace(session, answers={**session.answers, "floor_tracks": shorter}))
    assert "s per bl²" in text
    assert "body lengths" in " ".join(read(text).text)


def test_a_round_floor(session):
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    rim = 48 + 40 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    arena = Arena("circle", rim, (400.0, 400.0), (Zone("middle", 48 + (rim - 48) / 2),))
    answers = {**session.answers, "arena": arena}
    assert "circle, 400 mm across" in " ".join(read(page(replace(session, answers=answers))).text)


def test_hours_stay_small(make_session, tmp_path):
    count = 2 * 3600 * 30
    lost = tuple((i, i + 1 + i % 7) for i in range(500, count, 977))
    session = make_session(count, lost=lost)
    write_page(tmp_path / "long.html", session)
    assert (tmp_path / "long.html").stat().st_size < 3_000_000
    words = " ".join(read((tmp_path / "long.html").read_text(encoding="utf-8")).text)
    assert "2 h 0 min 0 s" in words


def test_a_page_appears_whole_or_not_at_all(session, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("before")

    def broken(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr("pathlib.Path.replace", broken)
    with pytest.raises(OSError, match="disk is full"):
        write_page(path, Session(session.recording))
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_bins_are_columns(text):
    table = re.search(r'<table class="bins">(.*?)</table>', text, re.DOTALL).group(1)
    assert table.count('<th scope="col">') == 1 + 5
    assert table.count('<th scope="row">') == 3
    whole = re.search(r'<table id="measures">(.*?)</table>', text, re.DOTALL).group(1)
    assert whole.count("<tr>") == 1 + 3
    assert '<data value="1234.56">' in whole
