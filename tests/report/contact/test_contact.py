from __future__ import annotations

import base64
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from ethoframe.data import Check, Episodes, Recording, Values, Verdict
from ethoframe.report.contact import Cell, cell, refused, write_contact
from ethoframe.report.contact.pictures import Picture, pictures
from ethoframe.report.palette import BLUE, ORANGE, VERMILLION
from ethoframe.report.session import Session
from ethoframe.report.status import rgb

LOST = Check(name="animal lost", value=5.0, unit="%", look=2.0, fail=20.0, says="of the time")


def with_answers(session: Session, **answers) -> Session:
    return replace(session, answers={**session.answers, **answers})


def trial(start: float, stop: float) -> Episodes:
    return Episodes.of("trial", np.array([[start, stop]]), np.array([[0.0, 10.0]]))


def decoded(picture: Picture) -> np.ndarray:
    coded = np.frombuffer(base64.b64decode(picture.uri.partition(",")[2]), np.uint8)
    return cv2.cvtColor(cv2.imdecode(coded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def near(pixels: np.ndarray, colour: str) -> int:
    """How many pixels have about this colour; JPEG blurs it."""
    away = np.abs(pixels.astype(int) - np.array(rgb(colour))).max(axis=2)
    return int((away < 60).sum())


def looks() -> Values:
    return Values.whole(
        sign=(-1.0, "1"), level=(30.0, "level"), contrast=(170.0, "level"), noise=(1.0, "level"),
        area=(78.0, "px2"), length=(10.0, "px"), width=(10.0, "px"), found=(1.0, "1"),
    )  # fmt: skip


def test_the_beginning_of_the_trial_and_three_others(session) -> None:
    shown = pictures(with_answers(session, trial=trial(4.0, 9.0)))
    assert [each.caption for each in shown] == [
        "0:02.0 before the trial", "0:04.0 trial begins", "0:06.5", "0:09.0"
    ]  # fmt: skip
    assert [each.begins for each in shown] == [False, True, False, False]
    assert all(each.uri.startswith("data:image/jpeg;base64,") for each in shown)


def test_a_trial_that_begins_at_once(session) -> None:
    shown = pictures(with_answers(session, trial=trial(0.0, 10.0)))
    assert [each.caption for each in shown] == ["0:00.0 trial begins", "0:03.3", "0:06.7", "0:10.0"]


def test_without_a_trial_none_is_said_to_begin(session) -> None:
    captions = [each.caption for each in pictures(session)]
    assert len(captions) == 4
    assert not any("begins" in caption for caption in captions)


def test_arena_animal_and_centroid_are_drawn(session) -> None:
    first = decoded(pictures(with_answers(session, appearance=looks()))[0])
    assert near(first, BLUE) > 100
    assert near(first, VERMILLION) > 5
    assert near(first, ORANGE) > 5
    bare = decoded(pictures(Session(session.recording))[0])
    assert near(bare, BLUE) == near(bare, ORANGE) == near(bare, VERMILLION) == 0


def test_the_animal_is_outlined_where_it_is(session) -> None:
    number = 60
    recording = session.recording.frames([number])
    one = Recording.of(recording.pixels)
    answers = {"background": session.background, "appearance": looks()}
    pixels = decoded(pictures(Session(one, answers))[0])
    rows, columns = np.nonzero(pixels[..., 0] > pixels[..., 2].astype(int) + 60)
    middle = session.tracks.at("centroid")[number] * pixels.shape[1] / one.size[1]
    found = np.array([np.ptp(columns) / 2 + columns.min(), np.ptp(rows) / 2 + rows.min()])
    assert found == pytest.approx(middle, abs=4)
    assert 8 < np.ptp(columns) < 40


def test_a_frame_that_cannot_be_decoded_is_said(session, tmp_path) -> None:
    source = replace(session.recording.source, broken=frozenset({0}))
    broken = replace(session, recording=replace(session.recording, source=source))
    assert [bool(each.uri) for each in pictures(broken)] == [False, True, True, True]
    write_contact(tmp_path / "contact.html", [cell(broken)])
    assert "cannot be decoded" in (tmp_path / "contact.html").read_text(encoding="utf-8")


def test_a_recording_without_frames() -> None:
    assert pictures(Session(Recording.of(np.zeros((0, 8, 8, 1), np.uint8)))) == ()


def test_a_cell_says_what_speaks_against_it(session) -> None:
    judged = replace(
        with_answers(session, verdict=Verdict((LOST,)), trial=trial(1.0, 9.0)), warnings=("odd",)
    )
    told = cell(judged, "left")
    assert (told.recording, told.arena, told.word) == ("mouse.mp4", "left", "look")
    assert (told.reasons, told.warnings) == (("animal lost: 5 % of the time",), ("odd",))
    assert "trial: 0:01.0 to 0:09.0" in told.facts
    assert cell(session).word == ""


def test_the_worst_come_first_and_nothing_is_fetched(tmp_path) -> None:
    path = tmp_path / "contact.html"
    cells = (
        Cell("b.mp4", word="good"),
        Cell("a<b>.mp4", "left", "look", ("why <not>",), (), ("24 s",)),
        refused("z.mp4", "the file is empty"),
        Cell("a.mp4", word="good"),
    )
    write_contact(path, iter(cells))
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"<h2>(.*?)(?: <span.*?)?</h2>", text)
    assert named == ["z.mp4", "a&lt;b&gt;.mp4", "a.mp4", "b.mp4"]
    assert "4 animals" in text
    assert "2 good" in text
    assert "why &lt;not&gt;" in text
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert not re.search(r"(?:src|href)=\"(?!data:)", text)
    assert [each.name for each in tmp_path.iterdir()] == ["contact.html"]


def test_no_recording_is_no_fault(tmp_path) -> None:
    write_contact(tmp_path / "contact.html", [])
    assert "no recording to look at" in (tmp_path / "contact.html").read_text(encoding="utf-8")
