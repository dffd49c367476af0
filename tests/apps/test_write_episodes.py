"""``ethoframe write``: episodes of one program for another."""

from __future__ import annotations

import json

import pytest

from ethoframe import formats


@pytest.fixture
def raters(here):
    text = "rater,video,from,to,type\nAB,m1,1.5,2,rear\nCD,m1,1.4,2.1,rear\nAB,m2,3,4.5,rear\n"
    (here / "raters.csv").write_text(text, encoding="utf-8")
    return here / "raters.csv"


@pytest.mark.parametrize(
    ("out", "program", "form"),
    [
        ("a.boris", (), "boris"),
        ("a.csv", (), "episodes"),
        ("b.csv", ("--as", "boris"), "boris"),
        ("a.tsv", (), "boris"),
    ],
)
def test_episodes_into_another_format(ethoframe, here, raters, out, program, form):
    said = ethoframe("write", raters, out, *program)
    assert said.status == 0
    assert said.out == f"{out} holds 3 episodes, 2 recordings, 2 authors ({form})\n"
    assert "nobody says what was looked at" in said.err
    one, other = (formats.read_observations(path) for path in (raters, here / out))
    assert one.parts == other.parts


def test_for_scripts(ethoframe, raters):
    told = json.loads(ethoframe("write", raters, "a.boris", "--json").out)
    assert (told["format"], told["episodes"]) == ("boris", 3)
    assert "as no video is known: name it with --video" in told["not_kept"][0]


def test_a_session_holds_one_recording(ethoframe, raters):
    said = ethoframe("write", raters, "a.nwb")
    assert said.status == 3
    assert "NWB holds one; name one of them with --recording: m1, m2" in said.err


def test_names_that_tell_no_format(ethoframe, raters):
    said = ethoframe("write", raters, "a.docx")
    assert said.status == 3
    assert "its name tells no format of episodes; let it end in .boris" in said.err
